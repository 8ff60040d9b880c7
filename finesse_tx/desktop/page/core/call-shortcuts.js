/**
 * The keys of calls.
 *
 * Touches no DOM. Spec: desktop.md §17.
 */
import { say } from "../../../browser/core/text.js";

/** The keys that press a call's button: what is said of them, the key, the action. */
export const KEYS = /** @type {const} */ ([
  ["answer", "A", "ANSWER"],
  ["end", "E", "DROP"],
  ["hold", "V", "HOLD"],
  ["retrieve", "G", "RETRIEVE"],
  ["consult", "C", "CONSULT_CALL"],
  ["direct", "Q", "TRANSFER_SST"],
  ["transfer", "X", "TRANSFER"],
  ["conference", "H", "CONFERENCE"],
  ["keypad", "K", "SEND_DTMF"],
  ["reclassify", "Y", "RECLASSIFY"],
  ["callback", "S", "UPDATE_SCHEDULED_CALLBACK"],
  ["accept", "J", "ACCEPT"],
  ["reject", "U", "REJECT"],
  ["barge", "B", "BARGE_CALL"],
]);

/**
 * The keys of a button, and what whoever points at it reads.
 *
 * @param {string} action Such as `HOLD`.
 * @returns {{ keys: string, hint: string }} Empty for what has none.
 */
export function keysOf(action) {
  const [name = "", key = ""] = KEYS.find((one) => one[2] === action) ?? [];
  const keys = key && `Ctrl+Alt+${key}`;
  return { keys, hint: keys && `${say(`calls.shortcut.${name}`)} (${keys})` };
}

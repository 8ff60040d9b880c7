/**
 * What the engine's own reasons for a state are called in the language that is spoken.
 *
 * By their labels: whatever an administrator has called one otherwise is said as it is, and so is what agents choose. The history
 * and lists of teams have the label alone.
 *
 * Touches no DOM; runs under node. Spec: rest.md §2.6 (both lists of system reason codes).
 */
import { say } from "../../../browser/core/text.js";

/** What a CCE's labels begin with; it stands beside the state, which says so already. */
const PREFIX = /^(?:Not Ready|Logged Out) - /;

/**
 * @param {string} label As a server has it.
 * @returns {string}
 */
export function reasonText(label) {
  const key = `reasons.${label.replace(PREFIX, "")}`;
  const text = say(key);
  return text === key ? label : text;
}

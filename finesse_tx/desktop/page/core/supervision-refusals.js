/**
 * Why something about an agent was not done, as a sentence with the next step; the codes are for the help desk.
 *
 * Touches no DOM; runs under node. Spec: `rest.md` §1.6, §5.4; `notifications.md` §5.2; `desktop.md` §18.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";

/** What was asked for: a state, or something with a call. @typedef {"READY" | "NOT_READY" | "LOGOUT" | "MONITOR" | "BARGE" | "CALL"} Asked */

const CALLS = new Set(["MONITOR", "BARGE", "CALL"]);

/** Control failure codes of who cannot be monitored: UCCX, UCCE. */
const UNMONITORED = new Set(["88049", "13145"]);

/** Who joins a conference must join its controller. */
const NOT_CONTROLLER = "20999";

/**
 * @param {unknown} error
 * @param {Asked} asked
 * @param {string} name The agent's.
 * @returns {{ sentence: string, details: string }}
 */
export function refusedText(error, asked, name) {
  if (!(error instanceof RefusedError)) {
    return { sentence: say("team.refused.other", { name }), details: String(error) };
  }
  const { status, type, data, message } = error;
  const details = [asked, type, data, message, status > 0 ? String(status) : ""].filter(Boolean).join(" · ");
  return { sentence: say(`team.refused.${kindOf(error, asked)}`, { name }), details };
}

/**
 * @param {RefusedError} error
 * @param {Asked} asked
 */
function kindOf({ status, type, data }, asked) {
  if (status === 0 && type === "") {
    return "lost";
  }
  if (type === NOT_CONTROLLER) {
    return "controller";
  }
  if (status === 401 || type === "Invalid Supervisor") {
    return "notYours";
  }
  if (status === 404 && CALLS.has(asked)) {
    return "gone";
  }
  if (type === "Invalid State") {
    return CALLS.has(asked) ? "callState" : "state";
  }
  return UNMONITORED.has(data) || (asked === "MONITOR" && type === "Generic Error") ? "notTalking" : "other";
}

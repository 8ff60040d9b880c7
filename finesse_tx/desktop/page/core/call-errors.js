/**
 * Why something was not done with a call, as a sentence with the next step.
 *
 * Touches no DOM. Spec: rest.md §1.6, §5.6; notifications.md §5.2; desktop.md §18.
 */
import { say } from "../../../browser/core/text.js";

/** @typedef {{ sentence: string, details: string }} Told */

/**
 * The sentence, and what the help desk wants to know.
 *
 * @param {unknown} error
 * @param {string} action Such as `HOLD`.
 * @returns {Told}
 */
export function told(error, action) {
  const { status = -1, type = "", data = "", message = "" } = /** @type {Record<string, any>} */ (error ?? {});
  const deed = say(`calls.do.${action}`);
  const details = [action, type, data, message, status > 0 ? status : ""].filter((part) => part !== "").join(" · ");
  return { sentence: say(`calls.error.${kindOf(status, type, message)}`, { deed, what: data || message }), details };
}

/**
 * @param {number} status HTTP's; 0 without an answer, and of what an event refuses.
 * @param {string} type
 * @param {string} message
 */
function kindOf(status, type, message) {
  if (status === 0 && type === "") {
    return "lost";
  }
  if (message.includes("protected")) {
    return "protected";
  }
  if (message.startsWith("INVALID_ACTION")) {
    return "changed";
  }
  switch (type) {
    case "Not Found":
    case "Dialog Not Found":
      return "gone";
    case "Invalid Destination":
      return "destination";
    case "Invalid State":
      return "state";
    case "Invalid Input":
    case "Parameter Missing":
      return "input";
    case "Not Implemented":
      return "notHere";
    default:
      return "refused";
  }
}

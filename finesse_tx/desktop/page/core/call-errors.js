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
  return { sentence: say(`calls.error.${kindOf(status, type, String(data), message)}`, { deed, what: data || message }), details };
}

/** GED-188's control failure codes, of a `Call Operation Failure`. Spec: cti.md §8.18. @type {Record<string, string>} */
const BY_CODE = {
  6: "destination",
  7: "destination",
  9: "destination",
  11: "gone",
  13: "gone",
  14: "destination",
  22: "changed",
  24: "changed",
  25: "changed",
  27: "changed",
  28: "changed",
  29: "changed",
  33: "busy",
  34: "phone",
  38: "full",
};

/**
 * @param {number} status HTTP's; 0 without an answer, and of what an event refuses.
 * @param {string} type
 * @param {string} data
 * @param {string} message
 */
function kindOf(status, type, data, message) {
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
    case "Call Operation Failure":
      return BY_CODE[data] ?? "refused";
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

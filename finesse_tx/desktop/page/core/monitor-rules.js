/**
 * A supervisor in an agent's call: listening, about to join, or in it.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §5.4 (SILENT_MONITOR, BARGE_CALL), §5.1 (PARTICIPANT_DROP); `notifications.md` §7.6.
 */
import { instant } from "./shapes.js";

/**
 * @typedef {object} Monitoring
 * @property {"starting" | "listening" | "ringing" | "joined" | "alone"} stage `ringing`: the agent's call rings at the supervisor's phone;
 *   `alone`: it was joined, and no agent is in it any more.
 * @property {string} dialogId The supervisor's: of the monitoring call, or of the agent's call once it is joined.
 * @property {string} agent The agent's extension; empty where a call that was joined does not say whose it is.
 * @property {number | null} since
 * @property {boolean} mayIntercept Whether the agent may be taken out of the call.
 * @property {boolean} mayAnswer
 */

const GONE = new Set(["DROPPED", "FAILED", "WRAP_UP"]);

/**
 * What the supervisor does in somebody's call now.
 *
 * @param {Iterable<any>} calls The supervisor's dialogs.
 * @param {string} extension The supervisor's.
 * @param {string} [agent] The extension of the agent whom the supervisor listened to last: the call that is joined does
 *   not say which of its agents that was.
 * @returns {Monitoring | null}
 */
export function monitoringOf(calls, extension, agent = "") {
  /** @type {Monitoring | null} */
  let found = null;
  for (const call of calls) {
    const parts = call.participants ?? [];
    const own = parts.find((/** @type {any} */ one) => one.mediaAddress === extension);
    const type = call.mediaProperties?.callType;
    if (!own || GONE.has(own.state) || (type !== "SUPERVISOR_MONITOR" && type !== "SUPERVISOR_BARGE")) {
      continue;
    }
    const actions = own.actions ?? [];
    const isListening = type === "SUPERVISOR_MONITOR";
    const whose = isListening ? String(call.toAddress ?? "") : whoseCall(parts, extension, agent);
    /** @type {Monitoring["stage"]} */
    const stage = isListening
      ? own.state === "ACTIVE" || own.state === "HELD" ? "listening" : "starting"
      : own.state === "ALERTING" ? "ringing" : agentsIn(parts, extension).length > 0 ? "joined" : "alone";
    found = {
      stage,
      dialogId: String(call.id),
      agent: whose,
      since: instant(own.startTime),
      mayIntercept: !isListening && whose !== "" && actions.includes("PARTICIPANT_DROP"),
      mayAnswer: actions.includes("ANSWER"),
    };
    if (!isListening) {
      break; // the call that was joined outlives the monitoring one
    }
  }
  return found;
}

/**
 * @param {any[]} parts
 * @param {string} extension
 * @param {string} agent
 */
function whoseCall(parts, extension, agent) {
  const agents = agentsIn(parts, extension);
  const found = agents.find((one) => one.mediaAddress === agent) ?? (agents.length === 1 ? agents[0] : null);
  return String(found?.mediaAddress ?? "");
}

/**
 * The agents in a call, other than the supervisor.
 *
 * @param {any[]} parts
 * @param {string} extension The supervisor's.
 */
function agentsIn(parts, extension) {
  return parts.filter((one) => one.mediaAddressType === "AGENT_DEVICE" && one.mediaAddress !== extension && !GONE.has(one.state));
}

/**
 * Whether a dialog is one that its agent is not to see: somebody else listens to her.
 *
 * A node of the original gives it to the agent's gadgets as well.
 *
 * @param {any} call
 * @param {string} extension The agent's own.
 */
export function isHidden(call, extension) {
  return (
    call?.mediaProperties?.callType === "SUPERVISOR_MONITOR" && String(call.fromAddress) !== extension
  );
}

/**
 * What to send to listen to an agent.
 *
 * @param {string} extension The supervisor's.
 * @param {string} agent The agent's extension.
 */
export function listenBody(extension, agent) {
  return { requestedAction: "SILENT_MONITOR", fromAddress: extension, toAddress: agent };
}

/**
 * What to send to join the call that one listens to.
 *
 * @param {string} extension The supervisor's.
 * @param {Monitoring} monitoring
 */
export function bargeBody(extension, monitoring) {
  return {
    requestedAction: "BARGE_CALL",
    fromAddress: extension,
    toAddress: monitoring.agent,
    associatedDialogUri: `/finesse/api/Dialog/${monitoring.dialogId}`,
  };
}

/**
 * What to send about the call: to answer it, to leave it, or to take the agent out of it.
 *
 * @param {"ANSWER" | "DROP" | "PARTICIPANT_DROP"} action
 * @param {string} target Whose part it is about: an extension.
 */
export function callBody(action, target) {
  return { requestedAction: action, targetMediaAddress: target };
}

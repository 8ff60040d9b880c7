/**
 * What an agent does: the states, what they are called, for how long they have lasted, and which may be chosen now.
 *
 * Touches no DOM; runs under node. Spec: desktop.md §12; rest.md §2.1, §2.6; docs/engine.rst (what the engine takes).
 */
import { say } from "../../../browser/core/text.js";
import { reasonText } from "./system-reasons.js";

/** @typedef {"ready" | "not-ready" | "talking" | "hold" | "reserved" | "wrap-up" | "signed-out" | "unknown"} Kind */

/**
 * @typedef {object} Reason
 * @property {string | number} [id] Of the database; what REST is asked with.
 * @property {string | number} [code]
 * @property {string} [label]
 * @property {string | boolean} [systemCode] Whether the engine itself has set it.
 */

/**
 * @typedef {object} User As REST's JSON has it; what is not here is not looked at.
 * @property {string} state
 * @property {string} [stateChangeTime]
 * @property {string} [pendingState]
 * @property {Reason | null} [reasonCode]
 * @property {string} [reasonCodeId]
 * @property {string} [extension]
 * @property {{ wrapUpOnIncoming?: string, wrapUpOnOutgoing?: string } | null} [settings]
 */

/** Which of the colours (`--state-…`) and marks a state has. @type {Record<string, Kind>} */
export const KINDS = {
  LOGOUT: "signed-out",
  NOT_READY: "not-ready",
  READY: "ready",
  RESERVED: "reserved",
  RESERVED_OUTBOUND: "reserved",
  RESERVED_OUTBOUND_PREVIEW: "reserved",
  TALKING: "talking",
  HOLD: "hold",
  WORK: "wrap-up",
  WORK_READY: "wrap-up",
  INTERRUPTED: "reserved",
  UNKNOWN: "unknown",
};

/** In a call: what is chosen now happens when it is over. */
const IN_CALL = new Set(["TALKING", "HOLD", "RESERVED_OUTBOUND", "RESERVED_OUTBOUND_PREVIEW"]);

/** @param {string} state @returns {Kind} */
export function kindOf(state) {
  return KINDS[state] ?? "unknown";
}

/** @param {string} state @returns {string} What people call it. */
export function stateLabel(state) {
  return say(`sign.state.${Object.hasOwn(KINDS, state) ? state : "UNKNOWN"}`);
}

/** States that are another one with something to it: what is said where there is room for two short lines. @type {Record<string, [state: string, detail: string]>} */
const DETAILED = {
  RESERVED_OUTBOUND: ["RESERVED", "sign.detail.RESERVED_OUTBOUND"],
  RESERVED_OUTBOUND_PREVIEW: ["RESERVED", "sign.detail.RESERVED_OUTBOUND_PREVIEW"],
  WORK_READY: ["WORK", "sign.detail.WORK_READY"],
};

/**
 * The state in two short lines: what it is; and what follows, why it is so, or more of it.
 *
 * @param {User} user
 * @returns {[label: string, more: string]}
 */
export function stateLines(user) {
  const [state, detail] = DETAILED[user.state] ?? [user.state, ""];
  const pending = user.pendingState && say("sign.then", { pending: stateLabel(user.pendingState) });
  return [stateLabel(state), pending || reasonLabel(user) || (detail && say(detail))];
}

/**
 * Whether somebody is at a phone.
 *
 * @param {Pick<User, "state">} user
 */
export function isSignedIn({ state }) {
  return state !== "LOGOUT" && state !== "";
}

/** @param {User} user @returns {string} Why the state is what it is; empty without a reason. */
export function reasonLabel(user) {
  return reasonText(user.reasonCode?.label ?? "");
}

/** @param {User} user Whether the engine, and not the agent, has given the reason; it is then shown in amber. */
export function isBySystem(user) {
  return String(user.reasonCode?.systemCode ?? "") === "true";
}

/** @param {User} user @returns {string} "Talking", "Not ready: Lunch", "Talking → Not ready (pending)". */
export function stateText(user) {
  const label = stateLabel(user.state);
  if (user.pendingState) {
    return say("sign.statePending", { state: label, pending: stateLabel(user.pendingState) });
  }
  const reason = reasonLabel(user);
  return reason ? say("sign.stateReason", { state: label, reason }) : label;
}

/**
 * How long something has lasted.
 *
 * @param {number} ms
 * @returns {string} mm:ss, or h:mm:ss from an hour on; `--:--` for what is not known.
 */
export function timerText(ms) {
  if (!Number.isFinite(ms)) {
    return "--:--";
  }
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

/**
 * For how long the state, with its reason, has lasted.
 *
 * @param {User} user
 * @param {number} now The server's time, in milliseconds since 1970.
 * @returns {number} Milliseconds; NaN where the server has not told when it began.
 */
export function timeInState(user, now) {
  return user.stateChangeTime ? now - Date.parse(user.stateChangeTime) : Number.NaN;
}

/** Why a state cannot be chosen now: keys of sentences. @typedef {"" | "sign.why.wrapUp" | "sign.why.inCall"} Why */

/**
 * @typedef {object} Choice
 * @property {"READY" | "NOT_READY" | "WORK"} state What to ask for.
 * @property {boolean} isPending Whether it comes after the call.
 * @property {Why} why Empty when it can be chosen.
 */

/**
 * @typedef {object} Circumstances
 * @property {boolean} isCCX Of `deploymentType`: what a UCCX takes differs.
 * @property {boolean} isInCall Whether the phone is in a call, routed by the engine or not.
 * @property {boolean} needsWrapUp Whether a wrap-up reason has to be chosen first.
 */

/**
 * The states that an agent may choose now; those that only something of his own keeps him from are there with the reason.
 *
 * @param {User} user
 * @param {Circumstances} circumstances
 * @returns {Choice[]}
 */
export function choices(user, { isCCX, isInCall, needsWrapUp }) {
  const { state, pendingState } = user;
  const isPending = IN_CALL.has(state);
  /** @type {(state: Choice["state"], why?: Why) => Choice} */
  const choice = (wanted, why = "") => ({ state: wanted, isPending, why });
  /** @type {Why} */
  const wrapUp = needsWrapUp ? "sign.why.wrapUp" : "";
  if (pendingState === "LOGOUT") {
    return [];
  }
  switch (state) {
    case "NOT_READY":
      return [choice("READY", isInCall ? "sign.why.inCall" : ""), choice("NOT_READY")];
    case "READY":
      return [choice("NOT_READY")];
    case "WORK":
    case "WORK_READY":
      return [choice("READY", wrapUp), choice("NOT_READY", wrapUp)];
    case "RESERVED_OUTBOUND":
    case "RESERVED_OUTBOUND_PREVIEW":
      return isCCX || pendingState === "NOT_READY" ? [] : [choice("NOT_READY")];
    case "TALKING":
    case "HOLD":
      return inCall(user, isCCX).map((wanted) => choice(wanted));
    default:
      return [];
  }
}

/**
 * What may be chosen for after the call. A UCCX takes NOT_READY once, and READY to take that back; a UCCE takes anything.
 *
 * @param {User} user
 * @param {boolean} isCCX
 * @returns {Choice["state"][]}
 */
function inCall({ pendingState, settings }, isCCX) {
  if (isCCX) {
    return pendingState === "NOT_READY" ? ["READY"] : pendingState === "READY" ? [] : ["NOT_READY"];
  }
  /** @type {Choice["state"][]} */
  const all = ["READY", "NOT_READY"];
  if (settings?.wrapUpOnIncoming === "OPTIONAL") {
    all.push("WORK");
  }
  return all.filter((state) => state !== pendingState || state === "NOT_READY");
}

/**
 * Why somebody cannot sign out now.
 *
 * @param {User} user
 * @param {Pick<Circumstances, "isCCX" | "isInCall">} circumstances
 * @returns {"" | "sign.whyNot.inCall" | "sign.whyNot.wrapUp" | "sign.whyNot.ready" | "sign.whyNot.pending" | "sign.whyNot.reserved"} The
 *   key of a sentence; empty when he can.
 */
export function signOutBlock(user, { isCCX, isInCall }) {
  const { state, pendingState } = user;
  if (pendingState === "LOGOUT") {
    return "sign.whyNot.pending";
  }
  if (isInCall || state === "TALKING" || state === "HOLD") {
    return "sign.whyNot.inCall";
  }
  const kind = kindOf(state);
  if (kind === "wrap-up") {
    return "sign.whyNot.wrapUp";
  }
  if (kind === "reserved") {
    return "sign.whyNot.reserved";
  }
  return state === "READY" && !isCCX ? "sign.whyNot.ready" : "";
}

/** @typedef {{ state?: string, mediaAddress?: string, address?: string }} Participant */
/** @typedef {{ participants?: { Participant?: Participant[] } | Participant[], mediaProperties?: Record<string, any> | null }} Dialog */

/** @param {Dialog} dialog @param {string} extension @returns {string} The state in the call of whoever is at that number. */
export function partyState(dialog, extension) {
  const { participants } = dialog;
  const all = Array.isArray(participants) ? participants : (participants?.Participant ?? []);
  return all.find((one) => one.mediaAddress === extension)?.state ?? "";
}

const OVER = new Set(["", "DROPPED", "WRAP_UP", "FAILED"]);

/**
 * Whether somebody's phone is in a call.
 *
 * @param {Iterable<Dialog>} dialogs
 * @param {string} extension
 */
export function isInCall(dialogs, extension) {
  return [...dialogs].some((dialog) => !OVER.has(partyState(dialog, extension)));
}

/**
 * Whether a call that is being wrapped up still lacks its wrap-up reason.
 *
 * @param {Iterable<Dialog>} dialogs
 * @param {string} extension
 */
export function lacksWrapUp(dialogs, extension) {
  return [...dialogs].some(
    (dialog) => partyState(dialog, extension) === "WRAP_UP" && !dialog.mediaProperties?.["wrapUpReason"],
  );
}

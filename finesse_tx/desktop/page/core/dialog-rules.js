/**
 * What a person sees of a call and may do with it. What may be done is said by the own participant's `actions`, by
 * nothing else.
 *
 * Touches no DOM. Spec: rest.md §4.1, §4.3; desktop.md §13.
 */

/** @typedef {import("./desk.js").Dialog} Dialog */
/** @typedef {import("./desk.js").MediaProperties} MediaProperties */
/** @typedef {import("./desk.js").Participant} Participant */

/** Every action that has a button, in the order in which they stand; the last one ends the call. */
export const BUTTONS = Object.freeze([
  "ANSWER",
  "ACCEPT",
  "REJECT",
  "CLOSE",
  "RETRIEVE",
  "TRANSFER",
  "CONFERENCE",
  "HOLD",
  "CONSULT_CALL",
  "TRANSFER_SST",
  "SEND_DTMF",
  "START_RECORDING",
  "RECLASSIFY",
  "UPDATE_SCHEDULED_CALLBACK",
  "CANCEL_SCHEDULED_CALLBACK",
  "BARGE_CALL",
  "DROP",
]);

const MONITOR = "SUPERVISOR_MONITOR";
const CONSULTATIONS = new Set(["CONSULT", "CONSULT_CONFERENCE"]);
const PREVIEWS = new Set([
  "OUTBOUND_PREVIEW",
  "OUTBOUND_DIRECT_PREVIEW",
  "OUTBOUND_CALLBACK_PREVIEW",
  "OUTBOUND_PERSONAL_CALLBACK_PREVIEW",
]);

/**
 * One's own part in a call.
 *
 * @param {Dialog} dialog
 * @param {string} extension One's own.
 * @returns {Participant | undefined}
 */
export function own(dialog, extension) {
  return dialog.participants.find((one) => one.mediaAddress === extension);
}

/**
 * What one may do now.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @returns {string[]}
 */
export function actionsOf(dialog, extension) {
  return own(dialog, extension)?.actions ?? [];
}

/**
 * Whether that is a supervisor's listening in, and this supervisor's.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 */
export function isListening(dialog, extension) {
  return dialog.mediaProperties.callType === MONITOR && dialog.fromAddress === extension;
}

/**
 * The buttons that a call has now, in their order.
 *
 * To barge into a call is no action of a dialog, it begins one: whoever listens in may. A callback is cancelled where one was
 * agreed.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @returns {string[]} Of `BUTTONS`.
 */
export function buttonsOf(dialog, extension) {
  const actions = new Set(actionsOf(dialog, extension));
  if (isListening(dialog, extension) && actions.has("DROP")) {
    actions.add("BARGE_CALL");
  }
  if (!dialog.scheduledCallbackInfo) {
    actions.delete("CANCEL_SCHEDULED_CALLBACK");
  }
  return BUTTONS.filter((button) => actions.has(button));
}

/**
 * The calls that are shown. A supervisor who listens in is not: the agent is not to see it.
 *
 * @param {Iterable<Dialog>} dialogs
 * @param {string} extension
 * @returns {Dialog[]}
 */
export function shown(dialogs, extension) {
  return [...dialogs].filter((dialog) => {
    const isOthers = dialog.mediaProperties.callType === MONITOR && !isListening(dialog, extension);
    const state = own(dialog, extension)?.state;
    return dialog.mediaType === "Voice" && !isOthers && state !== undefined && state !== "DROPPED";
  });
}

/**
 * The rows: calls in the order in which they came, each with the consultations about it.
 *
 * @param {Iterable<Dialog>} dialogs
 * @param {string} extension
 * @param {Map<string, string>} parents By a consultation's id, the call that it is about, as it was found out before; what
 *   is found out now is put in, what is gone is taken out.
 * @returns {{ dialog: Dialog, consultations: Dialog[] }[]}
 */
export function rows(dialogs, extension, parents) {
  const all = shown(dialogs, extension);
  const byId = new Map(all.map((dialog) => [dialog.id, dialog]));
  for (const [child, parent] of parents) {
    if (!byId.has(child) || !byId.has(parent)) {
      parents.delete(child);
    }
  }
  for (const dialog of all) {
    const parent = parents.has(dialog.id) ? undefined : parentOf(dialog, all, extension);
    if (parent && !parents.has(parent.id)) {
      parents.set(dialog.id, parent.id);
    }
  }
  return all
    .filter((dialog) => !parents.has(dialog.id))
    .map((dialog) => ({ dialog, consultations: all.filter((one) => parents.get(one.id) === dialog.id) }));
}

/**
 * The call that a consultation is about: the one that it names, else the one that was held last.
 *
 * @param {Dialog} dialog
 * @param {Dialog[]} all
 * @param {string} extension
 */
function parentOf(dialog, all, extension) {
  if (!CONSULTATIONS.has(dialog.mediaProperties.callType) || dialog.fromAddress !== extension) {
    return undefined;
  }
  const others = all.filter((one) => one !== dialog && !CONSULTATIONS.has(one.mediaProperties.callType));
  const named = others.find((one) => one.uri === dialog.associatedDialogUri);
  const held = others
    .filter((one) => own(one, extension)?.state === "HELD")
    .sort((a, b) => changed(b, extension) - changed(a, extension));
  return named ?? held[0] ?? others[0];
}

/**
 * @param {Dialog} dialog
 * @param {string} extension
 */
function changed(dialog, extension) {
  return Date.parse(own(dialog, extension)?.stateChangeTime ?? "") || 0;
}

/**
 * Whether a call rings here, or a customer is offered.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 */
export function isAlerting(dialog, extension) {
  return own(dialog, extension)?.state === "ALERTING";
}

/**
 * Whether a campaign offers a customer, who is not called yet.
 *
 * @param {Dialog} dialog
 */
export function isPreview(dialog) {
  return PREVIEWS.has(dialog.mediaProperties.callType);
}

/**
 * Whether a call came, or was made here.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @returns {"in" | "out"}
 */
export function direction(dialog, extension) {
  const { callType } = dialog.mediaProperties;
  return callType === "OUTBOUND" || isPreview(dialog) || dialog.fromAddress === extension ? "out" : "in";
}

/**
 * The call that makes room when another one is taken up: a phone talks in one. It is put on hold, or given up when nobody has
 * answered it.
 *
 * @param {Iterable<Dialog>} dialogs
 * @param {Dialog} dialog The one that is taken up.
 * @param {string} extension
 * @returns {Dialog | undefined}
 */
export function makesRoom(dialogs, dialog, extension) {
  return shown(dialogs, extension).find((one) => {
    const state = own(one, extension)?.state ?? "";
    return one.id !== dialog.id && (actionsOf(one, extension).includes("HOLD") || UNANSWERED.has(state));
  });
}

/** Whom one calls has not answered. */
const UNANSWERED = new Set(["INITIATING", "INITIATED", "FAILED"]);

/** Who is told of a call, and is in it no more. */
const GONE = new Set(["DROPPED", "WRAP_UP"]);

/**
 * Who else is in a call; nobody once one has left it oneself.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 */
export function others(dialog, extension) {
  const isOver = GONE.has(own(dialog, extension)?.state ?? "");
  return dialog.participants.filter((one) => !isOver && one.mediaAddress !== extension && !GONE.has(one.state));
}

/**
 * The other party's number; empty while nothing is dialled, and of a conference.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @returns {string}
 */
export function otherParty(dialog, extension) {
  const { DNIS = "", dialedNumber = "" } = dialog.mediaProperties;
  if (isPreview(dialog)) {
    return variable(dialog, "BACustomerNumber") || [dialedNumber, DNIS].find((one) => one && one !== extension) || "";
  }
  const there = others(dialog, extension);
  if (there.length > 1) {
    return "";
  }
  if (dialog.secondaryId) {
    // Two calls that are one: the ends are those of either, the consultation's when the customer was talked to last.
    const all = dialog.participants.filter((one) => one.mediaAddress !== extension);
    const found = there[0] ?? all.find((one) => one.mediaAddressType !== "AGENT_DEVICE");
    if (found) {
      return found.mediaAddress;
    }
  }
  const named =
    direction(dialog, extension) === "out" && dialog.fromAddress === extension ? dialog.toAddress || dialedNumber : dialog.fromAddress;
  const [other] = there;
  // After a transfer neither end may be the one that is left.
  const isThere = !other || named === other.mediaAddress || other.mediaAddressType !== "AGENT_DEVICE";
  return named && named !== extension && isThere ? named : (other?.mediaAddress ?? named);
}

/**
 * A variable's value; empty where there is none.
 *
 * @param {Dialog} dialog
 * @param {string} name
 */
export function variable(dialog, name) {
  return dialog.mediaProperties.callvariables.CallVariable.find((one) => one.name === name)?.value ?? "";
}

/**
 * Whom one may take out of a conference.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @param {string} whom The layout's `dropParticipant`: `agents` or `all`.
 */
export function droppable(dialog, extension, whom = "agents") {
  if (!actionsOf(dialog, extension).includes("PARTICIPANT_DROP")) {
    return [];
  }
  return others(dialog, extension).filter((one) => whom === "all" || one.mediaAddressType === "AGENT_DEVICE");
}

/**
 * What a call's timers show, in whole seconds.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 * @param {number} now Of the server, in milliseconds.
 * @param {number} wrapUp How many seconds wrap-up lasts; 0 for as long as one likes, then it is counted up.
 * @returns {{ total: number | null, held: number | null, wrapUp: number | null, isDown: boolean }}
 */
export function timers(dialog, extension, now, wrapUp = 0) {
  const part = own(dialog, extension);
  const since = (/** @type {string | undefined} */ time) => {
    const began = Date.parse(time ?? "");
    return Number.isNaN(began) ? null : Math.max(0, Math.floor((now - began) / 1000));
  };
  const inState = since(part?.stateChangeTime);
  const isWrapUp = part?.state === "WRAP_UP";
  return {
    total: isWrapUp ? null : since(part?.startTime),
    held: part?.state === "HELD" ? inState : null,
    wrapUp: isWrapUp && inState !== null ? (wrapUp > 0 ? Math.max(0, wrapUp - inState) : inState) : null,
    isDown: wrapUp > 0,
  };
}

/**
 * Seconds as a clock shows them: `03:07`, after an hour `1:00:15`.
 *
 * @param {number | null} seconds Null for what nobody knows.
 */
export function clock(seconds) {
  if (seconds === null) {
    return "--:--";
  }
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${two(minutes)}:${two(seconds % 60)}`;
}

/** Signing in and out, states, languages, keys: in English. */

/** @type {import("../../../../browser/core/text.js").Catalogue} */
export const SIGN = {
  "sign.state.LOGOUT": "Signed out",
  "sign.state.NOT_READY": "Not ready",
  "sign.state.READY": "Ready",
  "sign.state.RESERVED": "Reserved",
  "sign.state.RESERVED_OUTBOUND": "Reserved for an outbound call",
  "sign.state.RESERVED_OUTBOUND_PREVIEW": "Outbound preview",
  "sign.state.TALKING": "Talking",
  "sign.state.HOLD": "On hold",
  "sign.state.WORK": "Wrap-up",
  "sign.state.WORK_READY": "Wrap-up, then ready",
  "sign.state.INTERRUPTED": "Interrupted",
  "sign.state.UNKNOWN": "State unknown",
  "sign.statePending": "{state} → {pending} (pending)",
  "sign.stateReason": "{state}: {reason}",
  "sign.why.wrapUp": "Choose a wrap-up reason for the call first.",
  "sign.why.inCall": "Your phone is in a call. End it first.",
  "sign.whyNot.inCall": "You cannot sign out during a call. End it first.",
  "sign.whyNot.wrapUp": "Finish the wrap-up first: choose Ready or Not ready.",
  "sign.whyNot.ready": "You can sign out when you are Not ready.",
  "sign.whyNot.reserved": "A call is on its way to you. You can sign out after it.",
  "sign.whyNot.pending": "You will be signed out when this call is over.",
};

/**
 * Why a state could not be changed, in words.
 *
 * Touches no DOM; runs under node. Spec: rest.md §1.6, §2.6; docs/engine.rst (what the engine refuses).
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";
import { stateLabel } from "./agent-states.js";

/** GED-188's control failure codes. @type {Record<string, string>} */
const BY_CODE = {
  22: "sign.refused.state",
  33: "sign.refused.inCall",
  34: "sign.refused.deviceOff",
  265: "sign.refused.pending",
  266: "sign.refused.reason",
  281: "sign.refused.reason",
};

/**
 * @param {unknown} error
 * @param {string} state What was asked for.
 * @returns {string} A sentence.
 */
export function refusalText(error, state) {
  const values = { state: stateLabel(state) };
  if (!(error instanceof RefusedError)) {
    return say("sign.refused.other", values);
  }
  if (error.status === 0) {
    return say("sign.refused.network", values);
  }
  if (error.data === "reasonCodeId" || error.data.startsWith("finesse.api.reasoncode.")) {
    return say("sign.refused.reason", values);
  }
  return say(BY_CODE[error.data] ?? "sign.refused.other", values);
}

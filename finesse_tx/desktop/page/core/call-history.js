/**
 * What an agent has done today, as rows to be shown.
 *
 * Touches no DOM. Spec: desktop.md §14 (History); docs/rest.rst (For the desktop).
 */
import { say } from "../../../browser/core/text.js";
import { clock } from "./dialog-rules.js";
import { reasonText } from "./system-reasons.js";

/**
 * @typedef {{
 *   id: string, startTime: string, endTime: string, direction: "in" | "out", type: string, number: string,
 *   disposition: string, transferred: boolean, conferenced: boolean, wrapUpReason: string, queueName: string,
 *   talkSeconds: number, holdSeconds: number,
 * }} HistoryCall
 */
/** @typedef {{ startTime: string, state: string, reason: string, seconds?: number }} HistoryState */
/**
 * @typedef {{
 *   id: string, type: string, number: string, who: string, disposition: string, wrapUp: string, queue: string, began: number,
 *   duration: number,
 * }} CallRow
 */
/** @typedef {{ began: number, state: string, reason: string, duration: number | null }} StateRow */

/** @type {Record<string, string>} What became of a call. */
const DISPOSITIONS = { ANSWERED: "answered", NOT_ANSWERED: "notAnswered", CALLER_GONE: "callerGone" };

/** @type {Record<string, string>} What of its type is more than where it came from. */
const TYPES = { TRANSFERRED: "transferred", INTERNAL: "internal", PREVIEW: "preview" };

/**
 * Where to ask.
 *
 * @param {string} loginId
 * @param {"calls" | "states"} what
 * @param {Date} now Of the day that is asked for, in the browser's own time zone.
 */
export function path(loginId, what, now) {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  return `/desktop/api/history/${encodeURIComponent(loginId)}/${what}?since=${midnight.toISOString()}`;
}

/**
 * @param {HistoryCall[]} calls
 * @param {(number: string) => string} nameOf Whose number that is; empty where nobody knows.
 * @returns {CallRow[]}
 */
export function callRows(calls, nameOf) {
  return calls.map((call) => {
    const kind = TYPES[call.type];
    const became = DISPOSITIONS[call.disposition] ?? "answered";
    const marks = [
      // The caller is oneself.
      say(`calls.history.${became === "callerGone" && call.direction === "out" ? "givenUp" : became}`),
      ...(call.transferred ? [say("calls.history.transferred")] : []),
      ...(call.conferenced ? [say("calls.history.conference")] : []),
    ];
    const way = say(`calls.history.${call.direction}`);
    return {
      id: call.id,
      type: kind ? `${way} · ${say(`calls.history.type.${kind}`)}` : way,
      number: call.number,
      who: nameOf(call.number),
      disposition: marks.join(" · "),
      wrapUp: call.wrapUpReason.replaceAll(",", ", "),
      queue: call.queueName,
      began: Date.parse(call.startTime),
      duration: call.talkSeconds + call.holdSeconds,
    };
  });
}

/**
 * @param {HistoryState[]} states
 * @returns {StateRow[]} The duration of the one that lasts is null.
 */
export function stateRows(states) {
  return states.map(({ startTime, state, reason, seconds }) => ({
    began: Date.parse(startTime),
    state: say(state === "LOGIN" ? "calls.history.login" : `sign.state.${state}`),
    reason: reasonText(reason),
    duration: seconds ?? null,
  }));
}

/**
 * A duration; empty for what lasts.
 *
 * @param {number | null} seconds
 */
export function lasted(seconds) {
  return seconds === null ? "" : clock(seconds);
}

/**
 * Why a call was: one reason, on a CCX up to five.
 *
 * Touches no DOM. Spec: desktop.md §13; rest.md §2.8, §5.5.
 */
import { actionsOf, own } from "./dialog-rules.js";

/** @typedef {import("./dialog-rules.js").Dialog} Dialog */

/** How many reasons a CCX takes. */
export const MOST = 5;

/** Bytes that all of them have together, with a comma between two. */
export const MAX_BYTES = 39;

const ENCODER = new TextEncoder();

/**
 * How many reasons a call may have.
 *
 * @param {string} deployment SystemInfo's `deploymentType`.
 */
export function most(deployment) {
  return deployment.includes("CCX") ? MOST : 1;
}

/**
 * The reasons of a call.
 *
 * @param {Dialog} dialog
 * @returns {string[]}
 */
export function chosen(dialog) {
  const { wrapUpItems, wrapUpReason } = dialog.mediaProperties;
  return wrapUpItems ? [...wrapUpItems] : wrapUpReason ? [wrapUpReason] : [];
}

/**
 * The reasons with one more, or without it.
 *
 * @param {string[]} reasons
 * @param {string} label
 * @param {number} limit How many there may be; of one, another takes its place.
 * @returns {string[] | null} Null when it does not fit.
 */
export function toggled(reasons, label, limit) {
  const others = reasons.filter((one) => one !== label);
  if (others.length < reasons.length) {
    return others;
  }
  const next = limit === 1 ? [label] : [...others, label];
  return next.length <= limit && ENCODER.encode(next.join(",")).length <= MAX_BYTES ? next : null;
}

/**
 * What is sent.
 *
 * @param {string[]} reasons
 * @param {number} limit
 */
export function body(reasons, limit) {
  return limit === 1 ? { wrapUpReason: reasons[0] ?? "" } : { wrapUpItems: reasons };
}

/**
 * Whether somebody may say why a call was.
 *
 * @param {Dialog} dialog
 * @param {string} extension
 */
export function mayWrapUp(dialog, extension) {
  return actionsOf(dialog, extension).includes("UPDATE_CALL_DATA") && !["INITIATING", "INITIATED"].includes(own(dialog, extension)?.state ?? "");
}

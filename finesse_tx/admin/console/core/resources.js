/**
 * What is configured in lists: where each is, what is shown of it, and what is asked for.
 *
 * Touches no DOM; runs under node.
 */
import { say } from "../../../browser/core/text.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {Record<string, any>} Row */

/**
 * @typedef {object} Resource
 * @property {string} key Of its words, such as `reasons.one`.
 * @property {(rest: Rest, signal: AbortSignal) => Promise<Row[]>} load
 * @property {import("../../../browser/ui/data-table.js").Column<Row>[]} columns
 * @property {(row: Row | null) => import("../../../browser/ui/entry-dialog.js").Field[]} fields Of a row, or of a new one.
 * @property {Row} fresh What a new one begins with.
 * @property {(row: Row) => string} name
 * @property {(rest: Rest, row: Row | null, values: Row) => Promise<unknown>} save
 * @property {(rest: Rest, row: Row) => Promise<unknown>} remove
 * @property {(row: Row) => boolean} [isSystems] Whether the system needs it as it is: then it is not removed.
 */

const API = "/finesse/api";

/** @param {Row} row */
const forWhom = (row) => say(row["forAll"] ? "for.all" : "for.some");

/**
 * Reasons of a category.
 *
 * @param {string} key
 * @param {string} category `NOT_READY` or `LOGOUT`.
 * @returns {Resource}
 */
function reasons(key, category) {
  return {
    key,
    load: async (rest, signal) => {
      const found = await rest.get(`${API}/ReasonCodes?category=${category}`, signal);
      return found.ReasonCode ?? [];
    },
    columns: [
      { key: "label", title: say("reasons.label"), value: (row) => row["label"] },
      { key: "code", title: say("reasons.code"), value: (row) => Number(row["code"]), isNumber: true },
      { key: "kind", title: say("reasons.kind"), value: (row) => say(row["systemCode"] ? "reasons.system" : "reasons.own") },
      { key: "forAll", title: say("for.whom"), value: forWhom },
    ],
    fields: (row) => [
      { key: "label", label: say("reasons.label"), isRequired: true, maxLength: 40, hint: say("reasons.labelHint") },
      {
        key: "code",
        label: say("reasons.code"),
        kind: "number",
        isRequired: true,
        min: 1,
        max: 65535,
        hint: say("reasons.codeHint"),
        isFixed: row?.["systemCode"] === true,
      },
      { key: "forAll", label: say("for.allLabel"), kind: "check", hint: say("for.allHint") },
    ],
    fresh: { forAll: true },
    name: (row) => row["label"],
    save: (rest, row, values) => {
      const body = { category, code: values["code"], label: values["label"].trim(), forAll: values["forAll"] };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/ReasonCode`, body);
    },
    isSystems: (row) => row["systemCode"] === true,
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

export const notReadyReasons = () => reasons("notReadyReasons", "NOT_READY");

export const signOutReasons = () => reasons("signOutReasons", "LOGOUT");

/** @returns {Resource} */
export function wrapUpReasons() {
  return {
    key: "wrapUpReasons",
    load: async (rest, signal) => (await rest.get(`${API}/WrapUpReasons`, signal)).WrapUpReason ?? [],
    columns: [
      { key: "label", title: say("reasons.label"), value: (row) => row["label"] },
      { key: "forAll", title: say("for.whom"), value: forWhom },
    ],
    fields: () => [
      { key: "label", label: say("reasons.label"), isRequired: true, maxLength: 39, hint: say("wrapUpReasons.labelHint") },
      { key: "forAll", label: say("for.allLabel"), kind: "check", hint: say("for.allHint") },
    ],
    fresh: { forAll: true },
    name: (row) => row["label"],
    save: (rest, row, values) => {
      const body = { label: values["label"].trim(), forAll: values["forAll"] };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/WrapUpReason`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

/**
 * What is configured in lists: where each is, what is shown of it, and what is asked for.
 *
 * Touches no DOM; runs under node.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {Record<string, any>} Row */

/**
 * @typedef {object} CSV
 * @property {string} path Where it is read and written.
 * @property {string} name Of the file.
 * @property {string} hint What it must have.
 * @property {(error: unknown) => unknown} explained What was wrong with a file, in words.
 */

/**
 * @typedef {object} Bulk
 * @property {() => import("../../../browser/ui/entry-dialog.js").Field[]} fields
 * @property {() => Row} fresh What its form begins with: nothing changes.
 * @property {(rest: Rest, rows: Row[], values: Row) => Promise<unknown>} save Of all of them, or of none.
 */

/**
 * @typedef {object} Resource
 * @property {string} key Of its words, such as `reasons.one`.
 * @property {(rest: Rest, signal: AbortSignal) => Promise<Row[]>} load
 * @property {import("../../../browser/ui/data-table.js").Column<Row>[]} columns
 * @property {(row: Row | null) => import("../../../browser/ui/entry-dialog.js").Field[]} fields Of a row, or of a new one.
 * @property {() => Row} fresh What a new one begins with.
 * @property {(row: Row) => string} name
 * @property {(rest: Rest, row: Row | null, values: Row) => Promise<unknown>} save
 * @property {(rest: Rest, row: Row) => Promise<unknown>} remove
 * @property {(row: Row) => Row} [shown] A row as its form shows it, where that is not as it is.
 * @property {string} [back] Where one goes back to.
 * @property {(rest: Rest, signal: AbortSignal) => Promise<string>} [title] What it is called, where that is not `KEY.title`.
 * @property {{ title: string, label: (row: Row) => string, href: (row: Row) => string }} [open] What a row leads to.
 * @property {CSV} [csv] All of it as a file.
 * @property {Bulk} [bulk] What may be changed of several at once.
 * @property {(row: Row) => boolean} [isSystems] Whether the system needs it as it is: then it is not removed.
 */

const API = "/finesse/api";

/** The number at the end of a URI: `3` of `/finesse/api/PhoneBook/3`. */
export const idOf = (/** @type {Row} */ row) => String(row["uri"]).split("/").at(-1) ?? "";

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
    fresh: () => ({ forAll: true }),
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
    fresh: () => ({ forAll: true }),
    name: (row) => row["label"],
    save: (rest, row, values) => {
      const body = { label: values["label"].trim(), forAll: values["forAll"] };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/WrapUpReason`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

/** @returns {Resource} */
export function phoneBooks() {
  return {
    key: "phoneBooks",
    load: async (rest, signal) => (await rest.get(`${API}/PhoneBooks`, signal)).PhoneBook ?? [],
    columns: [
      { key: "name", title: say("phoneBooks.name"), value: (row) => row["name"] },
      { key: "type", title: say("for.whom"), value: (row) => say(row["type"] === "GLOBAL" ? "for.all" : "for.some") },
    ],
    fields: (row) => [
      { key: "name", label: say("phoneBooks.name"), isRequired: true, maxLength: 64 },
      {
        key: "type",
        label: say("for.whom"),
        kind: "select",
        isFixed: row !== null,
        choices: [
          ["GLOBAL", say("for.all")],
          ["TEAM", say("for.some")],
        ],
        hint: say("phoneBooks.typeHint"),
      },
    ],
    fresh: () => ({ type: "GLOBAL" }),
    name: (row) => row["name"],
    open: {
      title: say("phoneBooks.contacts"),
      label: (row) => say("phoneBooks.contactsOf", { what: row["name"] }),
      href: (row) => `#/phone-books/${idOf(row)}`,
    },
    save: (rest, row, values) => {
      const body = { name: values["name"].trim(), type: values["type"] };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/PhoneBook`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

/**
 * What was wrong with a file of contacts: which lines are none, or why it is no such file.
 *
 * @param {unknown} error
 */
function linesNamed(error) {
  if (!(error instanceof RefusedError) || !/^[\d,]+$/.test(error.data)) {
    return error;
  }
  const lines = error.data.replaceAll(",", ", ");
  const isOfContacts = error.message.startsWith("These lines are not contacts");
  const key = isOfContacts ? (error.data.includes(",") ? "csv.lines" : "csv.line") : "csv.fault";
  const text = say(key, { lines, fault: error.message });
  return new RefusedError(error.status, error.type, "", text);
}

/**
 * The contacts of a phone book.
 *
 * @param {string} book Its id.
 * @returns {Resource}
 */
export function contacts(book) {
  const path = `${API}/PhoneBook/${encodeURIComponent(book)}`;
  return {
    key: "contacts",
    back: "#/phone-books",
    title: async (rest, signal) => say("phoneBooks.contactsOf", { what: (await rest.get(path, signal)).name }),
    load: async (rest, signal) => (await rest.get(`${path}/Contacts`, signal)).Contact ?? [],
    columns: [
      {
        key: "name",
        title: say("contacts.name"),
        value: (row) => [row["lastName"], row["firstName"]].filter(Boolean).join(", ") || row["phoneNumber"],
      },
      { key: "phoneNumber", title: say("contacts.phoneNumber"), value: (row) => row["phoneNumber"] },
      { key: "description", title: say("contacts.description"), value: (row) => row["description"] ?? "" },
    ],
    fields: () => [
      { key: "firstName", label: say("contacts.firstName"), maxLength: 128 },
      { key: "lastName", label: say("contacts.lastName"), maxLength: 128 },
      { key: "phoneNumber", label: say("contacts.phoneNumber"), isRequired: true, maxLength: 32 },
      { key: "description", label: say("contacts.description"), maxLength: 128 },
    ],
    fresh: () => ({}),
    name: (row) => `${row["firstName"] ?? ""} ${row["lastName"] ?? ""}`.trim() || row["phoneNumber"],
    csv: {
      path: `${path}/Contacts/csvFileContent`,
      name: "contacts.csv",
      hint: say("contacts.csvHint"),
      explained: linesNamed,
    },
    save: (rest, row, values) =>
      row ? rest.put(row["uri"], values) : rest.post(`${path}/Contact`, values),
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

/**
 * The values of a call that workflows compare and put into addresses and bodies.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §12.8, §2.11; `desktop.md` §8.4.
 */
import { variable } from "./dialog-rules.js";

/** @typedef {import("./dialog-rules.js").Dialog} Dialog */
/** @typedef {Record<string, any>} User */
/** @typedef {{ name: string, node?: string, type?: string, testValue?: string }} Variable */

const CALL_VARIABLE = /^(?:callVariable(?:[1-9]|10)|user\..+|BA\w+)$/;

/** What a path begins with, and where it leads. */
const PATH = /^\/*(Dialog|User)\/(.+)$/;

/** A call variable by its name, in the ways in which it can be written. */
const NAMED = /CallVariable(?:\/name)?\[\s*(?:name|\.|text\(\))\s*=\s*(["'])(.+?)\1\s*\]/;

/**
 * The value of a variable.
 *
 * @param {Variable} wanted By its path, where it has one, else by its name.
 * @param {Dialog} dialog
 * @param {User} user Whose page it is.
 * @returns {string} Empty for what is not there.
 */
export function valueOf({ name, node = "" }, dialog, user) {
  return node ? atPath(node, dialog, user) : named(name, dialog, user);
}

/**
 * @param {string} node An XPath, of the kinds that lead to a value of a call or of a person.
 * @param {Dialog} dialog
 * @param {User} user
 */
function atPath(node, dialog, user) {
  const [, , called] = NAMED.exec(node) ?? [];
  if (called) {
    return variable(dialog, called);
  }
  const [, root, path = ""] = PATH.exec(node) ?? [];
  /** @type {any} */
  let value = root === "User" ? user : root === "Dialog" ? dialog : undefined;
  for (const step of path.split("/")) {
    value = value !== null && typeof value === "object" && Object.hasOwn(value, step) ? value[step] : undefined;
  }
  return text(value);
}

/**
 * @param {string} name
 * @param {Dialog} dialog
 * @param {User} user
 */
function named(name, dialog, user) {
  if (CALL_VARIABLE.test(name)) {
    return variable(dialog, name);
  }
  if (name === "dialogId") {
    return dialog.id;
  }
  for (const place of [dialog.mediaProperties, dialog, user]) {
    const found = /** @type {Record<string, unknown>} */ (place);
    if (Object.hasOwn(found, name)) {
      return text(found[name]);
    }
  }
  return "";
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

/** @type {Record<string, (value: string, wanted: string) => boolean>} Upper and lower case are two. */
const COMPARATORS = {
  CONTAINS: (value, wanted) => value.includes(wanted),
  DOES_NOT_CONTAIN: (value, wanted) => !value.includes(wanted),
  IS_EQUAL: (value, wanted) => value === wanted,
  IS_NOT_EQUAL: (value, wanted) => value !== wanted,
  BEGINS_WITH: (value, wanted) => value.startsWith(wanted),
  ENDS_WITH: (value, wanted) => value.endsWith(wanted),
  IS_EMPTY: (value) => value === "",
  IS_NOT_EMPTY: (value) => value !== "",
  IS_IN_LIST: (value, wanted) => wanted.split(/[,;\n]/).some((one) => one.trim() === value),
};

/**
 * Whether a comparison holds.
 *
 * @param {{ Variable: Variable, comparator: string, value?: string }} condition
 * @param {Dialog} dialog
 * @param {User} user
 * @returns {boolean} False for a comparator that nobody knows.
 */
export function holds({ Variable: wanted, comparator, value = "" }, dialog, user) {
  return COMPARATORS[comparator]?.(valueOf(wanted, dialog, user), value) ?? false;
}

/** @typedef {(value: string) => string} Escape */

/** How a value is written into a text of that kind, so that it stays one value there. @type {[string, Escape][]} */
const ESCAPES = [
  ["json", (value) => JSON.stringify(value).slice(1, -1)],
  ["xml", (value) => value.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)],
  ["urlencoded", encodeURIComponent],
];

/**
 * How values are written into a body.
 *
 * @param {string} contentType
 * @returns {Escape}
 */
export function escapeFor(contentType) {
  return ESCAPES.find(([kind]) => contentType.toLowerCase().includes(kind))?.[1] ?? ((value) => value);
}

/**
 * A text with values in place of `${name}`.
 *
 * @param {string} template
 * @param {(name: string) => string} value
 * @param {Escape} escape
 */
export function filledIn(template, value, escape) {
  return template.replaceAll(/\$\{([^{}]+)\}/g, (_whole, name) => escape(value(name.trim())));
}

/**
 * An address with values in place of `${name}`: each is one part of it, whatever is in it. A variable that the address begins
 * with may be the address itself.
 *
 * @param {string} template
 * @param {(name: string) => string} value
 */
export function filledInAddress(template, value) {
  const [whole = "", name = ""] = /^\$\{([^{}]+)\}/.exec(template) ?? [];
  const first = name && value(name.trim());
  return first && /^https?:\/\//i.test(first)
    ? first + filledIn(template.slice(whole.length), value, encodeURIComponent)
    : filledIn(template, value, encodeURIComponent);
}

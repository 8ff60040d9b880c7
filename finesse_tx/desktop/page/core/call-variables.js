/**
 * The variables of a call, by the layout that is configured for it, and what somebody is about to change of them.
 *
 * Touches no DOM. Spec: rest.md §2.9, §5.5; desktop.md §13.
 */
import { variable } from "./dialog-rules.js";

/** @typedef {import("./dialog-rules.js").Dialog} Dialog */
/** @typedef {{ displayName: string, mediaProperty: string, uiEditable?: boolean | string, showInPopOver?: boolean | string }} Entry */
/**
 * @typedef {{ name: string, type: string, header?: { entry: Entry[] }, column?: { entry?: Entry[] }[] }} Layout
 */
/**
 * A variable as it is shown.
 *
 * @typedef {{ name: string, label: string, value: string, isEditable: boolean, maxBytes: number, isInPopover: boolean }} Cell
 */

/** Bytes of `callVariable1` to `10`. */
export const MAX_NUMBERED = 40;

/** Bytes of a named variable: what is longer is cut by the engine without a word. */
export const MAX_NAMED = 210;

/** How many variables are shown of a call that rings. */
export const MAX_POPOVER = 5;

const NUMBERED = /^callVariable([1-9]|10)$/;
const NAMED = /^(user\.|BA)/;
const ENCODER = new TextEncoder();

/** @type {Layout} What stands in where none is configured. */
const NONE = { name: "", type: "DEFAULT" };

/**
 * The layout of a call: the one that its variable `user.layout`, else `user.Layout`, names; else the default.
 *
 * @param {Layout[]} layouts
 * @param {Dialog} dialog
 * @returns {Layout}
 */
export function layoutOf(layouts, dialog) {
  const wanted = variable(dialog, "user.layout") || variable(dialog, "user.Layout");
  return (
    layouts.find((layout) => wanted !== "" && layout.name === wanted) ??
    layouts.find((layout) => layout.type === "DEFAULT") ??
    layouts[0] ??
    NONE
  );
}

/**
 * What a call shows.
 *
 * @param {Layout} layout
 * @param {Dialog} dialog
 * @param {boolean} mayChange Whether call data may be changed now.
 * @returns {{ header: Cell | null, columns: Cell[][] }} Columns without anything in them are left out.
 */
export function cells(layout, dialog, mayChange) {
  const cell = (/** @type {Entry} */ entry) => cellOf(entry, dialog, mayChange);
  const [header] = layout.header?.entry ?? [];
  return {
    header: header ? { ...cell(header), isEditable: false } : null,
    columns: (layout.column ?? []).map((column) => (column.entry ?? []).map(cell)).filter((column) => column.length > 0),
  };
}

/**
 * @param {Entry} entry
 * @param {Dialog} dialog
 * @param {boolean} mayChange
 * @returns {Cell}
 */
function cellOf({ displayName, mediaProperty, uiEditable, showInPopOver }, dialog, mayChange) {
  const isNumbered = NUMBERED.test(mediaProperty);
  return {
    name: mediaProperty,
    label: displayName || mediaProperty,
    value: valueOf(dialog, mediaProperty),
    isEditable: mayChange && isYes(uiEditable) && (isNumbered || NAMED.test(mediaProperty)),
    maxBytes: isNumbered ? MAX_NUMBERED : MAX_NAMED,
    isInPopover: isYes(showInPopOver),
  };
}

/** @param {boolean | string | undefined} value */
function isYes(value) {
  return value === true || value === "true";
}

/**
 * @param {Dialog} dialog
 * @param {string} name A call variable, or another of the media properties.
 */
function valueOf(dialog, name) {
  if (NUMBERED.test(name) || NAMED.test(name)) {
    return variable(dialog, name);
  }
  const value = /** @type {Record<string, unknown>} */ (dialog.mediaProperties)[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/**
 * What is shown of a call that rings: the variables that are marked for it, else the first two; what is empty is not.
 *
 * @param {{ columns: Cell[][] }} shown
 * @returns {Cell[]}
 */
export function popover({ columns }) {
  const all = columns.flat();
  const marked = all.filter((cell) => cell.isInPopover);
  return (marked.length > 0 ? marked.slice(0, MAX_POPOVER) : all.filter((cell) => cell.value !== "").slice(0, 2)).filter(
    (cell) => cell.value !== "",
  );
}

/**
 * How much of a variable's room a text takes.
 *
 * @param {string} text
 */
export function bytes(text) {
  return ENCODER.encode(text).length;
}

/** What somebody is about to change of a call's variables, beside what others change meanwhile. */
export class Draft {
  /** @type {Map<string, { was: string, now: string, theirs: string | null }>} By name; `theirs` is somebody else's. */
  #edits = new Map();
  /** @type {Map<string, Cell>} */
  #cells = new Map();

  /**
   * The variables are so now: of what is being changed, somebody else's change is kept beside it.
   *
   * @param {Cell[]} cells Those that may be changed.
   */
  update(cells) {
    this.#cells = new Map(cells.map((cell) => [cell.name, cell]));
    for (const [name, edit] of this.#edits) {
      const value = this.#cells.get(name)?.value;
      if (value === undefined || value === edit.now) {
        this.#edits.delete(name);
      } else if (value !== edit.was) {
        edit.was = value;
        edit.theirs = value;
      }
    }
  }

  /**
   * Somebody has typed.
   *
   * @param {string} name
   * @param {string} value
   */
  edit(name, value) {
    const stored = this.#cells.get(name)?.value ?? "";
    const edit = this.#edits.get(name);
    if (value === stored) {
      this.#edits.delete(name);
    } else if (edit) {
      edit.now = value;
    } else {
      this.#edits.set(name, { was: stored, now: value, theirs: null });
    }
  }

  /** Nothing is to be changed any more. */
  revert() {
    this.#edits.clear();
  }

  /**
   * What a field shows.
   *
   * @param {string} name
   */
  value(name) {
    return this.#edits.get(name)?.now ?? this.#cells.get(name)?.value ?? "";
  }

  /**
   * What somebody else has made of a variable that is being changed here; null for nothing.
   *
   * @param {string} name
   */
  theirs(name) {
    return this.#edits.get(name)?.theirs ?? null;
  }

  get isChanged() {
    return this.#edits.size > 0;
  }

  /** The names of those that are too long. */
  get tooLong() {
    return [...this.#edits].filter(([name, { now }]) => bytes(now) > (this.#cells.get(name)?.maxBytes ?? 0)).map(([name]) => name);
  }

  /** What is to be sent. */
  get changes() {
    return [...this.#edits].map(([name, { now }]) => ({ name, value: now }));
  }
}

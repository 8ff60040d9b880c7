/**
 * `<call-data>`: the variables of a call by their layout, of which some may be changed. Fires `save` with
 * `detail.variables`.
 *
 * Spec: desktop.md §13; rest.md §2.9, §5.5.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { Draft, bytes } from "../core/call-variables.js";

/** @typedef {import("../core/call-variables.js").Cell} Cell */

/** A variable on the page. */
class Field {
  /**
   * @param {Cell} cell
   * @param {(value: string) => void} edited
   */
  constructor(cell, edited) {
    const id = freshId("variable");
    this.input = cell.isEditable
      ? h("input", { id, type: "text", autocomplete: "off", oninput: () => edited(this.input?.value ?? "") })
      : null;
    this.value = h("span", { class: "value" });
    this.term = h("dt", {}, this.input ? h("label", { for: id }, cell.label) : cell.label);
    this.element = h("div", { class: "variable" }, this.term, h("dd", {}, this.input ?? this.value));
  }

  /** @param {string} value What is empty, and not to be filled in here, only takes room. */
  show(value) {
    if (!this.input) {
      this.value.textContent = value;
      this.element.hidden = value === "";
    } else if (this.input.value !== value) {
      this.input.value = value;
    }
  }
}

export class CallData extends LiveElement {
  #draft = new Draft();
  /** @type {Cell[]} */
  #cells = [];
  /** @type {Map<string, Field>} */
  #fields = new Map();
  #shape = "";
  #columns = h("div", { class: "columns" });
  #notice = h("p", { class: "notice warning", role: "status", hidden: true });
  #save = h("button", { type: "submit", class: "primary" }, say("calls.variables.save"));
  #revert = h("button", { type: "button", onclick: () => this.revert() }, say("calls.variables.revert"));
  #buttons = h("div", { class: "buttons", hidden: true }, this.#save, this.#revert);

  start() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", say("calls.variables"));
    fill(
      this,
      h(
        "form",
        {
          novalidate: true,
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.save();
          },
        },
        this.#columns,
        this.#notice,
        this.#buttons,
      ),
    );
  }

  /**
   * The call has these now; what somebody is typing stays.
   *
   * @param {Cell[][]} columns
   */
  update(columns) {
    const shape = JSON.stringify(columns.map((column) => column.map(({ name, label, isEditable }) => [name, label, isEditable])));
    this.#cells = columns.flat();
    this.#draft.update(this.#cells.filter((cell) => cell.isEditable));
    if (shape !== this.#shape) {
      this.#shape = shape;
      this.#build(columns);
    }
    for (const cell of this.#cells) {
      this.#fields.get(cell.name)?.show(cell.isEditable ? this.#draft.value(cell.name) : cell.value);
    }
    this.hidden = this.#cells.every((cell) => !cell.isEditable && cell.value === "");
    this.#judge();
  }

  /** @param {Cell[][]} columns */
  #build(columns) {
    this.#fields = new Map();
    fill(
      this.#columns,
      columns.map((column) =>
        h(
          "dl",
          {},
          column.map((cell) => {
            const field = new Field(cell, (value) => {
              this.#draft.edit(cell.name, value);
              this.#judge();
            });
            this.#fields.set(cell.name, field);
            return field.element;
          }),
        ),
      ),
    );
  }

  #judge() {
    const draft = this.#draft;
    const tooLong = draft.tooLong;
    const notices = this.#cells.flatMap(({ name, label, maxBytes }) => {
      const theirs = draft.theirs(name);
      return [
        ...(tooLong.includes(name) ? [say("calls.variables.tooLong", { label, bytes: bytes(draft.value(name)), most: maxBytes })] : []),
        ...(theirs !== null ? [say("calls.variables.theirs", { label, value: theirs })] : []),
      ];
    });
    if (this.#notice.textContent !== notices.join(" ")) {
      this.#notice.textContent = notices.join(" ");
    }
    this.#notice.hidden = notices.length === 0;
    this.#buttons.hidden = !draft.isChanged;
    this.#save.disabled = tooLong.length > 0;
    for (const [name, { input }] of this.#fields) {
      input?.setAttribute("aria-invalid", String(tooLong.includes(name)));
    }
  }

  /** Whether something was typed that is not saved. */
  get isChanged() {
    return this.#draft.isChanged;
  }

  save() {
    if (this.#draft.isChanged && this.#draft.tooLong.length === 0) {
      this.dispatchEvent(new CustomEvent("save", { detail: { variables: this.#draft.changes } }));
    }
  }

  revert() {
    this.#draft.revert();
    for (const cell of this.#cells) {
      this.#fields.get(cell.name)?.show(cell.value);
    }
    const hadFocus = this.#buttons.contains(document.activeElement);
    this.#judge();
    if (hadFocus) {
      this.querySelector("input")?.focus();
    }
  }
}

customElements.define("call-data", CallData);

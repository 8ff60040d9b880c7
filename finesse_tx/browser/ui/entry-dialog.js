/**
 * A dialog with a form: what is asked, what was wrong with it, and what came of it.
 */
import { RefusedError } from "../core/rest.js";
import { say } from "../core/text.js";
import { freshId, h, fill } from "./element.js";

/**
 * @typedef {object} Field
 * @property {string} key In the values, and in what a server says was wrong.
 * @property {string} label
 * @property {"text" | "number" | "date" | "time" | "tel" | "password" | "check" | "select" | "textarea" | "checks" | "file" | "rows"} [kind]
 * @property {string} [hint]
 * @property {boolean} [isRequired]
 * @property {number} [maxLength]
 * @property {number} [min]
 * @property {number} [max]
 * @property {boolean} [isFixed] Shown, and not to be changed.
 * @property {[value: string, label: string][]} [choices] Of `select` and `checks`.
 * @property {string} [autocomplete]
 * @property {Field[]} [row] Of `rows`: what each row has.
 * @property {number} [most] Of `rows`: how many there may be.
 */

/** @typedef {string | number | boolean | string[] | File | null | Record<string, any>[]} Value */

/** As many rows of fields as somebody wants. */
class Rows {
  #rows = h("div", { class: "rows" });
  /** @type {Entry[][]} */
  #entries = [];

  /**
   * @param {Field} field
   * @param {Value | undefined} value
   */
  constructor(field, value) {
    /** @type {Field} */
    this.field = field;
    this.fault = h("p", { class: "fault", id: freshId("fault"), hidden: true });
    this.more = h(
      "button",
      { type: "button", onclick: () => this.#add({})[0]?.control.focus() },
      say("form.addRow"),
    );
    this.control = h(
      "fieldset",
      { "aria-describedby": this.fault.id },
      h("legend", {}, field.label),
      field.hint && h("p", { class: "hint" }, field.hint),
      this.#rows,
      this.more,
    );
    this.element = h("div", { class: "field" }, this.control, this.fault);
    for (const row of Array.isArray(value) ? value : []) {
      this.#add(/** @type {Record<string, any>} */ (row));
    }
  }

  /** @param {Record<string, any>} values */
  #add(values) {
    const number = this.#entries.length + 1;
    /** @type {Entry[]} */
    const entries = (this.field.row ?? []).map((field) => new Entry(field, values[field.key]));
    this.#entries.push(entries);
    const row = h(
      "div",
      { class: "row", role: "group", "aria-label": say("form.row", { what: this.field.label, number }) },
      entries.map((entry) => entry.element),
      h(
        "button",
        {
          type: "button",
          class: "quiet danger",
          "aria-label": say("form.removeRow", { number }),
          onclick: () => {
            this.#entries.splice(this.#entries.indexOf(entries), 1);
            row.remove();
            this.#count();
            this.more.focus();
          },
        },
        "×",
      ),
    );
    this.#rows.append(row);
    this.#count();
    return entries;
  }

  #count() {
    this.more.disabled = this.#entries.length >= (this.field.most ?? Infinity);
  }

  /** @returns {Record<string, any>[]} */
  get value() {
    return this.#entries.map((row) => Object.fromEntries(row.map((entry) => [entry.field.key, entry.value])));
  }

  /** @param {string} text */
  refuse(text) {
    for (const entry of this.#entries.flat()) {
      entry.refuse(text && entry.wrong);
    }
    const isHere = text && !this.#entries.flat().some((entry) => entry.wrong);
    this.fault.textContent = isHere ? text : "";
    this.fault.hidden = !isHere;
  }

  get wrong() {
    return this.#entries.flat().find((entry) => entry.wrong)?.wrong ?? "";
  }

  focus() {
    const first = this.#entries.flat().find((entry) => entry.wrong);
    (first?.control ?? this.more).focus();
  }
}

/** A field on the page. */
class Entry {
  /**
   * @param {Field} field
   * @param {Value | undefined} value
   */
  constructor(field, value) {
    /** @type {Field} */
    this.field = field;
    const id = freshId(field.key);
    this.fault = h("p", { class: "fault", id: `${id}-fault`, hidden: true });
    const hint = field.hint ? h("p", { class: "hint", id: `${id}-hint` }, field.hint) : null;
    const described = `${id}-fault${hint ? ` ${id}-hint` : ""}`;
    /** @type {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement | HTMLFieldSetElement} */
    this.control = this.#made(id, described, value);
    if (field.kind === "check") {
      this.element = h(
        "div",
        { class: "field" },
        h("div", { class: "check" }, this.control, h("label", { for: id }, field.label)),
        hint,
        this.fault,
      );
    } else if (field.kind === "checks") {
      this.element = h("div", { class: "field" }, this.control, hint, this.fault);
    } else {
      const label = h(
        "label",
        { for: id },
        field.label,
        !field.isRequired && !field.isFixed && field.kind !== "select" && h("span", { class: "optional" }, ` (${say("form.optional")})`),
      );
      this.element = h("div", { class: "field" }, label, this.control, hint, this.fault);
    }
  }

  /**
   * @param {string} id
   * @param {string} described
   * @param {Value | undefined} value
   */
  #made(id, described, value) {
    const { kind = "text", choices = [], isRequired, isFixed, maxLength, min, max, autocomplete } = this.field;
    const common = { id, name: this.field.key, required: isRequired, "aria-describedby": described };
    switch (kind) {
      case "check":
        return h("input", { ...common, required: false, type: "checkbox", checked: value === true, disabled: isFixed });
      case "select":
        return h(
          "select",
          { ...common, disabled: isFixed },
          choices.map(([each, label]) =>
            h("option", { value: each, selected: String(value ?? "") === each }, label),
          ),
        );
      case "checks": {
        const chosen = new Set(/** @type {unknown[]} */ (Array.isArray(value) ? value : []));
        return h(
          "fieldset",
          { "aria-describedby": described, disabled: isFixed },
          h("legend", {}, this.field.label),
          choices.map(([each, label]) =>
            h(
              "label",
              { class: "check" },
              h("input", { type: "checkbox", value: each, checked: chosen.has(each) }),
              label,
            ),
          ),
        );
      }
      case "textarea":
        return h("textarea", { ...common, maxlength: maxLength, readonly: isFixed }, String(value ?? ""));
      default:
        return h("input", {
          ...common,
          type: kind,
          value: kind === "file" ? "" : String(value ?? ""),
          maxlength: maxLength,
          min,
          max,
          readonly: isFixed,
          autocomplete: autocomplete ?? "off",
        });
    }
  }

  /** @returns {Value} What it holds now. */
  get value() {
    const { control } = this;
    if (control instanceof HTMLFieldSetElement) {
      return [...control.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value);
    }
    if (control instanceof HTMLInputElement) {
      switch (control.type) {
        case "checkbox":
          return control.checked;
        case "number":
          return control.value === "" ? null : Number(control.value);
        case "file":
          return control.files?.[0] ?? null;
        default:
      }
    }
    return control.value;
  }

  focus() {
    this.control.focus();
  }

  /** @param {string} text Empty for nothing wrong. */
  refuse(text) {
    this.fault.textContent = text;
    this.fault.hidden = !text;
    this.control.setAttribute("aria-invalid", String(Boolean(text)));
  }

  /** @returns {string} What is wrong with it, as far as a page can tell. */
  get wrong() {
    const { control } = this;
    if (control instanceof HTMLFieldSetElement || control.validity.valid) {
      return "";
    }
    const { validity } = control;
    const { label, min = 0, max = 0 } = this.field;
    if (validity.valueMissing) {
      return say("form.missing", { what: label });
    }
    if (validity.rangeUnderflow || validity.rangeOverflow) {
      return say("form.range", { what: label, min, max });
    }
    return control.validationMessage;
  }
}

/**
 * Ask for values, and do something with them; the dialog stays until that has worked or nobody wants it any more.
 *
 * @param {object} what
 * @param {string} what.title
 * @param {string} what.action What the button says.
 * @param {Field[]} what.fields
 * @param {Record<string, any>} [what.values] To begin with.
 * @param {(values: Record<string, any>) => Promise<unknown>} what.save
 * @returns {Promise<boolean>} Whether it was done.
 */
export function askFor({ title, action, fields, values = {}, save }) {
  const entries = fields.map((field) => {
    const Kind = field.kind === "rows" ? Rows : Entry;
    return new Kind(field, values[field.key]);
  });
  const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  const button = h("button", { class: "primary" }, action);
  const titleId = freshId("title");
  const dialog = h(
    "dialog",
    { class: "entry-dialog", "aria-labelledby": titleId },
    h(
      "form",
      { novalidate: true, onsubmit: submit },
      h("h2", { id: titleId }, title),
      trouble,
      entries.map((entry) => entry.element),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: () => dialog.close() }, say("form.cancel")),
        button,
      ),
    ),
  );
  let isDone = false;

  /** @param {Event} event */
  async function submit(event) {
    event.preventDefault();
    for (const entry of entries) {
      entry.refuse(entry.wrong);
    }
    const first = entries.find((entry) => entry.wrong);
    if (first) {
      first.focus();
      return;
    }
    trouble.hidden = true;
    button.setAttribute("aria-busy", "true");
    button.disabled = true;
    try {
      await save(Object.fromEntries(entries.map((entry) => [entry.field.key, entry.value])));
      isDone = true;
      dialog.close();
    } catch (error) {
      refuse(error);
    } finally {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    }
  }

  /** @param {unknown} error */
  function refuse(error) {
    const text = error instanceof Error ? error.message : String(error);
    const about = error instanceof RefusedError ? error.data : "";
    const entry = entries.find(({ field }) => field.key === about);
    if (entry) {
      entry.refuse(text);
      entry.focus();
    } else {
      fill(trouble, text);
      trouble.hidden = false;
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  return new Promise((settle) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      settle(isDone);
    });
  });
}

/**
 * Ask whether to do what cannot be taken back.
 *
 * @param {object} what
 * @param {string} what.title
 * @param {string} what.text What will happen.
 * @param {string} what.action What the button says.
 * @param {() => Promise<unknown>} what.act
 * @returns {Promise<boolean>} Whether it was done.
 */
export function confirmed({ title, text, action, act }) {
  const done = askFor({ title, action, fields: [], save: act });
  const dialogs = document.querySelectorAll("dialog.entry-dialog");
  const dialog = dialogs[dialogs.length - 1];
  dialog?.querySelector("h2")?.after(h("p", {}, text));
  dialog?.querySelector("button.primary")?.classList.replace("primary", "danger");
  dialog?.querySelector("button")?.focus();
  return done;
}

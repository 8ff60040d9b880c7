/**
 * `<number-chooser>`: a number is typed, keyed, or found among people by their names. Fires `choose` with `detail.number`,
 * and `close`.
 *
 * The field is a combobox: arrows go through the list, Enter takes what is chosen, else what was typed.
 *
 * Spec: desktop.md §12 (dialer), §13 (transfer to an entry, an agent, a typed number); WAI-ARIA combobox pattern.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { MAX_FOUND, dialled, found, isNumeric } from "../core/phone-books.js";
import { icon } from "./call-icons.js";
import { PhoneKeypad } from "./phone-keypad.js";

/** @typedef {import("../core/contacts.js").Contacts} Contacts */
/** @typedef {import("../core/phone-books.js").Entry} Entry */

export class NumberChooser extends LiveElement {
  contacts = /** @type {Contacts} */ (/** @type {any} */ (null));

  /** What the button says, and its picture: `DIAL`, or an action. */
  deed = { label: "", icon: "DIAL" };

  /** @type {Entry[]} */
  #listed = [];
  #active = -1;
  /** Settles when it is known who is there now. */
  #loaded = Promise.resolve();
  #list = h("ul", { role: "listbox", id: freshId("people"), "aria-label": say("calls.choose.people") });
  #more = h("p", { class: "more", hidden: true });
  #state = h("p", { class: "more", role: "status" });
  #keypad = new PhoneKeypad();
  #field = h("input", {
    type: "text",
    role: "combobox",
    inputmode: "tel",
    autocomplete: "off",
    spellcheck: false,
    maxlength: 64,
    placeholder: say("calls.choose.hint"),
    "aria-label": say("calls.choose"),
    "aria-controls": this.#list.id,
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    oninput: () => this.#look(),
  });
  #go = h("button", { type: "submit", class: "primary" });

  start() {
    this.#keypad.hidden = true;
    fill(this.#go, icon(this.deed.icon), this.deed.label);
    const keypad = h(
      "button",
      {
        type: "button",
        class: "square",
        "aria-label": say("calls.choose.keypad"),
        title: say("calls.choose.keypad"),
        "aria-expanded": "false",
        onclick: () => {
          this.#keypad.hidden = !this.#keypad.hidden;
          keypad.setAttribute("aria-expanded", String(!this.#keypad.hidden));
        },
      },
      icon("SEND_DTMF"),
    );
    fill(
      this,
      h(
        "form",
        {
          novalidate: true,
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#submit();
          },
        },
        this.#field,
        keypad,
        this.#go,
      ),
      this.#keypad,
      this.#state,
      this.#list,
      this.#more,
    );
    this.#keypad.addEventListener(
      "key",
      (event) => {
        this.#field.value += /** @type {CustomEvent} */ (event).detail.digit;
        this.#look();
      },
      { signal: this.signal },
    );
    this.addEventListener("keydown", (event) => this.#press(event), { signal: this.signal });
    this.#look();
    this.#loaded = this.#load();
  }

  async #load() {
    if (this.contacts.all.length === 0) {
      this.#state.textContent = say("calls.choose.loading");
    }
    try {
      await this.contacts.load();
      this.#state.textContent = "";
    } catch {
      this.#state.textContent = say("calls.choose.failed");
    }
    if (!this.signal.aborted) {
      const chosen = this.#listed[this.#active]?.number;
      this.#look();
      const index = this.#listed.findIndex(({ number }) => number === chosen);
      if (index >= 0) {
        this.#activate(index);
      }
    }
  }

  /** @param {string} number What the field says, from somebody else. */
  set value(number) {
    this.#field.value = number;
    this.#look();
  }

  /** @override */
  focus() {
    this.#field.focus();
    this.#field.select();
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key === "Escape") {
      event.stopPropagation();
      event.preventDefault();
      this.dispatchEvent(new CustomEvent("close"));
    } else if (event.target === this.#field && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.#activate((this.#active + steps[event.key] + this.#listed.length + 1) % (this.#listed.length + 1));
    }
  }

  /**
   * A number is called as it was typed; a name calls who is meant, and with several of them another Enter does. Whoever types
   * a name before it is known who is there waits for that.
   */
  async #submit() {
    const typed = this.#field.value;
    const isName = typed.trim() !== "" && !isNumeric(typed);
    if (this.#active < 0 && isName) {
      await this.#loaded;
      if (this.signal.aborted || this.#field.value !== typed) {
        return; // something else is wanted by now
      }
    }
    if (this.#active < 0 && isName && this.#listed.length > 1) {
      this.#activate(0);
      return;
    }
    const [first] = this.#listed;
    const one = this.#listed[this.#active] ?? (isName ? first : undefined);
    this.#choose(one?.number ?? dialled(typed));
  }

  /** @param {number} index One past the last: nobody. */
  #activate(index) {
    this.#active = index === this.#listed.length ? -1 : index;
    const options = [...this.#list.querySelectorAll("[role=option]")];
    for (const [number, option] of options.entries()) {
      option.setAttribute("aria-selected", String(number === this.#active));
    }
    const chosen = options[this.#active];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) {
      this.#field.setAttribute("aria-activedescendant", chosen.id);
    } else {
      this.#field.removeAttribute("aria-activedescendant");
    }
  }

  #look() {
    const wanted = this.#field.value;
    const isAsked = wanted.trim() !== "";
    const all = found(this.contacts.all, wanted);
    const recent = isAsked ? [] : this.contacts.last;
    this.#listed = [...recent, ...all].slice(0, MAX_FOUND);
    this.#active = -1;
    this.#field.removeAttribute("aria-activedescendant");
    fill(
      this.#list,
      this.#listed.map((entry, index) => this.#option(entry, index < recent.length ? say("calls.choose.recent") : entry.from)),
    );
    this.#list.hidden = this.#listed.length === 0;
    const rest = recent.length + all.length - this.#listed.length;
    this.#more.textContent =
      rest > 0 ? say("calls.choose.more", { count: rest }) : isAsked && all.length === 0 ? say("calls.choose.nobody") : "";
    this.#more.hidden = this.#more.textContent === "";
  }

  /**
   * @param {Entry} entry
   * @param {string} from
   */
  #option(entry, from) {
    const { name, number, state } = entry;
    return h(
      "li",
      { role: "option", id: freshId("person"), "aria-selected": "false", onclick: () => this.#choose(number) },
      h("span", { class: "name", title: name }, name),
      name !== number && h("span", { class: "number" }, number),
      h("span", { class: "from" }, state ? `${from} · ${say(`sign.state.${state}`)}` : from),
    );
  }

  /** @param {string} number */
  #choose(number) {
    if (number) {
      this.dispatchEvent(new CustomEvent("choose", { detail: { number } }));
    } else {
      this.#field.focus();
    }
  }
}

customElements.define("number-chooser", NumberChooser);

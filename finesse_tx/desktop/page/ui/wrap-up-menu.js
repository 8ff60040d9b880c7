/**
 * `<wrap-up-menu>`: why a call was: the reasons with a search, one or several of them. Fires `chosen` with
 * `detail.reasons`.
 *
 * Spec: desktop.md §13.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { MAX_BYTES, toggled } from "../core/wrap-up.js";

/** From how many reasons on they are searched. */
const SEARCHED = 8;

export class WrapUpMenu extends LiveElement {
  /** What there is. @type {string[]} */
  labels = [];

  /** How many a call may have. */
  limit = 1;

  /** @type {string[]} */
  #chosen = [];
  #name = freshId("reason");
  #list = h("div", { class: "reasons" });
  #full = h("p", { class: "full", role: "status" });
  #search = h("input", {
    type: "search",
    "aria-label": say("calls.wrapUp.search"),
    placeholder: say("calls.wrapUp.search"),
    oninput: () => this.#render(),
  });

  start() {
    this.#search.hidden = this.labels.length < SEARCHED;
    fill(this, h("fieldset", {}, h("legend", { class: "visually-hidden" }, say("calls.wrapUps")), this.#search, this.#list, this.#full));
    this.#render();
  }

  /** @param {string[]} reasons Those that the call has now. */
  set chosen(reasons) {
    if (reasons.join("\n") !== this.#chosen.join("\n")) {
      this.#chosen = reasons;
      this.#mark();
    }
  }

  /** @override */
  focus() {
    const first = this.#search.hidden ? this.#list.querySelector("input") : this.#search;
    first?.focus();
  }

  #render() {
    const wanted = this.#search.value.trim().toLocaleLowerCase();
    const shown = this.labels.filter((label) => label.toLocaleLowerCase().includes(wanted));
    fill(
      this.#list,
      shown.length > 0
        ? shown.map((label) =>
            h(
              "label",
              { class: "check" },
              h("input", {
                type: this.limit === 1 ? "radio" : "checkbox",
                name: this.#name,
                value: label,
                onchange: () => this.#toggle(label),
              }),
              label,
            ),
          )
        : h("p", { class: "full" }, say("calls.wrapUp.nothing")),
    );
    this.#mark();
  }

  #mark() {
    for (const box of this.#list.querySelectorAll("input")) {
      box.checked = this.#chosen.includes(box.value);
    }
  }

  /** @param {string} label */
  #toggle(label) {
    const next = toggled(this.#chosen, label, this.limit);
    this.#full.textContent = next ? "" : say("calls.wrapUp.full", { most: this.limit, bytes: MAX_BYTES });
    if (next) {
      this.#chosen = next;
      this.dispatchEvent(new CustomEvent("chosen", { detail: { reasons: next } }));
    }
    this.#mark();
  }
}

customElements.define("wrap-up-menu", WrapUpMenu);

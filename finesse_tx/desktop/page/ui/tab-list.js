/**
 * `<tab-list>`: tabs in a row, those that are too many behind "More"; with arrows, Home and End.
 *
 * Spec: `desktop.md` §10.2, §15; ARIA Authoring Practices, Tabs.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { DropDown } from "./drop-down.js";

/** @typedef {{ id: string, label: string, icon?: string, isMarked?: boolean }} Tab `id` of the tab's panel is `panel_<id>`. */

/** So many are in the row. */
export const IN_ROW = 7;

export class TabList extends LiveElement {
  label = "";

  /** @type {(id: string) => void} */
  chosen = () => {};

  /** What stands before the ids, for a list within a panel of another. */
  prefix = "";

  most = IN_ROW;

  /** @type {Tab[]} */
  #tabs = [];
  #active = "";
  #row = h("div", { role: "tablist" });
  #more = new DropDown();

  start() {
    this.#row.setAttribute("aria-label", this.label);
    this.#row.addEventListener("keydown", (event) => this.#moves(event), { signal: this.signal });
    this.#more.choices = () =>
      this.#rest().map(({ id, label, isMarked }) => ({
        id,
        label: [label, isMarked && mark()],
        isChosen: id === this.#active,
      }));
    this.#more.choose = (id) => this.chosen(id);
    fill(this, this.#row, this.#more);
    this.#show();
  }

  get tabs() {
    return this.#tabs;
  }

  set tabs(tabs) {
    this.#tabs = tabs;
    this.#show();
  }

  get active() {
    return this.#active;
  }

  set active(id) {
    this.#active = id;
    this.#show();
  }

  #rest() {
    return this.#tabs.slice(this.most);
  }

  #show() {
    const hadFocus = this.#row.contains(document.activeElement);
    const inRow = this.#tabs.slice(0, this.most);
    const isInRow = inRow.some(({ id }) => id === this.#active);
    fill(
      this.#row,
      inRow.map(({ id, label, icon, isMarked }, index) => {
        const isActive = id === this.#active;
        return h(
          "button",
          {
            type: "button",
            role: "tab",
            id: `${this.prefix}tab_${id}`,
            "aria-controls": `${this.prefix}panel_${id}`,
            "aria-selected": String(isActive),
            tabindex: isActive || (!isInRow && index === 0) ? "0" : "-1",
            onclick: () => this.chosen(id),
          },
          icon && h("img", { src: icon, alt: "", class: "tab-icon" }),
          h("span", { class: "tab-name" }, label),
          isMarked && mark(),
        );
      }),
    );
    const rest = this.#rest();
    const behind = rest.find(({ id }) => id === this.#active);
    this.#more.hidden = rest.length === 0;
    this.#more.classList.toggle("is-active", Boolean(behind));
    fill(this.#more.button, behind?.label ?? say("gadgets.more"), rest.some(({ isMarked }) => isMarked) && mark());
    this.#more.button.setAttribute("aria-label", behind ? say("gadgets.moreTabsNow", { tab: behind.label }) : say("gadgets.moreTabs"));
    if (hadFocus) {
      this.focusActive();
    }
  }

  /** The tab that is shown gets the focus. */
  focusActive() {
    const active = /** @type {HTMLElement | null} */ (this.#row.querySelector('[aria-selected="true"]'));
    (active ?? this.#more.button).focus();
  }

  /** @param {KeyboardEvent} event */
  #moves(event) {
    const ids = this.#tabs.slice(0, this.most).map(({ id }) => id);
    const at = ids.indexOf(this.#active);
    const { key } = event;
    const next = key === "ArrowRight" ? at + 1 : key === "ArrowLeft" ? at - 1 : key === "Home" ? 0 : key === "End" ? -1 : null;
    if (next === null || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    event.preventDefault();
    const id = ids.at(next % ids.length);
    if (id !== undefined) {
      this.chosen(id);
      this.focusActive();
    }
  }
}

/** Something there wants to be looked at. */
function mark() {
  return h("span", { class: "tab-mark" }, h("span", { class: "visually-hidden" }, say("gadgets.marked")));
}

customElements.define("tab-list", TabList);

/**
 * `<drop-down>`: a button that opens a menu of choices; with arrows, Home, End and Escape.
 *
 * Spec: ARIA Authoring Practices, Menu Button.
 */
import { fill, freshId, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../../../browser/ui/element.js").Child} Child */

/**
 * @typedef {object} Choice
 * @property {string} id
 * @property {Child} label
 * @property {boolean} [isChosen] Given for one of several that exclude each other.
 * @property {boolean} [isDisabled]
 * @property {string} [hint]
 */

export class DropDown extends LiveElement {
  /** What is chosen from. @type {() => Choice[]} */
  choices = () => [];

  /** @type {(id: string) => void} */
  choose = () => {};

  button = h("button", { type: "button", "aria-haspopup": "menu", "aria-expanded": "false" });
  #menu = h("div", { role: "menu", popover: "auto", id: freshId("menu") });

  start() {
    const { button, signal } = this;
    const menu = this.#menu;
    button.setAttribute("aria-controls", menu.id);
    fill(this, button, menu);
    button.addEventListener("click", () => this.#toggle(), { signal });
    button.addEventListener("keydown", (event) => this.#opens(event), { signal });
    menu.addEventListener("keydown", (event) => this.#moves(event), { signal });
    menu.addEventListener("toggle", (event) => this.#toggled(/** @type {ToggleEvent} */ (event).newState === "open"), { signal });
    window.addEventListener("resize", () => menu.matches(":popover-open") && menu.hidePopover(), { signal });
  }

  #toggle() {
    if (this.#menu.matches(":popover-open")) {
      this.#menu.hidePopover();
    } else {
      this.open();
    }
  }

  /** Show the choices, with the first of them, or the last, in focus. */
  open(isAtEnd = false) {
    const menu = this.#menu;
    fill(
      menu,
      this.choices().map(({ id, label, isChosen, isDisabled, hint }) =>
        h(
          "button",
          {
            type: "button",
            role: isChosen === undefined ? "menuitem" : "menuitemradio",
            "aria-checked": isChosen === undefined ? null : String(isChosen),
            "aria-disabled": isDisabled ? "true" : null,
            title: hint ?? "",
            tabindex: "-1",
            onclick: () => {
              if (!isDisabled) {
                menu.hidePopover();
                this.button.focus();
                this.choose(id);
              }
            },
          },
          label,
        ),
      ),
    );
    menu.showPopover();
    const place = this.button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const isBelow = place.bottom + height + 8 <= window.innerHeight || place.top < height;
    menu.style.left = `${Math.max(8, Math.min(place.left, window.innerWidth - width - 8))}px`;
    menu.style.top = `${isBelow ? place.bottom + 2 : place.top - height - 2}px`;
    this.#items().at(isAtEnd ? -1 : 0)?.focus();
  }

  /** @returns {HTMLElement[]} */
  #items() {
    return [...this.#menu.querySelectorAll("button")];
  }

  /** @param {boolean} isOpen */
  #toggled(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {KeyboardEvent} event */
  #opens(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      this.open(event.key === "ArrowUp");
    }
  }

  /** @param {KeyboardEvent} event */
  #moves(event) {
    const items = this.#items();
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const { key } = event;
    const next = key === "ArrowDown" ? at + 1 : key === "ArrowUp" ? at - 1 : key === "Home" ? 0 : key === "End" ? -1 : null;
    if (next !== null) {
      event.preventDefault();
      items.at(next % items.length)?.focus();
    } else if (key === "Escape" || key === "Tab") {
      this.#menu.hidePopover();
      this.button.focus();
    }
  }
}

customElements.define("drop-down", DropDown);

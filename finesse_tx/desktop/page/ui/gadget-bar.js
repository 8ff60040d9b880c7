/** The bar above a gadget: what it is called, and the buttons that load it again, collapse it and make it large. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";

export class GadgetBar {
  element = h("header", { hidden: true });
  heading = h("h2", {});
  #again;
  #small;
  #large;

  /** @param {{ reload: () => void, collapse: () => void, maximise: () => void }} pressed */
  constructor({ reload, collapse, maximise }) {
    this.#again = button("reload", reload);
    this.#small = button("collapse", collapse);
    this.#large = button("maximise", maximise);
    fill(this.element, this.heading, h("span", { class: "gadget-buttons" }, this.#again, this.#small, this.#large));
  }

  /**
   * @param {string} title
   * @param {{ isThere: boolean, isLarge: boolean, isCollapsed: boolean }} how
   */
  show(title, { isThere, isLarge, isCollapsed }) {
    this.heading.textContent = title;
    this.element.hidden = !isThere;
    name(this.#again, say("gadgets.reload", { title }));
    name(this.#large, say(isLarge ? "gadgets.restore" : "gadgets.maximise", { title }));
    name(this.#small, say(isCollapsed ? "gadgets.expand" : "gadgets.collapse", { title }));
    this.#small.setAttribute("aria-expanded", String(!isCollapsed));
  }
}

/**
 * @param {string} icon
 * @param {() => void} press
 */
function button(icon, press) {
  return h("button", { type: "button", class: `quiet icon-${icon}`, onclick: press });
}

/**
 * @param {HTMLElement} button_
 * @param {string} label
 */
function name(button_, label) {
  button_.setAttribute("aria-label", label);
  button_.title = label;
}

/** What opens below a button of the header: a panel in the top layer, that Escape, a click elsewhere or leaving it closes. */
import { freshId, h } from "../../../browser/ui/element.js";

/** How far it stays from the edges of the page, in pixels. */
const EDGE = 8;

export class HeaderPanel {
  /** What is in it. */
  element = h("div", { class: "header-panel", role: "dialog", popover: "auto", id: freshId("panel"), tabindex: "-1" });

  #button;

  /**
   * @param {HTMLButtonElement} button
   * @param {{ label: string, fill: () => void, signal: AbortSignal }} how `fill` is called each time before it opens.
   */
  constructor(button, { label, fill, signal }) {
    this.#button = button;
    this.fill = fill;
    const { element } = this;
    element.setAttribute("aria-label", label);
    button.setAttribute("aria-haspopup", "dialog");
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-controls", element.id);
    button.addEventListener("click", () => (this.isOpen ? this.close() : this.open()), { signal });
    element.addEventListener("toggle", (event) => this.#toggled(/** @type {ToggleEvent} */ (event)), { signal });
    element.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    element.addEventListener("focusout", (event) => this.#left(event), { signal });
    window.addEventListener("resize", () => this.isOpen && this.#place(), { signal });
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /** Open it, with the first thing in it in focus. */
  open() {
    this.fill();
    if (!this.isOpen) {
      this.element.showPopover();
    }
    this.#place();
    this.focusFirst();
  }

  /** Focus what asks for it, else the first thing that can be pressed. */
  focusFirst() {
    const first = this.element.querySelector("[autofocus]") ?? this.#stops()[0];
    /** @type {HTMLElement} */ (first ?? this.element).focus();
  }

  close() {
    if (this.isOpen) {
      this.element.hidePopover();
    }
  }

  /** @returns {HTMLElement[]} */
  #stops() {
    return [...this.element.querySelectorAll("button, input, select, a[href]")].filter(
      (one) => one instanceof HTMLElement && one.getClientRects().length > 0 && !one.matches(":disabled"),
    ).map((one) => /** @type {HTMLElement} */ (one));
  }

  /** @param {ToggleEvent} event */
  #toggled(event) {
    const isOpen = event.newState === "open";
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen && (this.element.contains(document.activeElement) || document.activeElement === document.body)) {
      this.#button.focus();
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const stops = this.#stops();
    const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const isText = document.activeElement instanceof HTMLInputElement || document.activeElement instanceof HTMLSelectElement;
    const moves = /** @type {Record<string, number>} */ ({ ArrowDown: at + 1, ArrowUp: at - 1, ...(!isText && { Home: 0, End: -1 }) });
    const next = moves[event.key];
    if (next === undefined || document.activeElement instanceof HTMLSelectElement) {
      return;
    }
    event.preventDefault();
    stops.at(next % stops.length)?.focus();
  }

  /** @param {FocusEvent} event */
  #left(event) {
    const to = event.relatedTarget;
    if (to instanceof Node && !this.element.contains(to) && to !== this.#button) {
      this.close();
    }
  }

  /** Below its button, and on the page. */
  #place() {
    const from = this.#button.getBoundingClientRect();
    const { width } = this.element.getBoundingClientRect();
    const isRight = from.left + from.width / 2 > innerWidth / 2;
    const left = isRight ? from.right - width : from.left;
    this.element.style.top = `${from.bottom + 4}px`;
    this.element.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
    this.element.style.maxHeight = `${innerHeight - from.bottom - 4 - EDGE}px`;
  }
}

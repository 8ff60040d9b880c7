/**
 * `<agent-menu>`: what can be done about one agent. What cannot be done now stands there, too, with the reason.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { DEEDS } from "../core/team-rules.js";

/** @typedef {import("../core/team-rules.js").Member} Member */
/** @typedef {import("../core/team-rules.js").Deed} Deed */

/**
 * @typedef {object} Opened
 * @property {Member} member
 * @property {HTMLElement} at What it belongs to; the focus goes back there.
 * @property {(deed: Deed) => string} whyNot
 * @property {(deed: Deed) => void} act
 * @property {() => void} closed
 */

/** How far it stays from the edges of the page, in pixels. */
const EDGE = 8;

export class AgentMenu extends LiveElement {
  /** @type {Opened | null} */
  #opened = null;
  #title = h("p", { class: "title", id: freshId("agent") });
  /** @type {Map<Deed, { item: HTMLElement, why: HTMLElement }>} */
  #items = new Map();

  /** What there is. */
  deeds = DEEDS;

  start() {
    const { signal } = this;
    this.setAttribute("popover", "auto");
    this.setAttribute("role", "menu");
    this.setAttribute("aria-labelledby", this.#title.id);
    fill(this, this.#title, DEEDS.map((deed) => this.#item(deed)));
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.addEventListener("toggle", (event) => this.#toggled(event), { signal });
    this.addEventListener("focusout", (event) => this.#left(event), { signal });
  }

  /** @param {Deed} deed */
  #item(deed) {
    const why = h("span", { class: "why", id: freshId("why") });
    const item = h(
      "button",
      {
        type: "button",
        role: "menuitem",
        tabindex: "-1",
        class: `quiet deed-${deed.toLowerCase().replace("_", "-")}`,
        "aria-describedby": why.id,
        onclick: () => this.#chosen(deed),
      },
      h("span", { class: "icon", "aria-hidden": "true" }),
      h("span", { class: "label" }, say(`team.deed.${deed}`)),
      why,
    );
    this.#items.set(deed, { item, why });
    return item;
  }

  /** @param {Opened} opened */
  open(opened) {
    this.close();
    this.#opened?.at.removeAttribute("aria-expanded"); // that it is closed is told later
    this.#opened = opened;
    this.#title.textContent = opened.member.name;
    opened.at.setAttribute("aria-expanded", "true");
    this.update(opened.member, opened.whyNot);
    this.showPopover();
    this.#place(opened.at);
    this.#shown[0]?.focus();
  }

  close() {
    if (this.#opened && this.matches(":popover-open")) {
      this.hidePopover();
    }
  }

  /** @param {string} loginId */
  isAbout(loginId) {
    return this.#opened?.member.loginId === loginId;
  }

  /**
   * Something has changed about whom it is about.
   *
   * @param {Member} member
   * @param {(deed: Deed) => string} whyNot
   */
  update(member, whyNot) {
    if (!this.#opened) {
      return;
    }
    this.#opened = { ...this.#opened, member, whyNot };
    for (const [deed, { item, why }] of this.#items) {
      item.hidden = !this.deeds.includes(deed);
      const reason = whyNot(deed);
      item.setAttribute("aria-disabled", String(reason !== ""));
      why.textContent = reason && say(`team.why.${reason}`);
    }
  }

  get #shown() {
    return [...this.querySelectorAll("button")].filter((item) => !item.hidden);
  }

  /** @param {Deed} deed */
  #chosen(deed) {
    const opened = this.#opened;
    if (opened && opened.whyNot(deed) === "") {
      this.close();
      opened.act(deed);
    }
  }

  /** @param {Event} event */
  #toggled(event) {
    const opened = this.#opened;
    if (/** @type {ToggleEvent} */ (event).newState !== "closed" || !opened || this.matches(":popover-open")) {
      return;
    }
    this.#opened = null;
    opened.at.removeAttribute("aria-expanded");
    if (this.contains(document.activeElement) || document.activeElement === document.body) {
      opened.at.focus();
    }
    opened.closed();
  }

  /** @param {FocusEvent} event */
  #left(event) {
    if (event.relatedTarget instanceof Node && !this.contains(event.relatedTarget)) {
      this.close();
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const items = this.#shown;
    const at = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 };
    if (event.key in moves) {
      items[(moves[event.key] ?? 0) % items.length]?.focus();
      event.preventDefault();
    } else if (event.key === "Tab") {
      this.close();
      event.preventDefault();
    }
  }

  /**
   * Beside what it belongs to, and on the page.
   *
   * @param {HTMLElement} at
   */
  #place(at) {
    const from = at.getBoundingClientRect();
    const { width, height } = this.getBoundingClientRect();
    const below = from.bottom + height + EDGE <= innerHeight;
    const top = below ? from.bottom : from.top - height;
    this.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`;
    this.style.left = `${Math.max(EDGE, Math.min(from.right - width, innerWidth - width - EDGE))}px`;
  }
}

customElements.define("agent-menu", AgentMenu);

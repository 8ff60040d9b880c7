/**
 * `<incoming-calls>`: what rings, wherever one is on the page: who, the header variable and two more, and what to do.
 *
 * It never takes the focus: who types goes on typing. Hears `desk-popover`, the key that leads to it and back. Fires `left` with a call's
 * `id` when that rings no more, and the focus was there and came from nowhere.
 *
 * Spec: desktop.md §13 (alerting), §17, §18.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import * as variables from "../core/call-variables.js";
import * as rules from "../core/dialog-rules.js";
import { priceOf } from "./call-head.js";
import { icon } from "./call-icons.js";

/** @typedef {import("./call-card.js").CallCard} CallCard */

/**
 * @param {Iterable<import("../core/dialog-rules.js").Dialog>} dialogs
 * @param {string} extension
 */
function isTalking(dialogs, extension) {
  return [...dialogs].some((one) => rules.own(one, extension)?.state === "ACTIVE");
}

export class IncomingCalls extends LiveElement {
  /** @type {Map<string, { element: HTMLElement, key: string }>} */
  #shown = new Map();
  /** @type {Element | null} */
  #before = null;

  start() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("calls.incoming"));
    this.hidden = true;
    // The key for what gadgets show over the page is for what rings, first.
    document.addEventListener("desk-popover", (event) => this.#toggle(event), { signal: this.signal });
  }

  /**
   * These ring now.
   *
   * @param {CallCard[]} cards
   */
  show(cards) {
    const ids = new Set(cards.map((card) => card.dialog.id));
    for (const [id, { element }] of this.#shown) {
      if (!ids.has(id)) {
        const hadFocus = element.contains(document.activeElement);
        element.remove();
        this.#shown.delete(id);
        if (hadFocus && !this.#leave()) {
          this.dispatchEvent(new CustomEvent("left", { detail: { id } }));
        }
      }
    }
    for (const card of cards) {
      this.#showOne(card);
    }
    this.hidden = cards.length === 0;
  }

  /** @param {CallCard} card */
  #showOne(card) {
    const layout = variables.layoutOf(card.around.layouts, card.dialog);
    const price = this.#price(card);
    const key = JSON.stringify([card.dialog, card.who, card.isAway, layout, price]);
    const was = this.#shown.get(card.dialog.id);
    if (was?.key === key) {
      return;
    }
    const element = was?.element ?? h("section", { class: "incoming" });
    const focused = document.activeElement instanceof HTMLElement && element.contains(document.activeElement) ? document.activeElement.className : "";
    fill(element, this.#content(card, price));
    if (!was) {
      this.append(element);
    } else if (focused) {
      element.querySelector("button")?.focus();
    }
    this.#shown.set(card.dialog.id, { element, key });
  }

  /**
   * Whom answering puts on hold; empty for nobody.
   *
   * @param {CallCard} card
   */
  #price({ dialog, desk, around }) {
    const extension = String(desk.me.extension ?? "");
    const mayAnswer = rules.buttonsOf(dialog, extension).includes("ANSWER");
    return mayAnswer && isTalking(desk.calls.values(), extension) ? priceOf(dialog, extension, desk.calls.values(), around.contacts) : "";
  }

  /**
   * @param {CallCard} card
   * @param {string} price
   */
  #content(card, price) {
    const { dialog, around, who } = card;
    const extension = String(card.desk.me.extension ?? "");
    const layout = variables.layoutOf(around.layouts, dialog);
    const cells = variables.cells(layout, dialog, false);
    const number = rules.otherParty(dialog, extension);
    const { queueName = "", callType } = dialog.mediaProperties;
    const kind = say(`calls.type.${callType}`);
    const told = [...(cells.header?.value ? [cells.header] : []), ...variables.popover(cells)];
    const trouble = h("p", { class: "fault", role: "alert", hidden: true });
    const buttons = rules.buttonsOf(dialog, extension);
    return [
      h(
        "div",
        { class: "top" },
        h("span", { class: "chip" }, icon("ANSWER"), say(rules.isPreview(dialog) ? "calls.state.preview" : "calls.incoming")),
        h("span", { class: "queue" }, queueName || (kind.startsWith("calls.") ? "" : kind)),
      ),
      h("h2", {}, who, who !== number && number && h("span", { class: "number" }, number)),
      told.length > 0 && h("dl", {}, told.map(({ label, value }) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))),
      price && h("p", { class: "hint" }, price),
      buttons.length > 0
        ? h("div", { class: "buttons" }, buttons.map((action) => this.#button(card, action, trouble)))
        : h("p", { class: "hint" }, say("calls.answerOnPhone")),
      trouble,
    ];
  }

  /**
   * @param {CallCard} card
   * @param {string} action
   * @param {HTMLElement} trouble
   */
  #button(card, action, trouble) {
    const isGood = action === "ANSWER" || action === "ACCEPT";
    const button = h(
      "button",
      {
        type: "button",
        class: isGood ? "primary answer" : action === "DROP" ? "danger" : "",
        disabled: card.isAway,
        onclick: async () => {
          if (button.getAttribute("aria-busy") === "true") {
            return;
          }
          button.setAttribute("aria-busy", "true");
          trouble.hidden = true;
          const wrong = await card.do(action);
          if (wrong) {
            button.removeAttribute("aria-busy");
            trouble.textContent = wrong.sentence;
            trouble.hidden = false;
          }
        },
      },
      isGood && icon(action),
      h("span", {}, say(`calls.do.${action}`)),
    );
    return button;
  }

  /**
   * Go there, or back to where one was.
   *
   * @param {Event} event Is taken, where something rings.
   */
  #toggle(event) {
    if (this.hidden) {
      return;
    }
    event.preventDefault();
    if (this.contains(document.activeElement)) {
      this.#leave();
    } else {
      this.#before = document.activeElement;
      this.querySelector("button")?.focus();
    }
  }

  /** @returns {boolean} Whether there is where one was before. */
  #leave() {
    const before = this.#before;
    this.#before = null;
    if (!(before instanceof HTMLElement) || !before.isConnected || before === document.body) {
      return false;
    }
    before.focus();
    return true;
  }
}

customElements.define("incoming-calls", IncomingCalls);

/**
 * `<popover-stack>`: what gadgets show over the page: the one that was chosen large, the others as headers above it.
 *
 * Spec: `desktop.md` §8.6.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../container/popovers.js").Button} Button */
/** @typedef {import("../container/popovers.js").Popover} Popover */
/** @typedef {import("../container/popovers.js").Popovers} Popovers */
/** @typedef {import("../core/desk.js").Desk} Desk */

export class PopoverStack extends LiveElement {
  popovers = /** @type {Popovers} */ (/** @type {any} */ (null));
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  #chosen = "";
  /** @type {Set<string>} Told to somebody already. */
  #told = new Set();
  /** Which button is asked about once more, of the chosen one. */
  #asking = "";
  #list = h("div", { class: "popover-list" });
  /** @type {AbortController | null} */
  #ticking = null;

  start() {
    const { popovers, desk, signal } = this;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("gadgets.popovers"));
    fill(this, this.#list);
    popovers.addEventListener("change", () => this.#changed(), { signal });
    signal.addEventListener("abort", () => this.#ticking?.abort());
    desk.shortcuts?.add({ id: "popover", keys: "Ctrl+Alt+P", label: say("gadgets.popoverNext"), signal, run: () => this.#next() });
    this.#changed();
  }

  /** The next one; what rings comes first. */
  #next() {
    if (!document.dispatchEvent(new CustomEvent("desk-popover", { cancelable: true }))) {
      return;
    }
    const { all } = this.popovers;
    const at = all.findIndex(({ id }) => id === this.#chosen);
    this.#choose(all[(at + 1) % all.length]?.id ?? "");
    /** @type {HTMLElement | null} */ (this.querySelector(".popover.is-chosen button"))?.focus();
  }

  /** @param {string} id */
  #choose(id) {
    this.#chosen = id;
    this.#asking = "";
    this.#show();
  }

  #changed() {
    const { all } = this.popovers;
    const fresh = all.filter(({ id }) => !this.#told.has(id));
    this.#told = new Set(all.map(({ id }) => id));
    for (const { id, title } of fresh) {
      this.desk.announce(title, { assertive: true });
      this.desk.notify({ title, tag: `popover-${id}` });
    }
    const newest = fresh.at(-1) ?? all.at(-1);
    if (fresh.length > 0 || !all.some(({ id }) => id === this.#chosen)) {
      this.#chosen = newest?.id ?? "";
      this.#asking = "";
    }
    this.#tickIf(all.some(({ counter }) => counter));
    this.#show();
  }

  /** @param {boolean} isWanted */
  #tickIf(isWanted) {
    if (isWanted && !this.#ticking) {
      this.#ticking = new AbortController();
      this.desk.clock.addEventListener("second", () => this.#tick(), { signal: this.#ticking.signal });
    } else if (!isWanted) {
      this.#ticking?.abort();
      this.#ticking = null;
    }
  }

  #tick() {
    for (const popover of this.popovers.all) {
      const place = this.querySelector(`[data-counter="${CSS.escape(popover.id)}"]`);
      if (place) {
        place.textContent = counted(popover, Date.now());
      }
    }
  }

  #show() {
    const { all } = this.popovers;
    this.hidden = all.length === 0;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    const key = this.contains(focused) ? focused?.dataset["key"] : undefined;
    fill(this.#list, all.map((popover) => (popover.id === this.#chosen ? this.#large(popover) : this.#small(popover))));
    if (key) {
      /** @type {HTMLElement | null} */ (this.querySelector(`[data-key="${CSS.escape(key)}"]`))?.focus();
    }
  }

  /** @param {Popover} popover */
  #small(popover) {
    return h(
      "button",
      { type: "button", class: "popover-header", "aria-expanded": "false", "data-key": popover.id, onclick: () => this.#choose(popover.id) },
      h("span", {}, popover.shortTitle || say("gadgets.untitledPopover")),
      this.#counter(popover),
    );
  }

  /** @param {Popover} popover */
  #counter(popover) {
    return popover.counter && h("span", { class: "popover-counter", "data-counter": popover.id }, counted(popover, Date.now()));
  }

  /** @param {Popover} popover */
  #large(popover) {
    const { id, title, rows, isDismissible, requiredActionText } = popover;
    const close = h(
      "button",
      { type: "button", class: "quiet icon-close", "aria-label": say("gadgets.dismiss"), title: say("gadgets.dismiss"), "data-key": `${id} close`, onclick: () => this.popovers.close(id, "dismissed") },
    );
    return h(
      "section",
      { class: "popover is-chosen", "aria-label": title },
      h("header", {}, h("h2", {}, title || say("gadgets.untitledPopover")), this.#counter(popover), isDismissible && close),
      rows.length > 0 && h("dl", {}, rows.map(({ name, value }) => [h("dt", {}, name), h("dd", {}, value)])),
      requiredActionText && h("p", { class: "popover-required" }, requiredActionText),
      h("footer", {}, this.#buttons(popover)),
    );
  }

  /** @param {Popover} popover */
  #buttons({ id, buttons }) {
    const asked = buttons.find((button) => button.id === this.#asking);
    const shown = asked ? asked.confirm.map((one) => ({ ...one, isAffirming: false, confirm: [] })) : buttons;
    return shown.map((button) => {
      const press = () => {
        if (button.confirm.length > 0) {
          this.#asking = button.id;
          this.#show();
        } else {
          this.popovers.close(id, `btn_${button.id}_click`);
        }
      };
      return h(
        "button",
        { type: "button", class: button.isAffirming ? "primary" : "", title: button.hoverText, "data-key": `${id} ${button.id}`, onclick: press },
        button.label,
      );
    });
  }
}

/**
 * @param {Popover} popover
 * @param {number} nowMs
 */
function counted({ beganMs, timeoutS, counter }, nowMs) {
  const seconds = Math.max(0, Math.floor((nowMs - beganMs) / 1000));
  const shown = counter === "COUNT_DOWN" && timeoutS > 0 ? Math.max(0, timeoutS - seconds) : seconds;
  return `${String(Math.floor(shown / 60)).padStart(2, "0")}:${String(shown % 60).padStart(2, "0")}`;
}

customElements.define("popover-stack", PopoverStack);

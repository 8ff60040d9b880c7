/**
 * The parts of a desktop by what the layout says of them: gadgets in their boxes, elements of our own, columns of the header.
 *
 * Spec: `desktop.md` §10.2, §10.5.
 */
import { say } from "../../../browser/core/text.js";
import { h } from "../../../browser/ui/element.js";
import { MULTI_TAB } from "../container/builtins.js";
import { DigitalChannels } from "./digital-channels.js";
import { GadgetFrame } from "./gadget-frame.js";
import { MultiTab } from "./multi-tab.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../container/channels.js").Channels} Channels */
/** @typedef {import("../container/host.js").GadgetHost} GadgetHost */
/** @typedef {import("../container/layout.js").Gadget} Gadget */
/** @typedef {import("../container/layout.js").HeaderColumn} HeaderColumn */

/** Makes them. */
export class DeskParts {
  /** The multi-tab gadgets of the page, which follow the tabs. @type {MultiTab[]} */
  followers = [];

  #desk;
  #host;
  #channels;
  #resized;
  #log;
  #signal;

  /**
   * @param {object} given
   * @param {Desk} given.desk
   * @param {GadgetHost} given.host
   * @param {Channels} given.channels
   * @param {(frame: GadgetFrame, isLarge: boolean) => void} given.resized
   * @param {(line: string) => void} given.log
   * @param {AbortSignal} given.signal Ends what they listen to.
   */
  constructor({ desk, host, channels, resized, log, signal }) {
    this.#desk = desk;
    this.#host = host;
    this.#channels = channels;
    this.#resized = resized;
    this.#log = log;
    this.#signal = signal;
  }

  /** @param {HeaderColumn} column */
  column({ width, element, gadget }) {
    const place = h("div", { class: "header-column" });
    place.style.setProperty("--width", width || "auto");
    if (gadget) {
      place.append(this.#frameFor(gadget));
    } else if (element) {
      place.append(this.#builtin(element));
    }
    return place;
  }

  /**
   * @param {Gadget} gadget
   * @returns {HTMLElement}
   */
  place(gadget) {
    if (gadget.builtin === MULTI_TAB) {
      return this.#multiTab(gadget);
    }
    if (!gadget.builtin) {
      return this.#frameFor(gadget);
    }
    const element = this.#builtin(gadget.builtin, gadget.attributes);
    if (gadget.builtin === "call-control") {
      const heading = h("h2", { class: "visually-hidden" }, say("gadgets.builtin.call-control"));
      return h("div", { class: "calls-place" }, heading, element);
    }
    if (gadget.managed.length === 0) {
      return element;
    }
    const onRequest = h("div", { class: "on-request", hidden: true }, gadget.managed.map((one) => this.#frameFor(one)));
    element.addEventListener("desk-agent", (event) => {
      onRequest.hidden = !(/** @type {CustomEvent} */ (event).detail?.loginId);
    });
    return h("div", { class: "manager" }, element, onRequest);
  }

  /** @param {Gadget} gadget */
  #multiTab(gadget) {
    const made = new MultiTab();
    made.gadget = gadget;
    for (const one of gadget.managed) {
      const box = one.builtin ? this.#builtin(one.builtin, one.attributes) : this.#frameFor(one);
      made.add(one, box);
      if (one.builtin) {
        made.setTitle(one.mid, say(`gadgets.builtin.${one.builtin}`));
        if (one.builtin === "call-control") {
          this.#desk.addEventListener("calls", (event) => this.#called(made, one, /** @type {CustomEvent} */ (event).detail), {
            signal: this.#signal,
          });
        }
      } else if (box instanceof GadgetFrame) {
        box.titled = (title) => made.setTitle(one.mid, title);
        box.marked = (isMarked) => made.mark(one.mid, isMarked);
      }
    }
    if (gadget.managed.length === 0) {
      return h("p", { class: "desk-hint" }, say("gadgets.multiTabEmpty"));
    }
    if (gadget.tab === "") {
      this.followers.push(made);
    }
    return made;
  }

  /**
   * A call has changed, whose place is a tab: it is shown when the call comes, and marked as long as there is one.
   *
   * @param {MultiTab} tabs
   * @param {Gadget} gadget
   * @param {{ before: unknown }} change
   */
  #called(tabs, gadget, { before }) {
    if (before === null) {
      tabs.show(gadget.mid);
    }
    tabs.mark(gadget.mid, this.#desk.calls.size > 0);
  }

  /** @param {Gadget} gadget */
  #frameFor(gadget) {
    const frame = new GadgetFrame();
    frame.gadget = gadget;
    frame.host = this.#host;
    frame.resized = (isLarge) => this.#resized(frame, isLarge);
    return frame;
  }

  /**
   * One of our own.
   *
   * @param {string} name Of the element.
   * @param {Record<string, string>} [attributes] Of the gadget in the layout.
   */
  #builtin(name, attributes = {}) {
    const element = document.createElement(name);
    if (!customElements.get(name)) {
      this.#log(`there is no ${name}`);
      return element;
    }
    for (const [key, value] of Object.entries(attributes)) {
      if (key !== "id" && key !== "hidden") {
        element.setAttribute(key, value);
      }
    }
    element.hidden = attributes["hidden"] === "true";
    Object.assign(element, { desk: this.#desk }, element instanceof DigitalChannels && { channels: this.#channels });
    return element;
  }
}

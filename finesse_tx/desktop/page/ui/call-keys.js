/** The keypad of a call: digits that are sent in their order, and shown. Spec: desktop.md §10.4, §13. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { DigitQueue, THRESHOLD } from "../core/digit-queue.js";
import { PhoneKeypad } from "./phone-keypad.js";

/** How many digits are shown. */
const SHOWN = 24;

export class CallKeys {
  #keyed = "";
  #send;
  #queue;
  #threshold = THRESHOLD;
  #output = h("output", { "aria-label": say("calls.keyed") });
  #trouble = h("p", { class: "fault", role: "alert" });

  /** @param {(digits: string) => Promise<unknown>} send */
  constructor(send) {
    this.#send = send;
    this.#queue = this.#made();
  }

  #made() {
    return new DigitQueue(
      this.#send,
      () => fill(this.#trouble, say("calls.error.keys", { deed: this.#keyed.slice(-SHOWN) })),
      this.#threshold,
    );
  }

  /** @param {number} count How many keys may wait. */
  set threshold(count) {
    this.#threshold = count;
    this.#queue = this.#made();
  }

  /**
   * What is to be shown.
   *
   * @param {() => void} close
   */
  shown(close) {
    this.#keyed = "";
    fill(this.#output);
    fill(this.#trouble);
    const keypad = new PhoneKeypad();
    keypad.addEventListener("key", (event) => this.#press(/** @type {CustomEvent} */ (event).detail.digit));
    keypad.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        close();
      }
    });
    return h("div", { class: "keys" }, this.#output, keypad, this.#trouble);
  }

  /** @param {string} digit */
  #press(digit) {
    if (this.#queue.press(digit)) {
      this.#keyed += digit;
      fill(this.#output, this.#keyed.slice(-SHOWN));
      fill(this.#trouble);
    } else {
      fill(this.#trouble, say("calls.keypad.full"));
    }
  }
}

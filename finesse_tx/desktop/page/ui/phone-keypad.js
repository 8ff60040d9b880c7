/** `<phone-keypad>`: the twelve keys of a telephone. Fires `key` with `detail.digit`; typed digits count too. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

const KEYS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];

export class PhoneKeypad extends LiveElement {
  start() {
    fill(
      this,
      KEYS.map(([digit = "", letters = ""]) =>
        h(
          "button",
          { type: "button", onclick: () => this.#press(digit) },
          h("span", { class: "digit" }, digit),
          letters && h("span", { class: "letters" }, letters),
        ),
      ),
    );
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", say("calls.keypad"));
    this.addEventListener("keydown", (event) => this.#type(event), { signal: this.signal });
  }

  /** @param {KeyboardEvent} event */
  #type(event) {
    if (!event.ctrlKey && !event.altKey && !event.metaKey && /^[0-9*#]$/.test(event.key)) {
      event.preventDefault();
      this.#press(event.key);
    }
  }

  /** @param {string} digit */
  #press(digit) {
    this.dispatchEvent(new CustomEvent("key", { detail: { digit } }));
  }

  /** @override */
  focus() {
    this.querySelector("button")?.focus();
  }
}

customElements.define("phone-keypad", PhoneKeypad);

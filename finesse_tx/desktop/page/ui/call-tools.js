/**
 * The row of a call's buttons. One that is pressed waits, and so do the others; none of them loses the focus by it, nor by
 * others that come and go.
 *
 * Spec: desktop.md §13.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { keysOf } from "../core/call-shortcuts.js";
import { icon } from "./call-icons.js";

/** The button of the wrap-up reasons among those of actions. */
export const WRAP_UP = "wrapUp";

const FIRST = new Set(["ANSWER", "ACCEPT", "RETRIEVE"]);
const LAST = new Set(["DROP", "REJECT", "CLOSE"]);

/** Which open something below the row. */
const OPENERS = new Set(["CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF", WRAP_UP]);

/**
 * What takes the focus of a button that is gone. Of Consult not Retrieve, which is first then: one Enter too many would end the
 * consultation. @type {Record<string, string>}
 */
const PARTNER = { HOLD: "RETRIEVE", RETRIEVE: "HOLD", ANSWER: "HOLD", CONSULT_CALL: WRAP_UP };

export class CallTools {
  #press;
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #waiting = "";
  #isOff = false;
  #hasKeys = false;
  /** @type {Map<string, string>} By action, what else is to be known of it. */
  #remarks = new Map();

  element = h("div", { class: "tools" });

  /** @param {(action: string) => void} press */
  constructor(press) {
    this.#press = press;
  }

  /** @param {boolean} hasKeys Whether there are keys for the buttons, which are told with them. */
  set hasKeys(hasKeys) {
    this.#hasKeys = hasKeys;
  }

  /**
   * These are there now.
   *
   * @param {string[]} actions In their order.
   * @param {string[] | null} reasons What the button of the wrap-up reasons says; null for none.
   */
  show(actions, reasons) {
    const wanted = [
      ...actions.filter((action) => !LAST.has(action)),
      ...(reasons ? [WRAP_UP] : []),
      ...actions.filter((action) => LAST.has(action)),
    ];
    const had = [...this.#buttons].find(([, button]) => button === document.activeElement)?.[0] ?? "";
    this.#buttons = new Map(wanted.map((action) => [action, this.#buttons.get(action) ?? this.#button(action)]));
    const shown = [...this.#buttons.values()];
    if (shown.length !== this.element.childElementCount || shown.some((one, index) => this.element.children[index] !== one)) {
      fill(this.element, shown);
    }
    if (reasons) {
      this.#tell(reasons);
    }
    if (had && document.activeElement !== this.#buttons.get(had)) {
      (this.#buttons.get(had) ?? this.#buttons.get(PARTNER[had] ?? "") ?? shown[0])?.focus();
    }
    this.wait(this.#waiting);
  }

  /** @param {string} action */
  #button(action) {
    const kind = FIRST.has(action) ? "primary" : action === "DROP" ? "danger" : "";
    return h(
      "button",
      {
        type: "button",
        class: action === WRAP_UP ? "why" : `${kind} ${action.toLowerCase()}`.trim(),
        "aria-expanded": OPENERS.has(action) && "false",
        "aria-keyshortcuts": (this.#hasKeys && keysOf(action).keys.replace("Ctrl", "Control")) || null,
        onclick: () => this.#press(action),
      },
      action !== WRAP_UP && [icon(action), h("span", {}, say(`calls.do.${action}`))],
    );
  }

  /** @param {string[]} reasons */
  #tell(reasons) {
    const button = this.#buttons.get(WRAP_UP);
    if (button) {
      fill(
        button,
        h("span", { class: "label" }, say("calls.wrapUp.is")),
        h("span", { class: reasons.length > 0 ? "chosen" : "open" }, reasons.join(", ") || say("calls.wrapUp.none")),
      );
    }
  }

  /**
   * What else is to be known of a button, before the next `show`.
   *
   * @param {string} action
   * @param {string} text Empty for nothing.
   */
  remark(action, text) {
    this.#remarks.set(action, text);
  }

  /** @param {boolean} isOff Whether there is no connection: what is seen may not be so any more. */
  switchOff(isOff) {
    this.#isOff = isOff;
    this.wait(this.#waiting);
  }

  /** @param {string} action Which was pressed and is not answered yet; empty for none. */
  wait(action) {
    this.#waiting = action;
    for (const [name, button] of this.#buttons) {
      // The reasons can be looked at meanwhile.
      button.setAttribute("aria-disabled", String((this.#isOff || action !== "") && name !== WRAP_UP));
      button.setAttribute("aria-busy", String(action === name));
      button.title = this.#isOff ? say("calls.away") : this.#told(name);
    }
  }

  /** @param {string} action What whoever points at its button reads. */
  #told(action) {
    return [this.#remarks.get(action), this.#hasKeys && keysOf(action).hint].filter(Boolean).join(" · ");
  }

  /** @param {string} action Whose panel is open; empty for none. */
  expand(action) {
    for (const [name, button] of this.#buttons) {
      if (OPENERS.has(name)) {
        button.setAttribute("aria-expanded", String(action === name));
      }
    }
  }

  /** @param {string} action */
  has(action) {
    return this.#buttons.has(action);
  }

  /** @param {string} action */
  focus(action) {
    this.#buttons.get(action)?.focus();
  }
}

/**
 * `<call-dialer>`: a button of the header that makes calls: a number, a name of the phone books, a colleague, or what was
 * called last. Hears `desk-dial` events, whose `detail.number` is to be called.
 *
 * Spec: desktop.md §12 (dialer), §17.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";
import { told } from "../core/call-errors.js";
import { contactsOf } from "../core/contacts.js";
import { own, shown } from "../core/dialog-rules.js";
import { icon } from "./call-icons.js";
import { NumberChooser } from "./number-chooser.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

/** In which states one may make a call; in Ready the engine says so, or not. */
const STATES = new Set(["NOT_READY", "READY"]);

/** In what part of a call the phone takes no other one. */
const BUSY = new Set(["INITIATING", "INITIATED", "ALERTING", "ACTIVE"]);

export class CallDialer extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  #panelId = freshId("dialer");
  #button = h(
    "button",
    { type: "button", class: "opener quiet", "aria-expanded": "false", "aria-controls": this.#panelId, onclick: () => this.toggle() },
    icon("DIAL"),
    h("span", { class: "label" }, say("calls.dial")),
  );
  #panel = h("div", { class: "panel", id: this.#panelId, role: "dialog", "aria-label": say("calls.dial"), hidden: true });
  #trouble = h("p", { class: "fault", role: "alert", hidden: true });
  #state = h("p", { class: "state", role: "status", hidden: true });
  /** @type {NumberChooser | null} */
  #chooser = null;

  start() {
    const { desk, signal } = this;
    fill(this, this.#button, this.#panel);
    for (const type of ["me", "calls", "status"]) {
      desk.addEventListener(type, () => this.#judge(), { signal });
    }
    document.addEventListener("desk-dial", (event) => this.dial(String(/** @type {CustomEvent} */ (event).detail.number)), { signal });
    document.addEventListener(
      "pointerdown",
      (event) => {
        if (!this.#panel.hidden && !event.composedPath().includes(this)) {
          this.close();
        }
      },
      { signal },
    );
    desk.shortcuts?.add({ id: "calls.dial", label: say("calls.shortcut.dial"), keys: "Ctrl+Alt+O", run: () => this.toggle(), signal });
    this.#judge();
  }

  /** Why one cannot make a call now; empty when one can. */
  get #obstacle() {
    const { me, calls, status } = this.desk;
    if (status !== "connected") {
      return say("calls.away");
    }
    const extension = String(me.extension ?? "");
    if (shown(calls.values(), extension).some((dialog) => BUSY.has(own(dialog, extension)?.state ?? ""))) {
      return say("calls.dial.inCall");
    }
    return STATES.has(me.state) ? "" : say("calls.dial.notNow");
  }

  #judge() {
    const obstacle = this.#obstacle;
    this.#button.setAttribute("aria-disabled", String(obstacle !== ""));
    this.#button.title = obstacle || say("calls.dial");
    if (obstacle && !this.#panel.hidden) {
      this.close();
    }
  }

  toggle() {
    if (this.#panel.hidden) {
      this.#open();
    } else {
      this.close();
    }
  }

  #open() {
    const obstacle = this.#obstacle;
    if (obstacle) {
      announce(obstacle, "bad");
      return false;
    }
    this.#chooser = new NumberChooser();
    this.#chooser.contacts = contactsOf(this.desk);
    this.#chooser.deed = { label: say("calls.dial.do"), icon: "DIAL" };
    this.#chooser.addEventListener("close", () => this.close());
    this.#chooser.addEventListener("choose", (event) => this.#call(/** @type {CustomEvent} */ (event).detail.number));
    this.#trouble.hidden = true;
    this.#state.hidden = true;
    fill(this.#panel, h("h2", {}, say("calls.dial")), this.#chooser, this.#state, this.#trouble);
    this.#panel.hidden = false;
    // It opens to the side on which there is room.
    this.#panel.classList.remove("to-start");
    const { left, right } = this.#panel.getBoundingClientRect();
    this.#panel.classList.toggle("to-start", left < 0 || right > window.innerWidth);
    this.#button.setAttribute("aria-expanded", "true");
    this.#chooser.focus();
    return true;
  }

  close() {
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#panel.hidden = true;
    fill(this.#panel);
    this.#chooser = null;
    this.#button.setAttribute("aria-expanded", "false");
    if (hadFocus) {
      this.#button.focus();
    }
  }

  /**
   * Call a number that somebody else has found.
   *
   * @param {string} number
   */
  dial(number) {
    if (this.#panel.hidden && !this.#open()) {
      return;
    }
    if (this.#chooser) {
      this.#chooser.value = number;
    }
    this.#call(number);
  }

  /** @param {string} number */
  async #call(number) {
    const { desk } = this;
    this.#trouble.hidden = true;
    this.#state.textContent = say("calls.dial.waiting", { number });
    this.#state.hidden = false;
    contactsOf(desk).called(number);
    try {
      await desk.act("POST", `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}/Dialogs`, {
        requestedAction: "MAKE_CALL",
        fromAddress: desk.me.extension,
        toAddress: number,
      });
      this.close();
    } catch (error) {
      if (!this.signal.aborted) {
        this.#state.hidden = true;
        this.#trouble.textContent = told(error, "MAKE_CALL").sentence;
        this.#trouble.hidden = false;
        this.#chooser?.focus();
      }
    }
  }
}

customElements.define("call-dialer", CallDialer);

/**
 * `<call-card>`: one call: who, what state, how long, what can be done, why it was, what is known of it.
 *
 * Its buttons are the own participant's actions. One that is pressed waits for the event or the error, and so do the others.
 *
 * Spec: desktop.md §13.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import * as variables from "../core/call-variables.js";
import * as rules from "../core/dialog-rules.js";
import { THRESHOLD } from "../core/digit-queue.js";
import { body, chosen, mayWrapUp } from "../core/wrap-up.js";
import { reclassify, scheduleCallback } from "./campaign-forms.js";
import { CallData } from "./call-data.js";
import { CallHead, partyOf, priceOf } from "./call-head.js";
import { CallKeys } from "./call-keys.js";
import { CallParties } from "./call-parties.js";
import { CallRequests } from "./call-requests.js";
import { CallTools, WRAP_UP } from "./call-tools.js";
import { CallTrouble } from "./call-trouble.js";
import { NumberChooser } from "./number-chooser.js";
import { WrapUpMenu } from "./wrap-up-menu.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */
/** @typedef {import("../core/contacts.js").Contacts} Contacts */

/**
 * What a card needs to know besides its call.
 *
 * @typedef {{
 *   contacts: Contacts, layouts: import("../core/call-variables.js").Layout[], reasons: string[], limit: number,
 *   settings: Record<string, string>,
 * }} Surroundings
 */

const OPENERS = new Set(["CONSULT_CALL", "TRANSFER_SST", "SEND_DTMF"]);

/** What the bar of whoever is in somebody else's call has, above every page; the keys are for the card still. @type {Record<string, string[]>} */
const ON_BAR = { SUPERVISOR_MONITOR: ["BARGE_CALL", "DROP"], SUPERVISOR_BARGE: ["DROP"] };

export class CallCard extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  around = /** @type {Surroundings} */ (/** @type {any} */ (null));

  /** Whether it stands beside another call, which it is about. */
  isConsultation = false;

  #dialog = /** @type {Dialog} */ (/** @type {any} */ (null));
  /** @type {string[] | null} What was chosen and is not told yet. */
  #asked = null;
  /** Which panel is open: an action, or `wrapUp`. */
  #open = "";
  /** Whether the reasons have opened by themselves, after the call. */
  #hasOffered = false;
  #head = new CallHead();
  #tools = new CallTools((action) => this.press(action));
  #trouble = new CallTrouble();
  #requests = new CallRequests(this, this.#tools, this.#trouble);
  #panel = h("div", { class: "panel", hidden: true });
  #hint = h("p", { class: "hint", hidden: true });
  #parties = new CallParties((number) => this.do("PARTICIPANT_DROP", { targetMediaAddress: number }));
  #data = new CallData();
  #keys = new CallKeys((digits) => this.#requests.key(digits));

  start() {
    this.setAttribute("role", "group");
    fill(
      this,
      this.#head.element,
      this.#hint,
      this.#tools.element,
      this.#trouble.element,
      this.#panel,
      this.#parties.element,
      this.#data,
    );
    this.#data.addEventListener(
      "save",
      (event) => {
        const { variables: changed } = /** @type {CustomEvent} */ (event).detail;
        this.do("UPDATE_CALL_DATA", { mediaProperties: { callvariables: changed } });
      },
      { signal: this.signal },
    );
    this.signal.addEventListener("abort", () => this.#requests.stop());
    if (this.#dialog) {
      this.#render();
    }
  }

  get dialog() {
    return this.#dialog;
  }

  /** Whether there is no connection: nothing can be done with what may not be so any more. */
  get isAway() {
    return this.desk.status !== "connected";
  }

  /** Who it is with, for people. */
  get who() {
    return partyOf(this.#dialog, this.#extension, this.around.contacts);
  }

  get #extension() {
    return String(this.desk.me.extension ?? "");
  }

  /**
   * The call is so now; whatever was waited for has come.
   *
   * @param {Dialog} dialog
   */
  update(dialog) {
    const isNews = dialog !== this.#dialog;
    this.#dialog = dialog;
    if (isNews) {
      this.#requests.settle();
    }
    if (this.isConnected) {
      this.#render();
    }
  }

  #render() {
    const dialog = this.#dialog;
    const extension = this.#extension;
    const { contacts, settings } = this.around;
    const state = rules.own(dialog, extension)?.state ?? "";
    this.dataset["state"] = rules.isPreview(dialog) ? "ALERTING" : state;
    this.classList.toggle("consultation", this.isConsultation);
    this.setAttribute("aria-label", say("calls.card", { who: this.who }));
    this.#head.show(dialog, extension, this.around, this.isConsultation);
    this.#renderHint(state);
    this.#renderTools();
    this.#parties.show(dialog, extension, (number) => contacts.name(number), settings["dropParticipant"]);
    this.#renderData();
    this.#renderReasons(state);
    this.tick(this.desk.clock.now());
  }

  /** A consultation has the variables of the call that it is about, which stand there. */
  #renderData() {
    const layout = variables.layoutOf(this.around.layouts, this.#dialog);
    const isChangeable = rules.actionsOf(this.#dialog, this.#extension).includes("UPDATE_CALL_DATA");
    this.#data.update(this.isConsultation ? [] : variables.cells(layout, this.#dialog, isChangeable).columns);
  }

  /** @param {string} state */
  #renderHint(state) {
    const cause = rules.own(this.#dialog, this.#extension)?.stateCause ?? "";
    let hint = "";
    if (state === "FAILED" && cause) {
      hint = say(`calls.cause.${cause}`);
    } else if (state === "ALERTING" && rules.isPreview(this.#dialog)) {
      hint = say("calls.preview");
    } else if (state === "ALERTING" && rules.buttonsOf(this.#dialog, this.#extension).length === 0) {
      hint = say("calls.answerOnPhone");
    } else if (state === "WRAP_UP" && this.#mustExplain) {
      hint = say("calls.wrapUp.must");
    }
    this.#hint.textContent = hint;
    this.#hint.hidden = hint === "";
  }

  get #mustExplain() {
    const isForced = this.around.settings["forceWrapUp"] !== "false";
    return isForced && this.around.reasons.length > 0 && chosen(this.#dialog).length === 0;
  }

  #renderTools() {
    const elsewhere = ON_BAR[String(this.#dialog.mediaProperties.callType)] ?? [];
    const actions = rules.buttonsOf(this.#dialog, this.#extension).filter((action) => !elsewhere.includes(action));
    this.#tools.hasKeys = Boolean(this.desk.shortcuts?.isOn);
    this.#tools.switchOff(this.isAway);
    this.#tools.remark("RETRIEVE", priceOf(this.#dialog, this.#extension, this.desk.calls.values(), this.around.contacts));
    this.#tools.show(actions, this.canWrapUp ? (this.#asked ?? chosen(this.#dialog)) : null);
    if (this.#open && !this.#tools.has(this.#open)) {
      this.toggle("");
    }
  }

  /** @param {string} state */
  #renderReasons(state) {
    const reasons = this.#asked ?? chosen(this.#dialog);
    const menu = this.#panel.querySelector("wrap-up-menu");
    if (menu instanceof WrapUpMenu) {
      menu.chosen = reasons;
    }
    if (this.canWrapUp && state === "WRAP_UP" && !this.#hasOffered) {
      this.#hasOffered = true;
      if (reasons.length === 0 && !this.#open) {
        this.toggle(WRAP_UP, false);
      }
    }
  }

  /**
   * Time has passed.
   *
   * @param {number} now Of the server, in milliseconds.
   */
  tick(now) {
    const { settings } = this.around;
    const wrapUpSeconds = settings["wrapUpCountDown"] !== "false" ? Number(this.desk.me.wrapUpTimer) || 0 : 0;
    const isWrapUpShown = settings["showWrapUpTimer"] !== "false";
    this.#head.tick(this.#dialog, this.#extension, now, { wrapUpSeconds, isWrapUpShown });
  }

  /**
   * A button, or its keys, were pressed.
   *
   * @param {string} action
   */
  press(action) {
    if (action === WRAP_UP || (!this.#requests.isWaiting && !this.isAway && OPENERS.has(action))) {
      this.toggle(action);
    } else if (this.#requests.isWaiting || this.isAway) {
      return;
    } else if (action === "RECLASSIFY") {
      reclassify(this.#dialog, (what, more) => this.#requests.act(what, more));
    } else if (action === "UPDATE_SCHEDULED_CALLBACK") {
      scheduleCallback(this.#dialog, (what, more) => this.#requests.act(what, more));
    } else {
      this.do(action);
    }
  }

  /** A consultation has no reasons of its own. */
  get canWrapUp() {
    return !this.isConsultation && this.around.reasons.length > 0 && mayWrapUp(this.#dialog, this.#extension);
  }

  save() {
    this.#data.save();
  }

  revert() {
    this.#data.revert();
  }

  get isChanged() {
    return this.#data.isChanged;
  }

  /**
   * Open a panel, or close it if it is that one.
   *
   * @param {string} what `CONSULT_CALL`, `TRANSFER_SST`, `SEND_DTMF`, `wrapUp`; empty for none.
   * @param {boolean} [isAsked] Whether somebody wants to be there.
   */
  toggle(what, isAsked = true) {
    const was = this.#open;
    this.#open = was === what ? "" : what;
    const hadFocus = this.#panel.contains(document.activeElement);
    fill(this.#panel, this.#opened(this.#open));
    this.#panel.hidden = this.#open === "";
    this.#tools.expand(this.#open);
    if (this.#open && isAsked) {
      const inside = this.#panel.querySelector("number-chooser, phone-keypad, wrap-up-menu");
      if (inside instanceof HTMLElement) {
        inside.focus();
      }
    } else if (hadFocus) {
      this.#tools.focus(was);
    }
  }

  /** @param {string} what */
  #opened(what) {
    switch (what) {
      case "CONSULT_CALL":
      case "TRANSFER_SST":
        return this.#chooser(what);
      case "SEND_DTMF":
        this.#keys.threshold = Number(this.around.settings["pendingDTMFThresholdCount"]) || THRESHOLD;
        return this.#keys.shown(() => this.toggle(""));
      case WRAP_UP:
        return this.#menu();
      default:
        return null;
    }
  }

  /** @param {string} action */
  #chooser(action) {
    const chooser = new NumberChooser();
    chooser.contacts = this.around.contacts;
    chooser.deed = { label: say(`calls.choose.do.${action}`), icon: action };
    chooser.addEventListener("close", () => this.toggle(""));
    chooser.addEventListener("choose", (event) => {
      const { number } = /** @type {CustomEvent} */ (event).detail;
      this.around.contacts.called(number);
      this.#tools.focus(action);
      this.toggle("");
      this.do(action, { toAddress: number });
    });
    return [h("h3", {}, say(`calls.choose.title.${action}`)), chooser];
  }

  #menu() {
    const menu = new WrapUpMenu();
    menu.labels = this.around.reasons;
    menu.limit = this.around.limit;
    menu.chosen = this.#asked ?? chosen(this.#dialog);
    menu.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.stopPropagation();
        this.toggle("");
      }
    });
    menu.addEventListener("chosen", (event) => {
      void this.#explain(/** @type {CustomEvent} */ (event).detail.reasons);
    });
    return menu;
  }

  /**
   * Say why the call was. Who chooses several does not wait for each: the last choice is shown until it is answered.
   *
   * @param {string[]} reasons
   */
  async #explain(reasons) {
    this.#asked = reasons;
    this.#renderTools();
    await this.do("UPDATE_CALL_DATA", { mediaProperties: body(reasons, this.around.limit) });
    if (this.#asked === reasons && !this.signal.aborted) {
      this.#asked = null;
      this.#renderTools();
      this.#renderReasons("");
    }
  }

  /**
   * Ask for something to be done, show that it is waited for, and what was wrong with it.
   *
   * @param {string} action
   * @param {Record<string, unknown>} [more] Of the request.
   * @returns {Promise<import("../core/call-errors.js").Told | null>} What was wrong; null for nothing.
   */
  do(action, more = {}) {
    return this.#requests.do(action, more);
  }
}

customElements.define("call-card", CallCard);

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
import { told } from "../core/call-errors.js";
import * as variables from "../core/call-variables.js";
import * as rules from "../core/dialog-rules.js";
import { THRESHOLD } from "../core/digit-queue.js";
import { body, chosen, mayWrapUp } from "../core/wrap-up.js";
import { reclassify, scheduleCallback } from "./campaign-forms.js";
import { icon } from "./call-icons.js";
import { CallKeys } from "./call-keys.js";
import { CallData } from "./call-data.js";
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

/** How long an answer is waited for, in milliseconds. */
export const PATIENCE_MS = 10_000;

const DESTINED = new Set(["CONSULT_CALL", "TRANSFER_SST"]);
const LAST = new Set(["DROP", "REJECT", "CLOSE"]);
const FIRST = new Set(["ANSWER", "ACCEPT", "RETRIEVE"]);

/** What is said by the name of the queue. */
const QUEUED = new Set(["ACD_IN", "PREROUTE_ACD_IN"]);

/** What takes the focus of a button that is gone. @type {Record<string, string>} */
const PARTNER = { HOLD: "RETRIEVE", RETRIEVE: "HOLD", ANSWER: "HOLD" };

export class CallCard extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  around = /** @type {Surroundings} */ (/** @type {any} */ (null));

  /** Whether it stands beside another call, which it is about. */
  isConsultation = false;

  #dialog = /** @type {Dialog} */ (/** @type {any} */ (null));
  #waiting = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {string[] | null} What was chosen and is not told yet. */
  #asked = null;
  /** Which panel is open: an action, or `wrapUp`. */
  #open = "";
  /** Whether the reasons have opened by themselves, after the call. */
  #hasOffered = false;
  #partiesKey = "";
  /** @type {Map<string, HTMLButtonElement>} */
  #buttons = new Map();
  #chip = h("span", { class: "chip" });
  #who = h("h2");
  #number = h("span", { class: "number" });
  #about = h("p", { class: "about" });
  #total = h("span", { class: "total", role: "timer", "aria-label": say("calls.total") });
  #part = h("span", { class: "part" });
  #tools = h("div", { class: "tools" });
  #trouble = h("div", { class: "trouble", role: "alert", hidden: true });
  #panel = h("div", { class: "panel", hidden: true });
  #hint = h("p", { class: "hint", hidden: true });
  #parties = h("ul", { class: "parties", "aria-label": say("calls.participants"), hidden: true });
  #data = new CallData();
  #why = h("button", { type: "button", class: "why", "aria-expanded": "false", hidden: true, onclick: () => this.toggle("wrapUp") });
  #keys = new CallKeys((digits) => this.#key(digits));

  start() {
    this.setAttribute("role", "group");
    fill(
      this,
      h(
        "div",
        { class: "head" },
        this.#chip,
        h("div", { class: "party" }, h("div", { class: "title" }, this.#who, this.#number), this.#about),
        h("div", { class: "clock" }, this.#total, this.#part),
      ),
      this.#hint,
      this.#tools,
      this.#trouble,
      this.#panel,
      this.#parties,
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
    this.signal.addEventListener("abort", () => clearTimeout(this.#timer));
    this.#keys.threshold = Number(this.around.settings["pendingDTMFThresholdCount"]) || THRESHOLD;
    if (this.#dialog) {
      this.#render();
    }
  }

  get dialog() {
    return this.#dialog;
  }

  /** Who it is with, for people. */
  get who() {
    return this.#name(rules.otherParty(this.#dialog, this.#extension)) || this.#together;
  }

  get #extension() {
    return String(this.desk.me.extension ?? "");
  }

  get #together() {
    const there = rules.others(this.#dialog, this.#extension).length;
    return there > 1 ? say("calls.conference", { count: there + 1 }) : say("calls.unknown");
  }

  /** @param {string} number */
  #name(number) {
    const called = rules.isPreview(this.#dialog) ? rules.variable(this.#dialog, "BABuddyName") : "";
    return called || this.around.contacts.name(number) || number;
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
      this.#asked = null;
      this.#settle();
    }
    if (this.isConnected) {
      this.#render();
    }
  }

  #render() {
    const dialog = this.#dialog;
    const extension = this.#extension;
    const number = rules.otherParty(dialog, extension);
    const state = rules.own(dialog, extension)?.state ?? "";
    const { mediaProperties } = dialog;
    this.dataset["state"] = rules.isPreview(dialog) ? "ALERTING" : state;
    this.classList.toggle("consultation", this.isConsultation);
    this.setAttribute("aria-label", say("calls.card", { who: this.who }));
    this.#chip.textContent = this.#stateText(state);
    this.#who.textContent = this.who;
    this.#number.textContent = this.who === number ? "" : number;
    this.#renderAbout(mediaProperties);
    this.#renderHint(state);
    this.#renderButtons();
    this.#renderParties();
    this.#renderData();
    this.#renderWrapUp(state);
    this.tick(this.desk.clock.now());
  }

  /** @param {string} state */
  #stateText(state) {
    if (rules.isPreview(this.#dialog) && state === "ALERTING") {
      return say("calls.state.preview");
    }
    const isListening = rules.isListening(this.#dialog, this.#extension) && state === "ACTIVE";
    return say(isListening ? "calls.state.listening" : `calls.state.${state}`);
  }

  /** @param {import("../core/dialog-rules.js").MediaProperties} properties */
  #renderAbout({ callType, queueName = "" }) {
    const layout = variables.layoutOf(this.around.layouts, this.#dialog);
    const { header } = variables.cells(layout, this.#dialog, false);
    const way = rules.direction(this.#dialog, this.#extension);
    const key = `calls.type.${callType}`;
    const kind = say(key);
    const parts = [
      h("span", { class: "way" }, icon(way), say(`calls.${way}`)),
      kind !== key && !(queueName && QUEUED.has(callType)) && h("span", {}, kind),
      queueName && h("span", { class: "queue" }, queueName),
      header?.value && !this.isConsultation && h("span", { class: "header", title: header.label }, h("span", { class: "label" }, `${header.label}: `), header.value),
      rules.variable(this.#dialog, "recording") === "on" && h("span", { class: "recording" }, say("calls.recording")),
      ...this.#campaign(),
    ];
    fill(this.#about, parts);
  }

  /** A consultation has the variables of the call that it is about, which stand there. */
  #renderData() {
    const layout = variables.layoutOf(this.around.layouts, this.#dialog);
    const isChangeable = rules.actionsOf(this.#dialog, this.#extension).includes("UPDATE_CALL_DATA");
    this.#data.update(this.isConsultation ? [] : variables.cells(layout, this.#dialog, isChangeable).columns);
  }

  /** What was said of a campaign's customer. */
  #campaign() {
    const { scheduledCallbackInfo: callback, mediaProperties } = this.#dialog;
    const { callbackTime: when = "", callbackNumber: number = "" } = callback ?? {};
    const what = mediaProperties.outboundClassification;
    return [
      what && h("span", {}, say("calls.reclassified", { what: say(`calls.reclassify.${what}`) })),
      (when || number) && h("span", {}, say(number ? "calls.callback.toldAt" : "calls.callback.told", { when: when.replace("T", " "), number })),
    ];
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

  #renderButtons() {
    const wanted = rules.buttonsOf(this.#dialog, this.#extension);
    const had = [...this.#buttons].find(([, button]) => button === document.activeElement)?.[0];
    for (const action of wanted) {
      if (!this.#buttons.has(action)) {
        this.#buttons.set(action, this.#button(action));
      }
    }
    for (const action of this.#buttons.keys()) {
      if (!wanted.includes(action)) {
        this.#buttons.delete(action);
      }
    }
    const last = wanted.filter((action) => LAST.has(action));
    const shown = [
      ...wanted.filter((action) => !LAST.has(action)).map((action) => this.#buttons.get(action)),
      this.#why,
      ...last.map((action) => this.#buttons.get(action)),
    ].filter((one) => one !== undefined);
    if (shown.length !== this.#tools.childElementCount || shown.some((one, index) => this.#tools.children[index] !== one)) {
      fill(this.#tools, shown);
    }
    if (had && document.activeElement !== this.#buttons.get(had)) {
      const next = this.#buttons.get(had) ?? this.#buttons.get(PARTNER[had] ?? "") ?? this.#buttons.values().next().value;
      next?.focus();
    }
    if (this.#open && this.#open !== "wrapUp" && !wanted.includes(this.#open)) {
      this.toggle("");
    }
    this.#renderWaiting();
  }

  /** @param {string} action */
  #button(action) {
    const kind = FIRST.has(action) ? "primary" : action === "DROP" ? "danger" : "";
    const button = h(
      "button",
      { type: "button", class: `${kind} ${action.toLowerCase()}`.trim(), onclick: () => this.press(action) },
      icon(action),
      h("span", {}, say(`calls.do.${action}`)),
    );
    if (DESTINED.has(action) || action === "SEND_DTMF") {
      button.setAttribute("aria-expanded", "false");
    }
    return button;
  }

  /** The pressed one is busy and the others wait; none of them loses the focus by it. */
  #renderWaiting() {
    for (const [action, button] of this.#buttons) {
      button.setAttribute("aria-disabled", String(this.#waiting !== ""));
      button.setAttribute("aria-busy", String(this.#waiting === action));
    }
  }

  #renderParties() {
    const there = rules.others(this.#dialog, this.#extension);
    const whom = this.around.settings["dropParticipant"] ?? "agents";
    const droppable = new Set(rules.droppable(this.#dialog, this.#extension, whom).map((one) => one.mediaAddress));
    const mine = rules.own(this.#dialog, this.#extension)?.state ?? "";
    const parties = there.map(({ mediaAddress, state }) => ({ mediaAddress, state, who: this.around.contacts.name(mediaAddress) }));
    const key = JSON.stringify([parties, [...droppable], mine]);
    this.#parties.hidden = there.length < 2;
    if (key === this.#partiesKey) {
      return; // a button that has the focus keeps it
    }
    this.#partiesKey = key;
    fill(
      this.#parties,
      h("li", {}, h("span", { class: "name" }, say("calls.you")), h("span", { class: "state" }, say(`calls.state.${mine}`))),
      parties.map(({ mediaAddress, state, who }) => {
        return h(
          "li",
          {},
          h("span", { class: "name" }, who || mediaAddress, who && h("span", { class: "number" }, ` ${mediaAddress}`)),
          h("span", { class: "state" }, say(`calls.state.${state}`)),
          droppable.has(mediaAddress) &&
            h(
              "button",
              {
                type: "button",
                class: "quiet danger",
                "aria-label": say("calls.dropWho", { who: who || mediaAddress }),
                onclick: () => this.do("PARTICIPANT_DROP", { targetMediaAddress: mediaAddress }),
              },
              say("calls.do.PARTICIPANT_DROP"),
            ),
        );
      }),
    );
  }

  /** @param {string} state */
  #renderWrapUp(state) {
    const isOffered = !this.isConsultation && this.around.reasons.length > 0 && mayWrapUp(this.#dialog, this.#extension);
    const reasons = this.#asked ?? chosen(this.#dialog);
    this.#why.hidden = !isOffered;
    fill(
      this.#why,
      h("span", { class: "label" }, `${say("calls.wrapUp")}: `),
      h("span", { class: reasons.length > 0 ? "chosen" : "open" }, reasons.join(", ") || say("calls.wrapUp.none")),
    );
    const menu = this.#panel.querySelector("wrap-up-menu");
    if (menu instanceof WrapUpMenu) {
      menu.chosen = reasons;
    }
    if (!isOffered && this.#open === "wrapUp") {
      this.toggle("");
    } else if (isOffered && state === "WRAP_UP" && !this.#hasOffered) {
      this.#hasOffered = true;
      if (reasons.length === 0 && !this.#open) {
        this.toggle("wrapUp", false);
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
    const isDown = settings["wrapUpCountDown"] !== "false";
    const lasts = isDown ? Number(this.desk.me.wrapUpTimer) || 0 : 0;
    const { total, held, wrapUp, isDown: isLeft } = rules.timers(this.#dialog, this.#extension, now, lasts);
    const isShown = settings["showWrapUpTimer"] !== "false";
    const set = (/** @type {HTMLElement} */ node, /** @type {string} */ text) => {
      if (node.textContent !== text) {
        node.textContent = text;
      }
    };
    const isWrapUp = wrapUp !== null;
    set(this.#total, isWrapUp && !isShown ? "" : rules.clock(isWrapUp ? wrapUp : total));
    set(this.#part, held !== null ? say("calls.held", { time: rules.clock(held) }) : isWrapUp && isShown && isLeft ? say("calls.wrapUpLeft") : "");
  }

  /**
   * A button, or its keys, were pressed.
   *
   * @param {string} action
   */
  press(action) {
    if (this.#waiting) {
      return;
    }
    if (DESTINED.has(action) || action === "SEND_DTMF") {
      this.toggle(action);
    } else if (action === "RECLASSIFY") {
      reclassify(this.#dialog, (what, more) => this.#act(what, more));
    } else if (action === "UPDATE_SCHEDULED_CALLBACK") {
      scheduleCallback(this.#dialog, (what, more) => this.#act(what, more));
    } else {
      this.do(action);
    }
  }

  get canWrapUp() {
    return !this.#why.hidden;
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
    this.#why.setAttribute("aria-expanded", String(this.#open === "wrapUp"));
    for (const action of [...DESTINED, "SEND_DTMF"]) {
      this.#buttons.get(action)?.setAttribute("aria-expanded", String(this.#open === action));
    }
    if (this.#open && isAsked) {
      const inside = this.#panel.querySelector("number-chooser, phone-keypad, wrap-up-menu");
      if (inside instanceof HTMLElement) {
        inside.focus();
      }
    } else if (hadFocus) {
      (was === "wrapUp" ? this.#why : this.#buttons.get(was))?.focus();
    }
  }

  /** @param {string} what */
  #opened(what) {
    switch (what) {
      case "CONSULT_CALL":
      case "TRANSFER_SST":
        return this.#chooser(what);
      case "SEND_DTMF":
        return this.#keys.shown(() => this.toggle(""));
      case "wrapUp":
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
      this.#buttons.get(action)?.focus();
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
      const { reasons } = /** @type {CustomEvent} */ (event).detail;
      this.#asked = reasons;
      this.#renderWrapUp("");
      this.do("UPDATE_CALL_DATA", { mediaProperties: body(reasons, this.around.limit) });
    });
    return menu;
  }

  /**
   * Ask for something to be done, show that it is waited for, and what was wrong with it.
   *
   * @param {string} action
   * @param {Record<string, unknown>} [more] Of the request.
   * @returns {Promise<import("../core/call-errors.js").Told | null>} What was wrong; null for nothing.
   */
  async do(action, more = {}) {
    this.#say(null);
    this.#waiting = action;
    this.#renderWaiting();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#settle();
      this.#say({ sentence: say("calls.error.silent"), details: action });
    }, PATIENCE_MS);
    try {
      await (action === "BARGE_CALL" ? this.#barge() : this.#act(action, more));
      return null;
    } catch (error) {
      const wrong = told(error, action);
      if (!this.signal.aborted) {
        this.#asked = null;
        this.#settle();
        this.#say(wrong);
        this.#renderWrapUp("");
      }
      return wrong;
    }
  }

  /**
   * @param {string} requestedAction
   * @param {Record<string, unknown>} more
   * @param {() => void} [taken]
   */
  #act(requestedAction, more, taken = () => {}) {
    const target = { targetMediaAddress: this.#extension };
    return this.desk.act("PUT", this.#dialog.uri, { ...target, requestedAction, ...more }, { taken });
  }

  /**
   * Send keys: what is keyed next waits until the server has taken these. A refusal, which comes later, is told.
   *
   * @param {string} digits
   */
  #key(digits) {
    const params = { actionParams: [{ name: "dtmfString", value: digits }] };
    return new Promise((resolve, reject) => {
      this.#act("SEND_DTMF", params, () => resolve(undefined)).catch((error) => {
        reject(error);
        this.#say(told(error, "SEND_DTMF"));
      });
    });
  }

  #barge() {
    return this.desk.act("POST", `/finesse/api/User/${encodeURIComponent(this.desk.me.loginId)}/Dialogs`, {
      requestedAction: "BARGE_CALL",
      fromAddress: this.#extension,
      toAddress: rules.otherParty(this.#dialog, this.#extension),
      associatedDialogUri: this.#dialog.uri,
    });
  }

  #settle() {
    clearTimeout(this.#timer);
    this.#waiting = "";
    this.#renderWaiting();
  }

  /** @param {import("../core/call-errors.js").Told | null} what */
  #say(what) {
    this.#trouble.hidden = what === null;
    fill(
      this.#trouble,
      what && [
        h("span", { class: "sentence" }, what.sentence),
        h("details", {}, h("summary", {}, say("calls.error.details")), h("code", {}, what.details)),
        h("button", { type: "button", class: "quiet", "aria-label": say("calls.error.dismiss"), onclick: () => this.#say(null) }, "×"),
      ],
    );
  }
}

customElements.define("call-card", CallCard);

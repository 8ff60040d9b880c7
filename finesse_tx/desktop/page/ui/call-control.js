/**
 * `<call-control>`: the calls that one has, each with what can be done, and what rings, wherever one is on the page.
 *
 * Spec: desktop.md §13, §17.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { KEYS } from "../core/call-shortcuts.js";
import { contactsOf, listed } from "../core/contacts.js";
import * as rules from "../core/dialog-rules.js";
import { MOST, most } from "../core/wrap-up.js";
import { CallCard } from "./call-card.js";
import { icon } from "./call-icons.js";
import { IncomingCalls } from "./incoming-calls.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */

/** Which call a key is for: the one that is talked in, before one that rings, before one that waits. */
const NEAREST = ["ACTIVE", "ALERTING", "INITIATED", "INITIATING", "FAILED", "HELD", "WRAP_UP"];

/** How long a call that one has left stands there, in milliseconds: what follows, wrap-up or its end, comes at once. */
const GRACE_MS = 1500;

export class CallControl extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** @type {import("./call-card.js").Surroundings} */
  #around = /** @type {any} */ (null);
  /** @type {Map<string, CallCard>} */
  #cards = new Map();
  /** @type {Map<string, string>} */
  #parents = new Map();
  /** By the id of a call that one has just left: what one was in it, and what ends the wait. @type {Map<string, { was: string, timer: ReturnType<typeof setTimeout> }>} */
  #leaving = new Map();
  #incoming = new IncomingCalls();
  #list = h("div", { class: "calls" });
  #none = h("p", { class: "none" }, icon("DIAL"), h("strong", {}, say("calls.none")), h("span", {}, say("calls.noneHint")));

  start() {
    const { desk, signal } = this;
    this.#around = { contacts: contactsOf(desk), layouts: [], reasons: [], limit: MOST, settings: {} };
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("calls.title"));
    this.tabIndex = -1; // for the focus of a call that is gone
    fill(this, this.#none, this.#list);
    this.#incoming.addEventListener("left", (event) => this.#goTo(/** @type {CustomEvent} */ (event).detail.id), { signal });
    // A layout may have this gadget in several tabs: one of them calls somebody to the phone.
    if (!document.querySelector("incoming-calls")) {
      document.body.append(this.#incoming);
      signal.addEventListener("abort", () => this.#incoming.remove());
    }
    desk.addEventListener("calls", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail), { signal });
    for (const type of ["me", "status", "resync"]) {
      desk.addEventListener(type, () => this.#render(), { signal });
    }
    desk.clock.addEventListener("second", () => this.#tick(), { signal });
    signal.addEventListener("abort", () => [...this.#leaving.keys()].forEach((id) => this.#stay(id)));
    this.#addKeys();
    this.#render();
    this.#load();
  }

  async #load() {
    const { desk } = this;
    const kept = (/** @type {Promise<any>} */ asked) => asked.catch(() => null);
    const [layouts, reasons, settings, system] = await Promise.all([
      kept(desk.config("MediaPropertiesLayouts")),
      kept(desk.config("WrapUpReasons")),
      kept(desk.config("Settings")),
      kept(desk.config("SystemInfo")),
      kept(this.#around.contacts.load()),
    ]);
    this.#around.layouts = listed(layouts, "MediaPropertiesLayout");
    this.#around.reasons = listed(reasons, "WrapUpReason").map((one) => String(one.label));
    this.#around.settings = settings ?? {};
    this.#around.limit = most(String(system?.deploymentType ?? ""));
    if (!this.signal.aborted) {
      this.#render();
    }
  }

  get #extension() {
    return String(this.desk.me.extension ?? "");
  }

  /** The calls; one that was just left is as it was, so that its card, and what is open or typed in it, is there for the wrap-up. */
  *#calls() {
    for (const [id, dialog] of this.desk.calls) {
      const card = this.#leaving.has(id) ? this.#cards.get(id) : undefined;
      yield card ? card.dialog : dialog;
    }
  }

  /**
   * Whether somebody has left a call, and nothing is known yet of what follows.
   *
   * @param {string} id
   * @param {string} was
   * @param {string} is
   */
  #leaves(id, was, is) {
    if (is !== "DROPPED" || was === "" || was === "ALERTING" || !this.#cards.has(id)) {
      return false;
    }
    const timer = setTimeout(() => {
      const who = this.#cards.get(id)?.who ?? "";
      this.#stay(id);
      this.#render();
      this.#tell(id, who, was, is);
    }, GRACE_MS);
    this.#leaving.set(id, { was, timer });
    return true;
  }

  /**
   * What follows is known.
   *
   * @param {string} id
   * @returns {string} What one was in the call; empty where nobody waited.
   */
  #stay(id) {
    const { was = "", timer } = this.#leaving.get(id) ?? {};
    clearTimeout(timer);
    this.#leaving.delete(id);
    return was;
  }

  #render() {
    const rows = rules.rows(this.#calls(), this.#extension, this.#parents);
    const shown = rows.map(({ dialog, consultations }) => {
      const card = this.#card(dialog, false);
      const others = consultations.map((one) => this.#card(one, true));
      return { id: dialog.id, cards: [card, ...others] };
    });
    const wanted = shown.flatMap(({ cards }) => cards);
    for (const [id, card] of this.#cards) {
      if (!wanted.includes(card)) {
        this.#gone(card);
        this.#cards.delete(id);
      }
    }
    // What stays is not touched: moving an element would take the focus from it.
    for (const [index, card] of wanted.entries()) {
      if (this.#list.children[index] !== card) {
        this.#list.insertBefore(card, this.#list.children[index] ?? null);
      }
    }
    this.#none.hidden = wanted.length > 0;
    this.#incoming.show(wanted.filter((card) => this.#isRinging(card)));
  }

  /**
   * Whether to call somebody to it; who barges in has asked for the call that rings.
   *
   * @param {CallCard} card
   */
  #isRinging({ dialog }) {
    return rules.isAlerting(dialog, this.#extension) && dialog.mediaProperties.callType !== "SUPERVISOR_BARGE";
  }

  /** @param {CallCard} card */
  #gone(card) {
    const hadFocus = card.contains(document.activeElement);
    card.remove();
    if (hadFocus) {
      this.#goTo("");
    }
  }

  /**
   * Go on at a call, or where calls are.
   *
   * @param {string} id Of the call; empty for the first one.
   */
  #goTo(id) {
    const place = this.#cards.get(id) ?? this.#list;
    (place.querySelector("button") ?? this).focus();
  }

  /**
   * @param {Dialog} dialog
   * @param {boolean} isConsultation
   */
  #card(dialog, isConsultation) {
    let card = this.#cards.get(dialog.id);
    if (!card) {
      card = new CallCard();
      card.desk = this.desk;
      card.around = this.#around;
      this.#cards.set(dialog.id, card);
    }
    card.isConsultation = isConsultation;
    card.update(dialog);
    return card;
  }

  #tick() {
    const now = this.desk.clock.now();
    for (const card of this.#cards.values()) {
      card.tick(now);
    }
  }

  /** @param {{ id: string, before: Dialog | null, now: Dialog | null }} what */
  #changed({ id, before, now }) {
    const stateIn = (/** @type {Dialog | null} */ dialog) => (dialog ? (rules.own(dialog, this.#extension)?.state ?? "") : "");
    const [had, is] = [stateIn(before), stateIn(now)];
    if (is === "DROPPED" && this.#leaving.has(id)) {
      return; // somebody else leaves it, too
    }
    const was = this.#stay(id) || had;
    const who = this.#cards.get(id)?.who ?? "";
    const isLeaving = this.#leaves(id, was, is);
    this.#render();
    if (was !== is && !isLeaving) {
      this.#tell(id, this.#cards.get(id)?.who ?? who, was, is);
    }
  }

  /**
   * Say what has become of a call, to those who do not see it, and to those who look elsewhere.
   *
   * @param {string} id
   * @param {string} who
   * @param {string} was
   * @param {string} is
   */
  #tell(id, who, was, is) {
    const { desk } = this;
    if (!this.#incoming.isConnected) {
      return; // another one in the page does
    }
    const card = this.#cards.get(id);
    if (card && this.#isRinging(card)) {
      const text = say(rules.isPreview(card.dialog) ? "calls.previewOf" : "calls.incomingFrom", { who });
      const { queueName = "" } = card.dialog.mediaProperties;
      desk.announce(queueName ? `${text}, ${queueName}` : text, { assertive: true });
      desk.notify({ title: text, body: queueName, tag: id });
    } else if (is === "ACTIVE" || is === "HELD" || is === "FAILED") {
      desk.announce(say(`calls.said.${is}`, { who }));
    } else if (is === "WRAP_UP") {
      desk.announce(say("calls.wrapUp.now"));
    } else if (is === "" || is === "DROPPED") {
      if (who && was !== "WRAP_UP") {
        desk.announce(say(was === "ALERTING" ? "calls.said.missed" : "calls.said.over", { who }));
      }
    }
  }

  #addKeys() {
    const { shortcuts } = this.desk;
    const { signal } = this;
    const add = (/** @type {string} */ name, /** @type {string} */ key, /** @type {() => void} */ run) =>
      shortcuts?.add({ id: `calls.${name}`, label: say(`calls.shortcut.${name}`), keys: `Ctrl+Alt+${key}`, run, signal });
    for (const [name, key, action] of KEYS) {
      add(name, key, () => this.#nearest((card) => rules.buttonsOf(card.dialog, this.#extension).includes(action))?.press(action));
    }
    add("wrapUp", "W", () => this.#nearest((card) => card.canWrapUp)?.toggle("wrapUp"));
    add("save", "M", () => this.#nearest((card) => card.isChanged)?.save());
    add("revert", "Z", () => this.#nearest((card) => card.isChanged)?.revert());
  }

  /** @param {(card: CallCard) => boolean} isFit */
  #nearest(isFit) {
    const rank = (/** @type {CallCard} */ card) => NEAREST.indexOf(rules.own(card.dialog, this.#extension)?.state ?? "");
    const found = [...this.#cards.values()].filter(isFit);
    return found.sort((a, b) => rank(a) - rank(b))[0];
  }
}

customElements.define("call-control", CallControl);

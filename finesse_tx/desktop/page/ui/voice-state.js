/**
 * `<voice-state>`: what the agent is doing, why, for how long, and what he may do next.
 *
 * Spec: desktop.md §12 (voice state, timer), §17 (R and N).
 */
import { say } from "../../../browser/core/text.js";
import { fill, freshId, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";
import {
  choices,
  isBySystem,
  isInCall,
  kindOf,
  lacksWrapUp,
  stateLabel,
  stateLines,
  stateText,
  timeInState,
  timerText,
} from "../core/agent-states.js";
import { refusalText } from "../core/state-refusals.js";
import { HeaderPanel } from "./header-panel.js";
import { panelItem, reasonList } from "./reason-list.js";
import { stateMark } from "./state-mark.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/agent-states.js").Choice} Choice */
/** @typedef {import("./reason-list.js").ReasonCode} ReasonCode */

export class VoiceState extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  #mark = h("span", { class: "mark" });
  #label = h("span", { class: "label" });
  #more = h("span", { class: "more" });
  #timer = h("span", { class: "timer", role: "timer" });
  #button = h("button", { type: "button" });
  #panel = /** @type {HeaderPanel} */ (/** @type {any} */ (null));
  /** @type {ReasonCode[]} */
  #reasons = [];
  #isCCX = true;
  #forcesWrapUp = false;
  #asked = "";
  #offered = "";

  start() {
    const { desk, signal } = this;
    fill(this.#button, this.#mark, h("span", { class: "words" }, this.#label, this.#more));
    this.#panel = new HeaderPanel(this.#button, { label: say("sign.changeState"), fill: () => this.#fillPanel(), signal });
    fill(this, this.#button, this.#timer, this.#panel.element);
    desk.addEventListener("me", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail), { signal });
    desk.addEventListener("calls", () => this.#refillPanel(), { signal });
    desk.addEventListener("status", () => this.#show(), { signal });
    desk.clock.addEventListener("second", () => this.#tick(), { signal });
    this.#addShortcuts();
    this.#show();
    this.#learn();
  }

  async #learn() {
    const { desk, signal } = this;
    const kept = (/** @type {string} */ name) => desk.config(name).catch(() => null);
    const [reasons, system, settings, wrapUp] = await Promise.all(
      ["NotReadyReasons", "SystemInfo", "Settings", "WrapUpReasons"].map(kept),
    );
    this.#reasons = reasons?.ReasonCode ?? [];
    this.#isCCX = system?.deploymentType !== "UCCE";
    this.#forcesWrapUp = settings?.forceWrapUp !== "false" && (wrapUp?.WrapUpReason ?? []).length > 0;
    if (!signal.aborted) {
      this.#show();
    }
  }

  #addShortcuts() {
    const { desk, signal } = this;
    const run = (/** @type {Choice["state"]} */ state) => () => {
      const found = this.#choices.find((one) => one.state === state);
      if (!found || found.why) {
        desk.announce(found ? say(found.why) : say("sign.notNow", { state: stateLabel(state) }), { assertive: true });
      } else if (state === "NOT_READY" && this.#reasons.length > 0) {
        this.#panel.open();
        /** @type {HTMLElement | null} */ (this.#panel.element.querySelector(".reasons input, .reasons button"))?.focus();
      } else {
        this.#ask(state);
      }
    };
    desk.shortcuts?.add({ id: "ready", label: say("sign.key.ready"), keys: "Ctrl+Alt+R", run: run("READY"), signal });
    desk.shortcuts?.add({ id: "not-ready", label: say("sign.key.notReady"), keys: "Ctrl+Alt+N", run: run("NOT_READY"), signal });
  }

  get #choices() {
    const { me, calls } = this.desk;
    const dialogs = [...calls.values()];
    const all = choices(me, {
      isCCX: this.#isCCX,
      isInCall: isInCall(dialogs, me.extension),
      needsWrapUp: this.#forcesWrapUp && lacksWrapUp(dialogs, me.extension),
    });
    return all.filter(({ state }) => state !== me.state || this.#reasons.length > 0); // where there is a reason to change
  }

  /** @param {{ before: any, now: any }} change */
  #changed({ before, now }) {
    this.#show();
    this.#refillPanel();
    if (stateText(before) !== stateText(now)) {
      this.desk.announce(stateText(now));
    }
  }

  #show() {
    const { me, status } = this.desk;
    const [label, more] = stateLines(me);
    this.dataset["kind"] = kindOf(me.state);
    fill(this.#mark, stateMark(me.state));
    this.#label.textContent = label;
    this.#more.textContent = more;
    this.#more.classList.toggle("system", !me.pendingState && isBySystem(me));
    this.#button.title = stateText(me);
    this.#button.disabled = status === "failing" || status === "conflict";
    this.#tick();
  }

  #tick() {
    const { me, clock } = this.desk;
    this.#timer.textContent = timerText(timeInState(me, clock.now()));
  }

  /** What can be chosen may have changed; where it has not, whoever is looking for a reason goes on. */
  #refillPanel() {
    if (this.#panel.isOpen && this.#offered !== this.#offer) {
      this.#fillPanel();
    }
  }

  get #offer() {
    const { me } = this.desk;
    return JSON.stringify([me.state, me.reasonCodeId, this.#choices]);
  }

  #fillPanel() {
    const { me } = this.desk;
    const all = this.#choices;
    this.#offered = this.#offer;
    const { element } = this.#panel;
    const at = element.contains(document.activeElement) ? document.activeElement?.textContent : null;
    const [{ why } = { why: "" }] = all;
    const same = why && all.every((one) => one.why === why) ? why : "";
    const reason = h("p", { class: "notice warning", id: freshId("why") }, same && say(same));
    fill(
      element,
      all.length === 0 && h("p", { class: "none" }, say("sign.nothingNow", { state: stateLabel(me.state) })),
      same && reason,
      all.map((one) => this.#part(one, same && reason.id)),
    );
    if (at !== null) {
      const again = [...element.querySelectorAll("button")].find((one) => one.textContent === at);
      (again ?? element).focus();
    }
  }

  /**
   * @param {Choice} choice
   * @param {string} explained The id of what says why not, where it is the same of all.
   */
  #part({ state, isPending, why: reason }, explained) {
    const { me } = this.desk;
    const why = reason && say(reason);
    const note = isPending ? say("sign.afterCall") : "";
    if (state === "NOT_READY" && this.#reasons.length > 0) {
      const current = me.state === "NOT_READY" ? String(me.reasonCodeId ?? "") : "";
      const label = isPending ? say("sign.notReadyAfterCall") : stateLabel(state);
      return h(
        "section",
        {},
        h("h2", {}, stateMark(state), label),
        reasonList({ label, reasons: this.#reasons, why, explained, current, choose: ({ id }) => this.#ask(state, id) }),
      );
    }
    const isCurrent = state === me.state;
    return panelItem({ label: stateLabel(state), mark: stateMark(state), note, why, explained, isCurrent, act: () => this.#ask(state) });
  }

  /**
   * @param {Choice["state"]} state
   * @param {number | string} [reasonCodeId]
   */
  async #ask(state, reasonCodeId) {
    const { desk } = this;
    this.#panel.close();
    this.#button.focus();
    const asked = (this.#asked = `${state} ${reasonCodeId ?? ""}`);
    this.#button.setAttribute("aria-busy", "true");
    try {
      await desk.act("PUT", desk.me.uri, { state, ...(reasonCodeId !== undefined && { reasonCodeId: String(reasonCodeId) }) });
    } catch (error) {
      announce(refusalText(error, state), "bad");
    } finally {
      if (this.#asked === asked) {
        this.#button.removeAttribute("aria-busy");
      }
    }
  }
}

customElements.define("voice-state", VoiceState);

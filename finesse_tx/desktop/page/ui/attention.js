/**
 * Calls somebody back to the page: a title that flashes, a notification of the browser's, and, while a call rings, a sound.
 *
 * Spec: desktop.md §11 (permission), §13 (a call that arrives), §18.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { partyState } from "../core/agent-states.js";
import { remember, remembered } from "../core/memory.js";
import { RingTone } from "./ring-tone.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

const FLASH_MS = 1000;
const ICON = new URL("../../../browser/icon.svg", import.meta.url).href;

/** Calls that somebody has asked for himself: nobody is called to them. */
const SILENT = new Set(["SUPERVISOR_MONITOR", "SUPERVISOR_BARGE"]);

const ring = new RingTone();

/** @returns {boolean} Whether calls are heard. */
export function isSoundOn() {
  return remembered("sound") !== "off";
}

/** Somebody switches the sound while the phone rings, too. */
const switched = new EventTarget();

/** @param {boolean} isOn */
export function setSound(isOn) {
  remember("sound", isOn ? "" : "off");
  switched.dispatchEvent(new Event("sound"));
}

/** @returns {NotificationPermission | "none"} `none` where the browser has no notifications. */
export function permission() {
  return "Notification" in window ? Notification.permission : "none";
}

/** Ask for it; to be called when somebody has pressed something. */
export async function askPermission() {
  remember("asked", "yes");
  if (permission() === "default") {
    await Notification.requestPermission();
  }
}

/** `<attention-ask>`: asks once, after the first sign-in, whether the browser may show calls. */
export class AttentionAsk extends LiveElement {
  start() {
    this.hidden = permission() !== "default" || remembered("asked") === "yes";
    const done = () => this.remove();
    const answer = (/** @type {boolean} */ isWanted) => async () => {
      if (isWanted) {
        await askPermission();
      }
      remember("asked", "yes");
      done();
    };
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("sign.notify"));
    fill(
      this,
      h("p", {}, say("sign.notifyAsk")),
      h(
        "div",
        { class: "buttons" },
        h("button", { type: "button", onclick: answer(false) }, say("sign.notifyLater")),
        h("button", { type: "button", class: "primary", onclick: answer(true) }, say("sign.notifyAllow")),
      ),
    );
  }
}

customElements.define("attention-ask", AttentionAsk);

/** Of one desk, for as long as it is shown. */
export class Attention {
  #desk;
  #title = "";
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #flashing;
  /** @type {Set<Notification>} */
  #shown = new Set();

  /**
   * @param {Desk} desk
   * @param {AbortSignal} signal
   */
  constructor(desk, signal) {
    this.#desk = desk;
    const look = () => this.#look();
    desk.addEventListener("calls", look, { signal });
    desk.addEventListener("resync", look, { signal });
    switched.addEventListener("sound", look, { signal });
    window.addEventListener("focus", () => this.#rest(), { signal });
    window.addEventListener("blur", look, { signal });
    for (const type of ["pointerdown", "keydown"]) {
      window.addEventListener(type, () => ring.wake(), { signal, capture: true });
    }
    signal.addEventListener("abort", () => this.#end(), { once: true });
    look();
  }

  /** Whether a call waits to be answered. */
  get isRinging() {
    const { calls, me } = this.#desk;
    return [...calls.values()].some(
      (call) => partyState(call, me.extension) === "ALERTING" && !SILENT.has(call.mediaProperties?.callType ?? ""),
    );
  }

  /**
   * Tell somebody who may be looking elsewhere.
   *
   * @param {{ title: string, body?: string, tag?: string }} what A later one with the same tag takes its place.
   */
  notify({ title, body = "", tag = "" }) {
    if (document.hasFocus()) {
      return;
    }
    this.#flash(title);
    if (permission() === "granted") {
      const shown = new Notification(title, { body, tag, icon: ICON });
      this.#shown.add(shown);
      shown.addEventListener("close", () => this.#shown.delete(shown));
      shown.addEventListener("click", () => {
        window.focus();
        shown.close();
      });
    }
  }

  /** A call begins to ring, or rings no more. */
  #look() {
    const { isRinging } = this;
    if (isRinging && isSoundOn()) {
      ring.start();
    } else {
      ring.stop();
    }
    if (isRinging && !document.hasFocus()) {
      this.#flash(say("sign.ringing"));
    } else if (!isRinging) {
      this.#rest();
    }
  }

  /** @param {string} text */
  #flash(text) {
    this.#calm();
    this.#title = document.title;
    let isOn = false;
    const turn = () => {
      isOn = !isOn;
      document.title = isOn ? `● ${text}` : this.#title;
    };
    this.#flashing = setInterval(turn, FLASH_MS);
    turn();
  }

  /** The title is what it was. */
  #calm() {
    if (this.#flashing !== undefined) {
      clearInterval(this.#flashing);
      this.#flashing = undefined;
      document.title = this.#title;
    }
  }

  /** Somebody looks, or there is nothing to look at any more. */
  #rest() {
    this.#calm();
    for (const shown of this.#shown) {
      shown.close();
    }
  }

  #end() {
    ring.stop();
    this.#rest();
  }
}

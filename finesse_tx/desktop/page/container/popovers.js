/**
 * What gadgets have shown over the page: a chat that waits for an answer, a call of another system.
 *
 * Spec: `desktop.md` §8.6.
 */
import { POPOVERS } from "./topics.js";

/** @typedef {import("./hub.js").DesktopHub} DesktopHub */

/**
 * @typedef {object} Button
 * @property {string} id
 * @property {string} label
 * @property {boolean} isAffirming
 * @property {string} hoverText
 * @property {{ id: string, label: string, hoverText: string }[]} confirm Asked once more: these.
 */

/**
 * @typedef {object} Popover
 * @property {string} id
 * @property {string} title
 * @property {string} shortTitle While it is small.
 * @property {{ type: string, value: string }} icon
 * @property {{ name: string, value: string }[]} rows
 * @property {number} beganMs
 * @property {number} timeoutS After which it goes; −1: never.
 * @property {"" | "COUNT_UP" | "COUNT_DOWN"} counter
 * @property {boolean} isDismissible
 * @property {Button[]} buttons
 * @property {string} requiredActionText
 * @property {boolean} staysLarge
 */

/** So many are shown; of one more, the oldest goes as if somebody had dismissed it. */
export const MAX_POPOVERS = 20;

export const MAX_ROWS = 6;
export const MAX_BUTTONS = 2;
export const MAX_TEXT = 500;

const MIN_TIMEOUT_S = 3;
const MAX_TIMEOUT_S = 3600;

/** @param {unknown} value */
const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, MAX_TEXT) : "");

/** @param {unknown} value */
const list = (value) => (Array.isArray(value) ? value : []);

/** @param {any} given */
function banner(given) {
  const { icon, content, headerContent } = given ?? {};
  return {
    title: text(headerContent?.maxHeaderTitle),
    shortTitle: text(headerContent?.minHeaderTitle) || text(headerContent?.maxHeaderTitle),
    icon: { type: text(icon?.type), value: text(icon?.value) },
    rows: list(content)
      .slice(0, MAX_ROWS)
      .map((one) => ({ name: text(one?.name), value: text(one?.value) })),
  };
}

/** @param {any} given */
function timer(given) {
  const wanted = Number(given?.displayTimeoutInSecs);
  const timeoutS = wanted === -1 || Number.isNaN(wanted) ? -1 : Math.min(MAX_TIMEOUT_S, Math.max(MIN_TIMEOUT_S, wanted));
  const isCounted = given?.display === true && (given.counterType === "COUNT_UP" || given.counterType === "COUNT_DOWN");
  return { timeoutS, counter: isCounted ? given.counterType : "" };
}

/** @param {any} given */
function actions(given) {
  return {
    isDismissible: given === undefined || given?.dismissible !== false,
    buttons: list(given?.buttons)
      .slice(0, MAX_BUTTONS)
      .map((one) => ({
        id: text(one?.id),
        label: text(one?.label),
        isAffirming: one?.type === "Affirm",
        hoverText: text(one?.hoverText),
        confirm: list(one?.confirmButtons)
          .slice(0, MAX_BUTTONS)
          .map((other) => ({ id: text(other?.id), label: text(other?.label), hoverText: text(other?.hoverText) })),
      })),
    requiredActionText: text(given?.requiredActionText),
    staysLarge: given?.keepMaximised === true,
  };
}

/** What is shown now, the newest last. Fires `change`. */
export class Popovers extends EventTarget {
  #hub;
  #now;
  #later;
  /** @type {Map<string, Popover>} */
  #shown = new Map();
  /** @type {Map<string, () => void>} By id: what stops its clock. */
  #clocks = new Map();

  /**
   * @param {DesktopHub} hub
   * @param {AbortSignal} signal
   * @param {{ now?: () => number, later?: (then: () => void, ms: number) => () => void }} [time]
   */
  constructor(hub, signal, { now = Date.now, later = (then, ms) => {
    const timeout = setTimeout(then, ms);
    return () => clearTimeout(timeout);
  } } = {}) { // prettier-ignore
    super();
    this.#hub = hub;
    this.#now = now;
    this.#later = later;
    hub.subscribe(POPOVERS, (data) => this.#said(data), signal);
    signal.addEventListener("abort", () => this.#clocks.forEach((stop) => stop()));
  }

  get all() {
    return [...this.#shown.values()];
  }

  /**
   * Somebody has answered, or nobody has: it goes, and the gadget hears why.
   *
   * @param {string} id
   * @param {string} source `dismissed`, `timeout`, or `btn_<id of a button>_click`.
   */
  close(id, source) {
    if (this.#gone(id)) {
      this.#hub.publish(`${POPOVERS}.${id}`, { id, source });
    }
  }

  /** @param {any} told */
  #said(told) {
    const { id, topic, action, data } = told ?? {};
    if (typeof id !== "string" || !id || topic !== `${POPOVERS}.${id}`) {
      return;
    }
    if (action === "show") {
      this.#show(id, data ?? {});
    } else if (action === "update") {
      this.#update(id, data ?? {});
    } else if (action === "dismiss") {
      this.#gone(id);
    }
  }

  /**
   * @param {string} id
   * @param {any} data
   */
  #show(id, data) {
    this.#clocks.get(id)?.();
    this.#shown.delete(id);
    const oldest = this.all[0];
    if (this.#shown.size >= MAX_POPOVERS && oldest) {
      this.close(oldest.id, "dismissed");
    }
    const made = { id, beganMs: this.#now(), ...banner(data.bannerData), ...timer(data.timerData), ...actions(data.actionData) };
    this.#shown.set(id, made);
    this.#time(made);
    this.dispatchEvent(new Event("change"));
  }

  /**
   * @param {string} id
   * @param {any} data
   */
  #update(id, data) {
    const known = this.#shown.get(id);
    if (known) {
      Object.assign(known, data.bannerData ? banner(data.bannerData) : {}, data.timerData ? timer(data.timerData) : {});
      if (data.timerData) {
        known.beganMs = this.#now();
        this.#time(known);
      }
      this.dispatchEvent(new Event("change"));
    }
  }

  /** @param {Popover} popover */
  #time({ id, timeoutS }) {
    this.#clocks.get(id)?.();
    this.#clocks.delete(id);
    if (timeoutS > 0) {
      this.#clocks.set(id, this.#later(() => this.close(id, "timeout"), timeoutS * 1000));
    }
  }

  /** @param {string} id */
  #gone(id) {
    this.#clocks.get(id)?.();
    this.#clocks.delete(id);
    const wasThere = this.#shown.delete(id);
    if (wasThere) {
      this.dispatchEvent(new Event("change"));
    }
    return wasThere;
  }
}

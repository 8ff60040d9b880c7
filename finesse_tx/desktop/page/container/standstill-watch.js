/**
 * The page's side of `standstill.js`: it answers the worker, and says which gadgets begin, or were told something, before that
 * has any effect on them.
 */
import { lastStanding } from "./standstill-store.js";

/** @typedef {import("./standstill.js").Said} Said */
/** @typedef {import("./standstill.js").Standing} Standing */
/** @typedef {import("./standstill.js").Suspect} Suspect */

/** So long after it has come a gadget still begins: what it does first is done then. */
export const BEGINS_MS = 2_000;

/** The same gadget is not told of twice within this. */
const AGAIN_MS = 500;

/** A task of a gadget that takes so long is said to its user. */
export const LONG_MS = 3_000;

/** The store has so long to answer before the desktop is shown. */
const STORE_MS = 1_000;

/** The worker has so long to begin before gadgets do: what stops the page before that, nobody sees. */
export const UP_MS = 2_000;

/**
 * @typedef {{
 *   postMessage: (said: Said | { loginId: string }) => void,
 *   onmessage: ((event: any) => void) | null,
 *   onerror: ((event: any) => void) | null,
 *   terminate: () => void,
 * }} Watcher
 */

export class StandstillWatch {
  /** Fires when it is watched, or will not be. @type {Promise<void>} */
  isUp;

  #worker;
  #later;
  #now;
  /** @type {Map<object, Suspect>} */
  #loading = new Map();
  /** When each was told of last. @type {Map<string, number>} */
  #told = new Map();

  /**
   * @param {Watcher} worker
   * @param {string} loginId
   * @param {AbortSignal} signal Ends it.
   * @param {{ later?: (then: () => void, ms: number) => void, now?: () => number }} [platform]
   */
  constructor(worker, loginId, signal, { later = (then, ms) => void setTimeout(then, ms), now = () => performance.now() } = {}) {
    this.#worker = worker;
    this.#later = later;
    this.#now = now;
    this.isUp = new Promise((done) => {
      worker.onmessage = () => {
        worker.postMessage({});
        done();
      };
      worker.onerror = () => done();
      later(done, UP_MS);
    });
    worker.postMessage({ loginId });
    signal.addEventListener("abort", () => worker.terminate());
  }

  /**
   * A gadget begins.
   *
   * @param {object} frame
   * @param {Suspect} suspect
   */
  begins(frame, suspect) {
    this.#loading.set(frame, suspect);
    this.#tell();
  }

  /**
   * It is there, or not wanted any more: after what it does first, it begins no more.
   *
   * @param {object} frame
   */
  has(frame) {
    const suspect = this.#loading.get(frame);
    this.#later(() => {
      if (suspect && this.#loading.get(frame) === suspect) {
        this.#loading.delete(frame);
        this.#tell();
      }
    }, BEGINS_MS);
  }

  /**
   * A gadget is told something, or somebody works in it.
   *
   * @param {Suspect} suspect
   */
  touches(suspect) {
    const now = this.#now();
    if (now - (this.#told.get(suspect.place) ?? -AGAIN_MS) >= AGAIN_MS) {
      this.#told.set(suspect.place, now);
      this.#worker.postMessage({ touched: suspect });
    }
  }

  #tell() {
    this.#worker.postMessage({ loading: [...this.#loading.values()] });
  }
}

/** @returns {Watcher} */
export function watcher() {
  return new Worker(new URL("./standstill-worker.js", import.meta.url), { type: "module" });
}

/**
 * What the worker saw before the page was loaded; null for nothing, and where it cannot be known.
 *
 * @param {string} loginId
 * @returns {Promise<Standing | null>}
 */
export function standingBefore(loginId) {
  const late = new Promise((done) => setTimeout(() => done(null), STORE_MS));
  return /** @type {Promise<Standing | null>} */ (Promise.race([lastStanding(loginId).catch(() => null), late]));
}

/**
 * Tell of each long task of a gadget's, where the browser says whose it was.
 *
 * @param {(frameId: string, seconds: number) => void} told
 * @param {AbortSignal} signal
 */
export function followLongTasks(told, signal) {
  if (!globalThis.PerformanceObserver?.supportedEntryTypes?.includes("longtask")) {
    return;
  }
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { containerId = "" } = /** @type {any} */ (entry).attribution?.[0] ?? {};
      if (entry.duration >= LONG_MS && containerId) {
        told(containerId, Math.round(entry.duration / 1000));
      }
    }
  });
  observer.observe({ type: "longtask" });
  signal.addEventListener("abort", () => observer.disconnect());
}

/**
 * How much gadgets may ask of the page: one that calls it without end is heard no more, and at last is ended.
 *
 * Touches no DOM; runs under node.
 */

/** So many calls may come at once, such as what a gadget has logged while it began. */
export const BURST = 2_000;

/** So many more each second. */
export const PER_SECOND = 200;

/** One of whom so many calls were not heard since it was last quiet is ended. */
export const PATIENCE = 5_000;

/** @typedef {"heard" | "first" | "dropped" | "end"} Verdict "first" and "end" come once: the first call that is not heard, and the last. */

export class CallPace {
  #now;
  /** @type {Map<string, { left: number, at: number, dropped: number }>} */
  #callers = new Map();

  /** @param {() => number} now In milliseconds. */
  constructor(now) {
    this.#now = now;
  }

  /**
   * @param {string} caller
   * @returns {Verdict}
   */
  judge(caller) {
    const now = this.#now();
    const known = this.#callers.get(caller) ?? { left: BURST, at: now, dropped: 0 };
    this.#callers.set(caller, known);
    known.left = Math.min(BURST, known.left + ((now - known.at) * PER_SECOND) / 1000);
    known.at = now;
    if (known.left >= 1) {
      known.left -= 1;
      if (known.left >= BURST / 2) {
        known.dropped = 0; // it is quiet again
      }
      return "heard";
    }
    known.dropped += 1;
    if (known.dropped === 1) {
      return "first";
    }
    return known.dropped === PATIENCE ? "end" : "dropped";
  }

  /** @param {string} caller Who is gone, or begins anew. */
  forget(caller) {
    this.#callers.delete(caller);
  }
}

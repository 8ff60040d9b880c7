/**
 * Whether gadgets of another origin are still there. Browsers give them a process of their own, so that one in an endless
 * loop stops nothing but itself; what is seen of it then is a picture that does not move, and that must be said.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §18.
 */

/** How often they are asked. */
export const BEAT_MS = 3_000;

/** One that has not answered so many times in a row is away: counted, not timed, since a machine that sleeps asks nobody. */
export const MISSED = 2;

/** @typedef {{ mid: number, isForeign: boolean, isOnHub: boolean, awake: (isAwake: boolean) => void }} Asked */

export class Pulse {
  #ask;
  /** How many answers of each are missing. @type {WeakMap<Asked, { missing: number }>} */
  #known = new WeakMap();

  /** @param {(mid: number, answered: () => void) => void} ask */
  constructor(ask) {
    this.#ask = ask;
  }

  /** @param {Iterable<Asked>} frames All that there are. */
  beat(frames) {
    for (const frame of frames) {
      if (!frame.isForeign || !frame.isOnHub) {
        this.#known.delete(frame); // it is loaded anew
        continue;
      }
      const known = this.#known.get(frame) ?? { missing: 0 };
      this.#known.set(frame, known);
      if (known.missing === MISSED) {
        frame.awake(false);
      }
      known.missing += 1;
      this.#ask(frame.mid, () => this.#answered(frame, known));
    }
  }

  /**
   * @param {Asked} frame
   * @param {{ missing: number }} known
   */
  #answered(frame, known) {
    if (this.#known.get(frame) === known) {
      if (known.missing > MISSED) {
        frame.awake(true);
      }
      known.missing = 0;
    }
  }
}

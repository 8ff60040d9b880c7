/**
 * Gadgets are started a few at a time, those that can be seen first, so that a desktop of twenty is no storm.
 */

/** So many are on their way at once. */
export const AT_ONCE = 4;

/** After so long one that is still on its way keeps the others waiting no more. */
export const PATIENCE_MS = 8_000;

/**
 * @typedef {object} Startable
 * @property {() => Promise<unknown>} start Resolves, or rejects, when it is there or has failed.
 * @property {() => boolean} isSeen Whether it can be seen now.
 */

export class StartQueue {
  /** @type {Startable[]} */
  #waiting = [];
  #running = 0;
  #later;

  /** @param {(then: () => void, ms: number) => void} [later] */
  constructor(later = (then, ms) => void setTimeout(then, ms)) {
    this.#later = later;
  }

  /** How many wait. */
  get waiting() {
    return this.#waiting.length;
  }

  /** @param {Startable} one */
  add(one) {
    this.#waiting.push(one);
    queueMicrotask(() => this.#next());
  }

  /** @param {Startable} one Which is not to be started any more. */
  drop(one) {
    this.#waiting = this.#waiting.filter((other) => other !== one);
  }

  #next() {
    while (this.#running < AT_ONCE && this.#waiting.length > 0) {
      const at = Math.max(0, this.#waiting.findIndex((one) => one.isSeen()));
      const [one] = this.#waiting.splice(at, 1);
      if (one) {
        this.#run(one);
      }
    }
  }

  /** @param {Startable} one */
  #run(one) {
    this.#running += 1;
    let isOver = false;
    const over = () => {
      if (!isOver) {
        isOver = true;
        this.#running -= 1;
        this.#next();
      }
    };
    this.#later(over, PATIENCE_MS);
    one.start().then(over, over);
  }
}

/**
 * Gadgets say how high they are, and some never come to an end of it: they are as high as their frame and a little more.
 *
 * Touches no DOM; runs under node.
 */

/** One that has grown so often, and has not shrunk, within so long, would grow for ever. */
export const STEPS = 40;
export const WITHIN_MS = 10_000;

export class Growth {
  #now;
  /** When it has grown, since it began to. @type {number[]} */
  #steps = [];
  #height = 0;
  #before = 0;

  /** Whether it is held. */
  isHeld = false;

  /** @param {() => number} now In milliseconds. */
  constructor(now) {
    this.#now = now;
  }

  /**
   * @param {number} height That a gadget asks for.
   * @returns {number} That it gets: once it is held, what it had when it began to grow, until it asks for less than that.
   */
  grant(height) {
    if (this.isHeld && height > this.#before) {
      return this.#before;
    }
    const now = this.#now();
    this.isHeld = false;
    this.#steps = height > this.#height ? this.#steps.filter((at) => now - at < WITHIN_MS) : [];
    if (this.#steps.length === 0) {
      this.#before = this.#height || height;
    }
    if (height > this.#height) {
      this.#steps.push(now);
    }
    this.#height = height;
    this.isHeld = this.#steps.length > STEPS;
    return this.isHeld ? this.#before : height;
  }

  /** It begins anew. */
  reset() {
    this.#steps = [];
    this.#height = 0;
    this.isHeld = false;
  }
}

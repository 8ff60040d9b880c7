/**
 * How high a gadget's frame is: as its address says, then as its `ModulePrefs`, then as the gadget does.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §8.3; `gadgets.md` §9.5, §10.3.
 */
import { MAX_HEIGHT } from "./frame-view.js";
import { Growth } from "./growth.js";

/** @typedef {import("./kept-heights.js").KeptHeights} KeptHeights */

export class FrameHeight {
  /** In pixels. */
  now;
  #heights;
  #key;
  #growth;
  #hasSpoken = false;

  /**
   * @param {KeptHeights} heights
   * @param {string} key What it is kept under.
   * @param {number} first While nothing is known.
   * @param {() => number} clock In milliseconds.
   */
  constructor(heights, key, first, clock) {
    this.#heights = heights;
    this.#key = key;
    this.#growth = new Growth(clock);
    this.now = heights.get(key) || first;
  }

  /** Whether the gadget would grow without end. */
  get isHeld() {
    return this.#growth.isHeld;
  }

  /**
   * The gadget says how high it is. What is measured where nothing is shown is too little, so then it only grows.
   *
   * @param {number} height
   * @param {boolean} isSeen
   */
  say(height, isSeen) {
    if (height >= 0 && (isSeen || height > this.now)) {
      this.#hasSpoken = true;
      this.now = this.#growth.grant(Math.min(Math.round(height), MAX_HEIGHT));
      this.#heights.set(this.#key, this.now);
    }
  }

  /** @param {number} height Of its specification. */
  propose(height) {
    if (height > 0 && !this.#hasSpoken) {
      this.now = Math.min(height, MAX_HEIGHT);
    }
  }

  /** It is loaded again. */
  renew() {
    this.#growth.reset();
  }
}

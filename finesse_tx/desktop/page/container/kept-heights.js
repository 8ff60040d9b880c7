/** How high gadgets were, so that a page that is loaded again does not jump while they come: as long as the tab lives. */

import { keepList, readList } from "./kept-list.js";

const KEY = "finesse-tx.heights";

/** Of so many gadgets. */
export const MAX_HEIGHTS = 200;

export class KeptHeights {
  #storage;
  /** @type {Map<string, number>} */
  #heights;

  /** @param {Pick<Storage, "getItem" | "setItem">} storage */
  constructor(storage) {
    this.#storage = storage;
    this.#heights = new Map(/** @type {[string, number][]} */ (readList(storage, KEY).filter((one) => Array.isArray(one))));
  }

  /**
   * @param {string} gadget
   * @returns {number} In pixels; 0: it is not known.
   */
  get(gadget) {
    const height = Number(this.#heights.get(gadget));
    return height > 0 ? height : 0;
  }

  /**
   * @param {string} gadget
   * @param {number} height
   */
  set(gadget, height) {
    if (this.#heights.get(gadget) === height) {
      return;
    }
    this.#heights.delete(gadget);
    this.#heights.set(gadget, height);
    keepList(this.#storage, KEY, [...this.#heights].slice(-MAX_HEIGHTS)); // where there is no room the page jumps
  }
}

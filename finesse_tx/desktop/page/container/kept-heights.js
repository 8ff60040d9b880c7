/** How high gadgets were, so that a page that is loaded again does not jump while they come: as long as the tab lives. */

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
    this.#heights = new Map(readAll(storage));
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
    try {
      this.#storage.setItem(KEY, JSON.stringify([...this.#heights].slice(-MAX_HEIGHTS)));
    } catch {
      // The storage is full: then the page jumps.
    }
  }
}

/**
 * @param {Pick<Storage, "getItem">} storage
 * @returns {[string, number][]}
 */
function readAll(storage) {
  try {
    const found = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? /** @type {[string, number][]} */ (found.filter((one) => Array.isArray(one))) : [];
  } catch {
    return []; // somebody else's
  }
}

/** Gadgets that are left out in this browser, because the page stood still with them, until somebody loads them: by person. */

import { keepList, readList } from "./kept-list.js";

/** So many; of one more the first is loaded again. */
export const MAX_HELD = 20;

export class HeldGadgets {
  #storage;
  #key;

  /**
   * @param {Pick<Storage, "getItem" | "setItem">} storage
   * @param {string} loginId
   */
  constructor(storage, loginId) {
    this.#storage = storage;
    this.#key = `finesse-tx.held.${loginId}`;
  }

  /** @returns {string[]} */
  #all() {
    return readList(this.#storage, this.#key);
  }

  /** @param {string} url Of its specification; the query does not count. */
  has(url) {
    return this.#all().includes(placeOf(url));
  }

  /** @param {string} url */
  hold(url) {
    this.#set([...this.#all().filter((place) => place !== placeOf(url)), placeOf(url)].slice(-MAX_HELD));
  }

  /** @param {string} url */
  release(url) {
    this.#set(this.#all().filter((place) => place !== placeOf(url)));
  }

  /** @param {string[]} places */
  #set(places) {
    keepList(this.#storage, this.#key, places); // where there is no room it holds until the next reload
  }
}

/** @param {string} url */
export function placeOf(url) {
  return url.split(/[?#]/, 1)[0] ?? url;
}

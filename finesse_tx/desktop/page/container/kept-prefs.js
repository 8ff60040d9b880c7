/**
 * The preferences that gadgets have set, for the next time: by person and gadget, in this browser.
 *
 * Spec: `gadgets.md` §10.3, `set_pref`.
 */

import { placeOf } from "./held-gadgets.js";
import { keepList, readList } from "./kept-list.js";

/** So many characters may the preferences of one gadget have; more are not kept. */
export const MAX_KEPT = 65_536;

/** So many gadgets of one person; of one more, that which was changed longest ago is forgotten. */
export const MAX_GADGETS = 100;

export class KeptPrefs {
  #storage;
  #key;

  /**
   * @param {Storage} storage
   * @param {string} loginId
   */
  constructor(storage, loginId) {
    this.#storage = storage;
    this.#key = `finesse-tx.prefs.${loginId}`;
  }

  /** @returns {[string, Record<string, string>][]} By specification, what was changed last at the end. */
  #all() {
    return readList(this.#storage, this.#key);
  }

  /**
   * @param {string} url The gadget's specification; its query does not count.
   * @returns {Record<string, string>}
   */
  get(url) {
    return this.#all().find(([place]) => place === placeOf(url))?.[1] ?? {};
  }

  /**
   * @param {string} url
   * @param {Record<string, string>} changes
   * @returns {boolean} False: it is too much, and nothing is kept.
   */
  set(url, changes) {
    const place = placeOf(url);
    const kept = { ...this.get(url), ...changes };
    if (JSON.stringify(kept).length > MAX_KEPT) {
      return false;
    }
    const others = this.#all().filter(([other]) => other !== place);
    return keepList(this.#storage, this.#key, [...others, [place, kept]].slice(-MAX_GADGETS));
  }
}

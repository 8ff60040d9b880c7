/**
 * Lists that a browser keeps. What it cannot keep, or somebody else has written there, is no list: nothing depends on one.
 *
 * Touches no DOM; runs under node.
 */

/**
 * @param {Pick<Storage, "getItem">} storage
 * @param {string} key
 * @returns {any[]}
 */
export function readList(storage, key) {
  try {
    const found = JSON.parse(storage.getItem(key) ?? "[]");
    return Array.isArray(found) ? found : [];
  } catch {
    return []; // somebody else's
  }
}

/**
 * @param {Pick<Storage, "setItem">} storage
 * @param {string} key
 * @param {unknown[]} list
 * @returns {boolean} False: the storage is full.
 */
export function keepList(storage, key, list) {
  try {
    storage.setItem(key, JSON.stringify(list));
    return true;
  } catch {
    return false;
  }
}

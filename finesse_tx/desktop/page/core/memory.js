/**
 * What this browser remembers of somebody's wishes: the extension, the language, the colours, the sound. Never a password,
 * nothing of a customer, and nothing that the desktop could not do without: where there is no store, it is forgotten.
 *
 * Touches no DOM; runs under node.
 */

const PREFIX = "finesse_tx.desktop.";

/** @param {Storage | undefined} store */
const place = (store) => store ?? globalThis.localStorage;

/**
 * @param {string} key
 * @param {Storage} [store]
 * @returns {string} Empty for what nobody has kept.
 */
export function remembered(key, store) {
  try {
    return place(store)?.getItem(PREFIX + key) ?? "";
  } catch {
    return "";
  }
}

/**
 * @param {string} key
 * @param {string} value Empty to forget it.
 * @param {Storage} [store]
 */
export function remember(key, value, store) {
  try {
    if (value) {
      place(store)?.setItem(PREFIX + key, value);
    } else {
      place(store)?.removeItem(PREFIX + key);
    }
  } catch {
    // full, or forbidden
  }
}

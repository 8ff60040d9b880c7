/**
 * Who uses which extension on this machine, where they want that remembered: as many people as share a desk.
 *
 * Touches no DOM; runs under node.
 */
import { remember, remembered } from "./memory.js";

const KEY = "extensions";

/** How many people are remembered; whoever signed in longest ago is forgotten. */
export const MOST = 20;

/**
 * @typedef {object} Known
 * @property {string} extension
 * @property {string} [mode] Of a mobile agent.
 * @property {string} [dialNumber]
 */

/** @param {Storage} [store] @returns {[name: string, known: Known][]} */
function all(store) {
  try {
    const found = JSON.parse(remembered(KEY, store));
    return Array.isArray(found) ? found.filter((one) => typeof one?.[1]?.extension === "string") : [];
  } catch {
    return [];
  }
}

/** @param {string} username */
const keyOf = (username) => username.trim().toLowerCase();

/**
 * @param {string} username
 * @param {Storage} [store]
 * @returns {Known | null}
 */
export function known(username, store) {
  return all(store).find(([name]) => name === keyOf(username))?.[1] ?? null;
}

/**
 * @param {string} username
 * @param {Known | null} what Null to forget it.
 * @param {Storage} [store]
 */
export function keepKnown(username, what, store) {
  const others = all(store).filter(([name]) => name !== keyOf(username));
  const now = what ? [[keyOf(username), what], ...others].slice(0, MOST) : others;
  remember(KEY, now.length > 0 ? JSON.stringify(now) : "", store);
}

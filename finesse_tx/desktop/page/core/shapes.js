/**
 * What objects of the API are made of: times, and paths that end in an id.
 *
 * Touches no DOM; runs under node.
 */

/**
 * A time.
 *
 * @param {unknown} text Such as `2026-11-22T20:35:14.749Z`.
 * @returns {number | null} Milliseconds since 1970; null for none.
 */
export function instant(text) {
  const found = typeof text === "string" && text ? Date.parse(text) : Number.NaN;
  return Number.isNaN(found) ? null : found;
}

/**
 * The end of a path, where the id is.
 *
 * @param {unknown} uri
 */
export function lastOf(uri) {
  return String(uri ?? "").replace(/\/+$/, "").split("/").at(-1) ?? "";
}

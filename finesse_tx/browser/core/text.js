/**
 * What pages say: sentences by key, from catalogues that others can extend.
 *
 * A catalogue is an object of strings; `{name}` stands for a value. What a language lacks is said in English.
 */

/** @typedef {Record<string, string>} Catalogue */

/** @type {Catalogue[]} */
let catalogues = [];

/**
 * Choose what is spoken.
 *
 * @param {...Catalogue} chosen The first that has a key has the word.
 */
export function speak(...chosen) {
  catalogues = chosen;
}

/**
 * Say something.
 *
 * @param {string} key
 * @param {Record<string, string | number>} [values] For the names in braces.
 * @returns {string} The key itself when no catalogue has it: better a strange word than none.
 */
export function say(key, values = {}) {
  const found = catalogues.find((catalogue) => Object.hasOwn(catalogue, key))?.[key] ?? key;
  return found.replaceAll(/\{(\w+)\}/g, (whole, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : whole,
  );
}

/**
 * Which language the desktop speaks, and how it writes times and numbers.
 *
 * A language is a folder of `page/text/`, with a module for each area; whoever adds one adds it to `LANGUAGES`, and to
 * what `/desktop/api/languages` says. What a language lacks is said in English.
 *
 * Touches no DOM; runs under node. Spec: desktop.md §2 (`locale`), §11 (language), §18.
 */
import { say, speak } from "../../../browser/core/text.js";

/** @typedef {import("../../../browser/core/text.js").Catalogue} Catalogue */

/**
 * @typedef {object} Language
 * @property {string} locale As Finesse names it, such as `fr_FR`.
 * @property {string} name What its speakers call it.
 * @property {string} folder Of `page/text/`.
 * @property {(text: string) => string} [typeset] What translators need not mind.
 */

/** French has a space beside these marks, at which no line ends. @param {string} text */
const french = (text) => text.replaceAll(/ (?=[?!;:»])|(?<=«) /g, "\u00a0");

/** @type {Language[]} The first is spoken where no other fits. */
export const LANGUAGES = [
  { locale: "en_US", name: "English", folder: "english" },
  { locale: "fr_FR", name: "Français", folder: "french", typeset: french },
];

/** What a language consists of: the names of the modules in its folder. */
export const AREAS = ["calls", "gadgets", "reasons", "shell", "sign", "team"];

/** What elements of `browser/ui` say, wherever they are. */
const COMMON = ["form", "table"];

const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"]);

/** What is chosen, for everybody who writes a time or a number. @type {Language} */
let spoken = /** @type {Language} */ (LANGUAGES[0]);

/** @param {string} locale `fr_FR` or `fr-FR`. @returns {string} `fr-FR`. */
export function tagOf(locale) {
  return locale.replaceAll("_", "-");
}

/** @param {string} locale */
const languageOf = (locale) => tagOf(locale).split("-")[0]?.toLowerCase() ?? "";

/** @param {string} locale Which way it is written. @returns {"ltr" | "rtl"} */
export function directionOf(locale) {
  return RIGHT_TO_LEFT.has(languageOf(locale)) ? "rtl" : "ltr";
}

/**
 * A name among other words: one that is written from right to left keeps numbers beside it in their place.
 *
 * @param {string} name
 */
export function isolated(name) {
  return /[\u0590-\u08ff]/.test(name) ? `\u2068${name}\u2069` : name;
}

/**
 * Find the language for what somebody wants: the same locale, else another of the same language.
 *
 * @param {string} wanted
 * @param {Language[]} languages
 */
function found(wanted, languages) {
  return (
    languages.find(({ locale }) => tagOf(locale).toLowerCase() === tagOf(wanted).toLowerCase()) ??
    languages.find(({ locale }) => languageOf(locale) === languageOf(wanted))
  );
}

/**
 * Choose.
 *
 * @param {object} wishes
 * @param {string} [wishes.asked] Of the address; wins.
 * @param {string} [wishes.remembered] From last time.
 * @param {readonly string[]} [wishes.preferred] The browser's, the dearest first.
 * @param {Language[]} [languages]
 * @returns {Language}
 */
export function choose({ asked = "", remembered = "", preferred = [] }, languages = LANGUAGES) {
  for (const wanted of [asked, remembered, ...preferred]) {
    const language = wanted && found(wanted, languages);
    if (language) {
      return language;
    }
  }
  return /** @type {Language} */ (languages[0]);
}

/**
 * Load what a language says.
 *
 * @param {string} folder
 * @param {(text: string) => string} [typeset]
 * @returns {Promise<Catalogue>}
 */
export async function catalogue(folder, typeset = (text) => text) {
  const modules = await Promise.all([
    ...AREAS.map((area) => import(`../text/${folder}/${area}.js`)),
    ...COMMON.map((area) => import(`../../../browser/text/${folder}/${area}.js`)),
  ]);
  /** @type {[string, string][]} */
  const all = modules.flatMap((module) => Object.values(module).flatMap((one) => Object.entries(one)));
  return Object.fromEntries(all.map(([key, text]) => [key, typeset(text)]));
}

/**
 * Speak a language from now on.
 *
 * @param {Language} language
 */
export async function use(language) {
  const english = language.folder === "english" ? [] : [catalogue("english")];
  speak(...(await Promise.all([catalogue(language.folder, language.typeset), ...english])));
  spoken = language;
  formats.clear();
}

/** @returns {Language} What is spoken. */
export function current() {
  return spoken;
}

/** @type {Map<string, any>} */
const formats = new Map();

/**
 * @template T
 * @param {string} key
 * @param {(tag: string) => T} make
 * @returns {T}
 */
function kept(key, make) {
  if (!formats.has(key)) {
    formats.set(key, make(tagOf(spoken.locale)));
  }
  return formats.get(key);
}

/** @param {number} ms Since 1970. @returns {string} The time of day, to the minute. */
export function timeOfDay(ms) {
  return kept("time", (tag) => new Intl.DateTimeFormat(tag, { timeStyle: "short" })).format(ms);
}

/** @param {number} ms Since 1970. @returns {string} The time of day, to the second. */
export function momentOfDay(ms) {
  return kept("moment", (tag) => new Intl.DateTimeFormat(tag, { timeStyle: "medium" })).format(ms);
}

/** @param {number} ms Since 1970. @returns {string} The day, and the time of day to the minute. */
export function dayAndTime(ms) {
  return kept("both", (tag) => new Intl.DateTimeFormat(tag, { dateStyle: "medium", timeStyle: "short" })).format(ms);
}

/** @param {number} value */
export function number(value) {
  return kept("number", (tag) => new Intl.NumberFormat(tag)).format(value);
}

/** @returns {Intl.Collator} Orders names as the language does, `Desk 9` before `Desk 10`. */
export function collator() {
  return kept("collator", (tag) => new Intl.Collator(tag, { numeric: true, sensitivity: "base" }));
}

/**
 * Say something about so many: the key's form for that number, `key.one`, `key.other` and what else the language has.
 *
 * @param {string} key
 * @param {number} count `{count}` in the sentence.
 * @param {Record<string, string | number>} [values]
 */
export function sayCount(key, count, values = {}) {
  const form = kept("plural", (tag) => new Intl.PluralRules(tag)).select(count);
  const said = say(`${key}.${form}`, { count: number(count), ...values });
  return said === `${key}.${form}` ? say(`${key}.other`, { count: number(count), ...values }) : said;
}

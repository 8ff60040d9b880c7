/** The language on the page: chosen, spoken, remembered, and told to the browser. */
import { say } from "../../../browser/core/text.js";
import { h } from "../../../browser/ui/element.js";
import { LANGUAGES, choose, current, directionOf, tagOf, use } from "../core/locale.js";
import { remember, remembered } from "../core/memory.js";

/** @typedef {import("../core/locale.js").Language} Language */

const KEY = "locale";

/**
 * Speak a language, and have assistive technology and hyphenation know it.
 *
 * @param {Language} language
 */
export async function speakLanguage(language) {
  await use(language);
  document.documentElement.lang = tagOf(language.locale);
  document.documentElement.dir = directionOf(language.locale);
}

/** Speak what the address asks for, which is remembered; else what is, else what the browser prefers. */
export async function beginLanguage() {
  const asked = new URLSearchParams(location.search).get("locale") ?? "";
  const language = choose({ asked, remembered: remembered(KEY), preferred: navigator.languages });
  if (asked) {
    remember(KEY, language.locale);
  }
  await speakLanguage(language);
}

/** The address would win over what somebody chooses on the page. */
function forgetAsked() {
  const address = new URL(location.href);
  address.searchParams.delete("locale");
  history.replaceState(history.state, "", address);
}

/**
 * A list of the languages, each in its own name.
 *
 * @param {string} id
 * @param {(language: Language) => void} chosen It is remembered by then.
 */
export function languageList(id, chosen) {
  return h(
    "select",
    {
      id,
      "aria-label": say("sign.language"),
      onchange: (/** @type {Event} */ event) => {
        const { value } = /** @type {HTMLSelectElement} */ (event.currentTarget);
        const language = LANGUAGES.find(({ locale }) => locale === value);
        if (language) {
          remember(KEY, language.locale);
          forgetAsked();
          chosen(language);
        }
      },
    },
    LANGUAGES.map(({ locale, name }) =>
      h("option", { value: locale, selected: locale === current().locale, lang: tagOf(locale) }, name),
    ),
  );
}

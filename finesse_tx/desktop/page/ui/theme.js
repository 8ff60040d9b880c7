/** Light, dark, or as the machine has it: for all pages of the desktop, remembered. */
import { remember, remembered } from "../core/memory.js";

const KEY = "theme";

/** What can be chosen. */
export const THEMES = ["system", "light", "dark"];

/** @returns {string} What is chosen. */
export function theme() {
  const found = remembered(KEY);
  return THEMES.includes(found) ? found : "system";
}

/** @param {string} chosen One of `THEMES`. */
export function setTheme(chosen) {
  remember(KEY, chosen === "system" ? "" : chosen);
  showTheme();
}

/** Show what is chosen. */
export function showTheme() {
  const { dataset } = document.documentElement;
  const chosen = theme();
  if (chosen === "system") {
    delete dataset["theme"];
  } else {
    dataset["theme"] = chosen;
  }
}

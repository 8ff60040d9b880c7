/** What tables of `browser/ui` say: in English. */

/** @type {import("../../core/text.js").Catalogue} */
export const TABLE = {
  "table.filter": "Find in {what}",
  "table.filterHint": "Find…",
  "table.empty": "There is nothing here yet.",
  "table.count": "{all} in all",
  "table.countOf": "{shown} of {all}",
  "table.chooseAll": "Choose all that are shown",
  "table.deeds": "What can be done",
};

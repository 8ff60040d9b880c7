/** What tables of `browser/ui` say: in French. */

/** @type {import("../../core/text.js").Catalogue} */
export const TABLE = {
  "table.filter": "Chercher dans {what}",
  "table.filterHint": "Chercher…",
  "table.empty": "Rien pour l’instant.",
  "table.count": "{all} au total",
  "table.countOf": "{shown} sur {all}",
  "table.chooseAll": "Choisir tout ce qui est affiché",
  "table.deeds": "Actions possibles",
};

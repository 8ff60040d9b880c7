/** What forms of `browser/ui` say: in French. */

/** @type {import("../../core/text.js").Catalogue} */
export const FORM = {
  "form.cancel": "Annuler",
  "form.optional": "facultatif",
  "form.missing": "{what} : valeur manquante.",
  "form.addRow": "Ajouter une ligne",
  "form.row": "{what}, ligne {number}",
  "form.removeRow": "Supprimer la ligne {number}",
  "form.range": "{what} : de {min} à {max}.",
};

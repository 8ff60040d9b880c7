/** What forms of `browser/ui` say: in English. */

/** @type {import("../../core/text.js").Catalogue} */
export const FORM = {
  "form.cancel": "Cancel",
  "form.optional": "optional",
  "form.missing": "{what} is missing.",
  "form.addRow": "Add a row",
  "form.row": "{what}, row {number}",
  "form.removeRow": "Remove row {number}",
  "form.range": "{what} is from {min} to {max}.",
};

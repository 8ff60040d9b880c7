/** @type {import("../../../../browser/core/text.js").Catalogue} */
export const GADGETS = {};

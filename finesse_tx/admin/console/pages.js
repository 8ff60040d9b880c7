/** The console's pages, in the order of the menu. */
import { notReadyReasons, signOutReasons, wrapUpReasons } from "./core/resources.js";

/** @typedef {import("../../browser/core/rest.js").Rest} Rest */

/**
 * @typedef {object} Page
 * @property {string} key In the address, and of its words (`page.KEY`).
 * @property {string} group Under which heading (`group.GROUP`).
 * @property {(rest: Rest) => Promise<HTMLElement>} make
 */

export const GROUPS = ["desktop"];

/**
 * A page that lists things and changes them.
 *
 * @param {string} group
 * @param {() => import("./core/resources.js").Resource} described
 * @param {string} key
 * @returns {Page}
 */
function listed(key, group, described) {
  return {
    key,
    group,
    make: async (rest) => {
      const { ResourcePage } = await import("./ui/resource-page.js");
      const page = new ResourcePage();
      page.rest = rest;
      page.resource = described();
      return page;
    },
  };
}

/** @type {Page[]} */
export const PAGES = [
  listed("not-ready-reasons", "desktop", notReadyReasons),
  listed("sign-out-reasons", "desktop", signOutReasons),
  listed("wrap-up-reasons", "desktop", wrapUpReasons),
];

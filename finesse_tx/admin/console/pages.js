/** The console's pages, in the order of the menu. */
import { variableLayouts, workflowActions, workflows } from "./core/calls.js";
import { people, teams } from "./core/people.js";
import { queues, resourceGroups, skills, triggers } from "./core/queues.js";
import {
  contacts,
  notReadyReasons,
  phoneBooks,
  signOutReasons,
  wrapUpReasons,
} from "./core/resources.js";

/** @typedef {import("../../browser/core/rest.js").Rest} Rest */

/**
 * @typedef {object} Page
 * @property {string} key In the address, and of its words (`page.KEY`).
 * @property {string} group Under which heading (`group.GROUP`).
 * @property {(rest: Rest, about: string) => Promise<HTMLElement>} make `about` is what follows the key in the address.
 */

export const GROUPS = ["people", "desktop", "system"];

/**
 * A page that lists things and changes them.
 *
 * @param {string} key
 * @param {string} group
 * @param {(about: string) => import("./core/resources.js").Resource} described
 * @returns {Page}
 */
function listed(key, group, described) {
  return {
    key,
    group,
    make: async (rest, about) => {
      const { ResourcePage } = await import("./ui/resource-page.js");
      const page = new ResourcePage();
      page.rest = rest;
      page.resource = described(about);
      return page;
    },
  };
}

/**
 * A page of its own kind.
 *
 * @param {string} key
 * @param {string} group
 * @param {() => Promise<new () => HTMLElement & { rest: Rest }>} load
 * @returns {Page}
 */
function own(key, group, load) {
  return {
    key,
    group,
    make: async (rest) => {
      const page = new (await load())();
      page.rest = rest;
      return page;
    },
  };
}

/** @type {Page[]} */
export const PAGES = [
  listed("people", "people", people),
  listed("teams", "people", teams),
  listed("skills", "people", skills),
  listed("resource-groups", "people", resourceGroups),
  listed("queues", "people", queues),
  listed("triggers", "people", triggers),
  listed("not-ready-reasons", "desktop", notReadyReasons),
  listed("sign-out-reasons", "desktop", signOutReasons),
  listed("wrap-up-reasons", "desktop", wrapUpReasons),
  listed("phone-books", "desktop", (about) => (about ? contacts(about) : phoneBooks())),
  listed("call-variables", "desktop", variableLayouts),
  listed("workflows", "desktop", workflows),
  listed("workflow-actions", "desktop", workflowActions),
  own("team-resources", "desktop", async () => (await import("./ui/team-resources.js")).TeamResources),
  own("desktop-layout", "desktop", async () => (await import("./ui/layout-editor.js")).LayoutEditor),
  own("gadgets", "desktop", async () => (await import("./ui/gadget-list.js")).GadgetList),
  own("status", "system", async () => (await import("./ui/system-status.js")).SystemStatus),
  own("certificates", "system", async () => (await import("./ui/certificate-list.js")).CertificateList),
  own("origins", "system", async () => (await import("./ui/origin-list.js")).OriginList),
  own("import-export", "system", async () => (await import("./ui/import-export.js")).ImportExport),
  own("audit", "system", async () => (await import("./ui/audit-log.js")).AuditLog),
];

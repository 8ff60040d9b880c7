/**
 * What a desktop loads once: reasons, layouts, phone books, workflows.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §2.7 to §2.11; `desktop.md` §10.4.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { readXml } from "./objects.js";

/** By name, from where. */
const PATHS = /** @type {Record<string, (id: string) => string>} */ ({
  NotReadyReasons: (id) => `/finesse/api/User/${id}/ReasonCodes?category=NOT_READY`,
  SignOutReasons: (id) => `/finesse/api/User/${id}/ReasonCodes?category=LOGOUT`,
  WrapUpReasons: (id) => `/finesse/api/User/${id}/WrapUpReasons`,
  MediaPropertiesLayouts: (id) => `/finesse/api/User/${id}/MediaPropertiesLayouts`,
  PhoneBooks: (id) => `/finesse/api/User/${id}/PhoneBooks`,
  Workflows: (id) => `/finesse/api/User/${id}/Workflows`,
  Layout: (id) => `/finesse/api/User/${id}/LayoutConfig`,
});

/**
 * The `<config>` keys of a layout; of several with one key the last counts.
 *
 * @param {string} layoutxml
 * @returns {Record<string, string>}
 */
export function layoutSettings(layoutxml) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const { name, children } of readXml(layoutxml).children) {
    for (const { attributes } of name === "configs" ? children : []) {
      found[attributes["key"] ?? ""] = attributes["value"] ?? "";
    }
  }
  return found;
}

export class Configuration {
  #ask;
  #loginId;
  /** @type {Map<string, Promise<any>>} */
  #found = new Map();

  /**
   * @param {(path: string) => Promise<any>} ask
   * @param {() => string} loginId Whose.
   */
  constructor(ask, loginId) {
    this.#ask = ask;
    this.#loginId = loginId;
  }

  /**
   * @param {string} name Of `PATHS`; or `Settings`, the keys of the layout's `<configs>`.
   * @returns {Promise<any>}
   * @throws {RefusedError} The next who asks has it asked for again.
   */
  get(name) {
    let found = this.#found.get(name);
    if (!found) {
      found = this.#load(name);
      this.#found.set(name, found);
      found.catch(() => this.#found.delete(name));
    }
    return found;
  }

  /** @param {string} name */
  async #load(name) {
    if (name === "Settings") {
      const { layoutxml } = await this.get("Layout");
      return layoutSettings(layoutxml);
    }
    const path = PATHS[name];
    if (!path) {
      throw new RefusedError(404, "", name, `There is no configuration “${name}”.`);
    }
    return this.#ask(path(encodeURIComponent(this.#loginId())));
  }
}

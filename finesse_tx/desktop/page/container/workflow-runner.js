/**
 * Does what the team's workflows say, and tells gadgets of it.
 *
 * Spec: `desktop.md` §8.4. Workflows are loaded once; a reload meets the calls that are there as new ones.
 */
import { WorkflowEngine } from "../core/workflows.js";
import { WORKFLOW_ACTION } from "./topics.js";

/** @typedef {import("../core/workflows.js").ActionEvent} ActionEvent */

/**
 * @typedef {object} Desk What it needs of one.
 * @property {any} me
 * @property {Map<string, any>} calls
 * @property {(name: string) => Promise<any>} config
 * @property {{ ask: (method: string, path: string, more: { data: string, type: string }) => Promise<any> }} rest
 * @property {EventTarget["addEventListener"]} addEventListener
 */

/** What a window of another page may be opened at. */
const WEB = /^https?:$/;

export class WorkflowRunner {
  #desk;
  #origin;
  #publish;
  #open;
  #blocked;
  #log;

  /**
   * @param {object} given
   * @param {Desk} given.desk
   * @param {string} given.origin Of the page.
   * @param {(topic: string, data: unknown) => void} given.publish On the hub.
   * @param {(url: string, name: string) => unknown} given.open A window; null when the browser does not let us.
   * @param {(url: string) => void} given.blocked The browser did not let us: offer it as a link.
   * @param {(line: string) => void} given.log
   */
  constructor({ desk, origin, publish, open, blocked, log }) {
    this.#desk = desk;
    this.#origin = origin;
    this.#publish = publish;
    this.#open = open;
    this.#blocked = blocked;
    this.#log = log;
  }

  /**
   * @param {AbortSignal} signal Ends it.
   * @returns {Promise<void>} The workflows are there, or there are none.
   */
  async begin(signal) {
    let workflows = [];
    try {
      workflows = (await this.#desk.config("Workflows"))?.Workflow ?? [];
    } catch (error) {
      this.#log(`workflows cannot be loaded: ${error}`);
    }
    if (workflows.length === 0 || signal.aborted) {
      return;
    }
    const engine = new WorkflowEngine(workflows);
    const happened = (/** @type {{ id: string, now: any, last: any }} */ change) => {
      for (const event of engine.happened(change, this.#desk.me)) {
        this.#run(event);
      }
    };
    for (const [id, dialog] of this.#desk.calls) {
      happened({ id, now: dialog, last: dialog });
    }
    this.#desk.addEventListener("calls", (event) => happened(/** @type {CustomEvent} */ (event).detail), { signal });
  }

  /** @param {ActionEvent} event */
  async #run(event) {
    this.#publish(WORKFLOW_ACTION, event);
    if (event.handledBy !== "FINESSE") {
      return;
    }
    const param = (/** @type {string} */ name) =>
      event.params.find((one) => one.name === name)?.expandedValue ?? "";
    try {
      if (event.type === "BROWSER_POP") {
        this.#pop(param("path"), param("windowName"));
      } else {
        await this.#request(param);
      }
    } catch (error) {
      this.#log(`workflow action ${event.name} failed: ${error}`); // the next one is done all the same
    }
  }

  /**
   * @param {string} path
   * @param {string} name
   */
  #pop(path, name) {
    const { href, protocol } = new URL(path, this.#origin);
    if (!WEB.test(protocol)) {
      throw new TypeError("this is no address of a page");
    }
    if (!this.#open(href, name || "_blank")) {
      this.#blocked(href);
    }
  }

  /** @param {(name: string) => string} param */
  async #request(param) {
    const { rest } = this.#desk;
    const [method, path, body] = [param("method"), param("path"), param("body")];
    const type = param("contentType") || "application/xml";
    if (param("location") !== "OTHER") {
      const { origin, pathname, search } = new URL(path, this.#origin);
      if (origin !== this.#origin) {
        throw new TypeError("this is no path of this server");
      }
      await rest.ask(method, pathname + search, { data: body, type });
      return;
    }
    // Another server's: ours asks it, as it does for gadgets, and without anybody's password.
    const form = new URLSearchParams({
      url: path,
      httpMethod: method,
      headers: new URLSearchParams({ "Content-Type": type }).toString(),
      postData: body,
    });
    const told = await rest.ask("POST", "/gadgets/makeRequest", {
      data: form.toString(),
      type: "application/x-www-form-urlencoded",
    });
    const status = Number(/"rc":(\d+)/.exec(typeof told === "string" ? told : JSON.stringify(told))?.[1] ?? 0);
    if (status >= 400) {
      throw new Error(`the other server answered ${status}`);
    }
  }
}

/**
 * What gadgets and the page log, kept for a report of an error.
 *
 * Spec: `desktop.md` §8.1; `rest.md` §9.
 */
import { CLIENT_LOG } from "./topics.js";

/** @typedef {import("./hub.js").DesktopHub} DesktopHub */
/** @typedef {{ act: (method: string, path: string, body: unknown) => Promise<unknown>, me: { loginId: string } }} Desk */

/** So many lines are kept; of more, the oldest are forgotten. */
export const MAX_LINES = 2_000;

/** So many characters of a line are kept. */
export const MAX_LINE = 2_000;

/** So many characters does a report have: what the server takes. */
export const MAX_REPORT = 1_000_000;

export class ClientLog {
  /** @type {string[]} */
  #lines = [];
  #now;

  /** @param {() => Date} [now] */
  constructor(now = () => new Date()) {
    this.#now = now;
  }

  /**
   * Collect what gadgets log.
   *
   * @param {DesktopHub} hub
   * @param {AbortSignal} signal
   */
  collect(hub, signal) {
    hub.subscribe(`${CLIENT_LOG}.*`, (line) => this.#keep(String(line)), signal);
  }

  /**
   * The page's own line.
   *
   * @param {string} text
   */
  add(text) {
    this.#keep(`${this.#now().toISOString()}: desktop: ${text}`);
  }

  /** @param {string} line */
  #keep(line) {
    this.#lines.push(line.slice(0, MAX_LINE).replaceAll(/[\r\n]+/g, " | "));
    if (this.#lines.length > MAX_LINES) {
      this.#lines.splice(0, this.#lines.length - MAX_LINES);
    }
  }

  /** What a report says: the newest lines that fit. */
  get text() {
    const whole = this.#lines.join("\n");
    return whole.length <= MAX_REPORT ? whole : whole.slice(whole.indexOf("\n", whole.length - MAX_REPORT) + 1);
  }

  /**
   * Send it to the server.
   *
   * @param {Desk} desk
   */
  async send(desk) {
    const path = `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}/ClientLog`;
    await desk.act("POST", path, { ClientLog: { logData: this.text } });
  }
}

/**
 * What gadgets log, and the page about them, kept for a report of an error (`core/desk-log.js`).
 *
 * Spec: `desktop.md` §8.1; `rest.md` §9.
 */
import { CLIENT_LOG } from "./topics.js";

/** @typedef {import("./hub.js").DesktopHub} DesktopHub */

/** So many lines are kept; of more, the oldest are forgotten. */
export const MAX_LINES = 2_000;

/** So many characters of a line are kept. */
export const MAX_LINE = 2_000;

/** So many characters of it are in a report: with the desktop's own, what the server takes. */
export const MAX_REPORT = 700_000;

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
}

/**
 * What has happened on a desktop, for the help desk: states, the connection, refusals, mistakes of scripts. Nothing of a
 * customer: no numbers, no call variables.
 *
 * Touches no DOM; runs under node. Spec: desktop.md §3 (local log), §12 (Send Error Report); rest.md §9.
 */

/** How many lines are kept. */
export const MOST_LINES = 1000;

/** How long one may be, in characters. */
export const MOST_CHARACTERS = 200;

export class DeskLog {
  /** @type {string[]} */
  #lines = [];
  #now;

  /** What a report has at its end: what the gadgets have logged. @type {() => string} */
  appendix = () => "";

  /** @param {() => number} now Milliseconds since 1970. */
  constructor(now = () => Date.now()) {
    this.#now = now;
  }

  /**
   * @param {string} kind
   * @param {string} text
   */
  add(kind, text) {
    const line = `${new Date(this.#now()).toISOString()} ${kind}: ${text.replaceAll(/\s+/g, " ")}`;
    this.#lines.push(line.slice(0, MOST_CHARACTERS));
    if (this.#lines.length > MOST_LINES) {
      this.#lines.shift();
    }
  }

  /**
   * Write down what a desk tells.
   *
   * @param {EventTarget} desk
   * @param {AbortSignal} signal
   */
  follow(desk, signal) {
    desk.addEventListener("status", (event) => this.add("connection", /** @type {CustomEvent} */ (event).detail.status), { signal });
    desk.addEventListener(
      "me",
      (event) => {
        const { state, pendingState, reasonCode } = /** @type {CustomEvent} */ (event).detail.now;
        this.add("state", [state, pendingState && `then ${pendingState}`, reasonCode && `reason ${reasonCode.code}`].filter(Boolean).join(", "));
      },
      { signal },
    );
    desk.addEventListener(
      "calls",
      (event) => {
        const { id, before, now } = /** @type {CustomEvent} */ (event).detail;
        this.add("call", `${id} ${before?.state ?? "-"} -> ${now?.state ?? "-"}`);
      },
      { signal },
    );
    desk.addEventListener(
      "update",
      (event) => {
        const { content } = /** @type {CustomEvent} */ (event).detail;
        const [type, message] = ["errorType", "errorMessage"].map((name) => new RegExp(`<${name}>([^<]*)<`).exec(content)?.[1]);
        if (type !== undefined) {
          this.add("refused", `${type} ${message ?? ""}`);
        }
      },
      { signal },
    );
  }

  /**
   * Everything, the oldest first.
   *
   * @param {Record<string, string>} about What else is to be known: the browser, the page.
   */
  text(about = {}) {
    const head = Object.entries(about).map(([name, value]) => `${name}: ${value}`);
    return [...head, ...this.#lines, this.appendix()].filter(Boolean).join("\n");
  }

  /** What the next person does is nobody else's. */
  clear() {
    this.#lines = [];
    this.appendix = () => "";
  }
}

/** The page's. */
export const deskLog = new DeskLog();

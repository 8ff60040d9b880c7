/**
 * Follows a desk, asks the nodes when it fails, and does what `failover.js` decides.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §16.
 */
import { begin, PATIENCE, ROUND_MS, step } from "./failover.js";
import { PLATFORM } from "./server-clock.js";

/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./failover.js").Input} Input */
/** @typedef {import("./server-clock.js").Platform} Platform */

/** How long a node may take to answer. */
export const ANSWER_MS = 5_000;

/** The pause before our own node is asked once more: it may just be started anew. */
export const CONFIRM_MS = 3_000;

/** Everybody who goes to the other node goes within this time, by chance. */
export const SPREAD_MS = 5_000;

/**
 * Ask a node whether it serves: SystemInfo says so, and the engine answers it.
 *
 * @param {typeof fetch} fetcher
 * @param {string} origin Empty for our own.
 * @returns {Promise<boolean>}
 */
export async function serves(fetcher, origin) {
  try {
    const answer = await fetcher(`${origin}/finesse/api/SystemInfo`, {
      headers: { Accept: "application/json" },
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const info = answer.ok ? await answer.json() : {};
    return info.status === "IN_SERVICE" && info.lastCTIHeartbeatStatus === "success";
  } catch {
    return false;
  }
}

export class FailoverWatch {
  #watch;
  #given;
  #platform;
  /** @type {Set<unknown>} */
  #timers = new Set();

  /**
   * @param {{
   *   desk: Desk, connection: Connection, other: string, fetcher?: typeof fetch, platform?: Platform,
   *   leave: (origin: string) => void, signal: AbortSignal,
   * }} given `other` is the origin of the other node, empty where there is none; `leave` goes there.
   */
  constructor(given) {
    const { desk, connection, signal } = given;
    this.#given = given;
    this.#platform = given.platform ?? PLATFORM;
    this.#watch = begin(given.other !== "");
    desk.addEventListener("status", () => this.#follow(), { signal });
    connection.addEventListener("status", () => this.#follow(), { signal });
    signal.addEventListener("abort", () => this.#rest(), { once: true });
  }

  #follow() {
    const { desk, connection } = this.#given;
    if (desk.status === "connected") {
      this.#take("recovered");
    } else if (desk.status === "failing" && (connection.status === "connected" || connection.attempt >= PATIENCE)) {
      this.#take("lost");
    }
  }

  /** @param {Input} input */
  #take(input) {
    const { connection, other, leave, fetcher = (...asked) => fetch(...asked), signal } = this.#given;
    if (signal.aborted) {
      return;
    }
    const [watch, actions] = step(this.#watch, input);
    this.#watch = watch;
    for (const action of actions) {
      if (action === "askOwn") {
        this.#later(watch.phase === "confirming" ? CONFIRM_MS : 0, async () => {
          this.#take((await serves(fetcher, "")) ? "ownGood" : "ownBad");
        });
      } else if (action === "askOther") {
        serves(fetcher, other).then((isGood) => this.#take(isGood ? "otherGood" : "otherBad"));
      } else if (action === "reconnect") {
        connection.check();
      } else if (action === "wait") {
        this.#later(ROUND_MS, () => this.#take("due"));
      } else if (action === "leave") {
        this.#later(this.#platform.random() * SPREAD_MS, () => leave(other));
      } else {
        this.#rest();
      }
    }
  }

  /**
   * @param {number} ms
   * @param {() => void} run
   */
  #later(ms, run) {
    const timer = this.#platform.later(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #rest() {
    for (const timer of this.#timers) {
      this.#platform.cancel(timer);
    }
    this.#timers.clear();
  }
}

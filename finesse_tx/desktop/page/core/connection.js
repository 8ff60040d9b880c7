/**
 * The event connection: one stream to the notification service, made again for as long as somebody wants it.
 *
 * Touches no DOM; runs under node. What carries a stream, and the library that speaks XMPP, are the opener's
 * (`../stream.js`).
 *
 * Spec: `notifications.md` §1, §9; `desktop.md` §5.4, §16.
 */
import { PLATFORM } from "./server-clock.js";

/** @typedef {import("./server-clock.js").Platform} Platform */

/** @typedef {"disconnected" | "connecting" | "connected" | "reconnecting" | "conflict" | "unauthorized"} ConnectionStatus */

/** @typedef {"websocket" | "bosh"} Transport */

/**
 * @typedef {{ loginId: string, password: string, domain: string, pubsub: string, resource: string }} Identity
 *   Who connects. One resource is one desktop: a second one with the same ends the first.
 */

/** @typedef {"conflict" | "unauthorized" | "lost"} End Why a stream is over: "lost" is everything that another attempt may mend. */

/**
 * @typedef {{
 *   connected: () => void,
 *   event: (node: string, content: string) => void,
 *   presence: (isAvailable: boolean, xml: string) => void,
 *   ended: (why: End) => void,
 * }} Told What a stream tells; `ended` once, and nothing after it.
 */

/**
 * @typedef {{
 *   subscribe: (node: string) => Promise<void>,
 *   unsubscribe: (node: string) => Promise<void>,
 *   ping: (withinMs: number) => Promise<void>,
 *   close: () => void,
 * }} Stream The promises are rejected with a `SubscriptionError`, or when the stream ends. After `close` nothing is told.
 */

/** @typedef {(transport: Transport, identity: Identity, told: Told) => Stream} Opener */

/** The server has refused a subscription. */
export class SubscriptionError extends Error {
  /**
   * @param {string} condition Of XMPP, such as `forbidden`.
   * @param {string} xml The whole refusal.
   */
  constructor(condition, xml = "") {
    super(condition);
    this.name = "SubscriptionError";
    this.condition = condition;
    this.xml = xml;
  }
}

export const LIMITS = {
  /** The pause before the first attempt to connect again, at most. */
  firstMs: 500,
  /** The longest pause while a short outage may still end before anybody is signed out, which is after a minute. */
  longMs: 5_000,
  /** So many attempts are made with that. */
  longAttempts: 15,
  /** The longest pause after them. */
  longestMs: 20_000,
  /** How often the server is asked whether it is there. */
  pingMs: 10_000,
  /** How long it may take to answer. */
  answerMs: 10_000,
  /** The same when there is a reason for doubt: the machine woke up, or the network came back. */
  doubtMs: 3_000,
  /** How long a stream may take to be made; then the other transport is tried. */
  openMs: { websocket: 6_000, bosh: 15_000 },
  /** A timer that is so late has slept. */
  sleptMs: 5_000,
};

/**
 * The pause before an attempt: twice as long each time, up to the longest, and less by chance, so that a server that comes
 * back does not meet everybody at once.
 *
 * @param {number} attempt How many have failed before.
 * @param {number} chance From 0 to 1.
 * @returns {number} Milliseconds.
 */
export function pauseMs(attempt, chance) {
  const longest = attempt <= LIMITS.longAttempts ? LIMITS.longMs : LIMITS.longestMs;
  return Math.min(longest, LIMITS.firstMs * 2 ** Math.min(attempt, 16)) * (0.5 + chance / 2);
}

/**
 * Fires `status` with `{ status, before, attempt }`, `event` with `{ node, content }`, `presence` with `{ isAvailable, xml }`,
 * and `slept` when the machine did, or its clock was set.
 */
export class Connection extends EventTarget {
  /** @type {ConnectionStatus} */
  status = "disconnected";

  /** How many attempts have failed since it was connected last. */
  attempt = 0;

  #open;
  #platform;
  /** @type {Identity | null} */
  #identity = null;
  /** @type {Stream | null} */
  #stream = null;
  /** @type {Transport} */
  #transport = "websocket";
  #isWanted = false;
  #hasTriedOther = false;
  #streams = 0;
  /** @type {unknown} */
  #timer = null;
  /** @type {unknown} */
  #pinging = null;

  /**
   * @param {Opener} open
   * @param {Platform} [platform]
   */
  constructor(open, platform = PLATFORM) {
    super();
    this.#open = open;
    this.#platform = platform;
  }

  /** What names this session among others of the same person. */
  get resource() {
    return this.#identity?.resource ?? "";
  }

  /** What carries it now. */
  get transport() {
    return this.#transport;
  }

  /**
   * Connect, and stay so.
   *
   * @param {Identity} identity
   */
  connect(identity) {
    this.#forget();
    this.#identity = identity;
    this.#isWanted = true;
    this.attempt = 0;
    this.#set("connecting");
    this.#begin();
  }

  /** Connect once more, as the same: another desktop had taken over. */
  again() {
    if (this.#identity !== null) {
      this.connect(this.#identity);
    }
  }

  /** Have it end. */
  disconnect() {
    this.#forget();
    this.#identity = null;
    this.#isWanted = false;
    this.#set("disconnected");
  }

  /**
   * Have the events of a node.
   *
   * @param {string} node
   * @throws {SubscriptionError}
   */
  async subscribe(node) {
    await this.#connected().subscribe(node);
  }

  /**
   * Have no more of them.
   *
   * @param {string} node
   * @throws {SubscriptionError}
   */
  async unsubscribe(node) {
    await this.#connected().unsubscribe(node);
  }

  #connected() {
    if (this.#stream === null || this.status !== "connected") {
      throw new SubscriptionError("not-connected");
    }
    return this.#stream;
  }

  /** There is a reason for doubt, such as a network that came back: find out now, not when it is due. */
  check() {
    if (this.status === "connected") {
      this.#ping(LIMITS.doubtMs);
    } else if (this.#isWanted && this.#stream === null) {
      this.#stop();
      this.#begin();
    }
  }

  // Streams -----------------------------------------------------------------------------------------------------------

  #begin() {
    const identity = /** @type {Identity} */ (this.#identity);
    const number = (this.#streams += 1);
    const isMine = () => number === this.#streams;
    this.#timer = this.#platform.later(() => this.#lost(), LIMITS.openMs[this.#transport]);
    this.#stream = this.#open(this.#transport, identity, {
      connected: () => isMine() && this.#isThere(),
      event: (node, content) => {
        if (isMine()) {
          this.dispatchEvent(new CustomEvent("event", { detail: { node, content } }));
        }
      },
      presence: (isAvailable, xml) => {
        if (isMine()) {
          this.dispatchEvent(new CustomEvent("presence", { detail: { isAvailable, xml } }));
        }
      },
      ended: (why) => isMine() && this.#ended(why),
    });
  }

  #isThere() {
    this.#stop();
    this.attempt = 0;
    this.#hasTriedOther = false;
    this.#watch();
    this.#set("connected");
  }

  /** @param {End} why */
  #ended(why) {
    if (why === "lost") {
      this.#lost();
      return;
    }
    this.#forget();
    this.#isWanted = false;
    this.#set(why);
  }

  #lost() {
    const wasConnected = this.status === "connected";
    this.#forget();
    if (!wasConnected) {
      this.#transport = this.#transport === "websocket" ? "bosh" : "websocket";
      if (!this.#hasTriedOther) {
        this.#hasTriedOther = true; // at once: it is the other way to the same server
        this.#begin();
        return;
      }
      this.attempt += 1;
    }
    this.#hasTriedOther = false;
    this.#timer = this.#platform.later(() => {
      this.#timer = null;
      this.#begin();
    }, pauseMs(this.attempt, this.#platform.random()));
    this.#set("reconnecting");
  }

  /** Whatever is under way is over, without a word. */
  #forget() {
    this.#stop();
    this.#streams += 1;
    const stream = this.#stream;
    this.#stream = null;
    stream?.close();
  }

  #stop() {
    for (const timer of [this.#timer, this.#pinging]) {
      if (timer !== null) {
        this.#platform.cancel(timer);
      }
    }
    this.#timer = this.#pinging = null;
  }

  /** @param {ConnectionStatus} status */
  #set(status) {
    const before = this.status;
    this.status = status;
    this.dispatchEvent(new CustomEvent("status", { detail: { status, before, attempt: this.attempt } }));
  }

  // Is it there? ------------------------------------------------------------------------------------------------------

  /** Ask now and then: the server too wants to hear that somebody is there. */
  #watch() {
    const due = this.#platform.now() + LIMITS.pingMs;
    this.#pinging = this.#platform.later(() => {
      this.#pinging = null;
      const hasSlept = Math.abs(this.#platform.now() - due) > LIMITS.sleptMs;
      if (hasSlept) {
        this.dispatchEvent(new Event("slept"));
      }
      this.#ping(hasSlept ? LIMITS.doubtMs : LIMITS.answerMs);
    }, LIMITS.pingMs);
  }

  /** @param {number} withinMs */
  async #ping(withinMs) {
    const stream = /** @type {Stream} */ (this.#stream);
    if (this.#pinging !== null) {
      this.#platform.cancel(this.#pinging);
      this.#pinging = null;
    }
    let isAnswered = true;
    try {
      await stream.ping(withinMs);
    } catch {
      isAnswered = false;
    }
    if (this.#stream !== stream || this.#pinging !== null) {
      return; // it has ended meanwhile, or somebody else asks already
    }
    if (isAnswered) {
      this.#watch();
    } else {
      this.#lost();
    }
  }
}

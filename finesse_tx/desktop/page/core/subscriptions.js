/**
 * Who listens to which node: each is subscribed to once, whoever wants it, and again with each new connection.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `notifications.md` §4; `desktop.md` §5.1.
 */

/** @typedef {import("./connection.js").Connection} Connection */

/**
 * @typedef {{ event: string, source: string, requestId: string, kind: string, data: any, node: string }} Heard
 *   `event` is PUT, POST, DELETE, `put` of an error, or RESYNC: the connection was away, so load anew.
 */

/** @typedef {(heard: Heard) => void} Listener */

export class Subscriptions {
  #connection;
  /** @type {Map<string, { listeners: Set<Listener>, begun: Promise<boolean> }>} */
  #nodes = new Map();

  /** @param {Connection} connection */
  constructor(connection) {
    this.#connection = connection;
  }

  /**
   * Have the events of a node, until the signal is aborted.
   *
   * @param {string} node Such as `/finesse/api/Team/1/Users`.
   * @param {Listener} listener
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} Whether its events come from now on; what is asked for after that misses none.
   */
  async watch(node, listener, signal) {
    if (signal.aborted) {
      return false;
    }
    signal.addEventListener("abort", () => this.#leave(node, listener), { once: true });
    const known = this.#nodes.get(node);
    if (known) {
      known.listeners.add(listener);
      return known.begun;
    }
    const begun = this.#subscribe(node);
    this.#nodes.set(node, { listeners: new Set([listener]), begun });
    return begun;
  }

  /**
   * Something has happened.
   *
   * @param {Heard} heard
   */
  tell(heard) {
    for (const listener of this.#nodes.get(heard.node)?.listeners ?? []) {
      listener(heard);
    }
  }

  /** Subscribe to all again: the connection is another one. */
  async renew() {
    const renewed = [...this.#nodes].map(([node, one]) => {
      one.begun = this.#subscribe(node);
      return one.begun;
    });
    await Promise.all(renewed);
  }

  /** Whoever listens is to load anew. */
  resynchronise() {
    for (const node of [...this.#nodes.keys()]) {
      this.tell({ event: "RESYNC", source: node, requestId: "", kind: "", data: null, node });
    }
  }

  /**
   * @param {string} node
   * @param {Listener} listener
   */
  #leave(node, listener) {
    const known = this.#nodes.get(node);
    if (known?.listeners.delete(listener) && known.listeners.size === 0) {
      this.#nodes.delete(node);
      this.#unsubscribe(node);
    }
  }

  /** @param {string} node */
  async #subscribe(node) {
    try {
      await this.#connection.subscribe(node);
    } catch {
      return false; // it is tried again when the connection is
    }
    if (!this.#nodes.has(node)) {
      this.#unsubscribe(node); // nobody wants it any more
    }
    return true;
  }

  /** @param {string} node */
  #unsubscribe(node) {
    this.#connection.unsubscribe(node).catch(() => {}); // then it ends with the session
  }
}

/**
 * The client services' side of the hub: the state of the connection, the events of the server, and nodes on request.
 *
 * Spec: `desktop.md` §5.
 */
import { ACCESS_TOKEN, CONNECTION, INFO_REQUESTS, INFO_RESPONSES, PRESENCE, topicOf } from "./topics.js";

/** @typedef {import("./hub.js").Client} Client */
/** @typedef {import("./hub.js").DesktopHub} DesktopHub */

/**
 * @typedef {object} Stream The desk, as far as this needs it: an event target with `status`, `update` and `presence`.
 * @property {string} status
 * @property {(node: string, listener: (event: any) => void, signal: AbortSignal) => Promise<boolean>} watch
 * @property {EventTarget["addEventListener"]} addEventListener
 */

/** So many nodes may gadgets have subscribed to; one more is refused. */
export const MAX_NODES = 500;

const NOT_CONNECTED = Object.freeze({ errorType: "Not connected", errorMessage: "Cannot subscribe without connection." });
const DISCONNECTED = Object.freeze({ errorType: "Disconnected", errorMessage: "Outstanding request will never complete." });
const REFUSED = Object.freeze({ errorType: "Refused", errorMessage: "The server did not take the subscription." });
const TOO_MANY = Object.freeze({ errorType: "Too many subscriptions", errorMessage: `There are ${MAX_NODES} already.` });

/** States in which events come. */
const LIVE = new Set(["connected", "recovered"]);

/**
 * @typedef {object} Node
 * @property {(Client | null)[]} askers Whoever has subscribed, as often as they did.
 * @property {AbortController} watching
 * @property {Promise<boolean>} begun Whether its events come.
 */

/** Answers what gadgets ask on `finesse.info.requests`. */
export class InfoServices {
  #hub;
  #desk;
  #resource;
  #status;
  /** @type {Map<string, Node>} */
  #nodes = new Map();
  /** @type {Set<string>} By invokeID: asked, and not answered. */
  #pending = new Set();

  /**
   * @param {DesktopHub} hub
   * @param {Stream} desk
   * @param {string} resource The XMPP resource of this page.
   * @param {AbortSignal} signal Ends it.
   */
  constructor(hub, desk, resource, signal) {
    this.#hub = hub;
    this.#desk = desk;
    this.#resource = resource;
    this.#status = desk.status;
    desk.addEventListener("status", (event) => this.#changed(/** @type {CustomEvent} */ (event).detail.status), { signal });
    for (const [type, topic] of /** @type {const} */ ([["token", ACCESS_TOKEN], ["presence", PRESENCE]])) {
      desk.addEventListener(type, (event) => hub.publish(topic, /** @type {CustomEvent} */ (event).detail), { signal });
    }
    desk.addEventListener("update", (event) => this.#told(/** @type {CustomEvent} */ (event).detail), { signal });
    hub.addEventListener("left", (event) => this.#forget(/** @type {CustomEvent} */ (event).detail), { signal });
    hub.subscribe(INFO_REQUESTS, (data, _topic, publisher) => this.#asked(data, publisher), signal);
    signal.addEventListener("abort", () => this.#nodes.forEach(({ watching }) => watching.abort()));
  }

  /** The nodes that gadgets have subscribed to, and how often. */
  get nodes() {
    return Object.fromEntries([...this.#nodes].map(([node, { askers }]) => [node, askers.length]));
  }

  /**
   * A gadget has left: what it subscribed to, it needs no more.
   *
   * @param {Client} client
   */
  #forget(client) {
    for (const [name, node] of this.#nodes) {
      node.askers = node.askers.filter((one) => one !== client);
      this.#endUnwanted(name, node);
    }
  }

  /** @param {string} status Of the desk's; `recovered` is one of them. */
  #changed(status) {
    this.#status = status;
    if (!LIVE.has(status)) {
      for (const invokeID of [...this.#pending]) {
        this.#answer(invokeID, { error: DISCONNECTED });
      }
    }
    this.#hub.publish(CONNECTION, { status, resourceID: this.#resource });
  }

  /** @param {{ node: string, content: string, readonly object: unknown }} update */
  #told(update) {
    const topic = topicOf(update.node);
    if (this.#hub.isHeard(topic)) {
      this.#hub.publish(topic, { content: `${update.node}${update.content}`, object: update.object });
    }
  }

  /**
   * @param {any} request
   * @param {Client | null} publisher
   */
  #asked(request, publisher) {
    const { type, data, invokeID } = request ?? {};
    if (typeof type !== "string" || !data || typeof data !== "object") {
      return;
    }
    switch (type) {
      case "ConnectionInfoReq":
        this.#hub.publish(CONNECTION, { status: this.#status, resourceID: this.#resource, invokeID });
        break;
      case "SubscribeNodeReq":
        this.#subscribe(String(data.node ?? ""), invokeID, publisher);
        break;
      case "UnsubscribeNodeReq":
        this.#unsubscribe(String(data.node ?? ""), Boolean(request.isForceOp), publisher);
        this.#answer(invokeID, undefined);
        break;
      case "SubscriptionsInfoReq":
        this.#answer(invokeID, JSON.stringify(this.nodes));
        break;
      default: // ConnectionReq among them: the connection is the page's own affair
    }
  }

  /**
   * @param {unknown} invokeID
   * @param {unknown} answer
   */
  #answer(invokeID, answer) {
    if (typeof invokeID === "string" && invokeID) {
      this.#pending.delete(invokeID);
      this.#hub.publish(`${INFO_RESPONSES}.${invokeID}`, answer);
    }
  }

  /**
   * @param {string} name
   * @param {unknown} invokeID
   * @param {Client | null} publisher
   */
  async #subscribe(name, invokeID, publisher) {
    if (!LIVE.has(this.#status)) {
      this.#answer(invokeID, { error: NOT_CONNECTED });
      return;
    }
    const known = this.#nodes.get(name);
    if (!known && this.#nodes.size >= MAX_NODES) {
      this.#answer(invokeID, { error: TOO_MANY });
      return;
    }
    const node = known ?? this.#begin(name);
    node.askers.push(publisher);
    const isAsked = typeof invokeID === "string";
    if (isAsked) {
      this.#pending.add(invokeID);
    }
    const isDone = await node.begun;
    if (!isDone) {
      node.askers.splice(node.askers.indexOf(publisher), 1);
      this.#endUnwanted(name, node);
    }
    if (isAsked && this.#pending.has(invokeID)) {
      this.#answer(invokeID, isDone ? undefined : { subscribe: { content: "", object: null }, error: REFUSED });
    }
  }

  /** @param {string} name */
  #begin(name) {
    const watching = new AbortController();
    // What comes is told by the desk's `update`, as every event is: the node has to be listened to, and that is all.
    const begun = this.#desk.watch(name, () => {}, watching.signal);
    /** @type {Node} */
    const node = { askers: [], watching, begun };
    this.#nodes.set(name, node);
    return node;
  }

  /**
   * @param {string} name
   * @param {boolean} isForced Whether for all that have subscribed.
   * @param {Client | null} publisher
   */
  #unsubscribe(name, isForced, publisher) {
    const node = this.#nodes.get(name);
    if (node) {
      const own = node.askers.indexOf(publisher);
      node.askers.splice(isForced ? 0 : Math.max(own, 0), isForced ? node.askers.length : 1);
      this.#endUnwanted(name, node);
    }
  }

  /**
   * @param {string} name
   * @param {Node} node
   */
  #endUnwanted(name, node) {
    if (node.askers.length === 0 && this.#nodes.get(name) === node) {
      this.#nodes.delete(name);
      node.watching.abort();
    }
  }
}

/**
 * The page's hub: OpenAjax's, by the same scripts that gadgets have, and who says and hears what on it.
 *
 * Spec: `gadgets.md` §11; `desktop.md` §5, §8.1.
 */
import { ACCESS_TOKEN, hears, isPagesOwn } from "./topics.js";

/**
 * @typedef {object} Client A gadget, as the hub knows it: an `OpenAjax.hub.IframeContainer`.
 * @property {() => string} getClientID
 */

/** @typedef {(data: any, topic: string, publisher: Client | null) => void} Listener */

/** A hub on which the page speaks and listens for itself, and on which gadgets are its clients. */
export class DesktopHub extends EventTarget {
  #managed;
  /** @type {Client | null} Who says what is being heard. */
  #publisher = null;
  /** Told of each client that is about to hear something. @type {(client: Client) => void} */
  delivers = () => {};

  /** @type {Map<Client, Map<string, number>>} By client: its topics, and how often it listens to them. */
  #heard = new Map();

  /**
   * Fires `interest` when gadgets begin or end to listen to something, and `left` with a client that has gone.
   *
   * @param {any} openAjax The global of the scripts.
   * @param {(client: Client) => boolean} [isForeign] Whether a gadget is of another origin: such may say nothing in the page's
   *   name, and hear no access token.
   */
  constructor(openAjax, isForeign = () => false) {
    super();
    this.#managed = new openAjax.hub.ManagedHub({
      onPublish: (/** @type {string} */ topic, /** @type {unknown} */ _data, /** @type {Client | null} */ from, /** @type {Client | null} */ to) => {
        this.#publisher = from;
        const isForged = from !== null && isForeign(from) && isPagesOwn(topic);
        if (to !== null) {
          this.delivers(to);
        }
        return !isForged && !(to !== null && topic === ACCESS_TOKEN && isForeign(to));
      },
      onSubscribe: (/** @type {string} */ topic, /** @type {Client | null} */ client) => {
        this.#count(topic, client, 1);
        return true;
      },
      onUnsubscribe: (/** @type {string} */ topic, /** @type {Client | null} */ client) => this.#count(topic, client, -1),
    });
  }

  /** What `OpenAjax.hub.IframeContainer` takes. */
  get managed() {
    return this.#managed;
  }

  /**
   * @param {string} topic
   * @param {unknown} data
   */
  publish(topic, data) {
    this.#managed.publish(topic, data);
  }

  /**
   * Listen until the signal is aborted.
   *
   * @param {string} topic Or a pattern of topics.
   * @param {Listener} listener
   * @param {AbortSignal} signal
   */
  subscribe(topic, listener, signal) {
    const id = this.#managed.subscribe(topic, (/** @type {string} */ heard, /** @type {unknown} */ data) =>
      listener(data, heard, this.#publisher),
    );
    signal.addEventListener("abort", () => this.#managed.unsubscribe(id), { once: true });
  }

  /**
   * Whether some gadget listens to a topic.
   *
   * @param {string} topic
   */
  isHeard(topic) {
    return [...this.#heard.values()].some((topics) => [...topics.keys()].some((pattern) => hears(pattern, topic)));
  }

  /** Who is on the hub, and to how many topics each listens. */
  get clients() {
    const all = /** @type {Client[]} */ (this.#managed.listContainers());
    return Object.fromEntries(all.map((client) => [client.getClientID(), this.#heard.get(client)?.size ?? 0]));
  }

  /**
   * A gadget leaves: its frame goes, and whatever it listened to, it does no more.
   *
   * @param {Client} client
   */
  remove(client) {
    this.#managed.removeContainer(client);
    this.#heard.delete(client);
    this.dispatchEvent(new CustomEvent("left", { detail: client }));
    this.dispatchEvent(new Event("interest"));
  }

  /**
   * @param {string} topic
   * @param {Client | null} client
   * @param {number} change
   */
  #count(topic, client, change) {
    if (client === null) {
      return;
    }
    const topics = this.#heard.get(client) ?? new Map();
    this.#heard.set(client, topics);
    const left = (topics.get(topic) ?? 0) + change;
    if (left > 0) {
      topics.set(topic, left);
    } else {
      topics.delete(topic);
    }
    this.dispatchEvent(new Event("interest"));
  }
}

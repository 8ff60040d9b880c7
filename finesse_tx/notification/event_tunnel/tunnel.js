// What the page around the tunnel says and hears: texts "type|data", both ways (docs/notification.rst has the table).

import { RefusedError, Session } from "./session.js";
import { NS, markup, parse, serialize } from "./xml.js";

export const TYPE = Object.freeze({
  EVENT: 0,
  ID: 1,
  PASSWORD: 2,
  RESOURCEID: 3,
  STATUS: 4,
  XMPPDOMAIN: 5,
  PUBSUBDOMAIN: 6,
  SUBSCRIBE: 7,
  UNSUBSCRIBE: 8,
  PRESENCE: 9,
  CONNECT_REQ: 10,
  DISCONNECT_REQ: 11,
  NOTIFICATION_CONNECTION_TYPE: 12,
  LOGGING: 13,
  SUBSCRIPTIONS_REQ: 14,
  XMPP_DISCONNECT_PROPERTIES: 15,
  FINESSE_CONTAINER_CONFIG: 16,
});

/** How long to wait before each attempt to connect again; the last one goes on. */
const RECONNECT_MS = [500, 1_000, 2_000, 20_000];

export class Tunnel {
  #post;
  #transport;
  #person = { id: "", password: "", domain: "", resource: "" };
  #pubsub = "";
  #type = "websocket";
  #limits = {
    xmppRequestTimeout: 10_000,
    xmppFailoverDetectionPingInterval: 10_000,
    xmppFailoverRequestMaxRetry: 2,
  };
  #isTracing = false;
  #session = null;
  #isWanted = false;
  #isConnected = false;
  #attempts = 0;
  #timer;
  #subscribed = new Set();
  #presence = "";

  /**
   * @param {{post: function(string), transport: function(string)}} around how to reach the page, and how to make a
   *     stream of that type, "websocket" or "bosh"
   */
  constructor({ post, transport }) {
    this.#post = post;
    this.#transport = transport;
  }

  /** The page is there: it may say who wants to sign in. */
  load() {
    this.#status("loaded");
  }

  /** The page goes. */
  unload() {
    this.#status("unloading");
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#session?.close();
  }

  /** Take a message; what is none is ignored. */
  receive(text) {
    const [type, ...rest] = text.split("|");
    const data = rest.join("|");
    switch (/^\d+$/.test(type) ? Number(type) : -1) {
      case TYPE.ID: this.#person.id = data; break;
      case TYPE.RESOURCEID: this.#person.resource = data; break;
      case TYPE.XMPPDOMAIN: this.#person.domain = data; break;
      case TYPE.PUBSUBDOMAIN: this.#pubsub = data; break;
      case TYPE.PASSWORD:
        this.#person.password = data;
        this.#connect();
        break;
      case TYPE.CONNECT_REQ: this.#connectRequested(data); break;
      case TYPE.DISCONNECT_REQ: this.#disconnect(); break;
      case TYPE.SUBSCRIBE: this.#subscribe(data, true); break;
      case TYPE.UNSUBSCRIBE: this.#subscribe(data, false); break;
      case TYPE.PRESENCE:
        if (this.#presence) this.#tell(TYPE.PRESENCE, this.#presence);
        break;
      case TYPE.NOTIFICATION_CONNECTION_TYPE: this.#type = data === "bosh" ? "bosh" : "websocket"; break;
      case TYPE.SUBSCRIPTIONS_REQ: this.#subscriptions(); break;
      case TYPE.XMPP_DISCONNECT_PROPERTIES: this.#limit(data); break;
      case TYPE.FINESSE_CONTAINER_CONFIG: this.#isTracing = Boolean(read(data).enableConsoleTraceLogging); break;
      default: break;
    }
  }

  // Connection --------------------------------------------------------------------------------------------------------

  #connectRequested(data) {
    let found;
    try {
      found = parse(data);
    } catch {
      this.#log("a connection request that is no XML");
      return;
    }
    const value = (name) => found.getElementsByTagName(name)[0]?.textContent ?? "";
    Object.assign(this.#person, { id: value("id"), password: value("password"), domain: value("xmppDomain") });
    this.#connect();
  }

  #connect() {
    this.#isWanted = true;
    this.#attempts = 0;
    clearTimeout(this.#timer);
    this.#status("connecting");
    this.#session?.close();
    this.#open(false);
  }

  async #open(isAgain) {
    const { id, password, domain, resource } = this.#person;
    const session = new Session(this.#transport(this.#type), {
      onevent: (node, payload) => this.#tell(TYPE.EVENT, encodeURI(node) + payload),
      onpresence: (presence) => this.#present(presence),
      onclosed: (condition) => {
        if (this.#session === session) this.#closed(condition);
      },
    }, this.#limits.xmppRequestTimeout);
    this.#session = session;
    try {
      await session.signIn(id, password, domain, resource);
    } catch (error) {
      if (this.#session !== session) return;
      this.#log(`sign-in failed: ${error.message}`);
      if (error instanceof RefusedError && error.condition === "not-authorized") this.#give("unauthorized");
      session.close();
      return;
    }
    this.#attempts = 0;
    this.#person.resource = session.jid.split("/").slice(1).join("/");
    this.#tell(TYPE.RESOURCEID, this.#person.resource);
    this.#isConnected = true;
    this.#status("connected");
    if (isAgain) this.#status("recovered");
    if (this.#presence) this.#tell(TYPE.PRESENCE, this.#presence);
    this.#watch(session);
  }

  /** Ping, so that a connection that is dead is found to be. */
  #watch(session) {
    const { xmppFailoverDetectionPingInterval: intervalMs, xmppFailoverRequestMaxRetry: retries } = this.#limits;
    let missed = 0;
    const ping = async () => {
      if (this.#session !== session) return;
      try {
        await session.ask("get", this.#person.domain, markup("ping", { xmlns: NS.ping }));
        missed = 0;
      } catch {
        missed += 1;
      }
      if (this.#session !== session) return;
      if (missed > retries) {
        session.close();
        this.#closed("");
      } else {
        this.#timer = setTimeout(ping, intervalMs);
      }
    };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(ping, intervalMs);
  }

  /** The stream is over: for good where the server says so, or we wanted it; else it is made anew. */
  #closed(condition) {
    this.#session = null;
    this.#isConnected = false;
    clearTimeout(this.#timer);
    if (condition === "conflict") this.#give("conflict");
    this.#status("disconnected");
    if (!this.#isWanted) return;
    if (this.#attempts === 0) this.#status("failing");
    const delayMs = RECONNECT_MS[Math.min(this.#attempts, RECONNECT_MS.length - 1)];
    this.#attempts += 1;
    this.#timer = setTimeout(() => {
      this.#status("reconnecting");
      this.#open(true);
    }, delayMs);
  }

  /** Say why, and do not try again. */
  #give(status) {
    this.#isWanted = false;
    this.#status(status);
  }

  async #disconnect() {
    this.#isWanted = false;
    clearTimeout(this.#timer);
    this.#status("disconnecting");
    const session = this.#session;
    if (!session) {
      this.#status("disconnected");
      return;
    }
    await Promise.allSettled([...this.#subscribed].map((node) => this.#request(session, "unsubscribe", node)));
    this.#subscribed.clear();
    session.close();
  }

  // Nodes -----------------------------------------------------------------------------------------------------------------

  #request(session, name, node) {
    const content = markup(name, { node, jid: session.bare });
    return session.ask("set", this.#service, markup("pubsub", { xmlns: NS.pubsub }, content));
  }

  get #service() {
    return this.#pubsub || `pubsub.${this.#person.domain}`;
  }

  async #subscribe(node, isOn) {
    const type = isOn ? TYPE.SUBSCRIBE : TYPE.UNSUBSCRIBE;
    try {
      if (!this.#session) throw new RefusedError("disconnected", markup("disconnected"));
      await this.#request(this.#session, isOn ? "subscribe" : "unsubscribe", node);
      if (isOn) this.#subscribed.add(node);
      else this.#subscribed.delete(node);
      this.#tell(type, node);
    } catch (error) {
      this.#tell(type, `${node}|${error.xml || markup("error", {}, error.message)}`);
    }
  }

  async #subscriptions() {
    let found = [];
    try {
      const content = markup("pubsub", { xmlns: NS.pubsub }, markup("subscriptions"));
      const answer = await this.#session.ask("get", this.#service, content);
      found = [...answer.getElementsByTagNameNS(NS.pubsub, "subscription")].map((subscription) => ({
        node: subscription.getAttribute("node"),
        jid: subscription.getAttribute("jid"),
        status: subscription.getAttribute("subscription"),
      }));
    } catch (error) {
      this.#log(`subscriptions: ${error.message}`);
    }
    this.#tell(TYPE.SUBSCRIPTIONS_REQ, JSON.stringify(found));
  }

  // The rest --------------------------------------------------------------------------------------------------------------

  #present(presence) {
    const from = (presence.getAttribute("from") ?? "").split("/", 1)[0];
    if (from !== `finesse@${this.#person.domain}`) return;
    this.#presence = serialize(presence);
    if (this.#isConnected) this.#tell(TYPE.PRESENCE, this.#presence);
  }

  #limit(data) {
    for (const [name, value] of Object.entries(read(data))) {
      const number = Number(value);
      if (name in this.#limits && number >= 0 && number <= 600_000) this.#limits[name] = number;
    }
  }

  #status(status) {
    this.#log(`status: ${status}`);
    this.#tell(TYPE.STATUS, status);
  }

  #log(text) {
    if (this.#isTracing) console.log(`event tunnel: ${text}`);
    this.#tell(TYPE.LOGGING, text);
  }

  #tell(type, data) {
    this.#post(`${type}|${data}`);
  }
}

/** JSON that should be an object. */
function read(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

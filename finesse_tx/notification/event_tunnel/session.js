// A person's XMPP session: signs in on a stream, asks, and tells what comes.

import { NS, children, find, markup, serialize } from "./xml.js";

const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** What a stream or an answer refused; `condition` is the element's name, `xml` the whole of it. */
export class RefusedError extends Error {
  constructor(condition, xml = "") {
    super(condition);
    this.condition = condition;
    this.xml = xml;
  }
}

export class Session {
  #stream;
  #requestTimeoutMs;
  #asked = new Map();
  #next = 0;
  #step = null;
  #end = null;

  /**
   * @param stream what carries it
   * @param {{onevent: function(string, string), onpresence: function(Element), onclosed: function(string)}} target
   *     told of notifications (node, payload), of presence, and of the end, with its stream error or ""
   * @param {number} requestTimeoutMs how long an answer may take
   */
  constructor(stream, target, requestTimeoutMs) {
    this.#stream = stream;
    this.#requestTimeoutMs = requestTimeoutMs;
    this.target = target;
    this.jid = "";
    stream.onelement = (element) => this.#received(element);
    stream.onclosed = () => this.#closed();
  }

  /** The address without its resource. */
  get bare() {
    return this.jid.split("/", 1)[0];
  }

  /**
   * Sign in, bind, and be available.
   * @throws {RefusedError} wrong password, or the stream ended
   */
  async signIn(id, password, domain, resource) {
    this.#stream.open(domain);
    await this.#receive("features");
    const auth = base64(`\0${id}\0${password}`);
    this.#stream.send(markup("auth", { xmlns: NS.sasl, mechanism: "PLAIN" }, auth));
    const answer = await this.#receive("success", "failure");
    if (answer.localName === "failure") throw new RefusedError("not-authorized", serialize(answer));
    this.#stream.restart();
    await this.#receive("features");
    const wanted = resource ? [markup("resource", {}, resource)] : [];
    const bound = await this.ask("set", null, markup("bind", { xmlns: NS.bind }, ...wanted));
    this.jid = find(bound, NS.bind, "jid").textContent;
    // In this order: once the session is answered for, the presence is there, and no event is missed any more.
    this.#stream.send(markup("presence", { xmlns: NS.client }));
    await this.ask("set", null, markup("session", { xmlns: NS.session }));
  }

  /**
   * Ask something.
   * @returns {Promise<Element>} the answer, of type result
   * @throws {RefusedError} it is of type error, or does not come
   */
  ask(type, to, content) {
    const id = `t${++this.#next}`;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new RefusedError("remote-server-timeout"));
      }, this.#requestTimeoutMs);
      this.#asked.set(id, { resolve, reject, timer });
      this.#stream.send(markup("iq", { xmlns: NS.client, type, id, to }, content));
    });
  }

  send(text) {
    this.#stream.send(text);
  }

  close() {
    this.#stream.close();
  }

  /** Wait for an element that comes while signing in. */
  #receive(...names) {
    return new Promise((resolve, reject) => {
      const late = () => reject(new RefusedError("remote-server-timeout"));
      this.#step = { names, resolve, reject, timer: setTimeout(late, this.#requestTimeoutMs) };
    });
  }

  #received(element) {
    const name = element.localName;
    if (element.namespaceURI === NS.stream && name === "error") {
      this.#end = children(element)[0]?.localName ?? "undefined-condition";
    } else if (this.#step?.names.includes(name)) {
      const { resolve, timer } = this.#step;
      this.#step = null;
      clearTimeout(timer);
      resolve(element);
    } else if (name === "iq") {
      this.#answered(element);
    } else if (name === "presence") {
      this.target.onpresence(element);
    } else if (name === "message") {
      this.#notified(element);
    }
  }

  #answered(iq) {
    const id = iq.getAttribute("id");
    const asked = this.#asked.get(id);
    if (!asked) {
      this.#refuse(iq);
      return;
    }
    this.#asked.delete(id);
    clearTimeout(asked.timer);
    if (iq.getAttribute("type") === "result") {
      asked.resolve(iq);
      return;
    }
    const error = children(iq).find((child) => child.localName === "error");
    asked.reject(new RefusedError(error ? children(error)[0]?.localName : "", error ? serialize(error) : ""));
  }

  /** The server's own requests: pings are answered, others refused (RFC 6120 §8.2.3). */
  #refuse(iq) {
    if (!["get", "set"].includes(iq.getAttribute("type"))) return;
    const about = { xmlns: NS.client, id: iq.getAttribute("id"), to: iq.getAttribute("from") };
    const unavailable = markup("service-unavailable", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
    this.send(
      find(iq, NS.ping, "ping")
        ? markup("iq", { ...about, type: "result" })
        : markup("iq", { ...about, type: "error" }, markup("error", { type: "cancel" }, unavailable)),
    );
  }

  #notified(message) {
    const items = find(message, NS.event, "items");
    if (!items) return;
    for (const item of items.getElementsByTagNameNS(NS.event, "item")) {
      this.target.onevent(items.getAttribute("node"), item.textContent);
    }
  }

  #closed() {
    const refused = new RefusedError(this.#end ?? "remote-connection-failed");
    clearTimeout(this.#step?.timer);
    this.#step?.reject(refused);
    this.#step = null;
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer);
      reject(refused);
    }
    this.#asked.clear();
    this.target.onclosed(this.#end ?? "");
  }
}

/**
 * XMPP streams by strophe.js, over WebSocket or BOSH.
 *
 * The library is loaded when the first stream is opened, so that the sign-in page need not wait for it.
 *
 * Spec: RFC 7395; XEP-0206; `notifications.md` §1, §4.
 */
import { SubscriptionError } from "./core/connection.js";

/** @typedef {import("./core/connection.js").Opener} Opener */
/** @typedef {import("./core/connection.js").End} End */

const LIBRARY = "../../browser/vendor/strophe/strophe.esm.js";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const PING = "urn:xmpp:ping";
const STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

/** How long a poll of BOSH is held. */
const WAIT_S = 30;

/** How long the server may take to answer. */
const ANSWER_MS = 10_000;

/** @type {Promise<any> | null} */
let loading = null;

/** Begin to load the library; it is there once. */
export function preload() {
  loading ??= import(LIBRARY);
  loading.catch(() => {
    loading = null; // the network was away: the next attempt loads it anew
  });
  return loading;
}

/** @param {import("./core/connection.js").Transport} transport */
function address(transport) {
  const { protocol, host } = window.location;
  return transport === "websocket" ? `${protocol === "https:" ? "wss" : "ws"}://${host}/ws` : `${protocol}//${host}/http-bind`;
}

/** @type {Opener} */
export const openStream = (transport, identity, told) => {
  let isOver = false;
  /** @type {End} */
  let why = "lost";
  /** @type {any} */
  let library = null;
  /** @type {any} */
  let connection = null;

  const end = () => {
    if (!isOver) {
      isOver = true;
      told.ended(why);
    }
  };

  /**
   * @param {any} stanza
   * @param {number} withinMs
   * @returns {Promise<void>}
   */
  const ask = (stanza, withinMs) =>
    new Promise((resolve, reject) => {
      if (connection === null || !connection.connected) {
        reject(new SubscriptionError("not-connected"));
        return;
      }
      connection.sendIQ(
        stanza,
        () => resolve(),
        (/** @type {Element | null} */ refusal) => {
          const condition = refusal?.getElementsByTagNameNS(STANZAS, "*")[0]?.localName ?? "remote-server-timeout";
          reject(new SubscriptionError(condition, refusal ? library.Strophe.serialize(refusal) : ""));
        },
        withinMs,
      );
    });

  /**
   * @param {"subscribe" | "unsubscribe"} what
   * @param {string} node
   */
  const subscription = (what, node) => {
    // Of this session alone, so that it ends with it (`notifications.md` §4.2).
    const about = { node, jid: connection.jid };
    return ask(library.$iq({ type: "set", to: identity.pubsub }).c("pubsub", { xmlns: PUBSUB }).c(what, about), ANSWER_MS);
  };

  /** @param {Element} message */
  const arrived = (message) => {
    for (const items of message.getElementsByTagName("items")) {
      for (const item of items.getElementsByTagName("item")) {
        told.event(items.getAttribute("node") ?? "", item.textContent ?? "");
      }
    }
    return true;
  };

  /** @param {Element} presence */
  const seen = (presence) => {
    if (presence.getAttribute("from")?.startsWith(`finesse@${identity.domain}`)) {
      told.presence(presence.getAttribute("type") !== "unavailable", library.Strophe.serialize(presence));
    }
    return true;
  };

  /** @param {Element} iq The server asks whether we are there, or something that we do not know. */
  const asked = (iq) => {
    if (!["get", "set"].includes(iq.getAttribute("type") ?? "")) {
      return true;
    }
    const about = { id: iq.getAttribute("id"), ...(iq.hasAttribute("from") && { to: iq.getAttribute("from") }) };
    const isPing = iq.getElementsByTagNameNS(PING, "ping").length > 0;
    const answer = library.$iq({ ...about, type: isPing ? "result" : "error" });
    connection.send(isPing ? answer : answer.c("error", { type: "cancel" }).c("service-unavailable", { xmlns: STANZAS }));
    return true;
  };

  /**
   * @param {number} status
   * @param {string | null} condition
   */
  const changed = (status, condition) => {
    const { Status } = library.Strophe;
    if (condition === "conflict") {
      why = "conflict";
    }
    if (isOver) {
      return;
    }
    if (status === Status.CONNECTED) {
      connection.addHandler(arrived, null, "message");
      connection.addHandler(seen, null, "presence");
      connection.addHandler(asked, null, "iq");
      connection.send(library.$pres());
      // What was sent before this has been taken when it is answered: from then on no event is missed.
      ask(library.$iq({ type: "get", to: identity.domain }).c("ping", { xmlns: PING }), ANSWER_MS).then(told.connected, () =>
        connection.disconnect("no answer"),
      );
    } else if (status === Status.AUTHFAIL) {
      why = condition === "temporary-auth-failure" ? "lost" : "unauthorized";
      end();
    } else if (status === Status.DISCONNECTED || status === Status.CONNFAIL) {
      end();
    }
  };

  preload()
    .then((loaded) => {
      if (isOver) {
        return;
      }
      library = loaded;
      const { Strophe } = library;
      Strophe.setLogLevel(Strophe.LogLevel.FATAL);
      // PLAIN alone: what stands for the password is known to the server as it is, and cannot be proved by SCRAM.
      connection = new Strophe.Connection(address(transport), { mechanisms: [Strophe.SASLPlain] });
      const jid = `${Strophe.escapeNode(identity.loginId)}@${identity.domain}/${identity.resource}`;
      connection.connect(jid, identity.password, changed, WAIT_S);
    })
    .catch(end); // the library did not come, or the browser has nothing that carries it

  return {
    subscribe: (node) => subscription("subscribe", node),
    unsubscribe: (node) => subscription("unsubscribe", node),
    ping: (withinMs) => ask(library.$iq({ type: "get", to: identity.domain }).c("ping", { xmlns: PING }), withinMs),
    close: () => {
      isOver = true;
      connection?.disconnect("closed");
    },
  };
};

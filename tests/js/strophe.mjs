// strophe.js, as the pages of contact centres use it: BOSH or WebSocket, by the address it is given.
//
// Options: url; jid and password; stored: what sessionStorage held when the page was left.

import { Storage } from "./page.mjs";
import { obey, options, tell } from "./lines.mjs";
import { Strophe, $iq, $pres } from "strophe.js";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const storage = (globalThis.sessionStorage = new Storage(options.stored));
const connection = new Strophe.Connection(options.url, { keepalive: true });
const names = Object.fromEntries(Object.entries(Strophe.Status).map(([name, code]) => [code, name]));

connection.rawOutput = (text) => tell("sent", { text });

/** Events are found as such pages find them: by the names of tags. */
function arrived(message) {
  for (const items of message.getElementsByTagName("items")) {
    for (const item of items.getElementsByTagName("item")) {
      const notification = item.getElementsByTagName("notification")[0];
      tell("notified", { node: items.getAttribute("node"), payload: notification.textContent });
    }
  }
  return true;
}

function changed(status, condition) {
  if (status === Strophe.Status.CONNECTED || status === Strophe.Status.ATTACHED) {
    connection.addHandler(arrived, null, "message");
    connection.addHandler((presence) => {
      tell("presence", { from: presence.getAttribute("from"), type: presence.getAttribute("type") });
      return true;
    }, null, "presence");
  }
  const { sid, rid } = connection._proto;
  tell("status", { status: names[status], condition, jid: connection.jid, sid, rid });
}

function ask(type, to, build) {
  const iq = build($iq({ type, ...(to && { to }) }));
  connection.sendIQ(
    iq,
    (answer) => tell("answer", { type: "result", xml: Strophe.serialize(answer) }),
    (answer) => tell("answer", { type: "error", xml: answer && Strophe.serialize(answer) }),
    20_000,
  );
}

obey({
  connect: () => connection.connect(options.jid, options.password, changed, 30),
  restore: () => connection.restore(options.jid, changed, 30),
  attach: ({ jid, sid, rid }) => connection.attach(jid, sid, rid, changed, 30),
  appear: () => connection.send($pres()),
  subscribe: ({ to, node }) =>
    ask("set", to, (iq) =>
      iq.c("pubsub", { xmlns: PUBSUB }).c("subscribe", { node, jid: Strophe.getBareJidFromJid(connection.jid) }),
    ),
  ping: ({ to }) => ask("get", to, (iq) => iq.c("ping", { xmlns: "urn:xmpp:ping" })),
  leave: () => connection.disconnect("bye"),
  storage: () => tell("storage", { stored: storage.content }),
});
tell("loaded");

// @xmpp/client, by the address it is given: xmpp:, xmpps:, ws: or wss:.
//
// Options: service; domain; username, password, resource.

import { setImmediate } from "node:timers/promises";

import { client, xml } from "@xmpp/client";
import { obey, options, tell } from "./lines.mjs";

const PUBSUB = "http://jabber.org/protocol/pubsub";
const xmpp = client(options);
xmpp.reconnect.delay = 50;

xmpp.on("status", (status) => tell("status", { status }));
xmpp.on("error", (error) => tell("error", { condition: error.condition ?? "", message: String(error) }));
xmpp.on("online", async (address) => {
  tell("online", { jid: address.toString() });
  // It counts wrong if stanzas come in one piece with <enabled/>, so nothing may cause one before.
  while (!xmpp.streamManagement.enabled) await setImmediate();
  xmpp.send(xml("presence"));
});
xmpp.on("stanza", (stanza) => {
  const items = stanza.getChild("event", `${PUBSUB}#event`)?.getChild("items");
  for (const item of items?.getChildren("item") ?? []) {
    tell("notified", { node: items.attrs.node, payload: item.getChildText("notification") });
  }
  if (stanza.is("presence")) tell("presence", stanza.attrs);
});

obey({
  start: () => xmpp.start(),
  subscribe: async ({ to, node }) => {
    const jid = xmpp.jid.bare().toString();
    const answer = await xmpp.iqCaller.set(xml("pubsub", PUBSUB, xml("subscribe", { node, jid })), to);
    tell("answer", answer.getChild("subscription").attrs);
  },
  break: () => xmpp.socket.end?.() ?? xmpp.socket.close(),
  stop: () => xmpp.stop(),
});
tell("loaded");

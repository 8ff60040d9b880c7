// The event tunnel without a window: what the page around it would say and hear.
//
// Options: http: where the port is.

import { DOMParser, XMLSerializer } from "@xmldom/xmldom";
import { BOSH } from "../../finesse_tx/notification/event_tunnel/bosh.js";
import { Tunnel } from "../../finesse_tx/notification/event_tunnel/tunnel.js";
import { WebSocketStream } from "../../finesse_tx/notification/event_tunnel/websocket.js";
import { obey, options, tell } from "./lines.mjs";

Object.assign(globalThis, { DOMParser, XMLSerializer });

const tunnel = new Tunnel({
  post: (text) => {
    const [type, ...data] = text.split("|");
    tell("posted", { type: Number(type), data: data.join("|") });
  },
  transport: (type) =>
    type === "bosh"
      ? new BOSH(`${options.http}/http-bind/`)
      : new WebSocketStream(`${options.http.replace("http", "ws")}/ws/`),
});

obey({
  load: () => tunnel.load(),
  receive: ({ texts }) => texts.forEach((text) => tunnel.receive(text)),
  unload: () => tunnel.unload(),
});
tell("loaded");

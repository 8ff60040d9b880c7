// The page of /tunnel/, in a hidden frame of a desktop or a gadget container: it keeps the XMPP connection, and speaks
// with the page around it by postMessage. This module alone knows the window.

import { BOSH } from "./bosh.js";
import { Tunnel } from "./tunnel.js";
import { WebSocketStream } from "./websocket.js";

const { host, protocol } = window.location;
const isSecure = protocol === "https:";

/** The origin of the page around us: that of its first message, for good. A sandboxed page's is "null", and has no name. */
let origin = null;
const target = () => (origin === null || origin === "null" ? "*" : origin);

const tunnel = new Tunnel({
  post: (text) => window.parent.postMessage(text, target()),
  transport: (type) =>
    type === "bosh"
      ? new BOSH(`${protocol}//${host}/http-bind/`)
      : new WebSocketStream(`${isSecure ? "wss" : "ws"}://${host}/ws/`),
});

window.addEventListener("message", (message) => {
  if (message.source !== window.parent || typeof message.data !== "string") return;
  origin ??= message.origin;
  if (message.origin === origin) tunnel.receive(message.data);
});
window.addEventListener("pagehide", () => tunnel.unload());
if (window.parent !== window) tunnel.load();

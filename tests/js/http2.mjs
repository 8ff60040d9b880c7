// node's own HTTP/2 client: one session, many requests.
//
// Options: origin.

import { connect, constants } from "node:http2";
import { obey, options, tell } from "./lines.mjs";

const session = connect(options.origin);
const held = new Map();

session.on("connect", () => tell("connected", { protocol: session.alpnProtocol, settings: session.remoteSettings }));
session.on("error", (error) => tell("broken", { message: error.message }));
session.on("goaway", (code, last) => tell("goaway", { code, last }));
session.on("close", () => tell("closed"));

/** Ask, and tell what is answered. */
function ask({ name, path = "/", method = "GET", headers = {}, body }) {
  const stream = session.request({ ":path": path, ":method": method, ...headers }, { endStream: body === undefined });
  held.set(name, stream);
  let status = 0;
  const parts = [];
  stream.on("response", (answered) => {
    status = answered[":status"];
  });
  stream.on("data", (part) => parts.push(part));
  stream.on("error", (error) => tell("error", { name, message: error.message }));
  stream.on("close", () => {
    const answer = Buffer.concat(parts);
    tell("answered", { name, status, size: answer.length, body: answer.toString().slice(0, 1_000), code: stream.rstCode });
  });
  if (body !== undefined) stream.end(body);
}

obey({
  ask,
  many: ({ count, ...about }) => {
    for (let number = 0; number < count; number += 1) ask({ name: number, ...about });
  },
  cancel: ({ name }) => held.get(name).close(constants.NGHTTP2_CANCEL),
  ping: () => session.ping((error, _duration, payload) => tell("pong", { ok: !error && payload.length === 8 })),
  leave: () => session.close(),
});

tell("loaded");

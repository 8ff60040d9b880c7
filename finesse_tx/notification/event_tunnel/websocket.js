// A stream on a WebSocket (RFC 7395).

import { NS, markup, parse } from "./xml.js";

/** A stream; who uses it sets `onelement(element)` and `onclosed()`. */
export class WebSocketStream {
  #socket;
  #domain = "";
  #url;

  constructor(url) {
    this.#url = url;
  }

  /** Begin. */
  open(domain) {
    this.#domain = domain;
    const socket = (this.#socket = new WebSocket(this.#url, "xmpp"));
    socket.onopen = () => this.restart();
    socket.onclose = () => this.onclosed();
    socket.onmessage = ({ data }) => {
      const element = parse(data);
      if (element.namespaceURI !== NS.framing) this.onelement(element);
      else if (element.localName === "close") socket.close();
    };
  }

  /** Begin anew, after signing in. */
  restart() {
    this.#socket.send(markup("open", { xmlns: NS.framing, to: this.#domain, version: "1.0" }));
  }

  /** Send one element. */
  send(text) {
    if (this.#socket.readyState === 1) this.#socket.send(text);
  }

  /** End. */
  close() {
    this.send(markup("close", { xmlns: NS.framing }));
    this.#socket.close();
  }
}

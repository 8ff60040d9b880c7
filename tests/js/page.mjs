// What strophe.js finds in a browser's page and not in node: XMLHttpRequest, and sessionStorage. strophe.js brings the rest.

import http from "node:http";

/** As a browser: connections are kept, and there are few of them. */
const agent = new http.Agent({ keepAlive: true, maxSockets: 2 });

/** Requests over HTTP; a connection that breaks is status 0. */
globalThis.XMLHttpRequest = class {
  #headers = {};
  #request;
  readyState = 0;
  status = 0;
  responseText = "";
  responseXML = null;
  onreadystatechange = () => {};

  open(method, url) {
    this.#request = http.request(url, { method, agent });
    this.readyState = 1;
  }
  setRequestHeader(name, value) {
    this.#request.setHeader(name, value);
  }
  getAllResponseHeaders() {
    return Object.entries(this.#headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  }
  send(text) {
    this.#request.on("error", () => this.#done(0, ""));
    this.#request.on("response", (response) => {
      const parts = [];
      this.#headers = response.headers;
      response.on("data", (part) => parts.push(part));
      response.on("error", () => this.#done(0, ""));
      response.on("end", () => this.#done(response.statusCode, Buffer.concat(parts).toString()));
    });
    this.#request.end(text);
  }
  abort() {
    this.onreadystatechange = () => {};
    this.#request?.destroy();
  }
  #done(status, text) {
    if (this.readyState === 4) return;
    Object.assign(this, { readyState: 4, status, responseText: text });
    this.responseXML = text ? new DOMParser().parseFromString(text, "text/xml") : null;
    this.onreadystatechange();
  }
};

/** What outlives a reload of the page: `content` is what it holds. */
export class Storage {
  constructor(content = {}) {
    this.content = content;
  }
  getItem(name) {
    return this.content[name] ?? null;
  }
  setItem(name, value) {
    this.content[name] = String(value);
  }
  removeItem(name) {
    delete this.content[name];
  }
}

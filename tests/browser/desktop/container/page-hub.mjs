/** A page's hub under node, by the script that is served, with gadgets in the page itself. */
import { readFileSync } from "node:fs";
import vm from "node:vm";

import { DesktopHub } from "../../../../finesse_tx/desktop/page/container/hub.js";

const SOURCE = readFileSync(new URL("../../../../finesse_tx/gadgets/scripts/org.openajax.hub-2.0.7.js", import.meta.url), "utf8");

/** OpenAjax, as a page has it; what a callback throws comes into `thrown`. */
function openAjax(thrown) {
  const window = { setTimeout: (then) => { try { then(); } catch (error) { thrown.push(error); } } };
  const gadgets = { rpc: { register() {} } };
  const context = { window, gadgets, setTimeout: window.setTimeout, document: { location: { origin: "https://fin.example" } }, console };
  vm.runInNewContext(`${SOURCE}\nthis.made = OpenAjax;`, context);
  return context.made;
}

/** A hub, and a way to have gadgets on it. */
export function pageHub({ foreign = [] } = {}) {
  const thrown = [];
  const made = openAjax(thrown);
  const hub = new DesktopHub(made, (client) => foreign.includes(client.getClientID()));
  /** A gadget: what it hears of some topics, and how it speaks. */
  const gadget = (id, ...topics) => {
    const heard = [];
    const client = new made.hub.InlineContainer(hub.managed, id, {
      Container: { onSecurityAlert() {} },
    });
    const own = new made.hub.InlineHubClient({ HubClient: { onSecurityAlert() {} }, InlineHubClient: { container: client } });
    own.connect();
    topics.forEach((topic) => own.subscribe(topic, (_topic, data) => heard.push(data)));
    return { heard, client, own, publish: (topic, data) => own.publish(topic, data) };
  };
  return { hub, gadget, thrown };
}

/** After what was awaited has gone on. */
export const settled = () => new Promise(setImmediate);

/** A desk with nobody behind it. */
export class FakeDesk extends EventTarget {
  status = "connected";
  me = { loginId: "ann", state: "READY" };
  clock = new EventTarget();
  /** By node: how its subscriptions end. */
  refused = new Set();
  watched = [];
  acted = [];

  watch(node, _listener, signal) {
    this.watched.push(node);
    signal.addEventListener("abort", () => this.watched.splice(this.watched.indexOf(node), 1));
    return this.answering ?? Promise.resolve(!this.refused.has(node));
  }

  async act(...asked) {
    this.acted.push(asked);
  }

  now(status) {
    this.status = status === "recovered" ? "connected" : status;
    this.dispatchEvent(new CustomEvent("status", { detail: { status } }));
  }

  update(node, content) {
    this.dispatchEvent(new CustomEvent("update", { detail: { node, content, object: { Update: content } } }));
  }
}

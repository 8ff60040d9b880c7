/** `container/hub.js`, `topics.js`, `info.js`, `services.js`, `client-log.js`: what gadgets rely on, on the hub. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ClientLog, MAX_LINE, MAX_LINES, MAX_REPORT } from "../../../../finesse_tx/desktop/page/container/client-log.js";
import { InfoServices, MAX_NODES } from "../../../../finesse_tx/desktop/page/container/info.js";
import { ContainerServices } from "../../../../finesse_tx/desktop/page/container/services.js";
import { hears, topicOf } from "../../../../finesse_tx/desktop/page/container/topics.js";
import { FakeDesk, pageHub, settled } from "./page-hub.mjs";

const REQUESTS = "finesse.info.requests";
const SERVICES = "finesse.containerservices.requests";

/** What the page made, as if it had come by JSON. */
const plain = (value) => JSON.parse(JSON.stringify(value) ?? "null");

function info(options) {
  const { hub, gadget } = pageHub(options);
  const desk = new FakeDesk();
  const leaving = new AbortController();
  const services = new InfoServices(hub, desk, "desk-1", leaving.signal);
  const one = gadget("one", "finesse.info.connection", "finesse.info.responses.*", "finesse.api.User.ann.Dialogs");
  let last = 0;
  const ask = (from, type, data, { id, ...more } = {}) => from.publish(REQUESTS, { type, data, invokeID: id ?? `i${(last += 1)}`, ...more });
  return { hub, gadget, desk, leaving, services, one, ask };
}

test("patterns of topics", () => {
  for (const [pattern, topic, isHeard] of [
    ["a.b", "a.b", true], ["a.b", "a.c", false], ["a.*", "a.b", true], ["a.*", "a.b.c", false], ["a.**", "a.b.c", true],
    ["a.**", "a", false], ["**", "a.b", true], ["*.b", "a.b", true], ["a", "a.b", false],
  ]) {
    assert.equal(hears(pattern, topic), isHeard, `${pattern} ${topic}`);
  }
  assert.equal(topicOf("/finesse/api/User/a.b/Dialogs"), "finesse.api.User.a.b.Dialogs");
});

test("the last status is told again to who asks, and each change to all; nothing twice", () => {
  const { desk, one, ask } = info();
  ask(one, "ConnectionInfoReq", {}, { id: "x" });
  desk.now("failing");
  desk.now("recovered");
  ask(one, "ConnectionInfoReq", {}, { id: "y" });
  assert.deepEqual(plain(one.heard), [
    { status: "connected", resourceID: "desk-1", invokeID: "x" },
    { status: "failing", resourceID: "desk-1" },
    { status: "recovered", resourceID: "desk-1" },
    { status: "recovered", resourceID: "desk-1", invokeID: "y" },
  ]);
});

test("events come as node and text together, with an object that is made only for listeners", () => {
  const { desk, one } = info();
  desk.update("/finesse/api/User/ann/Dialogs", "<Update/>");
  assert.deepEqual(plain(one.heard), [{ content: "/finesse/api/User/ann/Dialogs<Update/>", object: { Update: "<Update/>" } }]);
  let made = 0;
  const detail = { node: "/finesse/api/Queue/1", content: "", get object() { made += 1; return {}; } };
  desk.dispatchEvent(new CustomEvent("update", { detail }));
  assert.equal(made, 0);
});

test("a new token and the server's presence are told to all", () => {
  const { desk, gadget } = info();
  const [token, presence] = ["finesse.info.accessTokenRefresh", "finesse.info.presence"];
  const one = gadget("two", token, presence);
  desk.dispatchEvent(new CustomEvent("token", { detail: { authToken: "a2" } }));
  desk.dispatchEvent(new CustomEvent("presence", { detail: { content: "<presence/>", object: { presence: null } } }));
  assert.deepEqual(plain(one.heard), [{ authToken: "a2" }, { content: "<presence/>", object: { presence: null } }]);
});

test("nodes are counted: the first who asks subscribes, the last who leaves ends it", async () => {
  const { hub, desk, gadget, one, ask, services } = info();
  const two = gadget("two", "finesse.info.responses.*");
  ask(one, "SubscribeNodeReq", { node: "/n" });
  ask(one, "SubscribeNodeReq", { node: "/n" });
  ask(two, "SubscribeNodeReq", { node: "/n" });
  await settled();
  assert.deepEqual([desk.watched, services.nodes, plain(one.heard), one.heard[0]], [["/n"], { "/n": 3 }, [null, null, null], undefined]);
  ask(one, "SubscriptionsInfoReq", {});
  assert.equal(one.heard.at(-1), '{"/n":3}');
  ask(one, "UnsubscribeNodeReq", { node: "/n" });
  hub.remove(one.client);
  assert.deepEqual([desk.watched, services.nodes], [["/n"], { "/n": 1 }]);
  hub.remove(two.client);
  assert.deepEqual([desk.watched, services.nodes], [[], {}]);
  const [three, four] = [gadget("three"), gadget("four")];
  ask(three, "SubscribeNodeReq", { node: "/n" });
  ask(four, "SubscribeNodeReq", { node: "/n" });
  ask(four, "UnsubscribeNodeReq", { node: "/n" }, { isForceOp: true });
  await settled();
  assert.deepEqual([desk.watched, services.nodes], [[], {}]);
});

test("a subscription that cannot be made is answered so, and counted no more", async () => {
  const { desk, one, ask, services } = info();
  desk.refused.add("/secret");
  ask(one, "SubscribeNodeReq", { node: "/secret" });
  await settled();
  assert.equal(plain(one.heard)[0].error.errorType, "Refused");
  assert.deepEqual(services.nodes, {});
  desk.answering = new Promise(() => {});
  ask(one, "SubscribeNodeReq", { node: "/slow" });
  desk.now("failing");
  ask(one, "SubscribeNodeReq", { node: "/late" });
  assert.deepEqual(
    plain(one.heard).slice(1).map((told) => told.error?.errorType ?? told.status),
    ["Disconnected", "failing", "Not connected"],
  );
});

test("so many nodes are subscribed to, and one more is refused", async () => {
  const { one, ask, services } = info();
  for (let node = 0; node <= MAX_NODES; node += 1) {
    ask(one, "SubscribeNodeReq", { node: `/${node}` });
  }
  await settled();
  assert.equal(Object.keys(services.nodes).length, MAX_NODES);
  assert.deepEqual(plain(one.heard).filter(Boolean).map((told) => told.error.errorType), ["Too many subscriptions"]);
});

test("what is no request is passed over, and nothing is left when the page goes", async () => {
  const { desk, one, ask, leaving, hub } = info();
  for (const wrong of [null, "x", { type: 3, data: {} }, { type: "ConnectionInfoReq" }, { type: "ConnectionReq", data: {} }]) {
    one.publish(REQUESTS, wrong);
  }
  assert.deepEqual(one.heard, []);
  ask(one, "SubscribeNodeReq", { node: "/n" });
  await settled();
  leaving.abort();
  assert.deepEqual(desk.watched, []);
  ask(one, "ConnectionInfoReq", {});
  desk.now("failing");
  assert.equal(one.heard.length, 1);
  hub.publish("x", 1);
});

test("one bad callback keeps nobody from what is published", () => {
  const { hub, gadget, thrown } = pageHub();
  const one = gadget("one", "x");
  gadget("two").own.subscribe("x", () => { throw new Error("mine"); });
  const heard = [];
  hub.subscribe("x", (data, topic, publisher) => heard.push([data, topic, publisher?.getClientID()]), new AbortController().signal);
  one.publish("x", 1);
  hub.publish("x", 2);
  assert.deepEqual([one.heard, heard, thrown.length], [[1, 2], [[1, "x", "one"], [2, "x", undefined]], 2]);
});

test("a gadget of another origin says nothing in the page's name, and hears no access token", () => {
  const { hub, gadget } = pageHub({ foreign: ["far"] });
  const near = gadget("near", "finesse.**");
  const far = gadget("far", "finesse.**");
  for (const topic of ["finesse.info.connection", "finesse.api.User.ann", "finesse.containerservices.reloadGadget", "finesse.info.responses.x"]) {
    far.publish(topic, "forged");
  }
  far.publish("finesse.info.requests", "asked");
  hub.publish("finesse.info.accessTokenRefresh", { authToken: "t" });
  hub.publish("finesse.info.connection", "real");
  assert.deepEqual([plain(near.heard), plain(far.heard)], [["asked", { authToken: "t" }, "real"], ["asked", "real"]]);
});

/** A page with boxes that note what is done to them. */
function services({ foreign = [] } = {}) {
  const { hub, gadget } = pageHub({ foreign });
  const desk = new FakeDesk();
  const done = [];
  const box = (mid) => ({
    mid,
    isForeign: foreign.includes(`g${mid}`),
    ...Object.fromEntries(["reload", "collapse", "setTitle", "showTitleBar", "show", "mark"].map((name) => [name, (...given) => done.push([mid, name, ...given])])),
  });
  const boxes = new Map([[1, box(1)], [2, box(2)]]);
  let active = "home";
  const page = {
    activeTab: () => active,
    activateTab(id) {
      active = id;
      made.tabChanged();
      return true;
    },
    box: (mid) => boxes.get(mid),
    boxOf: (client) => boxes.get(Number(client.getClientID().slice(1))),
  };
  const leaving = new AbortController();
  const made = new ContainerServices(hub, page, desk, leaving.signal);
  const one = gadget("g1", "finesse.containerservices.activeTab");
  const ask = (type, data = {}, from = one) => from.publish(SERVICES, { type, data, invokeID: "i" });
  return { hub, gadget, desk, done, made, one, ask, leaving };
}

test("tabs are told when asked for and when they change", () => {
  const { one, ask } = services();
  ask("ActiveTabReq");
  ask("SetActiveTabReq", { id: "more" });
  assert.deepEqual(one.heard, ["home", "more"]);
});

test("what a gadget asks for itself is done to its box; a foreign one can ask for no other", () => {
  const { ask, done, gadget } = services({ foreign: ["g2"] });
  ask("ReloadGadgetReq", { gadgetId: 1 });
  ask("CollapseGadgetReq", { gadgetId: "1" });
  ask("ExpandGadgetReq", { gadgetId: 1 });
  ask("SetGadgetTitleReq", { gadgetId: 1, title: "T" });
  ask("EnableTitleBarReq", { gadgetId: 1, enabled: false });
  ask("HideGadgetReq", { gadgetId: 2 });
  ask("ShowGadgetNotificationReq", { gadgetId: 9 });
  ask("toString", { gadgetId: 1 });
  const far = gadget("g2");
  ask("ReloadGadgetReq", { gadgetId: 1 }, far);
  ask("ShowGadgetReq", { gadgetId: 2 }, far);
  ask("ReloadGadgetReq", {}, far);
  far.publish("finesse.containerservices.reloadGadget", { gadgetId: 1 });
  assert.deepEqual(done, [
    [1, "reload"], [1, "collapse", true], [1, "collapse", false], [1, "setTitle", "T"], [1, "showTitleBar", false], [2, "show", false],
    [2, "show", true], [2, "reload"],
  ]);
});

test("the clock is listened to only while some gadget listens to ticks", () => {
  const { gadget, desk, hub, leaving } = services();
  let listening = 0;
  const { clock } = desk;
  const add = clock.addEventListener.bind(clock);
  clock.addEventListener = (name, listener, { signal }) => {
    listening += 1;
    signal.addEventListener("abort", () => { listening -= 1; });
    add(name, listener, { signal });
  };
  const one = gadget("g8");
  const id = one.own.subscribe("finesse.containerservices.timerTickEvent", (_topic, data) => one.heard.push(data.tickFrequency));
  const two = gadget("g9", "finesse.containerservices.*");
  assert.equal(listening, 1);
  assert.deepEqual(plain(hub.clients), { g1: 1, g8: 1, g9: 1 });
  clock.dispatchEvent(new Event("second"));
  one.own.unsubscribe(id);
  assert.equal(listening, 1);
  hub.remove(two.client);
  assert.deepEqual([listening, one.heard, two.heard.length, plain(hub.clients)], [0, [1000], 1, { g1: 1, g8: 0 }]);
  gadget("g7", "**");
  assert.equal(listening, 1);
  leaving.abort();
  assert.equal(listening, 0);
});

test("calls, views and heights are told", () => {
  const { gadget, desk, made } = services();
  const { heard } = gadget("g5", "finesse.containerservices.*");
  for (const state of ["RESERVED", "TALKING", "HOLD", "WORK"]) {
    desk.me = { ...desk.me, state };
    desk.dispatchEvent(new CustomEvent("me", { detail: {} }));
  }
  const view = { gadgetId: 1, tabId: "home", maxAvailableHeight: 500, view: "canvas" };
  made.viewChanged(view);
  made.heightChanged(400);
  assert.deepEqual(plain(heard), [{ status: true, type: "VOICE" }, { status: false, type: "VOICE" }, view, { maxAvailableHeight: 400 }]);
});

test("the log keeps so many lines of so many characters, and a report what the server takes", () => {
  const { hub, gadget } = pageHub();
  const log = new ClientLog(() => new Date(0));
  log.collect(hub, new AbortController().signal);
  gadget("one").publish("finesse.clientLogging.Mine", `a\nb${"x".repeat(MAX_LINE)}`);
  log.add("page");
  assert.deepEqual(log.text.split("\n").map((line) => line.length), [MAX_LINE + 2, "1970-01-01T00:00:00.000Z: desktop: page".length]);
  for (let line = 0; line < MAX_LINES; line += 1) {
    log.add("y".repeat(900));
  }
  assert.ok(!log.text.includes("a | b"));
  assert.ok(log.text.length <= MAX_REPORT && log.text.length > MAX_REPORT - 1000 && log.text.startsWith("1970"));
});

/** `desktop/page/core/desk.js`: what one person sees, from what the server answers and tells. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { layoutSettings } from "../../../finesse_tx/desktop/page/core/configuration.js";
import { Desk } from "../../../finesse_tx/desktop/page/core/desk.js";
import { REFUSAL_MS } from "../../../finesse_tx/desktop/page/core/requests.js";
import { ServerClock } from "../../../finesse_tx/desktop/page/core/server-clock.js";
import { SubscriptionError } from "../../../finesse_tx/desktop/page/core/connection.js";
import { connected, dialog, Server, settled, Streams, Time, update, USER } from "./support.mjs";

const [ME, DIALOGS] = ["/finesse/api/User/1001", "/finesse/api/User/1001/Dialogs"];

/** A desk that is loaded. */
async function loaded(dialogs = [], me = USER) {
  const [time, streams, server] = [new Time(), new Streams(), new Server()];
  server.answers = { [`GET ${ME}`]: [200, me], [`GET ${DIALOGS}`]: [200, { Dialog: dialogs }] };
  let made = 0;
  const connection = connected(time, streams);
  const rest = server.rest;
  rest.authorization = "Basic x";
  const clock = new ServerClock(time.platform);
  const given = { rest, clock, connection, me: USER, platform: time.platform, newId: () => `r${(made += 1)}` };
  const desk = new Desk(given);
  const told = [];
  for (const type of ["me", "calls", "status", "resync", "signedout"]) {
    desk.addEventListener(type, ({ detail }) => told.push([type, detail]));
  }
  await desk.load();
  told.length = 0;
  const event = (node, content) => streams.last.told.event(node, content);
  return { desk, told, time, streams, server, connection, event };
}

test("at the beginning each thing is asked for once", async () => {
  const { desk, server, time } = await loaded([dialog(2), dialog(1)]);
  assert.deepEqual(server.asked.map(([method, path]) => [method, path]), [["GET", ME], ["GET", DIALOGS]]);
  assert.deepEqual([...desk.calls.keys()], [1, 2]);
  assert.equal(desk.status, "connected");
  assert.equal(desk.isSupervisor, false);
  assert.equal(time.waiting, 1); // the connection's
});

test("events change me and my calls, and nothing is asked for", async () => {
  const { desk, told, server, event } = await loaded();
  const asked = server.asked.length;
  event(ME, update("PUT", ME, { user: { ...USER, state: "READY" } }));
  event(DIALOGS, update("POST", DIALOGS, { dialogs: { Dialog: dialog("7", { state: "ALERTING" }) } }));
  event(DIALOGS, update("PUT", "/finesse/api/Dialog/7", { dialog: dialog("7") }));
  event(DIALOGS, update("DELETE", DIALOGS, { dialogs: { Dialog: dialog("7", { state: "DROPPED" }) } }));
  event(DIALOGS, update("DELETE", DIALOGS, { dialogs: { Dialog: dialog("8") } }));
  assert.deepEqual(
    told.map(([type, detail]) => [type, detail.before?.state, detail.now?.state, detail.last?.state]),
    [
      ["me", "NOT_READY", "READY", undefined],
      ["calls", undefined, "ALERTING", "ALERTING"],
      ["calls", "ALERTING", "ACTIVE", "ACTIVE"],
      ["calls", "ACTIVE", undefined, "DROPPED"],
    ],
  );
  assert.deepEqual([desk.me.state, desk.calls.size], ["READY", 0]);
  assert.equal(server.asked.length, asked);
});

test("what is not mine changes nothing here", async () => {
  const { told, event } = await loaded();
  event("/finesse/api/User/1002", update("PUT", "/finesse/api/User/1002", { user: { ...USER, loginId: "1002" } }));
  event("/finesse/api/User/1002/Dialogs", update("PUT", "/finesse/api/Dialog/7", { dialog: dialog(7) }));
  event(ME, update("PUT", ME, { apiErrors: { apiError: { errorType: "x" } } }));
  assert.deepEqual(told, []);
});

test("every event is passed on, with its XML and as gadgets get it; also one that nobody understands", async () => {
  const { desk, event } = await loaded();
  const seen = [];
  desk.addEventListener("update", ({ detail }) => seen.push([detail.node, detail.content, detail.object]));
  event("/n", "<Update><data/><event>PUT</event></Update>");
  event("/n", '{"a": 1}');
  event("/n", "nonsense");
  assert.deepEqual(seen, [
    ["/n", "<Update><data/><event>PUT</event></Update>", { Update: { data: null, event: "PUT" } }],
    ["/n", '{"a": 1}', { a: 1 }],
    ["/n", "nonsense", null],
  ]);
});

test("a request is done when an event says so, or nothing says otherwise for a while", async () => {
  const { desk, server, time, event } = await loaded();
  server.answers[`PUT ${ME}`] = [202];
  let isDone = false;
  const acting = desk.act("PUT", ME, { state: "READY" }).then((answer) => (isDone = answer === null));
  await settled();
  const [, , body, headers] = server.asked.at(-1);
  assert.deepEqual([body, headers.requestId], [{ state: "READY" }, "r1"]);
  assert.equal(isDone, false);
  event(ME, update("PUT", ME, { user: USER }, "another"));
  await settled();
  assert.equal(isDone, false);
  event(ME, update("PUT", ME, { user: USER }, "r1"));
  await acting;
  assert.equal(isDone, true);
  assert.equal(time.waiting, 1);
  isDone = false;
  let isTaken = false;
  const another = desk.act("PUT", ME, {}, { taken: () => (isTaken = true) }).then(() => (isDone = true));
  await settled();
  assert.deepEqual([isTaken, isDone], [true, false]);
  await time.pass(REFUSAL_MS - 1);
  assert.equal(isDone, false);
  await time.pass(1);
  await another;
});

test("a refusal is told, by the answer or by an event, which may be the first of both", async () => {
  const { desk, server, event } = await loaded();
  const errors = { apiErrors: { apiError: { errorType: "Invalid State", errorMessage: "CF_X", errorData: "22" } } };
  server.answers[`PUT ${ME}`] = () => {
    event(ME, update("put", ME, errors, "r1"));
    return [202];
  };
  await assert.rejects(desk.act("PUT", ME, {}), { name: "RefusedError", type: "Invalid State", data: "22", message: "CF_X" });
  server.answers[`PUT ${ME}`] = [400, { ApiErrors: { ApiError: { ErrorType: "Invalid Input" } } }];
  await assert.rejects(desk.act("PUT", ME, {}), { status: 400, type: "Invalid Input" });
  await assert.rejects(desk.act("PUT", ME, {}, { signal: AbortSignal.abort() }), { name: "RefusedError" });
});

test("what is answered with something is done at once", async () => {
  const { desk, server } = await loaded();
  server.answers["POST /x"] = [200, { id: 1 }];
  assert.deepEqual(await desk.act("POST", "/x", {}), { id: 1 });
});

test("a node is subscribed to once, and left when nobody wants it", async () => {
  const { desk, streams, event } = await loaded();
  const heard = [];
  const [one, other] = [new AbortController(), new AbortController()];
  assert.equal(await desk.watch("/t", (what) => heard.push(["one", what]), one.signal), true);
  assert.equal(await desk.watch("/t", (what) => heard.push(["other", what]), other.signal), true);
  assert.equal(await desk.watch("/t", () => {}, AbortSignal.abort()), false);
  event("/t", update("PUT", "/s", { user: USER }, "r"));
  assert.deepEqual(heard.map(([who]) => who), ["one", "other"]);
  const { event: what, source, requestId, kind, data, node } = heard[0][1];
  assert.deepEqual([what, source, requestId, kind, data.loginId, node], ["PUT", "/s", "r", "user", "1001", "/t"]);
  one.abort();
  event("/t", update("PUT", "/s"));
  assert.equal(heard.length, 3);
  other.abort();
  await settled();
  assert.deepEqual(streams.last.asked, [["subscribe", "/t"], ["unsubscribe", "/t"]]);
});

test("whoever wants a node that is being subscribed to waits for the same answer", async () => {
  const { desk, streams } = await loaded();
  let answer;
  streams.last.subscribe = () => new Promise((resolve) => (answer = resolve));
  const [one, other] = [new AbortController(), new AbortController()];
  const told = [];
  desk.watch("/t", () => {}, one.signal).then((isIn) => told.push(isIn));
  desk.watch("/t", () => {}, other.signal).then((isIn) => told.push(isIn));
  await settled();
  assert.deepEqual(told, []);
  one.abort();
  other.abort();
  answer();
  await settled();
  assert.deepEqual(told, [true, true]);
  assert.deepEqual(streams.last.asked.map(([what]) => what), ["unsubscribe", "unsubscribe"]); // before, in vain, and after
});

test("a refused subscription is said, and tried again with the next connection", async () => {
  const { desk, streams, time } = await loaded();
  streams.last.refusal = new SubscriptionError("forbidden");
  const heard = [];
  assert.equal(await desk.watch("/t", ({ event }) => heard.push(event), new AbortController().signal), false);
  streams.last.told.ended("lost");
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  assert.deepEqual(streams.last.asked, [["subscribe", "/t"]]);
  assert.deepEqual(heard, ["RESYNC"]);
});

test("after the connection was away, all is as it is now: nothing stale is left", async () => {
  const { desk, told, streams, time, server } = await loaded([dialog("1"), dialog("2")]);
  streams.last.told.ended("lost");
  assert.equal(desk.status, "failing");
  server.answers[`GET ${ME}`] = [200, { ...USER, state: "TALKING" }];
  server.answers[`GET ${DIALOGS}`] = [200, { Dialog: [dialog("2"), dialog("3")] }];
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  assert.equal(desk.status, "connected");
  assert.deepEqual(
    told.map(([type, detail]) => [type, detail?.status ?? detail?.id ?? detail?.now?.state]),
    [["status", "failing"], ["me", "TALKING"], ["calls", "1"], ["calls", "3"], ["status", "recovered"], ["resync", undefined]],
  );
  assert.deepEqual([...desk.calls.keys()], ["2", "3"]);
  assert.equal(server.count("GET", DIALOGS), 2);
});

test("what comes while it is asked how things are has the last word", async () => {
  const { desk, streams, time, server, event } = await loaded();
  streams.last.told.ended("lost");
  let answer;
  server.answers[`GET ${DIALOGS}`] = () => new Promise((resolve) => (answer = resolve));
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  event(DIALOGS, update("DELETE", DIALOGS, { dialogs: { Dialog: dialog("5", { state: "DROPPED" }) } }));
  event(ME, update("PUT", ME, { user: { ...USER, state: "READY" } }));
  assert.equal(desk.me.state, "NOT_READY");
  answer([200, { Dialog: [dialog("5")] }]);
  await time.pass(0);
  assert.deepEqual([desk.calls.size, desk.me.state, desk.status], [0, "READY", "connected"]);
});

test("a server that cannot answer yet is asked again; a connection that is lost meanwhile begins anew", async () => {
  const { desk, streams, time, server } = await loaded();
  streams.last.told.ended("lost");
  server.answers[`GET ${ME}`] = [503, {}];
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  assert.equal(desk.status, "failing");
  streams.last.told.ended("lost");
  server.answers[`GET ${ME}`] = [200, USER];
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  assert.equal(desk.status, "connected");
  const asked = server.count("GET", ME);
  await time.pass(60_000);
  assert.equal(server.count("GET", ME), asked);
});

/** A server that was started anew: nobody is signed in, until somebody signs in. */
function startAnew({ server, event }, login = [202]) {
  let state = "LOGOUT";
  server.answers[`GET ${ME}`] = () => [200, { ...USER, state, stateChangeTime: state === "LOGOUT" ? "" : "t", extension: "" }];
  server.answers[`GET ${DIALOGS}`] = [200, { Dialog: [] }];
  server.answers[`PUT ${ME}`] = ({ headers }) => {
    if (login[0] === 202) {
      state = "NOT_READY";
      event(ME, update("PUT", ME, { user: { ...USER, state } }, headers.requestId));
    }
    return login;
  };
}

/** The connection is lost, and comes back. */
async function hiccup({ streams, time }) {
  streams.last.told.ended("lost");
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
}

const puts = (server) => server.asked.filter(([method]) => method === "PUT").map(([, , body]) => body);

test("a server that was started anew is signed in to again, and nobody sees a sign-out", async () => {
  for (const [before, chosen, then] of [
    ["TALKING", "READY", ["LOGIN", "READY"]],
    ["READY", "NOT_READY", ["LOGIN"]],
    ["WORK", "READY", ["LOGIN"]],
    ["NOT_READY", "READY", ["LOGIN"]],
  ]) {
    const around = await loaded([dialog("1")], { ...USER, state: before });
    Object.assign(around.desk, { chosen, signIn: { extension: "2001", mobileAgent: { mode: "CALL_BY_CALL" } } });
    startAnew(around);
    await hiccup(around);
    const sent = puts(around.server);
    assert.deepEqual(sent.map(({ state }) => state), then, before);
    assert.deepEqual(sent[0], { extension: "2001", mobileAgent: { mode: "CALL_BY_CALL" }, state: "LOGIN" });
    const states = around.told.filter(([type]) => type === "me").map(([, { now }]) => now.state);
    assert.ok(!states.includes("LOGOUT"), before);
    assert.deepEqual([around.desk.calls.size, around.desk.status], [0, "connected"]);
  }
});

test("whom the server does not sign in again is signed out; when it cannot say, it is asked again", async () => {
  const around = await loaded([], { ...USER, state: "READY" });
  startAnew(around, [400, {}]);
  await hiccup(around);
  assert.equal(around.desk.me.state, "LOGOUT");
  const later = await loaded([], { ...USER, state: "READY" });
  startAnew(later, [503, {}]);
  await hiccup(later);
  assert.equal(later.desk.status, "failing");
  startAnew(later);
  await later.time.pass(1_000);
  assert.equal(later.desk.me.state, "NOT_READY");
});

test("who was signed out meanwhile stays so", async () => {
  const around = await loaded([], { ...USER, state: "READY" });
  around.server.answers[`GET ${ME}`] = [200, { ...USER, state: "LOGOUT" }];
  await hiccup(around);
  assert.equal(around.desk.me.state, "LOGOUT");
  assert.deepEqual(puts(around.server), []);
});

test("after an outage of the engine whoever had chosen to be ready is again", async () => {
  const around = await loaded([], { ...USER, state: "READY" });
  assert.equal(around.desk.chosen, "READY");
  const info = "/finesse/api/SystemInfo";
  around.event(info, update("PUT", info, { systemInfo: { status: "OUT_OF_SERVICE" } }));
  around.server.answers[`GET ${ME}`] = [200, USER];
  around.event(info, update("PUT", info, { systemInfo: { status: "IN_SERVICE" } }));
  await around.time.pass(0);
  assert.deepEqual(puts(around.server), [{ state: "READY" }]);
});

test("a choice is remembered when it was done", async () => {
  const { desk, server } = await loaded();
  server.answers[`PUT ${ME}`] = [200, {}];
  await desk.act("PUT", ME, { state: "READY" });
  assert.equal(desk.chosen, "READY");
  server.answers[`PUT ${ME}`] = [400, {}];
  await assert.rejects(desk.act("PUT", ME, { state: "NOT_READY" }));
  assert.equal(desk.chosen, "READY");
});

test("a secret that is worth nothing any more ends it", async () => {
  const around = await loaded();
  around.streams.last.told.ended("unauthorized");
  assert.deepEqual(around.told.at(-1), ["signedout", undefined]);
});

test("what is lost again while it is asked how things are is not back", async () => {
  const { desk, event, server, streams, time } = await loaded();
  streams.last.told.ended("lost");
  let answer;
  server.answers[`GET ${ME}`] = () => new Promise((resolve) => (answer = resolve));
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  const info = "/finesse/api/SystemInfo";
  event(info, update("PUT", info, { systemInfo: { status: "OUT_OF_SERVICE" } }));
  answer([200, USER]);
  await time.pass(0);
  assert.equal(desk.status, "failing");
  server.answers[`GET ${ME}`] = [200, USER];
  event(info, update("PUT", info, { systemInfo: { status: "IN_SERVICE" } }));
  await time.pass(0);
  assert.equal(desk.status, "connected");
});

test("a connection that is lost while everything is asked for the first time is noticed", async () => {
  const [time, streams, server] = [new Time(), new Streams(), new Server()];
  let answer;
  server.answers = { [`GET ${ME}`]: () => new Promise((resolve) => (answer = resolve)), [`GET ${DIALOGS}`]: [200, { Dialog: [] }] };
  const given = { rest: server.rest, clock: new ServerClock(time.platform), connection: connected(time, streams), me: USER };
  const desk = new Desk({ ...given, platform: time.platform });
  const loading = desk.load();
  await settled();
  streams.last.told.ended("lost");
  answer([200, USER]);
  await loading;
  assert.equal(desk.status, "failing");
  server.answers[`GET ${ME}`] = [200, USER];
  await time.pass(500);
  streams.last.told.connected();
  await time.pass(0);
  assert.equal(desk.status, "connected");
});

test("out of service is failing, though the connection is there; so is a server that stops", async () => {
  const { desk, told, event, streams, time } = await loaded();
  const info = "/finesse/api/SystemInfo";
  event(info, update("PUT", info, { systemInfo: { status: "OUT_OF_SERVICE" } }));
  assert.equal(desk.status, "failing");
  event(info, update("PUT", info, { systemInfo: { status: "IN_SERVICE" } }));
  await time.pass(0);
  assert.equal(desk.status, "connected");
  const seen = [];
  desk.addEventListener("presence", ({ detail }) => seen.push(detail));
  streams.last.told.presence(false, '<presence type="unavailable"/>');
  assert.deepEqual(seen, [
    { content: '<presence type="unavailable"/>', object: { presence: { "@type": "unavailable" } } },
  ]);
  assert.equal(desk.status, "failing");
  streams.last.told.presence(true, "");
  await time.pass(0);
  assert.deepEqual(
    told.filter(([type]) => type === "status").map(([, { status }]) => status),
    ["failing", "recovered", "failing", "recovered"],
  );
});

test("another window takes over, and is taken over from", async () => {
  const { desk, streams, time } = await loaded();
  streams.last.told.ended("conflict");
  assert.equal(desk.status, "conflict");
  desk.takeOver();
  assert.equal(desk.status, "failing");
  streams.last.told.connected();
  await time.pass(0);
  assert.equal(desk.status, "connected");
});

test("a 401 is the end only when the server does not know us any more", async () => {
  const { desk, told, server } = await loaded();
  server.answers["GET /foreign"] = [401, {}];
  await assert.rejects(desk.ask("GET", "/foreign"), { status: 401 });
  await settled();
  assert.deepEqual(told, []);
  server.answers[`GET ${ME}`] = [401, {}];
  await assert.rejects(desk.ask("GET", "/foreign"), { status: 401 });
  await settled();
  assert.deepEqual(told, [["signedout", undefined]]);
});

test("configuration is loaded once; what failed is asked for again", async () => {
  const { desk, server } = await loaded();
  const path = "/finesse/api/User/1001/WrapUpReasons";
  await assert.rejects(desk.config("WrapUpReasons"), { status: 404 });
  server.answers[`GET ${path}`] = [200, { WrapUpReason: [] }];
  const [one, other] = await Promise.all([desk.config("WrapUpReasons"), desk.config("WrapUpReasons")]);
  assert.equal(one, other);
  assert.equal(server.count("GET", path), 2);
  server.answers["GET /finesse/api/User/1001/LayoutConfig"] = [
    200,
    { layoutxml: '<finesseLayout><configs><config key="title" value="A &amp; B"/><config key="title" value="C"/></configs></finesseLayout>' },
  ];
  assert.deepEqual(await desk.config("Settings"), { title: "C" });
  await assert.rejects(desk.config("Nothing"), { name: "RefusedError" });
});

test("a day of calls leaves nothing behind", async () => {
  const { desk, server, event, time, told, streams } = await loaded();
  server.answers[`PUT ${ME}`] = ({ headers }) => {
    event(ME, update("PUT", ME, { user: { ...USER, state: "READY" } }, headers.requestId));
    return [202];
  };
  const heard = [];
  const call = async (number) => {
    const [id, watching] = [String(number), new AbortController()];
    await desk.watch(`/finesse/api/Queue/${number}`, () => {}, watching.signal);
    desk.addEventListener("calls", () => heard.splice(0, 9), { signal: watching.signal });
    desk.clock.addEventListener("second", () => heard.push(1), { signal: watching.signal });
    event(DIALOGS, update("POST", DIALOGS, { dialogs: { Dialog: dialog(id) } }));
    for (let turn = 0; turn < 10; turn += 1) {
      event(DIALOGS, update("PUT", `/finesse/api/Dialog/${id}`, { dialog: dialog(id) }));
    }
    event(DIALOGS, update("DELETE", DIALOGS, { dialogs: { Dialog: dialog(id) } }));
    await desk.act("PUT", ME, { state: "READY" });
    watching.abort();
    await settled();
    for (const kept of [server.asked, told, streams.last.asked]) {
      kept.length = 0; // the test's own
    }
  };
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const used = async (from, to) => {
    for (let number = from; number < to; number += 1) {
      await call(number);
    }
    await time.pass(1_000);
    for (let turn = 0; turn < 5; turn += 1) {
      await new Promise(setImmediate); // what waits for its finalizer goes one turn later
      collect();
    }
    return process.memoryUsage().heapUsed;
  };
  await used(0, 150); // whatever is compiled and kept once
  const before = await used(150, 300);
  const after = await used(300, 900);
  assert.ok(after - before < 300_000, `${after - before} bytes more after 600 calls`);
  assert.deepEqual([desk.calls.size, time.waiting], [0, 1]);
});

test("a layout without settings has none", () => {
  assert.deepEqual(layoutSettings("<finesseLayout><layout/></finesseLayout>"), {});
});

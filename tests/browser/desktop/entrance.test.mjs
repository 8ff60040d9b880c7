/** `desktop/page/core/entrance.js` and `session.js`: signing in, and going on after a reload. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection } from "../../../finesse_tx/desktop/page/core/connection.js";
import { ENTER_MS, Entrance } from "../../../finesse_tx/desktop/page/core/entrance.js";
import { ServerClock } from "../../../finesse_tx/desktop/page/core/server-clock.js";
import { base64, basic, handedOver, Session, takenOver, unbase64 } from "../../../finesse_tx/desktop/page/core/session.js";
import { Server, settled, Store, Streams, Time, update, USER } from "./support.mjs";

const [ME, DIALOGS] = ["/finesse/api/User/1001", "/finesse/api/User/1001/Dialogs"];

const INFO = {
  currentTimestamp: "1970-01-01T01:00:00.000Z",
  status: "IN_SERVICE",
  timezoneOffset: 3600,
  xmppDomain: "d",
  xmppPubSubDomain: "pubsub.d",
};

/** An entrance, and all that is around it. */
function entered(state = "LOGOUT", store = new Store()) {
  const [time, streams, server] = [new Time(0), new Streams(), new Server()];
  server.answers = {
    "GET /finesse/api/SystemInfo": [200, INFO],
    "POST /desktop/session": [200, { loginId: "1001", secret: "desk:s", expiresIn: 9 }],
    "DELETE /desktop/session": [204],
    [`GET ${ME}`]: () => [200, { ...USER, state, extension: state === "LOGOUT" ? "" : "2001" }],
    [`GET ${DIALOGS}`]: [200, { Dialog: [] }],
    [`PUT ${ME}`]: ({ headers }) => {
      streams.last.told.event(ME, update("PUT", ME, { user: { ...USER, state: "NOT_READY" } }, headers.requestId));
      return [202];
    },
  };
  const rest = server.rest;
  const session = new Session(rest, store, time.platform);
  const clock = new ServerClock(time.platform);
  const connection = new Connection(streams.open, time.platform);
  const entrance = new Entrance({ rest, session, clock, connection, platform: time.platform });
  return { time, streams, server, rest, store, session, clock, connection, entrance };
}

const CREDENTIALS = { username: "1001", password: "pä:ss", extension: "2001" };

/** Sign in, with a stream that comes. */
async function signedIn(around, credentials = CREDENTIALS) {
  const entering = around.entrance.signIn(credentials);
  entering.catch(() => {});
  await settled();
  await settled();
  around.streams.last?.told.connected();
  return entering;
}

test("texts are encoded as UTF-8, and what is no base64 is nothing", () => {
  assert.equal(unbase64(base64("é:世")), "é:世");
  assert.equal(unbase64("%%%"), "");
  assert.equal(unbase64(btoa("\xff")), "");
});

test("signing in: who it is, then events, then the phone", async () => {
  const around = entered();
  const desk = await signedIn(around);
  assert.equal(desk.me.state, "NOT_READY");
  assert.deepEqual(
    around.server.asked.map(([method, path, body]) => [method, path, body]),
    [
      ["GET", "/finesse/api/SystemInfo", undefined],
      ["POST", "/desktop/session", undefined],
      ["GET", ME, undefined],
      ["GET", DIALOGS, undefined],
      ["PUT", ME, { state: "LOGIN", extension: "2001" }],
    ],
  );
  const { loginId, password, domain, pubsub, resource } = around.streams.last.identity;
  assert.deepEqual([loginId, password, domain, pubsub, resource], ["1001", "desk:s", "d", "pubsub.d", "desktop"]);
  assert.deepEqual(Object.keys(around.store.content).sort(), ["clientTimestampDrift", "serverTimezoneOffset", "userFinesseAuth"]);
  assert.equal(around.store.content.clientTimestampDrift, "3600000");
  assert.equal(around.clock.now(), 3_600_000);
});

test("the password goes out twice, and stays nowhere", async () => {
  const around = entered();
  await signedIn(around);
  const shown = (header) => around.server.asked.filter(([, , , headers]) => headers.Authorization === header).map(([method]) => method);
  assert.deepEqual(shown(basic("1001", "pä:ss")), ["POST", "PUT"]);
  assert.deepEqual(shown(basic("1001", "desk:s")), ["GET", "GET"]);
  assert.equal(unbase64(around.store.content.userFinesseAuth), "1001:desk:s");
});

test("leaving takes the secret back, and nothing is left that follows", async () => {
  const around = entered();
  const desk = await signedIn(around);
  const told = [];
  for (const type of ["me", "status", "signedout"]) {
    desk.addEventListener(type, () => told.push(type));
  }
  around.server.answers["DELETE /desktop/session"] = [401, {}];
  await around.entrance.leave();
  const [method, , , headers] = around.server.asked.at(-1);
  assert.deepEqual([method, headers.Authorization], ["DELETE", basic("1001", "desk:s")]);
  assert.deepEqual(told, []);
  assert.deepEqual([around.session.loginId, around.rest.authorization, around.time.waiting], ["", "", 0]);
  assert.deepEqual(around.store.content, {});
});

test("whoever is signed in already with that extension just goes on", async () => {
  const around = entered("READY");
  const desk = await signedIn(around);
  assert.equal(desk.me.state, "READY");
  assert.equal(around.server.count("PUT", ME), 0);
  const elsewhere = entered("READY");
  await signedIn(elsewhere, { ...CREDENTIALS, extension: "2009" });
  assert.equal(elsewhere.server.count("PUT", ME), 1);
});

test("whatever goes wrong, nobody is signed in and nothing is kept", async () => {
  const wrong = {
    "GET /finesse/api/SystemInfo": [[200, { ...INFO, status: "OUT_OF_SERVICE" }], 503],
    "POST /desktop/session": [[401, {}], 401],
    [`GET ${ME}`]: [[401, {}], 401],
    [`GET ${DIALOGS}`]: [[500, {}], 500],
    [`PUT ${ME}`]: [[400, {}], 400],
  };
  for (const [what, [answer, status]] of Object.entries(wrong)) {
    const around = entered();
    around.server.answers[what] = answer;
    await assert.rejects(signedIn(around), { status });
    assert.equal(around.session.loginId, "");
    assert.equal(around.rest.authorization, "");
    assert.equal(around.store.content.userFinesseAuth, undefined);
    assert.equal(around.connection.status, "disconnected");
    assert.equal(around.time.waiting, 0);
  }
});

test("an event connection that is refused, or does not come, is told", async () => {
  const refused = entered();
  const entering = refused.entrance.signIn(CREDENTIALS);
  entering.catch(() => {});
  await settled();
  await settled();
  refused.streams.last.told.ended("unauthorized");
  await assert.rejects(entering, { status: 401 });
  const silent = entered();
  const waiting = silent.entrance.signIn(CREDENTIALS);
  waiting.catch(() => {});
  await silent.time.pass(ENTER_MS);
  await assert.rejects(waiting, { status: 0 });
  assert.equal(silent.time.waiting, 0);
});

test("a reload goes on without a password, and without signing in anew", async () => {
  const first = entered();
  await signedIn(first);
  const around = entered("TALKING", first.store);
  assert.equal(around.session.loginId, "1001");
  const resuming = around.entrance.resume();
  await settled();
  await settled();
  around.streams.last.told.connected();
  const desk = await resuming;
  assert.equal(desk.me.state, "TALKING");
  assert.equal(around.server.count("PUT", ME), 0);
});

test("a reload after the sign-out asks for the password again", async () => {
  const nobody = entered();
  assert.equal(await nobody.entrance.resume(), null);
  assert.equal(nobody.server.asked.length, 0);
  const first = entered();
  await signedIn(first);
  const around = entered("LOGOUT", first.store);
  const resuming = around.entrance.resume();
  await settled();
  await settled();
  around.streams.last.told.connected();
  assert.equal(await resuming, null);
  assert.equal(around.store.content.userFinesseAuth, undefined);
});

test("a reload while the server is away keeps what it has, for another try", async () => {
  const first = entered();
  await signedIn(first);
  const around = entered("READY", first.store);
  around.server.answers["GET /finesse/api/SystemInfo"] = new TypeError("network");
  await assert.rejects(around.entrance.resume(), { status: 0 });
  assert.ok(around.store.content.userFinesseAuth);
});

test("what one node hands over, the other takes: signed in again, and ready if that was chosen", async () => {
  const carried = { loginId: "1001", secret: "desk:é", extension: "2001", isReady: true };
  const hash = handedOver(carried);
  assert.deepEqual(takenOver(hash), carried);
  for (const other of ["", "#", "#main", "#carried=", "#carried=%", `#carried=${btoa("{}")}`, `#carried=${btoa('{"loginId":1}')}`]) {
    assert.equal(takenOver(other), null, other);
  }
  const around = entered();
  around.session.take(carried.loginId, carried.secret);
  const resuming = around.entrance.resume(carried);
  await settled();
  await settled();
  around.streams.last.told.connected();
  const desk = await resuming;
  await settled();
  assert.equal(desk.me.state, "NOT_READY");
  const sent = around.server.asked.filter(([method]) => method === "PUT");
  assert.deepEqual(sent.map(([, , body]) => body), [{ extension: "2001", state: "LOGIN" }, { state: "READY" }]);
  assert.equal(sent[0][3].Authorization, basic("1001", "desk:é"));
});

test("the other node is where the server says", async () => {
  const { entrance, server } = entered();
  const path = "GET /desktop/api/DesktopConfig";
  server.answers[path] = [200, { isAlternateSystemAvailable: true, alternateHost: "fin2.example:8445" }];
  assert.equal(await entrance.other(), "https://fin2.example:8445");
  server.answers[path] = [200, { isAlternateSystemAvailable: false, alternateHost: "" }];
  assert.equal(await entrance.other(), "");
});

test("somebody with single sign-on has tokens for gadgets, which are told of new ones", async () => {
  const around = entered();
  around.server.answers["GET /finesse/api/SystemInfo"] = [200, { ...INFO, systemAuthMode: "HYBRID" }];
  around.server.answers["POST /desktop/session"] = [200, { loginId: "1001", secret: "desk:s", expiresIn: 9, authMode: "SSO" }];
  around.server.answers["GET /desktop/sso/token?return_refresh_token=true"] = [200, { token: "a", refresh_token: "r", expires_in: 4 }];
  const desk = await signedIn(around);
  assert.equal((await desk.config("SystemInfo")).systemAuthMode, "SSO"); // of this user
  assert.equal(around.server.count("GET", "/finesse/api/SystemInfo"), 1);
  const told = [];
  desk.addEventListener("token", ({ detail }) => told.push(detail));
  desk.addEventListener("signedout", () => told.push("signedout"));
  around.session.tokens.dispatchEvent(new CustomEvent("token", { detail: { authToken: "b" } }));
  around.session.tokens.dispatchEvent(new Event("ended"));
  assert.deepEqual(told, [{ authToken: "b" }, "signedout"]);
  await around.entrance.leave();
  assert.deepEqual(around.store.content, {});
  assert.deepEqual(around.server.sent, ["token=a"]);
});

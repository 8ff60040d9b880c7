/** `desktop/page/core/access-tokens.js`: single sign-on, and its end. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { AccessTokens, AGAIN_MS } from "../../../finesse_tx/desktop/page/core/access-tokens.js";
import { Server, settled, Store, Time } from "./support.mjs";

const GET = "GET /desktop/sso/token?return_refresh_token=true";
const POST = "POST /desktop/sso/token";

/** Tokens of somebody who has just signed in. */
async function begun(store = new Store()) {
  const [time, server] = [new Time(0), new Server()];
  server.answers[GET] = [200, { token: "a1", refresh_token: "r", expires_in: 400 }];
  server.answers[POST] = [200, { token: "a2", expires_in: 400 }];
  const tokens = new AccessTokens(server.rest, store, time.platform);
  const told = [];
  tokens.addEventListener("token", ({ detail }) => told.push(detail.authToken));
  tokens.addEventListener("ended", () => told.push("ended"));
  await tokens.begin("Basic x");
  return { time, server, store, tokens, told };
}

const kept = (store) => JSON.parse(store.getItem("ssoTokenObject"));

test("a token is where gadgets look, and exchanged for another in time", async () => {
  const { time, server, store, tokens, told } = await begun();
  assert.equal(server.asked[0][3].Authorization, "Basic x");
  assert.equal(tokens.isOn, true);
  assert.equal(kept(store).token, "a1");
  await time.pass(300_000 - 1);
  assert.deepEqual(told, ["a1"]);
  await time.pass(1);
  assert.deepEqual(told, ["a1", "a2"]);
  const { token, refresh_token } = kept(store);
  assert.deepEqual([token, refresh_token], ["a2", "r"]);
  assert.equal(server.sent.at(-1), "token=a1&refresh-token=r");
});

test("a server that gives none is told", async () => {
  const { tokens, server, store } = await begun();
  await tokens.end();
  server.answers[GET] = [503, {}];
  await assert.rejects(tokens.begin("Basic x"), { status: 503 });
  assert.deepEqual([tokens.isOn, store.getItem("ssoTokenObject")], [false, null]);
});

test("a server that is away is asked again; one that refuses ends it", async () => {
  const { time, server, store, tokens, told } = await begun();
  server.answers[POST] = new TypeError("network");
  await time.pass(300_000);
  assert.equal(tokens.isOn, true);
  await time.pass(AGAIN_MS);
  assert.equal(server.count("POST", "/desktop/sso/token"), 2);
  server.answers[POST] = [401, {}];
  await time.pass(AGAIN_MS);
  assert.deepEqual(told, ["a1", "ended"]);
  assert.deepEqual([tokens.isOn, store.getItem("ssoTokenObject"), time.waiting], [false, null, 0]);
});

test("the end takes them back, also while another is on its way", async () => {
  const { time, server, store, tokens, told } = await begun();
  let answer;
  server.answers[POST] = () => new Promise((resolve) => (answer = resolve));
  await time.pass(300_000);
  await tokens.end();
  assert.equal(server.sent.at(-1), "token=a1");
  answer([200, { token: "late", expires_in: 400 }]);
  await settled();
  assert.deepEqual([told, store.getItem("ssoTokenObject"), time.waiting], [["a1"], null, 0]);
});

test("a reload goes on with them, and asks at once when it is time", async () => {
  const first = await begun();
  const { time, server } = await begun(new Store());
  const again = new AccessTokens(server.rest, first.store, time.platform);
  again.resume();
  assert.equal(again.isOn, true);
  await time.pass(300_000);
  assert.equal(kept(first.store).token, "a2");
  for (const text of ["", "{", "{}", "null", '{"refresh_token":"r"}']) {
    const store = new Store();
    store.setItem("ssoTokenObject", text);
    const none = new AccessTokens(server.rest, store, time.platform);
    none.resume();
    assert.equal(none.isOn, false, text);
  }
});

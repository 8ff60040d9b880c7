/** `desktop/page/core/failover.js` and what does what it says. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { CONFIRM_MS, FailoverWatch, serves, SPREAD_MS } from "../../../finesse_tx/desktop/page/core/failover-watch.js";
import { begin, PATIENCE, ROUND_MS, step } from "../../../finesse_tx/desktop/page/core/failover.js";
import { Server, Time } from "./support.mjs";

const INPUTS = ["lost", "recovered", "due", "ownGood", "ownBad", "otherGood", "otherBad"];

/** What happens, one after the other: the phase, and all that was to be done. */
function after(hasOther, ...inputs) {
  let watch = begin(hasOther);
  const done = [];
  for (const input of inputs) {
    let actions;
    [watch, actions] = step(watch, input);
    done.push(...actions);
  }
  return [watch.phase, done];
}

test("a single node is asked, waited for and gone back to; never left", () => {
  assert.deepEqual(after(false, "lost"), ["asking", ["askOwn"]]);
  assert.deepEqual(after(false, "lost", "ownBad"), ["waiting", ["askOwn", "wait"]]);
  assert.deepEqual(after(false, "lost", "ownBad", "due"), ["asking", ["askOwn", "wait", "askOwn"]]);
  assert.deepEqual(after(false, "lost", "ownGood"), ["waiting", ["askOwn", "reconnect", "wait"]]);
  const long = Array(50).fill(["ownGood", "otherGood", "due", "ownBad", "otherGood", "due"]).flat();
  assert.ok(!after(false, "lost", ...long)[1].includes("leave"));
});

test("our own node is gone back to when it serves, whatever the other one does", () => {
  for (const other of ["otherGood", "otherBad"]) {
    for (const inputs of [["ownGood", other], [other, "ownGood"]]) {
      const [phase, actions] = after(true, "lost", ...inputs);
      assert.deepEqual([phase, actions.slice(2)], ["waiting", ["reconnect", "wait"]]);
    }
  }
});

test("the other node is gone to when it alone serves, and our own was asked once more", () => {
  const asked = ["lost", "ownBad", "otherGood"];
  assert.deepEqual(after(true, ...asked), ["confirming", ["askOwn", "askOther", "askOwn"]]);
  assert.deepEqual(after(true, ...asked, "ownBad")[1].slice(-2), ["leave", "wait"]);
  assert.deepEqual(after(true, ...asked, "ownGood")[1].slice(-2), ["reconnect", "wait"]);
  assert.deepEqual(after(true, "lost", "ownBad", "otherBad")[0], "waiting");
});

test("a node that serves and does not connect is left in the end", () => {
  const round = ["ownGood", "otherGood", "due"];
  const rounds = (count) => ["lost", ...Array(count).fill(round).flat()];
  assert.equal(after(true, ...rounds(PATIENCE))[1].filter((one) => one === "reconnect").length, PATIENCE);
  assert.deepEqual(after(true, ...rounds(PATIENCE), "ownGood", "otherGood")[0], "confirming");
  assert.deepEqual(after(true, ...rounds(PATIENCE), "ownGood", "otherGood", "ownGood")[0], "leaving");
  assert.deepEqual(after(true, ...rounds(PATIENCE), "ownGood", "otherBad")[0], "waiting");
});

test("leaving that came to nothing is tried again", () => {
  const left = ["lost", "ownBad", "otherGood", "ownBad"];
  assert.equal(after(true, ...left)[0], "leaving");
  assert.deepEqual(after(true, ...left, "due")[0], "asking");
});

test("whatever happens, in whatever order: it rests when all is well, and leaves only for a node that serves", () => {
  const seen = new Map();
  const look = [[begin(true), []], [begin(false), []]];
  while (look.length > 0) {
    const [watch] = look.pop();
    const key = JSON.stringify(watch);
    if (seen.has(key)) {
      continue;
    }
    seen.set(key, watch);
    for (const input of INPUTS) {
      const [then, actions] = step(watch, input);
      if (watch.promises <= PATIENCE + 1) {
        look.push([then, actions]);
      }
      if (input === "recovered") {
        assert.deepEqual(then, begin(watch.hasOther));
        assert.deepEqual(actions, watch.phase === "well" ? [] : ["rest"]);
      }
      if (actions.includes("leave")) {
        assert.ok(watch.hasOther && watch.other && watch.phase === "confirming");
      }
      if (watch.phase === "well" && input !== "lost") {
        assert.deepEqual([then, actions], [watch, []]);
      }
      if (then.phase !== "well" && actions.length > 0) {
        assert.ok(["askOwn", "wait"].some((one) => actions.includes(one)), "it goes on");
      }
    }
  }
  assert.ok(seen.size > 20);
});

test("a node serves when SystemInfo says so and the engine answers", async () => {
  const server = new Server();
  const path = "GET https://fin2:8445/finesse/api/SystemInfo";
  const asked = () => serves(server.fetch, "https://fin2:8445");
  for (const [answer, isGood] of [
    [[200, { status: "IN_SERVICE", lastCTIHeartbeatStatus: "success" }], true],
    [[200, { status: "IN_SERVICE", lastCTIHeartbeatStatus: "failure" }], false],
    [[200, { status: "OUT_OF_SERVICE", lastCTIHeartbeatStatus: "success" }], false],
    [[503, {}], false],
    [[200, "no JSON object"], false],
    [new TypeError("certificate"), false],
  ]) {
    server.answers[path] = answer;
    assert.equal(await asked(), isGood, JSON.stringify(answer));
  }
});

class Fake extends EventTarget {
  status = "connected";
  attempt = 0;
  checked = 0;

  set(status, attempt = 0) {
    Object.assign(this, { status, attempt });
    this.dispatchEvent(new CustomEvent("status", { detail: { status } }));
  }

  check() {
    this.checked += 1;
  }
}

/** A watch on fakes. */
function watching(other = "https://fin2") {
  const [time, server, desk, connection] = [new Time(), new Server(), new Fake(), new Fake()];
  const [left, ending] = [[], new AbortController()];
  new FailoverWatch({
    desk,
    connection,
    other,
    fetcher: server.fetch,
    platform: time.platform,
    leave: (origin) => left.push(origin),
    signal: ending.signal,
  });
  const good = [200, { status: "IN_SERVICE", lastCTIHeartbeatStatus: "success" }];
  return { time, server, desk, connection, left, ending, good };
}

test("a hiccup is none; then the nodes are asked, round after round, until somebody serves", async () => {
  const { time, server, desk, connection, left, good } = watching();
  connection.set("reconnecting", PATIENCE - 1);
  desk.set("failing");
  await time.pass(0);
  assert.equal(server.asked.length, 0);
  connection.set("reconnecting", PATIENCE);
  await time.pass(0);
  assert.equal(server.asked.length, 2);
  await time.pass(ROUND_MS);
  assert.equal(server.asked.length, 4);
  server.answers["GET https://fin2/finesse/api/SystemInfo"] = good;
  await time.pass(ROUND_MS);
  assert.equal(server.asked.length, 6);
  await time.pass(CONFIRM_MS);
  assert.equal(server.asked.length, 7);
  await time.pass(SPREAD_MS);
  assert.deepEqual(left, ["https://fin2"]);
});

test("a server that is back is connected to at once, and nothing is left that ticks", async () => {
  const { time, server, desk, connection, left, good } = watching("");
  connection.set("reconnecting", PATIENCE);
  desk.set("failing");
  await time.pass(0);
  server.answers["GET /finesse/api/SystemInfo"] = good;
  await time.pass(ROUND_MS);
  assert.equal(connection.checked, 1);
  connection.set("connected");
  desk.set("connected");
  assert.deepEqual([time.waiting, left.length], [0, 0]);
});

test("out of service is lost too, though the connection is there; after the end nothing is asked", async () => {
  const { time, server, desk, ending } = watching();
  desk.set("failing");
  await time.pass(0);
  assert.equal(server.asked.length, 2);
  ending.abort();
  assert.equal(time.waiting, 0);
  await time.pass(10 * ROUND_MS);
  assert.equal(server.asked.length, 2);
});

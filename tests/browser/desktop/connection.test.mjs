/** `desktop/page/core/connection.js`: what becomes of the connection, whatever becomes of its streams. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Connection, LIMITS, pauseMs, SubscriptionError } from "../../../finesse_tx/desktop/page/core/connection.js";
import { connected, IDENTITY, settled, Streams, Time } from "./support.mjs";

/** Its statuses, as they were told. */
function told(connection) {
  const found = [];
  connection.addEventListener("status", ({ detail }) => found.push(detail.status));
  return found;
}

test("WebSocket first, then BOSH at once, then a pause that grows", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = new Connection(streams.open, time.platform);
  const statuses = told(connection);
  connection.connect(IDENTITY);
  const pauses = [];
  for (let round = 0; round < 18; round += 1) {
    streams.last.told.ended("lost");
    streams.last.told.ended("lost");
    assert.equal(time.waiting, 1);
    pauses.push(time.next);
    await time.pass(time.next);
  }
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, ...Array(12).fill(5_000), 20_000, 20_000, 20_000]);
  assert.ok(pauses.slice(0, LIMITS.longAttempts).reduce((sum, one) => sum + one) > 60_000); // all of the server's patience
  assert.deepEqual(streams.made.slice(0, 5).map((one) => one.transport), ["websocket", "bosh", "websocket", "bosh", "websocket"]);
  assert.ok(streams.made.slice(0, -1).every((one) => one.isClosed));
  assert.deepEqual([...new Set(statuses)], ["connecting", "reconnecting"]);
});

test("pauses differ by chance, up to half", () => {
  assert.equal(pauseMs(0, 0), 250);
  assert.equal(pauseMs(0, 1), 500);
  assert.equal(pauseMs(1_000, 1), LIMITS.longestMs);
  assert.equal(pauseMs(1_000, 0), LIMITS.longestMs / 2);
});

test("what worked is tried first after it is lost, without a failed attempt to its account", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = new Connection(streams.open, time.platform);
  connection.connect(IDENTITY);
  streams.last.told.ended("lost");
  streams.last.told.connected();
  assert.equal(connection.status, "connected");
  assert.equal(connection.transport, "bosh");
  streams.last.told.ended("lost");
  assert.equal(connection.status, "reconnecting");
  assert.equal(time.next, 500);
  await time.pass(500);
  assert.equal(streams.last.transport, "bosh");
  assert.equal(connection.attempt, 0);
});

test("a stream that does not come is given up, for the other transport", async () => {
  const time = new Time();
  const streams = new Streams();
  new Connection(streams.open, time.platform).connect(IDENTITY);
  await time.pass(LIMITS.openMs.websocket - 1);
  assert.equal(streams.made.length, 1);
  await time.pass(1);
  assert.deepEqual(streams.made.map((one) => [one.transport, one.isClosed]), [["websocket", true], ["bosh", false]]);
  await time.pass(LIMITS.openMs.bosh - 1);
  assert.equal(time.next, 1);
});

test("conflict and a refused password end it, until somebody wants it again", async () => {
  for (const why of ["conflict", "unauthorized"]) {
    const time = new Time();
    const streams = new Streams();
    const connection = connected(time, streams);
    streams.last.told.ended(why);
    assert.equal(connection.status, why);
    assert.equal(time.waiting, 0);
    connection.check();
    await time.pass(1_000_000);
    assert.equal(streams.made.length, 1);
    connection.again();
    streams.last.told.connected();
    assert.equal(connection.status, "connected");
    assert.deepEqual(streams.last.identity, IDENTITY);
  }
});

test("the server is asked now and then, and given up when it does not answer", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = connected(time, streams);
  const stream = streams.last;
  await time.pass(3 * LIMITS.pingMs);
  assert.deepEqual(stream.asked, Array(3).fill(["ping", LIMITS.answerMs]));
  stream.pong = () => Promise.reject(new SubscriptionError("remote-server-timeout"));
  await time.pass(LIMITS.pingMs);
  assert.equal(connection.status, "reconnecting");
  assert.ok(stream.isClosed);
});

test("a machine that slept is told of, and finds out at once whether the server is there", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = connected(time, streams);
  let slept = 0;
  connection.addEventListener("slept", () => (slept += 1));
  await time.pass(LIMITS.pingMs);
  assert.equal(slept, 0);
  await time.sleep(LIMITS.pingMs + LIMITS.sleptMs);
  assert.equal(slept, 0);
  await time.sleep(LIMITS.pingMs + LIMITS.sleptMs + 1);
  assert.equal(slept, 1);
  assert.deepEqual(streams.last.asked.at(-1), ["ping", LIMITS.doubtMs]);
});

test("a doubt asks at once, and ends the pause before an attempt", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = connected(time, streams);
  connection.check();
  connection.check();
  await settled();
  assert.deepEqual(streams.last.asked, Array(2).fill(["ping", LIMITS.doubtMs]));
  assert.equal(time.waiting, 1);
  streams.last.told.ended("lost");
  connection.check();
  assert.equal(streams.made.length, 2);
  connection.check();
  assert.equal(streams.made.length, 2); // one is under way
});

test("what a stream tells after its end is heard by nobody", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = connected(time, streams);
  const heard = [];
  connection.addEventListener("event", ({ detail }) => heard.push(detail));
  connection.addEventListener("presence", ({ detail }) => heard.push(detail));
  const [first] = streams.made;
  first.told.event("/n", "<Update/>");
  first.told.presence(true, "<presence/>");
  assert.equal(heard.length, 2);
  first.told.ended("lost");
  await time.pass(500);
  streams.last.told.connected();
  first.told.event("/n", "<Update/>");
  first.told.presence(false, "");
  first.told.ended("conflict");
  first.told.connected();
  assert.equal(heard.length, 2);
  assert.equal(connection.status, "connected");
});

test("nothing is left after the end", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = connected(time, streams);
  connection.disconnect();
  assert.equal(connection.status, "disconnected");
  assert.equal(time.waiting, 0);
  assert.ok(streams.last.isClosed);
  connection.again();
  assert.equal(streams.made.length, 1);
  await assert.rejects(connection.subscribe("/n"), { condition: "not-connected" });
});

test("subscriptions go to the stream that is there", async () => {
  const time = new Time();
  const streams = new Streams();
  const connection = new Connection(streams.open, time.platform);
  connection.connect(IDENTITY);
  await assert.rejects(connection.subscribe("/n"), { name: "SubscriptionError" });
  streams.last.told.connected();
  await connection.subscribe("/n");
  await connection.unsubscribe("/n");
  assert.deepEqual(streams.last.asked, [["subscribe", "/n"], ["unsubscribe", "/n"]]);
});

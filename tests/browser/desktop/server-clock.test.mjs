/** `desktop/page/core/server-clock.js`: the server's time, and its seconds. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ServerClock } from "../../../finesse_tx/desktop/page/core/server-clock.js";
import { Time } from "./support.mjs";

const clockAt = (time) => new ServerClock(time.platform);

test("the server's time is in the middle of the way, and the shortest way counts", () => {
  const time = new Time(10_000);
  const clock = clockAt(time);
  assert.equal(clock.now(), 10_000);
  assert.equal(clock.learn(70_000, 9_900, 10_100), true);
  assert.equal(clock.drift, 60_000);
  assert.equal(clock.learn(99_000, 9_000, 11_000), false);
  assert.equal(clock.drift, 60_000);
  assert.equal(clock.learn("1970-01-01T00:01:05.000Z", 9_990, 10_010), true);
  assert.equal(clock.now(), 65_000);
  assert.equal(clock.learn("no time", 1, 1), false);
  assert.equal(clock.learn(1, 2, 1), false);
});

test("what is doubted is replaced by whatever is learned next", () => {
  const clock = clockAt(new Time(0));
  clock.learn(5_000, 0, 0);
  clock.doubt();
  assert.equal(clock.learn(9_000, 0, 3_000), true);
  assert.equal(clock.drift, 7_500);
});

test("how long something lasts is never less than nothing, and nothing for no time", () => {
  const clock = clockAt(new Time(61_000));
  assert.equal(clock.since("1970-01-01T00:00:01.000Z"), 60_000);
  assert.equal(clock.since("1970-01-01T00:02:00.000Z"), 0);
  assert.equal(clock.since(""), null);
});

test("seconds are told at the server's full seconds, while somebody listens", async () => {
  const time = new Time(10_300);
  const clock = clockAt(time);
  clock.learn(20_500, 10_300, 10_300);
  const heard = [];
  const leaving = new AbortController();
  const listener = () => heard.push(clock.now());
  assert.equal(time.waiting, 0);
  clock.addEventListener("second", listener, { signal: leaving.signal });
  clock.addEventListener("second", listener);
  assert.equal(time.waiting, 1);
  await time.pass(2_500);
  assert.deepEqual(heard, [21_000, 22_000, 23_000]);
  leaving.abort();
  assert.equal(time.waiting, 0);
  clock.addEventListener("second", listener, { signal: leaving.signal });
  assert.equal(time.waiting, 0);
});

test("whoever leaves by name leaves too; others go on", async () => {
  const time = new Time(0);
  const clock = clockAt(time);
  const heard = [];
  const [one, other] = [() => heard.push("one"), () => heard.push("other")];
  clock.addEventListener("second", one);
  clock.addEventListener("second", other);
  clock.addEventListener("other", () => {});
  clock.removeEventListener("second", one);
  await time.pass(1_000);
  assert.deepEqual(heard, ["other"]);
  clock.removeEventListener("second", other);
  assert.equal(time.waiting, 0);
});

test("after a sleep the next second is told once, with the right time", async () => {
  const time = new Time(0);
  const clock = clockAt(time);
  const heard = [];
  clock.addEventListener("second", () => heard.push(clock.now()));
  await time.sleep(3_600_400);
  assert.deepEqual(heard, [3_600_400]);
  await time.pass(600);
  assert.deepEqual(heard, [3_600_400, 3_601_000]);
});

/** `container/pulse.js`, `call-pace.js`, `growth.js`: gadgets that do not answer, call without end, or grow without end. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { BURST, CallPace, PATIENCE, PER_SECOND } from "../../../../finesse_tx/desktop/page/container/call-pace.js";
import { Growth, STEPS, WITHIN_MS } from "../../../../finesse_tx/desktop/page/container/growth.js";
import { Pulse } from "../../../../finesse_tx/desktop/page/container/pulse.js";

function frame(more = {}) {
  const told = [];
  return { mid: 1, isForeign: true, isOnHub: true, told, awake: (isAwake) => told.push(isAwake), ...more };
}

test("a gadget of another origin that misses two answers is away, until it answers", () => {
  const waiting = [];
  const pulse = new Pulse((_mid, answered) => waiting.push(answered));
  const one = frame();
  const beat = () => pulse.beat([one]);
  const answer = () => waiting.splice(0).forEach((answered) => answered());
  beat();
  answer();
  beat();
  beat();
  assert.deepEqual(one.told, []);
  beat();
  beat();
  assert.deepEqual(one.told, [false]);
  answer();
  beat();
  answer();
  assert.deepEqual(one.told, [false, true]);
});

test("one that is of our own origin, or not on the hub, is not asked; one that is loaded anew is new", () => {
  const waiting = [];
  const pulse = new Pulse((mid, answered) => waiting.push([mid, answered]));
  const silent = frame();
  const own = frame({ mid: 2, isForeign: false });
  const away = frame({ mid: 3, isOnHub: false });
  for (let beat = 0; beat < 9; beat += 1) {
    pulse.beat([silent, own, away]);
  }
  assert.deepEqual([silent.told, own.told, away.told], [[false], [], []]);
  assert.deepEqual([...new Set(waiting.map(([mid]) => mid))], [1]);
  silent.isOnHub = false;
  pulse.beat([silent]);
  silent.isOnHub = true;
  pulse.beat([silent]);
  waiting[0][1](); // of who was there before
  for (let beat = 0; beat < 2; beat += 1) {
    pulse.beat([silent]);
  }
  assert.deepEqual(silent.told, [false, false]);
});

test("so many calls are heard at once and each second, the next is not; who goes on is ended once", () => {
  let now = 0;
  const pace = new CallPace(() => now);
  const judged = (count, caller = "one") => Array.from({ length: count }, () => pace.judge(caller));
  assert.deepEqual(new Set(judged(BURST)), new Set(["heard"]));
  assert.deepEqual(judged(2), ["first", "dropped"]);
  assert.deepEqual(judged(1, "other"), ["heard"]);
  now += 1000;
  assert.deepEqual(new Set(judged(PER_SECOND)), new Set(["heard"]));
  assert.deepEqual(new Set(judged(PATIENCE - 3)), new Set(["dropped"]));
  assert.deepEqual(judged(2), ["end", "dropped"]);
});

test("who has been quiet for a while begins anew, and so does who is loaded again", () => {
  let now = 0;
  const pace = new CallPace(() => now);
  const spend = () => Array.from({ length: BURST }, () => pace.judge("one"));
  spend();
  assert.equal(pace.judge("one"), "first");
  now += (BURST / 2 / PER_SECOND) * 1000 + 1000;
  assert.equal(pace.judge("one"), "heard");
  spend();
  assert.equal(pace.judge("one"), "dropped");
  now += (BURST / PER_SECOND) * 1000;
  spend();
  assert.equal(pace.judge("one"), "first");
  pace.forget("one");
  assert.equal(pace.judge("one"), "heard");
});

test("a gadget that grows with every look is held at what it had, until it wants less", () => {
  let now = 0;
  const growth = new Growth(() => now);
  assert.equal(growth.grant(300), 300);
  const grown = Array.from({ length: STEPS - 1 }, (_, step) => growth.grant(301 + step));
  assert.deepEqual([grown.at(-1), growth.isHeld], [300 + STEPS - 1, false]);
  assert.deepEqual([growth.grant(9_000), growth.isHeld, growth.grant(9_001)], [300, true, 300]);
  assert.deepEqual([growth.grant(250), growth.isHeld, growth.grant(260)], [250, false, 260]);
});

test("one that grows slowly, or shrinks in between, is as high as it says; so is one that is loaded again", () => {
  let now = 0;
  const growth = new Growth(() => now);
  for (let step = 1; step < 4 * STEPS; step += 1) {
    now += WITHIN_MS / STEPS;
    assert.equal(growth.grant(100 + step), 100 + step);
  }
  now += WITHIN_MS;
  for (let step = 1; step < 4 * STEPS; step += 1) {
    const height = 1_000 + (step % STEPS);
    assert.equal(growth.grant(height), height);
  }
  for (let step = 1; step < 2 * STEPS; step += 1) {
    growth.grant(5_000 + step);
  }
  assert.equal(growth.isHeld, true);
  growth.reset();
  assert.equal(growth.grant(9_000), 9_000);
});

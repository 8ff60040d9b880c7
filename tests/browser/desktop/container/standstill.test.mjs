/** `container/standstill.js`, `standstill-watch.js`, `held-gadgets.js`: a page that a gadget stops, and which it was. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { HeldGadgets, MAX_HELD } from "../../../../finesse_tx/desktop/page/container/held-gadgets.js";
import { ASK_MS, MOST, RECENT_MS, SILENT_MS, Standstill } from "../../../../finesse_tx/desktop/page/container/standstill.js";
import { BEGINS_MS, StandstillWatch, UP_MS } from "../../../../finesse_tx/desktop/page/container/standstill-watch.js";

const A = { place: "/a.xml", title: "A" };
const B = { place: "/b.xml", title: "B" };

function seen() {
  let now = 0;
  let asked = 0;
  const kept = [];
  const one = new Standstill({
    ask: () => { asked += 1; },
    keep: (standing) => kept.push(standing),
    forget: () => kept.push(null),
    now: () => now,
  });
  const pass = (ms) => {
    for (let left = ms; left > 0; left -= ASK_MS) {
      now += Math.min(left, ASK_MS);
      one.tick();
    }
  };
  return { one, kept, pass, wait: (ms) => { now += ms; }, asked: () => asked };
}

test("a page that does not answer for so long stands still, which is kept once, until it answers", () => {
  const { one, kept, pass, asked } = seen();
  pass(ASK_MS);
  one.hear({});
  pass(SILENT_MS - ASK_MS);
  assert.deepEqual([kept, asked()], [[], SILENT_MS / ASK_MS]);
  pass(3 * ASK_MS);
  assert.deepEqual(kept, [{ suspects: [], areBeginning: false }]);
  one.hear({});
  assert.deepEqual(kept.at(-1), null);
  pass(SILENT_MS);
  assert.equal(kept.length, 3);
});

test("a machine that sleeps stands still for nobody's fault", () => {
  const { one, kept, pass, wait } = seen();
  one.hear({ loading: [A] });
  wait(3_600_000);
  pass(ASK_MS);
  assert.deepEqual(kept, []);
});

test("it is a gadget that was beginning, if there is one", () => {
  for (const loading of [[A], [A, B]]) {
    const { one, kept, pass } = seen();
    one.hear({ touched: B });
    one.hear({ loading });
    pass(SILENT_MS);
    assert.deepEqual(kept, [{ suspects: loading, areBeginning: true }]);
  }
});

test("else one of those that were told something just before, the last one first", () => {
  const { one, kept, pass, wait } = seen();
  one.hear({ loading: [A] });
  one.hear({ loading: [] });
  one.hear({ touched: { place: "/old.xml", title: "Old" } });
  wait(RECENT_MS + 1);
  one.tick();
  for (let number = 0; number < MOST; number += 1) {
    one.hear({ touched: { place: `/${number}.xml`, title: "" } });
  }
  one.hear({ touched: A });
  one.hear({ touched: B });
  one.hear({ touched: A });
  pass(SILENT_MS);
  assert.deepEqual(kept[0].suspects.map(({ place }) => place), ["/a.xml", "/b.xml", "/4.xml", "/3.xml", "/2.xml"]);
  assert.equal(kept[0].areBeginning, false);
});

test("the page answers whoever asks, and says who begins, until it has begun, and who is touched, not twice at once", async () => {
  const said = [];
  const timers = [];
  let now = 0;
  let isOver = false;
  const worker = { postMessage: (one) => said.push(one), onmessage: null, onerror: null, terminate: () => { isOver = true; } };
  const leaving = new AbortController();
  const watch = new StandstillWatch(worker, "ann", leaving.signal, { later: (then, ms) => timers.push([then, ms]), now: () => now });
  worker.onmessage();
  await watch.isUp;
  const [[, upMs]] = timers.splice(0);
  const one = {};
  watch.begins(one, A);
  watch.has(one);
  watch.begins(one, B); // it is loaded again meanwhile
  timers[0][0]();
  watch.has(one);
  timers[1][0]();
  watch.touches(A);
  watch.touches(A);
  now += 500;
  watch.touches(A);
  watch.touches(B);
  watch.touches(A); // however many take turns
  assert.deepEqual(said, [
    { loginId: "ann" }, {}, { loading: [A] }, { loading: [B] }, { loading: [] }, { touched: A }, { touched: A }, { touched: B },
  ]);
  assert.deepEqual([timers[0][1], upMs], [BEGINS_MS, UP_MS]);
  leaving.abort();
  assert.equal(isOver, true);
});

test("gadgets wait for a worker that does not come no longer than they must", async () => {
  for (const end of [(worker) => worker.onerror(), (_worker, timers) => timers[0]()]) {
    const timers = [];
    const worker = { postMessage() {}, onmessage: null, onerror: null, terminate() {} };
    const watch = new StandstillWatch(worker, "ann", new AbortController().signal, { later: (then) => timers.push(then), now: () => 0 });
    end(worker, timers);
    await watch.isUp;
  }
});

test("what is held is so for one person in this browser, whatever its query, until it is released; of too many the first goes", () => {
  const kept = new Map();
  const storage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value) };
  const held = new HeldGadgets(storage, "ann");
  held.hold("https://h/a.xml?x=1");
  held.hold("https://h/a.xml");
  assert.deepEqual(
    [held.has("https://h/a.xml#y"), held.has("https://h/b.xml"), new HeldGadgets(storage, "bob").has("https://h/a.xml")],
    [true, false, false],
  );
  held.release("https://h/a.xml?z");
  assert.equal(held.has("https://h/a.xml"), false);
  for (let number = 0; number <= MAX_HELD; number += 1) {
    held.hold(`https://h/${number}.xml`);
  }
  assert.deepEqual([held.has("https://h/0.xml"), held.has("https://h/1.xml")], [false, true]);
  kept.set("finesse-tx.held.ann", "{");
  assert.equal(held.has("https://h/1.xml"), false);
  const full = new HeldGadgets({ getItem: () => "[]", setItem: () => { throw new Error("full"); } }, "ann");
  full.hold("https://h/a.xml");
});

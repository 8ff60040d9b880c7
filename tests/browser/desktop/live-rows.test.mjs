/** `desktop/page/core/live-rows.js`: rows in order, and what is new of them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { LiveRows } from "../../../finesse_tx/desktop/page/core/live-rows.js";

const row = (id, name, size = null) => ({ id, name, size });

function rows(...given) {
  const made = new LiveRows({
    id: (one) => one.id,
    values: { name: (one) => one.name, size: (one) => one.size },
  });
  made.replace(given);
  return made;
}

const ids = (list) => list.map((one) => one.id);

/** Does to a list of ids what a page does to its elements. */
function drawn(list, { anew, gone, placed }) {
  if (anew) {
    return ids(anew);
  }
  const found = list.filter((id) => !gone.includes(id));
  for (const { row: placing, before } of placed) {
    const old = found.indexOf(placing.id);
    if (old >= 0) {
      found.splice(old, 1);
    }
    found.splice(before === null ? found.length : found.indexOf(before), 0, placing.id);
  }
  return found;
}

test("the first look shows everything, by the first column, and the second nothing", () => {
  const live = rows(row("b", "Bea"), row("c", "äl"), row("a", "Al 10"), row("d", "al 9"));
  assert.deepEqual(ids(live.look().anew), ["c", "d", "a", "b"]);
  assert.deepEqual(live.look(), { anew: null, gone: [], placed: [], changed: [] });
});

test("what is null comes last, whichever way is up; ties stand by the first column and then the id", () => {
  const live = rows(row("x", "B", 1), row("n", "A"), row("y", "B", 1), row("z", "A", 1), row("w", "C", 2));
  live.sort("size");
  assert.deepEqual(ids(live.look().anew), ["z", "x", "y", "w", "n"]);
  live.sort("size", true);
  assert.deepEqual(ids(live.look().anew), ["w", "z", "x", "y", "n"]);
});

test("what changes in its place is changed, what leaves it is placed before its next one", () => {
  const live = rows(row("a", "A", 1), row("b", "B", 2), row("c", "C", 3), row("d", "D", 4));
  live.sort("size");
  live.look();
  live.put(row("b", "B", 2.5));
  const same = live.look();
  assert.deepEqual([ids(same.changed), same.placed], [["b"], []]);
  live.put(row("b", "B", 9));
  const { placed, changed } = live.look();
  assert.deepEqual([changed, placed.map(({ row: one, before }) => [one.id, before])], [[], [["b", null]]]);
  live.put(row("d", "D", 0));
  assert.deepEqual(live.look().placed.map(({ row: one, before }) => [one.id, before]), [["d", "a"]]);
});

test("what comes is placed, what goes is gone, and what came and went in between is neither", () => {
  const live = rows(row("a", "A"), row("c", "C"));
  live.look();
  live.put(row("b", "B"));
  live.remove("a");
  live.put(row("q", "Q"));
  live.remove("q");
  live.remove("never");
  const { gone, placed } = live.look();
  assert.deepEqual([gone, placed.map(({ row: one, before }) => [one.id, before])], [["a"], [["b", "c"]]]);
});

test("a row that is not wanted any more goes, and comes again when it is", () => {
  const live = rows(row("a", "A", 1), row("b", "B", 1));
  live.narrow((one) => one.size === 1);
  live.look();
  live.put(row("a", "A", 2));
  assert.deepEqual(live.look().gone, ["a"]);
  assert.equal(live.size, 2);
  live.put(row("a", "A", 1));
  assert.deepEqual(live.look().placed.map(({ before }) => before), ["b"]);
});

test("rows that are held change where they are, and move once they may", () => {
  const live = rows(row("a", "A", 1), row("b", "B", 2), row("c", "C", 3));
  live.sort("size");
  live.look();
  live.put(row("a", "A", 9));
  const held = live.look(true);
  assert.deepEqual([ids(held.changed), held.placed], [["a"], []]);
  assert.deepEqual(live.look(true), { anew: null, gone: [], placed: [], changed: [] });
  assert.deepEqual(live.look().placed.map(({ row: one, before }) => [one.id, before]), [["a", null]]);
  assert.deepEqual(ids(live.shown), ["b", "c", "a"]);
});

test("whatever happens, a page that does what it is told shows what a new one would", () => {
  let seed = 7;
  const random = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const live = rows(...Array.from({ length: 30 }, (_, n) => row(`r${n}`, `N${n % 7}`, n % 5 || null)));
  live.sort("size", true);
  live.narrow((one) => one.size !== 4);
  let page = drawn([], live.look());
  for (let round = 0; round < 400; round += 1) {
    for (let count = random(6); count > 0; count -= 1) {
      const id = `r${random(40)}`;
      if (random(4)) {
        live.put(row(id, `N${random(7)}`, random(6) || null));
      } else {
        live.remove(id);
      }
    }
    const isHeld = random(3) === 0;
    page = drawn(page, live.look(isHeld));
    if (!isHeld) {
      const fresh = rows(...live.all);
      fresh.sort("size", true);
      fresh.narrow((one) => one.size !== 4);
      assert.deepEqual(page, ids(fresh.look().anew), `round ${round}`);
    }
  }
});

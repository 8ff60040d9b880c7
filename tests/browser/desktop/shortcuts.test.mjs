/** `core/shortcuts.js`: keys that do something, and those that two things want. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Shortcuts, normal } from "../../../finesse_tx/desktop/page/core/shortcuts.js";

function made(...wanted) {
  const shortcuts = new Shortcuts();
  const done = [];
  const collisions = [];
  shortcuts.addEventListener("collision", ({ keys, labels }) => collisions.push([keys, labels]));
  for (const [id, keys, more] of wanted) {
    shortcuts.add({ id, label: id.toUpperCase(), keys, run: () => done.push(id), ...more });
  }
  return { shortcuts, done, collisions };
}

const press = (key, more = {}) => ({
  key,
  code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : /^\d$/.test(key) ? `Digit${key}` : "",
  ctrlKey: true,
  altKey: true,
  shiftKey: false,
  metaKey: false,
  ...more,
});

test("keys are written in one way", () => {
  assert.equal(normal(" alt + CTRL+r"), "Ctrl+Alt+R");
  assert.equal(normal("Shift+Alt+F1"), "Alt+Shift+f1");
});

test("the keys do it, once, and nobody else gets them", () => {
  const { shortcuts, done } = made(["ready", "Ctrl+Alt+R"], ["first", "Ctrl+Alt+1"]);
  let isPrevented = false;
  assert.equal(shortcuts.handle(press("r", { preventDefault: () => (isPrevented = true) })), true);
  assert.equal(isPrevented, true);
  assert.equal(shortcuts.handle(press("&", { code: "Digit1" })), true);
  for (const other of [{ shiftKey: true }, { altKey: false }, { metaKey: true }, { repeat: true }]) {
    assert.equal(shortcuts.handle(press("r", other)), false, JSON.stringify(other));
  }
  assert.deepEqual(done, ["ready", "first"]);
});

test("two on the same keys: neither is done, and it is told", () => {
  const { shortcuts, done, collisions } = made(["a", "Ctrl+Alt+R"], ["b", "Alt+Ctrl+r"]);
  assert.equal(shortcuts.handle(press("r")), false);
  assert.deepEqual(done, []);
  assert.deepEqual(collisions, [["Ctrl+Alt+R", ["A", "B"]]]);
  assert.deepEqual(shortcuts.list.map((one) => one.isDisabled), [true, true]);
  shortcuts.remove("b");
  assert.equal(shortcuts.handle(press("r")), true);
  assert.deepEqual(done, ["a"]);
});

test("whoever asks again takes its own place, and what has left is gone", () => {
  const leaving = new AbortController();
  const { shortcuts, done, collisions } = made(["a", "Ctrl+Alt+R", { signal: leaving.signal }]);
  const again = new AbortController();
  shortcuts.add({ id: "a", label: "A", keys: "Ctrl+Alt+R", run: () => done.push("again"), signal: again.signal });
  leaving.abort();
  assert.equal(shortcuts.handle(press("r")), true);
  assert.deepEqual([done, collisions], [["again"], []]);
  again.abort();
  assert.equal(shortcuts.handle(press("r")), false);
  shortcuts.add({ id: "late", label: "", keys: "Ctrl+Alt+R", run() {}, signal: again.signal });
  assert.deepEqual(shortcuts.list, []);
});

test("AltGr types a character, and does nothing else", () => {
  const { shortcuts, done } = made(["end", "Ctrl+Alt+E"]);
  assert.equal(shortcuts.handle(press("€", { code: "KeyE", getModifierState: (name) => name === "AltGraph" })), false);
  assert.deepEqual(done, []);
});

test("a keyboard with letters elsewhere is learnt from what is typed", () => {
  const { shortcuts, done } = made(["answer", "Ctrl+Alt+A"], ["transfer", "Ctrl+Alt+Q"]);
  shortcuts.handle(press("æ", { code: "KeyQ" }));
  shortcuts.handle(press("a", { code: "KeyQ", ctrlKey: false, altKey: false }));
  shortcuts.handle(press("æ", { code: "KeyQ" }));
  shortcuts.handle(press("a", { code: "KeyQ" }));
  assert.deepEqual(done, ["transfer", "answer", "answer"]);
});

test("switched off, no keys do anything", () => {
  const { shortcuts, done } = made(["a", "Ctrl+Alt+R"]);
  shortcuts.isOn = false;
  assert.equal(shortcuts.handle(press("r")), false);
  assert.deepEqual(done, []);
});

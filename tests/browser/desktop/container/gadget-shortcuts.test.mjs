/** Keys of the desktop that do something in a gadget. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { GadgetShortcuts, MAX_SHORTCUTS } from "../../../../finesse_tx/desktop/page/container/gadget-shortcuts.js";
import { Shortcuts } from "../../../../finesse_tx/desktop/page/core/shortcuts.js";

/** A desktop with shortcuts, and a hub that remembers what it is told. */
function desktop() {
  const published = [];
  let said = () => {};
  const hub = { subscribe: (_topic, listener) => (said = listener), publish: (topic, data) => published.push([topic, data]) };
  const shortcuts = new Shortcuts();
  const leaving = new AbortController();
  new GadgetShortcuts(hub, shortcuts, leaving.signal);
  const ask = (gadgetId, keys, topic = `finext.shortcuts.${gadgetId}`) => said({ gadgetId, topic, keys });
  const press = (key) => shortcuts.handle({ key, code: `Key${key}`, ctrlKey: true, altKey: true, shiftKey: false, metaKey: false });
  return { ask, press, published, shortcuts, leaving };
}

test("a gadget's shortcut is one of the desktop's, and the gadget hears of it", () => {
  const { ask, press, published, shortcuts, leaving } = desktop();
  ask(3, [{ id: "a", label: "Mine", keys: "Ctrl+Alt+B" }]);
  assert.deepEqual(shortcuts.list.map(({ label, keys, isDisabled }) => [label, keys, isDisabled]), [["Mine", "Ctrl+Alt+B", false]]);
  assert.ok(press("B"));
  assert.deepEqual(published, [["finext.shortcuts.3", { id: "a" }]]);
  ask(3, [{ id: "z", label: "Other", keys: "Ctrl+Alt+Z" }]);
  assert.deepEqual(shortcuts.list.map(({ keys }) => keys), ["Ctrl+Alt+Z"]);
  leaving.abort();
  assert.deepEqual(shortcuts.list, []);
});

test("keys that somebody else has are nobody's, and the gadget is told", () => {
  const { ask, press, published, shortcuts } = desktop();
  shortcuts.add({ id: "ready", label: "Ready", keys: "Ctrl+Alt+R", run: () => {} });
  ask(4, [{ id: "r", label: "Mine", keys: "Ctrl+Alt+R" }, { id: "s", label: "Mine", keys: "Ctrl+Alt+S" }]);
  assert.deepEqual(published, [["finext.shortcuts.4", { conflicts: ["r"] }]]);
  assert.ok(!press("R"));
  assert.ok(press("S"));
});

test("what people type, another gadget's topic, and too many are not taken", () => {
  const { ask, shortcuts } = desktop();
  ask(3, [{ id: "a", keys: "B" }, { id: "b", keys: "Shift+B" }, { id: "c", keys: "Ctrl+F5" }, { keys: "Ctrl+Alt+B" }, null]);
  ask(3, [{ id: "a", keys: "Ctrl+B" }], "finext.shortcuts.4");
  ask(3, "x");
  const many = (number) => Array.from({ length: number }, (_, index) => ({ id: `k${index}`, keys: "Ctrl+Alt+B" }));
  ask(3, many(MAX_SHORTCUTS + 1));
  assert.deepEqual(shortcuts.list, []);
  ask(3, many(MAX_SHORTCUTS));
  assert.equal(shortcuts.list.length, MAX_SHORTCUTS);
});

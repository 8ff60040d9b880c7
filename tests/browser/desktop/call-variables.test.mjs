/** `desktop/page/core/call-variables.js`: what a call shows, and what is about to be changed of it. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft, MAX_NAMED, MAX_NUMBERED, bytes, cells, layoutOf, popover } from "../../../finesse_tx/desktop/page/core/call-variables.js";

/** A call with variables. */
function dialog(variables = {}, more = {}) {
  const CallVariable = Object.entries(variables).map(([name, value]) => ({ name, value }));
  return { id: "1", mediaProperties: { callType: "ACD_IN", ...more, callvariables: { CallVariable } } };
}

const entry = (mediaProperty, more = {}) => ({ displayName: `The ${mediaProperty}`, mediaProperty, ...more });
const LAYOUTS = [
  { name: "Sales", type: "CUSTOM" },
  { name: "Everything", type: "DEFAULT", header: { entry: [entry("callVariable1")] } },
  { name: "sales", type: "CUSTOM" },
];

test("user.layout chooses, then user.Layout, by the very name; else the default", () => {
  for (const [variables, expected] of [
    [{}, "Everything"],
    [{ "user.Layout": "Sales" }, "Sales"],
    [{ "user.layout": "sales" }, "sales"],
    [{ "user.layout": "Sales", "user.Layout": "sales" }, "Sales"],
    [{ "user.layout": "", "user.Layout": "Sales" }, "Sales"],
    [{ "user.layout": "nobody's" }, "Everything"],
  ]) {
    assert.equal(layoutOf(LAYOUTS, dialog(variables)).name, expected);
  }
  assert.equal(layoutOf([LAYOUTS[0]], dialog()).name, "Sales");
  assert.deepEqual(cells(layoutOf([], dialog()), dialog(), true), { header: null, columns: [] });
});

test("a header and columns, with the values of variables and of other properties", () => {
  const layout = {
    name: "x",
    type: "DEFAULT",
    header: { entry: [entry("queueName", { uiEditable: true })] },
    column: [{ entry: [entry("callVariable1"), entry("user.x"), entry("user.a[1]"), entry("BAStatus"), entry("wrapUpReason"), entry("callvariables")] }, {}, { entry: [{ displayName: "", mediaProperty: "callKeyCallId" }] }],
  };
  const call = dialog({ callVariable1: "one", "user.x": "two", "user.a[1]": "three" }, { queueName: "Sales", callKeyCallId: 7, wrapUpReason: "Sale" });
  const { header, columns } = cells(layout, call, true);
  assert.deepEqual([header.label, header.value, header.isEditable], ["The queueName", "Sales", false]);
  assert.deepEqual(columns.map((column) => column.map((cell) => cell.value)), [["one", "two", "three", "", "Sale", ""], ["7"]]);
  assert.equal(columns[1][0].label, "callKeyCallId");
});

test("what may be changed: call variables that the layout says so of, while data may be changed", () => {
  for (const name of ["callVariable10", "callVariable11", "user.x", "BAAccountNumber", "queueName", "wrapUpReason"]) {
    for (const uiEditable of [true, "true", false, "false", undefined]) {
      for (const mayChange of [true, false]) {
        const [[cell]] = cells({ name: "", type: "", column: [{ entry: [entry(name, { uiEditable })] }] }, dialog(), mayChange).columns;
        const isVariable = ["callVariable10", "user.x", "BAAccountNumber"].includes(name);
        assert.equal(cell.isEditable, isVariable && mayChange && (uiEditable === true || uiEditable === "true"), name);
        assert.equal(cell.maxBytes, name === "callVariable10" ? MAX_NUMBERED : MAX_NAMED);
      }
    }
  }
});

test("of a call that rings: up to five that are marked, else the first two that say something", () => {
  const names = Array.from({ length: 7 }, (_, index) => `callVariable${index + 1}`);
  const all = Object.fromEntries(names.map((name) => [name, name === "callVariable1" ? "" : `v${name}`]));
  const shown = (more) => popover(cells({ name: "", type: "", column: [{ entry: names.map((name) => entry(name, more)) }] }, dialog(all), false)).map((cell) => cell.name);
  assert.deepEqual(shown({}), ["callVariable2", "callVariable3"]);
  assert.deepEqual(shown({ showInPopOver: "true" }), names.slice(1, 5));
  assert.deepEqual(popover({ columns: [] }), []);
});

test("bytes, not letters", () => {
  assert.equal(bytes("né€"), 6);
});

/** A variable that may be changed. */
const cell = (name, value, maxBytes = 4) => ({ name, label: name, value, isEditable: true, maxBytes, isInPopover: false });

test("a draft knows what was changed, reverts, and forgets what was typed back", () => {
  const draft = new Draft();
  draft.update([cell("a", "1"), cell("b", "2")]);
  draft.edit("a", "x");
  draft.edit("a", "xy");
  assert.deepEqual(draft.changes, [{ name: "a", value: "xy" }]);
  assert.equal(draft.value("a"), "xy");
  assert.equal(draft.value("b"), "2");
  assert.equal(draft.value("c"), "");
  draft.edit("a", "1");
  assert.ok(!draft.isChanged);
  draft.edit("b", "");
  assert.deepEqual(draft.changes, [{ name: "b", value: "" }]);
  draft.revert();
  assert.ok(!draft.isChanged);
  assert.equal(draft.value("b"), "2");
});

test("what somebody else changes meanwhile is kept beside it, and one's own change stays", () => {
  const draft = new Draft();
  draft.update([cell("a", "1"), cell("b", "2")]);
  draft.edit("a", "mine");
  assert.equal(draft.theirs("a"), null);
  draft.update([cell("a", "1"), cell("b", "3")]);
  assert.equal(draft.theirs("a"), null, "another variable");
  draft.update([cell("a", "hers"), cell("b", "3")]);
  assert.equal(draft.theirs("a"), "hers");
  assert.equal(draft.value("a"), "mine");
  draft.edit("a", "mine too");
  assert.equal(draft.theirs("a"), "hers", "typing on does not hide it");
  draft.update([cell("a", "mine too"), cell("b", "3")]);
  assert.ok(!draft.isChanged, "it was saved");
  draft.edit("a", "again");
  draft.update([cell("b", "3")]);
  assert.ok(!draft.isChanged, "it may not be changed any more");
});

test("what is too long is named: one byte fewer is not", () => {
  const draft = new Draft();
  draft.update([cell("a", ""), cell("b", "")]);
  draft.edit("a", "1234");
  draft.edit("b", "123é");
  assert.deepEqual(draft.tooLong, ["b"]);
});

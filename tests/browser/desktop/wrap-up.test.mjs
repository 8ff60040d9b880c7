/** `desktop/page/core/wrap-up.js`: why a call was. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_BYTES, MOST, body, chosen, mayWrapUp, most, toggled } from "../../../finesse_tx/desktop/page/core/wrap-up.js";

/** A call in which 1001 is. */
function dialog(state, properties = {}, actions = ["UPDATE_CALL_DATA"]) {
  return { participants: [{ mediaAddress: "1001", state, actions }], mediaProperties: { callvariables: { CallVariable: [] }, ...properties } };
}

test("a CCX takes five, a CCE one", () => {
  assert.equal(most("UCCX"), MOST);
  assert.equal(most("UCCE"), 1);
});

test("the reasons of a call, from either of its elements", () => {
  assert.deepEqual(chosen(dialog("ACTIVE")), []);
  assert.deepEqual(chosen(dialog("ACTIVE", { wrapUpReason: "Sale, big" })), ["Sale, big"]);
  assert.deepEqual(chosen(dialog("ACTIVE", { wrapUpReason: "a,b", wrapUpItems: ["a", "b"] })), ["a", "b"]);
});

test("of one reason another takes the place; of five, a sixth is not taken", () => {
  assert.deepEqual(toggled([], "a", 1), ["a"]);
  assert.deepEqual(toggled(["a"], "b", 1), ["b"]);
  assert.deepEqual(toggled(["a"], "a", 1), []);
  assert.deepEqual(toggled(["a", "b", "c", "d"], "e", MOST), ["a", "b", "c", "d", "e"]);
  assert.equal(toggled(["a", "b", "c", "d", "e"], "f", MOST), null);
  assert.deepEqual(toggled(["a", "b", "c"], "b", MOST), ["a", "c"]);
});

test("all together have 39 bytes, and not one more", () => {
  const half = "x".repeat(19);
  assert.equal(toggled([half], "y".repeat(MAX_BYTES - 20), MOST)?.length, 2);
  assert.equal(toggled([half], "y".repeat(MAX_BYTES - 19), MOST), null);
  assert.equal(toggled([half], `é${"y".repeat(MAX_BYTES - 21)}`, MOST), null);
  assert.equal(toggled([], "y".repeat(MAX_BYTES + 1), 1), null);
});

test("what is sent", () => {
  assert.deepEqual(body(["a"], 1), { wrapUpReason: "a" });
  assert.deepEqual(body([], 1), { wrapUpReason: "" });
  assert.deepEqual(body(["a", "b"], MOST), { wrapUpItems: ["a", "b"] });
});

test("who may change data says why, once somebody is there", () => {
  for (const [state, expected] of [["INITIATING", false], ["INITIATED", false], ["ALERTING", true], ["ACTIVE", true], ["HELD", true], ["WRAP_UP", true]]) {
    assert.equal(mayWrapUp(dialog(state), "1001"), expected, state);
    assert.equal(mayWrapUp(dialog(state, {}, ["DROP"]), "1001"), false, state);
  }
});

/** `desktop/page/core/dialog-rules.js`: which calls, rows, buttons and timers there are. */
import assert from "node:assert/strict";
import { test } from "node:test";

import * as rules from "../../../finesse_tx/desktop/page/core/dialog-rules.js";

const ME = "1001";
const AT = Date.parse("2026-11-22T10:00:00.000Z");
const time = (seconds) => new Date(AT + seconds * 1000).toISOString();

/** Somebody in a call. */
function part(mediaAddress, state, actions = [], more = {}) {
  return { mediaAddress, mediaAddressType: "AGENT_DEVICE", state, stateCause: "", startTime: time(0), stateChangeTime: time(0), actions, ...more };
}

/** A call. */
function dialog(id, callType, participants, more = {}) {
  return {
    id,
    uri: `/finesse/api/Dialog/${id}`,
    state: "ACTIVE",
    fromAddress: "0612345678",
    toAddress: "6001",
    mediaType: "Voice",
    participants,
    ...more,
    mediaProperties: { callType, callvariables: { CallVariable: [] }, ...more.mediaProperties },
  };
}

test("the buttons are the own participant's actions, in order, whatever set of them there is", () => {
  const actions = rules.BUTTONS.filter((one) => one !== "BARGE_CALL");
  for (let set = 0; set < 1 << actions.length; set += 1) {
    const mine = actions.filter((_, index) => set & (1 << index));
    const call = dialog("1", "ACD_IN", [part("1002", "ACTIVE", ["HOLD", "DROP"]), part(ME, "ACTIVE", [...mine].reverse())], { scheduledCallbackInfo: {} });
    assert.deepEqual(rules.buttonsOf(call, ME), mine);
  }
});

test("what has no button makes none, and who is not in a call has none", () => {
  const call = dialog("1", "ACD_IN", [part(ME, "ACTIVE", ["UPDATE_CALL_DATA", "PARTICIPANT_DROP", "CANCEL_SCHEDULED_CALLBACK", "NEW"])]);
  // A callback that nobody has agreed cannot be cancelled.
  assert.deepEqual(rules.buttonsOf(call, ME), []);
  assert.deepEqual(rules.buttonsOf(call, "1002"), []);
  assert.deepEqual(rules.actionsOf(call, "1002"), []);
});

test("who listens in may barge in, as long as it goes on; nobody else", () => {
  const parts = [part(ME, "ACTIVE", ["DROP"]), part("1002", "ACTIVE")];
  for (const [callType, fromAddress, actions, expected] of [
    ["SUPERVISOR_MONITOR", ME, ["DROP"], ["BARGE_CALL", "DROP"]],
    ["SUPERVISOR_MONITOR", ME, [], []],
    ["SUPERVISOR_MONITOR", "2001", ["DROP"], ["DROP"]],
    ["SUPERVISOR_BARGE", ME, ["DROP"], ["DROP"]],
  ]) {
    const call = dialog("1", callType, [{ ...parts[0], actions }, parts[1]], { fromAddress });
    assert.deepEqual(rules.buttonsOf(call, ME), expected, callType);
  }
});

test("a call is shown to who is in it; being listened to, tasks, and what was left are not", () => {
  for (const [expected, callType, state, more] of [
    [true, "ACD_IN", "ACTIVE", {}],
    [true, "ACD_IN", "WRAP_UP", {}],
    [true, "ACD_IN", "FAILED", {}],
    [false, "ACD_IN", "DROPPED", {}],
    [false, "ACD_IN", "ACTIVE", { mediaType: "Chat" }],
    [true, "SUPERVISOR_MONITOR", "ACTIVE", { fromAddress: ME }],
    [false, "SUPERVISOR_MONITOR", "ACTIVE", { fromAddress: "2001", toAddress: ME }],
  ]) {
    const call = dialog("1", callType, [part(ME, state)], more);
    assert.equal(rules.shown([call], ME).length === 1, expected, `${callType} ${state}`);
  }
  assert.deepEqual(rules.shown([dialog("1", "ACD_IN", [part("1002", "ACTIVE")])], ME), []);
});

test("a consultation stands beside the call that was held last, and stays there when they change places", () => {
  const first = dialog("1", "ACD_IN", [part(ME, "HELD", [], { stateChangeTime: time(10) })]);
  const second = dialog("2", "ACD_IN", [part(ME, "HELD", [], { stateChangeTime: time(20) })]);
  const consult = dialog("3", "CONSULT", [part(ME, "INITIATED")], { fromAddress: ME });
  const parents = new Map();
  const ids = (calls) => rules.rows(calls, ME, parents).map(({ dialog: one, consultations }) => [one.id, consultations.map((each) => each.id)]);
  assert.deepEqual(ids([first, second, consult]), [["1", []], ["2", ["3"]]]);
  const retrieved = dialog("2", "ACD_IN", [part(ME, "ACTIVE", [], { stateChangeTime: time(30) })]);
  assert.deepEqual(ids([first, retrieved, consult]), [["1", []], ["2", ["3"]]]);
  assert.deepEqual(ids([first, consult]), [["1", ["3"]]], "its call is gone");
  assert.deepEqual(ids([consult]), [["3", []]]);
  assert.deepEqual(ids([]), []);
  assert.equal(parents.size, 0);
});

test("the call that a consultation names is its own; who is consulted has an ordinary call", () => {
  const first = dialog("1", "OUT", [part(ME, "HELD", [], { stateChangeTime: time(10) })]);
  const second = dialog("2", "ACD_IN", [part(ME, "HELD", [], { stateChangeTime: time(20) })]);
  const consult = dialog("3", "CONSULT", [part(ME, "ACTIVE")], { fromAddress: ME, associatedDialogUri: first.uri });
  assert.deepEqual(rules.rows([first, second, consult], ME, new Map())[0].consultations, [consult]);
  for (const callType of ["CONSULT_OFFERED", "TRANSFER", "CONSULT"]) {
    const offered = dialog("4", callType, [part(ME, "ALERTING")], { fromAddress: "1002" });
    assert.equal(rules.rows([first, offered], ME, new Map()).length, 2, callType);
  }
});

test("a call that is taken up sends the one that is talked in on hold, and gives up what nobody has answered", () => {
  const held = dialog("1", "ACD_IN", [part(ME, "HELD", ["RETRIEVE"])]);
  for (const [state, actions, expected] of [
    ["ACTIVE", ["HOLD", "DROP"], "2"],
    ["ACTIVE", ["DROP"], undefined], // such as listening in
    ["INITIATING", ["DROP"], "2"],
    ["INITIATED", ["DROP"], "2"],
    ["FAILED", ["DROP"], "2"],
    ["HELD", ["RETRIEVE"], undefined],
    ["ALERTING", ["ANSWER"], undefined],
    ["WRAP_UP", [], undefined],
  ]) {
    const other = dialog("2", "CONSULT", [part(ME, state, actions)], { fromAddress: ME });
    assert.equal(rules.makesRoom([held, other], held, ME)?.id, expected, state);
    assert.equal(rules.makesRoom([other], other, ME), undefined);
  }
});

test("calls keep the order in which they came", () => {
  const calls = ["9", "3", "5"].map((id) => dialog(id, "ACD_IN", [part(ME, "HELD")]));
  assert.deepEqual(rules.rows(calls, ME, new Map()).map((row) => row.dialog.id), ["9", "3", "5"]);
});

test("the other party is who called, who was called, or who is left", () => {
  const customer = part("0612345678", "ACTIVE", [], { mediaAddressType: "" });
  const [me, other] = [part(ME, "ACTIVE"), part("1002", "ACTIVE")];
  for (const [expected, way, callType, parts, more] of [
    ["0612345678", "in", "ACD_IN", [customer, me], {}],
    ["0612345678", "in", "ACD_IN", [me], {}],
    ["0699", "out", "OUT", [me], { fromAddress: ME, toAddress: "0699" }],
    ["", "out", "OUT", [me], { fromAddress: ME, toAddress: "" }],
    ["1002", "out", "AGENT_INSIDE", [me, other], { fromAddress: ME, toAddress: "1002" }],
    ["1002", "out", "CONSULT", [me, other], { fromAddress: ME, toAddress: "6002" }],
    ["1002", "in", "TRANSFER", [other, me], { fromAddress: ME.replace("1", "9") }],
    ["", "in", "CONFERENCE", [customer, me, other], {}],
    ["0612345678", "in", "CONFERENCE", [customer, me, part("1002", "DROPPED")], {}],
    ["0612345678", "in", "TRANSFER", [customer, me, part("1002", "WRAP_UP")], { fromAddress: "0612345678" }],
    ["0612345678", "in", "TRANSFER", [customer, part(ME, "WRAP_UP"), other], {}],
    // The consultation is what is left of two: of the agent's own, and of who was consulted.
    ["0612345678", "out", "TRANSFER", [part(ME, "WRAP_UP"), other, customer], { fromAddress: ME, toAddress: "1002", secondaryId: "7" }],
    ["0612345678", "in", "TRANSFER", [part("1002", "WRAP_UP"), me, customer], { fromAddress: "1002", toAddress: ME, secondaryId: "7" }],
    ["0612345678", "in", "TRANSFER", [customer, part(ME, "WRAP_UP"), other], { secondaryId: "7" }],
    ["1003", "out", "TRANSFER", [part(ME, "WRAP_UP"), other], { fromAddress: ME, toAddress: "1003", secondaryId: "7" }],
    ["1002", "out", "AGENT_INSIDE", [part(ME, "WRAP_UP"), other, customer], { fromAddress: ME, toAddress: "1002" }],
    ["0698", "out", "OUTBOUND", [me, part("0698", "ACTIVE")], { fromAddress: ME, toAddress: "0698" }],
    ["0698", "out", "OUTBOUND_DIRECT_PREVIEW", [me], { fromAddress: "70001", toAddress: ME, mediaProperties: { dialedNumber: "0698" } }],
    ["0698", "out", "OUTBOUND_DIRECT_PREVIEW", [me], { mediaProperties: { dialedNumber: ME, DNIS: "0698" } }],
    [
      "0697",
      "out",
      "OUTBOUND_PREVIEW",
      [me],
      { mediaProperties: { dialedNumber: "1", callvariables: { CallVariable: [{ name: "BACustomerNumber", value: "0697" }] } } },
    ],
  ]) {
    const call = dialog("1", callType, parts, more);
    assert.equal(rules.otherParty(call, ME), expected, callType);
    assert.equal(rules.direction(call, ME), way, callType);
  }
});

test("agents are taken out of a conference by those who may, others only where the layout says so", () => {
  const customer = part("0612345678", "ACTIVE", [], { mediaAddressType: "" });
  const may = dialog("1", "CONFERENCE", [customer, part(ME, "ACTIVE", ["PARTICIPANT_DROP"]), part("1002", "HELD"), part("1003", "DROPPED")]);
  const names = (found) => found.map((one) => one.mediaAddress);
  assert.deepEqual(names(rules.droppable(may, ME)), ["1002"]);
  assert.deepEqual(names(rules.droppable(may, ME, "all")), ["0612345678", "1002"]);
  assert.deepEqual(rules.droppable(dialog("1", "CONFERENCE", [customer, part(ME, "ACTIVE")]), ME, "all"), []);
});

test("timers: the whole call, how long it has been held, and what is left of wrap-up", () => {
  const at = (state, now, wrapUp) =>
    rules.timers(dialog("1", "ACD_IN", [part(ME, state, [], { stateChangeTime: time(60) })]), ME, AT + now * 1000, wrapUp);
  assert.deepEqual(at("ACTIVE", 65.9), { total: 65, held: null, wrapUp: null, isDown: false });
  assert.deepEqual(at("HELD", 75), { total: 75, held: 15, wrapUp: null, isDown: false });
  assert.deepEqual(at("WRAP_UP", 70, 30), { total: null, held: null, wrapUp: 20, isDown: true });
  assert.deepEqual(at("WRAP_UP", 95, 30), { total: null, held: null, wrapUp: 0, isDown: true });
  assert.deepEqual(at("WRAP_UP", 95), { total: null, held: null, wrapUp: 35, isDown: false });
  assert.equal(at("ACTIVE", -5).total, 0, "a clock that is behind");
  const nameless = dialog("1", "ACD_IN", [part(ME, "HELD", [], { startTime: "", stateChangeTime: "" })]);
  assert.deepEqual(rules.timers(nameless, ME, AT), { total: null, held: null, wrapUp: null, isDown: false });
});

test("a clock", () => {
  for (const [seconds, expected] of [[null, "--:--"], [0, "00:00"], [59, "00:59"], [60, "01:00"], [3599, "59:59"], [3600, "1:00:00"], [3615, "1:00:15"], [36_000, "10:00:00"]]) {
    assert.equal(rules.clock(seconds), expected);
  }
});

test("what rings, and what is only offered", () => {
  assert.ok(rules.isAlerting(dialog("1", "ACD_IN", [part(ME, "ALERTING")]), ME));
  assert.ok(!rules.isAlerting(dialog("1", "OUT", [part(ME, "INITIATED"), part("1002", "ALERTING")]), ME));
  assert.ok(rules.isPreview(dialog("1", "OUTBOUND_DIRECT_PREVIEW", [])));
  assert.ok(!rules.isPreview(dialog("1", "OUTBOUND", [])));
});

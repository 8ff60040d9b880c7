/** `core/agent-states.js`: what agents do, for how long, and what they may do next. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { speak } from "../../../finesse_tx/browser/core/text.js";
import {
  KINDS,
  choices,
  isBySystem,
  isInCall,
  kindOf,
  lacksWrapUp,
  signOutBlock,
  stateLabel,
  stateLines,
  stateText,
  timeInState,
  timerText,
} from "../../../finesse_tx/desktop/page/core/agent-states.js";
import { SIGN } from "../../../finesse_tx/desktop/page/text/english/sign.js";

speak(SIGN);

const CCX = { isCCX: true, isInCall: false, needsWrapUp: false };
const CCE = { ...CCX, isCCX: false };
const user = (state, more = {}) => ({ state, pendingState: "", settings: null, ...more });
const wanted = (one, how) => choices(one, how).filter(({ why }) => !why).map(({ state }) => state);

test("every state has a kind and a name, a strange one too", () => {
  for (const state of Object.keys(KINDS)) {
    assert.notEqual(stateLabel(state), `sign.state.${state}`);
  }
  assert.deepEqual([kindOf("TOMORROWS"), stateLabel("TOMORROWS")], ["unknown", "Unknown"]);
});

test("the text has the reason, or what is pending", () => {
  assert.equal(stateText(user("NOT_READY", { reasonCode: { label: "Lunch" } })), "Not ready: Lunch");
  assert.equal(stateText(user("TALKING", { pendingState: "NOT_READY" })), "Talking → Not ready (pending)");
  assert.equal(stateText(user("READY")), "Ready");
});

test("two short lines have what it is, and what follows, why, or more of it", () => {
  for (const [one, lines] of [
    [user("READY"), ["Ready", ""]],
    [user("NOT_READY", { reasonCode: { label: "Lunch" } }), ["Not ready", "Lunch"]],
    [user("TALKING", { pendingState: "NOT_READY" }), ["Talking", "→ Not ready (pending)"]],
    [user("RESERVED_OUTBOUND_PREVIEW"), ["Reserved", "Outbound preview"]],
    [user("WORK_READY"), ["Wrap-up", "Then ready"]],
  ]) {
    assert.deepEqual(stateLines(one), lines);
  }
});

test("only the engine's own reasons are the system's", () => {
  assert.equal(isBySystem(user("NOT_READY", { reasonCode: { systemCode: "true" } })), true);
  assert.equal(isBySystem(user("NOT_READY", { reasonCode: { systemCode: "false" } })), false);
  assert.equal(isBySystem(user("READY")), false);
});

test("timers are mm:ss, from an hour on h:mm:ss, and never negative", () => {
  const shown = [0, 59_999, 60_000, 3_599_999, 3_600_000, 36_061_000, -500, Number.NaN].map(timerText);
  assert.deepEqual(shown, ["00:00", "00:59", "01:00", "59:59", "1:00:00", "10:01:01", "00:00", "--:--"]);
});

test("time in state counts from the server's time of change", () => {
  const since = "2026-01-01T10:00:00.250Z";
  assert.equal(timeInState(user("READY", { stateChangeTime: since }), Date.parse("2026-01-01T10:01:00.250Z")), 60_000);
  assert.ok(Number.isNaN(timeInState(user("READY", { stateChangeTime: "" }), 1)));
});

test("what a UCCX takes from its agents", () => {
  assert.deepEqual(wanted(user("NOT_READY"), CCX), ["READY", "NOT_READY"]);
  assert.deepEqual(wanted(user("READY"), CCX), ["NOT_READY"]);
  assert.deepEqual(wanted(user("WORK"), CCX), ["READY", "NOT_READY"]);
  assert.deepEqual(wanted(user("TALKING"), CCX), ["NOT_READY"]);
  assert.deepEqual(wanted(user("TALKING", { pendingState: "NOT_READY" }), CCX), ["READY"]);
  assert.deepEqual(wanted(user("TALKING", { pendingState: "READY" }), CCX), []);
  for (const state of ["RESERVED", "RESERVED_OUTBOUND", "RESERVED_OUTBOUND_PREVIEW", "LOGOUT", "UNKNOWN", "TOMORROWS"]) {
    assert.deepEqual(choices(user(state), CCX), [], state);
  }
});

test("what a UCCE takes from its agents", () => {
  const optional = { settings: { wrapUpOnIncoming: "OPTIONAL" } };
  assert.deepEqual(wanted(user("TALKING", optional), CCE), ["READY", "NOT_READY", "WORK"]);
  assert.deepEqual(wanted(user("HOLD"), CCE), ["READY", "NOT_READY"]);
  assert.deepEqual(wanted(user("HOLD", { pendingState: "READY" }), CCE), ["NOT_READY"]);
  assert.deepEqual(wanted(user("WORK_READY"), CCE), ["READY", "NOT_READY"]);
  assert.deepEqual(wanted(user("RESERVED_OUTBOUND_PREVIEW"), CCE), ["NOT_READY"]);
  assert.deepEqual(choices(user("TALKING", { pendingState: "LOGOUT" }), CCE), []);
});

test("what is chosen during a call is pending, and at no other time", () => {
  assert.ok(choices(user("TALKING"), CCE).every((one) => one.isPending));
  assert.ok(choices(user("NOT_READY"), CCE).every((one) => !one.isPending));
});

test("what keeps an agent from a state is said, not hidden", () => {
  assert.deepEqual(
    choices(user("WORK"), { ...CCX, needsWrapUp: true }).map(({ why }) => why),
    ["sign.why.wrapUp", "sign.why.wrapUp"],
  );
  const [ready, notReady] = choices(user("NOT_READY"), { ...CCX, isInCall: true });
  assert.deepEqual([ready.why, notReady.why], ["sign.why.inCall", ""]);
});

test("who may sign out, and why not", () => {
  assert.equal(signOutBlock(user("NOT_READY"), CCX), "");
  assert.equal(signOutBlock(user("READY"), CCX), "");
  assert.equal(signOutBlock(user("READY"), CCE), "sign.whyNot.ready");
  assert.equal(signOutBlock(user("TALKING"), CCX), "sign.whyNot.inCall");
  assert.equal(signOutBlock(user("NOT_READY"), { ...CCX, isInCall: true }), "sign.whyNot.inCall");
  assert.equal(signOutBlock(user("WORK"), CCX), "sign.whyNot.wrapUp");
  assert.equal(signOutBlock(user("RESERVED"), CCX), "sign.whyNot.reserved");
  assert.equal(signOutBlock(user("TALKING", { pendingState: "LOGOUT" }), CCX), "sign.whyNot.pending");
  assert.equal(signOutBlock(user("UNKNOWN"), CCX), "");
});

test("calls count by the agent's own place in them", () => {
  const call = (state, wrapUpReason = "") => ({
    participants: { Participant: [{ mediaAddress: "7", state: "ACTIVE" }, { mediaAddress: "1001", state }] },
    mediaProperties: { wrapUpReason },
  });
  assert.equal(isInCall([call("ALERTING")], "1001"), true);
  assert.equal(isInCall([call("WRAP_UP"), call("DROPPED")], "1001"), false);
  assert.equal(isInCall([call("ACTIVE")], "1002"), false);
  assert.equal(lacksWrapUp([call("WRAP_UP")], "1001"), true);
  assert.equal(lacksWrapUp([call("WRAP_UP", "Sale"), call("ACTIVE")], "1001"), false);
});

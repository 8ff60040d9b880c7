/** `desktop/page/core/monitor-rules.js`: a supervisor in an agent's call. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { bargeBody, callBody, isHidden, listenBody, monitoringOf } from "../../../finesse_tx/desktop/page/core/monitor-rules.js";

const part = (mediaAddress, state, actions = [], mediaAddressType = "AGENT_DEVICE") => ({
  mediaAddress, state, actions, mediaAddressType, startTime: "2026-11-22T20:35:17.315Z",
});
const dialog = (id, callType, participants, more = {}) => ({
  id, mediaProperties: { callType }, participants, fromAddress: "2001", toAddress: "1001", ...more,
});
const monitor = (state = "ACTIVE") => dialog("7", "SUPERVISOR_MONITOR", [part("2001", state, ["DROP"])]);
const barge = (state, actions, ...others) =>
  dialog("6", "SUPERVISOR_BARGE", [part("0612", "ACTIVE", [], ""), part("1001", "ACTIVE"), ...others, part("2001", state, actions)], {
    toAddress: "6001",
  });

test("nothing but a monitoring call or a call that was joined is monitoring", () => {
  assert.equal(monitoringOf([], "2001"), null);
  assert.equal(monitoringOf([dialog("1", "ACD_IN", [part("2001", "ACTIVE")])], "2001"), null);
  assert.equal(monitoringOf([monitor("DROPPED")], "2001"), null);
  assert.equal(monitoringOf([monitor()], "2002"), null);
});

test("a monitoring call starts, and is listened to", () => {
  assert.equal(monitoringOf([monitor("INITIATED")], "2001").stage, "starting");
  assert.deepEqual(monitoringOf([monitor()], "2001"), {
    stage: "listening", dialogId: "7", agent: "1001", since: Date.parse("2026-11-22T20:35:17.315Z"), mayIntercept: false,
    mayAnswer: false,
  });
});

test("the agent's call rings and is joined; whose it is follows from who is in it, or was listened to", () => {
  const ringing = monitoringOf([monitor(), barge("ALERTING", ["ANSWER"])], "2001");
  assert.deepEqual([ringing.stage, ringing.dialogId, ringing.mayAnswer, ringing.agent], ["ringing", "6", true, "1001"]);
  assert.equal(monitoringOf([barge("ACTIVE", ["DROP"])], "2001").stage, "joined");
  const two = barge("ACTIVE", ["DROP", "PARTICIPANT_DROP"], part("1002", "ACTIVE"));
  assert.deepEqual([monitoringOf([two], "2001").agent, monitoringOf([two], "2001").mayIntercept], ["", false]);
  assert.deepEqual([monitoringOf([two], "2001", "1002").agent, monitoringOf([two], "2001", "1002").mayIntercept], ["1002", true]);
});

test("who has joined a call that its agent has left is alone with the caller", () => {
  const gone = { ...part("1001", "DROPPED"), mediaAddressType: "AGENT_DEVICE" };
  const left = dialog("6", "SUPERVISOR_BARGE", [gone, part("2001", "ACTIVE", ["DROP"])]);
  const { stage, agent, mayIntercept } = monitoringOf([left], "2001", "1001");
  assert.deepEqual([stage, agent, mayIntercept], ["alone", "", false]);
});

test("the agent's page hides that somebody listens, the supervisor's shows it", () => {
  assert.equal(isHidden(monitor(), "1001"), true);
  assert.equal(isHidden(monitor(), "2001"), false);
  assert.equal(isHidden(dialog("1", "ACD_IN", []), "1001"), false);
});

test("what is sent names whose part it is about", () => {
  const listening = monitoringOf([monitor()], "2001");
  assert.deepEqual(listenBody("2001", "1001"), { requestedAction: "SILENT_MONITOR", fromAddress: "2001", toAddress: "1001" });
  assert.equal(bargeBody("2001", listening).associatedDialogUri, "/finesse/api/Dialog/7");
  assert.deepEqual(callBody("DROP", "2001"), { requestedAction: "DROP", targetMediaAddress: "2001" });
});

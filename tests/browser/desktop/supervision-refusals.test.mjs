/** `desktop/page/core/supervision-refusals.js`: why something about an agent was not done. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "../../../finesse_tx/browser/core/rest.js";
import { speak } from "../../../finesse_tx/browser/core/text.js";
import { refusedText } from "../../../finesse_tx/desktop/page/core/supervision-refusals.js";
import { TEAM } from "../../../finesse_tx/desktop/page/text/english/team.js";

/** Which sentence. */
function kind(error, asked) {
  speak(TEAM);
  const { sentence } = refusedText(error, asked, "Ann");
  const [key] = Object.entries(TEAM).find(([name, text]) => name.startsWith("team.refused.") && text.replaceAll("{name}", "Ann") === sentence) ?? [];
  return key?.slice("team.refused.".length);
}

test("each refusal has its sentence", () => {
  const refused = (status, type, data = "") => new RefusedError(status, type, data, "");
  assert.equal(kind(refused(0, ""), "READY"), "lost");
  assert.equal(kind(refused(401, "Invalid Supervisor"), "READY"), "notYours");
  assert.equal(kind(refused(401, "Invalid Authorization User Specified"), "MONITOR"), "notYours");
  assert.equal(kind(refused(400, "Invalid State", "22"), "READY"), "state");
  assert.equal(kind(refused(400, "Invalid State", "22"), "MONITOR"), "callState");
  assert.equal(kind(refused(400, "Generic Error", "88049"), "MONITOR"), "notTalking");
  assert.equal(kind(refused(400, "Generic Error", "13145"), "BARGE"), "notTalking");
  assert.equal(kind(refused(400, "20999"), "BARGE"), "controller");
  assert.equal(kind(refused(404, "Dialog Not Found"), "CALL"), "gone");
  assert.equal(kind(refused(404, "User Not Found"), "READY"), "other");
  assert.equal(kind(refused(500, "Internal Server Error"), "LOGOUT"), "other");
  assert.equal(kind(new TypeError("x"), "READY"), "other");
});

test("the codes are there for the help desk", () => {
  const { details } = refusedText(new RefusedError(400, "Generic Error", "88049", "The agent cannot be monitored now"), "MONITOR", "Ann");
  assert.equal(details, "MONITOR · Generic Error · 88049 · The agent cannot be monitored now · 400");
});

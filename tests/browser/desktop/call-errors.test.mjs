/** `desktop/page/core/call-errors.js`: refusals as sentences. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "../../../finesse_tx/browser/core/rest.js";
import { speak } from "../../../finesse_tx/browser/core/text.js";
import { told } from "../../../finesse_tx/desktop/page/core/call-errors.js";
import { CALLS } from "../../../finesse_tx/desktop/page/text/english/calls.js";

speak(CALLS);

test("each refusal has a sentence of its own, and the code in the details", () => {
  for (const [status, type, data, message, expected] of [
    [0, "", "", "The server cannot be reached.", "The server cannot be reached."],
    [0, "Generic Error", "4047", "INVALID_ACTION HOLD on extension 1001", "The call has changed meanwhile: Hold"],
    [404, "Not Found", "7", "Invalid dialogId", "This call is over."],
    [404, "Dialog Not Found", "7", "", "This call is over."],
    [400, "Invalid Destination", "1001", "", "That number cannot be called."],
    [400, "Invalid State", "", "No Active call", "Hold is not possible in your state."],
    [400, "Invalid Input", "callVariable1", "", "That is not accepted: callVariable1."],
    [400, "Parameter Missing", "", "x", "That is not accepted: x."],
    [400, "Call Operation Failure", "14", "CF_INVALID_DESTINATION", "That number cannot be called."],
    [400, "Call Operation Failure", "11", "", "This call is over."],
    [400, "Call Operation Failure", "25", "", "The call has changed meanwhile: Hold"],
    [400, "Call Operation Failure", "33", "", "The line is busy."],
    [400, "Call Operation Failure", "34", "", "A phone is not connected."],
    [400, "Call Operation Failure", "38", "", "Nobody else fits"],
    [400, "Call Operation Failure", "1", "", "The phone system did not accept “Hold”."],
    [501, "Not Implemented", "", "", "This system has no “Hold”."],
    [200, "Generic Error", "", "Call Variable is protected", "These call variables cannot be changed."],
    [500, "Internal Server Error", "", "", "The phone system did not accept “Hold”."],
  ]) {
    const { sentence, details } = told(new RefusedError(status, type, data, message), "HOLD");
    assert.ok(sentence.startsWith(expected), sentence);
    assert.ok(details.startsWith("HOLD") && details.includes(type) && details.includes(data), details);
  }
});

test("what is no refusal is told too", () => {
  assert.ok(told(new Error("x"), "DROP").sentence.includes("“End”"));
  assert.equal(told(undefined, "DROP").details, "DROP");
});

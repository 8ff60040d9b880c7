/** `desktop/page/core/call-history.js`: what an agent has done today, as rows. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { speak } from "../../../finesse_tx/browser/core/text.js";
import { callRows, lasted, path, stateRows } from "../../../finesse_tx/desktop/page/core/call-history.js";
import { CALLS } from "../../../finesse_tx/desktop/page/text/english/calls.js";

speak(CALLS, { "sign.state.READY": "Ready", "sign.state.LOGOUT": "Signed out" });

const call = (more) => ({
  id: "1",
  startTime: "2026-11-22T09:30:00.000Z",
  endTime: "2026-11-22T09:31:00.000Z",
  direction: "in",
  type: "INCOMING",
  number: "0612345678",
  disposition: "ANSWERED",
  transferred: false,
  conferenced: false,
  wrapUpReason: "",
  queueName: "Sales",
  talkSeconds: 50,
  holdSeconds: 11,
  ...more,
});

test("today begins at the browser's own midnight", () => {
  const now = new Date(2026, 10, 22, 13, 45);
  const since = new URL(path("a b", "calls", now), "https://x").searchParams.get("since");
  assert.equal(new Date(since).getTime(), new Date(2026, 10, 22).getTime());
  assert.ok(path("a b", "states", now).startsWith("/desktop/api/history/a%20b/states?"));
});

test("a call has its way, what became of it, and how long was talked", () => {
  const name = (number) => (number === "1002" ? "Bob" : "");
  for (const [more, type, disposition] of [
    [{}, "Incoming", "Answered"],
    [{ disposition: "NOT_ANSWERED" }, "Incoming", "Not answered"],
    [{ disposition: "CALLER_GONE" }, "Incoming", "Caller hung up"],
    [{ disposition: "CALLER_GONE", direction: "out" }, "Outgoing", "Given up"],
    [{ disposition: "NEW" }, "Incoming", "Answered"],
    [{ direction: "out", type: "INTERNAL" }, "Outgoing · Internal", "Answered"],
    [{ direction: "out", type: "PREVIEW" }, "Outgoing · Preview", "Answered"],
    [{ type: "TRANSFERRED", transferred: true, conferenced: true }, "Incoming · Transferred to you", "Answered · Transferred · Conference"],
  ]) {
    const [row] = callRows([call(more)], name);
    assert.deepEqual([row.type, row.disposition, row.duration, row.who], [type, disposition, 61, ""]);
  }
  const [row] = callRows([call({ number: "1002", wrapUpReason: "Sale,Complaint" })], name);
  assert.deepEqual([row.who, row.wrapUp, row.began], ["Bob", "Sale, Complaint", Date.UTC(2026, 10, 22, 9, 30)]);
});

test("a state lasts until the next, and the one that lasts has no duration", () => {
  const at = "2026-11-22T09:30:00.000Z";
  const rows = stateRows([
    { startTime: at, state: "READY", reason: "" },
    { startTime: at, state: "LOGOUT", reason: "Break", seconds: 3700 },
    { startTime: at, state: "LOGIN", reason: "", seconds: 0 },
  ]);
  assert.deepEqual(rows.map(({ state, reason, duration }) => [state, reason, lasted(duration)]), [
    ["Ready", "", ""],
    ["Signed out", "Break", "1:01:40"],
    ["Signed in", "", "00:00"],
  ]);
});

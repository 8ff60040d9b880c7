/** `core/desk-log.js` and `core/state-refusals.js`: what the help desk gets, and what the agent does. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "../../../finesse_tx/browser/core/rest.js";
import { DeskLog, MOST_CHARACTERS, MOST_LINES } from "../../../finesse_tx/desktop/page/core/desk-log.js";
import { LANGUAGES, use } from "../../../finesse_tx/desktop/page/core/locale.js";
import { refusalText } from "../../../finesse_tx/desktop/page/core/state-refusals.js";

await use(LANGUAGES[0]);

const made = () => new DeskLog(() => Date.UTC(2026, 0, 1));

function told(desk, type, detail) {
  desk.dispatchEvent(Object.assign(new Event(type), { detail }));
}

test("states, calls and the connection are written down, and no number or value of a customer", () => {
  const log = made();
  const desk = new EventTarget();
  const leaving = new AbortController();
  log.follow(desk, leaving.signal);
  told(desk, "me", { now: { state: "TALKING", pendingState: "NOT_READY", reasonCode: { code: 7, label: "secret" } } });
  const call = { state: "ACTIVE", fromAddress: "0612345678", mediaProperties: { callvariables: "secret" } };
  told(desk, "calls", { id: "17", before: null, now: call });
  told(desk, "update", { content: "<Update><data><dialog><fromAddress>0612345678</fromAddress></dialog></data></Update>" });
  const error = "<errorType>Invalid State</errorType><errorMessage>CF_RESOURCE_BUSY</errorMessage><errorData>33</errorData>";
  told(desk, "update", { content: `<Update><data><apiErrors><apiError>${error}</apiError></apiErrors></data></Update>` });
  told(desk, "status", { status: "failing" });
  leaving.abort();
  told(desk, "status", { status: "recovered" });
  const at = "2026-01-01T00:00:00.000Z";
  assert.equal(
    log.text({ user: "ann" }),
    ["user: ann", `${at} state: TALKING, then NOT_READY, reason 7`, `${at} call: 17 - -> ACTIVE`, `${at} refused: Invalid State CF_RESOURCE_BUSY`, `${at} connection: failing`].join("\n"),
  );
  log.appendix = () => "of gadgets";
  assert.match(log.text(), /failing\nof gadgets$/);
  log.clear();
  assert.equal(log.text(), "");
});

test("the oldest lines go, and a line has an end", () => {
  const log = made();
  for (let number = 0; number <= MOST_LINES; number += 1) {
    log.add("n", `${number}`);
  }
  const lines = log.text().split("\n");
  assert.equal(lines.length, MOST_LINES);
  assert.match(lines[0], / n: 1$/);
  log.add("long", `a\n${"x".repeat(MOST_CHARACTERS)}`);
  const last = log.text().split("\n").at(-1);
  assert.equal(last.length, MOST_CHARACTERS);
  assert.match(last, /long: a x/);
});

test("what the engine refuses is a sentence", () => {
  for (const [status, data, begins] of [
    [400, "33", "Ready is not possible while your phone is in a call."],
    [400, "34", "Ready is not possible: your phone is not connected."],
    [400, "265", "What follows this call is settled already;"],
    [400, "finesse.api.reasoncode.require_reasoncode", "That reason is not offered any more."],
    [400, "reasonCodeId", "That reason is not offered any more."],
    [0, "", "The server cannot be reached, so nothing has changed."],
    [500, "", "Ready could not be set."],
  ]) {
    assert.ok(refusalText(new RefusedError(status, "", data, ""), "READY").startsWith(begins), `${status} ${data}`);
  }
  assert.ok(refusalText(new TypeError(), "READY").startsWith("Ready could not be set."));
});

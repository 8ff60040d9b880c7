/** `core/sign-in-faults.js` and `core/known-extensions.js`: what keeps somebody out, in words, and what is remembered of him. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { RefusedError } from "../../../finesse_tx/browser/core/rest.js";
import { ElsewhereError } from "../../../finesse_tx/desktop/page/core/entrance.js";
import { MOST, keepKnown, known } from "../../../finesse_tx/desktop/page/core/known-extensions.js";
import { LANGUAGES, use } from "../../../finesse_tx/desktop/page/core/locale.js";
import { DEVICE_RETRY, SERVER_RETRY, faultOf } from "../../../finesse_tx/desktop/page/core/sign-in-faults.js";

await use(LANGUAGES[0]);
const NOW = new Date(2026, 0, 5, 14, 0).getTime();

function fault(status, { type = "", data = "", message = "", ...more } = {}) {
  return faultOf(Object.assign(new RefusedError(status, type, data, message), more), { extension: "1001", now: NOW });
}

test("every refusal is a sentence with its place", () => {
  for (const [status, more, begins, field] of [
    [401, {}, "The user name or the password is wrong.", "password"],
    [404, { type: "User Not Found" }, "This account is no agent’s", "username"],
    [400, { type: "Invalid Input", data: "extension" }, "The extension 1001 is not valid.", "extension"],
    [400, { type: "Invalid Device", data: "260", code: 88003 }, "There is no phone with the extension 1001.", "extension"],
    [400, { type: "Invalid Device", data: "260", code: 88004 }, "The phone with the extension 1001 is not connected.", "extension"],
    [400, { type: "Invalid Device", data: "287" }, "The phone with the extension 1001 may not", "extension"],
    [400, { type: "Invalid State", data: "259" }, "You are signed in already, with another extension", "extension"],
    [400, { type: "Invalid State", data: "33" }, "You are in a call on another phone.", ""],
    [400, { type: "Generic Error", data: "289" }, "Too many wrong passwords.", ""],
    [400, { type: "Mode Not Allowed", data: "ann" }, "You may not work as a mobile agent.", ""],
    [400, { type: "Parameter Missing", data: "dialNumber" }, "Your phone number is not valid.", "dialNumber"],
    [500, { type: "Internal Server Error" }, "Signing in did not work.", ""],
    [0, {}, "The server cannot be reached.", ""],
    [0, { type: "No Answer" }, "The telephone system does not answer.", ""],
    [503, { message: "SERVER_OUT_OF_SERVICE" }, "The contact centre is out of service", ""],
    [503, { message: "AUTHENTICATION_BUSY" }, "Many people are signing in", ""],
  ]) {
    const found = fault(status, more);
    assert.ok(found.text.startsWith(begins), `${status} ${JSON.stringify(more)}: ${found.text}`);
    assert.equal(found.field, field, found.text);
  }
});

test("who has the extension is named, where the server says it", () => {
  const inUse = { type: "Invalid Device", data: "283", code: 88005 };
  const named = fault(400, { ...inUse, message: "The extension 1001 is in use by Ann Lee." });
  assert.match(named.text, /^The extension 1001 is in use by Ann Lee\. Choose/);
  assert.match(fault(400, { ...inUse, message: "CF_X" }).text, /^The extension 1001 is in use by somebody else\./);
  assert.equal(named.retryS, 0, "it would sign the other one out as soon as he is free");
});

test("who is signed in elsewhere is told with which extension, where that is known", () => {
  const refused = new RefusedError(400, "Invalid State", "259", "CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON");
  const found = faultOf(new ElsewhereError(refused, "1003"), { extension: "1001", now: NOW });
  assert.match(found.text, /with the extension 1003\./);
  assert.match(found.details, /259/);
  assert.match(faultOf(new ElsewhereError(refused, ""), { extension: "1001", now: NOW }).text, /another extension than 1001\./);
});

test("a lock-out says until when, in the language's way", async () => {
  const text = () => fault(401, { retryAfterS: 290 }).text.replaceAll(/\s/g, " ");
  assert.match(text(), /again at 2:04 PM, in 5 minutes;/);
  await use(LANGUAGES[1]);
  assert.match(text(), /à 14:04, dans 5 minutes ;/);
  await use(LANGUAGES[0]);
  assert.match(fault(401, { retryAfterS: 60 }).text, /in 1 minute;/);
});

test("what may mend itself is tried again: a phone three times, a server for ever", () => {
  const { retryS, tries } = fault(400, { data: "260", code: 12004 });
  assert.deepEqual({ retryS, tries }, DEVICE_RETRY);
  for (const [status, more, seconds] of [[503, {}, SERVER_RETRY.retryS], [0, {}, SERVER_RETRY.retryS], [429, { retryAfterS: 7 }, 7], [429, {}, 5]]) {
    const again = fault(status, more);
    assert.deepEqual([again.retryS, again.tries], [seconds, Infinity], status);
  }
  assert.equal(fault(401).retryS, 0);
});

test("the help desk gets the codes, and what is no refusal is told too", () => {
  assert.equal(fault(400, { type: "Invalid Device", data: "260", code: 88003, message: "CF" }).details, "400 · Invalid Device · 260 · 88003 · CF");
  const bug = faultOf(new TypeError("x is null"), { extension: "", now: NOW });
  assert.match(bug.text, /^Signing in did not work\./);
  assert.equal(bug.details, "TypeError: x is null");
});

function store() {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
}

test("extensions are remembered by person, the most recent people's", () => {
  const place = store();
  for (let number = 0; number <= MOST; number += 1) {
    keepKnown(`agent${number}`, { extension: String(1000 + number) }, place);
  }
  assert.equal(known("agent0", place), null);
  assert.deepEqual(known(" AGENT1 ", place), { extension: "1001" });
  keepKnown("agent1", { extension: "7" }, place);
  keepKnown("agent1", null, place);
  assert.equal(known("agent1", place), null);
  assert.deepEqual(known("agent2", place), { extension: "1002" });
});

test("what somebody else has left there is nothing", () => {
  for (const value of ["{", "7", "[7]", '[["ann"]]', "null"]) {
    assert.equal(known("ann", { ...store(), getItem: () => value }), null, value);
  }
});

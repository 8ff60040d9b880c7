/** `desktop/page/core/system-reasons.js` and `problems.js`: what servers say, in the language that is spoken. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { afterEach, test } from "node:test";

import { RefusedError } from "../../../finesse_tx/browser/core/rest.js";
import { speak } from "../../../finesse_tx/browser/core/text.js";
import { reasonLabel, stateText } from "../../../finesse_tx/desktop/page/core/agent-states.js";
import { stateRows } from "../../../finesse_tx/desktop/page/core/call-history.js";
import { catalogue } from "../../../finesse_tx/desktop/page/core/locale.js";
import { problemText } from "../../../finesse_tx/desktop/page/core/problems.js";
import { reasonText } from "../../../finesse_tx/desktop/page/core/system-reasons.js";

const [english, french] = [await catalogue("english"), await catalogue("french")];
const SOURCE = new URL("../../../finesse_tx/directory/core/reason_codes.py", import.meta.url);

afterEach(() => speak(english));

test("every reason that an engine gives is said in the language that is spoken, without the state that stands beside it", () => {
  const labels = [...readFileSync(SOURCE, "utf8").matchAll(/, \d+, f?"(.*)"\)/g)].map(([, label]) => label);
  assert.equal(labels.length, 49);
  for (const label of labels) {
    const plain = label.replace(/^\{_[NL]\}/, "");
    const whole = label.replace("{_N}", "Not Ready - ").replace("{_L}", "Logged Out - ");
    speak(english);
    assert.equal(reasonText(whole), plain);
    speak(french, english);
    assert.notEqual(reasonText(whole), plain);
    assert.ok(!reasonText(whole).startsWith("reasons."));
  }
});

test("what an administrator has called something is said as it is", () => {
  speak(french, english);
  for (const label of ["Lunch", "Not Ready - Lunch", "", "constructor"]) {
    assert.equal(reasonText(label), label);
  }
});

test("so it is in the header, at the sign-out, in lists of teams and in the history", () => {
  speak(french, english);
  const user = { state: "NOT_READY", reasonCode: { label: "Not Ready - Call Not Answered", systemCode: true } };
  assert.equal(reasonLabel(user), "Appel sans réponse");
  assert.ok(stateText(user).endsWith("Appel sans réponse"));
  const [row] = stateRows([{ startTime: "2026-11-22T10:00:00Z", state: "NOT_READY", reason: "Agent Logon" }]);
  assert.equal(row.reason, "Ouverture de session");
});

test("a problem is a sentence by its status; what nobody foresaw is in the server's own words", () => {
  speak(french, english);
  for (const status of [0, 401, 403, 404, 429, 500, 501, 502, 503, 504]) {
    assert.match(problemText(new RefusedError(status, "", "", "words")), /^(Le|La|Vous|Cela|Ce) .*[.?]$/, String(status));
  }
  assert.equal(problemText(new RefusedError(400, "Invalid Input", "toAddress", "words")), "words");
  assert.equal(problemText(new TypeError("words")), "words");
  assert.equal(problemText("words"), "words");
});

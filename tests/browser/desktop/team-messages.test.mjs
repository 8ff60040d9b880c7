/** `desktop/page/core/team-messages.js`: messages to teams. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_SEEN, Messages, characters, minutesLeft, wrongWith } from "../../../finesse_tx/desktop/page/core/team-messages.js";

const T0 = Date.parse("2026-11-22T20:00:00Z");
const message = (id, more = {}) => ({
  id, content: `No. ${id}`, createdAt: "2026-11-22T20:00:00.000Z", duration: 300, teams: [1],
  createdBy: { id: "boss", firstName: "Birgit", lastName: "Kim" }, ...more,
});
const posted = (told) => ({ event: "POST", source: `/finesse/api/TeamMessage/${told.id}`, data: told });

test("messages of several teams are shown once each, the newest first, until their time is over", () => {
  const messages = new Messages("agent1");
  const late = message(2, { createdAt: "2026-11-22T20:01:00.000Z", duration: "600", teams: ["1", "2"] });
  messages.replace([{ TeamMessage: [message(1), late] }, { TeamMessage: [late, message(3), { id: 9 }] }]);
  assert.deepEqual(messages.shown(T0).map((one) => one.id), ["2", "3", "1"]);
  assert.deepEqual(messages.shown(T0)[0], {
    id: "2", content: "No. 2", senderId: "boss", sender: "Birgit Kim", since: T0 + 60_000, until: T0 + 660_000, teams: ["1", "2"],
  });
  assert.equal(messages.shown(T0 + 299_999).length, 3);
  assert.deepEqual(messages.shown(T0 + 300_000).map((one) => one.id), ["2"]);
});

test("one that comes is told once, unless it is one's own; one that is taken back goes", () => {
  const messages = new Messages("agent1");
  assert.equal(messages.happened(posted(message(1)))?.content, "No. 1");
  assert.equal(messages.happened(posted(message(1))), null);
  assert.equal(new Messages("boss").happened(posted(message(1))), null);
  messages.happened({ event: "DELETE", source: "/finesse/api/TeamMessage/1", data: { uri: "/finesse/api/TeamMessage/1" } });
  assert.deepEqual(messages.shown(T0), []);
  assert.equal(messages.happened({ event: "put", data: { apiError: {} } }), null);
  assert.equal(messages.happened({ event: "POST", data: {} }), null);
});

test("what was looked at is not unread any more, on the next page either", () => {
  const messages = new Messages("agent1");
  messages.replace([{ TeamMessage: [message(1), message(2)] }]);
  messages.look([messages.shown(T0)[1]]);
  assert.deepEqual(messages.unread(T0).map((one) => one.id), ["2"]);
  const next = new Messages("agent1", messages.seen);
  next.replace([{ TeamMessage: [message(1), message(2), message(3, { createdBy: { id: "agent1" } })] }]);
  assert.deepEqual(next.unread(T0).map((one) => one.id), ["2"]);
});

test("a page remembers so many that it has shown, and forgets the oldest", () => {
  const seen = Array.from({ length: MAX_SEEN }, (_, n) => `old${n}`);
  const messages = new Messages("agent1", seen);
  messages.replace([{ TeamMessage: [message(1)] }]);
  messages.look(messages.shown(T0));
  assert.equal(messages.seen.length, MAX_SEEN);
  assert.deepEqual([messages.seen[0], messages.seen.at(-1)], ["old1", "1"]);
});

test("time left is in minutes, begun ones counted", () => {
  const messages = new Messages("x");
  messages.replace([{ TeamMessage: [message(1)] }]);
  const [one] = messages.shown(T0);
  assert.deepEqual([T0, T0 + 60_000, T0 + 299_999, T0 + 400_000].map((now) => minutesLeft(one, now)), [5, 4, 1, 0]);
});

test("a message has 1 to 255 characters, 5 minutes to 23 hours and 55 minutes, and a team", () => {
  const draft = (content, minutes = 5, teams = ["1"]) => wrongWith({ content, minutes, teams });
  assert.deepEqual([draft(" \n"), draft("a"), draft("a".repeat(255)), draft("a".repeat(256))], ["empty", "", "", "long"]);
  assert.deepEqual([4, 5, 1435, 1436, Number.NaN].map((minutes) => draft("a", minutes)), ["minutes", "", "", "minutes", "minutes"]);
  assert.equal(draft("a", 5, []), "teams");
  assert.equal(draft("🎉".repeat(255)), "");
  assert.equal(characters("🎉a"), 2);
});

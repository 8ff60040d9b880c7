/** `desktop/page/core/team-rules.js`: who is in a team, and what may be done about them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { DEEDS, TeamRows, memberOf, offered, whyNot } from "../../../finesse_tx/desktop/page/core/team-rules.js";

const T0 = "2026-11-22T20:35:16.300Z";

function user(loginId, state, more = {}) {
  return {
    loginId,
    firstName: "",
    lastName: loginId.toUpperCase(),
    state,
    stateChangeTime: T0,
    extension: "1001",
    pendingState: "",
    uri: `/finesse/api/User/${loginId}`,
    ...more,
  };
}

const me = { loginId: "boss", state: "NOT_READY" };
const call = (state, callType = "ACD_IN") => ({
  mediaProperties: { callType },
  participants: [{ mediaAddress: "0612", state: "ACTIVE" }, { mediaAddress: "1001", state }],
});

/** Why not, of all deeds. */
function reasons(state, more = {}, member = {}) {
  const about = { member: memberOf(user("a", state, member)), me, calls: null, isMonitoring: false, isCcx: true, ...more };
  return Object.fromEntries(DEEDS.map((deed) => [deed, whyNot(deed, about)]));
}

test("nothing can be done while the connection is away", () => {
  const away = Object.fromEntries(DEEDS.map((deed) => [deed, "away"]));
  assert.deepEqual(reasons("TALKING", { isAway: true }), away);
  assert.notDeepEqual(reasons("TALKING", { isAway: false }), away);
});

test("a member is read from what REST and events have", () => {
  assert.deepEqual(
    memberOf(user("a", "NOT_READY", { firstName: "Ann", reasonCode: { label: "Lunch" }, mediaState: "BUSY" })),
    {
      loginId: "a", name: "Ann A", state: "NOT_READY", reason: "Lunch", pending: "", since: Date.parse(T0),
      extension: "1001", isBusy: true,
    },
  );
  const bare = memberOf({ uri: "/finesse/api/User/x%40y/", stateChangeTime: "", reasonCode: "" });
  assert.deepEqual([bare.loginId, bare.name, bare.state, bare.since, bare.isBusy], ["x%40y", "x%40y", "UNKNOWN", null, null]);
});

test("a team shows who is signed in, or everybody, and whom a word is found in", () => {
  const team = new TeamRows();
  team.replace({ users: [user("bo", "READY"), user("al", "LOGOUT"), user("cy", "NOT_READY", { reasonCode: { label: "Lunch" } })] });
  const shown = () => team.rows.look().anew.map((one) => one.loginId);
  assert.deepEqual(shown(), ["bo", "cy"]);
  team.narrow({ wanted: "", withSignedOut: true });
  assert.deepEqual(shown(), ["al", "bo", "cy"]);
  team.narrow({ wanted: " LUN ", withSignedOut: true });
  assert.deepEqual(shown(), ["cy"]);
  team.narrow({ wanted: "", withSignedOut: true, isOfState: (state) => state === "READY" });
  assert.equal(shown().length, 1);
  assert.deepEqual(Object.fromEntries(team.counts()), { READY: 1, LOGOUT: 1, NOT_READY: 1 });
});

test("states are sorted by who could take a call first, times by the longest, who has none last", () => {
  const team = new TeamRows();
  team.narrow({ wanted: "", withSignedOut: true });
  team.replace({
    users: [
      user("out", "LOGOUT", { extension: "" }),
      user("break", "NOT_READY", { reasonCode: { label: "Break" }, stateChangeTime: "2026-11-22T20:00:00Z" }),
      user("ready", "READY", { extension: "999" }),
      user("lunch", "NOT_READY", { reasonCode: { label: "Lunch" } }),
      user("talks", "TALKING", { stateChangeTime: "2026-11-22T20:35:17Z" }),
    ],
  });
  const by = (key, isDown) => {
    team.rows.sort(key, isDown);
    return team.rows.look().anew.map((one) => one.loginId);
  };
  assert.deepEqual(by("state"), ["ready", "talks", "break", "lunch", "out"]);
  assert.deepEqual(by("time"), ["talks", "lunch", "ready", "break", "out"]);
  assert.deepEqual(by("time", true), ["break", "lunch", "ready", "talks", "out"]);
  assert.deepEqual(by("extension"), ["ready", "break", "lunch", "talks", "out"]);
});

test("events change members, add them and take them out; what is no event changes nothing", () => {
  const team = new TeamRows();
  team.replace({ users: [user("a", "READY")] });
  team.rows.look();
  assert.equal(team.happened({ event: "PUT", data: user("a", "TALKING") })?.state, "TALKING");
  assert.deepEqual(team.rows.look().changed.map((one) => one.state), ["TALKING"]);
  team.happened({ event: "POST", data: user("b", "READY") });
  assert.deepEqual(team.rows.look().placed.map(({ row }) => row.loginId), ["b"]);
  team.happened({ event: "DELETE", source: "/finesse/api/User/b", data: null });
  team.happened({ event: "DELETE", source: "/finesse/api/Team/1", data: { loginId: "a" } });
  assert.deepEqual(team.rows.look().gone, ["b", "a"]);
  assert.equal(team.happened({ event: "put", data: { apiError: {} } }), null);
  assert.equal(team.happened({ event: "PUT", data: {} }), null);
});

test("each state allows what the API allows", () => {
  const no = (READY, NOT_READY, LOGOUT, MONITOR, DETAILS) => ({ MONITOR, DETAILS, HISTORY: "", READY, NOT_READY, LOGOUT });
  assert.deepEqual(reasons("LOGOUT"), no("signedOut", "signedOut", "signedOut", "signedOut", "signedOut"));
  assert.deepEqual(reasons("READY"), no("already", "", "", "noCall", "noCall"));
  assert.deepEqual(reasons("WORK"), no("", "", "", "noCall", "noCall"));
  assert.deepEqual(reasons("TALKING"), no("inCall", "inCall", "", "", ""));
  assert.deepEqual(reasons("HOLD"), no("inCall", "inCall", "", "notTalking", ""));
  assert.deepEqual(reasons("RESERVED"), no("reserved", "reserved", "", "notTalking", ""));
  assert.deepEqual(reasons("NOT_READY", {}, { mediaState: "IDLE" }), no("", "already", "", "noCall", "noCall"));
  assert.deepEqual(reasons("NOT_READY", {}, { mediaState: "BUSY" }), no("inCall", "already", "", "", ""));
});

test("what nobody knows is tried, what the calls say counts", () => {
  assert.equal(reasons("NOT_READY").MONITOR, "");
  assert.equal(reasons("NOT_READY", { isCcx: false }).MONITOR, "notTalking");
  assert.equal(reasons("NOT_READY", { calls: [] }).MONITOR, "noCall");
  assert.equal(reasons("NOT_READY", { calls: [] }).DETAILS, "noCall");
  assert.equal(reasons("TALKING", { calls: [call("HELD")] }).MONITOR, "notTalking");
  assert.equal(reasons("TALKING", { calls: [call("HELD"), call("ACTIVE")] }).MONITOR, "");
  assert.equal(reasons("TALKING", { calls: [call("ACTIVE"), call("ACTIVE", "SUPERVISOR_MONITOR")] }).MONITOR, "monitored");
});

test("a supervisor listens to one at a time, while not ready herself, and not to herself", () => {
  assert.equal(reasons("TALKING", { me: { loginId: "boss", state: "READY" } }).MONITOR, "notReadyFirst");
  assert.equal(reasons("TALKING", { me: { loginId: "boss", state: "TALKING" }, isMonitoring: true }).MONITOR, "oneAtATime");
  assert.deepEqual(
    Object.values(reasons("TALKING", { me: { loginId: "a", state: "TALKING" } })),
    ["self", "", "", "self", "self", "self"],
  );
});

test("a layout may leave out calls and history", () => {
  assert.deepEqual(offered({}), DEEDS);
  assert.deepEqual(
    offered({ showActiveCallDetails: "false", showAgentHistoryGadgets: "true" }),
    DEEDS.filter((deed) => deed !== "DETAILS"),
  );
  assert.ok(!offered({ showAgentHistoryGadgets: "false" }).includes("HISTORY"));
});

/** `desktop/page/core/queue-rules.js`: what happens in queues. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { QueueRows, queueOf } from "../../../finesse_tx/desktop/page/core/queue-rules.js";

const T0 = "2026-11-22T20:35:16Z";
const statistics = (callsInQueue, more = {}) => ({
  callsInQueue,
  startTimeOfLongestCallInQueue: callsInQueue > 0 ? T0 : "",
  agentsReady: 1, agentsNotReady: 2, agentsTalkingInbound: 3, agentsTalkingOutbound: 4, agentsTalkingInternal: 5,
  agentsWrapUpReady: 6, agentsWrapUpNotReady: 7, agentsBusyOther: 8, agentsLoggedOn: 9,
  ...more,
});
const queue = (id, name, told = statistics(0)) => ({ uri: `/finesse/api/Queue/${id}`, name, statistics: told });

test("figures are read as numbers and as text; what nobody knows is null", () => {
  assert.deepEqual(queueOf(queue(1, "Sales", statistics("2"))), {
    id: "1", name: "Sales", waiting: 2, since: Date.parse(T0), ready: 1, notReady: 2, inbound: 3, outbound: 4, other: 5,
    wrapUpReady: 6, wrapUpNotReady: 7,
  });
  const unknown = queueOf(queue(1, "", statistics(-1, { agentsReady: "-1", agentsNotReady: "" })));
  assert.deepEqual([unknown.name, unknown.waiting, unknown.since, unknown.ready, unknown.notReady], ["1", null, null, null, null]);
});

test("an event changes its queue, and a queue that is nobody's here stays out", () => {
  const queues = new QueueRows();
  queues.replace({ Queue: [queue(1, "Sales"), queue(2, "Support")] });
  assert.deepEqual(queues.rows.look().anew.map((one) => one.name), ["Sales", "Support"]);
  queues.happened({ event: "PUT", data: queue(2, "Support", statistics(4)) });
  queues.happened({ event: "PUT", data: queue(3, "Others'") });
  assert.deepEqual(queues.rows.look().changed.map((one) => [one.name, one.waiting]), [["Support", 4]]);
  assert.deepEqual(queues.summary(), { waiting: 4, since: Date.parse(T0) });
  queues.happened({ event: "DELETE", source: "/finesse/api/Queue/1", data: { uri: "/finesse/api/Queue/1" } });
  assert.deepEqual(queues.rows.look().gone, ["1"]);
});

test("queues come to the list and leave it", () => {
  const queues = new QueueRows();
  queues.replace({ Queue: [queue(1, "Sales")] });
  assert.deepEqual(queues.listChanged({ event: "POST", data: { Queue: [queue(2, "Support")] } }), { come: ["2"], gone: [] });
  assert.deepEqual(queues.listChanged({ event: "POST", data: { Queue: [queue(2, "Support")] } }), { come: [], gone: [] });
  assert.deepEqual(queues.listChanged({ event: "DELETE", data: { Queue: [{ uri: "/finesse/api/Queue/1" }] } }), { come: [], gone: ["1"] });
  assert.deepEqual(queues.ids, ["2"]);
});

test("the longest wait is sorted as such, and no wait comes last", () => {
  const queues = new QueueRows();
  queues.replace({ Queue: [
    queue(1, "A"),
    queue(2, "B", statistics(1, { startTimeOfLongestCallInQueue: "2026-11-22T20:00:00Z" })),
    queue(3, "C", statistics(1)),
  ] });
  queues.rows.sort("longest", true);
  assert.deepEqual(queues.rows.look().anew.map((one) => one.name), ["B", "C", "A"]);
  assert.deepEqual(queues.summary(), { waiting: 2, since: Date.parse("2026-11-22T20:00:00Z") });
});

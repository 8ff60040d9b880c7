/** `desktop/page/container/workflow-runner.js`: pages are opened, requests sent, gadgets told. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { WorkflowRunner } from "../../../../finesse_tx/desktop/page/container/workflow-runner.js";

const call = (state) => ({
  id: "7", mediaType: "Voice", fromAddress: "0612", toAddress: "6001",
  mediaProperties: { callType: "ACD_IN", callvariables: { CallVariable: [{ name: "callVariable1", value: "a b" }] } },
  participants: [{ mediaAddress: "1001", state }],
});

const params = (values) => Object.entries(values).map(([name, value]) => ({ name, value }));
const action = (type, values, handledBy = "FINESSE_DESKTOP") => ({ name: "It", type, handledBy, params: params(values) });

/** What happens to a call that arrives. */
async function arrived(actions, { answer = null, isBlocked = false } = {}) {
  const happened = [];
  const desk = Object.assign(new EventTarget(), {
    me: { extension: "1001" },
    calls: new Map(),
    config: async () => ({
      Workflow: [{ name: "W", TriggerSet: { name: "CALL_ARRIVES" }, ConditionSet: {}, workflowActions: actions }],
    }),
    rest: {
      ask: async (...asked) => {
        happened.push(["ask", ...asked]);
        return answer;
      },
    },
  });
  const runner = new WorkflowRunner({
    desk,
    origin: "https://desk.example.com",
    publish: (topic, event) => happened.push(["publish", topic, event.handledBy]),
    open: (url, name) => {
      happened.push(["open", url, name]);
      return isBlocked ? null : {};
    },
    blocked: (url) => happened.push(["blocked", url]),
    log: (line) => happened.push(["log", line]),
  });
  const ending = new AbortController();
  await runner.begin(ending.signal);
  const tell = (now) => desk.dispatchEvent(new CustomEvent("calls", { detail: { id: "7", now, last: now } }));
  tell(call("ALERTING"));
  ending.abort();
  desk.calls.clear();
  tell({ ...call("ALERTING"), id: "8" });
  await new Promise((later) => setTimeout(later));
  return happened.filter(([what, topic]) => what !== "publish" || topic === "finesse.containerservices.workflowActionEvent");
}

test("a page is opened in its window, and gadgets are told; one that is blocked is offered", async () => {
  const crm = action("BROWSER_POP", { windowName: "crm", path: "https://crm.example.com/?q=${callVariable1}" });
  assert.deepEqual(await arrived([crm]), [
    ["publish", "finesse.containerservices.workflowActionEvent", "FINESSE"],
    ["open", "https://crm.example.com/?q=a%20b", "crm"],
  ]);
  const blocked = await arrived([action("BROWSER_POP", { path: "/x" })], { isBlocked: true });
  assert.deepEqual(blocked.slice(1), [["open", "https://desk.example.com/x", "_blank"], ["blocked", "https://desk.example.com/x"]]);
});

test("what somebody else does is only told", async () => {
  assert.deepEqual(await arrived([action("BROWSER_POP", { path: "https://x/" }, "OTHER")]), [
    ["publish", "finesse.containerservices.workflowActionEvent", "OTHER"],
  ]);
});

test("our own server is asked as the agent, another one through ours; a failure keeps nothing else back", async () => {
  const own = action("HTTP_REQUEST", { method: "PUT", location: "FINESSE", path: "/finesse/api/Dialog/7", body: "<Dialog/>" });
  const foreign = action("HTTP_REQUEST", { method: "POST", location: "OTHER", contentType: "application/json", path: "https://crm.example.com/a", body: "{}" });
  const wrong = action("HTTP_REQUEST", { method: "PUT", location: "FINESSE", path: "https://evil.example.com/", body: "" });
  const script = action("BROWSER_POP", { path: "javascript:alert(1)" });
  const answer = `throw 1; < don't be evil' >{"https://crm.example.com/a":{"rc":500,"body":"","headers":{}}}`;
  const seen = (await arrived([wrong, script, own, foreign], { answer })).filter(([what]) => what !== "publish");
  assert.deepEqual(seen.filter(([what]) => what === "open"), []);
  const [first, second] = seen.filter(([what]) => what === "ask");
  assert.deepEqual(first, ["ask", "PUT", "/finesse/api/Dialog/7", { data: "<Dialog/>", type: "application/xml" }]);
  assert.deepEqual(second.slice(0, 3), ["ask", "POST", "/gadgets/makeRequest"]);
  assert.deepEqual(Object.fromEntries(new URLSearchParams(second[3].data)), {
    url: "https://crm.example.com/a", httpMethod: "POST", headers: "Content-Type=application%2Fjson", postData: "{}",
  });
  assert.equal(seen.filter(([what]) => what === "log").length, 3);
});

test("no workflows, or none that can be loaded, are no trouble", async () => {
  const lines = [];
  const make = (config) =>
    new WorkflowRunner({
      desk: { config, calls: new Map(), me: {}, addEventListener: () => lines.push("listens") },
      origin: "https://x", publish: () => {}, open: () => null, blocked: () => {}, log: (line) => lines.push(line),
    });
  await make(async () => ({ Workflow: [] })).begin(new AbortController().signal);
  await make(async () => { throw new Error("away"); }).begin(new AbortController().signal);
  assert.deepEqual(lines, ["workflows cannot be loaded: Error: away"]);
});

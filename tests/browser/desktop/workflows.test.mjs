/** `desktop/page/core/workflows.js`, and its values: what a desktop does by itself. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { filledInAddress, holds, valueOf } from "../../../finesse_tx/desktop/page/core/workflow-values.js";
import { WorkflowEngine, actionEvent, milestones } from "../../../finesse_tx/desktop/page/core/workflows.js";

const user = { loginId: "agent1", extension: "1001", firstName: "Ann", teamName: "Sales" };

function dialog(state, { id = "7", out = false, callType = "ACD_IN", variables = {}, ...more } = {}) {
  return {
    id, uri: `/finesse/api/Dialog/${id}`, state: "ACTIVE", mediaType: "Voice",
    fromAddress: out ? "1001" : "0612", toAddress: out ? "0699" : "6001",
    mediaProperties: {
      callType, DNIS: "6001", dialedNumber: "6001", queueName: "Sales",
      callvariables: { CallVariable: Object.entries(variables).map(([name, value]) => ({ name, value })) },
    },
    participants: [{ mediaAddress: "1001", state, actions: [] }, { mediaAddress: "0612", state: "ACTIVE", actions: [] }],
    ...more,
  };
}

const pop = (name, path = "https://crm.example.com/") => ({
  name, type: "BROWSER_POP", handledBy: "FINESSE_DESKTOP",
  params: [{ name: "windowName", value: "crm" }, { name: "path", value: path }],
});
const workflow = (trigger, action, conditions = [], more = {}) => ({
  name: action, TriggerSet: { name: trigger, ...more }, ConditionSet: { applyMethod: "ALL", conditions },
  workflowActions: [pop(action)],
});
const where = (name, comparator, value) => ({ Variable: { name }, comparator, value });

/** Names of the actions for a call and what becomes of it. */
function told(engine, ...changes) {
  return changes.map(([now, last = now]) => engine.happened({ id: (now ?? last).id, now, last }, user).map((one) => one.name));
}

test("a call passes its milestones, and one that is met in the middle all before", () => {
  const of = (state, more, isGone = false) => milestones(dialog(state, more), "1001", isGone);
  assert.deepEqual(of("ALERTING"), ["CALL_ARRIVES"]);
  assert.deepEqual(of("HELD"), ["CALL_ARRIVES", "CALL_ANSWERED"]);
  assert.deepEqual(of("ALERTING", {}, true), ["CALL_ARRIVES", "CALL_ENDS"]);
  assert.deepEqual(of("INITIATING", { out: true }), []);
  assert.deepEqual(of("INITIATED", { out: true }), ["CALL_IS_MADE"]);
  assert.deepEqual(of("INITIATED", { out: true, toAddress: "" }), []);
  assert.deepEqual(of("ALERTING", { callType: "OUTBOUND_PREVIEW" }), ["CALL_IS_PREVIEWED"]);
  assert.deepEqual(of("WRAP_UP"), ["CALL_ARRIVES", "CALL_ENDS"]);
});

test("each trigger runs once for a call, at its time", () => {
  const engine = new WorkflowEngine([
    workflow("CALL_ANSWERED", "answered"), workflow("CALL_ARRIVES", "arrives"), workflow("CALL_ENDS", "ends"),
  ]);
  assert.deepEqual(
    told(engine, [dialog("ALERTING")], [dialog("ALERTING")], [dialog("ACTIVE")], [dialog("HELD")], [dialog("ACTIVE")],
      [dialog("WRAP_UP")], [null, dialog("DROPPED")]),
    [["arrives"], [], ["answered"], [], [], ["ends"], []],
  );
});

test("after a reload the call in progress counts as new", () => {
  const engine = new WorkflowEngine([workflow("CALL_ARRIVES", "arrives"), workflow("CALL_ANSWERED", "answered")]);
  assert.deepEqual(told(engine, [dialog("ACTIVE")]), [["arrives", "answered"]]);
  assert.deepEqual(told(engine, [dialog("WRAP_UP", { id: "8" })], [null, dialog("DROPPED", { id: "9" })]), [[], []]);
});

test("the first workflow that matches runs, and no other; those without actions do not count", () => {
  const engine = new WorkflowEngine([
    { ...workflow("CALL_ARRIVES", "empty"), workflowActions: [] },
    { ...workflow("CALL_ARRIVES", "chat"), media: "Chat" },
    workflow("CALL_ARRIVES", "gold", [where("callVariable1", "IS_EQUAL", "gold")]),
    workflow("CALL_ARRIVES", "any"),
  ]);
  assert.deepEqual(
    told(engine, [dialog("ALERTING", { id: "1", variables: { callVariable1: "gold" } })], [null, dialog("DROPPED", { id: "1" })],
      [dialog("ALERTING", { id: "2" })]),
    [["gold"], [], ["any"]],
  );
});

test("a second call has no workflows until the first has ended, unless a workflow says so", () => {
  const engine = new WorkflowEngine([
    workflow("CALL_ARRIVES", "arrives"), workflow("CALL_ANSWERED", "answered"),
    workflow("CALL_IS_MADE", "made", [], { allowOverlappingCallWorkflow: true }),
  ]);
  assert.deepEqual(
    told(engine, [dialog("ACTIVE", { id: "1" })], [dialog("ALERTING", { id: "2" })], [dialog("INITIATED", { id: "3", out: true })],
      [null, dialog("DROPPED", { id: "1" })], [dialog("ACTIVE", { id: "2" })], [dialog("ALERTING", { id: "4" })]),
    [["arrives", "answered"], [], ["made"], [], ["answered"], []],
  );
});

test("listening in and tasks have no workflows", () => {
  const engine = new WorkflowEngine([workflow("CALL_ARRIVES", "arrives"), workflow("CALL_IS_MADE", "made")]);
  assert.deepEqual(
    told(engine, [dialog("ACTIVE", { callType: "SUPERVISOR_MONITOR", out: true })], [dialog("ACTIVE", { id: "9", mediaType: "Chat" })]),
    [[], []],
  );
});

test("conditions are compared one by one; what is missing is empty", () => {
  const call = dialog("ALERTING", { variables: { callVariable1: "Gold card", "user.tier": "" } });
  const is = (comparator, value, name = "callVariable1") => holds(where(name, comparator, value), call, user);
  assert.deepEqual([is("CONTAINS", "d c"), is("CONTAINS", "x"), is("DOES_NOT_CONTAIN", "x")], [true, false, true]);
  assert.deepEqual([is("IS_EQUAL", "Gold card"), is("IS_EQUAL", "gold card"), is("IS_NOT_EQUAL", "x")], [true, false, true]);
  assert.deepEqual([is("BEGINS_WITH", "Gold"), is("ENDS_WITH", "card"), is("ENDS_WITH", "Gold")], [true, true, false]);
  assert.deepEqual([is("IS_EMPTY", "", "user.tier"), is("IS_EMPTY", "", "user.none"), is("IS_NOT_EMPTY", "", "user.tier")], [true, true, false]);
  assert.deepEqual([is("IS_IN_LIST", "a, Gold card;b"), is("IS_IN_LIST", "Gold")], [true, false]);
  assert.equal(is("LOOKS_LIKE", "x"), false);
});

test("all conditions must hold, or any of them, and those of the trigger in any case", () => {
  const one = where("queueName", "IS_EQUAL", "Sales");
  const other = where("queueName", "IS_EQUAL", "Support");
  const runs = (ConditionSet, triggers = []) =>
    new WorkflowEngine([{ ...workflow("CALL_ARRIVES", "x", [], { triggers }), ConditionSet }])
      .happened({ id: "7", now: dialog("ALERTING"), last: null }, user).length === 1;
  assert.equal(runs({ applyMethod: "ALL", conditions: [one, other] }), false);
  assert.equal(runs({ applyMethod: "ANY", conditions: [one, other] }), true);
  assert.equal(runs({ applyMethod: "ANY", conditions: [] }), true);
  assert.equal(runs({ conditions: [one] }, [{ Variable: { name: "mediaType", node: "//Dialog/mediaType" }, comparator: "IS_EQUAL", value: "Voice" }]), true);
  assert.equal(runs({ conditions: [one] }, [other]), false);
});

test("variables are found by their path, else by their name", () => {
  const call = dialog("ALERTING", { variables: { callVariable3: "42", "user.customer": "4711" } });
  const at = (node) => valueOf({ name: "x", node }, call, user);
  assert.equal(at("//Dialog/fromAddress"), "0612");
  assert.equal(at("/Dialog/mediaProperties/queueName"), "Sales");
  assert.equal(at('//Dialog/mediaProperties/callvariables/CallVariable/name[.="callVariable3"]/../value'), "42");
  assert.equal(at("//CallVariable[name='user.customer']/value"), "4711");
  assert.equal(at("//User/firstName"), "Ann");
  assert.deepEqual(["//Dialog/participants", "//Dialog/constructor/name", "nonsense", "//Dialog/a/b/c"].map(at), ["", "", "", ""]);
  const named = (name) => valueOf({ name }, call, user);
  assert.deepEqual(["dialogId", "callType", "toAddress", "teamName", "callVariable3", "user.customer", "nothing"].map(named),
    ["7", "ACD_IN", "6001", "Sales", "42", "4711", ""]);
});

test("an action's address and body have values in them, each written so that it stays one value", () => {
  const call = dialog("ALERTING", { variables: { callVariable1: `a&b "<c>"/..` } });
  const asked = (contentType, body) =>
    actionEvent({
      name: "Tell", type: "HTTP_REQUEST", handledBy: "OTHER",
      params: [
        { name: "method", value: "PUT" }, { name: "contentType", value: contentType },
        { name: "path", value: "/x/${dialogId}?q=${ what }&n=${nothing}" }, { name: "body", value: body },
      ],
      actionVariables: [{ name: "what", node: "//CallVariable[name='callVariable1']/value", type: "CUSTOM", testValue: "t" }],
    }, call, user);
  const event = asked("application/xml; charset=utf-8", "<a>${what}</a>");
  assert.deepEqual(Object.keys(event), ["name", "type", "handledBy", "params", "actionVariables"]);
  assert.equal(event.handledBy, "OTHER");
  assert.deepEqual(event.actionVariables, [
    { name: "what", type: "CUSTOM", node: "//CallVariable[name='callVariable1']/value", testValue: "t", actualValue: `a&b "<c>"/..` },
  ]);
  const expanded = (one, name) => one.params.find((param) => param.name === name).expandedValue;
  assert.equal(expanded(event, "path"), "/x/7?q=a%26b%20%22%3Cc%3E%22%2F..&n=");
  assert.equal(expanded(event, "body"), "<a>a&#38;b &#34;&#60;c&#62;&#34;/..</a>");
  assert.equal(expanded(event, "method"), "PUT");
  assert.equal(JSON.parse(expanded(asked("application/json", '{"a":"${what}"}'), "body")).a, `a&b "<c>"/..`);
  assert.equal(expanded(asked("application/x-www-form-urlencoded", "a=${what}"), "body"), "a=a%26b%20%22%3Cc%3E%22%2F..");
  assert.equal(expanded(asked("text/plain", "${what}"), "body"), `a&b "<c>"/..`);
});

test("a variable may be a whole address, and nothing but one of the web", () => {
  const value = (name) => ({ url: "https://crm.example.com/a?b=c", bad: "javascript:alert(1)", q: "x y" })[name] ?? "";
  assert.equal(filledInAddress("${url}&q=${q}", value), "https://crm.example.com/a?b=c&q=x%20y");
  assert.equal(filledInAddress("${bad}", value), "javascript%3Aalert(1)");
  assert.equal(filledInAddress("https://x/${url}", value), "https://x/https%3A%2F%2Fcrm.example.com%2Fa%3Fb%3Dc");
});

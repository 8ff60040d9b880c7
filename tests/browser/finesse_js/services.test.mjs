/** `finesse.clientservices`, `.containerservices`, `.utilities`, `.digital`, `.gadget`, `.Class`: what gadgets use of them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connected, desk, plain, settled } from "./desk.mjs";

test("classes derive as they did before there was a word for it", () => {
  const { finesse } = desk();
  const Animal = finesse.Class.extend({ init(name) { this.name = name; }, say() { return `I am ${this.name}`; } });
  const Dog = Animal.extend({ init(name) { this._super(`${name} the dog`); }, say() { return `${this._super()}!`; } });
  assert.equal(new Dog("Rex").say(), "I am Rex the dog!");
  assert.ok(new Dog("Rex") instanceof Animal);
  const Mine = finesse.restservices.RestBase.extend({ getRestType: () => "Mine" });
  assert.throws(() => new Mine({ id: "1" }).getState(), TypeError);
});

test("XML becomes an object, and an object XML", () => {
  const { xml2js, js2xml, xml2json, json2xml } = desk().finesse.utilities.Utilities;
  const xml = '<?xml version="1.0"?><!-- x --><a n="1&amp;"><b>x &lt; &#228;&#xe4;</b><b/><c><![CDATA[<raw>]]></c><d> <e></e></d></a>';
  assert.deepEqual(plain(xml2js(xml)), { a: { "@n": "1&", b: ["x < ää", null], c: "<raw>", d: { e: null } } });
  assert.equal(js2xml({ a: { "@n": '"', b: ["<", null, 0], c: { d: "" } } }), '<a n="&quot;"><b>&lt;</b><b/><b>0</b><c><d/></c></a>');
  assert.equal(xml2json("<a><b>1</b></a>"), '{"a":{"b":"1"}}');
  assert.equal(json2xml('{"a":{"b":"1"}}'), "<a><b>1</b></a>");
  for (const wrong of ["<a>", "</a>", "<a></b>", "<a", "<!DOCTYPE a><a/>", "<a b=c/>", "a < b"]) {
    assert.throws(() => xml2js(wrong), { name: "Error" }, wrong);
  }
  const deep = (levels) => "<a>".repeat(levels) + "</a>".repeat(levels);
  xml2js(deep(63));
  assert.throws(() => xml2js(deep(64)), /64/);
  assert.deepEqual(plain(Object.keys(xml2js("<__proto__><x>1</x></__proto__>"))), ["__proto__"]);
});

test("times, names and codes are as gadgets expect", () => {
  const { finesse, window } = desk({ storage: { clientTimestampDrift: "5000" } });
  const { Utilities } = finesse.utilities;
  const told = (name, ...given) => given.map((one) => Utilities[name](...[one].flat()));
  assert.deepEqual(told("buildTimeString", 0, 65000, "65000", 3723999, "-1", undefined), ["00:00", "01:05", "01:05", "62:03", "00:00", "00:00"]);
  assert.deepEqual(told("buildTimeStringWithOptionalHours", 65000, 3599999, 3723000), ["01:05", "59:59", "01:02:03"]);
  assert.deepEqual(told("buildElapsedTimeString", [70000, 5000], [5000, 5000], [5000, 6000], [5000, 0]), ["01:05", "--:--", "--:--", "--:--"]);
  assert.deepEqual(told("getDisplayTime", 3723, 0, "-1", undefined), ["01:02:03", "00:00:00", "00:00:00", "00:00:00"]);
  assert.deepEqual(told("buildTimeStringForDisplay", 65, -1), ["01:05", "--"]);
  const at = (offset) => new Date(Date.now() + offset).toISOString();
  const then = "2020-01-01T00:00:00Z";
  assert.deepEqual(
    told("convertTsToDuration", "never", "", "--", at(3_600_000), [then, new Date("2020-01-01T01:02:03Z")]),
    ["00:00:00", "00:00:00", "-1", "00:00:00", "01:02:08"], "the server's clock is five seconds ahead",
  );
  assert.deepEqual(
    told("convertTsToDurationWithFormat", ["never", true], ["", true], [at(3_600_000), true], [then, true, new Date("2020-01-01T00:00:00Z")]),
    ["-1", "-1", "-1", "00:00:05"],
  );
  assert.deepEqual(told("extractTime", then, "", null), [1577836800000, 0, 0]);
  assert.deepEqual(
    [Utilities.trim(" a "), Utilities.removeSpaces("a b c"), Utilities.escapeSpaces("a b"), Utilities.formatString("{1} {0} {2}", "b", "a")],
    ["a", "abc", "a\u00a0b", "a b {2}"],
  );
  assert.deepEqual(
    told("getEquals", [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }], [{ a: 1 }, { a: 1, b: 2 }], [{ a: 1 }, { b: 1 }], [1, "1"]),
    [true, false, false, false],
  );
  assert.deepEqual(
    told("getQueryString", ["UP_x"], ["a", "https://x.example/?b=1&A=%C3%BC#a=2"], ["c", "https://x.example/#c=1"]), ["", "ü", ""],
  );
  assert.deepEqual(
    [{ status: 503 }, { status: 0, isUnsent: true }, {}].map((answer) => Utilities.getErrMessage(answer)),
    ["HTTP 503", "Request could not be completed", ""],
  );
  assert.equal(Utilities.encodeNodeName("a@b?c&d'e"), "a?40b?3Fc?26d?27e");
  assert.equal(Utilities.b64Decode(Utilities.b64Encode("pä€")), "pä€");
  assert.equal(Utilities.getParameterByName("up_x"), "y");
  assert.equal(finesse.utilities.I18n.getString("hello", "Ann"), "Hello Ann");
  assert.equal(finesse.utilities.I18n.getString("none"), "none");
  assert.match(Utilities.generateUUID(), /^[0-9a-f-]{36}$/);
  assert.equal(window.finesse.utilities.Utilities.getCurrentDrift(), 5000);
});

test("the configuration is the preferences', and who it is comes with the credentials", () => {
  const { finesse } = desk({ prefs: { id: "", mobileAgentMode: "undefined", extension: 'a"&b', clientDriftInMillis: "7" } });
  const { Config } = finesse.gadget;
  assert.deepEqual([Config.id, Config.mobileAgentMode, Config.extension, Config.clientDriftInMillis], ["ann", "", 'a"&b', 7]);
  assert.deepEqual(plain(finesse.utilities.Utilities.getCredentials(Config)), { id: "ann", password: "pa:ß" });
});

test("credentials are the session's, or the token of single sign-on", () => {
  const header = (options) => {
    const { finesse } = desk(options);
    return finesse.utilities.Utilities.getAuthHeaderString(finesse.gadget.Config);
  };
  assert.equal(header({ storage: { userFinesseAuth: "c2Vzc2lvbg==" } }), "Basic c2Vzc2lvbg==");
  assert.equal(header({ prefs: { systemAuthMode: "SSO" }, storage: { ssoTokenObject: '{"token":"t"}' } }), "Bearer t");
  assert.equal(header({ prefs: { systemAuthMode: "SSO" }, storage: { ssoTokenObject: "{" } }), "");
  assert.equal(header({ prefs: { systemAuthMode: "", authorization: "" } }), "");
  const page = { finesse: { container: { Config: { systemAuthMode: "SSO" } } } };
  assert.equal(header({ parent: page, prefs: { systemAuthMode: "" }, storage: { ssoTokenObject: '{"token":"t"}' } }), "Bearer t");
});

test("init wants to know where and who, and asks for the connection's state", () => {
  for (const missing of ["host", "restHost"]) {
    const { finesse } = desk({ prefs: { [missing]: "" } });
    assert.throws(() => finesse.clientservices.ClientServices.init(finesse.gadget.Config), /Config object contains invalid properties\./);
  }
  const nobody = desk({ prefs: { id: "", authorization: "" } }).finesse;
  assert.throws(() => nobody.clientservices.ClientServices.init(nobody.gadget.Config), /invalid properties/);
  assert.throws(() => new nobody.restservices.User({ id: "x" }), /ClientServices is not initialized/);
  const { published } = connected();
  assert.deepEqual(published.map(([topic, { type }]) => [topic, type]), [["finesse.info.requests", "ConnectionInfoReq"]]);
});

test("handlers hear of the connection when it changes, and only then", () => {
  const { finesse, hub } = connected();
  const { ClientServices } = finesse.clientservices;
  const told = [];
  ClientServices.registerOnConnectHandler(({ status }) => told.push(status));
  ClientServices.registerOnDisconnectHandler(({ status }) => told.push(status));
  for (const status of ["connecting", "connected", "connected", "disconnected", "failing", "failing", "recovered"]) {
    hub.publish("finesse.info.connection", { status });
  }
  assert.deepEqual(told, ["connected", "failing", "recovered"]);
  assert.equal(ClientServices.getNotificationConnectionState(), "recovered");
});

test("topics and nodes are heard until they are no more", () => {
  const { finesse, hub, subscribers, published } = connected();
  const { ClientServices } = finesse.clientservices;
  const told = [];
  const before = subscribers.size;
  const one = (data) => told.push(["one", data]);
  ClientServices.subscribe("x.y", one);
  ClientServices.subscribe("x.y", (data) => told.push(["two", data]));
  hub.publish("x.y", 1);
  ClientServices.unsubscribe("x.y", one);
  hub.publish("x.y", 2);
  ClientServices.unsubscribe("x.y");
  assert.deepEqual(told, [["one", 1], ["two", 1], ["two", 2]]);
  assert.equal(subscribers.size, before);
  const errors = [];
  ClientServices.subscribeNode("/finesse/api/User/bob", (_event, error) => errors.push(error));
  const { invokeID } = published.at(-1)[1];
  hub.publish(`finesse.info.responses.${invokeID}`, { error: { errorType: "Not connected" } });
  assert.equal(errors[0].errorType, "Not connected");
  ClientServices.unsubscribeNode("/finesse/api/User/bob");
  hub.publish(`finesse.info.responses.${published.at(-1)[1].invokeID}`, null);
  assert.equal(subscribers.size, before);
});

test("makeRequest goes to the own host, or through the proxy to another", async () => {
  const { finesse, asked } = connected();
  const answers = [];
  finesse.clientservices.ClientServices.makeRequest("/finesse/api/x?a=1", (one) => answers.push(one), { METHOD: "GET" });
  await settled();
  assert.match(asked[0].url, /^\/finesse\/api\/x\?a=1&nocache=\d+$/);
  assert.deepEqual([answers[0].status, answers[0].isUnsent], [404, false]);

  const other = connected({ prefs: { restHost: "other.example", localhostPort: "8082" } });
  const proxied = [];
  other.window.gadgets.io = { makeRequest: (url, told, params) => (proxied.push([url, params]), told({ rc: 200, text: "<a/>" })) };
  other.finesse.clientservices.ClientServices.makeRequest("/finesse/api/y", (one) => answers.push(one), { METHOD: "PUT", POST_DATA: "<y/>" });
  await settled();
  assert.equal(proxied[0][0], "http://other.example:8082/finesse/api/y");
  assert.deepEqual([proxied[0][1].METHOD, proxied[0][1].GET_FULL_HEADERS, answers[1].status], ["PUT", "true", 200]);

  other.window.gadgets.io = undefined;
  other.window.fetch = async () => { throw new TypeError("no network"); };
  other.finesse.clientservices.ClientServices.makeRequest("/z", (one) => answers.push(one));
  await settled();
  assert.deepEqual([answers[2].status, answers[2].isUnsent, answers[2].content], [0, true, "Request could not be completed"]);
});

test("a gadget learns that its tab is visible, once for each time", () => {
  const { finesse, window, hub, published } = connected();
  window.frameElement = { closest: () => ({ id: "panel_home" }) };
  const services = finesse.containerservices.ContainerServices.init();
  assert.equal(published.at(-1)[1].type, "ActiveTabReq");
  const told = [];
  services.addHandler(services.Topics.ACTIVE_TAB, (tab) => told.push(tab));
  services.addHandler("tabVisible", (tab) => told.push(tab));
  for (const tab of ["home", "home", "other", "home"]) {
    hub.publish("finesse.containerservices.activeTab", tab);
  }
  assert.deepEqual(told, ["home", "home", "home", "home"]);
  assert.deepEqual([services.tabVisible(), services.getMyTabId(), services.getMyGadgetId()], [true, "home", 3]);
  services.activateMyTab();
  services.reloadMyGadget();
  assert.deepEqual(published.slice(-2).map(([, { type, data }]) => plain([type, data])), [["SetActiveTabReq", { id: "home" }], ["ReloadGadgetReq", { gadgetId: 3 }]]);
});

test("a workflow's action is heard when it is whole", () => {
  const { finesse, hub } = connected();
  const services = finesse.containerservices.ContainerServices.init();
  const { WorkflowActionEvent } = finesse.containerservices;
  const told = [];
  services.addHandler(services.Topics.WORKFLOW_ACTION_EVENT, (event) => told.push(event));
  const whole = { name: "Pop", type: "BROWSER_POP", handledBy: "OTHER", params: [{ name: "path", value: "x", expandedValue: "y" }], actionVariables: [] };
  hub.publish("finesse.containerservices.workflowActionEvent", { name: "Pop" });
  hub.publish("finesse.containerservices.workflowActionEvent", whole);
  assert.equal(told.length, 1);
  assert.equal(told[0].getParams().path.expandedValue, "y");
  assert.equal(told[0].getHandledBy(), WorkflowActionEvent.HandledBy.OTHER);
});

test("a channel is added, answered, chosen from and removed", () => {
  const { finesse, hub, published, subscribers } = connected();
  const { ChannelService } = finesse.digital;
  const before = subscribers.size;
  const told = [];
  const parts = { menuConfig: { label: "Chat" }, channelConfig: {}, channelState: { iconColor: ChannelService.STATE_STATUS.AVAILABLE } };
  assert.throws(() => ChannelService.addChannel("chat", { menuConfig: {} }), /needs channelConfig/);
  assert.throws(() => ChannelService.updateChannelMenu("chat", {}), /no channel/);
  const chosen = (selection, succeeded) => (told.push(selection), succeeded());
  ChannelService.addChannel("chat", parts, chosen, () => told.push("added"), () => told.push("failed"));
  const [, request] = published.at(-1);
  assert.deepEqual([request.id, request.topic, request.action, request.data.channelState.isAgentReady], ["3/chat", "finext.nv.3/chat", "ADD", true]);
  hub.publish(request.topic, { requestId: request.requestId, status: "success" });
  hub.publish(request.topic, { id: request.id, requestId: "theirs", selection: "ready" });
  assert.deepEqual(told, ["added", "ready"]);
  assert.deepEqual(plain(published.at(-1)), ["finext.nv", { id: "3/chat", requestId: "theirs", status: "success" }]);
  ChannelService.removeChannel("chat");
  hub.publish(request.topic, { requestId: published.at(-1)[1].requestId, status: "success" });
  assert.equal(subscribers.size, before);
  ChannelService.removeChannel("old", null, ({ status }) => told.push(status));
  hub.publish("finext.nv.3/old", { requestId: published.at(-1)[1].requestId, status: "failure" });
  assert.deepEqual([told.at(-1), subscribers.size], ["failure", before], "also one that this gadget does not know any more");
});

test("a popover is shown, and tells once how it was closed", () => {
  const { finesse, hub, published, subscribers } = connected();
  const { PopoverService } = finesse.containerservices;
  const before = subscribers.size;
  const told = [];
  const id = PopoverService.showPopover({ icon: {} }, { displayTimeoutInSecs: 10 }, { dismissible: true }, (one) => told.push(one.source, one.popoverId === one.id));
  const topic = `finext.popover.${id}`;
  assert.deepEqual([published.at(-1)[0], published.at(-1)[1].action, published.at(-1)[1].topic], ["finext.popover", "show", topic]);
  hub.publish(topic, { id, source: "timeout" });
  hub.publish(topic, { id, source: "timeout" });
  assert.deepEqual(told, ["timeout", true]);
  PopoverService.dismissPopover(PopoverService.showPopover({}, {}));
  assert.equal(subscribers.size, before);
});

test("what is logged goes to the page, under the gadget's name", () => {
  const { finesse, hub, published } = connected();
  finesse.cslogger.ClientLogger.init(hub, "My.Gadget");
  finesse.cslogger.ClientLogger.log("hello", new Error("x"));
  assert.equal(published.at(-1)[0], "finesse.clientLogging.My_Gadget");
  assert.match(published.at(-1)[1], /: My_Gadget: hello Error: x/);
});

/** `finesse.restservices`: what objects read of REST's own documents, what they ask, and what events do to them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connected, golden, plain, settled } from "./desk.mjs";

const USER = "/finesse/api/User/ann";

const user = (state = "READY", more = "") => `<user><loginId>ann</loginId><state>${state}</state>${more}<uri>${USER}</uri></user>`;

const call = (id, state = "ALERTING") => `<id>${id}</id><state>${state}</state><uri>/finesse/api/Dialog/${id}</uri>`;

/** Handlers that write down what is called. */
function handlers() {
  const told = [];
  const note = (kind) => (about) => told.push([kind, about]);
  const names = { load: "onLoad", change: "onChange", add: "onAdd", delete: "onDelete", error: "onError" };
  const all = { onCollectionAdd: note("+"), onCollectionDelete: note("-") };
  for (const [kind, name] of Object.entries(names)) {
    all[name] = note(kind);
  }
  return { told, all, kinds: () => told.map(([kind]) => kind) };
}

test("a user is loaded, and told by its methods", async () => {
  const { finesse, asked } = connected({ answers: { [USER]: golden("user", "/User/ann") } });
  const { told, all, kinds } = handlers();
  const ann = new finesse.restservices.User({ id: "ann", ...all });
  assert.equal(ann.isLoaded(), false);
  assert.throws(() => ann.getState(), /not loaded/);
  await settled();
  assert.deepEqual(kinds(), ["load"]);
  assert.equal(told[0][1], ann);
  assert.equal(ann.getId(), "ann");
  assert.deepEqual(
    [ann.getState(), ann.getFullName(), ann.getExtension(), ann.getTeamName(), ann.getPendingState(), ann.getWrapUpOnIncoming(), ann.getWrapUpTimer()],
    ["READY", "Ann Lee", "1001", "One", "", "OPTIONAL", "15"],
  );
  assert.deepEqual([ann.hasAgentRole(), ann.hasSupervisorRole(), ann.isMobileAgent(), ann.isWrapUp(), ann.isPendingStateChange()], [true, false, false, false, false]);
  assert.deepEqual([ann.getProperty("teamId"), ann.hasProperty("teamId"), ann.hasProperty("no"), ann.getWrapUpOnOutgoing()], ["1", true, false, ""]);
  assert.equal(asked.length, 1);
  assert.match(asked[0].url, /^\/finesse\/api\/User\/ann\?nocache=\d+$/);
  assert.deepEqual(plain(asked[0].headers), { Authorization: `Basic ${Buffer.from("ann:pa:ß").toString("base64")}`, locale: "en_US" });
});

test("a supervisor has roles and teams", async () => {
  const { finesse } = connected({ answers: { "/finesse/api/User/sue": golden("user", "/User/sue") } });
  const sue = new finesse.restservices.User("sue", {});
  await settled();
  assert.equal(sue.hasSupervisorRole(), true);
  assert.deepEqual(plain(sue.getSupervisedTeams()), [{ id: "1", name: "One", uri: "/finesse/api/Team/1" }]);
  assert.equal(sue.getNotReadyReasonCodeId(), undefined);
});

test("events change a user, and only those of its topic", async () => {
  const { finesse, tell } = connected({ answers: { [USER]: golden("user", "/User/ann") } });
  const { all, kinds } = handlers();
  const ann = new finesse.restservices.User({ id: "ann", ...all });
  await settled();
  tell(USER, "PUT", USER, user("NOT_READY", "<reasonCodeId>16</reasonCodeId><reasonCode><id>16</id><label>Lunch</label></reasonCode>"));
  assert.deepEqual([ann.getState(), ann.getReasonCodeLabel(), ann.getNotReadyReasonCodeId()], ["NOT_READY", "Lunch", "16"]);
  tell("/finesse/api/User/bob", "PUT", "/finesse/api/User/bob", user("TALKING"));
  assert.equal(ann.getState(), "NOT_READY");
  tell(USER, "DELETE", USER, "");
  assert.deepEqual(kinds(), ["load", "change", "delete"]);
});

test("handlers are added and removed, have a scope, and one that fails stops no other", async () => {
  const { finesse, window, tell } = connected({ answers: { [USER]: golden("user", "/User/ann") } });
  window.setTimeout = () => {};
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const told = [];
  const scope = { name: "mine" };
  const second = () => told.push("second");
  ann.addHandler("change", () => assert.fail("on purpose"));
  ann.addHandler("change", function named() {
    told.push(this.name);
  }, scope);
  ann.addHandler("change", second);
  tell(USER, "PUT", USER, user());
  ann.removeHandler("change", second);
  tell(USER, "PUT", USER, user());
  assert.deepEqual(told, ["mine", "second", "mine"]);
  assert.throws(() => ann.addHandler("shout", second), /no event/);
  assert.throws(() => ann.addHandler("change", 5), /must be a function/);
});

test("what cannot be loaded tells its error", async () => {
  const { finesse } = connected();
  const { told, all, kinds } = handlers();
  new finesse.restservices.User({ id: "eve", ...all });
  await settled();
  assert.deepEqual(kinds(), ["error"]);
  assert.equal(told[0][1].status, 404);
  assert.equal(finesse.utilities.Utilities.getErrCode(told[0][1]), "Not Found");
  assert.equal(finesse.utilities.Utilities.getErrMessage(told[0][1]), "No");
});

test("a state is asked for; an error that comes later calls the error handler, of that request alone", async () => {
  const { finesse, asked, tell } = connected({ answers: { [USER]: golden("user", "/User/ann") } });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const told = [];
  const noting = { success: ({ status }) => told.push(["success", status]), error: (response) => told.push(["error", response]) };
  ann.setState("NOT_READY", { id: 16 }, noting);
  ann.setState(finesse.restservices.User.States.READY, null, noting);
  await settled();
  const [, first, second] = asked;
  assert.deepEqual([first.method, first.path, first.body], ["PUT", USER, "<User><state>NOT_READY</state><reasonCodeId>16</reasonCodeId></User>"]);
  assert.equal(first.headers["Content-Type"], "application/xml");
  assert.equal(second.body, "<User><state>READY</state></User>");
  assert.notEqual(first.headers.requestId, second.headers.requestId);
  assert.deepEqual(told, [["success", 202], ["success", 202]]);
  const errors = "<apiErrors><apiError><errorType>Invalid State</errorType><errorMessage>CF</errorMessage><errorData>22</errorData></apiError></apiErrors>";
  tell(USER, "put", USER, errors, first.headers.requestId);
  tell(USER, "put", USER, errors, first.headers.requestId);
  tell(USER, "put", USER, errors, "another's");
  assert.equal(told.length, 3);
  const [, failed] = told[2];
  const { getErrCode, getErrData } = finesse.utilities.Utilities;
  assert.deepEqual([failed.status, getErrCode(failed), getErrData(failed)], [400, "Invalid State", "22"]);
  assert.equal(ann.getState(), "READY");
});

test("an error that overtakes the answer is told after it, once; of a request that failed at once, not at all", async () => {
  const { finesse, asked, tell, answers } = connected();
  const errors = "<apiErrors><apiError><errorType>x</errorType></apiError></apiErrors>";
  for (const [status, expected] of [[202, [202, 400]], [503, [503]]]) {
    answers[`PUT ${USER}`] = { status, body: "" };
    const told = [];
    const note = (response) => told.push(response.status);
    finesse.clientservices.ClientServices.restRequest(USER, { method: "PUT", content: "<User/>", success: note, error: note });
    const { requestId } = asked.at(-1).headers;
    tell(USER, "put", USER, errors, requestId);
    assert.deepEqual(told, []);
    await settled();
    tell(USER, "put", USER, errors, requestId);
    assert.deepEqual(told, expected);
  }
});

test("people sign in, out, and call", async () => {
  const { finesse, asked } = connected({ answers: { [USER]: golden("user", "/User/ann") } });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  ann.login({ extension: "1001", mobileAgent: { mode: "CALL_BY_CALL", dialNumber: "5" } });
  ann.logout(7);
  ann.makeCall("06<12>");
  ann.makeSMCall("1002");
  ann.makeBargeCall("1002", "/finesse/api/Dialog/5");
  assert.deepEqual(asked.slice(1).map(({ method, path, body }) => `${method} ${path} ${body}`), [
    `PUT ${USER} <User><state>LOGIN</state><extension>1001</extension><mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>5</dialNumber></mobileAgent></User>`,
    `PUT ${USER} <User><state>LOGOUT</state><reasonCodeId>7</reasonCodeId></User>`,
    `POST ${USER}/Dialogs <Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1001</fromAddress><toAddress>06&lt;12&gt;</toAddress></Dialog>`,
    `POST ${USER}/Dialogs <Dialog><requestedAction>SILENT_MONITOR</requestedAction><fromAddress>1001</fromAddress><toAddress>1002</toAddress></Dialog>`,
    `POST ${USER}/Dialogs <Dialog><requestedAction>BARGE_CALL</requestedAction><fromAddress>1001</fromAddress><toAddress>1002</toAddress><associatedDialogUri>/finesse/api/Dialog/5</associatedDialogUri></Dialog>`,
  ]);
});

test("calls come, change and go by events; nobody hears of one that has gone", async () => {
  const { finesse, tell } = connected({
    answers: { [USER]: golden("user", "/User/ann"), [`${USER}/Dialogs`]: "<Dialogs/>" },
  });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const { told, all, kinds } = handlers();
  const dialogs = ann.getDialogs(all);
  assert.equal(ann.getDialogs(), dialogs);
  assert.notEqual(ann.getDialogsNoCache(), dialogs);
  await settled();
  assert.deepEqual(kinds(), ["load"]);
  const node = `${USER}/Dialogs`;
  tell(node, "POST", node, `<dialogs><Dialog>${call(5)}</Dialog><Dialog>${call(6)}</Dialog></dialogs>`);
  assert.deepEqual(kinds(), ["load", "+", "+", "add"]);
  const five = told[1][1];
  assert.deepEqual([five.getId(), five.isLoaded(), five.getState()], ["5", true, "ALERTING"]);
  const changes = [];
  five.addHandler("change", (one) => changes.push(one.getState()));
  tell(node, "PUT", "/finesse/api/Dialog/5", `<dialog>${call(5, "ACTIVE")}</dialog>`);
  tell(node, "PUT", "/finesse/api/Dialog/9", `<dialog>${call(9, "ACTIVE")}</dialog>`);
  assert.deepEqual(changes, ["ACTIVE"]);
  tell(node, "POST", node, `<dialogs><Dialog>${call(5, "HELD")}</Dialog></dialogs>`);
  assert.deepEqual(changes, ["ACTIVE", "HELD"]);
  assert.deepEqual(Object.keys(dialogs.getCollection()), ["5", "6"]);
  tell(node, "DELETE", node, `<dialogs><Dialog>${call(5, "DROPPED")}</Dialog></dialogs>`);
  assert.deepEqual([told.at(-2)[0], told.at(-2)[1], five.getState()], ["-", five, "DROPPED"]);
  assert.deepEqual(Object.keys(dialogs.getCollection()), ["6"]);
  tell(node, "PUT", "/finesse/api/Dialog/5", `<dialog>${call(5)}</dialog>`);
  assert.equal(changes.length, 2);
});

test("a dialog tells what the golden document says, and asks", async () => {
  const url = "/finesse/api/Dialog/16777217";
  const { finesse, asked } = connected({ answers: { [url]: golden("dialog", "/Dialog/16777217") } });
  const { Dialog } = finesse.restservices;
  const dialog = new Dialog({ id: "16777217" });
  await settled();
  const { callVariable1, callVariable2, DNIS, queueName } = dialog.getMediaProperties();
  assert.deepEqual([callVariable1, callVariable2, DNIS, queueName], ["account 42", "", "6001", "Sales"]);
  assert.deepEqual([dialog.getFromAddress(), dialog.getToAddress(), dialog.getCallType(), dialog.getMediaType()], ["0612345678", "6001", "ACD_IN", "Voice"]);
  assert.equal(dialog.getParticipants().length, 2);
  assert.deepEqual([plain(dialog.getParticipantActions("1001")), plain(dialog.getParticipantActions("0612345678"))], [["ANSWER"], []]);
  assert.equal(dialog.getParticipantTimerCounters("1001").state, "ALERTING");
  assert.deepEqual([dialog.isDropped("1001"), dialog.isDropped("9"), dialog.isHeld("1001")], [false, true, false]);
  dialog.requestAction("1001", Dialog.Actions.ANSWER, {});
  dialog.updateCallVariables({ callVariable3: "4&2" });
  dialog.updateWrapUpReason("Sale");
  dialog.makeConsultCall("1001", "1002");
  dialog.initiateDirectTransfer("1001", "1002");
  dialog.sendDTMFRequest("1001", {}, "5#");
  dialog.dropParticipant("1002");
  dialog.reclassifyCall("1001", Dialog.ReclassifyActions.BUSY);
  dialog.updateCallbackTime("1001", "2026-01-01T10:00");
  const of = (address, action, more = "") => `<Dialog><targetMediaAddress>${address}</targetMediaAddress><requestedAction>${action}</requestedAction>${more}</Dialog>`;
  const param = (name, value) => `<actionParams><ActionParam><name>${name}</name><value>${value}</value></ActionParam></actionParams>`;
  const data = (inner) => `<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties>${inner}</mediaProperties></Dialog>`;
  assert.deepEqual(asked.slice(1).map(({ body }) => body), [
    of("1001", "ANSWER"),
    data("<callvariables><CallVariable><name>callVariable3</name><value>4&amp;2</value></CallVariable></callvariables>"),
    data("<wrapUpReason>Sale</wrapUpReason>"),
    of("1001", "CONSULT_CALL", "<toAddress>1002</toAddress>"),
    of("1001", "TRANSFER_SST", "<toAddress>1002</toAddress>"),
    of("1001", "SEND_DTMF", param("dtmfString", "5#")),
    of("1002", "PARTICIPANT_DROP"),
    of("1001", "RECLASSIFY", param("outboundClassification", "BUSY")),
    of("1001", "UPDATE_SCHEDULED_CALLBACK", param("callbackTime", "2026-01-01T10:00")),
  ]);
  assert.ok(asked.slice(1).every(({ method, path }) => method === "PUT" && path === url));
});

test("lists that are configured for people are read", async () => {
  const { finesse } = connected({
    answers: {
      [USER]: golden("user", "/User/ann"),
      [`${USER}/WrapUpReasons`]: golden("offered", "/User/ann/WrapUpReasons"),
      [`${USER}/PhoneBooks`]: golden("offered", "/User/ann/PhoneBooks"),
      [`${USER}/Workflows`]: golden("offered", "/User/ann/Workflows"),
      [`${USER}/ReasonCodes?category=NOT_READY`]: golden("user", "/User/ann/ReasonCodes?category=NOT_READY"),
      [`${USER}/Queues`]: golden("queue", "/User/ann/Queues"),
    },
  });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const lists = ["getWrapUpReasons", "getPhoneBooks", "getWorkflows", "getNotReadyReasonCodes", "getQueues"].map((name) => ann[name]({}));
  await settled();
  assert.ok(lists.every((one) => one.isLoaded()));
  const [reasons, books, workflows, codes, queues] = lists.map((one) => Object.values(one.getCollection()));
  assert.deepEqual(reasons.map((one) => [one.getId(), one.getLabel()]), [["101", "Sale"], ["102", "Complaint"]]);
  assert.deepEqual(books.map((one) => [one.getName(), one.getType()]), [["Ours", "TEAM"], ["Everyone's", "GLOBAL"]], "by id, as engines order what looks like numbers");
  const loaded = [];
  const contacts = books[1].getContacts({ onLoad: (one) => loaded.push(one) });
  await settled();
  assert.deepEqual(loaded, [contacts]);
  assert.deepEqual(Object.values(contacts.getCollection()).map((one) => [one.getFirstName(), one.getLastName(), one.getPhoneNumber()]), [["", "Fire brigade", "112"]]);
  assert.equal(workflows[0].getName(), "Callers");
  assert.equal(workflows[0].getTriggerSet().name, "CALL_ARRIVES");
  assert.ok(codes.length > 0 && codes.every((one) => one.getCategory() === "NOT_READY" && one.getLabel()));
  assert.equal(queues[0].getName(), "Sales");
  assert.equal(queues[0].getStatistic("callsInQueue"), "-1");
});

test("reason codes come as objects to who asks with success, as a list to who asks with onLoad", async () => {
  const code = (id, label, more = "") =>
    `<ReasonCode><uri>/finesse/api/ReasonCode/${id}</uri><category>NOT_READY</category><code>${id}0</code><label>${label}</label>${more}</ReasonCode>`;
  const url = `${USER}/ReasonCodes?category=NOT_READY`;
  const { finesse } = connected({
    answers: {
      [USER]: golden("user", "/User/ann"),
      [url]: `<ReasonCodes>${code(1, "Lunch")}${code(2, "Call Not Answered", "<systemCode>true</systemCode>")}</ReasonCodes>`,
      [`${USER}/ReasonCode/1`]: code(1, "Lunch"),
    },
  });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const told = [];
  const handlers = { success: (codes) => told.push(plain(codes)), error: ({ status }) => told.push(status) };
  const lunch = { uri: "/finesse/api/ReasonCode/1", category: "NOT_READY", code: "10", label: "Lunch", id: "1" };
  ann.getNotReadyReasonCodes(handlers);
  await settled();
  ann.getSignoutReasonCodes(handlers);
  await settled();
  ann.getReasonCodeById({ success: (found) => told.push(plain(found)) }, "1");
  await settled();
  const list = ann.getNotReadyReasonCodes({ onLoad: (codes) => told.push(Object.keys(codes.getCollection()).length) });
  await settled();
  assert.deepEqual(told, [[lunch], 404, lunch, 2]);
  assert.ok(list.isLoaded());
});

test("people sign in as gadgets of old have them, and calls are listened to", async () => {
  const { finesse, asked } = connected({ answers: { [USER]: golden("user", "/User/ann"), [`${USER}/Dialogs`]: "<Dialogs/>" } });
  const { Dialog, User } = finesse.restservices;
  const ann = new User({ id: "ann" });
  await settled();
  const dialogs = ann.getDialogs({});
  await settled();
  ann.login("1001", {});
  ann.login({ extension: "1001" });
  ann.loginWithActiveDeviceId("1001", "d", {});
  ann.loginMobileAgent("1001", User.WorkMode.CALL_BY_CALL, "0612", {});
  ann.updateToMobileAgent(User.WorkMode.CALL_BY_CALL, "0613");
  dialogs.createNewSuperviseCallDialog("1002", "1001", "SILENT_MONITOR", {});
  dialogs.createNewBargeCall("1001", "1002", Dialog.Actions.BARGE_CALL, "/finesse/api/Dialog/1", {});
  const signIn = (more = "") => `<User><state>LOGIN</state><extension>1001</extension>${more}</User>`;
  const mobile = (number) => `<mobileAgent><mode>CALL_BY_CALL</mode><dialNumber>${number}</dialNumber></mobileAgent>`;
  assert.deepEqual(asked.slice(2).map(({ body }) => body), [
    signIn(), signIn(), signIn("<activeDeviceId>d</activeDeviceId>"), signIn(mobile("0612")), `<User>${mobile("0613")}</User>`,
    "<Dialog><requestedAction>SILENT_MONITOR</requestedAction><toAddress>1002</toAddress><fromAddress>1001</fromAddress></Dialog>",
    "<Dialog><requestedAction>BARGE_CALL</requestedAction><fromAddress>1001</fromAddress><toAddress>1002</toAddress>" +
      "<associatedDialogUri>/finesse/api/Dialog/1</associatedDialogUri></Dialog>",
  ]);
  assert.deepEqual([ann.getProperty("loginId"), ann.getProperty({ a: 1 }, "a"), ann.getProperty({}, "a"), ann.hasProperty(null, "a")], ["ann", 1, null, false]);
});

test("a team's people are a list that the page subscribes to", async () => {
  const { finesse, published, tell } = connected({ answers: { "/finesse/api/Team/1": golden("team", "/Team/1") } });
  const team = new finesse.restservices.Team({ id: "1" });
  await settled();
  assert.deepEqual([team.getName(), team.getTeamId()], ["One", "1"]);
  const { all, kinds } = handlers();
  const people = team.getUsers(all);
  await settled();
  assert.deepEqual(Object.keys(people.getCollection()).slice(0, 3), ["ann", "bob", "sue"]);
  const node = "/finesse/api/Team/1/Users";
  assert.ok(published.some(([topic, { type, data }]) => topic === "finesse.info.requests" && type === "SubscribeNodeReq" && data.node === node));
  const before = kinds().length;
  tell(node, "PUT", "/finesse/api/User/bob", "<user><loginId>bob</loginId><state>TALKING</state><uri>/finesse/api/User/bob</uri></user>");
  assert.equal(people.getCollection().bob.getState(), "TALKING");
  tell(node, "DELETE", "/finesse/api/User/bob", "<user><loginId>bob</loginId><uri>/finesse/api/User/bob</uri></user>");
  tell(node, "POST", "/finesse/api/User/new", "<user><loginId>new</loginId><uri>/finesse/api/User/new</uri></user>");
  assert.deepEqual(kinds().slice(before), ["change", "-", "+"]);
});

test("media are a list; each hears its own changes, and signs in and out", async () => {
  const { finesse, asked, tell } = connected({
    prefs: { id: "ann" },
    answers: {
      [USER]: golden("user", "/User/ann"),
      [`${USER}/Media`]: golden("media", "/User/ann/Media"),
      [`${USER}/Media/5000/Dialogs`]: "<Dialogs/>",
    },
  });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const media = ann.getMediaList({});
  await settled();
  const heard = [];
  const mediaOptions = { maxDialogLimit: 5 };
  const [onLoad, onChange] = ["load", "change"].map((kind) => (one) => heard.push([kind, one.getName(), one.getState()]));
  const [chat, mail] = [media.getMedia("5000"), media.getMedia({ id: 5001, onLoad, onChange, mediaOptions })];
  assert.deepEqual([heard, mail.mediaOptions], [[], mediaOptions]);
  await settled();
  assert.throws(() => media.getMedia("5099"), /no medium 5099/);
  assert.deepEqual([chat.getName(), chat.isLoggedIn(), mail.getName()], ["Chat", false, "Mail"]);
  tell(`${USER}/Media`, "PUT", `${USER}/Media/5000`, `<media><id>5000</id><name>Chat</name><state>READY</state><uri>${USER}/Media/5000</uri></media>`);
  assert.deepEqual([chat.isLoggedIn(), mail.isLoggedIn()], [true, false]);
  tell(`${USER}/Media`, "PUT", `${USER}/Media/5001`, `<media><id>5001</id><name>Mail</name><state>NOT_READY</state><uri>${USER}/Media/5001</uri></media>`);
  assert.deepEqual(heard, [["load", "Mail", "LOGOUT"], ["change", "Mail", "NOT_READY"]]);
  chat.login({ maxDialogLimit: 5, interruptAction: "ACCEPT", handlers: {} });
  chat.setRoutable({ routable: false });
  chat.logout(3);
  assert.deepEqual(asked.slice(2).map(({ path, body }) => `${path} ${body}`), [
    `${USER}/Media/5000 <Media><state>LOGIN</state><maxDialogLimit>5</maxDialogLimit><interruptAction>ACCEPT</interruptAction></Media>`,
    `${USER}/Media/5000 <Media><routable>false</routable></Media>`,
    `${USER}/Media/5000 <Media><state>LOGOUT</state><reasonCodeId>3</reasonCodeId></Media>`,
  ]);
  const tasks = chat.getMediaDialogs({});
  await settled();
  const node = `${USER}/Dialogs/Media`;
  tell(node, "POST", `${USER}/Media/5001/Dialogs`, `<dialogs><Dialog>${call(7)}</Dialog></dialogs>`);
  tell(node, "POST", `${USER}/Media/5000/Dialogs`, `<dialogs><Dialog>${call(8)}</Dialog></dialogs>`);
  assert.deepEqual(Object.keys(tasks.getCollection()), ["8"]);
  assert.equal(tasks.getMedia(), chat);
  tasks.getCollection()[8].setTaskState("ACCEPT", {});
  tasks.getCollection()[8].transfer("chat", {});
  assert.deepEqual(asked.slice(-2).map(({ path, body }) => `${path} ${body}`), [
    "/finesse/api/Dialog/8 <Dialog><targetMediaAddress>ann</targetMediaAddress><requestedAction>ACCEPT</requestedAction></Dialog>",
    "/finesse/api/Dialog/8 <Dialog><targetMediaAddress>ann</targetMediaAddress><requestedAction>TRANSFER</requestedAction><toAddress>chat</toAddress></Dialog>",
  ]);
});

test("a layout has two columns whatever it has", () => {
  const { finesse } = connected();
  const layout = (xml) => new finesse.restservices.MediaPropertiesLayout({ id: "1", data: finesse.utilities.Utilities.xml2js(xml).x });
  const entry = (name) => `<entry><displayName>${name}</displayName><mediaProperty>${name}</mediaProperty></entry>`;
  const names = (one) => plain(one.getData().columns.map((entries) => entries.map(({ displayName }) => displayName)));
  assert.deepEqual(names(layout("<x><name>n</name></x>")), [[], []]);
  assert.deepEqual(names(layout(`<x><column>${entry("a")}</column></x>`)), [[], ["a"]]);
  assert.deepEqual(names(layout(`<x><column>${entry("a")}${entry("b")}</column><column/></x>`)), [["a", "b"], []]);
  assert.deepEqual(names(layout(`<x><column/><column>${entry("b")}</column><column>${entry("c")}</column></x>`)), [[], ["b"]]);
  const header = layout(`<x><name>n</name><header>${entry("h")}</header></x>`);
  assert.deepEqual(plain(header.getData()), { name: "n", header: { displayName: "h", mediaProperty: "h" }, columns: [[], []] });
  const unnamed = "<entry><displayName/><mediaProperty>m</mediaProperty></entry>";
  assert.deepEqual(plain(layout(`<x><header>${unnamed}</header></x>`).getData().header), { displayName: "", mediaProperty: "m" });
  assert.deepEqual(plain(layout("<x/>").getData().header), { displayName: null, mediaProperty: null });
});

test("the server's own state is heard", async () => {
  const url = "/finesse/api/SystemInfo";
  const { finesse, tell } = connected({ answers: { [url]: golden("system_info", "/SystemInfo").replace("…", "0") } });
  const info = new finesse.restservices.SystemInfo({});
  await settled();
  assert.deepEqual([info.isInService(), info.getSystemAuthMode(), info.isSingleNode(), info.getAlternateHost("b.example")], [true, "NON_SSO", true, undefined]);
  assert.equal(info.getTimeZoneOffset(), info.getTimezoneOffset());
  const two = "<systemInfo><status>IN_SERVICE</status><primaryNode><host>a.example</host></primaryNode><secondaryNode><host>b.example</host></secondaryNode></systemInfo>";
  tell(url, "PUT", url, two);
  const others = [["a.example"], ["b.example"], ["x", "a.example"], ["x"], []].map((hosts) => info.getAlternateHost(...hosts));
  assert.deepEqual(others, ["b.example", "a.example", "b.example", "a.example", "a.example"]);
  tell(url, "PUT", url, "<systemInfo><status>OUT_OF_SERVICE</status></systemInfo>");
  assert.equal(info.isInService(), false);
});

test("while the connection fails events are passed over; afterwards all is loaded anew", async () => {
  const made = connected({ answers: { [USER]: golden("user", "/User/ann"), [`${USER}/Dialogs`]: `<Dialogs><Dialog>${call(5)}</Dialog></Dialogs>` } });
  const { finesse, hub, tell, answers } = made;
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  const { all, kinds } = handlers();
  const dialogs = ann.getDialogs(all);
  await settled();
  hub.publish("finesse.info.connection", { status: "failing", resourceID: "x" });
  tell(USER, "PUT", USER, user("TALKING"));
  assert.equal(ann.getState(), "READY");
  answers[`${USER}/Dialogs`] = `<Dialogs><Dialog>${call(6)}</Dialog></Dialogs>`;
  hub.publish("finesse.info.connection", { status: "recovered", resourceID: "x" });
  await settled();
  assert.deepEqual(kinds(), ["+", "load", "-", "+", "change"]);
  assert.deepEqual(Object.keys(dialogs.getCollection()), ["6"]);
});

test("of requests that nothing became of, a hundred are remembered", async () => {
  const { finesse, asked, tell } = connected();
  const told = [];
  const { ClientServices } = finesse.clientservices;
  for (let at = 0; at < 101; at += 1) {
    ClientServices.restRequest("/finesse/api/x", { method: "PUT", content: { x: at }, error: () => told.push(at) });
  }
  await settled();
  const errors = "<apiErrors><apiError><errorType>x</errorType></apiError></apiErrors>";
  for (const at of [0, 1, 100]) {
    tell(USER, "put", USER, errors, asked[at].headers.requestId);
  }
  assert.deepEqual(told, [1, 100]);
});

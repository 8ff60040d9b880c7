/** What the page does for a gadget: toasters, views, dialogs, tasks; and team messages, logs and reasons by REST. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connected, golden, plain, settled } from "./desk.mjs";

test("a toaster is shown while nobody looks, and closes by itself", () => {
  const { finesse, window } = connected();
  const shown = [];
  const delays = [];
  let clicks = 0;
  let focused = 0;
  window.parent = { focus: () => { focused += 1; } };
  window.setTimeout = (_callback, delay) => delays.push(delay);
  window.Notification = class {
    static permission = "granted";

    constructor(title, options) {
      shown.push([title, options.body]);
    }

    close() {}
  };
  const { FinesseToaster } = finesse.containerservices;
  FinesseToaster.init({ toasterNotificationTimeout: "" });
  assert.equal(FinesseToaster.showToaster("Call", { body: "x" }), undefined, "somebody looks");
  FinesseToaster.showToaster("Call", { body: "anyway", showWhenVisible: true });
  window.document.hasFocus = () => false;
  const toaster = FinesseToaster.showToaster("Call", { body: "y", autoClose: 5, onclick: () => { clicks += 1; } });
  toaster.onclick();
  assert.deepEqual([shown, delays, clicks, focused], [[["Call", "anyway"], ["Call", "y"]], [8000, 5], 1, 1]);
  for (const off of ["0", "-1"]) {
    FinesseToaster.init({ toasterNotificationTimeout: off });
    assert.equal(FinesseToaster.showToaster("Call"), undefined);
  }
  FinesseToaster.init({ toasterNotificationTimeout: "3000" });
  window.Notification.permission = "denied";
  assert.equal(FinesseToaster.showToaster("Call"), undefined);
});

test("a gadget knows its view, and hears of heights and ticks", () => {
  const { finesse, hub } = connected();
  const services = finesse.containerservices.ContainerServices.init();
  assert.equal(services.getMyGadgetView().view, "default");
  const told = [];
  services.addHandler(services.Topics.GADGET_VIEW_CHANGED_EVENT, (event) => told.push([event.getGadgetId(), event.getView()]));
  services.addHandler(services.Topics.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT, (event) => told.push(event.getMaxAvailableHeight()));
  const ticked = (event) => told.push(event.getTickFrequency());
  services.addHandler(services.Topics.TIMER_TICK_EVENT, ticked);
  const view = (gadgetId, name) => ({ gadgetId, tabId: "home", maxAvailableHeight: 500, view: name });
  hub.publish(services.Topics.GADGET_VIEW_CHANGED_EVENT, view("3", "canvas"));
  hub.publish(services.Topics.GADGET_VIEW_CHANGED_EVENT, view("4", "default"));
  hub.publish(services.Topics.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT, { maxAvailableHeight: 400 });
  hub.publish(services.Topics.TIMER_TICK_EVENT, { tickFrequency: 1000, dateQueued: new Date(0) });
  services.removeHandler(services.Topics.TIMER_TICK_EVENT, ticked);
  hub.publish(services.Topics.TIMER_TICK_EVENT, { tickFrequency: 1000, dateQueued: new Date(1) });
  assert.deepEqual(told, [["3", "canvas"], ["4", "default"], 400, 1000]);
  assert.equal(services.getMyGadgetView().view, "canvas");
});

test("dialogs, banners and other addresses are the page's, where there is one", () => {
  const told = [];
  const note = (name) => (...given) => (told.push([name, ...given]), 7);
  const names = ["showDialog", "hideDialog", "showCertificateBanner", "hideCertificateBanner", "modifyGadgetUrl"];
  const Container = Object.fromEntries(names.map((name) => [name, note(name)]));
  const { finesse, published } = connected({ parent: { finesse: { container: { Container, Config: {} } } } });
  const services = finesse.containerservices.ContainerServices;
  services.showDialog({ message: "x" });
  assert.equal(services.showCertificateBanner("callback"), 7);
  services.hideCertificateBanner(7);
  services.reloadMyGadgetFromUrl("/other.xml");
  assert.deepEqual(plain(told), [
    ["showDialog", { message: "x" }],
    ["showCertificateBanner", { id: 3, callback: "callback" }],
    ["hideCertificateBanner", 7],
    ["modifyGadgetUrl", 3, "/other.xml"],
  ]);
  assert.equal(published.at(-1)[1].type, "ReloadGadgetReq");
  const alone = connected({ parent: {} }).finesse.containerservices.ContainerServices;
  assert.equal(alone.showDialog({}), undefined);
});

test("gadgets tell each other which task is worked on", () => {
  const { finesse } = connected();
  const tasks = finesse.containerservices.TaskActivityNotification.init();
  const told = [];
  tasks.registerForTaskNotifications(({ from, taskId, active }) => told.push([from, taskId, active]));
  tasks.requestCurrentTasks();
  tasks.notifyTaskSelection("chat", { taskId: "5", active: true, mediaType: "Chat" });
  assert.deepEqual(told, [["chat", "5", true]]);
});

test("messages to teams are sent, read, heard and removed", async () => {
  const { finesse, asked, tell, published } = connected({
    answers: {
      "/finesse/api/Team/1": golden("team", "/Team/1"),
      "/finesse/api/Team/1/TeamMessages": golden("team_message", "/Team/1/TeamMessages"),
    },
  });
  const team = new finesse.restservices.Team({ id: "1" });
  await settled();
  const told = [];
  const messages = team.getTeamMessages({ onCollectionAdd: (one) => told.push(one.getContent()), onCollectionDelete: (one) => told.push(one.getId()) });
  await settled();
  assert.equal(told[0], "Tea & cake in the kitchen");
  const before = told.length;
  assert.ok(published.some(([, { data }]) => data.node === "/finesse/api/Team/1/TeamMessage"));
  const url = "/finesse/api/TeamMessage/9";
  tell("/finesse/api/Team/1/TeamMessage", "POST", url, `<TeamMessage><id>9</id><content>New</content><uri>${url}</uri></TeamMessage>`);
  const one = messages.getCollection()[9];
  tell("/finesse/api/Team/1/TeamMessage", "DELETE", url, `<TeamMessage><id>9</id><uri>${url}</uri></TeamMessage>`);
  assert.deepEqual(told.slice(before), ["New", "9"]);
  one.deleteTeamMessage();
  new finesse.restservices.TeamMessage({}).createTeamMessage({ content: "a<b", duration: 600, teams: ["1", "2"] });
  assert.deepEqual(asked.slice(-2).map(({ method, path, body }) => [method, path, body]), [
    ["DELETE", url, undefined],
    ["POST", "/finesse/api/TeamMessage", "<TeamMessage><duration>600</duration><content>a&lt;b</content><teams><team>1</team><team>2</team></teams></TeamMessage>"],
  ]);
});

test("a log is sent as its person's; a reason code is looked up", async () => {
  const codes = "/TeamResource/1/ReasonCodes?category=ALL";
  const answers = { "/finesse/api/User/ann": golden("user", "/User/ann"), [`/finesse/api${codes}`]: golden("offered", codes) };
  const { finesse, asked, published } = connected({ answers, prefs: { teamId: "1" } });
  const ann = new finesse.restservices.User({ id: "ann" });
  await settled();
  ann.getClientLog({}).sendLogs("one\ntwo");
  assert.deepEqual([asked.at(-1).path, asked.at(-1).body], ["/finesse/api/User/ann/ClientLog", "<ClientLog><logData>one\ntwo</logData></ClientLog>"]);
  assert.equal(published.at(-1)[1].data.node, "/finesse/api/User/ann/ClientLog");
  const told = [];
  const look = (reasonCodeValue, reasonCodeCategory = "NOT_READY") =>
    finesse.restservices.ReasonCodeLookup.performReasonCodeLookup({
      reasonCodeValue, reasonCodeCategory, success: ({ object }) => told.push(object.ReasonCode.label), error: ({ status }) => told.push(status),
    });
  look(10);
  look(4711);
  look(10, "LOGOUT");
  const lookup = new finesse.restservices.ReasonCodeLookup();
  lookup.lookupReasonCode({ success: ({ id, label, code }) => told.push([id, label, code]) }, "10", "NOT_READY");
  await settled();
  assert.deepEqual(told, ["Meeting", 404, 404, ["16", "Meeting", "10"]]);
});

/** Schemas and their validator, shortcut keys, and devices. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { connected, desk, plain, settled } from "./desk.mjs";

test("what popovers and channels need is said by schemas, which nobody can change for others", () => {
  const { finesse } = desk();
  const { ChannelSchema, PopoverSchema } = finesse.containerservices;
  const { validateJson } = finesse.utilities.JsonValidator;
  const icon = { type: "url", value: "/icon.png" };
  const button = { id: "yes", label: "Yes", type: "Affirm" };
  const cases = [
    [PopoverSchema.getBannerDataSchema, { icon, content: [{ name: "a", value: "b" }] }, { content: [] }, "data has no icon"],
    [PopoverSchema.getTimerDataSchema, { displayTimeoutInSecs: -1, display: false }, { displayTimeoutInSecs: 2, display: false }, "data.displayTimeoutInSecs is none of what is allowed"],
    [PopoverSchema.getTimerDataSchema, { displayTimeoutInSecs: 3600, display: true }, { displayTimeoutInSecs: 3601, display: true }, "data.displayTimeoutInSecs is none of what is allowed"],
    [PopoverSchema.getActionDataSchema, { dismissible: false, clientIdentifier: "x", buttons: [button, button] }, { dismissible: false, clientIdentifier: "x", buttons: [button, button, button] }, "data.buttons has more than 2 items"],
    [ChannelSchema.getChannelConfigSchema, { actionTimeoutInSec: 30, icons: [icon] }, { actionTimeoutInSec: 31, icons: [] }, "data.actionTimeoutInSec is more than 30"],
    [ChannelSchema.getMenuConfigSchema, { label: "x", menuItems: [{ id: "1", label: "a", iconColor: "#fff" }] }, { label: 5, menuItems: [] }, "data.label is not of the type string"],
    [ChannelSchema.getChannelStateSchema, { label: "x", currentState: "y", iconColor: "#fff", enable: true, logoutDisabled: false, iconBadge: "none" }, { label: "x", currentState: "y", iconColor: "#fff", enable: true, logoutDisabled: false, iconBadge: "?" }, 'data.iconBadge is none of "none", "info", "warning", "error"'],
  ]; // prettier-ignore
  for (const [schema, good, bad, fault] of cases) {
    assert.deepEqual(plain(validateJson(good, schema())), { isValid: true, errors: [] });
    const found = validateJson(bad, schema());
    assert.equal(found.isValid, false);
    assert.equal(found.errors[0], fault);
  }
  delete ChannelSchema.getChannelConfigSchema().properties;
  assert.ok(ChannelSchema.getChannelConfigSchema().properties);
});

test("a validator knows types, limits, unknown names, and ends", () => {
  const { validateJson } = desk().finesse.utilities.JsonValidator;
  const of = (data, schema) => plain(validateJson(data, schema).errors);
  assert.deepEqual(of(null, { type: ["string", "null"] }), []);
  assert.deepEqual(of([], { type: "object" }), ["data is not of the type object"]);
  assert.deepEqual(of(1.5, { type: "integer" }), ["data is not of the type integer"]);
  assert.deepEqual(of({ a: 1, b: 2 }, { properties: { a: {} }, additionalProperties: false }), ["data has b, which is unknown"]);
  assert.deepEqual(of("abc", { minLength: 4, maxLength: 2 }), ["data has less than 4 characters", "data has more than 2 characters"]);
  assert.deepEqual(of(JSON.parse('{"__proto__": 1}'), { required: ["toString"] }), ["data has no toString"]);
  const schema = { type: "array" };
  schema.items = schema;
  const value = [];
  value.push(value);
  assert.match(of(value, schema)[0], /nested too deeply/);
});

test("the page is told of shortcuts, and a gadget hears which was pressed and which others have", () => {
  const { finesse, hub, published, window } = desk();
  const service = finesse.shortcutkey.ShortcutKeyService;
  const pressed = [];
  const key = (id, key, modifierKeys) => ({ id, key, modifierKeys, componentName: "Mine", actionName: id, handler: () => pressed.push(id) });
  service.registerShortcutKey([key("a", "b", "alt + CTRL"), key("b", "7", ["shift", "alt"])]);
  assert.deepEqual(plain(published.at(-1)), [
    "finext.shortcuts",
    { gadgetId: 3, topic: "finext.shortcuts.3", keys: [{ id: "a", label: "Mine: a", keys: "Ctrl+Alt+B" }, { id: "b", label: "Mine: b", keys: "Alt+Shift+7" }] },
  ]);
  service.registerShortcutKey([
    { ...key("c", "e"), handler: undefined, callback: () => pressed.push("c"), executionScope: service.CONSTANTS.EXECUTION_SCOPE.ACTIVE_FRAME },
    { ...key("d", "f", service.CONSTANTS.MODIFIER_KEYS.CTRL_ALT), executionScope: "activeTab" },
    key("e", "g", "ctrlKey + shiftKey"),
  ]);
  assert.deepEqual(plain(published.at(-1)[1].keys.slice(2).map(({ keys }) => keys)), ["Ctrl+Shift+E", "Ctrl+Alt+F", "Ctrl+Shift+G"]);
  for (const width of [0, 800]) {
    window.innerWidth = width;
    hub.publish("finext.shortcuts.3", { id: "d" });
  }
  assert.deepEqual(pressed.splice(0), ["d"], "once, when its tab is shown");
  window.document.hasFocus = () => false;
  hub.publish("finext.shortcuts.3", { id: "c" });
  assert.deepEqual(pressed.splice(0), [], "nobody types into it");
  window.document.hasFocus = () => true;
  hub.publish("finext.shortcuts.3", { id: "c" });
  assert.deepEqual(pressed.splice(0), ["c"]);
  hub.publish("finext.shortcuts.3", { id: "b" });
  hub.publish("finext.shortcuts.3", { id: "nothing" });
  hub.publish("finext.shortcuts.3", { conflicts: ["a", "nothing"] });
  assert.deepEqual(pressed, ["b"]);
  assert.deepEqual(plain(service.getShortcutKeys().slice(0, 2).map(({ accessKey, conflict }) => [accessKey, conflict])), [["Ctrl+Alt+B", true], ["Alt+Shift+7", false]]);
  for (const wrong of [{}, key("x", "F5"), { ...key("x", "x"), handler: "alert(1)" }]) {
    assert.throws(() => service.registerShortcutKey([wrong]), /A shortcut has an id/);
  }
});

test("the phones of somebody's extension are asked for", async () => {
  const answers = {
    "/finesse/api/User/ann": "<User><extension>10#1</extension></User>",
    "/finesse/api/Devices?extension=10%231": "<Devices><Device><deviceId>SEP1</deviceId></Device></Devices>",
  };
  const { finesse } = connected({ answers });
  const user = new finesse.restservices.User({ id: "ann" });
  await settled();
  const told = [];
  user.getDevices({ success: ({ object }) => told.push(plain(object)), error: ({ status }) => told.push(status) });
  await settled();
  assert.deepEqual(told, [{ Devices: { Device: { deviceId: "SEP1" } } }]);
});

test("a browser without a database says so to who wants to keep something", async () => {
  const { DesktopCache } = desk().finesse.utilities;
  const told = [];
  DesktopCache.fetchData("a", (error, data) => told.push([Boolean(error), data]));
  DesktopCache.clearData();
  await settled();
  assert.deepEqual(told, [[true, undefined]]);
});

test("what a medium's sign-in may be given is known, in upper or lower case", () => {
  const { DialogLogoutActions, InterruptActions } = desk().finesse.restservices;
  assert.deepEqual([InterruptActions.ACCEPT, DialogLogoutActions.TRANSFER], ["ACCEPT", "TRANSFER"]);
  const valid = ["ACCEPT", "ignore", "CLOSE", "", undefined, "isValidAction"].map((one) => InterruptActions.isValidAction(one));
  assert.deepEqual(valid, [true, true, false, false, false, false]);
  assert.ok(DialogLogoutActions.isValidAction("close"));
});

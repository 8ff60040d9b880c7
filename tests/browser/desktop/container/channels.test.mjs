/** `container/channels.js` and `popovers.js`: what gadgets put into the header, and over the page. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ALL_READY, Channels, MAX_CHANNELS, MAX_ITEMS } from "../../../../finesse_tx/desktop/page/container/channels.js";
import { MAX_POPOVERS, Popovers } from "../../../../finesse_tx/desktop/page/container/popovers.js";
import { pageHub } from "./page-hub.mjs";

const DATA = {
  menuConfig: { label: "Chat", menuItems: [{ id: "ready", label: "Ready", iconColor: "#2CB14C" }, { id: "off", label: "Off" }] },
  channelConfig: { actionTimeoutInSec: 5, icons: [{ type: "collab-icon", value: "chat" }] },
  channelState: { label: "Chat", currentState: "ready", iconColor: "#2CB14C", enable: true, logoutDisabled: false, iconBadge: "info", isAgentReady: true },
};

function channels() {
  const { hub, gadget } = pageHub();
  const timers = [];
  const made = new Channels(hub, new AbortController().signal, (then, ms) => timers.push([then, ms]));
  let changes = 0;
  made.addEventListener("change", () => { changes += 1; });
  const one = gadget("one", "finext.nv.*");
  const say = (action, data, id = "1/chat", requestId = "r") => one.publish("finext.nv", { id, topic: `finext.nv.${id}`, requestId, action, data });
  return { made, one, say, timers, changes: () => changes };
}

test("a channel is added, changed in parts and removed; each is answered on its topic", () => {
  const { made, one, say, changes } = channels();
  say("ADD", DATA);
  const [{ id, menu, config, state }] = made.all;
  assert.deepEqual([id, menu.label, menu.menuItems[1].iconColor, config.timeoutS, state.badge, state.isReady], ["1/chat", "Chat", "", 5, "info", true]);
  say("UPDATE", { channelState: { ...DATA.channelState, label: "Busy", logoutDisabled: true, logoutDisabledText: "First end your chats", iconColor: "red;}" } });
  assert.deepEqual([made.all[0].state.label, made.all[0].state.iconColor, made.all[0].menu.label, made.signOutBlocked], ["Busy", "", "Chat", "First end your chats"]);
  say("ADD", DATA);
  assert.deepEqual([made.all.length, made.signOutBlocked], [1, ""], "a gadget that loads again adds it again");
  say("REMOVE", {});
  assert.deepEqual([made.all, one.heard.map(({ requestId, status }) => [requestId, status]), changes()], [[], Array(4).fill(["r", "success"]), 4]);
});

test("what is not as it must be is refused with a reason, and nothing changes", () => {
  const { made, one, say, changes } = channels();
  say("ADD", { ...DATA, channelState: undefined });
  for (const actionTimeoutInSec of [0, 31, "x"]) {
    say("ADD", { ...DATA, channelConfig: { ...DATA.channelConfig, actionTimeoutInSec } });
  }
  say("ADD", { ...DATA, menuConfig: { menuItems: Array(MAX_ITEMS + 1).fill({ id: "x" }) } });
  say("UPDATE", {});
  say("REMOVE", {});
  say("SHOUT", {});
  assert.deepEqual(one.heard.map(({ status, error }) => [status, error.errorCode]), Array(8).fill(["failure", "400"]));
  one.publish("finext.nv", { id: "1/chat", topic: "finesse.info.connection", requestId: "r", action: "ADD", data: DATA });
  one.publish("finext.nv", null);
  assert.deepEqual([one.heard.length, made.all, changes()], [8, [], 0]);
  for (let number = 0; number <= MAX_CHANNELS; number += 1) {
    say("ADD", DATA, `1/${number}`);
  }
  assert.deepEqual([made.all.length, one.heard.at(-2).status, one.heard.at(-1).status], [MAX_CHANNELS, "success", "failure"]);
});

test("a choice goes to the channel's gadget, which says what became of it, or does not in time", () => {
  const { made, one, say, timers } = channels();
  say("ADD", DATA);
  say("ADD", { ...DATA, channelState: { ...DATA.channelState, enable: false } }, "1/off");
  one.heard.length = 0;
  made.selectAll(ALL_READY);
  made.select("1/chat", "off");
  made.select("nobody", "off");
  assert.deepEqual(one.heard.map(({ id, selection }) => [id, selection]), [["1/chat", ALL_READY]], "one choice at a time, of who can");
  const { requestId } = one.heard[0];
  one.publish("finext.nv", { id: "1/chat", requestId: "another", status: "success" });
  assert.equal(made.all[0].chosen, requestId);
  one.publish("finext.nv", { id: "1/chat", requestId, status: "failure", error: { errorCode: "1", errorDesc: "No" } });
  assert.deepEqual([made.all[0].chosen, made.all[0].error], ["", "No"]);
  made.select("1/chat", "off");
  assert.equal(timers[1][1], 5000);
  timers[0][0]();
  assert.notEqual(made.all[0].chosen, "", "the first choice's time is not the second's");
  timers[1][0]();
  assert.deepEqual([made.all[0].chosen, made.all[0].error], ["", "408"]);
  made.select("1/chat", "ready");
  one.publish("finext.nv", { id: "1/chat", requestId: one.heard.at(-1).requestId, status: "success" });
  assert.equal(made.all[0].error, "");
});

function popovers() {
  const { hub, gadget } = pageHub();
  const clocks = [];
  const leaving = new AbortController();
  let now = 1000;
  const later = (then, ms) => {
    const clock = { then, ms, isStopped: false };
    clocks.push(clock);
    return () => { clock.isStopped = true; };
  };
  const made = new Popovers(hub, leaving.signal, { now: () => now, later });
  const one = gadget("one", "finext.popover.*");
  const say = (action, data, id = "p") => one.publish("finext.popover", { id, topic: `finext.popover.${id}`, action, data });
  return { made, one, say, clocks, leaving, at: (ms) => { now = ms; } };
}

const BANNER = { icon: { type: "collab-icon", value: "chat" }, content: Array.from({ length: 8 }, (_, index) => ({ name: `n${index}`, value: index })), headerContent: { maxHeaderTitle: "Chat from Bob", minHeaderTitle: "Bob" } };

test("a popover is shown, changed, answered; the gadget hears how, once", () => {
  const { made, one, say, clocks } = popovers();
  say("show", {
    bannerData: BANNER,
    timerData: { displayTimeoutInSecs: 2, display: true, counterType: "COUNT_DOWN" },
    actionData: { dismissible: false, buttons: [{ id: "yes", label: "Answer", type: "Affirm" }, { id: "no", label: "No", type: "Decline", confirmButtons: [{ id: "sure", label: "Sure" }] }, { id: "third" }], keepMaximised: true },
  });
  const [shown] = made.all;
  assert.deepEqual(
    [shown.title, shown.shortTitle, shown.rows.length, shown.rows[5], shown.timeoutS, shown.counter, shown.isDismissible, shown.buttons.map(({ id, isAffirming, confirm }) => [id, isAffirming, confirm.length]), shown.staysLarge, shown.beganMs],
    ["Chat from Bob", "Bob", 6, { name: "n5", value: "5" }, 3, "COUNT_DOWN", false, [["yes", true, 0], ["no", false, 1]], true, 1000],
  );
  say("update", { bannerData: { ...BANNER, headerContent: { maxHeaderTitle: "Now Ann" } } });
  assert.deepEqual([made.all[0].title, clocks.length, clocks[0].ms], ["Now Ann", 1, 3000]);
  made.close("p", "btn_yes_click");
  made.close("p", "dismissed");
  assert.deepEqual([one.heard, made.all, clocks[0].isStopped], [[{ id: "p", source: "btn_yes_click" }], [], true]);
});

test("it goes when its time is over, or when the gadget takes it away; −1 is for ever", () => {
  const { made, one, say, clocks, at } = popovers();
  say("show", { bannerData: BANNER, timerData: { displayTimeoutInSecs: 30 } }, "a");
  say("show", { bannerData: BANNER, timerData: { displayTimeoutInSecs: -1 } }, "b");
  assert.deepEqual([clocks.length, made.all.map(({ counter, isDismissible }) => [counter, isDismissible])], [1, [["", true], ["", true]]]);
  at(5000);
  say("update", { timerData: { displayTimeoutInSecs: 9000 } }, "a");
  assert.deepEqual([clocks[0].isStopped, clocks[1].ms, made.all[0].beganMs], [true, 3_600_000, 5000]);
  clocks[1].then();
  say("dismiss", {}, "b");
  assert.deepEqual([one.heard, made.all], [[{ id: "a", source: "timeout" }], []]);
  for (const wrong of [null, {}, { id: "x", topic: "finesse.info.connection", action: "show" }]) {
    one.publish("finext.popover", wrong);
  }
  say("update", { bannerData: BANNER }, "gone");
  assert.deepEqual(made.all, []);
});

test("of too many the oldest goes, and nothing runs on when the page goes", () => {
  const { made, one, say, clocks, leaving } = popovers();
  for (let number = 0; number <= MAX_POPOVERS; number += 1) {
    say("show", { bannerData: BANNER, timerData: { displayTimeoutInSecs: 10 } }, `p${number}`);
  }
  assert.deepEqual([made.all.length, made.all[0].id, one.heard], [MAX_POPOVERS, "p1", [{ id: "p0", source: "dismissed" }]]);
  leaving.abort();
  assert.ok(clocks.every(({ isStopped }) => isStopped));
});

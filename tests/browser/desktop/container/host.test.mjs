/** `container/host.js`, `surroundings.js` and `contract.js`: frames and their services, and what gadgets reach in the page. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { offer } from "../../../../finesse_tx/desktop/page/container/contract.js";
import { GadgetHost, LATE_MS, RENEW_MS } from "../../../../finesse_tx/desktop/page/container/host.js";
import { BURST, PATIENCE } from "../../../../finesse_tx/desktop/page/container/call-pace.js";
import { BEAT_MS } from "../../../../finesse_tx/desktop/page/container/pulse.js";
import { surroundings } from "../../../../finesse_tx/desktop/page/container/surroundings.js";
import { settled } from "./page-hub.mjs";

const URL_1 = "https://fin.example:8445/3rdpartygadget/files/A/a.xml";
const URL_2 = "https://fin.example:8445/3rdpartygadget/files/B/b.xml";

function host(answers = () => ({ token: "t" }), openAjax = {}) {
  const services = new Map();
  const called = [];
  const configured = {};
  const rpc = {
    register: (name, serve) => services.set(name, serve),
    unregister: (name) => services.delete(name),
    registerDefault: (serve) => services.set("*", serve),
    unregisterDefault: () => services.delete("*"),
    call: (...given) => called.push(given),
    config: (given) => Object.assign(configured, given),
  };
  const lines = [];
  const timers = [];
  let written = 0;
  const leaving = new AbortController();
  const made = new GadgetHost({
    openAjax,
    rpc,
    hub: {},
    around: () => ({ host: "fin.example", hostPort: "8445", scheme: "https", id: "ann", language: "en", country: "US" }),
    held: {},
    kept: { get: () => ({ colour: "red" }) },
    ask: async (method, path) => answers(method, path),
    log: (line) => lines.push(line),
    written: () => { written += 1; },
    every: (then, ms) => timers.push([then, ms]),
    now: () => 0,
    signal: leaving.signal,
  });
  const frame = (mid, url = URL_1) => {
    const done = [];
    const note = (name) => (...given) => done.push([name, ...given]);
    const one = { mid, url, done, gadget: { mid, url } };
    for (const name of ["resize", "widen", "setTitle", "keepPrefs", "navigate", "indicate", "failed", "reload", "awake", "end"]) {
      one[name] = note(name);
    }
    made.add(one);
    return one;
  };
  return { made, services, called, configured, lines, timers, frame, leaving, written: () => written };
}

test("the services of rpc find the gadget by its frame, and by nothing that it says", () => {
  const { made, services, lines, frame, leaving } = host();
  const one = frame(1);
  const two = frame(2);
  const call = (name, ...given) => services.get(name).call({ f: "finesse_gadget_1", s: name }, ...given);
  call("resize_iframe", "300", "finesse_gadget_2");
  call("resize_iframe_width", 400);
  call("set_title", "x".repeat(300));
  call("set_pref", "token", "a", 1, "b", "2", "odd");
  call("requestNavigateTo", "canvas", {}, 2);
  call("requestNavigateTo", { name: "home" });
  call("loading_indicator", "show", 5);
  call("gadget_error", "oh", true);
  call("gadget_error", "oh");
  assert.deepEqual(one.done, [
    ["resize", 300], ["widen", 400], ["setTitle", "x".repeat(200)], ["keepPrefs", { a: "1", b: "2" }], ["navigate", "canvas"], ["navigate", "home"],
    ["indicate", "show", 5], ["failed", "oh", true], ["failed", "oh", false],
  ]);
  services.get("resize_iframe").call({ f: "stranger" }, 1);
  made.remove(one);
  call("resize_iframe", 1);
  services.get("*").call({ s: "odd", f: "finesse_gadget_2" });
  assert.deepEqual([one.done.length, two.done, lines], [9, [], ["finesse_gadget_2 calls odd, which is not served"]]);
  assert.deepEqual([made.frame(2), made.frame(1), made.frameOf({ getClientID: () => "finesse_gadget_2" })], [two, undefined, two]);
  leaving.abort();
  assert.deepEqual([...services.keys()], []);
});

test("gadgets speak on channels as who their frames are, until they are gone", () => {
  const { made, services, called, frame } = host();
  const one = frame(1);
  frame(2, URL_2);
  const say = (mid, ...given) => services.get("pubsub").call({ f: `finesse_gadget_${mid}`, s: "pubsub" }, ...given);
  say(1, "subscribe", "weather");
  say(2, "publish", "weather", "sun");
  say("stranger", "publish", "weather", "hail");
  assert.deepEqual(called, [["finesse_gadget_1", "pubsub", null, "weather", URL_2, "sun"]]);
  made.remove(one);
  say(2, "publish", "weather", "rain");
  assert.equal(called.length, 1);
});

test("a frame's address has a token and where the gadget is rendered; without a token it is shown all the same", async () => {
  const asked = [];
  const { made, lines, written } = host((method, path) => {
    asked.push([method, path]);
    return path.includes("far") ? { token: "f", origin: "https://fin.example:8446", dev: true } : Promise.reject(new Error("403"));
  });
  const far = await made.address({ mid: 3, attributes: {}, tab: "" }, "https://far/a b.xml", false);
  assert.deepEqual(asked, [["GET", "/gadgets/token?gadget=https%3A%2F%2Ffar%2Fa%20b.xml&mid=3"]]);
  assert.equal(far.origin, "https://fin.example:8446");
  assert.match(far.uri, /^https:\/\/fin\.example:8446\/gadgets\/ifr\?container=default&mid=3&.*&up_colour=red&url=https%3A%2F%2Ffar%2Fa%20b\.xml#st=f$/);
  assert.equal(written(), 1);
  const near = await made.address({ mid: 4, attributes: {}, tab: "" }, URL_1, true);
  assert.deepEqual([near.origin, near.uri.startsWith("/gadgets/ifr?"), near.uri.includes("#"), lines], ["", true, false, ["gadget 4 gets no token: Error: 403"]]);
});

test("a gadget that is late is said to be so, and is there when it comes all the same", () => {
  let made;
  class IframeContainer {
    constructor(hub, id, params) {
      made = { id, ...params };
    }
  }
  const { made: gadgets, lines } = host(undefined, { hub: { IframeContainer, SecurityAlert: { LoadTimeout: "late", ForgedMsg: "forged" } } });
  const told = [];
  const note = (name) => () => told.push(name);
  gadgets.open(5, { parent: "box", uri: "/u", attributes: { title: "T" }, late: note("late"), connected: note("connected"), loaded: note("loaded") });
  assert.deepEqual([made.id, made.IframeContainer.timeout, made.IframeContainer.parent, made.IframeContainer.iframeAttrs], ["finesse_gadget_5", LATE_MS, "box", { title: "T" }]);
  made.IframeContainer.onGadgetLoad();
  made.Container.onSecurityAlert(null, "forged");
  made.Container.onSecurityAlert(null, "late");
  made.Container.onConnect();
  assert.deepEqual([told, lines], [["loaded", "late", "connected"], ["gadget 5: forged", "gadget 5: late"]]);
});

test("tokens are made anew in time, and gadgets whose files have changed are loaded again", async () => {
  let number = 0;
  const { made, called, timers, frame } = host(() => ({ token: `t${(number += 1)}` }));
  const one = frame(1);
  const two = frame(2, "https://crm.example/3rdpartygadget/files/A/a.xml");
  const [[renew, ms]] = timers;
  assert.ok(ms === RENEW_MS && ms < 3_600_000);
  renew();
  await settled();
  assert.deepEqual(called, [["finesse_gadget_1", "update_security_token", null, "t1"], ["finesse_gadget_2", "update_security_token", null, "t2"]]);
  made.changed(["/3rdpartygadget/files/B/"]);
  made.changed(["/3rdpartygadget/files/A/", "/3rdpartygadget/files/"]);
  assert.deepEqual([one.done, two.done], [[["reload", { isFresh: true }]], []]);
});

test("who calls the page without end is heard no more, and ended; the others are heard, and so is who is loaded again", () => {
  const { made, configured, lines, frame, leaving } = host();
  const one = frame(1);
  frame(2);
  const call = (mid) => configured.arbitrator("openajax.pubsub", `finesse_gadget_${mid}`);
  const called = Array.from({ length: BURST + PATIENCE + 9 }, () => call(1));
  assert.deepEqual([called[0], called.at(-1), call(2), call("stranger")], [true, false, true, true]);
  assert.deepEqual(one.done, [["end"]]);
  assert.deepEqual(lines, ["finesse_gadget_1 calls the page too often, and is not heard"]);
  made.renew(one);
  assert.equal(call(1), true);
  leaving.abort();
  assert.equal(configured.arbitrator(), true);
});

test("gadgets of another origin are asked whether they are there", () => {
  const { called, timers, frame } = host();
  Object.assign(frame(1), { isForeign: true, isOnHub: true });
  Object.assign(frame(2), { isForeign: false, isOnHub: true });
  const [beat] = timers.find(([, ms]) => ms === BEAT_MS);
  beat();
  assert.deepEqual(called.map(([id, service]) => [id, service]), [["finesse_gadget_1", "are_you_there"]]);
});

test("where gadgets are: the browser's address, the person, the layout's settings, texts all", () => {
  const given = {
    me: { loginId: "ann", extension: 1001, teamId: 1, teamName: "A" },
    systemInfo: { xmppDomain: "d", xmppPubSubDomain: "pubsub.d", systemAuthMode: "HYBRID", deploymentType: "UCCX", primaryNode: { host: "n1" } },
    settings: { dropParticipant: "all" },
    location: { protocol: "https:", hostname: "fin.example", port: "" },
    language: "en",
    driftMs: -12.6,
  };
  const { id, extension, host: name, hostPort, restHost, systemAuthMode, localhostFQDN, clientDriftInMillis, dropParticipant, country, mobileAgentMode } =
    surroundings(given);
  assert.deepEqual(
    [id, extension, name, hostPort, restHost, systemAuthMode, localhostFQDN, clientDriftInMillis, dropParticipant, country, mobileAgentMode],
    ["ann", "1001", "fin.example", "443", "fin.example", "NON_SSO", "n1", "-13", "all", "US", ""],
  );
  const french = surroundings({ ...given, language: "fr_CA", systemInfo: { systemAuthMode: "SSO" }, location: { protocol: "http:", hostname: "h", port: "8082" } });
  assert.deepEqual(
    [french.language, french.country, french.hostPort, french.scheme, french.systemAuthMode, french.localhostFQDN],
    ["fr", "CA", "8082", "http", "SSO", "h"],
  );
  assert.equal(surroundings({ ...given, language: "fr" }).country, "FR");
});

test("what gadgets reach in the page is there as long as somebody is signed in", () => {
  const done = [];
  const note = (name, answer) => (...given) => { done.push([name, ...given]); return answer; };
  const page = {
    activeTab: () => "home", activateTab: note("activateTab", true), showDialog: note("showDialog", "dialog"), hideDialog: note("hideDialog"),
    reload: note("reload"), modifyUrl: note("modifyUrl"), showBanner: note("showBanner", "b1"), hideBanner: note("hideBanner"),
  };
  const window = {};
  const leaving = new AbortController();
  offer(window, page, () => ({ systemAuthMode: "NON_SSO" }), leaving.signal);
  const { Config, Container, Tabs } = window.finesse.container;
  const closed = () => {};
  assert.deepEqual(
    [Config.systemAuthMode, Tabs.getActiveTab(), Tabs.activateTab("x"), Container.showDialog(), Container.showCertificateBanner({ id: "3", callback: closed })],
    ["NON_SSO", "home", true, "dialog", "b1"],
  );
  Container.hideDialog();
  Container.reloadGadget("3");
  Container.modifyGadgetUrl("3", "/a.xml");
  Container.hideCertificateBanner("b1");
  assert.deepEqual(done, [
    ["activateTab", "x"], ["showDialog", {}], ["showBanner", 3, closed], ["hideDialog"], ["reload", 3], ["modifyUrl", 3, "/a.xml"], ["hideBanner", "b1"],
  ]);
  leaving.abort();
  assert.deepEqual(window, {});
});

/** `container/prefs.js`, `kept-prefs.js` and `start-queue.js`: what gadgets are told, what they keep, and when they start. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { KeptHeights, MAX_HEIGHTS } from "../../../../finesse_tx/desktop/page/container/kept-heights.js";
import { KeptPrefs, MAX_GADGETS, MAX_KEPT } from "../../../../finesse_tx/desktop/page/container/kept-prefs.js";
import { frameAddress, prefsOf } from "../../../../finesse_tx/desktop/page/container/prefs.js";
import { AT_ONCE, PATIENCE_MS, StartQueue } from "../../../../finesse_tx/desktop/page/container/start-queue.js";

const AROUND = { id: "ann b", country: "US", language: "en", host: "fin.example", hostPort: "8445", scheme: "https", extension: "1001", teamName: "A&B" };

const gadget = (more = {}) => ({ mid: 7, url: "https://crm.example/g.xml?a=1&b=x%20y", tab: "home", attributes: {}, ...more });

/** The parameters of a 12.6 desktop, as gadgets.md §4.1 has them. */
const WIRE =
  "container mid nocache country lang view refresh up_id up_order up_urlPrefs up_country up_language up_locale up_host up_hostPort " +
  "up_extension up_xmppDomain up_pubsubDomain up_restHost up_mobileAgentMode up_mobileAgentDialNumber up_scheme up_localhostFQDN " +
  "up_localhostPort up_teamId up_teamName up_systemAuthMode up_compatibilityMode up_toasterNotificationTimeout up_navItemRoute " +
  "up_speechRecognitionHighlights up_cceSkillTargetId up_enableDropParticipantFor up_dropParticipant up_CCDContainer " +
  "up_externalServerHost up_deploymentType up_peripheralId up_messages up_gadgetInfo";

test("the address of a frame has a 12.6 desktop's parameters in their order, then ours, the attributes and the URL", () => {
  const one = gadget({ attributes: { maxRows: "5", id: "mine", host: "evil" } });
  const prefs = prefsOf(one, AROUND, one.url, { colour: "ü&=", scheme: "ftp" });
  const address = frameAddress({ mid: 7, url: one.url, prefs, token: "g1.a=.b" });
  const { pathname, searchParams, hash } = new URL(address, "https://fin.example");
  assert.deepEqual([pathname, hash], ["/gadgets/ifr", "#st=g1.a%3D.b"]);
  assert.equal(
    [...searchParams.keys()].join(" "),
    `${WIRE} up_routeName up_clientDriftInMillis up_notificationConnectionType up_maxRows up_colour url`,
  );
  const get = (name) => searchParams.get(name);
  assert.deepEqual(
    ["mid", "nocache", "lang", "up_id", "up_order", "up_urlPrefs", "up_locale", "up_host", "up_scheme", "up_routeName", "up_externalServerHost", "up_xmppDomain", "url"].map(get),
    ["7", "0", "en", "ann b", "7", '{"a":"1","b":"x y"}', "en_US", "fin.example", "https", "home", "crm.example", "", one.url],
  );
  assert.ok(address.includes("up_id=ann%20b&"), "a space is no plus sign, for gadgets that decode by themselves");
  assert.equal(prefsOf(one, AROUND, "https://fin.example:8445/3rdpartygadget/files/a.xml").get("externalServerHost"), "");
  const fresh = frameAddress({ mid: 7, url: one.url, prefs, token: "", origin: "https://fin.example:8446", isFresh: true });
  assert.match(fresh, /^https:\/\/fin\.example:8446\/gadgets\/ifr\?container=default&mid=7&nocache=1&[^#]*$/);
});

/** What a browser keeps. */
function storage(room = Infinity) {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (value.length > room) {
        throw new Error("full");
      }
      kept.set(key, value);
    },
  };
}

test("preferences are kept by person and gadget; the query does not make another gadget of it", () => {
  const kept = storage();
  const ann = new KeptPrefs(kept, "ann");
  assert.equal(ann.set("https://a/g.xml?x=1", { colour: "red" }), true);
  assert.equal(ann.set("https://a/g.xml?x=2", { size: "3" }), true);
  assert.deepEqual(new KeptPrefs(kept, "ann").get("https://a/g.xml#f"), { colour: "red", size: "3" });
  assert.deepEqual([ann.get("https://a/h.xml"), new KeptPrefs(kept, "bob").get("https://a/g.xml")], [{}, {}]);
  kept.setItem("finesse-tx.prefs.ann", "{");
  assert.deepEqual(ann.get("https://a/g.xml"), {});
});

test("too much is not kept, of too many gadgets the oldest is forgotten, and a full storage is no error", () => {
  const ann = new KeptPrefs(storage(), "ann");
  const room = MAX_KEPT - JSON.stringify({ a: "" }).length;
  assert.equal(ann.set("/g", { a: "x".repeat(room) }), true);
  assert.equal(ann.set("/g", { a: "x".repeat(room + 1) }), false);
  assert.equal(ann.get("/g").a.length, room);
  for (let one = 1; one <= MAX_GADGETS - 1; one += 1) {
    ann.set(`/${one}`, { n: "1" });
  }
  assert.notDeepEqual(ann.get("/g"), {});
  ann.set("/last", { n: "1" });
  assert.deepEqual([ann.get("/g"), ann.get("/1")], [{}, { n: "1" }]);
  assert.equal(new KeptPrefs(storage(3), "ann").set("/g", { a: "b" }), false);
});

test("heights are kept for the next page, so many of them", () => {
  const kept = storage();
  const heights = new KeptHeights(kept);
  assert.equal(heights.get("1 /a.xml"), 0);
  for (let gadget = 0; gadget <= MAX_HEIGHTS; gadget += 1) {
    heights.set(`${gadget}`, 100 + gadget);
  }
  heights.set("1", 50);
  const next = new KeptHeights(kept);
  assert.deepEqual([next.get("0"), next.get("1"), next.get("2"), next.get(`${MAX_HEIGHTS}`)], [0, 50, 102, 100 + MAX_HEIGHTS]);
  kept.setItem("finesse-tx.heights", '[3, ["x", "y"]]');
  assert.equal(new KeptHeights(kept).get("x"), 0);
  kept.setItem("finesse-tx.heights", "{");
  assert.equal(new KeptHeights(kept).get("1"), 0);
  new KeptHeights(storage(1)).set("1", 7);
});

test("a few start at once, those that are seen first, and one that hangs keeps the others only for a while", async () => {
  const started = [];
  const ends = new Map();
  const timers = [];
  const queue = new StartQueue((then, ms) => timers.push([then, ms]));
  const one = (name, isSeen) => ({
    isSeen: () => isSeen,
    start() {
      started.push(name);
      return new Promise((done, failed) => ends.set(name, { done, failed }));
    },
  });
  const names = Array.from({ length: AT_ONCE }, (_, index) => `hidden ${index}`);
  const gone = one("gone", true);
  [...names.map((name) => one(name, false)), one("hidden last", false), one("seen", true), gone].forEach((each) => queue.add(each));
  queue.drop(gone);
  await Promise.resolve();
  assert.deepEqual(started, ["seen", ...names.slice(0, -1)]);
  assert.equal(queue.waiting, 2);
  ends.get("seen").failed(new Error("no"));
  await new Promise(setImmediate);
  assert.deepEqual(started.slice(AT_ONCE), [names.at(-1)], "a failure makes room");
  assert.equal(timers[1][1], PATIENCE_MS);
  timers[1][0]();
  assert.deepEqual(started.slice(AT_ONCE), [names.at(-1), "hidden last"], "and so does one that takes too long");
  ends.get(names[0]).done();
  await new Promise(setImmediate);
  queue.add(one("next", false));
  await new Promise(setImmediate);
  assert.equal(started.at(-1), "hidden last", "which makes room once");
});

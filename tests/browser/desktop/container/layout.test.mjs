/** `container/layout.js` and `gadget-url.js`: a finesseLayout as somebody's desktop. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { alternates, gadgetUrl, withTokens } from "../../../../finesse_tx/desktop/page/container/gadget-url.js";
import { MAX_GADGETS, readLayout } from "../../../../finesse_tx/desktop/page/container/layout.js";

const { DOMParser } = createRequire(new URL("../../../js/package.json", import.meta.url))("@xmldom/xmldom");

const ANN = { loginId: "ann b", teamName: "Sales & Co", teams: ["Sales & Co", "Ops"], origin: "https://fin.example:8445" };

const NS = 'xmlns="http://www.cisco.com/vtg/finesse"';

const parsed = (xml) => new DOMParser().parseFromString(xml, "text/xml").documentElement;

const layout = (inner, role = "Agent") => parsed(`<finesseLayout ${NS}><layout><role>${role}</role>${inner}</layout></finesseLayout>`);

const tab = (id, gadgets) => `<tab><id>${id}</id><label>L ${id}</label><gadgets>${gadgets}</gadgets></tab>`;

const keys = (plan) => plan.faults.map(({ where, key, what }) => [where, key.replace("gadgets.layout.", ""), what]);

test("a layout of 12.6: configs, header, page, tabs with columns, numbers in the order of the document", () => {
  const plan = readLayout(
    parsed(`<finesseLayout ${NS}><version>1252.02</version>
      <configs><config key="title" value="Ours"/><config key="nobodyKnows" value="1"/></configs>
      <header><leftAlignedColumns><headercolumn width="300px"><component id="cd-logo"><url>/desktop/scripts/js/logo.js</url></component></headercolumn>
        <headercolumn width="20%"><gadget>/3rdpartygadget/files/h.xml</gadget></headercolumn></leftAlignedColumns>
        <rightAlignedColumns><headercolumn width="50px"><component id="chat"><url>/desktop/scripts/js/chat.component.js</url></component></headercolumn></rightAlignedColumns></header>
      <layout><role>Agent</role><page><gadget>/desktop/scripts/js/callcontrol.js</gadget></page><tabs>
        <tab><id>home</id><icon>home</icon><label>finesse.container.tabs.agent.homeLabel</label><columns>
          <column><gadgets><gadget maxRows="5">/desktop/scripts/js/queueStatistics.js</gadget></gadgets></column>
          <column><gadgets><gadget id="x" hidden="true" colour="red">
             /3rdpartygadget/files/X/x.xml?mrdid=5000&amp;url=https%3A%2F%2Fa
          </gadget></gadgets></column></columns></tab>
        <tab><id>empty</id><icon>/3rdpartygadget/files/i.png</icon><label>Empty</label></tab></tabs></layout>
      <layout><role>Supervisor</role></layout></finesseLayout>`),
    "Agent",
    ANN,
  );
  assert.deepEqual(plan.faults, []);
  assert.deepEqual([plan.version, plan.configs], ["1252.02", { title: "Ours", nobodyKnows: "1" }]);
  assert.deepEqual(plan.left.map((one) => [one.width, one.element, one.gadget?.url]), [
    ["300px", "desk-logo", undefined],
    ["20%", null, "https://fin.example:8445/3rdpartygadget/files/h.xml"],
  ]);
  assert.deepEqual(plan.right, [], "there is no chat");
  assert.deepEqual(plan.page.map((one) => [one.mid, one.builtin, one.tab]), [[2, "call-control", ""]]);
  assert.deepEqual(plan.tabs.map((one) => [one.id, one.icon, one.label, one.columns.length]), [
    ["home", "", "finesse.container.tabs.agent.homeLabel", 2],
    ["empty", "https://fin.example:8445/3rdpartygadget/files/i.png", "Empty", 1],
  ]);
  const [[queues], [gadget]] = plan.tabs[0].columns;
  assert.deepEqual([queues.mid, queues.builtin, queues.attributes], [3, "queue-statistics", { maxRows: "5" }]);
  assert.deepEqual(
    [gadget.mid, gadget.id, gadget.url, gadget.isHidden, gadget.attributes, gadget.tab],
    [4, "x", "https://fin.example:8445/3rdpartygadget/files/X/x.xml?mrdid=5000&url=https%3A%2F%2Fa", true, { id: "x", hidden: "true", colour: "red" }, "home"],
  );
});

test("layouts of before 12.0 have the stock header, and their names for what is built in", () => {
  const old = '<page><gadget>/desktop/gadgets/CallControl.jsp</gadget></page><tabs><tab><id>home</id><label>H</label><columns><column><gadgets><gadget>https://localhost/desktop/gadgets/TeamPerformance.xml</gadget><gadget>/desktop/gadgets/QueueStatistics.jsp</gadget></gadgets></column></columns></tab></tabs>';
  const plan = readLayout(layout(old, "Supervisor"), "Supervisor", ANN);
  assert.deepEqual(plan.faults, []);
  assert.deepEqual(plan.gadgets.map((one) => one.builtin), ["call-control", "team-performance", "queue-statistics"]);
  assert.deepEqual(plan.left.map((one) => one.element), ["desk-logo", "voice-state", "digital-channels"]);
  assert.deepEqual(plan.right.map((one) => one.element), ["team-messages", "call-dialer", "identity-menu"]);
});

test("gadgets are tabs of the multi-tab gadget that manages them, the default one first", () => {
  const tabbed = "/desktop/scripts/js/tabbedGadgets.js";
  const page = `<page><gadget id="pageTabs">${tabbed}</gadget><gadget id="lonely">${tabbed}</gadget></page>`;
  const home = `<gadget id="tabs">${tabbed}</gadget><gadget managedBy="tabs">/a.xml</gadget><gadget managedBy="tabs" default="true">/b.xml</gadget>
     <gadget managedBy="pageTabs">/c.xml</gadget><gadget managedBy="nobody">/d.xml</gadget><gadget id="team">/desktop/scripts/js/teamPerformance.js</gadget>
     <gadget managedBy="team">/e.xml</gadget>`;
  const plan = readLayout(layout(`${page}<tabs>${tab("home", home)}${tab("more", '<gadget managedBy="tabs">/f.xml</gadget>')}</tabs>`), "Agent", ANN);
  const paths = (gadgets) => gadgets.map(({ url }) => new URL(url).pathname);
  const [column] = plan.tabs[0].columns;
  assert.deepEqual(paths(column), ["/desktop/scripts/js/tabbedGadgets.js", "/d.xml", "/desktop/scripts/js/teamPerformance.js"]);
  assert.deepEqual(paths(column[0].managed), ["/b.xml", "/a.xml"]);
  assert.deepEqual(paths(column[2].managed), ["/e.xml"]);
  assert.deepEqual(plan.page.map(({ id, managed }) => [id, paths(managed)]), [["pageTabs", ["/c.xml"]]]);
  assert.equal(plan.page[0].managed[0].tab, "home");
  assert.deepEqual(paths(plan.tabs[1].columns[0]), ["/f.xml"], "another tab's manager is none");
  assert.deepEqual(keys(plan), [["gadget 7", "noManager", "nobody"], ["gadget 10", "noManager", "tabs"]]);
});

test("what is wrong is left out and told with its place, and the rest is there", () => {
  const wrong = `<page><gadget>ftp://a/b.xml</gadget><gadget> </gadget><gadget id="9">/a.xml</gadget><gadget id="a">/b.xml</gadget><gadget id="a">/c.xml</gadget></page>
    <tabs>${tab("1st", "")}${tab("home", "<gadget>https://me@evil/x.xml</gadget><gadget>/d.xml</gadget>")}${tab("home", "")}
    <tab><id>wide</id><label>W</label><columns>${"<column><gadgets><gadget>/w.xml</gadget></gadgets></column>".repeat(6)}</columns></tab></tabs>`;
  const plan = readLayout(layout(wrong), "Agent", ANN);
  assert.deepEqual(keys(plan), [
    ["layout Agent / page / gadget 1", "noAddress", "ftp://a/b.xml"],
    ["layout Agent / page / gadget 2", "noText", ""],
    ["layout Agent / page / gadget 3", "badId", "9"],
    ["layout Agent / page / gadget 5", "sameId", "a"],
    ["layout Agent / tab 1st", "badTabId", "1st"],
    ["layout Agent / tab home / gadget 1", "noAddress", "https://me@evil/x.xml"],
    ["layout Agent / tab home", "sameTabId", "home"],
    ["layout Agent / tab wide", "manyColumns", "4"],
  ]);
  assert.deepEqual(plan.page.map(({ id, url }) => [id, new URL(url).pathname]), [["", "/a.xml"], ["a", "/b.xml"], ["", "/c.xml"]]);
  assert.deepEqual(plan.tabs.map(({ id, columns }) => [id, columns.map((one) => one.length)]), [["home", [1]], ["wide", [1, 1, 1, 3]]]);
});

test("something that is no layout is an empty desktop; a role without one has the agents'", () => {
  const none = readLayout(parsed("<html/>"), "Agent", ANN);
  assert.deepEqual([none.tabs, none.page, keys(none)], [[], [], [["/", "noLayout", "html"]]]);
  assert.equal(readLayout(null, "Agent", ANN).left.length, 3);
  const other = readLayout(layout(`<tabs>${tab("home", "")}</tabs>`), "Supervisor", ANN);
  assert.deepEqual([other.tabs.length, keys(other)], [1, [["/", "noRole", "Supervisor"]]]);
  const strange = parsed('<finesseLayout xmlns="http://www.cisco.com/vtg/finesse"><header><leftAlignedColumns><headercolumn width="a"><component id="mine"><url>/mine.js</url></component></headercolumn></leftAlignedColumns></header></finesseLayout>');
  assert.deepEqual(keys(readLayout(strange, "Agent", ANN)).slice(0, 2), [
    ["/", "noRole", "Agent"],
    ["header / leftAlignedColumns / headercolumn 1", "badWidth", "a"],
  ]);
});

test("so many gadgets are taken, and one more is not", () => {
  const many = (count) => readLayout(layout(`<page>${"<gadget>/a.xml</gadget>".repeat(count)}</page>`), "Agent", ANN);
  assert.deepEqual([many(MAX_GADGETS).gadgets.length, many(MAX_GADGETS).faults.length], [MAX_GADGETS, 0]);
  const over = many(MAX_GADGETS + 1);
  assert.deepEqual([over.gadgets.length, keys(over)[0].slice(1)], [MAX_GADGETS, ["tooMany", "100"]]);
});

test("tokens are replaced in the values of a query, and nowhere else", () => {
  for (const [query, expected] of [
    ["filterId_1=agent.id=CL%20teamName", "filterId_1=agent.id=CL%20Sales%20%26%20Co"],
    ["compositeFilterId=A.agentId=loginId&x=1", "compositeFilterId=A.agentId=ann%20b&x=1"],
    ["@agent_list=CL%20~teams~", "@agent_list=CL%20Sales%20%26%20Co,Ops"],
    ["loginId=loginId", "loginId=ann%20b"],
    ["x=myloginId&y=loginIds&z=loginId2", "x=myloginId&y=loginIds&z=loginId2"],
    ["a=%2CteamName,loginId", "a=%2CSales%20%26%20Co,ann%20b"],
    ["type=dynamic&filterId=a=AgentEvent:Id&t={teamId}", "type=dynamic&filterId=a=AgentEvent:Id&t={teamId}"],
  ]) {
    assert.equal(withTokens(query, ANN), expected);
  }
  assert.equal(withTokens("a=teamName", { ...ANN, teamName: "loginId $&" }), "a=loginId%20%24%26");
});

test("addresses: from the root, absolute, localhost; nothing but http and https", () => {
  for (const [written, expected] of [
    ["/3rdpartygadget/files/a.xml?x=loginId#f", "https://fin.example:8445/3rdpartygadget/files/a.xml?x=ann%20b"],
    ["a.xml", "https://fin.example:8445/a.xml"],
    ["https://localhost:8444/cuic/gadget/L.xml?a=b", "https://fin.example:8444/cuic/gadget/L.xml?a=b"],
    ["http://localhost/3rdpartygadget/files/a.xml", "https://fin.example:8445/3rdpartygadget/files/a.xml"],
    ["https://localhost/ascgadget/a.xml", "https://fin.example/ascgadget/a.xml"],
    ["http://crm.example/loginId/a.xml", "http://crm.example/loginId/a.xml"],
    ["//crm.example/a.xml", "https://crm.example/a.xml"],
    ["javascript:alert(1)", undefined],
    ["https://u:p@crm.example/a.xml", undefined],
    ["https://", undefined],
    ["/a b.xml", undefined],
    ["\\\\evil\\a.xml", undefined],
  ]) {
    assert.equal(gadgetUrl(written, ANN)?.href, expected, written);
  }
  assert.deepEqual(alternates(new URL("https://a:8444/g.xml?x=1"), "b, c:9443,, d/e,"), ["https://b:8444/g.xml?x=1", "https://c:9443/g.xml?x=1"]);
  const there = layout('<page><gadget alternateHosts="b">https://a/g.xml</gadget><gadget alternateHosts="b">/g.xml</gadget></page>');
  assert.deepEqual(readLayout(there, "Agent", ANN).page.map((one) => one.alternates), [["https://b/g.xml"], []]);
});

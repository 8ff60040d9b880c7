/** `desktop/page/core/objects.js`: what events carry. That it has REST's shapes, `tests/desktop/test_events.py` shows. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { hubObject, readUpdate, readXml, restObject } from "../../../finesse_tx/desktop/page/core/objects.js";

test("an update is read, also one without data", () => {
  const text = `<Update>
  <data>
    <dialogs><Dialog><id>1</id><participants><Participant><actions/></Participant></participants></Dialog></dialogs>
  </data>
  <event>POST</event>
  <requestId>r</requestId>
  <source>/s</source>
</Update>`;
  assert.deepEqual(readUpdate(text), {
    event: "POST",
    source: "/s",
    requestId: "r",
    kind: "dialogs",
    data: { Dialog: [{ id: "1", participants: [{ actions: [] }] }] },
  });
  assert.deepEqual(readUpdate("<Update><data/></Update>"), { event: "", source: "", requestId: "", kind: "", data: null });
});

test("lists of nothing, of one and of several are arrays", () => {
  for (const roles of [[], ["Agent"], ["Agent", "Supervisor"]]) {
    const xml = `<user><roles>${roles.map((one) => `<role>${one}</role>`).join("")}</roles><wrapUpTimer>15</wrapUpTimer></user>`;
    assert.deepEqual(restObject(readXml(xml)), { roles, wrapUpTimer: 15 });
  }
});

test("an object that nobody has declared has texts, and its first letter does not matter", () => {
  assert.deepEqual(restObject(readXml("<Thing><a>1</a><b><c/></b><d>x</d><d>y</d></Thing>")), { a: "1", b: { c: "" }, d: ["x", "y"] });
  assert.deepEqual(restObject(readXml("<User><wrapUpTimer>0</wrapUpTimer></User>")), { wrapUpTimer: 0 });
});

test("text is what it says: entities, character data, blanks; names cannot do harm", () => {
  const xml = `<?xml version="1.0"?><!-- c --><a b='1 &lt; 2'><c> x &amp;amp; &#233;&#x4e16; &nbsp; </c><d><![CDATA[<&>]]></d><__proto__>p</__proto__></a>`;
  const root = readXml(xml);
  assert.deepEqual(root.attributes, { b: "1 < 2" });
  assert.deepEqual(root.children.map(({ text }) => text), [" x &amp; é世 &nbsp; ", "<&>", "p"]);
  const found = hubObject(xml);
  assert.equal(Object.hasOwn(found.a, "__proto__"), true);
  assert.equal({}.p, undefined);
});

test("what is no XML is refused", () => {
  const deep = (depth) => "<a>".repeat(depth) + "</a>".repeat(depth);
  for (const xml of ["", "x", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a b=c/>", "<a", deep(65)]) {
    assert.throws(() => readXml(xml), SyntaxError, xml);
  }
  assert.equal(readXml(deep(63)).name, "a");
  assert.throws(() => readUpdate("<User/>"), /no <Update>/);
});

test("gadgets get properties, arrays of what is repeated, text, and null of nothing", () => {
  assert.deepEqual(hubObject('<Update><a/><b>1</b><b>2</b><c d="e">f</c></Update>'), {
    Update: { a: null, b: ["1", "2"], c: { "@d": "e", "#text": "f" } },
  });
  assert.deepEqual(hubObject(' {"a": [1]}'), { a: [1] });
  assert.equal(hubObject("{"), null);
});

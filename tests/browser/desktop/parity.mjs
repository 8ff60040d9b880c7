/** Compares events with REST: a file of `[{ xml, json }]`, as the server writes both. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { readXml, restObject } from "../../../finesse_tx/desktop/page/core/objects.js";

const [, , path] = process.argv;
const pairs = JSON.parse(readFileSync(path, "utf8"));
for (const { xml, json } of pairs) {
  assert.deepStrictEqual(JSON.parse(JSON.stringify(restObject(readXml(xml)))), json, xml);
}
console.log(`${pairs.length} are the same`);

/** `browser/core/text.js`, and the catalogues: every word that a page says is there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { ENGLISH } from "../../finesse_tx/admin/console/text/english.js";
import { say, speak } from "../../finesse_tx/browser/core/text.js";

const PACKAGE = new URL("../../finesse_tx/", import.meta.url).pathname;

test("the first catalogue that has a key has the word", () => {
  speak({ a: "un {n}" }, { a: "one", b: "two" });
  assert.equal(say("a", { n: 1 }), "un 1");
  assert.equal(say("b"), "two");
  assert.equal(say("c"), "c");
});

test("values are put in as they are, and only where there is one", () => {
  speak({ a: "{x} {y} {toString}" });
  assert.equal(say("a", { x: "{y} $&", z: 1 }), "{y} $& {y} {toString}");
});

/** The modules of a folder. */
function modules(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
}

test("every word that the console says is in its catalogue", () => {
  const sources = [...modules(join(PACKAGE, "admin/console")), ...modules(join(PACKAGE, "browser"))];
  const said = sources.flatMap((text) => [...text.matchAll(/\bsay\(\s*"([\w.-]+)"/g)].map((found) => found[1]));
  assert.ok(said.length > 20);
  assert.deepEqual(said.filter((key) => !Object.hasOwn(ENGLISH, key)), []);
});

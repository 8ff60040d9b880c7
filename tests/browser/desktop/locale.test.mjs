/** `core/locale.js` and the catalogues: which language is chosen, and that all of them say everything. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { say } from "../../../finesse_tx/browser/core/text.js";
import {
  AREAS,
  LANGUAGES,
  catalogue,
  choose,
  collator,
  dayAndTime,
  isolated,
  directionOf,
  momentOfDay,
  number,
  sayCount,
  timeOfDay,
  use,
} from "../../../finesse_tx/desktop/page/core/locale.js";
import { remember, remembered } from "../../../finesse_tx/desktop/page/core/memory.js";

const PAGE = new URL("../../../finesse_tx/desktop/page/", import.meta.url).pathname;
const [ENGLISH, FRENCH] = LANGUAGES;

test("the address wins, then what is remembered, then the browser", () => {
  const all = { asked: "fr_FR", remembered: "en_US", preferred: ["en"] };
  assert.equal(choose(all), FRENCH);
  assert.equal(choose({ ...all, asked: "" }), ENGLISH);
  assert.equal(choose({ preferred: ["de-DE", "fr-CA", "en"] }), FRENCH);
  assert.equal(choose({ asked: "xx_XX", preferred: ["de"] }), ENGLISH);
  assert.equal(choose({}), ENGLISH);
});

test("the exact locale goes before its language", () => {
  const canadian = { locale: "fr_CA", name: "", folder: "" };
  assert.equal(choose({ asked: "fr-ca" }, [...LANGUAGES, canadian]), canadian);
});

test("some are written from right to left", () => {
  assert.deepEqual(["he_IL", "ar-EG", "fr_FR", "en"].map(directionOf), ["rtl", "rtl", "ltr", "ltr"]);
});

test("there is a module for each area, and nothing else", async () => {
  for (const { folder } of LANGUAGES) {
    const files = readdirSync(join(PAGE, "text", folder));
    assert.deepEqual(files.toSorted(), AREAS.map((area) => `${area}.js`).toSorted(), folder);
  }
});

const texts = Object.fromEntries(
  await Promise.all(LANGUAGES.map(async ({ folder }) => [folder, await catalogue(folder)])),
);
const names = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted();
const plain = (key) => key.replace(/\.(zero|one|two|few|many|other)$/, "");

test("all languages say the same things about the same values", () => {
  for (const [folder, said] of Object.entries(texts)) {
    const keys = (one) => [...new Set(Object.keys(one).map(plain))].toSorted();
    assert.deepEqual(keys(said), keys(texts.english), folder);
    for (const [key, text] of Object.entries(said)) {
      assert.ok(text.trim(), `${folder}: ${key}`);
      if (!key.endsWith(".one")) {
        assert.deepEqual(names(text), names(texts.english[key] ?? texts.english[`${plain(key)}.other`]), `${folder}: ${key}`);
      }
    }
  }
});

test("a name from right to left keeps to itself; others are as they are", () => {
  assert.equal(isolated("محمد"), "\u2068محمد\u2069");
  assert.equal(isolated("Zoë 🎧"), "Zoë 🎧");
});

test("keys begin with their area, and every word that the page says is there", async () => {
  for (const area of AREAS) {
    const [said] = Object.values(await import(join(PAGE, "text", "english", `${area}.js`)));
    assert.ok(Object.keys(said).every((key) => key.startsWith(`${area}.`)), area);
  }
  const sources = ["core", "ui", "container"].flatMap((folder) => {
    try {
      return readdirSync(join(PAGE, folder)).filter((name) => name.endsWith(".js")).map((name) => join(PAGE, folder, name));
    } catch {
      return [];
    }
  });
  const known = new Set(Object.keys(texts.english).flatMap((key) => [key, plain(key)]));
  for (const source of sources) {
    for (const [, key] of readFileSync(source, "utf8").matchAll(/(?<![#.\w])say(?:Count)?\(\s*"([\w.-]+)"/g)) {
      assert.ok(known.has(key), `${key} of ${source}`);
    }
  }
});

test("French is spoken, with its times, numbers, order and plural", async () => {
  const at = new Date(2026, 1, 3, 14, 5).getTime();
  await use(FRENCH);
  assert.equal(say("sign.state.READY"), "Prêt");
  assert.equal(say("team.signOutTitle", { name: "Zoé" }), "Déconnecter Zoé\u00a0?");
  assert.match(say("calls.error.refused"), /«\u00a0{deed}\u00a0»/);
  assert.equal(number(1234.5).replaceAll(/\s/g, " "), "1 234,5");
  assert.match(dayAndTime(at), /^3 févr\. 2026/);
  assert.equal(timeOfDay(at), "14:05");
  assert.equal(momentOfDay(at), "14:05:00");
  assert.deepEqual(["Zoé", "Élan", "Desk 10", "Desk 9"].toSorted(collator().compare), ["Desk 9", "Desk 10", "Élan", "Zoé"]);
  await use(ENGLISH);
  assert.equal(number(1234.5), "1,234.5");
  assert.equal(say("sign.state.READY"), "Ready");
});

test("a number has the form that the language has for it", async () => {
  await use(ENGLISH);
  assert.equal(sayCount("sign.nothing", 2), "sign.nothing.other");
});

test("what the browser cannot keep is forgotten", () => {
  const kept = new Map();
  const store = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  remember("theme", "dark", store);
  assert.equal(remembered("theme", store), "dark");
  remember("theme", "", store);
  assert.deepEqual([remembered("theme", store), kept.size], ["", 0]);
  const full = { getItem() { throw new Error(); }, setItem() { throw new Error(); } };
  remember("theme", "dark", full);
  assert.equal(remembered("theme", full), "");
});

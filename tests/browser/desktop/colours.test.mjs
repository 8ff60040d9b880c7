/** The colours of `browser/base.css`: what is read can be read, in light and dark, and more so where more contrast is asked for. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const CSS = readFileSync(new URL("../../../finesse_tx/browser/base.css", import.meta.url), "utf8");
const KINDS = ["ready", "not-ready", "talking", "hold", "reserved", "wrap-up", "signed-out"];

/** The tokens that a piece of CSS sets: name to [light, dark]. */
function tokens(css) {
  return Object.fromEntries(
    [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, name, light, dark]) => [name, [light, dark]]),
  );
}

const [plain, more] = CSS.split("@media (prefers-contrast: more)");
const ORDINARY = tokens(plain);
const STRONG = { ...ORDINARY, ...tokens(more) };

/** WCAG 2.2's relative luminance. */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

for (const [name, found, least] of [["by default", ORDINARY, 4.5], ["with more contrast", STRONG, 7]]) {
  test(`every state can be read on every ground, ${name}`, () => {
    for (const kind of KINDS) {
      for (const scheme of [0, 1]) {
        const colour = found[`state-${kind}`][scheme];
        for (const ground of ["ground", "surface", "raised", `state-${kind}-ground`]) {
          const ratio = contrast(colour, found[ground][scheme]);
          assert.ok(ratio >= least, `${kind} on ${ground}, ${scheme ? "dark" : "light"}: ${ratio.toFixed(2)}`);
        }
        assert.ok(contrast(found["on-state"][scheme], colour) >= least, `on ${kind}, ${scheme ? "dark" : "light"}`);
        assert.ok(contrast(found.text[scheme], found[`state-${kind}-ground`][scheme]) >= 7, `text on ${kind}'s ground`);
      }
    }
  });
}

test("no two states have the same colour", () => {
  for (const scheme of [0, 1]) {
    assert.equal(new Set(KINDS.map((kind) => ORDINARY[`state-${kind}`][scheme])).size, KINDS.length);
  }
});

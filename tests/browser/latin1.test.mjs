/** `browser/core/latin1.js`. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { latin1 } from "../../finesse_tx/browser/core/latin1.js";

test("UTF-8, with or without its mark, becomes Latin-1", () => {
  for (const mark of ["", "\ufeff"]) {
    const found = latin1(new TextEncoder().encode(`${mark}Zoë €😀,1\r\n`));
    assert.deepEqual([...found], [90, 111, 235, 32, 63, 63, 44, 49, 13, 10]);
  }
});

test("what is no UTF-8 stays as it is", () => {
  const bytes = new Uint8Array([90, 111, 235, 44]);
  assert.deepEqual([...latin1(bytes)], [...bytes]);
});

/** The table of the documented API says of each member what is so. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { desk } from "./desk.mjs";

const TABLE = JSON.parse(readFileSync(new URL("../../../finesse_tx/desktop/finesse_js_api/api.json", import.meta.url), "utf8"));

/** Whether a class, or an object, has a member. */
function has(window, path, member) {
  const found = path.split(".").reduce((above, name) => above?.[name], window);
  return found !== undefined && (member in found || (typeof found === "function" && member in found.prototype));
}

test("each documented member is present or not, as the table says", () => {
  const { window } = desk();
  const wrong = [];
  for (const [path, members] of Object.entries(TABLE)) {
    for (const [member, isPresent] of Object.entries(members)) {
      if (has(window, path, member) !== isPresent) {
        wrong.push(`${path}.${member}`);
      }
    }
  }
  assert.deepEqual(wrong, []);
});

test("every class and object of the library is in the table", () => {
  const { finesse } = desk();
  const spaces = ["restservices", "containerservices", "cslogger", "gadget", "digital", "shortcutkey"];
  const found = spaces.flatMap((space) => Object.keys(finesse[space]).map((name) => `finesse.${space}.${name}`));
  assert.deepEqual(found.filter((name) => !(name in TABLE)), []);
});

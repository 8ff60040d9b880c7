/** What changes several people at once. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { bulkEdits } from "../../finesse_tx/admin/console/core/people.js";

const SKILLS = [
  { id: 1, name: "Sales" },
  { id: 2, name: "Support" },
];
const STAYS = { teamId: "stays", how: "stays", competences: "", resourceGroupId: "stays", enabled: "stays" };
const person = (loginId, competences = []) => ({ kind: "User", loginId, teamId: 1, resourceGroupId: null, competences });
const ANN = person("ann", [{ skillId: 1, level: 3 }]);
const BOB = person("bob");

const edits = (values, disabled = []) => bulkEdits([ANN, BOB], { ...STAYS, ...values }, disabled, SKILLS);

test("what stays is no edit", () => {
  assert.deepEqual(edits({}), []);
  assert.deepEqual(edits({ enabled: "yes" }), []);
});

test("a team and a group are everybody's, or nobody's", () => {
  const found = edits({ teamId: "2", resourceGroupId: "" });
  assert.deepEqual(found, [
    { do: "replace", value: { ...ANN, teamId: 2 } },
    { do: "replace", value: { ...BOB, teamId: 2 } },
  ]);
});

test("only who is switched is switched", () => {
  assert.deepEqual(edits({ enabled: "no" }, ["ann"]), [{ do: "setEnabled", loginId: "bob", enabled: false }]);
  assert.deepEqual(edits({ enabled: "yes" }, ["ann"]), [{ do: "setEnabled", loginId: "ann", enabled: true }]);
});

test("skills are added, taken away, or replaced", () => {
  const after = (how, competences) => edits({ how, competences }).map((edit) => edit.value.competences);
  const [one, two] = [{ skillId: 1, level: 8 }, { skillId: 2, level: 4 }];
  assert.deepEqual(after("add", "sales 8, Support 4"), [[one, two], [one, two]]);
  assert.deepEqual(after("remove", "Sales"), [[], []]);
  assert.deepEqual(after("replace", "Support 4"), [[two], [two]]);
  assert.deepEqual(after("replace", ""), [[], []]);
});

test("a skill that there is not is refused", () => {
  assert.throws(() => edits({ how: "add", competences: "Dancing 3" }), { data: "competences" });
});

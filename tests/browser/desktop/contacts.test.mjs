/** `desktop/page/core/contacts.js`: whom one can call, loaded for everything that asks. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { contactsOf, listed } from "../../../finesse_tx/desktop/page/core/contacts.js";

/** A desk whose server has one book and one colleague. */
function desk() {
  const asked = [];
  return {
    asked,
    hasTeam: true,
    hasBooks: true,
    me: { loginId: "a", teamName: "Team 1" },
    async config(name) {
      asked.push(name);
      if (!this.hasBooks) {
        throw new Error("no");
      }
      return { PhoneBook: [{ name: "Book", contacts: [{ firstName: "Ann", lastName: "Lee", phoneNumber: "1" }, { firstName: "Desk", lastName: "2", phoneNumber: "2" }] }] };
    },
    async ask(method, path) {
      asked.push(`${method} ${path}`);
      if (!this.hasTeam) {
        throw new Error("no");
      }
      return { colleagues: [{ loginId: "b", firstName: "Bob", lastName: "Roy", extension: "2", state: "READY" }] };
    },
  };
}

test("everything that asks has the same contacts, and questions at the same time are one", async () => {
  const one = desk();
  const contacts = contactsOf(one);
  assert.equal(contactsOf(one), contacts);
  assert.notEqual(contactsOf(desk()), contacts);
  await Promise.all([contacts.load(), contacts.load()]);
  assert.deepEqual(one.asked, ["PhoneBooks", "GET /desktop/api/colleagues"]);
  await contacts.load();
  assert.equal(one.asked.length, 4, "who is there may have changed");
  assert.deepEqual(contacts.all.map(({ name, from }) => [name, from]), [["Ann Lee", "Book"], ["Desk 2", "Book"], ["Bob Roy", "Team 1"]]);
  assert.deepEqual([contacts.name("2"), contacts.name("3")], ["Bob Roy", ""]);
});

test("without colleagues one can call all others; without books that is told, and tried again", async () => {
  const one = desk();
  const contacts = contactsOf(one);
  one.hasTeam = false;
  await contacts.load();
  assert.deepEqual(contacts.all.map(({ name }) => name), ["Ann Lee", "Desk 2"]);
  one.hasBooks = false;
  await assert.rejects(contacts.load());
  one.hasBooks = one.hasTeam = true;
  await contacts.load();
  assert.equal(contacts.all.length, 3);
});

test("what was called last has its name where somebody has it", async () => {
  const contacts = contactsOf(desk());
  await contacts.load();
  contacts.called("1");
  contacts.called("0612");
  assert.deepEqual(contacts.last.map(({ name, number }) => [name, number]), [["0612", "0612"], ["Ann Lee", "1"]]);
});

test("a list is one, alone, under its name, or where there is only one", () => {
  for (const value of [[1], { x: [1] }, { x: 1 }]) {
    assert.deepEqual(listed(value, "x"), [1]);
  }
  assert.deepEqual(listed(null, "x"), []);
  assert.deepEqual(listed({}, "x"), []);
});

/** `desktop/page/core/phone-books.js`: whom one can call, and what is dialled. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_RECENT, colleagues, dialled, entries, found, isNumeric, nameOf, remembered } from "../../../finesse_tx/desktop/page/core/phone-books.js";

const BOOKS = [
  {
    name: "Colleagues",
    contacts: [
      { firstName: "Zoë", lastName: "Bauer", phoneNumber: "1003", description: "Night shift" },
      { firstName: "", lastName: "", phoneNumber: "+31 6 1234-5678", description: "Locksmith" },
      { firstName: "", lastName: "", phoneNumber: "112" },
    ],
  },
  { name: "Emergency", contacts: [{ firstName: "Anna", lastName: "Zimmer", phoneNumber: "6001" }] },
  { name: "Empty" },
];
const ALL = entries(BOOKS);
const names = (wanted) => found(ALL, wanted).map((one) => one.name);

test("every book's entries have a name", () => {
  assert.deepEqual(ALL.map((one) => [one.name, one.number, one.from]), [
    ["Zoë Bauer", "1003", "Colleagues"],
    ["Locksmith", "+31 6 1234-5678", "Colleagues"],
    ["112", "112", "Colleagues"],
    ["Anna Zimmer", "6001", "Emergency"],
  ]);
});

test("all books are searched, in names, numbers, books and descriptions; accents and case do not matter", () => {
  for (const [wanted, expected] of [
    ["", ["112", "Anna Zimmer", "Locksmith", "Zoë Bauer"]],
    ["  zoe ", ["Zoë Bauer"]],
    ["BAUER zoë", ["Zoë Bauer"]],
    ["night", ["Zoë Bauer"]],
    ["emergency", ["Anna Zimmer"]],
    ["z", ["Zoë Bauer", "Anna Zimmer"]],
    ["1", ["112", "Zoë Bauer", "Anna Zimmer", "Locksmith"]],
    ["612345678", ["Locksmith"]],
    ["06-1234", []],
    ["12-34", ["Locksmith"]],
    ["night 6001", []],
    ["nobody", []],
  ]) {
    assert.deepEqual(names(wanted), expected, wanted);
  }
});

test("colleagues are those who are signed in, without oneself", () => {
  const users = [
    { loginId: "a", firstName: "Ann", lastName: "Lee", extension: "1", state: "READY" },
    { loginId: "b", extension: "2", state: "TALKING" },
    { loginId: "c", extension: "", state: "NOT_READY" },
    { loginId: "d", extension: "4", state: "LOGOUT" },
    { loginId: "e", extension: "5", state: "READY" },
  ];
  assert.deepEqual(colleagues(users, "e", "Team 1"), [
    { name: "Ann Lee", number: "1", from: "Team 1", about: "", state: "READY" },
    { name: "b", number: "2", from: "Team 1", about: "", state: "TALKING" },
  ]);
});

test("colleagues come before the books, whose names begin with what is wanted comes before both", () => {
  const team = [
    { name: "Walt Zoeller", number: "1007", from: "Team 1", about: "", state: "READY" },
    { name: "Zora Adams", number: "1008", from: "Team 1", about: "", state: "TALKING" },
  ];
  const both = (wanted) => found([...ALL, ...team], wanted).map((one) => one.name);
  assert.deepEqual(both("").slice(0, 3), ["Walt Zoeller", "Zora Adams", "112"]);
  assert.deepEqual(both("zo"), ["Zora Adams", "Zoë Bauer", "Walt Zoeller"]);
});

test("a number is what can be keyed, as people write it", () => {
  for (const [typed, expected] of [["+31 (0)6-12", true], ["*21#", true], ["1", true], ["", false], [" ", false], ["zoe", false], ["0800 CALL", false]]) {
    assert.equal(isNumeric(typed), expected, typed);
  }
});

test("what people write between digits is not dialled; anything else goes as it is", () => {
  for (const [typed, expected] of [
    [" +31 (0)6-12.34/56 ", "+3106123456"],
    ["*21#", "*21#"],
    ["sip:ann lee", "sip:ann lee"],
    ["   ", ""],
    ["", ""],
  ]) {
    assert.equal(dialled(typed), expected);
  }
});

test("the last numbers, each once, and not more of them", () => {
  assert.deepEqual(remembered(["1", "2", "3"], "3"), ["3", "1", "2"]);
  const many = Array.from({ length: MAX_RECENT }, (_, index) => String(index));
  assert.deepEqual(remembered(many, "x"), ["x", ...many.slice(0, MAX_RECENT - 1)]);
  assert.equal(remembered(many, "3").length, MAX_RECENT);
});

test("whose number that is", () => {
  assert.equal(nameOf(ALL, "6001"), "Anna Zimmer");
  assert.equal(nameOf(ALL, "6"), "");
  assert.equal(nameOf(ALL, ""), "");
});

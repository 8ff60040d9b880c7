/**
 * The directory: read whole, and changed by lists of edits. `people.js` and `queues.js` describe the lists of what is in it.
 *
 * Touches no DOM; runs under node.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./resources.js").Row} Row */

/**
 * @typedef {object} Register
 * @property {Row[]} User
 * @property {Row[]} Team
 * @property {Row[]} Skill
 * @property {Row[]} ResourceGroup
 * @property {Row[]} Queue
 * @property {Row[]} Trigger
 * @property {string[]} disabled
 * @property {string[]} withPassword
 */

const DIRECTORY = "/cfadmin/api/directory";

/** @type {Register} */
export let register = { User: [], Team: [], Skill: [], ResourceGroup: [], Queue: [], Trigger: [], disabled: [], withPassword: [] };

/**
 * @param {Rest} rest
 * @param {AbortSignal} signal
 */
async function load(rest, signal) {
  register = await rest.get(DIRECTORY, signal);
  return register;
}

/**
 * Carry out some edits; what is wrong with one is told of the field that it is about.
 *
 * @param {Rest} rest
 * @param {Row[]} edits
 * @param {boolean} [isOfMany] Whether it is to be told of whom.
 * @returns {Promise<unknown>}
 */
export async function edit(rest, edits, isOfMany = false) {
  try {
    return await rest.post(DIRECTORY, edits);
  } catch (error) {
    if (error instanceof RefusedError && error.faults[0]) {
      const { what, field, reason, allowed } = error.faults[0];
      const said = isOfMany ? `${what}: ${reason}` : sentence(reason, allowed);
      throw new RefusedError(error.status, error.type, field, said);
    }
    throw error;
  }
}

/**
 * @param {string} reason
 * @param {string} allowed
 */
function sentence(reason, allowed) {
  const text = allowed ? `${reason}: ${allowed}` : reason;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/**
 * @param {Row[]} rows
 * @param {unknown} id
 * @returns {string}
 */
export function named(rows, id) {
  return rows.find((row) => row["id"] === id)?.["name"] ?? "";
}

/**
 * @param {Row[]} rows
 * @param {string} [none] What no choice is called; without, there must be one.
 * @returns {[string, string][]}
 */
export function choices(rows, none) {
  const sorted = rows.map((row) => /** @type {[string, string]} */ ([String(row["id"]), row["name"]]));
  sorted.sort((one, two) => one[1].localeCompare(two[1]));
  return none === undefined ? sorted : [["", none], ...sorted];
}

/** @param {string} text */
export const idOrNull = (text) => (text === "" ? null : Number(text));

/** @param {Row} row */
export const fullName = (row) => `${row["firstName"]} ${row["lastName"]}`.trim() || row["loginId"];

/**
 * Skills as people write them: `Sales 8, French 5`.
 *
 * @param {Row[]} known All skills there are.
 * @param {Row[]} held `{ skillId, …numbers }`
 * @param {string[]} numbers The names of the numbers, in the order in which they are written.
 */
export function skillsText(known, held, numbers) {
  return held
    .map((one) => [named(known, one["skillId"]), ...numbers.map((name) => one[name])].join(" "))
    .join(", ");
}

/**
 * Read them back.
 *
 * @param {string} text
 * @param {Row[]} known
 * @param {string[]} numbers What is left out is 1.
 * @param {string} field What a refusal is about.
 * @returns {Row[]}
 * @throws {RefusedError} A skill that there is not, or what is no number.
 */
export function skillsRead(text, known, numbers, field) {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  return parts.map((part) => {
    const words = part.split(/\s+/);
    /** @type {number[]} */
    const values = [];
    while (values.length < numbers.length && words.length > 1 && /^\d+$/.test(words.at(-1) ?? "")) {
      values.unshift(Number(words.pop()));
    }
    const name = words.join(" ");
    const skill = known.find((one) => one["name"].toLowerCase() === name.toLowerCase());
    if (!skill) {
      const names = known.map((one) => one["name"]).join(", ") || say("skills.none");
      throw new RefusedError(0, "", field, say("skills.unknown", { name, names }));
    }
    return {
      skillId: skill["id"],
      ...Object.fromEntries(numbers.map((each, index) => [each, values[index] ?? 1])),
    };
  });
}

/**
 * What the lists of the directory have in common.
 *
 * @param {string} kind
 * @param {(row: Row) => string} key
 */
export function common(kind, key) {
  return {
    load: async (/** @type {Rest} */ rest, /** @type {AbortSignal} */ signal) =>
      /** @type {Row[]} */ ((await load(rest, signal))[/** @type {keyof Register} */ (kind)]),
    remove: (/** @type {Rest} */ rest, /** @type {Row} */ row) =>
      edit(rest, [{ do: "remove", kind, key: key(row) }]),
  };
}

/** @param {Row} row */
export const idKey = (row) => String(row["id"]);

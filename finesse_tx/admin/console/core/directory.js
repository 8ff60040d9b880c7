/**
 * Who and what is in the directory: read whole, shown in lists, and changed by lists of edits.
 *
 * Touches no DOM; runs under node.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./resources.js").Resource} Resource */
/** @typedef {import("./resources.js").Row} Row */
/** @typedef {import("../../../browser/ui/entry-dialog.js").Field} Field */

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

const CRITERIA = [
  "longest available",
  "most handled contacts",
  "shortest average handle time",
  "linear",
  "circular",
  "most skilled",
  "least skilled",
  "most skilled by weight",
  "least skilled by weight",
  "most skilled by order",
  "least skilled by order",
];

/** @type {Register} */
let register = { User: [], Team: [], Skill: [], ResourceGroup: [], Queue: [], Trigger: [], disabled: [], withPassword: [] };

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
function named(rows, id) {
  return rows.find((row) => row["id"] === id)?.["name"] ?? "";
}

/**
 * @param {Row[]} rows
 * @param {string} [none] What no choice is called; without, there must be one.
 * @returns {[string, string][]}
 */
function choices(rows, none) {
  const sorted = rows.map((row) => /** @type {[string, string]} */ ([String(row["id"]), row["name"]]));
  sorted.sort((one, two) => one[1].localeCompare(two[1]));
  return none === undefined ? sorted : [["", none], ...sorted];
}

/** @param {string} text */
const idOrNull = (text) => (text === "" ? null : Number(text));

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
function common(kind, key) {
  return {
    load: async (/** @type {Rest} */ rest, /** @type {AbortSignal} */ signal) =>
      /** @type {Row[]} */ ((await load(rest, signal))[/** @type {keyof Register} */ (kind)]),
    remove: (/** @type {Rest} */ rest, /** @type {Row} */ row) =>
      edit(rest, [{ do: "remove", kind, key: key(row) }]),
  };
}

/** @param {Row} row */
const idKey = (row) => String(row["id"]);

const STAYS = "stays";

/** What the form for several people begins with. */
const AS_IT_IS = { teamId: STAYS, how: STAYS, competences: "", resourceGroupId: STAYS, enabled: STAYS };

/** @returns {Field[]} */
function bulkFields() {
  /** @type {[string, string]} */
  const stays = [STAYS, say("bulk.stays")];
  return [
    { key: "teamId", label: say("people.team"), kind: "select", choices: [stays, ...choices(register.Team, say("people.noTeam"))] },
    {
      key: "how",
      label: say("bulk.skills"),
      kind: "select",
      choices: [stays, ...["add", "remove", "replace"].map((how) => /** @type {[string, string]} */ ([how, say(`bulk.${how}`)]))],
    },
    { key: "competences", label: say("people.skills"), hint: say("people.skillsHint") },
    { key: "resourceGroupId", label: say("people.group"), kind: "select", choices: [stays, ...choices(register.ResourceGroup, say("people.noGroup"))] },
    {
      key: "enabled",
      label: say("people.enabled"),
      kind: "select",
      choices: [stays, ["yes", say("people.on")], ["no", say("people.off")]],
    },
  ];
}

/**
 * The skills somebody has after a change.
 *
 * @param {string} how
 * @param {Row[]} held
 * @param {Row[]} given
 */
function skillsAfter(how, held, given) {
  const others = held.filter((one) => !given.some((each) => each["skillId"] === one["skillId"]));
  return { add: [...others, ...given], remove: others, replace: given }[how] ?? held;
}

/**
 * What changes several people at once: one list of edits, made all together or not at all.
 *
 * @param {Row[]} rows
 * @param {Row} values Of the form; what is `stays` is not changed.
 * @param {string[]} disabled The login ids of those who may not sign in now.
 * @param {Row[]} skills All there are.
 * @returns {Row[]}
 * @throws {RefusedError} A skill that there is not, or what is no number.
 */
export function bulkEdits(rows, values, disabled, skills) {
  const { teamId, how, competences, resourceGroupId, enabled } = values;
  const given = how === STAYS ? [] : skillsRead(competences, skills, ["level"], "competences");
  return rows.flatMap((row) => {
    const value = {
      ...row,
      kind: "User",
      teamId: teamId === STAYS ? row["teamId"] : idOrNull(teamId),
      resourceGroupId: resourceGroupId === STAYS ? row["resourceGroupId"] : idOrNull(resourceGroupId),
      competences: skillsAfter(how, row["competences"], given),
    };
    const isOther = teamId !== STAYS || resourceGroupId !== STAYS || how !== STAYS;
    const isSwitched = enabled !== STAYS && (enabled === "yes") === disabled.includes(row["loginId"]);
    return [
      ...(isOther ? [{ do: "replace", value }] : []),
      ...(isSwitched ? [{ do: "setEnabled", loginId: row["loginId"], enabled: enabled === "yes" }] : []),
    ];
  });
}

/**
 * @param {Rest} rest
 * @param {Row[]} rows
 * @param {Row} values
 */
async function saveMany(rest, rows, values) {
  const edits = bulkEdits(rows, values, register.disabled, register.Skill);
  return edits.length === 0 ? null : edit(rest, edits, true);
}

/** @returns {Resource} */
export function people() {
  return {
    key: "people",
    ...common("User", (row) => row["loginId"]),
    columns: [
      { key: "name", title: say("people.name"), value: fullName },
      { key: "loginId", title: say("people.loginId"), value: (row) => row["loginId"] },
      { key: "extension", title: say("people.extension"), value: (row) => row["extension"] },
      { key: "roles", title: say("people.roles"), value: (row) => row["roles"].map((/** @type {string} */ role) => say(`role.${role}`)).join(", ") },
      { key: "team", title: say("people.team"), isShort: true, value: (row) => named(register.Team, row["teamId"]) },
      { key: "skills", title: say("people.skills"), value: (row) => skillsText(register.Skill, row["competences"], ["level"]) },
      { key: "state", title: say("people.state"), isShort: true, value: (row) => say(register.disabled.includes(row["loginId"]) ? "people.off" : "people.on") },
    ],
    fields: (row) => [
      { key: "loginId", label: say("people.loginId"), isRequired: true, isFixed: row !== null, maxLength: 64, hint: say("people.loginIdHint") },
      { key: "firstName", label: say("people.firstName"), maxLength: 128 },
      { key: "lastName", label: say("people.lastName"), isRequired: true, maxLength: 128 },
      {
        key: "roles",
        label: say("people.roles"),
        kind: "checks",
        choices: ["Agent", "Supervisor", "Administrator"].map((role) => [role, say(`role.${role}`)]),
      },
      { key: "extension", label: say("people.extension"), maxLength: 15, hint: say("people.extensionHint") },
      { key: "teamId", label: say("people.team"), kind: "select", choices: choices(register.Team, say("people.noTeam")) },
      { key: "competences", label: say("people.skills"), hint: say("people.skillsHint") },
      { key: "resourceGroupId", label: say("people.group"), kind: "select", choices: choices(register.ResourceGroup, say("people.noGroup")) },
      { key: "automaticAvailable", label: say("people.automatic"), kind: "check", hint: say("people.automaticHint") },
      { key: "enabled", label: say("people.enabled"), kind: "check", hint: say("people.enabledHint") },
      {
        key: "password",
        label: say("people.password"),
        kind: "password",
        autocomplete: "new-password",
        hint: say(row ? "people.passwordStays" : "people.passwordHint"),
      },
    ],
    fresh: () => ({ roles: ["Agent"], automaticAvailable: true, enabled: true, teamId: register.Team[0]?.["id"] ?? "" }),
    shown: (row) => ({
      ...row,
      teamId: row["teamId"] ?? "",
      resourceGroupId: row["resourceGroupId"] ?? "",
      competences: skillsText(register.Skill, row["competences"], ["level"]),
      enabled: !register.disabled.includes(row["loginId"]),
    }),
    name: fullName,
    bulk: { fields: bulkFields, fresh: () => ({ ...AS_IT_IS }), save: saveMany },
    save: (rest, row, values) => {
      const loginId = row ? row["loginId"] : values["loginId"].trim();
      const { enabled, password, ...asked } = values;
      const value = {
        ...row,
        ...asked,
        kind: "User",
        loginId,
        teamId: idOrNull(asked["teamId"]),
        resourceGroupId: idOrNull(asked["resourceGroupId"]),
        competences: skillsRead(asked["competences"], register.Skill, ["level"], "competences"),
      };
      const edits = [
        { do: row ? "replace" : "add", value },
        password !== "" && { do: "setPassword", loginId, password },
        (row !== null || !enabled) && { do: "setEnabled", loginId, enabled },
      ];
      return edit(rest, /** @type {Row[]} */ (edits.filter(Boolean)));
    },
  };
}

/** @returns {Resource} */
export function teams() {
  /** @param {string} loginId */
  const who = (loginId) => {
    const found = register.User.find((one) => one["loginId"] === loginId);
    return found ? fullName(found) : loginId;
  };
  return {
    key: "teams",
    ...common("Team", idKey),
    columns: [
      { key: "name", title: say("teams.name"), value: (row) => row["name"] },
      { key: "primary", title: say("teams.primary"), value: (row) => who(row["primarySupervisor"]) },
      { key: "others", title: say("teams.others"), value: (row) => row["secondarySupervisors"].map(who).join(", ") },
      {
        key: "members",
        title: say("teams.members"),
        isNumber: true,
        value: (row) => register.User.filter((one) => one["teamId"] === row["id"]).length,
      },
    ],
    fields: () => {
      const supervisors = register.User.filter((one) => one["roles"].includes("Supervisor"));
      /** @type {[string, string][]} */
      const them = supervisors.map((one) => [one["loginId"], fullName(one)]);
      return [
        { key: "name", label: say("teams.name"), isRequired: true, maxLength: 49 },
        { key: "primarySupervisor", label: say("teams.primary"), kind: "select", choices: [["", say("teams.nobody")], ...them] },
        { key: "secondarySupervisors", label: say("teams.others"), kind: "checks", choices: them },
      ];
    },
    fresh: () => ({ secondarySupervisors: [] }),
    name: (row) => row["name"],
    save: (rest, row, values) =>
      edit(rest, [{ do: row ? "replace" : "add", value: { ...row, ...values, kind: "Team" } }]),
  };
}

/**
 * What has a name and nothing else.
 *
 * @param {string} key
 * @param {string} kind
 * @param {(row: Row) => number} count How many have it.
 * @returns {Resource}
 */
function names(key, kind, count) {
  return {
    key,
    ...common(kind, idKey),
    columns: [
      { key: "name", title: say("names.name"), value: (row) => row["name"] },
      { key: "members", title: say("names.members"), value: count, isNumber: true },
    ],
    fields: () => [{ key: "name", label: say("names.name"), isRequired: true, maxLength: 50 }],
    fresh: () => ({}),
    name: (row) => row["name"],
    save: (rest, row, values) => edit(rest, [{ do: row ? "replace" : "add", value: { ...row, ...values, kind } }]),
  };
}

export const skills = () =>
  names("skills", "Skill", (row) =>
    register.User.filter((one) => one["competences"].some((/** @type {Row} */ each) => each["skillId"] === row["id"])).length,
  );

export const resourceGroups = () =>
  names("resourceGroups", "ResourceGroup", (row) =>
    register.User.filter((one) => one["resourceGroupId"] === row["id"]).length,
  );

/** @returns {Resource} */
export function queues() {
  const numbers = ["minimum", "weight"];
  /** @param {Row} row */
  const pool = (row) =>
    row["resourceGroupId"] === null
      ? skillsText(register.Skill, row["skills"], numbers)
      : say("queues.groupIs", { name: named(register.ResourceGroup, row["resourceGroupId"]) });
  return {
    key: "queues",
    ...common("Queue", idKey),
    columns: [
      { key: "name", title: say("queues.name"), value: (row) => row["name"] },
      { key: "pool", title: say("queues.pool"), value: pool },
      { key: "criterion", title: say("queues.criterion"), value: (row) => say(`criterion.${row["criterion"]}`) },
      {
        key: "level",
        title: say("queues.level"),
        value: (row) => say("queues.levelIs", { percent: row["serviceLevelPercent"], seconds: row["serviceLevelS"] }),
      },
    ],
    fields: () => [
      { key: "name", label: say("queues.name"), isRequired: true, maxLength: 50 },
      { key: "resourceGroupId", label: say("queues.group"), kind: "select", choices: choices(register.ResourceGroup, say("queues.bySkills")) },
      { key: "skills", label: say("queues.skills"), hint: say("queues.skillsHint") },
      { key: "criterion", label: say("queues.criterion"), kind: "select", choices: CRITERIA.map((each) => [each, say(`criterion.${each}`)]) },
      { key: "serviceLevelS", label: say("queues.seconds"), kind: "number", isRequired: true, min: 0, max: 7200 },
      { key: "serviceLevelPercent", label: say("queues.percent"), kind: "number", isRequired: true, min: 1, max: 100 },
      { key: "autoWork", label: say("queues.autoWork"), kind: "check", hint: say("queues.autoWorkHint") },
      { key: "wrapupTimeS", label: say("queues.wrapup"), kind: "number", isRequired: true, min: 0, max: 7200, hint: say("queues.wrapupHint") },
      { key: "ringNoAnswerS", label: say("queues.ring"), kind: "number", min: 1, max: 3600, hint: say("queues.ringHint") },
      { key: "prompt", label: say("queues.prompt"), maxLength: 128, hint: say("queues.promptHint") },
    ],
    fresh: () => ({
      serviceLevelS: 20,
      serviceLevelPercent: 80,
      wrapupTimeS: 0,
      criterion: "longest available",
      resourceGroupId: "",
      skills: "",
    }),
    shown: (row) => ({
      ...row,
      resourceGroupId: row["resourceGroupId"] ?? "",
      skills: skillsText(register.Skill, row["skills"], numbers),
    }),
    name: (row) => row["name"],
    save: (rest, row, values) => {
      const value = {
        ...row,
        ...values,
        kind: "Queue",
        resourceGroupId: idOrNull(values["resourceGroupId"]),
        skills: skillsRead(values["skills"], register.Skill, numbers, "skills"),
      };
      return edit(rest, [{ do: row ? "replace" : "add", value }]);
    },
  };
}

/** @returns {Resource} */
export function triggers() {
  return {
    key: "triggers",
    ...common("Trigger", (row) => row["routePoint"]),
    columns: [
      { key: "routePoint", title: say("triggers.number"), value: (row) => row["routePoint"] },
      { key: "applicationName", title: say("triggers.application"), value: (row) => row["applicationName"] },
      { key: "queue", title: say("triggers.queue"), value: (row) => named(register.Queue, row["csqId"]) },
      { key: "script", title: say("triggers.script"), value: (row) => row["script"] },
    ],
    fields: (row) => [
      { key: "routePoint", label: say("triggers.number"), isRequired: true, isFixed: row !== null, maxLength: 15 },
      { key: "applicationName", label: say("triggers.application"), isRequired: true, maxLength: 128 },
      { key: "applicationId", label: say("triggers.id"), kind: "number", isRequired: true, min: 1, max: 2147483647, hint: say("triggers.idHint") },
      { key: "csqId", label: say("triggers.queue"), kind: "select", choices: choices(register.Queue, say("triggers.byScript")) },
      { key: "script", label: say("triggers.script"), maxLength: 128, hint: say("triggers.scriptHint") },
      { key: "maxSessions", label: say("triggers.sessions"), kind: "number", min: 0, max: 100000, hint: say("triggers.sessionsHint") },
    ],
    fresh: () => ({ csqId: register.Queue[0]?.["id"] ?? "", maxSessions: 0 }),
    shown: (row) => ({ ...row, csqId: row["csqId"] ?? "" }),
    name: (row) => `${row["applicationName"]} (${row["routePoint"]})`,
    save: (rest, row, values) => {
      const value = {
        ...row,
        ...values,
        kind: "Trigger",
        csqId: idOrNull(values["csqId"]),
        maxSessions: values["maxSessions"] ?? 0,
      };
      return edit(rest, [{ do: row ? "replace" : "add", value }]);
    },
  };
}

/**
 * People and teams: what is shown of them, what is asked for, and how several people are changed at once.
 *
 * Touches no DOM; runs under node.
 */
import { say } from "../../../browser/core/text.js";
import {
  choices,
  common,
  edit,
  fullName,
  idKey,
  idOrNull,
  named,
  register,
  skillsRead,
  skillsText,
} from "./directory.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./resources.js").Resource} Resource */
/** @typedef {import("./resources.js").Row} Row */
/** @typedef {import("../../../browser/ui/entry-dialog.js").Field} Field */

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

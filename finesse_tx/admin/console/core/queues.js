/**
 * Skills, resource groups, queues and the numbers that lead to them.
 *
 * Touches no DOM; runs under node.
 */
import { say } from "../../../browser/core/text.js";
import {
  choices,
  common,
  edit,
  idKey,
  idOrNull,
  named,
  register,
  skillsRead,
  skillsText,
} from "./directory.js";

/** @typedef {import("./resources.js").Resource} Resource */
/** @typedef {import("./resources.js").Row} Row */

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

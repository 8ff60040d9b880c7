/**
 * What is configured of a call: which of its variables are shown, and what the desktop does by itself.
 *
 * Touches no DOM; runs under node.
 */
import { say } from "../../../browser/core/text.js";

/** @typedef {import("./resources.js").Resource} Resource */
/** @typedef {import("./resources.js").Row} Row */
/** @typedef {import("../../../browser/ui/entry-dialog.js").Field} Field */

const API = "/finesse/api";

/** @type {[string, string][]} */
const PROPERTIES = [
  ...Array.from({ length: 10 }, (_, index) => `callVariable${index + 1}`),
  "queueName",
  "queueNumber",
  "wrapUpReason",
  "BAAccountNumber",
  "BACampaign",
  "BABuddyName",
  "BACustomerName",
  "BACustomerNumber",
  "BAStatus",
].map((name) => [name, name]);

/** @returns {Field[]} */
const entryRow = () => [
  { key: "mediaProperty", label: say("variables.property"), isRequired: true, maxLength: 32 },
  { key: "displayName", label: say("variables.displayName"), maxLength: 50 },
  { key: "showInPopOver", label: say("variables.popOver"), kind: "check" },
  { key: "uiEditable", label: say("variables.editable"), kind: "check" },
];

/**
 * An entry as the API has it: what is not ticked is not said.
 *
 * @param {Row} row
 */
const entry = ({ displayName, mediaProperty, showInPopOver, uiEditable }) => ({
  displayName,
  mediaProperty: mediaProperty.trim(),
  ...(showInPopOver ? { showInPopOver } : {}),
  ...(uiEditable ? { uiEditable } : {}),
});

/** @returns {Resource} */
export function variableLayouts() {
  return {
    key: "variables",
    load: async (rest, signal) =>
      (await rest.get(`${API}/MediaPropertiesLayouts`, signal)).MediaPropertiesLayout ?? [],
    columns: [
      { key: "name", title: say("variables.name"), value: (row) => row["name"] },
      { key: "description", title: say("variables.description"), value: (row) => row["description"] ?? "" },
      {
        key: "shown",
        title: say("variables.shown"),
        isNumber: true,
        value: (row) =>
          1 + (row["column"] ?? []).reduce((/** @type {number} */ sum, /** @type {Row} */ one) => sum + (one["entry"] ?? []).length, 0),
      },
    ],
    fields: () => [
      { key: "name", label: say("variables.name"), isRequired: true, maxLength: 40, hint: say("variables.nameHint") },
      { key: "description", label: say("variables.description"), maxLength: 128 },
      { key: "property", label: say("variables.headerProperty"), kind: "select", choices: PROPERTIES },
      { key: "title", label: say("variables.headerName"), maxLength: 50 },
      { key: "left", label: say("variables.left"), kind: "rows", row: entryRow(), most: 10, hint: say("variables.rowsHint") },
      { key: "right", label: say("variables.right"), kind: "rows", row: entryRow(), most: 10 },
    ],
    fresh: () => ({ property: "callVariable1", title: "", left: [], right: [] }),
    shown: (row) => {
      const header = row["header"]["entry"][0];
      const [left, right] = row["column"] ?? [];
      return {
        ...row,
        property: header["mediaProperty"],
        title: header["displayName"],
        left: left?.["entry"] ?? [],
        right: right?.["entry"] ?? [],
      };
    },
    name: (row) => row["name"],
    isSystems: (row) => row["type"] === "DEFAULT",
    save: (rest, row, { name, description, property, title, left, right }) => {
      const body = {
        name: name.trim(),
        description,
        type: row?.["type"] ?? "CUSTOM",
        header: { entry: [{ displayName: title, mediaProperty: property }] },
        column: [{ entry: left.map(entry) }, { entry: right.map(entry) }],
      };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/MediaPropertiesLayout`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

/** @returns {Resource} */
export function workflowActions() {
  const types = ["BROWSER_POP", "HTTP_REQUEST"];
  return {
    key: "actions",
    load: async (rest, signal) => (await rest.get(`${API}/WorkflowActions`, signal)).WorkflowAction ?? [],
    columns: [
      { key: "name", title: say("actions.name"), value: (row) => row["name"] },
      { key: "type", title: say("actions.type"), value: (row) => say(`actions.${row["type"]}`) },
      { key: "params", title: say("actions.params"), value: (row) => (row["params"] ?? []).map((/** @type {Row} */ one) => `${one["name"]}=${one["value"]}`).join(", ") },
    ],
    fields: () => [
      { key: "name", label: say("actions.name"), isRequired: true, maxLength: 64 },
      { key: "type", label: say("actions.type"), kind: "select", choices: types.map((type) => [type, say(`actions.${type}`)]) },
      {
        key: "params",
        label: say("actions.params"),
        kind: "rows",
        most: 10,
        hint: say("actions.paramsHint"),
        row: [
          { key: "name", label: say("actions.param"), isRequired: true, maxLength: 64 },
          { key: "value", label: say("actions.value") },
        ],
      },
      {
        key: "actionVariables",
        label: say("actions.variables"),
        kind: "rows",
        most: 5,
        row: [
          { key: "name", label: say("actions.variable"), isRequired: true, maxLength: 32 },
          { key: "node", label: say("actions.node"), maxLength: 500 },
          { key: "testValue", label: say("actions.test"), maxLength: 128 },
        ],
      },
    ],
    fresh: () => ({ params: [], actionVariables: [] }),
    name: (row) => row["name"],
    save: (rest, row, values) => {
      const body = { ...values, handledBy: row?.["handledBy"] ?? "FINESSE_DESKTOP" };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/WorkflowAction`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

const TRIGGERS = ["CALL_ARRIVES", "CALL_ANSWERED", "CALL_ENDS", "CALL_IS_MADE", "CALL_IS_PREVIEWED"];

const COMPARATORS = [
  "CONTAINS",
  "DOES_NOT_CONTAIN",
  "IS_EQUAL",
  "IS_NOT_EQUAL",
  "BEGINS_WITH",
  "ENDS_WITH",
  "IS_EMPTY",
  "IS_NOT_EMPTY",
  "IS_IN_LIST",
];

/** @type {Row[]} */
let actions = [];

/** @returns {Resource} */
export function workflows() {
  return {
    key: "workflows",
    load: async (rest, signal) => {
      const [found, there] = await Promise.all([
        rest.get(`${API}/Workflows`, signal),
        rest.get(`${API}/WorkflowActions`, signal),
      ]);
      actions = there.WorkflowAction ?? [];
      return found.Workflow ?? [];
    },
    columns: [
      { key: "name", title: say("workflows.name"), value: (row) => row["name"] },
      { key: "trigger", title: say("workflows.trigger"), value: (row) => say(`trigger.${row["TriggerSet"]["name"]}`) },
      {
        key: "actions",
        title: say("workflows.actions"),
        value: (row) => (row["workflowActions"] ?? []).map((/** @type {Row} */ one) => one["name"]).join(", "),
      },
    ],
    fields: () => [
      { key: "name", label: say("workflows.name"), isRequired: true, maxLength: 40 },
      { key: "description", label: say("workflows.description"), maxLength: 128 },
      { key: "trigger", label: say("workflows.trigger"), kind: "select", choices: TRIGGERS.map((name) => [name, say(`trigger.${name}`)]) },
      { key: "applyMethod", label: say("workflows.when"), kind: "select", choices: ["ALL", "ANY"].map((one) => [one, say(`workflows.${one}`)]) },
      {
        key: "conditions",
        label: say("workflows.conditions"),
        kind: "rows",
        most: 5,
        hint: say("workflows.conditionsHint"),
        row: [
          { key: "variable", label: say("workflows.variable"), isRequired: true, maxLength: 32 },
          { key: "comparator", label: say("workflows.comparator"), kind: "select", choices: COMPARATORS.map((one) => [one, say(`comparator.${one}`)]) },
          { key: "value", label: say("workflows.value") },
        ],
      },
      {
        key: "actions",
        label: say("workflows.actions"),
        kind: "rows",
        most: 5,
        hint: say("workflows.actionsHint"),
        row: [{ key: "uri", label: say("workflows.action"), kind: "select", choices: actions.map((one) => [one["uri"], one["name"]]) }],
      },
    ],
    fresh: () => ({ conditions: [], actions: [] }),
    shown: (row) => ({
      ...row,
      trigger: row["TriggerSet"]["name"],
      applyMethod: row["ConditionSet"]?.["applyMethod"] ?? "ALL",
      conditions: (row["ConditionSet"]?.["conditions"] ?? []).map((/** @type {Row} */ one) => ({
        ...one,
        variable: one["Variable"]["name"],
      })),
      actions: row["workflowActions"] ?? [],
    }),
    name: (row) => row["name"],
    save: (rest, row, values) => {
      const known = row?.["ConditionSet"]?.["conditions"] ?? [];
      const body = {
        name: values["name"].trim(),
        description: values["description"],
        media: row?.["media"] ?? "Voice",
        TriggerSet: { ...row?.["TriggerSet"], type: "SYSTEM", name: values["trigger"] },
        ConditionSet: {
          applyMethod: values["applyMethod"],
          conditions: values["conditions"].map((/** @type {Row} */ one) => ({
            Variable: known.find((/** @type {Row} */ each) => each["Variable"]["name"] === one["variable"])?.["Variable"] ?? {
              name: one["variable"],
            },
            comparator: one["comparator"],
            value: one["value"],
          })),
        },
        workflowActions: values["actions"].map((/** @type {Row} */ one) => ({ uri: one["uri"] })),
      };
      return row ? rest.put(row["uri"], body) : rest.post(`${API}/Workflow`, body);
    },
    remove: (rest, row) => rest.remove(row["uri"]),
  };
}

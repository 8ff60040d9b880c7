/**
 * What a desktop does by itself when a call comes, is answered, made, offered or over: a team's workflows.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §8.4; `rest.md` §12.8.
 */
import { direction, isPreview, own } from "./dialog-rules.js";
import { escapeFor, filledIn, filledInAddress, holds, valueOf } from "./workflow-values.js";

/** @typedef {import("./dialog-rules.js").Dialog} Dialog */
/** @typedef {import("./workflow-values.js").User} User */
/** @typedef {import("./workflow-values.js").Variable} Variable */
/** @typedef {{ Variable: Variable, comparator: string, value?: string }} Condition */

/**
 * @typedef {object} Action
 * @property {string} name
 * @property {string} type
 * @property {string} handledBy
 * @property {{ name: string, value: string }[]} params
 * @property {Variable[]} [actionVariables]
 */

/**
 * @typedef {object} Workflow As REST's JSON has it.
 * @property {string} name
 * @property {string} [media]
 * @property {{ name: string, allowOverlappingCallWorkflow?: boolean, triggers?: Condition[] }} TriggerSet
 * @property {{ applyMethod?: string, conditions?: Condition[] }} [ConditionSet]
 * @property {Action[]} [workflowActions]
 */

/**
 * An action that is to be done, as gadgets are told of it.
 *
 * @typedef {object} ActionEvent
 * @property {string} name
 * @property {"BROWSER_POP" | "HTTP_REQUEST"} type
 * @property {"FINESSE" | "OTHER"} handledBy Who does it: the page, or some gadget.
 * @property {{ name: string, value: string, expandedValue: string }[]} params
 * @property {{ name: string, type: string, node: string, testValue: string, actualValue: string }[]} actionVariables
 */

/** @typedef {"CALL_ARRIVES" | "CALL_ANSWERED" | "CALL_IS_MADE" | "CALL_IS_PREVIEWED" | "CALL_ENDS"} Trigger */

const LISTENING = "SUPERVISOR_MONITOR";

const OVER = new Set(["DROPPED", "WRAP_UP", "FAILED"]);

const DIALLED = new Set(["INITIATED", "ACTIVE", "HELD"]);

/**
 * What has become of a call so far, in the order in which it happened; of one that is met in the middle, too.
 *
 * @param {Dialog} dialog
 * @param {string} extension One's own.
 * @param {boolean} isGone
 * @returns {Trigger[]}
 */
export function milestones(dialog, extension, isGone) {
  const state = own(dialog, extension)?.state ?? "";
  /** @type {Trigger[]} */
  const passed = [];
  if (isPreview(dialog)) {
    passed.push("CALL_IS_PREVIEWED");
  } else if (direction(dialog, extension) === "out") {
    if (DIALLED.has(state) && dialog.toAddress) {
      passed.push("CALL_IS_MADE");
    }
  } else if (state) {
    passed.push("CALL_ARRIVES");
    if (state === "ACTIVE" || state === "HELD") {
      passed.push("CALL_ANSWERED");
    }
  }
  if (isGone || OVER.has(state)) {
    passed.push("CALL_ENDS");
  }
  return passed;
}

export class WorkflowEngine {
  #workflows;
  /** What each call has passed, whether or not anything came of it. @type {Map<string, Set<Trigger>>} */
  #passed = new Map();
  /** The call that workflows are about, until it ends. */
  #first = "";

  /** @param {Workflow[]} workflows In the team's order. */
  constructor(workflows) {
    this.#workflows = workflows.filter(
      ({ media = "Voice", workflowActions = [] }) => media === "Voice" && workflowActions.length > 0,
    );
  }

  /**
   * A call is there, has changed, or is gone.
   *
   * @param {{ id: string, now: Dialog | null, last: Dialog | null }} change `last` is how it was at the end.
   * @param {User} user Whose page it is.
   * @returns {ActionEvent[]} What is to be done, in this order.
   */
  happened({ id, now, last }, user) {
    const dialog = now ?? last;
    if (!dialog || dialog.mediaType !== "Voice" || dialog.mediaProperties.callType === LISTENING) {
      return [];
    }
    const reached = milestones(dialog, user["extension"], now === null);
    // One that is met when it is over has had its workflows, before a reload.
    const isLate = !this.#passed.has(id) && reached.includes("CALL_ENDS");
    const passed = this.#passed.get(id) ?? new Set(isLate ? reached : []);
    this.#passed.set(id, passed);
    const isFirst = this.#first === "" || this.#first === id;
    /** @type {ActionEvent[]} */
    const todo = [];
    for (const trigger of reached) {
      if (!passed.has(trigger)) {
        passed.add(trigger);
        todo.push(...this.#chosen(trigger, dialog, user, isFirst));
      }
    }
    if (isFirst) {
      this.#first = passed.has("CALL_ENDS") ? "" : id;
    }
    if (now === null) {
      this.#passed.delete(id);
    }
    return todo;
  }

  /**
   * What the first workflow that matches does.
   *
   * @param {Trigger} trigger
   * @param {Dialog} dialog
   * @param {User} user
   * @param {boolean} isFirst Whether it is the call that workflows are about; others only have those that say so.
   */
  #chosen(trigger, dialog, user, isFirst) {
    const found = this.#workflows.find(
      (workflow) =>
        workflow.TriggerSet.name === trigger &&
        (isFirst || workflow.TriggerSet.allowOverlappingCallWorkflow === true) &&
        matches(workflow, dialog, user),
    );
    return (found?.workflowActions ?? []).map((action) => actionEvent(action, dialog, user));
  }
}

/**
 * @param {Workflow} workflow
 * @param {Dialog} dialog
 * @param {User} user
 */
function matches({ TriggerSet: { triggers = [] }, ConditionSet: { applyMethod, conditions = [] } = {} }, dialog, user) {
  const isTrue = (/** @type {Condition} */ condition) => holds(condition, dialog, user);
  return (
    triggers.every(isTrue) &&
    (conditions.length === 0 || (applyMethod === "ANY" ? conditions.some(isTrue) : conditions.every(isTrue)))
  );
}

/**
 * An action with the values of a call.
 *
 * @param {Action} action
 * @param {Dialog} dialog
 * @param {User} user
 * @returns {ActionEvent}
 */
export function actionEvent({ name, type, handledBy, params, actionVariables = [] }, dialog, user) {
  const values = actionVariables.map((one) => ({
    name: one.name,
    type: one.type ?? "SYSTEM",
    node: one.node ?? "",
    testValue: one.testValue ?? "",
    actualValue: valueOf(one, dialog, user),
  }));
  const value = (/** @type {string} */ wanted) =>
    values.find((one) => one.name === wanted)?.actualValue ?? valueOf({ name: wanted }, dialog, user);
  const escape = escapeFor(params.find((one) => one.name === "contentType")?.value ?? "");
  return {
    name,
    type: type === "HTTP_REQUEST" ? "HTTP_REQUEST" : "BROWSER_POP",
    handledBy: handledBy === "OTHER" ? "OTHER" : "FINESSE",
    params: params.map((param) => ({
      name: param.name,
      value: param.value,
      expandedValue:
        param.name === "path" ? filledInAddress(param.value, value)
        : param.name === "body" ? filledIn(param.value, value, escape)
        : param.value,
    })),
    actionVariables: values,
  };
}

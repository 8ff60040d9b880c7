/** The head of a call: its state, who it is, what kind of call it is, and for how long. Spec: desktop.md §13. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import * as variables from "../core/call-variables.js";
import * as rules from "../core/dialog-rules.js";
import { icon } from "./call-icons.js";

/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */
/** @typedef {import("./call-card.js").Surroundings} Surroundings */

/** What is said by the name of the queue. */
const QUEUED = new Set(["ACD_IN", "PREROUTE_ACD_IN"]);

/**
 * Who a call is with, for people.
 *
 * @param {Dialog} dialog
 * @param {string} extension One's own.
 * @param {import("../core/contacts.js").Contacts} contacts
 * @returns {string}
 */
export function partyOf(dialog, extension, contacts) {
  const number = rules.otherParty(dialog, extension);
  const called = rules.isPreview(dialog) ? rules.variable(dialog, "BABuddyName") : "";
  const there = rules.others(dialog, extension).length;
  return (
    called || contacts.name(number) || number || (there > 1 ? say("calls.conference", { count: there + 1 }) : say("calls.unknown"))
  );
}

/**
 * What becomes of another call when one goes back to this one; empty for nothing.
 *
 * @param {Dialog} dialog
 * @param {string} extension One's own.
 * @param {Iterable<Dialog>} dialogs One's own.
 * @param {import("../core/contacts.js").Contacts} contacts
 * @returns {string}
 */
export function priceOf(dialog, extension, dialogs, contacts) {
  const other = rules.makesRoom(dialogs, dialog, extension);
  if (!other) {
    return "";
  }
  const isTalking = rules.own(other, extension)?.state === "ACTIVE";
  return say(isTalking ? "calls.price.holds" : "calls.price.ends", { who: partyOf(other, extension, contacts) });
}

export class CallHead {
  #chip = h("span", { class: "chip" });
  #who = h("h2");
  #number = h("span", { class: "number" });
  #about = h("p", { class: "about" });
  #total = h("span", { class: "total", role: "timer", "aria-label": say("calls.total") });
  #part = h("span", { class: "part" });

  element = h(
    "div",
    { class: "head" },
    this.#chip,
    h("div", { class: "party" }, h("div", { class: "title" }, this.#who, this.#number), this.#about),
    h("div", { class: "clock" }, this.#total, this.#part),
  );

  /**
   * @param {Dialog} dialog
   * @param {string} extension One's own.
   * @param {Surroundings} around
   * @param {boolean} isConsultation It has the header variable of the call that it is about, which stands there.
   */
  show(dialog, extension, around, isConsultation) {
    const who = partyOf(dialog, extension, around.contacts);
    const number = rules.otherParty(dialog, extension);
    this.#chip.textContent = stateText(dialog, extension);
    this.#who.textContent = who;
    this.#number.textContent = who === number ? "" : number;
    fill(this.#about, about(dialog, extension, isConsultation ? [] : around.layouts));
  }

  /**
   * Time has passed.
   *
   * @param {Dialog} dialog
   * @param {string} extension
   * @param {number} now Of the server, in milliseconds.
   * @param {{ wrapUpSeconds: number, isWrapUpShown: boolean }} how Wrap-up is counted down from that many seconds; 0 for up.
   */
  tick(dialog, extension, now, { wrapUpSeconds, isWrapUpShown }) {
    const { total, held, wrapUp, isDown } = rules.timers(dialog, extension, now, wrapUpSeconds);
    const isWrapUp = wrapUp !== null;
    name(this.#total, say(isWrapUp ? "calls.wrapUpTimer" : "calls.total"));
    set(this.#total, isWrapUp && !isWrapUpShown ? "" : rules.clock(isWrapUp ? wrapUp : total));
    set(
      this.#part,
      held !== null ? say("calls.held", { time: rules.clock(held) }) : isWrapUp && isWrapUpShown && isDown ? say("calls.wrapUpLeft") : "",
    );
  }
}

/**
 * @param {HTMLElement} node
 * @param {string} label
 */
function name(node, label) {
  if (node.getAttribute("aria-label") !== label) {
    node.setAttribute("aria-label", label);
  }
}

/**
 * @param {HTMLElement} node
 * @param {string} text
 */
function set(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

/**
 * @param {Dialog} dialog
 * @param {string} extension
 */
function stateText(dialog, extension) {
  const state = rules.own(dialog, extension)?.state ?? "";
  if (rules.isPreview(dialog) && state === "ALERTING") {
    return say("calls.state.preview");
  }
  const isListening = rules.isListening(dialog, extension) && state === "ACTIVE";
  return say(isListening ? "calls.state.listening" : `calls.state.${state}`);
}

/**
 * @param {Dialog} dialog
 * @param {string} extension
 * @param {import("../core/call-variables.js").Layout[]} layouts
 */
function about(dialog, extension, layouts) {
  const { callType, queueName = "" } = dialog.mediaProperties;
  const { header } = variables.cells(variables.layoutOf(layouts, dialog), dialog, false);
  const way = rules.direction(dialog, extension);
  const key = `calls.type.${callType}`;
  const kind = say(key);
  // A consultation that is left of two calls is the customer's: how it began says nothing.
  const wasConsultation = Boolean(dialog.secondaryId) && way === "out";
  const hasWay = !rules.isListening(dialog, extension) && !wasConsultation;
  const isSaid = (queueName && QUEUED.has(callType)) || (callType === "CONFERENCE" && rules.others(dialog, extension).length > 1);
  return [
    hasWay && h("span", { class: "way" }, icon(way), say(`calls.${way}`)),
    kind !== key && !isSaid && !wasConsultation && h("span", {}, kind),
    queueName && h("span", { class: "queue" }, queueName),
    header?.value && h("span", { class: "header" }, h("span", { class: "label" }, say("calls.labelled", { label: header.label })), header.value),
    rules.variable(dialog, "recording") === "on" && h("span", { class: "recording" }, say("calls.recording")),
    ...campaign(dialog),
  ];
}

/**
 * What was said of a campaign's customer.
 *
 * @param {Dialog} dialog
 */
function campaign({ scheduledCallbackInfo, mediaProperties }) {
  const { callbackTime: time = "", callbackNumber: number = "" } = scheduledCallbackInfo ?? {};
  const what = mediaProperties.outboundClassification;
  const when = time.replace("T", " ");
  return [
    what && h("span", {}, say("calls.reclassified", { what: say(`calls.reclassify.${what}`) })),
    (when || number) && h("span", {}, say(number ? "calls.callback.toldAt" : "calls.callback.told", { when, number })),
  ];
}

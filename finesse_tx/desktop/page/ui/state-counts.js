/** `<state-counts>`: how many of a team are ready, talking and so on; a press shows those alone, and another one all. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { kindOf, stateLabel } from "../core/agent-states.js";

/** The colours, in the order in which they stand, each with the state that names it. */
const KINDS = Object.entries({
  ready: "READY",
  reserved: "RESERVED",
  talking: "TALKING",
  hold: "HOLD",
  "wrap-up": "WORK",
  "not-ready": "NOT_READY",
  "signed-out": "LOGOUT",
});

export class StateCounts extends LiveElement {
  /** The one that is shown alone; empty for all. */
  chosen = "";

  /** Told of another choice. @type {() => void} */
  changed = () => {};

  #shown = "";

  /** By kind; they stay, so that a number that changes takes nobody's focus. */
  #items = new Map(KINDS.map(([kind, state]) => [kind, this.#item(kind, stateLabel(state))]));

  start() {
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", say("team.counts"));
    fill(this, h("ul", {}, [...this.#items.values()].map(({ item }) => item)));
  }

  /**
   * @param {string} kind
   * @param {string} label
   */
  #item(kind, label) {
    const count = h("b", {});
    const press = () => {
      this.chosen = this.chosen === kind ? "" : kind;
      this.#items.forEach((one, other) => one.button.setAttribute("aria-pressed", String(this.chosen === other)));
      this.changed();
    };
    const title = say("team.countsOnly", { state: label });
    const button = h("button", { type: "button", class: "quiet", "aria-pressed": "false", title, onclick: press }, count, " ", label);
    return { item: h("li", { "data-mark": kind, hidden: true }, button), button, count };
  }

  /** @param {Map<string, number>} states How many there are in each state. */
  show(states) {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const [state, count] of states) {
      const kind = kindOf(state);
      counts[kind] = (counts[kind] ?? 0) + count;
    }
    const says = KINDS.map(([kind]) => counts[kind] ?? 0).join() + this.chosen;
    if (says !== this.#shown) {
      this.#shown = says;
      for (const [kind, { item, count }] of this.#items) {
        count.textContent = String(counts[kind] ?? 0);
        item.hidden = !counts[kind] && this.chosen !== kind;
      }
    }
  }
}

customElements.define("state-counts", StateCounts);

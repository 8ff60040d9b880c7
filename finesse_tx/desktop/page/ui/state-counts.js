/** `<state-counts>`: how many of a team are ready, talking and so on. */
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
  #list = h("ul", {});
  #shown = "";

  start() {
    fill(this, this.#list);
  }

  /** @param {Map<string, number>} states How many there are in each state. */
  show(states) {
    /** @type {Record<string, number>} */
    const counts = {};
    for (const [state, count] of states) {
      const kind = kindOf(state);
      counts[kind] = (counts[kind] ?? 0) + count;
    }
    const shown = KINDS.filter(([kind]) => counts[kind]);
    const says = shown.map(([kind]) => `${kind} ${counts[kind]}`).join();
    if (says !== this.#shown) {
      this.#shown = says;
      fill(
        this.#list,
        shown.map(([kind, state]) => h("li", { "data-mark": kind }, h("b", {}, counts[kind]), " ", stateLabel(state))),
      );
    }
  }
}

customElements.define("state-counts", StateCounts);

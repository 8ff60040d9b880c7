/** Who is in a conference, and whom one may take out of it. Spec: desktop.md §13. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import * as rules from "../core/dialog-rules.js";

/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */

export class CallParties {
  #drop;
  #shown = "";

  element = h("ul", { class: "parties", "aria-label": say("calls.participants"), hidden: true });

  /** @param {(number: string) => void} drop Take somebody out. */
  constructor(drop) {
    this.#drop = drop;
  }

  /**
   * Show them, if there are more than two.
   *
   * @param {Dialog} dialog
   * @param {string} extension One's own.
   * @param {(number: string) => string} nameOf Whose number that is; empty where nobody knows.
   * @param {string | undefined} whom The layout's `dropParticipant`.
   */
  show(dialog, extension, nameOf, whom = "agents") {
    const there = rules.others(dialog, extension);
    const droppable = new Set(rules.droppable(dialog, extension, whom));
    const parties = there.map((one) => ({
      number: one.mediaAddress,
      name: nameOf(one.mediaAddress),
      state: one.state,
      isDroppable: droppable.has(one),
    }));
    const mine = rules.own(dialog, extension)?.state ?? "";
    const shown = JSON.stringify([mine, parties]);
    this.element.hidden = there.length < 2;
    if (shown !== this.#shown) {
      // What has not changed stays: a button that has the focus keeps it.
      this.#shown = shown;
      fill(this.element, item(say("calls.you"), "", mine), parties.map((one) => this.#party(one)));
    }
  }

  /** @param {{ number: string, name: string, state: string, isDroppable: boolean }} party */
  #party({ number, name, state, isDroppable }) {
    const shown = item(name || number, name && number, state);
    if (isDroppable) {
      shown.append(
        h(
          "button",
          {
            type: "button",
            class: "quiet danger",
            "aria-label": say("calls.dropWho", { who: name || number }),
            onclick: () => this.#drop(number),
          },
          say("calls.do.PARTICIPANT_DROP"),
        ),
      );
    }
    return shown;
  }
}

/**
 * @param {string} name
 * @param {string} number
 * @param {string} state
 */
function item(name, number, state) {
  return h(
    "li",
    {},
    h("span", { class: "name" }, name, number && h("span", { class: "number" }, ` ${number}`)),
    h("span", { class: "state" }, say(`calls.state.${state}`)),
  );
}

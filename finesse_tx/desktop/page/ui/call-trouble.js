/** One line of what was wrong with a request about a call: a sentence, the details, and a way to be rid of it. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";

export class CallTrouble {
  element = h("div", { class: "trouble", role: "alert", hidden: true });

  /** @param {import("../core/call-errors.js").Told | null} told Null for nothing. */
  show(told) {
    this.element.hidden = told === null;
    fill(
      this.element,
      told && [
        h("span", { class: "sentence" }, told.sentence),
        h("details", {}, h("summary", {}, say("calls.error.details")), h("code", {}, told.details)),
        h("button", { type: "button", class: "quiet", "aria-label": say("calls.error.dismiss"), onclick: () => this.show(null) }, "×"),
      ],
    );
  }
}

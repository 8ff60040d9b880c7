/** `<signed-out>`: it is over, why, and the way back. Spec: desktop.md §12. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { logoMark } from "./desk-logo.js";

export class SignedOut extends LiveElement {
  /** Why, for people to read; empty where nobody said. */
  reason = "";

  /** Sign in again. */
  again = () => {};

  start() {
    const again = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.again();
    };
    const link = h("a", { class: "button primary", href: "/desktop/", onclick: again }, say("sign.title"));
    document.title = say("sign.out.title");
    fill(
      this,
      h(
        "main",
        {},
        h(
          "div",
          { class: "card" },
          logoMark(),
          h("h1", {}, say("sign.out.title")),
          this.reason && h("p", { class: "reason" }, say("sign.out.reason", { reason: this.reason })),
          h("p", {}, say("sign.out.next")),
          link,
        ),
      ),
    );
    link.focus();
  }
}

customElements.define("signed-out", SignedOut);

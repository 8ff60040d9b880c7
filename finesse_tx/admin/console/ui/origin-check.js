/** `<origin-check>`: whether pages of another origin may use the web services, before they are there. */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */

export class OriginCheck extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  start() {
    const id = freshId("origin");
    const origin = h("input", { id, required: true, placeholder: "https://crm.example.com", autocomplete: "off" });
    const told = h("p", { class: "notice", role: "status", hidden: true });
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.origins")),
        h("p", { class: "quiet" }, say("origins.about")),
      ),
      h(
        "form",
        {
          class: "card",
          onsubmit: async (/** @type {Event} */ event) => {
            event.preventDefault();
            try {
              const asked = encodeURIComponent(origin.value.trim());
              const found = await this.rest.get(`/cfadmin/api/origin?origin=${asked}`, this.signal);
              const { allowed, reason } = found.OriginCheck ?? found;
              told.className = `notice ${allowed ? "good" : "bad"}`;
              told.textContent = `${say(allowed ? "origins.allowed" : "origins.refused")} ${reason}.`;
            } catch (error) {
              told.className = "notice bad";
              told.textContent = error instanceof Error ? error.message : String(error);
            }
            told.hidden = false;
          },
        },
        h("div", { class: "field" }, h("label", { for: id }, say("origins.origin")), origin),
        h("button", { class: "primary" }, say("origins.test")),
        told,
      ),
    );
  }
}

customElements.define("origin-check", OriginCheck);

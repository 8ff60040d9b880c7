/** `<sign-in>`: asks an agent for name, password and extension. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../core/entrance.js").Credentials} Credentials */

export class SignIn extends LiveElement {
  /** Why one has to sign in again; empty the first time. */
  reason = "";

  /** @type {(credentials: Credentials) => Promise<void>} Throws a RefusedError. */
  signIn = async () => {};

  start() {
    const trouble = h("p", { class: "notice bad", role: "alert", hidden: !this.reason }, this.reason);
    const field = (/** @type {string} */ name, /** @type {Record<string, unknown>} */ more) =>
      h("input", { id: name, name, required: true, ...more });
    const username = field("username", { autocomplete: "username" });
    const password = field("password", { type: "password", autocomplete: "current-password" });
    const extension = field("extension", { inputMode: "tel", autocomplete: "off" });
    const button = h("button", { class: "primary" }, say("sign.title"));
    const labelled = (/** @type {HTMLInputElement} */ input) =>
      h("div", { class: "field" }, h("label", { for: input.id }, say(`sign.${input.id}`)), input);
    const submitted = async (/** @type {Event} */ event) => {
      event.preventDefault();
      button.disabled = true;
      try {
        await this.signIn({ username: username.value, password: password.value, extension: extension.value });
      } catch (error) {
        trouble.textContent = error instanceof Error ? error.message : String(error);
        trouble.hidden = false;
        password.value = "";
        password.focus();
      } finally {
        button.disabled = false;
      }
    };
    fill(
      this,
      h(
        "main",
        {},
        h(
          "form",
          { onsubmit: submitted },
          h("h1", {}, say("sign.title")),
          trouble,
          [username, password, extension].map(labelled),
          button,
        ),
      ),
    );
    username.focus();
  }
}

customElements.define("sign-in", SignIn);

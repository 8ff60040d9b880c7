/** `<sign-in>`: asks an administrator for name and password. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

export class SignIn extends LiveElement {
  /** Why one has to sign in again; empty the first time. */
  reason = "";

  /** @type {(username: string, password: string) => Promise<void>} */
  signIn = async () => {};

  start() {
    const trouble = h("p", { class: "notice bad", role: "alert", hidden: !this.reason }, this.reason);
    const username = h("input", { id: "username", name: "username", autocomplete: "username", required: true });
    const password = h("input", {
      id: "password",
      name: "password",
      type: "password",
      autocomplete: "current-password",
      required: true,
    });
    const button = h("button", { class: "primary" }, say("signIn.action"));
    const form = h(
      "form",
      {
        novalidate: true,
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          const missing = [username, password].find((one) => !one.value);
          if (missing) {
            trouble.textContent = say("signIn.missing");
            trouble.hidden = false;
            missing.focus();
            return;
          }
          button.disabled = true;
          button.setAttribute("aria-busy", "true");
          try {
            await this.signIn(username.value, password.value);
          } catch (error) {
            trouble.textContent = error instanceof Error ? error.message : String(error);
            trouble.hidden = false;
            password.value = "";
            password.focus();
          } finally {
            button.disabled = false;
            button.removeAttribute("aria-busy");
          }
        },
      },
      h("h1", {}, say("signIn.title")),
      h("p", { class: "quiet" }, say("signIn.who")),
      trouble,
      h("div", { class: "field" }, h("label", { for: "username" }, say("signIn.username")), username),
      h("div", { class: "field" }, h("label", { for: "password" }, say("signIn.password")), password),
      button,
    );
    fill(this, h("main", {}, form));
    username.focus();
  }
}

customElements.define("sign-in", SignIn);

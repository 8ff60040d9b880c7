/**
 * `<sign-in>`: asks an agent for name, password and extension, and says in words what keeps him out.
 *
 * Spec: desktop.md §11.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { serves } from "../core/failover-watch.js";
import { keepKnown, known } from "../core/known-extensions.js";
import { number } from "../core/locale.js";
import { SERVER_RETRY, faultOf } from "../core/sign-in-faults.js";
import { logoMark } from "./desk-logo.js";
import { languageList, speakLanguage } from "./language.js";
import { SignInTrouble } from "./sign-in-trouble.js";

/** @typedef {import("../core/entrance.js").Credentials} Credentials */

/**
 * @typedef {{
 *   securityBannerMessage?: string, enableMobileAgentLogin?: string, systemStatus?: string,
 *   isAlternateSystemAvailable?: boolean, alternateHost?: string,
 * }} DesktopConfig
 */

const MODES = ["CALL_BY_CALL", "NAILED_CONNECTION"];

export class SignIn extends LiveElement {
  /** Why one has to sign in again; empty the first time. */
  reason = "";

  /** @type {(credentials: Credentials) => Promise<void>} Throws a RefusedError. */
  signIn = async () => {};

  /** @type {() => Promise<DesktopConfig>} What the server says before anybody has signed in. */
  config = async () => ({});

  #username = field("username", { autocomplete: "username", autocapitalize: "none", spellcheck: false });
  #password = field("password", { type: "password", autocomplete: "current-password" });
  #extension = field("extension", { inputMode: "tel", autocomplete: "off" });
  #dialNumber = field("dialNumber", { inputMode: "tel", autocomplete: "tel", required: false });
  #mode = h("select", { id: "mode", name: "mode" });
  #remember = h("input", { id: "remember", type: "checkbox", checked: true });
  #mobile = h("input", { id: "mobile", type: "checkbox" });
  #button = h("button", { class: "primary" });
  #caps = h("p", { class: "hint", id: "caps", "aria-live": "polite" });
  #trouble = new SignInTrouble();

  /** @type {DesktopConfig} */
  #found = {};
  #isBusy = false;
  #isOut = false;
  #tries = { text: "", count: 0 };

  start() {
    this.#render();
    if (this.reason) {
      this.#trouble.show(this.reason);
    }
    this.#username.focus();
    const { signal } = this;
    const typed = () => this.#typed();
    this.addEventListener("input", typed, { signal });
    this.#username.addEventListener("change", () => this.#recall(), { signal });
    this.#mobile.addEventListener("change", () => this.#render(), { signal });
    for (const type of ["keydown", "keyup"]) {
      this.#password.addEventListener(type, (event) => this.#look(/** @type {KeyboardEvent} */ (event)), { signal });
    }
    this.#learn();
  }

  /** What the server says of itself; while it does not serve it is asked again, and one may sign in at the other one. */
  async #learn() {
    const { signal } = this;
    try {
      this.#found = await this.config();
    } catch {
      return; // the sign-in itself will tell
    }
    if (signal.aborted) {
      return;
    }
    this.#render();
    const { systemStatus = "IN_SERVICE" } = this.#found;
    if (systemStatus !== "IN_SERVICE") {
      this.#isOut = true;
      if (this.#trouble.hidden) {
        this.#trouble.show(say("sign.fault.outOfService"));
      }
      this.#offerOther();
      const timer = setTimeout(() => this.#learn(), SERVER_RETRY.retryS * 1000);
      signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
    } else if (this.#isOut) {
      this.#isOut = false;
      this.#trouble.clear();
    }
  }

  /** Where this server does not serve, and the other one does, it is one click away. */
  async #offerOther() {
    const { isAlternateSystemAvailable, alternateHost } = this.#found;
    const other = isAlternateSystemAvailable && alternateHost ? `https://${alternateHost}` : "";
    if (other && (await serves((...asked) => fetch(...asked), other)) && !this.#trouble.hidden) {
      this.#trouble.offer(`${other}/desktop/${location.search}`, say("sign.other"));
    }
  }

  get #isMobile() {
    return this.#found.enableMobileAgentLogin === "true";
  }

  /** All words anew, since somebody may choose another language; what is filled in stays. */
  #render() {
    const focused = document.activeElement instanceof HTMLElement && this.contains(document.activeElement) ? document.activeElement : null;
    const banner = this.#found.securityBannerMessage ?? "";
    const submitted = (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#tries = { text: "", count: 0 };
      this.#submit();
    };
    document.title = say("sign.title");
    fill(
      this,
      h(
        "main",
        {},
        h(
          "form",
          { novalidate: true, onsubmit: submitted },
          h("div", { class: "who" }, logoMark(), h("h1", {}, say("sign.title")), this.#languages()),
          this.#trouble,
          labelled(this.#username),
          labelled(this.#password, this.#caps),
          labelled(this.#extension),
          check(this.#remember, say("sign.remember")),
          this.#isMobile && check(this.#mobile, say("sign.mobile")),
          this.#isMobile && this.#mobile.checked && this.#mobileFields(),
          this.#button,
        ),
        banner && h("p", { class: "banner" }, banner),
      ),
    );
    this.#follow();
    const back = focused?.id === "language" ? this.querySelector("select#language") : focused;
    /** @type {HTMLElement | null} */ (back)?.focus();
  }

  #languages() {
    return languageList("language", async (language) => {
      await speakLanguage(language);
      this.#trouble.clear();
      this.#render();
    });
  }

  #mobileFields() {
    const chosen = this.#mode.value || MODES[0];
    fill(
      this.#mode,
      MODES.map((mode) => h("option", { value: mode, selected: mode === chosen }, say(`sign.mode.${mode}`))),
    );
    return h(
      "fieldset",
      {},
      h("legend", {}, say("sign.mobileWhere")),
      h("div", { class: "field" }, h("label", { for: "mode" }, say("sign.mode")), this.#mode, h("p", { class: "hint" }, say("sign.modeHint"))),
      labelled(this.#dialNumber),
    );
  }

  /** The fields that have to be filled. */
  get #wanted() {
    const all = [this.#username, this.#password, this.#extension];
    return this.#isMobile && this.#mobile.checked ? [...all, this.#dialNumber] : all;
  }

  /** What the button says, and whether it can be pressed. */
  #follow() {
    this.#button.disabled = !this.#isBusy && this.#wanted.some(({ value }) => !value.trim());
    this.#button.textContent = say(this.#isBusy ? "sign.busy" : "sign.title");
    this.#button.setAttribute("aria-busy", String(this.#isBusy));
  }

  #typed() {
    this.#trouble.stop(); // whoever types tries again himself
    for (const input of this.#wanted) {
      input.removeAttribute("aria-invalid");
    }
    this.#follow();
  }

  /** @param {KeyboardEvent} event */
  #look(event) {
    this.#caps.textContent = event.getModifierState?.("CapsLock") ? say("sign.capsLock") : "";
  }

  /** Fill in what somebody had the last time. */
  #recall() {
    const found = known(this.#username.value);
    if (!found) {
      return;
    }
    this.#extension.value ||= found.extension;
    this.#remember.checked = true;
    if (found.mode && this.#isMobile) {
      this.#mobile.checked = true;
      this.#render();
      this.#mode.value = found.mode;
      this.#dialNumber.value ||= found.dialNumber ?? "";
    }
    this.#follow();
  }

  async #submit() {
    if (this.#isBusy || this.#button.disabled) {
      return;
    }
    const username = this.#username.value.trim();
    const extension = this.#extension.value.trim();
    const isMobile = this.#isMobile && this.#mobile.checked;
    const mobileAgent = { mode: this.#mode.value, dialNumber: this.#dialNumber.value.trim() };
    this.#isBusy = true;
    this.#trouble.clear();
    this.#follow();
    try {
      await this.signIn({ username, password: this.#password.value, extension, ...(isMobile && { more: { mobileAgent } }) });
      const kept = { extension, ...(isMobile && mobileAgent) };
      keepKnown(username, this.#remember.checked ? kept : null);
    } catch (error) {
      this.#isBusy = false;
      this.#refused(error, extension);
    } finally {
      this.#isBusy = false;
      this.#follow();
    }
  }

  /**
   * @param {unknown} error
   * @param {string} extension
   */
  #refused(error, extension) {
    const fault = faultOf(error, { extension, now: Date.now() });
    this.#trouble.show(fault.text, fault.details);
    if (fault.text !== this.#tries.text) {
      this.#tries = { text: fault.text, count: 0 };
    }
    this.#tries.count += 1;
    if (fault.field === "password") {
      this.#password.value = "";
    }
    this.#follow();
    if (fault.tries === Infinity) {
      this.#offerOther();
    }
    if (fault.retryS > 0 && this.#tries.count <= fault.tries) {
      const values = { count: number(this.#tries.count), tries: number(fault.tries) };
      const label = Number.isFinite(fault.tries) ? say("sign.retryOf", values) : say("sign.retry");
      this.#trouble.retry(fault.retryS, label, () => this.#submit(), () => this.#username.focus());
      return;
    }
    const input = this.#wanted.find(({ id }) => id === fault.field);
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
    input?.select();
  }
}

/**
 * @param {string} name
 * @param {Record<string, unknown>} more
 */
function field(name, more) {
  return h("input", { id: name, name, required: true, ...more });
}

/**
 * @param {HTMLInputElement} input
 * @param {HTMLElement} [hint]
 */
function labelled(input, hint) {
  if (hint) {
    input.setAttribute("aria-describedby", hint.id);
  }
  return h("div", { class: "field" }, h("label", { for: input.id }, say(`sign.${input.id}`)), input, hint);
}

/**
 * @param {HTMLInputElement} input
 * @param {string} label
 */
function check(input, label) {
  return h("div", { class: "check" }, input, h("label", { for: input.id }, label));
}

customElements.define("sign-in", SignIn);

/**
 * `<identity-menu>`: who is signed in and where, how the desktop looks and sounds, and the ways out: help, report, sign out.
 *
 * Spec: desktop.md §12 (identity, sign-out), §17 (L, 2).
 */
import { say } from "../../../browser/core/text.js";
import { fill, freshId, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";
import { isInCall, signOutBlock } from "../core/agent-states.js";
import { deskLog } from "../core/desk-log.js";
import { refusalText } from "../core/state-refusals.js";
import { askPermission, isSoundOn, permission, setSound } from "./attention.js";
import { HeaderPanel } from "./header-panel.js";
import { languageList } from "./language.js";
import { reloadQuietly } from "./leaving.js";
import { panelItem, reasonList } from "./reason-list.js";
import { showShortcuts } from "./shortcut-list.js";
import { THEMES, setTheme, theme } from "./theme.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("./reason-list.js").ReasonCode} ReasonCode */

export class IdentityMenu extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  #initials = h("span", { class: "initials" });
  #name = h("span", { class: "name" });
  #button = h("button", { type: "button" }, this.#initials, this.#name);
  #panel = /** @type {HeaderPanel} */ (/** @type {any} */ (null));
  /** @type {ReasonCode[]} */
  #reasons = [];
  #isCCX = true;
  #isLeaving = false;

  start() {
    const { desk, signal } = this;
    this.#panel = new HeaderPanel(this.#button, {
      label: say("sign.identity"),
      fill: () => {
        this.#isLeaving = false;
        this.#fillPanel();
      },
      signal,
    });
    fill(this, this.#button, this.#panel.element);
    for (const type of ["me", "calls", "status"]) {
      desk.addEventListener(type, () => this.#show(), { signal });
    }
    const keys = [
      { id: "sign-out", label: say("sign.out"), keys: "Ctrl+Alt+L", run: () => this.#wantsOut() },
      { id: "error-report", label: say("sign.report"), keys: "Ctrl+Shift+2", run: () => this.#report() },
    ];
    for (const one of keys) {
      desk.shortcuts?.add({ ...one, signal });
    }
    this.#show();
    this.#learn();
  }

  async #learn() {
    const kept = (/** @type {string} */ name) => this.desk.config(name).catch(() => null);
    const [reasons, system] = await Promise.all(["SignOutReasons", "SystemInfo"].map(kept));
    this.#reasons = reasons?.ReasonCode ?? [];
    this.#isCCX = system?.deploymentType !== "UCCE";
  }

  /** The key of a sentence, or a gadget's own words; empty where he may sign out. */
  get #why() {
    const { me, calls, status } = this.desk;
    if (status === "failing" || status === "conflict") {
      return "sign.whyNot.connection";
    }
    return signOutBlock(me, { isCCX: this.#isCCX, isInCall: isInCall(calls.values(), me.extension) }) || this.desk.signOutBlocked();
  }

  #show() {
    const { me } = this.desk;
    const name = `${me.firstName} ${me.lastName}`.trim() || me.loginName;
    this.#name.textContent = name;
    this.#initials.dataset["text"] = [me.firstName, me.lastName].map((part) => [...part][0] ?? "").join("") || [...name][0] || "";
    this.#button.setAttribute("aria-label", say("sign.identityOf", { name }));
    if (this.#panel.isOpen && !this.#isLeaving) {
      this.#refreshSignOut();
    }
  }

  /** Whether one may sign out has changed, while somebody looks. */
  #refreshSignOut() {
    const out = /** @type {HTMLElement | null} */ (this.#panel.element.querySelector(".sign-out"));
    const why = this.#why;
    const item = this.#signOutItem(why && say(why));
    if (out && out.textContent !== item.textContent) {
      const hadFocus = out === document.activeElement;
      out.replaceWith(item);
      if (hadFocus) {
        item.focus();
      }
    }
  }

  #fillPanel() {
    const why = this.#why;
    fill(
      this.#panel.element,
      h(
        "div",
        { class: "person", tabindex: "-1", autofocus: true },
        h("p", { class: "full" }, this.#name.textContent),
        h("p", { class: "role" }, say(this.desk.isSupervisor ? "sign.role.supervisor" : "sign.role.agent")),
        h(
          "dl",
          {},
          this.#facts().map(([key, value]) => [h("dt", {}, say(key)), h("dd", {}, value)]),
        ),
      ),
      this.#wishes(),
      h(
        "div",
        { class: "deeds" },
        this.desk.shortcuts &&
          panelItem({
            label: say("sign.shortcuts"),
            note: "Ctrl+Alt+F",
            act: () => {
              this.#panel.close();
              showShortcuts(this.desk.shortcuts);
            },
          }),
        panelItem({ label: say("sign.report"), note: say("sign.reportNote"), act: () => this.#report() }),
        this.#signOutItem(why && say(why)),
      ),
    );
  }

  /** @returns {[string, string][]} */
  #facts() {
    const me = /** @type {any} */ (this.desk.me);
    /** @type {[string, string][]} */
    const all = [
      ["sign.loginId", me.loginId],
      ["sign.extension", me.extension],
      ["sign.team", me.teamName],
      ["sign.mobileNumber", me.mobileAgent?.dialNumber ?? ""],
    ];
    return all.filter(([, value]) => value);
  }

  #wishes() {
    const id = freshId("wish");
    return h(
      "div",
      { class: "wishes" },
      h("label", { for: `${id}-theme` }, say("sign.theme")),
      h(
        "select",
        { id: `${id}-theme`, onchange: (/** @type {Event} */ event) => setTheme(/** @type {HTMLSelectElement} */ (event.currentTarget).value) },
        THEMES.map((one) => h("option", { value: one, selected: one === theme() }, say(`sign.theme.${one}`))),
      ),
      h("label", { for: `${id}-language` }, say("sign.language")),
      languageList(`${id}-language`, reloadQuietly),
      h(
        "div",
        { class: "check" },
        h("input", {
          id: `${id}-sound`,
          type: "checkbox",
          checked: isSoundOn(),
          onchange: (/** @type {Event} */ event) => setSound(/** @type {HTMLInputElement} */ (event.currentTarget).checked),
        }),
        h("label", { for: `${id}-sound` }, say("sign.sound")),
      ),
      permission() === "default" && this.#permissionButton(),
      permission() === "denied" && h("p", { class: "note" }, say("sign.notifyDenied")),
    );
  }

  #permissionButton() {
    return h(
      "button",
      {
        type: "button",
        class: "wide",
        onclick: async () => {
          await askPermission();
          this.#fillPanel();
          this.#panel.focusFirst();
        },
      },
      say("sign.notifyAllow"),
    );
  }

  /** @param {string} why */
  #signOutItem(why) {
    const item = panelItem({ label: say("sign.out"), why, act: () => this.#wantsOut() });
    item.classList.add("sign-out");
    return item;
  }

  /** Sign out, or ask why first. */
  #wantsOut() {
    const why = this.#why;
    if (why) {
      this.desk.announce(say(why), { assertive: true });
      if (!this.#panel.isOpen) {
        this.#panel.open();
      }
      return;
    }
    if (this.#reasons.length === 0) {
      this.#leave();
      return;
    }
    if (!this.#panel.isOpen) {
      this.#panel.open();
    }
    this.#isLeaving = true;
    const label = say("sign.outWhy");
    fill(
      this.#panel.element,
      h("h2", {}, label),
      reasonList({ label, reasons: this.#reasons, choose: ({ id }) => this.#leave(String(id)) }),
    );
    this.#panel.focusFirst();
  }

  /** @param {string} [reasonCodeId] */
  async #leave(reasonCodeId) {
    this.#panel.close();
    this.#button.setAttribute("aria-busy", "true");
    try {
      await this.desk.signOut(reasonCodeId);
    } catch (error) {
      announce(refusalText(error, "LOGOUT"), "bad");
    } finally {
      this.#button.removeAttribute("aria-busy");
    }
  }

  async #report() {
    const { desk } = this;
    this.#panel.close();
    const { me } = desk;
    const about = {
      user: me.loginId,
      state: [me.state, me.pendingState].filter(Boolean).join(" then "),
      connection: desk.status,
      calls: String(desk.calls.size),
      page: location.pathname,
      browser: navigator.userAgent,
      window: `${innerWidth}x${innerHeight}`,
      language: document.documentElement.lang,
      clock: `${Math.round((desk.clock.now() - Date.now()) / 1000)} s`,
    };
    try {
      await desk.ask("POST", `${me.uri}/ClientLog`, { logData: deskLog.text(about) });
      announce(say("sign.reportSent"));
    } catch {
      announce(say("sign.reportNotSent"), "bad");
    }
  }
}

customElements.define("identity-menu", IdentityMenu);

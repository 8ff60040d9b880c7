/**
 * `<monitor-banner>`: a supervisor in an agent's call. It stands on every page of the desktop while it lasts, says whose call it
 * is and whether anybody hears the supervisor, and ends it.
 *
 * Spec: `desktop.md` §14 (Monitor); `rest.md` §5.4.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { timerText } from "../core/agent-states.js";
import { bargeBody, callBody, monitoringOf } from "../core/monitor-rules.js";
import { refusedText } from "../core/supervision-refusals.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/monitor-rules.js").Monitoring} Monitoring */

export class MonitorBanner extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  /** @type {Monitoring | null} */
  #monitoring = null;
  /** Whom the supervisor listened to last. */
  #agent = "";
  /** By extension. @type {Map<string, string>} */
  #names = new Map();
  /** The call that was answered for the supervisor. */
  #answered = "";
  #isBusy = false;
  #what = h("p", { class: "what" });
  #time = h("span", { class: "time" });
  #trouble = h("p", { class: "trouble", role: "alert", hidden: true });
  #buttons = h("div", { class: "buttons" });

  start() {
    const { desk, signal } = this;
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("team.monitor.label"));
    const icon = h("span", { class: "icon", "aria-hidden": "true" });
    fill(this, icon, this.#what, this.#time, this.#trouble, this.#buttons);
    for (const type of ["calls", "me"]) {
      desk.addEventListener(type, () => this.#look(), { signal });
    }
    desk.addEventListener("status", () => this.#render(), { signal });
    desk.shortcuts?.add({
      id: "monitor-intercept",
      label: say("team.key.intercept"),
      keys: "Ctrl+Alt+D",
      run: () => this.#monitoring?.mayIntercept && this.#act("PARTICIPANT_DROP"),
      signal,
    });
    desk.clock.addEventListener("second", () => this.#tick(), { signal });
    this.hidden = true;
    this.#look();
  }

  #look() {
    const { calls, me } = this.desk;
    const before = this.#monitoring;
    const now = (this.#monitoring = monitoringOf(calls.values(), me.extension, this.#agent));
    let named = Promise.resolve();
    if (now?.agent && now.agent !== this.#agent) {
      this.#agent = now.agent;
      named = this.#findName(now.agent);
    }
    if (JSON.stringify(before) === JSON.stringify(now)) {
      return;
    }
    if (now?.stage !== before?.stage) {
      this.#trouble.hidden = true;
      const over = before?.stage === "joined" || before?.stage === "alone" ? "team.monitor.overCall" : "team.monitor.over";
      void named.then(() => {
        if (this.#monitoring?.stage === now?.stage) {
          this.desk.announce(now ? this.#said(now) : say(over));
        }
      });
    }
    this.#answer(now);
    this.#render();
  }

  /**
   * Whoever barges in has said so: the phone need not be answered as well.
   *
   * @param {Monitoring | null} now
   */
  #answer(now) {
    if (now?.stage === "ringing" && now.mayAnswer && this.#answered !== now.dialogId) {
      this.#answered = now.dialogId;
      this.#act("ANSWER");
    } else if (now?.stage !== "ringing") {
      this.#answered = "";
    }
  }

  #render() {
    const now = this.#monitoring;
    const hadFocus = this.#buttons.contains(document.activeElement);
    this.hidden = now === null;
    if (now === null) {
      return;
    }
    this.dataset["stage"] = now.stage;
    this.#what.textContent = this.#said(now);
    this.#tick();
    const isOff = this.#isBusy || this.desk.status !== "connected";
    const button = (/** @type {string} */ key, /** @type {() => void} */ act, kind = "") =>
      h("button", { type: "button", class: kind, disabled: isOff, onclick: act }, say(`team.monitor.${key}`));
    const isListening = now.stage === "listening" || now.stage === "starting";
    fill(
      this.#buttons,
      now.stage === "listening" && button("barge", () => this.#barge(), "primary"),
      now.stage === "ringing" && now.mayAnswer && button("answer", () => this.#act("ANSWER"), "primary"),
      now.mayIntercept && button("intercept", () => this.#act("PARTICIPANT_DROP")),
      now.stage !== "ringing" && button(isListening ? "end" : "leave", () => this.#act("DROP"), "danger"),
    );
    if (hadFocus) {
      this.#buttons.querySelector("button")?.focus();
    }
  }

  /** @param {Monitoring} now */
  #said({ stage, agent }) {
    if (stage === "alone" && !this.#agent) {
      return say("team.monitor.aloneSome");
    }
    if (stage === "joined" && !agent) {
      return say("team.monitor.joinedSome");
    }
    return say(`team.monitor.${stage}`, { who: this.#who(agent || this.#agent) });
  }

  /** @param {string} agent */
  #who(agent) {
    return this.#names.get(agent) ?? say("team.monitor.extension", { number: agent });
  }

  #tick() {
    const since = this.#monitoring?.since ?? null;
    this.#time.textContent = since === null ? "" : timerText(this.desk.clock.now() - since);
  }

  #barge() {
    const now = this.#monitoring;
    const { me } = this.desk;
    if (now) {
      const path = `/finesse/api/User/${encodeURIComponent(me.loginId)}/Dialogs`;
      this.#try("BARGE", () => this.desk.act("POST", path, bargeBody(me.extension, now)));
    }
  }

  /** @param {"ANSWER" | "DROP" | "PARTICIPANT_DROP"} action */
  #act(action) {
    const now = this.#monitoring;
    if (now) {
      const target = action === "PARTICIPANT_DROP" ? now.agent : this.desk.me.extension;
      const path = `/finesse/api/Dialog/${encodeURIComponent(now.dialogId)}`;
      this.#try("CALL", () => this.desk.act("PUT", path, callBody(action, target)));
    }
  }

  /**
   * @param {"BARGE" | "CALL"} asked
   * @param {() => Promise<unknown>} ask
   */
  async #try(asked, ask) {
    this.#isBusy = true;
    this.#render();
    try {
      await ask();
      this.#trouble.hidden = true;
    } catch (error) {
      const { sentence, details } = refusedText(error, asked, this.#who(this.#agent));
      this.#trouble.textContent = sentence;
      this.#trouble.title = details;
      this.#trouble.hidden = false;
    } finally {
      this.#isBusy = false;
      this.#render();
    }
  }

  /**
   * Who is at a number, of the supervised teams.
   *
   * @param {string} extension
   */
  async #findName(extension) {
    const { desk } = this;
    for (const { id } of desk.me.teams ?? []) {
      try {
        const team = await desk.ask("GET", `/finesse/api/Team/${id}?includeLoggedOutAgents=false`);
        for (const user of team.users) {
          this.#names.set(user.extension, `${user.firstName} ${user.lastName}`.trim());
        }
      } catch {
        continue; // the number says it, too
      }
      if (this.#names.has(extension)) {
        this.#render();
        return;
      }
    }
  }
}

customElements.define("monitor-banner", MonitorBanner);

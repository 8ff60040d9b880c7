/**
 * `<agent-calls>`: an agent's calls as they are now, for a supervisor who wants to know more: who is in them, since when, out
 * of which queue, and what is known of the caller.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { cells, layoutOf } from "../core/call-variables.js";
import { clock, others, otherParty, own, timers } from "../core/dialog-rules.js";
import { isHidden } from "../core/monitor-rules.js";
import { problemText } from "../core/problems.js";
import { AgentHistory } from "./agent-history.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/dialog-rules.js").Dialog} Dialog */
/** @typedef {import("../core/team-rules.js").Member} Member */

export class AgentCalls extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  member = /** @type {Member} */ (/** @type {any} */ (null));
  /** @type {Map<string, Dialog>} */
  #calls = new Map();
  /** @type {import("../core/call-variables.js").Layout[]} */
  #layouts = [];
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #list = h("div", { class: "calls" });

  start() {
    const { desk, member, signal } = this;
    fill(this, this.#trouble, this.#list);
    const node = `/finesse/api/User/${encodeURIComponent(member.loginId)}/Dialogs`;
    const watching = desk.watch(node, (heard) => this.#heard(heard), signal);
    desk.config("MediaPropertiesLayouts").then(
      (found) => {
        this.#layouts = found?.MediaPropertiesLayout ?? [];
        this.#render();
      },
      () => {}, // without names the variables have their own
    );
    desk.clock.addEventListener("second", () => this.#tick(), { signal });
    watching.then(() => this.#load());
  }

  async #load() {
    const { desk, member, signal } = this;
    try {
      const path = `/finesse/api/User/${encodeURIComponent(member.loginId)}/Dialogs`;
      /** @type {{ Dialog: Dialog[] }} */
      const found = await desk.ask("GET", path, undefined, { signal });
      this.#calls = new Map(found.Dialog.map((call) => [call.id, call]));
      this.#trouble.hidden = true;
    } catch (error) {
      if (!signal.aborted) {
        this.#trouble.textContent = problemText(error);
        this.#trouble.hidden = false;
      }
    }
    this.#render();
  }

  /** @param {import("../core/desk.js").Heard} heard */
  #heard({ event, kind, data }) {
    if (event === "RESYNC") {
      this.#load();
      return;
    }
    /** @type {Dialog[]} */
    const dialogs = kind === "dialogs" ? data.Dialog : kind === "dialog" ? [data] : [];
    for (const dialog of dialogs) {
      if (event === "DELETE") {
        this.#calls.delete(dialog.id);
      } else {
        this.#calls.set(dialog.id, dialog);
      }
    }
    this.#render();
  }

  #render() {
    const { extension } = this.member;
    const shown = [...this.#calls.values()].filter((call) => !isHidden(call, extension));
    fill(
      this.#list,
      shown.length === 0 ? h("p", { class: "empty" }, say("team.calls.none")) : shown.map((call) => this.#call(call)),
    );
    this.#tick();
  }

  /** @param {Dialog} call */
  #call(call) {
    const { extension } = this.member;
    const who = otherParty(call, extension);
    const { header, columns } = cells(layoutOf(this.#layouts, call), call, false);
    const variables = columns.flat().filter((cell) => cell.value !== "");
    const titleId = freshId("call");
    const fact = (/** @type {string} */ name, /** @type {import("../../../browser/ui/element.js").Child} */ value) =>
      h("div", {}, h("dt", {}, name), h("dd", {}, value));
    const { queueName } = call.mediaProperties;
    const time = h("span", { class: "duration" });
    time.dataset["call"] = call.id;
    return h(
      "section",
      { "aria-labelledby": titleId },
      h("h3", { id: titleId }, who ? say("team.calls.with", { who }) : say("team.calls.conference")),
      h(
        "dl",
        { class: "facts" },
        fact(say("team.calls.status"), stateSaid(own(call, extension)?.state ?? call.state)),
        fact(say("team.calls.duration"), time),
        queueName && fact(say("team.calls.queue"), queueName),
        header?.value && fact(header.label, header.value),
        fact(
          say("team.calls.parties"),
          h(
            "ul",
            {},
            others(call, extension).map(({ mediaAddress, mediaAddressType, state }) =>
              h(
                "li",
                {},
                mediaAddressType === "AGENT_DEVICE" ? say("team.calls.agent", { who: mediaAddress }) : mediaAddress,
                ": ",
                stateSaid(state),
              ),
            ),
          ),
        ),
      ),
      variables.length > 0 && h("h4", {}, say("team.calls.variables")),
      variables.length > 0 && h("dl", { class: "facts" }, variables.map(({ label, value }) => fact(label, value))),
    );
  }

  #tick() {
    for (const one of this.#list.querySelectorAll("[data-call]")) {
      const call = this.#calls.get(/** @type {HTMLElement} */ (one).dataset["call"] ?? "");
      if (call) {
        one.textContent = clock(timers(call, this.member.extension, this.desk.clock.now()).total);
      }
    }
  }
}

/** @param {string} state */
function stateSaid(state) {
  const key = `team.calls.state.${state}`;
  const said = say(key);
  return said === key ? state : said;
}

customElements.define("agent-calls", AgentCalls);

/** @typedef {{ desk: Desk, member: Member, signal: AbortSignal }} About */

/**
 * Show an agent's calls until somebody has seen enough.
 *
 * @param {About} about
 */
export function showCalls({ desk, member, signal }) {
  const calls = Object.assign(new AgentCalls(), { desk, member });
  return shown("agent-calls", say("team.calls.title", { name: member.name }), calls, signal);
}

/**
 * Show what an agent has done today.
 *
 * @param {About} about
 */
export function showHistory({ desk, member, signal }) {
  const history = Object.assign(new AgentHistory(), { desk, loginId: member.loginId });
  return shown("agent-past", say("team.historyOf", { name: member.name }), history, signal);
}

/**
 * @param {string} kind
 * @param {string} title
 * @param {HTMLElement} content
 * @param {AbortSignal} signal
 * @returns {Promise<void>} It is closed.
 */
function shown(kind, title, content, signal) {
  const titleId = freshId("title");
  const dialog = h(
    "dialog",
    { class: `entry-dialog agent-dialog ${kind}`, "aria-labelledby": titleId },
    h("h2", { id: titleId }, title),
    content,
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, say("team.calls.close")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  signal.addEventListener("abort", () => dialog.close());
  return new Promise((settle) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      settle();
    });
  });
}

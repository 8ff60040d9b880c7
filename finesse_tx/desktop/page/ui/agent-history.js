/**
 * `<agent-history>`: the calls and the states of today, the latest first; a number can be called again.
 *
 * It is read anew when a call is over, when the state has changed, when somebody looks at it, and every now and then while
 * somebody does: a call that was transferred is there when the customer has hung up. Spec: desktop.md §14 (History).
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { DataTable } from "../../../browser/ui/data-table.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { callRows, lasted, path, stateRows } from "../core/call-history.js";
import { contactsOf } from "../core/contacts.js";
import { isolated, momentOfDay } from "../core/locale.js";
import { problemText } from "../core/problems.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/call-history.js").CallRow} CallRow */
/** @typedef {import("../core/call-history.js").StateRow} StateRow */

/** The history has what happened a second ago; many events of one call are one question. */
const LATER_MS = 2500;

/** How old what somebody looks at may be, in milliseconds. */
const FRESH_MS = 30_000;

export class AgentHistory extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** Whose history it is; empty for one's own. */
  loginId = "";

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isSeen = false;
  #calls = /** @type {DataTable<CallRow>} */ (new DataTable());
  #states = /** @type {DataTable<StateRow>} */ (new DataTable());
  #state = h("p", { class: "hint", role: "status" }, say("calls.history.loading"));
  #tables = h("div", { class: "tables", hidden: true });

  start() {
    const { desk, signal } = this;
    const part = (/** @type {string} */ key, /** @type {HTMLElement} */ table) => h("section", {}, h("h2", {}, say(key)), table);
    fill(this.#tables, part("calls.history.calls", this.#calls), part("calls.history.states", this.#states));
    fill(this, this.#state, this.#tables);
    desk.addEventListener("calls", (event) => /** @type {CustomEvent} */ (event).detail.now === null && this.#soon(), { signal });
    desk.addEventListener("me", (event) => this.#heard(/** @type {CustomEvent} */ (event).detail), { signal });
    desk.addEventListener("resync", () => this.#soon(), { signal });
    const sight = new IntersectionObserver((entries) => this.#look(entries.at(-1)?.isIntersecting ?? false));
    sight.observe(this);
    signal.addEventListener("abort", () => {
      clearTimeout(this.#timer);
      sight.disconnect();
    });
  }

  /** @param {boolean} isSeen */
  #look(isSeen) {
    this.#isSeen = isSeen;
    if (isSeen) {
      void this.#load();
      this.#soon();
    }
  }

  /** @param {{ before: { state: string }, now: { state: string } }} me */
  #heard({ before, now }) {
    if (before.state !== now.state) {
      this.#soon();
    }
  }

  /** Nobody reads what nobody looks at. @param {number} [ms] */
  #soon(ms = LATER_MS) {
    clearTimeout(this.#timer);
    if (this.#isSeen) {
      this.#timer = setTimeout(() => {
        void this.#load();
        this.#soon(FRESH_MS);
      }, ms);
    }
  }

  async #load() {
    const { desk, signal } = this;
    const contacts = contactsOf(desk);
    const now = new Date(desk.clock.now());
    try {
      const [calls, states] = await Promise.all([
        desk.ask("GET", path(this.loginId || desk.me.loginId, "calls", now)),
        desk.ask("GET", path(this.loginId || desk.me.loginId, "states", now)),
        contacts.load().catch(() => {}),
      ]);
      if (!signal.aborted) {
        this.#showCalls(callRows(calls.calls, (number) => contacts.name(number)));
        this.#showStates(stateRows(states.states));
        const isWhole = calls.isWhole && states.isWhole;
        this.#state.textContent = isWhole ? "" : say("calls.history.cut", { count: Math.max(calls.calls.length, states.states.length) });
        this.#tables.hidden = false;
      }
    } catch (error) {
      if (!signal.aborted) {
        const isElsewhere = error instanceof RefusedError && error.status === 501;
        this.#state.textContent = isElsewhere ? say("calls.history.notHere") : problemText(error);
      }
    }
  }

  /** @param {CallRow[]} rows */
  #showCalls(rows) {
    this.#calls.show({
      caption: say("calls.history.calls"),
      empty: say("calls.history.noCalls"),
      rows,
      columns: [
        { key: "began", title: say("calls.history.start"), value: (row) => momentOfDay(row.began), isShort: true },
        { key: "number", title: say("calls.history.number"), value: (row) => (row.who ? `${isolated(row.who)} (${row.number})` : row.number), isShort: true },
        { key: "type", title: say("calls.history.type"), value: (row) => row.type },
        { key: "queue", title: say("calls.history.queue"), value: (row) => row.queue },
        { key: "disposition", title: say("calls.history.disposition"), value: (row) => row.disposition },
        { key: "wrapUp", title: say("calls.history.wrapUp"), value: (row) => row.wrapUp },
        { key: "duration", title: say("calls.history.duration"), value: (row) => lasted(row.duration), isNumber: true },
      ],
      deeds: [
        {
          title: say("calls.history.call"),
          label: (row) => say("calls.history.callWho", { number: row.number }),
          isFor: (row) => row.number !== "",
          act: ({ number }) => this.dispatchEvent(new CustomEvent("desk-dial", { bubbles: true, detail: { number } })),
        },
      ],
    });
  }

  /** @param {StateRow[]} rows */
  #showStates(rows) {
    this.#states.show({
      caption: say("calls.history.states"),
      empty: say("calls.history.noStates"),
      rows,
      columns: [
        { key: "began", title: say("calls.history.start"), value: (row) => momentOfDay(row.began), isShort: true },
        { key: "state", title: say("calls.history.state"), value: (row) => row.state },
        { key: "reason", title: say("calls.history.reason"), value: (row) => row.reason },
        { key: "duration", title: say("calls.history.duration"), value: (row) => lasted(row.duration), isNumber: true },
      ],
    });
  }
}

customElements.define("agent-history", AgentHistory);

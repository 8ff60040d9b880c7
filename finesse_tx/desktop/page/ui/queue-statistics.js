/**
 * `<queue-statistics>`: what happens in queues now: an agent's own, for a supervisor those of the supervised teams too.
 *
 * Spec: `desktop.md` §14 (Queue Statistics); `rest.md` §6.
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { timerText } from "../core/agent-states.js";
import { sayCount } from "../core/locale.js";
import { problemText } from "../core/problems.js";
import { QueueRows } from "../core/queue-rules.js";
import { LiveGrid } from "./live-grid.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/desk.js").Heard} Heard */
/** @typedef {import("../core/queue-rules.js").QueueRow} QueueRow */

/** The figures, and in which group their columns are. @type {[keyof QueueRow, string][]} */
const FIGURES = [
  ["ready", ""],
  ["notReady", ""],
  ["inbound", "active"],
  ["outbound", "active"],
  ["other", "active"],
  ["wrapUpReady", "wrapUp"],
  ["wrapUpNotReady", "wrapUp"],
];

const DEFAULT_ROWS = 10;

export class QueueStatistics extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  #queues = new QueueRows();
  /** @type {LiveGrid<QueueRow>} */
  #grid = new LiveGrid();
  /** By queue. @type {Map<string, AbortController>} */
  #watched = new Map();
  /** What happens while the queues are being asked for. @type {(() => void)[] | null} */
  #waiting = null;
  #summary = h("p", { class: "summary" });
  #title = h("header", {}, h("h2", {}, say("team.queues.title")), this.#summary);
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });

  start() {
    const { desk, signal } = this;
    this.style.setProperty("--rows", String(Number(this.getAttribute("maxRows")) || DEFAULT_ROWS));
    this.#grid.show({
      caption: say("team.queues.title"),
      rows: this.#queues.rows,
      id: (queue) => queue.id,
      now: () => desk.clock.now(),
      empty: say("team.queues.empty"),
      columns: this.#columns(),
    });
    fill(this, this.#title, this.#trouble, this.#grid);
    signal.addEventListener("abort", () => this.#unwatch([...this.#watched.keys()]));
    desk.clock.addEventListener("second", () => this.#tick(), { signal });
    const id = encodeURIComponent(desk.me.loginId);
    desk.watch(`/finesse/api/User/${id}/Queues`, (heard) => this.#listHeard(heard), signal).then(() => this.#load());
  }

  /** @returns {import("./live-grid.js").Column<QueueRow>[]} */
  #columns() {
    return [
      { key: "name", title: say("team.queues.name"), text: (queue) => queue.name },
      {
        key: "waiting",
        title: say("team.queues.waiting"),
        kind: "number",
        text: (queue) => figure(queue.waiting),
        mark: ({ waiting }) => (waiting ? "some" : ""),
      },
      {
        key: "longest",
        title: say("team.queues.longest"),
        kind: "time",
        text: ({ since, waiting }, now) =>
          since === null ? (waiting === null ? say("team.queues.unknown") : "") : timerText(now - since),
      },
      ...FIGURES.map(
        ([key, group]) =>
          /** @type {import("./live-grid.js").Column<QueueRow>} */ ({
            key,
            title: say(`team.queues.${key}`),
            ...(group && { group: say(`team.queues.${group}`) }),
            kind: "number",
            text: (queue) => figure(/** @type {number | null} */ (queue[key])),
            mark: (queue) => (queue[key] === 0 ? "none" : ""),
          }),
      ),
    ];
  }

  /** Ask how things are, once for each queue's events to come. */
  async #load() {
    const { desk, signal } = this;
    const waiting = (this.#waiting = /** @type {(() => void)[]} */ ([]));
    try {
      const path = `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}/Queues`;
      const found = await desk.ask("GET", path, undefined, { signal });
      if (this.#waiting === waiting) {
        this.#queues.replace(found);
        this.#trouble.hidden = true;
        const ids = this.#queues.ids;
        this.#unwatch([...this.#watched.keys()].filter((id) => !ids.includes(id)));
        this.#watch(ids);
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#trouble.textContent = problemText(error);
        this.#trouble.hidden = false;
      }
    }
    if (this.#waiting === waiting) {
      this.#waiting = null;
      for (const happen of waiting) {
        happen();
      }
      this.#changed();
    }
  }

  /** @param {string[]} ids */
  #watch(ids) {
    for (const id of ids.filter((one) => !this.#watched.has(one))) {
      const watching = new AbortController();
      this.#watched.set(id, watching);
      this.desk.watch(`/finesse/api/Queue/${encodeURIComponent(id)}`, (heard) => this.#heard(heard), watching.signal);
    }
  }

  /** @param {string[]} ids */
  #unwatch(ids) {
    for (const id of ids) {
      this.#watched.get(id)?.abort();
      this.#watched.delete(id);
    }
  }

  /** @param {Heard} heard */
  #heard(heard) {
    if (heard.event !== "RESYNC") {
      this.#happen(() => this.#queues.happened(heard)); // the list's node has everything asked for anew
    }
  }

  /** @param {Heard} heard */
  #listHeard(heard) {
    if (heard.event === "RESYNC") {
      this.#load();
      return;
    }
    this.#happen(() => {
      const { come, gone } = this.#queues.listChanged(heard);
      this.#watch(come);
      this.#unwatch(gone);
    });
  }

  /** @param {() => void} happen */
  #happen(happen) {
    if (this.#waiting) {
      this.#waiting.push(happen);
    } else {
      happen();
      this.#changed();
    }
  }

  #changed() {
    this.#grid.refresh();
    this.#showSummary();
  }

  #tick() {
    this.#grid.tick();
    this.#showSummary();
  }

  #showSummary() {
    const { waiting, since } = this.#queues.summary();
    const time = since === null ? "" : timerText(this.desk.clock.now() - since);
    const said = since === null ? say("team.queues.nobody") : sayCount("team.queues.waits", waiting, { time });
    const text = this.#queues.rows.size === 0 ? "" : said;
    if (this.#summary.textContent !== text) {
      this.#summary.textContent = text;
    }
  }
}

/** @param {number | null} value */
function figure(value) {
  return value === null ? say("team.queues.unknown") : String(value);
}

customElements.define("queue-statistics", QueueStatistics);

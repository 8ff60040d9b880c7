/**
 * What happens in queues, as rows.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §6; `notifications.md` §5.1; `desktop.md` §14.
 */
import { LiveRows } from "./live-rows.js";
import { instant, lastOf } from "./shapes.js";

/**
 * A queue. What nobody knows is null: a queue that nobody is in, or an engine that does not tell.
 *
 * @typedef {object} QueueRow
 * @property {string} id
 * @property {string} name
 * @property {number | null} waiting
 * @property {number | null} since Since when the call that waits longest does, in milliseconds since 1970.
 * @property {number | null} ready
 * @property {number | null} notReady
 * @property {number | null} inbound
 * @property {number | null} outbound
 * @property {number | null} other
 * @property {number | null} wrapUpReady
 * @property {number | null} wrapUpNotReady
 */

/** The figures, in the order of their columns, and what the API calls them. */
export const FIGURES = /** @type {const} */ ({
  waiting: "callsInQueue",
  ready: "agentsReady",
  notReady: "agentsNotReady",
  inbound: "agentsTalkingInbound",
  outbound: "agentsTalkingOutbound",
  other: "agentsTalkingInternal",
  wrapUpReady: "agentsWrapUpReady",
  wrapUpNotReady: "agentsWrapUpNotReady",
});

/**
 * A figure.
 *
 * @param {unknown} value
 */
function figure(value) {
  const number = value === "" || value === undefined || value === null ? Number.NaN : Number(value);
  return Number.isInteger(number) && number >= 0 ? number : null;
}

/**
 * A queue as the API shows one.
 *
 * @param {any} queue
 * @returns {QueueRow}
 */
export function queueOf(queue) {
  const id = lastOf(queue.uri);
  const told = queue.statistics ?? {};
  const figures = Object.fromEntries(
    Object.entries(FIGURES).map(([key, name]) => [key, figure(told[name])]),
  );
  const row = /** @type {QueueRow} */ ({ id, name: String(queue.name || id), ...figures, since: null });
  row.since = row.waiting ? instant(told.startTimeOfLongestCallInQueue) : null;
  return row;
}

/** The queues that somebody watches. */
export class QueueRows {
  constructor() {
    /** @type {LiveRows<QueueRow>} */
    this.rows = new LiveRows({
      id: (queue) => queue.id,
      values: {
        name: (queue) => queue.name,
        waiting: (queue) => queue.waiting,
        // The longest time has the earliest beginning; nobody waits for no time.
        longest: (queue) => (queue.since === null ? null : -queue.since),
        ready: (queue) => queue.ready,
        notReady: (queue) => queue.notReady,
        inbound: (queue) => queue.inbound,
        outbound: (queue) => queue.outbound,
        other: (queue) => queue.other,
        wrapUpReady: (queue) => queue.wrapUpReady,
        wrapUpNotReady: (queue) => queue.wrapUpNotReady,
      },
    });
  }

  /** @param {any} queues As `GET /User/{id}/Queues` has them. */
  replace(queues) {
    this.rows.replace((queues?.Queue ?? []).map(queueOf));
  }

  /** @returns {string[]} */
  get ids() {
    return [...this.rows.all].map((queue) => queue.id);
  }

  /**
   * Something has happened to a queue.
   *
   * @param {{ event: string, source?: string, data?: any }} update Of a queue's own node.
   */
  happened({ event, source, data }) {
    if (event === "DELETE") {
      this.rows.remove(lastOf(source));
    } else if (event === "PUT" && this.rows.get(lastOf(data?.uri))) {
      this.rows.put(queueOf(data));
    }
  }

  /**
   * Queues have come to the list, or left it.
   *
   * @param {{ event: string, data?: any }} update Of the user's `Queues` node.
   * @returns {{ come: string[], gone: string[] }} Which ones.
   */
  listChanged({ event, data }) {
    /** @type {any[]} */
    const queues = data?.Queue ?? [];
    const ids = queues.map((queue) => lastOf(queue.uri)).filter(Boolean);
    if (event === "DELETE") {
      const gone = ids.filter((id) => this.rows.get(id));
      for (const id of gone) {
        this.rows.remove(id);
      }
      return { come: [], gone };
    }
    const come = ids.filter((id) => !this.rows.get(id));
    for (const queue of event === "POST" ? queues : []) {
      this.rows.put(queueOf(queue));
    }
    return { come, gone: [] };
  }

  /** How many wait in all of them, and since when the one who waits longest does. */
  summary() {
    let waiting = 0;
    /** @type {number | null} */
    let since = null;
    for (const queue of this.rows.all) {
      waiting += queue.waiting ?? 0;
      if (queue.since !== null && (since === null || queue.since < since)) {
        since = queue.since;
      }
    }
    return { waiting, since };
  }
}

/**
 * Who is in a team, what each of them does, and what a supervisor may do about it.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §2.6, §5.4, §7.1; `notifications.md` §5.1; `desktop.md` §14.
 */
import { LiveRows } from "./live-rows.js";
import { instant, lastOf } from "./shapes.js";

/**
 * @typedef {object} Member
 * @property {string} loginId
 * @property {string} name
 * @property {string} state As the API calls it, such as `NOT_READY`.
 * @property {string} reason What the reason is called; empty without one.
 * @property {string} pending The state that will follow the call; empty for none.
 * @property {number | null} since When the state began, in milliseconds since 1970 by the server's clock.
 * @property {string} extension Empty for who is signed out.
 * @property {boolean | null} isBusy Whether somebody who is not ready is in a call past the queues; null where nobody knows.
 */

/**
 * Something that a supervisor does about an agent.
 *
 * @typedef {"READY" | "NOT_READY" | "LOGOUT" | "MONITOR" | "DETAILS" | "HISTORY"} Deed
 */

/** @type {readonly Deed[]} In the order in which they are offered. */
export const DEEDS = ["MONITOR", "DETAILS", "HISTORY", "READY", "NOT_READY", "LOGOUT"];

/** @type {[Deed, string][]} What a layout may leave out, by the key of its `<config>`. */
const LEFT_OUT = [
  ["DETAILS", "showActiveCallDetails"],
  ["HISTORY", "showAgentHistoryGadgets"],
];

/**
 * What a layout offers.
 *
 * @param {Record<string, string>} settings Of the layout.
 * @returns {Deed[]}
 */
export function offered(settings) {
  return DEEDS.filter((deed) => !LEFT_OUT.some(([one, key]) => one === deed && settings[key] === "false"));
}

/** In the order in which they are sorted: who could take a call first. */
const STATES = [
  "READY",
  "RESERVED",
  "RESERVED_OUTBOUND",
  "RESERVED_OUTBOUND_PREVIEW",
  "TALKING",
  "HOLD",
  "WORK_READY",
  "WORK",
  "NOT_READY",
  "UNKNOWN",
  "LOGOUT",
];

const IN_CALL = new Set(["TALKING", "HOLD"]);
const WRAP_UP = new Set(["WORK", "WORK_READY"]);

/**
 * A member as the API shows one.
 *
 * @param {any} user
 * @returns {Member}
 */
export function memberOf(user) {
  const loginId = String(user.loginId || lastOf(user.uri));
  const media = user.mediaState;
  return {
    loginId,
    name: [user.firstName, user.lastName].filter(Boolean).join(" ") || loginId,
    state: String(user.state || "UNKNOWN"),
    reason: String(user.reasonCode?.label ?? ""),
    pending: String(user.pendingState ?? ""),
    since: instant(user.stateChangeTime),
    extension: String(user.extension ?? ""),
    isBusy: media ? media === "BUSY" : null,
  };
}

/** @param {Member} member */
export function isSignedOut(member) {
  return member.state === "LOGOUT";
}

/** A team as it is watched: its members, and what happens to them. */
export class TeamRows {
  #wanted = "";
  #withSignedOut = false;
  /** @type {(state: string) => boolean} */
  #isOfState = () => true;

  constructor() {
    /** @type {LiveRows<Member>} */
    this.rows = new LiveRows({
      id: (member) => member.loginId,
      values: {
        name: (member) => member.name,
        state: (member) => {
          const rank = STATES.indexOf(member.state);
          return `${rank < 0 ? STATES.length : rank} ${member.reason}`;
        },
        // The longest time has the earliest beginning.
        time: (member) => (member.since === null || isSignedOut(member) ? null : -member.since),
        extension: (member) => member.extension || null,
      },
    });
    this.#narrow();
  }

  /** @param {any} team As `GET /Team/{id}` has it. */
  replace(team) {
    this.rows.replace((team?.users ?? []).map(memberOf));
  }

  /**
   * Something has happened to a member.
   *
   * @param {{ event: string, source?: string, data?: any }} update Of the team's `Users` node.
   * @returns {Member | null} How that one is now; null for who is gone, and for what says nothing of anybody.
   */
  happened({ event, source, data }) {
    if (event === "DELETE") {
      this.rows.remove(String(data?.loginId || lastOf(source)));
      return null;
    }
    if (!data?.loginId || (event !== "PUT" && event !== "POST")) {
      return null;
    }
    const member = memberOf(data);
    this.rows.put(member);
    return member;
  }

  /**
   * Show those of whom something begins or goes on like this, and who are in such a state.
   *
   * @param {{ wanted: string, withSignedOut: boolean, isOfState?: (state: string) => boolean }} what
   */
  narrow({ wanted, withSignedOut, isOfState = () => true }) {
    this.#isOfState = isOfState;
    this.#wanted = wanted.trim().toLocaleLowerCase();
    this.#withSignedOut = withSignedOut;
    this.#narrow();
  }

  #narrow() {
    const [wanted, withSignedOut] = [this.#wanted, this.#withSignedOut];
    this.rows.narrow(
      (member) =>
        (withSignedOut || !isSignedOut(member)) &&
        this.#isOfState(member.state) &&
        [member.name, member.loginId, member.extension, member.reason].some((text) =>
          text.toLocaleLowerCase().includes(wanted),
        ),
    );
  }

  /** How many are in each state. @returns {Map<string, number>} */
  counts() {
    const counts = new Map();
    for (const { state } of this.rows.all) {
      counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }
}

/**
 * @typedef {object} Circumstances
 * @property {Member} member Whom it is about.
 * @property {{ loginId: string, state: string }} me
 * @property {any[] | null} calls The agent's; null while nobody knows them.
 * @property {boolean} isMonitoring Whether the supervisor listens to somebody, or has joined somebody's call.
 * @property {boolean} isCcx
 * @property {boolean} [isAway] Whether nothing can be asked of the server now.
 */

/**
 * Why a deed is not possible now.
 *
 * @param {Deed} deed
 * @param {Circumstances} about
 * @returns {string} Empty when it is; else a word for the reason: String(user.reasonCode?.label ?? ""),
 *   `noCall`, `notTalking`, `notReadyFirst`, `oneAtATime`, `monitored`, `away`.
 */
export function whyNot(deed, about) {
  const { member, me } = about;
  if (about.isAway) {
    return "away";
  }
  if (deed === "HISTORY") {
    return "";
  }
  if (isSignedOut(member)) {
    return "signedOut";
  }
  if (deed === "DETAILS") {
    return hasCall(about) === false ? "noCall" : "";
  }
  if (member.loginId === me.loginId) {
    return "self";
  }
  return deed === "MONITOR" ? whyNotMonitor(about) : whyNotState(deed, member);
}

/**
 * @param {"READY" | "NOT_READY" | "LOGOUT"} state
 * @param {Member} member
 */
function whyNotState(state, member) {
  if (state === "LOGOUT") {
    return "";
  }
  if (member.state === state) {
    return "already";
  }
  if (IN_CALL.has(member.state)) {
    return "inCall";
  }
  if (WRAP_UP.has(member.state) || member.state === "READY") {
    return "";
  }
  if (member.state === "NOT_READY") {
    return member.isBusy ? "inCall" : "";
  }
  return "reserved";
}

/** @param {Circumstances} about */
function whyNotMonitor(about) {
  if (about.isMonitoring) {
    return "oneAtATime";
  }
  if (about.me.state !== "NOT_READY") {
    return "notReadyFirst";
  }
  if (hasCall(about) === false) {
    return "noCall";
  }
  if (about.calls?.some((call) => call.mediaProperties?.callType === "SUPERVISOR_MONITOR")) {
    return "monitored";
  }
  return isTalking(about) ? "" : "notTalking";
}

/**
 * Whether the agent is in a call; null where nobody knows.
 *
 * @param {Circumstances} about
 */
function hasCall({ member, calls }) {
  if (calls) {
    return calls.length > 0;
  }
  if (IN_CALL.has(member.state) || member.state.startsWith("RESERVED")) {
    return true;
  }
  return member.state === "NOT_READY" ? member.isBusy : false;
}

/**
 * Whether the agent talks, as far as anybody knows.
 *
 * @param {Circumstances} about
 */
function isTalking({ member, calls, isCcx }) {
  if (member.state !== "TALKING" && !(isCcx && member.state === "NOT_READY")) {
    return false;
  }
  const own = calls?.flatMap((call) =>
    (call.participants ?? []).filter((/** @type {any} */ one) => one.mediaAddress === member.extension),
  );
  return own === undefined || own.some((one) => one.state === "ACTIVE");
}

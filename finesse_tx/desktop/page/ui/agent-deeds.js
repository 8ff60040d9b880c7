/**
 * What a supervisor does about an agent: asks for a state, listens to a call, looks at it.
 *
 * Spec: `rest.md` §2.6 (a supervisor gives no reason), §5.4.
 */
import { say } from "../../../browser/core/text.js";
import { confirmed } from "../../../browser/ui/entry-dialog.js";
import { kindOf } from "../core/agent-states.js";
import { listenBody } from "../core/monitor-rules.js";
import { refusedText } from "../core/supervision-refusals.js";
import { showCalls, showHistory } from "./agent-calls.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/team-rules.js").Member} Member */
/** @typedef {import("../core/team-rules.js").Deed} Deed */

export class AgentDeeds {
  #desk;
  #signal;
  /** Whom something is asked for now. @type {Set<string>} */
  #busy = new Set();

  /** @type {(member: Member) => void} Something is being asked for about somebody, or is not any more. */
  changed = () => {};

  /** @type {(why: { sentence: string, details: string } | null) => void} It came to nothing; null when it came to something. */
  refused = () => {};

  /**
   * @param {Desk} desk
   * @param {AbortSignal} signal Ends what is being shown.
   */
  constructor(desk, signal) {
    this.#desk = desk;
    this.#signal = signal;
  }

  /** @param {string} loginId */
  isBusy(loginId) {
    return this.#busy.has(loginId);
  }

  /**
   * Do it; it is done, refused or not wanted any more when this comes back.
   *
   * @param {Deed} deed
   * @param {Member} member
   */
  async do(deed, member) {
    const { loginId, name } = member;
    switch (deed) {
      case "DETAILS":
        await showCalls({ desk: this.#desk, member, signal: this.#signal });
        break;
      case "HISTORY":
        await showHistory({ desk: this.#desk, member, signal: this.#signal });
        break;
      case "MONITOR":
        await this.#try(member, deed, () => this.#listen(member));
        break;
      case "LOGOUT": {
        const isInCall = ["talking", "hold"].includes(kindOf(member.state));
        await confirmed({
          title: say("team.signOutTitle", { name }),
          text: say(isInCall ? "team.signOutInCall" : "team.signOutText"),
          action: say("team.deed.LOGOUT"),
          act: () => this.#signOut(member),
        });
        break;
      }
      default:
        await this.#try(member, deed, () => this.#ask(loginId, deed));
    }
  }

  /** @param {Member} member */
  #listen({ extension }) {
    const { me } = this.#desk;
    const path = `/finesse/api/User/${encodeURIComponent(me.loginId)}/Dialogs`;
    return this.#desk.act("POST", path, listenBody(me.extension, extension));
  }

  /**
   * Ask for somebody's state. What becomes of it is told on that one's node, a refusal too.
   *
   * @param {string} loginId
   * @param {"READY" | "NOT_READY" | "LOGOUT"} state
   */
  async #ask(loginId, state) {
    const path = `/finesse/api/User/${encodeURIComponent(loginId)}`;
    const answered = new AbortController();
    try {
      await this.#desk.watch(path, () => {}, answered.signal);
      await this.#desk.act("PUT", path, { state });
    } finally {
      answered.abort();
    }
  }

  /** @param {Member} member */
  async #signOut({ loginId, name }) {
    try {
      await this.#ask(loginId, "LOGOUT");
    } catch (error) {
      throw new Error(refusedText(error, "LOGOUT", name).sentence, { cause: error }); // the dialog says it
    }
  }

  /**
   * @param {Member} member
   * @param {"READY" | "NOT_READY" | "MONITOR"} deed
   * @param {() => Promise<unknown>} ask
   */
  async #try(member, deed, ask) {
    this.#busy.add(member.loginId);
    this.changed(member);
    try {
      await ask();
      this.refused(null);
    } catch (error) {
      this.refused(refusedText(error, deed, member.name));
    } finally {
      this.#busy.delete(member.loginId);
      this.changed(member);
    }
  }
}

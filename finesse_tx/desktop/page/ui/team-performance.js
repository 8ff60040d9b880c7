/**
 * `<team-performance>`: a supervisor's team, what everybody does now and for how long, and what can be done about it.
 *
 * Spec: `desktop.md` §14 (Team Performance, Monitor).
 */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { kindOf, stateText, timerText } from "../core/agent-states.js";
import { monitoringOf } from "../core/monitor-rules.js";
import { problemText } from "../core/problems.js";
import { TeamRows, offered, whyNot } from "../core/team-rules.js";
import { AgentDeeds } from "./agent-deeds.js";
import { AgentMenu } from "./agent-menu.js";
import { LiveGrid } from "./live-grid.js";
import { StateCounts } from "./state-counts.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/desk.js").Heard} Heard */
/** @typedef {import("../core/team-rules.js").Member} Member */
/** @typedef {import("../core/team-rules.js").Deed} Deed */
/** @typedef {{ id: string | number, name: string }} Team */

const DEFAULT_ROWS = 10;

export class TeamPerformance extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  #team = new TeamRows();
  /** @type {LiveGrid<Member>} */
  #grid = new LiveGrid();
  #menu = new AgentMenu();
  /** @type {AbortController | null} */
  #watching = null;
  /** What happens to a team while it is being asked for. @type {Heard[] | null} */
  #waiting = null;
  #teamId = "";
  #mayListen = false;
  #isCcx = false;
  #deeds = /** @type {AgentDeeds} */ (/** @type {any} */ (null));
  #choose = h("select", { id: "team-performance-team", onchange: () => this.#watch(this.#choose.value) });
  #label = h("label", { class: "team", for: "team-performance-team" });
  #search = h("input", { type: "search", oninput: () => this.#narrow() });
  #withSignedOut = h("input", { type: "checkbox", onchange: () => this.#narrow() });
  #counts = new StateCounts();
  #trouble = h("div", { class: "notice bad", role: "alert", hidden: true });

  start() {
    const { desk, signal } = this;
    this.#deeds = new AgentDeeds(desk, signal);
    this.#deeds.changed = (member) => this.#redraw(member);
    this.#deeds.refused = (why) => this.#say(why?.sentence ?? "", why?.details);
    this.#build();
    desk.clock.addEventListener("second", () => this.#grid.tick(), { signal });
    desk.addEventListener("me", () => this.#fillTeams(), { signal });
    for (const type of ["me", "calls", "status"]) {
      desk.addEventListener(type, () => this.#mayListenChanged(), { signal });
    }
    desk.shortcuts?.add({
      id: "team-choose",
      label: say("team.key.choose"),
      keys: "Ctrl+Shift+F",
      run: () => (this.#choose.hidden ? this.#search : this.#choose).focus(),
      signal,
    });
    signal.addEventListener("abort", () => {
      this.#watching?.abort();
      this.#menu.close();
    });
    desk.ask("GET", "/finesse/api/SystemInfo").then(
      (info) => (this.#isCcx = info?.deploymentType === "UCCX"),
      () => {}, // what is possible on a CCE is possible on both
    );
    desk.config("Settings").then(
      (settings) => (this.#menu.deeds = offered(settings)),
      () => {}, // then there is all
    );
    this.#teamId = "";
    this.#mayListen = this.#isFree;
    this.#fillTeams();
  }

  /** @returns {Team[]} */
  get #teams() {
    return this.desk.me.teams ?? [];
  }

  #build() {
    this.#search.placeholder = say("team.search");
    this.#search.setAttribute("aria-label", say("team.searchLabel"));
    const rows = Number(this.getAttribute("maxRows")) || DEFAULT_ROWS;
    this.style.setProperty("--rows", String(rows));
    this.#grid.act = (member, at) => this.#openMenu(member, at);
    this.#grid.chosen = (member) => this.#chosen(member);
    this.#counts.changed = () => this.#narrow();
    this.#grid.drew = () => this.#counts.show(this.#team.counts());
    this.#grid.show({
      caption: say("team.title"),
      rows: this.#team.rows,
      id: (member) => member.loginId,
      now: () => this.desk.clock.now(),
      empty: say("team.empty"),
      isGrid: true,
      columns: [
        { key: "name", title: say("team.name"), text: (member) => member.name },
        {
          key: "state",
          title: say("team.state"),
          text: said,
          mark: ({ state }) => kindOf(state),
        },
        {
          key: "time",
          title: say("team.time"),
          kind: "time",
          text: ({ state, since }, now) => (since === null || state === "LOGOUT" ? "" : timerText(now - since)),
        },
        { key: "extension", title: say("team.extension"), kind: "number", text: (member) => member.extension },
        {
          key: "deeds",
          title: say("team.deeds"),
          kind: "deeds",
          make: (id) => this.#buttons(id),
          update: (made, member) => this.#update(made, member),
        },
      ],
    });
    fill(
      this,
      h(
        "div",
        { class: "tools" },
        this.#label,
        this.#choose,
        this.#search,
        h("label", { class: "check" }, this.#withSignedOut, say("team.withSignedOut")),
        this.#counts,
      ),
      this.#trouble,
      this.#grid,
      this.#menu,
    );
  }

  #fillTeams() {
    const teams = this.#teams;
    const chosen = teams.some(({ id }) => String(id) === this.#teamId) ? this.#teamId : String(teams[0]?.id ?? "");
    fill(
      this.#choose,
      teams.map(({ id, name }) => h("option", { value: String(id), selected: String(id) === chosen }, name)),
    );
    this.#choose.hidden = teams.length < 2;
    this.#label.textContent = teams.length === 1 ? (teams[0]?.name ?? "") : say("team.team");
    if (chosen !== this.#teamId) {
      this.#watch(chosen);
    }
    this.#say(teams.length === 0 ? say("team.noTeam") : "");
  }

  // What happens --------------------------------------------------------------------------------------------------------

  /** @param {string} teamId Empty for none. */
  #watch(teamId) {
    this.#watching?.abort();
    const watching = (this.#watching = new AbortController());
    this.#teamId = teamId;
    this.#team.replace(null);
    this.#grid.refresh();
    if (!teamId) {
      return;
    }
    const node = `/finesse/api/Team/${encodeURIComponent(teamId)}/Users`;
    const { signal } = watching;
    const heard = (/** @type {Heard} */ update) => {
      if (update.event === "RESYNC") {
        this.#load(signal);
      } else if (this.#waiting) {
        this.#waiting.push(update);
      } else {
        this.#happened(update);
      }
    };
    this.desk.watch(node, heard, signal).then(() => this.#load(signal));
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    if (signal.aborted) {
      return;
    }
    const waiting = (this.#waiting = /** @type {Heard[]} */ ([]));
    try {
      const path = `/finesse/api/Team/${encodeURIComponent(this.#teamId)}?includeLoggedOutAgents=true`;
      const team = await this.desk.ask("GET", path);
      if (signal.aborted || this.#waiting !== waiting) {
        return;
      }
      this.#team.replace(team);
      this.#say("");
    } catch (error) {
      if (!signal.aborted) {
        this.#say(problemText(error));
      }
    }
    if (this.#waiting === waiting) {
      this.#waiting = null;
      for (const update of waiting) {
        this.#happened(update);
      }
      this.#grid.refresh();
    }
  }

  /** @param {Heard} update */
  #happened(update) {
    const before = this.#team.rows.get(update.data?.loginId ?? "");
    const member = this.#team.happened(update);
    if (member && before && said(before) !== said(member) && member.loginId === this.#grid.active?.loginId) {
      if (this.#grid.contains(document.activeElement)) {
        this.desk.announce(say("team.now", { name: member.name, state: said(member) }));
      }
    }
    if (member && this.#menu.isAbout(member.loginId)) {
      this.#menu.update(member, this.#reasons(member));
    }
    this.#grid.refresh();
  }

  #narrow() {
    const { chosen } = this.#counts;
    const withSignedOut = this.#withSignedOut.checked || chosen === "signed-out";
    const isOfState = (/** @type {string} */ state) => chosen === "" || kindOf(state) === chosen;
    this.#team.narrow({ wanted: this.#search.value, withSignedOut, isOfState });
    this.#grid.refresh(true);
  }

  // What can be done ----------------------------------------------------------------------------------------------------

  /** @param {string} id */
  #buttons(id) {
    const member = () => /** @type {Member} */ (this.#team.rows.get(id));
    const name = member().name;
    return [
      h(
        "button",
        {
          type: "button",
          class: "quiet listen",
          hidden: true,
          "aria-label": say("team.listenTo", { name }),
          title: say("team.deed.MONITOR"),
          onclick: () => this.#do("MONITOR", member()),
        },
        h("span", { class: "icon", "aria-hidden": "true" }),
      ),
      h(
        "button",
        {
          type: "button",
          class: "quiet more",
          "aria-label": say("team.deedsFor", { name }),
          "aria-haspopup": "menu",
          onclick: (/** @type {Event} */ event) =>
            this.#openMenu(member(), /** @type {HTMLElement} */ (event.currentTarget)),
        },
        h("span", { class: "icon", "aria-hidden": "true" }),
      ),
    ];
  }

  /**
   * @param {HTMLElement[]} made
   * @param {Member} member
   */
  #update([listen, more], member) {
    const mayListen = member.state === "TALKING" && whyNot("MONITOR", this.#about(member)) === "";
    if (listen && listen.hidden === mayListen) {
      listen.hidden = !mayListen;
    }
    more?.setAttribute("aria-busy", String(this.#deeds.isBusy(member.loginId)));
  }

  /** @param {Member} member */
  #about(member) {
    const { me, calls } = this.desk;
    return {
      member,
      me,
      calls: /** @type {any[] | null} */ (null),
      isMonitoring: monitoringOf(calls.values(), me.extension) !== null,
      isCcx: this.#isCcx,
      isAway: this.desk.status !== "connected",
    };
  }

  /**
   * @param {Member} member
   * @param {any[] | null} [calls]
   */
  #reasons(member, calls = null) {
    const about = { ...this.#about(member), calls };
    return (/** @type {Deed} */ deed) => whyNot(deed, about);
  }

  /** @param {Member} member */
  #chosen(member) {
    const detail = { loginId: member.loginId, name: member.name };
    this.dispatchEvent(new CustomEvent("desk-agent", { detail, bubbles: true }));
  }

  /**
   * @param {Member} member
   * @param {HTMLElement} at
   */
  async #openMenu(member, at) {
    this.#grid.isHeld = true;
    this.#menu.open({
      member,
      at,
      whyNot: this.#reasons(member),
      act: (deed) => this.#do(deed, /** @type {Member} */ (this.#team.rows.get(member.loginId) ?? member)),
      closed: () => {
        this.#grid.isHeld = false;
        this.#grid.refresh();
      },
    });
    const found = await this.#callsOf(member);
    const now = this.#team.rows.get(member.loginId);
    if (found && now && this.#menu.isAbout(member.loginId)) {
      this.#menu.update(now, this.#reasons(now, found));
    }
  }

  /** @param {Member} member */
  async #callsOf({ loginId, state }) {
    if (state === "LOGOUT") {
      return null;
    }
    try {
      return (await this.desk.ask("GET", `/finesse/api/User/${encodeURIComponent(loginId)}/Dialogs`))?.Dialog ?? [];
    } catch {
      return null; // it is tried then, and the server says
    }
  }

  /**
   * @param {Deed} deed
   * @param {Member} member
   */
  async #do(deed, member) {
    await this.#deeds.do(deed, member);
    this.#grid.focus();
  }

  /** @param {Member} member */
  #redraw({ loginId }) {
    const member = this.#team.rows.get(loginId);
    if (member) {
      this.#team.rows.put(member);
      this.#grid.refresh();
    }
  }

  /** Whether the supervisor could listen to somebody now. */
  get #isFree() {
    const { me, calls, status } = this.desk;
    return status === "connected" && me.state === "NOT_READY" && monitoringOf(calls.values(), me.extension) === null;
  }

  #mayListenChanged() {
    if (this.#mayListen !== this.#isFree) {
      this.#mayListen = this.#isFree;
      for (const member of [...this.#team.rows.all]) {
        this.#redraw(member);
      }
    }
  }

  /**
   * @param {string} text Empty for nothing wrong.
   * @param {string} [details] For the help desk.
   */
  #say(text, details = "") {
    fill(
      this.#trouble,
      h("p", {}, text),
      details && h("details", {}, h("summary", {}, say("team.refused.details")), h("code", {}, details)),
    );
    this.#trouble.hidden = !text;
  }
}

/** @param {Member} member */
function said({ state, reason, pending }) {
  return stateText({ state, pendingState: pending, reasonCode: reason ? { label: reason } : null });
}

customElements.define("team-performance", TeamPerformance);

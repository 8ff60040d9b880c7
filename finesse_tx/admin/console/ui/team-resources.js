/** `<team-resources>`: what a team has of its own, besides what every team has. */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {Record<string, any>} Row */

const API = "/finesse/api";

/**
 * @typedef {object} Kind
 * @property {string} key Of its words.
 * @property {string} path Of the list, and below a team of what is its own.
 * @property {string} item Of a list.
 * @property {string} [query]
 * @property {(row: Row) => string} name
 * @property {(row: Row) => boolean} isOffered Whether it is for chosen teams.
 */

/** @type {Kind[]} */
const KINDS = [
  {
    key: "notReadyReasons",
    path: "ReasonCodes",
    item: "ReasonCode",
    query: "?category=NOT_READY",
    name: (row) => `${row["label"]} (${row["code"]})`,
    isOffered: (row) => !row["forAll"],
  },
  {
    key: "signOutReasons",
    path: "ReasonCodes",
    item: "ReasonCode",
    query: "?category=LOGOUT",
    name: (row) => `${row["label"]} (${row["code"]})`,
    isOffered: (row) => !row["forAll"],
  },
  {
    key: "wrapUpReasons",
    path: "WrapUpReasons",
    item: "WrapUpReason",
    name: (row) => row["label"],
    isOffered: (row) => !row["forAll"],
  },
  {
    key: "phoneBooks",
    path: "PhoneBooks",
    item: "PhoneBook",
    name: (row) => row["name"],
    isOffered: (row) => row["type"] === "TEAM",
  },
  {
    key: "workflows",
    path: "Workflows",
    item: "Workflow",
    name: (row) => row["name"],
    isOffered: () => true,
  },
];

export class TeamResources extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #shown = h("div", { class: "cards" });

  async start() {
    const id = freshId("team");
    const choice = h("select", { id, onchange: () => this.#show(choice.value) });
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.team-resources")),
        h("p", { class: "quiet" }, say("teamResources.about")),
      ),
      this.#trouble,
      h("div", { class: "field narrow" }, h("label", { for: id }, say("teamResources.team")), choice),
      this.#shown,
    );
    try {
      const found = await this.rest.get(`${API}/Teams`, this.signal);
      fill(choice, (found.Team ?? []).map((/** @type {Row} */ team) => h("option", { value: team["id"] }, team["name"])));
      if (choice.value) {
        await this.#show(choice.value);
      }
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {string} team */
  async #show(team) {
    this.#trouble.hidden = true;
    try {
      const cards = await Promise.all(KINDS.map((kind) => this.#card(kind, team)));
      fill(this.#shown, cards);
    } catch (error) {
      this.#refuse(error);
    }
  }

  /**
   * @param {Kind} kind
   * @param {string} team
   */
  async #card(kind, team) {
    const { path, item, query = "" } = kind;
    const [all, own] = await Promise.all([
      this.rest.get(`${API}/${path}${query}`, this.signal),
      this.rest.get(`${API}/Team/${team}/${path}${query}`, this.signal),
    ]);
    const assigned = new Set((own[item] ?? []).map((/** @type {Row} */ row) => row["uri"]));
    /** @type {Row[]} */
    const offered = (all[item] ?? []).filter(kind.isOffered);
    const boxes = offered.map((row) =>
      h("input", { type: "checkbox", value: row["uri"], checked: assigned.has(row["uri"]) }),
    );
    const button = h("button", { type: "submit", hidden: offered.length === 0 }, say("form.save"));
    return h(
      "form",
      {
        class: "card",
        onsubmit: async (/** @type {Event} */ event) => {
          event.preventDefault();
          const chosen = boxes.filter((box) => box.checked).map((box) => ({ uri: box.value }));
          button.disabled = true;
          try {
            await this.rest.put(`${API}/Team/${team}/${path}${query}`, { [item]: chosen });
            announce(say("deed.saved"));
          } catch (error) {
            this.#refuse(error);
          } finally {
            button.disabled = false;
          }
        },
      },
      h(
        "fieldset",
        {},
        h("legend", {}, say(`${kind.key}.title`)),
        offered.length === 0 && h("p", { class: "quiet" }, say("teamResources.none")),
        offered.map((row, index) => h("label", { class: "check" }, boxes[index], kind.name(row))),
      ),
      button,
    );
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (!this.signal.aborted) {
      this.#trouble.textContent = error instanceof Error ? error.message : String(error);
      this.#trouble.hidden = false;
    }
  }
}

customElements.define("team-resources", TeamResources);

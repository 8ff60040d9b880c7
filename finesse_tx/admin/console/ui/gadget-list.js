/** `<gadget-list>`: the gadgets that the layouts name, and what is to be said of one that is in none yet. */
import { say } from "../../../browser/core/text.js";
import "../../../browser/ui/data-table.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { layoutOf } from "../core/layout.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ url: string, layout: string, role: string, place: string }} Listed */
/** @typedef {{ kind: string, line: number, text: string }} Finding */

const API = "/finesse/api";

/**
 * @template Row
 * @returns {import("../../../browser/ui/data-table.js").DataTable<Row>}
 */
function table() {
  return /** @type {any} */ (document.createElement("data-table"));
}

/**
 * @param {string} name Of the layout.
 * @param {string} xml
 * @returns {Listed[]}
 */
function listed(name, xml) {
  const parsed = new DOMParser().parseFromString(xml, "text/xml");
  return layoutOf(parsed.documentElement).roles.flatMap(({ role, above, tabs }) =>
    [
      ...above.map((gadget) => ({ gadget, where: say("gadgets.above") })),
      ...tabs.flatMap((tab) =>
        tab.columns.flat().map((gadget) => ({ gadget, where: say("gadgets.tab", { tab: tab.label }) })),
      ),
    ].map(({ gadget, where }) => ({
      url: gadget.url,
      layout: name,
      role,
      place: gadget.hidden ? say("gadgets.hidden", { place: where }) : where,
    })),
  );
}

export class GadgetList extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  /** @type {import("../../../browser/ui/data-table.js").DataTable<Listed>} */
  #gadgets = table();
  #verdict = h("p", { class: "notice", role: "status", hidden: true });
  /** @type {import("../../../browser/ui/data-table.js").DataTable<Finding>} */
  #findings = table();

  start() {
    const id = freshId("file");
    const file = h("input", { id, type: "file", accept: ".xml,text/xml,application/xml" });
    this.#findings.hidden = true;
    fill(
      this,
      h("div", { class: "page-head" }, h("h1", {}, say("page.gadgets")), h("p", { class: "quiet" }, say("gadgets.about"))),
      this.#trouble,
      h("h2", {}, say("gadgets.listed")),
      this.#gadgets,
      h(
        "form",
        {
          class: "card",
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#check(file.files?.[0]);
          },
        },
        h("h2", {}, say("gadgets.check")),
        h("div", { class: "field" }, h("label", { for: id }, say("gadgets.file")), file),
        h("button", {}, say("gadgets.action")),
        this.#verdict,
      ),
      this.#findings,
    );
    this.#load();
  }

  async #load() {
    const { rest, signal } = this;
    try {
      const [standard, teams] = await Promise.all([
        rest.get(`${API}/LayoutConfig/default`, signal),
        rest.get(`${API}/Teams`, signal),
      ]);
      const own = await Promise.all(
        (teams.Team ?? []).map(async (/** @type {Record<string, any>} */ team) => {
          const found = await rest.get(`${API}/Team/${team["id"]}/LayoutConfig`, signal);
          const layout = found.TeamLayoutConfig ?? found;
          return layout.useDefault ? [] : listed(say("layout.team", { team: team["name"] }), layout.layoutxml);
        }),
      );
      this.#gadgets.show({
        caption: say("gadgets.listed"),
        empty: say("gadgets.none"),
        rows: [...listed(say("layout.default"), standard.layoutxml), ...own.flat()],
        columns: ["url", "layout", "role", "place"].map((key) => ({
          key,
          title: say(`gadgets.${key}`),
          value: (row) => row[/** @type {keyof Listed} */ (key)],
        })),
      });
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {File | undefined} file */
  async #check(file) {
    if (!file) {
      this.#tell("bad", say("gadgets.missing"));
      return;
    }
    try {
      const found = await this.rest.ask("POST", "/cfadmin/api/gadget/check", {
        data: file,
        type: "application/xml",
        signal: this.signal,
      });
      /** @type {Finding[]} */
      const rows = found.GadgetFinding ?? [];
      const isValid = rows.every(({ kind }) => kind !== "error");
      this.#tell(isValid ? "good" : "bad", say(isValid ? "gadgets.valid" : "gadgets.invalid"));
      this.#findings.hidden = false;
      this.#findings.show({
        caption: say("gadgets.findings"),
        rows,
        columns: [
          { key: "text", title: say("gadgets.text"), value: (row) => row.text },
          { key: "kind", title: say("gadgets.kind"), isShort: true, value: (row) => say(`gadgets.${row.kind}`) },
          { key: "line", title: say("gadgets.line"), isNumber: true, value: (row) => row.line },
        ],
      });
    } catch (error) {
      this.#refuse(error);
    }
  }

  /**
   * @param {string} kind
   * @param {string} text
   */
  #tell(kind, text) {
    this.#verdict.className = `notice ${kind}`;
    this.#verdict.textContent = text;
    this.#verdict.hidden = false;
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (!this.signal.aborted) {
      this.#trouble.textContent = error instanceof Error ? error.message : String(error);
      this.#trouble.hidden = false;
    }
  }
}

customElements.define("gadget-list", GadgetList);

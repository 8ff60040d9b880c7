/** `<origin-list>`: the origins whose pages may use the web services; added, removed, and tested before their pages are there. */
import { say } from "../../../browser/core/text.js";
import "../../../browser/ui/data-table.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { askFor, confirmed } from "../../../browser/ui/entry-dialog.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ origin: string, fixed: boolean }} Listed */
/** @typedef {{ mode: string, maximum: number, AllowedOrigin?: Listed[] }} Origins */

const PATH = "/cfadmin/api/origins";

/** How each mode looks: whether the list counts at all. @type {Record<string, string>} */
const KINDS = { enable: "good", enable_all: "warning", disable: "warning" };

export class OriginList extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #mode = h("p", { class: "notice", hidden: true });
  /** @type {import("../../../browser/ui/data-table.js").DataTable<Listed>} */
  #table = /** @type {any} */ (document.createElement("data-table"));
  #told = h("p", { class: "notice", role: "status", hidden: true });

  start() {
    const id = freshId("origin");
    const origin = h("input", { id, required: true, placeholder: "https://crm.example.com", autocomplete: "off" });
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.origins")),
        h("button", { class: "primary", type: "button", onclick: () => this.#add() }, say("origins.add")),
        h("p", { class: "quiet" }, say("origins.about")),
      ),
      this.#trouble,
      this.#mode,
      this.#table,
      h(
        "form",
        {
          class: "card",
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#test(origin.value.trim());
          },
        },
        h("h2", {}, say("origins.check")),
        h("div", { class: "field" }, h("label", { for: id }, say("origins.origin")), origin),
        h("button", {}, say("origins.test")),
        this.#told,
      ),
    );
    this.#load();
  }

  async #load() {
    try {
      this.#show(await this.rest.get(PATH, this.signal));
    } catch (error) {
      if (!this.signal.aborted) {
        this.#trouble.textContent = error instanceof Error ? error.message : String(error);
        this.#trouble.hidden = false;
      }
    }
  }

  /** @param {Origins} found */
  #show({ mode, AllowedOrigin = [] }) {
    this.#trouble.hidden = true;
    this.#mode.className = `notice ${KINDS[mode] ?? ""}`;
    this.#mode.textContent = say(`origins.${mode}`);
    this.#mode.hidden = false;
    this.#table.show({
      caption: say("page.origins"),
      empty: say("origins.none"),
      rows: AllowedOrigin,
      columns: [
        { key: "origin", title: say("origins.origin"), value: (row) => row.origin },
        { key: "kind", title: say("origins.kind"), value: (row) => say(row.fixed ? "origins.fixed" : "origins.added") },
      ],
      deeds: [
        {
          title: say("deed.remove"),
          label: (row) => say("deed.removeThis", { what: row.origin }),
          kind: "danger",
          isFor: (row) => !row.fixed,
          act: (row) => this.#remove(row.origin),
        },
      ],
    });
  }

  async #add() {
    const isDone = await askFor({
      title: say("origins.add"),
      action: say("origins.addAction"),
      fields: [
        { key: "origin", label: say("origins.origin"), isRequired: true, maxLength: 512, hint: say("origins.hint") },
      ],
      save: async ({ origin }) => this.#show(await this.rest.post(PATH, { origin })),
    });
    if (isDone) {
      announce(say("origins.saved"));
    }
  }

  /** @param {string} origin */
  async #remove(origin) {
    const isDone = await confirmed({
      title: say("deed.removeThis", { what: origin }),
      text: say("origins.removeWarning"),
      action: say("deed.remove"),
      act: async () => this.#show(await this.rest.remove(`${PATH}?origin=${encodeURIComponent(origin)}`)),
    });
    if (isDone) {
      announce(say("deed.removed", { what: origin }));
    }
  }

  /** @param {string} origin */
  async #test(origin) {
    try {
      const asked = encodeURIComponent(origin);
      const found = await this.rest.get(`/cfadmin/api/origin?origin=${asked}`, this.signal);
      const { allowed, reason } = found.OriginCheck ?? found;
      this.#told.className = `notice ${allowed ? "good" : "bad"}`;
      this.#told.textContent = `${say(allowed ? "origins.allowed" : "origins.refused")} ${reason}.`;
    } catch (error) {
      this.#told.className = "notice bad";
      this.#told.textContent = error instanceof Error ? error.message : String(error);
    }
    this.#told.hidden = false;
  }
}

customElements.define("origin-list", OriginList);

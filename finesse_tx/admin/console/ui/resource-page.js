/** `<resource-page>`: a list of things, each of which can be changed and removed, and one more added. */
import { say } from "../../../browser/core/text.js";
import "../../../browser/ui/data-table.js";
import { h, fill } from "../../../browser/ui/element.js";
import { askFor, confirmed } from "../../../browser/ui/entry-dialog.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("../core/resources.js").Resource} Resource */
/** @typedef {import("../core/resources.js").Row} Row */

export class ResourcePage extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  /** @type {Resource} */
  resource = /** @type {any} */ (null);

  #table = /** @type {import("../../../browser/ui/data-table.js").DataTable<Row>} */ (
    document.createElement("data-table")
  );
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });

  start() {
    const { key } = this.resource;
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say(`${key}.title`)),
        h("button", { class: "primary", type: "button", onclick: () => this.#edit(null) }, say(`${key}.add`)),
        h("p", { class: "quiet" }, say(`${key}.about`)),
      ),
      this.#trouble,
      this.#table,
    );
    this.#load();
  }

  async #load() {
    const { resource } = this;
    try {
      const rows = await resource.load(this.rest, this.signal);
      this.#trouble.hidden = true;
      this.#table.show({
        caption: say(`${resource.key}.title`),
        columns: resource.columns,
        rows,
        deeds: [
          {
            title: say("deed.change"),
            label: (row) => say("deed.changeThis", { what: resource.name(row) }),
            act: (row) => this.#edit(row),
          },
          {
            title: say("deed.remove"),
            label: (row) => say("deed.removeThis", { what: resource.name(row) }),
            kind: "danger",
            isFor: (row) => !resource.isSystems?.(row),
            act: (row) => this.#remove(row),
          },
        ],
      });
    } catch (error) {
      if (!this.signal.aborted) {
        this.#trouble.textContent = error instanceof Error ? error.message : String(error);
        this.#trouble.hidden = false;
      }
    }
  }

  /** @param {Row | null} row */
  async #edit(row) {
    const { resource, rest } = this;
    const isDone = await askFor({
      title: row ? say("deed.changeThis", { what: resource.name(row) }) : say(`${resource.key}.add`),
      action: say("form.save"),
      fields: resource.fields(row),
      values: row ?? resource.fresh,
      save: (values) => resource.save(rest, row, values),
    });
    if (isDone) {
      this.#say(say("deed.saved"));
      await this.#load();
    }
  }

  /** @param {Row} row */
  async #remove(row) {
    const what = this.resource.name(row);
    const isDone = await confirmed({
      title: say("deed.removeThis", { what }),
      text: say("deed.removeWarning"),
      action: say("deed.remove"),
      act: () => this.resource.remove(this.rest, row),
    });
    if (isDone) {
      this.#say(say("deed.removed", { what }));
      await this.#load();
    }
  }

  /** @param {string} text */
  #say(text) {
    const notices = document.querySelector("page-notices");
    /** @type {import("../../../browser/ui/notices.js").PageNotices | null} */ (notices)?.say(text);
  }
}

customElements.define("resource-page", ResourcePage);

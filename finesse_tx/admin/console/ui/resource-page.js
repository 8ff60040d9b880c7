/** `<resource-page>`: a list of things, each of which can be changed and removed, and one more added. */
import { latin1 } from "../../../browser/core/latin1.js";
import { say } from "../../../browser/core/text.js";
import "../../../browser/ui/data-table.js";
import { h, fill } from "../../../browser/ui/element.js";
import { askFor, confirmed } from "../../../browser/ui/entry-dialog.js";
import { saveFile } from "../../../browser/ui/files.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

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

  #heading = h("h1");

  /** What forms offer may come with it. */
  #loading = Promise.resolve();

  /** @type {Row[]} */
  #chosen = [];
  #many = h("button", { type: "button", hidden: true, onclick: () => this.#editMany() });

  start() {
    const { key, back, csv } = this.resource;
    this.#heading.textContent = say(`${key}.title`);
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        back && h("a", { class: "back", href: back }, say("deed.back")),
        this.#heading,
        h(
          "div",
          { class: "tools" },
          csv && [
            h("button", { type: "button", onclick: () => this.#export(csv) }, say("csv.export")),
            h("button", { type: "button", onclick: () => this.#import(csv) }, say("csv.import")),
          ],
          this.#many,
          h("button", { class: "primary", type: "button", onclick: () => this.#edit(null) }, say(`${key}.add`)),
        ),
        h("p", { class: "quiet" }, say(`${key}.about`)),
      ),
      this.#trouble,
      this.#table,
    );
    this.#loading = this.#load();
  }

  async #load() {
    const { resource, rest, signal } = this;
    try {
      const [title, rows] = await Promise.all([
        resource.title?.(rest, signal) ?? say(`${resource.key}.title`),
        resource.load(rest, signal),
      ]);
      this.#heading.textContent = title;
      this.#trouble.hidden = true;
      this.#table.show({
        caption: title,
        columns: resource.columns,
        rows,
        deeds: this.#deeds(),
        choosing: resource.bulk
          ? {
              label: (row) => say("bulk.choose", { what: resource.name(row) }),
              changed: (chosen) => this.#choose(chosen),
            }
          : null,
      });
    } catch (error) {
      if (!signal.aborted) {
        this.#refuse(error);
      }
    }
  }

  /** @returns {import("../../../browser/ui/data-table.js").Deed<Row>[]} */
  #deeds() {
    const { resource } = this;
    const { open } = resource;
    return [
      ...(open ? [{ title: open.title, label: open.label, href: open.href }] : []),
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
    ];
  }

  /** @param {unknown} error */
  #refuse(error) {
    this.#trouble.textContent = error instanceof Error ? error.message : String(error);
    this.#trouble.hidden = false;
  }

  /** @param {import("../core/resources.js").CSV} csv */
  async #export(csv) {
    try {
      saveFile(csv.name, await this.rest.download(csv.path));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** @param {import("../core/resources.js").CSV} csv */
  async #import(csv) {
    const isDone = await askFor({
      title: say("csv.import"),
      action: say("csv.importAction"),
      fields: [{ key: "file", label: say("csv.file"), kind: "file", isRequired: true, hint: csv.hint }],
      save: async ({ file }) => {
        try {
          const data = new Blob([latin1(new Uint8Array(await file.arrayBuffer()))]);
          await this.rest.ask("POST", csv.path, { data, type: "text/csv" });
        } catch (error) {
          throw csv.explained(error);
        }
      },
    });
    if (isDone) {
      announce(say("csv.imported"));
      await this.#load();
    }
  }

  /** @param {Row[]} rows */
  #choose(rows) {
    this.#chosen = rows;
    this.#many.hidden = rows.length === 0;
    this.#many.textContent = say("bulk.change", { count: rows.length });
  }

  async #editMany() {
    const { resource, rest } = this;
    const { bulk } = resource;
    const rows = this.#chosen;
    if (!bulk) {
      return;
    }
    const isDone = await askFor({
      title: say("bulk.change", { count: rows.length }),
      action: say("form.save"),
      fields: bulk.fields(),
      values: bulk.fresh(),
      save: (values) => bulk.save(rest, rows, values),
    });
    if (isDone) {
      announce(say("deed.saved"));
      await this.#load();
    }
  }

  /** @param {Row | null} row */
  async #edit(row) {
    const { resource, rest } = this;
    await this.#loading;
    const isDone = await askFor({
      title: row ? say("deed.changeThis", { what: resource.name(row) }) : say(`${resource.key}.add`),
      action: say("form.save"),
      fields: resource.fields(row),
      values: row ? (resource.shown?.(row) ?? row) : resource.fresh(),
      save: (values) => resource.save(rest, row, values),
    });
    if (isDone) {
      announce(say("deed.saved"));
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
      announce(say("deed.removed", { what }));
      await this.#load();
    }
  }
}

customElements.define("resource-page", ResourcePage);

/**
 * `<data-table>`: rows that can be sorted by their columns and narrowed by a word, with a button for each thing to do.
 */
import { say } from "../core/text.js";
import { h, fill } from "./element.js";
import { LiveElement } from "./live-element.js";

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} key
 * @property {string} title
 * @property {(row: Row) => string | number} value What is shown, and sorted by.
 * @property {boolean} [isNumber] Numbers stand at the right.
 * @property {boolean} [isShort] It stays on one line.
 */

/**
 * @template Row
 * @typedef {object} Deed
 * @property {string} title What the button says.
 * @property {(row: Row) => string} label What it says to who does not see the row.
 * @property {(row: Row) => void} [act]
 * @property {(row: Row) => string} [href] Where it leads, for what is a link.
 * @property {string} [kind] `danger` for what cannot be taken back.
 * @property {(row: Row) => boolean} [isFor] Which rows have it; all, without.
 */

/**
 * @template Row
 * @typedef {object} Choosing
 * @property {(row: Row) => string} label What a row's box says to who does not see the row.
 * @property {(rows: Row[]) => void} changed Is told which rows are chosen now.
 */

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** @template Row */
export class DataTable extends LiveElement {
  /** @type {Column<Row>[]} */
  #columns = [];
  /** @type {Row[]} */
  #rows = [];
  /** @type {Deed<Row>[]} */
  #deeds = [];
  /** @type {Choosing<Row> | null} */
  #choosing = null;
  /** @type {Set<Row>} */
  #chosen = new Set();
  /** @type {Row[]} */
  #found = [];
  #all = h("input", { type: "checkbox", "aria-label": say("table.chooseAll"), onchange: () => this.#chooseAll() });
  #sorted = { key: "", isDown: false };
  #wanted = "";
  #caption = "";
  #body = h("tbody");
  #head = h("tr");
  #empty = h("p", { class: "empty" });
  #count = h("span", { class: "count", role: "status" });

  /**
   * Say what to show; the order and the filter stay, and nothing is chosen.
   *
   * @param {{
   *   caption: string, columns: Column<Row>[], deeds?: Deed<Row>[], rows: Row[], empty?: string,
   *   choosing?: Choosing<Row> | null,
   * }} what
   */
  show({ caption, columns, deeds = [], rows, empty = say("table.empty"), choosing = null }) {
    const isNew = this.#columns.length === 0;
    this.#columns = columns;
    this.#deeds = deeds;
    this.#rows = rows;
    this.#caption = caption;
    this.#choosing = choosing;
    this.#chosen.clear();
    this.#empty.textContent = empty;
    if (isNew) {
      this.#build();
    }
    this.#renderHead();
    this.#renderRows();
    this.#choosing?.changed([]);
  }

  #build() {
    const wanted = h("input", {
      type: "search",
      "aria-label": say("table.filter", { what: this.#caption }),
      placeholder: say("table.filterHint"),
      oninput: () => {
        this.#wanted = wanted.value.trim().toLocaleLowerCase();
        this.#renderRows();
      },
    });
    const table = h(
      "table",
      {},
      h("caption", { class: "visually-hidden" }, this.#caption),
      h("thead", {}, this.#head),
      this.#body,
    );
    fill(
      this,
      h("div", { class: "table-tools" }, wanted, this.#count),
      h("div", { class: "table-frame", tabindex: "0", role: "group", "aria-label": this.#caption }, table),
      this.#empty,
    );
  }

  #renderHead() {
    fill(
      this.#head,
      this.#choosing && h("td", { class: "choice" }, this.#all),
      this.#columns.map((column) => {
        const isSorted = this.#sorted.key === column.key;
        const direction = this.#sorted.isDown ? "descending" : "ascending";
        return h(
          "th",
          {
            scope: "col",
            class: column.isNumber ? "number" : false,
            "aria-sort": isSorted ? direction : false,
          },
          h(
            "button",
            { type: "button", class: "quiet", onclick: () => this.#sort(column.key) },
            column.title,
            h("span", { "aria-hidden": "true" }, isSorted ? (this.#sorted.isDown ? " ▾" : " ▴") : ""),
          ),
        );
      }),
      this.#deeds.length > 0 &&
        h("th", { scope: "col" }, h("span", { class: "visually-hidden" }, say("table.deeds"))),
    );
  }

  /** @param {string} key */
  #sort(key) {
    this.#sorted = { key, isDown: this.#sorted.key === key && !this.#sorted.isDown };
    const index = this.#columns.findIndex((column) => column.key === key);
    this.#renderHead();
    this.#head.querySelectorAll("button")[index]?.focus();
    this.#renderRows();
  }

  /** All that are shown, or none. */
  #chooseAll() {
    for (const row of this.#found) {
      this.#choose(row, this.#all.checked);
    }
    for (const box of this.#body.querySelectorAll("input")) {
      box.checked = this.#all.checked;
    }
    this.#tellChosen();
  }

  /**
   * @param {Row} row
   * @param {boolean} isChosen
   */
  #choose(row, isChosen) {
    if (isChosen) {
      this.#chosen.add(row);
    } else {
      this.#chosen.delete(row);
    }
  }

  #tellChosen() {
    this.#showAll();
    this.#choosing?.changed(this.#rows.filter((row) => this.#chosen.has(row)));
  }

  #showAll() {
    const count = this.#found.filter((row) => this.#chosen.has(row)).length;
    this.#all.checked = count > 0 && count === this.#found.length;
    this.#all.indeterminate = count > 0 && count < this.#found.length;
  }

  #renderRows() {
    const found = this.#rows.filter((row) =>
      this.#columns.some((column) =>
        String(column.value(row)).toLocaleLowerCase().includes(this.#wanted),
      ),
    );
    const by = this.#columns.find((column) => column.key === this.#sorted.key);
    if (by) {
      const sign = this.#sorted.isDown ? -1 : 1;
      found.sort((one, two) => {
        const [a, b] = [by.value(one), by.value(two)];
        return sign * (typeof a === "number" && typeof b === "number" ? a - b : COLLATOR.compare(String(a), String(b)));
      });
    }
    fill(
      this.#body,
      found.map((row) => this.#row(row)),
    );
    this.#found = found;
    this.#showAll();
    this.#empty.hidden = found.length > 0;
    this.#count.textContent = this.#wanted
      ? say("table.countOf", { shown: found.length, all: this.#rows.length })
      : say("table.count", { all: this.#rows.length });
  }

  /** @param {Row} row */
  #row(row) {
    const cells = this.#columns.map((column, index) => {
      const kind = column.isNumber ? "number" : column.isShort ? "short" : false;
      const shown = String(column.value(row));
      return index === 0
        ? h("th", { scope: "row", class: kind }, shown)
        : h("td", { class: kind }, shown);
    });
    const deeds = this.#deeds
      .filter((deed) => deed.isFor?.(row) ?? true)
      .map((deed) => {
        const common = { class: `quiet ${deed.kind ?? ""}`, "aria-label": deed.label(row) };
        return deed.href
          ? h("a", { ...common, class: "button quiet", href: deed.href(row) }, deed.title)
          : h("button", { ...common, type: "button", onclick: () => deed.act?.(row) }, deed.title);
      });
    return h("tr", {}, this.#choosing && this.#box(row, this.#choosing), cells, this.#deeds.length > 0 && h("td", { class: "deeds" }, deeds));
  }

  /**
   * @param {Row} row
   * @param {Choosing<Row>} choosing
   */
  #box(row, choosing) {
    const box = h("input", {
      type: "checkbox",
      "aria-label": choosing.label(row),
      checked: this.#chosen.has(row),
      onchange: () => {
        this.#choose(row, box.checked);
        this.#tellChosen();
      },
    });
    return h("td", { class: "choice" }, box);
  }
}

customElements.define("data-table", DataTable);

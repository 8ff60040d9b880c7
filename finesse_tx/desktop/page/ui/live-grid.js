/**
 * `<live-grid>`: a table whose rows change many times a second, for hundreds of rows. What has changed is drawn at once, ten times
 * a second at most, and nothing else is touched; rows that nobody sees are not laid out; the row that has the focus keeps it
 * wherever it goes.
 *
 * A grid's rows are chosen: arrow keys go from one to the next, Enter acts on it, Tab leads to its buttons. A table's are only read.
 */
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { RowChoice } from "./row-choice.js";

/** @typedef {import("../core/live-rows.js").Value} Value */

/**
 * @template Row
 * @typedef {object} Column
 * @property {string} key Its class is `c-KEY`, and what it is sorted by, if the rows can be.
 * @property {string} title
 * @property {string} [group] What the columns of a group have above their titles.
 * @property {"number" | "time" | "deeds"} [kind] `time` is drawn each second, too.
 * @property {(row: Row, now: number) => string} [text]
 * @property {(row: Row, now: number) => string} [mark] Goes into `data-mark`, for colours.
 * @property {(id: string) => HTMLElement[]} [make] What is in its cells, made once.
 * @property {(made: HTMLElement[], row: Row) => void} [update] Whenever the row has changed.
 */

/**
 * @typedef {object} Drawn
 * @property {string} id
 * @property {HTMLElement} element
 * @property {{ element: HTMLElement, text: string, mark: string, made: HTMLElement[] }[]} cells
 */

/** How long a picture stands at least: nobody reads more than ten in a second, and each costs a layout. */
const PICTURE_MS = 100;

/** For how long after the pointer has moved over the rows they stay where they are. */
const HELD_MS = 1500;

/** @template Row */
export class LiveGrid extends LiveElement {
  /** @type {import("../core/live-rows.js").LiveRows<Row> | null} */
  #rows = null;
  /** @type {Column<Row>[]} */
  #columns = [];
  /** @type {(row: Row) => string} */
  #id = () => "";
  /** @type {() => number} */
  #now = () => 0;
  /** @type {Map<string, Drawn>} */
  #drawn = new Map();
  #head = h("div", { role: "rowgroup", class: "head" });
  #body = h("div", { role: "rowgroup", class: "body" });
  #frame = h("div", { class: "frame" }, this.#head, this.#body);
  #empty = h("p", { class: "empty", hidden: true });
  /** @type {RowChoice | null} Of a grid. */
  #choice = null;
  #request = 0;
  #heldUntil = 0;
  #later = 0;
  #pause = 0;
  #drawnAt = -PICTURE_MS;
  #isTicking = false;

  /** Rows stay where they are while this is true. */
  isHeld = false;

  /** @type {(row: Row, at: HTMLElement) => void} Somebody wants to do something about a row. */
  act = () => {};

  /** @type {(row: Row) => void} Another row is chosen. */
  chosen = () => {};

  /** It was drawn. */
  drew = () => {};

  /**
   * Say what to show.
   *
   * @param {{
   *   caption: string, rows: import("../core/live-rows.js").LiveRows<Row>, id: (row: Row) => string,
   *   columns: Column<Row>[], now: () => number, empty: string, isGrid?: boolean,
   * }} what
   */
  show({ caption, rows, id, columns, now, empty, isGrid = false }) {
    this.#rows = rows;
    this.#columns = columns;
    this.#id = id;
    this.#now = now;
    this.#empty.textContent = empty;
    this.#choice = isGrid
      ? new RowChoice(this.#frame, this.#body, {
          ids: () => rows.shown.map(id),
          chosen: (one) => this.#tell(one, this.chosen),
          act: (one, at) => this.#tell(one, (row) => this.act(row, at)),
        })
      : null;
    this.#frame.setAttribute("role", isGrid ? "grid" : "table");
    this.#frame.setAttribute("aria-label", caption);
    if (!isGrid) {
      this.#frame.tabIndex = 0; // it scrolls
    }
    this.#renderHead();
    fill(this, this.#frame, this.#empty);
    this.refresh();
  }

  start() {
    const { signal } = this;
    this.#choice?.listen(signal);
    for (const type of ["pointermove", "pointerdown"]) {
      this.#body.addEventListener(type, () => (this.#heldUntil = performance.now() + HELD_MS), { signal, passive: true });
    }
    this.#body.addEventListener("pointerleave", () => (this.#heldUntil = 0), { signal });
    signal.addEventListener("abort", () => {
      cancelAnimationFrame(this.#request);
      clearTimeout(this.#later);
      clearTimeout(this.#pause);
      this.#request = this.#later = this.#pause = 0;
    });
    this.refresh();
  }

  /**
   * Draw what has changed: at the next frame, or when the last picture has stood for a while.
   *
   * @param {boolean} [isAsked] Somebody waits for it: at the next frame.
   */
  refresh(isAsked = false) {
    if (!this.isConnected || this.#request !== 0 || (this.#pause !== 0 && !isAsked)) {
      return;
    }
    const wait = isAsked ? 0 : this.#drawnAt + PICTURE_MS - performance.now();
    if (wait > 0) {
      this.#pause = setTimeout(() => {
        this.#pause = 0;
        this.refresh(true);
      }, wait);
      return;
    }
    this.#request = requestAnimationFrame(() => {
      this.#request = 0;
      this.#drawnAt = performance.now();
      this.#draw();
    });
  }

  /** A second has passed. */
  tick() {
    this.#isTicking = true;
    this.refresh();
  }

  /** @returns {Row | undefined} The one that is chosen. */
  get active() {
    return this.#rows?.get(this.#choice?.id ?? "");
  }

  /** Have the focus in the row that is chosen. */
  focus() {
    (this.#choice?.element ?? this.#frame).focus();
  }

  /**
   * @param {string} id
   * @param {(row: Row) => void} tell
   */
  #tell(id, tell) {
    const row = this.#rows?.get(id);
    if (row !== undefined) {
      tell(row);
    }
  }

  #renderHead() {
    const sorted = this.#rows?.sorted;
    const cell = (/** @type {Column<Row>} */ column) => {
      const isSorted = sorted?.key === column.key;
      const way = sorted?.isDown ? "descending" : "ascending";
      const isDeeds = column.kind === "deeds";
      return h(
        "div",
        { role: "columnheader", class: classOf(column), "aria-sort": isSorted ? way : isDeeds ? false : "none" },
        isDeeds
          ? h("span", { class: "visually-hidden" }, column.title)
          : h(
              "button",
              { type: "button", class: "quiet", onclick: () => this.#sort(column.key) },
              column.group && h("span", { class: "group" }, column.group, " "),
              h("span", {}, column.title),
              h("span", { class: "way", "aria-hidden": "true" }, isSorted ? (sorted?.isDown ? "▾" : "▴") : ""),
            ),
      );
    };
    fill(this.#head, h("div", { role: "row", class: "row" }, this.#columns.map(cell)));
  }

  /** @param {string} key */
  #sort(key) {
    const rows = this.#rows;
    if (!rows) {
      return;
    }
    rows.sort(key, rows.sorted.key === key && !rows.sorted.isDown);
    this.#renderHead();
    /** @type {HTMLElement | null} */ (this.#head.querySelector(`.c-${key} button`))?.focus();
    this.refresh(true);
  }

  #draw() {
    const rows = this.#rows;
    if (!rows) {
      return;
    }
    const isHeld = this.isHeld || performance.now() < this.#heldUntil;
    const now = this.#now();
    const keep = this.#choice?.keeping();
    const { anew, gone, placed, changed } = rows.look(isHeld);
    if (anew) {
      this.#drawAnew(anew, now);
    }
    for (const id of gone) {
      this.#drawn.get(id)?.element.remove();
      this.#drawn.delete(id);
    }
    for (const row of changed) {
      this.#write(this.#element(row), row, now);
    }
    for (const { row, before } of placed) {
      const { element } = this.#write(this.#element(row), row, now);
      const next = before === null ? null : (this.#drawn.get(before)?.element ?? null);
      if (element.parentNode !== this.#body || element.nextSibling !== next) {
        this.#body.insertBefore(element, next);
      }
    }
    if (this.#isTicking) {
      this.#isTicking = false;
      for (const row of rows.shown) {
        this.#write(this.#element(row), row, now, "time");
      }
    }
    keep?.();
    this.drew();
    this.#empty.hidden = rows.shown.length > 0;
    if (isHeld && this.#later === 0) {
      this.#later = setTimeout(() => {
        this.#later = 0;
        this.refresh();
      }, HELD_MS);
    }
  }

  /**
   * @param {Row[]} rows
   * @param {number} now
   */
  #drawAnew(rows, now) {
    const ids = new Set(rows.map(this.#id));
    for (const [id, { element }] of this.#drawn) {
      if (!ids.has(id)) {
        element.remove();
        this.#drawn.delete(id);
      }
    }
    let next = this.#body.firstChild;
    for (const row of rows) {
      const { element } = this.#write(this.#element(row), row, now);
      if (element === next) {
        next = next.nextSibling;
      } else {
        this.#body.insertBefore(element, next);
      }
    }
  }

  /** @param {Row} row */
  #element(row) {
    const id = this.#id(row);
    const known = this.#drawn.get(id);
    if (known) {
      return known;
    }
    const cells = this.#columns.map((column, index) => {
      const made = column.make?.(id) ?? [];
      const role = index === 0 ? "rowheader" : this.#choice ? "gridcell" : "cell";
      return { element: h("div", { role, class: classOf(column) }, made), text: "", mark: "", made };
    });
    const element = h("div", { role: "row", class: "row" }, cells.map((cell) => cell.element));
    element.dataset["id"] = id;
    this.#choice?.mark(element);
    const drawn = { id, element, cells };
    this.#drawn.set(id, drawn);
    return drawn;
  }

  /**
   * Write what a row says, where that is something else than it has said.
   *
   * @param {Drawn} drawn
   * @param {Row} row
   * @param {number} now
   * @param {string} [kind] Only columns of this kind.
   */
  #write(drawn, row, now, kind) {
    this.#columns.forEach((column, index) => {
      const cell = drawn.cells[index];
      if (!cell || (kind && column.kind !== kind)) {
        return;
      }
      const text = column.text?.(row, now) ?? "";
      if (text !== cell.text) {
        cell.text = text;
        cell.element.textContent = text;
      }
      const mark = column.mark?.(row, now) ?? "";
      if (mark !== cell.mark) {
        cell.mark = mark;
        cell.element.dataset["mark"] = mark;
      }
      column.update?.(cell.made, row);
    });
    return drawn;
  }
}

/** @param {Column<any>} column */
function classOf({ key, kind }) {
  return `cell c-${key}${kind ? ` ${kind}` : ""}`;
}

customElements.define("live-grid", LiveGrid);

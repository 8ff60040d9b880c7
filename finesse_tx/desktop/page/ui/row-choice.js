/**
 * Which row of a grid is chosen, and where the focus is: one row can be reached by Tab, the arrow keys go on from there, Enter
 * acts on a row, and Arrow Right leads to its buttons.
 *
 * Spec: WAI-ARIA Authoring Practices, grid pattern, with rows that take the focus.
 */

/**
 * @typedef {object} Rows
 * @property {() => string[]} ids Of those that are shown, in their order.
 * @property {(id: string) => void} chosen Another one is.
 * @property {(id: string, at: HTMLElement) => void} act Somebody wants to do something about one.
 */

export class RowChoice {
  #frame;
  #body;
  #rows;

  /** Of the row that is chosen; empty while nobody has chosen one. */
  id = "";

  /** Of the row that Tab leads to. */
  #stop = "";

  /**
   * @param {HTMLElement} frame What scrolls.
   * @param {HTMLElement} body Where the rows are, each with its id in `data-id`.
   * @param {Rows} rows
   */
  constructor(frame, body, rows) {
    this.#frame = frame;
    this.#body = body;
    this.#rows = rows;
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    this.#body.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.#body.addEventListener("focusin", (event) => this.#entered(event), { signal });
    this.#body.addEventListener("click", (event) => this.#clicked(event), { signal });
  }

  /** @returns {HTMLElement | null} Of the row that Tab leads to. */
  get element() {
    return this.#element(this.#stop);
  }

  /** @param {string} id */
  #element(id) {
    return id ? /** @type {HTMLElement | null} */ (this.#body.querySelector(`[data-id="${CSS.escape(id)}"]`)) : null;
  }

  /**
   * Rows are about to come, go and move.
   *
   * @returns {() => void} To be called when they have: some row can be reached by Tab still, and what had the focus has it;
   *   of a row that is gone, the one that took its place.
   */
  keeping() {
    const focused = this.#body.contains(document.activeElement) ? document.activeElement : null;
    const index = this.#rows.ids().indexOf(this.#stop);
    return () => {
      const ids = this.#rows.ids();
      if (ids.length > 0 && !this.element) {
        const next = ids[Math.min(Math.max(index, 0), ids.length - 1)] ?? "";
        this.#go(next, this.id !== "");
      }
      if (focused && document.activeElement !== focused) {
        const target = focused.isConnected ? /** @type {HTMLElement} */ (focused) : this.element;
        target?.focus({ preventScroll: focused.isConnected });
      }
    };
  }

  /**
   * Have Tab lead to a row.
   *
   * @param {string} id
   * @param {boolean} isChosen
   */
  #go(id, isChosen) {
    const before = this.element;
    this.#stop = id;
    this.id = isChosen ? id : "";
    for (const row of [before, this.element]) {
      if (row) {
        this.mark(row);
      }
    }
  }

  /**
   * Say of a row whether it is chosen, and whether Tab leads to it and its buttons.
   *
   * @param {HTMLElement} row
   */
  mark(row) {
    const id = row.dataset["id"];
    row.setAttribute("aria-selected", String(id === this.id));
    for (const stop of stops(row)) {
      stop.tabIndex = id === this.#stop ? 0 : -1;
    }
  }

  /** @param {Event} event */
  #rowOf({ target }) {
    return target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-id]")) : null;
  }

  /** @param {Event} event */
  #entered(event) {
    const id = this.#rowOf(event)?.dataset["id"];
    if (id !== undefined && id !== this.id) {
      this.#go(id, true);
      this.#rows.chosen(id);
    }
  }

  /** @param {Event} event */
  #clicked(event) {
    if (event.target instanceof Element && !event.target.closest("button")) {
      this.#rowOf(event)?.focus({ preventScroll: true });
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const row = this.#rowOf(event);
    if (!row || event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const { key } = event;
    const id = row.dataset["id"] ?? "";
    const to = this.#goal(key, id, row);
    if (to !== undefined) {
      this.#element(to)?.focus();
    } else if (key === "ArrowRight" || key === "ArrowLeft" || key === "Escape") {
      step(row, key);
    } else if (
      (event.target === row && (key === "Enter" || key === " ")) ||
      key === "ContextMenu" ||
      (key === "F10" && event.shiftKey)
    ) {
      this.#rows.act(id, row);
    } else {
      return;
    }
    event.preventDefault();
  }

  /**
   * Which row a key leads to.
   *
   * @param {string} key
   * @param {string} id
   * @param {HTMLElement} row
   */
  #goal(key, id, row) {
    const ids = this.#rows.ids();
    const index = ids.indexOf(id);
    const page = Math.max(1, Math.floor(this.#frame.clientHeight / Math.max(1, row.offsetHeight)) - 2);
    const goals = new Map([
      ["ArrowDown", index + 1],
      ["ArrowUp", index - 1],
      ["Home", 0],
      ["End", ids.length - 1],
      ["PageDown", index + page],
      ["PageUp", index - page],
    ]);
    const goal = goals.get(key);
    return goal === undefined ? undefined : ids[Math.min(Math.max(goal, 0), ids.length - 1)];
  }
}

/** @param {HTMLElement} row */
function stops(row) {
  return [row, ...row.querySelectorAll("button")];
}

/**
 * From a row to its buttons, and back.
 *
 * @param {HTMLElement} row
 * @param {string} key
 */
function step(row, key) {
  const all = stops(row).filter((one) => !one.hidden);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = key === "ArrowRight" ? Math.min(at + 1, all.length - 1) : key === "ArrowLeft" ? Math.max(at - 1, 0) : 0;
  all[to]?.focus();
}

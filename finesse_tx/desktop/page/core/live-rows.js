/**
 * Rows that change while people look at them: which of them are shown, in which order, and what of that is new since somebody
 * looked. Whoever draws them touches nothing else.
 *
 * Touches no DOM; runs under node.
 */
import { collator } from "./locale.js";

/** @typedef {string | number | null} Value */

/**
 * @template Row
 * @typedef {object} Placed
 * @property {Row} row
 * @property {string | null} before The id of the row that it stands before; null for the end.
 */

/**
 * @template Row
 * @typedef {object} Changes
 * @property {Row[] | null} anew All that are shown, in their order, when everything may be different; then the rest is empty.
 * @property {string[]} gone Ids of those that are not shown any more.
 * @property {Placed<Row>[]} placed Those that have come, or stand elsewhere now; from the bottom up, so that each may be
 *   put before its next one at once.
 * @property {Row[]} changed Those that say something else; the ones that are placed are not among them.
 */

/**
 * Which of two values comes first.
 *
 * @param {Value} one
 * @param {Value} two
 */
function compared(one, two) {
  return typeof one === "number" && typeof two === "number"
    ? one - two
    : collator().compare(String(one), String(two));
}

/** @template Row */
export class LiveRows {
  #id;
  #values;
  #first;
  /** @type {Map<string, Row>} */
  #all = new Map();
  /** @type {Row[]} */
  #shown = [];
  /** Of which nobody has been told how they are now. @type {Set<string>} */
  #dirty = new Set();
  /** Which stand where they stood, until rows may move again. @type {Set<string>} */
  #late = new Set();
  #isAnew = true;
  /** @type {(row: Row) => boolean} */
  #isWanted = () => true;
  /** @type {{ key: string, isDown: boolean }} What they are sorted by. */
  sorted;

  /**
   * @param {object} what
   * @param {(row: Row) => string} what.id
   * @param {Record<string, (row: Row) => Value>} what.values What there is to sort by. What is null comes last, whichever
   *   way is up; what is equal stands in the order of the first of these, and of the ids.
   */
  constructor({ id, values }) {
    this.#id = id;
    this.#values = values;
    this.#first = Object.keys(values)[0] ?? "";
    this.sorted = { key: this.#first, isDown: false };
  }

  /** How many there are, shown or not. */
  get size() {
    return this.#all.size;
  }

  /** Those that are shown, in their order, as of the last look. */
  get shown() {
    return this.#shown;
  }

  /** @returns {Iterable<Row>} All, in no order. */
  get all() {
    return this.#all.values();
  }

  /** @param {string} id */
  get(id) {
    return this.#all.get(id);
  }

  /**
   * These are all that there are.
   *
   * @param {Row[]} rows
   */
  replace(rows) {
    this.#all = new Map(rows.map((row) => [this.#id(row), row]));
    this.#isAnew = true;
  }

  /**
   * One has come, or is different.
   *
   * @param {Row} row
   */
  put(row) {
    const id = this.#id(row);
    this.#all.set(id, row);
    this.#dirty.add(id);
  }

  /** @param {string} id */
  remove(id) {
    if (this.#all.delete(id)) {
      this.#dirty.add(id);
    }
  }

  /**
   * @param {string} key
   * @param {boolean} [isDown]
   */
  sort(key, isDown = false) {
    this.sorted = { key, isDown };
    this.#isAnew = true;
  }

  /**
   * Show only some.
   *
   * @param {(row: Row) => boolean} isWanted
   */
  narrow(isWanted) {
    this.#isWanted = isWanted;
    this.#isAnew = true;
  }

  /**
   * What is new since the last look.
   *
   * @param {boolean} [isHeld] Rows stay where they are, whatever they say: somebody is about to touch one.
   * @returns {Changes<Row>}
   */
  look(isHeld = false) {
    if (this.#isAnew) {
      return this.#lookAnew();
    }
    /** @type {Changes<Row>} */
    const changes = { anew: null, gone: [], placed: [], changed: [] };
    const touched = isHeld ? this.#dirty : new Set([...this.#late, ...this.#dirty]);
    /** @type {Row[]} */
    const loose = [];
    for (const id of touched) {
      this.#settle(id, isHeld, touched, changes, loose);
    }
    for (const row of loose) {
      this.#shown.splice(this.#place(row), 0, row);
    }
    changes.placed = loose
      .map((row) => ({ row, index: this.#shown.indexOf(row) }))
      .sort((one, two) => two.index - one.index)
      .map(({ row, index }) => {
        const next = this.#shown[index + 1];
        return { row, before: next === undefined ? null : this.#id(next) };
      });
    if (!isHeld) {
      this.#late.clear();
    }
    this.#dirty.clear();
    return changes;
  }

  /** @returns {Changes<Row>} */
  #lookAnew() {
    this.#shown = [...this.#all.values()].filter(this.#isWanted).sort((one, two) => this.#order(one, two));
    this.#dirty.clear();
    this.#late.clear();
    this.#isAnew = false;
    return { anew: [...this.#shown], gone: [], placed: [], changed: [] };
  }

  /**
   * Find out what one of them is now: gone, come, different, or different and out of its place.
   *
   * @param {string} id
   * @param {boolean} isHeld
   * @param {Set<string>} touched
   * @param {Changes<Row>} changes
   * @param {Row[]} loose
   */
  #settle(id, isHeld, touched, changes, loose) {
    const index = this.#shown.findIndex((row) => this.#id(row) === id);
    const row = this.#all.get(id);
    if (row === undefined || !this.#isWanted(row)) {
      if (index >= 0) {
        this.#shown.splice(index, 1);
        changes.gone.push(id);
      }
      this.#late.delete(id);
      return;
    }
    if (isHeld) {
      this.#late.add(id);
    }
    if (index < 0) {
      loose.push(row);
      return;
    }
    this.#shown[index] = row;
    if (isHeld || this.#isInPlace(index, touched)) {
      changes.changed.push(row);
    } else {
      this.#shown.splice(index, 1);
      loose.push(row);
    }
  }

  /**
   * @param {number} index
   * @param {Set<string>} touched Whose neighbours say nothing.
   */
  #isInPlace(index, touched) {
    const row = /** @type {Row} */ (this.#shown[index]);
    const [before, after] = [this.#shown[index - 1], this.#shown[index + 1]];
    return (
      (before === undefined || (!touched.has(this.#id(before)) && this.#order(before, row) < 0)) &&
      (after === undefined || (!touched.has(this.#id(after)) && this.#order(row, after) < 0))
    );
  }

  /**
   * Where a row belongs.
   *
   * @param {Row} row
   */
  #place(row) {
    let [low, high] = [0, this.#shown.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#order(/** @type {Row} */ (this.#shown[middle]), row) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * @param {Row} one
   * @param {Row} two
   */
  #order(one, two) {
    const { key, isDown } = this.sorted;
    const by = this.#values[key];
    const [a, b] = [by?.(one) ?? null, by?.(two) ?? null];
    if (a === null || b === null) {
      if (a !== b) {
        return a === null ? 1 : -1;
      }
    } else {
      const found = compared(a, b);
      if (found !== 0) {
        return isDown ? -found : found;
      }
    }
    const first = this.#values[this.#first];
    return (
      compared(first?.(one) ?? "", first?.(two) ?? "") ||
      (this.#id(one) < this.#id(two) ? -1 : Number(this.#id(one) > this.#id(two)))
    );
  }
}

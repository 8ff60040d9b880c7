/**
 * When the page does not respond any more: what a gadget of its own origin does in an endless loop. Seen from a worker, which has
 * a thread of its own; nothing can be done about it there, but the next time the desktop is loaded it is known.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §18.
 */

/** How often the page is asked. */
export const ASK_MS = 1_000;

/** When it has not answered for so long, it stands still. Who waits in a gadget's `alert()` does so too, until that is closed. */
export const SILENT_MS = 5_000;

/** What a gadget was told so long before may be why. */
export const RECENT_MS = 2_000;

/** So many gadgets are suspected. */
export const MOST = 5;

/** @typedef {{ place: string, title: string }} Suspect A gadget, by its specification. */
/** @typedef {{ loading?: Suspect[], touched?: Suspect }} Said What the page says, if only that it is there. */
/** @typedef {{ suspects: Suspect[], areBeginning: boolean }} Standing What was seen; whether the suspects were just beginning. */

export class Standstill {
  #ask;
  #keep;
  #forget;
  #now;
  #ticked;
  #heard;
  #isStanding = false;
  /** @type {Suspect[]} */
  #loading = [];
  /** The last one first. @type {{ suspect: Suspect, at: number }[]} */
  #touched = [];

  /**
   * @param {object} given
   * @param {() => void} given.ask Ask the page whether it is there.
   * @param {(standing: Standing) => void} given.keep It stands still.
   * @param {() => void} given.forget It goes on.
   * @param {() => number} given.now In milliseconds.
   */
  constructor({ ask, keep, forget, now }) {
    this.#ask = ask;
    this.#keep = keep;
    this.#forget = forget;
    this.#now = now;
    this.#ticked = this.#heard = now();
  }

  /** Each `ASK_MS`. */
  tick() {
    const now = this.#now();
    if (now - this.#ticked > 3 * ASK_MS) {
      this.#heard = now; // the machine has slept, and with it the page
    }
    this.#ticked = now;
    if (!this.#isStanding && now - this.#heard >= SILENT_MS) {
      this.#isStanding = true;
      this.#keep({ suspects: this.#suspects(), areBeginning: this.#loading.length > 0 });
    }
    this.#ask();
  }

  /** @param {Said} said */
  hear({ loading, touched }) {
    const now = this.#now();
    this.#heard = now;
    this.#loading = loading ?? this.#loading;
    if (touched) {
      const others = this.#touched.filter(({ suspect }) => suspect.place !== touched.place);
      this.#touched = [{ suspect: touched, at: now }, ...others].slice(0, MOST);
    }
    if (this.#isStanding) {
      this.#isStanding = false;
      this.#forget();
    }
  }

  #suspects() {
    const recent = this.#touched.filter(({ at }) => this.#heard - at <= RECENT_MS).map(({ suspect }) => suspect);
    return (this.#loading.length > 0 ? this.#loading : recent).slice(0, MOST);
  }
}

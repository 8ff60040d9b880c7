/**
 * What time it is on the server, which all of a desktop's timers go by.
 *
 * Touches no DOM; runs under node. The time is asked for where it is shown, never counted: a tab in the background, whose
 * timers the browser slows down, shows the right time as soon as it is looked at.
 */

const SECOND_MS = 1000;

/** Timers and clocks of the platform, for tests to turn. */
export const PLATFORM = {
  now: () => Date.now(),
  /** @type {(run: () => void, ms: number) => unknown} */
  later: (run, ms) => setTimeout(run, ms),
  /** @type {(timer: any) => void} */
  cancel: (timer) => clearTimeout(timer),
  random: () => Math.random(),
};

/** @typedef {typeof PLATFORM} Platform */

/**
 * Fires `second` at each full second of the server, while somebody listens.
 */
export class ServerClock extends EventTarget {
  #platform;
  #drift = 0;
  #way = Infinity;
  /** @type {Set<EventListenerOrEventListenerObject>} */
  #listening = new Set();
  /** @type {unknown} */
  #timer = null;

  /** @param {Platform} [platform] */
  constructor(platform = PLATFORM) {
    super();
    this.#platform = platform;
  }

  /** Milliseconds since 1970, on the server. */
  now() {
    return this.#platform.now() + this.#drift;
  }

  /** Server minus client, in whole milliseconds. */
  get drift() {
    return Math.round(this.#drift);
  }

  /**
   * Take what the server has told: the answer with the shortest way is the best known.
   *
   * @param {string | number} told The time it told, as REST writes it or as a number.
   * @param {number} sent When it was asked, by our clock.
   * @param {number} received When the answer was there.
   * @returns {boolean} Whether that was a time, and better than what was known.
   */
  learn(told, sent, received) {
    const time = typeof told === "number" ? told : Date.parse(told);
    const way = received - sent;
    if (Number.isNaN(time) || way < 0 || way > this.#way) {
      return false;
    }
    this.#way = way;
    this.#drift = time - (sent + received) / 2;
    return true;
  }

  /** Our own clock was set, or the machine slept: whatever is learned next is better than what is known. */
  doubt() {
    this.#way = Infinity;
  }

  /**
   * How long something has lasted.
   *
   * @param {string} since As REST writes times.
   * @returns {number | null} In milliseconds, never less than 0; null for no time.
   */
  since(since) {
    const then = Date.parse(since);
    return Number.isNaN(then) ? null : Math.max(0, this.now() - then);
  }

  /**
   * @override
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | AddEventListenerOptions} [options]
   */
  addEventListener(type, listener, options) {
    super.addEventListener(type, listener, options);
    const { signal } = typeof options === "object" ? options : {};
    if (type !== "second" || !listener || signal?.aborted) {
      return;
    }
    this.#listening.add(listener);
    signal?.addEventListener("abort", () => this.#left(listener), { once: true });
    if (this.#timer === null) {
      this.#wait();
    }
  }

  /**
   * @override
   * @param {string} type
   * @param {EventListenerOrEventListenerObject | null} listener
   * @param {boolean | EventListenerOptions} [options]
   */
  removeEventListener(type, listener, options) {
    super.removeEventListener(type, listener, options);
    if (type === "second" && listener) {
      this.#left(listener);
    }
  }

  /** @param {EventListenerOrEventListenerObject} listener */
  #left(listener) {
    this.#listening.delete(listener);
    if (this.#listening.size === 0 && this.#timer !== null) {
      this.#platform.cancel(this.#timer);
      this.#timer = null;
    }
  }

  #wait() {
    const now = this.now();
    const next = (Math.floor(now / SECOND_MS) + 1) * SECOND_MS;
    this.#timer = this.#platform.later(() => {
      this.#wait();
      this.dispatchEvent(new Event("second"));
    }, Math.ceil(next - now));
  }
}

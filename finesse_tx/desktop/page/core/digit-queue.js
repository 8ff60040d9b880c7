/**
 * Digits that are keyed in a call: sent in their order, one request after the other, what is keyed meanwhile together.
 *
 * Touches no DOM. Spec: desktop.md §10.4 (`pendingDTMFThresholdCount`), §13; rest.md §5.1 (SEND_DTMF).
 */

/** How many digits one request takes. */
export const MAX_SENT = 32;

/** How many wait at most, where the layout does not say. */
export const THRESHOLD = 20;

export class DigitQueue {
  #waiting = "";
  #isSending = false;
  #send;
  #failed;
  #threshold;

  /**
   * @param {(digits: string) => Promise<unknown>} send
   * @param {(error: unknown) => void} failed Is told why digits were not sent; what waited behind them is given up.
   * @param {number} [threshold] How many may wait.
   */
  constructor(send, failed, threshold = THRESHOLD) {
    this.#send = send;
    this.#failed = failed;
    this.#threshold = Math.min(Math.max(threshold, 1), THRESHOLD);
  }

  /** Whether an answer is waited for. */
  get isSending() {
    return this.#isSending;
  }

  /**
   * A key was pressed.
   *
   * @param {string} digit
   * @returns {boolean} False: it is none, or too many wait.
   */
  press(digit) {
    if (!/^[0-9*#A-D]$/.test(digit) || this.#waiting.length >= this.#threshold) {
      return false;
    }
    this.#waiting += digit;
    if (!this.#isSending) {
      this.#run();
    }
    return true;
  }

  async #run() {
    this.#isSending = true;
    try {
      while (this.#waiting) {
        const digits = this.#waiting.slice(0, MAX_SENT);
        this.#waiting = this.#waiting.slice(MAX_SENT);
        await this.#send(digits);
      }
    } catch (error) {
      this.#waiting = "";
      this.#failed(error);
    } finally {
      this.#isSending = false;
    }
  }
}

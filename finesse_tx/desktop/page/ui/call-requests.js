/**
 * What is asked for about a call: one thing at a time, which its card waits for until the event or the refusal.
 *
 * Spec: desktop.md §13; rest.md §5.1.
 */
import { say } from "../../../browser/core/text.js";
import { told } from "../core/call-errors.js";
import { otherParty } from "../core/dialog-rules.js";

/** How long an answer is waited for, in milliseconds. */
const PATIENCE_MS = 10_000;

export class CallRequests {
  #card;
  #tools;
  #trouble;
  #waiting = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {import("./call-card.js").CallCard} card
   * @param {import("./call-tools.js").CallTools} tools Wait with it.
   * @param {import("./call-trouble.js").CallTrouble} trouble Where what was wrong is told.
   */
  constructor(card, tools, trouble) {
    this.#card = card;
    this.#tools = tools;
    this.#trouble = trouble;
  }

  /** Whether something was asked for, and nothing is known of it yet. */
  get isWaiting() {
    return this.#waiting !== "";
  }

  /**
   * Ask for something to be done, show that it is waited for, and what was wrong with it.
   *
   * @param {string} action
   * @param {Record<string, unknown>} more Of the request.
   * @returns {Promise<import("../core/call-errors.js").Told | null>} What was wrong; null for nothing.
   */
  async do(action, more) {
    this.#trouble.show(null);
    this.#wait(action);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.settle();
      this.#trouble.show({ sentence: say("calls.error.silent"), details: action });
    }, PATIENCE_MS);
    try {
      await (action === "BARGE_CALL" ? this.#barge() : this.act(action, more));
      return null;
    } catch (error) {
      const wrong = told(error, action);
      if (!this.#card.signal.aborted) {
        this.settle();
        this.#trouble.show(wrong);
      }
      return wrong;
    }
  }

  /** Whatever was waited for has come. */
  settle() {
    this.stop();
    this.#wait("");
  }

  /** Nobody waits any more. */
  stop() {
    clearTimeout(this.#timer);
  }

  get #extension() {
    return String(this.#card.desk.me.extension ?? "");
  }

  /**
   * Ask for it; who asks waits for what comes.
   *
   * @param {string} requestedAction
   * @param {Record<string, unknown>} more
   * @param {() => void} [taken]
   */
  act(requestedAction, more, taken = () => {}) {
    const target = { targetMediaAddress: this.#extension };
    return this.#card.desk.act("PUT", this.#card.dialog.uri, { ...target, requestedAction, ...more }, { taken });
  }

  /**
   * Send keys: what is keyed next waits until the server has taken these. A refusal, which comes later, is told.
   *
   * @param {string} digits
   */
  key(digits) {
    const params = { actionParams: [{ name: "dtmfString", value: digits }] };
    return new Promise((resolve, reject) => {
      this.act("SEND_DTMF", params, () => resolve(undefined)).catch((error) => {
        reject(error);
        this.#trouble.show(told(error, "SEND_DTMF"));
      });
    });
  }

  #barge() {
    const { desk, dialog } = this.#card;
    return desk.act("POST", `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}/Dialogs`, {
      requestedAction: "BARGE_CALL",
      fromAddress: this.#extension,
      toAddress: otherParty(dialog, this.#extension),
      associatedDialogUri: dialog.uri,
    });
  }

  /** @param {string} action */
  #wait(action) {
    this.#waiting = action;
    this.#tools.wait(action);
  }
}

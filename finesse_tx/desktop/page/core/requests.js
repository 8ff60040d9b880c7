/**
 * Requests that the server takes at once, and whose outcome comes as an event with their id.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §1.5; `notifications.md` §5.2, §6.
 */
import { RefusedError } from "../../../browser/core/rest.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./objects.js").Update} Update */
/** @typedef {import("./server-clock.js").Platform} Platform */

/**
 * @typedef {{ signal?: AbortSignal, headers?: Record<string, string>, taken?: () => void }} ActMore `taken` is called when
 *   the server has taken it: the only answer there is to what causes no event, such as keyed digits.
 */

/** How long an error may come after the server took a request. */
export const REFUSAL_MS = 5_000;

/** An id that no other request has. */
export function freshRequestId() {
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * The refusal that an event tells of; null where it tells of none.
 *
 * @param {Update} update
 */
function refusalOf({ kind, data }) {
  if (kind !== "apiErrors") {
    return null;
  }
  const { errorType = "", errorData = "", errorMessage = "", peripheralErrorText = "", ...more } = [data.apiError ?? {}].flat()[0];
  const refused = new RefusedError(400, errorType, errorData, peripheralErrorText || errorMessage);
  refused.code = Number(more.peripheralErrorCode) || 0;
  return refused;
}

export class Requests {
  #rest;
  #platform;
  #newId;
  /** @type {Map<string, (update: Update) => void>} By id. */
  #awaited = new Map();

  /**
   * @param {Rest} rest
   * @param {Platform} platform
   * @param {() => string} newId
   */
  constructor(rest, platform, newId) {
    this.#rest = rest;
    this.#platform = platform;
    this.#newId = newId;
  }

  /**
   * An event has come, which may answer one.
   *
   * @param {Update} update
   */
  answered(update) {
    this.#awaited.get(update.requestId)?.(update);
  }

  /**
   * Have something done, and know whether it was.
   *
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {ActMore} [more]
   * @returns {Promise<any>} What the server answered; null, most of the time.
   * @throws {RefusedError} By the answer, or by an event within a few seconds.
   */
  async act(method, path, body, { signal, headers, taken = () => {} } = {}) {
    const requestId = this.#newId();
    /** @type {(refused: RefusedError | null) => void} */
    let settle = () => {};
    const outcome = new Promise((/** @type {(refused: RefusedError | null) => void} */ resolve) => {
      settle = resolve;
    });
    this.#awaited.set(requestId, (update) => settle(refusalOf(update)));
    try {
      const answer = await this.#rest.ask(method, path, {
        ...(body !== undefined && { body }),
        headers: { ...headers, requestId },
        ...(signal && { signal }),
      });
      taken();
      if (answer === null) {
        const timer = this.#platform.later(() => settle(null), REFUSAL_MS);
        const refused = await outcome;
        this.#platform.cancel(timer);
        if (refused) {
          throw refused;
        }
      }
      return answer;
    } catch (error) {
      throw error instanceof RefusedError ? error : new RefusedError(0, "", "", String(error));
    } finally {
      this.#awaited.delete(requestId);
    }
  }
}

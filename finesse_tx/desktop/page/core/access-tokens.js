/**
 * Single sign-on at the desktop: the access token that gadgets of such a user show, kept fresh while somebody is signed in.
 *
 * Touches no DOM; runs under node. The desktop itself goes by its secret; gadgets find the token where Finesse has it, and are
 * told of each new one.
 *
 * Spec: `desktop.md` §3, §5.1; `rest.md` §11.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { PLATFORM } from "./server-clock.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./session.js").Store} Store */

/** @typedef {{ token: string, refresh_token: string, expires_in: number, until: number }} Tokens As they are kept; `until` is ours. */

const TOKENS = "ssoTokenObject";
const TOKEN = "/desktop/sso/token";
const FORM = "application/x-www-form-urlencoded";

/** A token is exchanged for another after that part of its time. */
const FRESH = 0.75;

/** The pause before a server that did not answer is asked again. */
export const AGAIN_MS = 15_000;

/** Fires `token` with `{ authToken }` for each new one, and `ended` when there will be none any more: sign in again. */
export class AccessTokens extends EventTarget {
  #rest;
  #store;
  #platform;
  /** @type {Tokens | null} */
  #tokens = null;
  /** @type {unknown} */
  #timer = null;

  /**
   * @param {Rest} rest
   * @param {Store} store What lives as long as the tab.
   * @param {import("./server-clock.js").Platform} [platform]
   */
  constructor(rest, store, platform = PLATFORM) {
    super();
    this.#rest = rest;
    this.#store = store;
    this.#platform = platform;
  }

  /** Whether this user has single sign-on. */
  get isOn() {
    return this.#tokens !== null;
  }

  /**
   * Get the first one.
   *
   * @param {string} authorization Of who signs in, and has single sign-on.
   * @throws {RefusedError}
   */
  async begin(authorization) {
    const path = `${TOKEN}?return_refresh_token=true`;
    this.#take(await this.#rest.ask("GET", path, { headers: { Authorization: authorization } }));
  }

  /** Go on with what a reload finds. */
  resume() {
    try {
      const kept = JSON.parse(this.#store.getItem(TOKENS) ?? "null");
      if (typeof kept?.refresh_token === "string" && typeof kept.until === "number") {
        this.#tokens = kept;
        this.#wait(Math.max(0, kept.until - this.#platform.now()));
      }
    } catch {
      // then there is none
    }
  }

  /** Take them back, and leave nothing. */
  async end() {
    const token = this.#tokens?.token;
    this.#forget();
    if (token) {
      await this.#rest.ask("POST", "/desktop/sso/revoke", { data: form({ token }), type: FORM }).catch(() => {}); // they end by themselves
    }
  }

  #forget() {
    this.#platform.cancel(this.#timer);
    this.#timer = this.#tokens = null;
    this.#store.removeItem(TOKENS);
  }

  /** @param {any} told Of the server. */
  #take(told) {
    const until = this.#platform.now() + told.expires_in * 1000 * FRESH;
    this.#tokens = { ...this.#tokens, ...told, until };
    this.#store.setItem(TOKENS, JSON.stringify(this.#tokens));
    this.#wait(until - this.#platform.now());
    this.dispatchEvent(new CustomEvent("token", { detail: { authToken: told.token } }));
  }

  /** @param {number} ms */
  #wait(ms) {
    this.#platform.cancel(this.#timer);
    this.#timer = this.#platform.later(() => this.#refresh(), ms);
  }

  async #refresh() {
    const tokens = /** @type {Tokens} */ (this.#tokens);
    const data = form({ token: tokens.token, "refresh-token": tokens.refresh_token });
    let told;
    try {
      told = await this.#rest.ask("POST", TOKEN, { data, type: FORM });
    } catch (error) {
      if (this.#tokens !== tokens) {
        return; // it was ended meanwhile
      }
      if (error instanceof RefusedError && error.status === 401) {
        this.#forget();
        this.dispatchEvent(new Event("ended"));
      } else {
        this.#wait(AGAIN_MS);
      }
      return;
    }
    if (this.#tokens === tokens) {
      this.#take(told);
    }
  }
}

/** @param {Record<string, string>} values */
function form(values) {
  return String(new URLSearchParams(values));
}

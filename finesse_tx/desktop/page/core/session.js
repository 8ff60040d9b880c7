/**
 * Who is signed in, as long as the tab lives: a reload finds it again, and gadgets find it where Finesse has it.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §3.
 */

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */

/** The part of `Storage` that is needed. @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

const AUTH = "userFinesseAuth";
const DRIFT = "clientTimestampDrift";
const OFFSET = "serverTimezoneOffset";

/**
 * Base64 of a text's UTF-8.
 *
 * @param {string} text
 */
export function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/**
 * The text of it.
 *
 * @param {string} encoded
 * @returns {string} Empty for what is none.
 */
export function unbase64(encoded) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0)));
  } catch {
    return "";
  }
}

/** Somebody's session. */
export class Session {
  /** Who; empty for nobody. */
  loginId = "";

  #rest;
  #store;
  #secret = "";

  /**
   * @param {Rest} rest Shows who it is from then on.
   * @param {Store} store What lives as long as the tab.
   */
  constructor(rest, store) {
    this.#rest = rest;
    this.#store = store;
    const [loginId, ...rest_] = unbase64(store.getItem(AUTH) ?? "").split(":");
    if (loginId && rest_.length > 0) {
      this.#use(loginId, rest_.join(":"));
    }
  }

  /** What stands for the password, wherever one is asked for. */
  get secret() {
    return this.#secret;
  }

  /**
   * Sign in to the server; the agent is not yet signed in to the phone.
   *
   * @param {string} username
   * @param {string} password
   * @throws {import("../../../browser/core/rest.js").RefusedError} 401 for a wrong one.
   */
  async begin(username, password) {
    const authorization = `Basic ${base64(`${username}:${password}`)}`;
    const path = `/finesse/api/User/${encodeURIComponent(username)}`;
    const user = await this.#rest.ask("GET", path, { headers: { Authorization: authorization } });
    this.#use(user.loginId, password);
    this.#store.setItem(AUTH, base64(`${user.loginId}:${password}`));
    return user;
  }

  /** Nothing of it is left in the browser. */
  async end() {
    this.forget();
  }

  /** The same, when the server has ended it already. */
  forget() {
    this.#use("", "");
    for (const key of [AUTH, DRIFT, OFFSET, "ssoTokenObject"]) {
      this.#store.removeItem(key);
    }
  }

  /**
   * Tell gadgets what time it is on the server.
   *
   * @param {number} driftMs Server minus client.
   * @param {number} offset The server's time zone, as SystemInfo has it.
   */
  tellTime(driftMs, offset) {
    this.#store.setItem(DRIFT, String(driftMs));
    this.#store.setItem(OFFSET, String(offset));
  }

  /**
   * @param {string} loginId
   * @param {string} secret
   */
  #use(loginId, secret) {
    this.loginId = loginId;
    this.#secret = secret;
    this.#rest.authorization = loginId ? `Basic ${base64(`${loginId}:${secret}`)}` : "";
  }
}

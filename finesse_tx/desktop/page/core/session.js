/**
 * Who is signed in, as long as the tab lives: a reload finds it again, and gadgets find it where Finesse has it.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §3.
 */

import { AccessTokens } from "./access-tokens.js";
import { PLATFORM } from "./server-clock.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./server-clock.js").Platform} Platform */

/** The part of `Storage` that is needed. @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Store */

const SESSION = "/desktop/session";

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

/**
 * The `Authorization` of somebody.
 *
 * @param {string} username
 * @param {string} password
 */
export function basic(username, password) {
  return `Basic ${base64(`${username}:${password}`)}`;
}

/** @typedef {{ loginId: string, secret: string, extension: string, isReady: boolean }} Carried What one node hands over to the other. */

const CARRIED = "#carried=";

/**
 * The part of an address that hands a session over: never sent to a server, and gone as soon as it is read.
 *
 * @param {Carried} carried
 */
export function handedOver(carried) {
  return CARRIED + encodeURIComponent(base64(JSON.stringify(carried)));
}

/**
 * What an address hands over.
 *
 * @param {string} hash
 * @returns {Carried | null} Null for nothing.
 */
export function takenOver(hash) {
  if (!hash.startsWith(CARRIED)) {
    return null;
  }
  try {
    const { loginId, secret, extension, isReady } = JSON.parse(unbase64(decodeURIComponent(hash.slice(CARRIED.length))));
    const texts = [loginId, secret, extension];
    return texts.every((one) => typeof one === "string") ? { loginId, secret, extension, isReady: isReady === true } : null;
  } catch {
    return null;
  }
}

/** Somebody's session. */
export class Session {
  /** Who; empty for nobody. */
  loginId = "";

  /** What gadgets show of somebody who has single sign-on. */
  tokens;

  #rest;
  #store;
  #secret = "";

  /**
   * @param {Rest} rest Shows who it is from then on.
   * @param {Store} store What lives as long as the tab.
   * @param {Platform} [platform]
   */
  constructor(rest, store, platform = PLATFORM) {
    this.#rest = rest;
    this.#store = store;
    this.tokens = new AccessTokens(rest, store, platform);
    const kept = unbase64(store.getItem(AUTH) ?? "");
    const at = kept.indexOf(":");
    if (at > 0) {
      this.#use(kept.slice(0, at), kept.slice(at + 1));
      this.tokens.resume();
    }
  }

  /** What stands for the password, wherever one is asked for. */
  get secret() {
    return this.#secret;
  }

  /**
   * Sign in to the server; the agent is not yet signed in to the phone. The password is forgotten: a secret stands for it.
   *
   * @param {string} username
   * @param {string} password
   * @throws {import("../../../browser/core/rest.js").RefusedError} 401 for a wrong one.
   */
  async begin(username, password) {
    const authorization = basic(username, password);
    const { loginId, secret, authMode } = await this.#rest.ask("POST", SESSION, { headers: { Authorization: authorization } });
    this.take(loginId, secret);
    if (authMode === "SSO") {
      await this.tokens.begin(authorization);
    }
  }

  /**
   * Go on with a session that began elsewhere: on the other node, which knows the same secrets.
   *
   * @param {string} loginId
   * @param {string} secret
   */
  take(loginId, secret) {
    this.#use(loginId, secret);
    this.#store.setItem(AUTH, base64(`${loginId}:${secret}`));
  }

  /** The server takes the secret back, and nothing of it is left in the browser. */
  async end() {
    const headers = { Authorization: this.#rest.authorization };
    const isOpen = this.loginId !== "";
    this.#use("", "");
    for (const key of [AUTH, DRIFT, OFFSET]) {
      this.#store.removeItem(key);
    }
    const tokensEnded = this.tokens.end();
    if (isOpen) {
      await this.#rest.ask("DELETE", SESSION, { headers }).catch(() => {}); // it ends by itself
    }
    await tokensEnded;
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
    this.#rest.authorization = loginId ? basic(loginId, secret) : "";
  }
}

/**
 * What one person sees and does: the state that all elements render from, and the requests that they send.
 *
 * Touches no DOM; runs under node. Each thing is asked for once; from then on events tell what changes. After the
 * connection was away, it is asked for once more, and what differs is told like any other change.
 *
 * Spec: `desktop.md` §5, §11, §16; `notifications.md` §5, §9.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { Configuration } from "./configuration.js";
import { Known } from "./known.js";
import { hubObject, readUpdate } from "./objects.js";
import { freshRequestId, Requests } from "./requests.js";
import { PLATFORM } from "./server-clock.js";
import { Subscriptions } from "./subscriptions.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {import("./objects.js").Update} Update */
/** @typedef {import("./server-clock.js").ServerClock} ServerClock */
/** @typedef {import("./server-clock.js").Platform} Platform */

/** @typedef {import("./rest-objects.js").User} User */
/** @typedef {import("./rest-objects.js").Dialog} Dialog */
/** @typedef {import("./rest-objects.js").MediaProperties} MediaProperties */
/** @typedef {import("./rest-objects.js").Participant} Participant */
/** @typedef {import("./subscriptions.js").Heard} Heard */
/** @typedef {import("./subscriptions.js").Listener} Listener */

/**
 * @typedef {"connecting" | "connected" | "failing" | "conflict" | "unauthorized" | "disconnected"} DeskStatus
 *   A `status` event says `recovered` once, where `connected` comes after `failing`.
 */

const SYSTEM_INFO = "/finesse/api/SystemInfo";

/** Whoever was in one of these when the connection was lost is not made ready afterwards. */
const NOT_AGAIN = new Set(["LOGOUT", "NOT_READY", "WORK", "WORK_READY"]);

/**
 * Fires `me` with `{ before, now }`; `calls` with `{ id, before, now }`, null for a call that is not there; `status` with
 * `{ status }`; `update` with `{ node, content, object }` for each event of the stream; `resync` after the connection was
 * away; `presence` with `{ content, object }`, of the server's; `systeminfo` with `{ systemInfo }`; `token` with
 * `{ authToken }`, of single sign-on; `signedout` when the server does not know us any more.
 */
export class Desk extends EventTarget {
  /** @type {DeskStatus} */
  status = "connecting";

  // Given by others of the page ---------------------------------------------------------------------------------------

  /** @type {any} Keyboard shortcuts; see `ui/shortcut-list.js`. */
  shortcuts = null;

  /** @type {(text: string, how?: { assertive?: boolean }) => void} Say something to screen readers. */
  announce = () => {};

  /** @type {(what: { title: string, body?: string, tag?: string }) => void} Call somebody back to the page. */
  notify = () => {};

  /** @type {() => string} Why a gadget's channel keeps the agent from signing out, in its words; empty: none does. */
  signOutBlocked = () => "";

  /** @type {(reasonCodeId?: string) => Promise<void>} Sign out, and leave the desktop. */
  signOut = async () => {};

  /** What the agent has signed in to the phone with, for a server that has forgotten it. */
  signIn = /** @type {Record<string, unknown>} */ ({});

  /** How gadgets show who asks: `SSO` for tokens, `NON_SSO` for the secret. */
  authMode = "NON_SSO";

  /** The last state that was chosen here; empty for none. */
  chosen = "";

  #connection;
  #platform;
  #requests;
  #configuration;
  #subscriptions;
  #known;
  #round = 0;
  #isInService = true;
  #wasOut = false;
  #isServing = true;
  #isDoubted = false;
  #closing = new AbortController();

  /**
   * @param {{
   *   rest: Rest, clock: ServerClock, connection: Connection, me: User, systemInfo?: any, platform?: Platform,
   *   newId?: () => string,
   * }} given
   */
  constructor({ rest, clock, connection, me, systemInfo = {}, platform = PLATFORM, newId = freshRequestId }) {
    super();
    this.systemInfo = systemInfo;
    this.rest = rest;
    this.clock = clock;
    this.#known = new Known(me, (type, detail) => this.dispatchEvent(new CustomEvent(type, { detail })));
    this.#connection = connection;
    this.#platform = platform;
    this.#requests = new Requests(rest, platform, newId);
    this.#configuration = new Configuration((path) => this.ask("GET", path), () => this.me.loginId);
    this.#subscriptions = new Subscriptions(connection);
    const { signal } = this.#closing;
    const arrived = (/** @type {Event} */ event) => {
      const { node, content } = /** @type {CustomEvent} */ (event).detail;
      this.#arrived(node, content);
    };
    const seen = (/** @type {Event} */ event) => {
      const { isAvailable, xml } = /** @type {CustomEvent} */ (event).detail;
      this.#isServing = isAvailable;
      this.#follow();
      this.dispatchEvent(new CustomEvent("presence", { detail: { content: xml, object: hubObject(xml) } }));
    };
    connection.addEventListener("event", arrived, { signal });
    connection.addEventListener("status", () => this.#followConnection(), { signal });
    connection.addEventListener("presence", seen, { signal });
    rest.addEventListener("signedout", () => this.#doubted(), { signal });
    this.#followConnection();
  }

  /**
   * Follow the tokens of somebody who has single sign-on.
   *
   * @param {import("./access-tokens.js").AccessTokens} tokens
   */
  followTokens(tokens) {
    const { signal } = this.#closing;
    this.authMode = tokens.isOn ? "SSO" : "NON_SSO";
    tokens.addEventListener(
      "token",
      (event) => this.dispatchEvent(new CustomEvent("token", { detail: /** @type {CustomEvent} */ (event).detail })),
      { signal },
    );
    tokens.addEventListener("ended", () => this.dispatchEvent(new Event("signedout")), { signal });
  }

  /** Nobody sits there any more: it follows nothing, and asks for nothing. */
  close() {
    this.#closing.abort();
    this.#round += 1;
  }

  /** @returns {User} */
  get me() {
    return this.#known.me;
  }

  /** @returns {Map<string, Dialog>} My dialogs, oldest first. */
  get calls() {
    return this.#known.calls;
  }

  /** Whether SystemInfo says that the system serves. */
  get isInService() {
    return this.#isInService;
  }

  get isSupervisor() {
    return this.me.roles.includes("Supervisor");
  }

  /** What names this desktop's event connection among others of the same person. */
  get resource() {
    return this.#connection.resource;
  }

  /** Another window has taken over: take it back. */
  takeOver() {
    this.#connection.again();
  }

  // Requests ----------------------------------------------------------------------------------------------------------

  /**
   * Ask.
   *
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {{ signal?: AbortSignal }} [more]
   * @returns {Promise<any>}
   * @throws {RefusedError}
   */
  ask(method, path, body, { signal } = {}) {
    return this.rest.ask(method, path, { ...(body !== undefined && { body }), ...(signal && { signal }) });
  }

  /**
   * Have something done, and know whether it was; see `Requests.act`.
   *
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {import("./requests.js").ActMore} [more]
   * @returns {Promise<any>} What the server answered; null, most of the time.
   * @throws {RefusedError} By the answer, or by an event within a few seconds.
   */
  async act(method, path, body, more) {
    const answer = await this.#requests.act(method, path, body, more);
    this.#choose(path, body);
    return answer;
  }

  /**
   * Something was done: it may have been a choice of a state.
   *
   * @param {string} path
   * @param {unknown} body
   */
  #choose(path, body) {
    const { state } = /** @type {{ state?: string }} */ (body ?? {});
    if (decodeURIComponent(path) === this.me.uri && (state === "READY" || state === "NOT_READY")) {
      this.chosen = state;
    }
  }

  /**
   * What is loaded once; see `Configuration.get`. `SystemInfo`, with the mode of this user, is known already.
   *
   * @param {string} name
   * @returns {Promise<any>}
   * @throws {RefusedError} The next who asks has it asked for again.
   */
  config(name) {
    return name === "SystemInfo"
      ? Promise.resolve({ ...this.systemInfo, systemAuthMode: this.authMode })
      : this.#configuration.get(name);
  }

  /**
   * Have the events of a node, until the signal is aborted; see `Subscriptions.watch`.
   *
   * @param {string} node Such as `/finesse/api/Team/1/Users`.
   * @param {Listener} listener
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} Whether its events come from now on; what is asked for after that misses none.
   */
  watch(node, listener, signal) {
    return this.#subscriptions.watch(node, listener, signal);
  }

  // Events ------------------------------------------------------------------------------------------------------------

  /**
   * @param {string} node
   * @param {string} content
   */
  #arrived(node, content) {
    let update;
    try {
      update = readUpdate(content);
    } catch {
      update = null; // JSON, or no event of Finesse's: gadgets may know what to do with it
    }
    if (update !== null) {
      this.#take(node, update);
    }
    const detail = {
      node,
      content,
      get object() {
        return hubObject(content); // made for who wants it alone
      },
    };
    this.dispatchEvent(new CustomEvent("update", { detail }));
  }

  /**
   * @param {string} node
   * @param {Update} update
   */
  #take(node, update) {
    this.#known.take(node, update);
    this.#requests.answered(update);
    this.#subscriptions.tell({ ...update, node });
    if (node === SYSTEM_INFO && update.kind === "systemInfo") {
      this.systemInfo = update.data;
      this.#isInService = update.data.status === "IN_SERVICE";
      this.dispatchEvent(new CustomEvent("systeminfo", { detail: { systemInfo: update.data } }));
      this.#follow();
    }
  }

  // Connection --------------------------------------------------------------------------------------------------------

  #followConnection() {
    const { status } = this.#connection;
    if (status === "connected") {
      this.#isServing = true;
    }
    this.#follow();
  }

  /** What the connection, SystemInfo and the server's presence make together. */
  #follow() {
    const { status } = this.#connection;
    if (status === "connected") {
      if (!this.#isInService || !this.#isServing) {
        this.#wasOut = true;
        this.#round += 1;
        this.#setStatus("failing");
      } else if (this.status === "failing") {
        this.#resynchronise();
      }
    } else if (status === "reconnecting" || status === "connecting") {
      this.#round += 1;
      this.#setStatus(this.status === "connecting" ? "connecting" : "failing");
    } else {
      this.#round += 1;
      this.#setStatus(status);
      if (status === "unauthorized") {
        this.dispatchEvent(new Event("signedout"));
      }
    }
  }

  /** @param {DeskStatus} status */
  #setStatus(status) {
    if (status !== this.status) {
      this.status = status;
      this.dispatchEvent(new CustomEvent("status", { detail: { status } }));
    }
  }

  /**
   * Ask how things are, for the first time. The connection must be there, so that nothing is missed.
   *
   * @throws {RefusedError}
   */
  async load() {
    await this.#ask();
    this.chosen = this.me.state === "READY" ? "READY" : "";
    const isUp = this.#connection.status === "connected" && this.#isInService && this.#isServing;
    this.#setStatus(isUp ? "connected" : "failing"); // it may have been lost meanwhile
  }

  /** The same after the connection was away; as often as it takes. */
  async #resynchronise() {
    const round = (this.#round += 1);
    await this.#subscriptions.renew();
    for (let attempt = 0; round === this.#round; attempt += 1) {
      try {
        await this.#ask();
      } catch {
        const wait = 1000 * 2 ** Math.min(attempt, 4) * (0.5 + this.#platform.random() / 2);
        await new Promise((resolve) => this.#platform.later(() => resolve(undefined), wait));
        continue;
      }
      if (round === this.#round) {
        this.#isBack();
      }
      return;
    }
  }

  #isBack() {
    this.status = "connected";
    this.dispatchEvent(new CustomEvent("status", { detail: { status: "recovered" } }));
    this.dispatchEvent(new Event("resync"));
    this.#subscriptions.resynchronise();
  }

  /** Me and my calls, at once; and back to the phone, where the server has forgotten that somebody was there. */
  async #ask() {
    const before = this.me.state;
    let isForgotten = false;
    const isNewest = await this.#known.renew(async () => {
      const found = await this.#now();
      const [{ state, stateChangeTime }] = found;
      isForgotten = state === "LOGOUT" && stateChangeTime === "" && Boolean(before) && before !== "LOGOUT";
      return isForgotten && (await this.#signInAgain()) ? this.#now() : found;
    });
    if (!isNewest) {
      return;
    }
    const wasReady = this.chosen === "READY" && !NOT_AGAIN.has(before);
    if ((isForgotten || this.#wasOut) && wasReady && this.me.state === "NOT_READY") {
      this.act("PUT", this.me.uri, { state: "READY" }).catch(() => {}); // then the agent sees that it is not so
    }
    this.#wasOut = false;
  }

  /** @returns {Promise<[User, { Dialog: Dialog[] }]>} */
  #now() {
    const path = `/finesse/api/User/${encodeURIComponent(this.me.loginId)}`;
    return Promise.all([this.ask("GET", path), this.ask("GET", `${path}/Dialogs`)]);
  }

  /**
   * The server was started anew, and has forgotten who was signed in to the phone: its engine was a part of it.
   *
   * @returns {Promise<boolean>} Whether that was done; the agent is signed out if not.
   * @throws {RefusedError} Nobody knows yet.
   */
  async #signInAgain() {
    const { extension, loginId } = this.me;
    const path = `/finesse/api/User/${encodeURIComponent(loginId)}`;
    try {
      await this.act("PUT", path, { extension, ...this.signIn, state: "LOGIN" });
      return true;
    } catch (error) {
      if (error instanceof RefusedError && [0, 429, 503].includes(error.status)) {
        throw error;
      }
      return false;
    }
  }

  /** A request was answered 401: of somebody else's things, or because the server does not know us any more? */
  async #doubted() {
    if (this.#isDoubted) {
      return;
    }
    this.#isDoubted = true;
    try {
      await this.ask("GET", `/finesse/api/User/${encodeURIComponent(this.me.loginId)}`);
    } catch (error) {
      if (error instanceof RefusedError && error.status === 401) {
        this.dispatchEvent(new Event("signedout"));
      }
    } finally {
      this.#isDoubted = false;
    }
  }
}

/**
 * From a password, or from what a reload finds, to a desk: in the order in which no event is missed.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `desktop.md` §11 (sequence of requests); `notifications.md` §1.
 */
import { RefusedError } from "../../../browser/core/rest.js";
import { Desk } from "./desk.js";
import { PLATFORM } from "./server-clock.js";
import { basic } from "./session.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("./connection.js").Connection} Connection */
/** @typedef {import("./server-clock.js").Platform} Platform */
/** @typedef {import("./server-clock.js").ServerClock} ServerClock */
/** @typedef {import("./session.js").Session} Session */

/**
 * @typedef {{ username: string, password: string, extension: string, more?: Record<string, unknown> }} Credentials
 *   `more` goes into the request that signs in, such as a mobile agent's mode and number.
 */

/** @typedef {import("./session.js").Carried} Carried */

/** How long the event connection, and the event of the sign-in, may take. */
export const ENTER_MS = 20_000;

/** The resource of all desktops, so that a second one of the same person ends the first. */
export const RESOURCE = "desktop";

/** CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON. */
const SIGNED_ON = "259";

/** Somebody is signed in with another extension already. */
export class ElsewhereError extends RefusedError {
  /**
   * @param {RefusedError} refused
   * @param {string} extension The other one.
   */
  constructor(refused, extension) {
    super(refused.status, refused.type, refused.data, refused.message);
    this.extension = extension;
  }
}

export class Entrance {
  #given;
  #platform;
  /** @type {Desk | null} */
  #current = null;

  /**
   * @param {{ rest: Rest, session: Session, clock: ServerClock, connection: Connection, platform?: Platform }} given
   */
  constructor(given) {
    this.#given = given;
    this.#platform = given.platform ?? PLATFORM;
  }

  /**
   * SystemInfo, which tells anybody whether the system serves, and what time it is there.
   *
   * @returns {Promise<any>}
   * @throws {RefusedError}
   */
  async systemInfo() {
    const { rest, clock, session } = this.#given;
    const sent = this.#platform.now();
    const info = await rest.get("/finesse/api/SystemInfo");
    clock.learn(info.currentTimestamp, sent, this.#platform.now());
    session.tellTime(clock.drift, info.timezoneOffset);
    return info;
  }

  /**
   * Sign in.
   *
   * @param {Credentials} credentials
   * @returns {Promise<Desk>}
   * @throws {RefusedError} Nobody is signed in then.
   */
  async signIn({ username, password, extension, more = {} }) {
    const { session } = this.#given;
    const info = await this.#serving();
    try {
      await session.begin(username, password);
      const desk = await this.#desk(info);
      const { state, extension: current } = desk.me;
      if (state === "LOGOUT" || (extension && extension !== current)) {
        // The password itself, for the last time: an engine of others knows nothing of what stands for it.
        await this.#logIn(desk, { extension, ...more }, basic(username, password));
      }
      return desk;
    } catch (error) {
      await this.leave();
      throw error;
    }
  }

  /**
   * Go on with what a reload finds, or what the other node has handed over.
   *
   * @param {Partial<Carried>} [carried] From the other node: there somebody was signed in to the phone.
   * @returns {Promise<Desk | null>} Null where nobody was signed in, or is any more.
   * @throws {RefusedError} 0 or 503: nobody knows yet; try again later.
   */
  async resume({ extension = "", isReady = false } = {}) {
    const { session, connection } = this.#given;
    if (!session.loginId) {
      return null;
    }
    const info = await this.#serving();
    try {
      const desk = await this.#desk(info);
      if (desk.me.state === "LOGOUT" && extension) {
        await this.#logIn(desk, { extension }, basic(session.loginId, session.secret));
      }
      if (isReady && desk.me.state === "NOT_READY") {
        desk.act("PUT", desk.me.uri, { state: "READY" }).catch(() => {}); // then the agent sees that it is not so
      }
      if (desk.me.state !== "LOGOUT") {
        return desk;
      }
    } catch (error) {
      connection.disconnect();
      if (!(error instanceof RefusedError) || error.status !== 401) {
        throw error;
      }
    }
    await this.leave();
    return null;
  }

  /**
   * The origin of the other node; empty where there is none.
   *
   * @returns {Promise<string>}
   */
  async other() {
    const { isAlternateSystemAvailable, alternateHost } = await this.#given.rest.get("/desktop/api/DesktopConfig");
    return isAlternateSystemAvailable && alternateHost ? `https://${alternateHost}` : "";
  }

  /** Leave the desktop; nothing of it is left in the browser. */
  async leave() {
    const { session, connection } = this.#given;
    this.#current?.close();
    this.#current = null;
    connection.disconnect();
    await session.end();
  }

  async #serving() {
    const info = await this.systemInfo();
    if (info.status !== "IN_SERVICE") {
      throw new RefusedError(503, "Service Unavailable", "", "The system is out of service.");
    }
    return info;
  }

  /**
   * @param {any} info SystemInfo.
   * @returns {Promise<Desk>} Loaded, with its events coming.
   */
  async #desk(info) {
    const { rest, session, clock, connection } = this.#given;
    await this.#connected({
      loginId: session.loginId,
      password: session.secret,
      domain: info.xmppDomain,
      pubsub: info.xmppPubSubDomain,
      resource: RESOURCE,
    });
    const me = /** @type {any} */ ({ loginId: session.loginId, uri: `/finesse/api/User/${session.loginId}`, roles: [] });
    me.dialogs = `${me.uri}/Dialogs`;
    const desk = new Desk({ rest, clock, connection, me, systemInfo: info, platform: this.#platform });
    desk.followTokens(session.tokens);
    this.#current?.close();
    this.#current = desk;
    await desk.load();
    return desk;
  }

  /** @param {import("./connection.js").Identity} identity */
  async #connected(identity) {
    const { connection } = this.#given;
    const isSettled = this.#until(connection, "status", () => ["connected", "unauthorized", "conflict"].includes(connection.status));
    connection.connect(identity);
    await isSettled;
    if (connection.status === "unauthorized") {
      throw new RefusedError(401, "Unauthorized", "", "The event connection was refused.");
    }
    if (connection.status !== "connected") {
      throw new RefusedError(0, "", "", "The event connection cannot be made.");
    }
  }

  /**
   * @param {Desk} desk
   * @param {Record<string, unknown>} body
   * @param {string} authorization
   */
  async #logIn(desk, body, authorization) {
    const path = `/finesse/api/User/${encodeURIComponent(desk.me.loginId)}`;
    try {
      await desk.act("PUT", path, { ...body, state: "LOGIN" }, { headers: { Authorization: authorization } });
    } catch (error) {
      const isElsewhere = error instanceof RefusedError && error.data === SIGNED_ON;
      throw isElsewhere ? new ElsewhereError(error, desk.me.extension) : error;
    }
    await this.#until(desk, "me", () => desk.me.state !== "LOGOUT");
    if (desk.me.state === "LOGOUT") {
      throw new RefusedError(0, "No Answer", "", "The phone system does not answer the sign-in.");
    }
    desk.signIn = body;
  }

  /**
   * Wait until something is so, but not for ever.
   *
   * @param {EventTarget} target
   * @param {string} type
   * @param {() => boolean} isSo
   * @returns {Promise<void>}
   */
  #until(target, type, isSo) {
    return new Promise((resolve) => {
      const looked = () => {
        if (isSo()) {
          done();
        }
      };
      const timer = this.#platform.later(() => done(), ENTER_MS);
      const done = () => {
        this.#platform.cancel(timer);
        target.removeEventListener(type, looked);
        resolve();
      };
      target.addEventListener(type, looked);
      looked();
    });
  }
}

/**
 * The digital channels that gadgets add to the header: what they are, what somebody chooses, and what the gadget makes of it.
 *
 * Spec: `desktop.md` §8.5.
 */
import { CHANNELS } from "./topics.js";

/** @typedef {import("./hub.js").DesktopHub} DesktopHub */

/** @typedef {{ id: string, label: string, iconColor: string }} MenuItem */

/**
 * @typedef {object} Channel
 * @property {string} id `<gadget>/<channel>`.
 * @property {string} topic That it hears.
 * @property {{ label: string, menuItems: MenuItem[] }} menu
 * @property {{ timeoutS: number, icons: { type: string, value: string }[] }} config
 * @property {ChannelState} state
 * @property {string} chosen The request of a choice that the gadget has not answered; empty: none.
 * @property {string} error What became of the last choice, for people; empty: it went well.
 */

/**
 * @typedef {object} ChannelState
 * @property {string} label
 * @property {string} currentState
 * @property {string} iconColor
 * @property {boolean} isEnabled
 * @property {boolean} isReady
 * @property {boolean} blocksSignOut
 * @property {string} blockedText
 * @property {string} hoverText
 * @property {"none" | "info" | "warning" | "error"} badge
 */

/** So many channels are in the header; one more is refused. */
export const MAX_CHANNELS = 32;

/** So many choices has one, and so many characters has a text. */
export const MAX_ITEMS = 50;
export const MAX_TEXT = 200;

/** The choices that go to every channel. */
export const ALL_READY = "ALL_READY";
export const ALL_NOT_READY = "ALL_NOT_READY";

const BADGES = new Set(["none", "info", "warning", "error"]);
const COLOUR = /^#[0-9a-fA-F]{3,8}$/;

/** @param {unknown} value */
const text = (value) => (typeof value === "string" || typeof value === "number" ? String(value).slice(0, MAX_TEXT) : "");

/** @param {unknown} value */
const colour = (value) => (typeof value === "string" && COLOUR.test(value) ? value : "");

/** @param {any} given */
function menuOf(given) {
  const { label, menuItems } = given ?? {};
  if (!Array.isArray(menuItems) || menuItems.length > MAX_ITEMS) {
    return null;
  }
  return {
    label: text(label),
    menuItems: menuItems.map((one) => ({ id: text(one?.id), label: text(one?.label), iconColor: colour(one?.iconColor) })),
  };
}

/** @param {any} given */
function configOf(given) {
  const { actionTimeoutInSec, icons } = given ?? {};
  const timeoutS = Number(actionTimeoutInSec);
  if (!(timeoutS >= 1 && timeoutS <= 30) || !Array.isArray(icons) || icons.length === 0) {
    return null;
  }
  return { timeoutS, icons: icons.slice(0, 4).map((one) => ({ type: text(one?.type), value: String(one?.value ?? "").slice(0, 2048) })) };
}

/**
 * @param {any} given
 * @returns {ChannelState | null}
 */
function stateOf(given) {
  if (!given || typeof given !== "object") {
    return null;
  }
  return {
    label: text(given.label),
    currentState: text(given.currentState),
    iconColor: colour(given.iconColor),
    isEnabled: given.enable !== false,
    isReady: Boolean(given.isAgentReady),
    blocksSignOut: given.logoutDisabled === true,
    blockedText: text(given.logoutDisabledText),
    hoverText: text(given.hoverText),
    badge: BADGES.has(given.iconBadge) ? given.iconBadge : "none",
  };
}

/** The header's channels. Fires `change`. */
export class Channels extends EventTarget {
  #hub;
  #later;
  /** @type {Map<string, Channel>} */
  #channels = new Map();
  #last = 0;

  /**
   * @param {DesktopHub} hub
   * @param {AbortSignal} signal
   * @param {(then: () => void, ms: number) => void} [later]
   */
  constructor(hub, signal, later = (then, ms) => void setTimeout(then, ms)) {
    super();
    this.#hub = hub;
    this.#later = later;
    hub.subscribe(CHANNELS, (data) => this.#said(data), signal);
  }

  /** All of them, in the order in which they came. */
  get all() {
    return [...this.#channels.values()];
  }

  /** Why one may not sign out; empty: one may. */
  get signOutBlocked() {
    const one = this.all.find(({ state }) => state.blocksSignOut);
    return one ? one.state.blockedText || one.menu.label || one.state.label : "";
  }

  /**
   * Somebody chooses.
   *
   * @param {string} id The channel.
   * @param {string} selection The id of one of its menu's items, or one of those for all.
   */
  select(id, selection) {
    const channel = this.#channels.get(id);
    if (!channel || channel.chosen || !channel.state.isEnabled) {
      return;
    }
    this.#last += 1;
    const requestId = `${Date.now().toString(36)}-${this.#last}`;
    channel.chosen = requestId;
    channel.error = "";
    this.#later(() => this.#answered({ id, requestId, status: "failure", error: { errorCode: "408" } }), channel.config.timeoutS * 1000);
    this.#changed();
    this.#hub.publish(channel.topic, { id, requestId, selection });
  }

  /** @param {typeof ALL_READY | typeof ALL_NOT_READY} selection */
  selectAll(selection) {
    for (const { id } of this.all) {
      this.select(id, selection);
    }
  }

  /** @param {any} told */
  #said(told) {
    if (!told || typeof told !== "object" || typeof told.id !== "string") {
      return;
    }
    if (typeof told.action !== "string") {
      this.#answered(told);
      return;
    }
    const topic = `${CHANNELS}.${told.id}`;
    if (told.topic !== topic) {
      return; // nobody hears an answer there
    }
    const wrong = this.#done(told.action, told.id, topic, told.data ?? {});
    const answer = { requestId: told.requestId, status: wrong ? "failure" : "success" };
    this.#hub.publish(topic, wrong ? { ...answer, error: { errorCode: "400", errorDesc: wrong } } : answer);
    if (!wrong) {
      this.#changed();
    }
  }

  /**
   * @param {string} action
   * @param {string} id
   * @param {string} topic
   * @param {any} data
   * @returns {string} What is wrong, for developers of gadgets; empty: it is done.
   */
  #done(action, id, topic, data) {
    const known = this.#channels.get(id);
    switch (action) {
      case "ADD": {
        const [menu, config, state] = [menuOf(data.menuConfig), configOf(data.channelConfig), stateOf(data.channelState)];
        if (!menu || !config || !state) {
          return `ADD needs menuConfig (with at most ${MAX_ITEMS} menuItems), channelConfig (actionTimeoutInSec 1 to 30, icons) and channelState`;
        }
        if (!known && this.#channels.size >= MAX_CHANNELS) {
          return `There are ${MAX_CHANNELS} channels already`;
        }
        this.#channels.set(id, { id, topic, menu, config, state, chosen: "", error: "" });
        return "";
      }
      case "UPDATE": {
        if (!known) {
          return "There is no such channel: ADD it first";
        }
        const menu = data.menuConfig === undefined ? known.menu : menuOf(data.menuConfig);
        const config = data.channelConfig === undefined ? known.config : configOf(data.channelConfig);
        const state = data.channelState === undefined ? known.state : stateOf(data.channelState);
        if (!menu || !config || !state) {
          return "menuConfig, channelConfig or channelState is not as it must be";
        }
        Object.assign(known, { menu, config, state });
        return "";
      }
      case "REMOVE":
        return this.#channels.delete(id) ? "" : "There is no such channel";
      default:
        return "The action is ADD, UPDATE or REMOVE";
    }
  }

  /** @param {any} told What a gadget made of a choice. */
  #answered({ id, requestId, status, error }) {
    const channel = this.#channels.get(id);
    if (!channel || !channel.chosen || channel.chosen !== requestId) {
      return;
    }
    channel.chosen = "";
    channel.error = status === "success" ? "" : text(error?.errorDesc) || text(error?.errorCode) || "?";
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

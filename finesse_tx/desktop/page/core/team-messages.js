/**
 * Messages to teams: which are to be shown, for how long, and which nobody has looked at.
 *
 * When a message's time is over nobody tells: it is known by when it was made, and by the server's clock.
 *
 * Touches no DOM; runs under node.
 *
 * Spec: `rest.md` §7.3, §1.10 (limits); `desktop.md` §12.
 */
import { instant, lastOf } from "./shapes.js";

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} content
 * @property {string} senderId
 * @property {string} sender
 * @property {number} since When it was sent, in milliseconds since 1970.
 * @property {number} until When it is not shown any more.
 * @property {string[]} teams
 */

export const MAX_CHARACTERS = 255;

/** From five minutes to 23 hours and 55 minutes. */
export const MINUTES = { min: 5, max: 1435, step: 5 };

/** How many a page remembers to have shown; a team has at most 20 at once. */
export const MAX_SEEN = 500;

/**
 * A message as the API shows one.
 *
 * @param {any} message
 * @returns {Message | null} null for what says too little to be shown.
 */
export function messageOf(message) {
  const id = String(message?.id || lastOf(message?.uri));
  const since = instant(message?.createdAt);
  if (!id || since === null) {
    return null;
  }
  const by = message.createdBy ?? {};
  return {
    id,
    content: String(message.content ?? ""),
    senderId: String(by.id ?? ""),
    sender: [by.firstName, by.lastName].filter(Boolean).join(" ") || String(by.id ?? ""),
    since,
    until: since + Number(message.duration || 0) * 1000,
    teams: (message.teams ?? []).map(String),
  };
}

/** The messages that somebody is shown. */
export class Messages {
  /** @type {Map<string, Message>} */
  #all = new Map();
  /** @type {Set<string>} */
  #seen;

  /**
   * @param {string} loginId Whose page it is: nobody is told of what he has sent himself.
   * @param {Iterable<string>} [seen] Ids of those that were looked at.
   */
  constructor(loginId, seen = []) {
    this.loginId = loginId;
    this.#seen = new Set(seen);
  }

  /** Ids of those that were looked at, to be kept. */
  get seen() {
    return [...this.#seen];
  }

  /** @param {any[]} lists As `GET /Team/{id}/TeamMessages` has them, of several teams. */
  replace(lists) {
    this.#all.clear();
    for (const found of lists.flatMap((list) => list?.TeamMessage ?? [])) {
      this.#put(found);
    }
  }

  /**
   * One was sent, or taken back.
   *
   * @param {{ event: string, source?: string, data?: any }} update
   * @returns {Message | null} One that is new, and somebody else's.
   */
  happened({ event, source, data }) {
    if (event === "DELETE") {
      this.#all.delete(lastOf(source));
      return null;
    }
    if (event !== "POST") {
      return null;
    }
    const isKnown = this.#all.has(String(data?.id ?? ""));
    const message = this.#put(data);
    return message && !isKnown && this.#isOthers(message) ? message : null;
  }

  /** @param {any} told */
  #put(told) {
    const message = messageOf(told);
    if (message) {
      this.#all.set(message.id, message);
    }
    return message;
  }

  /** @param {Message} message */
  #isOthers(message) {
    return message.senderId !== this.loginId;
  }

  /**
   * Those that are to be shown, the newest first; the others are forgotten.
   *
   * @param {number} now By the server's clock, in milliseconds since 1970.
   * @returns {Message[]}
   */
  shown(now) {
    for (const [id, message] of this.#all) {
      if (message.until <= now) {
        this.#all.delete(id);
      }
    }
    return [...this.#all.values()].sort(
      (one, two) => two.since - one.since || Number(two.id) - Number(one.id),
    );
  }

  /**
   * Those of them that nobody has looked at.
   *
   * @param {number} now
   */
  unread(now) {
    return this.shown(now).filter((message) => this.#isOthers(message) && !this.#seen.has(message.id));
  }

  /**
   * Somebody looks at them.
   *
   * @param {Message[]} messages
   */
  look(messages) {
    for (const { id } of messages) {
      this.#seen.delete(id);
      this.#seen.add(id);
    }
    for (const id of this.#seen) {
      if (this.#seen.size <= MAX_SEEN) {
        break;
      }
      this.#seen.delete(id);
    }
  }
}

/**
 * How many minutes a message is still shown, begun ones counted.
 *
 * @param {Message} message
 * @param {number} now
 */
export function minutesLeft(message, now) {
  return Math.max(0, Math.ceil((message.until - now) / 60_000));
}

/**
 * How many characters a text has, as the server counts them.
 *
 * @param {string} text
 */
export function characters(text) {
  return [...text].length;
}

/**
 * What is wrong with a message that is to be sent.
 *
 * @param {{ content: string, minutes: number, teams: string[] }} draft
 * @returns {"" | "empty" | "long" | "minutes" | "teams"} Empty when nothing is.
 */
export function wrongWith({ content, minutes, teams }) {
  if (!content.trim()) {
    return "empty";
  }
  if (characters(content) > MAX_CHARACTERS) {
    return "long";
  }
  if (!(minutes >= MINUTES.min && minutes <= MINUTES.max)) {
    return "minutes";
  }
  return teams.length ? "" : "teams";
}

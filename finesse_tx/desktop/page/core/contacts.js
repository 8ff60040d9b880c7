/**
 * Whom this person can call, loaded once and searched by everything that asks for a number; the numbers called last.
 *
 * Touches no DOM. Spec: desktop.md §12, §13.
 */
import { colleagues, entries, nameOf, remembered } from "./phone-books.js";

/** @typedef {import("./phone-books.js").Entry} Entry */

/**
 * What is needed of `Desk`.
 *
 * @typedef {{
 *   me: Record<string, any>, config(name: string): Promise<any>,
 *   ask(method: string, path: string, body?: unknown): Promise<any>,
 * }} Source
 */

/** Where our server says who is in one's team: agents may not read `/Team`. */
export const COLLEAGUES = "/desktop/api/colleagues";

export class Contacts {
  /** @type {Entry[]} */
  #books = [];
  /** @type {Entry[]} */
  #team = [];
  /** @type {Promise<void> | null} */
  #loading = null;
  #desk;

  /** The numbers that were called last, the latest first: nowhere but in this page's memory. @type {string[]} */
  recent = [];

  /** @param {Source} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** Everybody, as it was loaded last: books first, then the team. */
  get all() {
    return [...this.#books, ...this.#team];
  }

  /** Those who were called last, with their names where somebody has them. @returns {Entry[]} */
  get last() {
    return this.recent.map((number) => ({ name: this.name(number) || number, number, from: "", about: "" }));
  }

  /**
   * Load: the books once, and who is there now.
   *
   * @returns {Promise<void>} Rejects when the phone books cannot be read; without colleagues one can call all others.
   */
  load() {
    this.#loading ??= this.#read().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #read() {
    const { loginId, teamName = "" } = this.#desk.me;
    const [books, team] = await Promise.all([
      this.#desk.config("PhoneBooks"),
      this.#desk.ask("GET", COLLEAGUES).catch(() => null),
    ]);
    this.#books = entries(listed(books, "PhoneBook"));
    this.#team = colleagues(listed(team, "colleagues"), loginId, teamName);
  }

  /**
   * A number was called.
   *
   * @param {string} number
   */
  called(number) {
    this.recent = remembered(this.recent, number);
  }

  /**
   * Whose number that is; empty where nobody knows. Who is signed in there comes before what a book calls the number.
   *
   * @param {string} number
   */
  name(number) {
    return nameOf(this.#team, number) || nameOf(this.#books, number);
  }
}

/** @type {WeakMap<object, Contacts>} */
const known = new WeakMap();

/**
 * The contacts of a desk; the same for everything that asks.
 *
 * @param {Source} desk
 * @returns {Contacts}
 */
export function contactsOf(desk) {
  const found = known.get(desk) ?? new Contacts(desk);
  known.set(desk, found);
  return found;
}

/**
 * A list, whether it stands alone or under a name.
 *
 * @param {any} value
 * @param {string} name
 * @returns {any[]}
 */
export function listed(value, name) {
  const found = Array.isArray(value) ? value : (value?.[name] ?? []);
  return Array.isArray(found) ? found : [found];
}

/**
 * Whom one can call: the entries of all phone books, one's team, and what was called last, searched together.
 *
 * Touches no DOM. Spec: rest.md §2.10; desktop.md §12.
 */

/** @typedef {{ firstName?: string, lastName?: string, phoneNumber: string, description?: string }} Contact */
/** @typedef {{ name: string, type?: string, contacts?: Contact[] }} PhoneBook */
/**
 * Somebody with a number.
 *
 * @typedef {{ name: string, number: string, from: string, about: string, state?: string }} Entry
 */

/** How many are shown at once: who looks for more types another letter. */
export const MAX_FOUND = 100;

/** How many numbers are remembered. */
export const MAX_RECENT = 10;

const COLLATOR = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/**
 * Everybody in the books.
 *
 * @param {PhoneBook[]} books
 * @returns {Entry[]}
 */
export function entries(books) {
  return books.flatMap((book) =>
    (book.contacts ?? []).map(({ firstName = "", lastName = "", phoneNumber, description = "" }) => ({
      name: `${firstName} ${lastName}`.trim() || description || phoneNumber,
      number: phoneNumber,
      from: book.name,
      about: description,
    })),
  );
}

/**
 * The colleagues who are signed in.
 *
 * @param {{ loginId: string, firstName?: string, lastName?: string, extension?: string, state?: string }[]} users
 * @param {string} self Whose team it is, and who is left out.
 * @param {string} from What the team is called.
 * @returns {Entry[]}
 */
export function colleagues(users, self, from) {
  return users
    .filter((user) => user.loginId !== self && user.extension && user.state !== "LOGOUT")
    .map(({ loginId, firstName = "", lastName = "", extension = "", state = "" }) => ({
      name: `${firstName} ${lastName}`.trim() || loginId,
      number: extension,
      from,
      about: "",
      state,
    }));
}

/**
 * Those whom somebody looks for: each word is in the name, the number, the book or what is said about them; the case and
 * accents do not matter. Names that begin with it come first, and then colleagues, who are there: a company's books are long.
 *
 * @param {Entry[]} all
 * @param {string} wanted
 * @returns {Entry[]} All of them; `MAX_FOUND` are to be shown.
 */
export function found(all, wanted) {
  const words = plain(wanted).split(/\s+/).filter(Boolean);
  const first = words[0] ?? "";
  return all
    .map((entry) => ({ entry, text: plain(`${entry.name} ${entry.number} ${entry.from} ${entry.about}`), digits: digits(entry.number) }))
    .filter(({ text, digits: number }) => words.every((word) => text.includes(word) || isNumber(word, number)))
    .map(({ entry }) => ({ entry, rank: plain(entry.name).startsWith(first) || entry.number.startsWith(first) ? 0 : 1 }))
    .sort((a, b) => a.rank - b.rank || Number(!a.entry.state) - Number(!b.entry.state) || COLLATOR.compare(a.entry.name, b.entry.name))
    .map(({ entry }) => entry);
}

/**
 * @param {string} word
 * @param {string} number
 */
function isNumber(word, number) {
  const wanted = digits(word);
  return wanted !== "" && wanted.length === word.replaceAll(/[\s().+/-]/g, "").length && number.includes(wanted);
}

/** @param {string} text */
function plain(text) {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** @param {string} text */
function digits(text) {
  return text.replaceAll(/[^0-9*#]/g, "");
}

/**
 * What is dialled for what was typed: spaces, brackets, points and dashes between digits are for people.
 *
 * @param {string} typed
 * @returns {string} Empty for nothing.
 */
export function dialled(typed) {
  const text = typed.trim();
  return /^[+0-9*#\s().\-/]+$/.test(text) ? text.replaceAll(/[\s().\-/]/g, "") : text;
}

/**
 * Whether that can be keyed at a phone, rather than being the name of somebody.
 *
 * @param {string} typed
 */
export function isNumeric(typed) {
  return /^[+0-9*#]+$/.test(dialled(typed));
}

/**
 * The numbers that were called last, with another one; the latest first, each once.
 *
 * @param {string[]} recent
 * @param {string} number
 */
export function remembered(recent, number) {
  return [number, ...recent.filter((one) => one !== number)].slice(0, MAX_RECENT);
}

/**
 * Whose number that is.
 *
 * @param {Entry[]} all
 * @param {string} number
 * @returns {string} Empty where nobody knows.
 */
export function nameOf(all, number) {
  return (number && all.find((entry) => entry.number === number)?.name) || "";
}

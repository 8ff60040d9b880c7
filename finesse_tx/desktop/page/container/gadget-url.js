/**
 * The addresses in a layout, as this person's browser sees them.
 *
 * Spec: `desktop.md` §10.3.
 */

/**
 * @typedef {object} Person Whose desktop it is.
 * @property {string} loginId
 * @property {string} teamName
 * @property {string[]} teams The names of the teams that are supervised.
 * @property {string} origin Of the page: scheme, host and port.
 */

/** `teamName` and `loginId` at the start, after something encoded, or after what is no part of a name; and `~teams~`. */
const TOKEN = /~teams~|(^|%[0-9A-Fa-f]{2}|[^\w%])(teamName|loginId)(?!\w)/g;

/** What this server has by itself: there, `localhost` without a port means this server's. */
const OWN = /^\/(3rdpartygadget|desktop|gadgets)\//;

/**
 * Replace the tokens in the values of a query; its names are left alone.
 *
 * @param {string} query Without the question mark.
 * @param {Person} person
 */
export function withTokens(query, { loginId, teamName, teams }) {
  const filled = (/** @type {string} */ value) =>
    value.replace(TOKEN, (_whole, before, token) => {
      if (token === undefined) {
        return teams.map(encodeURIComponent).join(",");
      }
      return before + encodeURIComponent(token === "teamName" ? teamName : loginId);
    });
  return query
    .split("&")
    .map((pair) => {
      const value = pair.indexOf("=") + 1;
      return pair.slice(0, value) + filled(pair.slice(value));
    })
    .join("&");
}

/**
 * Where a gadget is.
 *
 * @param {string} written As the layout has it: absolute, or from the root of this server; `localhost` is this server's name.
 * @param {Person} person
 * @returns {URL | null} None: it is no address.
 */
export function gadgetUrl(written, person) {
  const [, place = "", query] = /^([^?#]*)(?:\?([^#]*))?/.exec(written) ?? [];
  if (place.includes("\\") || /\s/.test(place)) {
    return null;
  }
  let url;
  try {
    url = new URL(place, `${person.origin}/`);
  } catch {
    return null;
  }
  if ((url.protocol !== "http:" && url.protocol !== "https:") || url.username || url.password) {
    return null;
  }
  if (url.hostname === "localhost") {
    const own = new URL(person.origin);
    if (url.port === "" && OWN.test(url.pathname)) {
      url.protocol = own.protocol;
      url.port = own.port;
    }
    url.hostname = own.hostname;
  }
  if (query !== undefined) {
    url.search = withTokens(query, person);
  }
  return url;
}

/**
 * The same gadget on other hosts, for when the first does not have it.
 *
 * @param {URL} url
 * @param {string} hosts Names, with commas between them; with a port where that is another one.
 */
export function alternates(url, hosts) {
  return hosts
    .split(",")
    .map((host) => host.trim())
    .filter((host) => /^[\w.-]+(:\d{1,5})?$/.test(host))
    .map((host) => {
      const other = new URL(url);
      other.host = host;
      return other.href;
    });
}

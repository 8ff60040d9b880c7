/**
 * What a gadget is told of who and where it is, and the address that its frame is opened at.
 *
 * Spec: `desktop.md` §4; `gadgets.md` §4.1, with the order of its parameters.
 */

/** @typedef {import("./layout.js").Gadget} Gadget */

/**
 * @typedef {object} Surroundings What is the same for all gadgets of a desktop. All are texts, as preferences are.
 * @property {string} id
 * @property {string} country
 * @property {string} language
 * @property {string} host
 * @property {string} hostPort
 * @property {string} scheme
 * @property {string} extension
 * @property {string} xmppDomain
 * @property {string} pubsubDomain
 * @property {string} restHost
 * @property {string} mobileAgentMode
 * @property {string} mobileAgentDialNumber
 * @property {string} localhostFQDN
 * @property {string} localhostPort
 * @property {string} teamId
 * @property {string} teamName
 * @property {string} systemAuthMode Of this user.
 * @property {string} toasterNotificationTimeout
 * @property {string} cceSkillTargetId
 * @property {string} enableDropParticipantFor
 * @property {string} dropParticipant
 * @property {string} deploymentType
 * @property {string} peripheralId
 * @property {string} clientDriftInMillis
 * @property {string} notificationConnectionType
 */

/** What stands beside those in a 12.6 desktop's addresses, in their order; `*` is what the gadget's own case decides. */
const ORDER = [
  "id", "*order", "*urlPrefs", "country", "language", "*locale", "host", "hostPort", "extension", "xmppDomain", "pubsubDomain",
  "restHost", "mobileAgentMode", "mobileAgentDialNumber", "scheme", "localhostFQDN", "localhostPort", "teamId", "teamName",
  "systemAuthMode", "*compatibilityMode", "toasterNotificationTimeout", "*navItemRoute", "*speechRecognitionHighlights",
  "cceSkillTargetId", "enableDropParticipantFor", "dropParticipant", "*CCDContainer", "*externalServerHost", "deploymentType",
  "peripheralId", "*messages", "*gadgetInfo", "*routeName", "clientDriftInMillis", "notificationConnectionType",
]; // prettier-ignore

/**
 * The preferences of a gadget: the desktop's, the layout's attributes, and what the gadget has kept.
 *
 * @param {Gadget} gadget
 * @param {Surroundings} around
 * @param {string} url Of the specification: one of the gadget's.
 * @param {Record<string, string>} [kept] By `set_pref`; they do not change who or where the gadget is.
 * @returns {Map<string, string>} In the order of a 12.6 desktop.
 */
export function prefsOf(gadget, around, url, kept = {}) {
  const { hostname, origin, searchParams } = new URL(url);
  /** @type {Record<string, string>} */
  const own = {
    order: String(gadget.mid),
    urlPrefs: JSON.stringify(Object.fromEntries(searchParams)),
    locale: `${around.language}_${around.country}`,
    compatibilityMode: "false",
    navItemRoute: gadget.tab,
    routeName: gadget.tab,
    speechRecognitionHighlights: "",
    CCDContainer: "false",
    externalServerHost: origin === `${around.scheme}://${around.host}:${around.hostPort}` || hostname === around.host ? "" : hostname,
    messages: "{}",
    gadgetInfo: "",
  };
  const prefs = new Map();
  for (const name of ORDER) {
    prefs.set(name.replace("*", ""), name.startsWith("*") ? own[name.slice(1)] : Reflect.get(around, name));
  }
  for (const [name, value] of [...Object.entries(gadget.attributes), ...Object.entries(kept)]) {
    if (!ORDER.includes(name) && !ORDER.includes(`*${name}`)) {
      prefs.set(name, value);
    }
  }
  return prefs;
}

/**
 * The address of a gadget's frame, without the fragment that the hub adds to. The security token is in the fragment, so that no
 * log has it.
 *
 * @param {object} about
 * @param {number} about.mid
 * @param {string} about.url Of the specification.
 * @param {Map<string, string>} about.prefs
 * @param {string} about.token For `makeRequest`; empty for none.
 * @param {string} [about.origin] Of the gadget server, where it is not the page's own.
 * @param {boolean} [about.isFresh] Whether nothing that is kept will do.
 */
export function frameAddress({ mid, url, prefs, token, origin = "", isFresh = false }) {
  const asked = [
    ["container", "default"],
    ["mid", String(mid)],
    ["nocache", isFresh ? "1" : "0"],
    ["country", prefs.get("country") || "ALL"],
    ["lang", prefs.get("language") || "all"],
    ["view", "default"],
    ["refresh", "86400"],
    ...[...prefs].map(([name, value]) => [`up_${name}`, value]),
    ["url", url],
  ];
  const query = asked.map((pair) => pair.map((one) => encodeURIComponent(one ?? "")).join("=")).join("&");
  return `${origin}/gadgets/ifr?${query}${token ? `#st=${encodeURIComponent(token)}` : ""}`;
}

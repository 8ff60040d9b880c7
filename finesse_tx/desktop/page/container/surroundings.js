/**
 * Who and where a desktop's gadgets are, out of what the server says of the person and of itself.
 *
 * Spec: `desktop.md` §4, §10.4.
 */

/** @typedef {import("./prefs.js").Surroundings} Surroundings */

/** The port that gadgets of old reach the server at by its proxy, wherever the browser reaches it. */
const LOCAL_PORT = "8082";

/** Cisco's own, where neither the layout nor the server says another. */
const TOASTER_MS = "8000";

/**
 * @param {object} given
 * @param {any} given.me The User.
 * @param {any} given.systemInfo SystemInfo.
 * @param {Record<string, string>} given.settings The layout's `<config>` keys.
 * @param {{ protocol: string, hostname: string, port: string }} given.location Of the page.
 * @param {string} given.language Such as `fr-CA`.
 * @param {number} given.driftMs Server minus client.
 * @returns {Surroundings}
 */
export function surroundings({ me, systemInfo, settings, location, language, driftMs }) {
  const [tongue = "en", region = ""] = language.replace("_", "-").split("-");
  const scheme = location.protocol.replace(":", "");
  /** @param {unknown} value */
  const text = (value) => (value === undefined || value === null ? "" : String(value));
  return {
    id: text(me.loginId),
    country: (region || (tongue.toLowerCase() === "en" ? "US" : tongue)).toUpperCase(),
    language: tongue.toLowerCase(),
    host: location.hostname,
    hostPort: location.port || (scheme === "https" ? "443" : "80"),
    scheme,
    extension: text(me.extension),
    xmppDomain: text(systemInfo.xmppDomain),
    pubsubDomain: text(systemInfo.xmppPubSubDomain),
    restHost: location.hostname,
    mobileAgentMode: text(me.mobileAgent?.mode),
    mobileAgentDialNumber: text(me.mobileAgent?.dialNumber),
    localhostFQDN: text(systemInfo.primaryNode?.host) || location.hostname,
    localhostPort: LOCAL_PORT,
    teamId: text(me.teamId),
    teamName: text(me.teamName),
    systemAuthMode: systemInfo.systemAuthMode === "SSO" ? "SSO" : "NON_SSO",
    toasterNotificationTimeout: settings["toasterNotificationTimeout"] ?? TOASTER_MS,
    cceSkillTargetId: text(me.skillTargetId),
    enableDropParticipantFor: settings["enableDropParticipantFor"] ?? "",
    dropParticipant: settings["dropParticipant"] ?? "",
    deploymentType: text(systemInfo.deploymentType),
    peripheralId: text(systemInfo.peripheralId),
    clientDriftInMillis: String(Math.round(driftMs)),
    notificationConnectionType: settings["notificationConnectionType"] ?? "websocket",
  };
}

/* finesse.gadget.Config: who and where the gadget is, by its preferences (desktop.md §4). */
"use strict";

((finesse) => {
  const TEXTS = [
    "authorization", "id", "country", "language", "locale", "host", "hostPort", "scheme", "restHost", "restScheme",
    "localhostPort", "localhostFQDN", "extension", "xmppDomain", "pubsubDomain", "teamId", "teamName", "compatibilityMode",
    "peripheralId", "systemAuthMode", "toasterNotificationTimeout", "order", "urlPrefs", "navItemRoute", "routeName",
    "deploymentType", "cceSkillTargetId", "enableDropParticipantFor", "dropParticipant", "externalServerHost",
    "notificationConnectionType",
  ];

  const MOBILE = ["mobileAgentMode", "mobileAgentDialNumber"];

  const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"' };

  /** Preferences come with HTML escaped, for whoever puts them on a page; a password or an id is no HTML. */
  const plain = (text) =>
    text.replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) => (code ? String.fromCodePoint(Number(code)) : (ENTITIES[name] ?? whole)));

  const read = () => {
    const prefs = window.gadgets?.Prefs?.();
    const text = (name) => (prefs ? plain(prefs.getString(name)) : "");
    const config = Object.fromEntries(TEXTS.map((name) => [name, text(name)]));
    for (const name of MOBILE) {
      const value = text(name);
      config[name] = value === "undefined" ? "" : value;
    }
    config.clientDriftInMillis = prefs ? prefs.getInt("clientDriftInMillis") : 0;
    config.authToken = finesse.utilities.Utilities.getToken();
    config.id ||= config.authorization ? finesse.utilities.Utilities.getCredentials(config).id : "";
    return config;
  };

  finesse.gadget.Config = read();
})(window.finesse);

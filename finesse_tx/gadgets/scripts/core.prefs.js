/* core.prefs: gadgets.Prefs (gadgets.md §9.3). Texts come HTML-escaped, as gadgets expect. */
"use strict";

gadgets.Prefs = gadgets.Prefs || (() => {
  const given = gadgets.util.getUrlParameters();
  const messages = {};
  const defaults = {};
  const values = {};
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("up_") && name.length > 3) {
      values[name.slice(3)] = value;
    }
  }
  let only = null;

  const raw = (key) => (Object.hasOwn(values, key) ? values[key] : defaults[key]);

  class Prefs {
    constructor() {
      only ??= this;
      return only;
    }

    dump() {
      return { ...defaults, ...values };
    }

    getString(key) {
      const found = raw(key);
      return found === undefined || found === null ? "" : (gadgets.util.escapeString(String(found)) ?? "");
    }

    getInt(key) {
      const found = parseInt(raw(key), 10);
      return Number.isNaN(found) ? 0 : found;
    }

    getFloat(key) {
      const found = parseFloat(raw(key));
      return Number.isNaN(found) ? 0 : found;
    }

    getBool(key) {
      const found = raw(key);
      return found === true || found === "true" || Boolean(parseInt(found, 10));
    }

    getArray(key) {
      const found = raw(key);
      if (found === undefined || found === null || found === "") {
        return [];
      }
      const list = Array.isArray(found) ? found : String(found).split("|");
      return list.map((one) => gadgets.util.escapeString(String(one).replaceAll("%7C", "|")));
    }

    getMsg(key) {
      return Object.hasOwn(messages, key) ? messages[key] : "";
    }

    getCountry() {
      return given.country && given.country !== "ALL" ? given.country : "US";
    }

    getLang() {
      return given.lang && given.lang !== "all" ? given.lang : "en";
    }

    getModuleId() {
      return Number(given.mid ?? 0);
    }

    set() {
      throw new Error("setprefs feature required to make this call.");
    }

    setArray() {
      throw new Error("setprefs feature required to make this call.");
    }
  }

  /** Also without `new`: finesse.js does that. */
  const made = new Proxy(Prefs, { apply: () => new Prefs() });
  return Object.assign(made, {
    setMessages_: (found) => Object.assign(messages, found),
    setDefaultPrefs_: (found) => Object.assign(defaults, found),
    setInternal_(key, value) {
      const changes = typeof key === "string" ? { [key]: value } : key;
      const isChanged = Object.entries(changes).some(([name, one]) => values[name] !== one);
      Object.assign(values, changes);
      return isChanged;
    },
  });
})();

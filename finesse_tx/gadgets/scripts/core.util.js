/* core.util: what the address says, what runs when the page has loaded, and old helpers (gadgets.md §9.1). */
"use strict";

gadgets.util = gadgets.util || (() => {
  const waiting = [];
  let hasLoaded = false;
  let features = {};

  const decoded = (text) => decodeURIComponent(text.replaceAll("+", " "));

  const parametersOf = (url) => {
    const question = url.indexOf("?");
    const hash = url.indexOf("#");
    const query = question < 0 || (hash >= 0 && hash < question) ? "" : url.slice(question + 1, hash < 0 ? undefined : hash);
    const fragment = hash < 0 ? "" : url.slice(hash + 1);
    const found = {};
    for (const part of [...query.split("&"), ...fragment.split("&")]) {
      const at = part.indexOf("=");
      if (at > 0) {
        try {
          found[part.slice(0, at)] = decoded(part.slice(at + 1));
        } catch {
          // no UTF-8: nobody can say what it means
        }
      }
    }
    return found;
  };

  const own = parametersOf(document.location.href);

  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;", "\u2028": "&#8232;", "\u2029": "&#8233;" };

  const escapeString = (text) =>
    text && String(text).replace(/[&<>"'\u2028\u2029]/g, (character) => ENTITIES[character]);

  gadgets.config.register("core.util", null, (all) => {
    features = all["core.util"] || {};
  });

  return {
    /** The parameters of an address, of query and fragment together; without one, of this page as it was loaded. */
    getUrlParameters: (url) => (url === undefined ? own : parametersOf(String(url))),

    /** Call a function once the page has loaded; at once when it has. */
    registerOnLoadHandler(callback) {
      if (hasLoaded) {
        callback();
      } else {
        waiting.push(callback);
      }
    },

    /** Called at the end of the gadget's page. */
    runOnLoadHandlers() {
      hasLoaded = true;
      while (waiting.length > 0) {
        try {
          waiting.shift()();
        } catch (error) {
          setTimeout(() => {
            throw error;
          });
        }
      }
    },

    makeClosure: (scope, callback, ...first) => (...rest) => callback.apply(scope, [...first, ...rest]),

    makeEnum: (names) => Object.fromEntries(names.map((name) => [name, name])),

    hasFeature: (name) => Object.hasOwn(features, name),

    /** The parameters that the gadget gives for a feature; null for one that it does not have. */
    getFeatureParameters: (name) => (Object.hasOwn(features, name) ? features[name] : null),

    escapeString,

    unescapeString(text) {
      if (!text) {
        return text;
      }
      const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
      return String(text).replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
        if (name) {
          return entities[name] ?? whole;
        }
        const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
        return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
      });
    },

    /** Escape a text; of an array and, where that is wanted, of an object all texts in it. */
    escape(input, isForObjects) {
      if (typeof input === "string") {
        return escapeString(input);
      }
      if (Array.isArray(input)) {
        return input.map((one) => gadgets.util.escape(one, isForObjects));
      }
      if (input && typeof input === "object" && isForObjects) {
        return Object.fromEntries(
          Object.entries(input).map(([key, value]) => [escapeString(key), gadgets.util.escape(value, true)]),
        );
      }
      return input;
    },

    attachBrowserEvent: (element, name, callback, isCapturing) => element.addEventListener(name, callback, isCapturing),
    removeBrowserEvent: (element, name, callback, isCapturing) => element.removeEventListener(name, callback, isCapturing),
    shouldPollXhrReadyStateChange: () => false,
  };
})();

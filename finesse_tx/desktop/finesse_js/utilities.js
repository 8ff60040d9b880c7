/* finesse.utilities: XML and objects, times, errors, credentials (desktop.md §3, §9). */
"use strict";

((finesse) => {
  const NAMED = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

  const ESCAPED = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

  const MAX_DEPTH = 64;

  const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ESCAPED[character]);

  const unescaped = (text) =>
    text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hexadecimal, name) => {
      if (name) {
        return NAMED[name] ?? whole;
      }
      const code = decimal ? Number(decimal) : parseInt(hexadecimal, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });

  const put = (into, name, value) => {
    if (!Object.hasOwn(into, name)) {
      Object.defineProperty(into, name, { value, writable: true, enumerable: true, configurable: true });
    } else if (Array.isArray(into[name])) {
      into[name].push(value);
    } else {
      into[name] = [into[name], value];
    }
  };

  const valueOf = ({ children, text, isSimple }) => {
    if (isSimple) {
      return text === "" ? null : text;
    }
    if (text.trim() !== "") {
      put(children, "#text", text.trim());
    }
    return children;
  };

  const TOKEN = /<!--[^]*?-->|<\?[^]*?\?>|<!\[CDATA\[([^]*?)\]\]>|<(\/?)([^\s/>!?]+)((?:\s+[^\s=>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|([^<]+)/gy;

  /** XML as an object: an element is a property, repeated ones are an array, text is a string, nothing is null. */
  const parsed = (xml) => {
    const stack = [{ children: {}, text: "", isSimple: false }];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < xml.length) {
      const at = TOKEN.lastIndex;
      const found = TOKEN.exec(xml);
      if (!found) {
        throw new Error(`This is no XML, from character ${at} on.`);
      }
      const [, data, isEnd, name, attributes, isEmpty, text] = found;
      const top = stack.at(-1);
      if (data !== undefined || text !== undefined) {
        top.text += data ?? unescaped(text);
      } else if (isEnd) {
        if (stack.length === 1 || top.name !== name) {
          throw new Error(`</${name}> ends nothing, at character ${at}.`);
        }
        stack.pop();
        put(stack.at(-1).children, name, valueOf(top));
      } else if (name) {
        top.isSimple = false;
        const one = { name, children: {}, text: "", isSimple: true };
        for (const [, key, double, single] of attributes.matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
          one.isSimple = false;
          put(one.children, `@${key}`, unescaped(double ?? single));
        }
        if (isEmpty) {
          put(top.children, name, valueOf(one));
        } else if (stack.push(one) > MAX_DEPTH) {
          throw new Error(`More than ${MAX_DEPTH} elements are in each other.`);
        }
      }
    }
    if (stack.length > 1) {
      throw new Error(`<${stack.at(-1).name}> does not end.`);
    }
    return stack[0].children;
  };

  const written = (name, value) => {
    if (Array.isArray(value)) {
      return value.map((one) => written(name, one)).join("");
    }
    if (value === null || value === undefined || value === "") {
      return `<${name}/>`;
    }
    if (typeof value !== "object") {
      return `<${name}>${escaped(value)}</${name}>`;
    }
    let attributes = "";
    let inside = "";
    for (const [key, one] of Object.entries(value)) {
      if (key.startsWith("@")) {
        attributes += ` ${key.slice(1)}="${escaped(one)}"`;
      } else {
        inside += key === "#text" ? escaped(one) : written(key, one);
      }
    }
    return inside ? `<${name}${attributes}>${inside}</${name}>` : `<${name}${attributes}/>`;
  };

  const asText = (xml) => (typeof xml === "string" ? xml : new XMLSerializer().serializeToString(xml));

  const stored = (key) => {
    try {
      return window.sessionStorage.getItem(key);
    } catch {
      return null; // a sandboxed gadget has no storage
    }
  };

  /** A member of an answer's first error; of an answer that names none, its status, which is 0 when there was no answer. */
  const told = (name) => (response) => {
    const errors = response?.object?.ApiErrors?.ApiError ?? response?.object?.Update?.data?.apiErrors?.apiError;
    const error = Array.isArray(errors) ? errors[0] : errors;
    if (error) {
      return error[name] ?? error[name.charAt(0).toLowerCase() + name.slice(1)] ?? "";
    }
    return response?.status ? `HTTP ${response.status}` : response?.isUnsent ? "Request could not be completed" : "";
  };

  const Utilities = {
    /** The function, or nothing; throws if it is something else. */
    validateHandler(handler) {
      if (handler !== undefined && handler !== null && typeof handler !== "function") {
        throw new Error("A handler must be a function.");
      }
      return handler ?? undefined;
    },

    isArray: (value) => Array.isArray(value),
    isObject: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    /** A list of nothing, of one or of several, as `xml2js` leaves them. */
    getArray: (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]),
    convertNullToEmptyString: (value) => value ?? "",
    isValidHandler: (value) => typeof value === "function",

    /** Also on a page that came by plain HTTP, where browsers have no `randomUUID`. */
    generateUUID() {
      if (crypto.randomUUID) {
        return crypto.randomUUID();
      }
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
      bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant of RFC 9562
      const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => digits.slice(from, to)).join("-");
    },
    currentTimeMillis: () => Date.now(),

    /** Server minus client, in milliseconds. */
    getCurrentDrift: () => Number(stored("clientTimestampDrift") ?? finesse.gadget.Config?.clientDriftInMillis) || 0,
    currentServerTimeMillis: () => Date.now() + Utilities.getCurrentDrift(),

    getErrCode: told("ErrorType"),
    getErrData: told("ErrorData"),
    getErrMessage: told("ErrorMessage"),

    xml2js: (xml) => parsed(asText(xml)),
    xml2JsObj: (xml) => parsed(asText(xml)),
    /** The same as JSON text, indented by what is given. */
    xml2json: (xml, indentation = "") => JSON.stringify(parsed(asText(xml)), null, indentation),
    js2xml: (value) => Object.entries(value).map(([name, one]) => written(name, one)).join(""),
    json2xml: (json) => Utilities.js2xml(typeof json === "string" ? JSON.parse(json) : json),
    escapeSpecialChars: (text) => escaped(text),
    translateHTTPStatus: (status) => ({ 0: "Request could not be completed" })[status] ?? String(status),

    /** As nodes of XMPP have it (desktop.md §5.3). */
    encodeNodeName: (name) =>
      String(name).replace(/[?@&']/g, (found) => `?${found.charCodeAt(0).toString(16).toUpperCase()}`),

    /** By the UTF-8 of the text. */
    b64Encode: (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text))),
    b64Decode: (text) => new TextDecoder().decode(Uint8Array.from(atob(text), (one) => one.charCodeAt(0))),

    getAuthModes: () => ({ SSO: "SSO", NON_SSO: "NON_SSO", NONSSO: "NON_SSO", HYBRID: "HYBRID" }),

    /** The mode of this user, by the page around the gadget or by the preferences. */
    getSystemAuthMode() {
      let above;
      try {
        above = window.parent?.finesse?.container?.Config?.systemAuthMode;
      } catch {
        above = undefined; // another origin
      }
      return above || finesse.gadget.Config?.systemAuthMode || "NON_SSO";
    },

    /** The access token of single sign-on; empty without one. */
    getToken() {
      try {
        return JSON.parse(stored("ssoTokenObject") ?? "{}").token ?? "";
      } catch {
        return "";
      }
    },

    /** Base64 of `id:password`. */
    getUserAuthString: () => stored("userFinesseAuth") || finesse.gadget.Config?.authorization || "",

    /** `{id, password}` of a configuration's or the session's authorization. */
    getCredentials(config) {
      const found = config?.authorization || Utilities.getUserAuthString();
      const text = found ? Utilities.b64Decode(found) : "";
      const at = text.indexOf(":");
      return at < 0 ? { id: text, password: "" } : { id: text.slice(0, at), password: text.slice(at + 1) };
    },

    /** What goes into the header Authorization; empty when there is nothing. */
    getAuthHeaderString(config) {
      const mode = config?.systemAuthMode || Utilities.getSystemAuthMode();
      const token = Utilities.getToken() || config?.authToken || "";
      if (mode === "SSO" || (mode === "HYBRID" && token)) {
        return token ? `Bearer ${token}` : "";
      }
      const basic = stored("userFinesseAuth") || config?.authorization || "";
      return basic ? `Basic ${basic}` : "";
    },

    /** A parameter of an address, whatever the case of its name; of this page's, if none is given. */
    getQueryString(name, url = window.location.href) {
      const wanted = String(name).toLowerCase();
      const pairs = new URLSearchParams(String(url).split("#")[0].split("?").slice(1).join("?"));
      return [...pairs].find(([one]) => one.toLowerCase() === wanted)?.[1] ?? "";
    },
    getParameterByName: (name, search = window.location.search) => new URLSearchParams(search).get(name) ?? "",

    /** The height of what is in the gadget, and some room. */
    adjustGadgetHeight() {
      window.gadgets.window.adjustHeight(document.body.scrollHeight + 20);
    },

    /** Hear other windows' messages, of one origin if it is given; returns what `removeEventListener` takes. */
    receiveMessage(callback, origin) {
      const heard = (message) => {
        if (!origin || message.origin.toLowerCase() === origin.toLowerCase()) {
          callback(message);
        }
      };
      window.addEventListener("message", heard);
      return heard;
    },
    sendMessage(message, target = window.parent, origin = "*") {
      target.postMessage(message, origin);
    },
  };

  finesse.utilities.Utilities = Utilities;

  finesse.utilities.I18n = {
    /** A message of the gadget's, with `{0}` filled in; the key itself when there is none. */
    getString(key, ...values) {
      const found = window.gadgets?.Prefs?.().getMsg(key) || key;
      return found.replace(/\{(\d+)\}/g, (whole, at) => String(values[Number(at)] ?? whole));
    },
  };
})(window.finesse);

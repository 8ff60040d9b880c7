/* core.io: gadgets.io.makeRequest through the server's proxy (gadgets.md §6, §9.4). */
"use strict";

gadgets.io = gadgets.io || (() => {
  const CRUFT = "throw 1; < don't be evil' >";
  const KEYS = [
    "METHOD", "CONTENT_TYPE", "POST_DATA", "HEADERS", "AUTHORIZATION", "NUM_ENTRIES", "GET_SUMMARIES", "GET_FULL_HEADERS",
    "REFRESH_INTERVAL", "NO_CACHE", "SIGN_OWNER", "SIGN_VIEWER", "OAUTH_SERVICE_NAME", "OAUTH_USE_TOKEN", "OAUTH_TOKEN_NAME",
    "OAUTH_REQUEST_TOKEN", "OAUTH_REQUEST_TOKEN_SECRET", "OAUTH_RECEIVED_CALLBACK",
  ]; // prettier-ignore
  const named = (names) => Object.fromEntries(names.map((name) => [name, name]));

  let jsonProxyUrl = "/gadgets/makeRequest";
  let proxyUrl =
    "/gadgets/proxy%filename%?container=%container%&refresh=%refresh%&url=%url%%authz%%rewriteMime%";
  let cruft = CRUFT;
  /** By address: what the server has fetched before it sent this page. */
  let preloaded = {};

  gadgets.config.register("core.io", null, (all) => {
    const given = all["core.io"] || {};
    jsonProxyUrl = given.jsonProxyUrl ?? jsonProxyUrl;
    proxyUrl = given.proxyUrl ?? proxyUrl;
    cruft = given.unparseableCruft ?? cruft;
  });

  const here = (address) => address.replace("%host%", document.location.host);

  const encodeValues = (fields) =>
    Object.entries(fields ?? {})
      .filter(([, value]) => value !== undefined && value !== null && typeof value !== "function")
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .join("&");

  /** What the callback gets of an answer. */
  const result = (contentType, answer) => {
    const made = { text: answer.body, data: undefined, rc: answer.rc, headers: answer.headers, errors: [] };
    if (answer.rc < 200 || answer.rc >= 400) {
      made.errors = [`${answer.rc} Error`];
    } else if (made.text) {
      const kind = answer.rc >= 300 ? "TEXT" : contentType;
      if (kind === "JSON" || kind === "FEED") {
        made.data = gadgets.json.parse(made.text);
        if (made.data === false && made.text.trim() !== "false") {
          made.errors.push("500 Failed to parse JSON");
          made.rc = 500;
          made.data = null;
        }
      } else if (kind === "DOM") {
        const parsed = new DOMParser().parseFromString(made.text, "text/xml");
        if (parsed.getElementsByTagName("parsererror").length > 0) {
          made.errors.push("500 Failed to parse XML");
          made.rc = 500;
        } else {
          made.data = parsed;
        }
      } else {
        made.data = made.text;
      }
    }
    return made;
  };

  const failed = (status, text) => ({ errors: [`${status} ${text}`], rc: status, text });

  const ask = (address, method, headers, body, done) => {
    const request = new XMLHttpRequest();
    request.open(method, address, true);
    for (const [name, value] of Object.entries(headers)) {
      request.setRequestHeader(name, value);
    }
    request.onloadend = () => done(request);
    request.send(body);
  };

  const proxied = (url, callback, params) => {
    const headers = params.HEADERS ?? {};
    const method = params.METHOD ?? "GET";
    const own = gadgets.util.getUrlParameters();
    if (method === "POST" && !Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) {
      headers["Content-Type"] = "application/x-www-form-urlencoded";
    }
    const isSigned = Boolean(params.AUTHORIZATION) && params.AUTHORIZATION !== "NONE";
    const fields = {
      url,
      httpMethod: method,
      headers: encodeValues(headers),
      postData: params.POST_DATA ?? "",
      authz: isSigned ? params.AUTHORIZATION.toLowerCase() : "",
      st: shindig.auth.getSecurityToken() ?? "",
      contentType: params.CONTENT_TYPE ?? "TEXT",
      numEntries: params.NUM_ENTRIES ?? "3",
      getSummaries: Boolean(params.GET_SUMMARIES),
      getFullHeaders: Boolean(params.GET_FULL_HEADERS),
      signOwner: params.SIGN_OWNER ?? true,
      signViewer: params.SIGN_VIEWER ?? true,
      gadget: own.url ?? "",
      container: own.container ?? own.synd ?? "default",
      bypassSpecCache: own.nocache ?? "",
      nocache: params.NO_CACHE ? "1" : undefined,
      refresh: method === "GET" ? params.REFRESH_INTERVAL : undefined,
    };
    const answered = (request) => {
      if (request.status !== 200) {
        callback(failed(request.status || 500, request.responseText || "The server cannot be reached"));
        return;
      }
      const text = request.responseText;
      const found = gadgets.json.parse(text.startsWith(cruft) ? text.slice(cruft.length) : "");
      const answer = found && found[url];
      if (!answer) {
        callback(failed(500, "The proxy's answer is none"));
        return;
      }
      if (answer.st) {
        shindig.auth.updateSecurityToken(answer.st);
      }
      callback(result(fields.contentType, answer));
    };
    if (method === "GET" && !isSigned) {
      ask(`${here(jsonProxyUrl)}?${encodeValues(fields)}`, "GET", {}, null, answered);
    } else {
      const type = { "Content-Type": "application/x-www-form-urlencoded" };
      ask(here(jsonProxyUrl), "POST", type, encodeValues(fields), answered);
    }
  };

  return {
    RequestParameters: named(KEYS),
    MethodType: named(["GET", "POST", "PUT", "DELETE", "HEAD"]),
    ContentType: named(["TEXT", "DOM", "JSON", "FEED"]),
    AuthorizationType: named(["NONE", "SIGNED", "OAUTH", "OAUTH2"]),
    ProxyUrlRequestParameters: named(["REFRESH_INTERVAL"]),

    encodeValues,

    /**
     * Ask a server on the internet.
     *
     * @param {string} url
     * @param {(answer: Record<string, any>) => void} callback Gets `text`, `data`, `rc`, `headers`, `errors`.
     * @param {Record<string, any>} [params] By `RequestParameters`.
     */
    makeRequest(url, callback, params = {}) {
      const isPlain = (params.METHOD ?? "GET") === "GET";
      const found = isPlain ? preloaded[url] : undefined;
      if (found) {
        delete preloaded[url];
        if (found.rc === 500) {
          callback({ rc: 500, errors: ["500 Error"] });
        } else {
          callback(result(params.CONTENT_TYPE ?? "TEXT", found));
        }
        return;
      }
      proxied(url, callback, { ...params, HEADERS: { ...params.HEADERS } });
    },

    /** The same without the proxy: the other server must allow it. */
    makeNonProxiedRequest(url, callback, params = {}, headers = {}) {
      ask(url, params.METHOD ?? "GET", { ...params.HEADERS, ...headers }, params.POST_DATA ?? null, (request) => {
        callback(result(params.CONTENT_TYPE ?? "TEXT", { rc: request.status, body: request.responseText }));
      });
    },

    /** An address from which the proxy gives what is at another one. */
    getProxyUrl(url, params = {}) {
      const own = gadgets.util.getUrlParameters();
      const parts = {
        "%url%": encodeURIComponent(url),
        "%rawurl%": url,
        "%refresh%": encodeURIComponent(params.REFRESH_INTERVAL ?? "3600"),
        "%gadget%": encodeURIComponent(own.url ?? ""),
        "%container%": encodeURIComponent(own.container ?? own.synd ?? "default"),
        "%authz%": "",
        "%filename%": "",
        "%rewriteMime%": params.rewriteMime ? `&rewriteMime=${encodeURIComponent(params.rewriteMime)}` : "",
      };
      const made = here(proxyUrl).replace(/%\w+%/g, (name) => parts[name] ?? name);
      const token = shindig.auth.getSecurityToken();
      return token ? `${made}&gadget=${parts["%gadget%"]}&st=${encodeURIComponent(token)}` : made;
    },

    set preloaded_(list) {
      preloaded = Object.fromEntries(list.map((one) => [one.id, one]));
    },
    get preloaded_() {
      return Object.values(preloaded);
    },
  };
})();

/* osapi: osapi.http, by the proxy (gadgets.md §9.10). */
"use strict";

var osapi = window.osapi || {};

osapi.http = osapi.http || (() => {
  const request = (method, { href, format = "json", headers, body, refreshInterval, noCache } = {}) => ({
    execute(callback) {
      const params = {
        METHOD: method,
        CONTENT_TYPE: format.toUpperCase() === "TEXT" ? "TEXT" : "JSON",
        HEADERS: Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, [value].flat().join(", ")])),
        POST_DATA: typeof body === "object" && body !== null ? gadgets.json.stringify(body) : body,
        REFRESH_INTERVAL: refreshInterval,
        NO_CACHE: noCache,
        GET_FULL_HEADERS: true,
      };
      gadgets.io.makeRequest(href, (answer) => {
        const isFine = answer.errors.length === 0;
        const found = { status: answer.rc, content: answer.data ?? answer.text, headers: answer.headers };
        callback(isFine ? found : { error: { code: answer.rc, message: answer.errors[0] } });
      }, params);
    },
  });
  const methods = ["get", "put", "post", "delete", "head"];
  return Object.fromEntries(methods.map((name) => [name, (given) => request(name.toUpperCase(), given)]));
})();

/** Several requests, answered together. */
osapi.newBatch = osapi.newBatch || (() => {
  const added = [];
  return {
    add(key, one) {
      added.push([key, one]);
      return this;
    },
    execute(callback) {
      const found = {};
      if (added.length === 0) {
        setTimeout(() => callback(found));
      }
      for (const [key, one] of added) {
        one.execute((answer) => {
          found[key] = answer;
          if (Object.keys(found).length === added.length) {
            callback(found);
          }
        });
      }
    },
  };
});

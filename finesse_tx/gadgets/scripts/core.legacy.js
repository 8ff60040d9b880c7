/* core.legacy: the names of iGoogle's time (gadgets.md §5, §8). `_IG_Prefs` escapes, as `gadgets.Prefs` does. */
"use strict";

var _IG_Prefs = gadgets.Prefs;
var _args = gadgets.util.getUrlParameters;
var _esc = window.encodeURIComponent;
var _unesc = window.decodeURIComponent;
var _hesc = gadgets.util.escapeString;
var _toggle = (element) => {
  const found = typeof element === "string" ? document.getElementById(element) : element;
  if (found) {
    found.style.display = found.style.display === "none" ? "block" : "none";
  }
};
var _gel = (id) => document.getElementById(id);
var _gelstn = (name) => document.getElementsByTagName(name);
var _gelsbyregex = (name, pattern) => [..._gelstn(name)].filter((element) => element.id.search(pattern) >= 0);
var _trim = (text) => String(text).trim();
var _striptags = (text) => String(text).replace(/<\/?[^>]+>/g, "");
var _min = (one, other) => (one < other ? one : other);
var _max = (one, other) => (one > other ? one : other);
var _uid = ((next) => () => next++)(0);
var _exportSymbols = (path, symbols) => {
  const place = path.split(".").reduce((outer, name) => (outer[name] ??= {}), window);
  for (let at = 0; at < symbols.length; at += 2) {
    place[symbols[at]] = symbols[at + 1];
  }
};
var _IG_RegisterOnloadHandler = (callback) => gadgets.util.registerOnLoadHandler(callback);
var _IG_AddDOMEventHandler = (element, name, callback) => element.addEventListener(name, callback);
var _IG_Callback = (callback, ...first) => (...rest) => callback(...rest, ...first);

/* Texts, documents, feeds and pictures, by the proxy: `refreshInterval` is in seconds, an hour if it is not said. */
{
  const asked = (more, kind) => ({
    REFRESH_INTERVAL: more.refreshInterval || 3600,
    ...Object.fromEntries(Object.entries(more).map(([name, value]) => [name.toUpperCase(), value])),
    CONTENT_TYPE: kind,
  });

  window._IG_FetchContent = (url, callback, more = {}) =>
    gadgets.io.makeRequest(url, (answer) => callback(answer.data || ""), asked(more, "TEXT"));
  window._IG_FetchXmlContent = (url, callback, more = {}) =>
    gadgets.io.makeRequest(url, (answer) => callback(answer.data || ""), asked(more, "DOM"));

  /** The feed itself; its dates are in seconds, and its `ErrorMsg` says why there is none. */
  window._IG_FetchFeedAsJSON = (url, callback, count, hasSummaries, more = {}) => {
    const params = { ...asked(more, "FEED"), NUM_ENTRIES: count, GET_SUMMARIES: hasSummaries };
    gadgets.io.makeRequest(
      url,
      ({ data, errors = [] }) => {
        const feed = { ...data };
        if (errors.length > 0) {
          feed.ErrorMsg = errors[0];
        }
        feed.Entry = (feed.Entry ?? []).map((entry) => ({ ...entry, Date: entry.Date / 1000 }));
        callback(feed);
      },
      params,
    );
  };

  window._IG_GetCachedUrl = (url, more = {}) =>
    gadgets.io.getProxyUrl(url, {
      REFRESH_INTERVAL: typeof more === "number" ? more : asked(more ?? {}).REFRESH_INTERVAL,
    });
  window._IG_GetImageUrl = window._IG_GetCachedUrl;
  window._IG_GetImage = (url, more) => Object.assign(new Image(), { src: window._IG_GetImageUrl(url, more) });
}

var _IG_AdjustIFrameHeight = (height) => gadgets.window?.adjustHeight?.(height);
var _IG_AdjustIFrameWidth = (width) => gadgets.window?.adjustWidth?.(width);
var _IG_SetTitle = (title) => gadgets.window?.setTitle?.(title);

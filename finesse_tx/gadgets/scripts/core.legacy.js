/* core.legacy: the names of iGoogle's time (gadgets.md §5, §8). */
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
var _trim = (text) => String(text).trim();
var _IG_RegisterOnloadHandler = (callback) => gadgets.util.registerOnLoadHandler(callback);
var _IG_Callback = (callback, ...first) => (...rest) => callback(...rest, ...first);

/* Texts, documents and feeds, by the proxy. */
var _IG_FetchContent = (url, callback, more = {}) =>
  gadgets.io.makeRequest(url, (answer) => callback(answer.text), { ...more, CONTENT_TYPE: "TEXT" });
var _IG_FetchXmlContent = (url, callback, more = {}) =>
  gadgets.io.makeRequest(url, (answer) => callback(answer.data), { ...more, CONTENT_TYPE: "DOM" });
var _IG_GetImageUrl = (url, seconds) => gadgets.io.getProxyUrl(url, { REFRESH_INTERVAL: seconds });
var _IG_GetCachedUrl = _IG_GetImageUrl;
var _IG_GetImage = (url, seconds) => Object.assign(new Image(), { src: _IG_GetImageUrl(url, seconds) });
var _IG_AdjustIFrameHeight = (height) => gadgets.window?.adjustHeight?.(height);
var _IG_SetTitle = (title) => gadgets.window?.setTitle?.(title);

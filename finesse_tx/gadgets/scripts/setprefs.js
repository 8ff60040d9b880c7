/* setprefs: preferences that stay (gadgets.md §9.3). */
"use strict";

(() => {
  /** `set(name, value, …)` or `set({name: value})`. */
  gadgets.Prefs.prototype.set = function set(...given) {
    const [first] = given;
    const changes = {};
    if (typeof first === "object") {
      Object.assign(changes, first);
    } else {
      for (let index = 0; index + 1 < given.length; index += 2) {
        changes[given[index]] = given[index + 1];
      }
    }
    if (gadgets.Prefs.setInternal_(changes)) {
      const pairs = Object.entries(changes).flat();
      gadgets.rpc.call(null, "set_pref", null, gadgets.util.getUrlParameters().rpctoken ?? "0", ...pairs);
    }
  };

  gadgets.Prefs.prototype.setArray = function setArray(name, list) {
    this.set(name, list.map((one) => String(one).replaceAll("|", "%7C")).join("|"));
  };
})();

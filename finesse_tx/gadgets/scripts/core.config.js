/* core.config: what the container has configured, handed to each feature that asks for it (gadgets.md §9.10). */
"use strict";

var gadgets = window.gadgets || {};
var shindig = window.shindig || {};

gadgets.config = gadgets.config || (() => {
  /** By feature: who is told of its configuration. */
  const listeners = new Map();
  let configuration = {};

  const check = (feature, validators, found) => {
    for (const [key, isValid] of Object.entries(validators ?? {})) {
      if (!isValid(found[key])) {
        throw new Error(`Invalid config value "${found[key]}" for parameter "${key}" in component "${feature}"`);
      }
    }
  };

  const isOneOf = (allowed) => (value) => value === undefined || allowed.includes(value);

  return {
    /**
     * Ask for a feature's configuration.
     *
     * @param {string} feature
     * @param {Record<string, (value: unknown) => boolean> | null} [validators] By key.
     * @param {(all: Record<string, any>, isUpdate?: boolean) => void} [callback] Called by `init`, with everything.
     * @param {boolean} [isForUpdates] Called by `update` as well.
     */
    register(feature, validators, callback, isForUpdates) {
      listeners.set(feature, [...(listeners.get(feature) ?? []), { validators, callback, isForUpdates, isTold: false }]);
    },

    /** What a feature's configuration is; all of it without a name. */
    get: (feature) => (feature ? configuration[feature] || {} : configuration),

    /**
     * Configure: each feature that was loaded since the last time is told. A page that loads features in several scripts calls
     * this once for each.
     */
    init(given, noValidation) {
      configuration = { ...configuration, ...given };
      for (const [feature, those] of listeners) {
        for (const one of those.filter(({ isTold }) => !isTold)) {
          one.isTold = true;
          const found = configuration[feature] || {};
          if (!noValidation && feature in configuration) {
            check(feature, one.validators, found);
          }
          one.callback?.(configuration);
        }
      }
    },

    /** Change it while the page is there. */
    update(changes, isWhole) {
      configuration = isWhole ? changes : { ...configuration, ...changes };
      for (const feature of Object.keys(changes)) {
        for (const one of listeners.get(feature) ?? []) {
          if (one.isForUpdates) {
            one.callback?.(configuration, true);
          }
        }
      }
    },

    clear() {
      listeners.clear();
      configuration = {};
    },

    EnumValidator: (list) => isOneOf(Array.isArray(list) ? list : [list]),
    RegExValidator: (pattern) => (value) => value === undefined || pattern.test(value),
    ExistsValidator: (value) => value !== undefined,
    NonEmptyStringValidator: (value) => typeof value === "string" && value.length > 0,
    BooleanValidator: (value) => value === undefined || typeof value === "boolean",
    LikeValidator: (shape) => (value) =>
      Object.entries(shape).every(([key, isValid]) => isValid(value?.[key])),
  };
})();

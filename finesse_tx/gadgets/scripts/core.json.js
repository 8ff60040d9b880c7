/* core.json: JSON, with false for what is none (gadgets.md §9.2). */
"use strict";

gadgets.json = gadgets.json || {
  parse(text) {
    try {
      return JSON.parse(text);
    } catch {
      return false;
    }
  },
  stringify: (value) => JSON.stringify(value),
};

/* The namespaces, and classes as gadgets of old derive them: `finesse.Class.extend({init() { this._super(); }})`. */
"use strict";

window.finesse = window.finesse || {};

((finesse) => {
  for (const name of ["restservices", "clientservices", "containerservices", "utilities", "cslogger", "gadget", "digital", "shortcutkey"]) {
    finesse[name] = finesse[name] || {};
  }

  /** A method that finds what it overrides as `this._super`, while it runs. */
  const overriding = (method, above) =>
    function overrides(...given) {
      const before = this._super;
      this._super = above;
      try {
        return method.apply(this, given);
      } finally {
        this._super = before;
      }
    };

  /** What is constructed by `init`. */
  class Class {
    constructor(...given) {
      this.init(...given);
    }

    init() {}

    /** Another class: this one, and those members. */
    static extend(members = {}) {
      const above = this.prototype;
      const derived = class extends this {};
      for (const [name, member] of Object.entries(members)) {
        const isOver = typeof member === "function" && typeof above[name] === "function";
        derived.prototype[name] = isOver ? overriding(member, above[name]) : member;
      }
      return derived;
    }
  }

  finesse.Class = Class;
})(window.finesse);

/* views: small in its column, or all of the page (gadgets.md §9.8). */
"use strict";

gadgets.views = gadgets.views || (() => {
  const own = gadgets.util.getUrlParameters();
  const supported = {};
  let params = {};
  let current = null;

  class View {
    #name;
    #isOnly;

    constructor(name, isOnly) {
      this.#name = name;
      this.#isOnly = Boolean(isOnly);
    }

    getName() {
      return this.#name;
    }

    getUrlTemplate() {
      return supported[this.#name]?.urlTemplate;
    }

    bind(environment) {
      return gadgets.views.bind(this.getUrlTemplate() ?? "", environment);
    }

    isOnlyVisibleGadget() {
      return this.#isOnly;
    }
  }

  gadgets.config.register("views", null, (all) => {
    const given = all.views ?? {};
    for (const [name, about] of Object.entries(given)) {
      supported[name] = Object.assign(new View(name, about.isOnlyVisible), { urlTemplate: about.urlTemplate });
      for (const alias of about.aliases ?? []) {
        supported[alias] ??= new View(name, about.isOnlyVisible);
      }
    }
    params = (own["view-params"] && gadgets.json.parse(own["view-params"])) || {};
    current = supported[own.view] ?? supported.default ?? new View("default", false);
  });

  return {
    View,
    ViewType: gadgets.util.makeEnum(["CANVAS", "HOME", "PREVIEW", "PROFILE", "FULL_PAGE", "DASHBOARD", "POPUP"]),
    getSupportedViews: () => supported,
    getCurrentView: () => current,
    getParams: () => params,

    /** Fill `{name}` in; of a name without a value nothing is left. */
    bind: (template, environment) =>
      template.replace(/\{([^{}]+)\}/g, (_whole, name) => environment?.[name] ?? ""),

    requestNavigateTo(view, given, owner) {
      const name = typeof view === "string" ? view : view.getName();
      gadgets.rpc.call(null, "requestNavigateTo", null, name, given, owner);
    },
  };
})();

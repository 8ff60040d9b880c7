/*
 * loadingindicator: something turns over the gadget until it is there (gadgets.md §9.9).
 *
 * How Cisco's own talks to its desktop is not public; ours tells the page by the rpc service `loading_indicator`: `show`
 * when the gadget's scripts begin, with the seconds after which it is late, and `dismiss`.
 */
"use strict";

gadgets.loadingindicator = gadgets.loadingindicator || (() => {
  let isOver = false;

  const tell = (...said) => gadgets.rpc.call(null, "loading_indicator", null, ...said);

  gadgets.config.register("core.util", null, () => {
    const given = gadgets.util.getFeatureParameters("loadingindicator") ?? {};
    const only = (value) => (Array.isArray(value) ? value[0] : value);
    const seconds = parseInt(only(given["loading-timeout"]), 10);
    tell("show", Number.isNaN(seconds) ? 10 : seconds);
    if (only(given["manual-dismiss"]) !== "true") {
      gadgets.util.registerOnLoadHandler(() => gadgets.loadingindicator.dismiss());
    }
  });

  return {
    /** The gadget is there. */
    dismiss() {
      if (!isOver) {
        isOver = true;
        tell("dismiss");
      }
    },
  };
})();

/* finesse.cslogger: what a gadget logs goes to the page, which collects and sends it (desktop.md §8.1). */
"use strict";

((finesse) => {
  let hub = null;
  let gadget = "";

  finesse.cslogger.ClientLogger = {
    /** By which hub, and under which gadget's name. */
    init(givenHub, gadgetId) {
      hub = givenHub;
      gadget = String(gadgetId ?? "").replaceAll(/[.*]/g, "_") || "unknown";
    },

    /** Log a text, and an error's stack with it. */
    log(text, error) {
      const line = `${new Date().toISOString()}: ${gadget}: ${text}${error ? ` ${error.stack ?? error}` : ""}`;
      if (window.sessionStorage?.getItem("enableLocalLog") === "true") {
        window.console.log(line);
      }
      hub?.publish(`finesse.clientLogging.${gadget}`, line);
    },
  };
})(window.finesse);

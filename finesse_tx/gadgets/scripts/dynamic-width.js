/* dynamic-width: as wide as the gadget wants (gadgets.md §8). */
"use strict";

gadgets.window = gadgets.window || {};

(() => {
  let told;

  Object.assign(gadgets.window, {
    getWidth: () => Math.max(0, ...[...document.body.children].map((one) => one.getBoundingClientRect().right)),

    adjustWidth(width) {
      const wanted = parseInt(width, 10);
      const now = Math.ceil(Number.isNaN(wanted) ? gadgets.window.getWidth() : wanted);
      if (now !== told && now > 0) {
        told = now;
        gadgets.rpc.call(null, "resize_iframe_width", null, now);
      }
    },
  });
})();

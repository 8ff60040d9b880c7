/* dynamic-height: as high as what the gadget shows (gadgets.md §9.5). */
"use strict";

gadgets.window = gadgets.window || {};

(() => {
  let told;

  const pixels = (style, ...names) => names.reduce((sum, name) => sum + (parseFloat(style[name]) || 0), 0);

  /** Whether what is below an element cannot be seen outside it. */
  const clips = (element, style) => style.overflowY !== "visible" && element.style.height !== "" && element.style.height !== "auto";

  const bottomOf = (element, above) => {
    const style = getComputedStyle(element);
    if (style.display === "none" || style.position === "fixed") {
      return 0;
    }
    const box = element.getBoundingClientRect();
    let bottom = box.height === 0 ? 0 : box.bottom - above + pixels(style, "marginBottom");
    if (!clips(element, style)) {
      for (const child of element.children) {
        bottom = Math.max(bottom, bottomOf(child, above));
      }
    }
    return bottom;
  };

  const measured = () => {
    const { body } = document;
    if (!body) {
      return 0;
    }
    const above = body.getBoundingClientRect().top - pixels(getComputedStyle(body), "marginTop");
    const bottoms = [...body.children].map((child) => bottomOf(child, above));
    const style = getComputedStyle(body);
    const text = document.createRange();
    text.selectNodeContents(body);
    const lines = text.getBoundingClientRect();
    const bottom = Math.max(0, lines.height === 0 ? 0 : lines.bottom - above, ...bottoms);
    return bottom === 0 ? 0 : Math.ceil(bottom + pixels(style, "borderBottomWidth", "marginBottom", "paddingBottom"));
  };

  Object.assign(gadgets.window, {
    getViewportDimensions: () => ({ width: window.innerWidth, height: window.innerHeight }),
    getHeight: measured,

    /** Be that high, in pixels; without a number as high as the content. */
    adjustHeight(height) {
      const wanted = parseInt(height, 10);
      const isGiven = !Number.isNaN(wanted);
      const now = isGiven ? wanted : measured();
      if (now !== told && (isGiven || now > 0)) {
        told = now;
        gadgets.rpc.call(null, "resize_iframe", null, now);
      }
    },
  });
})();

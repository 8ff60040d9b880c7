/* skins: what the page around the gadget looks like (OpenSocial Core Gadget Specification 2.0, gadgets.skins). */
"use strict";

gadgets.skins = gadgets.skins || (() => {
  let properties = {};

  gadgets.config.register("skins", null, (all) => {
    properties = all.skins?.properties ?? {};
  });

  return {
    Property: gadgets.util.makeEnum(["BG_IMAGE", "BG_COLOR", "FONT_COLOR", "ANCHOR_COLOR", "BG_REPEAT", "BG_POSITION"]),
    init(given) {
      properties = given;
    },
    getProperty: (name) => properties[name] ?? "",
  };
})();

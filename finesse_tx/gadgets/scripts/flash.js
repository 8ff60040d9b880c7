/* flash: browsers have none; gadgets that ask first go on without. */
"use strict";

gadgets.flash = gadgets.flash || {
  getMajorVersion: () => 0,
  embedFlash: () => false,
  embedCachedFlash: () => false,
};

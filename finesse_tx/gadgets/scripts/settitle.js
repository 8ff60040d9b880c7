/* settitle: the text of the gadget's title bar (gadgets.md §9.5). */
"use strict";

gadgets.window = gadgets.window || {};
gadgets.window.setTitle = (title) => gadgets.rpc.call(null, "set_title", null, title);

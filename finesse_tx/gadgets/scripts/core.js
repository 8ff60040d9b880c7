/* core: everything that each gadget has. */
"use strict";

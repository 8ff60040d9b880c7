/* core.log: to the browser's console, from a level on (gadgets.md §9.2). */
"use strict";

gadgets.log = gadgets.log || (() => {
  const log = (level, write) => (...what) => {
    if (level >= current) {
      write.call(console, ...what);
    }
  };
  let current = 1;

  gadgets.warn = log(2, console.warn);
  gadgets.error = log(3, console.error);
  gadgets.setLogLevel = (level) => {
    current = level;
  };
  return Object.assign(log(1, console.log), { INFO: 1, WARNING: 2, ERROR: 3, NONE: 4 });
})();

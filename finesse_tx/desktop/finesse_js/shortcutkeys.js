/* finesse.shortcutkey.ShortcutKeyService: keys of the desktop that do something in a gadget (desktop.md §17). */
"use strict";

((finesse) => {
  const TOPIC = "finext.shortcuts";
  const HELD = { ctrl: "Ctrl", control: "Ctrl", alt: "Alt", shift: "Shift" };
  const ORDER = ["Ctrl", "Alt", "Shift"];

  /** As gadgets name them; what they do not name is Ctrl and Shift. */
  const MODIFIER_KEYS = Object.freeze({
    CTRL_SHIFT: "ctrlKey+shiftKey", ALT_SHIFT: "altKey+shiftKey", CTRL_ALT: "ctrlKey+altKey",
    CTRL: "ctrlKey", SHIFT: "shiftKey", ALT: "altKey",
  });
  /** Where the gadget must be for its key to do something: on the tab that is shown, or what the keys are typed into. */
  const EXECUTION_SCOPE = Object.freeze({ ACTIVE_TAB: "activeTab", ACTIVE_FRAME: "activeFrame" });

  const registered = new Map();
  let heard = "";

  const hub = () => window.gadgets.Hub;
  const gadget = () => finesse.containerservices.ContainerServices.getMyGadgetId();

  const accessKey = ({ key, modifierKeys }) => {
    const given = modifierKeys?.length ? modifierKeys : MODIFIER_KEYS.CTRL_SHIFT;
    const words = [].concat(given).flatMap((some) => String(some).toLowerCase().split(/[^a-z]+/));
    const held = new Set(words.map((word) => HELD[word.replace(/key$/, "")]));
    return [...ORDER.filter((name) => held.has(name)), String(key).toUpperCase()].join("+");
  };

  /** Tell the page all of them; it says which of them somebody has pressed, and which it knows from others. */
  const tell = () => {
    const keys = [...registered.values()].map((one) => ({
      id: one.id,
      label: [one.componentName, one.actionName].filter(Boolean).join(": "),
      keys: one.accessKey,
    }));
    hub().publish(TOPIC, { gadgetId: gadget(), topic: `${TOPIC}.${gadget()}`, keys });
  };

  /** A frame on a tab that is not shown has no size. */
  const isInScope = (scope) =>
    scope === EXECUTION_SCOPE.ACTIVE_TAB ? window.innerWidth > 0 : scope !== EXECUTION_SCOPE.ACTIVE_FRAME || document.hasFocus();

  const told = (_topic, said) => {
    for (const id of said?.conflicts ?? []) {
      if (registered.has(id)) {
        registered.get(id).conflict = true;
      }
    }
    const pressed = registered.get(said?.id);
    if (pressed && isInScope(pressed.executionScope)) {
      pressed.handler(said);
    }
  };

  const ShortcutKeyService = {
    CONSTANTS: Object.freeze({ MODIFIER_KEYS, EXECUTION_SCOPE }),

    /** Hear the page; once is enough. */
    init() {
      if (!heard) {
        heard = hub().subscribe(`${TOPIC}.${gadget()}`, told);
      }
      return ShortcutKeyService;
    },

    /** `[{id, componentName, actionName, key, modifierKeys, executionScope, handler}]`; the handler may be called `callback`. */
    registerShortcutKey(keys) {
      for (const given of [].concat(keys)) {
        const one = { ...given, handler: given?.handler ?? given?.callback };
        if (!one.id || !/^[a-z0-9]$/i.test(one.key ?? "") || typeof one.handler !== "function") {
          throw new Error("A shortcut has an id, a key that is a letter or a digit, and a handler.");
        }
        const made = { type: "gadget", executionScope: "global", isPageLevel: false, conflict: false, ...one };
        registered.set(one.id, { ...made, accessKey: accessKey(one) });
      }
      ShortcutKeyService.init();
      tell();
    },

    /** What this gadget has registered. */
    getShortcutKeys: () => [...registered.values()].map((one) => ({ ...one })),
  };

  finesse.shortcutkey.ShortcutKeyService = ShortcutKeyService;
})(window.finesse);

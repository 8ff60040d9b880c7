/* finesse.shortcutkey.ShortcutKeyService: keys of the desktop that do something in a gadget (desktop.md §17). */
"use strict";

((finesse) => {
  const TOPIC = "finext.shortcuts";
  const HELD = { ctrl: "Ctrl", control: "Ctrl", alt: "Alt", shift: "Shift" };
  const ORDER = ["Ctrl", "Alt", "Shift"];

  const registered = new Map();
  let heard = "";

  const hub = () => window.gadgets.Hub;
  const gadget = () => finesse.containerservices.ContainerServices.getMyGadgetId();

  const accessKey = ({ key, modifierKeys }) => {
    const words = [].concat(modifierKeys ?? []).flatMap((some) => String(some).toLowerCase().split(/[^a-z]+/));
    const held = new Set(words.map((word) => HELD[word]));
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

  const told = (_topic, said) => {
    for (const id of said?.conflicts ?? []) {
      if (registered.has(id)) {
        registered.get(id).conflict = true;
      }
    }
    registered.get(said?.id)?.handler(said);
  };

  const ShortcutKeyService = {
    /** Hear the page; once is enough. */
    init() {
      if (!heard) {
        heard = hub().subscribe(`${TOPIC}.${gadget()}`, told);
      }
      return ShortcutKeyService;
    },

    /** `[{id, componentName, actionName, key, modifierKeys, handler}]`; modifier keys are such as `ctrl+alt`. */
    registerShortcutKey(keys) {
      for (const one of [].concat(keys)) {
        if (!one?.id || !/^[a-z0-9]$/i.test(one.key ?? "") || typeof one.handler !== "function") {
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

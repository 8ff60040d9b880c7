/**
 * Keys that gadgets ask for (`finesse.shortcutkey.ShortcutKeyService`): they are the desktop's like all others, and the
 * gadget hears when somebody presses them. How the vendor's library tells its page is not public; this is ours.
 *
 * Spec: `desktop.md` §17.
 */
import { SHORTCUTS } from "./topics.js";

/** @typedef {import("./hub.js").DesktopHub} DesktopHub */
/** @typedef {import("../core/shortcuts.js").Shortcuts} Shortcuts */

/** So many shortcuts has a gadget, and so many characters has a label. */
export const MAX_SHORTCUTS = 32;
export const MAX_LABEL = 100;

const KEYS = /^(Ctrl\+)?(Alt\+)?(Shift\+)?[A-Z0-9]$/;

/** Takes what gadgets ask for. */
export class GadgetShortcuts {
  #hub;
  #shortcuts;
  #signal;
  /** @type {Map<string, Set<string>>} By the gadget's topic: the ids of its shortcuts here. */
  #ids = new Map();

  /**
   * @param {DesktopHub} hub
   * @param {Shortcuts} shortcuts
   * @param {AbortSignal} signal
   */
  constructor(hub, shortcuts, signal) {
    this.#hub = hub;
    this.#shortcuts = shortcuts;
    this.#signal = signal;
    hub.subscribe(SHORTCUTS, (data) => this.#said(data), signal);
  }

  /** @param {any} told */
  #said(told) {
    const { gadgetId, topic, keys } = told ?? {};
    if (topic !== `${SHORTCUTS}.${gadgetId}` || !Array.isArray(keys) || keys.length > MAX_SHORTCUTS) {
      return;
    }
    for (const id of this.#ids.get(topic) ?? []) {
      this.#shortcuts.remove(id);
    }
    const ids = new Set();
    const own = new Map();
    for (const one of keys) {
      const name = String(one?.id ?? "");
      // A letter without Ctrl or Alt is what people type.
      if (name && KEYS.test(one?.keys ?? "") && /Ctrl|Alt/.test(one.keys)) {
        const id = `gadget ${gadgetId} ${name}`;
        ids.add(id);
        own.set(id, name);
        const label = String(one.label || name).slice(0, MAX_LABEL);
        const run = () => this.#hub.publish(topic, { id: name });
        this.#shortcuts.add({ id, label, keys: one.keys, run, signal: this.#signal });
      }
    }
    this.#ids.set(topic, ids);
    const conflicts = this.#shortcuts.list.filter(({ id, isDisabled }) => isDisabled && own.has(id)).map(({ id }) => own.get(id));
    if (conflicts.length > 0) {
      this.#hub.publish(topic, { conflicts });
    }
  }
}

/**
 * Keys that do something wherever one is on the page. Two things on the same keys: neither is done, and somebody is told.
 *
 * Touches no DOM; runs under node. Spec: desktop.md §17.
 */

/**
 * @typedef {object} Shortcut
 * @property {string} id What asks for it; asking again with the same id takes its own place.
 * @property {string} label What it does, for people to read.
 * @property {string} keys Such as `Ctrl+Alt+R`; Ctrl, Alt and Shift in that order, then a letter or a digit.
 * @property {(event?: KeyboardEvent) => void} run
 * @property {AbortSignal} [signal] Ends it.
 */

/** @typedef {{ id: string, label: string, keys: string, isDisabled: boolean }} Listed */

/** @typedef {Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "shiftKey" | "metaKey"> & Partial<KeyboardEvent>} Pressed */

/**
 * @param {string} keys
 * @returns {string} The same keys, always written the same way.
 */
export function normal(keys) {
  const parts = keys.split("+").map((part) => part.trim().toLowerCase());
  const key = parts.pop() ?? "";
  const held = [["ctrl", "Ctrl"], ["alt", "Alt"], ["shift", "Shift"]].filter(([name = ""]) => parts.includes(name));
  return [...held.map(([, name]) => name), key.length === 1 ? key.toUpperCase() : key].join("+");
}

/** All that there are. Fires `change` when the list has changed, and `collision` with `keys` and `labels` of those it is about. */
export class Shortcuts extends EventTarget {
  /** @type {Map<string, Shortcut & { keys: string }>} */
  #all = new Map();
  /** Which letter is where on this keyboard, as far as somebody has typed it. @type {Map<string, string>} */
  #letters = new Map();

  /** The layout may switch all of them off (`enableShortCutKeys`). */
  isOn = true;

  /**
   * Have keys do something.
   *
   * @param {Shortcut} shortcut
   */
  add(shortcut) {
    const { id, signal } = shortcut;
    if (signal?.aborted) {
      return;
    }
    const added = { ...shortcut, keys: normal(shortcut.keys) };
    this.#all.set(id, added);
    signal?.addEventListener(
      "abort",
      () => {
        if (this.#all.get(id) === added) {
          this.remove(id);
        }
      },
      { once: true },
    );
    const rivals = this.#on(added.keys);
    if (rivals.length > 1) {
      const labels = rivals.map(({ label }) => label);
      this.dispatchEvent(Object.assign(new Event("collision"), { keys: added.keys, labels }));
    }
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} id */
  remove(id) {
    if (this.#all.delete(id)) {
      this.dispatchEvent(new Event("change"));
    }
  }

  /** @returns {Listed[]} In the order in which they came. */
  get list() {
    return [...this.#all.values()].map(({ id, label, keys }) => ({
      id,
      label,
      keys,
      isDisabled: this.#on(keys).length > 1,
    }));
  }

  /**
   * A key is pressed.
   *
   * @param {Pressed} event
   * @returns {boolean} Whether it has done something.
   */
  handle(event) {
    const key = this.#key(event);
    if (!event.ctrlKey && !event.altKey) {
      if (/^[A-Z]$/.test(key) && event.code) {
        this.#letters.set(event.code, key);
      }
      return false;
    }
    // AltGr types a character on many keyboards (AltGr+E is €): it is no Ctrl+Alt.
    if (!this.isOn || event.metaKey || event.getModifierState?.("AltGraph") || event.repeat) {
      return false;
    }
    const held = [event.ctrlKey && "Ctrl", event.altKey && "Alt", event.shiftKey && "Shift"].filter(Boolean);
    const found = this.#on([...held, key].join("+"));
    const [one] = found;
    if (found.length !== 1 || !one) {
      return false;
    }
    event.preventDefault?.();
    one.run(/** @type {KeyboardEvent} */ (event));
    return true;
  }

  /**
   * Hear the keys of a page; of a gadget's too, where its document can be reached.
   *
   * @param {EventTarget} target
   * @param {AbortSignal} [signal]
   */
  listen(target, signal) {
    const heard = (/** @type {Event} */ event) => this.handle(/** @type {KeyboardEvent} */ (event));
    target.addEventListener("keydown", heard, signal ? { signal } : {});
  }

  /** @param {string} keys */
  #on(keys) {
    return [...this.#all.values()].filter((one) => one.keys === keys);
  }

  /**
   * What the key is called on this keyboard: with Alt, some keyboards make another character of it.
   *
   * @param {Pressed} event
   */
  #key({ key, code }) {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(code);
    if (digit) {
      return digit[1] ?? "";
    }
    if (/^[a-z]$/i.test(key)) {
      return key.toUpperCase();
    }
    return this.#letters.get(code) ?? /^Key([A-Z])$/.exec(code)?.[1] ?? key.toLowerCase();
  }
}

/* minimessage: short messages at the top of a gadget (OpenSocial Core Gadget Specification 2.0, gadgets.MiniMessage). */
"use strict";

gadgets.MiniMessage = gadgets.MiniMessage || class MiniMessage {
  #container;

  constructor(_moduleId, container) {
    this.#container = container ?? Object.assign(document.createElement("div"), { className: "mmlib_table" });
    if (!container) {
      gadgets.util.registerOnLoadHandler(() => document.body.prepend(this.#container));
    }
  }

  #show(message, isDismissable, callback) {
    const shown = document.createElement("div");
    shown.className = "mmlib_xlink";
    shown.setAttribute("role", "status");
    shown.append(message);
    if (isDismissable) {
      const close = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      close.setAttribute("aria-label", "Close");
      close.addEventListener("click", () => {
        if (callback?.() !== false) {
          this.dismissMessage(shown);
        }
      });
      shown.append(" ", close);
    }
    this.#container.append(shown);
    return shown;
  }

  /** A text, or an element; stays until somebody closes it. */
  createDismissibleMessage(message, callback) {
    return this.#show(message, true, callback);
  }

  /** For some seconds. */
  createTimerMessage(message, seconds, callback) {
    const shown = this.#show(message, false);
    setTimeout(() => {
      this.dismissMessage(shown);
      callback?.();
    }, seconds * 1000);
    return shown;
  }

  /** Until the gadget takes it away. */
  createStaticMessage(message) {
    return this.#show(message, false);
  }

  dismissMessage(shown) {
    shown.remove();
  }
};

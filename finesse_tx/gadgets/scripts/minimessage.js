/* minimessage: short messages at the top of a gadget (OpenSocial Core Gadget Specification 2.0, gadgets.MiniMessage). */
"use strict";

gadgets.MiniMessage = gadgets.MiniMessage || class MiniMessage {
  static #isDressed = false;
  #container;

  constructor(_moduleId, container) {
    MiniMessage.#dress();
    this.#container = container ?? document.createElement("div");
    if (!container && document.body) {
      document.body.prepend(this.#container);
    } else if (!container) {
      gadgets.util.registerOnLoadHandler(() => document.body.prepend(this.#container));
    }
  }

  /** Before any style of the gadget's, which therefore wins. */
  static #dress() {
    if (!MiniMessage.#isDressed) {
      MiniMessage.#isDressed = true;
      const textContent = ".mmlib_table { display: table; margin: 2px auto; padding: 2px 6px; background: #ffeac0; color: #222; font-weight: bold; }";
      document.head.prepend(Object.assign(document.createElement("style"), { textContent }));
    }
  }

  #show(message, isDismissable, callback) {
    const shown = document.createElement("div");
    shown.className = "mmlib_table";
    shown.setAttribute("role", "status");
    if (message instanceof Element && message.isConnected) {
      // It is shown where the gadget has it, and the gadget's own stays as it was.
      shown.append(...message.cloneNode(true).childNodes);
      message.style.display = "none";
      message.after(shown);
    } else {
      shown.append(message);
      this.#container.append(shown);
    }
    if (isDismissable) {
      const close = Object.assign(document.createElement("button"), { type: "button", className: "mmlib_xlink", textContent: "×" });
      close.setAttribute("aria-label", "Close");
      close.addEventListener("click", () => this.#dismiss(shown, callback));
      shown.append(" ", close);
    }
    return shown;
  }

  /** Unless the gadget says no. */
  #dismiss(shown, callback) {
    if (callback?.() !== false) {
      this.dismissMessage(shown);
    }
  }

  /** A text, or an element; stays until somebody closes it. */
  createDismissibleMessage(message, callback) {
    return this.#show(message, true, callback);
  }

  /** For some seconds. */
  createTimerMessage(message, seconds, callback) {
    const shown = this.#show(message, false);
    setTimeout(() => this.#dismiss(shown, callback), seconds * 1000);
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

var _IG_MiniMessage = gadgets.MiniMessage;

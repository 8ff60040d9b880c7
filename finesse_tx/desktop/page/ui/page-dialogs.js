/**
 * What gadgets have the page show: a dialog, and one banner for certificates that a browser does not accept.
 *
 * Spec: `desktop.md` §6, §8.2.
 */
import { say } from "../../../browser/core/text.js";
import { fill, freshId, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** So many gadgets can have asked for the banner. */
const MAX_ASKERS = 100;

export class PageDialogs extends LiveElement {
  /** The name of the desktop, where a dialog has no title. */
  name = "";

  /** @type {HTMLDialogElement | null} */
  #dialog = null;
  /** @type {Map<string, unknown>} By what the gadget got: what it wants called when somebody closes the banner. */
  #askers = new Map();
  #banner = h("div", { class: "notice warning certificate-banner", role: "alert", hidden: true });

  start() {
    fill(this, this.#banner);
    this.signal.addEventListener("abort", () => this.hideDialog());
  }

  /**
   * Show a dialog; another one that is there goes.
   *
   * @param {{ title?: unknown, message?: unknown, close?: unknown, isBlocking?: unknown }} options A `title` of false is none.
   * @returns {HTMLDialogElement}
   */
  showDialog({ title, message, close, isBlocking }) {
    this.hideDialog();
    const titleId = freshId("dialog");
    const textId = freshId("dialog");
    const dialog = h(
      "dialog",
      { class: "page-dialog", "aria-labelledby": title === false ? null : titleId, "aria-describedby": textId },
      title !== false && h("h2", { id: titleId }, String(title ?? this.name)),
      h("p", { id: textId }, String(message ?? say("gadgets.genericError"))),
      h("button", { type: "button", class: "primary", onclick: () => dialog.close() }, say("gadgets.ok")),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (this.#dialog === dialog) {
        this.#dialog = null;
      }
      called(close);
    });
    this.append(dialog);
    this.#dialog = dialog;
    if (isBlocking) {
      dialog.showModal();
    } else {
      dialog.show();
    }
    return dialog;
  }

  hideDialog() {
    this.#dialog?.close();
  }

  /**
   * @param {unknown} closed Called when somebody closes the banner.
   * @returns {string} For `hideBanner`.
   */
  showBanner(closed) {
    const id = freshId("banner");
    if (this.#askers.size < MAX_ASKERS) {
      this.#askers.set(id, closed);
    }
    fill(
      this.#banner,
      h("p", {}, say("gadgets.certificates")),
      h("button", { type: "button", class: "quiet", onclick: () => this.#closed() }, say("gadgets.dismiss")),
    );
    this.#banner.hidden = false;
    return id;
  }

  /** @param {string} id The banner goes when all that asked for it have withdrawn. */
  hideBanner(id) {
    this.#askers.delete(id);
    this.#banner.hidden = this.#askers.size === 0;
  }

  #closed() {
    const told = [...this.#askers.values()];
    this.#askers.clear();
    this.#banner.hidden = true;
    told.forEach(called);
  }
}

/** @param {unknown} callback Of a gadget's; what it throws is its own affair. */
function called(callback) {
  if (typeof callback === "function") {
    try {
      callback();
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
  }
}

customElements.define("page-dialogs", PageDialogs);

/** `<desk-logo>`: the mark, and what the layout calls the desktop (`title`, `logo`). Spec: desktop.md §10.4, §10.5. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

const MARK = new URL("../../../browser/icon.svg", import.meta.url).href;

/**
 * The picture; what it stands for is written beside it.
 *
 * @param {string} [src] Somebody's own.
 */
export function logoMark(src = MARK) {
  return h("img", { class: "logo-mark", src, alt: "", height: 40 });
}

export class DeskLogo extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  async start() {
    this.#show("", "");
    const { signal } = this;
    try {
      const { title = "", logo = "" } = await this.desk.config("Settings");
      if (!signal.aborted) {
        this.#show(title, logo);
      }
    } catch {
      // then it is ours
    }
  }

  /**
   * @param {string} title
   * @param {string} logo
   */
  #show(title, logo) {
    const mark = logoMark(logo || MARK);
    mark.addEventListener("error", () => (mark.src = MARK), { once: true });
    fill(this, mark, h("span", { class: "title" }, title || say("sign.product")));
  }
}

customElements.define("desk-logo", DeskLogo);

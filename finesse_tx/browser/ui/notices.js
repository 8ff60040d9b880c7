/**
 * `<page-notices>`: what has happened, said once, to eyes and to screen readers.
 */
import { h } from "./element.js";
import { LiveElement } from "./live-element.js";

const SHOWN_MS = 6000;

export class PageNotices extends LiveElement {
  start() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
  }

  /**
   * Say something, for a few seconds; what went wrong stays until it is closed.
   *
   * @param {string} text
   * @param {"good" | "bad"} [kind]
   */
  say(text, kind = "good") {
    const notice = h("div", { class: `notice ${kind}` }, h("span", {}, text));
    const close = () => notice.remove();
    notice.append(
      h("button", { class: "quiet", type: "button", "aria-label": "Close", onclick: close }, "×"),
    );
    this.append(notice);
    while (this.childElementCount > 3) {
      this.firstElementChild?.remove();
    }
    if (kind === "good") {
      setTimeout(close, SHOWN_MS);
    }
  }
}

customElements.define("page-notices", PageNotices);

/**
 * Say something on whatever page there is.
 *
 * @param {string} text
 * @param {"good" | "bad"} [kind]
 */
export function announce(text, kind = "good") {
  const notices = document.querySelector("page-notices");
  if (notices instanceof PageNotices) {
    notices.say(text, kind);
  }
}

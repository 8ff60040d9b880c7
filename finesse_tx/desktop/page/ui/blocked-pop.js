/** `<blocked-pop>`: a page that a workflow wanted to open, and the browser did not: a link to it, until it is opened or closed. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** How many are offered at once; of more, the newest. */
const MOST = 3;

export class BlockedPop extends LiveElement {
  #list = h("ul", {});

  start() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("team.pop.label"));
    this.hidden = this.#list.childElementCount === 0;
    fill(this, this.#list);
  }

  /**
   * Offer a page.
   *
   * @param {string} url Of the web.
   */
  offer(url) {
    const close = () => {
      item.remove();
      this.hidden = this.#list.childElementCount === 0;
    };
    const item = h(
      "li",
      { class: "notice warning" },
      h("span", {}, say("team.pop.blocked"), " "),
      h("a", { href: url, target: "_blank", rel: "noopener", onclick: close }, say("team.pop.open", { host: new URL(url).host })),
      h("button", { type: "button", class: "quiet", "aria-label": say("team.pop.close"), onclick: close }, "×"),
    );
    this.#list.append(item);
    while (this.#list.childElementCount > MOST) {
      this.#list.firstElementChild?.remove();
    }
    this.hidden = false;
  }
}

customElements.define("blocked-pop", BlockedPop);

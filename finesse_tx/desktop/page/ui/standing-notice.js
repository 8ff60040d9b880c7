/** `<standing-notice>`: which gadgets may be why the desktop had stopped responding; each can be left out. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../container/standstill.js").Suspect} Suspect */

export class StandingNotice extends LiveElement {
  /** @type {Suspect[]} */
  suspects = [];

  /** @type {(place: string) => void} */
  leaveOut = () => {};

  start() {
    this.setAttribute("role", "region");
    this.setAttribute("aria-label", say("gadgets.stoodLabel"));
    this.className = "notice warning";
    const choices = this.suspects.map(({ place, title }) => this.#choice(place, title));
    const close = h("button", { type: "button", class: "quiet", "aria-label": say("gadgets.dismiss"), onclick: () => this.remove() }, "×");
    fill(this, h("p", {}, say("gadgets.stood")), choices, close);
  }

  /**
   * @param {string} place
   * @param {string} title
   */
  #choice(place, title) {
    const leave = () => {
      this.leaveOut(place);
      this.remove();
    };
    return h("button", { type: "button", onclick: leave }, say("gadgets.leaveOut", { title }));
  }
}

customElements.define("standing-notice", StandingNotice);

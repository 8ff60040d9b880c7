/** `<desk-shell>`: the frame around all that an agent sees: a header, the banner, the content, and what is said aloud. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { ConnectionBanner } from "./connection-banner.js";
import { MonitorBanner } from "./monitor-banner.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

/** A live region must be there, and empty, before it speaks. */
const SPEAK_MS = 100;

export class DeskShell extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** Where the layout's header goes. */
  header = h("div", { class: "columns" });

  /** Where everything else goes. */
  main = h("main", { id: "main", tabindex: "-1" });

  #polite = h("div", { class: "visually-hidden", "aria-live": "polite" });
  #assertive = h("div", { class: "visually-hidden", "aria-live": "assertive" });

  start() {
    const { desk, main } = this;
    const skip = (/** @type {Event} */ event) => {
      event.preventDefault();
      main.focus();
    };
    desk.announce = (text, { assertive = false } = {}) => this.#announce(assertive ? this.#assertive : this.#polite, text);
    const banner = new ConnectionBanner();
    banner.desk = desk;
    const monitor = new MonitorBanner();
    monitor.desk = desk;
    fill(
      this,
      h("a", { class: "skip", href: "#main", onclick: skip }, say("shell.skip")),
      h("header", {}, h("h1", { class: "visually-hidden" }, say("shell.title")), this.header),
      banner,
      desk.isSupervisor && monitor,
      main,
      this.#polite,
      this.#assertive,
    );
    const follow = () => {
      this.dataset["status"] = desk.status; // for styles: what needs the server looks so
    };
    desk.addEventListener("status", follow, { signal: this.signal });
    follow();
    document.title = say("shell.title");
  }

  /**
   * @param {HTMLElement} region
   * @param {string} text
   */
  #announce(region, text) {
    const line = h("p", {});
    region.append(line);
    while (region.childElementCount > 3) {
      region.firstElementChild?.remove();
    }
    setTimeout(() => {
      line.textContent = text;
    }, SPEAK_MS);
  }
}

customElements.define("desk-shell", DeskShell);

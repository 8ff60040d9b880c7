/** `<console-shell>`: who is signed in, what there is to configure, and the page that was chosen. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { GROUPS, PAGES } from "../pages.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */

export class ConsoleShell extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  /** Who is signed in, for people to read. */
  person = "";

  /** @type {() => Promise<void>} */
  signOut = async () => {};

  #main = h("main", { id: "main", tabindex: "-1" });
  #menu = h("nav", { id: "menu", "aria-label": say("shell.menu") });

  start() {
    const open = h(
      "button",
      {
        class: "menu-button",
        type: "button",
        "aria-expanded": "false",
        "aria-controls": "menu",
        onclick: () => open.setAttribute("aria-expanded", String(this.classList.toggle("has-menu"))),
      },
      say("shell.menu"),
    );
    fill(
      this,
      h("a", { class: "skip", href: "#main", onclick: (/** @type {Event} */ event) => this.#skip(event) }, say("shell.skip")),
      h(
        "header",
        {},
        open,
        h("span", { class: "brand" }, say("shell.brand")),
        h("span", { class: "person" }, this.person),
        h("button", { type: "button", onclick: () => this.signOut() }, say("shell.signOut")),
      ),
      this.#menu,
      this.#main,
    );
    window.addEventListener("hashchange", () => this.#show(true), { signal: this.signal });
    this.#show(false);
  }

  /** @param {Event} event */
  #skip(event) {
    event.preventDefault();
    this.#main.focus();
  }

  /** @param {boolean} isChosen Whether somebody has just chosen the page. */
  async #show(isChosen) {
    const [wanted, about = ""] = location.hash.slice(2).split("/").map(decodeURIComponent);
    const page = PAGES.find(({ key }) => key === wanted) ?? PAGES[0];
    if (!page) {
      return;
    }
    fill(
      this.#menu,
      GROUPS.map((group) => [
        h("h2", {}, say(`group.${group}`)),
        h(
          "ul",
          {},
          PAGES.filter((one) => one.group === group).map((one) =>
            h(
              "li",
              {},
              h(
                "a",
                { href: `#/${one.key}`, "aria-current": one === page ? "page" : false },
                say(`page.${one.key}`),
              ),
            ),
          ),
        ),
      ]),
    );
    this.classList.remove("has-menu");
    this.querySelector(".menu-button")?.setAttribute("aria-expanded", "false");
    document.title = `${say(`page.${page.key}`)} – ${say("shell.brand")}`;
    const address = location.hash;
    const shown = await page.make(this.rest, about);
    if (location.hash !== address) {
      return; // somebody has chosen another meanwhile
    }
    fill(this.#main, shown);
    if (isChosen) {
      this.#main.scrollTop = 0;
      this.#main.focus();
    }
  }
}

customElements.define("console-shell", ConsoleShell);

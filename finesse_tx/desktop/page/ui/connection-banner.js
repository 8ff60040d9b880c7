/** `<connection-banner>`: says quietly that the connection is away or back, and what to do when another window has it. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

/** What is back before this is not worth a word. */
const QUIET_MS = 1_500;

/** How long it is told that everything is well again. */
const GOOD_MS = 4_000;

export class ConnectionBanner extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  start() {
    const { desk, signal } = this;
    this.hidden = true;
    this.setAttribute("role", "status");
    desk.addEventListener("status", (event) => this.#follow(/** @type {CustomEvent} */ (event).detail.status), { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** @param {string} status */
  #follow(status) {
    clearTimeout(this.#timer);
    if (status === "failing") {
      this.#timer = setTimeout(() => this.#tell("bad", this.#trouble), QUIET_MS);
    } else if (status === "recovered") {
      if (!this.hidden) {
        this.#tell("good", say("shell.recovered"));
        this.#timer = setTimeout(() => this.#hide(), GOOD_MS);
      }
    } else if (status === "conflict") {
      this.#conflict();
    } else {
      this.#hide();
    }
  }

  /** What is wrong, and what it means for a call. */
  get #trouble() {
    const text = say(this.desk.isInService ? "shell.failing" : "shell.outOfService");
    return this.desk.calls.size > 0 ? `${text} ${say("shell.callGoesOn")}` : text;
  }

  #hide() {
    this.hidden = true;
    fill(this);
  }

  /**
   * @param {"good" | "bad"} kind
   * @param {string} text
   */
  #tell(kind, text) {
    this.className = kind;
    this.hidden = false;
    fill(this, h("p", {}, text));
  }

  /** Nothing can be done here any more; it is said over everything. */
  #conflict() {
    this.#hide();
    const dialog = h("dialog", { class: "conflict", "aria-label": say("shell.conflict") });
    const take = () => {
      dialog.close();
      this.desk.takeOver();
    };
    fill(
      dialog,
      h("p", {}, say("shell.conflict")),
      h("button", { class: "primary", type: "button", onclick: take }, say("shell.useHere")),
    );
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("close", () => dialog.remove());
    this.className = "";
    this.hidden = false;
    this.append(dialog);
    dialog.showModal();
  }
}

customElements.define("connection-banner", ConnectionBanner);

/** What is said of a gadget while it is not there: that it is being loaded, is late, or has failed, with a way to try again. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";

/** After so long the indicator of one that has none of its own goes. */
const INDICATOR_S = 10;

/** The longest that a gadget may have it turn. */
const LONGEST_S = 120;

export class GadgetStatus {
  notice = h("div", { class: "gadget-notice", hidden: true });
  loading = h("div", { class: "gadget-loading" }, h("span", { class: "spinner" }), h("span", {}));

  /** Whether something turns over it. */
  isLoading = true;

  #box;
  #name;
  #again;
  #timer = 0;

  /**
   * @param {HTMLElement} box The gadget's.
   * @param {() => string} name What it is called.
   * @param {() => void} again Tries again.
   */
  constructor(box, name, again) {
    this.#box = box;
    this.#name = name;
    this.#again = again;
  }

  /**
   * @param {boolean} isLoading
   * @param {number} [seconds] After which nobody waits any more.
   */
  load(isLoading, seconds = INDICATOR_S) {
    clearTimeout(this.#timer);
    this.isLoading = isLoading;
    this.loading.hidden = !isLoading;
    this.loading.lastElementChild?.replaceChildren(say("gadgets.loading"));
    this.#box.setAttribute("aria-busy", String(isLoading));
    if (isLoading) {
      this.#timer = window.setTimeout(() => this.load(false), Math.min(Math.max(seconds, 1), LONGEST_S) * 1000);
    }
  }

  /** Nothing runs on. */
  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {"" | "error" | "warning"} kind Nothing: there is nothing to say.
   * @param {string} [text]
   * @param {string} [key] What has become of it.
   */
  tell(kind, text = "", key = kind === "error" ? "gadgets.failed" : "gadgets.slow") {
    const { notice } = this;
    notice.hidden = !kind;
    this.#box.classList.toggle("has-failed", kind === "error");
    notice.className = `gadget-notice notice ${kind === "error" ? "bad" : "warning"}`;
    notice.setAttribute("role", kind ? "alert" : "none");
    fill(
      notice,
      kind && [
        h("p", {}, h("strong", {}, say(key, { title: this.#name() })), " ", sentence(text)),
        h("button", { type: "button", onclick: () => this.#again() }, say("gadgets.retry")),
      ],
    );
  }
}

/** @param {string} text As it is said after a colon. @returns {string} As it stands by itself. */
function sentence(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

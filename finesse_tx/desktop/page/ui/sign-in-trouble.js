/** `<sign-in-trouble>`: why nobody is signed in, what the help desk wants to know of it, and when it is tried again by itself. */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { timerText } from "../core/agent-states.js";

const SECOND_MS = 1000;

export class SignInTrouble extends LiveElement {
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #ticking;
  #text = h("p", { role: "alert" });
  #more = h("div", { class: "more" });

  start() {
    this.signal.addEventListener("abort", () => this.stop(), { once: true });
    if (!this.#text.textContent) {
      this.clear();
    }
    fill(this, this.#text, this.#more);
  }

  /** Nothing is wrong, as far as anybody knows. */
  clear() {
    this.stop();
    this.hidden = true;
    this.#text.textContent = "";
  }

  /**
   * Say what is wrong.
   *
   * @param {string} text
   * @param {string} [details]
   */
  show(text, details = "") {
    this.stop();
    this.className = "notice bad";
    this.hidden = false;
    this.#text.textContent = text;
    fill(
      this.#more,
      details && h("details", {}, h("summary", {}, say("sign.details")), h("code", { dir: "ltr" }, details)),
    );
  }

  /**
   * Count down, and do it again.
   *
   * @param {number} seconds
   * @param {string} label Which try it will be.
   * @param {() => void} again
   * @param {() => void} given_up Somebody wants no more of it.
   */
  retry(seconds, label, again, given_up) {
    const end = Date.now() + seconds * SECOND_MS;
    const left = h("span", { class: "left", role: "timer" });
    const count = () => {
      const ms = end - Date.now();
      left.textContent = timerText(Math.ceil(ms / SECOND_MS) * SECOND_MS);
      if (ms <= 0) {
        this.stop();
        again();
      }
    };
    const cancel = () => {
      this.stop();
      given_up();
    };
    const line = h(
      "div",
      { class: "retry" },
      h("span", {}, label),
      left,
      h("button", { type: "button", onclick: cancel }, say("sign.cancel")),
    );
    this.#more.prepend(line);
    this.#ticking = setInterval(count, SECOND_MS);
    count();
  }

  /**
   * Show a way round it.
   *
   * @param {string} href
   * @param {string} label
   */
  offer(href, label) {
    this.#more.querySelector(".other")?.remove();
    this.#more.prepend(h("a", { class: "other button", href }, label));
  }

  /** Nobody waits for another try. */
  stop() {
    clearInterval(this.#ticking);
    this.#more.querySelector(".retry")?.remove();
  }
}

customElements.define("sign-in-trouble", SignInTrouble);

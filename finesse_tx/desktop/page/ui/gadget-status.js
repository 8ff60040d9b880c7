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

  /** The first error of its scripts. */
  error = "";

  #box;
  #log;
  #name;
  #again;
  #timer = 0;

  /**
   * @param {HTMLElement} box The gadget's.
   * @param {() => string} name What it is called.
   * @param {() => void} again Tries again.
   * @param {(line: string) => void} log
   */
  constructor(box, name, again, log) {
    this.#box = box;
    this.#log = log;
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

  /** It begins. */
  begin() {
    this.error = "";
    this.load(true);
  }

  /** It is on the hub. */
  there() {
    if (!this.error) {
      this.tell("");
    }
    if (this.isLoading) {
      this.load(false);
    }
  }

  /**
   * @param {string} text
   * @param {boolean} isDead Whether it cannot have begun because of this.
   */
  threw(text, isDead) {
    this.error ||= text.slice(0, 500);
    this.#log(text);
    if (isDead) {
      this.tell("warning", say("gadgets.threw", { error: this.error }), "gadgets.broken");
    }
  }

  /** It does not come. */
  late() {
    this.load(false);
    this.tell("warning", this.error ? say("gadgets.threw", { error: this.error }) : say("gadgets.late"));
  }

  /** @param {string} reason Why the server does not render it. */
  refused(reason) {
    this.load(false);
    this.tell("error", reason || say("gadgets.noAnswer"));
  }

  /** @param {boolean} isAwake Whether it answers. */
  awake(isAwake) {
    this.#log(isAwake ? "answers again" : "does not answer");
    this.tell(isAwake ? "" : "warning", say("gadgets.busy"));
  }

  /** @param {number} seconds For which nothing else could be done. */
  stalled(seconds) {
    this.#log(`kept the page busy for ${seconds} s`);
    this.tell("warning", say("gadgets.stalled", { seconds }), "gadgets.isSlow");
  }

  /** @param {number} height In pixels, at which it is held. */
  grows(height) {
    this.#log(`grows without end, and is held at ${height} pixels`);
    this.tell("warning", say("gadgets.held"), "gadgets.grows");
  }

  /** It asked for too much, and is not there any more. */
  ended() {
    this.#log("goes on calling the page, and is ended");
    this.load(false);
    this.tell("error", say("gadgets.tooMuch"), "gadgets.ended");
  }

  /** It is not loaded, since the page stood still with it. */
  leftOut() {
    this.#log("is left out");
    this.load(false);
    this.tell("warning", say("gadgets.leftOut"), "gadgets.isLeftOut", "gadgets.loadIt");
    this.#box.classList.add("has-failed");
  }

  /** Nothing runs on. */
  stop() {
    clearTimeout(this.#timer);
  }

  /**
   * @param {"" | "error" | "warning"} kind Nothing: there is nothing to say.
   * @param {string} [text]
   * @param {string} [key] What has become of it.
   * @param {string} [again] What the button says.
   */
  tell(kind, text = "", key = kind === "error" ? "gadgets.failed" : "gadgets.slow", again = "gadgets.retry") {
    const { notice } = this;
    notice.hidden = !kind;
    this.#box.classList.toggle("has-failed", kind === "error");
    notice.className = `gadget-notice notice ${kind === "error" ? "bad" : "warning"}`;
    notice.setAttribute("role", kind ? "alert" : "none");
    fill(
      notice,
      kind && [
        h("p", {}, h("strong", {}, say(key, { title: this.#name() })), " ", sentence(text)),
        h("button", { type: "button", onclick: () => this.#again() }, say(again)),
      ],
    );
  }
}

/** @param {string} text As it is said after a colon. @returns {string} As it stands by itself. */
function sentence(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

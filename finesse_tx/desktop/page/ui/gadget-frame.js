/**
 * `<gadget-frame>`: a gadget in its box, with a title bar, and what to say while it is not there.
 *
 * Whatever a gadget does, it does to its own box: one that fails says so here, with a way to try again.
 *
 * Spec: `desktop.md` §8.3; `gadgets.md` §9.9, §10.3, §11.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { FrameHeight } from "../container/frame-height.js";
import { fileName, FIRST_HEIGHT, firstHeight, isLargeView, lookInto, SANDBOX } from "../container/frame-view.js";
import { frameId } from "../container/host.js";
import { KeptHeights } from "../container/kept-heights.js";
import { GadgetBar } from "./gadget-bar.js";
import { GadgetStatus } from "./gadget-status.js";

/** @typedef {import("../container/host.js").GadgetHost} GadgetHost */
/** @typedef {import("../container/layout.js").Gadget} Gadget */

const heights = new KeptHeights(sessionStorage);

export class GadgetFrame extends LiveElement {
  gadget = /** @type {Gadget} */ (/** @type {any} */ (null));
  host = /** @type {GadgetHost} */ (/** @type {any} */ (null));

  /** Told when it is shown larger, or as before. @type {(isLarge: boolean) => void} */
  resized = () => {};

  /** Told when something in it wants to be looked at, or no more. @type {(isMarked: boolean) => void} */
  marked = () => {};

  /** Told of its title. @type {(title: string) => void} */
  titled = () => {};

  #title = "";
  #hasBar = true;
  #height = /** @type {FrameHeight} */ (/** @type {any} */ (null));
  #url = "";
  /** Where it is rendered, if not at the page's own origin. */
  #origin = "";
  /** @type {any} An `OpenAjax.hub.IframeContainer`. */
  #client = null;
  /** How often it was opened: what belongs to an earlier time counts no more. */
  #round = 0;
  /** Whether it has no hub, and so is there without connecting. */
  #isQuiet = false;
  /** @type {{ start: () => Promise<unknown>, isSeen: () => boolean }} */
  #turn = { start: () => this.#open(), isSeen: () => this.#isSeen() };

  #bar = new GadgetBar({
    reload: () => this.reload({ isFresh: true }),
    collapse: () => this.collapse(!this.isCollapsed),
    maximise: () => this.maximise(!this.isLarge),
  });
  #content = h("div", { class: "gadget-content" });
  #status = new GadgetStatus(this, () => this.title_, () => this.#again(), (line) => this.host.log(`gadget ${this.mid}: ${line}`));

  get mid() {
    return this.gadget.mid;
  }

  get url() {
    return this.#url;
  }

  /** Whether it is on the hub. */
  get isOnHub() {
    return this.#client?.isConnected() === true;
  }

  /** Whether it is rendered at another origin, so that nothing but messages come and go. */
  get isForeign() {
    return this.#origin !== "";
  }

  get isLarge() {
    return this.classList.contains("is-large");
  }

  get isCollapsed() {
    return this.classList.contains("is-collapsed");
  }

  get title_() {
    return this.#title || this.gadget.attributes["title"] || fileName(this.gadget.url) || say("gadgets.untitled", { mid: this.mid });
  }

  start() {
    const { gadget, host } = this;
    this.#url = gadget.url;
    const kept = `${this.mid} ${new URL(gadget.url).pathname}`;
    this.#height = new FrameHeight(heights, kept, firstHeight(gadget.url), () => performance.now());
    this.hidden = gadget.isHidden;
    this.setAttribute("role", "region");
    this.#content.id = `gadgets-gadget-content-${this.mid}`;
    this.#bar.heading.id = `${frameId(this.mid)}_title`;
    fill(this, this.#bar.element, this.#status.notice, this.#content, this.#status.loading);
    this.#entitle();
    this.#apply();
    host.add(this);
    if (host.held.has(gadget.url)) {
      this.leaveOut();
    } else {
      host.queue.add(this.#turn);
    }
  }

  disconnectedCallback() {
    this.host.queue.drop(this.#turn);
    this.#close();
    this.host.remove(this);
    super.disconnectedCallback();
  }

  // What gadgets and the page ask of it --------------------------------------------------------------------------------

  /** @param {number} height In pixels. */
  resize(height) {
    const wasHeld = this.#height.isHeld;
    this.#height.say(height, this.#isSeen());
    if (this.#height.isHeld && !wasHeld) {
      this.#status.grows(this.#height.now);
    }
    this.#apply();
  }

  /** @param {number} width In pixels; never wider than its place. */
  widen(width) {
    const frame = this.#client?.getIframe();
    if (frame && width > 0) {
      frame.style.width = `min(100%, ${Math.round(width)}px)`;
    }
  }

  /** @param {string} title */
  setTitle(title) {
    this.#title = title.trim();
    this.#entitle();
  }

  /** @param {boolean} isThere */
  showTitleBar(isThere) {
    this.#hasBar = isThere;
    this.#entitle();
  }

  /** @param {Record<string, string>} changes */
  keepPrefs(changes) {
    if (!this.host.kept.set(this.gadget.url, changes)) {
      this.host.log(`gadget ${this.mid}: preferences are too much to keep`);
    }
  }

  /** @param {string} view */
  navigate(view) {
    const isLarge = isLargeView(view);
    if (isLarge !== null) {
      this.maximise(isLarge);
    }
  }

  /**
   * @param {unknown} what
   * @param {unknown} seconds After which it is late.
   */
  indicate(what, seconds) {
    if (what === "dismiss") {
      this.#status.load(false);
    } else if (what === "show") {
      this.#status.load(true, Number(seconds) || undefined);
    }
  }

  /**
   * @param {string} text
   * @param {boolean} isDead Whether it cannot have begun because of this.
   */
  failed(text, isDead) {
    this.#status.threw(text, isDead);
  }

  /** @param {boolean} isAwake */
  awake(isAwake) {
    this.#status.awake(isAwake);
  }

  /** It asks for more than the page can give. */
  end() {
    this.#close();
    this.#status.ended();
  }

  /** It is not loaded, since the page stood still with it, until somebody wants it. */
  leaveOut() {
    this.host.held.hold(this.gadget.url);
    this.host.queue.drop(this.#turn);
    this.#close();
    this.#status.leftOut();
  }

  /** @param {number} seconds For which nothing else could be done. */
  stalled(seconds) {
    this.#status.stalled(seconds);
  }

  #again() {
    this.host.held.release(this.gadget.url);
    this.reload({ isFresh: true });
  }

  /** @param {boolean} isMarked */
  mark(isMarked) {
    this.marked(isMarked);
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.hidden = !isShown;
  }

  /** @param {boolean} isCollapsed */
  collapse(isCollapsed) {
    if (isCollapsed) {
      this.maximise(false);
    }
    this.classList.toggle("is-collapsed", isCollapsed);
    this.#content.hidden = isCollapsed;
    this.#entitle();
  }

  /** @param {boolean} isLarge */
  maximise(isLarge) {
    if (isLarge === this.isLarge) {
      return;
    }
    if (isLarge) {
      this.collapse(false);
    }
    this.classList.toggle("is-large", isLarge);
    this.resized(isLarge);
    this.#entitle();
    this.#apply();
  }

  /** How high its content may be while it is large, in pixels. */
  get room() {
    return Math.max(FIRST_HEIGHT, Math.floor(window.innerHeight - this.#content.getBoundingClientRect().top - 16));
  }

  /** The room has changed. */
  fit() {
    this.#apply();
  }

  /** @param {string} url Where it is from the next time it is loaded. */
  changeUrl(url) {
    this.#url = url;
  }

  /** @param {{ isFresh?: boolean }} [how] Whether nothing that is kept will do. */
  reload({ isFresh = false } = {}) {
    if (this.host.held.has(this.gadget.url)) {
      return;
    }
    this.host.queue.drop(this.#turn);
    this.#close();
    this.#status.tell("");
    void this.#open(isFresh);
  }

  // How it comes and goes ------------------------------------------------------------------------------------------------

  #isSeen() {
    return this.checkVisibility();
  }

  #close() {
    this.#round += 1;
    this.#height.renew();
    this.host.renew(this);
    this.host.watch?.has(this);
    this.#status.stop();
    if (this.#client) {
      const client = this.#client;
      this.#client = null;
      this.host.hub.remove(client);
    }
    this.#content.replaceChildren();
  }

  /** @param {boolean} [isFresh] */
  async #open(isFresh = false) {
    const round = (this.#round += 1);
    const isOver = () => round !== this.#round || this.signal.aborted;
    this.#isQuiet = false;
    this.#status.begin();
    const { host, gadget } = this;
    const { uri, origin } = await host.address(gadget, this.#url, isFresh);
    if (isOver()) {
      return;
    }
    this.#origin = origin;
    host.watch?.begins(this, { place: gadget.url, title: this.title_ });
    await new Promise((done) => {
      this.#client = host.open(this.mid, {
        parent: this.#content,
        uri,
        attributes: { title: this.title_, sandbox: SANDBOX },
        late: () => !isOver() && this.#late(),
        connected: () => {
          this.#status.there();
          done(undefined);
        },
        loaded: () => {
          if (!isOver()) {
            this.#loaded();
            done(undefined);
          }
        },
      });
      this.#apply();
    });
    host.watch?.has(this);
  }

  /** A page has come into the frame: the gadget's, or the one that says why there is none. */
  #loaded() {
    const frame = this.#client?.getIframe();
    const seen = lookInto(frame);
    if (!seen) {
      if (!this.isForeign) {
        frame.style.visibility = "visible"; // somebody else's page: it may speak for itself
        this.#status.load(false);
      }
    } else if (!seen.isGadget) {
      this.#refused(seen.reason);
    } else {
      if (!this.#title) {
        this.setTitle(seen.title);
      }
      this.#height.propose(seen.height);
      this.#apply();
      if (!seen.hasHub) {
        this.#isQuiet = true;
        frame.style.visibility = "visible";
        this.#status.load(false);
      }
    }
  }

  /** @param {string} reason Why the server does not render it. */
  #refused(reason) {
    this.host.log(`gadget ${this.mid} cannot be shown: ${reason}`);
    const { alternates } = this.gadget;
    const next = alternates[alternates.indexOf(this.#url) + 1];
    if (next && this.#url !== alternates.at(-1)) {
      this.#url = next;
      this.reload();
      return;
    }
    this.#url = this.gadget.url; // the next attempt begins with the first again
    this.#close();
    this.#status.refused(reason);
  }

  #late() {
    if (!this.#client?.isConnected() && !this.#isQuiet) {
      this.#client.getIframe().style.visibility = "visible";
      this.#status.late();
    }
  }

  // What is seen -----------------------------------------------------------------------------------------------------------

  #entitle() {
    const { title_: title } = this;
    const { isLarge, isCollapsed } = this;
    this.#bar.show(title, { isThere: this.#hasBar && this.#title !== "", isLarge, isCollapsed });
    this.setAttribute("aria-label", title);
    this.#client?.getIframe()?.setAttribute("title", title);
    this.titled(title);
  }

  #apply() {
    const frame = this.#client?.getIframe();
    this.#content.style.minHeight = frame ? "" : `${this.#height.now}px`; // nothing jumps when it comes
    if (frame) {
      frame.style.height = `${this.isLarge ? this.room : this.#height.now}px`;
    }
  }
}

customElements.define("gadget-frame", GadgetFrame);

/**
 * `<multi-tab>`: gadgets as tabs in one place. They stay loaded while another one is shown.
 *
 * One on the page has the gadgets of whatever desktop tab is shown; one in a tab has its own.
 *
 * Spec: `desktop.md` §15, without dragging.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { remember, remembered } from "../core/memory.js";
import { TabList } from "./tab-list.js";

/** @typedef {import("../container/layout.js").Gadget} Gadget */
/** @typedef {import("./gadget-frame.js").GadgetFrame} GadgetFrame */

/**
 * @typedef {object} Managed
 * @property {Gadget} gadget
 * @property {HTMLElement} box Its place, made by the page.
 * @property {string} title
 * @property {boolean} isMarked
 */

export class MultiTab extends LiveElement {
  gadget = /** @type {Gadget} */ (/** @type {any} */ (null));

  /** How many tabs are in the row. */
  most = 7;

  /** Which of the gadgets was shown last, for the next time. @type {Storage} */
  storage = sessionStorage;

  /** @type {Managed[]} */
  #all = [];
  #tabs = new TabList();
  #panels = h("div", { class: "multi-tab-panels" });
  /** @type {Map<string, string>} By desktop tab: what is shown there. */
  #shown = new Map();
  #desktopTab = "";

  /**
   * Take a gadget in, before this comes onto the page.
   *
   * @param {Gadget} gadget
   * @param {HTMLElement} box
   */
  add(gadget, box) {
    this.#all.push({ gadget, box, title: say("gadgets.untitled", { mid: gadget.mid }), isMarked: false });
  }

  /**
   * @param {number} mid
   * @param {string} title
   */
  setTitle(mid, title) {
    this.#change(mid, { title });
  }

  /**
   * @param {number} mid
   * @param {boolean} isMarked
   */
  mark(mid, isMarked) {
    this.#change(mid, { isMarked: isMarked && String(mid) !== this.#tabs.active });
  }

  /**
   * Bring a gadget to the front, if it is here now.
   *
   * @param {number} mid
   */
  show(mid) {
    if (this.#here().some(({ gadget }) => gadget.mid === mid)) {
      this.#show(String(mid));
    }
  }

  /** @param {1 | -1} way */
  step(way) {
    const here = this.#here();
    const at = here.findIndex(({ gadget }) => String(gadget.mid) === this.#tabs.active);
    const next = here.at((at + way) % here.length);
    if (next && this.checkVisibility()) {
      this.#show(String(next.gadget.mid));
      this.#tabs.focusActive();
    }
  }

  start() {
    const tabs = this.#tabs;
    tabs.label = this.gadget.attributes["title"] || say("gadgets.multiTab");
    tabs.most = this.most;
    tabs.prefix = `${this.gadget.mid}_`;
    tabs.chosen = (id) => this.#show(id);
    fill(
      this.#panels,
      this.#all.map(({ gadget, box }) =>
        h("div", { id: `${tabs.prefix}panel_${gadget.mid}`, class: "multi-tab-panel", role: "tabpanel" }, box),
      ),
    );
    fill(this, tabs, this.#panels);
    this.follow(this.#desktopTab);
  }

  /**
   * Another desktop tab is shown: its gadgets join, those of others leave.
   *
   * @param {string} id
   */
  follow(id) {
    this.#desktopTab = id;
    const here = this.#here();
    const wanted = this.#shown.get(id) ?? remembered(this.#key(), this.storage);
    const [first] = here;
    const shown = here.find(({ gadget }) => String(gadget.mid) === wanted) ?? first;
    this.hidden = here.length === 0;
    this.#list();
    this.#show(shown ? String(shown.gadget.mid) : "");
  }

  #here() {
    return this.#all.filter(({ gadget }) => this.gadget.tab !== "" || gadget.tab === "" || gadget.tab === this.#desktopTab);
  }

  #key() {
    return `multi-tab.${this.gadget.mid}.${this.#desktopTab}`;
  }

  #list() {
    this.#tabs.tabs = this.#here().map(({ gadget, title, isMarked }) => ({ id: String(gadget.mid), label: title, isMarked }));
  }

  /** @param {string} id The gadget's number. */
  #show(id) {
    this.#shown.set(this.#desktopTab, id);
    remember(this.#key(), id, this.storage);
    for (const managed of this.#all) {
      const isShown = String(managed.gadget.mid) === id;
      const panel = managed.box.parentElement;
      if (panel) {
        panel.hidden = !isShown;
        panel.setAttribute("aria-label", managed.title);
      }
      managed.isMarked &&= !isShown;
    }
    this.#list();
    this.#tabs.active = id;
  }

  /**
   * @param {number} mid
   * @param {Partial<Managed>} change
   */
  #change(mid, change) {
    const managed = this.#all.find(({ gadget }) => gadget.mid === mid);
    if (managed) {
      Object.assign(managed, change);
      this.#list();
      managed.box.parentElement?.setAttribute("aria-label", managed.title);
    }
  }
}

customElements.define("multi-tab", MultiTab);

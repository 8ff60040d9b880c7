/**
 * `<digital-channels>`: the channels that gadgets have added, each with its state and its choices; nothing while there is none.
 *
 * Spec: `desktop.md` §8.5.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { ALL_NOT_READY, ALL_READY } from "../container/channels.js";
import { DropDown } from "./drop-down.js";

/** @typedef {import("../container/channels.js").Channel} Channel */
/** @typedef {import("../container/channels.js").Channels} Channels */
/** @typedef {import("../core/desk.js").Desk} Desk */

/** Finesse's colours of states, as states: a colour alone says nothing to many. */
const KINDS = new Map([
  ["#2CB14C", "ready"],
  ["#CF4237", "not-ready"],
  ["#D79208", "talking"],
]);

export class DigitalChannels extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  channels = /** @type {Channels} */ (/** @type {any} */ (null));

  #list = h("div", { class: "channel-list" });
  #all = new DropDown();
  /** @type {Map<string, DropDown>} */
  #menus = new Map();

  start() {
    const { channels, desk, signal } = this;
    const all = this.#all;
    all.choices = () => [
      { id: ALL_READY, label: say("gadgets.channels.allReady") },
      { id: ALL_NOT_READY, label: say("gadgets.channels.allNotReady") },
    ];
    all.choose = (id) => channels.selectAll(id === ALL_READY ? ALL_READY : ALL_NOT_READY);
    fill(this, all, this.#list);
    channels.addEventListener("change", () => this.#show(), { signal });
    const add = (/** @type {string} */ keys, /** @type {typeof ALL_READY | typeof ALL_NOT_READY} */ id) =>
      desk.shortcuts?.add({ id, keys, label: say(`gadgets.channels.${id === ALL_READY ? "allReady" : "allNotReady"}`), signal, run: () => channels.selectAll(id) });
    add("Ctrl+Shift+V", ALL_READY);
    add("Ctrl+Shift+Z", ALL_NOT_READY);
    this.#show();
  }

  #show() {
    const { all } = this.channels;
    this.hidden = all.length === 0;
    this.#all.hidden = all.length < 2;
    const ready = all.filter(({ state }) => state.isReady).length;
    fill(this.#all.button, h("span", { class: "state-dot", "data-kind": ready === all.length ? "ready" : ready ? "talking" : "not-ready" }), h("span", {}, say("gadgets.channels.count", { ready, all: all.length })), hidden(say("gadgets.channels.ready")));
    this.#all.button.title = say("gadgets.channels.all", { ready, all: all.length });
    for (const id of this.#menus.keys()) {
      if (!all.some((channel) => channel.id === id)) {
        this.#menus.get(id)?.remove();
        this.#menus.delete(id);
      }
    }
    all.forEach((channel) => this.#showOne(channel));
  }

  /** @param {Channel} channel */
  #showOne({ id, menu, state, chosen, error }) {
    let shown = this.#menus.get(id);
    if (!shown) {
      shown = new DropDown();
      this.#menus.set(id, shown);
      this.#list.append(shown);
    }
    shown.choices = () => menu.menuItems.map((item) => ({ id: item.id, label: [dot(item.iconColor), item.label], isChosen: item.id === state.currentState }));
    shown.choose = (selection) => this.channels.select(id, selection);
    const { button } = shown;
    const title = menu.label || state.label;
    const current = stateName(menu.menuItems, state);
    const name = `${title}: ${current}`;
    const refused = error && say("gadgets.channels.refused", { error });
    fill(
      button,
      dot(state.iconColor),
      h("span", { class: "channel-name" }, title),
      " ",
      h("span", { class: "channel-state" }, current),
      state.badge !== "none" && h("span", { class: `channel-badge ${state.badge}` }, hidden(say(`gadgets.channels.${state.badge}`))),
      refused && hidden(refused),
    );
    button.disabled = !state.isEnabled;
    button.setAttribute("aria-busy", String(Boolean(chosen)));
    button.title = refused || state.hoverText || name;
    button.classList.toggle("has-failed", Boolean(error));
    if (refused && shown.dataset["error"] !== error) {
      this.desk.announce(`${name}. ${refused}`, { assertive: true });
    }
    shown.dataset["error"] = error;
  }
}

/** @param {string} text For screen readers, after what is seen. */
function hidden(text) {
  return h("span", { class: "visually-hidden" }, ` ${text}`);
}

/**
 * What the state of a channel is called: as its menu has it, by what the gadget says is current or by its colour.
 *
 * @param {import("../container/channels.js").MenuItem[]} items
 * @param {import("../container/channels.js").ChannelState} state
 */
function stateName(items, { currentState, iconColor, isReady }) {
  const found =
    items.find(({ id, label }) => currentState && (id === currentState || label === currentState)) ??
    items.find((item) => iconColor && item.iconColor === iconColor);
  return found?.label || say(isReady ? "gadgets.channels.ready" : "gadgets.channels.notReady");
}

/** @param {string} colour */
function dot(colour) {
  const made = h("span", { class: "state-dot", "data-kind": KINDS.get(colour.toUpperCase()) ?? "other" });
  if (colour && !KINDS.has(colour.toUpperCase())) {
    made.style.background = colour;
  }
  return made;
}

customElements.define("digital-channels", DigitalChannels);

/**
 * `<team-messages>`: what supervisors tell their teams: a button in the header with how many are new, the list, a bar for one
 * that has just come, and for supervisors a form to send one.
 *
 * Spec: `desktop.md` §12 (team message); `rest.md` §7.3.
 */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { problemText } from "../core/problems.js";
import { Messages, minutesLeft } from "../core/team-messages.js";
import { MessageForm } from "./message-form.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("../core/desk.js").Heard} Heard */
/** @typedef {import("../core/team-messages.js").Message} Message */

/** How far the panel stays from the edges of the page, in pixels. */
const EDGE = 8;

const MORE_THAN_SHOWN = 9;

export class TeamMessages extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));
  #messages = new Messages("");
  #teamIds = "";
  /** @type {AbortController | null} */
  #watching = null;
  /** What happens while the messages are being asked for. @type {Heard[] | null} */
  #waiting = null;
  #shown = "";
  #titleId = freshId("messages");
  #badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
  #button = h(
    "button",
    { type: "button", class: "quiet open", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => this.#open() },
    h("span", { class: "icon", "aria-hidden": "true" }),
    this.#badge,
  );
  #list = h("ul", { class: "messages" });
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #form = new MessageForm();
  #compose = h("button", { type: "button", onclick: () => this.#write() });
  #panel = h("div", { class: "panel", role: "dialog", "aria-labelledby": this.#titleId, popover: "auto" });
  #bar = h("div", { class: "bar", popover: "manual" });
  /** The message in the bar. */
  #told = "";

  start() {
    const { desk, signal } = this;
    this.#messages = new Messages(desk.me.loginId, seenBefore(desk.me.loginId));
    this.#compose.textContent = say("team.messages.compose");
    this.#compose.hidden = !desk.isSupervisor;
    this.#form.desk = desk;
    this.#form.hidden = true;
    this.#form.done = () => this.#wrote();
    fill(
      this.#panel,
      h("div", { class: "title" }, h("h2", { id: this.#titleId }, say("team.messages.title")), this.#compose),
      this.#form,
      this.#trouble,
      this.#list,
    );
    fill(this, this.#button, this.#panel, this.#bar);
    this.#panel.addEventListener("toggle", (event) => this.#toggled(event), { signal });
    this.#panel.addEventListener("focusout", (event) => this.#left(event), { signal });
    desk.addEventListener("me", () => this.#follow(), { signal });
    desk.clock.addEventListener("second", () => this.#render(), { signal });
    desk.shortcuts?.add({ id: "messages", label: say("team.key.messages"), keys: "Ctrl+Alt+0", run: () => this.#open(), signal });
    signal.addEventListener("abort", () => this.#watching?.abort());
    this.#teamIds = "";
    this.#follow();
    this.#render();
  }

  // What happens --------------------------------------------------------------------------------------------------------

  /** Hear of the messages of all teams that somebody is in or supervises. */
  #follow() {
    const { me } = this.desk;
    const ids = [...new Set([me.teamId, ...(me.teams ?? []).map(({ id }) => String(id))])].filter(Boolean);
    if (ids.join() === this.#teamIds) {
      return;
    }
    this.#teamIds = ids.join();
    this.#watching?.abort();
    const { signal } = (this.#watching = new AbortController());
    const watched = ids.map((id) =>
      this.desk.watch(`/finesse/api/Team/${encodeURIComponent(id)}/TeamMessage`, (heard) => this.#heard(heard, signal), signal),
    );
    Promise.all(watched).then(() => this.#load(signal));
  }

  /** @param {AbortSignal} signal */
  async #load(signal) {
    if (signal.aborted) {
      return;
    }
    const { desk } = this;
    const waiting = (this.#waiting = /** @type {Heard[]} */ ([]));
    const paths = this.#teamIds.split(",").map((id) => `/finesse/api/Team/${encodeURIComponent(id)}/TeamMessages`);
    if (desk.isSupervisor) {
      paths.push(`/finesse/api/User/${encodeURIComponent(desk.me.loginId)}/TeamMessages`);
    }
    try {
      const lists = await Promise.all(paths.map((path) => desk.ask("GET", path, undefined, { signal })));
      if (this.#waiting === waiting) {
        this.#messages.replace(lists);
        this.#say("");
      }
    } catch (error) {
      if (!signal.aborted) {
        this.#say(problemText(error));
      }
    }
    if (this.#waiting === waiting) {
      this.#waiting = null;
      for (const heard of waiting) {
        this.#heard(heard, signal);
      }
      this.#render();
    }
  }

  /**
   * @param {Heard} heard
   * @param {AbortSignal} signal
   */
  #heard(heard, signal) {
    if (heard.event === "RESYNC") {
      if (this.#waiting === null) {
        this.#load(signal); // once for all nodes
      }
      return;
    }
    if (this.#waiting) {
      this.#waiting.push(heard);
      return;
    }
    const message = this.#messages.happened(heard);
    if (message) {
      this.#tell(message);
    }
    this.#render();
  }

  /** @param {Message} message */
  #tell(message) {
    const { desk } = this;
    const title = say("team.messages.new", { name: message.sender });
    desk.announce(`${title}: ${message.content}`);
    desk.notify({ title, body: message.content, tag: `team-message-${message.id}` });
    if (this.#panel.matches(":popover-open")) {
      return; // it is there already
    }
    this.#told = message.id;
    fill(
      this.#bar,
      h("span", { class: "icon", "aria-hidden": "true" }),
      h("p", {}, h("b", {}, title), h("span", { class: "content" }, message.content)),
      h("button", { type: "button", onclick: () => this.#open() }, say("team.messages.show")),
      h(
        "button",
        {
          type: "button",
          class: "quiet close",
          "aria-label": say("team.messages.close", { name: message.sender }),
          onclick: () => {
            this.#look([message]);
            this.#closeBar();
            this.#button.focus();
          },
        },
        "×",
      ),
    );
    this.#bar.setAttribute("role", "region");
    this.#bar.setAttribute("aria-label", title);
    if (!this.#bar.matches(":popover-open")) {
      this.#bar.showPopover();
      const { bottom } = this.#button.getBoundingClientRect();
      this.#bar.style.top = `${Math.max(EDGE, bottom + EDGE)}px`; // the header stays free
    }
  }

  #closeBar() {
    this.#told = "";
    if (this.#bar.matches(":popover-open")) {
      this.#bar.hidePopover();
    }
  }

  // What is shown -------------------------------------------------------------------------------------------------------

  #render() {
    const now = this.desk.clock.now();
    const shown = this.#messages.shown(now);
    const unread = this.#messages.unread(now).length;
    const says = [unread, ...shown.map((message) => `${message.id} ${minutesLeft(message, now)}`)].join();
    if (says === this.#shown) {
      return;
    }
    this.#shown = says;
    this.#badge.hidden = unread === 0;
    this.#badge.textContent = unread > MORE_THAN_SHOWN ? `${MORE_THAN_SHOWN}+` : String(unread);
    const label = unread === 0 ? say("team.messages.button") : say("team.messages.unread", { count: unread });
    this.#button.setAttribute("aria-label", label);
    this.#button.title = label;
    if (this.#told && !shown.some(({ id }) => id === this.#told)) {
      this.#closeBar();
    }
    const focused = this.#list.contains(document.activeElement);
    fill(
      this.#list,
      shown.length === 0
        ? h("li", { class: "empty" }, say("team.messages.empty"))
        : shown.map((message) => this.#item(message, now)),
    );
    if (focused) {
      this.#panel.querySelector("button")?.focus();
    }
    if (this.#panel.matches(":popover-open")) {
      this.#look(shown);
    }
  }

  /**
   * @param {Message} message
   * @param {number} now
   */
  #item(message, now) {
    const isOwn = message.senderId === this.desk.me.loginId;
    const { content } = message;
    const teams = this.desk.isSupervisor ? this.#teamNames(message) : "";
    return h(
      "li",
      {},
      h("p", { class: "content" }, content),
      h(
        "p",
        { class: "about" },
        h("span", {}, isOwn ? say("team.messages.yours") : say("team.messages.from", { name: message.sender })),
        teams && h("span", {}, teams),
        h("span", {}, leftSaid(minutesLeft(message, now))),
      ),
      isOwn &&
        this.desk.isSupervisor &&
        h(
          "button",
          {
            type: "button",
            class: "quiet danger",
            "aria-label": say("team.messages.deleteOf", { content }),
            onclick: () => this.#delete(message),
          },
          say("team.messages.delete"),
        ),
    );
  }

  /** @param {Message} message */
  #teamNames({ teams }) {
    const known = this.desk.me.teams ?? [];
    return teams
      .map((id) => known.find((team) => String(team.id) === id)?.name)
      .filter(Boolean)
      .join(", ");
  }

  // What somebody does --------------------------------------------------------------------------------------------------

  #open() {
    this.#closeBar();
    if (this.#panel.matches(":popover-open")) {
      return;
    }
    this.#panel.showPopover();
    const from = this.#button.getBoundingClientRect();
    const { width } = this.#panel.getBoundingClientRect();
    this.#panel.style.top = `${from.bottom + EDGE / 2}px`;
    this.#panel.style.left = `${Math.max(EDGE, Math.min(from.right - width, innerWidth - width - EDGE))}px`;
    const [first] = this.#panel.querySelectorAll("button:not([hidden])");
    if (first instanceof HTMLElement && !this.#compose.hidden) {
      first.focus();
    } else {
      this.#panel.tabIndex = -1;
      this.#panel.focus();
    }
    this.#look(this.#messages.shown(this.desk.clock.now()));
    this.#render();
  }

  /** @param {Event} event */
  #toggled(event) {
    const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen && (this.#panel.contains(document.activeElement) || document.activeElement === document.body)) {
      this.#button.focus();
    }
  }

  /** @param {FocusEvent} event */
  #left(event) {
    if (event.relatedTarget instanceof Node && !this.#panel.contains(event.relatedTarget)) {
      this.#panel.hidePopover();
    }
  }

  /** @param {Message[]} messages */
  #look(messages) {
    this.#messages.look(messages);
    try {
      sessionStorage.setItem(seenKey(this.desk.me.loginId), JSON.stringify(this.#messages.seen));
    } catch {
      // then they are new again after a reload
    }
    this.#render();
  }

  #write() {
    this.#compose.hidden = true;
    this.#form.hidden = false;
    this.#form.focus();
  }

  #wrote() {
    this.#form.hidden = true;
    this.#compose.hidden = false;
    this.#compose.focus();
  }

  /** @param {Message} message */
  async #delete(message) {
    try {
      await this.desk.ask("DELETE", `/finesse/api/TeamMessage/${encodeURIComponent(message.id)}`);
      this.#messages.happened({ event: "DELETE", source: message.id });
      this.#say("");
      this.#render();
    } catch (error) {
      this.#say(problemText(error));
    }
  }

  /** @param {string} text Empty for nothing wrong. */
  #say(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = !text;
  }
}

/** @param {number} minutes */
function leftSaid(minutes) {
  return minutes < 60
    ? say("team.messages.leftMinutes", { minutes })
    : say("team.messages.left", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** @param {string} loginId */
function seenKey(loginId) {
  return `finesse_tx.desktop.messages.${loginId}`;
}

/**
 * @param {string} loginId
 * @returns {string[]}
 */
function seenBefore(loginId) {
  try {
    const found = JSON.parse(sessionStorage.getItem(seenKey(loginId)) ?? "[]");
    return Array.isArray(found) ? found.map(String) : [];
  } catch {
    return [];
  }
}

customElements.define("team-messages", TeamMessages);

/** `<message-form>`: a supervisor writes to teams. */
import { RefusedError } from "../../../browser/core/rest.js";
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { problemText } from "../core/problems.js";
import { MAX_CHARACTERS, characters, wrongWith } from "../core/team-messages.js";

/** @typedef {import("../core/desk.js").Desk} Desk */

/** For how long a message may be shown, in minutes. */
const DURATIONS = [5, 10, 15, 30, 60, 120, 240, 480, 720, 1435];

const USUAL_MINUTES = 30;

export class MessageForm extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** It was sent, or is not wanted any more. */
  done = () => {};

  #content = h("textarea", { rows: 3, id: freshId("content"), oninput: () => this.#count() });
  #room = h("p", { class: "hint", id: freshId("room") });
  #duration = h("select", { id: freshId("duration") });
  #teams = h("fieldset", {});
  #fault = h("p", { class: "fault", role: "alert", hidden: true });
  #send = h("button", { class: "primary" });

  start() {
    const teams = this.desk.me.teams ?? [];
    this.#content.setAttribute("aria-describedby", this.#room.id);
    this.#send.textContent = say("team.messages.send");
    fill(
      this.#duration,
      DURATIONS.map((minutes) => h("option", { value: String(minutes), selected: minutes === USUAL_MINUTES }, durationSaid(minutes))),
    );
    fill(
      this.#teams,
      h("legend", {}, say("team.messages.teams")),
      teams.map(({ id, name }) =>
        h("label", { class: "check" }, h("input", { type: "checkbox", value: String(id), checked: teams.length === 1 }), name),
      ),
    );
    fill(
      this,
      h(
        "form",
        { novalidate: true, onsubmit: (/** @type {Event} */ event) => this.#submitted(event) },
        h(
          "div",
          { class: "field" },
          h("label", { for: this.#content.id }, say("team.messages.content")),
          this.#content,
          this.#room,
        ),
        this.#teams,
        h("div", { class: "field" }, h("label", { for: this.#duration.id }, say("team.messages.duration")), this.#duration),
        this.#fault,
        h(
          "div",
          { class: "buttons" },
          h("button", { type: "button", onclick: () => this.done() }, say("team.messages.cancel")),
          this.#send,
        ),
      ),
    );
    this.#count();
  }

  focus() {
    this.#content.focus();
  }

  #count() {
    const left = MAX_CHARACTERS - characters(this.#content.value);
    this.#room.textContent = say("team.messages.room", { left, most: MAX_CHARACTERS });
    this.#room.classList.toggle("over", left < 0);
  }

  /** @param {Event} event */
  async #submitted(event) {
    event.preventDefault();
    const draft = {
      content: this.#content.value,
      minutes: Number(this.#duration.value),
      teams: [...this.#teams.querySelectorAll("input")].filter((box) => box.checked).map((box) => box.value),
    };
    const wrong = wrongWith(draft);
    if (wrong) {
      this.#refuse(say(`team.messages.wrong.${wrong}`, { most: MAX_CHARACTERS }));
      (wrong === "teams" ? this.#teams.querySelector("input") : this.#content)?.focus();
      return;
    }
    this.#refuse("");
    this.#send.disabled = true;
    this.#send.setAttribute("aria-busy", "true");
    try {
      const { content, minutes, teams } = draft;
      await this.desk.ask("POST", "/finesse/api/TeamMessage", { content: content.trim(), duration: minutes * 60, teams });
      this.#content.value = "";
      this.#count();
      this.desk.announce(say("team.messages.sent"));
      this.done();
    } catch (error) {
      const isLimit = error instanceof RefusedError && error.type === "System Resource Limit Exceeded";
      this.#refuse(isLimit ? say("team.messages.limit") : problemText(error));
    } finally {
      this.#send.disabled = false;
      this.#send.removeAttribute("aria-busy");
    }
  }

  /** @param {string} text Empty for nothing wrong. */
  #refuse(text) {
    this.#fault.textContent = text;
    this.#fault.hidden = !text;
  }
}

/** @param {number} minutes */
function durationSaid(minutes) {
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours === 0) {
    return say("team.messages.minutes", { minutes });
  }
  if (rest > 0) {
    return say("team.messages.hoursMinutes", { hours, minutes: rest });
  }
  return hours === 1 ? say("team.messages.hour") : say("team.messages.hours", { hours });
}

customElements.define("message-form", MessageForm);

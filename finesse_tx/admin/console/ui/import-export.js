/** `<import-export>`: the whole configuration as text, written and taken in; the difference is shown before it is made. */
import { say } from "../../../browser/core/text.js";
import { RefusedError } from "../../../browser/core/rest.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { saveFile } from "../../../browser/ui/files.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ changes: number, lines: string[] }} Told */

const PATH = "/cfadmin/api/configuration";

/** @type {Record<string, string>} */
const KINDS = { "+": "comes", "-": "goes", "@": "place" };

export class ImportExport extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #file = h("input", {
    id: freshId("file"),
    type: "file",
    accept: ".toml,.json",
    required: true,
    onchange: () => this.#forget(),
  });
  #prune = h("input", { type: "checkbox", onchange: () => this.#forget() });
  #trouble = h("div", { class: "notice bad", role: "alert", hidden: true });
  #told = h("p", { class: "notice", role: "status", hidden: true });
  #difference = h("pre", { tabindex: "0", role: "group", "aria-label": say("whole.difference"), hidden: true });
  #take = h("button", { class: "primary", type: "button", hidden: true, onclick: () => this.#ask(false) }, say("whole.take"));

  start() {
    const pruneHint = freshId("hint");
    this.#prune.setAttribute("aria-describedby", pruneHint);
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.import-export")),
        h("p", { class: "quiet" }, say("whole.about")),
      ),
      h(
        "section",
        { class: "card" },
        h("h2", {}, say("whole.export")),
        h("p", {}, say("whole.exportHint")),
        h(
          "div",
          { class: "tools" },
          ["toml", "json"].map((form) =>
            h("button", { type: "button", onclick: () => this.#save(form) }, say(`whole.${form}`)),
          ),
        ),
      ),
      h(
        "form",
        {
          class: "card",
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#ask(true);
          },
        },
        h("h2", {}, say("whole.import")),
        h("div", { class: "field" }, h("label", { for: this.#file.id }, say("whole.file")), this.#file),
        h("label", { class: "check" }, this.#prune, say("whole.prune")),
        h("p", { class: "hint", id: pruneHint }, say("whole.pruneHint")),
        h("button", { class: "primary" }, say("whole.compare")),
      ),
      this.#trouble,
      this.#told,
      this.#difference,
      this.#take,
    );
  }

  /** @param {string} form */
  async #save(form) {
    this.#trouble.hidden = true;
    try {
      saveFile(`configuration.${form}`, await this.rest.download(`${PATH}?format=${form}`));
    } catch (error) {
      this.#refuse(error);
    }
  }

  /** What was shown is not of what is chosen now. */
  #forget() {
    for (const one of [this.#trouble, this.#told, this.#difference, this.#take]) {
      one.hidden = true;
    }
  }

  /** @param {boolean} isTrial */
  async #ask(isTrial) {
    const [file] = this.#file.files ?? [];
    if (!file) {
      return;
    }
    this.#forget();
    try {
      const query = `?dryRun=${isTrial}&prune=${this.#prune.checked}`;
      const data = new Blob([await file.arrayBuffer()]);
      const told = await this.rest.ask("POST", `${PATH}${query}`, { data, type: "application/toml", signal: this.signal });
      this.#show(told, isTrial);
    } catch (error) {
      if (!this.signal.aborted) {
        this.#refuse(error);
      }
    }
  }

  /**
   * @param {Told} told
   * @param {boolean} isTrial
   */
  #show({ changes, lines }, isTrial) {
    this.#told.className = isTrial ? "notice" : "notice good";
    this.#told.textContent =
      changes === 0 ? say("whole.same") : say(isTrial ? "whole.would" : "whole.done", { changes });
    this.#told.hidden = false;
    if (isTrial && changes > 0) {
      fill(
        this.#difference,
        lines.map((line) => h("span", { class: KINDS[line[0] ?? ""] ?? false }, `${line}\n`)),
      );
      this.#difference.hidden = false;
      this.#take.hidden = false;
      this.#take.focus({ preventScroll: true });
    } else if (!isTrial) {
      announce(say("deed.saved"));
    }
    this.#told.scrollIntoView(); // on a low screen all this is below what can be seen
  }

  /** @param {unknown} error */
  #refuse(error) {
    const lines = (error instanceof Error ? error.message : String(error)).split("\n");
    const isText = error instanceof RefusedError && error.faults.length > 0;
    fill(
      this.#trouble,
      h("p", {}, isText ? say("whole.refused") : lines.shift()),
      lines.length > 0 && h("ul", {}, lines.map((line) => h("li", {}, line))),
    );
    this.#trouble.hidden = false;
    this.#trouble.scrollIntoView();
  }
}

customElements.define("import-export", ImportExport);

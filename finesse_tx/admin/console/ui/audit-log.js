/** `<audit-log>`: who has changed what, the newest first, with what it was before and after. */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ id: number, at: string, loginId: string, peer: string, action: string, uri: string, before: string, after: string }} Change */

const TIMES = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

const DEEDS = /** @type {Record<string, string>} */ ({ POST: "audit.added", PUT: "audit.changed", DELETE: "audit.removed" });

export class AuditLog extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #about = "";
  #last = 0;
  #list = h("ol", { class: "audit" });
  #more = h("button", { type: "button", hidden: true, onclick: () => this.#load(false) }, say("audit.more"));
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });

  start() {
    const id = freshId("about");
    const about = h("input", { id, type: "search", placeholder: "/finesse/api/PhoneBook" });
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.audit")),
        h("p", { class: "quiet" }, say("audit.about")),
      ),
      h(
        "form",
        {
          class: "inline",
          onsubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            this.#about = about.value.trim();
            this.#load(true);
          },
        },
        h("div", { class: "field narrow" }, h("label", { for: id }, say("audit.filter")), about),
        h("button", {}, say("audit.show")),
      ),
      this.#trouble,
      this.#list,
      this.#more,
    );
    this.#load(true);
  }

  /** @param {boolean} isFirst */
  async #load(isFirst) {
    const before = isFirst ? "" : `&before=${this.#last}`;
    try {
      const found = await this.rest.get(`/cfadmin/api/audit?about=${encodeURIComponent(this.#about)}${before}`, this.signal);
      /** @type {Change[]} */
      const changes = found.AuditChange ?? [];
      this.#trouble.hidden = true;
      if (isFirst) {
        fill(this.#list, changes.length === 0 && h("li", {}, say("audit.none")));
      }
      this.#list.append(...changes.map(entry));
      this.#last = changes.at(-1)?.id ?? 0;
      this.#more.hidden = changes.length < 200;
    } catch (error) {
      if (!this.signal.aborted) {
        this.#trouble.textContent = error instanceof Error ? error.message : String(error);
        this.#trouble.hidden = false;
      }
    }
  }
}

/** @param {Change} change */
function entry(change) {
  return h(
    "li",
    {},
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("time", { datetime: change.at }, TIMES.format(new Date(change.at))),
        " ",
        h("strong", {}, change.loginId),
        ` ${say(DEEDS[change.action] ?? "audit.changed")} `,
        h("code", {}, change.uri),
      ),
      h("p", { class: "quiet" }, say("audit.from", { peer: change.peer })),
      side("audit.before", change.before),
      side("audit.after", change.after),
    ),
  );
}

/**
 * @param {string} key
 * @param {string} json
 */
function side(key, json) {
  if (!json) {
    return null;
  }
  let text = json;
  try {
    text = JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    // cut, because it was long
  }
  return [h("h2", {}, say(key)), h("pre", { tabindex: "0", "aria-label": say(key) }, text)];
}

customElements.define("audit-log", AuditLog);

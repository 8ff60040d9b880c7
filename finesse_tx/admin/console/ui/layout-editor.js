/** `<layout-editor>`: the desktop's layout as XML, with its faults at their line, and a picture of it beside. */
import { say } from "../../../browser/core/text.js";
import { freshId, h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";
import { layoutOf, shortName } from "../core/layout.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {import("../core/layout.js").Gadget} Gadget */

const API = "/finesse/api";

const PAUSE_MS = 300;

export class LayoutEditor extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #team = "";
  #line = 0;
  #timer = 0;
  #asked = 0;
  #choice = h("select", { id: freshId("for"), onchange: () => this.#load() });
  #inherits = h("input", { type: "checkbox", onchange: () => this.#inherit() });
  #inheritsLabel = h("label", { class: "check" }, this.#inherits, say("layout.useDefault"));
  #trouble = h("button", { type: "button", class: "notice bad fault", hidden: true, onclick: () => this.#goToLine() });
  #gutter = h("pre", { class: "gutter", "aria-hidden": "true" });
  #text = h("textarea", {
    id: freshId("xml"),
    spellcheck: false,
    wrap: "off",
    autocapitalize: "off",
    oninput: () => this.#changed(),
    onscroll: () => (this.#gutter.scrollTop = this.#text.scrollTop),
  });
  #picture = h("div", { class: "picture" });
  #save = h("button", { class: "primary", type: "button", onclick: () => this.#keep() }, say("form.save"));

  async start() {
    const faultId = freshId("fault");
    this.#trouble.id = faultId;
    this.#text.setAttribute("aria-describedby", faultId);
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.desktop-layout")),
        h("div", { class: "tools" }, this.#save),
        h("p", { class: "quiet" }, say("layout.about")),
      ),
      h(
        "div",
        { class: "choices" },
        h("div", { class: "field narrow" }, h("label", { for: this.#choice.id }, say("layout.for")), this.#choice),
        this.#inheritsLabel,
      ),
      h("div", { role: "alert" }, this.#trouble),
      h(
        "div",
        { class: "halves" },
        h(
          "div",
          { class: "field" },
          h("label", { for: this.#text.id }, say("layout.xml")),
          h("div", { class: "editor" }, this.#gutter, this.#text),
        ),
        h("section", { "aria-label": say("layout.preview") }, h("h2", {}, say("layout.preview")), this.#picture),
      ),
    );
    try {
      const found = await this.rest.get(`${API}/Teams`, this.signal);
      fill(
        this.#choice,
        h("option", { value: "" }, say("layout.default")),
        (found.Team ?? []).map((/** @type {Record<string, any>} */ team) =>
          h("option", { value: team["id"] }, say("layout.team", { team: team["name"] })),
        ),
      );
    } catch (error) {
      this.#refuse(error);
      return;
    }
    await this.#load();
  }

  get #path() {
    return this.#team ? `${API}/Team/${this.#team}/LayoutConfig` : `${API}/LayoutConfig/default`;
  }

  async #load() {
    this.#team = this.#choice.value;
    try {
      const found = await this.rest.get(this.#path, this.signal);
      const layout = found.TeamLayoutConfig ?? found;
      this.#inheritsLabel.hidden = !this.#team;
      this.#inherits.checked = layout.useDefault === true;
      this.#text.value = layout.layoutxml;
      this.#inherit();
    } catch (error) {
      this.#refuse(error);
    }
  }

  #inherit() {
    this.#text.readOnly = Boolean(this.#team) && this.#inherits.checked;
    this.#changed();
  }

  #changed() {
    const lines = this.#text.value.split("\n").length;
    const shown = Array.from({ length: lines }, (_, index) => {
      const number = `${index + 1}\n`;
      return index + 1 === this.#line ? h("mark", {}, number) : number;
    });
    fill(this.#gutter, shown);
    this.#gutter.scrollTop = this.#text.scrollTop;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.#check(), PAUSE_MS);
  }

  /** Ask the server, which knows the whole grammar; only the newest answer counts. */
  async #check() {
    const asked = ++this.#asked;
    const text = this.#text.value;
    try {
      const found = await this.rest.ask("POST", "/cfadmin/api/layout/check", {
        data: text,
        type: "application/xml",
        signal: this.signal,
      });
      if (asked !== this.#asked) {
        return;
      }
      const { line, fault } = found.LayoutCheck ?? found;
      this.#show(line, fault);
    } catch (error) {
      if (asked === this.#asked) {
        this.#refuse(error);
      }
    }
  }

  /**
   * @param {number} line 0 for none.
   * @param {string} fault
   */
  #show(line, fault) {
    const isNew = line !== this.#line;
    this.#line = line;
    this.#trouble.hidden = !fault;
    this.#trouble.textContent = fault ? say("layout.fault", { line, fault }) : "";
    this.#text.setAttribute("aria-invalid", String(Boolean(fault)));
    this.#save.disabled = Boolean(fault);
    if (!fault) {
      this.#draw();
    }
    if (isNew) {
      this.#changed();
    }
  }

  #draw() {
    const parsed = new DOMParser().parseFromString(this.#text.value, "text/xml");
    const layout = layoutOf(parsed.documentElement);
    fill(
      this.#picture,
      layout.roles.map((role) =>
        h(
          "article",
          {},
          h("h3", {}, say("layout.role", { role: role.role })),
          (layout.left.length > 0 || layout.right.length > 0) &&
            h(
              "div",
              { class: "head" },
              h("span", {}, layout.left.join(" · ")),
              h("span", {}, layout.right.join(" · ")),
            ),
          role.above.filter((gadget) => !gadget.hidden).map(box),
          role.tabs.map((tab) =>
            h(
              "div",
              { class: "tab" },
              h("h4", {}, labelOf(tab.label)),
              h("div", { class: "columns" }, tab.columns.map((column) => h("div", {}, column.filter((one) => !one.hidden).map(box)))),
            ),
          ),
        ),
      ),
    );
  }

  #goToLine() {
    const lines = this.#text.value.split("\n");
    const start = lines.slice(0, this.#line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    this.#text.focus();
    this.#text.setSelectionRange(start, start + (lines[this.#line - 1]?.length ?? 0));
    const height = this.#text.scrollHeight / lines.length;
    this.#text.scrollTop = Math.max(0, (this.#line - 4) * height);
  }

  async #keep() {
    this.#save.disabled = true;
    try {
      const layoutxml = this.#text.value;
      await this.rest.put(this.#path, this.#team ? { useDefault: this.#inherits.checked, layoutxml } : { layoutxml });
      announce(say("layout.saved"));
      await this.#load();
    } catch (error) {
      this.#refuse(error);
    } finally {
      this.#save.disabled = false;
    }
  }

  /** @param {unknown} error */
  #refuse(error) {
    if (!this.signal.aborted) {
      this.#trouble.textContent = error instanceof Error ? error.message : String(error);
      this.#trouble.hidden = false;
    }
  }
}

/** @param {Gadget} gadget */
function box(gadget) {
  return h(
    "div",
    { class: "gadget", title: gadget.url },
    shortName(gadget.url),
    gadget.height && h("small", {}, ` ${gadget.height} px`),
  );
}

/** @param {string} label A text, or one of Finesse's keys; of one that nobody knows, it is shown as it is. */
function labelOf(label) {
  const key = /^finesse\.container\.tabs\.(?:agent|supervisor)\.(\w+)$/.exec(label)?.[1];
  const said = key ? say(`layout.tab.${key}`) : label;
  return said.startsWith("layout.tab.") ? label : said;
}

customElements.define("layout-editor", LayoutEditor);

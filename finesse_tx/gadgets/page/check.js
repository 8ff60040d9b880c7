/** `/gadgets/check`: asks which gadget, and shows what the server says of it. */
import { say, speak } from "../../browser/core/text.js";
import { fill, h } from "../../browser/ui/element.js";
import { ENGLISH } from "./text.js";

/** @typedef {{ kind: string, topic: string, line: number, text: string }} Finding */
/** @typedef {{ gadget: string, isValid: boolean, errors: number, warnings: number, findings: Finding[] }} Report */

speak(ENGLISH);

/** Anybody may ask: this server is somebody's who writes gadgets. */
const isOpen = document.body.dataset["open"] === "true";

const url = h("input", {
  id: "url",
  type: "url",
  required: true,
  "aria-describedby": "url-hint",
  value: new URLSearchParams(location.search).get("url") ?? "",
});
const username = h("input", { id: "username", autocomplete: "username", required: true });
const password = h("input", {
  id: "password",
  type: "password",
  autocomplete: "current-password",
  required: true,
});
const button = h("button", { class: "primary" }, say("check.action"));
const trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
const shown = h("section", { "aria-live": "polite" });

/** @param {string} text */
function complain(text) {
  trouble.textContent = text;
  trouble.hidden = false;
  fill(shown);
}

/** @param {Report} report */
function show(report) {
  const { errors } = report;
  const verdict = report.isValid
    ? say("check.valid")
    : say(errors === 1 ? "check.error" : "check.errors", { count: errors });
  const kinds = ["error", "warning", "note"];
  const rows = kinds.flatMap((kind) => report.findings.filter((one) => one.kind === kind));
  fill(
    shown,
    h("p", { class: report.isValid ? "notice good" : "notice bad" }, verdict),
    h(
      "table",
      {},
      h("caption", {}, say("check.found", { gadget: report.gadget })),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...["check.kind", "check.line", "check.text"].map((key) =>
            h("th", { scope: "col" }, say(key)),
          ),
        ),
      ),
      h(
        "tbody",
        {},
        rows.map((one) =>
          h(
            "tr",
            { class: one.kind },
            h("td", {}, `${say(`kind.${one.kind}`)} · ${say(`topic.${one.topic}`)}`),
            h("td", { class: "line" }, one.line || ""),
            h("td", {}, one.text),
          ),
        ),
      ),
    ),
  );
}

async function check() {
  trouble.hidden = true;
  const missing = [url, ...(isOpen ? [] : [username, password])].find((one) => !one.value);
  if (missing || !/^https?:\/\//i.test(url.value)) {
    complain(say("check.missing"));
    (missing ?? url).focus();
    return;
  }
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json" };
  if (!isOpen) {
    const bytes = new TextEncoder().encode(`${username.value}:${password.value}`);
    headers["authorization"] = `Basic ${btoa(String.fromCharCode(...bytes))}`;
  }
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  try {
    const address = `/gadgets/check?url=${encodeURIComponent(url.value)}`;
    const answer = await fetch(address, { headers, cache: "no-store" });
    if (answer.ok) {
      show(await answer.json());
      history.replaceState(null, "", address);
    } else {
      complain(await answer.text());
    }
  } catch {
    complain(say("check.lost"));
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

/**
 * @param {HTMLInputElement} input
 * @param {string} key
 * @param {HTMLElement | null} [hint]
 */
function field(input, key, hint = null) {
  return h("div", { class: "field" }, h("label", { for: input.id }, say(key)), input, hint);
}

fill(
  document.body,
  h(
    "main",
    {},
    h("h1", {}, say("check.title")),
    h("p", { class: "quiet" }, say("check.intro")),
    h(
      "form",
      {
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          void check();
        },
      },
      field(url, "check.url", h("p", { id: "url-hint", class: "hint" }, say("check.hint"))),
      isOpen
        ? null
        : h("div", { class: "who" }, field(username, "check.username"), field(password, "check.password")),
      trouble,
      button,
    ),
    shown,
  ),
);
if (url.value && isOpen) {
  void check();
} else {
  (url.value ? username : url).focus();
}

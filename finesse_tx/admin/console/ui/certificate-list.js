/** `<certificate-list>`: the certificates of the TLS ports, how long they are good, and a button that reads them anew. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ subject: string, issuer: string, name: string[], names: string[], notBefore: string, notAfter: string, key: string, fingerprint: string }} Certificate */

const DAY_MS = 86_400_000;

const SOON_DAYS = 30;

const DATES = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export class CertificateList extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #shown = h("div", { class: "cards wide" });

  start() {
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.certificates")),
        h("button", { type: "button", onclick: () => this.#load("POST", "/reload") }, say("certificates.reload")),
        h("p", { class: "quiet" }, say("certificates.about")),
      ),
      this.#trouble,
      this.#shown,
    );
    this.#load("GET", "");
  }

  /**
   * @param {string} method
   * @param {string} more
   */
  async #load(method, more) {
    try {
      const found = await this.rest.ask(method, `/cfadmin/api/certificates${more}`, { signal: this.signal });
      this.#trouble.hidden = true;
      fill(this.#shown, (found.Certificate ?? []).map(card));
      if (method === "POST") {
        announce(say("certificates.reloaded"));
      }
    } catch (error) {
      if (!this.signal.aborted) {
        this.#trouble.textContent = error instanceof Error ? error.message : String(error);
        this.#trouble.hidden = false;
      }
    }
  }
}

/**
 * @param {Certificate} certificate
 * @param {number} index
 */
function card(certificate, index) {
  const until = new Date(certificate.notAfter);
  const days = Math.floor((until.getTime() - Date.now()) / DAY_MS);
  const kind = days < 0 ? "bad" : days < SOON_DAYS ? "warning" : "good";
  const facts = [
    ["certificates.subject", certificate.subject],
    ["certificates.names", certificate.names.join(", ")],
    ["certificates.issuer", certificate.issuer],
    ["certificates.from", DATES.format(new Date(certificate.notBefore))],
    ["certificates.until", DATES.format(until)],
    ["certificates.key", certificate.key],
    ["certificates.fingerprint", certificate.fingerprint],
  ];
  return h(
    "section",
    { class: "card" },
    h("h2", {}, say(index === 0 ? "certificates.server" : "certificates.above")),
    h("p", { class: `notice ${kind}` }, say(days < 0 ? "certificates.over" : "certificates.days", { days })),
    h(
      "dl",
      { class: "facts" },
      facts.filter(([, value]) => value).map(([key, value]) => [h("dt", {}, say(key ?? "")), h("dd", {}, value)]),
    ),
  );
}

customElements.define("certificate-list", CertificateList);

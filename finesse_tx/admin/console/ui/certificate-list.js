/** `<certificate-list>`: the certificates of the TLS ports, how long they are good, another one installed, the one before put back. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { askFor, confirmed } from "../../../browser/ui/entry-dialog.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { announce } from "../../../browser/ui/notices.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */
/** @typedef {{ subject: string, issuer: string, names: string[], notBefore: string, notAfter: string, key: string, fingerprint: string }} Certificate */
/** @typedef {{ source: "own" | "installed" | "file", file: string, host: string, previous: string, doubts: string[], Certificate?: Certificate[] }} Certificates */

const PATH = "/cfadmin/api/certificates";

const DAY_MS = 86_400_000;

const SOON_DAYS = 30;

const DATES = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export class CertificateList extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  /** @type {Certificates} What is shown. */
  #found = { source: "own", file: "", host: "", previous: "", doubts: [] };
  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #source = h("p", { class: "notice", hidden: true });
  #doubts = h("ul", { class: "notice warning", hidden: true });
  #shown = h("div", { class: "cards wide" });
  #install = h(
    "button",
    { class: "primary", type: "button", hidden: true, onclick: () => this.#ask() },
    say("certificates.install"),
  );
  #back = h("button", { type: "button", hidden: true, onclick: () => this.#putBack() }, say("certificates.back"));

  start() {
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("h1", {}, say("page.certificates")),
        h(
          "div",
          { class: "tools" },
          h("button", { type: "button", onclick: () => this.#load("POST", "/reload") }, say("certificates.reload")),
          this.#back,
          this.#install,
        ),
        h("p", { class: "quiet" }, say("certificates.about")),
      ),
      this.#trouble,
      this.#source,
      this.#doubts,
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
      this.#show(await this.rest.ask(method, `${PATH}${more}`, { signal: this.signal }));
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

  /** @param {Certificates} found */
  #show(found) {
    this.#found = found;
    const { source, file, previous, doubts } = found;
    this.#trouble.hidden = true;
    this.#source.textContent = say(`certificates.${source}`, { file });
    this.#source.hidden = false;
    this.#install.hidden = source === "file";
    this.#back.hidden = !previous;
    fill(this.#doubts, doubts.map((doubt) => h("li", {}, `${doubt}.`)));
    this.#doubts.hidden = doubts.length === 0;
    fill(this.#shown, (found.Certificate ?? []).map(card));
  }

  async #ask() {
    const { host } = this.#found;
    const isDone = await askFor({
      title: say("certificates.install"),
      action: say("certificates.install"),
      fields: [
        {
          key: "certificate",
          label: say("certificates.pem"),
          kind: "file",
          isRequired: true,
          hint: `${say("certificates.installHint")} ${say("certificates.forHost", { host })}`,
        },
        { key: "key", label: say("certificates.keyFile"), kind: "file", hint: say("certificates.keyHint") },
        {
          key: "passphrase",
          label: say("certificates.passphrase"),
          kind: "password",
          maxLength: 1024,
          hint: say("certificates.passphraseHint"),
        },
      ],
      save: async (values) => this.#show(await this.rest.post(PATH, await brought(values))),
    });
    if (isDone) {
      announce(say("certificates.done"));
    }
  }

  async #putBack() {
    const { previous } = this.#found;
    const what = previous === "own" ? say("certificates.backOwn") : previous;
    const isDone = await confirmed({
      title: say("certificates.back"),
      text: say("certificates.backText", { what }),
      action: say("certificates.back"),
      act: async () => this.#show(await this.rest.post(`${PATH}/previous`, {})),
    });
    if (isDone) {
      announce(say("certificates.done"));
    }
  }
}

/**
 * What somebody has chosen, as it is sent: PKCS #12 in Base64, PEM as it is.
 *
 * @param {Record<string, any>} values
 */
async function brought({ certificate, key, passphrase }) {
  if (/\.(p12|pfx)$/i.test(certificate.name)) {
    const bytes = new Uint8Array(await certificate.arrayBuffer());
    const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return { pkcs12: btoa(text), passphrase };
  }
  return { certificate: await certificate.text(), key: key ? await key.text() : "", passphrase };
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

// A stream over BOSH (XEP-0124, XEP-0206): one request is held, another brings what we send.

import { NS, children, markup, parse } from "./xml.js";

const WAIT_S = 30;
const RETRIES = 3;

/** A stream; who uses it sets `onelement(element)` and `onclosed()`. */
export class BOSH {
  #url;
  #domain = "";
  #sid = null;
  #rid = crypto.getRandomValues(new Uint32Array(1))[0];
  #waiting = [];
  #underWay = 0;
  #isRestarting = false;
  #isOver = false;
  #before = Promise.resolve();

  constructor(url) {
    this.#url = url;
  }

  /** Begin. */
  open(domain) {
    this.#domain = domain;
    this.#post({
      to: domain, wait: WAIT_S, hold: 1, ver: "1.11", "xml:lang": "en",
      "xmlns:xmpp": NS.xbosh, "xmpp:version": "1.0", content: "text/xml; charset=utf-8",
    });
  }

  /** Begin anew, after signing in. */
  restart() {
    this.#isRestarting = true;
    this.#more();
  }

  /** Send one element. */
  send(text) {
    this.#waiting.push(text);
    this.#more();
  }

  /** End; what waits goes along. */
  close() {
    if (this.#isOver) return;
    if (this.#sid === null) this.#end();
    else this.#post({ type: "terminate" }, this.#waiting.splice(0));
  }

  /** Ask for more, with what there is to say; one request is always under way, and no more than two are. */
  #more() {
    if (this.#isOver || this.#sid === null) return;
    const hasMore = this.#waiting.length > 0 || this.#isRestarting;
    if (this.#underWay >= 2 || (this.#underWay === 1 && !hasMore)) return;
    if (this.#isRestarting) {
      this.#isRestarting = false;
      this.#post({ to: this.#domain, "xmlns:xmpp": NS.xbosh, "xmpp:restart": "true" });
    } else {
      this.#post({}, this.#waiting.splice(0));
    }
  }

  /** Send a request; answers are dealt with in the order of the requests, however they come. */
  #post(attributes, content = []) {
    const body = markup("body", { xmlns: NS.bosh, rid: this.#rid++, sid: this.#sid, ...attributes }, ...content);
    this.#underWay += 1;
    const before = this.#before;
    const answered = this.#fetch(body, attributes.type === "terminate");
    this.#before = before.then(async () => {
      const answer = await answered;
      this.#underWay -= 1;
      if (!this.#isOver) this.#take(answer);
    });
  }

  /** A request that is lost is repeated, with the same bytes; the last one outlives the page. */
  async #fetch(body, keepalive) {
    for (let attempt = 0; attempt <= RETRIES && !this.#isOver; attempt += 1) {
      try {
        const response = await fetch(this.#url, {
          method: "POST",
          body,
          keepalive,
          headers: { "Content-Type": "text/xml; charset=utf-8" },
          signal: AbortSignal.timeout((WAIT_S + 10) * 1000),
        });
        const answer = parse(await response.text());
        if (answer.getAttribute("type") !== "error") return answer;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
      }
    }
    return null;
  }

  #take(answer) {
    if (answer === null) {
      this.#end();
      return;
    }
    this.#sid ??= answer.getAttribute("sid");
    for (const element of children(answer)) this.onelement(element);
    if (answer.getAttribute("type") === "terminate") this.#end();
    else this.#more();
  }

  #end() {
    if (this.#isOver) return;
    this.#isOver = true;
    this.onclosed();
  }
}

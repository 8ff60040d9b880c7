/** `<system-status>`: whether this node serves, who is there, and how much goes on; told anew every few seconds. */
import { say } from "../../../browser/core/text.js";
import { h, fill } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";

/** @typedef {import("../../../browser/core/rest.js").Rest} Rest */

const API = "/finesse/api";

const EVERY_MS = 5000;

export class SystemStatus extends LiveElement {
  /** @type {Rest} */
  rest = /** @type {any} */ (null);

  #trouble = h("p", { class: "notice bad", role: "alert", hidden: true });
  #service = h("p", { class: "notice", role: "status" });
  #shown = h("div", { class: "cards" });

  start() {
    fill(
      this,
      h("div", { class: "page-head" }, h("h1", {}, say("page.status")), h("p", { class: "quiet" }, say("status.about"))),
      this.#trouble,
      this.#service,
      this.#shown,
    );
    this.#load();
  }

  async #load() {
    const { rest, signal } = this;
    try {
      const [system, running, connected] = await Promise.all(
        ["SystemInfo", "RuntimeConfigInfo", "ConnectedUsersInfo"].map((name) => rest.get(`${API}/${name}`, signal)),
      );
      this.#trouble.hidden = true;
      this.#show(system, running, connected);
    } catch (error) {
      if (signal.aborted) {
        return;
      }
      this.#trouble.textContent = error instanceof Error ? error.message : String(error);
      this.#trouble.hidden = false;
    }
    const timer = setTimeout(() => this.#load(), EVERY_MS);
    signal.addEventListener("abort", () => clearTimeout(timer));
  }

  /**
   * @param {Record<string, any>} system
   * @param {Record<string, any>} running
   * @param {Record<string, any>} connected
   */
  #show(system, running, connected) {
    const serves = system["status"] === "IN_SERVICE";
    const text = serves ? say("status.serves") : say("status.away", { reason: system["statusReason"] });
    if (this.#service.textContent !== text) {
      this.#service.textContent = text;
      this.#service.className = `notice ${serves ? "good" : "bad"}`;
    }
    const up = Number(running["upTimeSeconds"]);
    fill(
      this.#shown,
      card("status.node", [
        ["status.host", system["primaryNode"]?.["host"]],
        ["status.kind", system["deploymentType"]],
        ["status.up", say("status.time", { days: Math.floor(up / 86400), hours: Math.floor(up / 3600) % 24, minutes: Math.floor(up / 60) % 60 })],
        ["status.domain", system["xmppDomain"]],
      ]),
      card("status.cti", [
        ["status.heartbeat", system["lastCTIHeartbeatStatus"]],
        ["status.servers", (system["ctiServers"] ?? []).map((/** @type {Record<string, any>} */ one) => one["host"]).join(", ")],
        ["status.version", system["ctiVersion"]],
      ]),
      card("status.load", [
        ["status.agents", running["agentsOnNode"]],
        ["status.dialogs", running["activeDialogs"]],
        ["status.tasks", running["activeTasks"]],
        ["status.desktops", connected["userSummary"]?.["desktopUsers"]],
        ["status.others", connected["userSummary"]?.["thirdPartyUsers"]],
      ]),
    );
  }
}

/**
 * @param {string} title
 * @param {[string, unknown][]} facts
 */
function card(title, facts) {
  return h(
    "section",
    { class: "card" },
    h("h2", {}, say(title)),
    h(
      "dl",
      { class: "facts" },
      facts.filter(([, value]) => value !== undefined && value !== "").map(([key, value]) => [h("dt", {}, say(key)), h("dd", {}, String(value))]),
    ),
  );
}

customElements.define("system-status", SystemStatus);

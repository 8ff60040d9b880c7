/**
 * `<desk-page>`: what the layout puts onto a desktop, and the gadgets' side of it.
 *
 * Spec: `desktop.md` §6, §8, §10.
 */
import { say } from "../../../browser/core/text.js";
import { fill, h } from "../../../browser/ui/element.js";
import { LiveElement } from "../../../browser/ui/live-element.js";
import { Channels } from "../container/channels.js";
import { ClientLog } from "../container/client-log.js";
import { offer } from "../container/contract.js";
import { GadgetShortcuts } from "../container/gadget-shortcuts.js";
import { gadgetUrl } from "../container/gadget-url.js";
import { HeldGadgets } from "../container/held-gadgets.js";
import { GadgetHost } from "../container/host.js";
import { DesktopHub } from "../container/hub.js";
import { InfoServices } from "../container/info.js";
import { KeptPrefs } from "../container/kept-prefs.js";
import { readLayout } from "../container/layout.js";
import { Popovers } from "../container/popovers.js";
import { hubScripts } from "../container/scripts.js";
import { ContainerServices } from "../container/services.js";
import { standingBefore, StandstillWatch, watcher } from "../container/standstill-watch.js";
import { surroundings } from "../container/surroundings.js";
import { WorkflowRunner } from "../container/workflow-runner.js";
import { BlockedPop } from "./blocked-pop.js";
import { deskLog } from "../core/desk-log.js";
import { remember, remembered } from "../core/memory.js";
import { problemText } from "../core/problems.js";
import { DeskParts } from "./desk-parts.js";
import { PageDialogs } from "./page-dialogs.js";
import { PopoverStack } from "./popover-stack.js";
import { TabList } from "./tab-list.js";
import { watchPage } from "./watch-page.js";

/** @typedef {import("../core/desk.js").Desk} Desk */
/** @typedef {import("./gadget-frame.js").GadgetFrame} GadgetFrame */
/** @typedef {import("./multi-tab.js").MultiTab} MultiTab */
/** @typedef {import("../container/layout.js").HeaderColumn} HeaderColumn */
/** @typedef {import("../container/layout.js").Plan} Plan */
/** @typedef {import("../container/layout.js").Tab} Tab */

/** What the last tab is remembered by. */
const TAB_KEY = "tab";

export class DeskPage extends LiveElement {
  desk = /** @type {Desk} */ (/** @type {any} */ (null));

  /** Where the header's columns go. */
  header = /** @type {HTMLElement} */ (/** @type {any} */ (null));

  log = new ClientLog();

  #plan = /** @type {Plan} */ (/** @type {any} */ (null));
  #systemInfo = /** @type {any} */ ({});
  #host = /** @type {GadgetHost} */ (/** @type {any} */ (null));
  #services = /** @type {ContainerServices} */ (/** @type {any} */ (null));
  #parts = /** @type {DeskParts} */ (/** @type {any} */ (null));
  /** @type {StandstillWatch | null} */
  #watch = null;
  #active = "";
  /** @type {EventSource | null} */
  #changes = null;
  /** @type {Map<string, HTMLElement>} By tab. */
  #panels = new Map();
  #tabs = new TabList();
  #dialogs = new PageDialogs();
  /** @type {GadgetFrame | null} */
  #large = null;

  start() {
    void this.#begin();
  }

  /** The gadgets on the hub, and to how many topics each listens: for who looks for what was left behind. */
  get clients() {
    return this.#host?.hub.clients ?? {};
  }

  async #begin() {
    const { desk, signal } = this;
    fill(this, h("p", { class: "desk-waiting", role: "status" }, say("gadgets.layoutLoading")));
    const watch = (this.#watch ??= new StandstillWatch(watcher(), desk.me.loginId, signal));
    try {
      const [scripts, { layoutxml }, systemInfo, standing] = await Promise.all([
        hubScripts(),
        desk.config("Layout"),
        desk.config("SystemInfo"),
        standingBefore(desk.me.loginId),
        watch.isUp,
      ]);
      if (!signal.aborted) {
        this.#systemInfo = systemInfo;
        this.#plan = this.#read(layoutxml);
        this.#open(scripts);
        const frames = () => this.#frames();
        const notice = watchPage({ host: this.#host, watch, frames, standing, signal });
        if (notice) {
          this.append(notice);
        }
        this.#show();
      }
    } catch (error) {
      if (!signal.aborted) {
        this.log.add(`the layout cannot be shown: ${error}`);
        const text = problemText(error);
        const again = h("button", { type: "button", onclick: () => void this.#begin() }, say("gadgets.retry"));
        fill(this, h("div", { class: "notice bad", role: "alert" }, h("p", {}, say("gadgets.layoutFailed"), " ", text), again));
      }
    }
  }

  /** @param {string} xml */
  #read(xml) {
    const { me, isSupervisor } = this.desk;
    const document = new DOMParser().parseFromString(xml, "text/xml");
    const plan = readLayout(document.documentElement, isSupervisor ? "Supervisor" : "Agent", {
      loginId: me.loginId,
      teamName: me.teamName ?? "",
      teams: (me.teams ?? []).map(({ name }) => name),
      origin: location.origin,
    });
    for (const { where, key, what } of plan.faults) {
      this.log.add(`layout, ${where}: ${say(key, { what })}`);
    }
    return plan;
  }

  #around() {
    const { me, clock } = this.desk;
    return surroundings({
      me,
      systemInfo: this.#systemInfo,
      settings: this.#plan.configs,
      location,
      language: document.documentElement.lang && !navigator.language.startsWith(document.documentElement.lang)
        ? document.documentElement.lang
        : navigator.language,
      driftMs: clock.now() - Date.now(),
    });
  }

  /** @param {{ OpenAjax: any, gadgets: any }} scripts */
  #open({ OpenAjax, gadgets }) {
    const { desk, signal, log } = this;
    const hub = new DesktopHub(OpenAjax, (client) => this.#host.frameOf(client)?.isForeign ?? false);
    const around = () => this.#around();
    const kept = new KeptPrefs(localStorage, desk.me.loginId);
    this.#host = new GadgetHost({
      openAjax: OpenAjax,
      rpc: gadgets.rpc,
      hub,
      around,
      held: new HeldGadgets(localStorage, desk.me.loginId),
      kept,
      ask: (method, path) => desk.ask(method, path),
      log: (line) => log.add(line),
      written: () => this.#followFiles(),
      signal,
    });
    log.collect(hub, signal);
    deskLog.appendix = () => log.text;
    void new InfoServices(hub, desk, desk.resource, signal);
    const channels = new Channels(hub, signal);
    desk.signOutBlocked = () => channels.signOutBlocked;
    this.#parts = new DeskParts({
      desk,
      host: this.#host,
      channels,
      resized: (frame, isLarge) => this.#resized(frame, isLarge),
      log: (line) => log.add(line),
      signal,
    });
    const boxes = (/** @type {number} */ mid) => this.#frame(mid);
    const tabs = {
      activeTab: () => this.#active,
      activateTab: (/** @type {string} */ id) => this.activateTab(id),
    };
    const boxOf = (/** @type {any} */ client) => /** @type {GadgetFrame | undefined} */ (this.#host.frameOf(client));
    this.#services = new ContainerServices(hub, { ...tabs, box: boxes, boxOf }, desk, signal);
    offer(
      window,
      {
        ...tabs,
        showDialog: (options) => this.#dialogs.showDialog(options),
        hideDialog: () => this.#dialogs.hideDialog(),
        reload: (mid) => boxes(mid)?.reload(),
        modifyUrl: (mid, url) => {
          const changed = gadgetUrl(url, { loginId: desk.me.loginId, teamName: "", teams: [], origin: location.origin });
          if (changed) {
            boxes(mid)?.changeUrl(changed.href);
          }
        },
        showBanner: (_mid, closed) => this.#dialogs.showBanner(closed),
        hideBanner: (id) => this.#dialogs.hideBanner(id),
      },
      around,
      signal,
    );
    const popovers = new PopoverStack();
    popovers.popovers = new Popovers(hub, signal);
    popovers.desk = desk;
    if (desk.shortcuts) {
      new GadgetShortcuts(hub, desk.shortcuts, signal);
    }
    this.#dialogs.name = this.#plan.configs["title"] || say("gadgets.desktop");
    const blocked = new BlockedPop();
    const workflows = new WorkflowRunner({
      desk,
      origin: location.origin,
      publish: (topic, data) => hub.publish(topic, data),
      open: (url, name) => window.open(url, name),
      blocked: (url) => blocked.offer(url),
      log: (line) => log.add(line),
    });
    void workflows.begin(signal);
    fill(this, this.#dialogs, blocked, popovers);
  }

  #frames() {
    return this.#plan.gadgets.map(({ mid }) => this.#frame(mid)).filter((frame) => frame !== undefined);
  }

  /** Gadgets that are being written are loaded again when their files change. */
  #followFiles() {
    if (!this.#changes) {
      const changes = new EventSource("/gadgets/changes");
      this.#changes = changes;
      changes.addEventListener("changed", ({ data }) => this.#host.changed(JSON.parse(data).folders));
      this.signal.addEventListener("abort", () => changes.close());
    }
  }

  // What is there -----------------------------------------------------------------------------------------------------------

  #show() {
    const { page, tabs, left, right } = this.#plan;
    if (this.header) {
      const side = (/** @type {string} */ name, /** @type {HeaderColumn[]} */ columns) =>
        h("div", { class: `header-${name}` }, columns.map((column) => this.#parts.column(column)));
      fill(this.header, side("left", left), side("right", right));
    }
    const title = this.#plan.configs["title"];
    if (title) {
      document.title = title;
    }
    const above = h("div", { class: "page-gadgets" }, page.map((gadget) => this.#parts.place(gadget)));
    const panels = tabs.map((tab) => this.#panel(tab));
    const list = this.#tabs;
    list.label = say("gadgets.tabs");
    list.most = Number(this.#plan.configs["maxTabsOnTabbedGadgetHeader"]) || list.most;
    list.tabs = tabs.map(({ id, icon, label }) => ({ id, icon, label: labelOf(label) }));
    list.chosen = (id) => this.activateTab(id);
    this.append(above);
    if (tabs.length > 1) {
      this.append(list);
    }
    this.append(...panels);
    if (tabs.length === 0 && page.length === 0) {
      this.append(h("p", { class: "notice warning" }, say("gadgets.layoutEmpty")));
    }
    this.#listen();
    this.activateTab(this.#firstTab());
  }

  #listen() {
    const { signal } = this;
    window.addEventListener("hashchange", () => this.activateTab(wantedTab()), { signal });
    window.addEventListener("resize", () => this.#large && this.#fit(this.#large), { signal });
    this.#tabs.tabs.slice(0, 9).forEach(({ id, label }, index) => {
      const about = { id: `tab-${index + 1}`, label: say("gadgets.goToTab", { tab: label }), keys: `Ctrl+Alt+${index + 1}` };
      this.desk.shortcuts?.add({ ...about, signal, run: () => this.activateTab(id) });
    });
    if (this.querySelector("multi-tab")) {
      const step = (/** @type {1 | -1} */ way) => this.querySelectorAll("multi-tab").forEach((one) => /** @type {MultiTab} */ (one).step(way));
      this.desk.shortcuts?.add({ id: "next-tab", label: say("gadgets.nextTab"), keys: "Alt+Shift+N", signal, run: () => step(1) });
      this.desk.shortcuts?.add({ id: "previous-tab", label: say("gadgets.previousTab"), keys: "Alt+Shift+P", signal, run: () => step(-1) });
    }
  }

  #firstTab() {
    const ids = [wantedTab(), remembered(`${TAB_KEY}.${this.desk.me.loginId}`)];
    return ids.find((id) => id && this.#panels.has(id)) ?? this.#plan.tabs[0]?.id ?? "";
  }

  /**
   * Show a tab.
   *
   * @param {string} id
   * @returns {boolean} False: there is no such tab.
   */
  activateTab(id) {
    if (!this.#panels.has(id)) {
      return false;
    }
    const isOther = id !== this.#active;
    this.#active = id;
    this.#panels.forEach((panel, tab) => {
      panel.hidden = tab !== id;
    });
    this.#tabs.active = id;
    this.#parts.followers.forEach((follower) => follower.follow(id));
    if (isOther) {
      remember(`${TAB_KEY}.${this.desk.me.loginId}`, id);
      history.replaceState(null, "", `#/${encodeURIComponent(id)}`);
      this.#services.tabChanged();
    }
    return true;
  }

  /** @param {Tab} tab */
  #panel({ id, label, columns }) {
    const isEmpty = columns.every((column) => column.length === 0);
    const panel = h(
      "div",
      { id: `panel_${id}`, class: "tab-panel", role: "tabpanel", "aria-label": labelOf(label), hidden: true },
      isEmpty && h("p", { class: "desk-hint" }, say("gadgets.tabEmpty")),
      h(
        "div",
        { class: "tab-columns" },
        columns.map((column) => h("div", { class: "column" }, column.map((gadget) => this.#parts.place(gadget)))),
      ),
    );
    this.#panels.set(id, panel);
    return panel;
  }

  // Large gadgets -------------------------------------------------------------------------------------------------------------

  /** @param {number} mid */
  #frame(mid) {
    return /** @type {GadgetFrame | undefined} */ (this.#host.frame(mid));
  }

  /**
   * @param {GadgetFrame} frame
   * @param {boolean} isLarge
   */
  #resized(frame, isLarge) {
    if (isLarge && this.#large && this.#large !== frame) {
      this.#large.maximise(false);
    }
    this.#large = isLarge ? frame : null;
    for (let place = frame.parentElement; place && place !== this; place = place.parentElement) {
      place.classList.toggle("has-large", isLarge);
    }
    this.classList.toggle("has-large", isLarge && !frame.closest(".tab-panel"));
    const view = isLarge ? /** @type {const} */ ("canvas") : /** @type {const} */ ("default");
    const { mid: gadgetId, gadget, room } = frame;
    this.#services.viewChanged({ gadgetId, tabId: gadget.tab, maxAvailableHeight: isLarge ? room : 0, view });
  }

  /** @param {GadgetFrame} frame */
  #fit(frame) {
    frame.fit();
    this.#services.heightChanged(frame.room);
  }
}

/** The tab that the address names. */
function wantedTab() {
  const [, id = ""] = /^#\/([^/?]+)/.exec(location.hash) ?? [];
  try {
    return decodeURIComponent(id);
  } catch {
    return "";
  }
}

/** @param {string} label A text, or one of Finesse's keys; of one that nobody knows, it is shown as it is. */
function labelOf(label) {
  const key = /^finesse\.container\.tabs\.(?:agent|supervisor)\.(\w+)$/.exec(label)?.[1];
  const said = key ? say(`gadgets.tab.${key}`) : label;
  return said.startsWith("gadgets.tab.") ? label : said;
}

customElements.define("desk-page", DeskPage);

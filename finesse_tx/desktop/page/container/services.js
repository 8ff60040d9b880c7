/**
 * The container services: tabs, reloading, views, ticks, for gadgets on the hub.
 *
 * Spec: `desktop.md` §8.1, §8.2; the types of requests from `CollapseGadgetReq` on are our own (docs/finesse_js.rst).
 */
import {
  ACTIVE_CALL_STATUS,
  ACTIVE_TAB,
  MAX_HEIGHT_CHANGED,
  RELOAD_GADGET,
  SERVICE_REQUESTS,
  TIMER_TICK,
  VIEW_CHANGED,
} from "./topics.js";

/** @typedef {import("./hub.js").Client} Client */
/** @typedef {import("./hub.js").DesktopHub} DesktopHub */

/**
 * @typedef {object} Box A gadget's place in the page.
 * @property {number} mid
 * @property {boolean} isForeign Whether it is of another origin.
 * @property {() => void} reload
 * @property {(isCollapsed: boolean) => void} collapse
 * @property {(text: string) => void} setTitle
 * @property {(isThere: boolean) => void} showTitleBar
 * @property {(isShown: boolean) => void} show
 * @property {(isMarked: boolean) => void} mark Something in it wants to be looked at.
 */

/**
 * @typedef {object} Page
 * @property {() => string} activeTab
 * @property {(id: string) => boolean} activateTab
 * @property {(mid: number) => Box | undefined} box
 * @property {(client: Client) => Box | undefined} boxOf
 */

/**
 * @typedef {object} Desk
 * @property {{ state?: string }} me
 * @property {EventTarget} clock
 * @property {EventTarget["addEventListener"]} addEventListener
 */

/** States in which somebody is in a call. */
const IN_CALL = new Set(["TALKING", "HOLD"]);

/** @type {Record<string, (box: Box, data: any) => void>} */
const OF_BOXES = {
  CollapseGadgetReq: (box) => box.collapse(true),
  ExpandGadgetReq: (box) => box.collapse(false),
  EnableTitleBarReq: (box, { enabled }) => box.showTitleBar(Boolean(enabled)),
  ShowGadgetReq: (box) => box.show(true),
  HideGadgetReq: (box) => box.show(false),
  ShowGadgetNotificationReq: (box) => box.mark(true),
  HideGadgetNotificationReq: (box) => box.mark(false),
  SetGadgetTitleReq: (box, { title }) => box.setTitle(String(title ?? "")),
};

/** Does what gadgets ask on `finesse.containerservices.requests`, and tells them what happens in the page. */
export class ContainerServices {
  #hub;
  #page;
  #desk;
  #isInCall;
  /** @type {AbortController | null} */
  #ticking = null;

  /**
   * @param {DesktopHub} hub
   * @param {Page} page
   * @param {Desk} desk
   * @param {AbortSignal} signal Ends it.
   */
  constructor(hub, page, desk, signal) {
    this.#hub = hub;
    this.#page = page;
    this.#desk = desk;
    this.#isInCall = IN_CALL.has(desk.me.state ?? "");
    hub.subscribe(SERVICE_REQUESTS, (data, _topic, publisher) => this.#asked(data, publisher), signal);
    hub.subscribe(RELOAD_GADGET, (data) => page.box(Number(data?.gadgetId))?.reload(), signal);
    hub.addEventListener("interest", () => this.#tick(), { signal });
    desk.addEventListener("me", () => this.#meChanged(), { signal });
    signal.addEventListener("abort", () => this.#ticking?.abort());
  }

  /** Another tab is shown now. */
  tabChanged() {
    this.#hub.publish(ACTIVE_TAB, this.#page.activeTab());
  }

  /**
   * A gadget is shown larger, or as before.
   *
   * @param {{ gadgetId: number, tabId: string, maxAvailableHeight: number, view: "canvas" | "default" }} view
   */
  viewChanged(view) {
    this.#hub.publish(VIEW_CHANGED, view);
  }

  /** @param {number} maxAvailableHeight That the gadget which is shown larger has now. */
  heightChanged(maxAvailableHeight) {
    this.#hub.publish(MAX_HEIGHT_CHANGED, { maxAvailableHeight });
  }

  /**
   * @param {any} request
   * @param {Client | null} publisher
   */
  #asked(request, publisher) {
    const { type, data } = request ?? {};
    if (typeof type !== "string" || !data || typeof data !== "object") {
      return;
    }
    if (type === "ActiveTabReq") {
      this.tabChanged();
    } else if (type === "SetActiveTabReq") {
      this.#page.activateTab(String(data.id));
    } else {
      const box = this.#about(data, publisher);
      if (box && type === "ReloadGadgetReq") {
        this.#hub.publish(RELOAD_GADGET, { gadgetId: box.mid });
      } else if (box && Object.hasOwn(OF_BOXES, type)) {
        OF_BOXES[type]?.(box, data);
      }
    }
  }

  /**
   * The gadget that a request is about; one of another origin asks for itself alone.
   *
   * @param {any} data
   * @param {Client | null} publisher
   */
  #about(data, publisher) {
    const asker = publisher ? this.#page.boxOf(publisher) : undefined;
    const box = this.#page.box(Number(data.gadgetId ?? asker?.mid));
    return asker?.isForeign && box !== asker ? undefined : box;
  }

  #tick() {
    const isWanted = this.#hub.isHeard(TIMER_TICK);
    if (isWanted && !this.#ticking) {
      this.#ticking = new AbortController();
      const { signal } = this.#ticking;
      this.#desk.clock.addEventListener(
        "second",
        () => this.#hub.publish(TIMER_TICK, { tickFrequency: 1000, dateQueued: new Date() }),
        { signal },
      );
    } else if (!isWanted && this.#ticking) {
      this.#ticking.abort();
      this.#ticking = null;
    }
  }

  #meChanged() {
    const isInCall = IN_CALL.has(this.#desk.me.state ?? "");
    if (isInCall !== this.#isInCall) {
      this.#isInCall = isInCall;
      this.#hub.publish(ACTIVE_CALL_STATUS, { status: isInCall, type: "VOICE" });
    }
  }
}

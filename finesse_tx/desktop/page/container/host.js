/**
 * What the frames of gadgets have in common: the hub, their addresses and tokens, and who is who.
 *
 * Spec: `gadgets.md` §4.1, §10.3, §11; `desktop.md` §8.3.
 */
import { CallPace } from "./call-pace.js";
import { frameAddress, prefsOf } from "./prefs.js";
import { Channels } from "./pubsub.js";
import { BEAT_MS, Pulse } from "./pulse.js";
import { StartQueue } from "./start-queue.js";

/** @typedef {import("./hub.js").Client} Client */
/** @typedef {import("./hub.js").DesktopHub} DesktopHub */
/** @typedef {import("./held-gadgets.js").HeldGadgets} HeldGadgets */
/** @typedef {import("./kept-prefs.js").KeptPrefs} KeptPrefs */
/** @typedef {import("./layout.js").Gadget} Gadget */
/** @typedef {import("./prefs.js").Surroundings} Surroundings */
/** @typedef {import("./standstill-watch.js").StandstillWatch} StandstillWatch */

/**
 * @typedef {object} Frame A gadget's box, as the rpc services need it; see `ui/gadget-frame.js`.
 * @property {Gadget} gadget
 * @property {number} mid
 * @property {string} url Of its specification.
 * @property {boolean} isForeign
 * @property {(how: { isFresh: boolean }) => void} reload
 * @property {(height: number) => void} resize
 * @property {(width: number) => void} widen
 * @property {(text: string) => void} setTitle
 * @property {(changes: Record<string, string>) => void} keepPrefs
 * @property {(view: string) => void} navigate
 * @property {(what: unknown, seconds: unknown) => void} indicate That the gadget loads, or has loaded.
 * @property {(text: string, isDead: boolean) => void} failed An error of its scripts; whether it cannot have begun.
 * @property {boolean} isOnHub Whether it is on the hub.
 * @property {(isAwake: boolean) => void} awake It does not answer any more, or does again.
 * @property {() => void} end It asks for too much: it is not shown any more.
 */

/** A gadget that has not connected after so long is said to be late. */
export const LATE_MS = 15_000;

/** How often tokens are made anew: they are good for an hour. */
export const RENEW_MS = 40 * 60_000;

/** So long may a title be. */
const MAX_TITLE = 200;

/** The rpc services of the page, by name; the gadget is found by its frame, never by what it says. */
const SERVICES = /** @type {Record<string, (frame: Frame, given: any[]) => void>} */ ({
  resize_iframe: (frame, [height]) => frame.resize(Number(height)),
  resize_iframe_width: (frame, [width]) => frame.widen(Number(width)),
  set_title: (frame, [title]) => frame.setTitle(String(title ?? "").slice(0, MAX_TITLE)),
  set_pref: (frame, [, ...pairs]) => {
    /** @type {Record<string, string>} */
    const changes = {};
    for (let at = 0; at + 1 < pairs.length; at += 2) {
      changes[String(pairs[at])] = String(pairs[at + 1]);
    }
    frame.keepPrefs(changes);
  },
  requestNavigateTo: (frame, [view]) => frame.navigate(typeof view === "string" ? view : String(view?.name ?? "")),
  loading_indicator: (frame, [what, seconds]) => frame.indicate(what, seconds),
  gadget_error: (frame, [text, isDead]) => frame.failed(String(text), isDead === true),
});

export class GadgetHost {
  queue = new StartQueue();

  /** Sees whether the page goes on, once it is there. @type {StandstillWatch | null} */
  watch = null;

  /** @type {Map<number, Frame>} */
  #frames = new Map();
  /** @type {Map<string, Frame>} By the id of the iframe. */
  #ids = new Map();
  #pace;
  #around;
  #ask;
  #channels;
  #rpc;
  #written;

  /**
   * @param {object} given
   * @param {any} given.openAjax The global.
   * @param {any} given.rpc `gadgets.rpc`.
   * @param {DesktopHub} given.hub
   * @param {() => Surroundings} given.around
   * @param {HeldGadgets} given.held
   * @param {KeptPrefs} given.kept
   * @param {(method: string, path: string) => Promise<any>} given.ask REST.
   * @param {(line: string) => void} given.log
   * @param {() => void} [given.written] Told of each gadget that is being written.
   * @param {(then: () => void, ms: number, signal: AbortSignal) => void} [given.every]
   * @param {() => number} [given.now] In milliseconds.
   * @param {AbortSignal} given.signal Ends it.
   */
  constructor({ openAjax, rpc, hub, around, held, kept, ask, log, written = () => {}, every = repeat, now = () => performance.now(), signal }) {
    this.openAjax = openAjax;
    this.hub = hub;
    this.held = held;
    this.kept = kept;
    this.log = log;
    this.#pace = new CallPace(now);
    this.#around = around;
    this.#ask = ask;
    this.#rpc = rpc;
    this.#written = written;
    const ids = this.#ids;
    const channels = new Channels((id, ...told) => rpc.call(id, "pubsub", null, ...told));
    this.#channels = channels;
    /** @type {typeof SERVICES} */
    const services = { ...SERVICES, pubsub: (frame, given) => channels.hear(frameId(frame.mid), frame.url, given) };
    for (const [name, serve] of Object.entries(services)) {
      rpc.register(name, /** @this {{ f: string }} @param {any[]} given */ function served(...given) {
        const frame = ids.get(this.f);
        if (frame) {
          serve(frame, given);
        }
      });
    }
    rpc.registerDefault(/** @this {{ s: string, f: string }} */ function unknown() {
      log(`${this.f.slice(0, 100)} calls ${this.s.slice(0, 100)}, which is not served`);
    });
    every(() => void this.#renew(), RENEW_MS, signal);
    const pulse = new Pulse((mid, answered) => rpc.call(frameId(mid), "are_you_there", answered));
    every(() => pulse.beat(this.#frames.values()), BEAT_MS, signal);
    rpc.config({ arbitrator: (/** @type {string} */ _service, /** @type {string} */ from) => this.#isHeard(from) });
    signal.addEventListener("abort", () => {
      rpc.config({ arbitrator: () => true });
      Object.keys(services).forEach((name) => rpc.unregister(name));
      rpc.unregisterDefault();
    });
  }

  /** @param {string} from Who calls the page. */
  #isHeard(from) {
    const verdict = this.#ids.has(from) ? this.#pace.judge(from) : "heard";
    if (verdict === "first") {
      this.log(`${from.slice(0, 100)} calls the page too often, and is not heard`);
    } else if (verdict === "end") {
      this.#ids.get(from)?.end();
    }
    return verdict === "heard";
  }

  /** @param {Frame} frame */
  add(frame) {
    this.#frames.set(frame.mid, frame);
    this.#ids.set(frameId(frame.mid), frame);
  }

  /** @param {Frame} frame */
  remove(frame) {
    this.#frames.delete(frame.mid);
    this.#ids.delete(frameId(frame.mid));
    this.#channels.forget(frameId(frame.mid));
    this.renew(frame);
  }

  /** @param {Frame} frame Which begins anew. */
  renew(frame) {
    this.#pace.forget(frameId(frame.mid));
  }

  /** @param {number} mid */
  frame(mid) {
    return this.#frames.get(mid);
  }

  /** @param {Client} client */
  frameOf(client) {
    return this.#ids.get(client.getClientID());
  }

  /**
   * What a gadget's frame is opened at. Without a token, where none is to be had, it can have nothing fetched, and that is all.
   *
   * @param {Gadget} gadget
   * @param {string} url One of its addresses.
   * @param {boolean} isFresh
   * @returns {Promise<{ uri: string, origin: string }>} The origin is empty where it is the page's own.
   */
  async address(gadget, url, isFresh) {
    const prefs = prefsOf(gadget, this.#around(), url, this.kept.get(url));
    const { token, origin } = await this.#granted(gadget.mid, url);
    return { uri: frameAddress({ mid: gadget.mid, url, prefs, token, origin, isFresh }), origin };
  }

  /**
   * Open a gadget's frame, which becomes a client of the hub.
   *
   * @param {number} mid
   * @param {object} how
   * @param {HTMLElement} how.parent
   * @param {string} how.uri
   * @param {Record<string, string>} how.attributes Of the iframe.
   * @param {() => void} how.late It has not connected after `LATE_MS`; when it does, it is there all the same.
   * @param {() => void} how.connected
   * @param {() => void} how.loaded A page has come into the frame.
   * @returns {any} The `OpenAjax.hub.IframeContainer`.
   */
  open(mid, { parent, uri, attributes, late, connected, loaded }) {
    const { hub } = this.openAjax;
    /** @type {(client: unknown, alert: string) => void} */
    const alerted = (_client, alert) => {
      this.log(`gadget ${mid}: ${alert}`);
      if (alert === hub.SecurityAlert.LoadTimeout) {
        late();
      }
    };
    return new hub.IframeContainer(this.hub.managed, frameId(mid), {
      Container: { onSecurityAlert: alerted, onConnect: connected },
      IframeContainer: { parent, uri, iframeAttrs: attributes, timeout: LATE_MS, onGadgetLoad: loaded },
    });
  }

  /**
   * @param {number} mid
   * @param {string} url
   */
  async #granted(mid, url) {
    try {
      const { token, origin = "", dev = false } = await this.#ask("GET", `/gadgets/token?gadget=${encodeURIComponent(url)}&mid=${mid}`);
      if (dev) {
        this.#written();
      }
      return { token, origin };
    } catch (error) {
      this.log(`gadget ${mid} gets no token: ${error}`);
      return { token: "", origin: "" };
    }
  }

  /** Give each gadget a newer token, before what it has is good no more. */
  async #renew() {
    for (const frame of this.#frames.values()) {
      const { token } = await this.#granted(frame.mid, frame.url);
      if (token) {
        this.#rpc.call(frameId(frame.mid), "update_security_token", null, token);
      }
    }
  }

  /**
   * Load the gadgets again that lie in folders whose files have changed.
   *
   * @param {string[]} folders
   */
  changed(folders) {
    for (const frame of this.#frames.values()) {
      const { hostname, pathname } = new URL(frame.url);
      if (hostname === this.#around().host && folders.some((folder) => pathname.startsWith(folder))) {
        frame.reload({ isFresh: true });
      }
    }
  }
}

/**
 * @param {() => void} then
 * @param {number} ms
 * @param {AbortSignal} signal
 */
function repeat(then, ms, signal) {
  const timer = setInterval(then, ms);
  signal.addEventListener("abort", () => clearInterval(timer));
}

/**
 * The id and the name of a gadget's iframe.
 *
 * @param {number} mid
 */
export function frameId(mid) {
  return `finesse_gadget_${mid}`;
}

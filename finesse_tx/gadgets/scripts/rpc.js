/*
 * rpc: calls between a page and the frames in it (gadgets.md §9.6, §10). One script for both sides.
 *
 * A packet is believed only when it comes from the window and the origin that its sender must have, with the token that both
 * know. Frames of one origin call each other directly, so that functions and `undefined` survive; others by postMessage.
 */
"use strict";

gadgets.rpc = gadgets.rpc || (() => {
  const CALLBACK = "__cb";
  const ACK = "__ack";
  const PARENT = "..";
  /** Calls that may wait for a frame that is not there yet; one more is forgotten. */
  const MAX_WAITING = 1000;

  const own = gadgets.util.getUrlParameters();
  /** Known for good: a frame that has been taken out of its page has no location any more, and may still have answers to come. */
  const { origin: ownOrigin, href: ownHref } = document.location;
  const isChild = window !== window.parent;
  const rpcId = isChild && window.name ? window.name : PARENT;
  const services = new Map();
  const callbacks = new Map();
  /** By id of the other side. */
  const peers = new Map();
  let calls = 0;
  let byDefault = () => {};
  let arbitrator = null;
  let securityCallback = () => {};
  let isParentSet = false;

  const peer = (id) => {
    if (!peers.has(id)) {
      peers.set(id, { relay: "", origin: "", token: "0", isReady: id === PARENT || id.startsWith("/"), waiting: [] });
    }
    return peers.get(id);
  };

  const getOrigin = (url) => {
    if (!url) {
      return "";
    }
    try {
      const { protocol, origin } = new URL(url, ownHref);
      return protocol === "http:" || protocol === "https:" ? origin : "";
    } catch {
      return "";
    }
  };

  /** The window of somebody, and where it must be from. */
  const windowOf = (id) => {
    if (id === PARENT) {
      return window.parent;
    }
    if (id.startsWith("/")) {
      return window.parent.frames[id.slice(1).split("|")[0]] ?? null;
    }
    return document.getElementById(id)?.contentWindow ?? window.frames[id] ?? null;
  };

  const originOf = (id) =>
    id.startsWith("/") ? getOrigin(id.split("|")[1] || ownOrigin) : peer(id).origin;

  /** The receiver of a frame of our own origin; null for others. */
  const receiverOf = (id) => {
    if (originOf(id) !== ownOrigin) {
      return null;
    }
    try {
      return windowOf(id)?.gadgets?.rpc?.receiveSameDomain ?? null;
    } catch {
      return null;
    }
  };

  const deliver = (id, packet) => {
    const receive = receiverOf(id);
    if (receive) {
      setTimeout(() => receive(packet), 0);
      return true;
    }
    const target = windowOf(id);
    const origin = originOf(id);
    if (!target || !origin) {
      return false;
    }
    target.postMessage(JSON.stringify(packet), origin);
    return true;
  };

  const send = (id, packet) => {
    const other = peer(id);
    if ((other.isReady || packet.s === ACK || receiverOf(id)) && deliver(id, packet)) {
      return;
    }
    if (other.waiting.length < MAX_WAITING) {
      other.waiting.push(packet);
    }
  };

  const ready = (id) => {
    const other = peer(id);
    other.isReady = true;
    for (const packet of other.waiting.splice(0)) {
      send(id, packet);
    }
  };

  const answer = (packet, result) => {
    if (packet.c) {
      call(packet.f, CALLBACK, null, packet.c, result);
    }
  };

  const process = (packet) => {
    if (packet.s === ACK) {
      ready(packet.f);
      return;
    }
    if (packet.s === CALLBACK) {
      const [id, result] = packet.a;
      const waiting = callbacks.get(id);
      if (waiting && waiting.target === packet.f) {
        callbacks.delete(id);
        waiting.callback.call(packet, result);
      }
      return;
    }
    if (arbitrator && !arbitrator(packet.s, packet.f)) {
      return;
    }
    const scope = { ...packet, callback: (result) => answer(packet, result) };
    const result = (services.get(packet.s) ?? byDefault).apply(scope, packet.a);
    if (result !== undefined) {
      answer(packet, result);
    }
  };

  const isPacket = (found) =>
    Boolean(found) && typeof found === "object" && typeof found.s === "string" && typeof found.f === "string" && Array.isArray(found.a);

  const isSibling = (id) => id.startsWith("/");

  window.addEventListener("message", (event) => {
    if (typeof event.data !== "string" || !event.data.startsWith("{")) {
      return;
    }
    let packet;
    try {
      packet = JSON.parse(event.data);
    } catch {
      return; // somebody else's
    }
    if (!isPacket(packet)) {
      return;
    }
    const from = packet.f;
    const other = isSibling(from) ? null : peers.get(from);
    const expected = isSibling(from) ? getOrigin(from.split("|")[1]) : other?.origin;
    if (!expected || event.origin !== expected || event.source !== windowOf(from)) {
      return;
    }
    if (other && String(packet.t) !== String(other.token)) {
      securityCallback(from, gadgets.rpc.SEC_ERROR_FORGED_MSG);
      return;
    }
    packet.origin = event.origin;
    packet.referer = packet.r || event.origin;
    if (other && !other.isReady) {
      ready(from); // it can talk, so it can listen
    }
    process(packet);
  });

  /**
   * Call a service.
   *
   * @param {string | null} target Nothing for the parent; a frame's id; `/ID|ORIGIN` for a sibling.
   * @param {string} service
   * @param {((result: unknown) => void) | null} callback Gets the answer.
   * @param {...unknown} args
   */
  const call = (target, service, callback, ...args) => {
    const id = target || PARENT;
    let from = id === PARENT ? rpcId : PARENT;
    if (isSibling(id)) {
      from = `/${rpcId}|${ownOrigin}`;
    } else if (id === PARENT) {
      setUpParent();
    }
    const number = callback ? (calls += 1) : 0;
    if (callback) {
      callbacks.set(number, { callback, target: id });
    }
    const packet = { s: service, f: from, c: number, a: args, t: peer(id).token, l: false };
    if (id === PARENT && passesReferrer) {
      packet.r = ownHref;
    }
    send(id, packet);
  };

  let passesReferrer = false;

  /** What a frame knows of its parent stands in its address. */
  const setUpParent = () => {
    const parent = own.parent ?? own.oahParent;
    if (isParentSet || !isChild || !parent) {
      return;
    }
    isParentSet = true;
    setupReceiver(PARENT, parent, own.rpctoken ?? own.ifpctok);
  };

  const setupReceiver = (id, url, token) => {
    const other = peer(id);
    if (id === PARENT) {
      isParentSet = true;
      other.relay = url || own.parent || own.oahParent || "";
      other.origin = getOrigin(other.relay);
      other.token = token ?? own.rpctoken ?? own.ifpctok ?? "0";
      call(PARENT, ACK, null);
      ready(PARENT);
      return;
    }
    const frame = document.getElementById(id);
    other.relay = url || frame?.src || "";
    other.origin = getOrigin(other.relay);
    other.token = token ?? gadgets.util.getUrlParameters(frame?.src ?? "").rpctoken ?? "0";
  };

  gadgets.config.register("rpc", null, (all) => {
    passesReferrer = String(all.rpc?.passReferrer ?? "").startsWith("c2p");
    if (own.parent) {
      setUpParent();
    }
  });

  const register = (service, handler) => {
    if (service === CALLBACK || service === ACK) {
      throw new Error("Cannot overwrite callback/ack service");
    }
    services.set(service, handler);
  };

  // The page has a newer token before the old one is good no more: every gadget needs it, whether or not it asks for auth-refresh.
  register("update_security_token", function update(token) {
    if (this.f === PARENT) {
      shindig.auth?.updateSecurityToken(token);
    }
  });

  // The page asks gadgets of another origin whether they are still there.
  register("are_you_there", () => true);

  return {
    call,
    register,

    unregister(service) {
      if (service === CALLBACK || service === ACK) {
        throw new Error("Cannot delete callback/ack service");
      }
      services.delete(service);
    },

    registerDefault(handler) {
      byDefault = handler;
    },

    unregisterDefault() {
      byDefault = () => {};
    },

    config({ securityCallback: told, arbitrator: asked } = {}) {
      securityCallback = told ?? securityCallback;
      arbitrator = asked ?? arbitrator;
    },

    setupReceiver,

    removeReceiver(id) {
      peers.delete(id);
      for (const [number, waiting] of callbacks) {
        if (waiting.target === id) {
          callbacks.delete(number);
        }
      }
    },

    /** Called by frames of our own origin. */
    receiveSameDomain(packet) {
      const from = packet.f;
      if (!isSibling(from) && peers.has(from)) {
        if (String(packet.t) !== String(peer(from).token)) {
          securityCallback(from, gadgets.rpc.SEC_ERROR_FORGED_MSG);
          return;
        }
        ready(from);
      }
      process({ ...packet, origin: ownOrigin, referer: ownHref });
    },

    setRelayUrl(id, url) {
      peer(id).relay = url;
      peer(id).origin = getOrigin(url);
    },
    getRelayUrl: (id) => peer(id).relay,
    setAuthToken(id, token) {
      peer(id).token = String(token);
    },
    getAuthToken: (id) => peer(id).token,
    getOrigin,
    getTargetOrigin: (id) => originOf(id),
    getRelayChannel: () => "wpm",
    _getTargetWin: windowOf,
    RPC_ID: rpcId,
    ACK,
    SEC_ERROR_LOAD_TIMEOUT: 0,
    SEC_ERROR_FRAME_PHISH: 1,
    SEC_ERROR_FORGED_MSG: 2,
  };
})();

/*
 * org.openajax.hub-2.0.7: OpenAjax Hub 2.0 between frames (gadgets.md §9.7, §11); both sides.
 *
 * Spec: OpenAjax Hub 2.0 Specification, Managed Hub APIs. Delivery: in the order of publishing, the newest subscription of a
 * topic first; what is published while something is delivered waits its turn; one bad callback keeps nobody from it.
 */
"use strict";

var OpenAjax = window.OpenAjax || {};

OpenAjax.hub = OpenAjax.hub || (() => {
  const SERVICE = "openajax.pubsub";

  const errors = (prefix, names) => Object.fromEntries(names.map((name) => [name, `OpenAjax.hub.${prefix}.${name}`]));
  const Failure = errors("Error", [
    "BadParameters", "Disconnected", "Duplicate", "NoContainer", "NoSubscription", "NotAllowed", "WrongProtocol", "IncompatBrowser",
  ]); // prettier-ignore
  const SecurityAlert = errors("SecurityAlert", ["LoadTimeout", "FramePhish", "ForgedMsg"]);

  const demand = (isRight, failure) => {
    if (!isRight) {
      throw new Error(failure);
    }
  };

  const isFunction = (value) => typeof value === "function";

  /** Call what somebody gave us; an error of theirs is theirs alone. */
  const safely = (callback, scope, ...args) => {
    try {
      return callback?.apply(scope, args);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
      return undefined;
    }
  };

  const checkTopic = (topic, isPattern) => {
    demand(typeof topic === "string" && topic.length > 0 && topic.length < 1024, Failure.BadParameters);
    const tokens = topic.split(".");
    tokens.forEach((token, index) => {
      demand(token.length > 0, Failure.BadParameters);
      const isWild = token === "*" || (token === "**" && index === tokens.length - 1);
      demand(isWild ? isPattern : !token.includes("*"), Failure.BadParameters);
    });
  };

  const matches = (pattern, topic) => {
    const tokens = topic.split(".");
    const wanted = pattern.split(".");
    for (const [index, token] of wanted.entries()) {
      if (token === "**") {
        return tokens.length > index;
      }
      if (index >= tokens.length || (token !== "*" && token !== tokens[index])) {
        return false;
      }
    }
    return wanted.length === tokens.length;
  };

  /** The hub of a page, which decides who may say and hear what. */
  class ManagedHub {
    #params;
    #containers = new Map();
    /** The newest first. */
    #subscriptions = [];
    #queue = [];
    #isDelivering = false;
    #isConnected = true;
    #last = 0;

    constructor(params) {
      demand(isFunction(params?.onPublish) && isFunction(params?.onSubscribe), Failure.BadParameters);
      this.#params = { ...params, scope: params.scope ?? window };
    }

    #allows(name, ...args) {
      return safely(this.#params[name], this.#params.scope, ...args) === true;
    }

    #live() {
      demand(this.#isConnected, Failure.Disconnected);
    }

    // The page's own subscriptions and publications -----------------------------------------------------------

    subscribe(topic, onData, scope, onComplete, subscriberData) {
      this.#live();
      demand(isFunction(onData), Failure.BadParameters);
      checkTopic(topic, true);
      if (!this.#allows("onSubscribe", topic, null)) {
        const refused = `${(this.#last += 1)}`;
        safely(onComplete, scope ?? window, refused, false, Failure.NotAllowed);
        return refused;
      }
      const id = this.#add({ topic, container: null, data: subscriberData, scope: scope ?? window, tell: onData });
      safely(onComplete, scope ?? window, id, true);
      return id;
    }

    publish(topic, data) {
      this.#live();
      checkTopic(topic, false);
      this.#publish(topic, data, null);
    }

    unsubscribe(id, onComplete, scope) {
      this.#live();
      demand(id, Failure.BadParameters);
      const found = this.#subscriptions.find((one) => one.id === id);
      if (!found) {
        demand(onComplete, Failure.NoSubscription);
        safely(onComplete, scope ?? window, id, false, Failure.NoSubscription);
        return;
      }
      this.#drop(found);
      safely(this.#params.onUnsubscribe, this.#params.scope, found.topic, null);
      safely(onComplete, scope ?? window, id, true);
    }

    isConnected() {
      return this.#isConnected;
    }

    disconnect() {
      for (const container of [...this.#containers.values()]) {
        this.removeContainer(container);
      }
      this.#subscriptions = [];
      this.#isConnected = false;
    }

    getScope() {
      return this.#params.scope;
    }

    getParameters() {
      return this.#params;
    }

    getSubscriberData(id) {
      return this.#found(id).data;
    }

    getSubscriberScope(id) {
      return this.#found(id).scope;
    }

    #found(id) {
      this.#live();
      const found = this.#subscriptions.find((one) => one.id === id);
      demand(found, Failure.NoSubscription);
      return found;
    }

    // Containers ---------------------------------------------------------------------------------------------

    getContainer(id) {
      return this.#containers.get(id) ?? null;
    }

    listContainers() {
      return [...this.#containers.values()];
    }

    addContainer(container) {
      this.#live();
      demand(!this.#containers.has(container.getClientID()), Failure.Duplicate);
      this.#containers.set(container.getClientID(), container);
    }

    removeContainer(container) {
      this.#live();
      demand(this.#containers.get(container.getClientID()) === container, Failure.NoContainer);
      container.remove();
      this.#containers.delete(container.getClientID());
      this.forget(container);
    }

    /** Drop what a client has subscribed to. */
    forget(container) {
      this.#subscriptions = this.#subscriptions.filter((one) => one.container !== container);
    }

    subscribeForClient(container, topic, tell) {
      this.#live();
      checkTopic(topic, true);
      demand(this.#allows("onSubscribe", topic, container), Failure.NotAllowed);
      return this.#add({ topic, container, data: null, scope: window, tell });
    }

    unsubscribeForClient(container, id) {
      this.#live();
      const found = this.#subscriptions.find((one) => one.id === id && one.container === container);
      if (found) {
        this.#drop(found);
        safely(this.#params.onUnsubscribe, this.#params.scope, found.topic, container);
      }
    }

    publishForClient(container, topic, data) {
      this.#live();
      checkTopic(topic, false);
      this.#publish(topic, data, container);
    }

    #add(subscription) {
      const id = `${(this.#last += 1)}`;
      this.#subscriptions.unshift({ ...subscription, id });
      return id;
    }

    #drop(subscription) {
      this.#subscriptions = this.#subscriptions.filter((one) => one !== subscription);
    }

    #publish(topic, data, publisher) {
      this.#queue.push([topic, data, publisher]);
      if (this.#isDelivering) {
        return;
      }
      this.#isDelivering = true;
      while (this.#queue.length > 0) {
        this.#deliver(...this.#queue.shift());
      }
      this.#isDelivering = false;
    }

    #deliver(topic, data, publisher) {
      for (const one of this.#subscriptions.filter(({ topic: pattern }) => matches(pattern, topic))) {
        const isThere = this.#subscriptions.includes(one); // a callback may have ended it
        if (isThere && this.#allows("onPublish", topic, data, publisher, one.container)) {
          safely(one.tell, one.scope, topic, data, one.data);
        }
      }
    }
  }

  /** A client in the page itself. */
  class InlineContainer {
    #hub;
    #id;
    #params;
    #isConnected = false;

    constructor(hub, clientID, params) {
      demand(hub && clientID && isFunction(params?.Container?.onSecurityAlert), Failure.BadParameters);
      this.#hub = hub;
      this.#id = clientID;
      this.#params = { ...params.Container, scope: params.Container.scope ?? window };
      hub.addContainer(this);
    }

    getHub() {
      return this.#hub;
    }

    getClientID() {
      return this.#id;
    }

    getPartnerOrigin() {
      return document.location.origin;
    }

    getParameters() {
      return this.#params;
    }

    isConnected() {
      return this.#isConnected;
    }

    connect(client) {
      demand(!this.#isConnected, Failure.Duplicate);
      this.#isConnected = true;
      this.client = client;
      safely(this.#params.onConnect, this.#params.scope, this);
    }

    disconnect() {
      this.#isConnected = false;
      this.#hub.forget(this);
      safely(this.#params.onDisconnect, this.#params.scope, this);
    }

    remove() {
      if (this.#isConnected) {
        this.disconnect();
      }
    }
  }

  /** What a script in the page speaks to an `InlineContainer` with. */
  class InlineHubClient {
    #container;
    #params;
    #subscriptions = new Map();

    constructor(params) {
      demand(params?.HubClient?.onSecurityAlert && params.InlineHubClient?.container, Failure.BadParameters);
      this.#params = { ...params.HubClient, scope: params.HubClient.scope ?? window };
      this.#container = params.InlineHubClient.container;
    }

    #live() {
      demand(this.isConnected(), Failure.Disconnected);
    }

    connect(onComplete, scope) {
      this.#container.connect(this);
      safely(onComplete, scope ?? window, this, true);
    }

    disconnect(onComplete, scope) {
      this.#live();
      this.#subscriptions.clear();
      this.#container.disconnect();
      safely(onComplete, scope ?? window, this, true);
    }

    getPartnerOrigin() {
      return this.#container.getPartnerOrigin();
    }

    getClientID() {
      return this.#container.getClientID();
    }

    isConnected() {
      return this.#container.isConnected();
    }

    getScope() {
      return this.#params.scope;
    }

    getParameters() {
      return this.#params;
    }

    subscribe(topic, onData, scope, onComplete, subscriberData) {
      this.#live();
      demand(isFunction(onData), Failure.BadParameters);
      const hub = this.#container.getHub();
      const tell = (heard, data) => safely(onData, scope ?? window, heard, data, subscriberData);
      try {
        const id = hub.subscribeForClient(this.#container, topic, tell);
        this.#subscriptions.set(id, { scope: scope ?? window, subscriberData });
        safely(onComplete, scope ?? window, id, true);
        return id;
      } catch (error) {
        demand(error.message === Failure.NotAllowed, error.message);
        safely(onComplete, scope ?? window, "", false, error.message);
        return "";
      }
    }

    publish(topic, data) {
      this.#live();
      this.#container.getHub().publishForClient(this.#container, topic, data);
    }

    unsubscribe(id, onComplete, scope) {
      this.#live();
      demand(id, Failure.BadParameters);
      const isThere = this.#subscriptions.delete(id);
      demand(isThere || onComplete, Failure.NoSubscription);
      this.#container.getHub().unsubscribeForClient(this.#container, id);
      safely(onComplete, scope ?? window, id, isThere, isThere ? undefined : Failure.NoSubscription);
    }

    getSubscriberData(id) {
      this.#live();
      demand(this.#subscriptions.has(id), Failure.NoSubscription);
      return this.#subscriptions.get(id).subscriberData;
    }

    getSubscriberScope(id) {
      this.#live();
      demand(this.#subscriptions.has(id), Failure.NoSubscription);
      return this.#subscriptions.get(id).scope;
    }
  }

  /** By rpc id of the frame. */
  const frames = new Map();

  /** A client in a frame of the page's. */
  class IframeContainer {
    #hub;
    #id;
    #params;
    #frameId;
    #frame;
    #origin;
    #isConnected = false;
    #subscriptions = new Map();
    #timer = 0;

    constructor(hub, clientID, params) {
      const where = params?.IframeContainer ?? {};
      demand(hub && clientID && isFunction(params?.Container?.onSecurityAlert), Failure.BadParameters);
      demand(where.parent && where.uri, Failure.BadParameters);
      this.#hub = hub;
      this.#id = clientID;
      this.#params = { ...params.Container, scope: params.Container.scope ?? window };
      this.#frameId = clientID;
      while (document.getElementById(this.#frameId)) {
        this.#frameId = `${clientID}_${Math.floor(Math.random() * 0x7fffffff).toString(16)}`;
      }
      hub.addContainer(this);
      frames.set(this.#frameId, this);
      this.#open(where);
      this.#timer = setTimeout(
        () => safely(this.#params.onSecurityAlert, this.#params.scope, this, SecurityAlert.LoadTimeout),
        where.timeout ?? 15000,
      );
    }

    #open({ parent, uri, tunnelURI, iframeAttrs = {}, onGadgetLoad }) {
      const token = Array.from(crypto.getRandomValues(new Uint32Array(4)), (one) => one.toString(16)).join("");
      const origin = document.location.origin;
      const fragment = [
        `rpctoken=${token}`,
        tunnelURI ? `parent=${encodeURIComponent(tunnelURI)}&forcesecure=true` : `oahParent=${encodeURIComponent(origin)}`,
        this.#frameId !== this.#id && `oahId=${encodeURIComponent(this.#id)}`,
      ].filter(Boolean);
      const frame = document.createElement("iframe");
      for (const [name, value] of Object.entries(iframeAttrs)) {
        if (name === "style" && typeof value === "object") {
          Object.assign(frame.style, value);
        } else {
          frame.setAttribute(name === "className" ? "class" : name, value);
        }
      }
      frame.id = frame.name = this.#frameId;
      frame.style.visibility = "hidden";
      frame.src = `${uri}${uri.includes("#") ? "&" : "#"}${fragment.join("&")}`;
      if (onGadgetLoad) {
        frame.addEventListener("load", onGadgetLoad);
      }
      this.#frame = frame;
      this.#origin = gadgets.rpc.getOrigin(frame.src);
      gadgets.rpc.setupReceiver(this.#frameId, frame.src, token);
      parent.append(frame);
    }

    getHub() {
      return this.#hub;
    }

    getClientID() {
      return this.#id;
    }

    getIframe() {
      return this.#frame;
    }

    getPartnerOrigin() {
      return this.#isConnected ? this.#origin : null;
    }

    getParameters() {
      return this.#params;
    }

    isConnected() {
      return this.#isConnected;
    }

    disconnect() {
      if (this.#isConnected) {
        this.#leave();
      }
    }

    #leave() {
      this.#isConnected = false;
      this.#subscriptions.clear();
      this.#hub.forget(this);
      this.#frame.style.visibility = "hidden";
      safely(this.#params.onDisconnect, this.#params.scope, this);
    }

    remove() {
      clearTimeout(this.#timer);
      this.disconnect();
      frames.delete(this.#frameId);
      gadgets.rpc.removeReceiver(this.#frameId);
      this.#frame.remove();
    }

    /** A command of the frame's; what is returned is the answer. */
    hear(command, topic, third) {
      if (command === "con") {
        // Then it is asked whether it hears us, too.
        gadgets.rpc.call(this.#frameId, SERVICE, (isThere) => isThere === true && this.#join(), "cmd", "con");
        return true;
      }
      if (!this.#isConnected) {
        return Failure.Disconnected;
      }
      switch (command) {
        case "dis":
          this.#leave();
          return true;
        case "pub":
          this.#hub.publishForClient(this, topic, third);
          return undefined;
        case "sub":
          return this.#subscribe(topic, third);
        case "uns":
          if (this.#subscriptions.has(third)) {
            this.#hub.unsubscribeForClient(this, this.#subscriptions.get(third));
            this.#subscriptions.delete(third);
          }
          return third;
        default:
          return Failure.WrongProtocol;
      }
    }

    #join() {
      if (!this.#isConnected) {
        clearTimeout(this.#timer);
        this.#isConnected = true;
        this.#frame.style.visibility = "visible";
        safely(this.#params.onConnect, this.#params.scope, this);
      }
    }

    #subscribe(topic, name) {
      const tell = (heard, data) => gadgets.rpc.call(this.#frameId, SERVICE, null, "pub", heard, data, name);
      try {
        this.#subscriptions.set(name, this.#hub.subscribeForClient(this, topic, tell));
        return "";
      } catch (error) {
        return error.message;
      }
    }
  }

  /** What a gadget's page speaks to the hub with. */
  class IframeHubClient {
    #params;
    #isConnected = false;
    #isConnecting = false;
    #subscriptions = new Map();
    #last = 0;

    constructor(params) {
      demand(isFunction(params?.HubClient?.onSecurityAlert), Failure.BadParameters);
      this.#params = { ...params.HubClient, scope: params.HubClient.scope ?? window };
      ours.client = this;
      gadgets.rpc.config({
        securityCallback: (_id, code) => {
          const alert = [SecurityAlert.LoadTimeout, SecurityAlert.FramePhish, SecurityAlert.ForgedMsg][code];
          safely(this.#params.onSecurityAlert, this.#params.scope, this, alert);
        },
      });
    }

    #live() {
      demand(this.#isConnected, Failure.Disconnected);
    }

    connect(onComplete, scope) {
      demand(!this.#isConnected && !this.#isConnecting, Failure.Duplicate);
      this.#isConnecting = true;
      gadgets.rpc.call(
        "..",
        SERVICE,
        (answer) => {
          this.#isConnecting = false;
          this.#isConnected = answer === true;
          safely(onComplete, scope ?? window, this, this.#isConnected, this.#isConnected ? undefined : Failure.NotAllowed);
        },
        "con",
      );
    }

    disconnect(onComplete, scope) {
      this.#live();
      this.#isConnected = false;
      this.#subscriptions.clear();
      gadgets.rpc.call("..", SERVICE, () => safely(onComplete, scope ?? window, this, true), "dis");
    }

    getPartnerOrigin() {
      return this.#isConnected ? gadgets.rpc.getTargetOrigin("..") : null;
    }

    getClientID() {
      return gadgets.util.getUrlParameters().oahId ?? gadgets.rpc.RPC_ID;
    }

    isConnected() {
      return this.#isConnected;
    }

    getScope() {
      return this.#params.scope;
    }

    getParameters() {
      return this.#params;
    }

    subscribe(topic, onData, scope, onComplete, subscriberData) {
      this.#live();
      demand(isFunction(onData), Failure.BadParameters);
      checkTopic(topic, true);
      const id = `${(this.#last += 1)}`;
      this.#subscriptions.set(id, { onData, scope: scope ?? window, subscriberData });
      gadgets.rpc.call(
        "..",
        SERVICE,
        (answer) => {
          if (answer !== "") {
            this.#subscriptions.delete(id);
            safely(onComplete, scope ?? window, id, false, answer);
          } else {
            safely(onComplete, scope ?? window, id, true);
          }
        },
        "sub",
        topic,
        id,
      );
      return id;
    }

    publish(topic, data) {
      this.#live();
      checkTopic(topic, false);
      gadgets.rpc.call("..", SERVICE, null, "pub", topic, data);
    }

    unsubscribe(id, onComplete, scope) {
      this.#live();
      demand(id, Failure.BadParameters);
      const isThere = this.#subscriptions.delete(id);
      if (!isThere) {
        demand(onComplete, Failure.NoSubscription);
        safely(onComplete, scope ?? window, id, false, Failure.NoSubscription);
        return;
      }
      gadgets.rpc.call("..", SERVICE, () => safely(onComplete, scope ?? window, id, true), "uns", null, id);
    }

    getSubscriberData(id) {
      return this.#found(id).subscriberData;
    }

    getSubscriberScope(id) {
      return this.#found(id).scope;
    }

    #found(id) {
      this.#live();
      demand(this.#subscriptions.has(id), Failure.NoSubscription);
      return this.#subscriptions.get(id);
    }

    /** A command of the page's. */
    hear(command, topic, data, id) {
      if (command === "pub") {
        const found = this.#subscriptions.get(id);
        if (found) {
          safely(found.onData, found.scope, topic, data, found.subscriberData);
        }
        return undefined;
      }
      return command === "cmd" && topic === "con" ? true : undefined;
    }
  }

  /** The client of this page, if it is a gadget's. */
  const ours = { client: null };

  gadgets.rpc.register(SERVICE, function hear(...said) {
    return this.f === ".." ? ours.client?.hear(...said) : frames.get(this.f)?.hear(...said);
  });

  return {
    implementer: "finesse_tx",
    implVersion: "2.0.7",
    specVersion: "2.0",
    implExtraData: {},
    Error: Failure,
    SecurityAlert,
    ManagedHub,
    InlineContainer,
    InlineHubClient,
    IframeContainer,
    IframeHubClient,
    _debugger() {},
  };
})();

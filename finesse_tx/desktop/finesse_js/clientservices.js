/* finesse.clientservices: the hub's topics, requests to the page, REST (desktop.md §5, §7). */
"use strict";

((finesse) => {
  const { Utilities } = finesse.utilities;

  const REQUESTS = "finesse.info.requests";
  const RESPONSES = "finesse.info.responses";
  const CONNECTION = "finesse.info.connection";
  const TOKEN = "finesse.info.accessTokenRefresh";

  const TIMEOUT_MS = 5000;

  /** So many requests of which an error may still come as an event; who waits longest is forgotten. */
  const MAX_PENDING = 100;

  let hub = null;
  let config = null;
  let status = "";
  let logger = (text) => finesse.cslogger.ClientLogger.log(text);
  const connected = [];
  const disconnected = [];
  const subscriptions = new Map();
  const pending = new Map();

  const Topics = {
    REQUESTS,
    RESPONSES,
    CONNECTION,
    EVENTS_CONNECTION_INFO: CONNECTION,
    /** `/finesse/api/User/1001/Dialogs` is `finesse.api.User.1001.Dialogs`. */
    getTopic: (path) => Utilities.encodeNodeName(path.replace(/^\//, "").replaceAll("/", ".")),
  };

  const guarded = (callback, ...given) => {
    try {
      callback(...given);
    } catch (error) {
      logger(`a handler failed: ${error?.stack ?? error}`);
      setTimeout(() => {
        throw error;
      });
    }
  };

  /** Take one handler out. */
  const forget = (handlers, handler) => {
    const at = handlers.indexOf(handler);
    if (at >= 0) {
      handlers.splice(at, 1);
    }
  };

  const mustBeInitialised = () => {
    if (!hub) {
      throw new Error("ClientServices is not initialized: call ClientServices.init(finesse.gadget.Config) first.");
    }
  };

  const heardOfConnection = (_topic, told) => {
    if (!told || told.status === status) {
      return;
    }
    status = told.status;
    if (status === "connected" || status === "recovered") {
      connected.slice().forEach((one) => guarded(one, told));
    } else if (status === "failing") {
      disconnected.slice().forEach((one) => guarded(one, told));
    }
  };

  const object = (content) => {
    const text = (content ?? "").trim();
    try {
      return text.startsWith("<") ? Utilities.xml2js(text) : text.startsWith("{") ? JSON.parse(text) : null;
    } catch {
      return null;
    }
  };

  const answered = (handlers, response) => {
    const isDone = response.status >= 200 && response.status < 300;
    const handler = isDone ? handlers?.success : handlers?.error;
    if (typeof handler === "function") {
      guarded(handler, response);
    }
  };

  const isOwnHost = () => {
    const host = config?.restHost ?? "";
    return !host || host === "localhost" || host === window.location.hostname || !window.gadgets?.io;
  };

  const withoutCache = (url) => `${url}${url.includes("?") ? "&" : "?"}nocache=${Date.now()}`;

  const direct = async (url, method, headers, body) => {
    try {
      const answer = await window.fetch(new URL(url, window.location.origin).href, { // whatever <base> the gadget has
        method,
        headers,
        body,
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const content = await answer.text();
      return { status: answer.status, content, object: object(content), isUnsent: false };
    } catch (error) {
      return { status: 0, content: Utilities.translateHTTPStatus(0), object: null, isUnsent: true, error };
    }
  };

  const proxied = (path, method, headers, body) => {
    const { io } = window.gadgets;
    const scheme = config.restScheme || "http";
    return new Promise((done) => {
      const params = { METHOD: method, CONTENT_TYPE: "TEXT", HEADERS: headers, POST_DATA: body ?? "", REFRESH_INTERVAL: 0 };
      if (method !== "GET") {
        params.GET_FULL_HEADERS = "true";
      }
      const told = ({ rc, text }) => {
        const code = Number(rc) || 0;
        done({ status: code, content: text ?? "", object: object(text), isUnsent: code === 0 });
      };
      io.makeRequest(`${scheme}://${config.restHost}:${config.localhostPort}${path}`, told, params);
    });
  };

  const ClientServices = {
    Topics,

    /** Connect to the page. Throws when the configuration says neither where nor who. */
    init(given) {
      const isComplete = given && given.host && given.restHost && (given.authorization || given.id);
      if (!isComplete) {
        throw new Error("Config object contains invalid properties.");
      }
      if (hub) {
        return;
      }
      config = given;
      if (config.authorization) {
        const { id, password } = Utilities.getCredentials(config);
        config.id ||= id;
        config.password = password;
      }
      hub = window.gadgets.Hub;
      hub.subscribe(CONNECTION, heardOfConnection);
      hub.subscribe(TOKEN, (_topic, told) => {
        if (told?.authToken) {
          config.authToken = told.authToken;
        }
      });
      const own = `/finesse/api/User/${config.id}`;
      for (const path of [own, `${own}/Dialogs`, `${own}/Media`]) {
        hub.subscribe(Topics.getTopic(path), (_topic, told) => ClientServices.settle(told));
      }
      hub.publish(REQUESTS, { type: "ConnectionInfoReq", data: {}, invokeID: Utilities.generateUUID() });
    },

    getHub: () => hub,
    getConfig: () => config,
    getMyUserId: () => config?.id ?? "",
    getRestHost: () => config?.restHost ?? "localhost",
    getNotificationConnectionState: () => status,
    /** Whether events of REST objects are to be believed. */
    isProcessing: () => status !== "failing",

    registerOnConnectHandler(handler) {
      if (Utilities.validateHandler(handler)) {
        connected.push(handler);
      }
    },
    registerOnDisconnectHandler(handler) {
      if (Utilities.validateHandler(handler)) {
        disconnected.push(handler);
      }
    },
    unregisterOnConnectHandler: (handler) => forget(connected, handler),
    unregisterOnDisconnectHandler: (handler) => forget(disconnected, handler),

    /** What is logged goes to that: an object with `log(text)`, or a function. */
    setLogger(given) {
      logger = typeof given === "function" ? given : (text) => given?.log?.(text);
    },
    log(text) {
      logger(text);
    },

    /** Hear a topic: the callback gets what is published. */
    subscribe(topic, callback) {
      mustBeInitialised();
      Utilities.validateHandler(callback);
      const id = hub.subscribe(topic, (_heard, told) => guarded(callback, told));
      subscriptions.set(topic, [...(subscriptions.get(topic) ?? []), { id, callback }]);
      return id;
    },

    /** Hear it no more: that callback, or all of ours. */
    unsubscribe(topic, callback) {
      const all = subscriptions.get(topic) ?? [];
      const gone = callback ? all.filter((one) => one.callback === callback) : all;
      gone.forEach(({ id }) => hub.unsubscribe(id));
      const left = all.filter((one) => !gone.includes(one));
      if (left.length > 0) {
        subscriptions.set(topic, left);
      } else {
        subscriptions.delete(topic);
      }
    },

    publish(topic, data) {
      mustBeInitialised();
      hub.publish(topic, data);
    },

    /** Ask the page for something; the callback gets its answer. */
    request(type, data, callback, more = {}) {
      mustBeInitialised();
      const invokeID = Utilities.generateUUID();
      const id = hub.subscribe(`${RESPONSES}.${invokeID}`, (_topic, told) => {
        hub.unsubscribe(id);
        if (typeof callback === "function") {
          guarded(callback, told);
        }
      });
      hub.publish(REQUESTS, { type, data, invokeID, ...more });
      return invokeID;
    },

    /** Have the page subscribe to a node, and hear its events: the callback gets each; or an error, of the subscription. */
    subscribeNode(node, callback) {
      ClientServices.request("SubscribeNodeReq", { node }, (told) => {
        if (told?.error && typeof callback === "function") {
          callback(undefined, told.error);
        }
      });
      if (typeof callback === "function") {
        ClientServices.subscribe(Topics.getTopic(node), callback);
      }
    },

    unsubscribeNode(node, callback) {
      ClientServices.unsubscribe(Topics.getTopic(node));
      ClientServices.request("UnsubscribeNodeReq", { node }, callback);
    },

    /** Ask REST. `handler` gets `{status, content, object, isUnsent}`; `params` are METHOD, HEADERS, POST_DATA, uuid. */
    makeRequest(url, handler, params = {}) {
      const method = params.METHOD ?? "GET";
      const headers = { ...params.HEADERS };
      const authorization = Utilities.getAuthHeaderString(config ?? finesse.gadget.Config);
      if (authorization) {
        headers.Authorization ??= authorization;
      }
      if (config?.locale) {
        headers.locale ??= config.locale;
      }
      const body = params.POST_DATA || undefined;
      if (body) {
        headers["Content-Type"] ??= "application/xml";
      }
      if (method !== "GET") {
        headers.requestId ??= params.uuid ?? Utilities.generateUUID();
      }
      const asked = method === "GET" ? withoutCache(url) : url;
      const sent = isOwnHost() ? direct(asked, method, headers, body) : proxied(asked, method, headers, body);
      sent.then((response) => {
        if (typeof handler === "function") {
          guarded(handler, response);
        }
      });
    },

    /** The same for REST objects: `{method, content, success, error}`, with an object for content. */
    restRequest(url, options = {}) {
      const method = options.method ?? "GET";
      const requestId = Utilities.generateUUID();
      if (method !== "GET") {
        pending.set(requestId, { options, isAnswered: false, early: null });
        if (pending.size > MAX_PENDING) {
          pending.delete(pending.keys().next().value);
        }
      }
      const { content } = options;
      const body = content && typeof content === "object" ? Utilities.js2xml(content) : content;
      const heard = (response) => {
        const request = pending.get(requestId);
        if (!(response.status >= 200 && response.status < 300)) {
          pending.delete(requestId);
        }
        answered(options, response);
        if (request) {
          request.isAnswered = true;
          if (request.early && pending.has(requestId)) {
            ClientServices.settle(request.early);
          }
        }
      };
      ClientServices.makeRequest(url, heard, { METHOD: method, POST_DATA: body, uuid: requestId });
      return { requestId, abort: () => pending.delete(requestId) };
    },

    /**
     * An event may be what became of a request: an error calls its error handler, whatever else ends the waiting. One that
     * overtakes the answer waits for it.
     */
    settle(told) {
      const update = told?.object?.Update;
      const request = update && pending.get(update.requestId);
      if (!request) {
        return;
      }
      if (!request.isAnswered && update.data?.apiErrors) {
        request.early = told;
        return;
      }
      pending.delete(update.requestId);
      if (update.data?.apiErrors) {
        const error = Utilities.getArray(update.data.apiErrors.apiError)[0] ?? {};
        const ApiError = { ErrorType: error.errorType, ErrorMessage: error.errorMessage, ErrorData: error.errorData };
        const response = { status: 400, content: told.content, object: { ApiErrors: { ApiError } }, isUnsent: false };
        const about = { errorType: error.errorType, errorMessage: error.errorMessage };
        answered(request.options, { ...response, error: about });
      }
    },
  };

  finesse.clientservices.ClientServices = ClientServices;
  finesse.clientservices.Topics = Topics;
})(window.finesse);

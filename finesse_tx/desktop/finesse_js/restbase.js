/* finesse.restservices: what all objects of REST have in common (desktop.md §5.3, §9). */
"use strict";

((finesse) => {
  const { ClientServices, Topics } = finesse.clientservices;
  const { Utilities } = finesse.utilities;

  const API = "/finesse/api";

  const KINDS = { onLoad: "load", onChange: "change", onAdd: "add", onDelete: "delete", onError: "error" };

  const lower = (name) => name.charAt(0).toLowerCase() + name.slice(1);

  /** A member, whatever the case of its name's first letter. */
  const either = (object, name) => {
    const found = [name, lower(name)].find((one) => object && Object.hasOwn(object, one));
    return found === undefined ? undefined : object[found];
  };

  const lastOf = (uri) => String(uri ?? "").split("/").pop();

  /** An object: `new Kind({id, onLoad, onChange, onAdd, onDelete, onError})`. */
  class RestBase extends finesse.Class {
    /**
     * @param options - Or the id, and then the handlers.
     * @param handlers - Only after an id.
     */
    init(options, handlers) {
      const given = Utilities.isObject(options) ? options : { ...handlers, id: options };
      this._id = given.id === undefined || given.id === null ? "" : String(given.id);
      this._parent = given.parentObj ?? null;
      this._data = null;
      this._isLoaded = false;
      this._heard = null;
      this._callbacks = { load: [], change: [], add: [], delete: [], error: [] };
      this.addHandlers(given);
      this.prepare(given);
      if (given.data) {
        this._data = given.data;
        this._isLoaded = true;
      }
      if (this.supportsSubscriptions) {
        this.subscribe();
      }
      if (!given.data && this.supportsRequests) {
        this._onRecovery = (told) => {
          if (told.status === "recovered") {
            this.refresh();
          }
        };
        ClientServices.registerOnConnectHandler(this._onRecovery);
        this.refresh();
      }
    }

    /** What a kind of object does with its options before anything else. */
    prepare() {}

    /** Whether its node's events are heard. */
    get supportsSubscriptions() {
      return false;
    }

    /** Whether the page must subscribe to its node first. */
    get explicitSubscription() {
      return false;
    }

    /** Whether it can be asked for. */
    get supportsRequests() {
      return true;
    }

    /** Such as `User`; the element's name in XML. */
    getRestType() {
      throw new Error("getRestType() is for each kind of object to say.");
    }

    /** Its element's name in XML, if that is another. */
    getXMLRestType() {
      return this.getRestType();
    }

    getId() {
      return this._id;
    }

    getRestUrl() {
      const above = this._parent ? this._parent.getRestUrl() : API;
      return `${above}/${this.getRestType()}${this._id ? `/${encodeURIComponent(this._id)}` : ""}`;
    }

    /** The node of its events. */
    getNode() {
      return this.getRestUrl();
    }

    getXMPPNodePath() {
      return this.getNode();
    }

    getTopic() {
      return Topics.getTopic(this.getNode());
    }

    isLoaded() {
      return this._isLoaded;
    }

    /** Throws unless it is loaded. */
    isLoadedOrThrow() {
      if (!this._isLoaded) {
        throw new Error(`This ${this.getRestType()} is not loaded: wait for onLoad.`);
      }
    }

    getData() {
      return this._data ?? {};
    }

    /** A member of the data, nothing there is an empty text; or, with two arguments, of an object, and then null. */
    getProperty(...given) {
      if (given.length > 1) {
        return this.hasProperty(...given) ? given[0][given[1]] : null;
      }
      this.isLoadedOrThrow();
      return this.getData()[given[0]] ?? "";
    }

    /** Whether the data, or with two arguments an object, has a member. */
    hasProperty(...given) {
      const [object, name] = given.length > 1 ? given : [this.getData(), given[0]];
      return object !== null && object !== undefined && Object.hasOwn(object, name);
    }

    addHandler(kind, callback, scope = null) {
      if (!Object.hasOwn(this._callbacks, kind)) {
        throw new Error(`"${kind}" is no event: ${Object.keys(this._callbacks).join(", ")} are.`);
      }
      if (Utilities.validateHandler(callback)) {
        this._callbacks[kind].push({ callback, scope });
      }
    }

    /** The same by their options: `{onLoad, onChange, onAdd, onDelete, onError}`. */
    addHandlers(options) {
      for (const [option, kind] of Object.entries(KINDS)) {
        if (Utilities.validateHandler(options[option])) {
          this.addHandler(kind, options[option]);
        }
      }
    }

    removeHandler(kind, callback) {
      this._callbacks[kind] = (this._callbacks[kind] ?? []).filter((one) => one.callback !== callback);
    }

    /** Call the handlers of a kind; one that fails keeps no other from being called. */
    tell(kind, about = this) {
      for (const { callback, scope } of this._callbacks[kind].slice()) {
        try {
          callback.call(scope ?? this, about);
        } catch (error) {
          ClientServices.log(`the ${kind} handler of ${this.getRestType()} ${this._id} failed: ${error?.stack ?? error}`);
          setTimeout(() => {
            throw error;
          });
        }
      }
    }

    /** What a GET's answer says of it; undefined when that is something else. */
    unwrap(object) {
      return either(object, this.getXMLRestType());
    }

    refresh() {
      if (!this.supportsRequests) {
        return;
      }
      ClientServices.restRequest(this.getRestUrl(), {
        method: "GET",
        success: (response) => {
          const data = this.unwrap(response.object);
          if (data === undefined) {
            this.tell("error", response);
          } else {
            this.take(data);
          }
        },
        error: (response) => this.tell("error", response),
      });
    }

    /** Have other data: loaded the first time, changed whenever after. */
    take(data) {
      const kind = this._isLoaded ? "change" : "load";
      this._data = data ?? {};
      this._isLoaded = true;
      this.tell(kind);
    }

    subscribe() {
      if (this._heard) {
        return;
      }
      this._heard = (told) => this.hear(told);
      ClientServices.subscribe(this.getTopic(), this._heard);
      if (this.explicitSubscription) {
        ClientServices.request("SubscribeNodeReq", { node: this.getNode() }, (answer) => {
          if (answer?.error) {
            this.tell("error", { status: 0, content: "", object: answer, error: answer.error, isUnsent: false });
          }
        });
      }
    }

    unsubscribe() {
      if (!this._heard) {
        return;
      }
      ClientServices.unsubscribe(this.getTopic(), this._heard);
      this._heard = null;
      if (this.explicitSubscription) {
        ClientServices.request("UnsubscribeNodeReq", { node: this.getNode() });
      }
    }

    /** Hear and ask no more: it is gone. */
    dispose() {
      this.unsubscribe();
      ClientServices.unregisterOnConnectHandler(this._onRecovery);
    }

    /** An event of its topic. */
    hear(told) {
      const update = told?.object?.Update;
      if (!update) {
        return;
      }
      ClientServices.settle(told);
      if (!update.data?.apiErrors && ClientServices.isProcessing()) {
        this.update(update);
      }
    }

    /** What an event means for it. */
    update({ event, data }) {
      const found = either(data, this.getXMLRestType());
      if (event === "DELETE") {
        this.tell("delete");
      } else if (found && event === "POST") {
        this._data = found;
        this._isLoaded = true;
        this.tell("add");
      } else if (found && event === "PUT") {
        this.take(found);
      }
    }

    /** Ask of any address: `{method, content, success, error}`. */
    restRequest(url, options) {
      return ClientServices.restRequest(url, options);
    }

    /** Ask of its own address with a body in its element. */
    ask(method, content, handlers = {}, url = this.getRestUrl()) {
      return this.restRequest(url, { method, content, success: handlers?.success, error: handlers?.error });
    }

    put(members, handlers) {
      this.ask("PUT", { [this.getXMLRestType()]: members }, handlers);
      return this;
    }

    /** Part of it that is a collection or an object of its own, with handlers. */
    part(Kind, handlers, more = {}) {
      return new Kind({ ...handlers, ...more, parentObj: this });
    }
  }

  /** Methods that tell a member of the data: `{getName: "name"}`; nothing there is an empty text. */
  const telling = (Kind, members) => {
    for (const [method, path] of Object.entries(members)) {
      Kind.prototype[method] = function told() {
        this.isLoadedOrThrow();
        return path.split(".").reduce((found, name) => found?.[name], this.getData()) ?? "";
      };
    }
  };

  finesse.restservices.RestBase = RestBase;
  finesse.internal = { API, either, lastOf, telling };
})(window.finesse);

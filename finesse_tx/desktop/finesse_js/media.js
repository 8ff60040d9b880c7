/* finesse.restservices: the media of a user other than the telephone (rest.md §10). */
"use strict";

((finesse) => {
  const { RestBase, MediaDialogs } = finesse.restservices;
  const { listOf, same, telling } = finesse.internal;

  const SIGNED_OUT = new Set(["LOGOUT", "UNKNOWN", ""]);

  /** What may be given at a sign-in, in upper or lower case. */
  const actions = (...names) => ({
    ...Object.fromEntries(names.map((name) => [name, name])),
    isValidAction: (action) => names.includes(String(action).toUpperCase()),
  });

  class Media extends RestBase {
    getRestType() {
      return "Media";
    }

    get supportsSubscriptions() {
      return true;
    }

    /** Changes of all media come on one node. */
    getNode() {
      return `${this._parent.getRestUrl()}/Media`;
    }

    update(update) {
      const media = update.data?.media ?? update.data?.Media;
      if (String(media?.id ?? "") === this._id || update.source === this.getRestUrl()) {
        super.update(update);
      }
    }

    isLoggedIn() {
      return !SIGNED_OUT.has(this.getState());
    }

    isInterruptible() {
      return this.getProperty("interruptible") === "true";
    }

    getRoutable() {
      return this.getProperty("routable") === "true";
    }

    getMaxDialogLimit() {
      return Number(this.getProperty("maxDialogLimit")) || 0;
    }

    getReasonCode() {
      return this.getProperty("reasonCode");
    }

    getReasonCodeLabel() {
      return this.getReasonCode()?.label ?? "";
    }

    /** Sign in: `{maxDialogLimit, interruptAction, dialogLogoutAction, handlers}`. */
    login({ maxDialogLimit, interruptAction, dialogLogoutAction, handlers } = {}) {
      const members = { state: "LOGIN", maxDialogLimit, interruptAction, dialogLogoutAction };
      return this.put(given(members), handlers);
    }

    logout(reasonCode, handlers) {
      return this.setState("LOGOUT", reasonCode, handlers);
    }

    setState(state, reasonCode, handlers) {
      return this.put(given({ state, reasonCodeId: reasonCode?.id ?? reasonCode }), handlers);
    }

    setRoutable({ routable, handlers } = {}) {
      return this.put({ routable: String(Boolean(routable)) }, handlers);
    }

    getMediaDialogs(handlers) {
      this._dialogs ??= this.part(MediaDialogs, handlers);
      return this._dialogs;
    }
  }

  const given = (members) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== null));

  telling(Media, {
    getName: "name",
    getDescription: "description",
    getState: "state",
    getStateChangeTime: "stateChangeTime",
    getInterruptAction: "interruptAction",
    getDialogLogoutAction: "dialogLogoutAction",
    getReasonCodeId: "reasonCodeId",
  });

  Object.assign(Media, {
    States: same(
      "LOGIN", "LOGOUT", "NOT_READY", "READY", "RESERVED", "ACTIVE", "PAUSED", "WORK", "WORK_READY", "WORK_NOT_READY",
      "INTERRUPTED", "UNKNOWN",
    ),
    InterruptActions: actions("ACCEPT", "IGNORE"),
    DialogLogoutActions: actions("CLOSE", "TRANSFER"),
  });

  class MediaList extends listOf(Media, "Media") {
    getXMLRestType() {
      return "MediaList";
    }

    optionsOf(data) {
      return { ...super.optionsOf(data), parentObj: this._parent };
    }

    /**
     * A medium of that id; `{id, onLoad, onChange, onAdd, onDelete, onError, mediaOptions}` also has it call these: `onLoad`
     * soon, as the list has loaded it. Throws if there is none.
     */
    getMedia(options) {
      const id = String(options?.id ?? options);
      const media = this.getCollection()[id];
      if (!media) {
        throw new Error(`There is no medium ${id}.`);
      }
      media.mediaOptions = options.mediaOptions ?? media.mediaOptions;
      media.addHandlers(options);
      if (options.onLoad) {
        queueMicrotask(() => options.onLoad(media));
      }
      return media;
    }
  }

  const { InterruptActions, DialogLogoutActions } = Media;
  Object.assign(finesse.restservices, { DialogLogoutActions, InterruptActions, Media, MediaList });
  finesse.internal.given = given;
})(window.finesse);

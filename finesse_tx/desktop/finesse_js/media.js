/* finesse.restservices: the media of a user other than the telephone (rest.md §10). */
"use strict";

((finesse) => {
  const { RestBase, MediaDialogs } = finesse.restservices;
  const { listOf, same, telling } = finesse.internal;

  const SIGNED_OUT = new Set(["LOGOUT", "UNKNOWN", ""]);

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
    InterruptActions: same("ACCEPT", "IGNORE"),
    DialogLogoutActions: same("CLOSE", "TRANSFER"),
  });

  class MediaList extends listOf(Media, "Media") {
    getXMLRestType() {
      return "MediaList";
    }

    optionsOf(data) {
      return { ...super.optionsOf(data), parentObj: this._parent };
    }

    /** A medium of that id; `{id}` too. */
    getMedia(options) {
      return this.getCollection()[options?.id ?? options];
    }
  }

  Object.assign(finesse.restservices, { Media, MediaList });
  finesse.internal.given = given;
})(window.finesse);

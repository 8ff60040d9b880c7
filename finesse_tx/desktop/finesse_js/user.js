/* finesse.restservices: people (rest.md §2). */
"use strict";

((finesse) => {
  const rest = finesse.restservices;
  const { Utilities } = finesse.utilities;
  const { given, lastOf, listOf, same, telling } = finesse.internal;

  class User extends rest.RestBase {
    getRestType() {
      return "User";
    }

    get supportsSubscriptions() {
      return true;
    }

    // a person found in a list is heard by the list's events
    subscribe() {
      if (!this._isLoaded) {
        super.subscribe();
      }
    }

    getFullName() {
      return `${this.getFirstName()} ${this.getLastName()}`.trim();
    }

    getRoles() {
      this.isLoadedOrThrow();
      return Utilities.getArray(this.getData().roles?.role);
    }

    hasRole(role) {
      return this.getRoles().includes(role);
    }

    hasAgentRole() {
      return this.hasRole("Agent");
    }

    hasSupervisorRole() {
      return this.hasRole("Supervisor");
    }

    /** The teams that a supervisor has; `{id, name, uri}`. */
    getSupervisedTeams() {
      this.isLoadedOrThrow();
      return Utilities.getArray(this.getData().teams?.Team);
    }

    getTeams() {
      return this.getSupervisedTeams();
    }

    isMobileAgent() {
      return Utilities.isObject(this.getProperty("mobileAgent"));
    }

    /** Undefined where there is none. */
    getNotReadyReasonCodeId() {
      const id = this.getProperty("reasonCodeId");
      return id === "-1" || id === "" ? undefined : id;
    }

    getReasonCode() {
      return this.getData().reasonCode ?? this.getData().ReasonCode ?? undefined;
    }

    /** Of the state that is to come. */
    getPendingStateReasonCode() {
      this.isLoadedOrThrow();
      return this.getData().pendingStateReasonCode ?? undefined;
    }

    getReasonCodeLabel() {
      return this.getReasonCode()?.label ?? "";
    }

    isReasonCodeReserved() {
      return this.getReasonCode()?.systemCode === "true";
    }

    isPendingStateChange() {
      return this.getPendingState() !== "";
    }

    isWrapUp() {
      return ["WORK", "WORK_READY"].includes(this.getState());
    }

    isOnHoldOrTalking() {
      return ["HOLD", "TALKING"].includes(this.getState());
    }

    isWrapUpRequired() {
      return this.getWrapUpOnIncoming().startsWith("REQUIRED");
    }

    isDeviceSelectionEnabled() {
      return this.getProperty("settings")?.deviceSelection === "enabled";
    }

    /** Another state; a reason is a code's id, or an object with it. */
    setState(state, reasonCode, handlers) {
      return this.put(given({ state, reasonCodeId: reasonCode?.id ?? reasonCode }), handlers);
    }

    /** Sign in: `extension, handlers`, or `{extension, mobileAgent, activeDeviceId, success, error}`. */
    login(how, handlers) {
      const all = Utilities.isObject(how) ? how : { ...handlers, extension: how };
      const { extension, mobileAgent, activeDeviceId } = all;
      return this.put(given({ state: "LOGIN", extension, mobileAgent, activeDeviceId }), all);
    }

    loginWithActiveDeviceId(extension, activeDeviceId, handlers) {
      return this.login({ ...handlers, extension, activeDeviceId });
    }

    /** With one of `User.WorkMode`, at a number of one's own. */
    loginMobileAgent(extension, mode, dialNumber, handlers) {
      return this.login({ ...handlers, extension, mobileAgent: { mode, dialNumber } });
    }

    updateToMobileAgent(mode, dialNumber, handlers) {
      return this.put({ mobileAgent: { mode, dialNumber } }, handlers);
    }

    logout(reasonCode, handlers) {
      return this.setState("LOGOUT", reasonCode, handlers);
    }

    /** Ask for a new dialog. */
    call(requestedAction, members, handlers) {
      const Dialog = { requestedAction, fromAddress: this.getExtension(), ...members };
      this.ask("POST", { Dialog }, handlers, `${this.getRestUrl()}/Dialogs`);
      return this;
    }

    makeCall(number, handlers) {
      return this.call("MAKE_CALL", { toAddress: number }, handlers);
    }

    /** Listen to the agent at that extension. */
    makeSMCall(number, handlers) {
      return this.call("SILENT_MONITOR", { toAddress: number }, handlers);
    }

    /** Join what is listened to. */
    makeBargeCall(number, dialogUri, handlers) {
      return this.call("BARGE_CALL", { toAddress: number, associatedDialogUri: dialogUri }, handlers);
    }

    /** The same list each time; the handlers of the first count. */
    getDialogs(handlers) {
      this._dialogs ??= this.getDialogsNoCache(handlers);
      return this._dialogs;
    }

    getDialogsNoCache(handlers) {
      return this.part(rest.Dialogs, handlers);
    }

    /** The phones with this person's extension, where there may be several: `object.Devices` of what `success` gets. */
    getDevices(handlers) {
      const extension = encodeURIComponent(this.getExtension());
      return this.ask("GET", undefined, handlers, `/finesse/api/Devices?extension=${extension}`);
    }

    getClientLog(handlers) {
      return this.part(rest.ClientLog, handlers);
    }

    getQueues(handlers) {
      return this.part(rest.Queues, handlers);
    }

    getWrapUpReasons(handlers) {
      return this.part(rest.WrapUpReasons, handlers);
    }

    getPhoneBooks(handlers) {
      return this.part(rest.PhoneBooks, handlers);
    }

    getWorkflows(handlers) {
      return this.part(rest.Workflows, handlers);
    }

    getMediaPropertiesLayout(handlers) {
      return this.part(rest.MediaPropertiesLayout, handlers);
    }

    getMediaPropertiesLayouts(handlers) {
      return this.part(rest.MediaPropertiesLayouts, handlers);
    }

    getMediaList(handlers) {
      return this.part(rest.MediaList, handlers);
    }

    getTeamMessages(handlers) {
      return this.part(rest.TeamMessages, handlers);
    }

    /**
     * Those that are offered, as a list that is told by `onLoad`; or to `success`, as what it has always got: an array of
     * `{id, uri, code, label, category}` without the system's own.
     */
    getReasonCodesByCategory(handlers = {}, category) {
      const { success, error } = handlers ?? {};
      const onLoad = (codes) => {
        handlers.onLoad?.(codes);
        success?.(Object.values(codes.getCollection()).filter((one) => !one.isSystemCode()).map((one) => one.asObject()));
      };
      const onError = (response) => {
        handlers.onError?.(response);
        error?.(response);
      };
      return this.part(rest.ReasonCodes, success || error ? { ...handlers, onLoad, onError } : handlers, { category });
    }

    /** `success` gets it as an object, such as `{id, uri, code, label, category}`. */
    getReasonCodeById({ success, error } = {}, id) {
      const found = (code) => success?.(code.asObject());
      return new rest.ReasonCode({ id, parentObj: this, onLoad: found, onError: error });
    }

    getNotReadyReasonCodes(handlers) {
      return this.getReasonCodesByCategory(handlers, "NOT_READY");
    }

    getSignoutReasonCodes(handlers) {
      return this.getReasonCodesByCategory(handlers, "LOGOUT");
    }
  }

  telling(User, {
    getLoginId: "loginId",
    getLoginName: "loginName",
    getFirstName: "firstName",
    getLastName: "lastName",
    getExtension: "extension",
    getState: "state",
    getStateChangeTime: "stateChangeTime",
    getPendingState: "pendingState",
    getTeamId: "teamId",
    getTeamName: "teamName",
    getMediaState: "mediaState",
    getWrapUpOnIncoming: "settings.wrapUpOnIncoming",
    getWrapUpOnOutgoing: "settings.wrapUpOnOutgoing",
    getWrapUpTimer: "wrapUpTimer",
    getMobileAgentMode: "mobileAgent.mode",
    getMobileAgentDialNumber: "mobileAgent.dialNumber",
    getActiveDeviceId: "activeDeviceId",
    getSkillTargetId: "skillTargetId",
  });

  Object.assign(User, {
    States: same(
      "LOGIN", "LOGOUT", "NOT_READY", "READY", "RESERVED", "RESERVED_OUTBOUND", "RESERVED_OUTBOUND_PREVIEW", "TALKING", "HOLD",
      "WORK", "WORK_READY", "UNKNOWN",
    ),
    MediaStates: same("BUSY", "IDLE"),
    WorkMode: Object.freeze({ CALL_BY_CALL: "CALL_BY_CALL", NAILED_CONNECTION: "NAILED_CONNECTION" }),
    WrapUpMode: same("REQUIRED", "REQUIRED_WITH_WRAP_UP_DATA", "OPTIONAL", "NOT_ALLOWED"),
  });

  /** People: all; or, of a team, its own, with their changes. */
  class Users extends listOf(User, "Users") {
    get supportsSubscriptions() {
      return this._parent !== null;
    }

    get explicitSubscription() {
      return this.supportsSubscriptions;
    }

    getRestUrl() {
      return this._parent ? this._parent.getRestUrl() : super.getRestUrl();
    }

    getNode() {
      return `${this._parent.getRestUrl()}/Users`;
    }

    unwrap(object) {
      if (!this._parent) {
        return super.unwrap(object);
      }
      return object?.Team ? (object.Team.users ?? {}) : undefined;
    }

    keyOf(data) {
      return data?.loginId ?? lastOf(data?.uri);
    }
  }

  Object.assign(rest, { User, Users });
})(window.finesse);

/* finesse.restservices: calls and tasks (rest.md §4, §5). */
"use strict";

((finesse) => {
  const { RestBase, RestCollectionBase } = finesse.restservices;
  const { Utilities } = finesse.utilities;
  const { API, telling } = finesse.internal;

  const same = (...names) => Object.freeze(Object.fromEntries(names.map((name) => [name, name])));

  const variables = (values) => ({
    callvariables: { CallVariable: Object.entries(values).map(([name, value]) => ({ name, value })) },
  });

  class DialogBase extends RestBase {
    getRestType() {
      return "Dialog";
    }

    getRestUrl() {
      return `${API}/Dialog/${encodeURIComponent(this._id)}`;
    }

    /** What the call is about, with the call variables by their names. */
    getMediaProperties() {
      this.isLoadedOrThrow();
      const { callvariables, ...found } = this.getData().mediaProperties ?? {};
      for (const { name, value } of Utilities.getArray(callvariables?.CallVariable)) {
        found[name] = value ?? "";
      }
      return found;
    }

    getParticipants() {
      this.isLoadedOrThrow();
      return Utilities.getArray(this.getData().participants?.Participant);
    }

    /** Of an address: nothing, when it does not take part. */
    getParticipant(address) {
      return this.getParticipants().find((one) => one.mediaAddress === address);
    }

    isParticipant(address) {
      return this.getParticipant(address) !== undefined;
    }

    /** When that address came, and what it is in since when: empty, when it does not take part. */
    getParticipantTimerCounters(address) {
      const { startTime, stateChangeTime, state } = this.getParticipant(address) ?? {};
      return state === undefined ? {} : { startTime, stateChangeTime, state };
    }

    getDialogUri() {
      return this.getProperty("uri");
    }

    /** What that address may do, as a list. */
    getParticipantActions(address) {
      return Utilities.getArray(this.getParticipant(address)?.actions?.action);
    }

    getCallType() {
      return this.getMediaProperties().callType ?? "";
    }

    /** Have something done: `action` for that address, with more members of the request. */
    requestAction(mediaAddress, action, handlers, more = {}) {
      return this.put({ targetMediaAddress: mediaAddress, requestedAction: action, ...more }, handlers);
    }

    requestWith(mediaAddress, action, params, handlers) {
      const ActionParam = Object.entries(params).map(([name, value]) => ({ name, value }));
      return this.requestAction(mediaAddress, action, handlers, { actionParams: { ActionParam } });
    }

    updateCallVariables(values, handlers) {
      return this.put({ requestedAction: "UPDATE_CALL_DATA", mediaProperties: variables(values) }, handlers);
    }

    updateCallVariable(name, value, handlers) {
      return this.updateCallVariables({ [name]: value }, handlers);
    }

    updateWrapUpReason(wrapUpReason, handlers) {
      return this.put({ requestedAction: "UPDATE_CALL_DATA", mediaProperties: { wrapUpReason } }, handlers);
    }

    /** Several at once (CCX). */
    updateWrapUpItems({ wrapUpItems, wrapUpReason, ...handlers } = {}) {
      const mediaProperties = { wrapUpItems: { wrapUpItem: Utilities.getArray(wrapUpItems ?? wrapUpReason) } };
      return this.put({ requestedAction: "UPDATE_CALL_DATA", mediaProperties }, handlers);
    }
  }

  telling(DialogBase, {
    getFromAddress: "fromAddress",
    getToAddress: "toAddress",
    getState: "state",
    getMediaType: "mediaType",
    getMediaChannelId: "mediaProperties.mediaId",
    getDNIS: "mediaProperties.DNIS",
    getDialedNumber: "mediaProperties.dialedNumber",
    getQueueName: "mediaProperties.queueName",
    getQueueNumber: "mediaProperties.queueNumber",
    getWrapUpReason: "mediaProperties.wrapUpReason",
    getSecondaryId: "secondaryId",
    getAssociatedDialogUri: "associatedDialogUri",
  });

  class Dialog extends DialogBase {
    /** Those that may be dropped, but for that address. */
    getDroppableParticipants(address) {
      return this.getParticipants().filter(
        (one) =>
          one.mediaAddress !== address &&
          one.state !== "DROPPED" &&
          ["AGENT_DEVICE", ""].includes(one.mediaAddressType ?? ""),
      );
    }

    isParticipantDroppable(address) {
      return this.getDroppableParticipants().some((one) => one.mediaAddress === address);
    }

    isDropped(address) {
      return (this.getParticipant(address)?.state ?? "DROPPED") === "DROPPED";
    }

    isHeld(address) {
      return this.getParticipant(address)?.state === "HELD";
    }

    makeConsultCall(mediaAddress, toAddress, handlers) {
      return this.requestAction(mediaAddress, "CONSULT_CALL", handlers, { toAddress });
    }

    initiateDirectTransfer(mediaAddress, toAddress, handlers) {
      return this.requestAction(mediaAddress, "TRANSFER_SST", handlers, { toAddress });
    }

    sendDTMFRequest(mediaAddress, handlers, digit) {
      return this.requestWith(mediaAddress, "SEND_DTMF", { dtmfString: digit }, handlers);
    }

    dropParticipant(mediaAddress, handlers) {
      return this.requestAction(mediaAddress, "PARTICIPANT_DROP", handlers);
    }

    reclassifyCall(mediaAddress, classification, handlers) {
      return this.requestWith(mediaAddress, "RECLASSIFY", { outboundClassification: classification }, handlers);
    }

    updateCallbackTime(mediaAddress, callbackTime, handlers) {
      return this.requestWith(mediaAddress, "UPDATE_SCHEDULED_CALLBACK", { callbackTime }, handlers);
    }

    updateCallbackNumber(mediaAddress, callbackNumber, handlers) {
      return this.requestWith(mediaAddress, "UPDATE_SCHEDULED_CALLBACK", { callbackNumber }, handlers);
    }

    cancelCallback(mediaAddress, handlers) {
      return this.requestAction(mediaAddress, "CANCEL_SCHEDULED_CALLBACK", handlers);
    }

    /** `{callbackTime, callbackNumber}`; undefined when none is scheduled. */
    getCallbackInfo() {
      return this.getData().scheduledCallbackInfo ?? undefined;
    }
  }

  Object.assign(Dialog, {
    Actions: same(
      "DROP", "ANSWER", "HOLD", "BARGE_CALL", "PARTICIPANT_DROP", "MAKE_CALL", "RETRIEVE", "UPDATE_CALL_DATA", "SEND_DTMF",
      "CONSULT_CALL", "TRANSFER", "TRANSFER_SST", "SILENT_MONITOR", "CONFERENCE", "RECLASSIFY", "ACCEPT", "REJECT", "CLOSE",
      "UPDATE_SCHEDULED_CALLBACK", "CANCEL_SCHEDULED_CALLBACK", "START_RECORDING",
    ),
    States: same("INITIATING", "INITIATED", "ALERTING", "ACTIVE", "ACCEPTED", "FAILED", "DROPPED"),
    ParticipantStates: same(
      "INITIATING", "INITIATED", "ALERTING", "ACTIVE", "FAILED", "DROPPED", "HELD", "ACCEPTED", "WRAP_UP", "PAUSED", "OFFERED",
    ),
    CallTypes: same(
      "ACD_IN", "PREROUTE_ACD_IN", "PREROUTE_DIRECT_AGENT", "TRANSFER", "OTHER_IN", "OUT", "AGENT_INSIDE", "CONSULT",
      "CONFERENCE", "SUPERVISOR_MONITOR", "OUTBOUND", "OUTBOUND_PREVIEW", "OUTBOUND_DIRECT_PREVIEW",
      "OUTBOUND_CALLBACK_PREVIEW", "OUTBOUND_PERSONAL_CALLBACK_PREVIEW", "OFFERED", "CONSULT_OFFERED", "TRANSFERRED",
    ),
    ReasonStates: same("BUSY", "BAD_DESTINATION", "OTHER", "DEVICE_RESOURCE_NOT_AVAILABLE"),
    ReclassifyActions: Object.freeze({
      VOICE: "VOICE", FAX: "FAX", ANSWERING_MACHINE: "ANS_MACHINE", INVALID: "INVALID", BUSY: "BUSY", DO_NOT_CALL: "DO_NOT_CALL",
    }),
  });
  Dialog.Actions = Object.freeze({ ...Dialog.Actions, DTMF: "SEND_DTMF" });

  class MediaDialog extends DialogBase {
    /** Do something with a task: its own agent's, or to somebody with TRANSFER. */
    setTaskState(action, handlers, target) {
      const toAddress = action === "TRANSFER" && target ? { toAddress: target } : {};
      const agent = finesse.clientservices.ClientServices.getMyUserId();
      return this.requestAction(agent, action, handlers, toAddress);
    }

    transfer(target, handlers) {
      return this.setTaskState("TRANSFER", handlers, target);
    }
  }

  MediaDialog.TaskActions = same("ACCEPT", "START", "PAUSE", "RESUME", "WRAP_UP", "CLOSE", "TRANSFER");
  const taskStates = same("OFFERED", "ACCEPTED", "ACTIVE", "PAUSED", "WRAPPING_UP", "INTERRUPTED", "CLOSED", "UNKNOWN");
  MediaDialog.States = taskStates;
  MediaDialog.ParticipantStates = taskStates;

  class Dialogs extends RestCollectionBase {
    getRestType() {
      return "Dialogs";
    }

    getRestItemClass() {
      return Dialog;
    }

    get supportsSubscriptions() {
      return true;
    }

    /** How many; without those of a supervisor who listens, if that is wanted. */
    getDialogCount(isWithoutMonitors) {
      return Object.values(this.getCollection()).filter(
        (one) => !isWithoutMonitors || one.getCallType() !== "SUPERVISOR_MONITOR",
      ).length;
    }

    createNewCallDialog(toAddress, fromAddress, handlers) {
      this.ask("POST", { Dialog: { requestedAction: "MAKE_CALL", toAddress, fromAddress } }, handlers);
      return this;
    }

    /** `requestedAction` is SILENT_MONITOR. */
    createNewSuperviseCallDialog(toAddress, fromAddress, requestedAction, handlers) {
      this.ask("POST", { Dialog: { requestedAction, toAddress, fromAddress } }, handlers);
      return this;
    }

    /** `requestedAction` is BARGE_CALL; the dialog is the one by which is listened. */
    createNewBargeCall(fromAddress, toAddress, requestedAction, associatedDialogUri, handlers) {
      this.ask("POST", { Dialog: { requestedAction, fromAddress, toAddress, associatedDialogUri } }, handlers);
      return this;
    }
  }

  /** Tasks of one kind of media. */
  class MediaDialogs extends Dialogs {
    getRestItemClass() {
      return MediaDialog;
    }

    getMedia() {
      return this._parent;
    }

    /** All media share a node; each list takes what is of its own. */
    getNode() {
      return `${this._parent.getNode().replace(/\/Media$/, "")}/Dialogs/Media`;
    }

    update(update) {
      const { source, data } = update;
      const isListed = data?.dialogs || data?.Dialogs;
      if (!isListed || source === this.getRestUrl()) {
        super.update(update);
      }
    }
  }

  Object.assign(finesse.restservices, { DialogBase, Dialog, MediaDialog, Dialogs, MediaDialogs });
  finesse.internal.same = same;
})(window.finesse);

/* finesse.digital.ChannelService and finesse.containerservices.PopoverService (desktop.md §8.5, §8.6). */
"use strict";

((finesse) => {
  const { ContainerServices } = finesse.containerservices;
  const { Utilities } = finesse.utilities;

  const MENU = "finext.nv";
  const POPOVER = "finext.popover";
  const TIMEOUT_MS = 60_000;

  const hub = () => window.gadgets.Hub;

  const channels = new Map();

  const topicOf = (channelId) => `${MENU}.${ContainerServices.getMyGadgetId()}/${channelId}`;

  /** What the page says on a channel's topic: an answer to a request of ours, or a person's choice. */
  const heard = (channel, told) => {
    const waiting = channel.waiting.get(told?.requestId);
    if (waiting) {
      channel.waiting.delete(told.requestId);
      clearTimeout(waiting.timer);
      (told.status === ChannelService.STATUS.SUCCESS ? waiting.success : waiting.error)?.(told);
    } else if (told?.selection !== undefined) {
      const answer = (status, more) => hub().publish(MENU, { id: channel.id, requestId: told.requestId, status, ...more });
      channel.onMenuClick?.(
        told.selection,
        () => answer(ChannelService.STATUS.SUCCESS),
        (error) => answer(ChannelService.STATUS.FAILURE, { error }),
      );
    }
  };

  /** A channel, also one of an earlier time of this gadget, which the page may still have. */
  const channelOf = (channelId) => {
    const known = channels.get(channelId);
    if (known) {
      return known;
    }
    const topic = topicOf(channelId);
    const channel = { id: topic.slice(MENU.length + 1), topic, waiting: new Map() };
    channels.set(channelId, channel);
    channel.heard = hub().subscribe(topic, (_topic, told) => heard(channel, told));
    return channel;
  };

  const send = (channelId, action, data, success, error) => {
    const channel = channels.get(channelId);
    if (!channel) {
      throw new Error(`There is no channel "${channelId}": call addChannel first.`);
    }
    const requestId = Utilities.generateUUID();
    const expired = () => {
      channel.waiting.delete(requestId);
      error?.({ requestId, status: ChannelService.STATUS.FAILURE, error: { errorCode: "408", errorDesc: "Request Timed Out" } });
    };
    channel.waiting.set(requestId, { success, error, timer: setTimeout(expired, TIMEOUT_MS) });
    hub().publish(MENU, { id: channel.id, topic: channel.topic, requestId, action, data });
  };

  const withReady = (state) => ({ ...state, isAgentReady: state.iconColor === ChannelService.STATE_STATUS.AVAILABLE });

  const ChannelService = {
    STATUS: Object.freeze({ SUCCESS: "success", FAILURE: "failure" }),
    STATE_STATUS: Object.freeze({ AVAILABLE: "#2CB14C", UNAVAILABLE: "#CF4237", BUSY: "#D79208" }),
    ICON_TYPE: Object.freeze({ COLLABICON: "collab-icon", COLLAB_ICON: "collab-icon", URL: "url" }),
    ICON_BADGE_TYPE: Object.freeze({ NONE: "none", INFO: "info", WARNING: "warning", ERROR: "error" }),

    init: () => ChannelService,

    /** `{menuConfig, channelConfig, channelState}`; `onMenuClick(selection, succeeded, failed)`. */
    addChannel(channelId, channelData, onMenuClick, onSuccess, onError) {
      for (const part of ["menuConfig", "channelConfig", "channelState"]) {
        if (!Utilities.isObject(channelData?.[part])) {
          throw new Error(`A channel needs ${part}.`);
        }
      }
      channelOf(channelId).onMenuClick = onMenuClick;
      const data = { ...channelData, channelState: withReady(channelData.channelState) };
      send(channelId, "ADD", data, onSuccess, onError);
    },

    removeChannel(channelId, onSuccess, onError) {
      channelOf(channelId);
      const gone = (callback) => (told) => {
        const channel = channels.get(channelId);
        if (channel) {
          channels.delete(channelId);
          hub().unsubscribe(channel.heard);
        }
        callback?.(told);
      };
      send(channelId, "REMOVE", {}, gone(onSuccess), gone(onError));
    },

    updateChannel(channelId, data, onSuccess, onError) {
      const state = data.channelState ? { channelState: withReady(data.channelState) } : {};
      send(channelId, "UPDATE", { ...data, ...state }, onSuccess, onError);
    },
    updateChannelMenu(channelId, menuConfig, onSuccess, onError) {
      send(channelId, "UPDATE", { menuConfig }, onSuccess, onError);
    },
    updateChannelState(channelId, channelState, onSuccess, onError) {
      send(channelId, "UPDATE", { channelState: withReady(channelState) }, onSuccess, onError);
    },
  };

  const popovers = new Map();

  const closed = (id) => {
    const known = popovers.get(id);
    if (known !== undefined) {
      popovers.delete(id);
      hub().unsubscribe(known);
    }
  };

  const PopoverService = {
    COUNTER_TYPE: Object.freeze({ COUNT_UP: "COUNT_UP", COUNT_DOWN: "COUNT_DOWN" }),

    init: () => PopoverService,

    /** Show one; the callback gets `{id, popoverId, source}` once, when it has been closed. Returns its id. */
    showPopover(bannerData, timerData, actionData, callback) {
      const id = Utilities.generateUUID();
      const topic = `${POPOVER}.${id}`;
      const heardOf = (_topic, told) => {
        closed(id);
        callback?.({ ...told, popoverId: id });
      };
      popovers.set(id, hub().subscribe(topic, heardOf));
      const data = { bannerData, timerData, ...(actionData ? { actionData } : {}) };
      hub().publish(POPOVER, { id, topic, action: "show", data });
      return id;
    },

    updatePopover(id, bannerData, timerData) {
      const data = { bannerData, ...(timerData ? { timerData } : {}) };
      hub().publish(POPOVER, { id, topic: `${POPOVER}.${id}`, action: "update", data });
    },

    dismissPopover(id) {
      closed(id);
      hub().publish(POPOVER, { id, topic: `${POPOVER}.${id}`, action: "dismiss", data: {} });
    },
  };

  finesse.digital.ChannelService = ChannelService;
  finesse.containerservices.PopoverService = PopoverService;
})(window.finesse);

/* finesse.containerservices: what the page does for a gadget: tabs, dialogs, reloading, toasters (desktop.md §8). */
"use strict";

((finesse) => {
  const { ClientServices } = finesse.clientservices;
  const { Utilities } = finesse.utilities;

  const REQUESTS = "finesse.containerservices.requests";
  const TASKS = "finesse.containerservices.taskActivity";

  const Topics = Object.freeze({
    ACTIVE_TAB: "finesse.containerservices.activeTab",
    WORKFLOW_ACTION_EVENT: "finesse.containerservices.workflowActionEvent",
    RELOAD_GADGET: "finesse.containerservices.reloadGadget",
    RELOAD_GADGET_EVENT: "finesse.containerservices.reloadGadget",
    TIMER_TICK_EVENT: "finesse.containerservices.timerTickEvent",
    GADGET_VIEW_CHANGED_EVENT: "finesse.containerservices.gadgetViewChangedEvent",
    MAX_AVAILABLE_HEIGHT_CHANGED_EVENT: "finesse.containerservices.maxAvailableHeightChangedEvent",
    ACTIVE_CALL_STATUS_EVENT: "finesse.containerservices.activeCallStatusEvent",
    FINESSE_MAINTENANCE_MODE_EVENT: "finesse.containerservices.maintenanceMode",
  });

  /** An event of the page's: what handlers get, with a method for each of its members. */
  const eventOf = (...members) => {
    class Event extends finesse.Class {
      init(data) {
        this.data = data;
      }
    }
    for (const name of members) {
      Event.prototype[`get${name.charAt(0).toUpperCase()}${name.slice(1)}`] = function told() {
        return this.data[name];
      };
    }
    /** Whether all of it is there. */
    Event.isWhole = (data) => Utilities.isObject(data) && members.every((name) => name in data);
    return Event;
  };

  const WorkflowActionEvent = eventOf("name", "type", "handledBy", "params", "actionVariables");
  WorkflowActionEvent.HandledBy = Object.freeze({ FINESSE: "FINESSE", OTHER: "OTHER" });
  WorkflowActionEvent.Types = Object.freeze({ BROWSER_POP: "BROWSER_POP", HTTP_REQUEST: "HTTP_REQUEST" });
  /** By their names: `params.path.expandedValue`. */
  WorkflowActionEvent.prototype.getParams = function getParams() {
    return Object.fromEntries(Utilities.getArray(this.data.params).map((one) => [one.name, one]));
  };
  WorkflowActionEvent.prototype.getActionVariables = function getActionVariables() {
    return Object.fromEntries(Utilities.getArray(this.data.actionVariables).map((one) => [one.name, one]));
  };

  const TimerTickEvent = eventOf("tickFrequency", "dateQueued");
  const GadgetViewChangedEvent = eventOf("gadgetId", "tabId", "maxAvailableHeight", "view");
  const MaxAvailableHeightChangedEvent = eventOf("maxAvailableHeight");

  const EVENTS = {
    [Topics.WORKFLOW_ACTION_EVENT]: WorkflowActionEvent,
    [Topics.TIMER_TICK_EVENT]: TimerTickEvent,
    [Topics.GADGET_VIEW_CHANGED_EVENT]: GadgetViewChangedEvent,
    [Topics.MAX_AVAILABLE_HEIGHT_CHANGED_EVENT]: MaxAvailableHeightChangedEvent,
  };

  const handlers = new Map();
  let isInitialised = false;
  let isVisible = false;
  let view = null;

  const hub = () => window.gadgets.Hub;

  const parameter = (name) => window.gadgets.util.getUrlParameters()[name] ?? "";

  const container = () => {
    try {
      return window.parent?.finesse?.container;
    } catch {
      return undefined; // another origin
    }
  };

  const tabId = () => {
    const route = window.gadgets.Prefs?.().getString("routeName");
    if (route) {
      return route;
    }
    try {
      return window.frameElement?.closest("div.tab-panel")?.id.replace(/^panel_/, "") || undefined;
    } catch {
      return undefined;
    }
  };

  const tell = (topic, about) => {
    for (const callback of (handlers.get(topic) ?? []).slice()) {
      try {
        callback(about);
      } catch (error) {
        ClientServices.log(`a handler of ${topic} failed: ${error?.stack ?? error}`);
      }
    }
  };

  const heard = (topic, data) => {
    if (topic === Topics.ACTIVE_TAB) {
      const was = isVisible;
      isVisible = data === tabId();
      if (isVisible && !was) {
        tell(topic, data);
      }
      return;
    }
    const Event = EVENTS[topic];
    if (topic === Topics.GADGET_VIEW_CHANGED_EVENT && Number(data?.gadgetId) === ContainerServices.getMyGadgetId()) {
      view = data;
    }
    if (!Event) {
      tell(topic, data);
    } else if (Event.isWhole(data)) {
      tell(topic, new Event(data));
    }
  };

  const listen = (topic) => {
    if (!handlers.has(topic)) {
      handlers.set(topic, []);
      hub().subscribe(topic, (_topic, data) => heard(topic, data));
    }
  };

  const ask = (type, data = {}) => {
    hub().publish(REQUESTS, { type, data, invokeID: Utilities.generateUUID() });
  };

  const mine = (type, more = {}) => ask(type, { gadgetId: ContainerServices.getMyGadgetId(), ...more });

  const ContainerServices = {
    Topics,

    /** Connect to the page; once is enough. */
    init() {
      if (!isInitialised) {
        isInitialised = true;
        listen(Topics.ACTIVE_TAB);
        listen(Topics.GADGET_VIEW_CHANGED_EVENT);
        ContainerServices.makeActiveTabReq();
      }
      return ContainerServices;
    },

    /** Hear of one of `Topics`; `tabVisible` is ACTIVE_TAB's old name. */
    addHandler(topic, callback) {
      const known = topic === "tabVisible" ? Topics.ACTIVE_TAB : topic;
      if (Utilities.validateHandler(callback)) {
        listen(known);
        handlers.get(known).push(callback);
      }
    },
    removeHandler(topic, callback) {
      const known = topic === "tabVisible" ? Topics.ACTIVE_TAB : topic;
      handlers.set(known, (handlers.get(known) ?? []).filter((one) => one !== callback));
    },

    publish: (topic, data) => hub().publish(topic, data),
    makeActiveTabReq: () => ask("ActiveTabReq"),
    tabVisible: () => isVisible,
    activateTab: (id) => ask("SetActiveTabReq", { id }),
    activateMyTab: () => ask("SetActiveTabReq", { id: tabId() }),
    getMyTabId: tabId,
    getMyGadgetId: () => Number(parameter("mid")),

    showDialog: (options) => container()?.Container?.showDialog(options),
    hideDialog: () => container()?.Container?.hideDialog(),
    showCertificateBanner: (callback) =>
      container()?.Container?.showCertificateBanner({ id: ContainerServices.getMyGadgetId(), callback }),
    hideCertificateBanner: (id) => container()?.Container?.hideCertificateBanner(id),

    reloadMyGadget: () => mine("ReloadGadgetReq"),
    reloadMyGadgetFromUrl(url) {
      container()?.Container?.modifyGadgetUrl(ContainerServices.getMyGadgetId(), url);
      mine("ReloadGadgetReq");
    },

    collapseMyGadget: () => mine("CollapseGadgetReq"),
    expandMyGadget: () => mine("ExpandGadgetReq"),
    enableTitleBar: (isEnabled = true) => mine("EnableTitleBarReq", { enabled: Boolean(isEnabled) }),
    getMyGadgetView: () => view ?? { gadgetId: ContainerServices.getMyGadgetId(), tabId: tabId(), maxAvailableHeight: 0, view: "default" },
    showMyGadget: () => mine("ShowGadgetReq"),
    hideMyGadget: () => mine("HideGadgetReq"),
    showMyGadgetNotification: () => mine("ShowGadgetNotificationReq"),
    hideMyGadgetNotification: () => mine("HideGadgetNotificationReq"),
    isTabbedGadget: () => Boolean(window.gadgets.Prefs?.().getString("managedBy")),
    setMyGadgetTitle: (title) => mine("SetGadgetTitleReq", { title }),
  };

  /** A picture of one line, on a ground of its own. */
  const iconOf = (colour, line) =>
    `data:image/svg+xml,${encodeURIComponent(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="12" fill="${colour}"/><path d="${line}" fill="none" stroke="#fff" stroke-width="2"/></svg>`,
    )}`;

  /** A notification of the browser's, while nobody looks at the desktop. */
  const FinesseToaster = {
    AUTO_CLOSE_MS: 8000,

    /** What `icon` may be, besides any picture's address. */
    TOASTER_DEFAULT_ICONS: Object.freeze({
      INCOMING_CALL_ICON: iconOf("#1b7f3b", "M8 6c0 6 4 10 10 10v-3l-3-1-2 1c-1-1-2-2-2-3l1-1-1-3z"),
      INCOMING_CHAT_ICON: iconOf("#0b6fb8", "M6 7h12v8h-6l-4 3v-3h-2z"),
      INCOMING_TEAM_MESSAGE: iconOf("#6b4fa0", "M6 10h3l7-4v12l-7-4h-3z"),
      ALERT_ICON: iconOf("#b3261e", "M12 6v7m0 3v2"),
    }),

    init(config) {
      const timeout = Number(config?.toasterNotificationTimeout);
      FinesseToaster._timeout = Number.isNaN(timeout) || config?.toasterNotificationTimeout === "" ? undefined : timeout;
      return FinesseToaster;
    },

    /** `{body, icon, autoClose, showWhenVisible, onclick, onerror}`; the notification, or nothing where none is shown. */
    showToaster(title, options = {}) {
      const isOff = FinesseToaster._timeout !== undefined && FinesseToaster._timeout <= 0;
      const isSeen = document.hasFocus() && !options.showWhenVisible;
      if (isOff || isSeen || window.Notification?.permission !== "granted") {
        return undefined;
      }
      const shown = new window.Notification(title, { body: options.body, icon: options.icon });
      shown.onclick = () => {
        window.parent.focus();
        options.onclick?.();
        shown.close();
      };
      shown.onerror = () => options.onerror?.();
      const after = options.autoClose ?? FinesseToaster._timeout ?? FinesseToaster.AUTO_CLOSE_MS;
      setTimeout(() => shown.close(), after);
      return shown;
    },
  };

  /** Which task an agent works on, told from gadget to gadget. */
  const TaskActivityNotification = {
    init: () => TaskActivityNotification,
    notifyTaskSelection: (from, task) =>
      hub().publish(TASKS, { type: "selection", from, ...task, timestamp: task?.timestamp ?? Date.now() }),
    registerForTaskNotifications(callback) {
      hub().subscribe(TASKS, (_topic, data) => {
        if (data?.type === "selection") {
          callback(data);
        }
      });
    },
    requestCurrentTasks: () => hub().publish(TASKS, { type: "request" }),
  };

  Object.assign(finesse.containerservices, {
    ContainerServices, FinesseToaster, GadgetViewChangedEvent, MaxAvailableHeightChangedEvent, TaskActivityNotification,
    TimerTickEvent, WorkflowActionEvent,
  });
})(window.finesse);

/* finesse.restservices: queues, teams, and what is configured for people (rest.md §2.7-2.13, §6-§9, §12). */
"use strict";

((finesse) => {
  const { RestBase } = finesse.restservices;
  const { Utilities } = finesse.utilities;
  const { API, listOf, same, telling } = finesse.internal;

  /** A class of objects that are asked for, and tell members of their data. */
  const plain = (type, members = {}) => {
    class Kind extends RestBase {
      getRestType() {
        return type;
      }
    }
    telling(Kind, members);
    return Kind;
  };

  /** A reason code as an object of its own. */
  const asObject = (data) => ({ ...data, id: Utilities.getId(data.uri) });

  class ReasonCode extends plain("ReasonCode", {
    getLabel: "label", getCategory: "category", getCode: "code", getForAll: "forAll", getUri: "uri",
  }) {
    isSystemCode() {
      return this.getProperty("systemCode") === "true";
    }

    asObject() {
      return asObject(this.getData());
    }
  }

  class ReasonCodes extends listOf(ReasonCode, "ReasonCodes") {
    prepare(options) {
      super.prepare(options);
      this._category = options.category ?? "";
    }

    getRestUrl() {
      return `${super.getRestUrl()}${this._category ? `?category=${this._category}` : ""}`;
    }
  }

  const WrapUpReason = plain("WrapUpReason", { getLabel: "label", getForAll: "forAll", getUri: "uri" });
  const WrapUpReasons = listOf(WrapUpReason, "WrapUpReasons");

  const Contact = plain("Contact", {
    getFirstName: "firstName", getLastName: "lastName", getPhoneNumber: "phoneNumber", getDescription: "description", getUri: "uri",
  });

  class Contacts extends listOf(Contact, "Contacts") {
    // embedded contacts have no address; their place tells them apart
    itemsIn(data) {
      return super.itemsIn(data).map((one, at) => (one?.uri || one?.id ? one : { ...one, id: String(at + 1) }));
    }

    prepare(options) {
      super.prepare(options);
      if (options.data) {
        this.itemsIn(options.data).forEach((one) => this.add(one));
      }
    }
  }

  class PhoneBook extends plain("PhoneBook", { getName: "name", getType: "type", getUri: "uri" }) {
    /** The list that came with it, or its address. */
    getEmbeddedContacts() {
      return this.getProperty("contacts");
    }

    /** Those that came with it, or those of its address. */
    getContacts(handlers) {
      const found = this.getEmbeddedContacts();
      if (Utilities.isObject(found)) {
        const contacts = this.part(Contacts, handlers, { data: found });
        queueMicrotask(() => contacts.tell("load"));
        return contacts;
      }
      return this.part(Contacts, handlers);
    }
  }

  class PhoneBooks extends listOf(PhoneBook, "PhoneBooks") {
    // several books without an address are told apart by their place
    itemsIn(data) {
      return super.itemsIn(data).map((one, at) => (one?.uri || one?.id ? one : { ...one, id: String(at + 1) }));
    }
  }

  class MediaPropertiesLayout extends plain("MediaPropertiesLayout", {
    getName: "name", getDescription: "description", getType: "type", getUri: "uri",
  }) {
    /** `{header: {displayName, mediaProperty}, columns: [[entry, …], [entry, …]], name, …}`; one column alone is the right one. */
    getData() {
      const { column, header, ...data } = super.getData();
      const entryOf = (entry) => ({ ...entry, displayName: entry.displayName ?? "" });
      const columns = Utilities.getArray(column).map((one) => Utilities.getArray(one?.entry).map(entryOf));
      const [heading] = Utilities.getArray(header?.entry).map(entryOf);
      const empty = this.getEmptyData();
      const both = columns.length < 2 ? [...empty.columns, ...columns].slice(-2) : columns.slice(0, 2);
      return { ...data, header: heading ?? empty.header, columns: both };
    }

    /** What there is of a layout without anything in it. */
    getEmptyData() {
      return { header: { displayName: null, mediaProperty: null }, columns: [[], []] };
    }

    get() {
      this.refresh();
      return this;
    }
  }

  const MediaPropertiesLayouts = listOf(MediaPropertiesLayout, "MediaPropertiesLayouts");

  class WorkflowAction extends plain("WorkflowAction", {
    getName: "name", getType: "type", getHandledBy: "handledBy", getUri: "uri",
  }) {
    getParams() {
      return Utilities.getArray(this.getProperty("params")?.Param);
    }

    getActionVariables() {
      return Utilities.getArray(this.getProperty("actionVariables")?.ActionVariable);
    }
  }
  WorkflowAction.Types = Object.freeze([
    { name: "BROWSER_POP", params: ["windowName", "path"] },
    { name: "HTTP_REQUEST", params: ["method", "location", "contentType", "path", "body"] },
  ]);

  const WorkflowActions = listOf(WorkflowAction, "WorkflowActions");

  class Workflow extends plain("Workflow", {
    getName: "name", getDescription: "description", getTriggerSet: "TriggerSet", getConditionSet: "ConditionSet", getMedia: "media",
    getUri: "uri",
  }) {
    /** As a list of data. */
    getWorkflowActions() {
      return Utilities.getArray(this.getProperty("workflowActions")?.WorkflowAction);
    }
  }

  const Workflows = listOf(Workflow, "Workflows");

  class Queue extends plain("Queue", { getName: "name", getUri: "uri" }) {
    get supportsSubscriptions() {
      return true;
    }

    get explicitSubscription() {
      return true;
    }

    // a user's queue has its own address and node
    getRestUrl() {
      return `${API}/Queue/${encodeURIComponent(this._id)}`;
    }

    getStatistics() {
      return this.getProperty("statistics");
    }

    /** A number of the statistics; -1 for none. */
    getStatistic(name) {
      return this.getStatistics()?.[name] ?? "-1";
    }
  }

  class Queues extends listOf(Queue, "Queues") {
    get supportsSubscriptions() {
      return true;
    }

    get explicitSubscription() {
      return true;
    }
  }

  class TeamMessage extends plain("TeamMessage", {
    getContent: "content", getDuration: "duration", getCreatedAt: "createdAt", getCreatedBy: "createdBy", getMessageId: "id",
    getUri: "uri",
  }) {
    getRestUrl() {
      return `${API}/TeamMessage${this._id ? `/${encodeURIComponent(this._id)}` : ""}`;
    }

    // one that is to be written is not asked for
    get supportsRequests() {
      return this._id !== "";
    }

    getTeams() {
      return Utilities.getArray(this.getProperty("teams")?.team);
    }

    /** Send it: `{content, duration, teams, success, error}`, the duration in seconds. */
    createTeamMessage({ content, duration, teams, ...handlers } = {}) {
      const members = { duration, content, teams: { team: Utilities.getArray(teams) } };
      this.ask("POST", { TeamMessage: members }, handlers, `${API}/TeamMessage`);
      return this;
    }

    deleteTeamMessage(handlers) {
      this.ask("DELETE", undefined, handlers);
      return this;
    }
  }

  /** Of a team; or those that a supervisor has sent. */
  class TeamMessages extends listOf(TeamMessage, "TeamMessages") {
    get supportsSubscriptions() {
      return this._parent?.getRestType() === "Team";
    }

    get explicitSubscription() {
      return this.supportsSubscriptions;
    }

    getNode() {
      return `${this._parent.getRestUrl()}/TeamMessage`;
    }
  }

  class Team extends plain("Team", { getTeamId: "id", getName: "name", getUri: "uri" }) {
    /** Its people: a list that hears their changes. */
    getUsers(handlers) {
      return this.part(finesse.restservices.Users, handlers);
    }

    getTeamMessages(handlers) {
      return this.part(TeamMessages, handlers);
    }
  }

  const Teams = listOf(Team, "Teams");

  class SystemInfo extends plain("SystemInfo", {
    getStatus: "status", getCurrentTimestamp: "currentTimestamp", getXmppDomain: "xmppDomain", getXmppPubSubDomain: "xmppPubSubDomain",
    getDeploymentType: "deploymentType", getTimezoneOffset: "timezoneOffset", getSystemAuthMode: "systemAuthMode",
    getPeripheralId: "peripheralId", getPrimaryNode: "primaryNode", getSecondaryNode: "secondaryNode",
    getFinesseVersion: "finesseVersion", getLastCTIHeartbeatStatus: "lastCTIHeartbeatStatus",
    getStatusReason: "statusReason", getTimeZoneOffset: "timezoneOffset", getCtiVersion: "ctiVersion", getCtiServers: "ctiServers",
    getHeartbeatInterval: "ctiHeartbeatInterval", getCtiMMode: "ctiMMode", getCtiTimeInMMode: "ctiTimeInMMode",
    getFinesseMMode: "finesseMMode", getFinesseTimeInMMode: "finesseTimeInMMode",
  }) {
    get supportsSubscriptions() {
      return true;
    }

    isInService() {
      return this.getStatus() === "IN_SERVICE";
    }

    /** The node that none of those hosts is, or this page's if none is given: the first if none is known; undefined where there is only one. */
    getAlternateHost(...hosts) {
      const [first, second] = [this.getPrimaryNode()?.host, this.getSecondaryNode()?.host];
      const own = hosts.length > 0 ? hosts : [window.location.hostname];
      return second ? (own.includes(first) ? second : first) : undefined;
    }

    isSingleNode() {
      return !this.getSecondaryNode()?.host;
    }
  }

  Object.assign(SystemInfo, {
    Statuses: same("IN_SERVICE", "OUT_OF_SERVICE"),
    Deployments: same("UCCX", "UCCE"),
    MMode: Object.freeze({ ...same("IN_PROGRESS", "FAILED", "COMPLETED"), EMPTY: "" }),
  });

  /** What a person's desktop logs, for the server to keep. */
  class ClientLog extends plain("ClientLog") {
    get supportsRequests() {
      return false;
    }

    get supportsSubscriptions() {
      return true;
    }

    get explicitSubscription() {
      return true;
    }

    sendLogs(logData, handlers) {
      this.ask("POST", { ClientLog: { logData } }, handlers);
      return this;
    }
  }

  /** Finds a reason code by its category and code, among those that the gadget's own team has. */
  class ReasonCodeLookup {
    /** `success` gets it as an object, such as `{id, uri, code, label, category}`; `error` has the status 404 if there is none. */
    lookupReasonCode({ success, error } = {}, reasonCodeValue, reasonCodeCategory) {
      const { ClientServices } = finesse.clientservices;
      const heard = (response) => {
        const all = Utilities.getArray(response.object?.ReasonCodes?.ReasonCode);
        const found = all.find(({ code, category }) => code === String(reasonCodeValue) && category === reasonCodeCategory);
        if (found) {
          success?.(asObject(found), response);
        } else {
          error?.({ ...response, status: 404, object: null });
        }
      };
      const team = encodeURIComponent(finesse.gadget.Config.teamId);
      const url = `${API}/TeamResource/${team}/ReasonCodes?category=ALL`;
      ClientServices.restRequest(url, { method: "GET", success: heard, error });
    }

    /** The same with all in one; `success` gets a response whose `object.ReasonCode` it is. */
    static performReasonCodeLookup({ reasonCodeValue, reasonCodeCategory, success, error } = {}) {
      const found = (ReasonCode, response) => success?.({ ...response, object: { ReasonCode } });
      new ReasonCodeLookup().lookupReasonCode({ success: found, error }, reasonCodeValue, reasonCodeCategory);
    }
  }

  Object.assign(finesse.restservices, {
    ReasonCode, ReasonCodes, ReasonCodeLookup, WrapUpReason, WrapUpReasons, Contact, Contacts, PhoneBook, PhoneBooks,
    MediaPropertiesLayout, MediaPropertiesLayouts, Workflow, Workflows, WorkflowAction, WorkflowActions, Queue, Queues,
    TeamMessage, TeamMessages, Team, Teams, SystemInfo, ClientLog,
  });
})(window.finesse);

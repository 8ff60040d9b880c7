/** The hub's topics that gadgets rely on. Spec: `desktop.md` §5.1, §8.1. */

export const INFO_REQUESTS = "finesse.info.requests";
export const INFO_RESPONSES = "finesse.info.responses";
export const CONNECTION = "finesse.info.connection";
export const PRESENCE = "finesse.info.presence";
export const ACCESS_TOKEN = "finesse.info.accessTokenRefresh";

export const SERVICE_REQUESTS = "finesse.containerservices.requests";
export const ACTIVE_TAB = "finesse.containerservices.activeTab";
export const RELOAD_GADGET = "finesse.containerservices.reloadGadget";
export const TIMER_TICK = "finesse.containerservices.timerTickEvent";
export const VIEW_CHANGED = "finesse.containerservices.gadgetViewChangedEvent";
export const MAX_HEIGHT_CHANGED = "finesse.containerservices.maxAvailableHeightChangedEvent";
export const ACTIVE_CALL_STATUS = "finesse.containerservices.activeCallStatusEvent";
export const WORKFLOW_ACTION = "finesse.containerservices.workflowActionEvent";

export const CLIENT_LOG = "finesse.clientLogging";
export const CHANNELS = "finext.nv";
export const POPOVERS = "finext.popover";
export const SHORTCUTS = "finext.shortcuts";

/** What only the page says, by the beginning of the topic. */
const PAGES_OWN = [
  CONNECTION, INFO_RESPONSES, ACCESS_TOKEN, PRESENCE, "finesse.api", ACTIVE_TAB, RELOAD_GADGET, TIMER_TICK,
  VIEW_CHANGED, MAX_HEIGHT_CHANGED, ACTIVE_CALL_STATUS, WORKFLOW_ACTION,
]; // prettier-ignore

/** @param {string} topic */
export function isPagesOwn(topic) {
  return PAGES_OWN.some((one) => topic === one || topic.startsWith(`${one}.`));
}

/**
 * Whether a subscription to a topic, or to a pattern of topics, hears another topic.
 *
 * @param {string} pattern
 * @param {string} topic
 */
export function hears(pattern, topic) {
  const tokens = topic.split(".");
  const wanted = pattern.split(".");
  const rest = wanted.indexOf("**");
  const length = rest < 0 ? wanted.length : rest;
  return (
    (rest < 0 ? tokens.length === length : tokens.length > length) &&
    wanted.slice(0, length).every((token, index) => token === "*" || token === tokens[index])
  );
}

/** @param {string} node The path of an XMPP node. */
export function topicOf(node) {
  return node.replace(/^\//, "").replaceAll("/", ".");
}

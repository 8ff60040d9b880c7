/**
 * The parts of the desktop that are ours, by the addresses that layouts have for them.
 *
 * Spec: `desktop.md` §10.5; the `.jsp` and `.xml` forms are those of before 12.0.
 */

/** Gadgets: the last part of the path without its ending, in lower case, and the element. */
const GADGETS = new Map([
  ["agenthistory", "agent-history"],
  ["callcontrol", "call-control"],
  ["queuestatistics", "queue-statistics"],
  ["teamperformance", "team-performance"],
  ["tabbedgadgets", "multi-tab"],
]);

/** Components of the header; an empty name is one that is known and left out, for want of an instant-messaging server. */
const COMPONENTS = new Map([
  ["logo", "desk-logo"],
  ["agentvoicestate.component", "voice-state"],
  ["nonvoice-state-menu.component", "digital-channels"],
  ["teammessage.component", "team-messages"],
  ["chat.component", ""],
  ["makenewcall.component", "call-dialer"],
  ["identity-component", "identity-menu"],
]);

const FOLDER = /^\/desktop\/(?:scripts\/js|gadgets)\/([\w.-]+)\.(?:js|jsp|xml)$/i;

/**
 * The element of a built-in gadget.
 *
 * @param {string} path Of a URL on our own host.
 * @returns {string | null} None: it is no such gadget.
 */
export function builtinGadget(path) {
  return GADGETS.get(FOLDER.exec(path)?.[1]?.toLowerCase() ?? "") ?? null;
}

/**
 * The element of a component of the header.
 *
 * @param {string} path Of a URL on our own host.
 * @returns {string | null} Empty for one that is left out; none: it is no such component.
 */
export function component(path) {
  return COMPONENTS.get(FOLDER.exec(path)?.[1]?.toLowerCase() ?? "") ?? null;
}

/** The header of a layout that has none, as before 12.0. */
export const STOCK_HEADER = Object.freeze({
  left: [
    ["300px", "cd-logo", "/desktop/scripts/js/logo.js"],
    ["230px", "agent-voice-state", "/desktop/scripts/js/agentvoicestate.component.js"],
    ["251px", "nonvoice-state-menu", "/desktop/scripts/js/nonvoice-state-menu.component.js"],
  ],
  right: [
    ["50px", "broadcastmessagepopover", "/desktop/scripts/js/teammessage.component.js"],
    ["50px", "make-new-call-component", "/desktop/scripts/js/makenewcall.component.js"],
    ["72px", "identity-component", "/desktop/scripts/js/identity-component.js"],
  ],
});

/** A gadget that has others as its tabs. */
export const MULTI_TAB = "multi-tab";

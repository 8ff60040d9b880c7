/*
 * pubsub-2: connects the gadget to the page's hub once all of it has loaded (gadgets.md §9.7).
 *
 * How a page learns of a gadget's errors is not public; ours has the rpc service `gadget_error`: a text, and whether the gadget
 * cannot have begun.
 */
"use strict";

gadgets.HubSettings = gadgets.HubSettings || {
  params: {
    HubClient: {
      onSecurityAlert: (_client, alert) => gadgets.error?.(`the hub: ${alert}`),
    },
    IframeHubClient: {},
  },
  /** The gadget's own: called with the hub when it is connected. */
  onConnect: undefined,
};

(() => {
  /** So many errors are told to the page. */
  const MAX_TOLD = 10;

  let told = 0;
  let first = "";

  /** The page has a gadget's errors in its log; of one that is dead of them, it says so in the gadget's place. */
  const tell = (text, isDead) => {
    told += 1;
    if (isDead || told <= MAX_TOLD) {
      gadgets.rpc.call(null, "gadget_error", null, text, isDead);
    }
  };

  const begin = (hub, isThere, error) => {
    const { onConnect } = gadgets.HubSettings;
    if (!onConnect && first) {
      tell(first, true);
    }
    try {
      onConnect?.(hub, isThere, error);
    } catch (thrown) {
      tell(String(thrown), true);
      throw thrown;
    }
  };

  if (window !== window.parent) {
    window.addEventListener("error", ({ message, filename, lineno }) => {
      const text = `${message} (${String(filename ?? "").split(/[?#]/, 1)[0].split("/").at(-1)}:${lineno})`;
      first = first || text;
      tell(text, false);
    });
    gadgets.util.registerOnLoadHandler(() => {
      if (!gadgets.Hub) {
        gadgets.Hub = new OpenAjax.hub.IframeHubClient(gadgets.HubSettings.params);
        gadgets.Hub.connect(begin);
      }
    });
  }
})();

/* pubsub-2: connects the gadget to the page's hub once all of it has loaded (gadgets.md §9.7). */
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

gadgets.util.registerOnLoadHandler(() => {
  if (gadgets.Hub || window === window.parent) {
    return;
  }
  gadgets.Hub = new OpenAjax.hub.IframeHubClient(gadgets.HubSettings.params);
  gadgets.Hub.connect((hub, isThere, error) => gadgets.HubSettings.onConnect?.(hub, isThere, error));
});

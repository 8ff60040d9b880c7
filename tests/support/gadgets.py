"""A page with gadgets in it, as a desktop would be."""

__all__ = ["CONTAINER"]

CONTAINER = """<!DOCTYPE html><body><div id="here"></div>
<script src="/gadgets/js/shindig-container:pubsub-2.js?c=1"></script>
<script>
window.told = [];
window.hub = new OpenAjax.hub.ManagedHub({
  onPublish: (topic, data, from, to) => topic !== "secret.thing",
  onSubscribe: (topic) => topic !== "forbidden",
  onUnsubscribe: (topic, from) => told.push(["unsubscribed", topic, from.getClientID()]),
});
for (const service of ["resize_iframe", "set_title", "set_pref", "loading_indicator", "requestNavigateTo"]) {
  gadgets.rpc.register(service, function (...args) { told.push([service, this.f, ...args]); });
}
gadgets.rpc.register("slowly", function (x) { setTimeout(() => this.callback(x * 2), 5); });
window.open_gadget = (id, uri) => new OpenAjax.hub.IframeContainer(hub, id, {
  Container: {
    onSecurityAlert: (from, alert) => told.push(["alert", from.getClientID(), alert]),
    onConnect: (from) => told.push(["connected", from.getClientID()]),
  },
  IframeContainer: { parent: document.getElementById("here"), uri, iframeAttrs: { title: id }, timeout: 60000 },
});
</script></body>"""
"""``open_gadget(id, uri)`` opens one; ``told`` is what gadgets have asked of the page, and ``hub`` is theirs."""

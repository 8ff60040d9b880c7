"""finesse.js in Chromium: a gadget of a page that has the hub and the tunnel, by the real server, REST and events.

The page stands in for the desktop, and the gadget for what ``/gadgets/ifr`` will send.
"""

import json
from importlib.resources import files
from urllib.parse import urlencode

from playwright.sync_api import Frame, Page, Route, expect

from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

PAGE = """<!DOCTYPE html><title>Desktop</title><body><div class="tab-panel" id="panel_home"><div id="here"></div></div>
<script src="/gadgets/js/shindig-container:pubsub-2.js?c=1"></script>
<script src="/desktop/assets/js/finesse.js"></script>
<script>
const { Utilities } = finesse.utilities;
window.nodes = [];
window.logged = [];
finesse.container = { Config: { systemAuthMode: "NON_SSO" }, Container: { showDialog: (options) => { window.shown = options; } } };
let status = "";
const hub = new OpenAjax.hub.ManagedHub({ onPublish: () => true, onSubscribe: () => true });
hub.subscribe("finesse.clientLogging.*", (topic, line) => logged.push(line));
hub.subscribe("finesse.containerservices.requests", (topic, told) => {
  if (told.type === "ActiveTabReq") { hub.publish("finesse.containerservices.activeTab", "home"); }
});
hub.subscribe("finesse.info.requests", (topic, told) => {
  if (told.type === "ConnectionInfoReq") {
    hub.publish("finesse.info.connection", { status, resourceID: "x", invokeID: told.invokeID });
  } else if (told.type === "SubscribeNodeReq") {
    nodes.push(told.data.node);
    tunnel.contentWindow.postMessage(`7|${told.data.node}`, location.origin);
    hub.publish(`finesse.info.responses.${told.invokeID}`, null);
  }
});
const tunnel = document.createElement("iframe");
tunnel.title = "tunnel";
tunnel.hidden = true;
window.sign_in = (id, password, domain) => {
  sessionStorage.setItem("userFinesseAuth", Utilities.b64Encode(`${id}:${password}`));
  addEventListener("message", ({ source, data }) => {
    if (source !== tunnel.contentWindow || typeof data !== "string") { return; }
    const type = data.slice(0, data.indexOf("|"));
    const rest = data.slice(data.indexOf("|") + 1);
    if (type === "4" && rest === "loaded") {
      for (const one of [`1|${id}`, `5|${domain}`, `2|${password}`, `6|pubsub.${domain}`]) {
        tunnel.contentWindow.postMessage(one, location.origin);
      }
    } else if (type === "4") {
      status = rest;
      hub.publish("finesse.info.connection", { status, resourceID: "x" });
    } else if (type === "0") {
      const at = rest.indexOf("<");
      const node = rest.slice(0, at);
      const object = Utilities.xml2js(rest.slice(at));
      hub.publish(finesse.clientservices.Topics.getTopic(node), { content: rest, object });
    }
  });
  tunnel.src = "/tunnel/";
  document.body.append(tunnel);
};
window.open_gadget = (uri) => new OpenAjax.hub.IframeContainer(hub, "gadget", {
  Container: { onSecurityAlert: () => {} },
  IframeContainer: { parent: document.getElementById("here"), uri, iframeAttrs: { title: "gadget" }, timeout: 60000 },
});
</script></body>"""

GADGET = """<!DOCTYPE html><html><head><title>Gadget</title>
<script src="/gadgets/js/core:rpc:pubsub-2:dynamic-height:settitle:setprefs.js"></script>
<script src="/desktop/assets/js/finesse.js"></script></head><body>
<script>
window.told = [];
gadgets.HubSettings.onConnect = () => {
  const { ClientServices } = finesse.clientservices;
  const { ContainerServices } = finesse.containerservices;
  finesse.cslogger.ClientLogger.init(gadgets.Hub, "Gadget", finesse.gadget.Config);
  ClientServices.registerOnConnectHandler(() => told.push(["connected"]));
  ClientServices.init(finesse.gadget.Config, false);
  const services = ContainerServices.init();
  services.addHandler(services.Topics.ACTIVE_TAB, (tab) => told.push(["tab", tab]));
  services.makeActiveTabReq();
  window.user = new finesse.restservices.User({
    id: finesse.gadget.Config.id,
    onLoad: (one) => {
      told.push(["load", one.getState(), one.getFullName()]);
      window.dialogs = one.getDialogs({
        onLoad: () => told.push(["dialogs"]),
        onCollectionAdd: (call) => {
          told.push(["+", call.getState(), call.getFromAddress()]);
          call.addHandler("change", (changed) => told.push(["call", changed.getParticipant(one.getExtension())?.state]));
        },
        onCollectionDelete: () => told.push(["-"]),
      });
    },
    onChange: (one) => told.push(["change", one.getState()]),
    onError: (response) => told.push(["error", response.status]),
  });
};
</script><script>gadgets.util.runOnLoadHandlers();</script></body></html>"""


class FinesseJsStories(StoryTestCase):
    """On one server."""

    def start(self, page: Page, person: str) -> Frame:
        """Open the page with the gadget, of somebody who is known but signed out."""
        root = f"https://127.0.0.1:{SHARED.get().port('https')}"

        def container(route: Route) -> None:
            route.fulfill(body=PAGE, content_type="text/html")

        def gadget(route: Route) -> None:
            route.fulfill(body=GADGET, content_type="text/html")

        page.context.route("**/desktop.html", container)
        page.context.route("**/gadget.html?*", gadget)
        page.goto(f"{root}/desktop.html")
        info = page.evaluate(
            "fetch('/finesse/api/SystemInfo').then((one) => one.text()).then((xml) => Utilities.xml2js(xml).SystemInfo)"
        )
        page.evaluate(
            "([id, domain]) => sign_in(id, 'finesse', domain)", [person, info["xmppDomain"]]
        )
        page.wait_for_function("status === 'connected'")
        prefs = {"up_id": person, "up_host": "127.0.0.1", "up_restHost": "127.0.0.1"}
        query = urlencode({"mid": 1, "up_systemAuthMode": "NON_SSO", **prefs})
        page.evaluate("(uri) => void open_gadget(uri)", f"{root}/gadget.html?{query}")
        element = page.wait_for_selector("#gadget", state="attached")
        frame = element.content_frame() if element is not None else None
        assert frame is not None
        self.heard(frame, ["load", "LOGOUT"])
        return frame

    def heard(self, frame: Frame, *wanted: list[str]) -> None:
        """Wait until the gadget was told those, whatever came between."""
        for one in wanted:
            frame.wait_for_function(
                "(wanted) => window.told?.some((one) => wanted.every((part, at) => one[at] === part))",
                arg=one,
            )

    @story
    def test_day(self, page: Page) -> None:
        """She signs in, is ready, is called, answers and hangs up: each by the library, each told by an event."""
        gadget = self.start(page, "agent1")
        self.heard(gadget, ["connected"], ["tab", "home"], ["dialogs"])
        gadget.evaluate("void user.login({ extension: '1001' })")
        self.heard(gadget, ["change", "NOT_READY"])
        gadget.evaluate("void user.setState(finesse.restservices.User.States.READY)")
        self.heard(gadget, ["change", "READY"])
        SHARED.get().call("6001", "0612345678")
        self.heard(gadget, ["+", "ALERTING", "0612345678"], ["change", "RESERVED"])
        gadget.evaluate(
            """() => {
              window.call = Object.values(dialogs.getCollection())[0];
              call.requestAction(user.getExtension(), finesse.restservices.Dialog.Actions.ANSWER, {});
            }"""
        )
        self.heard(gadget, ["call", "ACTIVE"], ["change", "TALKING"])
        gadget.evaluate(
            "void call.requestAction(user.getExtension(), finesse.restservices.Dialog.Actions.DROP, {})"
        )
        self.heard(gadget, ["-"])
        self.assertEqual(gadget.evaluate("dialogs.getDialogCount()"), 0)

    @story
    def test_refused(self, page: Page) -> None:
        """A refusal at once, and one that comes as an event, both call the request's error handler; the page is reached."""
        self.forgiven = ("400",)
        gadget = self.start(page, "agent2")
        ask = """([state, reason]) => new Promise((done) => {
          const statuses = [];
          user.setState(state, reason, {
            success: ({ status }) => statuses.push(status),
            error: (rsp) => done([...statuses, rsp.status, finesse.utilities.Utilities.getErrCode(rsp)]),
          });
        })"""
        self.assertEqual(gadget.evaluate(ask, ["TALKING", None]), [400, "Invalid Input"])
        self.assertEqual(gadget.evaluate(ask, ["READY", None]), [202, 400, "Invalid State"])
        gadget.evaluate("finesse.cslogger.ClientLogger.log('hello')")
        page.wait_for_function("logged.some((line) => line.endsWith('Gadget: hello'))")
        gadget.evaluate("finesse.containerservices.ContainerServices.showDialog({ message: 'x' })")
        self.assertEqual(page.evaluate("shown"), {"message": "x"})
        queues = "new Promise((done) => user.getQueues({ onLoad: (one) => done(one.isLoaded()) }))"
        self.assertIs(gadget.evaluate(queues), True)
        page.wait_for_function("nodes.includes('/finesse/api/User/agent2/Queues')")

    @story
    def test_api(self, page: Page) -> None:
        """The page says of each documented member what the table says; anybody can read it."""
        page.goto(f"https://127.0.0.1:{SHARED.get().port('https')}/desktop/assets/js/api.html")
        text = files("finesse_tx.desktop").joinpath("finesse_js_api", "api.json").read_text("utf-8")
        flags = [flag for members in json.loads(text).values() for flag in members.values()]
        expected = f"{sum(flags)} of {len(flags)} documented members are present."
        expect(page.locator("#sum")).to_have_text(expected)
        expect(page.get_by_role("row").filter(has_text="DesktopCache")).to_contain_text("fetchData")
        self.assert_accessible(page)

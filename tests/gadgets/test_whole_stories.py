"""Gadgets of a layout in Chromium, one from somebody else's server, through everything that the real server has for them."""

from __future__ import annotations

from base64 import b64encode
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import ascii_letters, digits
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, quote, urlencode, urlsplit
from xml.sax.saxutils import escape

import requests
from oauthlib.oauth1.rfc5849.endpoints.signature_only import SignatureOnlyEndpoint
from oauthlib.oauth1.rfc5849.request_validator import RequestValidator
from playwright.sync_api import Frame, Page, Route

from tests.gadgets.asking import basic
from tests.gadgets.core.test_layout_hosts import layout
from tests.support.gadgets import CONTAINER
from tests.support.libraries import have_libraries
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import LIMIT_S, QUIET, Twistd

OURS = "__UP_scheme__://__UP_host__:__UP_hostPort__/desktop"

SPEC = f"""<?xml version="1.0" encoding="UTF-8"?>
<Module>
  <ModulePrefs title="CRM" height="100">
    <Require feature="pubsub-2"/><Require feature="dynamic-height"/><Require feature="settitle"/><Require feature="setprefs"/>
    <Preload href="/preloaded"/><Preload href="/signed?a=%C3%BC+%2B" authz="signed"/>
  </ModulePrefs>
  <UserPref name="scheme"/><UserPref name="host"/><UserPref name="hostPort"/><UserPref name="colour" default_value="red"/>
  <Content type="html"><![CDATA[
<!DOCTYPE html>
<html><head>
<link rel="stylesheet" href="{OURS}/thirdparty/bootstrap/5.3.1/css/bootstrap.min.css">
<script src="{OURS}/assets/js/jquery.min.js"></script>
<script src="{OURS}/thirdparty/bootstrap/5.3.1/js/bootstrap.bundle.min.js"></script>
<script src="{OURS}/assets/js/finesse.js"></script>
<script src="crm.js"></script>
</head><body>
<div id="banner" style="display: none"><div id="banner-msg"></div></div>
<div id="box" style="height: 150px" class="d-flex">__UP_colour__</div>
</body></html>
<script>gadgets.HubSettings.onConnect = begin;</script>
]]></Content>
</Module>
"""

SCRIPT = """
window.heard = [];
window.ask = (url, params) => new Promise((done) => gadgets.io.makeRequest(url, ({rc, text, data, errors}) => done({
  rc, text, data, errors }), params));
function begin() {
  gadgets.Hub.subscribe("story.*", (topic, data) => heard.push([topic, data]), null, () => {
    finesse.clientservices.ClientServices.init(finesse.gadget.Config);
    const user = new finesse.restservices.User({
      id: finesse.gadget.Config.id,
      onLoad: () => { heard.push(["user", user.getLoginId(), user.getState()]); window.user = user; heard.push("ready"); },
      onError: (response) => heard.push(["error", response.status]),
    });
  });
}
"""

OTHER = """<Module><ModulePrefs title="Other"><Require feature="pubsub-2"/></ModulePrefs><Content><![CDATA[<!DOCTYPE html><body>
<script>window.heard = []; gadgets.HubSettings.onConnect = () => gadgets.Hub.subscribe("story.*",
(topic, data) => heard.push([topic, data]), null, () => heard.push("ready"));</script>]]></Content></Module>"""


SECRET = "s & s"


class Known(RequestValidator):
    """What a server knows of who signs: one consumer's key and secret, and every nonce once."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    dummy_client = "nobody"
    enforce_ssl = False
    nonce_length = client_key_length = (1, 64)
    safe_characters = frozenset(f"{ascii_letters}{digits}_")

    def validate_client_key(self, client_key: str, request: object) -> bool:
        """Whether that is the one."""
        return client_key == "finesse_tx"

    def get_client_secret(self, client_key: str, request: object) -> str:
        """Its secret."""
        return SECRET

    def validate_timestamp_and_nonce(
        self,
        client_key: str,
        timestamp: str,
        nonce: str,
        request: object,
        request_token: object = None,
        access_token: object = None,
    ) -> bool:
        """Whether that is new."""
        is_new = nonce not in self.used
        self.used.add(nonce)
        return is_new


class CRM(BaseHTTPRequestHandler):
    """Somebody else's server, with odd answers; to ``/signed``, who looks at the gadget, if the signature is good."""

    answers: ClassVar[dict[str, tuple[int, str, bytes]]] = {
        "/gadget.xml": (200, "text/xml", SPEC.encode()),
        "/crm.js": (200, "text/javascript", SCRIPT.encode()),
        "/preloaded": (200, "application/json", b'{"customer": "</script><b>"}'),
        "/half": (200, "application/json", b'{"a": '),
        "/busy": (503, "text/plain", b"later"),
        "/text": (200, "text/plain; charset=windows-1252", b"caf\xe9"),
    }
    asked: ClassVar[list[str]] = []
    signatures: ClassVar[SignatureOnlyEndpoint] = SignatureOnlyEndpoint(Known())

    def do_GET(self) -> None:
        """Answer; what is not there is closed without a word."""
        self.asked.append(self.path)
        if self.path.startswith("/signed?"):
            status, kind, body = self.signed()
        elif self.path in self.answers:
            status, kind, body = self.answers[self.path]
        else:
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def signed(self) -> tuple[int, str, bytes]:
        """Who looks at the gadget; 401: nobody whom we know says so."""
        uri = f"http://{self.headers['Host']}{self.path}"
        is_good, _ = self.signatures.validate_request(uri)
        if not is_good:
            return 401, "text/plain", b"who?"
        (viewer,) = parse_qs(urlsplit(uri).query)["opensocial_viewer_id"]
        return 200, "text/plain", viewer.encode()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name
        """Nothing."""


class WholeStories(StoryTestCase):
    """On a server of their own."""

    def setUp(self) -> None:
        """Start both servers."""
        have_libraries()
        CRM.asked.clear()
        crm = ThreadingHTTPServer(("127.0.0.1", 0), CRM)
        serving = Thread(target=crm.serve_forever, daemon=True)
        serving.start()
        self.addCleanup(serving.join)
        self.addCleanup(crm.server_close)
        self.addCleanup(crm.shutdown)
        self.crm = f"http://127.0.0.1:{crm.server_port}"
        network = 'gadgets.outbound.private_networks=["127.0.0.1/32"]'
        secret = Path(self.mktemp()).absolute()
        secret.write_text(SECRET)
        signing = f'gadgets.signing_secret_file="{secret}"'
        self.server = Twistd((*QUIET, network, signing))
        self.addCleanup(self.server.clean)
        self.server.wait_ready()
        self.port = self.server.port("https")
        self.root = f"https://127.0.0.1:{self.port}"
        place = self.server.home / "3rdpartygadget" / "files" / "other.xml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(OTHER)

    def put_layout(self, *gadgets: str) -> None:
        """Have the administrator save a layout."""
        text = layout(*(f"<gadget>{one}</gadget>" for one in gadgets))
        answered = requests.put(
            f"http://127.0.0.1:{self.server.port('http')}/finesse/api/LayoutConfig/default",
            data=f"<LayoutConfig><layoutxml>{escape(text)}</layoutxml></LayoutConfig>",
            headers={"Content-Type": "application/xml", "Authorization": basic("admin")},
            timeout=LIMIT_S,
        )
        self.assertEqual(answered.status_code, 200, answered.text)

    def status(self, page: Page, url: str) -> int:
        """What a page of ours gets for a gadget."""
        found: int = page.evaluate("async (url) => (await fetch(url)).status", self.address(url))
        return found

    def address(self, url: str, **asked: str) -> str:
        """Where a gadget is rendered, as a desktop asks for it."""
        prefs = {
            "up_id": "agent1", "up_host": "127.0.0.1", "up_restHost": "127.0.0.1", "up_scheme": "https",
            "up_hostPort": str(self.port), "up_locale": "en_US", "up_systemAuthMode": "NON_SSO",
        }  # fmt: skip
        query = urlencode({"container": "default", **prefs, **asked}, quote_via=quote)
        return f"{self.root}/gadgets/ifr?{query}&url={quote(url, safe='')}"

    def gadget(self, page: Page, name: str, url: str, **asked: str) -> Frame:
        """Open a gadget with a token for it, and wait until it is ready."""
        token = page.evaluate(
            """async ([url, authorization]) => (await (await fetch(
            `/gadgets/token?gadget=${encodeURIComponent(url)}&mid=1`, {headers: {authorization}})).json()).token""",
            [url, basic("agent1")],
        )
        address = self.address(url, mid="1", st=token, **asked)
        page.evaluate("([name, uri]) => void open_gadget(name, uri)", [name, address])
        element = page.wait_for_selector(f"#{name}", state="attached")
        frame = element.content_frame() if element is not None else None
        assert frame is not None
        frame.wait_for_function("window.heard && heard.includes('ready')")
        return frame

    @story
    def test_of_a_layout(self, page: Page) -> None:
        """What the layout names is rendered; it has libraries, data, its user, and the other gadget."""
        self.forgiven = ("status of 40[03]", "status of 502", "Refused to execute script")

        def container(route: Route) -> None:
            route.fulfill(body=CONTAINER, content_type="text/html")

        page.context.route("**/container.html", container)
        page.goto(f"{self.root}/container.html")
        page.evaluate(
            "(auth) => sessionStorage.setItem('userFinesseAuth', auth)",
            b64encode(b"agent1:finesse").decode(),
        )
        url = f"{self.crm}/gadget.xml"
        self.assertEqual(self.status(page, url), 403)
        self.put_layout(url)
        self.assertEqual(self.status(page, url), 200)
        told = page.evaluate(
            """async (url) => (await (await fetch("/gadgets/metadata", {method: "POST",
            body: JSON.stringify({gadgets: [{url}]})})).json()).gadgets[0]""",
            url,
        )
        self.assertEqual((told["title"], told["height"]), ("CRM", 100))

        one = self.gadget(page, "one", url, up_colour="<i>blue</i>")
        two = self.gadget(page, "two", f"{self.root}/3rdpartygadget/files/other.xml")
        self.assertEqual(one.evaluate("heard[0]"), ["user", "agent1", "LOGOUT"])
        self.assertEqual(
            one.evaluate(
                "[$.fn.jquery, bootstrap.Modal.VERSION, getComputedStyle($('#box')[0]).display, $('#box').text()]"
            ),
            ["3.7.1", "5.3.1", "flex", "<i>blue</i>"],
        )
        two.evaluate("gadgets.Hub.publish('story.said', {text: '<img src=x onerror=ran()>'})")
        one.wait_for_function("heard.length > 2")
        self.assertEqual(
            one.evaluate("heard[2]"), ["story.said", {"text": "<img src=x onerror=ran()>"}]
        )
        one.evaluate("gadgets.window.adjustHeight(); gadgets.window.setTitle('<b>Mine</b>')")
        one.evaluate("gadgets.Prefs().set('colour', 'green')")
        page.wait_for_function("told.some((one) => one[0] === 'set_pref')")
        asked = page.evaluate("told.filter((one) => one[1] === 'one').map((one) => one[0])")
        self.assertTrue({"resize_iframe", "set_title", "set_pref"} <= set(asked), asked)
        self.ask(one)
        self.keep(one)
        self.show(one)
        self.call_back(page, url)

    def ask(self, gadget: Frame) -> None:
        """What was fetched before is there; odd answers are what they are; the signed-in agent asks for himself."""
        before = CRM.asked.count("/preloaded")
        self.assertEqual(before, 1)
        got = gadget.evaluate(f"ask('{self.crm}/preloaded', {{CONTENT_TYPE: 'JSON'}})")
        self.assertEqual((got["rc"], got["data"]), (200, {"customer": "</script><b>"}))
        self.assertEqual(CRM.asked.count("/preloaded"), before)
        self.assertEqual(len([path for path in CRM.asked if path.startswith("/signed?")]), 1)
        for count in (1, 2):  # first what was fetched before, then anew
            got = gadget.evaluate(
                f"ask('{self.crm}/signed?a=%C3%BC+%2B', {{AUTHORIZATION: 'SIGNED'}})"
            )
            self.assertEqual((got["rc"], got["text"]), (200, "agent1"), count)
            signed = [path for path in CRM.asked if path.startswith("/signed?")]
            self.assertEqual(len(signed), count)
        for path, rc, errors in (
            ("/half", 500, ["500 Failed to parse JSON"]),
            ("/busy", 503, ["503 Error"]),
            ("/closed", 502, ["502 The fetch came to nothing (broken)"]),
        ):
            got = gadget.evaluate(f"ask('{self.crm}{path}', {{CONTENT_TYPE: 'JSON'}})")
            self.assertEqual((got["rc"], got["errors"]), (rc, errors), path)
        self.assertEqual(gadget.evaluate(f"ask('{self.crm}/text')")["text"], "café")
        queues = """new Promise((done) => user.getQueues({onLoad: (queues) =>
            done(Object.values(queues.getCollection()).map((one) => one.getName()))}))"""
        self.assertEqual(gadget.evaluate(queues), ["Sales", "Support"])

    def keep(self, gadget: Frame) -> None:
        """Records are kept by group, all of a save or none of it."""
        found = gadget.evaluate(
            """async () => {
              const cache = finesse.utilities.DesktopCache;
              const told = [];
              const run = (name, ...given) => new Promise((done) => cache[name](...given, (error, data) => {
                told.push(error ? error.name : data);
                done();
              }));
              cache.setGroup("one");
              await run("saveOrUpdateData", [{key: "a", data: {x: 1}}, {key: "b", data: "2"}]);
              await run("saveOrUpdateData", [{key: "a", data: 3}, {key: "c", data: "x".repeat(1048576)}]);
              await run("fetchData", "a");
              cache.setGroup("two");
              await run("fetchData", "a");
              await run("clearData");
              cache.setGroup("one");
              await run("deleteData", "b");
              await run("fetchData", null);
              await run("saveOrUpdateData", Array.from({length: 1000}, (_, n) => ({key: `k${n}`, data: n})));
              await run("fetchData", null);
              return told;
            }"""
        )
        kept = [{"key": "a", "data": {"x": 1}}]
        self.assertEqual(
            found, [None, "RangeError", {"x": 1}, None, None, None, kept, "RangeError", kept]
        )

    def show(self, gadget: Frame) -> None:
        """What a banner shows is text, and its button takes it away."""
        gadget.evaluate(
            "finesse.utilities.MessageDisplay.showBannerError('<img src=x onerror=\"top.ran = 1\">')"
        )
        banner = gadget.locator("#banner")
        self.assertIn("<img src=x", banner.inner_text())
        self.assertEqual(gadget.locator("#banner img").count(), 0)
        gadget.get_by_label("Close").click()
        self.assertFalse(banner.is_visible())

    def call_back(self, page: Page, url: str) -> None:
        """As a script, what gadgets are is told to a function of a page's, and to nothing else."""
        ran = page.evaluate(
            """async (url) => {
              window.ran = 0;
              window.told_of = ({gadgets}) => { window.title_told = gadgets[0].title; };
              const asked = encodeURIComponent(JSON.stringify({gadgets: [{url}]}));
              for (const callback of ["told_of", "ran=1;//", "(()=>{ran=1})", "<script>ran=1</script>"]) {
                const script = document.createElement("script");
                script.src = `/gadgets/metadata?req=${asked}&callback=${encodeURIComponent(callback)}`;
                await new Promise((done) => { script.onload = script.onerror = done; document.head.append(script); });
              }
              return [window.title_told, window.ran];
            }""",
            url,
        )
        self.assertEqual(ran, ["CRM", 0])

"""An isolated gadget in Chromium: what it reaches, and what it does not."""

from __future__ import annotations

from http.server import ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import quote, urlencode

from playwright.sync_api import Page

from tests.gadgets.asking import basic
from tests.gadgets.test_asking_stories import Others
from tests.support.gadgets import CONTAINER
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import QUIET, Twistd

SPEC = """<Module><ModulePrefs title="Apart"><Require feature="pubsub-2"/><Require feature="dynamic-height"/></ModulePrefs>
<Content><![CDATA[<!DOCTYPE html><script src="apart.js"></script><div style="height: 123px">x</div>
<script>gadgets.HubSettings.onConnect = begin;</script>]]></Content></Module>"""

SCRIPT = """
window.heard = [];
function begin(hub, success) {
  gadgets.Hub.subscribe("story.*", (topic, data) => heard.push([topic, data]), null, () => heard.push("ready"));
}
window.attempt = async (what) => {
  try { return ["got", await what()]; } catch (error) { return ["refused", error.name]; }
};
window.ask = (url, params) => new Promise((done) => gadgets.io.makeRequest(url, (got) => done([got.rc, got.text]), params));
"""


class IsolatedStories(StoryTestCase):
    """On a server of their own."""

    def setUp(self) -> None:
        """Start it, and another one."""
        self.others = ThreadingHTTPServer(("127.0.0.1", 0), Others)
        serving = Thread(target=self.others.serve_forever, daemon=True)
        serving.start()
        self.addCleanup(serving.join)
        self.addCleanup(self.others.server_close)
        self.addCleanup(self.others.shutdown)
        self.server = Twistd(
            (
                *QUIET,
                'listen.isolated="127.0.0.1:0"',
                'gadgets.isolated=["/3rdpartygadget/files/Apart/"]',
                f'gadgets.outbound.hosts=["127.0.0.1:{self.others.server_port}"]',
                'gadgets.outbound.private_networks=["127.0.0.1/32"]',
            )
        )
        self.addCleanup(self.server.clean)
        place = self.server.home / "3rdpartygadget" / "files" / "Apart"
        place.mkdir(parents=True)
        (place / "apart.xml").write_text(SPEC)
        (place / "apart.js").write_text(SCRIPT)
        # From the server, and not from Playwright: Chromium asks before other pages than local ones reach this machine.
        (place.parent / "container.html").write_text(CONTAINER)
        self.server.wait_ready()

    @story
    def test_isolated(self, page: Page) -> None:
        """Hub, height and makeRequest work; the page around it, its storage, its window and the REST API are out of reach."""
        self.forgiven = (
            "401",
            "403",
            "404",
            "Unsafe attempt",
            "CORS policy",
            "ERR_FAILED",
            "frame-ancestors",
            "refused to connect",
        )
        root = f"https://127.0.0.1:{self.server.port('https')}"
        url = f"{root}/3rdpartygadget/files/Apart/apart.xml"

        page.goto(f"{root}/3rdpartygadget/files/container.html")
        page.evaluate("sessionStorage.setItem('secret', 'password')")
        told: dict[str, Any] = page.evaluate(
            "async ([gadget, authorization]) => (await fetch(`/gadgets/token?gadget=${gadget}&mid=1`, "
            "{headers: {authorization}})).json()",
            [quote(url, safe=""), basic("agent1")],
        )
        second = f"https://127.0.0.1:{self.server.port('isolated')}"
        self.assertEqual(told["origin"], second)
        query = urlencode({"mid": 1, "parent": root, "st": told["token"], "url": url})
        page.evaluate("uri => void open_gadget('apart', uri)", f"{second}/gadgets/ifr?{query}")
        element = page.wait_for_selector("#apart", state="attached")
        frame = element.content_frame() if element is not None else None
        assert frame is not None
        frame.wait_for_function("window.heard && heard.includes('ready')")
        page.evaluate("hub.publish('story.one', {a: 1})")
        frame.wait_for_function("heard.length > 1")
        self.assertEqual(frame.evaluate("heard[1]"), ["story.one", {"a": 1}])
        frame.evaluate("gadgets.window.adjustHeight()")
        page.wait_for_function(
            "told.some(([service, from]) => service === 'resize_iframe' && from === 'apart')"
        )
        for reached in (
            "parent.sessionStorage.getItem('secret')",
            "parent.document.body.innerHTML",
            "parent.hub",
            "frameElement.id",
            "parent.location.href",
            f"top.location.assign('{root}/cfadmin')",
            f"fetch('{root}/finesse/api/User/agent1').then((got) => got.ok || null)",
            f"fetch('{root}/gadgets/token?gadget=x', {{headers: {{Authorization: '{basic('agent1')}'}}}})",
        ):
            found = frame.evaluate(f"attempt(() => {reached})")
            self.assertIn(
                found,
                (["refused", "SecurityError"], ["refused", "TypeError"], ["got", None]),
                reached,
            )
        self.assertTrue(page.url.endswith("/container.html"), page.url)
        there = f"http://127.0.0.1:{self.others.server_port}/text"
        self.assertEqual(frame.evaluate("url => ask(url)", there), [200, "café"])
        rest = "http://localhost:8082/finesse/api/User/agent1"
        headers = {"HEADERS": {"Authorization": basic("agent1")}}
        rc, _ = frame.evaluate("([url, params]) => ask(url, params)", [rest, headers])
        self.assertEqual(rc, 403)
        frame.evaluate("shindig.auth.updateSecurityToken('g1.x.y')")
        self.assertEqual(frame.evaluate("url => ask(url + '?2')", there)[0], 403)
        for address in (
            f"{root}/gadgets/ifr?url={quote(url, safe='')}",
            url,
            f"{second}/finesse/api/User/agent1",
        ):
            self.assertIn(page.request.get(address).status, (403, 404), address)

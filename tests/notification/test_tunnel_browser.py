"""The event tunnel in a browser: a page of another origin has it in a hidden frame."""

from finesse_tx.origins import Origins
from tests.support.chromium import Page, open_page
from tests.support.notification import DOMAIN, PUBSUB, user
from tests.support.ports import LIMIT_S, PortsTestCase

FRAME = """
const frame = document.createElement("iframe");
frame.src = "SRC";
frame.id = frame.name = "tunnel-frame";
frame.hidden = true;
window.addEventListener("message", (message) => {
  if (message.source === frame.contentWindow) tell(message.data);
});
window.hear = (text) => frame.contentWindow.postMessage(text, "*");
document.body.append(frame);
"""
"""A container's page, as far as the tunnel is concerned."""


class TunnelBrowserTests(PortsTestCase):
    """The page on the BOSH ports."""

    timeout = 3 * LIMIT_S  # a browser takes its time to start

    def page(self) -> Page:
        """A page with the tunnel in it."""
        source = f"http://127.0.0.1:{self.ports['bosh']}/tunnel/"
        return open_page(self, FRAME.replace("SRC", source))

    async def road(self, kind: str) -> None:
        """Sign in, get an event, subscribe, leave."""
        page = self.page()
        await page.next("4|loaded")
        for text in (
            "3|desktop",
            f"12|{kind}",
            "1|agent1",
            f"5|{DOMAIN}",
            "2|finesse",
            f"6|{PUBSUB}",
        ):
            page.say(text)
        for text in ("4|connecting", "3|desktop", "4|connected"):
            await page.next(text)
        self.service.publish(user("agent1"), "<Update>é</Update>")
        await page.next(f"0|{user('agent1')}<Update>é</Update>")
        page.say(f"7|{user('agent1')}/Queues")
        await page.next(f"7|{user('agent1')}/Queues")
        page.say("11|")
        await page.next("4|disconnected")
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])

    async def test_websocket(self) -> None:
        """Over WebSocket."""
        await self.road("websocket")

    async def test_bosh(self) -> None:
        """Over BOSH."""
        await self.road("bosh")


class FrameOfOthersTests(PortsTestCase):
    """The page, where origins are listed."""

    timeout = 3 * LIMIT_S  # a browser takes its time to start

    async def start(self) -> None:
        """Where another origin is listed than the page's, which also is on another host."""
        await self.serve(origins=Origins("enable", ["https://desk.example.com"]))

    async def test_empty(self) -> None:
        """A page that may not use us cannot have it in a frame: the browser keeps it empty."""
        source = f"http://localhost:{self.ports['bosh']}/tunnel/"
        loaded = "frame.addEventListener('load', () => tell('empty'));"
        page = open_page(self, FRAME.replace("SRC", source) + loaded)
        await page.next("empty")
        self.assertNotIn("4|loaded", page.told)

    async def test_another_port_of_ours(self) -> None:
        """A page of this host, on whichever port, can."""
        source = f"http://127.0.0.1:{self.ports['bosh']}/tunnel/"
        page = open_page(self, FRAME.replace("SRC", source))
        await page.next("4|loaded")

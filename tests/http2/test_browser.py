"""HTTP/2 in a browser: a page, its requests on one connection, and a WebSocket beside it."""

from tests.http2.test_channel import Root
from tests.support.chromium import Page, open_url
from tests.support.debian import needs
from tests.support.ports import LIMIT_S, PortsTestCase, pause

SCRIPT = """
const protocols = () =>
  new Set(performance.getEntriesByType("resource").map((entry) => entry.nextHopProtocol));
window.hear = async (what) => {
  if (what === "fetch") {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) => fetch(`/http-bind/?${number}`, { method: "OPTIONS" })),
    );
    tell(`answered ${answers.filter((answer) => answer.ok).length}`);
    const [page] = performance.getEntriesByType("navigation");
    tell(`page ${page.nextHopProtocol}`);
    tell(`requests ${[...protocols()]}`);
  } else if (what === "abort") {
    const aborting = new AbortController();
    const asking = fetch("/held", { signal: aborting.signal });
    setTimeout(() => aborting.abort(), 100);
    await asking.catch((error) => tell(error.name));
  } else {
    const socket = new WebSocket(`wss://${location.host}/ws/`, "xmpp");
    socket.onopen = () => tell(`open ${socket.protocol}`);
    socket.onclose = () => tell("closed");
    socket.onerror = () => tell("error");
  }
};
tell("ready");
"""


class BrowserTests(PortsTestCase):
    """Chromium, at the HTTPS port."""

    timeout = 3 * LIMIT_S  # a browser takes its time to start

    async def test_page(self) -> None:
        """The page and forty requests come over HTTP/2; one is taken back; the WebSocket opens on HTTP/1.1."""
        needs("chromium", "chromium")
        page, root = Page(SCRIPT), Root()
        self.site.resource.putChild(b"held", root)
        for name in (b"", b"told", b"next"):
            self.site.resource.putChild(name, page)
        address = f"https://127.0.0.1:{self.ports['https']}/"
        open_url(self, address, "--ignore-certificate-errors")
        await page.next("ready")
        page.say("fetch")
        await page.next("answered 40")
        await page.next("page h2")
        await page.next("requests h2")
        page.say("abort")
        await page.next("AbortError")
        while not root.lost:
            await pause(0.02)
        made = self.http2.made
        page.say("socket")
        await page.next("open xmpp")
        self.assertEqual(self.http2.made, made)
        self.assertLessEqual(made, 3)
        self.assertGreaterEqual(self.http2.requests, 44)

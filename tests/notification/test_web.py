"""`finesse_tx.notification.bosh_http` and ``web``: BOSH over HTTP, on real ports, by requests and by hand.

The BOSH ports and the web ports are held to the same tests: each class has one that changes the door.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Final

import requests
from twisted.internet.defer import Deferred

from finesse_tx.config import BOSHConfig
from tests.support.browser import NS, Browser
from tests.support.notification import user
from tests.support.ports import LIMIT_S, PortsTestCase

SECURE: Final = frozenset({"boshs", "https"})
EMPTY: Final = f'<body xmlns="{NS}"/>'


class BrowserTests(PortsTestCase):
    """A client that we did not write speaks HTTP, on the BOSH ports."""

    door = "bosh"

    def url(self, port: str, path: str = "/http-bind/") -> str:
        """Where a port's service is."""
        scheme = "https" if port in SECURE else "http"
        return f"{scheme}://127.0.0.1:{self.ports[port]}{path}"

    def road(self, port: str, path: str) -> None:
        """Sign in, wait for an event, lose the answer and get it again, leave."""
        browser = Browser(self.url(port, path), str(self.authority) if port in SECURE else True)
        with closing(browser):
            browser.sign_in("agent1")
            self.assertEqual('secure="true"' in browser.created, port in SECURE)
            with ThreadPoolExecutor(1) as pool:
                poll = pool.submit(browser.poll)
                self.wait_until_held(1)
                self.in_reactor(self.service.publish, user("agent1"), "<Update/>")
                event = poll.result(LIMIT_S)
            self.assertIn("&lt;Update/&gt;", event.text)
            self.assertEqual(event.headers["Content-Type"], "text/xml; charset=utf-8")
            self.assertEqual(event.headers["Content-Length"], str(len(event.content)))
            self.assertEqual(
                event.headers["Access-Control-Allow-Origin"], "https://desk.example.com"
            )
            self.assertEqual(browser.send(rid=browser.rid).content, event.content)
            self.assertIn('type="terminate"', browser.send("", "type='terminate'").text)

    def wait_until_held(self, sessions: int) -> None:
        """Until so many sessions have a request that is held."""
        manager = self.service._manager
        self.wait_for(lambda: sum(carrier._session._live() for carrier in manager) == sessions)

    async def test_http(self) -> None:
        """7071, with and without the slash."""
        await self.in_thread(self.road, self.door, "/http-bind/")
        await self.in_thread(self.road, self.door, "/http-bind")

    async def test_https(self) -> None:
        """7443, with a certificate that is checked."""
        await self.in_thread(self.road, f"{self.door}s", "/http-bind/")

    async def test_gzip(self) -> None:
        """What is long is compressed where the client asks for it, and repeated byte for byte; what is short never is."""
        text = f"<Update>{'long ' * 1_000}</Update>"

        def ask() -> None:
            with closing(Browser(self.url(self.door)).sign_in("agent1")) as browser:
                self.in_reactor(self.service.publish, user("agent1"), text)
                event = browser.poll()
                self.assertEqual(event.headers["Content-Encoding"], "gzip")
                self.assertLess(int(event.headers["Content-Length"]), 1_000)
                self.assertIn("long long", event.text)
                self.assertEqual(browser.send(rid=browser.rid).content, event.content)
                self.in_reactor(self.service.publish, user("agent1"), "<Update/>")
                self.assertNotIn("Content-Encoding", browser.poll().headers)
                browser._http.headers["Accept-Encoding"] = "gzip;q=0, identity"
                self.in_reactor(self.service.publish, user("agent1"), text)
                self.assertNotIn("Content-Encoding", browser.poll().headers)

        await self.in_thread(ask)

    async def test_on_another_site(self) -> None:
        """The same sessions: one begun on one port goes on at the other."""

        def both() -> str:
            with closing(Browser(self.url(self.door)).sign_in("agent2")) as browser:
                browser._url = self.url("http" if self.door == "bosh" else "bosh")
                return browser.send("", "pause='10'").text

        self.assertEqual(await self.in_thread(both), EMPTY)

    async def test_held_requests_at_the_stop(self) -> None:
        """Fifty held requests are all answered at the stop, with the reason."""

        def fifty() -> list[str]:
            browsers = [Browser(self.url(self.door)).sign_in(f"agent{n}") for n in range(1, 51)]
            with ThreadPoolExecutor(50) as pool:
                polls = [pool.submit(browser.poll) for browser in browsers]
                self.wait_until_held(50)
                self.in_reactor(lambda: Deferred.fromCoroutine(self.service.drain()))
                return [poll.result(LIMIT_S).text for poll in polls]

        for text in await self.in_thread(fifty):
            self.assertIn('type="terminate" condition="system-shutdown"', text)

    async def test_other_methods(self) -> None:
        """OPTIONS is answered for a browser's preflight; anything but POST is not allowed; other paths are not there."""

        def ask() -> None:
            url = self.url(self.door)
            preflight = requests.options(
                url, headers={"Origin": "https://a.example"}, timeout=LIMIT_S
            )
            self.assertEqual(preflight.status_code, 200)
            self.assertEqual(preflight.headers["Access-Control-Allow-Origin"], "https://a.example")
            self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])
            got = requests.get(url, timeout=LIMIT_S)
            self.assertEqual((got.status_code, got.headers["Allow"]), (405, "POST, OPTIONS"))
            for path in ("/", "/http-bind/more", "/http-bind//", "/wss"):
                self.assertEqual(
                    requests.post(self.url(self.door, path), "x", timeout=LIMIT_S).status_code,
                    404,
                    path,
                )

        await self.in_thread(ask)

    async def test_garbage(self) -> None:
        """A body that is not BOSH: 400, and a body that says so."""

        def ask() -> None:
            for body in ("", "{}", "<!DOCTYPE a><a/>", "x" * 10_000):
                response = requests.post(self.url(self.door), body, timeout=LIMIT_S)
                self.assertEqual(response.status_code, 400)
                self.assertIn('condition="bad-request"', response.text)

        await self.in_thread(ask)


class WebBrowserTests(BrowserTests):
    """The same on the web ports."""

    door = "http"


class RawTests(PortsTestCase):
    """HTTP by hand: what a library would not send, on the BOSH ports."""

    door = "bosh"

    async def start(self) -> None:
        """A service with a small limit."""
        await self.serve(bosh=BOSHConfig(max_body_bytes=2_000))

    def exchange(self, *pieces: bytes) -> bytes:
        """Send the pieces, then read until the server closes, or has refused the request."""
        with self.connect(self.door) as connection:
            for piece in pieces:
                connection.sendall(piece)
            connection.settimeout(LIMIT_S)
            received = bytearray()
            while data := connection.recv(65_536):
                received += data
                if re.match(rb"HTTP/1.1 4(13|31)", received) and received.endswith(b"\r\n\r\n"):
                    break  # it still reads for a while, so that a client that is still sending sees this
            return bytes(received)

    HEAD = b"POST /http-bind/ HTTP/1.1\r\nHost: x\r\n"

    async def test_too_large(self) -> None:
        """A body that is too large is refused from its length, before it comes."""
        answer = await self.in_thread(
            self.exchange, self.HEAD + b"Content-Length: 10000000\r\n\r\n", b"x" * 100_000
        )
        self.assertTrue(answer.startswith(b"HTTP/1.1 413 Content Too Large\r\n"), answer[:100])

    async def test_size_edge(self) -> None:
        """The largest body is read, one byte more is not."""

        def ask(size: int) -> bytes:
            length = b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size
            return self.exchange(self.HEAD + length + b"x" * size)

        self.assertTrue((await self.in_thread(ask, 2_000)).startswith(b"HTTP/1.1 400"))
        self.assertTrue((await self.in_thread(ask, 2_001)).startswith(b"HTTP/1.1 413"))

    async def test_chunked(self) -> None:
        """Without a length there is no request (XEP-0124 §5 forbids chunks)."""
        answer = await self.in_thread(
            self.exchange,
            self.HEAD
            + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        )
        self.assertTrue(answer.startswith(b"HTTP/1.1 411 Length Required\r\n"))

    async def test_garbage(self) -> None:
        """What is not HTTP is refused, or the connection just closed; the next client is served."""
        for text in (
            b"\x16\x03\x01\x02\x00\x01\x00\r\n",
            b"<stream:stream>\r\n\r\n",
            b"POST\r\n\r\n",
            b"A" * 20_000,
        ):
            answer = await self.in_thread(self.exchange, text)
            self.assertRegex(answer, rb"^(HTTP/1.1 4(00|31) .*)?")
        self.assertTrue(
            (
                await self.in_thread(
                    self.exchange, self.HEAD + b"Connection: close\r\nContent-Length: 1\r\n\r\nx"
                )
            ).startswith(b"HTTP/1.1 400")
        )

    async def test_client_gone(self) -> None:
        """A client that hangs up while its request is held leaves nothing held."""

        def hang_up() -> None:
            body = b"<body xmlns='%s' rid='1' to='x' wait='30' hold='1' ver='1.6'/>" % NS.encode()
            head = self.HEAD + b"Content-Length: %d\r\n\r\n"
            with self.connect(self.door) as connection:
                connection.sendall(head % len(body) + body)
                found = re.search(rb'sid="([^"]+)"', connection.recv(65_536))
                assert found is not None
                body = b"<body xmlns='%s' rid='2' sid='%s'/>" % (NS.encode(), found[1])
                connection.sendall(head % len(body) + body)
                self.wait_for(lambda: [c._session._live() for c in self.service._manager] == [True])
            self.wait_for(lambda: [c._session._live() for c in self.service._manager] == [False])

        await self.in_thread(hang_up)


class WebRawTests(RawTests):
    """The same on the web ports."""

    door = "http"

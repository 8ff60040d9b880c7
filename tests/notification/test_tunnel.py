"""`finesse_tx.notification.tunnel`, and whose pages may use BOSH and WebSocket: on both kinds of ports."""

import re

import requests
from websockets.exceptions import InvalidStatus

from finesse_tx.notification.tunnel import MAX_AGE_S, TunnelFiles
from finesse_tx.origins import Origins
from tests.support.ports import LIMIT_S, PortsTestCase
from tests.support.websocket import OPEN, Chat

DESK = "https://desk.example.com"


class BOSHPortTests(PortsTestCase):
    """The BOSH ports."""

    door = "bosh"

    async def start(self) -> None:
        """Where origins are listed."""
        await self.serve(origins=Origins("enable", [DESK]))

    def ask(
        self, path: str, method: str = "GET", data: str = "", origin: str = ""
    ) -> requests.Response:
        """Ask, and follow nowhere."""
        return requests.request(
            method,
            f"http://127.0.0.1:{self.ports[self.door]}{path}",
            data=data,
            headers={"Origin": origin} if origin else {},
            allow_redirects=False,
            timeout=LIMIT_S,
        )

    async def test_page(self) -> None:
        """The page loads one script; it may run our scripts alone, and be framed by who may use us."""
        page = await self.in_thread(self.ask, "/tunnel/")
        self.assertEqual(
            (page.status_code, page.headers["Content-Type"]), (200, "text/html; charset=utf-8")
        )
        self.assertEqual(re.findall('src="(.*?)"', page.text), ["EventTunnel.js"])
        self.assertEqual(page.headers["Cache-Control"], f"max-age={MAX_AGE_S}")
        self.assertEqual(page.headers["X-Content-Type-Options"], "nosniff")
        policy = page.headers["Content-Security-Policy"]
        self.assertIn("default-src 'none'; script-src 'self'; connect-src 'self' ws: wss:", policy)
        ours = "frame-ancestors 'self' https://127.0.0.1:* http://127.0.0.1:* "
        self.assertTrue(policy.endswith(ours + DESK), policy)

    async def test_scripts(self) -> None:
        """Every script that a script imports is there, and nothing else is."""

        def follow() -> set[str]:
            found, waiting = set[str](), ["EventTunnel.js"]
            while waiting:
                name = waiting.pop()
                script = self.ask(f"/tunnel/{name}")
                self.assertEqual(script.headers["Content-Type"], "text/javascript; charset=utf-8")
                found.add(name)
                waiting += {*re.findall(r'from "\./(.*?)"', script.text)} - found
            return found

        names = {path.decode().removeprefix("/tunnel/") for path in TunnelFiles(Origins())}
        self.assertEqual(await self.in_thread(follow), names - {""})

    async def test_other_requests(self) -> None:
        """Without the slash one is sent there; HEAD is answered; other methods and files are not there."""

        def ask() -> None:
            moved = self.ask("/tunnel")
            self.assertEqual((moved.status_code, moved.headers["Location"]), (301, "/tunnel/"))
            whole, head = (
                self.ask("/tunnel/EventTunnel.js"),
                self.ask("/tunnel/EventTunnel.js", "HEAD"),
            )
            self.assertEqual((head.status_code, head.content), (200, b""))
            self.assertEqual(head.headers["Content-Length"], str(len(whole.content)))
            posted = self.ask("/tunnel/", "POST", "x")
            self.assertEqual((posted.status_code, posted.headers["Allow"]), (405, "GET, HEAD"))
            for path in ("/tunnel/index.html", "/tunnel/x.js", "/tunnel/../web.py", "/tunnel//"):
                self.assertEqual(self.ask(path).status_code, 404, path)

        await self.in_thread(ask)

    async def test_bosh_of_other_origins(self) -> None:
        """BOSH says to a page what it may: one that is listed everything, another nothing."""

        def ask() -> None:
            for method, code in (("OPTIONS", 200), ("POST", 400), ("GET", 405)):
                allowed = self.ask("/http-bind/", method, "x", DESK)
                self.assertEqual(allowed.status_code, code)
                self.assertEqual(allowed.headers["Access-Control-Allow-Origin"], DESK)
                self.assertEqual(allowed.headers["Access-Control-Allow-Credentials"], "true")
                self.assertEqual(allowed.headers["Access-Control-Allow-Methods"], "POST, OPTIONS")
                self.assertEqual(allowed.headers["Vary"], "Origin")
                other = self.ask("/http-bind/", method, "x", "https://other.example")
                self.assertEqual(other.status_code, code)
                self.assertFalse([name for name in other.headers if name.startswith("Access-")])

        await self.in_thread(ask)

    async def test_websocket_of_other_origins(self) -> None:
        """A page that is not listed cannot open a WebSocket; one that is, and our own, can."""

        def ask() -> None:
            port = self.ports[self.door]
            for origin in (DESK, f"http://127.0.0.1:{port}", None):
                chat = Chat(port, origin=origin)
                chat.ask(OPEN)
                chat.socket.close()
            for origin in ("https://other.example", "null"):
                with self.assertRaises(InvalidStatus) as refused:
                    Chat(port, origin=origin)
                self.assertEqual(refused.exception.response.status_code, 403)

        await self.in_thread(ask)


class WebPortTests(BOSHPortTests):
    """The web ports."""

    door = "http"

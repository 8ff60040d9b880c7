"""`finesse_tx.gadgets.proxy`, through real sockets; and what must not be fetched, through all three endpoints."""

from __future__ import annotations

from collections.abc import Coroutine
from ipaddress import ip_network
from typing import Any

from twisted.internet import reactor
from twisted.internet.endpoints import TCP4ServerEndpoint
from typing_extensions import override

from finesse_tx.config import OutboundConfig
from finesse_tx.gadgets.core.fetching import Limits
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.core.passing_on import MAX_PART_BYTES
from finesse_tx.gadgets.fetching import Fetcher
from finesse_tx.gadgets.gathering import Source
from finesse_tx.gadgets.outbound import https_policy
from tests.gadgets.asking import NONE, AskingTestCase, Got
from tests.gadgets.odd_server import OddServer, Resolver


class ProxyTests(AskingTestCase):
    """One resource."""

    async def ask(self, url: str, **parameters: str) -> Got:
        """Ask with the token."""
        return await self.get("/gadgets/proxy", {"url": url, "st": self.token, **parameters})

    async def test_passed_on(self) -> None:
        """Bytes and status come through, as an attachment that is no page, with what may go on of the headers."""
        headers = (
            ("content-type", "text/html"),
            ("set-cookie", "a=b"),
            ("etag", "x"),
            ("x-a", "1"),
        )
        self.others.put("u", b"\xff<script>", 404, headers)
        got = await self.ask("u")
        self.assertEqual((got.status, got.body), (404, b"\xff<script>"))
        self.assertEqual(got.headers["content-type"], "text/html")
        self.assertEqual(got.headers["content-disposition"], "attachment;filename=p.txt")
        self.assertEqual(got.headers["x-content-type-options"], "nosniff")
        self.assertIn("sandbox", got.headers["content-security-policy"])
        self.assertEqual(got.headers["x-a"], "1")
        self.assertNotIn("set-cookie", got.headers)
        self.assertNotIn("etag", got.headers)

    async def test_rules(self) -> None:
        """500 is 502; If-Modified-Since is 304; the type may be set; CSS is made absolute; the cache is told how long."""
        self.others.put("http://a.example/a/b", b"url(c)", 200, (("x-content", "1"),))
        self.others.put("e", b"", 500)
        self.assertEqual((await self.ask("e")).status, 502)
        got = await self.ask("http://a.example/a/b", rewriteMime="text/css", refresh="60")
        self.assertEqual(got.body, b"url(http://a.example/a/c)")
        self.assertEqual(got.headers["content-type"], "text/css; charset=utf-8")
        self.assertEqual(got.headers["cache-control"], "private, max-age=60")
        got = await self.ask("http://a.example/a/b")
        self.assertEqual(got.headers["content-type"], "application/octet-stream")
        before = len(self.others.asked)
        since = {"If-Modified-Since": "Thu, 01 Jan 1970 00:00:02 GMT"}
        for path in ("proxy", "concat"):
            got = await self.get(f"/gadgets/{path}", {"url": "x", "st": self.token}, since)
            self.assertEqual((got.status, got.body), (304, b""))
        self.assertEqual(len(self.others.asked), before)
        form = {"url": "http://a.example/a/b", "st": self.token}
        self.assertEqual((await self.get("/gadgets/proxy", form, NONE, "POST")).status, 200)

    async def test_fallback(self) -> None:
        """What cannot be had is had elsewhere, if that is said; and else refused."""
        self.others.put("f", b"fallback")
        self.others.put("e", b"", 503)
        self.others.there["u"] = Refusal(Why.UNREACHABLE, "gone")
        for url in ("u", "e"):
            self.assertEqual((await self.ask(url, fallback_url="f")).body, b"fallback")
        for parameters, status in (
            ({"url": "u"}, 502),
            ({"url": "u", "fallback_url": "none"}, 403),
            ({"url": ""}, 400),
            ({"url": "f", "refresh": "x"}, 400),
        ):
            got = await self.get("/gadgets/proxy", {"st": self.token, **parameters})
            self.assertEqual(got.status, status, parameters)

    async def test_who(self) -> None:
        """Nobody without a token or an Authorization has anything fetched, ours neither."""
        for url in ("f", "http://localhost:8082/finesse/api/User"):
            for path, name in (("proxy", "url"), ("concat", "1")):
                got = await self.get(f"/gadgets/{path}", {name: url, "type": "js"})
                self.assertEqual((got.status, self.others.asked), (403, []))


class ConcatTests(AskingTestCase):
    """Several resources."""

    async def test_joined(self) -> None:
        """What is there is served in order; what is not is a comment; the least life counts."""
        self.others.put("http://a/1.js", b"a()", 200, (("cache-control", "max-age=50"),))
        self.others.put("http://a/2.js", b"b()")
        self.others.put("http://a/3.js", b"", 404)
        sent = {"type": "js", "st": self.token, "1": "http://a/1.js", "2": "http://a/2.js"}
        got = await self.get("/gadgets/concat", sent)
        self.assertEqual(got.headers["cache-control"], "private, max-age=50")
        self.assertEqual(got.headers["content-type"], "text/javascript; charset=utf-8")
        self.assertEqual(got.headers["content-disposition"], "attachment;filename=p.txt")
        self.assertEqual(
            [line for line in got.body.split(b"\n") if b"()" in line], [b"a()", b"b()"]
        )
        sent |= {"3": "http://a/3.js", "4": "http://elsewhere/"}
        got = await self.get("/gadgets/concat", sent)
        self.assertEqual((got.status, got.headers["cache-control"]), (200, "no-cache"))
        self.assertIn(b"/* ---- Error: http://a/3.js: 404 ---- */", got.body)
        self.assertIn(b"Error: http://elsewhere/: The server does not fetch that (host)", got.body)
        got = await self.get("/gadgets/concat", {**sent, "json": "all"})
        self.assertIn(b'all={"http://a/1.js":"a()","http://a/2.js":"b()"};', got.body)
        self.assertEqual({fetch.max_bytes for fetch in self.others.asked}, {MAX_PART_BYTES})
        self.others.put("http://a/3.js", b"x" * MAX_PART_BYTES)
        self.others.put("http://elsewhere/", b"y" * (MAX_PART_BYTES + 1))
        got = await self.get("/gadgets/concat", {**sent, "nocache": "1"})
        self.assertIn(b"x" * MAX_PART_BYTES, got.body)
        self.assertIn(b"Error: http://elsewhere/: too large", got.body)
        got = await self.get("/gadgets/concat", {**sent, "json": "a.b"})
        self.assertEqual(got.status, 400)


class RefusedTests(AskingTestCase):
    """The real fetcher, which may reach 127.0.0.1 alone, and a server that leads elsewhere."""

    @override
    def source(self) -> Source:
        resolver = Resolver(
            odd_example=[["127.0.0.1"]],
            rebound_example=[["127.0.0.2"]],
            mapped_example=[["::ffff:169.254.169.254"]],
        )
        policy = Policy((HostRule.parse(f"*:{self.odd}"),), networks=(ip_network("127.0.0.1/32"),))
        return Fetcher(
            policy, Limits(), reactor, self.clock, resolver, https_policy(OutboundConfig())
        )

    @override
    async def setUp(self) -> None:  # type: ignore[override]
        self.server = OddServer()
        port = await TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(self.server)
        self.addCleanup(port.stopListening)
        self.odd = int(getattr(port.getHost(), "port", 0))
        await super().setUp()

    async def test_good(self) -> None:
        """What is allowed comes through all of them, compressed and in chunks too."""
        for path in ("/good", "/gzip", "/chunked"):
            for sent in self.each(f"http://odd.example:{self.odd}{path}"):
                got = await sent
                self.assertEqual(got.status, 200)
                self.assertIn(b"ok/>", got.body)
        self.assertFalse([text for text in self.server.requests if "ookie" in text])

    def each(self, url: str) -> list[Coroutine[Any, Any, Got]]:
        """One request to each endpoint."""
        shown = {"st": self.token}
        return [
            self.get("/gadgets/makeRequest", {"url": url, **shown}),
            self.get("/gadgets/proxy", {"url": url, **shown}),
            self.get("/gadgets/concat", {"1": url, "type": "js", **shown}),
        ]

    async def test_refused(self) -> None:
        """Every way to where gadgets may not go is refused by each of them, with the reason's word."""
        port = self.odd
        for url, word, status in (
            (f"http://127.0.0.2:{port}/", "address", 403),
            (f"http://169.254.169.254:{port}/latest/meta-data", "address", 403),
            (f"http://[::1]:{port}/", "address", 403),
            (f"http://[::ffff:169.254.169.254]:{port}/", "address", 403),
            (f"http://[fe80::1%25eth0]:{port}/", "host", 403),
            (f"http://2130706433:{port}/", "host", 403),
            (f"http://0x7f000001:{port}/", "host", 403),
            (f"http://0177.0.0.1:{port}/", "host", 403),
            (f"http://127.1:{port}/", "host", 403),
            (f"http://rebound.example:{port}/", "address", 403),
            (f"http://mapped.example:{port}/", "address", 403),
            (f"http://odd.example@127.0.0.2:{port}/", "userinfo", 403),
            (f"http://odd.example:{port}\\@127.0.0.2/", "url", 400),
            ("http://odd.example:22/", "port", 403),
            ("file:///etc/passwd", "scheme", 403),
            ("gopher://odd.example/", "scheme", 403),
            ("//odd.example/", "url", 400),
            (f"http://odd.example:{port}/private", "address", 403),
            (f"http://odd.example:{port}/metadata", "address", 403),
            (f"http://odd.example:{port}/file", "scheme", 403),
            (f"http://odd.example:{port}/loop", "redirect", 403),
            (f"http://odd.example:{port}/garbage", "broken", 502),
            (f"http://odd.example:{port}/bomb", "size", 502),
        ):
            for number, sent in enumerate(self.each(url)):
                got = await sent
                self.assertEqual(got.status, 200 if number == 2 else status, url)
                self.assertIn(f"({word})".encode(), got.body, url)

"""`finesse_tx.gadgets.fetching`: fetches through real sockets, of a server with odd answers."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar

from twisted.internet import reactor
from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.endpoints import SSL4ServerEndpoint, TCP4ServerEndpoint
from twisted.internet.interfaces import IHostnameResolver, IListeningPort, IReactorTime
from twisted.internet.task import Clock
from twisted.logger import capturedLogs, formatEvent
from twisted.trial.unittest import TestCase
from zope.interface.verify import verifyObject

from finesse_tx.certificates import ServerTLS, own_identity
from finesse_tx.config import OutboundConfig
from finesse_tx.gadgets.core.fetching import Answer, Fetch, Limits, families
from finesse_tx.gadgets.core.outbound import HostRule, Policy, Refusal, Why
from finesse_tx.gadgets.fetching import Fetcher
from finesse_tx.gadgets.outbound import https_policy
from finesse_tx.home import Home
from tests.gadgets.odd_server import OddServer, Resolver

T = TypeVar("T")

LIMITS = Limits(answer_bytes=100_000, request_bytes=1_000, per_host=2, waiting_per_host=1)


class FetchTests(TestCase):
    """A fetcher that may reach 127.0.0.1, and by every name."""

    async def setUp(self) -> None:  # type: ignore[override]
        """Start the server."""
        self.server, self.clock = OddServer(), Clock()
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.listen(await endpoint.listen(self.server))
        self.resolver = Resolver(
            odd_example=[["127.0.0.1"]],
            other_example=[["127.0.0.1"]],
            rebound_example=[["127.0.0.1"], ["127.0.0.2"]],
            mixed_example=[["127.0.0.1", "10.0.0.1"]],
            second_example=[["127.0.0.3", "127.0.0.1"]],
            nowhere_example=[["127.0.0.3"]],
            **{"xn--0_example": [["127.0.0.1"]]},
            mapped_example=[["::ffff:169.254.169.254"]],
        )
        self.fetcher = self.make()

    def home(self) -> Home:
        """A home of its own."""
        home = Home(Path(self.mktemp()).absolute())
        home.lock()
        self.addCleanup(home.unlock)
        return home

    def listen(self, port: IListeningPort) -> None:
        """Take this port, until the end of the test."""
        self.port = int(getattr(port.getHost(), "port", 0))
        self.addCleanup(port.stopListening)

    def make(self, limits: Limits = LIMITS, ca_file: str = "") -> Fetcher:
        """A fetcher for the port that was taken last."""
        networks = (ip_network("127.0.0.1/32"), ip_network("127.0.0.3/32"))
        policy = Policy((HostRule.parse(f"*:{self.port}"),), networks=networks)
        https = https_policy(OutboundConfig(ca_file=ca_file))
        return Fetcher(policy, limits, reactor, self.clock, self.resolver, https)

    def start(
        self, path: str, host: str = "odd.example", method: str = "GET", **more: Any
    ) -> Deferred[Answer | Refusal]:
        """Begin a fetch."""
        url = f"http://{host}:{self.port}{path}"
        fetch = Fetch(url, method, **more)
        return self.within(self.fetcher.fetch(fetch))

    def within(self, waited: Deferred[T]) -> Deferred[T]:
        """Never wait for ever."""
        return waited.addTimeout(60, IReactorTime(reactor))

    async def given_up(self, fetch: Deferred[Answer | Refusal]) -> None:
        """Cancel one."""
        fetch.cancel()
        with self.assertRaises(CancelledError):
            await fetch

    async def answered(
        self, path: str, host: str = "odd.example", method: str = "GET", **more: Any
    ) -> Answer:
        """What came."""
        found = await self.start(path, host, method, **more)
        assert isinstance(found, Answer), found
        return found

    async def refused(self, path: str, host: str = "odd.example", **more: Any) -> Why:
        """Why nothing came."""
        found = await self.start(path, host, **more)
        assert isinstance(found, Refusal), found
        self.assertTrue(found.reason.isprintable())
        return found.why

    async def test_good(self) -> None:
        """A good answer comes whole, without its cookies; the name is what Host says."""
        found = await self.answered("/good", headers=(("Cookie", "a=b"), ("X-B", "2")))
        self.assertEqual((found.status, found.body), (200, b"<ok/>"))
        self.assertEqual(dict(found.headers), {"content-type": "text/xml", "x-a": "1"})
        (request,) = self.server.requests
        self.assertIn(f"\r\nHost: odd.example:{self.port}\r\n", request)
        self.assertIn("\r\nX-B: 2\r\n", request)
        self.assertNotIn("cookie", request.lower())
        self.assertEqual(self.fetcher.status().counters.received, 5)

    async def test_resolver(self) -> None:
        """The test's resolver is one; the host may be an address, which is not asked about."""
        verifyObject(IHostnameResolver, self.resolver)
        await self.answered("/good", "127.0.0.1")
        self.assertEqual(self.resolver.questions, [])

    async def test_whatever_status(self) -> None:
        """An answer that says no is an answer, whatever its type."""
        found = await self.answered("/missing", accepted=("text/xml",))
        self.assertEqual((found.status, found.body), (404, b"none"))

    async def test_odd_but_whole(self) -> None:
        """Answers without a length, in chunks, compressed, or with more than they promised, are read to their end."""
        for path in ("/until-closed", "/chunked", "/gzip"):
            self.assertEqual((await self.answered(path)).body, b"<ok/>", path)
        self.assertEqual((await self.answered("/long")).body, b"<o")

    async def test_broken(self) -> None:
        """Answers that end early, or are none, are not taken for whole ones."""
        for path in ("/short", "/half-chunk", "/closes", "/garbage"):
            self.assertEqual(await self.refused(path), Why.BROKEN, path)

    async def test_size(self) -> None:
        """The largest answer is taken; more is not: promised, sent, endless, in the headers, or once decoded."""
        self.assertEqual(len((await self.answered("/most")).body), 100_000)
        for path in ("/more", "/promise", "/endless", "/endless-headers", "/bomb"):
            self.assertEqual(await self.refused(path), Why.SIZE, path)
        self.assertEqual(await self.refused("/good", max_bytes=4), Why.SIZE)
        await self.answered("/good", max_bytes=5)

    async def test_types(self) -> None:
        """A good answer of a type that is not wanted, or in an encoding that is not known, is refused."""
        await self.answered("/good", accepted=("text/*",))
        self.assertEqual(await self.refused("/good", accepted=("image/*",)), Why.CONTENT_TYPE)
        self.assertEqual(await self.refused("/brotli"), Why.ENCODING)

    async def test_redirects(self) -> None:
        """Five redirects are followed, and no more."""
        self.assertEqual(await self.refused("/loop"), Why.REDIRECT)
        self.assertEqual(len(self.server.requests), 6)

    async def test_redirect_refused(self) -> None:
        """A redirect to what is not allowed is not followed."""
        for path, why in (
            ("/private", Why.ADDRESS),
            ("/metadata", Why.ADDRESS),
            ("/file", Why.SCHEME),
        ):
            self.assertEqual(await self.refused(path), why, path)
        self.assertEqual(len(self.server.requests), 3)

    async def test_redirect_secrets(self) -> None:
        """An Authorization goes on to the same origin, and to no other."""
        given = (("Authorization", "Basic x"), ("X-B", "2"))
        for path, count in (("/same", 2), ("/other", 1)):
            self.server.requests.clear()
            await self.answered(path, headers=given)
            found = [("Basic x" in request, "X-B" in request) for request in self.server.requests]
            self.assertEqual(found, [(True, True), (count == 2, True)])

    async def test_post(self) -> None:
        """A POST's body is sent, and its redirect is given as it is."""
        found = await self.answered("/post", method="POST", body=b"a=b")
        self.assertEqual((found.status, dict(found.headers)), (307, {"location": "/good"}))
        self.assertIn("\r\nContent-Length: 3\r\n", self.server.requests[0])
        self.assertEqual(
            await self.refused("/good", method="PUT", body=bytes(1_001)), Why.REQUEST_SIZE
        )
        await self.answered("/good", method="PUT", body=bytes(1_000))

    async def test_nothing_sent(self) -> None:
        """What is refused for itself reaches nobody."""
        for why, found in (
            (Why.METHOD, self.refused("/good", method="TRACE")),
            (Why.HEADER, self.refused("/good", headers=(("a", "b\r\nc: d"),))),
            (Why.USERINFO, self.refused("/good", "u:p@odd.example")),
            (Why.ADDRESS, self.refused("/good", "[::ffff:127.0.0.2]")),
            (Why.NAME, self.refused("/good", "unknown.example")),
            (Why.ADDRESS, self.refused("/good", "mixed.example")),
            (Why.ADDRESS, self.refused("/good", "mapped.example")),
        ):
            self.assertEqual(await found, why)
        self.assertEqual(self.server.requests, [])

    async def test_rebinding(self) -> None:
        """A name is asked about once for each connection: an answer that changes later is judged then."""
        await self.answered("/good", "rebound.example")
        self.assertEqual(self.resolver.questions, ["rebound.example"])
        self.assertEqual(await self.refused("/good", "rebound.example"), Why.ADDRESS)
        self.assertEqual(len(self.server.requests), 1)

    async def test_rebinding_at_redirect(self) -> None:
        """So it is when a redirect comes between."""
        self.assertEqual(await self.refused("/loop", "rebound.example"), Why.ADDRESS)
        self.assertEqual(len(self.server.requests), 1)

    async def test_second_address(self) -> None:
        """Where one address does not answer, the next one is tried; with none left it cannot be reached."""
        await self.answered("/good", "second.example")
        self.assertEqual(await self.refused("/good", "nowhere.example"), Why.UNREACHABLE)

    async def test_time(self) -> None:
        """A fetch has so long, and then its connection is cut."""
        asked, ended = self.server.asked(), self.server.ended()
        slow = self.start("/silent")
        await self.within(asked)
        self.clock.advance(LIMITS.total_s - 0.001)
        self.assertFalse(slow.called)
        self.clock.advance(0.001)
        self.assertEqual(await slow, Refusal(Why.TIME, "took longer than 20 s"))
        await self.within(ended)
        self.assertEqual(self.fetcher.status()[1:], (0, 0))

    async def test_cancelled(self) -> None:
        """Who gives up leaves nothing behind."""
        for path in ("/silent", "/stalls"):
            asked, ended = self.server.asked(), self.server.ended()
            slow = self.start(path)
            await self.within(asked)
            await self.given_up(slow)
            await self.within(ended)
            self.assertEqual(self.clock.getDelayedCalls(), [])
            self.assertEqual(self.fetcher.status()[1:], (0, 0))

    async def test_turns(self) -> None:
        """Two at once from one host, one waits, the next is turned away; other hosts do not wait."""
        asked = self.server.asked()
        first = self.start("/silent")
        await self.within(asked)
        second, third = self.start("/silent"), self.start("/good")
        self.assertEqual(await self.refused("/good"), Why.BUSY)
        self.assertEqual(self.fetcher.status()[1:], (2, 1))
        await self.answered("/good", "other.example")
        await self.given_up(first)
        self.assertIsInstance(await third, Answer)
        await self.given_up(second)
        self.assertEqual(self.fetcher.status()[1:], (0, 0))

    async def test_all_turns(self) -> None:
        """So many at once from all hosts, too."""
        self.fetcher = self.make(Limits(at_once=1, waiting=0))
        asked = self.server.asked()
        first = self.start("/silent")
        await self.within(asked)
        self.assertEqual(await self.refused("/good", "other.example"), Why.BUSY)
        await self.given_up(first)
        await self.answered("/good", "other.example")

    async def test_told(self) -> None:
        """A refusal is one line with its reason, and a number; neither has the path or the query."""
        with capturedLogs() as events:
            await self.refused("/private?secret=1")
            await self.refused("/short?secret=1")
            await self.answered("/good")
        lines = [line for line in map(formatEvent, events) if "was refused" in line]
        self.assertEqual(len(lines), 2, lines)
        self.assertNotIn("secret", "".join(lines))
        found = {family.name: dict(family.samples) for family in families(self.fetcher.status())}
        self.assertEqual(found["gadget_fetches_answered"], {("2xx",): 1})
        self.assertEqual(sum(found["gadget_fetches_refused"].values()), 2)

    async def test_tls(self) -> None:
        """Over TLS the name is verified, by the operator's authority; without it nothing is sent."""
        home = self.home()
        tls = ServerTLS(lambda: own_identity(home, ["odd.example"], datetime.now(UTC)))
        endpoint = SSL4ServerEndpoint(reactor, 0, tls, interface="127.0.0.1")
        self.listen(await endpoint.listen(self.server))
        good, bad = self.make(ca_file=str(home.path / "tls/ca.pem")), self.make()
        for fetcher, host, expected in (
            (good, "odd.example", None),
            (good, "other.example", Why.CERTIFICATE),
            (bad, "odd.example", Why.CERTIFICATE),
            (good, "xn--0.example", Why.HOST),
        ):
            asked = Fetch(f"https://{host}:{self.port}/good")
            found = await self.within(fetcher.fetch(asked))
            self.assertEqual(found.why if isinstance(found, Refusal) else None, expected, found)
        self.assertEqual(len(self.server.requests), 1)

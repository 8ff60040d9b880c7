"""Answers that take their time, on a connection: given later, or given up."""

import re
from urllib.parse import unquote

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.interfaces import ISSLTransport, ITransport
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http import HTTPChannel
from zope.interface import directlyProvides

from finesse_tx.site import BoundedSite
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.request_times import RequestTimes
from finesse_tx.webservices.core.routing import Asker, Call, Family, Reply, Route
from finesse_tx.webservices.routes.api import MAX_REMEMBERED_PATH, ApiResource
from finesse_tx.webservices.routes.gate import Gate
from tests.support.webservices import FakeAuthenticator, FakeDirectory
from tests.webservices.core.events import DIRECTORY

Waited = list[Deferred[bytes]]


async def wait_twice(waited: Waited, _call: Call[None]) -> Reply:
    """What was waited for, joined."""
    parts = []
    for _ in range(2):
        waiting: Deferred[bytes] = Deferred()
        waited.append(waiting)
        try:
            parts.append(await waiting)
        except LookupError:
            parts.append(b"nothing")
    return Reply(b"+".join(parts))


ROUTE: Route[Waited, None] = Route(
    "GET", "/Wait", (Asker.ANYBODY,), wait_twice, media_type="text/plain"
)


class WaitingTests(SynchronousTestCase):
    """One connection, and what the operation waits for."""

    def setUp(self) -> None:
        """Ask."""
        self.waited: Waited = []
        gate = Gate(FakeAuthenticator(FakeDirectory(DIRECTORY)), lambda: True, 100)
        self.times, self.clock = RequestTimes(), Clock()
        resource = ApiResource(
            gate, [Family((ROUTE,), self.waited)], times=self.times, seconds=self.clock.seconds
        )
        site = BoundedSite(resource, 100, 60, self.clock)
        channel = site.buildProtocol(None)
        assert isinstance(channel, HTTPChannel)
        self.transport, self.channel = StringTransport(), channel
        channel.makeConnection(self.transport)
        channel.dataReceived(b"GET /Wait HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.transport.value(), b"")

    def said(self) -> bytes:
        """What has been answered by the end of this turn."""
        self.clock.advance(0)
        return bytes(self.transport.value())

    def test_answered(self) -> None:
        """The answer is written when it is there, however often it waited, and the connection goes on."""
        self.waited[0].callback(b"one")
        self.assertEqual(self.transport.value(), b"")
        self.waited[1].callback(b"two")
        self.assertTrue(self.said().endswith(b"\r\n\r\none+two"))
        self.channel.dataReceived(b"GET /Wait HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(len(self.waited), 3)

    def test_time(self) -> None:
        """What it took is from the request to the answer."""
        self.clock.advance(1)
        self.waited[0].callback(b"one")
        self.assertEqual(self.times.longest_s, 0)
        self.clock.advance(2)
        self.waited[1].callback(b"two")
        self.assertEqual(self.times.longest_s, 3)
        self.channel.dataReceived(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.times.average_s, 1.5)

    def test_failed(self) -> None:
        """What fails is the operation's to handle, and what it does not handle is a 500."""
        self.waited[0].errback(LookupError())
        self.waited[1].errback(RuntimeError("deliberate"))
        self.assertIn(b" 500 Internal Server Error", self.said())
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_refused(self) -> None:
        """A refusal may come late, too."""
        self.waited[0].errback(ApiError(404, "Not Found", "Not Found"))
        self.assertIn(b" 404 Not Found", self.said())

    def test_given_up(self) -> None:
        """What is cancelled by somebody else, while the client waits, is a 500 as well."""
        self.waited[0].cancel()
        self.assertIn(b" 500 Internal Server Error", self.said())

    def test_client_gone(self) -> None:
        """When the client is gone, what it waited for is cancelled, and nothing is written or logged."""
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual([waiting.called for waiting in self.waited], [True])
        self.assertEqual(self.transport.value(), b"")
        self.assertEqual(self.flushLoggedErrors(), [])


class Encrypted(StringTransport):
    """Says that it is TLS."""

    def __init__(self) -> None:
        super().__init__()
        directlyProvides(self, ISSLTransport, ITransport)

    def setTcpNoDelay(self, enabled: bool) -> None:
        """Nothing: there is no network."""


class SessionTests(SynchronousTestCase):
    """The original's cookie, to a client that keeps it and to one that does not."""

    def setUp(self) -> None:
        """Serve something that anybody may read."""
        gate = Gate(FakeAuthenticator(FakeDirectory(DIRECTORY)), lambda: True, 100)
        self.clock = Clock()
        self.site = BoundedSite(ApiResource(gate, ()), 100, 60, self.clock)

    def cookies(self, transport: StringTransport, more: bytes = b"") -> list[bytes]:
        """Ask on a new connection; what is to be kept."""
        channel = self.site.buildProtocol(None)
        assert isinstance(channel, HTTPChannel)
        channel.makeConnection(transport)
        channel.dataReceived(b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n%b\r\n" % more)
        self.clock.advance(0)
        return re.findall(rb"Set-Cookie: (.*)\r\n", transport.value())

    def test_given(self) -> None:
        """Who brings none gets one that nobody else has; over TLS it is for TLS alone."""
        given = [*self.cookies(StringTransport()), *self.cookies(StringTransport())]
        for cookie in given:
            self.assertRegex(cookie, rb"^JSESSIONID=[0-9A-F]{32}; Path=/finesse; HttpOnly$")
        self.assertEqual(len(set(given)), 2)
        self.assertIn(b"; Path=/finesse; Secure; HttpOnly", self.cookies(Encrypted())[0])

    def test_kept(self) -> None:
        """Who brings one gets none."""
        self.assertEqual(self.cookies(StringTransport(), b"Cookie: a=b; JSESSIONID=1\r\n"), [])


class RememberedTests(SynchronousTestCase):
    """Paths, and where they lead."""

    def setUp(self) -> None:
        """Whatever is asked for is told back."""

        async def told(_behind: None, call: Call[None]) -> Reply:
            return Reply(call.path["id"].encode())

        route: Route[None, None] = Route("GET", "/Told/{id}", (Asker.ANYBODY,), told)
        gate = Gate(FakeAuthenticator(FakeDirectory(DIRECTORY)), lambda: True, 100)
        resource = ApiResource(gate, [Family((route,), None)], ways=2)
        self.clock = Clock()
        channel = BoundedSite(resource, 100, 60, self.clock).buildProtocol(None)
        assert isinstance(channel, HTTPChannel)
        self.channel, self.transport = channel, StringTransport()
        self.channel.makeConnection(self.transport)

    def ask(self, path: str, method: str = "GET") -> bytes:
        """The answer."""
        self.transport.clear()
        self.channel.dataReceived(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        self.clock.advance(0)
        return bytes(self.transport.value())

    def test_each(self) -> None:
        """Each path leads where it leads, however often it and others are asked for."""
        long = "x" * (MAX_REMEMBERED_PATH + 1)
        for _ in range(3):
            for name in ("a", "b%20c", "d", long):
                answer = self.ask(f"/Told/{name}")
                self.assertTrue(answer.endswith(b"\r\n\r\n" + unquote(name).encode()), answer)
            self.assertIn(b" 405 ", self.ask("/Told/a", "PUT"))
            self.assertIn(b" 404 ", self.ask("/Nothing"))

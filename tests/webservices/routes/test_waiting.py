"""Answers that take their time, on a connection: given later, or given up."""

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.trial.unittest import SynchronousTestCase
from twisted.web.http import HTTPChannel

from finesse_tx.site import BoundedSite
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Asker, Call, Family, Reply, Route
from finesse_tx.webservices.routes.api import ApiResource
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
        resource = ApiResource(gate, [Family((ROUTE,), self.waited)])
        site = BoundedSite(resource, 100, 60, Clock())
        channel = site.buildProtocol(None)
        assert isinstance(channel, HTTPChannel)
        self.transport, self.channel = StringTransport(), channel
        channel.makeConnection(self.transport)
        channel.dataReceived(b"GET /Wait HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(self.transport.value(), b"")

    def test_answered(self) -> None:
        """The answer is written when it is there, however often it waited, and the connection goes on."""
        self.waited[0].callback(b"one")
        self.assertEqual(self.transport.value(), b"")
        self.waited[1].callback(b"two")
        self.assertTrue(self.transport.value().endswith(b"\r\n\r\none+two"))
        self.channel.dataReceived(b"GET /Wait HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertEqual(len(self.waited), 3)

    def test_failed(self) -> None:
        """What fails is the operation's to handle, and what it does not handle is a 500."""
        self.waited[0].errback(LookupError())
        self.waited[1].errback(RuntimeError("deliberate"))
        self.assertIn(b" 500 Internal Server Error", self.transport.value())
        self.assertEqual(len(self.flushLoggedErrors(RuntimeError)), 1)

    def test_refused(self) -> None:
        """A refusal may come late, too."""
        self.waited[0].errback(ApiError(404, "Not Found", "Not Found"))
        self.assertIn(b" 404 Not Found", self.transport.value())

    def test_given_up(self) -> None:
        """What is cancelled by somebody else, while the client waits, is a 500 as well."""
        self.waited[0].cancel()
        self.assertIn(b" 500 Internal Server Error", self.transport.value())

    def test_client_gone(self) -> None:
        """When the client is gone, what it waited for is cancelled, and nothing is written or logged."""
        self.channel.connectionLost(Failure(ConnectionDone()))
        self.assertEqual([waiting.called for waiting in self.waited], [True])
        self.assertEqual(self.transport.value(), b"")
        self.assertEqual(self.flushLoggedErrors(), [])

"""Outages of the CTI link over real sockets: a network that splits, delays, cuts, half-closes and swallows.

The engine lives a seeded day on its own clock; the link and the web services are on the real one, with a proxy between.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

from twisted.internet import reactor as _reactor
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import TCP4ClientEndpoint, TCP4ServerEndpoint
from twisted.trial.unittest import TestCase
from typing_extensions import override

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client import CTIClient, Side
from finesse_tx.cti.core.messages import QueryAgentStateReq
from finesse_tx.cti.server import CTIServer
from tests.support.days import Day, directory, steps
from tests.support.engine import EngineFloor
from tests.support.outages import Road
from tests.support.proxy import Proxy
from tests.support.webservices import FakePublisher

reactor: Any = _reactor

WAIT_S = 60.0

HEARTBEAT_S = 1.0

MISSES = 3


class WatchedPublisher(FakePublisher):
    """Fires when something waited for has come about."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: list[tuple[Callable[[], bool], Deferred[None]]] = []

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Wait until something is so, which is looked at whenever something is published."""
        done: Deferred[None] = Deferred()
        self._waiting.append((condition, done))
        self._look()
        return done.addTimeout(WAIT_S, reactor)

    @override
    def publish(self, node: str, payload: str) -> None:
        super().publish(node, payload)
        if node == "/finesse/api/SystemInfo":
            # Whoever publishes is in the midst of something.
            reactor.callLater(0, self._look)

    def _look(self) -> None:
        for waiting in list(self._waiting):
            condition, done = waiting
            if condition() and not done.called:
                self._waiting.remove(waiting)
                done.callback(None)


class OutageTests(TestCase):
    """One of each fault, in the midst of calls."""

    async def setUp(self) -> None:  # type: ignore[override]
        """In service, with agents at work and a follower who has asked for everything once."""

        def now() -> datetime:
            return datetime.now(UTC)

        self.road = Road(EngineFloor(directory()), reactor, now, publisher=WatchedPublisher())
        peripheral = self.road.floor.peripheral
        self.server = CTIServer(CTIServerConfig(), peripheral, reactor, now)
        self.server.startService()
        endpoint = TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        self.listening = await endpoint.listen(self.server.factory)
        self.proxy = Proxy(reactor, self.listening.getHost().port)
        port = await self.proxy.listen()
        side = Side(f"127.0.0.1:{port}", TCP4ClientEndpoint(reactor, "127.0.0.1", port))
        config = CTIClientConfig(
            heartbeat_s=HEARTBEAT_S, heartbeat_misses=MISSES, retry_s=0.5, request_timeout_s=WAIT_S
        )
        self.link = CTIClient(config, [lambda: side], reactor, now, self.road.web)
        self.road.web.use(self.link)
        self.day = Day(self.road)
        self.random = Random(20_261_122)
        self.road.web.startService()
        self.link.startService()
        await self.in_service()
        self.road.load()
        self.day.begin()
        self.live(30)

    async def tearDown(self) -> None:  # type: ignore[override]
        """Stop everything."""
        self.proxy.to_client = bytes
        await self.link.stopService()
        self.road.web.stopService()
        await self.listening.stopListening()
        await self.server.stopService()
        await self.proxy.stop()
        await self.road.floor.service.stopService()

    def live(self, count: int) -> None:
        """Some of the day."""
        for step in steps(self.random, count):
            self.day.do(step)

    def when(self, condition: Callable[[], bool]) -> Deferred[None]:
        """Wait for something that SystemInfo tells."""
        publisher = self.road.publisher
        assert isinstance(publisher, WatchedPublisher)
        return publisher.when(condition)

    async def in_service(self) -> None:
        """Wait for service, and until all that was on its way has come."""
        await self.when(self.road.web.in_service)
        answer = self.link.request(QueryAgentStateReq(agent_id_long="agent1"))
        await answer.addTimeout(WAIT_S, reactor)

    async def out_and_in(self) -> None:
        """Wait for the end of service, live on, and wait for service."""
        await self.when(lambda: not self.road.web.in_service())
        self.live(30)
        await self.in_service()

    async def agree(self, outages: int) -> None:
        """All agree, at once and after some more of the day."""
        self.assertEqual(self.road.web.counters.outages, outages)
        self.day.agree(self)
        self.live(30)
        await self.in_service()
        self.day.agree(self)
        self.assertGreater(len(self.road.follower.told), 20)

    async def test_split(self) -> None:
        """Single bytes, through a whole synchronisation too: nothing changes."""
        self.proxy.piece = 1
        self.proxy.cut()
        await self.out_and_in()
        await self.agree(1)

    async def test_delay(self) -> None:
        """A slow network is no outage."""
        self.proxy.delay = 0.05
        self.live(30)
        await self.in_service()
        await self.agree(0)

    async def test_busy_synchronisation(self) -> None:
        """Whenever something comes, something else happens: events between every question and its answer."""
        left = [100]

        def busy(data: bytes) -> bytes:
            if left[0]:
                left[0] -= 1
                reactor.callLater(0, self.live, 1)
            return data

        self.proxy.delay = 0.01
        self.proxy.cut()
        await self.when(lambda: not self.road.web.in_service())
        self.proxy.to_client = busy
        await self.in_service()
        self.proxy.to_client = bytes
        self.assertLess(left[0], 90)
        await self.in_service()
        await self.agree(1)

    async def test_cut(self) -> None:
        """A cut, and more of them at several places of the synchronisations that follow."""
        places = [10, 100, 500, 1_000]
        came = [0]

        def cut_again(data: bytes) -> bytes:
            came[0] += len(data)
            if places and came[0] >= places[0]:
                came[0] = 0
                del places[0]
                reactor.callLater(0, self.proxy.cut)
                reactor.callLater(0, self.live, 5)
            return data

        self.proxy.cut()
        await self.when(lambda: not self.road.web.in_service())
        self.proxy.to_client = cut_again
        await self.in_service()
        self.proxy.to_client = bytes
        self.assertEqual(places, [])
        await self.agree(1)

    async def test_half_closed(self) -> None:
        """A connection that is closed in one direction is an outage."""
        self.proxy.half_close()
        await self.out_and_in()
        await self.agree(1)

    async def test_swallowed(self) -> None:
        """An engine that says nothing any more is noticed by three heartbeats."""
        self.proxy.to_client = lambda _: b""
        self.live(10)
        await self.when(lambda: not self.road.web.in_service())
        self.assertIn("3 heartbeats", self.road.web.system_info().status_reason)
        self.live(30)
        self.proxy.to_client = bytes
        await self.in_service()
        await self.agree(1)

"""`finesse_tx.lifecycle`: the order of the start and of the stop, and what goes wrong in either."""

import signal
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from shutil import rmtree
from typing import Any

from twisted.application.service import Service
from twisted.internet.defer import Deferred, succeed
from twisted.internet.error import CannotListenError
from twisted.internet.protocol import Factory
from twisted.internet.testing import MemoryReactorClock
from twisted.logger import LogLevel, capturedLogs, formatEvent
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import Address
from finesse_tx.errors import StartError
from finesse_tx.home import Home
from finesse_tx.lifecycle import Door, Server, Step


class Part(Service):
    """Writes down what happens to it."""

    def __init__(self, part: str, diary: list[str], stopping: Deferred[None] | None = None) -> None:
        self.part, self.diary, self._stopping = part, diary, stopping

    def startService(self) -> None:
        """Start."""
        self.diary.append(f"start {self.part}")

    def stopService(self) -> Deferred[None] | None:
        """Stop, when the test lets it."""
        self.diary.append(f"stop {self.part}")
        return self._stopping

    def drain(self) -> Awaitable[None]:
        """Drain, at once."""
        self.diary.append(f"drain {self.part}")
        return succeed(None)


class ServerCase(SynchronousTestCase):
    """A server in a memory reactor."""

    def setUp(self) -> None:
        """Its surroundings."""
        self.folder = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.folder)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.addCleanup(signal.signal, number, signal.getsignal(number))
        self.reactor: Any = MemoryReactorClock()
        self.home = Home(self.folder / "home")
        self.home.lock()
        self.addCleanup(self.home.unlock)
        self.diary: list[str] = []
        self.ready: Deferred[None] = Deferred()

    def server(self, *steps: Step, doors: tuple[Door, ...] = ()) -> Server:
        """Make it."""
        return Server(
            self.reactor,
            self.home,
            doors,
            steps,
            lambda: self.ready,
            lambda: self.diary.append("reload"),
            8.0,
            None,
        )

    def step(self, part: str, **more: Any) -> Step:
        """A step that is written down."""
        made = Part(part, self.diary, more.get("stopping"))
        return Step(part, made, made.drain if more.get("drains") else more.get("drain"))


DOOR = Door("http", (Address("127.0.0.1", 8082), Address("127.0.0.1", 8083)), Factory())


class StartTests(ServerCase):
    """The start."""

    def test_order(self) -> None:
        """Doors are bound first, parts start in their order, and endpoints.json comes last."""
        server = self.server(self.step("a"), self.step("b"), doors=(DOOR,))
        server.privilegedStartService()
        self.assertEqual([entry[0] for entry in self.reactor.tcpServers], [8082, 8083])
        self.assertEqual(self.diary, [])
        server.startService()
        self.assertEqual(len(self.reactor.tcpServers), 2)
        self.assertEqual(self.diary, ["start a", "start b"])
        self.assertEqual(self.home.endpoints(), {})
        self.ready.callback(None)
        self.assertEqual(list(self.home.endpoints()), ["http"])

    def test_ready_too_late(self) -> None:
        """A server that is told to stop before it was ready does not say that it listens."""
        server = self.server()
        server.startService()
        self.successResultOf(server.stopService())
        self.ready.callback(None)
        self.assertEqual(self.home.endpoints(), {})

    def test_home_cannot_be_written(self) -> None:
        """A disk that is full when everything listens is told, and keeps nobody from being served or shown out."""
        server = self.server(self.step("a"), doors=(DOOR,))
        server.startService()
        (self.home.path / "endpoints.json" / "in the way").mkdir(parents=True)
        with capturedLogs() as seen:
            self.ready.callback(None)
            self.successResultOf(server.stopService())
        said = [formatEvent(event) for event in seen if event["log_level"] == LogLevel.error]
        self.assertIn("ready; nothing says where everything listens: ", said[0])
        self.assertIn("endpoints.json", said[1])
        self.assertEqual(self.diary, ["start a", "stop a"])

    def test_port_taken(self) -> None:
        """A port that cannot be had stops the start, with its key."""

        def refuse(*arguments: Any, **more: Any) -> None:
            raise CannotListenError("127.0.0.1", 8082, OSError(98, "Address already in use"))

        self.reactor.listenTCP = refuse
        error: StartError = self.assertRaises(
            StartError, self.server(doors=(DOOR,)).privilegedStartService
        )
        self.assertEqual(str(error), "listen.http: 127.0.0.1:8082: Address already in use")

    def test_port(self) -> None:
        """Who asks for a door's address gets the first one that is really listened on."""
        server = self.server(doors=(DOOR,))
        server.privilegedStartService()
        self.assertEqual(server.port("http").host, "0.0.0.0")  # the memory reactor's own
        self.assertRaises(KeyError, server.port, "bosh")


class StopTests(ServerCase):
    """The stop."""

    def stop(self, *steps: Step) -> Deferred[None]:
        """Start, then begin to stop."""
        server = self.server(*steps, doors=(DOOR,))
        server.startService()
        self.ready.callback(None)
        self.diary.clear()
        return server.stopService()

    def test_order(self) -> None:
        """Doors, then everything drains, then everything stops, the last started first; the home is free."""
        stopped = self.stop(
            self.step("a", drains=True), self.step("b", drains=True), self.step("c")
        )
        self.successResultOf(stopped)
        self.assertEqual(self.diary, ["drain b", "drain a", "stop c", "stop b", "stop a"])
        self.assertEqual(self.home.endpoints(), {})
        Home(self.home.path).lock()

    def test_slow_part(self) -> None:
        """A part that takes too long is left behind, and the others still stop."""
        stopped = self.stop(self.step("a"), self.step("b", stopping=Deferred()))
        self.reactor.advance(7.9)
        self.assertNoResult(stopped)
        self.assertEqual(self.diary, ["stop b"])
        self.reactor.advance(0.2)
        self.successResultOf(stopped)
        self.assertEqual(self.diary, ["stop b", "stop a"])
        self.assertEqual(self.reactor.getDelayedCalls(), [])

    def test_broken_part(self) -> None:
        """A part that fails is logged, and the others still stop."""

        def broken() -> Awaitable[object]:
            raise ZeroDivisionError

        self.successResultOf(self.stop(self.step("a"), self.step("b", drain=broken)))
        self.assertEqual(self.diary, ["stop b", "stop a"])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_coroutine(self) -> None:
        """What drains may be a coroutine."""

        async def drain() -> None:
            self.diary.append("drained")

        self.successResultOf(self.stop(self.step("a", drain=drain)))
        self.assertEqual(self.diary, ["drained", "stop a"])


class SignalTests(ServerCase):
    """Signals."""

    def handler(self, number: signal.Signals) -> Callable[..., Any]:
        """What the server has put in Twisted's place."""
        found = signal.getsignal(number)
        assert callable(found)
        return found

    def test_signals(self) -> None:
        """SIGTERM stops once, however often it comes; SIGHUP reloads."""
        stops: list[str] = []
        self.reactor.callFromThread = lambda call, *arguments: call(*arguments)
        server = self.server()
        server.startService()
        self.reactor.run()
        self.reactor.stop = lambda: stops.append("stop")
        self.handler(signal.SIGHUP)(signal.SIGHUP, None)
        self.assertEqual(self.diary, ["reload"])
        for _ in range(2):
            self.handler(signal.SIGTERM)(signal.SIGTERM, None)
        self.assertEqual(stops, ["stop"])

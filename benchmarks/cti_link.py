"""The CTI link at ten times the published call rate: what it costs, and how late the model knows.

Engine, CTI server, TCP on the loopback, CTI client and the web services' model run as in the product: in one process, on
one reactor. Afterwards the same bytes go at the same times through plain Twisted protocols. See ``README.rst`` here.
"""

from __future__ import annotations

import argparse
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint, TCP4ServerEndpoint
from twisted.internet.protocol import Factory, Protocol
from twisted.internet.task import deferLater, react
from twisted.protocols.policies import ProtocolWrapper, WrappingFactory
from typing_extensions import override

from benchmarks.floor import PUBLISHED_RATE, Floor, Pace
from benchmarks.rounds import ratio
from finesse_tx.cti.core.message import Event, Message

__all__ = ["Figures", "Options", "main", "measure"]

HOST: Final = "127.0.0.1"

CONNECT_S: Final = 60.0
"""How long anything may take that comes before the measurement, beyond what signing in takes."""


class Piece(NamedTuple):
    """Bytes that went one way.

    Attributes:
        at: When, in seconds from the measurement's begin.
        to_client: Which way.
        data: The bytes.
    """

    at: float
    to_client: bool
    data: bytes


@dataclass(frozen=True, slots=True)
class Options:
    """What is measured.

    Attributes:
        agents: How many.
        times: How many times the published call rate.
        seconds: For how long.
        seed: Of all chance.
        least: How many events come at least: it goes on until they have.
    """

    agents: int = 400
    times: float = 10.0
    seconds: float = 30.0
    seed: int = 1
    least: int = 0


DEFAULTS: Final = Options()


@dataclass(slots=True)
class Figures:
    """What was seen.

    Attributes:
        calls: How many were made.
        events: How many came to the model.
        cpu_share: The processor's share of one core.
        latencies_s: For each event, how long after the engine's event the model had changed.
        late_s: For each call, how long after its time it was made: high when the process does not keep up.
        refused: How many of the agents' requests came too late.
        pieces: How many writes there were, in both directions.
        size: Their bytes.
        plain_cpu_share: The processor's share when plain protocols carry the same bytes.
        plain_latencies_s: For each write, how long it took.
    """

    calls: int = 0
    events: int = 0
    cpu_share: float = 0.0
    latencies_s: list[float] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    refused: int = 0
    pieces: int = 0
    size: int = 0
    plain_cpu_share: float = 0.0
    plain_latencies_s: list[float] = field(default_factory=list)


class Stopwatch:
    """Measures from an event's publication to the model's change.

    The link keeps the order, and may leave out what nobody asked for: an event at the far end is the first one of its
    class that has not come yet.

    Attributes:
        running: Whether latencies count.
        latencies_s: Those that do.
    """

    def __init__(self, seconds: Callable[[], float] = time.perf_counter) -> None:
        self._seconds = seconds
        self._published: deque[tuple[type[Message], float]] = deque()
        self.running = False
        self.latencies_s: list[float] = []

    def published(self, event: Message) -> None:
        """The engine has an event."""
        self._published.append((type(event), self._seconds()))

    def known(self, message: Message) -> None:
        """The model has changed by a message."""
        while isinstance(message, Event) and self._published:
            cls, at = self._published.popleft()
            if cls is type(message):
                if self.running:
                    self.latencies_s.append(self._seconds() - at)
                return


class _Tap(ProtocolWrapper):
    """Notes what passes through the server's connection."""

    factory: _Taps

    @override
    def dataReceived(self, data: bytes) -> None:
        self.factory.note(data, to_client=False)
        super().dataReceived(data)

    @override
    def write(self, data: bytes) -> None:
        self.factory.note(data, to_client=True)
        super().write(data)


class _Taps(WrappingFactory):
    noisy = False
    protocol = _Tap

    def __init__(self, wrapped: Factory) -> None:
        super().__init__(wrapped)
        self.pieces: list[Piece] = []
        self.began: float | None = None

    def note(self, data: bytes, *, to_client: bool) -> None:
        """Something passes."""
        if self.began is not None:
            self.pieces.append(Piece(time.perf_counter() - self.began, to_client, data))


class _Plain(Protocol):
    """Receives, and knows when the pieces that were sent to it are complete."""

    def __init__(self, latencies_s: list[float]) -> None:
        self._latencies_s = latencies_s
        self._awaited: deque[tuple[int, float]] = deque()
        self._sent = self._received = 0

    def expect(self, size: int) -> None:
        """So many bytes are being sent to it."""
        self._sent += size
        self._awaited.append((self._sent, time.perf_counter()))

    @override
    def dataReceived(self, data: bytes) -> None:
        self._received += len(data)
        while self._awaited and self._awaited[0][0] <= self._received:
            _end, at = self._awaited.popleft()
            self._latencies_s.append(time.perf_counter() - at)


def _now() -> datetime:
    return datetime.now(UTC)


async def _pass(reactor: Any, seconds: float) -> float:
    """Let time pass.

    Returns:
        The processor's share of one core meanwhile.
    """
    cpu, wall = time.process_time(), time.perf_counter()
    await deferLater(reactor, seconds, lambda: None)
    return (time.process_time() - cpu) / (time.perf_counter() - wall)


async def measure(reactor: Any, options: Options) -> Figures:
    """Run the whole centre, then the same bytes through plain protocols."""
    figures, stopwatch = Figures(), Stopwatch()
    pace = Pace(PUBLISHED_RATE * options.times)
    ports: list[int] = []
    floor = Floor(
        options.agents,
        pace,
        options.seed,
        reactor,
        _now,
        lambda: HostnameEndpoint(reactor, HOST, ports[0]),
        stopwatch.known,
    )
    floor.engine.peripheral.subscribe(stopwatch.published)
    taps = _Taps(floor.server.factory)
    listening = await TCP4ServerEndpoint(reactor, 0, interface=HOST).listen(taps)
    ports.append(listening.getHost().port)
    try:
        opened = floor.open()
        opened.addTimeout(CONNECT_S, reactor)
        await opened
        floor.arrivals.start()
        await floor.staff.sign_in().addTimeout(CONNECT_S + options.agents / 10, reactor)
        # Until the first calls are in wrap-up there is less to do than later.
        await _pass(reactor, min(options.seconds / 3, 2 * pace.talk_s))
        floor.arrivals.late.clear()
        floor.staff.refused = 0
        stopwatch.running, taps.began = True, time.perf_counter()
        figures.cpu_share = await _pass(reactor, options.seconds)
        while len(stopwatch.latencies_s) < options.least:
            await _pass(reactor, 0.01)
        stopwatch.running, taps.began = False, None
        figures.latencies_s, figures.events = stopwatch.latencies_s, len(stopwatch.latencies_s)
        figures.late_s, figures.calls = floor.arrivals.late, len(floor.arrivals.late)
        figures.refused = floor.staff.refused
    finally:
        await floor.close()
        await listening.stopListening()
    figures.pieces = len(taps.pieces)
    figures.size = sum(len(piece.data) for piece in taps.pieces)
    await _replay(reactor, taps.pieces, options.seconds, figures)
    return figures


async def _replay(reactor: Any, pieces: Sequence[Piece], seconds: float, figures: Figures) -> None:
    accepted: Deferred[_Plain] = Deferred()

    class Accepting(Factory):
        noisy = False

        @override
        def buildProtocol(self, addr: object) -> Protocol:
            accepted.callback(protocol := _Plain(figures.plain_latencies_s))
            return protocol

    listening = await TCP4ServerEndpoint(reactor, 0, interface=HOST).listen(Accepting())
    endpoint = HostnameEndpoint(reactor, HOST, listening.getHost().port)
    connecting = Factory.forProtocol(lambda: _Plain(figures.plain_latencies_s))
    connecting.noisy = False
    near = await endpoint.connect(connecting)
    far = await accepted
    assert isinstance(near, _Plain)
    for protocol in (near, far):
        protocol.transport.setTcpNoDelay(True)  # type: ignore[union-attr]

    def send(piece: Piece) -> None:
        source, goal = (far, near) if piece.to_client else (near, far)
        goal.expect(len(piece.data))
        source.transport.write(piece.data)  # type: ignore[union-attr]

    for piece in pieces:
        reactor.callLater(piece.at, send, piece)
    figures.plain_cpu_share = await _pass(reactor, seconds)
    while len(figures.plain_latencies_s) < len(pieces):  # the last ones may be on their way
        await _pass(reactor, 0.01)
    near.transport.loseConnection()  # type: ignore[union-attr]
    await listening.stopListening()


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def report(figures: Figures, options: Options) -> str:
    """What is printed."""

    def line(what: str, share: float, latencies_s: Sequence[float]) -> str:
        p50, p99, most = (_quantile(latencies_s, part) * 1000 for part in (0.5, 0.99, 1))
        return f"{what:26} {share:7.1%} {p50:9.2f} {p99:9.2f} {most:9.2f}"

    per_hour = options.agents * PUBLISHED_RATE * options.times
    cpu = ratio(figures.cpu_share, figures.plain_cpu_share)
    p50 = ratio(_quantile(figures.latencies_s, 0.5), _quantile(figures.plain_latencies_s, 0.5))
    lines = [
        f"{options.agents} agents, {per_hour:,.0f} calls/h for {options.seconds:g} s",
        f"{figures.calls} calls, {figures.events} events to the model",
        f"{figures.pieces} writes of {figures.size / max(1, figures.pieces):.0f} bytes",
        f"calls made late: p99 {_quantile(figures.late_s, 0.99) * 1000:.1f} ms",
        f"agents' requests refused: {figures.refused}",
        f"{'':26} {'CPU':>7} {'p50 ms':>9} {'p99 ms':>9} {'max ms':>9}",
        line("engine to model", figures.cpu_share, figures.latencies_s),
        line("same bytes, plain", figures.plain_cpu_share, figures.plain_latencies_s),
        f"{'ratio':26} {cpu:7.1f} {p50:9.1f}",
    ]
    return "\n".join(lines)


async def _main(reactor: Any, options: Options) -> None:
    print(report(await measure(reactor, options), options))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.cti_link")
    parser.add_argument("--agents", type=int, default=DEFAULTS.agents)
    parser.add_argument("--times", type=float, default=DEFAULTS.times, help="the published rate")
    parser.add_argument("--seconds", type=float, default=DEFAULTS.seconds)
    parser.add_argument("--seed", type=int, default=DEFAULTS.seed)
    options = Options(**vars(parser.parse_args(arguments)))
    react(lambda reactor: Deferred.fromCoroutine(_main(reactor, options)))


if __name__ == "__main__":
    main()

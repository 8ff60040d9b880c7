"""The life of the server process: bind, start in order, say so, stop in order.

``MultiService`` starts its children without waiting and stops them all at once; here order matters. Ports are
bound first, before privileges are dropped and before anything runs, so that a port that cannot be had stops
the start. Then the parts start, each upon the one before. When the web services are in service, ``endpoints.json``
appears. At the end the doors close first, then everyone inside is shown out, and the database goes last.

Spec: ``design.md`` §4.
"""

from __future__ import annotations

import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from twisted.application.service import IService, Service
from twisted.internet import defer
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.defer import Deferred, gatherResults, maybeDeferred
from twisted.internet.endpoints import TCP4ServerEndpoint, TCP6ServerEndpoint
from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort, IProtocolFactory
from twisted.logger import ILogObserver, Logger
from twisted.python.components import Componentized
from typing_extensions import override

from finesse_tx.config import Address
from finesse_tx.errors import StartError
from finesse_tx.home import Home
from finesse_tx.logs import LevelFilter

__all__ = ["Door", "Server", "Step"]

BACKLOG: Final = 1024
"""Connections that may wait to be accepted: a shift signs in at the same minute."""


@dataclass(frozen=True, slots=True)
class Door:
    """A place where clients come in.

    Attributes:
        name: The service's name in ``listen`` and in ``endpoints.json``.
        addresses: Where it listens.
        factory: Makes a protocol for each connection.
    """

    name: str
    addresses: tuple[Address, ...]
    factory: IProtocolFactory


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the server, as its life cycle sees it.

    Attributes:
        name: For the log.
        service: Started after the steps before it, and stopped before them.
        drain: Called at the stop, after the doors are closed and before anything stops: finish what is under way.
    """

    name: str
    service: IService
    drain: Callable[[], Awaitable[object]] | None = None


class Server(Service):
    """The whole server, as the one service that ``twistd`` knows.

    Args:
        reactor: The reactor.
        home: The home folder, locked.
        doors: Where clients come in.
        steps: The parts, in the order of their start.
        ready: Fires when clients can be served.
        reload: Called on SIGHUP.
        stop_timeout_s: How long draining and stopping may take together.
        log_filter: Where log events go; None leaves that to twistd.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Any,
        home: Home,
        doors: Sequence[Door],
        steps: Sequence[Step],
        ready: Callable[[], Deferred[None]],
        reload: Callable[[], None],
        stop_timeout_s: float,
        log_filter: LevelFilter | None,
    ) -> None:
        self._reactor, self._home = reactor, home
        self._doors, self._steps = doors, steps
        self._ready, self._reload = ready, reload
        self._stop_timeout_s, self._log_filter = stop_timeout_s, log_filter
        self._ports: list[tuple[Door, IListeningPort]] = []

    @override
    def setServiceParent(self, parent: Any) -> None:
        super().setServiceParent(parent)
        if self._log_filter is not None and isinstance(parent, Componentized):
            parent.setComponent(ILogObserver, self._log_filter)

    def port(self, name: str) -> Address:
        """The first address that a service really listens on.

        Raises:
            KeyError: It does not listen.
        """
        for door, port in self._ports:
            if door.name == name:
                return _address(port)
        raise KeyError(name)

    # Start ------------------------------------------------------------------------------------------------------

    @override
    def privilegedStartService(self) -> None:
        for door in self._doors:
            for address in door.addresses:
                self._ports.append((door, self._listen(door, address)))

    def _listen(self, door: Door, address: Address) -> IListeningPort:
        make = TCP6ServerEndpoint if ":" in address.host else TCP4ServerEndpoint
        endpoint = make(self._reactor, address.port, backlog=BACKLOG, interface=address.host)
        bound: list[IListeningPort] = []
        errors: list[BaseException] = []
        endpoint.listen(door.factory).addCallbacks(
            bound.append, lambda failure: errors.append(failure.value)
        )
        if bound:
            return bound[0]
        error = errors[0] if errors else None
        reason = error.socketError.strerror if isinstance(error, CannotListenError) else error
        raise StartError(f"listen.{door.name}: {address}: {reason}")

    @override
    def startService(self) -> None:
        if not self._ports:
            self.privilegedStartService()
        super().startService()
        self._home.claim()
        self._reactor.callWhenRunning(self._take_signals)
        for step in self._steps:
            step.service.privilegedStartService()
            step.service.startService()
        self._ready().addCallbacks(self._announce, self._not_ready)

    def _announce(self, _ready: None) -> None:
        if not self.running:
            return
        endpoints: dict[str, str] = {}
        for door, port in self._ports:
            address = _address(port)
            endpoints.setdefault(door.name, str(address))
            self.log.info("{service} listens on {address}", service=door.name, address=address)
        try:
            self._home.write_endpoints(endpoints)
        except StartError as error:  # who looks for the file is worse off, and nobody else
            self.log.error("ready; nothing says where everything listens: {error}", error=error)
            return
        self.log.info(
            "ready; {path} says where everything listens", path=self._home.path / "endpoints.json"
        )

    def _not_ready(self, failure: Any) -> None:
        self.log.failure("the server cannot serve", failure)

    def _take_signals(self) -> None:
        """SIGTERM is the ordinary end, so the exit status is 0; Twisted's own handler would die of the signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_signal)
        signal.signal(signal.SIGHUP, lambda *_: self._reactor.callFromThread(self._reload))

    def _stop_signal(self, number: int, _frame: object) -> None:
        self._reactor.callFromThread(self._stop, signal.Signals(number).name)

    def _stop(self, name: str) -> None:
        if self.running:  # a second signal changes nothing: the stop has its own time limit
            self.log.info("{name}: stopping", name=name)
            self.running = False
            self._reactor.stop()

    # Stop -------------------------------------------------------------------------------------------------------

    @override
    def stopService(self) -> Deferred[None]:
        super().stopService()
        return Deferred.fromCoroutine(self._stop_all())

    async def _stop_all(self) -> None:
        deadline = self._reactor.seconds() + self._stop_timeout_s
        try:
            self._home.remove_endpoints()
        except StartError as error:
            self.log.error("{error}", error=error)
        await self._within(deadline, "closing the doors", self._close_doors)
        for step in reversed(self._steps):
            if step.drain is not None:
                await self._within(deadline, f"draining {step.name}", step.drain)
        for step in reversed(self._steps):
            await self._within(deadline, f"stopping {step.name}", step.service.stopService)
        self._home.unlock()
        self.log.info("stopped")

    def _close_doors(self) -> Deferred[Any]:
        ports, self._ports = self._ports, []
        return gatherResults([maybeDeferred(port.stopListening) for _, port in ports])

    async def _within(self, deadline: float, what: str, do: Callable[[], Any]) -> None:
        """Do one thing; if it fails or takes too long, say so and go on: the rest still has to end."""
        try:
            doing = do()
            waiting: Deferred[Any] = (
                Deferred.fromCoroutine(doing)
                if hasattr(doing, "send")
                else maybeDeferred(lambda: doing)
            )
            waiting.addTimeout(max(deadline - self._reactor.seconds(), 0.05), self._reactor)
            await waiting
        except defer.TimeoutError:
            self.log.warn("{what} took too long, and is cut", what=what)
        except Exception:
            self.log.failure("{what} failed", what=what)


def _address(port: IListeningPort) -> Address:
    host = cast("IPv4Address | IPv6Address", port.getHost())
    return Address(host.host, host.port)

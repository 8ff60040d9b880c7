"""``finesse-tx cti connect``: a session with an engine, printed as it goes on.

The session is `finesse_tx.cti.client_session.ClientSession`, with its heartbeats and its orderly end. What comes in is
printed before the session has it; what is typed in is sent.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, cast

from twisted.internet import defer, error, task
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import (
    IAddress,
    IHalfCloseableProtocol,
    IPushProducer,
    IReactorCore,
    IReactorTCP,
    IReactorTime,
)
from twisted.internet.protocol import Factory, Protocol, connectionDone
from twisted.internet.stdio import StandardIO
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import CTIClientConfig
from finesse_tx.cti.client_session import ClientSession
from finesse_tx.cti.core.conversation import Conversation
from finesse_tx.cti.core.cutting import Piece
from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.errors import LinkDownError, RequestFailedError
from finesse_tx.cti.core.framing import MHDR, Frame
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Layout
from finesse_tx.cti.core.messages import OpenReq
from finesse_tx.cti.core.rotation import OTHER_VERSION, versions_from
from finesse_tx.cti.core.textlines import Lines
from finesse_tx.cti.core.unlisting import BadListingError, Choice, unlisted
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.cti.tool import DONE, FAULTY, choice_of, listed_in, printed
from finesse_tx.cti.watch_options import address_of, opening
from finesse_tx.errors import FinesseError

__all__ = ["LOST", "REFUSED", "connect"]

REFUSED, LOST = 3, 4
"""Exit statuses: there is no session, as the engine cannot be reached or refuses it; the session has broken off."""

CONNECT_S: Final = 10.0
"""How long the engine may take to accept a connection."""

FLUSH_S: Final = 5.0
"""How long the reader of our output may take for what is left at the end."""

MAX_PENDING: Final = 4_194_304
"""How many bytes may wait for an engine that does not read; at that, the connection is reset."""

FIRST_INVOKE_ID: Final = 1_000_000
"""A request without InvokeID gets this and the number of its line, far from those of the session's own."""

UNREACHABLE: Final = (
    error.ConnectError,
    error.ConnectingCancelledError,
    defer.CancelledError,
    defer.TimeoutError,
    OSError,
    ValueError,  # no host can have that name
)
"""What a connection that does not come about ends with."""


def connect(options: Namespace) -> int:
    """Open a session, and print what comes until it ends or is ended."""
    choice = choice_of(options)
    host, port = address_of(options.where)
    request = opening(options, choice)

    def watch(reactor: Any) -> Deferred[None]:
        watching = _Watching(options, choice, request, reactor, (host, port))
        return Deferred.fromCoroutine(watching.run())

    try:
        task.react(watch)
    except SystemExit as end:
        return int(end.code or DONE)


def _say(text: str) -> None:
    sys.stderr.write(f"finesse-tx: {text}\n")


@implementer(IHalfCloseableProtocol)
class _Console(Protocol):
    """Standard input and output.

    Args:
        line: Called with each line of input, once there is a session.
        gone: Called when nobody reads our output any more.

    Attributes:
        closed: Fires when the output is closed.
    """

    transport: Any

    def __init__(self, line: Callable[[int, bytes | None], None], gone: Callable[[], None]) -> None:
        self._line, self._gone, self._lines = line, gone, Lines()
        self.closed: Deferred[None] = Deferred()

    @override
    def connectionMade(self) -> None:
        self.transport.pauseProducing()

    @override
    def dataReceived(self, data: bytes) -> None:
        for number, text in self._lines.feed(data):
            self._line(number, text)

    def readConnectionLost(self) -> None:
        """There is no more input; the session goes on."""
        for number, text in self._lines.end():
            self._line(number, text)

    def writeConnectionLost(self) -> None:
        """Whoever read our output has seen enough."""
        self.connectionLost()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        if not self.closed.called:
            self.closed.callback(None)
            self._gone()

    def show(self, line: dict[str, Any]) -> None:
        """Print a line."""
        if self.transport is not None:
            self.transport.write(printed(line))


class _Printed:
    """A session whose messages are printed before it has them; heartbeats are not.

    Args:
        session: It.
        conversation: Lists the messages.
        show: Prints one.
    """

    def __init__(
        self,
        session: ClientSession,
        conversation: Conversation,
        show: Callable[[dict[str, Any]], None],
    ) -> None:
        self._session, self._conversation, self._show = session, conversation, show
        self._offset = 0
        self.wire: CTIProtocol | None = None

    def connection_made(self, wire: CTIProtocol) -> None:
        """Pass it on."""
        self.wire = wire
        self._session.connection_made(wire)

    def frame_received(self, frame: Frame) -> None:
        """Print a message, and pass it on."""
        piece = Piece(self._offset, frame)
        self._offset += MHDR.size + len(frame.body)
        if frame.message_type != MessageType.HEARTBEAT_CONF:
            for line in self._conversation.lines(iter([piece])):
                self._show(line)
        self._session.frame_received(frame)

    def connection_lost(self, reason: str) -> None:
        """Pass it on."""
        self._session.connection_lost(reason)


class _OneSession(Factory):
    """Connects one session."""

    noisy = False

    def __init__(self, session: _Printed) -> None:
        self._session = session

    @override
    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return CTIProtocol(self._session, MAX_PENDING)


class _Watching:
    """From the first attempt to the end of the session."""

    def __init__(
        self,
        options: Namespace,
        choice: Choice,
        request: Callable[[int], OpenReq],
        reactor: Any,
        where: tuple[str, int],
    ) -> None:
        self._redact, self._choice, self._request = not options.show_passwords, choice, request
        self._reactor, self._where = reactor, where
        self._name = options.where
        self._session: ClientSession | None = None
        self._layout = choice.layout()
        self._attempt: Deferred[Any] | None = None
        self._closing = False
        self._status = DONE
        self._console = _Console(self._typed, self._close)

    async def run(self) -> None:
        """Watch; ends with `SystemExit`, whose code is the exit status, if that is not 0."""
        finished: Deferred[None] = Deferred()
        core = cast("IReactorCore", self._reactor)
        core.addSystemEventTrigger("before", "shutdown", self._interrupted, finished)
        StandardIO(self._console, reactor=self._reactor)
        try:
            status = await self._watch()
        finally:
            await self._flush()
            finished.callback(None)
        if status:
            raise SystemExit(status)

    def _interrupted(self, finished: Deferred[None]) -> Deferred[None]:
        self._close()
        return finished

    def _close(self) -> None:
        """End the session in order; or the attempt to open one."""
        if self._closing:
            return
        self._closing = True
        if self._session is not None:
            self._session.close()
        elif self._attempt is not None:
            self._attempt.cancel()

    async def _flush(self) -> None:
        if not self._console.closed.called:
            self._console.transport.unregisterProducer()
            self._console.transport.loseConnection()
            flushed = self._console.closed.addTimeout(FLUSH_S, self._reactor)
            await flushed.addErrback(lambda _late: None)
        await task.deferLater(
            self._reactor, 0
        )  # a connection that was reset is closed in the next turn

    async def _watch(self) -> int:
        try:
            session = await self._open()
        except FinesseError as fault:
            if not self._closing:
                _say(f"{self._name}: {fault}")
                return REFUSED
            return self._status
        end = await session.ended
        self._session = None
        if self._closing:
            return self._status
        _say(f"{self._name}: the session has ended: {end.reason}")
        return LOST

    async def _open(self) -> ClientSession:
        """Open a session in the highest version that the engine knows.

        Raises:
            LinkDownError: The engine cannot be reached.
            RequestFailedError: It refuses.
        """
        first, *others = self._versions()
        for lower in others:
            try:
                return await self._try(first)
            except RequestFailedError as refusal:
                if refusal.status not in OTHER_VERSION or self._closing:
                    raise
                _say(f"{self._name} refuses version {first}: {refusal}; trying {lower}")
            first = lower
        return await self._try(first)

    def _versions(self) -> tuple[int, ...]:
        if self._choice.version is not None:
            return (self._choice.version,)
        if self._layout.dialect is Dialect.UCCX:
            return versions_from(VERSIONS[Dialect.UCCX][-1])
        return tuple(reversed(VERSIONS[self._layout.dialect]))

    async def _try(self, version: int) -> ClientSession:
        layout = Layout.of(self._layout.dialect, version, self._choice.widths)
        session = ClientSession(
            CTIClientConfig(),
            self._request(version),
            cast("IReactorTime", self._reactor),
            lambda: datetime.now(UTC),
            lambda _message: None,
            layout,
        )
        choice = Choice(layout.dialect, version, layout.widths)
        printing = _Printed(session, Conversation(choice, redact=self._redact), self._show)
        endpoint = HostnameEndpoint(cast("IReactorTCP", self._reactor), *self._where)
        self._attempt = endpoint.connect(_OneSession(printing))
        try:
            await self._attempt.addTimeout(CONNECT_S, self._reactor)
        except UNREACHABLE as fault:
            raise LinkDownError(str(fault) or "it does not answer") from None
        self._attempt = session.opened
        await session.opened
        self._session, self._layout, self._attempt = session, layout, None
        _say(f"{self._name}: a session is open, version {version}")
        self._console.transport.resumeProducing()
        if printing.wire is not None:
            # A reader that is slow is the engine's to wait for, or to drop.
            producer = cast("IPushProducer", printing.wire.transport)
            self._console.transport.registerProducer(producer, True)
        return session

    def _show(self, line: dict[str, Any]) -> None:
        if "error" in line:
            self._status = FAULTY
        self._console.show(line)

    def _typed(self, number: int, text: bytes | None) -> None:
        """Send what a line of input lists."""
        session, layout = self._session, self._layout
        if session is None:
            return
        try:
            listed = listed_in(text)
            frame = unlisted(listed, layout, FIRST_INVOKE_ID + number)
            if frame.message_type == MessageType.CLOSE_REQ:
                self._close()
            else:
                session.send(layout.decode(frame))
        except (BadListingError, LinkDownError) as fault:
            self._status = FAULTY
            _say(f"line {number}: {fault}")

"""HTTP/2 on a transport: bytes in, requests of `twisted.web` out, answers in turns.

What is decided is decided in `finesse_tx.http2.core`; what a request sees of this is `finesse_tx.http2.stream`.

Spec: RFC 9113; §9.2 (TLS) is `finesse_tx.certificates.ports`'s.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from h2.errors import ErrorCodes
from h2.events import DataReceived, Event, RequestReceived, StreamEnded, StreamReset
from twisted.internet.error import ConnectionAborted
from twisted.internet.interfaces import (
    IAddress,
    IConsumer,
    IDelayedCall,
    IPushProducer,
    IReactorTime,
)
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.http2.core.connection import Connection
from finesse_tx.http2.core.errors import BrokenError
from finesse_tx.http2.core.families import Counters
from finesse_tx.http2.core.head import Fields, read_head
from finesse_tx.http2.stream import Stream
from finesse_tx.site import LINGER_S, MAX_HEAD_BYTES, BoundedSite

__all__ = [
    "CLOSE_S",
    "MAX_CONTROL_BYTES",
    "MAX_WAITING_BYTES",
    "SLICE_BYTES",
    "HTTP2Channel",
]

CLOSE_S: Final = 15.0
"""How long a connection that we end may take to read the last that it is sent."""

SLICE_BYTES: Final = 65_536
"""How much of its answers a connection gets at once, before others have their turn."""

MAX_WAITING_BYTES: Final = 4_194_304
"""With so much waiting for a client, its next requests wait too: who does not read need not ask."""

MAX_CONTROL_BYTES: Final = 65_536
"""What we may have to say to a client that does not read, other than answers: what it asks for with pings and settings."""


@implementer(IPushProducer)
class HTTP2Channel(Protocol):
    """A connection whose client chose HTTP/2.

    Args:
        site: What is served.
        clock: For time limits; the site's `idle_timeout_s` is how long the client may take.
        counters: Where everything is counted.

    Attributes:
        site: As given.
        underway_bytes: What the bodies of its requests take that are not whole.
    """

    log = Logger()

    def __init__(self, site: BoundedSite, clock: IReactorTime, counters: Counters) -> None:
        self.site, self._clock, self._counters = site, clock, counters
        self._core = Connection(
            clock.seconds(), MAX_HEAD_BYTES, site.idle_timeout_s, LINGER_S, counters
        )
        self._streams: dict[int, Stream] = {}
        self._whole: deque[int] = deque()
        self._watching: dict[Stream, None] = {}
        self._sending: IDelayedCall | None = None
        self._timer: IDelayedCall | None = None
        self._is_blocked = self._is_busy = self._is_closing = False
        self._control_bytes = self.underway_bytes = 0

    # From the transport ------------------------------------------------------------------------------------------

    @override
    def connectionMade(self) -> None:
        transport: Any = self.transport
        self._host: IAddress = transport.getHost()
        self._peer: IAddress = transport.getPeer()
        self._counters.connections += 1
        self._counters.made += 1
        self.site.channels.add(self)
        IConsumer(transport).registerProducer(self, True)
        if self.site.is_draining:
            self._core.leave()
        self._send()

    @override
    def dataReceived(self, data: bytes) -> None:
        if self._is_closing:
            return
        self._is_busy = True
        try:
            for event in self._core.receive(data, self._clock.seconds()):
                self._take(event)
            self._process()
        except BrokenError as error:
            self._break(error)
        finally:
            self._is_busy = False
        self._send()

    @override
    def connectionLost(self, reason: Failure = connectionDone) -> None:
        self._is_closing = True
        for call in (self._sending, self._timer):
            if call is not None and call.active():
                call.cancel()
        self._sending = self._timer = None
        self._counters.connections -= 1
        self._lose_all(reason)
        self.site.gone(self)

    def pauseProducing(self) -> None:
        """The client does not read."""
        self._is_blocked = True

    def resumeProducing(self) -> None:
        """It reads again."""
        self._is_blocked = False
        self._control_bytes = 0
        self._soon()

    def stopProducing(self) -> None:
        """Nothing: `connectionLost` comes."""

    # What comes in -----------------------------------------------------------------------------------------------

    def _take(self, event: Event) -> None:
        match event:
            case RequestReceived():
                begun = Stream(self, event.stream_id, read_head(event.headers or ()))
                self._streams[event.stream_id] = begun
                begun.begin()
            case DataReceived():
                if stream := self._streams.get(event.stream_id):
                    stream.receive(event.data or b"")
            case StreamEnded():
                if event.stream_id in self._streams:
                    self._whole.append(event.stream_id)
            case StreamReset():
                if stream := self._streams.pop(event.stream_id, None):
                    stream.lose(Failure(ConnectionAborted()))

    def _process(self) -> None:
        """Let requests that are whole be answered, unless too much waits already.

        Not as they come: a client may take a request back with the very next frame.
        """
        while self._whole and self._core.streams.waiting_bytes < MAX_WAITING_BYTES:
            stream = self._streams.get(self._whole.popleft())
            if stream is not None:
                stream.process()

    # From streams ------------------------------------------------------------------------------------------------

    def getPeer(self) -> IAddress:
        """Who the client is."""
        return self._peer

    def getHost(self) -> IAddress:
        """Where it came to."""
        return self._host

    def say_continue(self, stream_id: int) -> None:
        """Tell the client to send the body."""
        self._core.say_continue(stream_id)

    def begin_answer(self, stream_id: int, head: Fields) -> None:
        """Answer."""
        self._core.begin_answer(stream_id, head, self._clock.seconds())
        self._soon()

    def write(self, stream_id: int, data: bytes) -> None:
        """Add to an answer."""
        self._core.write(stream_id, data, self._clock.seconds())
        self._soon()

    def waiting(self, stream_id: int) -> int:
        """How much of an answer waits, in bytes."""
        return self._core.waiting(stream_id)

    def end_answer(self, stream_id: int) -> None:
        """An answer is whole."""
        self._streams.pop(stream_id, None)
        self._core.end_answer(stream_id, self._clock.seconds())
        self._soon()

    def reset(self, stream_id: int, code: ErrorCodes) -> None:
        """There will be no answer, or no more of it."""
        self._streams.pop(stream_id, None)
        self._core.reset(stream_id, code, self._clock.seconds())
        self._soon()

    def watch(self, stream: Stream) -> None:
        """Have it told when something was sent."""
        self._watching[stream] = None
        self._soon()

    def unwatch(self, stream: Stream) -> None:
        """That is no longer needed."""
        self._watching.pop(stream, None)

    # What goes out -----------------------------------------------------------------------------------------------

    def _soon(self) -> None:
        """Send at the end of this turn: what is written in it goes out together."""
        if self._sending is None and not self._is_busy and not self._is_closing:
            self._sending = self._clock.callLater(0, self._send)

    def _send(self) -> None:
        """Send what the client takes, of every stream in its turn."""
        if self._sending is not None:
            if self._sending.active():
                self._sending.cancel()
            self._sending = None
        if self._is_closing:
            return
        if not self._is_blocked:
            self._core.send(SLICE_BYTES, self._clock.seconds())
        if not self._write():
            return
        if not self._is_blocked:
            if self._core.streams.is_waiting:
                self._soon()
            self._produce()
            self._process()
        if self._core.is_leaving and self._core.is_idle:
            self._close()
        else:
            self._wait()

    def _write(self) -> bool:
        transport: Any = self.transport
        data = self._core.data_to_send()
        if data and self._is_blocked:
            self._control_bytes += len(data)
            if self._control_bytes > MAX_CONTROL_BYTES:
                self._break(BrokenError(ErrorCodes.ENHANCE_YOUR_CALM, "it asks, and does not read"))
                transport.abortConnection()
                return False
        if data:
            transport.write(data)
        return True

    def _produce(self) -> None:
        for stream in list(self._watching):
            stream.produce()

    # Time --------------------------------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Be there when somebody has taken too long."""
        due_s = self._core.streams.due_s()
        if due_s is None or (self._timer is not None and self._timer.getTime() <= due_s):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.callLater(max(0.0, due_s - self._clock.seconds()), self._look)

    def _look(self) -> None:
        """Whoever takes too long has had his time: nothing that he does meanwhile buys more."""
        self._timer = None
        now = self._clock.seconds()
        for stream_id, outgoing in self._core.streams.overdue(now):
            stream = self._streams.get(stream_id)
            if outgoing.is_over:
                self.reset(stream_id, ErrorCodes.NO_ERROR)
                continue
            self._counters.timeouts += 1
            if outgoing.is_coming and stream is not None:
                stream.time_out()
                continue
            self.reset(stream_id, ErrorCodes.CANCEL)
            if stream is not None:
                stream.lose(Failure(ConnectionAborted()))
        if self._core.streams.is_overdue(now):
            self._core.leave()
        self._send()

    # The end -----------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Take no more requests, answer those that are under way, and end."""
        self._core.leave()
        self._send()

    def _break(self, error: BrokenError) -> None:
        """End it at once: the client broke the rules."""
        self._counters.broken[error.code] += 1
        self.log.warn(
            "{peer} is disconnected: {reason} ({code})",
            peer=getattr(self._peer, "host", ""),
            reason=error.reason,
            code=error.code.name,
        )
        transport: Any = self.transport
        transport.write(self._core.data_to_send())
        self._close()
        self._lose_all(Failure(error))

    def _close(self) -> None:
        """Close the connection when the client has read the rest, and in a while anyway."""
        transport: Any = self.transport
        self._is_closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._clock.callLater(CLOSE_S, self._abort)
        IConsumer(transport).unregisterProducer()
        transport.loseConnection()

    def _abort(self) -> None:
        self._timer = None
        transport: Any = self.transport
        transport.abortConnection()

    def _lose_all(self, reason: Failure) -> None:
        streams, self._streams = self._streams, {}
        self._core.close()
        for stream in streams.values():
            stream.lose(reason)

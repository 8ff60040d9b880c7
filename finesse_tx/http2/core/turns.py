"""The streams of a connection: what each has to send, whose turn it is, and until when a client is waited for.

Streams take turns, one frame each. One whose window is shut waits, without a turn, until the client opens it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from finesse_tx.http2.core.head import Fields

__all__ = ["Outgoing", "Turns"]


@dataclass(slots=True)
class Outgoing:
    """A request that is under way, and what of its answer is not sent.

    Attributes:
        due_s: Until when the client is waited for: to send the rest of the request, or to take what there is of the
            answer; None while it waits for us.
        is_coming: Whether the request is not whole.
        head: The head of the answer, until it is sent.
        body: What there is of the body and is not sent.
        is_answered: Whether there is no more.
        is_in_turn: Whether it has a turn.
        is_over: Whether all of the answer is sent, and what still comes of the request is thrown away.
    """

    due_s: float | None
    is_coming: bool = True
    head: Fields | None = None
    body: bytearray = field(default_factory=bytearray)
    is_answered: bool = False
    is_in_turn: bool = False
    is_over: bool = False

    def all_sent(self) -> None:
        """All that there is by now: there may be more, and until then the client waits for us."""
        if not self.is_coming:
            self.due_s = None


class Turns:
    """All streams of a connection.

    Args:
        now: The time, in seconds.
        patience_s: How long a client is waited for.

    Attributes:
        waiting_bytes: What the bodies of all answers have that is not sent.
    """

    def __init__(self, now: float, patience_s: float) -> None:
        self._patience_s = patience_s
        self._streams: dict[int, Outgoing] = {}
        self._queue: deque[int] = deque()
        self._blocked: dict[int, None] = {}
        self._idle_since_s = now
        self.waiting_bytes = 0

    def __len__(self) -> int:
        """How many there are."""
        return len(self._streams)

    def __contains__(self, stream_id: int) -> bool:
        """Whether that one is there."""
        return stream_id in self._streams

    def get(self, stream_id: int) -> Outgoing | None:
        """One of them, if it is there."""
        return self._streams.get(stream_id)

    def add(self, stream_id: int, now: float) -> None:
        """A request begins."""
        self._streams[stream_id] = Outgoing(now + self._patience_s)

    def forget(self, stream_id: int, now: float) -> bool:
        """A stream is over.

        Returns:
            Whether it was there.
        """
        stream = self._streams.pop(stream_id, None)
        if stream is None:
            return False
        self.waiting_bytes -= len(stream.body)
        self._blocked.pop(stream_id, None)
        self._idle_since_s = now
        return True

    def clear(self) -> None:
        """All are over."""
        self._streams.clear()
        self._queue.clear()
        self._blocked.clear()
        self.waiting_bytes = 0

    # Turns -------------------------------------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """Whether one of them could send."""
        return bool(self._queue)

    def add_body(self, stream: Outgoing, data: bytes) -> None:
        """An answer goes on."""
        stream.body += data
        self.waiting_bytes += len(data)

    def take_body(self, stream: Outgoing, size: int) -> bytes:
        """The next part of an answer."""
        part = bytes(stream.body[:size])
        del stream.body[:size]
        self.waiting_bytes -= size
        return part

    def has_something(self, stream_id: int, stream: Outgoing, now: float) -> None:
        """There is something to send; the time that the client has to take it begins, unless it has begun."""
        if stream.due_s is None:
            stream.due_s = now + self._patience_s
        if stream_id not in self._blocked:
            self.again(stream_id, stream)

    def again(self, stream_id: int, stream: Outgoing) -> None:
        """It gets a turn, behind those that have one."""
        if not stream.is_in_turn:
            stream.is_in_turn = True
            self._queue.append(stream_id)

    def block(self, stream_id: int) -> None:
        """It gets no turn until it is unblocked."""
        self._blocked[stream_id] = None

    def unblock(self, stream_id: int = 0) -> None:
        """A window is wider: a stream's, or all of them."""
        ids: Iterable[int] = (stream_id,) if stream_id else tuple(self._blocked)
        for number in ids:
            if number in self._blocked:
                del self._blocked[number]
                self.again(number, self._streams[number])

    def __iter__(self) -> Iterator[tuple[int, Outgoing]]:
        """Each in its turn, as long as there is one."""
        while self._queue:
            stream_id = self._queue.popleft()
            stream = self._streams.get(stream_id)
            if stream is not None:
                stream.is_in_turn = False
                yield stream_id, stream

    # Time --------------------------------------------------------------------------------------------------------

    def overdue(self, now: float) -> list[tuple[int, Outgoing]]:
        """The streams whose client is waited for too long."""
        return [
            (stream_id, stream)
            for stream_id, stream in self._streams.items()
            if stream.due_s is not None and stream.due_s <= now
        ]

    def is_overdue(self, now: float) -> bool:
        """Whether there was no request for too long."""
        return not self._streams and self._idle_since_s + self._patience_s <= now

    def due_s(self) -> float | None:
        """When to ask again; None: nobody is waited for."""
        if not self._streams:
            return self._idle_since_s + self._patience_s
        return min((s.due_s for s in self._streams.values() if s.due_s is not None), default=None)

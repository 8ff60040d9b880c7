"""The CTI sessions in a capture: packets in, lines of what was said out.

Spec: ``cti.md`` §1 (ports), §5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Final

from finesse_tx.cti.core.captures import Packet
from finesse_tx.cti.core.conversation import Conversation, error_line
from finesse_tx.cti.core.cutting import Fault, Piece
from finesse_tx.cti.core.message import Direction
from finesse_tx.cti.core.reassembly import FAR, Stream
from finesse_tx.cti.core.segments import Endpoint, Segment, UnknownLinkError, segment
from finesse_tx.cti.core.unlisting import Choice
from finesse_tx.cti.core.wire import Dialect

__all__ = ["MAX_CONNECTIONS", "PORTS", "Listener"]

PORTS: Final = {12028: Dialect.UCCX, 42027: Dialect.UCCE, 43027: Dialect.UCCE}
"""Where CTI servers listen, and what they speak there."""

MAX_CONNECTIONS: Final = 4_096
"""How many connections are followed at once; at one more, the one that was silent longest is given up."""

_LAST_SECOND: Final = int(datetime.max.replace(tzinfo=UTC).timestamp())
"""What a clock can be; a capture may claim any time."""

_Line = dict[str, Any]


class _Side:
    """One direction of a connection."""

    def __init__(self, conversation: Conversation, direction: Direction) -> None:
        self._conversation, self._direction = conversation, direction
        self._cutter = conversation.cutter()
        self.stream: Stream | None = None

    def begin(self, first: int, *, hunting: bool = False) -> Stream:
        """The direction begins with that sequence number; ``hunting``: what was before it is not known."""
        self._cutter = self._conversation.cutter(hunting=hunting)
        self.stream = Stream(first)
        return self.stream

    def take(self, found: Segment) -> Iterator[_Line]:
        """Take a segment."""
        first = found.sequence + found.syn
        stream = self.stream
        if stream is None:
            if not found.syn and not found.data:
                return
            stream = self.begin(first, hunting=not found.syn)
        if stream.ended:
            return
        yield from self._read(stream.take(first, found.data, fin=found.fin))
        yield from self._last(stream)

    def finish(self) -> Iterator[_Line]:
        """Nothing follows."""
        if self.stream is not None and not self.stream.ended:
            yield from self._read(self.stream.finish())
            yield from self._last(self.stream)

    def _read(self, pieces: Iterable[bytes | int]) -> Iterator[_Line]:
        for piece in pieces:
            cutter = self._cutter
            yield from self._lines(
                cutter.gap(piece) if isinstance(piece, int) else cutter.feed(piece)
            )

    def _last(self, stream: Stream) -> Iterator[_Line]:
        if stream.ended:
            yield from self._lines(self._cutter.end())

    def _lines(self, pieces: Iterator[Piece | Fault]) -> Iterator[_Line]:
        for line in self._conversation.lines(pieces):
            yield line | {"direction": self._direction.value}


class _Connection:
    """Both directions, and what they say to each other."""

    def __init__(self, client: Endpoint, server: Endpoint, conversation: Conversation) -> None:
        self.client, self.server, self._conversation = client, server, conversation
        self._to_server = _Side(conversation, Direction.TO_SERVER)
        self._to_client = _Side(conversation, Direction.TO_CLIENT)

    def is_another(self, found: Segment) -> bool:
        """Whether a segment is of a later connection between the same ports."""
        ours, theirs = self._of(found)
        if ours.stream is None:
            return found.syn and found.acknowledged is None and theirs.stream is not None
        if found.syn:
            return not ours.stream.is_first(found.sequence + 1)
        return bool(found.data) and abs(ours.stream.place(found.sequence)) > FAR

    def take(self, found: Segment) -> Iterator[_Line]:
        """Take a segment."""
        ours, theirs = self._of(found)
        yield from self._told(ours.take(found))
        if found.acknowledged is not None and theirs.stream is not None:
            theirs.stream.acknowledge(found.acknowledged)
        if found.rst:
            yield from self.finish()

    def finish(self) -> Iterator[_Line]:
        """Nothing follows."""
        for side in (self._to_server, self._to_client):
            yield from self._told(side.finish())

    def _of(self, found: Segment) -> tuple[_Side, _Side]:
        sides = self._to_server, self._to_client
        return sides if found.source == self.client else sides[::-1]

    def _told(self, lines: Iterator[_Line]) -> Iterator[_Line]:
        for line in lines:
            named = line | {"client": str(self.client), "server": str(self.server)}
            yield named if self._conversation.sure else named | {"assumed": True}


class Listener:
    """Follows the connections to some ports.

    Args:
        choice: What is said about the layout; the rest is learnt from each connection's OPEN_REQ.
        ports: The servers' ports, with the dialect that is likely there.
        redact: Whether passwords are left out.
    """

    def __init__(
        self, choice: Choice, ports: dict[int, Dialect] = PORTS, *, redact: bool = False
    ) -> None:
        self._choice, self._ports, self._redact = choice, ports, redact
        self._connections: dict[frozenset[Endpoint], _Connection] = {}
        self._unknown: set[int] = set()
        self._latest: int | None = None

    def hear(self, packet: Packet) -> Iterator[dict[str, Any]]:
        """Take a packet; list what has become whole with it, with client, server, direction and time."""
        self._latest = packet.time_ns
        try:
            found = segment(packet.link, packet.data)
        except UnknownLinkError as error:
            if error.link not in self._unknown:
                self._unknown.add(error.link)
                expected = "packets of Ethernet, Linux SLL or SLL2, loopback or raw IP"
                yield self._timed(error_line(0, expected, f"link type {error.link}: skipped"))
            return
        if found is None or not {found.source.port, found.target.port} & self._ports.keys():
            return
        for line in self._take(found):
            yield self._timed(line)

    def end(self) -> Iterator[dict[str, Any]]:
        """The capture has ended: list what is left."""
        for connection in self._connections.values():
            for line in connection.finish():
                yield self._timed(line)
        self._connections.clear()

    def _take(self, found: Segment) -> Iterator[_Line]:
        ends = frozenset((found.source, found.target))
        connection = self._connections.pop(ends, None)
        if connection is not None and connection.is_another(found):
            yield from connection.finish()
            connection = None
        if connection is None:
            if not found.syn and not found.data:
                return
            connection = self._connection(found)
        self._connections[ends] = connection  # the latest one is the last
        yield from connection.take(found)
        if len(self._connections) > MAX_CONNECTIONS:
            silent = next(iter(self._connections))
            yield from self._connections.pop(silent).finish()

    def _connection(self, found: Segment) -> _Connection:
        client, server = found.source, found.target
        answers = found.syn and found.acknowledged is not None
        if server.port not in self._ports or (answers and client.port in self._ports):
            client, server = server, client
        dialect = self._ports[server.port]
        conversation = Conversation(self._choice, dialect, redact=self._redact)
        return _Connection(client, server, conversation)

    def _timed(self, line: _Line) -> _Line:
        seconds, fraction = divmod(self._latest or 0, 1_000_000_000)
        if self._latest is None or seconds > _LAST_SECOND:
            return line
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        digits = f"{fraction:09}" if fraction % 1_000 else f"{fraction // 1_000:06}"
        return line | {"time": f"{moment}.{digits}Z"}

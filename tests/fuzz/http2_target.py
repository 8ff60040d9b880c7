"""What a fuzzer feeds to a connection of HTTP/2; as in `tests.fuzz.targets`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from twisted.internet.error import ConnectionDone
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.python.failure import Failure
from twisted.web.resource import Resource
from twisted.web.server import NOT_DONE_YET, Request
from typing_extensions import override

from finesse_tx.http2.channel import HTTP2Channel
from finesse_tx.http2.core.families import Counters
from finesse_tx.site import BoundedSite
from tests.fuzz.checks import PIECES, FoundError, no_failure, no_timer, pieces

__all__ = ["HTTP2_TARGETS"]

LARGE: Final = b"x" * 100_000


class _Root(Resource):
    """Answers at once, with a lot, or when it is told to."""

    isLeaf = True

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[Request, None] = {}

    @override
    def render(self, request: Request) -> int | bytes:
        if request.path == b"/held":
            self.held[request] = None
            request.notifyFinish().addErrback(lambda _gone: self.held.pop(request, None))
            return NOT_DONE_YET
        return LARGE if request.path == b"/large" else b"small"

    def answer(self) -> None:
        """Answer the oldest."""
        if self.held:
            request = next(iter(self.held))
            del self.held[request]
            request.write(LARGE)
            request.finish()


def http2(data: bytes) -> None:
    """Talk to a connection of HTTP/2.

    The first byte says how many bytes come at a time, the second how much time passes between, the third how often
    something is answered, and how often the network takes nothing.
    """
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    clock, root, counters, transport = Clock(), _Root(), Counters(), StringTransport()
    site = BoundedSite(root, 2_000, 60, clock)
    channel = HTTP2Channel(site, clock, counters)
    with no_failure():
        channel.makeConnection(transport)
        for number, piece in enumerate(pieces(stream, PIECES[head[0] % len(PIECES)])):
            channel.dataReceived(piece)
            if number % (head[2] % 8 + 1) == 0:
                root.answer()
            if not transport.disconnecting and head[2] & 16:
                (channel.resumeProducing if number % 2 else channel.pauseProducing)()
            clock.advance(head[1] / 16)
        if head[2] & 32:
            site.drain()
        clock.advance(0)
        channel.connectionLost(Failure(ConnectionDone()))
    if (counters.connections, counters.streams) != (0, 0) or root.held or site.channels:
        raise FoundError(f"left behind: {counters} {root.held}")
    if site.underway_bytes or channel.underway_bytes:
        raise FoundError("bytes are still counted")
    no_timer(clock)


HTTP2_TARGETS: Final[dict[str, Callable[[bytes], None]]] = {"http2": http2}
"""Each by its name."""

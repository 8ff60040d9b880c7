"""What a fuzzer feeds to GED-188: the codec in every layout, the server's side of a session, and the client's.

A target takes any bytes, and raises when something happens that the protocol does not foresee. Its first bytes say how
the rest is used, so that a fuzzer finds by itself what reaches further.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Final

from twisted.internet.protocol import Factory
from twisted.internet.task import Clock

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client_session import ClientSession, open_request
from finesse_tx.cti.core.dialects import dialect_of
from finesse_tx.cti.core.errors import (
    BadMessageError,
    EncodeError,
    FrameTooLargeError,
    LostSyncError,
)
from finesse_tx.cti.core.framing import Frame, frame_bytes, frames
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Layout, Widths, detect_widths
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import CATALOGUE, ControlFailureConf, OpenConf
from finesse_tx.cti.protocol import CTIProtocol
from finesse_tx.cti.server import CTIServer
from tests.fuzz.checks import PIECES, FoundError, no_failure, no_timer, pieces
from tests.fuzz.http2_target import HTTP2_TARGETS
from tests.fuzz.xmpp_targets import XMPP_TARGETS
from tests.support.cti import CTIPeer, ScriptedPeripheral, bridge_request, now, ucce_request
from tests.support.cti_messages import LAYOUTS as USUAL

__all__ = ["TARGETS", "FoundError", "warm"]

LAYOUTS: Final = (
    *USUAL,
    Layout.of(Dialect.UCCX, 14, Widths(2, 1)),
    Layout.of(Dialect.UCCX, 18, Widths(2, 2)),
)
"""Every fixed part and every width that there is."""


def codec(data: bytes) -> None:
    """Frame, decode, look at, encode again, and encode for another layout.

    The first byte chooses the layout, the second another one, the third the size of the pieces.
    """
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    layout, other = LAYOUTS[head[0] % len(LAYOUTS)], LAYOUTS[head[1] % len(LAYOUTS)]
    with suppress(BadMessageError):
        detect_widths(stream, other.dialect, other.version)
    buffer = bytearray()
    for piece in pieces(stream, PIECES[head[2] % len(PIECES)]):
        buffer += piece
        try:
            for frame in frames(buffer):
                with suppress(BadMessageError):
                    _message(frame, layout, other)
        except (FrameTooLargeError, LostSyncError):
            return


def _message(frame: Frame, layout: Layout, other: Layout) -> None:
    message = layout.decode(frame)
    repr(message), hash(message), message.raw_fields, message.unread_fields
    if layout.encode(message) != frame_bytes(frame):
        raise FoundError(f"{message!r} has other bytes in {layout!r}")
    with suppress(EncodeError):
        other.encode(message)
    with suppress(EncodeError):
        # Not compared: entries of a list that lack their first field may be divided otherwise (cti.md §4.3).
        _decoded(layout, layout.encode(replace(message)))


def _decoded(layout: Layout, wire: bytes) -> Message:
    (frame,) = frames(bytearray(wire))
    return layout.decode(frame)


SESSIONS: Final = tuple(
    (dialect, version)
    for dialect in (Dialect.UCCX, Dialect.UCCE)
    for version in VERSIONS[dialect]
    if dialect_of(version, dialect) is dialect  # 18 is UCCX's alone
)
"""Every dialect and version that a session can have."""


def _session(byte: int) -> tuple[Dialect, int]:
    return SESSIONS[byte % len(SESSIONS)]


def server(data: bytes) -> None:
    """Talk to a server: before a session is open, or, when the second byte says so, in one of that version.

    The first byte is the size of the pieces; between pieces the time of the third byte passes, in seconds.
    """
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    clock, peripheral = Clock(), ScriptedPeripheral()
    peripheral.script.update(_refusals())
    dialect, version = _session(head[1])
    config = CTIServerConfig(dialect=dialect.value)
    service = CTIServer(config, peripheral, clock, now)
    service.startService()
    with no_failure():
        peer = CTIPeer(service.factory, version, dialect=dialect)
        if head[1]:
            make = ucce_request if dialect is Dialect.UCCE else bridge_request
            peer.send(make(version))
            if service.session_count != 1:
                raise FoundError("no session")
        _converse(peer, clock, stream, PIECES[head[0] % len(PIECES)], head[2])
        service.stopService()
        peer.lose()
    no_timer(clock)


@cache
def _refusals() -> dict[type[Message], Callable[[Message], Iterable[Message]]]:
    """A peripheral's script that refuses every request."""

    def refuse(request: Message) -> Iterable[Message]:
        if isinstance(request, Request):
            yield ControlFailureConf(invoke_id=request.invoke_id, failure_code=1)

    return dict.fromkeys(_requests(Request), refuse)


def _requests(cls: type[Request]) -> Iterator[type[Request]]:
    for child in cls.__subclasses__():
        yield child
        yield from _requests(child)


class _Single(Factory):
    def __init__(self, session: ClientSession) -> None:
        self._session = session

    def buildProtocol(self, addr: object) -> CTIProtocol:
        return CTIProtocol(self._session, 1_000_000)


def client(data: bytes) -> None:
    """Be the server of a client: before a session is open, or, when the second byte is not 0, in one.

    The first byte is the size of the pieces; between pieces the time of the third byte passes, in seconds.
    """
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    dialect, version = _session(head[1])
    clock, config = Clock(), CTIClientConfig(dialect=dialect.value)
    request = open_request(config, version, "")
    session = ClientSession(config, request, clock, now, lambda _message: None)
    with no_failure():
        peer = CTIPeer(_Single(session), version, dialect=dialect)
        if head[1]:
            (asked,) = peer.received()
            if isinstance(asked, Request):
                peer.send(
                    OpenConf(
                        invoke_id=asked.invoke_id, services_granted=0x40096, peripheral_online=True
                    )
                )
        _converse(peer, clock, stream, PIECES[head[0] % len(PIECES)], head[2])
        peer.lose()
    session.opened.addErrback(lambda _failure: None)
    no_timer(clock)


def _converse(peer: CTIPeer, clock: Clock, stream: bytes, size: int, seconds: int) -> None:
    for piece in pieces(stream, size):
        if peer.is_closed:
            return
        peer.send_bytes(piece)
        clock.advance(seconds / 16)
        peer.transport.clear()
        peer.transport.writes.clear()


def warm() -> None:
    """Compile every message in every layout: from then on nothing is remembered."""
    sessions = [Layout.of(Dialect.UCCX, version) for version in VERSIONS[Dialect.UCCX]]
    for layout in {*LAYOUTS, *sessions}:
        for cls in CATALOGUE.values():
            layout.codec(cls)


TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "codec": codec,
    "server": server,
    "client": client,
    **XMPP_TARGETS,
    **HTTP2_TARGETS,
}
"""Each by its name."""

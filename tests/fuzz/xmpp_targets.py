"""What a fuzzer feeds to the notification service: an XMPP stream, the documents of a BOSH session, a BOSH port.

As in `tests.fuzz.targets`: the first bytes say how the rest is used, and a target raises when something happens that
the protocol does not foresee: an exception, a logged failure, a timer or a place that is left behind, or an answer
that is not XML.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from xml.etree import ElementTree

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock

from finesse_tx.config import NotificationConfig
from finesse_tx.notification.core.body import Reply
from finesse_tx.notification.service import NotificationService
from finesse_tx.xmltext import StreamReader, XMLRefusedError
from tests.fuzz.checks import PIECES, FoundError, no_failure, no_timer, pieces
from tests.fuzz.xmpp_seeds import BOSH_ROAD, ROAD, SID
from tests.support.notification import DOMAIN, notification_service, scram_authenticator, user
from tests.support.xmpp import Wire

__all__ = ["XMPP_TARGETS"]


def _service(clock: Clock) -> NotificationService:
    config = NotificationConfig(domain=DOMAIN, max_pending_bytes=100_000)
    return notification_service(clock, config=config, scram=scram_authenticator(clock))


def _stop(service: NotificationService, clock: Clock) -> None:
    Deferred.fromCoroutine(service.drain())
    clock.advance(10)
    status = service.status()
    if any(status.streams.values()) or status.sessions or status.strangers or status.resumable:
        raise FoundError(f"left behind: {status}")
    no_timer(clock)


class _WellFormed:
    """Reads what the server says; what is not XML is found."""

    def __init__(self) -> None:
        self._reader = StreamReader(self)

    def start(self, name: str, attributes: object) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def data(self, text: str) -> None:
        """There is text."""

    def read(self, said: bytes) -> None:
        """Read on; after a sign-in there is another document."""
        for number, part in enumerate(said.split(b"<?xml")):
            if number:
                self._reader = StreamReader(self)
            try:
                self._reader.feed(b"<?xml" + part if number else part)
            except XMLRefusedError as error:
                raise FoundError(f"{error}: {said!r}") from None


def xmpp(data: bytes) -> None:
    """Talk XMPP over TCP.

    The first byte is the size of the pieces, the second how far the client has come before, the third how many
    sixteenths of a second pass between pieces.
    """
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    clock = Clock()
    service = _service(clock)
    heard = _WellFormed()
    with no_failure():
        wire = Wire(service.xmpp_factory)
        for text in ROAD[: head[1] % (len(ROAD) + 1)]:
            heard.read(wire.send(text).encode())
        for number, piece in enumerate(pieces(stream, PIECES[head[0] % len(PIECES)])):
            if wire.is_closed:
                break
            heard.read(wire.send(piece).encode())
            if number % 8 == 0:
                service.publish(user("admin"), "<Update>é</Update>")
                heard.read(wire.said().encode())
            clock.advance(head[2] / 16)
        wire.hang_up()
        _stop(service, clock)


def bosh(data: bytes) -> None:
    """Send BOSH documents, which are separated by a byte that UTF-8 does not have.

    The first byte is not used; the others are as for `xmpp`, between documents.
    """
    head, rest = data[:3].ljust(3, b"\0"), data[3:]
    clock = Clock()
    service = _service(clock)
    manager = service._manager
    sid = b""

    def answer(reply: Reply) -> None:
        nonlocal sid
        found = ElementTree.fromstring(reply.body)
        sid = sid or found.get("sid", "").encode()

    with no_failure():
        road = [text.encode() for text in BOSH_ROAD[: head[1] % (len(BOSH_ROAD) + 1)]]
        for number, document in enumerate([*road, *rest.split(b"\xff")]):
            written = document.replace(SID, sid or SID)
            carrier = manager.handle(written, answer, secure=False)
            if carrier is not None and number % 5 == 4:
                carrier.lost(answer)
            if number % 3 == 2:
                service.publish(user("admin"), "<Update>é</Update>")
            clock.advance(head[2] / 16 if number >= len(road) else 0)
        clock.advance(400)
        _stop(service, clock)


def bosh_port(data: bytes) -> None:
    """Talk to a BOSH port; the head is as for `xmpp`, but the second byte is not used."""
    head, stream = data[:3].ljust(3, b"\0"), data[3:]
    clock = Clock()
    service = _service(clock)
    with no_failure():
        wire = Wire(service.bosh_factory)
        for piece in pieces(stream, PIECES[head[0] % len(PIECES)]):
            if wire.is_closed:
                break
            wire.send(piece)
            clock.advance(head[2] / 16)
        wire.hang_up()
        if service.bosh_factory.underway_bytes:
            raise FoundError("bytes are still counted")
        clock.advance(400)
        _stop(service, clock)


XMPP_TARGETS: Final[dict[str, Callable[[bytes], None]]] = {
    "xmpp": xmpp,
    "bosh": bosh,
    "bosh_port": bosh_port,
}
"""Each by its name."""

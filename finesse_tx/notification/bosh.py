"""BOSH, between the sessions of `finesse_tx.notification.core.bosh` and XMPP. It does not know HTTP either.

Whatever speaks HTTP hands `ConnectionManager.handle` a document and a callable for the answer, and tells the
exchange that it gets back when the connection breaks. The same manager serves every port.

Stanzas that come in one turn of the reactor leave in one response: what is sent is queued, and the sessions that
got something are settled once, at the turn's end.

Spec: XEP-0206 (complete; ``xmpp:restart`` as in its §5), XEP-0124 as listed in the core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.words.xish.domish import Element

from finesse_tx.errors import FinesseError
from finesse_tx.notification.core.body import BodyError, read, request_id, terminate
from finesse_tx.notification.core.bosh import Session, restarts, terminates
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.plain import Publication, plain_body
from finesse_tx.notification.core.strangers import is_sign_in
from finesse_tx.notification.core.terms import Bounds, agree, opening
from finesse_tx.notification.core.window import Answer, Request
from finesse_tx.notification.host import Host
from finesse_tx.notification.stanzas import ElementBuilder, element, stream_error
from finesse_tx.notification.stream import ClientStream
from finesse_tx.turn import Turn
from finesse_tx.xmltext import XMLRefusedError

__all__ = ["BOSHCarrier", "ConnectionManager"]

_CONDITIONS: Final = frozenset({"system-shutdown", "internal-server-error", "policy-violation"})
"""Stream errors that are terminal binding conditions too; the others are told as ``remote-stream-error``."""


def _read(document: bytes) -> tuple[Mapping[str, str], Sequence[object]]:
    plain = plain_body(document)
    if plain is not None:
        return plain
    payload = ElementBuilder()
    attributes = read(document, payload)
    return attributes, payload.elements


class BOSHCarrier:
    """One BOSH session, as the carrier of a `ClientStream`."""

    log = Logger()

    __slots__ = (
        "_due_at",
        "_is_dirty",
        "_manager",
        "_secure",
        "_session",
        "_sid",
        "_stream",
        "_timer",
    )

    def __init__(
        self, manager: ConnectionManager, sid: str, session: Session, *, secure: bool
    ) -> None:
        self._manager, self._sid, self._session = manager, sid, session
        self._secure, self._is_dirty = secure, False
        self._timer: IDelayedCall | None = None
        self._due_at = 0.0  # the deadline that the timer is for
        self._stream = ClientStream(manager.host, self)

    @property
    def waiting_bytes(self) -> int:
        """How much waits for the client."""
        return self._session.pending_bytes

    @property
    def is_signed_in(self) -> bool:
        """Whether its client has signed in."""
        return self._stream.is_signed_in

    @property
    def held(self) -> int:
        """How many requests wait for something to be sent."""
        return self._session.held

    # From the manager -----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The session is made; its first response will hold the features."""
        self._stream.opened()
        self._settle()

    def receive(self, request: Request) -> None:
        """A request for this session has come."""
        now, replays = self._manager.now(), self._session.replays
        for due in self._session.receive(request, now):
            if restarts(due):
                self._stream.opened()
            else:
                for one in due.payload:
                    self._take(one)
            due.payload = ()  # the request may be held for long, and what was in it is done
            if terminates(due):
                self._stream.closed()
        self._manager.host.counters.replays += self._session.replays - replays
        self._settle()

    def refuse(self, request: Request, error: BodyError) -> None:
        """What names this session is no request."""
        self.log.info("{jid}: {error}", jid=self._stream.jid or "-", error=error)
        self._session.refuse(request, error.condition)
        self._watch()

    def _take(self, one: object) -> None:
        if isinstance(one, Publication):
            if self._stream.publication(one):
                return
            one = element(one.written)
        if isinstance(one, Element):
            self._stream.element(one)

    def lost(self, answer: Answer) -> None:
        """The connection of one of its requests broke before the answer."""
        self._session.lost(answer, self._manager.now())
        self._watch()

    def settle(self) -> None:
        """Send what was queued in this turn."""
        self._is_dirty = False
        self._settle()

    def shut_down(self) -> None:
        """The server stops."""
        self._stream.end(StreamError("system-shutdown"))

    def forget(self) -> None:
        """There is nothing more to be said to its client."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._manager.forget(self._sid)

    # Carrier ----------------------------------------------------------------------------------------------------------

    @property
    def secure(self) -> bool:
        """Whether the request that made the session came over TLS."""
        return self._secure

    @property
    def can_secure(self) -> bool:
        """HTTP is encrypted below, or not at all."""
        return False

    @property
    def resumable(self) -> bool:
        """BOSH sessions live as long as themselves."""
        return False

    def bindings(self) -> Mapping[str, bytes]:
        """None: the requests of one session come over several connections."""
        return {}

    def open(self, stream_id: str) -> None:
        """There is no header: the wrapper's attributes stand for it."""

    def write(self, stanza: bytes) -> None:
        """Queue one whole element."""
        if not self._session.send(stanza):
            self.log.warn(
                "{jid}: does not come for what waits; dropped", jid=self._stream.jid or "-"
            )
            self._stream.end(StreamError("policy-violation", "too much waits"))
        elif not self._is_dirty:
            self._is_dirty = True
            self._manager.turn.at_end(self.settle)

    def start_tls(self) -> None:
        """Never called: it is not offered."""

    def restart(self) -> None:
        """The client asks for it with an attribute."""

    def end(self, failure: StreamError | None) -> None:
        """Terminate the session, unless that is what the client has asked for."""
        if failure is None:
            self._session.end("undefined-condition")
        elif failure.condition in _CONDITIONS:
            self._session.end(failure.condition)
        else:
            self._session.end("remote-stream-error", stream_error(failure))
        self._watch()

    # ----------------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        self._session.settle(self._manager.now())
        self._watch()

    def _watch(self, why: Departure = Departure.NETWORK) -> None:
        """Be there at the session's next deadline; most of the time that moves further away, and waits.

        Args:
            why: What it is called when the session turns out to be over.
        """
        session = self._session
        if session.ended:
            self._stream.lost(why)
            if session.told:
                self.forget()
                return
        deadline = session.deadline()
        if self._timer is not None:
            if deadline >= self._due_at:
                return
            # Not `reset`: to make a call come sooner, the reactor looks through all that there are.
            self._timer.cancel()
        self._due_at = deadline
        delay_s = max(0.0, deadline - self._manager.now())
        self._timer = self._manager.host.clock.callLater(delay_s, self._due)

    def _due(self) -> None:
        self._timer = None
        now = self._manager.now()
        if now >= self._session.deadline():
            if self._session.ended:
                self.forget()
                return
            self._session.expire(now)
            self._watch(Departure.TIMED_OUT)
            return
        self._watch()


class ConnectionManager:
    """All BOSH sessions.

    Args:
        host: What all streams share.
        bounds: What the operator allows.
        new_sid: Makes session identifiers that cannot be guessed.

    Attributes:
        host: As given.
        turn: Sessions that have something to send are settled at its end.
    """

    log = Logger()

    def __init__(self, host: Host, bounds: Bounds, new_sid: Callable[[], str]) -> None:
        self.host, self._bounds, self._new_sid = host, bounds, new_sid
        self._carriers: dict[str, BOSHCarrier] = {}
        self.turn = Turn(host.clock)
        self._is_stopping = False

    def __len__(self) -> int:
        """How many sessions there are."""
        return len(self._carriers)

    def __iter__(self) -> Iterator[BOSHCarrier]:
        """Every session, as of now."""
        return iter(list(self._carriers.values()))

    def now(self) -> float:
        """The clock."""
        return self.host.clock.seconds()

    def handle(self, document: bytes, answer: Answer, *, secure: bool) -> BOSHCarrier | None:
        """Take a request.

        Args:
            document: Its body, whole.
            answer: Called once, now or later, with the response.
            secure: Whether it came over TLS.

        Returns:
            Whom to tell, by `BOSHCarrier.lost`, when the connection breaks before the answer; None: it was answered.
        """
        try:
            attributes, payload = _read(document)
        except (BodyError, XMLRefusedError) as error:
            self._refuse(answer, error)
            return None
        sid = attributes.get("sid")
        carrier = self._carriers.get(sid) if sid is not None else None
        if carrier is not None and carrier.secure and not secure:
            # XEP-0124 §19.1: never let it go on in the clear, and do not let an eavesdropper end it either.
            carrier = None
        try:
            rid = request_id(attributes)
            request = Request(rid, attributes, payload, answer, self.now())
            if not (is_sign_in(document) or (carrier is not None and carrier.is_signed_in)):
                raise BodyError("policy-violation", "more than signing in takes")
            if sid is None:
                return self._create(request, secure=secure)
        except BodyError as error:
            if carrier is not None:
                carrier.refuse(Request(0, attributes, (), answer, self.now()), error)
            else:
                self._refuse(answer, error, legacy="ver" not in attributes)
            return None
        if carrier is None:
            answer(terminate("system-shutdown" if self._is_stopping else "item-not-found"))
            return None
        try:
            carrier.receive(request)
        except Exception:  # ours to mend, and this client's alone to suffer
            self.log.failure("a BOSH request could not be dealt with")
            carrier.end(StreamError("internal-server-error"))
            carrier.settle()
        return carrier

    def _refuse(self, answer: Answer, error: FinesseError, *, legacy: bool = True) -> None:
        """What belongs to no session: clients that do not look into a document are told by HTTP's code too."""
        self.log.info("a BOSH request is refused: {error}", error=error)
        condition = error.condition if isinstance(error, BodyError) else "bad-request"
        answer(terminate(condition, legacy=legacy))

    def _create(self, request: Request, *, secure: bool) -> BOSHCarrier | None:
        terms = agree(request.attributes, self._bounds)
        if self._is_stopping or not self.host.places.take():
            self._turn_away(request, terms.version is None)
            return None
        sid = self._new_sid()
        session = Session(
            terms, opening(terms, sid, request.rid, self.host.domain, secure=secure), request
        )
        carrier = self._carriers[sid] = BOSHCarrier(self, sid, session, secure=secure)
        carrier.begin()
        return carrier

    def _turn_away(self, request: Request, legacy: bool) -> None:
        condition = "system-shutdown" if self._is_stopping else "remote-stream-error"
        content = b"" if self._is_stopping else stream_error(StreamError("resource-constraint"))
        if request.answer is not None:
            request.answer(terminate(condition, content, legacy=legacy))

    def forget(self, sid: str) -> None:
        """A session is over, and its client knows."""
        if self._carriers.pop(sid, None) is not None:
            self.host.places.give_back()

    def drain(self) -> None:
        """Terminate every session with ``system-shutdown``, whatever waits going with it, and open no more."""
        self._is_stopping = True
        for carrier in self:
            carrier.shut_down()
            carrier.settle()

    def close(self) -> None:
        """Forget those whose clients did not come to be told."""
        for carrier in self:
            carrier.forget()

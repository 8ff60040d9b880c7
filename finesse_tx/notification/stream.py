"""A client's stream, whatever carries it: TCP, BOSH, WebSocket.

The carrier reads elements and writes bytes; the table of `finesse_tx.notification.core.stream` says what is allowed
when; this class does what the table says. Once it is bound, stanzas go to `Accounts`, and `ClientStream.write` is
where the session's stanzas come out.

Spec: RFC 6120 §5 to §7; `finesse_tx.notification.sign_in` has the SASL mechanisms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.words.protocols.jabber.xmpp_stringprep import resourceprep
from twisted.words.xish.domish import Element

from finesse_tx.directory.core.records import Person
from finesse_tx.notification.accounts import Accounts
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.departure import Departure, departure
from finesse_tx.notification.core.errors import SASLError, StreamError
from finesse_tx.notification.core.namespaces import (
    BIND,
    CLIENT,
    PING,
    SASL,
    SESSION,
    STREAM,
    TLS,
)
from finesse_tx.notification.core.sessions import BindError, Session
from finesse_tx.notification.core.stream import Action, Input, State, step
from finesse_tx.notification.core.trace import Trace, readable
from finesse_tx.notification.sign_in import MECHANISMS, Mechanisms, SignIn
from finesse_tx.notification.stanzas import child, error, result, sasl_failure, stanza_bytes
from finesse_tx.xmltext import escape

__all__ = ["MAX_RESOURCE_BYTES", "Carrier", "ClientStream", "Host", "Places"]

MAX_RESOURCE_BYTES: Final = 1_023
"""The longest resource (RFC 7622 §3.4)."""

_STANZAS: Final = frozenset({"iq", "message", "presence"})

_NOTHING: Final = Element((None, ""))


class Carrier(Protocol):
    """What carries a stream. Nothing here is called after `end`."""

    @property
    def secure(self) -> bool:
        """Whether it is encrypted."""

    @property
    def can_secure(self) -> bool:
        """Whether it could be, by STARTTLS."""

    def bindings(self) -> Mapping[str, bytes]:
        """What identifies the channel, by the name of the binding; empty where nothing does."""

    def open(self, stream_id: str) -> None:
        """Send our stream header, if there is such a thing here."""

    def write(self, stanza: bytes) -> None:
        """Send one whole element; it never raises, and may end the stream for what it did not read yet."""

    def start_tls(self) -> None:
        """Encrypt from here on; what comes next is a new header."""

    def restart(self) -> None:
        """What comes next is a new header."""

    def end(self, failure: StreamError | None) -> None:
        """Say why (None: because the client asked for it), and close."""


class Places:
    """How many streams there may be at once, over all carriers.

    Args:
        limit: So many.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit

    def take(self) -> bool:
        """Take one; False when there is none."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """It is free again."""
        self._free += 1


@dataclass(frozen=True, slots=True)
class Host:
    """What all streams of one service share.

    Attributes:
        domain: The XMPP domain.
        mechanisms: What people sign in with.
        accounts: Where bound sessions live.
        clock: For the time limit.
        places: Where a carrier takes one before it opens a stream.
        new_id: Makes short identifiers that cannot be guessed.
        login_timeout_s: How long a client may take until it is bound.
        allow_plain_text: Whether passwords are taken without TLS.
        counters: What all of them have done.
        trace: Whose stanzas are logged.
    """

    domain: str
    mechanisms: Mechanisms
    accounts: Accounts
    clock: IReactorTime
    places: Places
    new_id: Callable[[], str]
    login_timeout_s: float
    allow_plain_text: bool
    counters: NotificationCounters = field(default_factory=NotificationCounters)
    trace: Trace = field(default_factory=Trace)


class ClientStream:
    """One stream."""

    log = Logger()

    __slots__ = (
        "_carrier",
        "_checking",
        "_departure",
        "_host",
        "_login_id",
        "_session",
        "_sign_in",
        "_state",
        "_timer",
    )

    def __init__(self, host: Host, carrier: Carrier) -> None:
        self._host, self._carrier = host, carrier
        self._state = State.CONNECTED
        self._login_id = ""
        self._sign_in: SignIn | None = SignIn(host.mechanisms)
        self._session: Session | None = None
        self._departure = Departure.NETWORK
        self._checking: Deferred[Person | None] | None = None
        self._timer: IDelayedCall | None = host.clock.callLater(host.login_timeout_s, self._late)

    # What the carrier calls ---------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The client's header has come, or what stands for it."""
        self._take(Input.HEADER, None)

    def element(self, element: Element) -> None:
        """A whole element has come."""
        if self._host.trace and self._login_id in self._host.trace:
            self.log.info("{jid} > {stanza}", jid=self.jid, stanza=readable(stanza_bytes(element)))
        try:
            event = _input(element)
        except StreamError as failure:
            self.end(failure)
        else:
            self._take(event, element)

    def closed(self) -> None:
        """The client has ended the stream."""
        self._departure = Departure.CLOSED
        self._take(Input.FOOTER, None)

    def lost(self, why: Departure = Departure.NETWORK) -> None:
        """The carrier is gone."""
        self._state, self._departure = State.CLOSED, why
        self._release()

    # What the service calls -----------------------------------------------------------------------------------------

    @property
    def jid(self) -> str:
        """The address; empty before it is bound."""
        return self._session.jid if self._session else ""

    @property
    def is_closed(self) -> bool:
        """Whether it is over."""
        return self._state is State.CLOSED

    def write(self, stanza: bytes) -> None:
        """Send a whole element."""
        if self._state is not State.CLOSED:
            if self._host.trace and self._login_id in self._host.trace:
                self.log.info("{jid} < {stanza}", jid=self.jid, stanza=readable(stanza))
            self._carrier.write(stanza)

    def ping(self) -> None:
        """Ask the client whether it is there; before it has an address it cannot be asked."""
        if self.jid:
            self.write(
                f'<iq xmlns="{CLIENT}" type="get" id="ping" from="{escape(self._host.domain)}"'
                f' to="{escape(self.jid)}"><ping xmlns="{PING}"/></iq>'.encode()
            )

    def end(self, failure: StreamError | None) -> None:
        """End the stream."""
        if self._state is State.CLOSED:
            return
        self._state = State.CLOSED
        self._departure = departure(failure.condition if failure is not None else "")
        if failure is not None:
            self._host.counters.ended[failure.condition] += 1
            self.log.info("{jid}: the stream ends: {failure}", jid=self.jid or "-", failure=failure)
        self._carrier.end(failure)
        self._release()

    # What the table says --------------------------------------------------------------------------------------------

    def _take(self, event: Input, element: Element | None) -> None:
        if self._state is State.CLOSED:
            return  # what was under way when we closed
        try:
            self._state, action = step(self._state, event)
            self._DO[action](self, _NOTHING if element is None else element)
        except StreamError as failure:
            self.end(failure)

    def _offer_login(self, _element: Element) -> None:
        carrier, features = self._carrier, ""
        must_secure = not (carrier.secure or self._host.allow_plain_text)
        if carrier.can_secure and not carrier.secure:
            features += f'<starttls xmlns="{TLS}">{"<required/>" if must_secure else ""}</starttls>'
        if not must_secure and self._sign_in is not None:
            binds = self._host.mechanisms.binds
            features += self._sign_in.offer(carrier.bindings() if binds else {})
        carrier.open(self._host.new_id())
        self._features(features)

    def _offer_bind(self, _element: Element) -> None:
        self._carrier.open(self._host.new_id())
        self._features(f'<bind xmlns="{BIND}"/><session xmlns="{SESSION}"><optional/></session>')

    def _features(self, features: str) -> None:
        self._carrier.write(
            f'<stream:features xmlns:stream="{STREAM}">{features}</stream:features>'.encode()
        )

    def _start_tls(self, _element: Element) -> None:
        if self._carrier.secure or not self._carrier.can_secure:
            self._carrier.write(f'<failure xmlns="{TLS}"/>'.encode())
            self.end(None)
            return
        self._carrier.write(f'<proceed xmlns="{TLS}"/>'.encode())
        self._carrier.start_tls()

    def _challenge(self, element: Element) -> None:
        sign_in = self._sign_in
        if sign_in is not None:
            if element.name == "auth":
                sign_in.begin(element["mechanism"])
            self._carrier.write(_sasl("challenge", sign_in.said))

    def _check(self, element: Element) -> None:
        sign_in = self._sign_in
        if sign_in is None:
            return
        if element.name == "auth":
            sign_in.begin(element.getAttribute("mechanism") or "")
        self._checking = Deferred.fromCoroutine(sign_in.take(str(element)))
        self._checking.addCallbacks(
            self._checked, self._not_checked, errbackArgs=(sign_in,)
        ).addErrback(self._broken)

    def _checked(self, person: Person | None) -> None:
        self._checking = None
        if person is None:
            self._take(Input.ASKED, None)
            return
        self._login_id = person.login_id
        self._host.counters.sign_ins += 1
        self._take(Input.ACCEPTED, None)

    def _not_checked(self, failure: Failure, sign_in: SignIn) -> None:
        self._checking = None
        if not (failure.check(CancelledError) and self._state is State.CLOSED):
            self._refused(sign_in.refusal(failure))

    def _broken(self, failure: Failure) -> None:
        self.log.failure("a sign-in could not be completed", failure)
        self.end(StreamError("internal-server-error"))

    def _refused(self, refusal: SASLError) -> None:
        self._host.counters.sign_ins_refused[refusal.condition] += 1
        self.log.info("a sign-in is refused: {condition}", condition=refusal.condition)
        self._carrier.write(sasl_failure(refusal))
        self._take(Input.REFUSED, None)

    def _aborted(self, element: Element) -> None:
        if element.name == "abort":
            self._carrier.write(sasl_failure(SASLError("aborted")))

    def _welcome(self, _element: Element) -> None:
        if self._sign_in is not None:
            self._carrier.write(_sasl("success", self._sign_in.said))
        self._sign_in = None
        self._carrier.restart()

    def _bind(self, element: Element) -> None:
        if self._state is State.BOUND:
            self._carrier.write(error(element, "not-allowed", "one resource for each stream"))
            return
        try:
            resource = self._resource(element)
            self._session = self._host.accounts.bind(self._login_id, resource, self)
        except BindError as refusal:
            self._carrier.write(error(element, refusal.condition))
        else:
            self._take(Input.RESOURCE_BOUND, element)

    def _resource(self, element: Element) -> str:
        """The resource that the client asks for, or one that is new."""
        asked = next((str(node) for node in element.bind.elements(BIND, "resource")), "")
        if len(asked.encode()) > MAX_RESOURCE_BYTES:
            raise BindError("jid-malformed")
        if not asked:
            return self._host.new_id()
        try:
            resource: str = resourceprep.prepare(asked)
        except UnicodeError:
            raise BindError("jid-malformed") from None
        return resource or self._host.new_id()

    def _announce(self, element: Element) -> None:
        self._stop_timer()
        self.log.info("{jid} is connected", jid=self.jid)
        self._carrier.write(
            result(element, f'<bind xmlns="{BIND}"><jid>{escape(self.jid)}</jid></bind>')
        )

    def _route(self, element: Element) -> None:
        if self._session is not None:
            self._host.accounts.received(self._session, element)

    def _close(self, _element: Element) -> None:
        self._carrier.end(None)
        self._release()

    _DO: ClassVar[dict[Action, Callable[[ClientStream, Element], None]]] = {
        Action.OFFER_LOGIN: _offer_login,
        Action.START_TLS: _start_tls,
        Action.CHALLENGE: _challenge,
        Action.CHECK: _check,
        Action.WELCOME: _welcome,
        Action.REFUSE: _aborted,
        Action.OFFER_BIND: _offer_bind,
        Action.BIND: _bind,
        Action.ANNOUNCE: _announce,
        Action.ROUTE: _route,
        Action.CLOSE: _close,
    }

    # ----------------------------------------------------------------------------------------------------------------

    def _late(self) -> None:
        self._timer = None
        self.end(StreamError("connection-timeout", "not signed in in time"))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _release(self) -> None:
        self._stop_timer()
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
        if self._session is not None:
            self.log.info("{jid} is gone", jid=self.jid)
            session, self._session = self._session, None
            self._host.accounts.ended(session, self._departure)


def _input(element: Element) -> Input:
    """What an element is to the table.

    Raises:
        StreamError: It is nothing that belongs in a stream.
    """
    match element.uri, element.name:
        case None, name if name in _STANZAS:
            about = child(element)
            is_bind = (
                name == "iq" and about is not None and (about.uri, about.name) == (BIND, "bind")
            )
            return Input.BIND if is_bind and element.getAttribute("type") == "set" else Input.STANZA
        case _ns, "auth" if _ns == SASL:
            is_bare = element.getAttribute("mechanism") in MECHANISMS and not str(element).strip()
            return Input.BARE_AUTH if is_bare else Input.AUTH
        case _ns, "response" if _ns == SASL:
            return Input.RESPONSE
        case _ns, "abort" if _ns == SASL:
            return Input.ABORT
        case _ns, "starttls" if _ns == TLS:
            return Input.STARTTLS
        case _:
            raise StreamError("unsupported-stanza-type", element.name)


def _sasl(name: str, said: str) -> bytes:
    return (
        f'<{name} xmlns="{SASL}">{said}</{name}>' if said else f'<{name} xmlns="{SASL}"/>'
    ).encode()

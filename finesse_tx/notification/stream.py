"""A client's stream, whatever carries it: TCP, BOSH, WebSocket.

The carrier reads elements and writes bytes; the table of `finesse_tx.notification.core.stream` says what is allowed
when; this class does what the table says. Once it is bound, stanzas go to `Accounts`, and `ClientStream.write` is
where the session's stanzas come out.

Spec: RFC 6120 §5 to §7; `finesse_tx.notification.sign_in` has the SASL mechanisms.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar, Final

from twisted.internet.defer import CancelledError, Deferred
from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.words.xish.domish import Element

from finesse_tx.directory.core.records import Person
from finesse_tx.notification.core.acknowledgement import counted
from finesse_tx.notification.core.departure import Departure, departure
from finesse_tx.notification.core.errors import SASLError, StreamError
from finesse_tx.notification.core.namespaces import (
    BIND,
    CLIENT,
    PING,
    SASL,
    SESSION,
    STREAM,
    STREAM_MANAGEMENT,
    TLS,
)
from finesse_tx.notification.core.plain import Publication
from finesse_tx.notification.core.sessions import BindError, Session
from finesse_tx.notification.core.stream import Action, Input, State, step
from finesse_tx.notification.core.trace import readable
from finesse_tx.notification.host import Carrier, Host
from finesse_tx.notification.resumption import (
    ManagedSession,
    ResumptionError,
    failed,
)
from finesse_tx.notification.sign_in import SignIn
from finesse_tx.notification.stanzas import error, result, sasl_failure, stanza_bytes
from finesse_tx.notification.stream_input import stream_input, wanted_resource
from finesse_tx.xmltext import escape

__all__ = ["ClientStream"]

_COUNTED: Final = frozenset({Input.STANZA, Input.BIND})

_NOTHING: Final = Element((None, ""))


class ClientStream:
    """One stream."""

    log = Logger()

    __slots__ = (
        "_carrier",
        "_checking",
        "_departure",
        "_desktop",
        "_host",
        "_login_id",
        "_managed",
        "_session",
        "_sign_in",
        "_state",
        "_timer",
    )

    def __init__(self, host: Host, carrier: Carrier) -> None:
        self._host, self._carrier = host, carrier
        self._state = State.CONNECTED
        self._login_id = self._desktop = ""
        self._sign_in: SignIn | None = SignIn(host.mechanisms)
        self._session: Session | None = None
        self._managed: ManagedSession | None = None
        self._departure = Departure.NETWORK
        self._checking: Deferred[Person | None] | None = None
        self._timer: IDelayedCall | None = host.clock.callLater(host.login_timeout_s, self._late)
        self._wait_to_sign_in()

    # What the carrier calls ---------------------------------------------------------------------------------------

    def opened(self) -> None:
        """The client's header has come, or what stands for it."""
        self._take(Input.HEADER, None)

    def element(self, element: Element) -> None:
        """A whole element has come."""
        if self._host.trace and self._login_id in self._host.trace:
            self.log.info("{jid} > {stanza}", jid=self.jid, stanza=readable(stanza_bytes(element)))
        try:
            event = stream_input(element)
        except StreamError as failure:
            self.end(failure)
        else:
            self._take(event, element)
            if self._managed is not None and event in _COUNTED:
                self._managed.acknowledgement.received()

    def publication(self, asked: Publication) -> bool:
        """A plain publish request has come; False: nothing was done, and it is to come as an element."""
        return (
            self._session is not None
            and self._managed is None  # else it is counted
            and self._login_id not in self._host.trace
            and self._host.accounts.published(self._session, asked)
        )

    def closed(self) -> None:
        """The client has ended the stream."""
        self._departure = Departure.CLOSED
        self._take(Input.FOOTER, None)

    def lost(self, why: Departure = Departure.NETWORK) -> None:
        """The carrier is gone; the session may go on, if its client wanted that."""
        self._state, self._departure = State.CLOSED, why
        self._release(resumable=True)

    # What the service calls -----------------------------------------------------------------------------------------

    @property
    def jid(self) -> str:
        """The address; empty before it is bound."""
        return self._session.jid if self._session else ""

    @property
    def is_signed_in(self) -> bool:
        """Whether we know who it is."""
        return bool(self._login_id)

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
        if self._session is not None:
            self._session.outlet.write(
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
        self._release(resumable=self._departure is Departure.TIMED_OUT)

    def superseded(self) -> None:
        """Another stream carries the session from here on."""
        self._session = self._managed = None
        self.end(StreamError("conflict", "the session was resumed on another stream"))

    # What the table says --------------------------------------------------------------------------------------------

    def _take(self, event: Input, element: Element | None) -> None:
        if self._state is State.CLOSED:
            return  # what was under way when we closed
        try:
            self._state, action = step(self._state, event)
            self._DO[action](self, _NOTHING if element is None else element)
        except StreamError as failure:
            self.end(failure)
        except Exception:  # our bug; nobody else's stream must end for it
            self.log.failure("{jid}: what it sent could not be dealt with", jid=self.jid or "-")
            self.end(StreamError("internal-server-error"))

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
        features = f'<bind xmlns="{BIND}"/><session xmlns="{SESSION}"><optional/></session>'
        if self._carrier.resumable:
            features += f'<sm xmlns="{STREAM_MANAGEMENT}"/>'
        self._features(features)

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
        self._host.strangers.discard(self)
        self._checking = Deferred.fromCoroutine(sign_in.take(str(element)))
        self._checking.addCallbacks(
            self._checked, self._not_checked, errbackArgs=(sign_in,)
        ).addErrback(self._broken)

    def _checked(self, person: Person | None) -> None:
        self._checking = None
        if person is None:
            self._wait_to_sign_in()
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
        self._wait_to_sign_in()
        self._take(Input.REFUSED, None)

    def _wait_to_sign_in(self) -> None:
        if self._state is State.CLOSED:
            return
        oldest = self._host.strangers.add(self)
        if oldest is not None:
            oldest.end(StreamError("resource-constraint", "too many who do not sign in"))

    def _aborted(self, element: Element) -> None:
        if element.name == "abort":
            self._carrier.write(sasl_failure(SASLError("aborted")))

    def _welcome(self, _element: Element) -> None:
        if self._sign_in is not None:
            self._carrier.write(_sasl("success", self._sign_in.said))
            self._desktop = self._sign_in.desktop
        self._sign_in = None
        self._carrier.restart()

    def _bind(self, element: Element) -> None:
        if self._session is not None:
            self._session.outlet.write(
                error(element, "not-allowed", "one resource for each stream")
            )
            return
        try:
            resource = wanted_resource(element) or self._host.new_id()
            self._session = self._bound(resource)
            self._session.desktop = self._desktop
        except BindError as refusal:
            self._carrier.write(error(element, refusal.condition))
        else:
            self._take(Input.RESOURCE_BOUND, element)

    def _bound(self, resource: str) -> Session:
        host = self._host
        try:
            return host.accounts.bind(self._login_id, resource, self)
        except BindError as refusal:
            full = refusal.condition == "resource-constraint"
            if not (full and host.resumptions.give_up_one(self._login_id)):
                raise
        return host.accounts.bind(self._login_id, resource, self)

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
        self._release(resumable=False)

    # Stream management ----------------------------------------------------------------------------------------------

    def _manage(self, element: Element) -> None:
        if self._session is None or self._managed is not None or not self._carrier.resumable:
            self._refuse_management(element)
            return
        wanted = element.getAttribute("max") or ""
        self._managed = managed = self._host.resumptions.enable(
            self._session,
            self,
            resume=element.getAttribute("resume") in {"true", "1"},
            at_most_s=int(wanted) if re.fullmatch("[0-9]{1,9}", wanted) else None,
        )
        said = f' resume="true" id="{managed.id}" max="{managed.resume_s}"' if managed.id else ""
        self._carrier.write(f'<enabled xmlns="{STREAM_MANAGEMENT}"{said}/>'.encode())

    def _resume(self, element: Element) -> None:
        if not self._carrier.resumable:
            self._refuse_management(element)
            return
        handled = counted(element.getAttribute("h"))
        name = element.getAttribute("previd") or ""
        try:
            managed = self._host.resumptions.resume(name, self._login_id, handled, self)
        except ResumptionError as refusal:
            self._carrier.write(failed(refusal.condition))
        else:
            self._managed, self._session = managed, managed.session
            self._session.desktop = self._desktop
            self._take(Input.RESUMED, None)

    def _continue(self, _element: Element) -> None:
        managed = self._managed
        if managed is None:
            return
        self._stop_timer()
        self.log.info("{jid} is resumed", jid=self.jid)
        handled = managed.acknowledgement.handled
        self._carrier.write(
            f'<resumed xmlns="{STREAM_MANAGEMENT}" previd="{managed.id}" h="{handled}"/>'.encode()
        )
        for stanza in managed.acknowledgement.again():
            self.write(stanza)
        managed.ask()

    def _acknowledge(self, element: Element) -> None:
        if self._managed is None:
            self._refuse_management(element)
        else:
            self._managed.acknowledgement.acknowledge(counted(element.getAttribute("h")))

    def _answer(self, element: Element) -> None:
        if self._managed is None:
            self._refuse_management(element)
        else:
            handled = self._managed.acknowledgement.handled
            self._carrier.write(f'<a xmlns="{STREAM_MANAGEMENT}" h="{handled}"/>'.encode())

    def _refuse_management(self, _element: Element) -> None:
        known = self._carrier.resumable
        self._carrier.write(failed("unexpected-request" if known else "feature-not-implemented"))

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
        Action.MANAGE: _manage,
        Action.RESUME: _resume,
        Action.CONTINUE: _continue,
        Action.ACKNOWLEDGE: _acknowledge,
        Action.ANSWER: _answer,
        Action.REFUSE_MANAGEMENT: _refuse_management,
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

    def _release(self, *, resumable: bool) -> None:
        self._stop_timer()
        self._host.strangers.discard(self)
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None
        session, managed = self._session, self._managed
        self._session = self._managed = None
        if session is None:
            return
        if managed is not None:
            managed.left(self._departure, resumable=resumable)
        else:
            self.log.info("{jid} is gone", jid=session.jid)
            self._host.accounts.ended(session, self._departure)


def _sasl(name: str, said: str) -> bytes:
    return (
        f'<{name} xmlns="{SASL}">{said}</{name}>' if said else f'<{name} xmlns="{SASL}"/>'
    ).encode()

"""What a person's own server does for the sessions of that person: binding, presence, roster, and the way out.

Everybody's roster has one contact, ``finesse@D``: the account of the web services, whose presence says whether they
can serve. There is no chat: stanzas from one person to another are refused.

Spec: RFC 6121 §2 (roster; one fixed contact), §3 (subscriptions, to that contact alone), §4 (presence, to one's own
sessions), §8 (where a stanza for an address goes); XEP-0030, XEP-0199 for the account itself;
``notifications.md`` §1.2 to §1.4.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Final

from twisted.logger import Logger
from twisted.words.protocols.jabber.jid import JID
from twisted.words.xish.domish import Element

from finesse_tx.interfaces import ISessionListener
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import (
    CLIENT,
    DISCO_INFO,
    DISCO_ITEMS,
    PING,
    ROSTER,
    SESSION,
)
from finesse_tx.notification.core.options import ONLINE
from finesse_tx.notification.core.plain import Publication
from finesse_tx.notification.core.sessions import Outlet, Session, Sessions
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.plain_requests import PlainRequests
from finesse_tx.notification.presence import priority, show
from finesse_tx.notification.router import StanzaRouter, parse_jid
from finesse_tx.notification.stanzas import child, error, result, stanza_bytes
from finesse_tx.xmltext import escape

__all__ = ["APPLICATION", "Accounts"]

APPLICATION: Final = "finesse"
"""The account of the web services."""

_ANSWERS: Final = frozenset({"result", "error"})


class Accounts:
    """Everyone's account.

    Args:
        domain: The XMPP domain.
        sessions: Who is connected.
        subscriptions: Who asked for what.
        may_see: Whether a person, by login id, may be subscribed to a node.
        router: Takes what is for others; what it has for people comes to `deliver`.
        listener: Told of people who come and go; or None.
        plain: Takes plain requests; without it they go by the router as all others.
    """

    log = Logger()

    def __init__(
        self,
        domain: str,
        sessions: Sessions,
        subscriptions: Subscriptions,
        may_see: Callable[[str, str], bool],
        router: StanzaRouter,
        listener: ISessionListener | None,
        plain: PlainRequests | None = None,
    ) -> None:
        self._plain = plain
        self._domain, self._sessions, self._subscriptions = domain, sessions, subscriptions
        self._may_see, self._router, self._listener = may_see, router, listener
        self._application = f"{APPLICATION}@{domain}"
        self._is_available = False
        router.serve_people(self.deliver)

    # Sessions -------------------------------------------------------------------------------------------------------

    def bind(self, login_id: str, resource: str, outlet: Outlet) -> Session:
        """Give a stream its address; the stream that had it ends with ``conflict``.

        Raises:
            BindError: It cannot have one.
        """
        is_first = self._sessions.person(login_id) is None
        session, old = self._sessions.bind(login_id, resource, outlet)
        if old is not None:
            self._subscriptions.session_ended(login_id, resource)
            if old.priority is not None:
                self._withdraw(old, Departure.REPLACED)
            old.outlet.end(StreamError("conflict", "replaced by a new connection"))
        if is_first:
            self._subscriptions.keep(login_id, lambda node: self._may_see(login_id, node))
        return session

    def ended(self, session: Session, why: Departure) -> None:
        """A stream is over."""
        if not self._sessions.unbind(session):
            return  # by ``conflict``: the address is another's by now
        self._subscriptions.session_ended(session.user.login_id, session.resource)
        if session.priority is not None:
            self._withdraw(session, why)

    def end_sessions(self, login_ids: Collection[str], why: str) -> None:
        """End all sessions of these people; see `IUserSessions`."""
        for login_id in login_ids:
            user = self._sessions.person(login_id)
            for session in list(user.sessions.values()) if user is not None else ():
                session.outlet.end(StreamError("not-authorized", why))

    def end_sign_in(self, login_id: str, sign_in: str) -> None:
        """End what one sign-in at a desktop has opened; see `IUserSessions`."""
        user = self._sessions.person(login_id)
        for session in list(user.sessions.values()) if user is not None else ():
            if session.desktop == sign_in:
                session.outlet.end(StreamError("not-authorized", "signed out at the desktop"))

    def login_id(self, address: JID) -> str | None:
        """Whose address that is, among those who are connected."""
        user = self._sessions.user(address.user or "") if address.host == self._domain else None
        return user.login_id if user else None

    # From a session -------------------------------------------------------------------------------------------------

    def published(self, session: Session, asked: Publication) -> bool:
        """A session asks to publish something; False: nothing was done, it is a stanza like others."""
        answer = None if self._plain is None else self._plain.publish(session, asked)
        if answer is not None:
            session.outlet.write(answer)
        return answer is not None

    def received(self, session: Session, stanza: Element) -> None:
        """A session has sent a stanza."""
        if self._plain is not None and (answer := self._plain.answer(session, stanza)) is not None:
            session.outlet.write(answer)
            self._plain.answered()
            return
        stanza["from"] = session.jid
        if stanza.name == "iq" and (fault := _iq_fault(stanza)):
            session.outlet.write(error(stanza, fault))
            return
        written = stanza.getAttribute("to")
        to = parse_jid(written) if written else None
        if written and to is None:
            if stanza.getAttribute("type") != "error":
                session.outlet.write(error(stanza, "jid-malformed", source=self._domain))
        elif to is None or to.full() == session.user.bare:
            self._for_own_account(session, stanza)
        elif _is_session_request(stanza):
            session.outlet.write(result(stanza))
        elif to.host != self._domain or not to.user:
            self._router.route(stanza)
        elif to.userhost() == self._application:
            self._for_application(session, stanza)
        elif to.userhost() == session.user.bare:
            self.deliver(stanza)
        else:
            self._for_somebody_else(session, stanza)

    def _for_own_account(self, session: Session, stanza: Element) -> None:
        if stanza.name == "presence":
            if not stanza.hasAttribute("to"):
                self._presence(session, stanza)
            elif stanza.getAttribute("type") == "probe":
                self._show_own_sessions(session, [*session.user.sessions.values()])
        elif stanza.name == "message":
            self.deliver(_addressed(stanza, session.user.bare))
        elif stanza["type"] not in _ANSWERS:
            session.outlet.write(self._own_iq(stanza, child(stanza)))

    def _own_iq(self, stanza: Element, about: Element | None) -> bytes:
        match stanza["type"], about and about.uri:
            case "set", namespace if namespace == SESSION:
                return result(stanza)
            case "get", namespace if namespace == PING:
                return result(stanza)
            case "get", namespace if namespace == ROSTER:
                return result(
                    stanza,
                    f'<query xmlns="{ROSTER}"><item jid="{escape(self._application)}" name="Finesse"'
                    ' subscription="both"/></query>',
                )
            case "set", namespace if namespace == ROSTER:
                return error(stanza, "not-allowed", "the roster is fixed")
            case "get", namespace if namespace == DISCO_INFO:
                features = "".join(
                    f'<feature var="{name}"/>' for name in (DISCO_INFO, DISCO_ITEMS, PING)
                )
                return result(
                    stanza,
                    f'<query xmlns="{DISCO_INFO}"><identity category="account" type="registered"/>{features}</query>',
                )
            case "get", namespace if namespace == DISCO_ITEMS:
                return result(stanza, f'<query xmlns="{DISCO_ITEMS}"/>')
            case _:
                return error(stanza, "service-unavailable")

    def _for_application(self, session: Session, stanza: Element) -> None:
        kind = stanza.getAttribute("type")
        if stanza.name != "presence":
            _refuse(session, stanza)
        elif kind == "subscribe":
            session.outlet.write(self._presence_bytes(session.user.bare, "subscribed"))
            self._show_application(session)
        elif kind == "unsubscribe":
            session.outlet.write(self._presence_bytes(session.user.bare, "unsubscribed"))
        elif kind == "probe":
            self._show_application(session)

    def _for_somebody_else(self, session: Session, stanza: Element) -> None:
        if stanza.name != "presence":
            _refuse(session, stanza)
        elif stanza.getAttribute("type") == "subscribe":
            session.outlet.write(
                f'<presence xmlns="{CLIENT}" type="unsubscribed" from="{escape(stanza["to"])}"'
                f' to="{escape(session.user.bare)}"/>'.encode()
            )

    # Presence -------------------------------------------------------------------------------------------------------

    def set_available(self, is_available: bool) -> None:
        """Tell everyone the presence of the application's account."""
        if is_available is not self._is_available:
            self._is_available = is_available
            for session in [one for one in self._sessions if one.priority is not None]:
                self._show_application(session)

    def _show_application(self, session: Session) -> None:
        kind = "" if self._is_available else "unavailable"
        session.outlet.write(self._presence_bytes(session.jid, kind))

    def _presence_bytes(self, to: str, kind: str) -> bytes:
        said = f' type="{kind}"' if kind else ""
        return (
            f'<presence xmlns="{CLIENT}"{said} from="{escape(self._application)}" to="{escape(to)}"/>'
        ).encode()

    def _presence(self, session: Session, stanza: Element) -> None:
        """What a session says of itself, to nobody in particular."""
        kind = stanza.getAttribute("type")
        if kind is None:
            was_available = session.user.available
            is_initial = session.priority is None
            session.priority, session.show = priority(stanza), show(stanza)
            self._tell_own_sessions(session, stanza)
            if is_initial:
                others = [one for one in session.user.sessions.values() if one is not session]
                self._show_own_sessions(session, others)
                self._show_application(session)
            if not was_available and self._listener is not None:
                self._listener.user_available(session.user.login_id)
        elif kind == "unavailable" and session.priority is not None:
            session.priority = None
            self._withdraw(session, Departure.CLOSED)

    def _withdraw(self, session: Session, why: Departure) -> None:
        """A session that was available is not any more."""
        gone = Element((None, "presence"), attribs={"type": "unavailable", "from": session.jid})
        self._tell_own_sessions(session, gone)
        if not session.user.available and self._listener is not None:
            self._listener.user_unavailable(session.user.login_id, why)

    def _tell_own_sessions(self, session: Session, presence: Element) -> None:
        for other in [one for one in session.user.sessions.values() if one.priority is not None]:
            other.outlet.write(stanza_bytes(_addressed(presence, other.jid)))

    def _show_own_sessions(self, session: Session, others: Iterable[Session]) -> None:
        """Tell a session which of those are available; of what they said, all that matters for delivery."""
        for other in others:
            if other.priority is not None:
                show = f"<show>{other.show}</show>" if other.show != ONLINE else ""
                session.outlet.write(
                    f'<presence xmlns="{CLIENT}" from="{escape(other.jid)}" to="{escape(session.jid)}">'
                    f"{show}<priority>{other.priority}</priority></presence>".encode()
                )

    # To people ------------------------------------------------------------------------------------------------------

    def deliver(self, stanza: Element) -> None:
        """A stanza for somebody here, from the router or from another session of the same person."""
        to = parse_jid(stanza["to"])
        user = self._sessions.user(to.user or "") if to is not None else None
        session = user.sessions.get(to.resource or "") if user and to else None
        if session is not None:
            session.outlet.write(stanza_bytes(stanza))
        elif user is not None and stanza.name == "message":
            for one in [one for one in user.sessions.values() if one.receives]:
                one.outlet.write(stanza_bytes(stanza))
        elif stanza.name == "iq":
            self._router.refuse(stanza, "service-unavailable")


def _iq_fault(stanza: Element) -> str:
    """What is wrong with an iq itself (RFC 6120 §8.2.3): a stanza error, or nothing."""
    kind = stanza.getAttribute("type")
    if kind not in {"get", "set", "result", "error"} or not stanza.getAttribute("id"):
        return "bad-request"
    if kind in {"get", "set"} and sum(isinstance(node, Element) for node in stanza.children) != 1:
        return "bad-request"
    return ""


def _is_session_request(stanza: Element) -> bool:
    about = child(stanza)
    return (
        stanza.name == "iq"
        and about is not None
        and (about.uri, about.name) == (SESSION, "session")
    )


def _refuse(session: Session, stanza: Element) -> None:
    if stanza.getAttribute("type") not in _ANSWERS:
        session.outlet.write(error(stanza, "service-unavailable"))


def _addressed(stanza: Element, to: str) -> Element:
    """The same stanza for another address; what is in it is shared."""
    copy = Element((stanza.uri, stanza.name), attribs={**stanza.attributes, "to": to})
    copy.children = stanza.children
    return copy

"""The people of somebody else's server, as far as we need to know them: who is there, on which resource.

Their server tells us of presence, in one of two ways. As a *contact* of everybody we are told like any contact, and ask with
probes after each connect. As an entity with *privileges* (XEP-0356) we see every presence that a client sends; but not
that a connection broke, so the sessions are listed now and then, which only takes away: who is not in the list is gone.

A link that is lost says nothing about anybody: everyone stays until the next link. Who is not confirmed then is gone.

Spec: RFC 6121 §4.3 (probes), §4.4 to §4.6 (presence); XEP-0356 §7; XEP-0133 (the list of sessions: discovery of
``online users``, as ejabberd has it); ``notifications.md`` §1.4, §8.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import count, islice
from typing import Final

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.words.protocols.jabber.jid import JID
from twisted.words.xish.domish import Element

from finesse_tx.interfaces import IDirectory, ISessionListener
from finesse_tx.notification.core.address import local_part
from finesse_tx.notification.core.departure import Departure
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import DISCO_ITEMS
from finesse_tx.notification.core.sessions import BindError, Session, Sessions
from finesse_tx.notification.core.subscriptions import Subscriptions
from finesse_tx.notification.presence import priority, show
from finesse_tx.notification.router import parse_jid
from finesse_tx.xmltext import escape

__all__ = [
    "ONLINE_USERS",
    "PATIENCE",
    "PROBES_AT_ONCE",
    "PROBE_PAUSE_S",
    "SETTLE_S",
    "People",
    "RemoteAccounts",
]

SETTLE_S: Final = 15.0
"""How long after the last probe a session may be without an answer before it is gone."""

PROBES_AT_ONCE: Final = 250
"""How many people are asked after in one turn of the reactor."""

PROBE_PAUSE_S: Final = 0.05
"""The pause before the next of them: their server has others to serve."""

PATIENCE: Final = 4
"""A list that has not come is asked for again after so many pauses: a busy server is not asked for two at once."""

ONLINE_USERS: Final = "online users"
"""The node of discovery at which ejabberd lists all sessions."""


class People:
    """The directory, by what stands before the ``@``."""

    def __init__(self, directory: IDirectory) -> None:
        self._directory = directory
        self._snapshot: object = None
        self._login_ids: dict[str, str] = {}

    def login_id(self, local: str) -> str | None:
        """Whose that is; None for nobody's."""
        return self._current().get(local)

    def __iter__(self) -> Iterator[str]:
        """What stands before the ``@`` of each."""
        return iter(self._current())

    def _current(self) -> dict[str, str]:
        snapshot = self._directory.snapshot()
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._login_ids = {
                local_part(person.login_id): person.login_id for person in snapshot.people
            }
        return self._login_ids


class _RemoteOutlet:
    """One session's stanzas go over the link.

    Attributes:
        confirmed_at: When its server last said that it is there; by the clock.
    """

    __slots__ = ("_write", "confirmed_at")

    def __init__(self, write: Callable[[bytes], None], now: float) -> None:
        self._write, self.confirmed_at = write, now

    def write(self, stanza: bytes) -> None:
        """Send one whole stanza."""
        self._write(stanza)

    def end(self, failure: StreamError | None) -> None:
        """Its stream is its server's to end."""


class RemoteAccounts:
    """Everybody's sessions, as their server tells of them.

    Args:
        domain: The XMPP domain.
        contact: Our address on their server, which asks, and which presence comes to.
        application: The address of the web services' account, as clients know it.
        people: Who there is.
        sessions: Who is connected.
        subscriptions: Who asked for what.
        may_see: Whether a person, by login id, may be subscribed to a node.
        write: Sends one stanza, now or when there is a link.
        outlet: Makes the way of one person's stanzas, by login id.
        clock: For what is asked now and then.
        list_s: How often the sessions are listed; None: everyone is probed instead.
        listener: Told of people who come and go; or None.
    """

    log = Logger()

    def __init__(
        self,
        domain: str,
        contact: str,
        application: str,
        people: People,
        sessions: Sessions,
        subscriptions: Subscriptions,
        may_see: Callable[[str, str], bool],
        write: Callable[[bytes], None],
        outlet: Callable[[str], Callable[[bytes], None]],
        clock: IReactorTime,
        list_s: float | None,
        listener: ISessionListener | None,
    ) -> None:
        self._domain, self._people = domain, people
        self._contact, self._application = contact, application
        self._sessions, self._subscriptions, self._may_see = sessions, subscriptions, may_see
        self._write, self._outlet, self._clock = write, outlet, clock
        self._list_s, self._listener = list_s, listener
        self._is_available = False
        self._linked_at = 0.0
        self._is_listed = False
        self._timer: IDelayedCall | None = None
        self._numbers = count(1)
        self._asked: tuple[str, float] | None = None
        self._is_warned = False

    def login_id(self, address: JID) -> str | None:
        """Whose address that is; None for nobody's in the directory."""
        if address.host != self._domain or not address.user:
            return None
        return self._people.login_id(address.user)

    # The link -------------------------------------------------------------------------------------------------------

    def linked(self) -> None:
        """There is a link: learn who is there now."""
        self._linked_at = self._clock.seconds()
        self._is_listed = self._is_warned = False
        if self._list_s is None:
            self._probe(iter(list(self._people)))
        else:
            self._list()

    def unlinked(self) -> None:
        """There is none any more: nobody can be asked after."""
        self._set_timer(None)
        self._asked = None

    def _set_timer(self, timer: IDelayedCall | None) -> None:
        was, self._timer = self._timer, timer
        if was is not None and was.active():
            was.cancel()

    def _probe(self, locals_: Iterator[str]) -> None:
        part = list(islice(locals_, PROBES_AT_ONCE))
        for local in part:
            self._write(
                f'<presence type="probe" from="{self._contact}"'
                f' to="{escape(local)}@{self._domain}"/>'.encode()
            )
        if len(part) == PROBES_AT_ONCE:
            self._set_timer(self._clock.callLater(PROBE_PAUSE_S, self._probe, locals_))
        else:
            self._set_timer(self._clock.callLater(SETTLE_S, self._settle))

    def _settle(self) -> None:
        self._timer = None
        self._end_unconfirmed(self._linked_at)

    def _list(self) -> None:
        pause_s, now = self._list_s or 0.0, self._clock.seconds()
        if self._asked is None or now - self._asked[1] >= PATIENCE * pause_s:
            asked = f"list{next(self._numbers)}"
            self._asked = (asked, now)
            self._write(
                f'<iq type="get" id="{asked}" from="{self._contact}" to="{self._domain}">'
                f'<query xmlns="{DISCO_ITEMS}" node="{ONLINE_USERS}"/></iq>'.encode()
            )
        self._set_timer(self._clock.callLater(pause_s, self._list))

    def _end_unconfirmed(self, since: float) -> None:
        """Who has not been confirmed since then is gone."""
        for session in list(self._sessions):
            if _confirmed_at(session) < since:
                self._withdraw(session, Departure.TIMED_OUT)

    # From the link --------------------------------------------------------------------------------------------------

    def received(self, stanza: Element) -> bool:
        """Look at a stanza.

        Returns:
            Whether it was for us; else it is for the publish-subscribe service.
        """
        if self._asked is not None and self._answers(stanza, self._asked[0]):
            self._listed(stanza, self._asked[1])
            return True
        if stanza.name != "presence":
            return False
        sender = parse_jid(stanza.getAttribute("from") or "-")
        if sender is not None and sender.host == self._domain and sender.user:
            self._presence(sender, stanza)
        return True

    def _answers(self, stanza: Element, asked: str) -> bool:
        """Whether that is the server's answer to this."""
        return (
            stanza.name == "iq"
            and stanza.getAttribute("type") in {"result", "error"}
            and stanza.getAttribute("id") == asked
            and stanza.getAttribute("from") == self._domain
        )

    def _presence(self, sender: JID, stanza: Element) -> None:
        match stanza.getAttribute("type"):
            case None if sender.resource:
                self._came(sender, priority(stanza), show(stanza))
            case "unavailable":
                for session in self._sessions_of(sender):
                    self._withdraw(session, Departure.CLOSED)
            case "subscribe":
                self._tell(sender.userhost(), "subscribed", self._contact)
                self._tell(sender.userhost(), self._state, self._contact)
            case "probe":
                self._tell(sender.full(), self._state, self._contact)
            case "unsubscribed" if self._list_s is None and not self._is_warned:
                self._is_warned = True
                self.log.warn(
                    "the XMPP server does not tell {us} of people's presence: it must be everybody's contact",
                    us=self._contact,
                )

    def _listed(self, answer: Element, asked_at: float) -> None:
        self._asked = None
        if answer.getAttribute("type") != "result":
            self.log.warn("the XMPP server does not list its sessions: {said}", said=answer.toXml())
            return
        is_first, self._is_listed = not self._is_listed, True
        for query in answer.elements(DISCO_ITEMS, "query"):
            for item in query.elements(DISCO_ITEMS, "item"):
                address = parse_jid(item.getAttribute("jid") or "-")
                if address is None or not address.resource or address.host != self._domain:
                    continue
                known = self._sessions_of(address)
                for session in known:
                    self._confirm(session)
                if is_first and not known:
                    self._came(address, 0, "online")
        self._end_unconfirmed(asked_at)

    # Sessions -------------------------------------------------------------------------------------------------------

    def _sessions_of(self, address: JID) -> list[Session]:
        """The session of a full address, or all of a bare one."""
        user = self._sessions.user(address.user or "")
        if user is None:
            return []
        if not address.resource:
            return list(user.sessions.values())
        found = user.sessions.get(address.resource)
        return [found] if found is not None else []

    def _came(self, address: JID, rank: int, state: str) -> None:
        login_id = self.login_id(address)
        if login_id is None:
            return  # an account that their server has beside the directory's
        user = self._sessions.person(login_id)
        session = user.sessions.get(address.resource or "") if user is not None else None
        if session is not None:
            self._confirm(session)
            session.priority, session.show = rank, state
            return
        outlet = _RemoteOutlet(self._outlet(login_id), self._clock.seconds())
        try:
            session, _ = self._sessions.bind(login_id, address.resource or "", outlet)
        except BindError as error:
            self.log.warn(
                "{address} gets no events: {error}", address=address.full(), error=error.condition
            )
            return
        session.to = escape(session.jid).encode()
        session.priority, session.show = rank, state
        self._tell(session.jid, self._state)
        if user is None:
            self._subscriptions.keep(login_id, lambda node: self._may_see(login_id, node))
            if self._listener is not None:
                self._listener.user_available(login_id)

    def _confirm(self, session: Session) -> None:
        """It is there; if that was not sure, what it has missed is unknown, and it must read everything anew."""
        if _confirmed_at(session) < self._linked_at and self._is_available:
            self._tell(session.jid, "unavailable")
            self._tell(session.jid, "")
        if isinstance(session.outlet, _RemoteOutlet):
            session.outlet.confirmed_at = self._clock.seconds()

    def _withdraw(self, session: Session, why: Departure) -> None:
        if not self._sessions.unbind(session):
            return
        login_id = session.user.login_id
        self._subscriptions.session_ended(login_id, session.resource)
        if not session.user.sessions and self._listener is not None:
            self._listener.user_unavailable(login_id, why)

    def end_sessions(self, login_ids: Collection[str]) -> None:
        """Send these people nothing more, until they come again."""
        for login_id in login_ids:
            user = self._sessions.person(login_id)
            for session in list(user.sessions.values()) if user is not None else ():
                self._withdraw(session, Departure.NETWORK)

    # The web services' account --------------------------------------------------------------------------------------

    def set_available(self, is_available: bool) -> None:
        """Tell everyone the presence of the web services' account."""
        if is_available is not self._is_available:
            self._is_available = is_available
            for session in list(self._sessions):
                self._tell(session.jid, self._state)

    @property
    def _state(self) -> str:
        return "" if self._is_available else "unavailable"

    def _tell(self, to: str, kind: str, source: str = "") -> None:
        said = f' type="{kind}"' if kind else ""
        self._write(
            f'<presence{said} from="{source or self._application}" to="{escape(to)}"/>'.encode()
        )


def _confirmed_at(session: Session) -> float:
    return session.outlet.confirmed_at if isinstance(session.outlet, _RemoteOutlet) else 0.0

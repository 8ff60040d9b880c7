"""Who is connected: people, and the sessions of each.

Spec: RFC 6120 §7 (a session is an address with a resource), RFC 6121 §4 (available, priority).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Final, Protocol

from finesse_tx.notification.core.address import local_part
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.options import ONLINE
from finesse_tx.xmltext import escape

__all__ = ["MAX_PER_USER", "BindError", "Outlet", "Session", "Sessions", "User"]

MAX_PER_USER: Final = 32
"""How many sessions one person may have at once."""


class BindError(Exception):
    """No session for this one.

    Attributes:
        condition: A stanza error of RFC 6120 §7.
    """

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class Outlet(Protocol):
    """Where a session's stanzas go. Neither method raises."""

    def write(self, stanza: bytes) -> None:
        """Send one whole stanza."""

    def end(self, failure: StreamError | None) -> None:
        """End the stream."""


class User:
    """A person with at least one session.

    Attributes:
        login_id: As the directory has it.
        bare: The address without a resource.
        to: The same as bytes, escaped for an attribute.
        sessions: By resource.
        shared: The automatic nodes of this person that are not of this person alone.
    """

    __slots__ = ("bare", "login_id", "sessions", "shared", "to")

    def __init__(self, login_id: str, bare: str, shared: tuple[str, ...]) -> None:
        self.login_id, self.bare, self.shared = login_id, bare, shared
        self.to = escape(bare).encode()
        self.sessions: dict[str, Session] = {}

    @property
    def available(self) -> bool:
        """Whether any session is."""
        return any(session.priority is not None for session in self.sessions.values())


class Session:
    """One address of a person.

    Attributes:
        user: Whose.
        resource: Which.
        outlet: Where its stanzas go.
        receives: Whether events reach it: available, with a priority that is not negative (RFC 6121 §8.5).
        show: What its last presence shows: ``online`` or one of RFC 6121 §4.7.2.1.
        to: The address of what a subscription of the bare address brings it, escaped for an attribute.
        desktop: The sign-in at a desktop that it ends with; empty for none.
    """

    __slots__ = ("_priority", "desktop", "outlet", "receives", "resource", "show", "to", "user")

    def __init__(self, user: User, resource: str, outlet: Outlet) -> None:
        self.user, self.resource, self.outlet = user, resource, outlet
        self.to = user.to
        self.priority = None
        self.show, self.desktop = ONLINE, ""

    @property
    def jid(self) -> str:
        """The full address."""
        return f"{self.user.bare}/{self.resource}"

    @property
    def priority(self) -> int | None:
        """Of its last presence; None while it is unavailable."""
        return self._priority

    @priority.setter
    def priority(self, value: int | None) -> None:
        self._priority = value
        self.receives = value is not None and value >= 0


class Sessions:
    """Every session.

    Args:
        domain: The XMPP domain.
        automatic_nodes: As `finesse_tx.interfaces.INodePolicy.automatic_nodes`.
        max_per_user: How many sessions one person may have.
    """

    def __init__(
        self,
        domain: str,
        automatic_nodes: Callable[[str], tuple[str, ...]],
        max_per_user: int = MAX_PER_USER,
    ) -> None:
        self._domain, self._automatic_nodes = domain, automatic_nodes
        self._max_per_user = max_per_user
        self._users: dict[str, User] = {}
        self._people: dict[str, User] = {}
        self._shared: Counter[tuple[str, ...]] = Counter()
        self._interned: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __iter__(self) -> Iterator[Session]:
        """Every session, while nothing changes."""
        return (session for user in self._users.values() for session in user.sessions.values())

    @property
    def users(self) -> Collection[User]:
        """Everyone who has a session."""
        return self._users.values()

    def user(self, local: str) -> User | None:
        """Who has this before the ``@`` of their address, if they have a session."""
        return self._users.get(local)

    def person(self, login_id: str) -> User | None:
        """Who has this login id, if they have a session."""
        return self._people.get(login_id)

    def available(self) -> dict[str, tuple[str, ...]]:
        """The resources of everybody's available sessions, by login id."""
        return {
            user.login_id: tuple(
                resource
                for resource, session in user.sessions.items()
                if session.priority is not None
            )
            for user in self._users.values()
            if user.available
        }

    def is_shared(self, node: str) -> bool:
        """Whether several people who have sessions now receive that node without asking."""
        return any(node in nodes for nodes in self._shared)

    def bind(self, login_id: str, resource: str, outlet: Outlet) -> tuple[Session, Session | None]:
        """Open a session.

        Returns:
            The session, and the one that had the same address until now and must end with ``conflict``.

        Raises:
            BindError: Too many sessions, or two login ids that differ only in case.
        """
        local = local_part(login_id)
        user = self._users.get(local)
        if user is None:
            user = self._users[local] = self._people[login_id] = self._arrived(login_id, local)
        elif user.login_id != login_id:
            raise BindError("not-allowed")
        old = user.sessions.get(resource)
        if old is None and len(user.sessions) >= self._max_per_user:
            raise BindError("resource-constraint")
        session = user.sessions[resource] = Session(user, resource, outlet)
        return session, old

    def unbind(self, session: Session) -> bool:
        """Close a session.

        Returns:
            False for one that is not here: another has taken its address.
        """
        user = session.user
        if user.sessions.get(session.resource) is not session:
            return False
        del user.sessions[session.resource]
        if not user.sessions:
            del self._users[local_part(user.login_id)], self._people[user.login_id]
            self._shared[user.shared] -= 1
            if not self._shared[user.shared]:
                del self._shared[user.shared], self._interned[user.shared]
        return True

    def _arrived(self, login_id: str, local: str) -> User:
        shared = tuple(
            node for node in self._automatic_nodes(login_id) if login_id not in node.split("/")
        )
        shared = self._interned.setdefault(shared, shared)
        self._shared[shared] += 1
        return User(login_id, f"{local}@{self._domain}", shared)

"""What tells clients what happens, and who is told of clients."""

from __future__ import annotations

from collections.abc import Collection

from zope.interface import Interface

from finesse_tx.notification.core.access import NodeAccess
from finesse_tx.notification.core.departure import Departure

__all__ = [
    "IConnections",
    "INodePolicy",
    "IPublisher",
    "ISessionListener",
    "ISignOuts",
    "IStanzaTrace",
    "IUserSessions",
]


class INodePolicy(Interface):
    """Which publish-subscribe nodes there are for whom. A node's name is the REST path it tells about."""

    def node_access(login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node, or whether there is no such node."""

    def automatic_nodes(login_id: str) -> tuple[str, ...]:
        """The nodes that this person's sessions receive without asking."""

    def may_create_nodes(login_id: str) -> bool:
        """Whether this person may create publish-subscribe nodes of their own."""


class IPublisher(Interface):
    """Sends notifications to whoever is subscribed."""

    def publish(node: str, payload: str) -> None:
        """Send one notification.

        Args:
            node: Such as ``/finesse/api/User/agent1``.
            payload: The ``<Update>`` document as text, not escaped.
        """

    def set_available(available: bool) -> None:
        """Tell everyone the presence of the ``finesse`` account: whether the web services can serve."""


class ISessionListener(Interface):
    """What the notification service tells of people who come and go (``notifications.md`` §8)."""

    def user_available(login_id: str) -> None:
        """The first of this person's sessions has become available."""

    def user_unavailable(login_id: str, why: Departure) -> None:
        """None of this person's sessions is available any more, and why the last one is not."""


class IConnections(Interface):
    """Says who is connected to the notification service."""

    def connections() -> dict[str, tuple[str, ...]]:
        """The XMPP resources of everybody who has an available session, by login id."""


class IUserSessions(Interface):
    """Whoever lets people in for longer than one request."""

    def end_sessions(login_ids: Collection[str], why: str) -> None:
        """End all that these people have open now; they may sign in again, if they can.

        Args:
            login_ids: Who.
            why: For the log, and for clients that can show it.
        """

    def end_sign_in(login_id: str, sign_in: str) -> None:
        """End all that has been opened with the secret of one sign-in at a desktop.

        Args:
            login_id: Whose.
            sign_in: As `IDesktopSessions.follow` tells it.
        """


class IStanzaTrace(Interface):
    """Writes what a person sends and gets over XMPP into the log, without secrets."""

    def trace(login_id: str, *, on: bool) -> list[str]:
        """Begin or end; an empty name changes nothing.

        Returns:
            The login ids of those who are traced now.

        Raises:
            FinesseError: There are too many.
        """


class ISignOuts(Interface):
    """Remembers why people were signed out whose desktop was gone (``engine.md`` §2.5)."""

    def sign_outs(login_id: str) -> list[dict[str, str]]:
        """The latest ones of a person, or of everybody for an empty name; the last one first.

        Returns:
            For each: ``login_id``, ``session_id``, ``cause``, ``lost_at`` and ``decided_at`` (ISO 8601, UTC),
            ``outcome`` and ``detail``.
        """

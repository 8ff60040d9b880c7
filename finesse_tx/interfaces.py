"""Every zope Interface: the plugin points, and the seams between the parts.

A part never imports another part's services; it is handed something that provides one of these. Unless a method
says otherwise, it is called in the reactor thread and must not block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeVar

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from finesse_tx.cti.core.message import Message, Request
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.notification.core.access import NodeAccess

__all__ = [
    "IAuthenticator",
    "ICTILink",
    "ICTILinkListener",
    "IDirectory",
    "IDirectoryRecords",
    "INodePolicy",
    "IPeripheral",
    "IPublisher",
    "ISessionListener",
    "IWorkers",
]

T = TypeVar("T")

# Threads --------------------------------------------------------------------------------------------------------


class IWorkers(Interface):
    """The one pool of threads, for what would block the reactor."""

    def run(work: Callable[[], T]) -> Deferred[T]:
        """Run ``work`` in another thread.

        Returns:
            Fires with what it returned, or fails with what it raised, or with `StoreBusyError` (too much
            waits already) or `StoreStoppedError`. Cancelled before its turn, it never runs.
        """


# People ---------------------------------------------------------------------------------------------------------


class IDirectory(Interface):
    """Who works here, as of now."""

    def snapshot() -> Snapshot:
        """The directory at this moment: a value, safe to keep."""


class IDirectoryRecords(Interface):
    """What the directory keeps where it survives."""

    def load() -> Deferred[tuple[Snapshot, Mapping[str, str]]]:
        """Read everything.

        Returns:
            Fires with the people who may sign in and all the rest, and the encoded password hashes by login
            id, of one moment; or fails with a `StoreError`.
        """

    def replace_password_hash(login_id: str, was: str, now: str) -> Deferred[None]:
        """Keep ``now`` for somebody whose hash still is ``was``; both are of the same password.

        Returns:
            Fires with None, or fails with a `StoreError`.
        """


class IAuthenticator(Interface):
    """Checks passwords, for REST, XMPP and the engine together."""

    def authenticate(username: str, password: str) -> Deferred[Person]:
        """Check a password.

        Args:
            username: A login id or a login name.
            password: As it was typed.

        Returns:
            Fires with the person, or fails with `BadCredentialsError` (unknown name and wrong password alike),
            `LockedOutError` (whatever the password) or `TooBusyError` (try again later).
        """


# GED-188 --------------------------------------------------------------------------------------------------------


class IPeripheral(Interface):
    """An ACD behind a GED-188 server: a *peripheral*, in the protocol's words. The embedded engine is one."""

    def online() -> bool:
        """Whether it can serve: PeripheralOnline in OPEN_CONF."""

    def subscribe(listener: Callable[[Message], None]) -> Callable[[], None]:
        """Send every event, unfiltered and in causal order, to ``listener`` from now on.

        The listener must not call back into the peripheral before it returns.

        Returns:
            Call it to end the subscription.
        """

    def request(request: Message, reply: Callable[[Message], None]) -> None:
        """Carry out what an open session asks for.

        Args:
            request: A `Request` but OPEN_REQ, HEARTBEAT_REQ and CLOSE_REQ, which the server answers itself; or
                CONFIG_REQUEST_KEY_EVENT or CONFIG_REQUEST_EVENT, which have no InvokeID and no confirmation.
            reply: Call it, now or later, with each answer for that session alone, in order. To a `Request`
                exactly one of them is the confirmation or the failure, with the request's InvokeID; a
                configuration upload has several others. After the session's end it does nothing.
        """


class ICTILinkListener(Interface):
    """What the GED-188 client tells."""

    def link_opened(side: str, online: bool) -> None:
        """A session is open. Nothing of an earlier session is still true."""

    def link_message(message: Message) -> None:
        """An event, or an answer that nobody waits for."""

    def link_closed(reason: str) -> None:
        """The session is gone; every outstanding request has failed already."""


class ICTILink(Interface):
    """The GED-188 client's session with whichever side is active."""

    side: str = Attribute("``host:port`` of the open session; empty while there is none.")
    last_heartbeat: datetime | None = Attribute("When the peer last answered a heartbeat, in UTC.")
    heartbeat_missed: bool = Attribute("Whether the latest heartbeat is overdue.")

    def request(request: Request) -> Deferred[Message]:
        """Send a request; its InvokeID is filled in.

        Returns:
            Fires with the confirmation, or fails with `ControlFailureError` (the peripheral refused),
            `RequestFailedError` (the server refused), `RequestTimeoutError` or `LinkDownError`.
        """

    def send(message: Message) -> None:
        """Send what has no confirmation, such as CONFIG_REQUEST_KEY_EVENT.

        Raises:
            LinkDownError: There is no session.
        """


# Notifications --------------------------------------------------------------------------------------------------


class INodePolicy(Interface):
    """Which publish-subscribe nodes there are for whom. A node's name is the REST path it tells about."""

    def node_access(login_id: str, node: str) -> NodeAccess:
        """Whether that person may subscribe to that node, or whether there is no such node."""

    def automatic_nodes(login_id: str) -> tuple[str, ...]:
        """The nodes that this person's sessions receive without asking."""


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

    def user_unavailable(login_id: str) -> None:
        """None of this person's sessions is available any more."""

"""The two ends of GED-188: a peripheral with its clients, and the link that the web services follow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from finesse_tx.cti.core.message import Message, Request

__all__ = ["IAgentClients", "ICTILink", "ICTILinkListener", "IPeripheral", "ITeams"]


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


class IAgentClients(Interface):
    """A peripheral that follows agents' own CTI clients, those in agent mode; a peripheral may provide this too."""

    def client_came(agent_id: str, device: str) -> None:
        """A session in agent mode is open.

        Args:
            agent_id: The agent's login id; empty when it is not known.
            device: The phone; empty when it is not known.
        """

    def client_gone(agent_id: str, device: str, closed: bool) -> None:
        """The last session of that agent, or phone, is over, and it was not we who ended it.

        Args:
            agent_id: As above.
            device: As above.
            closed: Whether the client has closed it, by CLOSE_REQ.
        """


class ITeams(Interface):
    """What a peripheral knows of teams; a peripheral may provide this too."""

    def teams() -> Sequence[Message]:
        """All teams and the states of their agents now, as UCCE's supervisors are told of them."""

    def supervises(supervisor_id: str, device: str) -> bool:
        """Whether somebody supervises the team of the agent who is signed in at a phone.

        Args:
            supervisor_id: The supervisor's login id.
            device: The phone.
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
    version: int = Attribute("The protocol version of the open session; 0 while there is none.")
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

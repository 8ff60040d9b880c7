"""An XMPP server that takes components, scripted: what it says is text, what it hears too."""

from collections.abc import Callable
from itertools import count
from typing import Any

from twisted.internet import error
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.interfaces import IProtocol, IProtocolFactory, IStreamClientEndpoint
from twisted.internet.task import Clock
from zope.interface import implementer

from finesse_tx.config import ComponentConfig, NotificationConfig
from finesse_tx.directory.core.demo import demo
from finesse_tx.notification.client import ComponentNotification
from finesse_tx.notification.core.handshake import handshake
from tests.support.notification import DOMAIN, PUBSUB, Listener, Policy
from tests.support.webservices import FakeDirectory
from tests.support.xmpp import Wire

__all__ = ["CONTACT", "SECRET", "ScriptedServer", "component_notification"]

SECRET = "s3cret"
CONTACT = f"finesse@{PUBSUB}"
"""Where people's presence is sent to."""

HEADER = (
    "<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='s1'"
    f" xmlns:stream='http://etherx.jabber.org/streams' from='{PUBSUB}'>"
)


@implementer(IStreamClientEndpoint)
class ScriptedServer:
    """The server's side.

    Attributes:
        is_there: Whether it accepts connections.
        wires: Those that were made, the oldest first.
    """

    def __init__(self) -> None:
        self.is_there = True
        self.wires: list[Wire] = []

    def connect(self, protocolFactory: IProtocolFactory) -> Deferred[IProtocol]:
        """Somebody connects."""
        if not self.is_there:
            return fail(error.ConnectionRefusedError())
        self.wires.append(Wire(protocolFactory))  # type: ignore[arg-type]  # any address will do
        return succeed(self.wires[-1].protocol)

    @property
    def wire(self) -> Wire:
        """The latest connection."""
        return self.wires[-1]

    def accept(self) -> Wire:
        """Shake hands on it."""
        shaken = self.wire.send(HEADER)
        assert shaken == f"<handshake>{handshake('s1', SECRET)}</handshake>", shaken
        self.wire.protocol.dataReceived(b"<handshake/>")
        return self.wire

    def present(self, who: str, inner: str = "", kind: str = "", to: str = CONTACT) -> str:
        """Tell of somebody's presence, and return what is said to that."""
        said = f" type='{kind}'" if kind else ""
        return self.wire.send(f"<presence{said} from='{who}' to='{to}'>{inner}</presence>")


def component_notification(
    clock: Clock,
    server: ScriptedServer,
    *,
    policy: Policy | None = None,
    listener: Listener | None = None,
    outage: Callable[[str], None] = lambda _reason: None,
    agents: int = 4,
    **keys: Any,
) -> ComponentNotification:
    """A service that is running, for so many agents, with ``notification.component`` as the keys say."""
    numbers = count(1)
    service = ComponentNotification(
        NotificationConfig(
            domain=DOMAIN,
            mode="component",
            component=ComponentConfig(secret_file="x", **keys),
        ),
        SECRET,
        FakeDirectory(demo(agents)),
        policy or Policy(),
        server,
        clock,
        lambda: f"id{next(numbers):06}xxxxxxxxxxxxxx",
        "process",
        listener,
        outage,
        lambda: 1.0,
    )
    service.startService()
    return service

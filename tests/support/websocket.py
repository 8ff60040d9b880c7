"""XMPP over WebSocket with ``websockets``, a library that we did not write; it blocks, in a thread."""

import ssl
from contextlib import suppress as suppressed
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from websockets.exceptions import ConnectionClosedError
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.support.notification import DOMAIN
from tests.support.xmpp import auth

__all__ = ["CLOSE", "OPEN", "Chat"]

FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
OPEN = f"<open xmlns='{FRAMING}' to='{DOMAIN}' version='1.0'/>"
CLOSE = f"<close xmlns='{FRAMING}'/>"

LIMIT_S = 120


class Chat:
    """One connection.

    Args:
        port: On 127.0.0.1.
        authority: For TLS: whom to trust.
        path: Of the resource.
        options: For ``websockets.sync.client.connect``.

    Attributes:
        socket: The connection.
    """

    def __init__(
        self, port: int, authority: Path | None = None, path: str = "/ws", **options: Any
    ) -> None:
        context = ssl.create_default_context(cafile=str(authority)) if authority else None
        scheme = "wss" if authority else "ws"
        self.socket: ClientConnection = connect(
            f"{scheme}://127.0.0.1:{port}{path}",
            ssl=context,
            proxy=None,
            open_timeout=LIMIT_S,
            close_timeout=LIMIT_S,
            **{"subprotocols": [Subprotocol("xmpp")], "compression": None, **options},
        )

    def send(self, element: str) -> None:
        """Send one message."""
        self.socket.send(element)

    def receive(self) -> ElementTree.Element:
        """The next message; each is one element."""
        text = self.socket.recv(LIMIT_S)
        assert isinstance(text, str), text
        return ElementTree.fromstring(text)

    def ask(self, element: str) -> ElementTree.Element:
        """Send, and return the next message."""
        self.send(element)
        return self.receive()

    def sign_in(
        self,
        name: str = "agent1",
        resource: str = "ws",
        password: str = "finesse",  # everybody's
    ) -> str:
        """Sign in, bind, be present; return the address."""
        self.ask(OPEN)
        self.receive()
        self.ask(auth(name, password).replace("'", '"'))
        self.ask(OPEN)
        self.receive()
        bound = self.ask(
            "<iq xmlns='jabber:client' type='set' id='b'>"
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'>"
            f"<resource>{resource}</resource></bind></iq>"
        )
        self.appear()
        return bound[0][0].text or ""

    def appear(self) -> None:
        """Be present; one's own presence comes back, and the application's comes."""
        self.ask("<presence xmlns='jabber:client'/>")
        self.receive()

    def rest(self) -> list[str]:
        """Everything until the server closes, and its code."""
        found = []
        with suppressed(ConnectionClosedError):  # any code but 1000
            for message in self.socket:
                found.append(str(message))
        return [*found, str(self.socket.close_code)]

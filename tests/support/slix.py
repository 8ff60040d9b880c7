"""slixmpp as a client: it lives in an asyncio loop of its own, in a thread of its own."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import slixmpp

__all__ = ["Agent", "run"]

T = TypeVar("T")

LIMIT_S = 120


class Agent(slixmpp.ClientXMPP):
    """A client that writes down what it gets.

    Attributes:
        events: The notifications: node and payload.
        presences: The presences of others: address and kind.
        failures: Why it could not sign in, or lost its stream.
    """

    def __init__(self, jid: str, password: str = "finesse") -> None:
        super().__init__(jid, password)
        for plugin in ("xep_0030", "xep_0060", "xep_0092", "xep_0199"):
            self.register_plugin(plugin)
        self["feature_mechanisms"].unencrypted_plain = True
        self.events: asyncio.Queue[tuple[str, str, str]] = asyncio.Queue()
        self.presences: asyncio.Queue[tuple[str, str]] = asyncio.Queue()
        self.failures: asyncio.Queue[str] = asyncio.Queue()
        self.ready = asyncio.Event()
        self.over = asyncio.Event()
        self.add_event_handler("session_start", self._started)
        self.add_event_handler("pubsub_publish", self._published)
        self.add_event_handler("presence", self._present)
        self.add_event_handler("failed_auth", lambda e: self.failures.put_nowait(e["condition"]))
        self.add_event_handler("stream_error", lambda e: self.failures.put_nowait(e["condition"]))
        self.add_event_handler("disconnected", lambda _reason: self.over.set())

    async def _started(self, _event: object) -> None:
        await self.get_roster()
        self.send_presence(ppriority=0)

    def _published(self, message: Any) -> None:
        items = message["pubsub_event"]["items"]
        payload = items["item"]["payload"]
        text = payload.text if payload is not None else ""
        self.events.put_nowait((items["node"], str(payload.tag), text))

    def _present(self, presence: Any) -> None:
        sender = str(presence["from"])
        self.presences.put_nowait((sender, presence["type"]))
        if sender.startswith("finesse@"):
            self.ready.set()  # the service has seen our own presence

    async def sign_in(
        self, port: int, authority: Path | None = None, *, direct: bool = False
    ) -> None:
        """Connect and be available.

        Args:
            port: On 127.0.0.1.
            authority: Whom to trust; None: stay in the clear.
            direct: TLS from the first byte.
        """
        self.enable_plaintext = authority is None
        self.enable_starttls = authority is not None and not direct
        self.enable_direct_tls = direct
        if authority is not None:
            self.ca_certs = authority
        self.connect("127.0.0.1", port)
        await asyncio.wait_for(self.ready.wait(), LIMIT_S)

    async def next_event(self) -> tuple[str, str, str]:
        """The next notification: node, the payload's name, its text."""
        return await asyncio.wait_for(self.events.get(), LIMIT_S)

    async def presence_of(self, address: str) -> str:
        """The next presence of that address."""
        while True:
            sender, kind = await asyncio.wait_for(self.presences.get(), LIMIT_S)
            if sender == address:
                return kind

    async def leave(self) -> None:
        """Disconnect."""
        await self.disconnect(wait=1)


def run(scenario: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Play a scenario, in whatever thread this is called in."""
    return asyncio.run(asyncio.wait_for(scenario(), LIMIT_S))

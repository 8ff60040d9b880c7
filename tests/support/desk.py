"""An agent's desk: REST by requests, events by slixmpp, each thing said as it is awaited."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

from tests.support.rest import Rest
from tests.support.slix import Agent
from tests.support.twistd import Twistd

__all__ = ["Desk", "Event"]

DOMAIN: Final = "finesse.local"


@dataclass(frozen=True)
class Event:
    """A notification about the desk's dialogs.

    Attributes:
        kind: PUT, POST, DELETE, or put for an error.
        dialog: The dialog's id; of an error, the source's last part.
        state: The dialog's state, or the error's message.
        own: The state of the desk's own participant; empty when there is none.
        request_id: The request that caused it.
        body: The dialog, or the error.
    """

    kind: str
    dialog: str
    state: str
    own: str
    request_id: str
    body: ElementTree.Element

    def text(self, path: str) -> str:
        """An element's text."""
        return self.body.findtext(path, "")


class Desk:
    """Somebody who is signed in.

    Args:
        server: The server.
        name: The login id.
        extension: The phone.

    Attributes:
        rest: REST as this person.
        told: Every event about dialogs so far.
    """

    def __init__(self, server: Twistd, name: str, extension: str) -> None:
        self.name, self.extension = name, extension
        self.rest = Rest(server, name)
        self.told: list[Event] = []
        self._port = server.port("xmpp")
        self._client = Agent(f"{name}@{DOMAIN}/desk")

    async def come(self) -> None:
        """Connect, and sign in."""
        await self._client.sign_in(self._port)
        status = await asyncio.to_thread(self.rest.put_state, "LOGIN", extension=self.extension)
        assert status == 202
        await self.is_in("NOT_READY")

    async def leave(self) -> None:
        """Sign out, and disconnect."""
        await asyncio.to_thread(self.rest.put_state, "LOGOUT")
        await self._client.leave()

    async def is_in(self, state: str) -> None:
        """Wait for an event with that state of the user."""
        while True:
            node, data, _root = await self._next()
            if node.endswith(f"/User/{self.name}") and data.findtext("user/state") == state:
                return

    async def until(self, kind: str, *, dialog: str = "", state: str = "", own: str = "") -> Event:
        """Wait for an event about a dialog that is so; the others are in `told`."""
        while True:
            node, data, root = await self._next()
            if not node.endswith(f"/User/{self.name}/Dialogs"):
                continue
            event = self._event(data, root)
            self.told.append(event)
            wanted = (kind, dialog or event.dialog, state or event.state, own or event.own)
            if (event.kind, event.dialog, event.state, event.own) == wanted:
                return event

    async def _next(self) -> tuple[str, ElementTree.Element, ElementTree.Element]:
        node, _name, payload = await self._client.next_event()
        root = ElementTree.fromstring(payload)
        data = root.find("data")
        assert data is not None
        return node, data, root

    def _event(self, data: ElementTree.Element, root: ElementTree.Element) -> Event:
        dialog = data.find("dialogs/Dialog")
        dialog = dialog if dialog is not None else data.find("dialog")
        kind, request_id = root.findtext("event", ""), root.findtext("requestId", "")
        if dialog is None:
            source = root.findtext("source", "").rpartition("/")[2]
            message = data.findtext("apiErrors/apiError/errorMessage", "")
            return Event(kind, source, message, "", request_id, data)
        own = self.participant(dialog)
        state = own.findtext("state", "") if own is not None else ""
        identity, now = dialog.findtext("id", ""), dialog.findtext("state", "")
        return Event(kind, identity, now, state, request_id, dialog)

    def participant(
        self, dialog: ElementTree.Element, extension: str = ""
    ) -> ElementTree.Element | None:
        """Somebody in a dialog; by default oneself."""
        for one in dialog.findall("participants/Participant"):
            if one.findtext("mediaAddress") == (extension or self.extension):
                return one
        return None

    def may(self, dialog: str) -> list[str]:
        """What one may do with a dialog, by GET."""
        own = self.participant(self.rest.get(f"/Dialog/{dialog}"))
        assert own is not None
        return [action.text or "" for action in own.findall("actions/action")]

    def dialogs(self) -> list[ElementTree.Element]:
        """One's dialogs, by GET."""
        return self.rest.get(f"/User/{self.name}/Dialogs").findall("Dialog")

    def act(self, dialog: str, action: str, request_id: str = "", more: str = "") -> None:
        """Act on a dialog; it must be accepted."""
        status = self.rest.act(dialog, action, self.extension, request_id, more)
        assert status == 202, (action, status)

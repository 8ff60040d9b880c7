"""A client with stream management, without a network: bytes under way both ways, and cuts."""

from collections.abc import Mapping
from typing import Any

from twisted.words.xish.domish import Element

from finesse_tx.notification.reader import StanzaReader
from tests.support.xmpp import HEADER, Wire, auth, bind

__all__ = ["SM", "Resuming"]

SM = "urn:xmpp:sm:3"


class Resuming:
    """A client that counts, and comes back after each cut.

    Attributes:
        stanzas: The stanzas that it has dealt with, each once.
        others: The elements that are no stanzas.
        resumptions: How often it was resumed.
        failures: What it was refused with.
    """

    def __init__(self, factory: Any, resume: bool = True) -> None:
        self._factory = factory
        self.stanzas: list[Element] = []
        self.others: list[Element] = []
        self.resumptions, self.failures = 0, list[str]()
        self._handled = self._sent = 0
        self._unacknowledged: list[str] = []
        self._id = ""
        self._connect()
        self.say(bind("desktop"))
        self.settle()
        self.say(f"<enable xmlns='{SM}' resume='{str(resume).lower()}'/>")
        self.settle()
        self.stanzas.clear()

    def _connect(self) -> None:
        self.wire = Wire(self._factory)
        self._counts = False
        self.outgoing = self.incoming = b""
        self._reader = StanzaReader(self, 1 << 20)
        for text in (HEADER, auth("agent1"), HEADER):
            if text is HEADER:
                self._reader = StanzaReader(self, 1 << 20)
            self.say(text)
            self.settle()

    # What it reads -------------------------------------------------------------------------------------------------

    def header_received(self, name: str, attributes: Mapping[str, str]) -> None:
        """The stream begins."""

    def footer_received(self) -> None:
        """It ends."""

    def element_received(self, element: Element) -> None:
        """Count."""
        if element.uri != SM:
            (self.stanzas if element.uri is None else self.others).append(element)
            self._handled += self._counts and element.uri is None
        elif element.name == "enabled":
            self._id, self._counts = element.getAttribute("id") or "", True
        elif element.name == "r":
            self.say(f"<a xmlns='{SM}' h='{self._handled}'/>")
        elif element.name in {"a", "resumed"}:
            new = int(element["h"]) - (self._sent - len(self._unacknowledged))
            assert 0 <= new <= len(self._unacknowledged), element.toXml()
            del self._unacknowledged[:new]
            if element.name == "resumed":
                self.resumptions, self._counts = self.resumptions + 1, True
                self.outgoing += "".join(self._unacknowledged).encode()
        elif element.name == "failed":
            self.failures.append(element.firstChildElement().name)

    # What it does --------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """Send what is no stanza, or before stanzas count."""
        self.outgoing += text.encode()

    def send(self, stanza: str) -> None:
        """Send a stanza."""
        self._sent += 1
        self._unacknowledged.append(stanza)
        self.outgoing += stanza.encode()

    def appear(self) -> None:
        """Be available."""
        self.send("<presence/>")
        self.settle()
        self.stanzas.clear()

    def to_server(self, count: int) -> None:
        """So many bytes arrive there."""
        data, self.outgoing = self.outgoing[:count], self.outgoing[count:]
        if data:
            self.wire.protocol.dataReceived(data)

    def to_client(self, count: int) -> None:
        """So many bytes arrive here."""
        self.incoming += self.wire.transport.value()
        self.wire.transport.clear()
        data, self.incoming = self.incoming[:count], self.incoming[count:]
        if data:
            self._reader.feed(data)

    def settle(self) -> None:
        """All that is under way arrives."""
        while self.outgoing or self.incoming or self.wire.transport.value():
            self.to_server(1 << 30)
            self.to_client(1 << 30)

    def cut(self) -> None:
        """The connection is gone, with all that is under way."""
        self.wire.hang_up()

    def resume(self) -> None:
        """Come back."""
        self._connect()
        self.say(f"<resume xmlns='{SM}' previd='{self._id}' h='{self._handled}'/>")
        self.settle()

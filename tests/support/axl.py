"""An AXL server without a network, a database or threads: each is done at once, or when the test says so."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

from twisted.internet.address import IPv4Address
from twisted.internet.defer import Deferred, fail, succeed
from twisted.internet.task import Clock
from twisted.internet.testing import StringTransport
from twisted.trial.unittest import SynchronousTestCase
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import AXLConfig, SecurityConfig
from finesse_tx.directory.axl.application import Application
from finesse_tx.directory.axl.resource import Entrance, axl_root
from finesse_tx.directory.core.axl.envelope import MAX_BODY
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, ObjectWrite, StoredObject
from finesse_tx.directory.core.axl.versions import SOAP, namespace
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import Plan, plan
from finesse_tx.directory.core.edits import (
    Author,
    Edit,
    EditsRefusedError,
    Key,
    Register,
    SetPassword,
)
from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.interfaces import (
    IAuthenticator,
    IAXLRecords,
    IDirectory,
    IDirectoryEditing,
)
from finesse_tx.site import BoundedSite
from finesse_tx.webservices.core.administration.changes import AuditEntry
from tests.support.workers import ManualWorkers

__all__ = ["AT", "CHEAP", "PEER", "AXLCase", "Answer", "Centre"]

AT: Final = datetime(2026, 11, 22, 18, tzinfo=UTC)
PEER: Final = "192.0.2.7"
CHEAP: Final = SecurityConfig(argon2_memory_kib=8, argon2_iterations=1, argon2_lanes=1)


@implementer(IDirectory, IAuthenticator, IDirectoryEditing, IAXLRecords)
class Centre:
    """The directory, its passwords, who changes it, and what is kept beside it.

    Attributes:
        passwords: By login id.
        objects: What is kept, by folded key.
        audit: The entries that came with it.
        authors: Who changed the directory.
        asked: Whose password was asked for, each time.
        failing: What checks and changes fail with; None while they work.
        held: What changes of objects wait for; None: they are done at once.
    """

    def __init__(self, agents: int = 3) -> None:
        self._register = Register(demo(agents))
        self.passwords = {person.login_id: "finesse" for person in self._register.snapshot.people}
        self.objects: dict[ObjectKey, StoredObject] = {}
        self.audit: list[AuditEntry] = []
        self.authors: list[Author] = []
        self.asked: list[str] = []
        self.failing: Exception | None = None
        self.held: Deferred[None] | None = None

    def snapshot(self) -> Snapshot:
        """Everyone."""
        return self._register.snapshot

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Check a password."""
        self.asked.append(username)
        if self.failing is not None:
            return fail(self.failing)
        person = self.snapshot().person(username)
        if person is None or self.passwords.get(person.login_id) != password:
            return fail(BadCredentialsError())
        return succeed(person)

    def register(self) -> Deferred[Register]:
        """Everyone."""
        return succeed(self._register)

    def refresh(self) -> Deferred[int]:
        """Nothing has changed behind our back."""
        return succeed(len(self.snapshot().people))

    def check(self, edits: Sequence[Edit]) -> Deferred[Plan]:
        """Say what would be."""
        return succeed(plan(self._register, edits))

    def apply(self, edits: Any, author: Any, beside: ObjectWrite | None = None) -> Deferred[Any]:
        """Change the directory, or what is kept beside it: two interfaces have the same name for it."""
        if self.failing is not None:
            return fail(self.failing)
        if not isinstance(edits, ObjectEdit):
            return self._edit(edits, author, beside)
        if self.held is not None:
            return self.held.addCallback(lambda _: self._keep(edits, author))
        self._keep(edits, author)
        return succeed(None)

    def _keep(self, edit: ObjectEdit, entry: AuditEntry) -> None:
        for key in edit.removes:
            self.objects.pop(key.folded, None)
        self.objects.update((put.key.folded, put) for put in edit.puts)
        self.audit.append(entry)

    def _edit(
        self, edits: Sequence[Edit], author: Author, beside: ObjectWrite | None
    ) -> Deferred[tuple[Key, ...]]:
        try:
            self._register = plan(self._register, edits).register
        except EditsRefusedError as error:
            return fail(error)
        for edit in edits:
            if isinstance(edit, SetPassword) and edit.password is not None:
                self.passwords[edit.login_id] = edit.password
        self.authors.append(author)
        if beside is not None:
            self._keep(beside.edit, beside.entry)
        return succeed(())

    def kept(self) -> tuple[StoredObject, ...]:
        """All that is kept beside the directory."""
        return tuple(self.objects.values())


class _Transport(StringTransport):
    """From a peer, over TLS."""

    @override
    def getPeer(self) -> IPv4Address:
        return IPv4Address("TCP", PEER, 4711)


class Answer:
    """What came back."""

    def __init__(self, raw: bytes) -> None:
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers: Mapping[str, str] = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }

    @property
    def element(self) -> Element:
        """The first element in the envelope's body."""
        return fromstring(self.body)[0][0]

    @property
    def fault(self) -> tuple[str | None, str | None]:
        """Its code and its message."""
        assert self.status == 500, (self.status, self.body)
        return self.element.findtext(".//axlcode"), self.element.findtext("faultstring")


class AXLCase(SynchronousTestCase):
    """A server with the demo's people.

    Attributes:
        centre: The directory, and what is kept.
        clock: The time.
        workers: The threads; `ask` has them work.
        application: The server's inside.
        site: Its outside.
    """

    config = AXLConfig(read_only=("agent1",), full_access=("agent2",))

    @override
    def setUp(self) -> None:
        self.centre, self.clock, self.workers = Centre(), Clock(), ManualWorkers()
        self.start()

    def start(self) -> None:
        """Start the server, with what is kept."""
        numbers = count(1)
        self.application = Application(
            self.centre,
            self.centre,
            self.centre,
            self.centre.kept(),
            self.centre,
            self.workers,
            self.config,
            CHEAP,
            self.clock,
            lambda: AT,
            lambda: f"00000000-0000-4000-8000-{next(numbers):012}",
            f"queue-{id(numbers)}",
        )
        names = count(1)
        entrance = Entrance(
            self.centre, self.centre, self.config, self.clock, lambda: f"S{next(names)}"
        )
        root = axl_root(entrance, self.application, lambda: "https://cucm.example/axl/")
        self.site = BoundedSite(root, MAX_BODY, 60, self.clock)

    def connect(self) -> tuple[_Transport, Any]:
        """A connection."""
        transport = _Transport()
        channel: Any = self.site.buildProtocol(IPv4Address("TCP", PEER, 4711))
        channel.makeConnection(transport)
        return transport, channel

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own, and all that the threads have to do for it."""
        transport, channel = self.connect()
        given = {"Host": "x", "Content_Length": str(len(body)), **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in given.items())
        channel.dataReceived(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + body)
        self.work()
        return Answer(transport.value())

    def work(self) -> None:
        """Let the threads do all that there is, and the answers go out at the end of the turn."""
        self.workers.work_off()
        self.clock.advance(0)

    def basic(self, user: str, password: str = "finesse") -> str:
        """The header."""
        return "Basic " + b64encode(f"{user}:{password}".encode()).decode()

    def ask(
        self, operation: str, inner: str = "", user: str = "admin", version: str = "15.0"
    ) -> Answer:
        """A SOAP request."""
        return self.send(
            "POST",
            "/axl/",
            self.envelope(operation, inner, version),
            Authorization=self.basic(user),
            SOAPAction=f'"CUCM:DB ver={version} {operation}"',
            Content_Type="text/xml; charset=utf-8",
        )

    def envelope(self, operation: str, inner: str = "", version: str = "15.0") -> bytes:
        """The body of a request."""
        return (
            f'<e:Envelope xmlns:e="{SOAP}"><e:Body><n:{operation} xmlns:n="{namespace(version)}">'
            f"{inner}</n:{operation}></e:Body></e:Envelope>"
        ).encode()

    def done(self, operation: str, inner: str = "", user: str = "admin") -> Element:
        """What ``return`` holds, of a request that must succeed."""
        answer = self.ask(operation, inner, user)
        self.assertEqual(answer.status, 200, answer.body)
        found = answer.element.find("return")
        assert found is not None
        return found

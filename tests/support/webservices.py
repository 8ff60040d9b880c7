"""What surrounds the web services, as fakes: a link, a publisher, a directory, an authenticator."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import cast

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from finesse_tx.cti.core.errors import LinkDownError
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.records import Person, ReasonCode, Snapshot
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import (
    IAdministrationRecords,
    IAuthenticator,
    IConnections,
    ICTILink,
    IDirectory,
    IPublisher,
    IReasonCodes,
    ITeamMessageRecords,
    ITokens,
)
from finesse_tx.webservices.core.administration.changes import (
    Add,
    AddContact,
    Assign,
    AuditEntry,
    Change,
    Remove,
    Replace,
    ReplaceContacts,
)
from finesse_tx.webservices.core.administration.settings import Settings
from finesse_tx.webservices.core.team_messages import Message as TeamMessage


@implementer(ICTILink)
class FakeLink:
    """A link whose answers the test gives."""

    def __init__(self) -> None:
        self.side, self.version = "127.0.0.1:12028", 16
        self.last_heartbeat: datetime | None = None
        self.heartbeat_missed = False
        self.sent: list[Message] = []
        self._waiting: deque[tuple[Request, Deferred[Message]]] = deque()

    def request(self, request: Request) -> Deferred[Message]:
        """Write the request down; the test answers it."""
        if not self.side:
            return fail(LinkDownError("lost"))
        answer: Deferred[Message] = Deferred()
        self._waiting.append((request, answer))
        return answer

    def send(self, message: Message) -> None:
        """Write the message down."""
        if not self.side:
            raise LinkDownError("lost")
        self.sent.append(message)

    @property
    def waiting(self) -> list[Request]:
        """The requests without an answer, the oldest first."""
        return [request for request, _ in self._waiting]

    def confirm(self, confirmation: Message | None = None) -> Request:
        """Answer the oldest request; by default with its bare confirmation."""
        request, answer = self._waiting.popleft()
        bare = cast("type[Confirmation]", type(request).CONFIRMATION)
        answer.callback(confirmation or bare(invoke_id=request.invoke_id))
        return request

    def refuse(self, error: Exception) -> Request:
        """Fail the oldest request."""
        request, answer = self._waiting.popleft()
        answer.errback(error)
        return request

    def lose(self) -> None:
        """The session is gone."""
        self.side = ""
        while self._waiting:
            self.refuse(LinkDownError("lost"))


@implementer(IPublisher)
class FakePublisher:
    """Writes down what is published."""

    def __init__(self) -> None:
        self.published: list[tuple[str, str]] = []
        self.available = False

    def publish(self, node: str, payload: str) -> None:
        """Write it down."""
        self.published.append((node, payload))

    def set_available(self, available: bool) -> None:
        """Write it down."""
        self.available = available

    def take(self) -> list[tuple[str, str]]:
        """What was published since the last call."""
        taken, self.published = self.published, []
        return taken


@implementer(IDirectory, IReasonCodes)
class FakeDirectory:
    """A directory that the test changes.

    Attributes:
        now: What it shows.
        failing: What reading it anew fails with; None while it works.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.now = snapshot
        self.failing: Exception | None = None

    def snapshot(self) -> Snapshot:
        """As of now."""
        return self.now

    def reload_reason_codes(self) -> Deferred[None]:
        """Nothing: `FakeAdministrationRecords` puts them here."""
        return succeed(None) if self.failing is None else fail(self.failing)

    def without_reasons(self) -> None:
        """Nobody has configured reason codes."""
        self.now = replace(self.now, reason_codes=())


@implementer(IAuthenticator)
class FakeAuthenticator:
    """Everyone's password is ``finesse``."""

    def __init__(self, directory: IDirectory) -> None:
        self._directory = directory
        self.error: Exception | None = None

    def authenticate(self, username: str, password: str) -> Deferred[Person]:
        """Compare, at once."""
        person = self._directory.snapshot().person(username)
        if self.error is not None:
            return fail(self.error)
        if person is None or password != "finesse":
            return fail(BadCredentialsError())
        return succeed(person)


@implementer(ITeamMessageRecords)
class FakeTeamMessageRecords:
    """Messages in a dictionary.

    Attributes:
        kept: By id.
        failing: What it fails with; None while it works.
        holding: While this is a list, additions wait in it for the test.
    """

    def __init__(self) -> None:
        self.kept: dict[int, TeamMessage] = {}
        self.failing: Exception | None = None
        self.holding: list[Deferred[None]] | None = None
        self._last = 0

    def add(self, message: TeamMessage) -> Deferred[TeamMessage]:
        """Keep it, now or when the test says so."""
        if self.failing is not None:
            return fail(self.failing)
        if self.holding is None:
            return succeed(self._add(message))
        held: Deferred[None] = Deferred()
        self.holding.append(held)
        return held.addCallback(lambda _: self._add(message))

    def _add(self, message: TeamMessage) -> TeamMessage:
        self._last += 1
        kept = self.kept[self._last] = replace(message, id=self._last)
        return kept

    def remove(self, message_id: int) -> Deferred[None]:
        """Forget it."""
        if self.failing is not None:
            return fail(self.failing)
        self.kept.pop(message_id, None)
        return succeed(None)

    def remove_expired(self, now: float) -> Deferred[None]:
        """Forget those whose time is over."""
        if self.failing is not None:
            return fail(self.failing)
        self.kept = {key: one for key, one in self.kept.items() if one.expires_at > now}
        return succeed(None)


@implementer(ITokens)
class FakeTokens:
    """Everyone's token is ``token-`` and the login id."""

    def __init__(self, directory: IDirectory) -> None:
        self._directory = directory

    def person(self, token: str) -> Person:
        """Whose it is."""
        person = self._directory.snapshot().person(token.removeprefix("token-"))
        if person is None or token != f"token-{person.login_id}":
            raise BadCredentialsError
        return person

    def ticket(self, person: Person) -> str:
        """The same every time."""
        return f"ticket-{person.login_id}"


@implementer(IAdministrationRecords)
class FakeAdministrationRecords:
    """Carries out what a directory must show, and gives ids; the rest is in the caller's memory.

    Attributes:
        entries: What was audited.
        failing: What it fails with; None while it works.
        holding: While this is a list, changes wait in it for the test.
        kept: What it says that is kept.
    """

    def __init__(self, directory: FakeDirectory) -> None:
        self._directory, self._last = directory, 100
        self.entries: list[AuditEntry] = []
        self.failing: Exception | None = None
        self.holding: list[Deferred[None]] | None = None
        self.kept = Settings()

    def load(self) -> Deferred[Settings]:
        """What a test says that is kept."""
        return succeed(self.kept) if self.failing is None else fail(self.failing)

    def apply(self, change: Change, entry: AuditEntry) -> Deferred[tuple[int, ...]]:
        """Do it, now or when the test says so."""
        if self.failing is not None:
            return fail(self.failing)
        if self.holding is None:
            return succeed(self._apply(change, entry))
        held: Deferred[None] = Deferred()
        self.holding.append(held)
        return held.addCallback(lambda _: self._apply(change, entry))

    def note(self, entry: AuditEntry, deed: Callable[[], None]) -> Deferred[None]:
        """Do it, and keep who has."""
        if self.failing is not None:
            return fail(self.failing)
        try:
            deed()
        except FinesseError as error:
            return fail(error)
        self.entries.append(entry)
        return succeed(None)

    def latest(
        self, about: str, before: int | None, most: int
    ) -> Deferred[tuple[tuple[int, AuditEntry], ...]]:
        """What was audited, the newest first."""
        if self.failing is not None:
            return fail(self.failing)
        found = [
            (number, entry)
            for number, entry in enumerate(self.entries, 1)
            if entry.uri.startswith(about) and (before is None or number < before)
        ]
        return succeed(tuple(found[::-1][:most]))

    def _apply(self, change: Change, entry: AuditEntry) -> tuple[int, ...]:
        self.entries.append(entry)
        wanted = 1 if isinstance(change, Add | AddContact) else 0
        if isinstance(change, ReplaceContacts):
            wanted = len(change.contacts)
        ids = tuple(range(self._last + 1, self._last + 1 + wanted))
        self._last += wanted
        self._show(change, ids)
        return ids

    def _show(self, change: Change, ids: tuple[int, ...]) -> None:
        codes = {code.id: code for code in self._directory.now.reason_codes}
        match change:
            case Add(value=ReasonCode() as code):
                codes[ids[0]] = replace(code, id=ids[0])
            case Replace(value=ReasonCode() as code):
                codes[change.id] = code
            case Remove() if change.kind is ReasonCode:
                del codes[change.id]
            case Assign() if change.kind is ReasonCode:
                for number, code in codes.items():
                    teams = code.team_ids - {change.team_id}
                    if number in change.ids:
                        teams |= {change.team_id}
                    codes[number] = replace(code, team_ids=teams)
        self._directory.now = replace(self._directory.now, reason_codes=tuple(codes.values()))


@implementer(IConnections)
class FakeConnections:
    """Sessions that the test names."""

    def __init__(self, found: dict[str, tuple[str, ...]]) -> None:
        self.found = found

    def connections(self) -> dict[str, tuple[str, ...]]:
        """Those."""
        return self.found

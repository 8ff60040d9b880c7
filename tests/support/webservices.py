"""What surrounds the web services, as fakes: a link, a publisher, a directory, an authenticator."""

from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import cast

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from finesse_tx.cti.core.errors import LinkDownError
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.records import Person, Snapshot
from finesse_tx.interfaces import IAuthenticator, ICTILink, IDirectory, IPublisher


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


@implementer(IDirectory)
class FakeDirectory:
    """A directory that the test changes."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.now = snapshot

    def snapshot(self) -> Snapshot:
        """As of now."""
        return self.now

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

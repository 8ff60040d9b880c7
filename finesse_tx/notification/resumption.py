"""Sessions that outlive their connections: stream management, between the sessions and the streams.

A managed session's outlet is a `ManagedSession`, which keeps what was not acknowledged and hands it to the stream that
carries the session just now, if there is one. While there is none the session goes on: it is available, its events
are kept. Nobody is told that it is away, until it does not come back in time.

Spec: XEP-0198 1.6.1 §4 (acknowledgements), §5 (resumption: ``max`` is honoured, ``location`` is never given, ``h`` is not
told of sessions that are over), §7 (errors). Not over BOSH, which has its own ways (XEP-0124 §9, §14).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, Protocol

from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger

from finesse_tx.notification.core.acknowledgement import Acknowledgement
from finesse_tx.notification.core.counters import NotificationCounters
from finesse_tx.notification.core.departure import Departure, departure
from finesse_tx.notification.core.errors import StreamError
from finesse_tx.notification.core.namespaces import STANZAS, STREAM_MANAGEMENT
from finesse_tx.notification.core.sessions import Session

__all__ = ["ManagedSession", "Places", "ResumptionError", "Resumptions", "failed"]

_ASK: Final = f'<r xmlns="{STREAM_MANAGEMENT}"/>'.encode()


def failed(condition: str) -> bytes:
    """What is asked of stream management cannot be done (XEP-0198 §7)."""
    return (
        f'<failed xmlns="{STREAM_MANAGEMENT}"><{condition} xmlns="{STANZAS}"/></failed>'
    ).encode()


class ResumptionError(Exception):
    """There is no such session to be resumed.

    Attributes:
        condition: A stanza error.
    """

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.condition = condition


class Stream(Protocol):
    """What carries a session."""

    def write(self, stanza: bytes) -> None:
        """Send one whole element."""

    def end(self, failure: StreamError | None) -> None:
        """End it, and the session with it."""

    def superseded(self) -> None:
        """Another stream carries the session from here on: end with ``conflict``, and leave the session alone."""


class Places:
    """How many streams there may be at once, over all carriers; a session that waits to be resumed takes one too.

    Args:
        limit: So many.
    """

    def __init__(self, limit: int) -> None:
        self._free = limit

    def take(self) -> bool:
        """Take one; False when there is none."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """It is free again."""
        self._free += 1


class ManagedSession:
    """One session under stream management: its outlet.

    Args:
        owner: Knows all of them.
        session: Which.
        stream: What carries it.
        resume_s: For how long it may be without a stream; 0: it may not.

    Attributes:
        id: What a client resumes it by; empty where it may not.
        session: As given.
        acknowledgement: What was sent and received.
        resume_s: As given.
    """

    __slots__ = ("_owner", "_stream", "_timer", "acknowledgement", "id", "resume_s", "session")

    def __init__(
        self, owner: Resumptions, session: Session, stream: Stream, resume_s: int, name: str
    ) -> None:
        self._owner, self.session = owner, session
        self._stream: Stream | None = stream
        self.resume_s, self.id = resume_s, name
        self.acknowledgement = Acknowledgement(owner.max_bytes)
        self._timer: IDelayedCall | None = None

    # Outlet ---------------------------------------------------------------------------------------------------------

    def write(self, stanza: bytes) -> None:
        """Send one whole stanza, now or when the session is resumed."""
        if not self.acknowledgement.sent(stanza):
            self.end(StreamError("policy-violation", "too much is not acknowledged"))
        elif self._stream is not None:
            self._stream.write(stanza)
            self.ask()

    def end(self, failure: StreamError | None) -> None:
        """End the session, and its stream if it has one."""
        if self._stream is not None:
            self._stream.end(failure)
        elif self._timer is not None:
            self._owner.over(self, departure(failure.condition if failure is not None else ""))

    # From the stream ------------------------------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask for an acknowledgement, if it is time."""
        if self._stream is not None and self.acknowledgement.must_ask():
            self._stream.write(_ASK)

    def left(self, why: Departure, *, resumable: bool) -> None:
        """The stream is over.

        Args:
            why: How it ended.
            resumable: Whether the session may go on without it.
        """
        self._stream = None
        if resumable and self.id and self._owner.wait_for(self):
            self._timer = self._owner.clock.callLater(self.resume_s, self._late)
        else:
            self._owner.over(self, why)

    # From the owner -------------------------------------------------------------------------------------------------

    @property
    def is_waiting(self) -> bool:
        """Whether it has no stream, and waits for one."""
        return self._timer is not None

    def move(self, stream: Stream) -> None:
        """Another stream carries it from here on."""
        self.stop_waiting()
        before, self._stream = self._stream, stream
        if before is not None:
            before.superseded()

    def stop_waiting(self) -> None:
        """It has a stream again, or is over."""
        if self._timer is not None:
            if self._timer.active():
                self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._owner.expired(self)


class Resumptions:
    """All managed sessions.

    Args:
        ended: Told when a session is over.
        clock: For how long sessions wait.
        places: Where a session that waits takes one.
        counters: What has been resumed, and what not.
        new_id: Makes identifiers that cannot be guessed.
        resume_s: How long a session may be without a stream; 0: none may.
        max_bytes: How much of one session may be sent and not acknowledged.

    Attributes:
        clock: As given.
        max_bytes: As given.
    """

    log = Logger()

    def __init__(
        self,
        ended: Callable[[Session, Departure], None],
        clock: IReactorTime,
        places: Places,
        counters: NotificationCounters,
        new_id: Callable[[], str],
        resume_s: int,
        max_bytes: int,
    ) -> None:
        self._ended, self.clock, self._places, self._counters = ended, clock, places, counters
        self._new_id, self._resume_s, self.max_bytes = new_id, resume_s, max_bytes
        self._by_id: dict[str, ManagedSession] = {}
        self._waiting: dict[ManagedSession, None] = {}  # the one that waits longest first

    def __len__(self) -> int:
        """How many wait to be resumed."""
        return len(self._waiting)

    def __iter__(self) -> Iterator[ManagedSession]:
        """Those that wait."""
        return iter(self._waiting)

    def enable(
        self, session: Session, stream: Stream, *, resume: bool, at_most_s: int | None
    ) -> ManagedSession:
        """Manage a session from now on.

        Args:
            session: Which.
            stream: What carries it.
            resume: Whether its client wants to resume it.
            at_most_s: For how long its client would want that; None: as long as we let it.
        """
        resume_s = self._resume_s if resume else 0
        if at_most_s is not None:
            resume_s = min(resume_s, at_most_s)
        name = self._new_id() if resume_s else ""
        managed = session.outlet = ManagedSession(self, session, stream, resume_s, name)
        if name:
            self._by_id[name] = managed
        return managed

    def resume(self, name: str, login_id: str, handled: int, stream: Stream) -> ManagedSession:
        """Have another stream carry a session.

        Args:
            name: Which.
            login_id: Who has signed in on that stream.
            handled: How many of our stanzas its client has dealt with.
            stream: The stream; what to send again is for its caller to send.

        Raises:
            ResumptionError: There is no such session of theirs.
            StreamError: The client has dealt with more than there was.
        """
        managed = self._by_id.get(name)
        if managed is None or managed.session.user.login_id != login_id:
            self._counters.resumptions["item-not-found"] += 1
            raise ResumptionError("item-not-found")
        managed.acknowledgement.acknowledge(handled)
        if managed.is_waiting:
            self._leave(managed)
        managed.move(stream)
        self._counters.resumptions["resumed"] += 1
        return managed

    def give_up_one(self, login_id: str) -> bool:
        """End the session of this person that has waited longest, to make room for another one.

        Returns:
            False when none of theirs waits.
        """
        for managed in self._waiting:
            if managed.session.user.login_id == login_id:
                self._counters.resumptions["given up"] += 1
                self.over(managed, Departure.REPLACED)
                return True
        return False

    def drain(self) -> None:
        """The server stops: none that waits will be resumed."""
        for managed in list(self._waiting):
            self.over(managed, Departure.SHUTDOWN)

    # From the sessions ----------------------------------------------------------------------------------------------

    def wait_for(self, managed: ManagedSession) -> bool:
        """A session has lost its stream.

        Returns:
            False when there is no place for it to wait.
        """
        if not self._places.take():
            return False
        self._waiting[managed] = None
        self.log.info("{jid} may be resumed", jid=managed.session.jid)
        return True

    def expired(self, managed: ManagedSession) -> None:
        """Nobody has resumed it in time."""
        self._counters.resumptions["expired"] += 1
        self.over(managed, Departure.TIMED_OUT)

    def over(self, managed: ManagedSession, why: Departure) -> None:
        """A session is over."""
        self._by_id.pop(managed.id, None)
        if managed.is_waiting:
            self._leave(managed)
        self.log.info("{jid} is gone", jid=managed.session.jid)
        self._ended(managed.session, why)

    def _leave(self, managed: ManagedSession) -> None:
        managed.stop_waiting()
        del self._waiting[managed]
        self._places.give_back()

"""What a CTI server and a CTI link have done, as plain data: for the log, and for whoever shows it to an operator.

All of them only ever grow but those that say "now". Names of messages and statuses are the reference's. What labels
there are is bounded by the protocol, never by what a peer sends.
"""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from finesse_tx.cti.core.enums import ControlFailureCode, StatusCode
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import ControlFailureConf, FailureConf

__all__ = [
    "Ended",
    "LinkCounters",
    "LinkStatus",
    "ServerCounters",
    "ServerStatus",
    "SessionKind",
    "Tally",
    "Traffic",
    "status_name",
]


class Ended(Enum):
    """Why a connection has ended."""

    CLOSED = "closed in order"
    LOST = "the connection was lost"
    NOT_OPENED = "no session was opened in time"
    REFUSED = "the session was refused"
    IDLE = "nothing was sent in time"
    SLOW = "the other side does not read"
    GARBAGE = "the other side sent what is no message"
    HEARTBEATS = "heartbeats were not answered"
    SUPERSEDED = "the same client has opened another session"
    WENT_OVER = "the client went over to the other side"
    SHUTDOWN = "the server stops, or is no longer the active one"
    FAULT = "something is broken"


class SessionKind(NamedTuple):
    """What sessions are told apart by.

    Attributes:
        mode: ``bridge``, ``agent``, or ``nobody``: whose events it gets.
        dialect: ``uccx`` or ``ucce``.
        version: The protocol version.
    """

    mode: str
    dialect: str
    version: int


class Traffic(NamedTuple):
    """What a connection has carried.

    Attributes:
        received: Bytes.
        sent: Bytes.
        waiting: Bytes that the other side has not read yet, now.
    """

    received: int = 0
    sent: int = 0
    waiting: int = 0


def status_name(status: int, kind: type[StatusCode | ControlFailureCode] = StatusCode) -> str:
    """The name of a status; all that have none share one, however many a peer may think of."""
    return kind(status).name if status in set(kind) else "UNKNOWN"


@dataclass(slots=True)
class ServerCounters:
    """What a server has done since it was made.

    Attributes:
        opened: Sessions that were opened.
        open_now: Sessions that are.
        turned_away: Connections for which there was no room.
        refused: OPEN_REQs that opened none, by status.
        ended: Connections that have ended, those without a session too.
        requests: What was asked in sessions, by message.
        failures: FAILURE_CONFs, by status.
        control_failures: CONTROL_FAILURE_CONFs, by code.
        events: Events that were sent, to each session once.
        received: Bytes on connections that have ended.
        sent: Bytes on connections that have ended.
    """

    opened: Counter[SessionKind] = field(default_factory=Counter)
    open_now: Counter[SessionKind] = field(default_factory=Counter)
    turned_away: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    ended: Counter[Ended] = field(default_factory=Counter)
    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    control_failures: Counter[str] = field(default_factory=Counter)
    events: int = 0
    received: int = 0
    sent: int = 0


class Tally:
    """What one connection to a server has done; the server's counters learn of it too.

    Attributes:
        kind: The session's; None before it is open.
        opened_at: When it was opened, in seconds on whichever clock.
        requests: How many requests came in it.
        failures: How many of them failed.
        events: How many events it got.
    """

    def __init__(self, totals: ServerCounters) -> None:
        self._totals = totals
        self._cause: Ended | None = None
        self.kind: SessionKind | None = None
        self.opened_at = 0.0
        self.requests = self.failures = self.events = 0

    def opened(self, kind: SessionKind, now: float) -> None:
        """The session is open."""
        self.kind, self.opened_at = kind, now
        self._totals.opened[kind] += 1
        self._totals.open_now[kind] += 1

    def refused(self, status: int) -> None:
        """An OPEN_REQ opened none."""
        self._totals.refused[status_name(status)] += 1

    def asked(self, message: Message) -> None:
        """A request came, or what stands for one."""
        self.requests += 1
        self._totals.requests[message.MESSAGE_TYPE.name] += 1

    def answered(self, message: Message) -> None:
        """Something that is no event was sent."""
        match message:
            case FailureConf():
                self._totals.failures[status_name(message.status)] += 1
            case ControlFailureConf():
                name = status_name(message.failure_code, ControlFailureCode)
                self._totals.control_failures[name] += 1
            case _:
                return
        self.failures += 1

    def told(self) -> None:
        """An event was sent."""
        self.events += 1
        self._totals.events += 1

    def ending(self, cause: Ended) -> None:
        """Something ends the connection; the first that does counts."""
        self._cause = self._cause or cause

    def ended(self, traffic: Traffic) -> Ended:
        """The connection is gone.

        Returns:
            Why.
        """
        cause = self._cause or Ended.LOST
        self._totals.ended[cause] += 1
        self._totals.received += traffic.received
        self._totals.sent += traffic.sent
        if self.kind is not None:
            self._totals.open_now[self.kind] -= 1
            self._totals.open_now += Counter()  # forget the kinds of which there is none
        return cause


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """How a server is, at one moment.

    Attributes:
        counters: A copy that does not change any more; its bytes are those of live connections too.
        connections: How many there are, those without a session included.
        unanswered: How many requests wait for the engine.
        waiting_bytes: How much waits for clients that do not read.
        longest_queue: The most of that for one client.
    """

    counters: ServerCounters
    connections: int
    unanswered: int
    waiting_bytes: int
    longest_queue: int

    @staticmethod
    def of(counters: ServerCounters, live: list[Traffic], unanswered: int) -> ServerStatus:
        """Take stock."""
        copy = deepcopy(counters)
        copy.received += sum(traffic.received for traffic in live)
        copy.sent += sum(traffic.sent for traffic in live)
        return ServerStatus(
            counters=copy,
            connections=len(live),
            unanswered=unanswered,
            waiting_bytes=sum(traffic.waiting for traffic in live),
            longest_queue=max((traffic.waiting for traffic in live), default=0),
        )


@dataclass(slots=True)
class LinkCounters:
    """What a link has done since it was made.

    Attributes:
        attempts: Connections that were tried.
        unreachable: Those that did not come about, or were lost before an answer to OPEN_REQ.
        refused: OPEN_REQs that were, by status.
        opened: Sessions that were opened.
        ended: Sessions that have ended.
        heartbeats: Those that were sent.
        heartbeats_missed: Those that had no answer when the next was due.
        requests: What was asked, by message.
        failures: FAILURE_CONFs, by status.
        control_failures: CONTROL_FAILURE_CONFs, by code.
        timeouts: Requests that had no answer in time.
        late_answers: Answers that nobody waited for, any more or at all.
        events: Events that came.
        received: Bytes on connections that have ended.
        sent: Bytes on connections that have ended.
    """

    attempts: int = 0
    unreachable: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    opened: Counter[SessionKind] = field(default_factory=Counter)
    ended: Counter[Ended] = field(default_factory=Counter)
    heartbeats: int = 0
    heartbeats_missed: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    control_failures: Counter[str] = field(default_factory=Counter)
    timeouts: int = 0
    late_answers: int = 0
    events: int = 0
    received: int = 0
    sent: int = 0

    @property
    def sessions(self) -> int:
        """How many sessions were opened."""
        return self.opened.total()

    @property
    def reconnects(self) -> int:
        """How many of them after the first."""
        return max(0, self.sessions - 1)

    @property
    def sessions_lost(self) -> int:
        """How many have ended without our wish."""
        return self.ended.total() - self.ended[Ended.CLOSED]

    def came(self, message: Message) -> None:
        """A message of an open session came."""
        match message:
            case FailureConf():
                self.failures[status_name(message.status)] += 1
            case ControlFailureConf():
                name = status_name(message.failure_code, ControlFailureCode)
                self.control_failures[name] += 1


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """How a link is, at one moment.

    Attributes:
        counters: A copy that does not change any more; its bytes are those of the live connection too.
        state: That of the session: ``CLOSED``, ``OPENING``, ``OPEN`` or ``CLOSING``.
        side: ``host:port`` of the open session; empty while there is none.
        kind: What is spoken in the open session; None while there is none.
        unanswered: How many requests wait for their answers.
        waiting_bytes: How much waits for an engine that does not read.
        heartbeat_missed: Whether the latest heartbeat is overdue.
    """

    counters: LinkCounters
    state: str
    side: str
    kind: SessionKind | None
    unanswered: int
    waiting_bytes: int
    heartbeat_missed: bool

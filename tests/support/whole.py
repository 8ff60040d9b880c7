"""A whole contact centre for a state machine: engine, telephones, customers, campaigns, history; killed and started again.

Everything is the product's own but for what the operating system has: the clock is turned by hand, the history's
database is a dictionary, and threads do their work at once.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from random import Random
from typing import TypeVar

from twisted.internet.defer import Deferred, fail, maybeDeferred, succeed
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import HistoryConfig
from finesse_tx.cti.core.message import Confirmation, Message, Request
from finesse_tx.cti.core.messages import ControlFailureConf, FailureConf
from finesse_tx.engine.core.records import AgentStateDetail, CallRecord, Entry, HistoryMark
from finesse_tx.engine.history import HISTORY, History
from finesse_tx.interfaces import IHistoryRecords, IWorkers
from finesse_tx.scenario.clock import DayClock
from finesse_tx.scenario.core.reading import read_scenario
from finesse_tx.scenario.desk import Desk
from finesse_tx.scenario.dialing import DialingRecords
from finesse_tx.scenario.link import Link
from finesse_tx.scenario.stage import Stage
from finesse_tx.store.core.errors import StoreUnavailableError
from finesse_tx.store.journal import Journal
from finesse_tx.store.outbox import Outbox
from finesse_tx.telephony.core.errors import ProviderError

__all__ = ["Database", "WholeCentre"]

T = TypeVar("T")


@implementer(IHistoryRecords)
class Database:
    """Keeps the history as the store does: each record of the journal exactly once.

    Attributes:
        is_away: Whether it takes nothing now.
        legs: By session and sequence, as they were written last.
        states: The changes of states, in order.
        taken: By journal, the last record that is here.
    """

    def __init__(self) -> None:
        self.is_away = False
        self.legs: dict[tuple[int, int], CallRecord] = {}
        self.states: list[AgentStateDetail] = []
        self.taken: dict[str, int] = {}

    def add(self, journal: str, after: int, last: int, entries: Sequence[Entry]) -> Deferred[int]:
        """Take them in, if they are next."""
        if self.is_away:
            return fail(StoreUnavailableError("no"))
        if self.taken.get(journal, 0) == after:
            self.taken[journal] = last
            for entry in entries:
                self.states += entry.states
                self.legs.update({key_of(leg): leg for leg in entry.calls})
        return succeed(self.taken.get(journal, 0))

    def fold(
        self,
        since: datetime,
        until: datetime,
        next_session: int,
        work: Callable[[Iterable[AgentStateDetail], Iterable[CallRecord]], T],
    ) -> Deferred[T]:
        """At once."""
        begin, end = since.timestamp() * 1000, until.timestamp() * 1000
        states = sorted(self.states, key=lambda state: state.event_date_time)
        return maybeDeferred(
            work,
            [state for state in states if begin <= state.event_date_time < end],
            [
                leg
                for (session, _), leg in self.legs.items()
                if session < next_session and begin <= leg.call.start_date_time < end
            ],
        )

    def purge(self, before: datetime) -> Deferred[int]:
        """Nothing is too old."""
        return succeed(0)

    @property
    def mark(self) -> HistoryMark:
        """Up to where it goes."""
        return HistoryMark(max((s for s, _ in self.legs), default=0) + 1, dict(self.taken))


def key_of(leg: CallRecord) -> tuple[int, int]:
    """What no other leg has."""
    return leg.call.session_id, leg.call.session_seq_num


@implementer(IWorkers)
class Hands:
    """Threads that are done at once."""

    def run(self, work: Callable[[], T]) -> Deferred[T]:
        """Do it."""
        return maybeDeferred(work)


class NotedHistory(History):
    """A history that can be looked at.

    Attributes:
        noted: What was to be kept, by this process, and when in seconds since 1970.
    """

    noted: list[tuple[float, Entry]]

    @override
    def keep(self, entry: Entry) -> None:
        self.noted.append((self._clock.seconds(), entry))
        super().keep(entry)


class WholeCentre:
    """A centre that survives its processes.

    Attributes:
        clock: The time, in seconds since 1970; each process has its own.
        database: The history's.
        dialing: The campaigns' customers.
        stage: The process.
        history: Its history.
        desks: By login id.
        messages: What the process has told since somebody looked.
        answers: The answers to each request of this process.

    Args:
        text: The scenario that says what it is like; nobody plays it.
        dialing: The campaigns' customers.
        begins: When its first day begins, in seconds since 1970.
    """

    def __init__(self, text: str, dialing: DialingRecords, begins: float) -> None:
        self._scenario = read_scenario(text, "whole.toml")
        self.folder = Path(tempfile.mkdtemp(prefix="finesse_tx-whole-"))
        self.database, self.dialing = Database(), dialing
        self.clock = DayClock(begins)
        self._start()

    def _start(self) -> None:
        mark = self.database.mark
        self.journal = Journal(
            self.folder / "history",
            HISTORY,
            "whole",
            1 << 30,
            taken=mark.taken,
            floor=mark.next_session,
        )
        stored = mark.taken.get(self.journal.name, 0)
        add = self.database.add
        outbox: Outbox[Entry] = Outbox("it", self.journal, add, Hands(), self.clock, stored)
        self.history = NotedHistory(
            outbox,
            self.database,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            HistoryConfig(),
        )
        self.history.noted = []
        self.messages: list[Message] = []
        self.answers: dict[int, list[Message]] = {}
        self._invoke_ids = count(1)
        self.stage = Stage(
            self._scenario,
            "whole.toml",
            Random(1),
            clock=self.clock,
            history=self.history,
            dialing=self.dialing,
        )
        peripheral = self.stage.engine.peripheral
        peripheral.subscribe(self.messages.append)
        link = Link(peripheral, self.clock, lambda _message: None)
        self.desks = {
            person.login_id: Desk(person.login_id, person.extension, link)
            for person in self.stage.snapshot.people
            if person.extension
        }
        self.pass_time(0)

    def kill(self, away_s: float) -> None:
        """End the process in the middle of everything, and start another one later."""
        self.journal.close()
        self.clock = DayClock(self.clock.seconds() + away_s)
        self._start()

    def restart(self, away_s: float) -> None:
        """Stop the process as operators do, and start another one later."""
        self.stop()
        self.clock = DayClock(self.clock.seconds() + away_s)
        self._start()

    def stop(self) -> None:
        """Stop the process as operators do; nothing of it is left."""
        self.stage.close()
        self.pass_time(0)
        assert not self.clock.getDelayedCalls(), self.clock.getDelayedCalls()

    def remove(self) -> None:
        """Let nothing be left on the disk."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def pass_time(self, seconds: float) -> None:
        """Let time pass, and all that comes of it."""
        until = self.clock.seconds() + seconds
        while self.clock.turn(until):
            pass

    def ask(self, request: Request) -> list[Message]:
        """Ask the engine for something; what it answers, now or later."""
        invoke_id = next(self._invoke_ids)
        answers = self.answers[invoke_id] = []
        self.stage.engine.peripheral.request(replace(request, invoke_id=invoke_id), answers.append)
        self.pass_time(0)
        return answers

    def do(self, agent_id: str, what: str, keys: object) -> None:
        """Let an agent do something, as far as it can be done."""
        answers = self.answers[-next(self._invoke_ids)] = []

        def answered(answer: Message | str) -> None:
            if not isinstance(answer, str):
                answers.append(answer)

        self.desks[agent_id].do(what, keys, answered)  # type: ignore[arg-type]
        self.pass_time(0)

    @staticmethod
    def without_error(done: Deferred[None]) -> None:
        """Whether it could be done, nobody wants to know."""
        done.addErrback(lambda failure: failure.trap(ProviderError))

    @staticmethod
    def is_final(answer: Message) -> bool:
        """Whether an answer is the one that ends a request."""
        return isinstance(answer, Confirmation | ControlFailureConf | FailureConf)

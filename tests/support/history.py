"""A contact centre whose history is written and whose figures are counted."""

from __future__ import annotations

from datetime import UTC

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.calendar import Calendar, Period
from finesse_tx.engine.core.chronicle import Chronicle
from finesse_tx.engine.core.events import Order
from finesse_tx.engine.core.policy import Policy
from finesse_tx.engine.core.records import (
    AgentStateDetail,
    CallRecord,
    ContactCallDetail,
    Entry,
    variables,
)
from finesse_tx.engine.core.statistics import Statistics
from tests.support.centre import Centre, sample

__all__ = ["EPOCH", "RecordedCentre", "call_entry"]

EPOCH = 1_700_000_000.0
"""What the centre's clock counts from, in seconds since 1970."""


class RecordedCentre(Centre):
    """A `Centre`, the history that is written of it, and its figures.

    Attributes:
        entries: What was to be kept, so far.
        statistics: The figures, of a place in UTC.
    """

    def __init__(
        self, snapshot: Snapshot | None = None, policy: Policy | None = None, ports: int = 2
    ) -> None:
        self.entries: list[Entry] = []
        # There is no engine yet.
        self.chronicle = Chronicle(lambda number: self.engine.floor.model.kind(number))  # noqa: PLW0108
        self.chronicle.configure(snapshot or sample())
        self.statistics = Statistics(Calendar(UTC), Period.HALF_HOUR, EPOCH)
        self.statistics.configure(snapshot or sample(), EPOCH)
        super().__init__(snapshot, policy, ports)

    @property
    def wall(self) -> float:
        """The time, in seconds since 1970."""
        return EPOCH + self.now

    def collect(self) -> None:
        """Take what the engine told, and write it down."""
        effects = self.engine.take_effects()
        events = [effect for effect in effects if not isinstance(effect, Order)]
        entry = self.chronicle.record(events, self.wall)
        self.statistics.apply(events, entry, self.wall)
        if entry is not None:
            self.entries.append(entry)
        for effect in effects:
            if isinstance(effect, Order):
                self.waiting.append(effect)
            else:
                self.events.append(effect)

    @property
    def states(self) -> list[AgentStateDetail]:
        """All changes of states."""
        return [state for entry in self.entries for state in entry.states]

    @property
    def calls(self) -> list[CallRecord]:
        """All legs, those that are written twice too."""
        return [call for entry in self.entries for call in entry.calls]

    @property
    def finished(self) -> list[CallRecord]:
        """The legs that are complete."""
        return [call for call in self.calls if call.is_complete]


def call_entry(session: int, started: float = EPOCH, **values: object) -> Entry:
    """An entry with one leg of its own, and nothing else."""
    at = int(started * 1000)
    fields: dict[str, object] = {
        "session_id": session,
        "session_seq_num": 0,
        "node_id": 1,
        "profile_id": 1,
        "contact_type": 1,
        "contact_disposition": 2,
        "disposition_reason": "",
        "originator_type": 3,
        "originator_id": "",
        "originator_dn": "0612345678",
        "destination_type": 2,
        "destination_id": "",
        "destination_dn": "6001",
        "called_number": "6001",
        "start_date_time": at,
        "end_date_time": at + 60_000,
        "application_name": "Sales",
        "connect_time": 60,
        **variables(("",) * 10),
        **values,
    }
    return Entry(session + 1, calls=(CallRecord(ContactCallDetail(**fields)),))  # type: ignore[arg-type]

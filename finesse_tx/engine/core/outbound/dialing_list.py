"""A campaign's dialing list: which customer is next.

Callbacks that are due come first, a personal one before the others, then the records in the order in which they are
due and were imported. Whoever may not be called now, by his own clock, is passed over. What is looked at grows with the
number of time zones, not with the number of records.

Spec: ``engine.md`` §4; issue 4, point 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from finesse_tx.engine.core.outbound.records import Campaign, DialingRecord, RecordState
from finesse_tx.engine.core.outbound.windows import is_open, opens_at
from finesse_tx.engine.core.ranking import Ranking

__all__ = ["PERSONAL_S", "DialingList"]

PERSONAL_S: Final = 3600.0
"""A personal callback waits for its agent for so long; then it is anybody's."""


@dataclass(eq=False, slots=True)
class _Zone:
    """The records of one time zone, each in the order in which it is due."""

    zone: tzinfo
    pending: Ranking[int] = field(default_factory=Ranking)
    callbacks: Ranking[int] = field(default_factory=Ranking)
    personal: dict[str, Ranking[int]] = field(default_factory=dict)

    def discard(self, record: DialingRecord) -> None:
        self.pending.discard(record.id)
        self.callbacks.discard(record.id)
        own = self.personal.get(record.agent_id)
        if own is not None:
            own.discard(record.id)
            if not own:
                del self.personal[record.agent_id]


class DialingList:
    """The records of a campaign that are to be called.

    Args:
        campaign: The campaign.
        zone: Finds a time zone by its name.

    Attributes:
        campaign: The campaign; one with the same time zone may take its place.
    """

    def __init__(self, campaign: Campaign, zone: Callable[[str], tzinfo]) -> None:
        self.campaign, self._find_zone = campaign, zone
        self._zones: dict[str, _Zone] = {}
        self._records: dict[int, DialingRecord] = {}

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, record_id: int) -> bool:
        return record_id in self._records

    def configure(self, campaign: Campaign) -> None:
        """Go by what the campaign is now; its customers may live by another clock from now on."""
        moving = [
            record
            for record in self._records.values()
            if not record.time_zone and campaign.time_zone != self.campaign.time_zone
        ]
        for record in moving:
            self.remove(record.id)
        self.campaign = campaign
        for record in moving:
            self.add(record)

    def add(self, record: DialingRecord) -> None:
        """Take in a record, or what has become of it; one that is not to be called is left out."""
        self.remove(record.id)
        if record.state not in {RecordState.PENDING, RecordState.CALLBACK}:
            return
        self._records[record.id] = record
        place = self._place(record)
        key = record.due, record.id
        if record.state is RecordState.PENDING:
            place.pending.add(record.id, key)
        elif not record.agent_id:
            place.callbacks.add(record.id, key)
        else:
            place.personal.setdefault(record.agent_id, Ranking()).add(record.id, key)
            place.callbacks.add(record.id, (record.due + PERSONAL_S, record.id))

    def remove(self, record_id: int) -> DialingRecord | None:
        """Take a record out, when it is in."""
        record = self._records.pop(record_id, None)
        if record is not None:
            self._place(record).discard(record)
        return record

    def zone_of(self, record: DialingRecord) -> tzinfo:
        """The clock that a customer lives by."""
        return self._place(record).zone

    def _place(self, record: DialingRecord) -> _Zone:
        name = record.time_zone or self.campaign.time_zone
        if name not in self._zones:
            self._zones[name] = _Zone(self._find_zone(name))
        return self._zones[name]

    def next(self, utc: float, agent_id: str = "") -> DialingRecord | None:
        """Who is to be called now; None for nobody.

        Args:
            utc: The time.
            agent_id: Who would talk to the customer; empty for nobody in particular.
        """
        best: tuple[int, float, int] | None = None
        for place in self._zones.values():
            due = [one for one in self._first(place, agent_id) if one[1] <= utc]
            is_first = due and (best is None or min(due) < best)
            if is_first and is_open(self.campaign.windows, place.zone, utc):
                best = min(due)
        return None if best is None else self._records[best[2]]

    @staticmethod
    def _first(place: _Zone, agent_id: str) -> Iterator[tuple[int, float, int]]:
        own = place.personal.get(agent_id)
        for kind, ranking in enumerate((own, place.callbacks, place.pending)):
            first = ranking.first() if ranking is not None else None
            if first is not None:
                yield (kind, *first[0])

    def owners(self, utc: float) -> Iterator[str]:
        """Whose personal callbacks are due now."""
        for place in self._zones.values():
            dues = (
                agent_id
                for agent_id, own in place.personal.items()
                if (first := own.first()) is not None and first[0][0] <= utc
            )
            if place.personal and is_open(self.campaign.windows, place.zone, utc):
                yield from dues

    def next_at(self, utc: float) -> float | None:
        """When somebody is to be called next: ``utc`` when that is now; None when nobody ever is."""
        found = []
        for place in self._zones.values():
            rankings = (place.pending, place.callbacks, *place.personal.values())
            dues = [first[0][0] for r in rankings if (first := r.first()) is not None]
            if dues:
                due = max(utc, min(dues))
                if (opens := opens_at(self.campaign.windows, place.zone, due)) is not None:
                    found.append(opens)
        return min(found, default=None)

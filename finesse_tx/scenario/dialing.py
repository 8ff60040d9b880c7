"""Where a scenario's campaigns keep their customers: in memory, as the store would.

Spec: ``engine.md`` §4; ``docs/outbound.rst`` (each call has one result).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from twisted.internet.defer import Deferred, succeed
from zope.interface import implementer

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignData,
    CampaignState,
    DialingAttempt,
    DialingMode,
    DialingRecord,
    RecordChange,
    RecordState,
    Result,
    after,
)
from finesse_tx.interfaces import ICampaignRecords
from finesse_tx.scenario.core.language import Scenario

__all__ = ["DialingRecords", "dialing_of"]

_MODES: Final = {"preview": DialingMode.DIRECT_PREVIEW, "progressive": DialingMode.PROGRESSIVE}


def dialing_of(scenario: Scenario, snapshot: Snapshot) -> DialingRecords:
    """A scenario's campaigns, none of which runs, and their customers."""
    csq_ids = {csq.name: csq.id for csq in snapshot.csqs}
    campaigns, records = [], list[DialingRecord]()
    for number, (name, table) in enumerate(scenario.campaigns.items(), 1):
        campaigns.append(
            Campaign(
                number,
                name,
                _MODES[table.mode],
                csq_ids[table.queue],
                max_attempts=table.max_attempts,
                lines_per_agent=table.lines_per_agent,
            )
        )
        for customer in table.customers:
            phone = scenario.customers[customer].number
            records.append(DialingRecord(len(records) + 1, number, customer, phone))
    return DialingRecords(campaigns, records)


@implementer(ICampaignRecords)
class DialingRecords:
    """Campaigns and their customers.

    Args:
        campaigns: The campaigns.
        records: Their customers.

    Attributes:
        campaigns: By id, as they were kept last.
        records: By id, as they were kept last.
        attempts: Every call, by record id and number.
        do_not_call: The numbers that nobody calls.
    """

    def __init__(
        self, campaigns: Iterable[Campaign] = (), records: Iterable[DialingRecord] = ()
    ) -> None:
        self.campaigns = {campaign.id: campaign for campaign in campaigns}
        self.records = {record.id: record for record in records}
        self.attempts: dict[tuple[int, int], DialingAttempt] = {}
        self.do_not_call: set[str] = set()

    def recover(self, utc: float) -> Deferred[int]:
        """See `ICampaignRecords`."""
        lost = [each for each in self.records.values() if each.state is RecordState.ACTIVE]
        for record in lost:
            campaign = self.campaigns[record.campaign_id]
            self.records[record.id] = after(record, campaign, Result.UNKNOWN, utc)
            attempt = self.attempts[record.id, record.attempts]
            if attempt.result is None:
                self.attempts[record.id, record.attempts] = replace(attempt, result=Result.UNKNOWN)
        return succeed(len(lost))

    def load(self, newest: Mapping[int, int]) -> Deferred[CampaignData]:
        """See `ICampaignRecords`."""
        wanted: dict[int, list[DialingRecord]] = {}
        for record in self.records.values():
            is_new = record.id > newest.get(record.campaign_id, 0)
            if is_new and record.state in {RecordState.PENDING, RecordState.CALLBACK}:
                wanted.setdefault(record.campaign_id, []).append(record)
        return succeed(
            CampaignData(
                tuple(self.campaigns.values()),
                {campaign_id: tuple(records) for campaign_id, records in wanted.items()},
                frozenset(self.do_not_call),
            )
        )

    def keep(self, changes: Sequence[RecordChange]) -> Deferred[None]:
        """See `ICampaignRecords`."""
        for change in changes:
            record, attempt = change.record, change.attempt
            self.records[record.id] = record
            self.attempts.pop((record.id, record.attempts + 1), None)  # it was not made after all
            if attempt is not None:
                self.attempts[attempt.record_id, attempt.number] = attempt
            if change.do_not_call:
                self.do_not_call.add(change.do_not_call)
        return succeed(None)

    def set_state(self, campaign_id: int, state: CampaignState) -> None:
        """See `ICampaignRecords`."""
        self.campaigns[campaign_id] = replace(self.campaigns[campaign_id], state=state)

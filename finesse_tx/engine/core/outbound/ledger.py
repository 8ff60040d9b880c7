"""The records of all campaigns: who is next, who is being called, and what is to be kept of it.

A customer is written down as being called before anybody dials, and the result under the same key afterwards: what is
to be kept comes out of `Ledger.take_changes`.

Spec: ``engine.md`` §4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import tzinfo
from typing import Final
from weakref import WeakValueDictionary

from finesse_tx.engine.core.agenda import Deadline
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.outbound.assignment import Assignment, Stage, Work
from finesse_tx.engine.core.outbound.dialing_list import DialingList
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingAttempt,
    DialingRecord,
    RecordChange,
    RecordState,
    Result,
    after,
    declined,
)
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["Ledger"]

SLACK_S: Final = 0.001
"""We are there so much later than is due, lest the sums of two clocks be a trifle too early."""


class Ledger:
    """All campaigns' records.

    Attributes:
        works: The campaigns, by id.
        assignments: The customers who are offered or called, by record id, until their call is over.
        do_not_call: The numbers that nobody calls.
        is_held: Whether nobody is offered now, because what has become of others cannot be kept.
    """

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self.works: dict[int, Work] = {}
        self.assignments: dict[int, Assignment] = {}
        self.do_not_call: set[str] = set()
        self.is_held = False
        # By record id: whoever was called last, as long as somebody still has to do with that call.
        self._latest: WeakValueDictionary[int, Assignment] = WeakValueDictionary()
        self._changes: list[RecordChange] = []
        self._utc_offset = 0.0
        self._wake: Deadline | None = None

    def synchronise(self, now: float, utc: float) -> None:
        """Learn what time it is, in seconds since 1970, at the engine's ``now``."""
        self._utc_offset = utc - now

    def load(
        self, campaign: Campaign, records: Iterable[DialingRecord], zone: Callable[[str], tzinfo]
    ) -> None:
        """Take in a campaign that is not known yet, and its records; `set_state` lets it run."""
        listing = DialingList(campaign, zone)
        for record in records:
            listing.add(record)
        self.works[campaign.id] = Work(listing)

    def add_records(self, campaign_id: int, records: Iterable[DialingRecord], now: float) -> None:
        """Take in records that are new."""
        work = self.works[campaign_id]
        for record in records:
            work.listing.add(record)
        self.plan(work, now)

    def take_changes(self) -> list[RecordChange]:
        """What is to be kept since the last time, in order."""
        changes, self._changes = self._changes, []
        return changes

    def _keep(self, record: DialingRecord, now: float, **values: object) -> None:
        """Let a record be kept, and be called again if it is to be and its campaign is still there."""
        self._changes.append(RecordChange(record, **values))  # type: ignore[arg-type]
        work = self.works.get(record.campaign_id)
        if work is not None:
            work.listing.add(record)
            self.plan(work, now)

    def utc(self, now: float) -> float:
        """The time in seconds since 1970."""
        return now + self._utc_offset

    # When -----------------------------------------------------------------------------------------------------

    def plan(self, work: Work, now: float) -> None:
        """Find out when a campaign has somebody to call, and be there then."""
        runs = work.campaign.state is CampaignState.RUNNING
        work.next_at = work.listing.next_at(self.utc(now)) if runs else None
        self._set_wake(now)

    def _set_wake(self, now: float) -> None:
        utc = self.utc(now)
        later = [
            work.next_at
            for work in self.works.values()
            if work.next_at is not None and work.next_at > utc
        ]
        due = min(later) - self._utc_offset + SLACK_S if later else None
        if self._wake is not None:
            if self._wake.is_set and self._wake.due == due:
                return
            self._floor.agenda.cancel(self._wake)
            self._wake = None
        if due is not None:
            self._wake = self._floor.agenda.set(due, self._woken)

    def _woken(self, now: float) -> None:
        self._wake = None
        self._set_wake(now)

    # Who ------------------------------------------------------------------------------------------------------

    def next(self, work: Work, agent_id: str, now: float) -> DialingRecord | None:
        """Take the next customer who may be called off the list; those who may not are closed."""
        while (record := work.listing.next(self.utc(now), agent_id)) is not None:
            work.listing.remove(record.id)
            forbidden = self.forbidden(record)
            if forbidden is None:
                self.plan(work, now)
                return record
            work.statistics.count(forbidden)
            self._keep(after(record, work.campaign, forbidden, self.utc(now)), now)
        self.plan(work, now)
        return None

    def forbidden(self, record: DialingRecord) -> Result | None:
        """Why a customer is not dialled: nobody may, or the number is one of our own."""
        if {record.number, record.phone} & self.do_not_call:
            return Result.DO_NOT_CALL
        if self._floor.model.kind(record.number) is not AddressKind.EXTERNAL:
            return Result.INVALID
        return None

    # What becomes of them -------------------------------------------------------------------------------------

    def assign(self, assignment: Assignment) -> None:
        """A customer is offered, or is to be called."""
        self.assignments[assignment.record.id] = assignment

    def give_back(self, assignment: Assignment, now: float) -> None:
        """Let a customer be offered again later, or at the time that was agreed."""
        self._release(assignment)
        if assignment.agreement.due is None:
            later = declined(assignment.record, assignment.work.campaign, self.utc(now))
        else:
            assignment.work.statistics.count(Result.CALLBACK)
            later = self._agreed(assignment)
        self._keep(later, now)

    def close(self, assignment: Assignment, result: Result, now: float) -> None:
        """Let a customer not be called at all, unless something else was agreed."""
        if assignment.agreement.due is not None:
            self.give_back(assignment, now)
            return
        self._release(assignment)
        assignment.work.statistics.count(result)
        campaign = assignment.work.campaign
        self._keep(after(assignment.record, campaign, result, self.utc(now)), now)

    def is_current(self, assignment: Assignment) -> bool:
        """Whether nobody else has been offered the customer, or has called him, since."""
        record_id = assignment.record.id
        latest = self.assignments.get(record_id) or self._latest.get(record_id)
        return latest is assignment

    def _release(self, assignment: Assignment) -> bool:
        """A customer is neither offered nor called any more; say whether he was until now."""
        assignment.work.dialling.discard(assignment.record.id)
        if self.assignments.get(assignment.record.id) is not assignment:
            return False
        del self.assignments[assignment.record.id]
        return True

    @staticmethod
    def _agreed(assignment: Assignment) -> DialingRecord:
        agreement = assignment.agreement
        return replace(
            assignment.record,
            state=RecordState.CALLBACK,
            due=agreement.due or 0.0,
            agent_id=agreement.agent_id,
            callback_phone=agreement.phone or assignment.record.callback_phone,
        )

    def claim(self, assignment: Assignment, now: float) -> None:
        """Let it be written down that a customer is being called; nobody dials before it is."""
        record = assignment.record
        assignment.stage, assignment.dialled_at = Stage.CLAIMED, self.utc(now)
        assignment.offered = record
        self._latest[record.id] = assignment
        assignment.record = replace(record, state=RecordState.ACTIVE, attempts=record.attempts + 1)
        self._changes.append(RecordChange(assignment.record, self._attempt(assignment)))

    def undo(self, assignment: Assignment, now: float) -> None:
        """A customer was written down as being called, and was not."""
        assignment.record = assignment.offered or assignment.record
        self.give_back(assignment, now)

    @staticmethod
    def _attempt(assignment: Assignment) -> DialingAttempt:
        record = assignment.record
        return DialingAttempt(
            record.id,
            record.attempts,
            assignment.agent_id,
            assignment.dialled_at,
            assignment.result,
        )

    def settle(self, assignment: Assignment, result: Result, now: float) -> None:
        """Keep what a call has come to; what it was taken for before is taken back."""
        work, statistics = assignment.work, assignment.work.statistics
        first = self._release(assignment)
        record = assignment.record
        agreed = assignment.agreement.due is not None and result is not Result.DO_NOT_CALL
        counted = Result.CALLBACK if agreed else result
        if not first and assignment.counted is not None:
            statistics.count(assignment.counted, -1)
        statistics.count(counted)
        assignment.result, assignment.counted = result, counted
        kept = after(
            self._agreed(assignment) if agreed else record, work.campaign, counted, self.utc(now)
        )
        attempt = replace(self._attempt(assignment), result=counted)
        forbidden = ""
        if result is Result.DO_NOT_CALL:
            forbidden = record.number
            self.do_not_call.add(forbidden)
        self._keep(kept, now, attempt=attempt, do_not_call=forbidden)

    def stop_ringing(self, assignment: Assignment) -> None:
        """Nothing is waited for any more."""
        if assignment.deadline is not None:
            self._floor.agenda.cancel(assignment.deadline)
            assignment.deadline = None

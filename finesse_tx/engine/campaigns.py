"""Campaigns at run time: their records' way to the store and back, and the operator's commands.

What the engine wants kept is kept in its order, one transaction after the other; a call is dialled when the
transaction that says so has been committed. So, whatever happens to this process, no customer is called more often than
is known, and each call has one result (an unknown one when nobody saw its end).

Spec: ``engine.md`` §4; issue 4, point 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.engine.core.outbound.records import (
    CampaignData,
    CampaignState,
    RecordChange,
    RecordState,
)
from finesse_tx.engine.runner import Runner
from finesse_tx.errors import FinesseError
from finesse_tx.interfaces import ICampaignRecords, ICampaigns
from finesse_tx.store.core.errors import StoreError

__all__ = ["AT_ONCE", "RETRY_S", "CampaignError", "Campaigns"]

RETRY_S: Final = 5.0
"""When the store cannot keep something, it is asked again after so long; meanwhile nobody is dialled."""

AT_ONCE: Final = 500
"""So many changes are kept in one transaction."""


class CampaignError(FinesseError):
    """The operator asks for what cannot be done."""


def _is_claim(change: RecordChange) -> bool:
    return change.record.state is RecordState.ACTIVE


@implementer(ICampaigns)
class Campaigns(Service):
    """All campaigns.

    Args:
        engine: Who runs the engine, and calls `flush` whenever it has settled.
        records: Where they are kept.
        clock: The engine's clock.
        utc: The time.
        may_dial: Whether there is nobody out there but simulated customers; without that no campaign runs.
    """

    log = Logger()
    name = "campaigns"

    def __init__(
        self,
        engine: Runner,
        records: ICampaignRecords,
        clock: IReactorTime,
        utc: Callable[[], datetime],
        *,
        may_dial: bool,
    ) -> None:
        self._engine, self._records, self._clock, self._utc = engine, records, clock, utc
        self._may_dial = may_dial
        self._outbound = engine.engine.outbound
        self._ledger = self._outbound.ledger
        self._unkept: deque[RecordChange] = deque()
        self._keeping: Deferred[None] | None = None
        self._retry: IDelayedCall | None = None
        self._newest: dict[int, int] = {}  # the highest record id of each campaign
        self._reads = 0
        self._stopped: Deferred[None] | None = None

    @override
    def startService(self) -> None:
        super().startService()
        self._synchronise()
        now = self._utc().timestamp()
        self._records.recover(now).addCallback(lambda _lost: self.reload()).addErrback(self._failed)

    @override
    def stopService(self) -> Deferred[None]:
        """Begin nothing more, and wait until all there is to keep is kept."""
        super().stopService()
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None
        stopped = self._stopped = Deferred()
        self.flush()
        self._stop_when_kept()
        return stopped

    def _stop_when_kept(self) -> None:
        stopped = self._stopped
        if stopped is not None and self._keeping is None:
            self._stopped = None
            stopped.callback(None)

    # Reading --------------------------------------------------------------------------------------------------

    def reload(self) -> Deferred[None]:
        """See `ICampaigns`."""
        self._reads += 1
        reading: Deferred[CampaignData] = self._records.load(dict(self._newest))
        return reading.addCallback(self._loaded, self._reads).addErrback(self._failed)

    def _loaded(self, data: CampaignData, read: int) -> None:
        if not self.running or read != self._reads:
            return  # what a later one reads is newer
        now = self._engine.now()
        self._ledger.do_not_call.update(data.do_not_call)
        for gone in self._ledger.works.keys() - {campaign.id for campaign in data.campaigns}:
            self._outbound.forget(gone, now)
            self._newest.pop(gone, None)
        for campaign in data.campaigns:
            records = data.records.get(campaign.id, ())
            newest = self._newest.get(campaign.id, 0)
            records = tuple(record for record in records if record.id > newest)
            if campaign.id in self._ledger.works:
                self._outbound.reconfigure(campaign, now)
                self._ledger.add_records(campaign.id, records, now)
            else:
                self._ledger.load(campaign, records, ZoneInfo)
                state = campaign.state if self._may_dial else CampaignState.STOPPED
                self._outbound.set_state(campaign.id, state, now)
            self._newest[campaign.id] = max([newest, *(record.id for record in records)])
            self.log.info(
                "campaign {campaign} has {count} records to call",
                campaign=campaign.name,
                count=len(self._ledger.works[campaign.id].listing),
            )
        self._go_on()

    def _go_on(self) -> None:
        self._synchronise()
        self._engine.engine.match(self._engine.now())
        self._engine.settle()

    def _synchronise(self) -> None:
        self._ledger.synchronise(self._engine.now(), self._utc().timestamp())

    # Keeping --------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Take what the engine wants kept, and keep it as soon as can be."""
        self._unkept += self._ledger.take_changes()
        if self._keeping is None and self._retry is None and self._unkept:
            self._keep_next()

    def _keep_next(self) -> None:
        batch = [self._unkept.popleft() for _ in range(min(AT_ONCE, len(self._unkept)))]
        keeping = self._keeping = self._records.keep(batch)
        keeping.addCallbacks(
            lambda _: self._kept(batch), lambda failure: self._not_kept(failure, batch)
        )
        keeping.addErrback(self._failed)

    def _kept(self, batch: list[RecordChange]) -> None:
        self._keeping = None
        self._ledger.is_held = False
        now = self._engine.now()
        for change in filter(_is_claim, batch):
            if self.running:
                self._outbound.claimed(change.record.id, now)
            else:
                self._outbound.not_claimed(change.record.id, now)
        self._go_on()
        self._stop_when_kept()

    def _not_kept(self, failure: Failure, batch: list[RecordChange]) -> None:
        """Nobody is dialled, and nobody new is offered; all the rest is kept later, in its order."""
        self._keeping = None
        self._ledger.is_held = True
        self.log.error(
            "what has become of customers is not kept yet: {reason}",
            reason=failure.getErrorMessage(),
        )
        self._unkept.extendleft(c for c in reversed(batch) if not _is_claim(c))
        if self.running:
            self._retry = self._clock.callLater(RETRY_S, self._try_again)
        now = self._engine.now()
        for change in filter(_is_claim, batch):
            self._outbound.not_claimed(change.record.id, now)
        if self.running:
            self._go_on()
        self._stop_when_kept()

    def _try_again(self) -> None:
        self._retry = None
        self._keep_next()

    def _failed(self, failure: Failure) -> None:
        if failure.check(StoreError):
            self.log.error("campaigns: {reason}", reason=failure.getErrorMessage())
        else:
            self.log.failure("campaigns failed", failure)

    # ICampaigns -----------------------------------------------------------------------------------------------

    def campaigns(self) -> list[dict[str, object]]:
        """See `ICampaigns`."""
        return [
            {
                "name": work.campaign.name,
                "mode": work.campaign.mode.value,
                "state": work.campaign.state.value,
                "active": work.campaign.state is CampaignState.RUNNING,
                "to_call": len(work.listing),
                **asdict(work.statistics),
            }
            for work in self._ledger.works.values()
        ]

    def set_campaign_state(self, name: str, state: CampaignState) -> None:
        """See `ICampaigns`."""
        found = [w for w in self._ledger.works.values() if w.campaign.name == name]
        if not found:
            raise CampaignError(f'there is no campaign "{name}"')
        if state is CampaignState.RUNNING and not self._may_dial:
            raise CampaignError("campaigns call simulated customers only: set telephony.system")
        campaign = found[0].campaign
        self._outbound.set_state(campaign.id, state, self._engine.now())
        self._records.set_state(campaign.id, state)
        self.log.info("campaign {campaign} is {state}", campaign=name, state=state.value)
        self._go_on()

"""What campaigns ask of the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session
from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.engine.core.outbound.records import CampaignData, CampaignState, RecordChange
from finesse_tx.interfaces import ICampaignRecords, IOutbox
from finesse_tx.store.core.pending import SetCampaignState
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.campaigns import (
    keep_changes,
    read_campaigns,
    read_do_not_call,
    read_records,
    recover_records,
)

__all__ = ["CampaignRecords"]


@implementer(ICampaignRecords)
class CampaignRecords:
    """Campaigns, as the store keeps them.

    Args:
        store: Runs the transactions.
        outbox: Keeps what nobody waits for, as `PENDING` has it.
    """

    def __init__(self, store: Transactions, outbox: IOutbox) -> None:
        self._store, self._outbox = store, outbox

    def recover(self, utc: float) -> Deferred[int]:
        """See `ICampaignRecords`."""
        return self._store.transact(lambda session: recover_records(session, utc))

    def load(self, newest: Mapping[int, int]) -> Deferred[CampaignData]:
        """See `ICampaignRecords`."""

        def work(session: Session) -> CampaignData:
            campaigns = read_campaigns(session)
            records = {
                campaign.id: read_records(session, campaign.id, newest.get(campaign.id, 0))
                for campaign in campaigns
            }
            return CampaignData(campaigns, records, read_do_not_call(session))

        return self._store.read(work)

    def keep(self, changes: Sequence[RecordChange]) -> Deferred[None]:
        """See `ICampaignRecords`."""
        return self._store.transact(lambda session: keep_changes(session, changes))

    def set_state(self, campaign_id: int, state: CampaignState) -> None:
        """See `ICampaignRecords`."""
        self._outbox.keep(SetCampaignState(campaign_id, state.name))

"""Campaigns and their dialing lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from finesse_tx.engine.core.outbound.contact_csv import ImportedContact
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingRecord,
    RecordChange,
    RecordState,
    Result,
    after,
)
from finesse_tx.engine.core.outbound.windows import parse, written
from finesse_tx.store.outbound_tables import (
    CampaignRow,
    DialingAttemptRow,
    DialingRecordRow,
    DoNotCallRow,
)

__all__ = [
    "add_campaign",
    "add_contacts",
    "add_do_not_call",
    "campaigns_with_customers",
    "count_records",
    "keep_changes",
    "read_campaigns",
    "read_do_not_call",
    "read_records",
    "recover_records",
    "remove_campaign",
    "replace_campaign",
    "set_campaign_state",
]

_AT_ONCE: Final = 500
"""So many values are compared in one query."""

_SCALARS: Final = (
    "name",
    "mode",
    "csq_id",
    "time_zone",
    "max_attempts",
    "busy_retry_s",
    "no_answer_retry_s",
    "machine_retry_s",
    "declined_retry_s",
    "lines_per_agent",
    "reservation_s",
    "state",
)
_FIELDS: Final = (
    "id",
    "campaign_id",
    "account_number",
    "phone",
    "first_name",
    "last_name",
    "time_zone",
    "state",
    "attempts",
    "due",
    "agent_id",
    "callback_phone",
    "result",
)
_CHANGING: Final = ("state", "attempts", "due", "agent_id", "callback_phone", "result")


def read_campaigns(session: Session) -> tuple[Campaign, ...]:
    """All campaigns, by id."""
    return tuple(
        Campaign(
            id=row.id,
            windows=parse(row.windows),
            **{name: getattr(row, name) for name in _SCALARS},
        )
        for row in session.scalars(select(CampaignRow).order_by(CampaignRow.id))
    )


def add_campaign(session: Session, campaign: Campaign) -> int:
    """Add a campaign; its id is the database's, and comes back."""
    row = CampaignRow(**_columns(campaign))
    session.add(row)
    session.flush()
    return row.id


def _columns(campaign: Campaign) -> dict[str, object]:
    return {name: getattr(campaign, name) for name in _SCALARS} | {
        "windows": written(campaign.windows)
    }


def replace_campaign(session: Session, campaign: Campaign) -> None:
    """Have another one in its place; whether it runs stays."""
    columns = _columns(campaign)
    del columns["state"]
    session.execute(update(CampaignRow).where(CampaignRow.id == campaign.id).values(columns))


def remove_campaign(session: Session, campaign_id: int) -> None:
    """Remove a campaign, with its customers and what came of their calls; nobody forgets whom nobody calls."""
    session.execute(delete(CampaignRow).where(CampaignRow.id == campaign_id))


def campaigns_with_customers(session: Session) -> frozenset[int]:
    """The ids of those that have any, called or not."""
    has_some = exists().where(DialingRecordRow.campaign_id == CampaignRow.id)
    return frozenset(session.scalars(select(CampaignRow.id).where(has_some)))


def set_campaign_state(session: Session, campaign_id: int, state: CampaignState) -> None:
    """Keep whether a campaign runs."""
    session.execute(update(CampaignRow).where(CampaignRow.id == campaign_id).values(state=state))


def add_contacts(
    session: Session, campaign_id: int, contacts: Sequence[ImportedContact]
) -> tuple[int, int]:
    """Put in the customers that a campaign does not have yet; those whom it has stay as they are.

    Returns:
        How many are new, and how many were there.
    """
    there = set(
        session.scalars(
            select(DialingRecordRow.key).where(DialingRecordRow.campaign_id == campaign_id)
        )
    )
    new = [
        {
            "campaign_id": campaign_id,
            "key": contact.key,
            "account_number": contact.account_number,
            "phone": contact.phone,
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "time_zone": contact.time_zone,
            "state": RecordState.PENDING,
            "attempts": 0,
            "due": 0.0,
            "agent_id": "",
            "callback_phone": "",
            "result": None,
        }
        for contact in contacts
        if contact.key not in there
    ]
    if new:
        session.execute(insert(DialingRecordRow), new)
    return len(new), len(contacts) - len(new)


def read_records(session: Session, campaign_id: int, above: int = 0) -> tuple[DialingRecord, ...]:
    """A campaign's records that are still to be called, by id.

    Args:
        session: In a transaction.
        campaign_id: Whose.
        above: Only those with a higher id: what was imported since.
    """
    wanted = (RecordState.PENDING, RecordState.CALLBACK)
    return _records(
        session,
        DialingRecordRow.campaign_id == campaign_id,
        DialingRecordRow.id > above,
        DialingRecordRow.state.in_(wanted),
    )


def _records(session: Session, *where: object) -> tuple[DialingRecord, ...]:
    columns = [getattr(DialingRecordRow, name) for name in _FIELDS]
    found = session.execute(select(*columns).where(*where).order_by(DialingRecordRow.id))  # type: ignore[arg-type]
    return tuple(DialingRecord(*row) for row in found)


def count_records(session: Session) -> dict[int, dict[RecordState, int]]:
    """How many records of each campaign are in each state."""
    counts: dict[int, dict[RecordState, int]] = {}
    for campaign_id, state, count in session.execute(
        select(DialingRecordRow.campaign_id, DialingRecordRow.state, func.count()).group_by(
            DialingRecordRow.campaign_id, DialingRecordRow.state
        )
    ):
        counts.setdefault(campaign_id, {})[state] = count
    return counts


def keep_changes(session: Session, changes: Iterable[RecordChange]) -> None:
    """Keep what has become of records; the same change a second time changes nothing.

    Of a record that has gone with its campaign, nothing is kept but that nobody calls its number.
    """
    for change in changes:
        record, attempt = change.record, change.attempt
        if change.do_not_call:
            session.merge(DoNotCallRow(phone=change.do_not_call))
        there = session.execute(
            update(DialingRecordRow)
            .where(DialingRecordRow.id == record.id)
            .values({name: getattr(record, name) for name in _CHANGING})
        ).rowcount  # type: ignore[attr-defined]
        if not there:
            continue
        session.execute(  # a call that was written down, and was not made after all
            delete(DialingAttemptRow).where(
                DialingAttemptRow.record_id == record.id,
                DialingAttemptRow.number > record.attempts,
            )
        )
        if attempt is not None:
            session.merge(
                DialingAttemptRow(
                    record_id=attempt.record_id,
                    number=attempt.number,
                    agent_id=attempt.agent_id,
                    at=attempt.at,
                    result=attempt.result,
                )
            )


def recover_records(session: Session, utc: float) -> int:
    """Give a result to the calls that an earlier run of the server did not see the end of.

    Returns:
        How many there were.
    """
    campaigns = {campaign.id: campaign for campaign in read_campaigns(session)}
    lost = _records(session, DialingRecordRow.state == RecordState.ACTIVE)
    for record in lost:
        settled = after(record, campaigns[record.campaign_id], Result.UNKNOWN, utc)
        keep_changes(session, [RecordChange(settled)])
        session.execute(
            update(DialingAttemptRow)
            .where(
                DialingAttemptRow.record_id == record.id,
                DialingAttemptRow.number == record.attempts,
                DialingAttemptRow.result.is_(None),
            )
            .values(result=Result.UNKNOWN)
        )
    return len(lost)


def read_do_not_call(session: Session) -> frozenset[str]:
    """The numbers that nobody calls."""
    return frozenset(session.scalars(select(DoNotCallRow.phone)))


def add_do_not_call(session: Session, phones: Iterable[str]) -> int:
    """Let nobody call these numbers any more.

    Returns:
        How many are new.
    """
    wanted = sorted(set(phones))
    there: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        there.update(
            session.scalars(select(DoNotCallRow.phone).where(DoNotCallRow.phone.in_(some)))
        )
    new = [{"phone": phone} for phone in wanted if phone not in there]
    if new:
        session.execute(insert(DoNotCallRow), new)
    return len(new)

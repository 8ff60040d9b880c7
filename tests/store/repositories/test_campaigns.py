"""Campaigns in the database."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.outbound.contact_csv import ImportedContact
from finesse_tx.engine.core.outbound.records import (
    Campaign,
    CampaignState,
    DialingAttempt,
    DialingMode,
    RecordChange,
    RecordState,
    Result,
    after,
)
from finesse_tx.engine.core.outbound.windows import parse
from finesse_tx.store.outbound_tables import DialingAttemptRow
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import (
    add_campaign,
    add_contacts,
    add_do_not_call,
    campaigns_with_customers,
    count_records,
    keep_changes,
    read_campaigns,
    read_do_not_call,
    read_records,
    recover_records,
    remove_campaign,
    set_campaign_state,
)
from tests.support.centre import sample
from tests.support.database import OnPostgreSQL, empty_url, inside

CONTACTS = (
    ImportedContact("A1", "0611", "Zoë", "Bauer", "Europe/Amsterdam"),
    ImportedContact("", "0612"),
)


class CampaignTests(SynchronousTestCase):
    """What is kept comes back."""

    def setUp(self) -> None:
        """Make a campaign with two customers."""
        self.url = empty_url(self)
        self.campaign = Campaign(
            1,
            "Renewals",
            DialingMode.PROGRESSIVE,
            1,
            parse("mon-fri 09:00-20:00, sat 10:00-16:00"),
            "Europe/Amsterdam",
            2,
            60,
            120,
            180,
            240,
            3,
            45,
        )

        def work(session: Session) -> None:
            add_snapshot(session, sample(), None)
            self.assertEqual(add_campaign(session, self.campaign), 1)
            self.assertEqual(add_contacts(session, 1, CONTACTS), (2, 0))

        inside(self.url, work)

    def test_campaign(self) -> None:
        """A campaign comes back as it was; so does whether it runs."""
        self.assertEqual(inside(self.url, read_campaigns), (self.campaign,))
        running = CampaignState.RUNNING
        inside(self.url, lambda session: set_campaign_state(session, 1, running))
        self.assertEqual(inside(self.url, read_campaigns), (replace(self.campaign, state=running),))

    def test_contacts(self) -> None:
        """Importing the same customers again adds nobody and changes nothing."""
        before = inside(self.url, lambda session: read_records(session, 1))
        again = (*CONTACTS, ImportedContact("A2", "0611"))
        self.assertEqual(inside(self.url, lambda session: add_contacts(session, 1, again)), (1, 2))
        self.assertEqual(inside(self.url, lambda session: read_records(session, 1))[:2], before)
        new = inside(self.url, lambda session: read_records(session, 1, before[-1].id))
        self.assertEqual([record.account_number for record in new], ["A2"])
        self.assertEqual(
            (before[0].first_name, before[0].time_zone, before[1].phone),
            ("Zoë", "Europe/Amsterdam", "0612"),
        )

    def test_gone(self) -> None:
        """Of a customer who has gone with the campaign nothing is kept, but that nobody calls the number."""
        record = inside(self.url, lambda session: read_records(session, 1))[0]
        attempt = DialingAttempt(record.id, 1, "agent1", 5.0, Result.DO_NOT_CALL)
        self.assertEqual(inside(self.url, campaigns_with_customers), {1})
        inside(self.url, lambda session: remove_campaign(session, 1))
        change = RecordChange(record, attempt, record.phone)
        inside(self.url, lambda session: keep_changes(session, [change]))
        self.assertEqual(self.attempts(), [])
        self.assertEqual(inside(self.url, read_do_not_call), {record.phone})
        self.assertEqual(inside(self.url, campaigns_with_customers), set())

    def attempts(self) -> list[tuple[int, int, Result | None]]:
        """The calls that were made."""
        columns = DialingAttemptRow.record_id, DialingAttemptRow.number, DialingAttemptRow.result

        def work(session: Session) -> list[tuple[int, int, Result | None]]:
            return [(row[0], row[1], row[2]) for row in session.execute(select(*columns))]

        return inside(self.url, work)

    def test_result_once(self) -> None:
        """However often a result is kept, its call has it once, and the record is what it came to."""
        record = inside(self.url, lambda session: read_records(session, 1))[0]
        dialled = replace(record, state=RecordState.ACTIVE, attempts=1)
        attempt = DialingAttempt(record.id, 1, "agent1", 5.0)
        over = after(dialled, self.campaign, Result.DO_NOT_CALL, 10.0)
        result = RecordChange(over, replace(attempt, result=Result.DO_NOT_CALL), record.phone)
        for change in (RecordChange(dialled, attempt), result, result):
            inside(self.url, lambda session: keep_changes(session, [change]))  # noqa: B023
        self.assertEqual(self.attempts(), [(record.id, 1, Result.DO_NOT_CALL)])
        self.assertEqual(
            inside(self.url, count_records),
            {1: {RecordState.CLOSED: 1, RecordState.PENDING: 1}},
        )
        self.assertEqual(inside(self.url, read_do_not_call), {record.phone})

    def test_not_made(self) -> None:
        """A call that was written down and not made after all is none."""
        record = inside(self.url, lambda session: read_records(session, 1))[0]
        dialled = replace(record, state=RecordState.ACTIVE, attempts=1)
        claim = RecordChange(dialled, DialingAttempt(record.id, 1, "agent1", 5.0))
        inside(self.url, lambda session: keep_changes(session, [claim, RecordChange(record)]))
        self.assertEqual(self.attempts(), [])

    def test_recovered(self) -> None:
        """A call whose end an earlier run did not see is unknown, once, and counts as an attempt."""
        record = inside(self.url, lambda session: read_records(session, 1))[0]
        dialled = replace(record, state=RecordState.ACTIVE, attempts=1)
        claim = RecordChange(dialled, DialingAttempt(record.id, 1, "agent1", 5.0))
        inside(self.url, lambda session: keep_changes(session, [claim]))
        self.assertNotIn(record.id, [r.id for r in inside(self.url, lambda s: read_records(s, 1))])
        self.assertEqual(inside(self.url, lambda session: recover_records(session, 100.0)), 1)
        self.assertEqual(inside(self.url, lambda session: recover_records(session, 200.0)), 0)
        self.assertEqual(self.attempts(), [(record.id, 1, Result.UNKNOWN)])
        found = inside(self.url, lambda session: read_records(session, 1))[0]
        self.assertEqual((found.attempts, found.due), (1, 100.0 + 120))

    def test_do_not_call(self) -> None:
        """A number is on the list once."""
        self.assertEqual(inside(self.url, lambda s: add_do_not_call(s, ["1", "2", "1"])), 2)
        self.assertEqual(inside(self.url, lambda s: add_do_not_call(s, ["2", "3"])), 1)
        self.assertEqual(inside(self.url, read_do_not_call), {"1", "2", "3"})


class CampaignOnPostgreSQLTests(OnPostgreSQL, CampaignTests):
    """The same on PostgreSQL."""

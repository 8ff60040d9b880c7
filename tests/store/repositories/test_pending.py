"""`finesse_tx.store.repositories.pending`: small writes, each carried out once."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.engine.core.outbound.records import Campaign, CampaignState
from finesse_tx.store.core.pending import (
    PENDING,
    KeepVerifier,
    ReplacePasswordHash,
    SetCampaignState,
)
from finesse_tx.store.journal import Journal
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import add_campaign, read_campaigns
from finesse_tx.store.repositories.journals import read_positions
from finesse_tx.store.repositories.passwords import read_password_hashes, read_verifiers
from finesse_tx.store.repositories.pending import add_pending, take_left_over
from finesse_tx.store.tables import CSQRow, JournalRow
from tests.support.database import OnPostgreSQL, empty_url, inside

MAX = 1 << 20


class PendingTests(SynchronousTestCase):
    """A database with somebody, and a campaign."""

    def setUp(self) -> None:
        """Put them in."""
        self.url, self.folder = empty_url(self), Path(self.mktemp())

        def fill(session: Session) -> int:
            add_snapshot(session, demo(1), "old")
            csq_id = session.scalars(select(CSQRow.id)).first() or 0
            return add_campaign(session, Campaign(0, "C", csq_id=csq_id))

        self.campaign_id = inside(self.url, fill)
        self.records = (
            ReplacePasswordHash("agent1", "old", "new"),
            KeepVerifier("agent1", "new", "made"),
            SetCampaignState(self.campaign_id, CampaignState.PAUSED.name),
        )

    def leave(self, name: str = "j", size: int = 1 << 16) -> Journal[object]:
        """A journal that an earlier run has left."""
        journal: Journal[object] = Journal(self.folder, PENDING, name, MAX, size)  # type: ignore[arg-type]
        for record in self.records:
            journal.append(record)
        journal.close()
        return journal

    def take(self) -> None:
        """A start."""
        inside(self.url, lambda session: take_left_over(session, self.folder, MAX))

    def assert_carried_out(self) -> None:
        """All three are."""
        hashes = inside(self.url, read_password_hashes)
        self.assertEqual((hashes["agent1"], hashes["supervisor1"]), ("new", "old"))
        self.assertEqual(inside(self.url, read_verifiers), {"agent1": "made"})
        self.assertEqual(inside(self.url, read_campaigns)[0].state, CampaignState.PAUSED)

    def test_once(self) -> None:
        """They are carried out with the position; a second time nothing happens, also when things have changed since."""

        def add(session: Session) -> int:
            return add_pending(session, "j", 0, 4, self.records)

        self.assertEqual(inside(self.url, add), 4)
        self.assert_carried_out()
        running = SetCampaignState(self.campaign_id, CampaignState.RUNNING.name)
        inside(self.url, lambda session: add_pending(session, "j", 4, 5, [running]))
        self.assertEqual(inside(self.url, add), 5)
        self.assertEqual(inside(self.url, read_campaigns)[0].state, CampaignState.RUNNING)

    def test_left_over(self) -> None:
        """What an earlier run has left, in however many files, is there before anything is read, once."""
        last = self.leave(size=150).next_sequence - 1
        self.assertGreater(len(list(self.folder.iterdir())), 1)
        self.take()
        self.assert_carried_out()
        self.assertEqual(inside(self.url, read_positions), {"j": last})
        self.take()
        self.assertEqual(inside(self.url, read_positions), {"j": last})

    def test_partly(self) -> None:
        """What the database has already is not carried out again."""
        self.leave()
        inside(self.url, lambda s: s.execute(insert(JournalRow).values(name="j", sequence=3)))
        self.take()
        self.assertEqual(inside(self.url, read_password_hashes)["agent1"], "old")
        self.assertEqual(inside(self.url, read_campaigns)[0].state, CampaignState.PAUSED)

    def test_torn(self) -> None:
        """Half a record at the end is none."""
        journal = self.leave()
        os.truncate(journal.last_file, journal.size - 3)
        self.take()
        self.assertEqual(inside(self.url, read_verifiers), {"agent1": "made"})
        self.assertEqual(inside(self.url, read_campaigns)[0].state, CampaignState.STOPPED)

    def test_nothing(self) -> None:
        """Without a folder, or with nothing in it, nothing happens, and nothing is made."""
        self.take()
        self.assertFalse(self.folder.exists())
        self.folder.mkdir()
        self.take()
        self.assertEqual(list(self.folder.iterdir()), [])


class PendingOnPostgreSQLTests(OnPostgreSQL, PendingTests):
    """The same on PostgreSQL."""

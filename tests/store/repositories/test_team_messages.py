"""`finesse_tx.store.repositories.team_messages`."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import delete
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import Snapshot, Team
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.team_messages import (
    add_message,
    read_messages,
    remove_expired,
    remove_message,
)
from finesse_tx.store.tables import TeamRow
from finesse_tx.webservices.core.team_messages import MAX_CONTENT, Draft, Message
from tests.support.database import OnPostgreSQL, empty_url, inside


class TeamMessageTests(SynchronousTestCase):
    """Two teams."""

    def setUp(self) -> None:
        """The teams."""
        self.url = empty_url(self)
        snapshot = Snapshot(teams=(Team(1, "One"), Team(2, "Two")))
        inside(self.url, lambda session: add_snapshot(session, snapshot, ""))

    def add(self, duration_s: int = 600, *teams: int) -> Message:
        """Keep one."""
        draft = Draft("é" * MAX_CONTENT, duration_s, teams or (1,))
        message = Message(0, "sue", "Sue", "Fox", 1_700_000_000.25, draft)
        kept = inside(self.url, lambda session: add_message(session, message))
        self.assertEqual(kept, replace(message, id=kept.id))
        return kept

    def kept(self) -> tuple[Message, ...]:
        """Those that are kept."""
        return inside(self.url, read_messages)

    def test_kept(self) -> None:
        """They come back as they were, the oldest first; an id is never used twice."""
        first, second = self.add(600, 1, 2), self.add()
        self.assertEqual(self.kept(), (first, second))
        inside(self.url, lambda session: remove_message(session, second.id))
        self.assertEqual(self.kept(), (first,))
        self.assertGreater(self.add().id, second.id)
        inside(self.url, lambda session: remove_message(session, second.id))

    def test_expired(self) -> None:
        """Those whose time is over go, to the moment."""
        short, long = self.add(600), self.add(601)
        inside(self.url, lambda session: remove_expired(session, short.expires_at - 0.001))
        self.assertEqual(self.kept(), (short, long))
        inside(self.url, lambda session: remove_expired(session, short.expires_at))
        self.assertEqual(self.kept(), (long,))

    def test_team_gone(self) -> None:
        """A team that is gone is no longer among a message's; the message stays for the others."""
        message = self.add(600, 1, 2)

        def drop(session: Session) -> None:
            session.execute(delete(TeamRow).where(TeamRow.id == 2))

        inside(self.url, drop)
        self.assertEqual(
            self.kept(), (replace(message, draft=replace(message.draft, team_ids=(1,))),)
        )


class TeamMessageOnPostgreSQLTests(OnPostgreSQL, TeamMessageTests):
    """The same on PostgreSQL."""

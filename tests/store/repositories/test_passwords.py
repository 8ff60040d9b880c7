"""`finesse_tx.store.repositories.passwords`."""

from sqlalchemy import update
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.passwords import (
    keep_verifier,
    read_password_hashes,
    read_verifiers,
    replace_password_hash,
)
from finesse_tx.store.tables import PersonRow
from tests.support.database import OnPostgreSQL, empty_url, inside


class PasswordTests(SynchronousTestCase):
    """Hashed passwords."""

    def setUp(self) -> None:
        """Put two agents in."""
        self.url = empty_url(self)
        inside(self.url, lambda session: add_snapshot(session, demo(2), "old"))

    def test_replace(self) -> None:
        """A hash is replaced for that person alone, and only if it is what it was made for."""
        inside(self.url, lambda session: replace_password_hash(session, "agent1", "old", "new"))
        inside(self.url, lambda session: replace_password_hash(session, "agent2", "other", "new"))
        found = inside(self.url, read_password_hashes)
        self.assertEqual((found["agent1"], found["agent2"]), ("new", "old"))

    def test_none(self) -> None:
        """Somebody without a password of ours has no hash."""
        url = empty_url(self)
        inside(url, lambda session: add_snapshot(session, demo(2), None))
        self.assertEqual(inside(url, read_password_hashes), {})

    def test_verifier(self) -> None:
        """A verifier is kept for one person, and another one takes its place."""
        for made in ("first", "second"):
            inside(self.url, lambda s: keep_verifier(s, "old", made, "agent1"))  # noqa: B023
            self.assertEqual(inside(self.url, read_verifiers), {"agent1": made})

    def test_verifier_of_everyone(self) -> None:
        """Or for everyone who has that password."""
        inside(self.url, lambda s: replace_password_hash(s, "agent2", "old", "another"))
        inside(self.url, lambda s: keep_verifier(s, "old", "made"))
        hashes = inside(self.url, read_password_hashes)
        self.assertEqual(inside(self.url, read_verifiers).keys(), hashes.keys() - {"agent2"})

    def test_verifier_follows_hash(self) -> None:
        """Another hash of the same password leaves the verifier; another password does not."""
        inside(self.url, lambda s: keep_verifier(s, "old", "made", "agent1"))
        inside(self.url, lambda s: replace_password_hash(s, "agent1", "old", "new"))
        self.assertEqual(inside(self.url, read_verifiers), {"agent1": "made"})

        def set_password(session: Session) -> None:
            session.execute(update(PersonRow).values(password_hash="changed"))

        inside(self.url, set_password)
        self.assertEqual(inside(self.url, read_verifiers), {})

    def test_verifier_late(self) -> None:
        """What was made of a password that is not theirs any more is not kept."""
        inside(self.url, lambda s: keep_verifier(s, "older", "made", "agent1"))
        self.assertEqual(inside(self.url, read_verifiers), {})


class PasswordOnPostgreSQLTests(OnPostgreSQL, PasswordTests):
    """The same on PostgreSQL."""

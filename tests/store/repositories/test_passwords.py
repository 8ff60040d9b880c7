"""`finesse_tx.store.repositories.passwords`."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.passwords import read_password_hashes, replace_password_hash
from tests.support.database import empty_url, inside


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

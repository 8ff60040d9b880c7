"""`finesse_tx.notification.core.backlog`, ``handshake`` and ``pace``: what the link and the questions need."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.backlog import Backlog
from finesse_tx.notification.core.handshake import handshake
from finesse_tx.notification.core.pace import Pace


class BacklogTests(SynchronousTestCase):
    """What waits for a server that is away."""

    def test_order(self) -> None:
        """What waits comes out oldest first, once."""
        backlog = Backlog(100)
        for stanza in (b"a", b"b", b"c"):
            backlog.add(stanza)
        self.assertEqual(list(backlog.take()), [b"a", b"b", b"c"])
        self.assertEqual(list(backlog.take()), [])

    def test_edge(self) -> None:
        """As much as the bound waits; one byte more drops the oldest."""
        backlog = Backlog(10)
        backlog.add(b"x" * 4)
        backlog.add(b"y" * 6)
        self.assertEqual((len(backlog), backlog.dropped), (2, 0))
        backlog.add(b"z")
        self.assertEqual((len(backlog), backlog.dropped, backlog.waiting_bytes), (2, 1, 7))

    def test_larger_than_the_bound(self) -> None:
        """A stanza that is larger than the bound does not wait, nor does anything before it."""
        backlog = Backlog(3)
        backlog.add(b"a")
        backlog.add(b"long")
        self.assertEqual((len(backlog), backlog.dropped, backlog.waiting_bytes), (0, 2, 0))

    @given(st.lists(st.binary(max_size=8)), st.integers(1, 20))
    def test_newest(self, stanzas: list[bytes], bound: int) -> None:
        """Whatever is added, the newest that fit are there, and nothing is lost without being counted."""
        backlog = Backlog(bound)
        for stanza in stanzas:
            backlog.add(stanza)
        self.assertLessEqual(backlog.waiting_bytes, bound)
        dropped, left = backlog.dropped, list(backlog.take())
        self.assertEqual(left, stanzas[dropped:])


class HandshakeTests(SynchronousTestCase):
    """The proof of XEP-0114."""

    def test_example(self) -> None:
        """The hash is of the stream's id followed by the secret, in lower-case hexadecimal digits."""
        self.assertEqual(handshake("3BF96D32", "test"), "aaee83c26aeeafcbabeabfcbcd50df997e0a2a1e")


class PaceTests(SynchronousTestCase):
    """How often something may happen."""

    def test_burst(self) -> None:
        """Two seconds' worth may happen at once, one more may not."""
        pace = Pace(5)
        self.assertEqual(sum(pace.admits(100.0) for _ in range(50)), 10)

    def test_steady(self) -> None:
        """After that as many as the pace says, and no more for having waited long."""
        pace = Pace(5)
        for _ in range(10):
            pace.admits(100.0)
        self.assertFalse(pace.admits(100.125))
        self.assertTrue(pace.admits(100.25))
        self.assertEqual(sum(pace.admits(10_000.0) for _ in range(50)), 10)

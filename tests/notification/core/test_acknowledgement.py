"""`finesse_tx.notification.core.acknowledgement`: what both ends count."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.acknowledgement import ASK_AFTER, WRAP, Acknowledgement, counted
from finesse_tx.notification.core.errors import StreamError


class AcknowledgementTests(SynchronousTestCase):
    """XEP-0198 §4."""

    def setUp(self) -> None:
        """Nothing has been sent."""
        self.acknowledgement = Acknowledgement(1_000)

    def sent(self, count: int) -> None:
        """So many stanzas are sent."""
        for number in range(count):
            self.assertTrue(self.acknowledgement.sent(b"%d" % number))

    def test_acknowledged(self) -> None:
        """What is acknowledged is forgotten; the rest is sent again, in order."""
        self.sent(5)
        self.acknowledgement.acknowledge(3)
        self.assertEqual(self.acknowledgement.again(), [b"3", b"4"])
        self.assertEqual(self.acknowledgement.unacknowledged_bytes, 2)
        self.acknowledgement.acknowledge(3)
        self.acknowledgement.acknowledge(5)
        self.assertEqual((len(self.acknowledgement), self.acknowledgement.again()), (0, []))

    def test_too_high(self) -> None:
        """More than was sent, or less than before, is an error that says both numbers."""
        self.sent(5)
        self.acknowledgement.acknowledge(3)
        for handled in (6, 2, 0, WRAP - 1):
            error: StreamError = self.assertRaises(
                StreamError, self.acknowledgement.acknowledge, handled
            )
            self.assertEqual(error.condition, "undefined-condition")
            self.assertIn(f'h="{handled}" send-count="5"', error.detail)
        self.assertEqual(len(self.acknowledgement), 2)

    def test_wrap(self) -> None:
        """Both counters go on with 0 after 2^32 - 1."""
        self.acknowledgement._acknowledged = self.acknowledgement.handled = WRAP - 2
        self.sent(4)
        self.acknowledgement.acknowledge(WRAP - 1)
        self.acknowledgement.acknowledge(1)
        self.assertEqual(self.acknowledgement.again(), [b"3"])
        for _ in range(3):
            self.acknowledgement.received()
        self.assertEqual(self.acknowledgement.handled, 1)

    def test_bound(self) -> None:
        """At the bound a stanza still fits; one byte more does not."""
        self.assertTrue(self.acknowledgement.sent(b"x" * 1_000))
        self.assertFalse(self.acknowledgement.sent(b"x"))

    def test_asked(self) -> None:
        """The client is asked once when enough is not acknowledged, and again after it has answered."""
        self.sent(ASK_AFTER - 1)
        self.assertFalse(self.acknowledgement.must_ask())
        self.sent(1)
        self.assertTrue(self.acknowledgement.must_ask())
        self.sent(ASK_AFTER)
        self.assertFalse(self.acknowledgement.must_ask())
        self.acknowledgement.acknowledge(1)
        self.assertTrue(self.acknowledgement.must_ask())

    @settings(deadline=None)
    @given(
        st.lists(st.one_of(st.just(None), st.integers(0, 20)), max_size=60),
        st.integers(0, WRAP - 1),
    )
    def test_any_order(self, steps: list[int | None], start: int) -> None:
        """However sending and acknowledging alternate, what is kept is what was sent and is not acknowledged."""
        self.acknowledgement = Acknowledgement(10**9)
        self.acknowledgement._acknowledged = start
        sent, known = 0, 0
        for step in steps:
            if step is None:
                self.acknowledgement.sent(b"%d" % sent)
                sent += 1
            else:
                known = min(sent, known + step)
                self.acknowledgement.acknowledge((start + known) % WRAP)
            kept = [b"%d" % number for number in range(known, sent)]
            self.assertEqual(self.acknowledgement.again(), kept)
            self.assertEqual(self.acknowledgement.unacknowledged_bytes, sum(map(len, kept)))


class CountedTests(SynchronousTestCase):
    """``h``."""

    def test_numbers(self) -> None:
        """Numbers below 2^32."""
        for text in ("0", "7", str(WRAP - 1)):
            self.assertEqual(counted(text), int(text))

    def test_others(self) -> None:
        """Nothing else."""
        for text in (None, "", "-1", "x", "1.0", "٣", str(WRAP), "9" * 1_000):
            error: StreamError = self.assertRaises(StreamError, counted, text)
            self.assertEqual(error.condition, "bad-format")

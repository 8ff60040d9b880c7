"""`finesse_tx.webservices.core.rates`: how many requests a client may send."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.rates import BURST_S, Rates


class RatesTests(SynchronousTestCase):
    """`Rates`."""

    def test_burst(self) -> None:
        """As many at once as come in ten seconds, and not one more; then one for each that comes."""
        rates = Rates(2)
        self.assertEqual([rates.wait_s("a", 0) for _ in range(20)], [0.0] * 20)
        self.assertAlmostEqual(rates.wait_s("a", 0), 0.5)
        self.assertGreater(rates.wait_s("a", 0.4), 0)
        self.assertEqual(rates.wait_s("a", 0.5), 0)
        self.assertGreater(rates.wait_s("a", 0.5), 0)

    def test_each(self) -> None:
        """What one client sends is nobody else's."""
        rates = Rates(0.1)
        self.assertEqual((rates.wait_s("a", 0), rates.wait_s("b", 0)), (0, 0))
        self.assertEqual((rates.wait_s("a", 0) > 0, rates.wait_s("b", 0) > 0), (True, True))

    @settings(deadline=None)
    @given(
        per_s=st.floats(0.1, 100),
        pauses=st.lists(st.floats(0, 20), max_size=100),
    )
    def test_pace(self, per_s: float, pauses: list[float]) -> None:
        """However it sends, nobody sends more than the pace and one burst; who waits as told is let in."""
        rates, now = Rates(per_s), 0.0
        for sent, pause in enumerate(pauses, 1):
            now += pause
            wait_s = rates.wait_s("a", now)
            if wait_s:
                now += wait_s
                self.assertEqual(rates.wait_s("a", now), 0)
            self.assertLessEqual(sent, per_s * (now + BURST_S) + 1e-3)

    def test_off(self) -> None:
        """Zero is no limit, and remembers nobody."""
        rates = Rates(0)
        self.assertEqual({rates.wait_s("a", 0) for _ in range(1_000)}, {0})
        self.assertEqual(len(rates), 0)

    def test_many(self) -> None:
        """Of too many clients the one that has been silent longest is forgotten."""
        rates = Rates(0.1, capacity=2)
        for client in ("a", "b", "c"):
            rates.wait_s(client, 0)
        self.assertEqual(len(rates), 2)
        self.assertEqual(rates.wait_s("a", 0), 0)
        self.assertGreater(rates.wait_s("c", 0), 0)

"""`finesse_tx.http2.core.families`."""

from h2.errors import ErrorCodes
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.core.families import Counters, http2_families


class FamiliesTests(SynchronousTestCase):
    """What is counted."""

    def test_each(self) -> None:
        """Each counter has a family with its number; broken connections have their codes' names."""
        counters = Counters(1, 2, 3, 4, 5, 6, 7)
        counters.broken[ErrorCodes.ENHANCE_YOUR_CALM] += 8
        samples = [family.samples for family in http2_families(counters)]
        self.assertEqual(samples[:-1], [(((), number),) for number in range(1, 8)])
        self.assertEqual(samples[-1], ((("ENHANCE_YOUR_CALM",), 8),))

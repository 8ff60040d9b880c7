"""`finesse_tx.http2.core.budget`."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.http2.core.budget import Budget


class BudgetTests(SynchronousTestCase):
    """So much at once, so much a second."""

    def test_at_once(self) -> None:
        """All of it may be spent at once, and no more."""
        budget = Budget(10, 2, 100.0)
        self.assertFalse(budget.spend(11, 100.0))
        self.assertTrue(budget.spend(10, 100.0))
        self.assertFalse(budget.spend(1, 100.4))
        self.assertTrue(budget.spend(1, 100.5))

    def test_full(self) -> None:
        """It does not hold more than that, however long nothing is spent and whatever is earned."""
        budget = Budget(10, 2, 0.0)
        budget.give(50)
        self.assertTrue(budget.spend(10, 1_000.0))
        self.assertFalse(budget.spend(1, 1_000.0))
        budget.give(1)
        self.assertTrue(budget.spend(1, 1_000.0))

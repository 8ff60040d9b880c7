"""`finesse_tx.gadgets.turns`: so many at once, so many wait."""

from twisted.internet.defer import CancelledError
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.turns import Turns


class TurnsTests(SynchronousTestCase):
    """Turns."""

    def test_order(self) -> None:
        """Who waits gets the turn in order; one more than may wait is turned away; other keys are on their own."""
        turns = Turns(1, 2)
        first, second, third = turns.take("a"), turns.take("a"), turns.take("a")
        assert first is not None
        assert second is not None
        assert third is not None
        self.assertIsNone(turns.take("a"))
        self.assertIsNotNone(turns.take("b"))
        self.assertEqual((turns.running, turns.waiting), (2, 2))
        self.successResultOf(first)
        self.assertNoResult(second)
        turns.give_back("a")
        self.successResultOf(second)
        self.assertNoResult(third)
        turns.give_back("a")
        self.successResultOf(third)
        turns.give_back("a")
        turns.give_back("b")
        self.assertEqual((turns.running, turns.waiting), (0, 0))

    def test_cancelled(self) -> None:
        """Who waits no more takes no turn, and makes room."""
        turns = Turns(1, 1)
        turns.take("a")
        second = turns.take("a")
        assert second is not None
        second.cancel()
        self.failureResultOf(second, CancelledError)
        third = turns.take("a")
        assert third is not None
        turns.give_back("a")
        self.successResultOf(third)

    def test_at_once(self) -> None:
        """However many give it back as soon as they have it, all get it."""
        turns = Turns(1, 5_000)
        served: list[int] = []
        turns.take("a")

        def serve(_turn: None) -> None:
            served.append(turns.waiting)
            turns.give_back("a")

        for _number in range(5_000):
            turn = turns.take("a")
            assert turn is not None
            turn.addCallback(serve)
        turns.give_back("a")
        self.assertEqual(served, list(range(4_999, -1, -1)))
        self.assertEqual((turns.running, turns.waiting), (0, 0))

    def test_nobody_waits(self) -> None:
        """Where nobody may wait, nothing is kept of who was turned away."""
        turns = Turns(1, 0)
        turns.take("a")
        self.assertIsNone(turns.take("a"))
        turns.give_back("a")
        self.assertEqual(vars(turns)["_waiting"], {})
        self.assertEqual(vars(turns)["_running"], {})

"""`finesse_tx.webservices.core.correlation`: which event answers which request."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.correlation import MAX_WAITING, Correlation, made, told, traced


class CorrelationTests(SynchronousTestCase):
    """Ids travel with the first event of their object."""

    def test_first_event(self) -> None:
        """The first event takes the id, the next one has none."""
        correlation = Correlation()
        correlation.expect("ann", "r1", 0)
        self.assertEqual(correlation.take("bob", 1), "")
        self.assertEqual([correlation.take("ann", 1), correlation.take("ann", 1)], ["r1", ""])

    def test_order(self) -> None:
        """Two requests of one object are answered in their order."""
        correlation = Correlation()
        correlation.expect("ann", "r1", 0)
        correlation.expect("ann", "r2", 0)
        self.assertEqual([correlation.take("ann", 1), correlation.take("ann", 1)], ["r1", "r2"])

    def test_patience(self) -> None:
        """An id whose event is late does not travel with somebody else's."""
        correlation = Correlation(patience_s=20)
        correlation.expect("ann", "r1", 0)
        correlation.expect("ann", "r2", 1)
        self.assertEqual(correlation.take("ann", 20.5), "r2")

    def test_withdrawn(self) -> None:
        """A refused request is answered by its error, not by the next event."""
        correlation = Correlation()
        correlation.expect("ann", "r1", 0)
        correlation.expect("ann", "r2", 0)
        correlation.withdraw("ann", "r1")
        self.assertEqual(correlation.take("ann", 1), "r2")
        correlation.withdraw("ann", "r2")
        self.assertEqual(correlation.take("ann", 1), "")

    def test_no_id(self) -> None:
        """A request without an id is nothing to remember."""
        correlation = Correlation()
        correlation.expect("ann", "", 0)
        correlation.expect("ann", "r2", 0)
        self.assertEqual(correlation.take("ann", 1), "r2")

    def test_bound(self) -> None:
        """A client that floods one object with requests costs a bounded memory."""
        correlation = Correlation()
        for number in range(MAX_WAITING + 1):
            correlation.expect("ann", f"r{number}", 0)
        self.assertEqual(correlation.take("ann", 1), "r1")

    def test_forget(self) -> None:
        """When the link is gone, so are the answers."""
        correlation = Correlation()
        correlation.expect("ann", "r1", 0)
        correlation.forget()
        self.assertEqual(correlation.take("ann", 1), "")

    def test_made(self) -> None:
        """An id of ours travels like any other; the log has it, clients do not."""
        correlation = Correlation()
        correlation.expect("ann", made("a1"), 0)
        correlation.expect("ann", "r2", 0)
        taken = [correlation.take("ann", 1), correlation.take("ann", 1)]
        self.assertEqual([told(one) for one in taken], ["", "r2"])
        self.assertEqual([traced(one) for one in taken], ["a1", "r2"])

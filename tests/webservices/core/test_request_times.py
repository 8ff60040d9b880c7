"""`finesse_tx.webservices.core.request_times`: buckets, sums and the longest."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.request_times import BOUNDS_S, RequestTimes


class RequestTimesTests(SynchronousTestCase):
    """Two routes."""

    def setUp(self) -> None:
        """Nobody has asked yet."""
        self.times = RequestTimes()
        self.user, self.dialog = (
            self.times.of("GET", f"/{name}/{{id}}") for name in ("User", "Dialog")
        )

    def counts(self) -> dict[tuple[str, ...], tuple[int, ...]]:
        """The histogram, by labels."""
        (found,) = self.times.families()
        self.assertEqual((found.labels, found.bounds), (("method", "route"), BOUNDS_S))
        return {labels: counts for labels, counts, _ in found.samples}

    def test_nothing(self) -> None:
        """A route that nobody asks for is not told of, and before the first request all is 0."""
        self.assertEqual(self.counts(), {})
        self.assertEqual((self.times.average_s, self.times.longest_s), (0.0, 0.0))

    def test_bounds(self) -> None:
        """What takes as long as a bound is within it, what takes longer is in the next bucket, or in the last."""
        for number, bound in enumerate(BOUNDS_S):
            before = self.user.counts.copy()
            self.times.add(self.user, bound)
            self.times.add(self.user, bound * 1.0001)
            grown = [now - was for now, was in zip(self.user.counts, before, strict=True)]
            self.assertEqual([n for n, by in enumerate(grown) if by], [number, number + 1])
        self.assertEqual(set(self.counts()), {("GET", "/User/{id}")})

    def test_all(self) -> None:
        """The mean and the longest are of all routes together."""
        for route, taken_s in ((self.user, 0.25), (self.dialog, 1.0), (self.user, 0.25)):
            self.times.add(route, taken_s)
        self.assertEqual((self.times.average_s, self.times.longest_s), (0.5, 1.0))
        self.assertEqual(self.user.total_s, 0.5)

    def test_same(self) -> None:
        """A route is the same one whenever it is named."""
        self.assertIs(self.times.of("GET", "/User/{id}"), self.user)

"""`finesse_tx.engine.core.ranking`: the first one, without a scan."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.ranking import SLACK, Line, Ranking

STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "discard", "first"]), st.integers(0, 9), st.integers(0, 5)),
    max_size=60,
)


class LineTests(SynchronousTestCase):
    """`Line`."""

    @given(st.lists(st.tuples(st.integers(0, 7), st.none() | st.integers(0, 5)), max_size=40))
    def test_any(self, steps: list[tuple[int, int | None]]) -> None:
        """Whoever joins, moves or leaves, everybody stands where sorting would put him."""
        line: Line[int] = Line()
        keys: dict[int, tuple[int, int]] = {}
        for turn, (member, key) in enumerate(steps):
            if key is None:
                line.discard(member)
                keys.pop(member, None)
            else:
                line.add(member, key)
                keys[member] = key, turn
            order = sorted(keys, key=keys.__getitem__)
            first = line.first()
            self.assertEqual(list(line), order)
            self.assertEqual(first[1] if first else None, order[0] if order else None)
            self.assertEqual([line.position(one) for one in order], list(range(1, len(order) + 1)))
            self.assertEqual((len(line), member in line), (len(order), member in keys))

    def test_stranger(self) -> None:
        """Who is no member has no position."""
        self.assertRaises(KeyError, Line[int]().position, 1)


class RankingTests(SynchronousTestCase):
    """`Ranking`."""

    @given(STEPS)
    def test_oracle(self, steps: list[tuple[str, int, int]]) -> None:
        """It says what a scan would say, whoever comes, goes and comes again."""
        ranking: Ranking[int] = Ranking()
        oracle: dict[int, tuple[int, int]] = {}
        for sequence, (step, member, key) in enumerate(steps):
            if step == "add":
                ranking.add(member, key)
                oracle[member] = (key, sequence)
            elif step == "discard":
                ranking.discard(member)
                oracle.pop(member, None)
            expected = min(oracle, key=oracle.__getitem__, default=None)
            first = ranking.first()
            if expected is None or first is None:
                self.assertIs(first, expected)
            else:
                self.assertEqual(first, (oracle[expected][0], expected))
            self.assertEqual(len(ranking), len(oracle))
            self.assertEqual(member in ranking, member in oracle)

    def test_bound(self) -> None:
        """Those who left do not pile up while nobody looks."""
        ranking: Ranking[int] = Ranking()
        for n in range(100 * SLACK):
            ranking.add(n % 3, n)
            self.assertLessEqual(len(ranking._heap), 2 * 3 + SLACK + 1)
        for n in range(3):
            ranking.discard(n)
        self.assertLessEqual(len(ranking._heap), SLACK)

    def test_no_scan(self) -> None:
        """Looking at the first of ten thousand examines one entry, and one more for each that left before it."""
        ranking: Ranking[int] = Ranking()
        for n in range(10_000):
            ranking.add(n, n)
        ranking.first()
        self.assertEqual(ranking.examined, 1)
        ranking.discard(0)
        ranking.discard(1)
        ranking.first()
        self.assertEqual(ranking.examined, 4)

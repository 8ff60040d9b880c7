"""`finesse_tx.store.core.journal_lines`: what was written comes back, and nothing else does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.store.core.journal_lines import MAX_LINE, line, scan

PAYLOADS = st.lists(st.binary(max_size=40).filter(lambda data: b"\n" not in data), max_size=8)
FIRST = st.integers(1, 1 << 60)


def written(payloads: list[bytes], first: int) -> list[bytes]:
    """The lines."""
    return [line(first + index, payload) for index, payload in enumerate(payloads)]


class LineTests(SynchronousTestCase):
    """Lines."""

    def test_form(self) -> None:
        """A line can be read by people."""
        self.assertEqual(line(42, b'{"a":1}'), b'b054b3e7 42 {"a":1}\n')

    def test_edges(self) -> None:
        """A record without a line end inside, of up to so many bytes."""
        longest = b"x" * (MAX_LINE - 8 - 2 - 2)
        self.assertEqual(len(line(1, longest)), MAX_LINE)
        self.assertEqual(scan(line(1, longest), 1), ([longest], MAX_LINE))
        self.assertRaises(ValueError, line, 1, longest + b"x")
        self.assertRaises(ValueError, line, 1, b"a\nb")
        self.assertEqual(scan(b"x" * (MAX_LINE + 1) + b"\n", 1), ([], 0))

    @given(payloads=PAYLOADS, first=FIRST)
    def test_round_trip(self, payloads: list[bytes], first: int) -> None:
        """Everything comes back, in order."""
        data = b"".join(written(payloads, first))
        self.assertEqual(scan(data, first), (payloads, len(data)))

    @given(payloads=PAYLOADS, first=FIRST, cut=st.integers(0, 400))
    def test_torn(self, payloads: list[bytes], first: int, cut: int) -> None:
        """Wherever it is torn, what comes back is exactly the whole records before that."""
        lines = written(payloads, first)
        data = b"".join(lines)
        cut = min(cut, len(data))
        found, good = scan(data[:cut], first)
        whole = 0
        while whole < len(lines) and sum(map(len, lines[: whole + 1])) <= cut:
            whole += 1
        self.assertEqual(found, payloads[:whole])
        self.assertEqual(good, sum(map(len, lines[:whole])))

    @given(
        payloads=PAYLOADS,
        first=FIRST,
        at=st.integers(0, 400),
        damage=st.binary(min_size=1, max_size=30),
        replace=st.booleans(),
    )
    def test_damaged(
        self, payloads: list[bytes], first: int, at: int, damage: bytes, replace: bool
    ) -> None:
        """Whatever is put anywhere, what comes back is some of the first records, all before the damage included."""
        lines = written(payloads, first)
        data = b"".join(lines)
        at = min(at, len(data))
        found, good = scan(data[:at] + damage + data[at + len(damage) * replace :], first)
        self.assertEqual(found, payloads[: len(found)])
        before = 0
        while before < len(lines) and sum(map(len, lines[: before + 1])) <= at:
            before += 1
        self.assertGreaterEqual(len(found), before)
        self.assertEqual(good, sum(map(len, lines[: len(found)])))

    @given(payloads=PAYLOADS, first=FIRST, swap=st.integers(0, 6))
    def test_out_of_order(self, payloads: list[bytes], first: int, swap: int) -> None:
        """A whole line that is in the wrong place is damage, too: the number is in the checksum."""
        lines = written(payloads, first)
        if swap + 1 < len(lines):
            lines[swap], lines[swap + 1] = lines[swap + 1], lines[swap]
            self.assertEqual(scan(b"".join(lines), first)[0], payloads[:swap])

"""`finesse_tx.gadgets.core.fetch_body`: a body, bounded before and after decoding."""

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.fetch_body import Body
from finesse_tx.gadgets.core.outbound import Refusal, Why


def why(found: object) -> Why | None:
    """The kind of a refusal."""
    return found.why if isinstance(found, Refusal) else None


class BodyTests(SynchronousTestCase):
    """Bodies."""

    def test_limit(self) -> None:
        """A body may have the limit's bytes, not one more; the headers' promise alone is enough."""
        body = Body("", 10)
        self.assertIsNone(body.begin(10))
        self.assertIsNone(body.feed(b"x" * 10))
        self.assertEqual(body.end(), b"x" * 10)
        self.assertEqual(why(body.feed(b"x")), Why.SIZE)
        self.assertEqual(why(Body("", 10).begin(11)), Why.SIZE)

    def test_decoded_limit(self) -> None:
        """So it is once it is decoded, and a bomb is not decoded further than to the limit."""
        for size, found in ((1_000, None), (1_001, Why.SIZE), (100_000_000, Why.SIZE)):
            body = Body("gzip", 1_000 if size <= 1_001 else 200_000)
            sent = gzip.compress(bytes(size))
            self.assertEqual(why(body.feed(sent)), found, size)
        self.assertEqual(why(Body("gzip", 10).feed(bytes(11))), Why.SIZE)

    def test_encodings(self) -> None:
        """Only what was asked for is decoded."""
        for encoding in ("", "identity", "gzip", "X-GZIP "):
            self.assertIsNone(Body(encoding, 9).begin(None))
        for encoding in ("br", "deflate", "gzip, gzip", "zstd"):
            self.assertEqual(why(Body(encoding, 9).begin(None)), Why.ENCODING)

    def test_broken(self) -> None:
        """Gzip that is none, or ends early, is not taken for a whole answer; no body at all is none."""
        self.assertEqual(why(Body("gzip", 99).feed(b"hello")), Why.BROKEN)
        body = Body("gzip", 99)
        self.assertIsNone(body.feed(gzip.compress(b"hello")[:-1]))
        self.assertEqual(why(body.end()), Why.BROKEN)
        self.assertEqual(Body("gzip", 99).end(), b"")

    @settings(deadline=None)
    @given(st.lists(st.binary(max_size=200), max_size=5), st.integers(1, 50))
    def test_any_split(self, parts: list[bytes], step: int) -> None:
        """However it is cut, and in however many members, the same comes out."""
        sent, body = b"".join(map(gzip.compress, parts)), Body("gzip", 2_000)
        for start in range(0, len(sent), step):
            self.assertIsNone(body.feed(sent[start : start + step]))
        self.assertEqual(body.end(), b"".join(parts))
        self.assertEqual(body.received, len(sent))

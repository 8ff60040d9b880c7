"""`finesse_tx.directory.core.credentials`."""

import itertools

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.credentials import CredentialCache

KEY = bytes(range(32))
LIFETIME_S = 10.0
TEXTS = st.tuples(st.text(), st.text(), st.text())


class CredentialCacheTests(SynchronousTestCase):
    """`CredentialCache`."""

    def setUp(self) -> None:
        """Nothing is remembered yet."""
        self.cache = CredentialCache(KEY, LIFETIME_S, capacity=3)

    def test_lifetime(self) -> None:
        """Credentials are believed until their lifetime is over, used or not."""
        self.cache.add(b"x", 5)
        self.assertTrue(self.cache.holds(b"x", 5))
        self.assertTrue(self.cache.holds(b"x", 5 + LIFETIME_S - 0.001))
        self.assertFalse(self.cache.holds(b"x", 5 + LIFETIME_S))
        self.assertFalse(self.cache.holds(b"y", 5))

    def test_renewed(self) -> None:
        """A new check begins a new lifetime."""
        self.cache.add(b"x", 0)
        self.cache.add(b"x", 5)
        self.assertTrue(self.cache.holds(b"x", LIFETIME_S))

    def test_expired_go(self) -> None:
        """What has expired takes no room once something new comes."""
        self.cache.add(b"x", 0)
        self.cache.add(b"y", 1)
        self.cache.add(b"z", LIFETIME_S)
        self.assertEqual(len(self.cache), 2)

    def test_capacity(self) -> None:
        """At the bound the oldest goes; a renewed one is not the oldest."""
        for digest in (b"a", b"b", b"c", b"a"):
            self.cache.add(digest, 0)
        self.assertEqual(len(self.cache), 3)
        self.cache.add(b"d", 0)
        self.assertEqual(len(self.cache), 3)
        self.assertEqual(
            [digest for digest in (b"a", b"b", b"c", b"d") if self.cache.holds(digest, 0)],
            [b"a", b"c", b"d"],
        )

    def test_off(self) -> None:
        """A lifetime of nothing remembers nothing."""
        cache = CredentialCache(KEY, 0, capacity=3)
        cache.add(b"x", 5)
        self.assertEqual((cache.holds(b"x", 5), len(cache)), (False, 0))

    @given(texts=TEXTS)
    def test_digest(self, texts: tuple[str, str, str]) -> None:
        """The digest is the key's: the same again, another with another key, and long enough."""
        digest = self.cache.digest(*texts)
        self.assertEqual(digest, self.cache.digest(*texts))
        self.assertEqual(len(digest), 32)
        self.assertNotEqual(digest, CredentialCache(KEY[::-1], 1, 1).digest(*texts))

    @given(one=TEXTS, other=TEXTS)
    def test_digests_differ(self, one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
        """Different credentials have different digests, wherever their parts begin and end."""
        self.assertEqual(self.cache.digest(*one) == self.cache.digest(*other), one == other)

    def test_borders(self) -> None:
        """So do those whose parts, written one after the other, are the same."""
        cuts = itertools.combinations_with_replacement(range(4), 2)
        digests = {self.cache.digest("abc"[:i], "abc"[i:j], "abc"[j:]) for i, j in cuts}
        self.assertEqual(len(digests), 10)

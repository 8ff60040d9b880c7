"""`finesse_tx.gadgets.core.fetch_cache`."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formatdate
from types import MappingProxyType

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.fetch_cache import (
    DEFAULT_S,
    FAILURE_S,
    LARGEST_SHARE,
    MAX_LIFE_S,
    FetchCache,
    Key,
    cache_families,
    key,
    lifetime,
)
from finesse_tx.gadgets.core.fetching import Answer, Fetch

NOW = 1_700_000_000.0
EMPTY: Mapping[str, str] = MappingProxyType({})


def answer(status: int = 200, body: bytes = b"", headers: Mapping[str, str] = EMPTY) -> Answer:
    """An answer with these headers; ``_`` stands for ``-``."""
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer("http://a.example/", status, pairs, body)


class LifetimeTests(SynchronousTestCase):
    """How long what is kept."""

    def test_table(self) -> None:
        """Each rule of the reference."""
        late = formatdate(NOW + 100, usegmt=True)
        for status, headers, refresh, life in (
            (200, {}, None, DEFAULT_S),
            (200, {}, 7, 7),
            (200, {}, 0, 0),
            (200, {"cache_control": "max-age=20"}, None, 20),
            (200, {"cache_control": "public, s-maxage=5, max-age=20"}, None, 5),
            (200, {"cache_control": "max-age=20"}, 7, 7),
            (200, {"cache_control": "max-age=x"}, None, 0),
            (200, {"cache_control": "max-age=99999999999"}, None, MAX_LIFE_S),
            (200, {"expires": late}, None, 100),
            (200, {"expires": "0"}, None, 0),
            (200, {"expires": late, "date": formatdate(NOW + 40, usegmt=True)}, None, 60),
            (200, {"expires": late, "date": formatdate(NOW - 9_000, usegmt=True)}, None, 100),
            (200, {"cache_control": "no-store"}, 7, 0),
            (200, {"cache_control": "private, max-age=20"}, 7, 0),
            (200, {"cache_control": "No-Cache"}, 7, 0),
            (200, {"pragma": "no-cache"}, 7, 0),
            (200, {"vary": "*"}, 7, 0),
            (404, {}, None, FAILURE_S),
            (404, {}, 7_000, FAILURE_S),
            (503, {"retry_after": "30"}, None, 30),
            (503, {"retry_after": "999999"}, None, DEFAULT_S),
            (503, {"retry_after": "soon"}, None, FAILURE_S),
            (503, {"cache_control": "no-store"}, None, 0),
            (401, {}, 7, 0),
            (403, {}, 7, 0),
            (302, {}, 7, 0),
        ):
            found = lifetime(answer(status, headers=headers), refresh, NOW)
            self.assertEqual(found, life, (status, headers))

    def test_keys(self) -> None:
        """Only a GET without Authorization has a key; headers and the container keep answers apart."""
        plain = key(Fetch("http://a.example/"), "default")
        self.assertEqual(plain, Key("http://a.example/", (), "default"))
        found = {
            plain,
            key(Fetch("http://a.example/"), "other"),
            key(Fetch("http://a.example/", headers=(("X-Key", "1"),)), "default"),
            key(Fetch("http://a.example/", headers=(("X-Key", "2"),)), "default"),
        }
        self.assertEqual(len(found - {None}), 4)
        for asked in (
            Fetch("http://a.example/", "POST"),
            Fetch("http://a.example/", headers=(("AUTHORIZATION", "Basic x"),)),
        ):
            self.assertIsNone(key(asked, "default"))


class FetchCacheTests(SynchronousTestCase):
    """A cache."""

    def test_time(self) -> None:
        """An answer is found while it is good, and while it is as new as is asked."""
        cache, found_by, kept = FetchCache(100_000), Key("u", (), "c"), answer(body=b"x")
        cache.put(found_by, kept, 10, 5)
        self.assertEqual(cache.get(found_by, None, 14.9), kept)
        self.assertEqual(cache.get(found_by, 10, 14.9), kept)
        self.assertIsNone(cache.get(found_by, 9, 14.9))
        self.assertIsNone(cache.get(found_by, None, 15))
        self.assertEqual((len(cache), cache.taken, cache.hits, cache.misses), (0, 0, 2, 2))

    def test_least_used_goes(self) -> None:
        """When it is full, what was not looked at for the longest time goes."""
        cache = FetchCache(32_000)
        for name in "abcdefgh":
            cache.put(Key(name, (), "c"), answer(body=bytes(3_400)), 10, 0)
        self.assertEqual((len(cache), cache.dropped), (8, 0))
        cache.get(Key("a", (), "c"), None, 1)
        cache.put(Key("i", (), "c"), answer(body=bytes(3_400)), 10, 0)
        self.assertIsNotNone(cache.get(Key("a", (), "c"), None, 1))
        self.assertIsNone(cache.get(Key("b", (), "c"), None, 1))
        cache.clear()
        self.assertEqual((len(cache), cache.taken), (0, 0))

    @given(sizes=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3_000)), max_size=40))
    @settings(deadline=None)
    def test_bound(self, sizes: list[tuple[int, int]]) -> None:
        """It never takes more than it may, and knows what it takes."""
        cache = FetchCache(16_000)
        for name, size in sizes:
            cache.put(Key(str(name), (), "c"), answer(body=bytes(size)), 10, 0)
            self.assertLessEqual(cache.taken, 16_000)
        self.assertEqual(cache.taken == 0, len(cache) == 0)

    def test_largest(self) -> None:
        """An answer that would take more than its part is not kept, and what was there of it goes."""
        cache, found_by = FetchCache(LARGEST_SHARE * 1_000), Key("u", (), "c")
        cache.put(found_by, answer(), 10, 0)
        most = 1_000 - cache.taken
        cache.put(found_by, answer(body=bytes(most)), 10, 0)
        self.assertEqual(cache.taken, 1_000)
        cache.put(found_by, answer(body=bytes(most + 1)), 10, 0)
        self.assertEqual(cache.taken, 0)

    def test_metrics(self) -> None:
        """It says what it is doing."""
        found = {family.name: family.samples[0][1] for family in cache_families(FetchCache(1))}
        self.assertEqual(len(found), 5)
        self.assertEqual(set(found.values()), {0})

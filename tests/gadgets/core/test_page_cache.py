"""Pages that are kept, and what tells them apart."""

from dataclasses import fields, replace
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core import page_cache
from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.messages import Bundle
from finesse_tx.gadgets.core.page_cache import PageCache, page_key, shared
from finesse_tx.gadgets.core.parser import parse_spec
from tests.gadgets.core.test_parser import URL

SPEC = parse_spec(b"<Module><ModulePrefs/><UserPref name='p'/><Content>x</Content></Module>", URL)
VIEW = SPEC.views["default"]
BUNDLE = Bundle({"a": "b"}, "ltr")
ASKED = Asked("https://x/", prefs={"p": "1", "q": "2"})


class KeyTests(SynchronousTestCase):
    """What a page is made of."""

    def key(self, asked: Asked = ASKED) -> object:
        """The key for who asks that."""
        return page_key("v", SPEC, VIEW, BUNDLE, shared(asked, SPEC), "/b")

    def test_shared(self) -> None:
        """What makes no difference to the page is gone before it is made: it cannot get into somebody else's."""
        others: dict[str, Any] = {
            "url": "https://y/",
            "container": "c",
            "view": "w",
            "prefs": {"p": "1", "r": "3"},
            "parent": "https://z/",
            "is_fresh": True,
            "refresh_s": 5,
            "version": "9",
        }
        self.assertEqual(shared(replace(ASKED, **others), SPEC), shared(ASKED, SPEC))
        telling: dict[str, Any] = {
            "module_id": 7,
            "lang": "de",
            "country": "AT",
            "prefs": {"p": "2"},
            "libs": ("core",),
            "token": "t",
        }
        self.assertEqual(
            {field.name for field in fields(Asked)}, others.keys() | telling.keys(), "one is new"
        )
        for name, value in telling.items():
            self.assertNotEqual(self.key(replace(ASKED, **{name: value})), self.key(), name)
        self.assertIsNone(self.key(replace(ASKED, token="t")))  # none

    def test_parts(self) -> None:
        """Whatever else a page is made of tells it apart."""
        common = shared(ASKED, SPEC)
        for version, spec, view, bundle, base in (
            ("w", SPEC, VIEW, BUNDLE, "/b"),
            ("v", replace(SPEC, url="https://other/"), VIEW, BUNDLE, "/b"),
            ("v", SPEC, replace(VIEW, name="canvas"), BUNDLE, "/b"),
            ("v", SPEC, replace(VIEW, content="y"), BUNDLE, "/b"),
            ("v", SPEC, VIEW, Bundle({"a": "c"}, "ltr"), "/b"),
            ("v", SPEC, VIEW, Bundle({"a": "b"}, "rtl"), "/b"),
            ("v", SPEC, VIEW, BUNDLE, "/c"),
        ):
            self.assertNotEqual(page_key(version, spec, view, bundle, common, base), self.key())


class CacheTests(SynchronousTestCase):
    """The pages."""

    def setUp(self) -> None:
        """An empty cache."""
        self.cache, self.made = PageCache(), 0

    def page(self, key: str | None, body: bytes = b"12345") -> bytes:
        """Ask for a page."""

        def make() -> bytes:
            self.made += 1
            return body

        return self.cache.page(key, make).body

    def test_kept(self) -> None:
        """A page is made once, unless it is somebody's alone; its tag is that of what is in it."""
        for _ in range(2):
            self.assertEqual(self.page("a"), b"12345")
        self.assertEqual(self.made, 1)
        for _ in range(2):
            self.page(None)
        self.assertEqual(self.made, 3)
        tags = {self.cache.page(key, lambda: b"12345").tag for key in ("a", "b", None)}
        self.assertEqual(len(tags), 1)
        self.assertNotIn(self.cache.page("c", lambda: b"other").tag, tags)

    def test_bounds(self) -> None:
        """No more are kept than the bound, nor more bytes, nor one that is large; what was asked for last stays."""
        self.patch(page_cache, "MAX_KEPT", 2)
        for key in ("a", "b", "a", "c", "a"):
            self.page(key)
        self.assertEqual(self.made, 3)
        self.page("b")
        self.assertEqual(self.made, 4)
        self.cache, self.made = PageCache(), 0
        self.patch(page_cache, "MAX_KEPT_BYTES", 16 * 5)
        self.patch(page_cache, "MAX_KEPT", 100)
        for number in range(16):
            self.page(str(number))
        self.page("0")
        self.assertEqual(self.made, 16)
        self.page("more")
        self.page("1")
        self.assertEqual(self.made, 18)
        for _ in range(2):
            self.page("large", b"123456")
        self.assertEqual(self.made, 20)

    def test_failed(self) -> None:
        """A page that cannot be made is not kept."""
        with self.assertRaises(ZeroDivisionError):
            self.cache.page("a", lambda: bytes(1 // 0))
        self.assertEqual(self.page("a"), b"12345")

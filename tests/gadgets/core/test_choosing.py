"""Which view, which messages and which features a gadget gets."""

from itertools import pairwise

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.features import FEATURES, KnownFeature, Standing, closure
from finesse_tx.gadgets.core.messages import Bundle, bundle_of, chain, locales_for, parse_bundle
from finesse_tx.gadgets.core.views import view_of
from tests.gadgets.core.test_parser import spec


class ViewTests(SynchronousTestCase):
    """Names of views."""

    def test_table(self) -> None:
        """The name itself, then its aliases, then the main view of a sub-view, then the default view."""
        for there, asked, found in (
            ("default,canvas", "canvas", "canvas"),
            ("canvas", "default", "canvas"),
            ("profile,home", "default", "home"),
            ("canvas", "home", None),
            ("FULL_PAGE,default", "canvas", "FULL_PAGE"),
            ("canvas,default", "canvas.about", "canvas"),
            ("canvas.about,canvas", "canvas.about", "canvas.about"),
            ("default", "nobody", "default"),
            ("canvas", "Canvas", None),
        ):
            view = view_of(spec(f"<Content view='{there}'/>"), asked)
            self.assertEqual(view and view.name, found, (there, asked))


class MessageTests(SynchronousTestCase):
    """Message bundles, and which of them count."""

    def bundle(self, locales: str, lang: str, country: str, view: str = "default") -> Bundle:
        """What a reader gets of these locales; the bundle at ``/NAME`` has one message ``from``, its name."""
        found = spec("<Content/>", f"<ModulePrefs>{locales}</ModulePrefs>")
        chosen = locales_for(found, lang, country, view)
        urls = [one.messages_url for one in chosen if one.messages_url]
        return bundle_of(chosen, {url: {"from": url.rpartition("/")[2]} for url in urls})

    def test_chain(self) -> None:
        """From weak to strong: any, the country, the language, both; case does not count."""
        self.assertEqual(
            chain("EN", "us"), (("all", "ALL"), ("all", "US"), ("en", "ALL"), ("en", "US"))
        )
        self.assertEqual(chain("", ""), (("all", "ALL"),))
        self.assertEqual(chain("en", "ALL"), (("all", "ALL"), ("en", "ALL")))

    def test_strength(self) -> None:
        """Of each message the strongest locale's counts, and the direction is that of the strongest."""
        pairs = ("", "country='US'", "lang='en'", "lang='en' country='US'")
        said = [
            f"<Locale {pair} language_direction='{direction}'><msg name='a'>{level}</msg><msg name='{level}'>x</msg></Locale>"
            for level, (pair, direction) in enumerate(zip(pairs, ("ltr", "rtl") * 2, strict=True))
        ]
        for weak, strong in pairwise(range(4)):
            both = self.bundle(said[strong] + said[weak], "en", "US")
            self.assertEqual(
                dict(both.messages), {"a": str(strong), str(weak): "x", str(strong): "x"}
            )
            self.assertEqual(both.direction, ("ltr", "rtl")[strong % 2])
        self.assertEqual(self.bundle("".join(said), "de", "DE").messages["a"], "0")
        self.assertEqual(self.bundle(said[3], "en", "GB"), Bundle({}, "ltr"))

    def test_inline_wins(self) -> None:
        """What is written in the specification wins over the bundle of its locale, not over that of a stronger one."""
        weak = "<Locale messages='/weak'><msg name='from'>inline</msg></Locale>"
        self.assertEqual(self.bundle(weak, "en", "US").messages["from"], "inline")
        strong = f"{weak}<Locale lang='en' messages='/strong'/>"
        self.assertEqual(self.bundle(strong, "en", "US").messages["from"], "strong")

    def test_views(self) -> None:
        """A locale for a view counts there instead of the one for all; of the same, the last."""
        both = (
            "<Locale views='home, canvas'><msg name='a'>home</msg></Locale>"
            "<Locale><msg name='a'>first</msg></Locale><Locale><msg name='a'>all</msg><msg name='b'>b</msg></Locale>"
        )
        self.assertEqual(dict(self.bundle(both, "en", "US", "home").messages), {"a": "home"})
        self.assertEqual(dict(self.bundle(both, "en", "US").messages), {"a": "all", "b": "b"})

    def test_bundle(self) -> None:
        """A file's texts are trimmed, CDATA and markup are kept, and of one name the last counts."""
        found = parse_bundle(
            b"<messagebundle><msg name='a' desc='d'> one </msg><msg name='a'>two</msg>"
            b"<msg name='b'><![CDATA[<i>x</i> &amp;]]></msg><msg name='c'>a <i>b</i></msg><other/></messagebundle>"
        )
        self.assertEqual(found, {"a": "two", "b": "<i>x</i> &amp;", "c": "a <i>b</i>"})

    def test_bad_bundle(self) -> None:
        """A file that is none is refused with its line."""
        for document, said in (
            (b"<messagebundle>\n<msg>x</msg></messagebundle>", "line 2: msg has no name; it needs name=…"),
            (b"<messages/>", "line 1: the root element is messages; allowed: messagebundle"),
            (b"<messagebundle>", "line 1: no element found"),
        ):  # fmt: skip
            self.assertEqual(str(self.assertRaises(SpecError, parse_bundle, document)), said)


class FeatureTests(SynchronousTestCase):
    """The table of features."""

    def test_needs_are_known(self) -> None:
        """What a feature needs is in the table, and never something that is left out."""
        for feature in FEATURES.values():
            for needed in feature.needs:
                self.assertIsNot(FEATURES[needed].standing, Standing.LEFT_OUT, feature.name)

    def test_order(self) -> None:
        """Everything comes once, and after what it needs."""
        found = closure(["core", "pubsub-2", "setprefs", "dynamic-height", "core", "nobody"])
        self.assertEqual(len(set(found)), len(found))
        for name in found:
            for needed in FEATURES[name].needs:
                self.assertLess(found.index(needed), found.index(name))
        self.assertNotIn("nobody", found)
        self.assertEqual(found[-1], "dynamic-height")

    def test_circle(self) -> None:
        """Two features that need each other come once each."""
        circle = {
            "a": KnownFeature("a", ("b",), Standing.SERVED),
            "b": KnownFeature("b", ("a",), Standing.SERVED),
        }
        self.assertEqual(closure(["a"], circle), ("b", "a"))

"""What is said to a gadget's developer."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.checking import MAX_FINDINGS, Kind, check
from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.features import KnownFeature, Standing
from tests.gadgets.core.test_parser import URL

NEEDED = "these need: core.config, core.util, shindig.auth, core.json, core.io, core.prefs, core.legacy, core.log, core, rpc"


def said(
    inside: str, bundle: bytes | None = b"<messagebundle><msg name='there'>x</msg></messagebundle>"
) -> list[str]:
    """What is said of a gadget with this in it, of which nothing is a note; each bundle is this one."""
    document = f"<Module>\n{inside}\n</Module>".encode()
    found = check(document, URL, lambda _url: bundle)
    return [f"{one.line} {one.kind.value} {one.text}" for one in found if one.kind is not Kind.NOTE]


def with_prefs(inside: str) -> str:
    """A gadget with this in its ModulePrefs."""
    return f"<ModulePrefs>{inside}</ModulePrefs><Content/>"


class CheckTests(SynchronousTestCase):
    """Findings, by their kind."""

    def test_notes(self) -> None:
        """What there is: title, views, features with what they need, preferences, locales."""
        document = (
            b"<Module><ModulePrefs title='One' height='50'>\n<Require feature='settitle'/>\n<Require feature='tabs' "
            b"views='home'/>\n<Locale lang='en' messages='a.xml'><msg name='b'/></Locale></ModulePrefs>\n"
            b"<UserPref name='p' default_value='x' required='true'/>\n<Content href='a.html'/>\n"
            b"<Content view='home' type='url' href='/b'/></Module>"
        )
        found = check(document, URL, lambda _url: b"<messagebundle/>")
        self.assertEqual({one.kind for one in found}, {Kind.NOTE})
        self.assertEqual(
            [(one.line, one.text) for one in found],
            [
                (0, 'title "One", height 50'),
                (6, 'view default: html of 0 characters, and what is at "a.html"'),
                (7, 'view home: the page "/b"'),
                (2, "feature settitle: required; served"),
                (3, "feature tabs: required in home; served"),
                (0, NEEDED),
                (5, 'pref p: string, required, default "x"'),
                (
                    4,
                    "locale en_ALL: ltr, messages: 1 here, 0 in https://gadgets.example.com/one/a.xml",
                ),
            ],
        )

    def test_spec(self) -> None:
        """What the parser refuses is the one finding."""
        self.assertEqual(
            said("<Content/>"), ["1 error Module has no ModulePrefs; allowed: exactly one"]
        )

    def test_features(self) -> None:
        """A feature that is unknown or left out is an error if it is required, else a warning."""
        self.assertEqual(
            said(with_prefs("<Require feature='nobody'/>\n<Optional feature='nobody'/>")),
            [
                "2 error feature nobody: required; unknown",
                "3 warning feature nobody: optional; unknown",
            ],
        )
        self.assertEqual(
            said(with_prefs("<Require feature='caja'/>")),
            ["2 error feature caja: required; left out: a project that is dead"],
        )
        served = KnownFeature("own", (), Standing.SERVED)
        document = b"<Module><ModulePrefs><Require feature='own'/></ModulePrefs><Content/></Module>"
        texts = [one.text for one in check(document, URL, lambda _url: None, {"own": served})]
        self.assertIn("feature own: required; served", texts)

    def test_bundles(self) -> None:
        """A bundle that is not there or not well-formed is an error, one that cannot be looked at a warning."""
        locale = with_prefs("<Locale messages='a.xml'/>")
        url = "https://gadgets.example.com/one/a.xml"
        self.assertEqual(
            said(locale, b"<messagebundle>\n<msg/></messagebundle>"),
            [f"2 error locale all_ALL: {url}, line 2: msg has no name; it needs name=…"],
        )
        self.assertEqual(
            said(locale, None),
            [f"2 warning locale all_ALL: ltr, messages: 0 here; those at {url} are not looked at"],
        )

        def missing(_url: str) -> bytes | None:
            raise SpecError(1, "not there")

        document = f"<Module>{locale}</Module>".encode()
        found = [one.text for one in check(document, URL, missing) if one.kind is Kind.ERROR]
        self.assertEqual(found, [f"locale all_ALL: {url}, line 1: not there"])

    def test_markers(self) -> None:
        """A marker that stands for nothing is told once; of messages only when all bundles are known."""
        inside = (
            "<ModulePrefs title='__UP_title__'><Locale messages='a'><msg name='inline'/></Locale></ModulePrefs>"
            "<UserPref name='p'/>\n<Content>__UP_p__ __UP_q__ __UP_q__ __MSG_there__ __MSG_inline__ __MSG_no__</Content>"
        )
        up = [
            '3 warning "__UP_q__" stays as it is: there is no UserPref of that name',
            '0 warning "__UP_title__" stays as it is: there is no UserPref of that name',
        ]
        message = (
            '3 warning "__MSG_no__" stays as it is: there is no message in any Locale of that name'
        )
        self.assertEqual(said(inside), [up[0], message, up[1]])
        self.assertEqual(said(inside, None)[1:], up)

    def test_enums(self) -> None:
        """An enum has values, and its default is one of them."""
        inside = "<ModulePrefs/><Content/><UserPref name='p' datatype='enum' default_value='c'>"
        choices = "<EnumValue value='a'/><EnumValue value='b'/>"
        self.assertEqual(
            said(f"{inside}</UserPref>"), ["2 warning pref p: an enum without EnumValue"]
        )
        self.assertEqual(
            said(f"{inside}{choices}</UserPref>"),
            ['2 warning pref p: the default is none of its values; allowed: "a", "b"'],
        )
        self.assertEqual(said(f"{inside}{choices}<EnumValue value='c'/></UserPref>"), [])

    def test_limit(self) -> None:
        """No more is said than the limit, and that there is more."""
        fixed = 3  # title, view, what is needed
        for count, last in ((MAX_FINDINGS - fixed, "string"), (MAX_FINDINGS - fixed + 1, "say")):
            prefs = "".join(f"<UserPref name='p{number}'/>" for number in range(count))
            found = check(
                f"<Module><ModulePrefs/><Content/>{prefs}</Module>".encode(), URL, lambda _url: None
            )
            self.assertTrue(found[-1].text.endswith(last))

"""What is said to a gadget's developer."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.checking import MAX_FINDINGS, Kind, Seen, Topic, check, needed
from finesse_tx.gadgets.core.features import KnownFeature, Standing
from finesse_tx.gadgets.core.references import MAX_REFERENCES
from tests.gadgets.core.test_parser import URL

NEEDED = "these need: core.config, core.util, shindig.auth, core.json, core.io, core.prefs, core.legacy, core.log, core, rpc"


BUNDLE = Seen(True, body=b"<messagebundle><msg name='there'>x</msg></messagebundle>")


def said(inside: str, what: Seen = BUNDLE) -> list[str]:
    """What is said of a gadget with this in it, of which nothing is a note; this is wherever it refers to."""
    document = f"<Module>\n{inside}\n</Module>".encode()
    found = check(document, URL, {one.url: what for one in needed(document, URL)})
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
        there = Seen(True, body=b"<messagebundle/>")
        found = check(document, URL, {one.url: there for one in needed(document, URL)})
        self.assertEqual({one.kind for one in found}, {Kind.NOTE})
        self.assertEqual(
            [(one.line, one.text) for one in found],
            [
                (0, 'title "One", height 50'),
                (0, f"{len(document)} bytes of 1,048,576"),
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
                (0, "references: 1 of 1 are there"),
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
        texts = [one.text for one in check(document, URL, {}, {"own": served})]
        self.assertIn("feature own: required; served", texts)

    def test_bundles(self) -> None:
        """A bundle that is not there or not well-formed is an error, one that cannot be looked at a warning."""
        locale = with_prefs("<Locale messages='a.xml'/>")
        url = "https://gadgets.example.com/one/a.xml"
        self.assertEqual(
            said(locale, Seen(True, body=b"<messagebundle>\n<msg/></messagebundle>")),
            [f"2 error locale all_ALL: {url}, line 2: msg has no name; it needs name=…"],
        )
        here = "2 warning locale all_ALL: ltr, messages: 0 here; those at"
        self.assertEqual(said(locale, Seen(None)), [f"{here} {url} are not looked at"])
        self.assertEqual(said(locale, Seen(None, "why")), [f"{here} {url} are not looked at: why"])
        self.assertEqual(
            said(locale, Seen(False, "not there")),
            [f"2 error locale all_ALL: {url}: not there"],
        )

    def test_references(self) -> None:
        """What a page loads from nowhere is a warning, a text from nowhere an error; what is not known a note."""
        document = (
            b"<Module><ModulePrefs thumbnail='t.png'/><UserPref name='p'/>\n<Content href='a.html'><![CDATA[<a href='x'>"
            b"<script src='b.js'></script><script src=' b.js'></script><img src='data:,x'><img src=''><img src='#x'>"
            b"<script src='__UP_p__/c.js'></script><link href='//cdn.example.com/d.css'><img src='http://[/' srcset='e.png 2x, data:,y'>"
            b"<base href='sub/'><link rel='preload' imagesrcset='f.png 1x'>]]></Content>"
            b"</Module>"
        )
        base = "https://gadgets.example.com/one"
        wanted = needed(document, URL)
        self.assertEqual(
            [(one.what, one.url, one.is_needed) for one in wanted],
            [
                ("text", f"{base}/a.html", True),
                ("thumbnail", f"{base}/t.png", False),
                ("script", f"{base}/b.js", False),
                ("link", "https://cdn.example.com/d.css", False),
                ("img", f"{base}/e.png", False),
                ("link", f"{base}/sub/f.png", False),
            ],
        )
        nothing = Seen(False, "its server answers 404")
        seen = {one.url: nothing for one in wanted[:3]}
        told = [
            f"{one.line} {one.kind.value} {one.text}"
            for one in check(document, URL, seen)
            if one.topic is Topic.REFERENCE
        ]
        self.assertEqual(
            told,
            [
                '2 error text "a.html" leads to nothing: its server answers 404',
                '0 warning thumbnail "t.png" leads to nothing: its server answers 404',
                '2 warning script "b.js" leads to nothing: its server answers 404',
                '2 note script "__UP_p__/c.js" is not looked at: its address depends on who shows it',
                '2 note link "//cdn.example.com/d.css" is not looked at',
                '2 note img "http://[/" is not looked at: its address depends on who shows it',
                '2 note img "e.png" is not looked at',
                '2 note link "f.png" is not looked at',
            ],
        )

    def test_many_references(self) -> None:
        """No more are looked at than the limit, and that is said."""
        for count, is_said in (
            (MAX_REFERENCES - 1, False),
            (MAX_REFERENCES, True),
            (MAX_REFERENCES + 1, True),
        ):
            scripts = "".join(f"<script src='{number}.js'></script>" for number in range(count))
            document = (
                f"<Module><ModulePrefs/><Content><![CDATA[{scripts}]]></Content></Module>".encode()
            )
            self.assertEqual(len(needed(document, URL)), min(count, MAX_REFERENCES))
            texts = [one.text for one in check(document, URL, {})]
            text = f"references: no more than {MAX_REFERENCES} are looked at"
            self.assertEqual(text in texts, is_said, count)

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
        self.assertEqual(said(inside, Seen(None))[1:], up)

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
        fixed = 4  # title, size, view, what is needed
        for count, last in ((MAX_FINDINGS - fixed, "string"), (MAX_FINDINGS - fixed + 1, "say")):
            prefs = "".join(f"<UserPref name='p{number}'/>" for number in range(count))
            found = check(f"<Module><ModulePrefs/><Content/>{prefs}</Module>".encode(), URL, {})
            self.assertTrue(found[-1].text.endswith(last))

    def test_hints(self) -> None:
        """What no browser does as it is meant is a warning, in the view's own text and in the one that it refers to."""
        document = (
            b"<Module><ModulePrefs/>\n<Content><![CDATA[<script type='test/javascript'>x</script>]]></Content>\n"
            b"<Content view='canvas' href='a.html'/></Module>"
        )
        (text,) = needed(document, URL)
        seen = {text.url: Seen(True, body=b"<iframe src='http://crm.example.com/'>")}
        told = [one for one in check(document, URL, seen) if one.kind is Kind.WARNING]
        self.assertEqual(
            [(one.line, one.topic) for one in told], [(2, Topic.VIEW), (3, Topic.VIEW)]
        )
        self.assertIn('its text": browsers run nothing', told[0].text)
        self.assertIn(
            'text "a.html": iframe "http://crm.example.com/": browsers load', told[1].text
        )

"""`finesse_tx.gadgets.core.render`: the page of a gadget, to the character, and what cannot get into it."""

import json
import re
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.asking import Asked, read_asked
from finesse_tx.gadgets.core.errors import SourceError, SpecError
from finesse_tx.gadgets.core.library import Library
from finesse_tx.gadgets.core.messages import bundle_of, locales_for
from finesse_tx.gadgets.core.parser import parse_spec
from finesse_tx.gadgets.core.render import page_address, rendered
from finesse_tx.gadgets.core.views import view_of
from finesse_tx.gadgets.features import library

URL = "https://crm.example.com/g/a.xml"
OURS = library()


def page(
    content: str,
    prefs: str = '<ModulePrefs title="T"/>',
    module: str = "",
    attributes: str = "",
    served: Library = OURS,
    *,
    is_apart: bool = False,
    **asked: str,
) -> str:
    """Render a gadget."""
    document = (
        f"<Module {attributes}>{prefs}{module}<Content><![CDATA[{content}]]></Content></Module>"
    )
    spec = parse_spec(document.encode(), URL)
    wanted = read_asked({"url": URL, **asked})
    view = view_of(spec, wanted.view)
    assert view is not None
    bundle = bundle_of(locales_for(spec, wanted.lang, wanted.country, view.name), {})
    return rendered(spec, view, bundle, wanted, served, URL, is_apart=is_apart)


GOLDEN = """<!DOCTYPE html><html lang="en"><head><title>T &amp; &lt;b&gt;</title><script>window['__isgadget']=true;</script>\
<script src="/gadgets/js/core:rpc.js?init=0&amp;v=DIGEST"></script>\
<script src="/gadgets/js/core:settitle:loadingindicator!core:rpc.js?init=0&amp;v=DIGEST"></script>\
<script>gadgets.config.init({CONFIG});gadgets.Prefs.setMessages_({"hi":"\\u003cb\\u003eHi\\u003c/b\\u003e"});\
gadgets.Prefs.setDefaultPrefs_({"colour":"red"});</script>
<head><link href="https://crm.example.com/g/a.css"></head>
<body dir="rtl" class="x"><p><b>Hi</b> &lt;blue&gt; 7 right</p></body>
<script>go('#')</script>
<script>gadgets.util.runOnLoadHandlers();</script>
"""


class Parser(HTMLParser):
    """Counts what matters to who would like to run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag."""
        self.tags.append((tag, tuple(name for name, _ in attrs)))


class RenderTests(SynchronousTestCase):
    """The page."""

    def test_golden(self) -> None:
        """All of it: our scripts first, what runs at the end last, the gadget's text between."""
        found = page(
            "\n<!DOCTYPE html>\n<head><link href=a.css></head>\n"
            '<body class="x"><p>__MSG_hi__ __UP_colour__ __MODULE_ID__ __BIDI_START_EDGE__</p></body>\n'
            "<script>go('#')</script>\n",
            '<ModulePrefs title="T &amp; &lt;b&gt;"><Require feature="settitle"/><Optional feature="weather"/>'
            '<Require feature="loadingindicator"><Param name="manual-dismiss">true</Param><Param name="x">1</Param>'
            '<Param name="x">&lt;/script&gt;</Param></Require>'
            '<Locale lang="en" language_direction="rtl"><msg name="hi">&lt;b&gt;Hi&lt;/b&gt;</msg></Locale></ModulePrefs>',
            '<UserPref name="colour" default_value="red"/>',
            lang="en",
            mid="7",
            up_colour="<blue>",
        )
        found = found.replace(OURS.digest, "DIGEST")
        configuration = re.search(r"config\.init\(\{(.*?)\}\);", found)
        assert configuration is not None
        self.assertEqual(
            found.replace(configuration[1], "CONFIG").replace("<head>", "<head>", 1),
            GOLDEN.replace("</script>\n<head>", "</script>\n\n<head>"),
        )
        self.assertIn(
            '"loadingindicator":{"manual-dismiss":"true","x":["1","\\u003c/script\\u003e"]}',
            configuration[1],
        )
        self.assertIn('"settitle":{},', configuration[1] + ",")
        self.assertIn('"core.io":{"jsonProxyUrl":', configuration[1])
        self.assertNotIn("weather", found)

    def test_document_type(self) -> None:
        """The gadget's own comes first; without one, it is a page in quirks mode unless the gadget says otherwise."""
        transitional = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x">'
        self.assertTrue(page(f" <!-- c -->\n{transitional}<p>").startswith(f"{transitional}<html>"))
        self.assertNotIn("<style>", page("<!doctype html><p>"))
        quirky = page("<p>")
        self.assertTrue(quirky.startswith("<html><head><title>T</title><style>body,td"), quirky)
        new = 'specificationVersion="2.0"'
        self.assertTrue(page("<p>", attributes=new).startswith("<!DOCTYPE html><html>"))
        plain = page("<p>", '<ModulePrefs doctype="quirksmode"/>', attributes=new)
        self.assertTrue(plain.startswith("<html>"))
        self.assertTrue(page("<p><!DOCTYPE html>").startswith("<html>"))

    def test_height(self) -> None:
        """The page is told how high the gadget is at first, where it says so."""
        self.assertIn(
            '<meta name="gadget-height" content="90">', page("<p>", '<ModulePrefs height="90"/>')
        )
        for height in ("0", "x", "-1"):
            found = page("<p>", f'<ModulePrefs height="{height}"/>')
            self.assertNotIn("gadget-height", found)

    def test_body(self) -> None:
        """The direction stands in body, whether the gadget has one or not, and the gadget's own wins."""
        for content, expected in (
            ("<p>x", '<body dir="ltr"><p>x'),
            ("x", '<body dir="ltr">x'),
            ("", '<body dir="ltr">'),
            ("<link rel=a><p>", '<link rel=a><body dir="ltr"><p>'),
            ("<BODY id=a>", '<BODY dir="ltr" id=a>'),
            ("<body dir='rtl'>", "<body dir='rtl'>"),
            ("<p><body>", '<body dir="ltr"><p><body>'),
            ("</body>", '<body dir="ltr"></body>'),
        ):
            made = page(content)
            self.assertIn(
                f"</script>{expected}<script>gadgets.util.runOnLoadHandlers();</script>", made
            )

    def test_base(self) -> None:
        """What a gadget says its references are relative to counts from there on, the first time that it says so."""
        img = "<img src=a.png>"
        made = page(f"{img}<base target=_top>{img}<base href=app/>{img}<base href=/x/>{img}")
        here = URL.removesuffix("a.xml")
        for expected in (
            f'<img src="{here}a.png"><base target=_top><img src="{here}a.png">',
            f'<base href="{here}app/"><img src="{here}app/a.png">',
        ):
            self.assertIn(expected, made)
        self.assertEqual(made.count(f'<img src="{here}app/a.png">'), 2)

    def test_left_open(self) -> None:
        """What a gadget leaves open does not swallow the call at the end."""
        for content, closed in (
            ("<p><script>a()", "a()</script><script>"),
            ("<p><!-- a", "<!-- a--><script>"),
            ("<p><a href='x", "<p><script>"),
            ("<title>x", '<title>x</title><body dir="ltr"><script>'),
        ):
            self.assertIn(f"{closed}gadgets.util.run", page(content))

    def test_features(self) -> None:
        """A feature that is required and not served is an error with its line; an optional one is left out."""
        for prefs in ('<Require feature="weather"/>', '<Require feature="caja"/>'):
            error = self.assertRaises(SpecError, page, "x", f"<ModulePrefs>\n{prefs}</ModulePrefs>")
            self.assertEqual(error.line, 2)
            self.assertIn("is required and is not served here", str(error))
        page("x", '<ModulePrefs><Require feature="weather" views="canvas"/></ModulePrefs>')
        libs = page("x", libs="core:rpc:settitle:nothing")
        self.assertIn('src="/gadgets/js/core:rpc:settitle.js?', libs)
        self.assertNotIn(
            "!", libs.partition("</head>")[0].split("<script>gadgets")[0].split("v=")[0]
        )

    def test_apart(self) -> None:
        """A page of another origin is told title and height by rpc, before the gadget says anything, and nothing of what is not there."""
        prefs = '<ModulePrefs title="&lt;/script&gt;__UP_a__&amp;amp;" height="90"/>'
        found = page("<p>x", prefs, '<UserPref name="a"/>', is_apart=True, up_a="'\"</script>")
        told = r"""<script>gadgets.rpc\?.call\(null,"set_title",null,"([^<>]*)"\);gadgets.rpc\?.call\(null,"resize_iframe",null,90\);</script><body"""
        match = re.search(told, found)
        assert match is not None, found
        self.assertEqual(json.loads(f'"{match[1]}"'), "</script>'\"</script>&")
        self.assertNotIn("set_title", page("<p>x", "<ModulePrefs/>", is_apart=True))
        self.assertNotIn("set_title", page("<p>x", prefs))

    def test_token(self) -> None:
        """The security token that is given is handed to the gadget's own requests."""
        found = page("x", st="<t>")
        self.assertIn('"shindig.auth":{"authToken":"\\u003ct\\u003e"}', found)

    @settings(deadline=None, max_examples=60)
    @given(
        st.one_of(
            st.text(max_size=40),
            st.sampled_from(
                [
                    "<script>alert(1)</script>",
                    '"><img src=x onerror=alert(1)>',
                    "'-alert(1)-'",
                    "\\",
                    "</script><script>alert(1)</script>",
                    "</title><script>alert(1)</script>",
                    "${alert(1)}",
                    "`+alert(1)+`",
                    "\u2028alert(1)//",
                    "--><script>alert(1)</script>",
                    "__MSG_m__",
                    "]]>",
                ]
            ),
        )
    )
    def test_prefs_add_nothing(self, value: str) -> None:
        """Whatever a preference, a locale's name or a title is: the page has the same elements and attributes."""
        content = (
            "<!DOCTYPE html><title>__UP_a__</title><body><p title='__UP_a__' id=\"__UP_a__\">__UP_a____MSG_m__</p>"
            "<!-- __UP_a__ --><textarea>__UP_a__</textarea><script>var a='__UP_a__',b=\"__UP_a__\",c=`__UP_a__{`;</script>"
        )
        prefs = '<ModulePrefs title="__UP_a__"><Locale><msg name="m">m__UP_a__</msg></Locale></ModulePrefs>'
        module = '<UserPref name="a" default_value="d"/>'
        harmless = page(content, prefs, module, up_a="x", up_b="x")
        found = page(content, prefs, module, up_a=value, up_b=value, container=value, v=value)
        self.assertEqual(Parser(found).tags, Parser(harmless).tags)
        script = found[found.index("<script>var a") :].partition("</script>")[0]
        strings = re.fullmatch(
            r"<script>var a='([^'\\\n\r\u2028\u2029]*)',b=\"([^\"\\\n\r]*)\",c=`([^`\\]*)`;", script
        )
        assert strings is not None, script
        self.assertNotIn("${", strings[3])


class AddressTests(SynchronousTestCase):
    """Gadgets of the type url."""

    def address(self, href: str, **asked: str) -> str:
        """Where the page is."""
        document = (
            '<Module><ModulePrefs/><UserPref name="a" default_value="1"/><UserPref name="b" default_value="2"/>'
            f'<Content type="url" href="{href}"/></Module>'
        )
        spec = parse_spec(document.encode(), URL)
        return page_address(
            spec, spec.views["default"], bundle_of((), {}), read_asked({"url": URL, **asked})
        )

    def test_address(self) -> None:
        """The page is told the preferences, declared or not, and who asks; its own query and fragment stay."""
        self.assertEqual(
            self.address("http://x.example/p?q=1#f", up_a="é&", up_c="3", mid="4", lang="de", parent="https://p/"),
            "http://x.example/p?q=1&up_a=%C3%A9%26&up_b=2&up_c=3&lang=de&country=ALL&mid=4&view=default"
            "&container=default&parent=https%3A%2F%2Fp%2F#f",
        )  # fmt: skip
        self.assertIn("/p/%2F..%2Fx?", self.address("http://x.example/p/__UP_a__", up_a="/../x"))

    def test_schemes(self) -> None:
        """A preference cannot make it another scheme."""
        for value in ("javascript:alert(1)", "data:text/html,x", "http://"):
            self.assertRaises(SpecError, self.address, "__UP_a__", up_a=value)


class AskedTests(SynchronousTestCase):
    """The query."""

    def test_all(self) -> None:
        """Everything that is read."""
        self.assertEqual(
            read_asked(
                {
                    "url": URL, "synd": "c", "mid": "-3", "view": "canvas", "lang": "DE", "country": "at", "up_a": "1",
                    "up_": "2", "parent": "https://p.example/x", "libs": "a::b", "nocache": "1", "refresh": "86400", "v": "x",
                    "caja": "1", "st": "t",
                }
            ),
            Asked(
                URL, "c", -3, "canvas", "de", "AT", {"a": "1", "": "2"}, "https://p.example/x", ("a", "b"), True, 86_400, "x", "t"
            ),
        )  # fmt: skip
        self.assertEqual(read_asked({"url": URL, "nocache": "0", "lang": ""}), Asked(URL))
        self.assertEqual(read_asked({"url": URL, "refresh": "999999999"}).refresh_s, 31_536_000)

    def test_refused(self) -> None:
        """What is none of what is allowed has its status and says why."""
        for given_, status in (
            ({}, 400),
            ({"url": "ftp://x/a"}, 403),
            ({"url": "a.xml"}, 403),
            ({"url": "http://["}, 403),
            ({"url": "http://x/" + "a" * 2_040}, 400),
            ({"url": URL, "mid": "1x"}, 400),
            ({"url": URL, "mid": "1234567890"}, 400),
            ({"url": URL, "parent": "javascript:x"}, 400),
            ({"url": URL, "lang": '"><script>'}, 400),
            ({"url": URL, "country": "U S"}, 400),
            ({"url": URL, "refresh": "-1"}, 400),
        ):
            error = self.assertRaises(SourceError, read_asked, given_)
            self.assertEqual(error.status, status, given_)
        read_asked({"url": "http://x/" + "a" * 2_039})

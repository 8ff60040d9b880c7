"""Gadgets' XML is read as OpenSocial and Apache Shindig mean it; what is wrong is told with its line."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.markup import MAX_DEPTH, MAX_ELEMENTS
from finesse_tx.gadgets.core.messages import MAX_BUNDLE_BYTES, parse_bundle
from finesse_tx.gadgets.core.parser import MAX_CONTENT, MAX_SPEC_BYTES, MAX_VIEWS, parse_spec
from finesse_tx.gadgets.core.spec import ContentType, DataType, EnumValue, GadgetSpec

URL = "https://gadgets.example.com/one/gadget.xml"

URI = "allowed: a URI that is http or https, or relative to the gadget"

WHOLE = b"""<?xml version="1.0" encoding="UTF-8"?>
<Module specificationVersion="2.0">
  <ModulePrefs title="Notes" height="230" width="x" scrolling="TRUE" thumbnail="a.png" odd="kept">
    <Require feature="pubsub-2"/>
    <Require feature="loadingindicator" version="1.0">
      <Param name="manual-dismiss">false</Param>
      <Param name="loading-timeout">10</Param>
      <Param name="loading-timeout">20</Param>
    </Require>
    <Optional feature="views" views="canvas, home"/>
    <Preload href="data.json" authz="SIGNED" views="home" sign_owner="FALSE"/>
    <Icon mode="base64" type="image/png">AAAA</Icon>
    <Icon>i.png</Icon>
    <Link rel="event" href="/event" method="POST"/>
    <Link rel="help" href="/help" method="PUT"/>
    <Locale messages="ALL_ALL.xml"/>
    <Locale lang="AR" country="eg" language_direction="rtl" views="home">
      <msg name="Invalid 'it'">one <b a="&quot;">two</b><br/>&lt;i&gt;</msg>
    </Locale>
    <OAuth><Service name="x"/></OAuth>
    <Nobody knows="it"/>
  </ModulePrefs>
  <UserPref name="colour" display_name="Colour" default_value="red" required="true" datatype="ENUM">
    <EnumValue value="red" display_value="Red"/>
    <EnumValue value="blue"/>
  </UserPref>
  <UserPref name="scheme" datatype="hidden"/>
  <UserPref name="odd" datatype="location"/>
  <Content type="html" view="default, home" preferred_height="100" extra="1"><![CDATA[<p>one</p>]]></Content>
  <Content view="home" preferred_height="200" quirks="false"><![CDATA[<p>two</p>]]></Content>
  <Content type="url" view="canvas" href="page.html"/>
</Module>
"""


def spec(inside: str, prefs: str = "<ModulePrefs/>") -> GadgetSpec:
    """A specification with this in its module."""
    return parse_spec(f"<Module>\n{prefs}\n{inside}\n</Module>".encode(), URL)


class WholeTests(SynchronousTestCase):
    """A gadget with everything in it."""

    def setUp(self) -> None:
        """Read it."""
        self.spec = parse_spec(WHOLE, URL)
        self.prefs = self.spec.prefs

    def test_attributes(self) -> None:
        """Attributes are there by name, numbers that are none are 0, and URIs are relative to the specification."""
        prefs = self.prefs
        self.assertEqual((prefs.title, prefs.attributes["odd"]), ("Notes", "kept"))
        self.assertEqual((prefs.number("height"), prefs.number("width")), (230, 0))
        self.assertEqual((prefs.flag("scrolling"), prefs.flag("singleton")), (True, False))
        self.assertEqual(
            (prefs.uri("thumbnail", URL), prefs.uri("screenshot", URL)),
            ("https://gadgets.example.com/one/a.png", ""),
        )
        self.assertEqual(self.spec.specification_version, "2.0")

    def test_features(self) -> None:
        """Features have their params, of one name a list, and those for some views are only in these; core is in all."""
        self.assertEqual(
            list(self.prefs.features_of("default")), ["core", "pubsub-2", "loadingindicator"]
        )
        in_home = self.prefs.features_of("home")
        self.assertEqual((in_home["views"].is_required, in_home["views"].line), (False, 10))
        self.assertEqual(
            dict(in_home["loadingindicator"].params),
            {"manual-dismiss": ("false",), "loading-timeout": ("10", "20")},
        )

    def test_what_is_said_for_a_view_wins(self) -> None:
        """Of a feature that is asked for twice, a view gets what is said for it."""
        prefs = spec(
            "<Content/>",
            '<ModulePrefs><Require feature="a" views="home"><Param name="p">1</Param></Require>'
            '<Optional feature="a"/></ModulePrefs>',
        ).prefs
        self.assertEqual(dict(prefs.features_of("home")["a"].params), {"p": ("1",)})
        self.assertEqual(dict(prefs.features_of("default")["a"].params), {})

    def test_what_is_fetched_and_shown(self) -> None:
        """Preloads, icons and links; a link's method is GET or POST."""
        (preload,) = self.prefs.preloads
        self.assertEqual(
            (preload.href, preload.authz, preload.views), ("data.json", "signed", ("home",))
        )
        self.assertEqual((preload.tells_owner, preload.tells_viewer), (False, True))
        self.assertEqual(
            [(icon.content, icon.mode) for icon in self.prefs.icons],
            [("AAAA", "base64"), ("i.png", "")],
        )
        self.assertEqual(
            [(link.rel, link.method) for link in self.prefs.links.values()],
            [("event", "POST"), ("help", "GET")],
        )

    def test_locales(self) -> None:
        """Languages are in lower case, countries in upper, bundles resolved, and markup in messages is HTML."""
        first, second = self.prefs.locales
        self.assertEqual(
            (first.lang, first.country, first.direction, first.messages_url),
            ("all", "ALL", "ltr", "https://gadgets.example.com/one/ALL_ALL.xml"),
        )
        self.assertEqual(
            (second.lang, second.country, second.direction, second.views, second.messages_url),
            ("ar", "EG", "rtl", ("home",), ""),
        )
        self.assertEqual(
            dict(second.messages), {"Invalid 'it'": 'one <b a="&quot;">two</b><br><i>'}
        )

    def test_user_prefs(self) -> None:
        """Preferences keep their order, an unknown type is string, and a choice is shown as its value by default."""
        colour, scheme, odd = self.spec.user_prefs.values()
        self.assertEqual(
            (colour.display_name, colour.default_value, colour.is_required, colour.data_type),
            ("Colour", "red", True, DataType.ENUM),
        )
        self.assertEqual(colour.enum_values, (EnumValue("red", "Red"), EnumValue("blue", "blue")))
        self.assertEqual((scheme.display_name, scheme.default_value), ("scheme", ""))
        self.assertEqual((scheme.data_type, odd.data_type), (DataType.HIDDEN, DataType.STRING))

    def test_views(self) -> None:
        """Several contents of one view are one text, and of each attribute the last counts."""
        home, default = self.spec.views["home"], self.spec.views["default"]
        self.assertEqual((default.content, default.quirks), ("<p>one</p>", True))
        self.assertEqual(
            (home.content, home.quirks, home.preferred_height, dict(home.attributes)),
            ("<p>one</p><p>two</p>", False, 200, {"extra": "1"}),
        )
        self.assertEqual(self.spec.views["canvas"].type, ContentType.URL)


class LenientTests(SynchronousTestCase):
    """What gadgets in the field do."""

    def test_encodings(self) -> None:
        """A byte-order mark, UTF-16 and ISO-8859-1 are read."""
        text = '<Module><ModulePrefs title="é"/><Content/></Module>'
        for document in (
            text.encode(),
            text.encode("utf-8-sig"),
            text.encode("utf-16"),
            b'<?xml version="1.0" encoding="ISO-8859-1"?>' + text.encode("latin-1"),
            b"<?xml version=\"1.0\" encoding='windows-1252' ?>\r\n" + text.encode("cp1252"),
        ):
            self.assertEqual(parse_spec(document, URL).prefs.title, "é", document)

    def test_sloppy(self) -> None:
        """No title, no CDATA, an odd type, a namespace of the root and others', a page of its own: no errors."""
        found = parse_spec(
            b'<Module xmlns="http://ns.opensocial.org/2008/09/spec" xmlns:os="urn:os"><ModulePrefs/>'
            b'<os:Content type="url"/><Content type="text/html" href="gadget.html"><p>one <b>two</b></p></Content>'
            b"</Module>",
            URL,
        )
        view = found.views["default"]
        self.assertEqual(
            (view.type, view.content, view.href), (ContentType.HTML, "one two", "gadget.html")
        )


class ErrorTests(SynchronousTestCase):
    """What is refused: each with its line, and what is allowed."""

    def refused(self, document: bytes) -> str:
        """Read it in vain."""
        return str(self.assertRaises(SpecError, parse_spec, document, URL))

    def test_rules(self) -> None:
        """Each rule of the format, broken."""
        for prefs, inside, said in (
            ("", "<Content/>", "line 1: Module has no ModulePrefs; allowed: exactly one"),
            ("<ModulePrefs/>", "<ModulePrefs/>", "line 3: a second ModulePrefs; allowed: exactly one"),
            ("<ModulePrefs/>", "", "line 1: Module has no Content; allowed: one or more"),
            ("<ModulePrefs><Require/></ModulePrefs>", "", "line 2: Require has no feature; it needs feature=…"),
            (
                "<ModulePrefs><Optional feature='a'>\n<Param/></Optional></ModulePrefs>",
                "",
                "line 3: Param has no name; it needs name=…",
            ),
            ("<ModulePrefs><Preload/></ModulePrefs>", "", "line 2: Preload has no href; it needs href=…"),
            (
                "<ModulePrefs><Icon mode='hex'/></ModulePrefs>",
                "",
                'line 2: mode of Icon is "hex"; allowed: "" or "base64"',
            ),
            ("<ModulePrefs><Link href='a'/></ModulePrefs>", "", "line 2: Link has no rel; it needs rel=…"),
            ("<ModulePrefs><Link rel='a'/></ModulePrefs>", "", "line 2: Link has no href; it needs href=…"),
            (
                "<ModulePrefs><Locale language_direction='up'/></ModulePrefs>",
                "",
                'line 2: language_direction of Locale is "up"; allowed: "ltr" or "rtl"',
            ),
            (
                "<ModulePrefs><Locale messages='file:///etc/passwd'/></ModulePrefs>",
                "",
                'line 2: messages of Locale is "file:///etc/passwd"; ' + URI,
            ),
            (
                "<ModulePrefs><Locale>\n<msg>x</msg></Locale></ModulePrefs>",
                "",
                "line 3: msg has no name; it needs name=…",
            ),
            ("<ModulePrefs/>", "<UserPref/>", "line 3: UserPref has no name; it needs name=…"),
            (
                "<ModulePrefs/>",
                "<UserPref name='a'/>\n<UserPref name='a'/>",
                'line 4: a second UserPref "a"; allowed: one of each name; the first is in line 3',
            ),
            (
                "<ModulePrefs/>",
                "<UserPref name='a'><EnumValue/></UserPref>",
                "line 3: EnumValue has no value; it needs value=…",
            ),
            (
                "<ModulePrefs/>",
                "<Content type='html'/>\n<Content type='url' href='http://a/'/>",
                'line 4: the view "default" is of type html and of type url; allowed: one type; the view begins in line 3',
            ),
            ("<ModulePrefs/>", "<Content type='URL'/>", "line 3: Content of type url has no href; it needs href=…"),
            (
                "<ModulePrefs/>",
                "<Content type='url' href='javascript:alert(1)'/>",
                'line 3: href of Content is "javascript:alert(1)"; ' + URI,
            ),
        ):  # fmt: skip
            document = f"<Module>\n{prefs}\n{inside}\n</Module>".encode()
            self.assertEqual(self.refused(document), said)

    def test_xml(self) -> None:
        """What is not well-formed, has a document type, or is no gadget or in an odd encoding."""
        self.assertEqual(self.refused(b"<Module>\n<a></Module>"), "line 2: mismatched tag")
        self.assertEqual(
            self.refused(b'<!DOCTYPE Module [<!ENTITY a "b">]>\n<Module/>'),
            "line 1: a document type is not allowed",
        )
        self.assertEqual(self.refused(b""), "line 1: no element found")
        self.assertEqual(
            self.refused(b"<!-- Licence -->\n<?xml version='1.0'?><Module/>"),
            "line 2: <?xml …?> is not the beginning; allowed: nothing before it, not even a comment or an empty line",
        )
        self.assertEqual(
            self.refused(b"<html/>"), "line 1: the root element is html; allowed: Module"
        )
        self.assertIn(
            "line 1: the encoding EBCDIC-US is not read here; allowed: UTF-8, ",
            self.refused(b'<?xml version="1.0" encoding="EBCDIC-US"?><Module/>'),
        )

    def test_lines(self) -> None:
        """Lines count however they end."""
        for end in (b"\n", b"\r\n", b"\r"):
            self.assertIn(
                "line 3: UserPref has no name",
                self.refused(end.join([b"<Module>", b"<ModulePrefs/>", b"<UserPref/></Module>"])),
            )


class LimitTests(SynchronousTestCase):
    """Each limit, at its edge and one over."""

    def test_bytes(self) -> None:
        """The specification's size."""
        document = b"<Module><ModulePrefs/><Content/></Module>"
        parse_spec(document.ljust(MAX_SPEC_BYTES), URL)
        error = self.assertRaises(SpecError, parse_spec, document.ljust(MAX_SPEC_BYTES + 1), URL)
        self.assertEqual(error.allowed, f"allowed: {MAX_SPEC_BYTES} bytes")

    def test_bundle_bytes(self) -> None:
        """A message bundle's size."""
        parse_bundle(b"<messagebundle/>".ljust(MAX_BUNDLE_BYTES))
        document = b"<messagebundle/>".ljust(MAX_BUNDLE_BYTES + 1)
        self.assertRaises(SpecError, parse_bundle, document)

    def test_depth(self) -> None:
        """How deep elements nest; Module and Content are two."""
        deepest = MAX_DEPTH - 2
        spec(f"<Content>{'<p>' * deepest}{'</p>' * deepest}</Content>")
        deepest += 1
        self.assertRaises(
            SpecError, spec, f"<Content>{'<p>' * deepest}{'</p>' * deepest}</Content>"
        )

    def test_elements(self) -> None:
        """How many elements there are; Module, ModulePrefs and Content are three."""
        spec(f"<Content>{'<p/>' * (MAX_ELEMENTS - 3)}</Content>")
        self.assertRaises(SpecError, spec, f"<Content>{'<p/>' * (MAX_ELEMENTS - 2)}</Content>")

    def test_views(self) -> None:
        """How many views there are."""
        names = [f"v{number}" for number in range(MAX_VIEWS)]
        self.assertEqual(list(spec(f"<Content view='{','.join(names)}'/>").views), names)
        error = self.assertRaises(SpecError, spec, f"<Content view='{','.join([*names, 'x'])}'/>")
        self.assertEqual(str(error), "line 3: too many views; allowed: 64")

    def test_content(self) -> None:
        """How long the views' texts are together."""
        names = ",".join(f"v{number}" for number in range(8))
        text = "x" * (MAX_CONTENT // 8)
        spec(f"<Content view='{names}'>{text}</Content>")
        error = self.assertRaises(SpecError, spec, f"<Content view='{names}'>{text}x</Content>")
        self.assertEqual(
            str(error),
            f"line 1: the views' texts are too long; allowed: {MAX_CONTENT} characters in all",
        )

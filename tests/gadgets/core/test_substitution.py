"""Markers become what they stand for, whatever users write into their preferences."""

import re
from html import unescape
from urllib.parse import unquote

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.errors import SpecError
from finesse_tx.gadgets.core.messages import Bundle
from finesse_tx.gadgets.core.parser import parse_spec
from finesse_tx.gadgets.core.spec import DataType, GadgetSpec, UserPref
from finesse_tx.gadgets.core.substitution import (
    MAX_TEXT,
    Substitutions,
    TextTooLongError,
    substituted,
)
from tests.gadgets.core.test_parser import URL


def declared(*names: str) -> dict[str, UserPref]:
    """Preferences of these names, each with its name as the default."""
    return {name: UserPref(name, name, name, False, DataType.STRING, (), 1) for name in names}


def values(
    messages: dict[str, str] | None = None, direction: str = "ltr", **prefs: str
) -> Substitutions:
    """Substitutions with these messages and preferences, in module 123; ``plain`` has no value."""
    return Substitutions(
        Bundle(messages or {}, direction), declared("plain", "__odd", *prefs), prefs, 123
    )


class TextTests(SynchronousTestCase):
    """Texts that become HTML."""

    def test_table(self) -> None:
        """Each kind of marker, and what stays as it is."""
        filled = values(
            {"hi": "<b>hi __UP_name__ __MODULE_ID__ __BIDI_DIR__ __MSG_ho__</b>", "ho": "ho", "a 'b'": "c", "next": "__MSG_ho__UP_plain__"},
            "rtl",
            name="<x & 'y' \"z\">",
            nested="__MSG_ho__ __MODULE_ID__",
        )  # fmt: skip
        for text, becomes in (
            ("plain", "plain"),
            (
                "__MSG_hi__",
                "<b>hi &lt;x &amp; &#x27;y&#x27; &quot;z&quot;&gt; 123 rtl __MSG_ho__</b>",
            ),
            ("__MSG_a 'b'__", "c"),
            ("__MSG_next__", "__MSG_ho__UP_plain__"),
            ("__UP_plain__", "plain"),
            ("__UP_nested__", "__MSG_ho__ __MODULE_ID__"),
            ("__UP_unknown__ __MSG_unknown__ __INIT__", "__UP_unknown__ __MSG_unknown__ __INIT__"),
            ("div__MODULE_ID__", "div123"),
            ("div___MODULE_ID__", "div_123"),
            ("div__MODULE_ID___x", "div123_x"),
            ("____MODULE_ID____", "__123__"),
            ("__MODULE_ID__MODULE_ID__", "123MODULE_ID__"),
            ("__BIDI_START_EDGE__ __BIDI_END_EDGE__", "right left"),
            ("__BIDI_DIR__ __BIDI_REVERSE_DIR__", "rtl ltr"),
            ("a __UP_plain", "a __UP_plain"),
        ):
            self.assertEqual(filled.text(text), becomes)

    def test_ltr(self) -> None:
        """From left to right, the edges are the other way round."""
        self.assertEqual(
            values().text(
                "__BIDI_START_EDGE__ __BIDI_END_EDGE__ __BIDI_DIR__ __BIDI_REVERSE_DIR__"
            ),
            "left right ltr rtl",
        )

    @settings(deadline=None)
    @given(value=st.text() | st.text("_<>&\"'MSGUP "), before=st.text("_ a"), after=st.text("_ a"))
    def test_any_value(self, value: str, before: str, after: str) -> None:
        """No value ends an element, an attribute, an entity or a string, and reading the HTML gives it back."""
        filled = values(value=value).text(f"{before} __UP_value__ {after}")
        inside = filled.removeprefix(f"{before} ").removesuffix(f" {after}")
        self.assertFalse(set(inside) & set("<>\"'\\`\n\r\u2028\u2029"))
        self.assertNotIn("${", f"{inside}{{")
        self.assertEqual(unescape(inside), value)
        self.assertNotIn("&", re.sub(r"&(amp|lt|gt|quot|#x27|#\d+);", "", inside))

    @settings(deadline=None)
    @given(text=st.text("_MSGUPIDa "))
    def test_nothing_to_fill_in(self, text: str) -> None:
        """A text without markers that stand for something stays as it is."""
        empty = Substitutions(Bundle({}, "ltr"), {}, {}, 1)
        self.assertEqual(empty.text(text), text)
        self.assertEqual(empty.uri(text), text)

    def test_often(self) -> None:
        """A message that takes much and gives nothing is filled in once; each time would take hours."""
        filled = values({"much": "__UP_nothing__" * 30_000}, nothing="")
        self.assertEqual(filled.text("__MSG_much__" * 80_000), "")

    def test_limit(self) -> None:
        """A text may become as long as the limit, and no longer; also within a message, and after the last marker."""
        half = "x" * (MAX_TEXT // 2)
        filled = values({"half": half, "nested": "__UP_half__x"}, half=half)
        self.assertEqual(len(filled.text("__MSG_half____MSG_half__")), MAX_TEXT)
        for text in ("__MSG_half____MSG_half__x", "__MSG_half____MSG_nested__"):
            self.assertRaises(TextTooLongError, filled.text, text)


class UriTests(SynchronousTestCase):
    """Texts that become URIs."""

    def test_table(self) -> None:
        """A preference is percent-encoded, unless the URI begins with it."""
        filled = values(
            {"path": "a/b"}, scheme="https", query="a b&c=/é", url="https://x:8/?a=b#c d\"<'"
        )
        for uri, becomes in (
            ("__UP_scheme__://host/?q=__UP_query__", "https://host/?q=a%20b%26c%3D%2F%C3%A9"),
            ("/__MSG_path__/__MODULE_ID__", "/a/b/123"),
            ("__UP_url__", "https://x:8/?a=b#c%20d%22%3C'"),
            ("__UP_url____UP_query__", "https://x:8/?a=b#c%20d%22%3C'a%20b%26c%3D%2F%C3%A9"),
            ("__UP_none__", "__UP_none__"),
            ("__UP_none", "__UP_none"),
        ):
            self.assertEqual(filled.uri(uri), becomes)

    def test_surrogate(self) -> None:
        """What no encoding can carry becomes a question mark."""
        self.assertEqual(values(value="\ud800").uri("/__UP_value__"), "/%3F")

    @settings(deadline=None)
    @given(value=st.text(st.characters(codec="utf-8")))
    def test_any_value(self, value: str) -> None:
        """No value becomes more than a part of the query."""
        filled = values(value=value).uri("http://h/?a=__UP_value__&b=c")
        inside = filled.removeprefix("http://h/?a=").removesuffix("&b=c")
        self.assertRegex(inside, r"\A[A-Za-z0-9._~%-]*\Z")
        self.assertEqual(unquote(inside), value)


class SpecTests(SynchronousTestCase):
    """A whole gadget."""

    def filled(self, inside: str, prefs: str = "", **given: str) -> GadgetSpec:
        """A specification's default view, filled in."""
        document = f"<Module><ModulePrefs title='__UP_name__'>{prefs}</ModulePrefs>\n<UserPref name='name'/>{inside}</Module>"
        spec = parse_spec(document.encode(), URL)
        messages = {"m": "M", "long": "x" * (MAX_TEXT // 2)}
        filled = Substitutions(Bundle(messages, "ltr"), spec.user_prefs, given, 7)
        return substituted(spec, spec.views["default"], filled)

    def test_everywhere(self) -> None:
        """Markers count in every text, addresses become absolute, and other views are gone."""
        found = self.filled(
            "<UserPref name='b' display_name='__MSG_m__' default_value='__MODULE_ID__'>"
            "<EnumValue value='__MSG_m__'/></UserPref>"
            "<Content href='p/__UP_name__' note='__MSG_m__'>__UP_name__</Content><Content view='home'/>",
            "<Require feature='f'><Param name='p'>__MSG_m__</Param></Require><Preload href='__MSG_m__'/>"
            "<Icon>__MSG_m__.png</Icon><Icon mode='base64'>__MSG_m__</Icon><Link rel='__MSG_m__' href='__UP_name__'/>",
            name="<a b>",
        )
        base = "https://gadgets.example.com/one/"
        view = found.views["default"]
        self.assertEqual(list(found.views), ["default"])
        self.assertEqual(
            (view.content, view.href, view.attributes["note"]),
            ("&lt;a b&gt;", f"{base}p/%3Ca%20b%3E", "M"),
        )
        self.assertEqual(found.prefs.title, "&lt;a b&gt;")
        self.assertEqual(found.prefs.features[0].params["p"], ("M",))
        self.assertEqual(found.prefs.preloads[0].href, f"{base}M")
        self.assertEqual(
            [icon.content for icon in found.prefs.icons], [f"{base}M.png", "__MSG_m__"]
        )
        self.assertEqual(found.prefs.links["M"].href, f"{base}%3Ca%20b%3E")
        pref = found.user_prefs["b"]
        self.assertEqual(
            (pref.display_name, pref.default_value, pref.enum_values[0].display_value),
            ("M", "7", "M"),
        )

    def test_scheme(self) -> None:
        """A preference that is the address cannot make it anything but http and https."""
        content = "<Content type='url' href='__UP_name__'/>"
        found = self.filled(content, name="https://a.example.com/?b=c&d=e")
        self.assertEqual(found.views["default"].href, "https://a.example.com/?b=c&d=e")
        for bad in ("javascript:alert(1)", "JaVaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "http://["):  # fmt: skip
            error = self.assertRaises(SpecError, self.filled, content, name=bad)
            self.assertIn("line 2: href of Content becomes", str(error))
            self.assertIn("allowed: a URI that is http or https", str(error))
        link = "<Link rel='a' href='__UP_name__'/><Icon>__UP_name__</Icon>"
        found = self.filled("<Content/>", link, name="javascript:alert(1)")
        self.assertEqual((found.prefs.links["a"].href, found.prefs.icons[0].content), ("", ""))

    def test_limit(self) -> None:
        """All texts together have a limit, too."""
        self.filled("<Content>__MSG_long__</Content>")
        inside = "<Content a='__MSG_long__'>__MSG_long__x</Content>"
        error = self.assertRaises(SpecError, self.filled, inside)
        self.assertEqual(
            str(error),
            f'line 2: the view "default" is longer than {MAX_TEXT} characters with everything filled in',
        )

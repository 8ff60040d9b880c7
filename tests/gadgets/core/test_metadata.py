"""`finesse_tx.gadgets.core.metadata` and `json_rpc`: what is told, and what can be asked."""

from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.gadgets.core.asking import Asked
from finesse_tx.gadgets.core.json_rpc import (
    MAX_BODY,
    MAX_CALLS,
    MAX_VALUES,
    Call,
    answered,
    called,
    flag,
    posted,
    text,
    texts,
    written,
)
from finesse_tx.gadgets.core.messages import bundle_of, locales_for
from finesse_tx.gadgets.core.metadata import iframe_url, new_form, old_form, selected, shown
from finesse_tx.gadgets.core.parser import parse_spec
from finesse_tx.gadgets.core.proxied import AskedError
from finesse_tx.gadgets.core.substitution import Substitutions

URL = "https://crm.example.com/g/a.xml"
SPEC = b"""<Module><ModulePrefs title="__MSG_t__" title_url="about.html" author="Ann" height="120" scrolling="true" category="x">
<Require feature="setprefs"/><Optional feature="loadingindicator"><Param name="loading-timeout">10</Param><Param name="a">1</Param>
<Param name="a">2</Param></Optional><Link rel="icon" href="i.png"/><Locale><msg name="t">Title of __UP_who__</msg></Locale></ModulePrefs>
<UserPref name="who" default_value="nobody" required="true"/>
<UserPref name="kind" datatype="enum"><EnumValue value="b" display_value="B"/><EnumValue value="a"/></UserPref>
<Content preferred_height="90">__UP_who__ said so</Content>
<Content view="canvas" type="url" href="__UP_who__"/><Content view="page" type="url" href="p.html" x="__MSG_t__"/></Module>"""


def example(**prefs: str) -> tuple[Any, Asked]:
    """The gadget as it is shown."""
    spec = parse_spec(SPEC, URL)
    bundle = bundle_of(locales_for(spec, "en", "US", "default"), {})
    asked = Asked(URL, module_id=7, prefs=prefs)
    values = Substitutions(bundle, spec.user_prefs, prefs, 7)
    return shown(spec, spec.views["default"], values), asked


class FormTests(SynchronousTestCase):
    """What is told."""

    def test_old(self) -> None:
        """Everything of the old form, filled in; a view's text is not told."""
        spec, asked = example(who="<Bob>")
        told: Any = old_form(spec, asked, "//h/gadgets/ifr")
        self.assertEqual((told["url"], told["moduleId"]), (URL, 7))
        self.assertEqual(told["title"], "Title of &lt;Bob&gt;")
        self.assertEqual(told["titleUrl"], "https://crm.example.com/g/about.html")
        self.assertEqual((told["height"], told["width"], told["scrolling"]), (120, 0, True))
        self.assertEqual(told["categories"], ["x", ""])
        self.assertEqual(told["features"], ["setprefs", "loadingindicator"])
        self.assertEqual(
            told["featureDetails"]["loadingindicator"],
            {"required": False, "parameters": {"loading-timeout": ["10"], "a": ["1", "2"]}},
        )
        self.assertEqual(told["links"], {"icon": "https://crm.example.com/g/i.png"})
        self.assertEqual(
            told["userPrefs"]["kind"],
            {
                "displayName": "kind",
                "type": "enum",
                "default": "",
                "enumValues": {"b": "B", "a": "a"},
                "orderedEnumValues": [
                    {"value": "b", "displayValue": "B"},
                    {"value": "a", "displayValue": "a"},
                ],
                "required": False,
            },
        )
        self.assertEqual(
            told["views"]["default"],
            {"type": "html", "quirks": True, "preferredHeight": 90, "preferredWidth": 0},
        )
        self.assertEqual(told["views"]["page"]["attributes"], {"x": "Title of &lt;Bob&gt;"})
        self.assertNotIn("said so", str(told))

    def test_new(self) -> None:
        """The same in the form of JSON-RPC."""
        spec, _ = example()
        told: Any = new_form(spec, URL, {"default": "//h/1"}, "0f")
        self.assertEqual((told["url"], told["checksum"]), (URL, "0f"))
        self.assertEqual(told["iframeUrls"], {"default": "//h/1"})
        self.assertEqual(told["modulePrefs"]["title"], "Title of nobody")
        self.assertEqual(
            told["modulePrefs"]["features"]["setprefs"],
            {"name": "setprefs", "required": True, "params": {}},
        )
        self.assertEqual(
            told["modulePrefs"]["links"]["icon"],
            {"rel": "icon", "href": "https://crm.example.com/g/i.png", "method": "GET"},
        )
        self.assertEqual(told["userPrefs"]["who"]["required"], True)
        self.assertEqual(told["userPrefs"]["kind"]["dataType"], "enum")
        self.assertEqual(told["views"]["page"]["href"], "https://crm.example.com/g/p.html")

    def test_bad_view(self) -> None:
        """A view whose address a preference makes none keeps nothing else from being told."""
        spec, _ = example(who="javascript:alert(1)")
        told: Any = new_form(spec, URL, {}, "")
        self.assertNotIn("href", told["views"]["canvas"])
        self.assertEqual(told["views"]["page"]["href"], "https://crm.example.com/g/p.html")

    def test_iframe(self) -> None:
        """The address has all that was asked, percent-encoded, and the version unless it must be fresh."""
        asked = Asked(URL, "c&d", 7, prefs={"who": "a b&<"})
        self.assertEqual(
            iframe_url("fin:8445", asked, "0f"),
            "//fin:8445/gadgets/ifr?url=https%3A%2F%2Fcrm.example.com%2Fg%2Fa.xml&container=c%26d&mid=7&view=default"
            "&lang=all&country=ALL&nocache=0&v=0f&up_who=a%20b%26%3C",
        )
        self.assertNotIn("&v=", iframe_url("", Asked(URL, is_fresh=True), "0f"))

    def test_selected(self) -> None:
        """Of a field what is asked for, at any depth; the URL always."""
        spec, _ = example()
        whole = new_form(spec, URL, {"default": "//h/1"}, "0f")
        for fields, told in (
            (["checksum"], {"url": URL, "checksum": "0f"}),
            (["modulePrefs.title"], {"url": URL, "modulePrefs": {"title": "Title of nobody"}}),
            (["views.type", "views.quirks"], None),
            (["nothing"], {"url": URL}),
            (["iframeUrls.*"], {"url": URL, "iframeUrls": {"default": "//h/1"}}),
        ):
            found = selected(whole, fields)
            if told is not None:
                self.assertEqual(found, told, fields)
            else:
                views: Any = found["views"]
                self.assertEqual(views["default"], {"type": "html", "quirks": True})
        self.assertEqual(selected(whole, ["*"]), whole)
        self.assertEqual(selected(whole, ["modulePrefs.*"])["modulePrefs"], whole["modulePrefs"])


class CallTests(SynchronousTestCase):
    """What can be asked."""

    def test_posted(self) -> None:
        """One call, and a batch of them in which each has its own error."""
        self.assertEqual(
            posted(b'{"method": "m", "id": 3, "params": {"a": 1}}'),
            ([Call("m", 3, {"a": 1})], False),
        )
        calls, is_batch = posted(
            b'[{"method": "m"}, 5, {"id": "x"}, {"method": "m", "id": "y", "params": []}]'
        )
        self.assertTrue(is_batch)
        self.assertEqual([call.id for call in calls], [None, None, "x", "y"])
        self.assertEqual(
            [call.fault and call.fault.text for call in calls],
            [None, "A call is an object", "A call has a method", "params is an object"],
        )
        self.assertEqual(posted(b"[]"), ([], True))

    def test_bounds(self) -> None:
        """So many calls of so many bytes; what is no JSON, or nested without end, is refused."""
        one = b'{"method": "m"}'
        self.assertEqual(len(posted(b"[%b]" % b",".join([one] * MAX_CALLS))[0]), MAX_CALLS)
        padded = one + b" " * (MAX_BODY - len(one))
        self.assertEqual(len(posted(padded)[0]), 1)
        for body in (
            b"[%b]" % b",".join([one] * (MAX_CALLS + 1)),
            padded + b" ",
            b"",
            b"{",
            b"\xff",
            b"[" * 50_000,
        ):
            self.assertRaises(AskedError, posted, body)

    def test_called(self) -> None:
        """By GET, with the parameters by their names; several of one name are a list."""
        call = called({"method": ["m"], "id": ["7"], "ids": ["a", "b"], "params.view": ["v"]})
        self.assertEqual(call, Call("m", "7", {"ids": ["a", "b"], "view": "v"}))
        self.assertIsNone(called({"method": ["m"]}).id)
        self.assertRaises(AskedError, called, {"id": ["7"]})

    def test_texts(self) -> None:
        """A list, or a text with commas; those in a URL are its own; each once, and so many."""
        params: dict[str, object] = {
            "ids": "http://a/?x=1,2,https://b/",
            "fields": ["a,b", "a", "c"],
            "bad": [1],
            "most": [str(n) for n in range(MAX_VALUES)],
            "more": [str(n) for n in range(MAX_VALUES + 1)],
        }
        self.assertEqual(texts(params, "ids"), ["http://a/?x=1,2", "https://b/"])
        self.assertEqual(texts(params, "fields"), ["a", "b", "c"])
        self.assertEqual(texts(params, "none"), [])
        self.assertEqual(len(texts(params, "most")), MAX_VALUES)
        for name in ("bad", "more"):
            self.assertRaises(AskedError, texts, params, name)

    def test_values(self) -> None:
        """A text may be a number; what is true may be written in three ways."""
        params: dict[str, object] = {"a": 5, "b": True, "c": "1", "d": "TRUE", "e": 0, "f": {}}
        self.assertEqual((text(params, "a"), text(params, "x", "y")), ("5", "y"))
        self.assertEqual([flag(params, name) for name in "abcdef"], [False, True, True, True, False, False])  # fmt: skip
        for name in "bf":
            self.assertRaises(AskedError, text, params, name)

    def test_answered(self) -> None:
        """The id as it was sent; an error has HTTP's number and the word that old clients know; no ``<`` is written."""
        self.assertEqual(answered(Call("m", 7, {}), {"a": 1}), {"id": 7, "result": {"a": 1}})
        self.assertEqual(
            answered(Call("m", None, {}), AskedError(403, "No")),
            {"error": {"code": 403, "message": "forbidden: No"}},
        )
        self.assertEqual(
            answered(Call("m", "x", {}), AskedError(404, "No")),
            {"id": "x", "error": {"code": 404, "message": "No"}},
        )
        self.assertEqual(written({"a": "</script>é"}), b'{"a":"\\u003c/script>\\u00e9"}')

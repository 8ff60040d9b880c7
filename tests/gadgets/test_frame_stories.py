"""Gadgets of the folder in Chromium, as the real server renders them."""

from urllib.parse import quote, urlencode

from playwright.sync_api import Frame, Page, Route

from tests.support.gadgets import CONTAINER
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

SPEC = """<?xml version="1.0" encoding="UTF-8"?>
<Module>
  <ModulePrefs title="__UP_colour__ &lt;script>ran('title')&lt;/script>" height="100">
    <Require feature="pubsub-2"/><Require feature="dynamic-height"/><Require feature="settitle"/><Require feature="setprefs"/>
    <Require feature="loadingindicator"><Param name="manual-dismiss">true</Param></Require>
    <Optional feature="weather"/>
    <Locale lang="de" language_direction="rtl" messages="messages/de.xml"/>
  </ModulePrefs>
  <UserPref name="colour" default_value="red"/>
  <UserPref name="size" default_value="3"/>
  <Content type="html"><![CDATA[
<!DOCTYPE html>
<link rel="stylesheet" href="look.css">
<script>window.ran = (where) => { (window.attempts ||= []).push(where); };</script>
<script src="gadget.js"></script>
<body id="__UP_colour__">
<div id="box" title="__UP_colour__">__UP_colour__</div>
<p id="hello">__MSG_hello__</p>
<textarea>__UP_colour__</textarea>
<!-- __UP_colour__ -->
</body>
<script>
window.strings = ['__UP_colour__', "__UP_colour__", `__UP_colour__`];
gadgets.HubSettings.onConnect = begin;
</script>
]]></Content>
</Module>
"""

FILES = {
    "story.xml": SPEC,
    "gadget.js": """window.heard = [];
function begin(hub, success) {
  heard.push(["connect", success, hub.getClientID()]);
  gadgets.Hub.subscribe("story.*", (topic, data) => heard.push([topic, data]), null, () => heard.push("ready"));
}
""",
    "look.css": "body { margin: 0; } #box { height: 200px; background: url(none.png); display: none; } #box { display: block; }",
    "messages/de.xml": "<messagebundle><msg name='hello'>&lt;b&gt;Grüß Gott&lt;/b&gt;</msg><msg name='a b'>c</msg></messagebundle>",
    "none.png": "",
}

ATTEMPTS = (
    "<script>ran('script')</script>",
    '"><img src=x onerror="ran(\'attribute\')">',
    "' onmouseover='ran(1)",
    "</script><script>ran('closed')</script>",
    "</textarea></title><script>ran('closed too')</script>",
    "--><script>ran('comment')</script>",
    "\\',ran('backslash'),\\'",
    "'+ran('quote')+'",
    '"+ran("double")+"',
    "`+ran('backtick')+`",
    "${ran('template')}",
    "\nran('line')//",
    "\u2028ran('separator')//",
    "<svg onload=ran('svg')>",
)


class FrameStories(StoryTestCase):
    """On one server, whose folder has a gadget."""

    def start(self, page: Page) -> None:
        """Write the gadget, and open a page for it."""
        server = SHARED.get()
        for name, text in FILES.items():
            place = server.home / "3rdpartygadget" / "files" / "Story" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)
        self.root = f"https://127.0.0.1:{server.port('https')}"

        def container(route: Route) -> None:
            route.fulfill(body=CONTAINER, content_type="text/html")

        page.context.route("**/container.html", container)
        page.goto(f"{self.root}/container.html")

    def address(self, name: str = "story.xml", **asked: str) -> str:
        """Where a gadget is, as a desktop asks for it."""
        query = {"container": "default", "nocache": "0", "view": "default", "refresh": "86400"}
        url = f"{self.root}/3rdpartygadget/files/Story/{name}"
        return f"{self.root}/gadgets/ifr?{urlencode(query | asked, quote_via=quote)}&url={quote(url, safe='')}"

    def gadget(self, page: Page, name: str, **asked: str) -> Frame:
        """Open a gadget and wait until it is connected."""
        page.evaluate("([name, uri]) => void open_gadget(name, uri)", [name, self.address(**asked)])
        element = page.wait_for_selector(f"#{name}", state="attached")
        frame = element.content_frame() if element is not None else None
        assert frame is not None
        frame.wait_for_function("window.heard && heard.includes('ready')")
        return frame

    @story
    def test_rendered(self, page: Page) -> None:
        """Two gadgets speak through the hub, say how high they are, and know their preferences and messages."""
        self.start(page)
        one = self.gadget(
            page, "one", mid="1", lang="de", country="AT", up_colour="blue", up_more="m"
        )
        two = self.gadget(page, "two", mid="2")
        self.assertEqual(one.evaluate("heard"), [["connect", True, "one"], "ready"])
        self.assertEqual(
            one.evaluate(
                """[document.compatMode, document.documentElement.lang, document.body.dir, document.body.id, document.title,
                document.querySelector("#hello").innerHTML, gadgets.Prefs().getMsg("a b"), gadgets.Prefs().getString("colour"),
                gadgets.Prefs().getInt("size"), gadgets.Prefs().getString("more"), gadgets.Prefs().getModuleId(), gadgets.Prefs().getLang(),
                gadgets.util.hasFeature("setprefs"), gadgets.util.hasFeature("weather"),
                gadgets.util.getFeatureParameters("loadingindicator"), document.querySelector("script[src*=Story]").src]"""
            ),
            [
                "CSS1Compat", "de", "rtl", "blue", "blue <script>ran('title')</script>", "<b>Grüß Gott</b>", "c", "blue", 3, "m", 1, "de",
                True, False, {"manual-dismiss": "true"}, f"{self.root}/3rdpartygadget/files/Story/gadget.js",
            ],
        )  # fmt: skip
        self.assertEqual(
            two.evaluate(
                "[document.documentElement.lang, document.body.dir, gadgets.Prefs().getString('colour')]"
            ),
            ["", "ltr", "red"],
        )
        two.evaluate("gadgets.Hub.publish('story.told', {x: [1, 'ü']})")
        one.wait_for_function("heard.length === 3")
        self.assertEqual(one.evaluate("heard[2]"), ["story.told", {"x": [1, "ü"]}])
        one.evaluate("gadgets.window.adjustHeight()")
        one.evaluate("gadgets.window.setTitle('Mine')")
        one.evaluate("gadgets.Prefs().set('colour', 'green')")
        page.wait_for_function("told.some((one) => one[0] === 'set_pref')")
        told = page.evaluate("told.filter((one) => one[1] === 'one')")
        (height,) = [one[2] for one in told if one[0] == "resize_iframe"]
        self.assertGreater(height, 200)
        self.assertIn(["set_title", "one", "Mine"], told)
        (kept,) = [one for one in told if one[0] == "set_pref"]
        self.assertEqual(kept[3:], ["colour", "green"])

    @story
    def test_attempts(self, page: Page) -> None:
        """Whatever a preference holds, it stays a text: in an element, an attribute, a title, a comment and a script."""
        self.start(page)
        for number, attempt in enumerate(ATTEMPTS):
            frame = self.gadget(page, f"g{number}", mid=str(number), up_colour=attempt)
            self.assertEqual(
                frame.evaluate(
                    "[window.attempts ?? [], document.querySelector('#box').title, document.querySelector('#box').textContent]"
                ),
                [[], attempt, attempt],
            )
            unescaped = frame.evaluate("strings.map(gadgets.util.unescapeString)")
            self.assertEqual(unescaped, [attempt] * 3)

    @story
    def test_sorry(self, page: Page) -> None:
        """A gadget that cannot be shown says why, with nothing in it that runs."""
        self.start(page)
        self.forgiven = ("40[034]",)
        for address, told in (
            (self.address("<img src=x onerror=alert(1)>.xml"), "there is no file \"Story/<img src=x onerror=alert(1)>.xml\""),
            (self.address(lang="<script>"), 'lang is "<script>"'),
            (f"{self.root}/gadgets/ifr?url=https://evil.example.com/a.xml", "evil.example.com is not in gadgets.hosts"),
        ):  # fmt: skip
            page.goto(address)
            self.assertIn(told, page.locator("body").inner_text())
            self.assertEqual(page.locator("img, script").count(), 0)
            self.assert_accessible(page)

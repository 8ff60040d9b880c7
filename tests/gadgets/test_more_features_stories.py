"""What the features' JavaScript does that gadgets of OpenSocial use and Cisco's do not, in Chromium, in a gadget that the real server renders."""

from urllib.parse import quote

from playwright.sync_api import Frame, Page, Route, expect

from tests.support.gadgets import CONTAINER
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

FEATURES = (
    "tabs", "minimessage", "views", "osapi", "setprefs", "pubsub", "pubsub-2", "dynamic-width", "skins", "flash", "settitle", "dynamic-height",
)  # fmt: skip

SPEC = f"""<Module><ModulePrefs title="More">{"".join(f'<Require feature="{name}"/>' for name in FEATURES)}</ModulePrefs>
<UserPref name="selectedTab" datatype="hidden"/><Content type="html"><![CDATA[<!DOCTYPE html><html lang="en"><body><main>
<div id="first">The first</div><div id="here">Already here</div></main><script>window.told = []; gadgets.HubSettings.onConnect = () => {{ window.ready = true; }};</script></body></html>]]></Content></Module>"""


class MoreFeaturesStories(StoryTestCase):
    """On one server."""

    def gadget(self, page: Page, **prefs: str) -> Frame:
        """Open the gadget in a page that serves its calls."""
        server = SHARED.get()
        place = server.home / "3rdpartygadget" / "files" / "more.xml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(SPEC)
        root = f"https://127.0.0.1:{server.port('https')}"

        def container(route: Route) -> None:
            route.fulfill(body=CONTAINER, content_type="text/html")

        page.context.route("**/container.html", container)
        page.goto(f"{root}/container.html")
        page.evaluate(
            """() => { for (const name of ["pubsub", "resize_iframe_width"]) {
              gadgets.rpc.register(name, function (...args) { told.push([name, this.f, ...args]); }); } }"""
        )
        query = "".join(f"&up_{name}={quote(value)}" for name, value in prefs.items())
        address = f"{root}/gadgets/ifr?url={quote(root + '/3rdpartygadget/files/more.xml', safe='')}&mid=1&parent={quote(root)}{query}"
        page.evaluate("(uri) => void open_gadget('one', uri)", address)
        element = page.wait_for_selector("#one", state="attached")
        frame = element.content_frame() if element is not None else None
        assert frame is not None
        frame.wait_for_function("() => window.ready")
        return frame

    @story
    def test_tabs(self, page: Page) -> None:
        """Tabs are shown, chosen by mouse and keys, moved and removed; the one that was wanted, or was chosen last, comes first."""
        one = self.gadget(page)
        one.evaluate(
            """() => {
              window.tabs = new gadgets.TabSet(1, "Second");
              const note = (name) => (id) => told.push([name, id]);
              tabs.addTab("First <b>", "first", note("first"));
              window.id = tabs.addTab("Second", { callback: note("second"), tooltip: "The second" });
              tabs.addDynamicTab("Third", note("third"));
              tabs.getTabs()[1].getContentContainer().textContent = "Two";
            }"""
        )
        selected = "tabs.getSelectedTab().getName()"
        self.assertEqual(one.evaluate("told"), [["second", one.evaluate("id")]])
        expect(one.get_by_role("tab", name="First <b>")).to_be_visible()
        expect(one.get_by_role("tabpanel", name="Second")).to_have_text("Two")
        expect(one.locator("#first")).to_be_hidden()
        one.get_by_role("tab", name="Second").press("ArrowLeft")
        expect(one.get_by_role("tab", name="First <b>")).to_be_focused()
        expect(one.locator("#first")).to_be_visible()
        one.get_by_role("tab", name="First <b>").press("ArrowLeft")
        self.assertEqual(one.evaluate(selected), "Third")
        self.assertEqual(one.evaluate("told.slice(1).map((it) => it[0])"), ["first", "third"])
        one.evaluate("tabs.moveTab(0, 2)")
        self.assertEqual(one.get_by_role("tab").all_inner_texts(), ["Third", "Second", "First <b>"])
        one.evaluate("tabs.removeTab(0)")
        self.assertEqual(one.evaluate(selected), "Second")
        page.wait_for_function("told.filter((it) => it[0] === 'set_pref').length >= 4")
        kept = page.evaluate("told.filter((it) => it[0] === 'set_pref').map((it) => it.slice(3))")
        self.assertEqual(kept, [["selectedTab", n] for n in ("1", "0", "2", "0")])
        one.evaluate("tabs.removeTab(0); tabs.removeTab(0)")
        expect(one.get_by_role("tablist")).to_be_hidden()
        again = self.gadget(page, selectedTab="1")
        again.evaluate(
            "window.tabs = new _IG_Tabs(1, 'A'); tabs.addTab('A'); tabs.addTab('B'); void tabs.addDynamicTab('C')"
        )
        self.assertEqual(again.evaluate(selected), "B")

    @story
    def test_messages(self, page: Page) -> None:
        """Messages stay, go after a while, or are closed, unless the gadget minds; what they say is text, or the gadget's element in its place."""
        one = self.gadget(page)
        one.evaluate(
            """() => {
              window.messages = new _IG_MiniMessage(1);
              messages.createDismissibleMessage("<img src=x onerror='top.ran = 1'>", () => { told.push("asked"); return told.length > 2; });
              window.still = messages.createStaticMessage(document.getElementById("here"));
              messages.createTimerMessage("Soon gone", 0.2, () => { told.push("gone"); });
            }"""
        )
        shown = one.get_by_text("<img src=x")
        one.wait_for_function("() => told.includes('gone')")
        expect(one.get_by_text("Soon gone")).to_have_count(0)
        close = one.get_by_role("button", name="Close")
        close.click()
        expect(shown).to_be_visible()
        close.click()
        expect(shown).to_have_count(0)
        self.assertTrue(one.evaluate("still.previousElementSibling.id === 'here'"))
        expect(one.get_by_text("Already here").last).to_be_visible()
        one.evaluate("messages.dismissMessage(still)")
        expect(one.get_by_text("Already here")).to_be_hidden()
        self.assertEqual(page.evaluate("window.ran ?? 0"), 0)

    @story
    def test_others(self, page: Page) -> None:
        """Views, widths, channels and pictures by the proxy do what their names say; old names do, too."""
        self.forgiven = ("403.*/gadgets/proxy",)  # x.example is nobody's whom gadgets may reach
        one = self.gadget(page)
        self.assertEqual(
            one.evaluate(
                """() => {
                  gadgets.views.requestNavigateTo("canvas", { a: 1 });
                  gadgets.window.adjustWidth(321);
                  gadgets.pubsub.subscribe("weather", (sender, message) => told.push([sender, message]));
                  gadgets.pubsub.publish("weather", "sun");
                  _IG_SetTitle("<b>Old</b>");
                  _IG_AdjustIFrameHeight(77);
                  _exportSymbols("mine.own", ["one", 1, "two", [_uid() + 1 === _uid(), _min(2, 1), _max(2, 1), _striptags("<b>x</b>")]]);
                  const hour = new URL(_IG_GetImageUrl("https://x.example/"), location.href);
                  const image = _IG_GetImage("https://x.example/a b.png?c=1&d", { refreshInterval: 60 });
                  const picture = new URL(image.src);
                  return [gadgets.views.getCurrentView().getName(), gadgets.views.bind("/{a}/{b}", { a: "x" }),
                    picture.pathname, ...["url", "refresh"].map((name) => picture.searchParams.get(name)),
                    gadgets.io.encodeValues({ "a b": "ü&", c: 1 }), gadgets.flash.getMajorVersion(),
                    [hour.searchParams.get("refresh"), image.tagName, mine.own.one, ...mine.own.two], _gelsbyregex("p", /^a/).length,
                    gadgets.skins.getProperty("BG_COLOR"), _hesc("<"), _trim(" x "), _args().mid, typeof osapi.http.get];
                }"""
            ),
            [
                "default", "/x/", "/gadgets/proxy", "https://x.example/a b.png?c=1&d", "60", "a%20b=%C3%BC%26&c=1",
                0, ["3600", "IMG", 1, True, 1, 2, "x"], 0, "", "&lt;", "x", "1", "function",
            ],
        )  # fmt: skip
        page.wait_for_function("told.some((it) => it[0] === 'resize_iframe')")
        told = page.evaluate("told.filter((it) => it[0] !== 'connected')")
        for expected in (
            ["requestNavigateTo", "one", "canvas", {"a": 1}],
            ["resize_iframe_width", "one", 321],
            ["pubsub", "one", "subscribe", "weather"],
            ["pubsub", "one", "publish", "weather", "sun"],
            ["set_title", "one", "<b>Old</b>"],
            ["resize_iframe", "one", 77],
        ):
            self.assertIn(expected, [it[: len(expected)] for it in told])
        page.evaluate(
            "gadgets.rpc.call('one', 'pubsub', null, 'weather', 'https://x.example/b.xml', 'rain')"
        )
        one.wait_for_function("told.length > 0")
        self.assertEqual(one.evaluate("told"), [["https://x.example/b.xml", "rain"]])

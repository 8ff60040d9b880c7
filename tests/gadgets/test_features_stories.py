"""The features' JavaScript in Chromium: a page with two gadgets in it, by the real server's scripts.

The gadgets' pages stand in for what ``/gadgets/ifr`` sends; the scripts are those of ``/gadgets/js``.
"""

from urllib.parse import urlencode

from playwright.sync_api import Frame, Page, Route, expect

from tests.support.gadgets import CONTAINER
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

GADGET = """<!DOCTYPE html><html><head>
<script src="/gadgets/js/core:rpc:pubsub-2:dynamic-height:settitle:setprefs:loadingindicator:views.js"></script>
<script>gadgets.Prefs.setMessages_({hello: "<b>Hi</b>"}); gadgets.Prefs.setDefaultPrefs_({colour: "red", size: "3"});</script>
</head><body style="margin: 5px"><div id="box" style="height: 120px"></div>
<script>
window.heard = [];
gadgets.HubSettings.onConnect = (hub, success, error) => { heard.push(["connect", success, hub.getClientID()]); };
</script>
<script>gadgets.util.runOnLoadHandlers();</script></body></html>"""


class FeatureStories(StoryTestCase):
    """On one server."""

    def start(self, page: Page, host: str = "127.0.0.1") -> None:
        """Open the page with two gadgets, ``one`` and ``two``, from the same server by whatever name."""
        root = f"https://127.0.0.1:{SHARED.get().port('https')}"
        self.forgiven = ("secret",)

        def container(route: Route) -> None:
            route.fulfill(body=CONTAINER, content_type="text/html")

        def gadget(route: Route) -> None:
            route.fulfill(body=GADGET, content_type="text/html")

        page.context.route("**/container.html", container)
        page.context.route("**/gadget.html?*", gadget)
        page.goto(f"{root}/container.html")
        for name, mid in (("one", 1), ("two", 2)):
            query = urlencode({"mid": mid, "up_colour": 'a"<b>', "up_other": "ü+", "lang": "fr"})
            uri = f"{root.replace('127.0.0.1', host)}/gadget.html?{query}&up_plus=a+b"
            page.evaluate("([name, uri]) => void open_gadget(name, uri)", [name, uri])
        for name in ("one", "two"):
            frame = self.frame(page, name)
            frame.wait_for_function("window.heard && heard.length > 0")
            self.assertEqual(frame.evaluate("heard"), [["connect", True, name]])
        page.wait_for_function("told.filter((one) => one[0] === 'connected').length === 2")
        expect(page.locator("#one")).to_be_visible()

    def frame(self, page: Page, name: str) -> Frame:
        """A gadget's frame."""
        element = page.wait_for_selector(f"#{name}", state="attached")
        found = element.content_frame() if element is not None else None
        assert found is not None
        return found

    def exchange(self, page: Page) -> None:
        """What gadgets say to each other and to the page, wherever they are from."""
        one, two = self.frame(page, "one"), self.frame(page, "two")
        one.evaluate(
            """() => new Promise((done) => gadgets.Hub.subscribe("finesse.info.*", (topic, data, more) => heard.push([topic, data, more]),
               null, (id, success) => done(success), "extra"))"""
        )
        two.evaluate("gadgets.Hub.publish('finesse.info.dialogs', {id: 7})")
        page.evaluate("hub.publish('finesse.info.user', 'x')")
        two.evaluate("gadgets.Hub.publish('finesse.info.deep.er', 1)")
        one.wait_for_function("heard.length >= 3")
        self.assertEqual(
            sorted(one.evaluate("heard.slice(1)")),
            sorted(
                [["finesse.info.dialogs", {"id": 7}, "extra"], ["finesse.info.user", "x", "extra"]]
            ),
        )
        refused = one.evaluate(
            """() => new Promise((done) => gadgets.Hub.subscribe("forbidden", () => {}, null, (id, success, error) => done([success, error])))"""
        )
        self.assertEqual(refused, [False, "OpenAjax.hub.Error.NotAllowed"])
        for wrong in ("a..b", "", "a.*", "x*"):
            said = one.evaluate(
                "(topic) => { try { gadgets.Hub.publish(topic, 1); return ''; } catch (error) { return error.message; } }",
                wrong,
            )
            self.assertEqual(said, "OpenAjax.hub.Error.BadParameters", wrong)
        doubled = one.evaluate(
            "() => new Promise((done) => gadgets.rpc.call(null, 'slowly', done, 21))"
        )
        self.assertEqual(doubled, 42)

    @story
    def test_same_origin(self, page: Page) -> None:
        """Gadgets of the page's own origin: hub, height, title, preferences; functions survive between them."""
        self.start(page)
        self.exchange(page)
        one = self.frame(page, "one")
        one.evaluate(
            "gadgets.window.adjustHeight(); gadgets.window.adjustHeight(); gadgets.window.adjustHeight('77')"
        )
        one.evaluate("gadgets.window.setTitle('<i>Mine</i>')")
        one.evaluate("new gadgets.Prefs().set('colour', 'blue', 'size', '3')")
        one.evaluate("new gadgets.Prefs().set('colour', 'blue')")
        one.evaluate("gadgets.loadingindicator.dismiss()")
        page.wait_for_function("told.some((one) => one[0] === 'set_pref')")
        told = page.evaluate("told.filter((one) => one[1] === 'one' && one[0] !== 'connected')")
        self.assertEqual(
            [one for one in told if one[0] != "set_pref"],
            [
                ["loading_indicator", "one", "show", 10],
                ["loading_indicator", "one", "dismiss"],
                ["resize_iframe", "one", 130],
                ["resize_iframe", "one", 77],
                ["set_title", "one", "<i>Mine</i>"],
            ],
        )
        (kept,) = [one for one in told if one[0] == "set_pref"]
        self.assertEqual(kept[3:], ["colour", "blue", "size", "3"])
        two = self.frame(page, "two")
        two.evaluate(
            """() => new Promise((done) => gadgets.Hub.subscribe("call", (topic, f) => { heard.push(f(2)); },
               null, (id, success) => done(success)))"""
        )
        one.evaluate("gadgets.Hub.publish('call', (x) => x + 40)")
        two.wait_for_function("heard.includes(42)")

    @story
    def test_other_origin(self, page: Page) -> None:
        """Gadgets of another origin speak to the page by postMessage, and hear the same."""
        self.start(page, "localhost")
        self.exchange(page)

    @story
    def test_forged(self, page: Page) -> None:
        """What a frame says without its token, or in another's name, is not heard."""
        self.start(page, "localhost")
        one = self.frame(page, "one")
        one.evaluate(
            """() => {
              const say = (packet) => parent.postMessage(JSON.stringify({ c: 0, l: false, ...packet }), "*");
              const t = gadgets.util.getUrlParameters().rpctoken;
              say({ s: "set_title", f: "two", a: ["in two's name"], t });
              say({ s: "set_title", f: "one", a: ["without a token"], t: "0" });
              say({ s: "set_title", f: "nobody", a: ["of nobody"], t });
              say({ s: "set_title", f: "one", a: "no list", t });
              parent.postMessage("{broken", "*");
              parent.postMessage({ an: "object" }, "*");
              say({ s: "set_title", f: "one", a: ["right"], t });
            }"""
        )
        page.wait_for_function("told.some((one) => one[0] === 'set_title')")
        titles = page.evaluate("told.filter((one) => one[0] === 'set_title')")
        self.assertEqual(titles, [["set_title", "one", "right"]])

    @story
    def test_prefs(self, page: Page) -> None:
        """Preferences are escaped texts, numbers, lists; messages are as they are."""
        self.start(page)
        one = self.frame(page, "one")
        self.assertEqual(
            one.evaluate(
                """() => { const p = gadgets.Prefs(); return [p.getString("colour"), p.getString("other"), p.getString("plus"),
                p.getInt("size"), p.getFloat("colour"), p.getBool("size"), p.getString("none"), p.getArray("none"), p.getMsg("hello"),
                p.getMsg("bye"), p.getLang(), p.getCountry(), p.getModuleId(), p === new gadgets.Prefs(), gadgets.json.parse("{")]; }"""
            ),
            [
                "a&#34;&lt;b&gt;",
                "ü+",
                "a b",
                3,
                0,
                True,
                "",
                [],
                "<b>Hi</b>",
                "",
                "fr",
                "US",
                1,
                True,
                False,
            ],
        )

    @story
    def test_removed(self, page: Page) -> None:
        """A gadget that is removed is heard no more, and what it had subscribed to is gone."""
        self.start(page)
        self.frame(page, "one").evaluate("gadgets.Hub.subscribe('x', () => {})")
        page.evaluate("hub.removeContainer(hub.getContainer('one'))")
        expect(page.locator("#one")).to_have_count(0)
        page.evaluate("hub.publish('x', 1)")
        self.assertEqual(
            page.evaluate("hub.listContainers().map((one) => one.getClientID())"), ["two"]
        )

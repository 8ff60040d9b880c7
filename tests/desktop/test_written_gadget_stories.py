"""Gadgets that are being written, and isolated ones, on the desktop in Chromium, on a real server."""

from signal import SIGTERM

from playwright.sync_api import Page

from tests.desktop.test_desktop_stories import enter
from tests.desktop.test_gadget_stories import GadgetStoryCase, layout, tab
from tests.support.libraries import have_libraries
from tests.support.stories import story
from tests.support.twistd import CUT, LIMIT_S, QUIET, Twistd

SPEC = """<Module><ModulePrefs title="Written"><Require feature="pubsub-2"/><Require feature="dynamic-height"/></ModulePrefs>
<Content><![CDATA[<!DOCTYPE html><html lang="en"><body><main><p></p></main><script src="gadget.js"></script></body></html>]]></Content></Module>"""

ELSEWHERE = """<Module><ModulePrefs title="Elsewhere"/><Content type="url" href="ORIGIN/desktop/assets/js/api.html"/></Module>"""

SCRIPT = """
document.querySelector("p").textContent = "TEXT";
window.told = [];
gadgets.HubSettings.onConnect = () => {
  gadgets.Hub.subscribe("story.*", (topic, data) => told.push([topic, data]));
  gadgets.window.adjustHeight(77);
  told.push(["there"]);
};
"""


class WrittenGadgetStories(GadgetStoryCase):
    """On a server of somebody who writes gadgets, one of which is isolated."""

    def setUp(self) -> None:
        """The server, and the gadgets in its folder."""
        have_libraries()
        self.server = Twistd(
            (
                *QUIET,
                "gadgets.dev=true",
                'listen.isolated="127.0.0.1:0"',
                'gadgets.isolated=["/3rdpartygadget/files/Apart/"]',
            )
        )
        self.addCleanup(self.server.clean)
        self.server.wait_ready()
        for name in ("Near", "Apart"):
            self.write(name, f"{name}, at first")

    def write(self, name: str, text: str) -> None:
        """Write a gadget, or another text into it."""
        folder = self.server.home / "3rdpartygadget" / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "gadget.xml").write_text(SPEC)
        (folder / "gadget.js").write_text(SCRIPT.replace("TEXT", text))

    @story
    def test_written(self, page: Page) -> None:
        """A gadget whose file changes is loaded again and no other; the isolated one is on the hub, and cannot look around.

        One of the type url shows its page, which is of another origin.
        """
        second = f"https://127.0.0.1:{self.server.port('isolated')}"
        elsewhere = self.server.home / "3rdpartygadget" / "files" / "Near" / "elsewhere.xml"
        elsewhere.write_text(ELSEWHERE.replace("ORIGIN", second))
        gadgets = [
            f"<gadget>/3rdpartygadget/files/{name}.xml</gadget>"
            for name in ("Near/gadget", "Apart/gadget", "Near/elsewhere")
        ]
        self.lay_out("agent1", layout(tab("home", *gadgets)))
        enter(page, self.server, "agent1", "1001")
        near, apart = self.frame(page, 1), self.frame(page, 2)
        for frame in (near, apart):
            self.heard(frame, "there")
        self.assertTrue(apart.url.startswith(f"{second}/gadgets/ifr?"), apart.url)
        page.frame_locator("#finesse_gadget_3").get_by_role("heading").first.wait_for()
        self.assertEqual(page.get_by_role("heading", name="Written").count(), 2)
        near.evaluate("gadgets.Hub.publish('story.hello', 1)")
        self.heard(apart, "story.hello", 1)
        apart.evaluate("gadgets.Hub.publish('story.answer', 2)")
        self.heard(near, "story.answer", 2)
        page.wait_for_function(
            "document.querySelector('#finesse_gadget_2').getBoundingClientRect().height === 77"
        )
        for reached in ("parent.sessionStorage.length", "parent.desk", "top.document.title"):
            said = apart.evaluate(
                f"(() => {{ try {{ return {reached}; }} catch (e) {{ return e.name; }} }})()"
            )
            self.assertEqual(said, "SecurityError", reached)
        apart.evaluate("window.isSame = true")
        self.write("Near", "Near, written again")
        page.frame_locator("#finesse_gadget_1").get_by_text("Near, written again").wait_for()
        self.assertTrue(apart.evaluate("window.isSame"))
        self.write("Apart", "Apart, written again")
        page.frame_locator("#finesse_gadget_2").get_by_text("Apart, written again").wait_for()
        self.heard(self.frame(page, 2), "there")
        self.forgiven = (".",)  # the server is gone
        self.server.signal(SIGTERM)
        self.assertEqual(self.server.process.wait(LIMIT_S), 0)
        self.assertNotIn(CUT, self.server.log)

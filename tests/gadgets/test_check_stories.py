"""``/gadgets/check`` in Chromium: an administrator has a gadget checked."""

from playwright.sync_api import Page

from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

SPEC = """<Module><ModulePrefs title="&lt;b&gt;Bold&lt;/b&gt;"><Require feature="settitle"/><Require feature="weather"/>
<Locale messages="none.xml"/></ModulePrefs><UserPref name="colour"/>
<Content><![CDATA[<script src="gone.js"></script><script src="/desktop/assets/js/finesse.js"></script>__UP_no__]]></Content>
</Module>"""


class CheckStories(StoryTestCase):
    """On one server, whose folder has a gadget."""

    @story
    def test_check(self, page: Page) -> None:
        """A wrong password is said; the right one shows what is wrong first, as text, and the address keeps the gadget."""
        self.forgiven = ("401",)
        server = SHARED.get()
        place = server.home / "3rdpartygadget" / "files" / "Check" / "g.xml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(SPEC)
        root = f"https://127.0.0.1:{server.port('https')}"
        page.goto(f"{root}/gadgets/check")
        page.get_by_role("button", name="Check").click()
        self.assertIn("Say which gadget", page.get_by_role("alert").inner_text())
        page.get_by_label("Address").fill(f"{root}/3rdpartygadget/files/Check/g.xml")
        page.get_by_label("Administrator").fill("admin")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Check").click()
        page.get_by_text("wrong password").wait_for()
        page.get_by_label("Password").fill("finesse")
        page.keyboard.press("Enter")
        page.get_by_text("2 errors: it would not be rendered.").wait_for()
        rows = [row.split("\t") for row in page.locator("tbody").inner_text().splitlines()]
        self.assertEqual([row[0] for row in rows[:2]], ["Error · Features", "Error · Locales"])
        kinds = [row[0].partition(" ")[0] for row in rows]
        self.assertEqual(kinds, sorted(kinds, key=["Error", "Warning", "Note"].index))
        texts = [row[-1] for row in rows]
        self.assertIn('title "<b>Bold</b>"', texts)
        self.assertIn("it is in the server's own folder", texts)
        self.assertIn("references: 1 of 2 are there", texts)
        self.assert_accessible(page)
        self.assertTrue(page.url.endswith("%2F3rdpartygadget%2Ffiles%2FCheck%2Fg.xml"), page.url)

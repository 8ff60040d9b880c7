"""The console as an administrator sees it, in Chromium."""

from typing import Final, Literal

from playwright.sync_api import Page, expect

from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared()

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


class ConsoleStories(StoryTestCase):
    """Stories on one server."""

    forgiven = (r"status of 40[01]",)

    def setUp(self) -> None:
        """The server."""
        self.server = SHARED.get()

    def enter(self, page: Page, key: str = "") -> None:
        """Sign in, and go to a page."""
        page.goto(f"https://127.0.0.1:{self.server.port('https')}/cfadmin#/{key}")
        page.get_by_label("User name").fill("admin")
        page.get_by_label("Password").fill("finesse")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Sign out").wait_for()

    @story
    def test_sign_in(self, page: Page) -> None:
        """A wrong password is told, the right one lets in; a reload keeps the session, and signing out ends it."""
        page.goto(f"https://127.0.0.1:{self.server.port('https')}/cfadmin")
        page.get_by_label("User name").fill("admin")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Give your user name and your password.")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
        self.assert_accessible(page)
        page.get_by_label("Password").fill("finesse")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Not-ready reasons")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Not-ready reasons")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_label("User name")).to_be_focused()
        page.reload()
        expect(page.get_by_label("User name")).to_be_focused()

    @story
    def test_keyboard(self, page: Page) -> None:
        """A reason is added, refused for its label, mended, changed and removed, with the keyboard alone."""
        self.enter(page, "wrap-up-reasons")
        press = page.keyboard.press
        page.get_by_role("button", name="Add a reason").focus()
        press("Enter")
        expect(page.get_by_label("Label")).to_be_focused()
        press("Enter")
        expect(page.get_by_text("Label is missing.")).to_be_visible()
        page.keyboard.type("Sale")
        press("Enter")
        expect(page.get_by_text("Duplicate WrapUpReason label")).to_be_visible()
        self.assert_accessible(page)
        page.keyboard.type(" of a house")
        press("Enter")
        expect(page.get_by_role("rowheader", name="Sale of a house")).to_be_visible()
        rest = Rest(self.server, "admin")
        self.assertIn("Sale of a house", rest.ask("GET", "/WrapUpReasons").text)
        expect(page.get_by_role("button", name="Add a reason")).to_be_focused()
        page.get_by_role("button", name="Change Sale of a house").focus()
        press("Enter")
        page.keyboard.press("End")
        page.keyboard.type("boat")
        press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_role("button", name="Remove Sale of a house").focus()
        press("Enter")
        expect(page.get_by_role("button", name="Cancel")).to_be_focused()
        press("Tab")
        press("Enter")
        expect(page.get_by_role("rowheader", name="Sale of a house")).to_have_count(0)
        self.assertNotIn("Sale of a house", rest.ask("GET", "/WrapUpReasons").text)

    @story
    def test_lists(self, page: Page) -> None:
        """Every page of the menu opens, can be sorted and narrowed, and is accessible in both colours."""
        self.enter(page)
        for link in page.get_by_role("navigation").get_by_role("link").all():
            link.click()
            expect(page.get_by_role("heading", level=1)).to_have_text(link.inner_text())
            expect(page.locator("main")).to_be_focused()
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme)
                self.assert_accessible(page)
        page.get_by_role("link", name="Not-ready reasons").click()
        page.get_by_role("button", name="Code").click()
        first = page.get_by_role("rowheader").first
        expect(first).to_have_text("Break")
        page.get_by_role("searchbox").fill("lunch")
        expect(first).to_have_text("Lunch")
        expect(page.locator(".count")).to_have_text("1 of 22")

    @story
    def test_session_over(self, page: Page) -> None:
        """When the session has ended, the console asks for the password and says why."""
        self.enter(page)
        page.context.clear_cookies()
        page.get_by_role("link", name="Wrap-up reasons").click()
        expect(page.get_by_role("alert")).to_have_text("Your session has ended. Sign in again.")

    @story
    def test_small(self, page: Page) -> None:
        """On a small screen the menu is behind a button, and nothing is wider than the screen."""
        page.set_viewport_size({"width": 360, "height": 640})
        self.enter(page)
        expect(page.get_by_role("navigation")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Wrap-up reasons").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Wrap-up reasons")
        width = page.evaluate("document.documentElement.scrollWidth")
        self.assertEqual(width, 360)

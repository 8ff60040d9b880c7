"""Signing in and out of the desktop, as an agent does it in Chromium."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared('web.security_banner_message="Calls are recorded."')


class SignInStories(StoryTestCase):
    """On one server; each has agents of its own."""

    forgiven = (r"status of 40[014]",)

    def start(self, page: Page, path: str = "/") -> None:
        """Open the desktop, with nobody signed in."""
        page.goto(f"https://127.0.0.1:{SHARED.get().port('https')}{path}")
        expect(page.locator("#username")).to_be_focused()

    def fill(self, page: Page, user: str, password: str, extension: str) -> None:
        """Fill in the form, and send it."""
        for name, text in (("username", user), ("password", password), ("extension", extension)):
            page.locator(f"#{name}").fill(text)
        page.keyboard.press("Enter")

    def in_call(self, agent: str, extension: str) -> None:
        """Have an agent talk on the phone."""
        rest = Rest(SHARED.get(), agent)
        rest.sign_in(extension)
        self.assertEqual(rest.make_call(extension, "5551234"), 202)

    @story
    def test_mistakes(self, page: Page) -> None:
        """Each mistake is a sentence with the next step, and the field to mend it in; a lock-out says until when."""
        self.in_call("agent3", "1003")
        self.start(page)
        expect(page.get_by_text("Calls are recorded.")).to_be_visible()
        button = page.get_by_role("button", name="Sign in")
        page.locator("#username").fill("agent1")
        page.locator("#password").fill("finesse")
        expect(button).to_be_disabled()
        said = page.get_by_role("alert")
        for user, password, extension, text, field in (
            ("agent1", "wrong", "1001", "the password is wrong.", "password"),
            (
                "agent1",
                "finesse",
                "9999",
                "There is no phone with the extension 9999.",
                "extension",
            ),
            ("agent1", "finesse", "1003", "The extension 1003 is in use by ", "extension"),
            ("admin", "finesse", "1001", "This account is no agent", "username"),
        ):
            self.fill(page, user, password, extension)
            expect(said).to_contain_text(text)
            expect(page.locator(f"#{field}")).to_be_focused()
        self.assert_accessible(page)
        page.get_by_text("For the help desk").click()
        expect(page.get_by_text("404 · User Not Found · admin")).to_be_visible()
        locked = Rest(SHARED.get(), "agent4", "wrong")
        for _ in range(5):
            self.assertEqual(locked.ask("GET", "/User/agent4").status_code, 401)
        self.fill(page, "agent4", "finesse", "1004")
        expect(said).to_contain_text("in 5 minutes; until then")
        page.set_viewport_size({"width": 1024, "height": 600})
        expect(button).to_be_in_viewport(ratio=1)

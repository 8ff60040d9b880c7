"""Signing in and out of the desktop, as an agent does it in Chromium."""

from __future__ import annotations

import re
from typing import Final, Literal

from playwright.sync_api import Locator, Page, expect

from tests.support.libraries import have_libraries
from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared(
    'web.security_banner_message="Calls are recorded."', 'server.secondary_host="other.example"'
)

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")

HEARD = """
window.heard = 0;
for (const [Kind, name, step] of [[AudioBufferSourceNode, "start", 1], [AudioScheduledSourceNode, "stop", -1]]) {
  const real = Kind.prototype[name];
  Kind.prototype[name] = function (...given) {
    window.heard += step;
    return real.apply(this, given);
  };
}
"""
"""Counts the sounds of a page that have begun and not ended."""

WARNS = "!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
"""Whether somebody who closes the window is asked."""


MOST_STOPS = 40
"""How often Tab is pressed at most."""


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until something has the focus."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {wanted}")


class SignInStories(StoryTestCase):
    """On one server; each has agents of its own."""

    forgiven = (r"status of 40[014]",)

    def setUp(self) -> None:
        """The server, and what its pages load."""
        have_libraries()
        self.server = SHARED.get()

    def start(self, page: Page, path: str = "/") -> None:
        """Open the desktop, with nobody signed in."""
        page.goto(f"https://127.0.0.1:{self.server.port('https')}{path}")
        expect(page.locator("#username")).to_be_focused()

    def fill(self, page: Page, user: str, password: str, extension: str) -> None:
        """Fill in the form, and send it."""
        for name, text in (("username", user), ("password", password), ("extension", extension)):
            page.locator(f"#{name}").fill(text)
        page.keyboard.press("Enter")

    def in_call(self, agent: str, extension: str) -> None:
        """Have an agent talk on the phone."""
        rest = Rest(self.server, agent)
        rest.sign_in(extension)
        self.assertEqual(rest.make_call(extension, "5551234"), 202)

    def out_of_service(self, page: Page) -> None:
        """Have the page find that this server does not serve, and then that it does; a link leads to the one that does."""
        here, other = "**/desktop/api/DesktopConfig", "https://other.example:8445"
        away = {
            "systemStatus": "OUT_OF_SERVICE",
            "isAlternateSystemAvailable": True,
            "alternateHost": "other.example:8445",
        }
        serves = {"status": "IN_SERVICE", "lastCTIHeartbeatStatus": "success"}
        anybody = {"Access-Control-Allow-Origin": "*"}
        page.route(here, lambda route: route.fulfill(json=away))
        page.route(f"{other}/**", lambda route: route.fulfill(json=serves, headers=anybody))
        self.start(page, "/?locale=en_US")
        expect(page.get_by_role("alert")).to_contain_text("out of service just now")
        link = page.get_by_role("link", name="Sign in at the other server")
        expect(link).to_have_attribute("href", f"{other}/desktop/?locale=en_US")
        self.assert_accessible(page)
        page.unroute(here)

    @story
    def test_keyboard(self, page: Page) -> None:
        """With the keyboard alone: sign in, become ready, not ready for a reason, sign out for a reason, and begin anew."""
        admin = Rest(self.server, "admin")
        reason = "<ReasonCode><category>LOGOUT</category><code>7</code><label>End of shift</label><forAll>true</forAll></ReasonCode>"
        self.assertEqual(admin.ask("POST", "/ReasonCode/", reason).status_code, 200)
        self.start(page)
        press, type_ = page.keyboard.press, page.keyboard.type
        for text in ("agent1", "finesse", "1001"):
            type_(text)
            press("Tab")
        press("Shift+Tab")
        press("Enter")
        state = page.locator("voice-state > button")
        expect(state).to_contain_text("Not ready")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            self.assert_accessible(page)
        tab_to(page, state)
        press("Enter")
        panel = page.get_by_role("dialog", name="Change your state")
        expect(panel.get_by_role("button", name="Ready", exact=True)).to_be_focused()
        self.assert_accessible(page)
        press("Enter")
        expect(state).to_have_text("Ready")
        expect(state).to_be_focused()
        press("Control+Alt+n")
        expect(panel.get_by_role("button", name="Break")).to_be_focused()
        press("ArrowDown")
        press("Enter")
        expect(state).to_contain_text("Lunch")
        expect(page.locator("voice-state .timer")).to_have_text(re.compile(r"\d\d:\d\d"))
        press("Control+Alt+f")
        expect(page.get_by_role("row", name="Not ready Ctrl + Alt + N")).to_be_visible()
        self.assert_accessible(page)
        press("Escape")
        expect(state).to_be_focused()
        press("Control+Shift+2")
        expect(page.get_by_text("The error report is sent.")).to_be_visible()
        (log,) = self.server.home.glob("clientlogs/user-agent1/client.log")
        self.assertIn("state: NOT_READY, reason", log.read_text())
        tab_to(page, page.locator("identity-menu > button"))
        press("Enter")
        menu = page.get_by_role("dialog", name="You, and this desktop")
        expect(menu.get_by_text("agent1")).to_be_visible()
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            self.assert_accessible(page)
        press("End")
        expect(menu.get_by_role("button", name="Sign out")).to_be_focused()
        press("Enter")
        expect(menu.get_by_role("button", name="End of shift")).to_be_focused()
        self.assertTrue(page.evaluate(WARNS))
        press("Enter")
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        expect(page.get_by_text("End of shift")).to_be_visible()
        self.assert_accessible(page)
        self.assertEqual(page.evaluate("Object.keys(sessionStorage)"), [])
        self.assertFalse(page.evaluate(WARNS))
        press("Enter")
        expect(page.locator("#username")).to_be_focused()
        type_("agent1")
        press("Tab")
        expect(page.locator("#extension")).to_have_value("1001")
        expect(page.locator("#password")).to_have_value("")

    @story
    def test_a_call(self, page: Page) -> None:
        """In French, on a phone's screen: a call rings until it is answered; what is chosen meanwhile waits, and says so."""
        page.add_init_script(HEARD)
        page.set_viewport_size({"width": 390, "height": 844})
        self.start(page, "/?locale=fr_FR")
        expect(page.get_by_role("heading", level=1)).to_have_text("Se connecter")
        self.assertEqual(page.evaluate("document.documentElement.lang"), "fr-FR")
        self.assert_accessible(page)
        self.fill(page, "agent2", "finesse", "1002")
        state = page.locator("voice-state > button")
        expect(state).to_contain_text("Non prêt")
        page.keyboard.press("Control+Alt+r")
        expect(state).to_have_text("Prêt")
        self.server.call("6001")
        expect(state).to_contain_text("Réservé")
        page.wait_for_function("() => window.heard === 1")
        page.evaluate(
            "() => { document.hasFocus = () => false; window.dispatchEvent(new Event('blur')); }"
        )
        page.wait_for_function("() => document.title === '● Appel entrant'")
        rest = Rest(self.server, "agent2")
        dialog = rest.get("/User/agent2/Dialogs").findtext("Dialog/id") or ""
        self.assertEqual(rest.act(dialog, "ANSWER", "1002"), 202)
        expect(state).to_contain_text("En conversation")
        page.wait_for_function("() => window.heard === 0 && !document.title.startsWith('●')")
        page.keyboard.press("Control+Alt+n")
        page.get_by_role("button", name="Break").click()
        expect(state).to_contain_text("→ Non prêt (prévu)")
        page.locator("identity-menu > button").click()
        out = page.get_by_role("button", name="Se déconnecter")
        expect(out).to_contain_text("pendant un appel")
        expect(out).to_have_attribute("aria-disabled", "true")
        page.get_by_label("Thème").select_option("dark")
        self.assert_accessible(page)
        self.assertFalse(page.evaluate("document.scrollingElement.scrollWidth > innerWidth"))
        self.assertEqual(rest.act(dialog, "DROP", "1002"), 202)
        expect(state).to_have_text("Non prêtBreak")
        expect(out).not_to_have_attribute("aria-disabled", "true")
        page.get_by_label("Langue").select_option("en_US")
        expect(state).to_have_text("Not readyBreak")
        self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "dark")

    @story
    def test_mistakes(self, page: Page) -> None:
        """Each mistake is a sentence with the next step, and the field to mend it in; a lock-out says until when."""
        self.in_call("agent3", "1003")
        self.out_of_service(page)
        self.start(page)
        expect(page.get_by_text("Calls are recorded.")).to_be_visible()
        button = page.get_by_role("button", name="Sign in")
        page.locator("#username").fill("agent6")
        page.locator("#password").fill("finesse")
        expect(button).to_be_disabled()
        said = page.get_by_role("alert")
        for user, password, extension, text, field in (
            ("agent6", "wrong", "1006", "the password is wrong.", "password"),
            (
                "agent6",
                "finesse",
                "9999",
                "There is no phone with the extension 9999.",
                "extension",
            ),
            (
                "agent3",
                "finesse",
                "1006",
                "You are signed in already, with the extension 1003.",
                "extension",
            ),
            ("agent6", "finesse", "1003", "The extension 1003 is in use by ", "extension"),
            ("admin", "finesse", "1006", "This account is no agent", "username"),
        ):
            self.fill(page, user, password, extension)
            expect(said).to_contain_text(text)
            expect(page.locator(f"#{field}")).to_be_focused()
        self.assert_accessible(page)
        page.get_by_text("For the help desk").click()
        expect(page.get_by_text("404 · User Not Found · admin")).to_be_visible()
        locked = Rest(self.server, "agent4", "wrong")
        for _ in range(5):
            self.assertEqual(locked.ask("GET", "/User/agent4").status_code, 401)
        self.fill(page, "agent4", "finesse", "1004")
        expect(said).to_contain_text("in 5 minutes; until then")
        page.set_viewport_size({"width": 1024, "height": 600})
        expect(button).to_be_in_viewport(ratio=1)

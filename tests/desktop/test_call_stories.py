"""Calls at the desktop, as agents see them, in Chromium: the real server, and its simulated telephones."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, Route, expect

from tests.desktop.test_desktop_stories import enter
from tests.support.libraries import have_libraries
from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared, finesse_tx

SHARED = Shared()

COLLEAGUES = "**/desktop/api/colleagues"


def card(page: Page, who: str) -> Locator:
    """The call with somebody."""
    return page.get_by_role("group", name=f"Call with {who}")


def is_in(call: Locator, state: str) -> None:
    """One's own state in a call; what the card says is said of the others, too."""
    expect(call).to_have_attribute("data-state", state)


class CallStories(StoryTestCase):
    """Stories on one server; each has agents of its own."""

    def setUp(self) -> None:
        """The server, and what its pages load."""
        have_libraries()
        self.server = SHARED.get()

    def ready(self, who: str) -> None:
        """Have somebody be Ready."""
        rest = Rest(self.server, who)
        self.assertEqual(rest.put_state("READY"), 202)
        self.addCleanup(rest.put_state, "LOGOUT")  # the next story's calls are not for this one

    @story
    def test_day(self, page: Page) -> None:
        """A customer's call rings, is answered, held and retrieved, talked about with a colleague, given to her, and explained."""
        other = self.beside(page)
        press = page.keyboard.press
        enter(page, self.server, "agent1", "1001")
        enter(other, self.server, "agent3", "1003")
        state = page.locator("voice-state > button")
        expect(state).to_contain_text("Not ready")
        press("Control+Alt+r")
        expect(state).to_contain_text("Ready")
        self.server.call("6002", "0612345678")
        ringing = page.get_by_role("region", name="Incoming call")
        expect(ringing).to_contain_text("0612345678")
        expect(ringing).to_contain_text("Support")
        self.assert_accessible(page)
        press("Control+Alt+p")
        expect(ringing.get_by_role("button", name="Answer")).to_be_focused()
        press("Enter")
        call = card(page, "0612345678")
        is_in(call, "ACTIVE")
        expect(ringing).to_be_hidden()
        press("Control+Alt+v")
        expect(call).to_contain_text("on hold")
        call.get_by_role("button", name="Retrieve").press("Enter")
        is_in(call, "ACTIVE")
        expect(call.get_by_role("button", name="Hold")).to_be_focused()
        call.get_by_role("button", name="Consult").click()
        page.get_by_label("Name or number").fill("herrera")
        expect(page.get_by_role("option")).to_have_count(1)
        self.assert_accessible(page)
        press("ArrowDown")
        press("Enter")
        consultation = card(page, "Mateo Herrera")
        expect(consultation).to_contain_text("Calling")
        expect(call.get_by_role("button", name="Wrap-up reason")).to_be_focused()
        other.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        is_in(consultation, "ACTIVE")
        expect(call).to_contain_text("on hold")
        call.get_by_role("button", name="Transfer").click()
        expect(consultation).to_have_count(0)
        is_in(card(other, "0612345678"), "ACTIVE")
        expect(call).to_contain_text("Wrap-up")
        expect(call).to_contain_text("wrap-up time left")
        for reason in ("Complaint", "Wrong number", "Sale"):
            call.get_by_label(reason).check()
        call.get_by_label("Wrong number").uncheck()
        why = call.get_by_role("button", name="Wrap-up reason")
        expect(why).to_contain_text("Complaint, Sale")
        expect(call.get_by_text("Choose a wrap-up reason")).to_be_hidden()
        press("Control+Alt+n")
        press("Enter")
        expect(call).to_have_count(0)
        expect(state).to_contain_text("Break")
        other.get_by_role("button", name="End").click()
        expect(card(other, "0612345678")).to_contain_text("Wrap-up")
        page.get_by_role("tab", name="My history").click()
        row = page.get_by_role("row", name="0612345678")
        expect(row).to_contain_text("Complaint, Sale")
        expect(row).to_contain_text("Transferred")
        expect(row).to_contain_text("Support")
        self.assert_accessible(page)
        page.set_viewport_size({"width": 390, "height": 844})
        self.assertLessEqual(page.evaluate("document.documentElement.scrollWidth"), 390)
        page.set_viewport_size({"width": 1440, "height": 900})
        page.get_by_role("button", name="Call 0612345678").click()
        expect(call).to_contain_text("Outgoing")
        expect(page.get_by_role("dialog", name="Make a call")).to_be_hidden()
        call.get_by_role("button", name="End").click()
        expect(call).to_have_count(0)

    @story
    def test_to_and_fro(self, page: Page) -> None:
        """An agent gives up a colleague who does not answer, goes to and fro between another and the customer, and transfers from his call."""
        other = self.beside(page)
        enter(page, self.server, "agent4", "1004")
        enter(other, self.server, "agent6", "1006")
        press = page.keyboard.press
        self.ready("agent4")
        self.server.call("6002", "0655555555")
        page.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        call, colleague = card(page, "0655555555"), card(page, "Mei Chen")
        retrieve = call.get_by_role("button", name="Retrieve")
        expect(call.get_by_role("button", name="Hold")).to_be_focused()
        self.consult(page, call, "1006")
        expect(colleague).to_contain_text("Calling")
        expect(retrieve).to_have_attribute(
            "title", re.compile("^The call to Mei Chen will be given up")
        )
        retrieve.click()
        is_in(call, "ACTIVE")
        expect(colleague).to_have_count(0)
        self.consult(page, call, "mei chen")
        other.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        is_in(colleague, "ACTIVE")
        expect(retrieve).to_have_attribute("title", re.compile("^Mei Chen will be put on hold"))
        press("Control+Alt+g")
        is_in(call, "ACTIVE")
        is_in(colleague, "HELD")
        press("Control+Alt+g")
        is_in(call, "HELD")
        is_in(colleague, "ACTIVE")
        retrieve.click()
        expect(call.get_by_role("button", name="Hold")).to_be_focused()
        call.get_by_role("button", name="Wrap-up reason").click()
        call.get_by_label("Information").check()
        page.reload()
        expect(colleague).to_contain_text("On hold")
        colleague.get_by_role("button", name="Transfer").click()
        expect(call).to_contain_text("Wrap-up")
        expect(call.get_by_role("button", name="Wrap-up reason")).to_contain_text("Information")
        theirs = card(other, "0655555555")
        is_in(theirs, "ACTIVE")
        expect(theirs).to_contain_text("Support")
        theirs.get_by_role("button", name="Wrap-up reason").click()
        theirs.get_by_label("Sale").focus()
        other.keyboard.press("Control+Alt+e")
        expect(theirs).to_contain_text("wrap-up time left")
        expect(theirs.get_by_label("Sale")).to_be_focused()

    def consult(self, page: Page, call: Locator, number: str) -> None:
        """Call a colleague about a call."""
        call.get_by_role("button", name="Consult").click()
        page.get_by_label("Name or number").fill(number)
        page.keyboard.press("Enter")

    @story
    def test_conference(self, page: Page) -> None:
        """One agent calls another by name, who joins a customer's call later, and is alone with him in the end."""
        other = self.beside(page, color_scheme="dark")
        other.set_viewport_size({"width": 1024, "height": 600})
        with page.expect_response(COLLEAGUES):
            enter(page, self.server, "agent5", "1005")
        enter(other, self.server, "agent7", "1007")
        late: list[Route] = []

        def hold(route: Route) -> None:
            late.append(route)

        page.route(COLLEAGUES, hold)
        page.get_by_role("button", name="Make a call").press("Enter")
        page.get_by_label("Name or number").fill("omar")
        self.assert_accessible(page)
        page.keyboard.press("Enter")  # before it is known that he is there now
        for _ in range(600):
            if late:
                break
            page.wait_for_timeout(100)
        late[0].continue_()
        page.unroute(COLLEAGUES)
        expect(page.get_by_role("dialog", name="Make a call")).to_be_hidden()
        other.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        call = card(page, "Omar Haddad")
        is_in(call, "ACTIVE")
        expect(page.get_by_role("button", name="Make a call")).to_have_attribute(
            "aria-disabled", "true"
        )
        call.get_by_role("button", name="Keypad").click()
        page.keyboard.type("42#")
        expect(page.get_by_label("Keys sent")).to_have_text("42#")
        page.keyboard.press("Escape")
        expect(call.get_by_role("button", name="Keypad")).to_be_focused()
        call.get_by_role("button", name="End").click()
        expect(other.get_by_text("A call that comes in appears here.")).to_be_visible()
        self.ready("agent5")
        ringing = page.get_by_role("region", name="Incoming call")
        self.server.call("6001", "0611111111", "--patience", "1")
        expect(page.locator("desk-shell")).to_contain_text(
            "The call from 0611111111 was not answered"
        )  # it may have gone before anybody has looked
        expect(ringing).to_be_hidden()
        self.server.call("6001", "0687654321")
        page.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        call = card(page, "0687654321")
        call.get_by_role("button", name="Consult").click()
        page.get_by_label("Name or number").fill("1007")
        page.keyboard.press("Enter")
        other.get_by_role("region", name="Incoming call").get_by_role(
            "button", name="Answer"
        ).click()
        call.get_by_role("button", name="Conference").click()
        together = card(page, "Conference of 3")
        for seen, name in ((page, "Omar Haddad"), (other, "Jonas Lindqvist")):
            parties = card(seen, "Conference of 3").get_by_role("list", name="In this call")
            expect(parties).to_contain_text("0687654321")
            expect(parties).to_contain_text(name)
        self.assert_accessible(other)
        for width, height in ((390, 844), (720, 450)):
            other.set_viewport_size({"width": width, "height": height})
            self.assertLessEqual(other.evaluate("document.documentElement.scrollWidth"), width)
        together.get_by_role("button", name="End").click()
        is_in(card(other, "0687654321"), "ACTIVE")
        other.get_by_role("button", name="End").click()
        expect(other.get_by_text("A call that comes in appears here.")).to_be_visible()

    @story
    def test_campaign(self, page: Page) -> None:
        """A campaign offers a customer, who is declined, offered again, called, classified, and to be called back; a variable is changed."""
        admin = Rest(self.server, "admin")
        layout = admin.ask("GET", "/MediaPropertiesLayout/1").text
        entry = "<mediaProperty>callVariable3</mediaProperty>"
        self.assertIn(entry, layout)
        editable = layout.replace(entry, f"{entry}<uiEditable>true</uiEditable>")
        self.assertEqual(admin.ask("PUT", "/MediaPropertiesLayout/1", editable).status_code, 200)
        enter(page, self.server, "agent2", "1002")
        self.campaign("start")
        self.addCleanup(self.campaign, "stop")
        self.ready("agent2")
        offered = page.get_by_role("region", name="Incoming call")
        expect(offered).to_contain_text("Lund")
        expect(offered).to_contain_text("Demo renewals")
        self.assert_accessible(page)
        offered.get_by_role("button", name="Decline: offer again").click()
        expect(offered).to_contain_text("Okoye")
        page.get_by_role("main").get_by_role("button", name="Accept").click()
        self.campaign("pause")
        call = page.get_by_role("group", name="Call with").first
        expect(call).to_contain_text("0698000002")
        expect(call).to_contain_text("Campaign")
        call.get_by_role("button", name="Reclassify").click()
        page.get_by_label("The customer's line").select_option("An answering machine")
        page.get_by_role("dialog").get_by_role("button", name="Reclassify").click()
        expect(call).to_contain_text("Classified as: An answering machine")
        call.get_by_role("button", name="Callback").click()
        page.get_by_label("Date").fill("2031-01-31")
        page.get_by_label("Time").fill("09:30")
        self.assert_accessible(page)
        page.get_by_role("dialog").get_by_role("button", name="Schedule").click()
        expect(call).to_contain_text("Callback: 2031-01-31 09:30")
        call.get_by_role("button", name="Cancel the callback").click()
        expect(call).not_to_contain_text("2031")
        field = call.get_by_label("Call Variable 3")
        field.fill("x" * 41)
        expect(call).to_contain_text("too long: 41 of 40 bytes")
        field.fill("Wants an offer")
        call.get_by_role("button", name="Save").click()
        expect(call.get_by_role("button", name="Save")).to_be_hidden()
        dialog = Rest(self.server, "agent2").get("/User/agent2/Dialogs")
        self.assertIn("Wants an offer", [value.text for value in dialog.iter("value")])
        call.get_by_role("button", name="End").click()
        expect(page.get_by_text("A call that comes in appears here.")).to_be_visible()

    def campaign(self, what: str) -> None:
        """Start or stop the demo's campaign."""
        done = finesse_tx("campaign", what, "Demo renewals", "--home", str(self.server.home))
        self.assertEqual(done.returncode, 0, done.stderr)

    def beside(self, page: Page, **options: Any) -> Page:
        """Another browser."""
        browser = page.context.browser
        assert browser is not None
        return self.open(browser, **options)

"""Supervisors at their desktop, on the real server, in Chromium: what they watch, what they do about it, and what a desktop does by itself."""

import re
from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from playwright.sync_api import Page, expect
from requests import Response

from tests.desktop.test_desktop_stories import desk, enter, until
from tests.support.libraries import have_libraries
from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import Shared

SHARED = Shared("demo.talk_s=600", "demo.patience_s=600", "web.queue_statistics_s=0.3")

SCHEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")


class SupervisorStories(StoryTestCase):
    """Stories on one server."""

    forgiven = (r"status of 40[01]",)

    def setUp(self) -> None:
        """The server, and what its pages load."""
        have_libraries()
        self.server = SHARED.get()

    def agent(self, number: int, state: str = "READY") -> Rest:
        """An agent who has signed in without a desktop."""
        rest = Rest(self.server, f"agent{number}")
        self.addCleanup(rest.put_state, "LOGOUT")
        self.assertEqual(rest.put_state("LOGIN", extension=f"100{number}"), 202)
        while rest.get(f"/User/agent{number}").findtext("state") == "LOGOUT":
            pass
        if state == "READY":
            self.assertEqual(rest.put_state("READY"), 202)
        return rest

    def look(self, page: Page) -> None:
        """Nothing is wrong with the page in any colours, and on small ones."""
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            self.assert_accessible(page)
        page.emulate_media(color_scheme="light")
        for width, height in ((1024, 600), (390, 800)):
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth")
            self.assertLessEqual(wide, width)
        page.set_viewport_size({"width": 1440, "height": 900})

    @story
    def test_watch_and_join(self, page: Page) -> None:
        """A supervisor sees an agent get a call, listens to it, joins it, leaves it, and signs the agent out."""
        enter(page, self.server, "supervisor1", "2001")
        page.locator("team-performance").wait_for()
        team = page.locator("team-performance")
        row = team.get_by_role("row").filter(has_text="Liam Murphy")
        expect(team.get_by_role("row").filter(has_text="Birgit Kim")).to_contain_text("Not ready")
        expect(row).to_have_count(0)
        rest = self.agent(1)
        expect(row).to_contain_text("Ready")
        expect(row).to_contain_text(re.compile(r"\d\d:\d\d"))
        self.server.call("6001")
        expect(row).to_contain_text("Reserved")
        call = ""
        while not call:  # the state is told before it
            call = rest.get("/User/agent1/Dialogs").findtext("Dialog/id", "")
        rest.act(call, "ANSWER", "1001")
        expect(row).to_contain_text("Talking")
        self.look(page)

        counts = team.get_by_role("group", name="Agents by state")
        counts.get_by_role("button", name="1 Talking").click()
        expect(team.get_by_role("row")).to_have_count(2)
        expect(row).to_be_visible()
        self.assert_accessible(page)
        counts.get_by_role("button", name="1 Talking").click()
        expect(team.get_by_role("row")).to_have_count(3)
        row.get_by_role("button", name="Listen to Liam Murphy").click()
        banner = page.get_by_role("region", name="Listening in")
        expect(banner).to_contain_text("You are listening to Liam Murphy.")
        expect(row.get_by_role("button", name="Listen to")).to_have_count(0)
        for what in ("Barge in", "End"):
            expect(page.get_by_role("main").get_by_role("button", name=what)).to_have_count(0)
        seen = rest.get("/User/agent1/Dialogs").findall("Dialog")
        self.assertEqual(len(seen), 1)
        page.reload()
        expect(banner).to_contain_text("You are listening to Liam Murphy.")
        self.assert_accessible(page)
        banner.get_by_role("button", name="Barge in").click()
        expect(banner).to_contain_text("everybody hears you")
        until(page, "[...desk.calls.values()].every((call) => call.participants.length === 3)")
        banner.get_by_role("button", name="Leave the call").click()
        expect(banner).to_be_hidden()

        page.locator("team-performance").wait_for()
        row.get_by_role("button", name="Actions for Liam Murphy").click()
        menu = page.get_by_role("menu", name="Liam Murphy")
        expect(menu.get_by_role("menuitem", name="Make ready")).to_have_attribute(
            "aria-disabled", "true"
        )
        menu.get_by_role("menuitem", name="Call details").click()
        details = page.get_by_role("dialog", name="Calls of Liam Murphy")
        expect(details).to_contain_text("Sales")
        self.assert_accessible(page)
        rest.act(call, "DROP", "1001")
        expect(details).to_contain_text("There is no call any more.")
        details.get_by_role("button", name="Close").click()
        row.get_by_role("button", name="Actions for Liam Murphy").click()
        menu.get_by_role("menuitem", name="History").click()
        history = page.get_by_role("dialog", name="What Liam Murphy has done today")
        expect(history.get_by_role("cell", name="Talking").first).to_be_visible()
        self.assert_accessible(page)
        history.get_by_role("button", name="Close").click()
        row.get_by_role("button", name="Actions for Liam Murphy").click()
        menu.get_by_role("menuitem", name="Sign out").click()
        page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
        expect(row).to_have_count(0)
        page.get_by_label("Show signed-out agents").check()
        expect(row).to_contain_text("Signed out")

    @story
    def test_keyboard(self, page: Page) -> None:
        """With the keyboard alone a team is searched and sorted, and an agent made not ready; a refusal is told."""
        enter(page, self.server, "supervisor1", "2001")
        page.locator("team-performance").wait_for()
        self.agent(3)
        self.agent(5)
        rows = page.locator("team-performance").get_by_role("row")
        press = page.keyboard.press
        expect(rows).to_have_count(4)
        page.get_by_label("Search the team").focus()
        press("Tab")
        press("Tab")
        ready = page.get_by_role("button", name="2 Ready", exact=True)
        expect(ready).to_be_focused()
        press("Enter")
        expect(rows).to_have_count(3)
        press("Enter")
        expect(rows).to_have_count(4)
        expect(ready).to_be_focused()
        for _ in ("Not ready", "Signed out", "Agent"):
            press("Tab")
        expect(page.get_by_role("button", name="Agent")).to_be_focused()
        press("Enter")
        expect(page.get_by_role("columnheader", name="Agent")).to_have_attribute(
            "aria-sort", "descending"
        )
        expect(rows.nth(1)).to_contain_text("Mateo Herrera")
        for _ in range(4):
            press("Tab")
        expect(rows.filter(has=page.locator("[aria-selected=true]"))).to_have_count(0)
        press("Home")
        press("ArrowDown")
        expect(rows.nth(2)).to_be_focused()
        expect(rows.nth(2)).to_have_attribute("aria-selected", "true")
        self.assertIn("Jonas Lindqvist", rows.nth(2).inner_text())
        press("Enter")
        menu = page.get_by_role("menu", name="Jonas Lindqvist")
        expect(menu.get_by_role("menuitem", name="Listen in")).to_be_focused()
        for _ in range(4):
            press("ArrowDown")
        expect(menu.get_by_role("menuitem", name="Make not ready")).to_be_focused()
        press("Enter")
        expect(rows.nth(2)).to_contain_text("Not ready: Supervisor Initiated")
        expect(rows.nth(2)).to_be_focused()
        press("ArrowRight")
        expect(page.get_by_role("button", name="Actions for Jonas Lindqvist")).to_be_focused()
        press("Enter")
        press("Escape")
        expect(page.get_by_role("button", name="Actions for Jonas Lindqvist")).to_be_focused()
        refusal = {"ErrorType": "Invalid State", "ErrorData": "22", "ErrorMessage": "CF_X"}
        page.route(
            "**/finesse/api/User/agent3",
            lambda route: route.fulfill(status=400, json={"ApiError": refusal}),
        )
        rows.nth(1).focus()
        press("Enter")
        page.get_by_role("menuitem", name="Make not ready").click()
        refused = page.get_by_role("alert").filter(visible=True)
        expect(refused).to_contain_text("state has changed meanwhile")
        refused.get_by_text("For the help desk").click()
        expect(refused).to_contain_text("CF_X")
        self.assert_accessible(page)
        page.unroute("**/finesse/api/User/agent3")
        page.get_by_label("Search the team").fill("1003")
        expect(rows).to_have_count(2)
        Rest(self.server, "agent3").put_state("LOGOUT")
        expect(rows).to_have_count(1)

    @story
    def test_queues_and_messages(self, page: Page) -> None:
        """Queue statistics follow a call; a message reaches an agent's page, stays over a reload, and is taken back."""
        enter(page, self.server, "supervisor1", "2001")
        page.locator("queue-statistics").wait_for()
        page.locator("team-messages").wait_for()
        sales = page.locator("queue-statistics").get_by_role("row").filter(has_text="Sales")
        expect(sales).to_be_visible()
        self.server.call("6001")
        expect(sales.locator(".c-waiting")).to_have_text("1")
        expect(sales.locator(".c-longest")).to_have_text(re.compile(r"00:\d\d"))
        expect(page.locator("queue-statistics")).to_contain_text("1 caller waits")
        rest = self.agent(7)
        expect(sales.locator(".c-waiting")).to_have_text("0")
        call = ""
        while not call:
            call = rest.get("/User/agent7/Dialogs").findtext("Dialog/id", "")
        rest.act(call, "ANSWER", "1007")
        expect(sales.locator(".c-inbound")).to_have_text("1")
        rest.act(call, "DROP", "1007")
        expect(sales.locator(".c-inbound")).to_have_text("0")
        self.look(page)

        browser = page.context.browser
        assert browser is not None
        other = self.open(browser)
        enter(other, self.server, "agent7", "1007")
        other.locator("team-messages").wait_for()
        page.get_by_role("button", name="Team messages").click()
        page.get_by_role("button", name="New message").click()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("alert").filter(visible=True)).to_have_text(
            "Write something first."
        )
        page.get_by_label("Message", exact=True).fill("Cake in the <kitchen>.")
        self.assert_accessible(page)
        page.get_by_role("button", name="Send").click()
        bar = other.get_by_role("region", name="New message from Birgit Kim")
        expect(bar).to_contain_text("Cake in the <kitchen>.")
        self.assert_accessible(other)
        other.reload()
        until(other, "desk.status === 'connected'")
        other.locator("team-messages").wait_for()
        other.get_by_role("button", name="Team messages, 1 new").click()
        expect(other.get_by_role("listitem")).to_contain_text(["Cake in the <kitchen>."])
        expect(other.get_by_role("listitem").first).to_contain_text("30 min left")
        page.get_by_role("button", name="Delete the message “Cake in the <kitchen>.”").click()
        expect(other.get_by_text("No messages.")).to_be_visible()


ACTIONS: Final = (
    ("Show", "BROWSER_POP", {"windowName": "crm", "path": "/finesse/api/SystemInfo?from=${fromAddress}"}),
    (
        "Note",
        "HTTP_REQUEST",
        {
            "method": "PUT",
            "location": "FINESSE",
            "path": "/finesse/api/Dialog/${dialogId}",
            "contentType": "application/xml",
            "body": "<Dialog><requestedAction>UPDATE_CALL_DATA</requestedAction><mediaProperties><callvariables><CallVariable>"
            "<name>callVariable3</name><value>${queueName} &amp; ${fromAddress}</value>"
            "</CallVariable></callvariables></mediaProperties></Dialog>",
        },
    ),
)  # fmt: skip


class WorkflowStories(StoryTestCase):
    """What a desktop does when a call comes."""

    def setUp(self) -> None:
        """The server, and two workflows of the agent's team."""
        have_libraries()
        self.server = SHARED.get()
        self.admin = Rest(self.server, "admin")
        uris = {name: self.action(name, kind, params) for name, kind, params in ACTIONS}
        arrives = self.workflow("Arrives", "CALL_ARRIVES", uris["Show"])
        answered = self.workflow("Answered", "CALL_ANSWERED", uris["Note"], uris["Show"])
        body = f"<Workflows>{arrives}{answered}</Workflows>"
        self.assertEqual(self.admin.ask("PUT", "/Team/2/Workflows", body).status_code, 200)

    def action(self, name: str, kind: str, params: Mapping[str, str]) -> str:
        """Make an action; its URI."""
        inner = "".join(
            f"<Param><name>{key}</name><value>{escape(value)}</value></Param>"
            for key, value in params.items()
        )
        body = f"<WorkflowAction><name>{name}</name><type>{kind}</type><params>{inner}</params></WorkflowAction>"
        return self.made(self.admin.ask("POST", "/WorkflowAction/", body))

    def workflow(self, name: str, trigger: str, *actions: str) -> str:
        """Make a workflow for calls out of the queue Sales; a reference to it."""
        named = "".join(f"<WorkflowAction><uri>{uri}</uri></WorkflowAction>" for uri in actions)
        body = (
            f"<Workflow><name>{name}</name><TriggerSet><type>SYSTEM</type><name>{trigger}</name></TriggerSet>"
            "<ConditionSet><applyMethod>ALL</applyMethod><conditions><Condition><Variable><name>queueName</name></Variable>"
            "<comparator>IS_EQUAL</comparator><value>Sales</value></Condition></conditions></ConditionSet>"
            f"<workflowActions>{named}</workflowActions></Workflow>"
        )
        uri = self.made(self.admin.ask("POST", "/Workflow/", body))
        return f"<Workflow><uri>{uri}</uri></Workflow>"

    def made(self, answer: Response) -> str:
        """The path of what was made."""
        self.assertEqual(answer.status_code, 200, answer.text)
        return urlsplit(answer.headers["Location"]).path

    @story
    def test_call(self, page: Page) -> None:
        """A page opens when a call arrives; when it is answered, call data is noted, and a page that is blocked is offered."""
        enter(page, self.server, "agent2", "1002")
        page.locator("desk-page .page-gadgets").wait_for()
        desk(page, "desk.act('PUT', desk.me.uri, { state: 'READY' })")
        until(page, "desk.me.state === 'READY'")
        with page.expect_popup() as popped:
            self.server.call("6001", "0687654321")
        self.assertTrue(popped.value.url.endswith("/finesse/api/SystemInfo?from=0687654321"))
        popped.value.close()
        page.evaluate("window.open = () => null")
        uri = desk(page, "[...desk.calls.values()][0].uri")
        body = "{ requestedAction: 'ANSWER', targetMediaAddress: '1002' }"
        desk(page, f"desk.act('PUT', '{uri}', {body})")
        noted = "one.name === 'callVariable3' && one.value === 'Sales & 0687654321'"
        variables = "[...desk.calls.values()][0].mediaProperties.callvariables.CallVariable"
        until(page, f"{variables}.some((one) => {noted})")
        offered = page.get_by_role("region", name="Pages that were not opened")
        self.assert_accessible(page)
        with page.expect_popup() as popped:
            offered.get_by_role("link", name="Open 127.0.0.1").click()
        self.assertIn("from=0687654321", popped.value.url)
        expect(offered).to_be_hidden()
        desk(page, f"desk.act('PUT', '{uri}', {body.replace('ANSWER', 'DROP')})")
        until(page, "desk.calls.size === 0")
        desk(page, "desk.act('PUT', desk.me.uri, { state: 'LOGOUT' })")

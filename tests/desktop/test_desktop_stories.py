"""The desktop on the real server, in Chromium: signing in, staying signed in, staying up."""

import json
import shutil
import time
from base64 import b64decode
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, expect

from finesse_tx.composition import TOKEN_KEY
from tests.support.cable import Cable
from tests.support.free_ports import free_ports
from tests.support.libraries import have_libraries
from tests.support.rest import Rest
from tests.support.stories import StoryTestCase, story
from tests.support.twistd import LIMIT_S, QUIET, Shared, Twistd

SHARED = Shared("sso.mode=HYBRID", 'sso.users=["agent8"]')

DESK = "document.querySelector('desk-shell')?.desk"


def enter(page: Page, server: Twistd, who: str, extension: str, port: int = 0) -> None:
    """Sign an agent in, until the desktop is there; at the server's own port, or another that leads there."""
    fill_in(page, server, who, extension, port)
    page.locator("desk-shell").wait_for()


def fill_in(page: Page, server: Twistd, who: str, extension: str, port: int = 0) -> None:
    """Begin to sign an agent in."""
    page.goto(f"https://127.0.0.1:{port or server.port('https')}/")
    page.get_by_label("User name").fill(who)
    page.get_by_label("Password").fill("finesse")
    page.get_by_label("Extension").fill(extension)
    page.keyboard.press("Enter")


def desk(page: Page, expression: str) -> Any:
    """Something of the desk, as JSON has it."""
    return page.evaluate(f"(() => {{ const desk = {DESK}; return {expression}; }})()")


def until(page: Page, expression: str) -> None:
    """Wait for something of the desk."""
    page.wait_for_function(f"() => {{ const desk = {DESK}; return desk && ({expression}); }}")


def reason(rest: Rest, category: str) -> str:
    """A reason that an agent may give."""
    codes = rest.get(f"/User/{rest.user}/ReasonCodes?category={category}")
    return codes.findtext("ReasonCode/uri", "").rpartition("/")[2]


class DesktopStories(StoryTestCase):
    """Stories on one server."""

    def setUp(self) -> None:
        """The server, and what its pages load."""
        have_libraries()
        self.server = SHARED.get()

    @story
    def test_reload_in_a_call(self, page: Page) -> None:
        """An agent signs in and gets a call; a reload finds both again, without a password and without another sign-in."""
        asked: list[str] = []
        page.on(
            "request",
            lambda sent: asked.append(f"{sent.method} {sent.url.partition('/finesse/api')[2]}"),
        )
        enter(page, self.server, "agent1", "1001")
        self.assertEqual([one for one in asked if one.startswith("PUT ")], ["PUT /User/agent1"])
        self.assertIn("/desktop/container/", page.url)
        desk(page, "desk.act('PUT', desk.me.uri, { state: 'READY' })")
        self.server.call("6001")
        until(page, "[...desk.calls.values()].some((call) => call.state === 'ALERTING')")
        uri = desk(page, "[...desk.calls.values()][0].uri")
        desk(
            page,
            f"desk.act('PUT', '{uri}', {{ requestedAction: 'ANSWER', targetMediaAddress: '1001' }})",
        )
        until(page, "desk.me.state === 'TALKING'")
        asked.clear()
        page.reload()
        until(page, "desk.status === 'connected'")
        self.assertEqual(desk(page, "[desk.me.state, desk.calls.size]"), ["TALKING", 1])
        self.assertEqual([one for one in asked if one.startswith(("PUT", "POST"))], [])
        for path in ("/User/agent1", "/User/agent1/Dialogs"):
            self.assertEqual(asked.count(f"GET {path}"), 1)
        desk(
            page,
            f"desk.act('PUT', '{uri}', {{ requestedAction: 'DROP', targetMediaAddress: '1001' }})",
        )
        until(page, "desk.calls.size === 0 && desk.me.state !== 'TALKING'")
        self.assert_accessible(page)
        self.leave(page)

    def leave(self, page: Page) -> None:
        """The agent signs out: nothing is left in the browser, and what was there is worth nothing."""
        kept = page.evaluate("JSON.stringify({ ...sessionStorage, ...localStorage })")
        self.assertNotIn("finesse", json.dumps(list(json.loads(kept).values())))
        encoded = page.evaluate("sessionStorage.getItem('userFinesseAuth')")
        who, _, secret = b64decode(encoded).decode().partition(":")
        rest = Rest(self.server, who, secret)
        why = reason(rest, "NOT_READY")
        desk(page, f"desk.act('PUT', desk.me.uri, {{ state: 'NOT_READY', reasonCodeId: '{why}' }})")
        desk(page, f"void desk.signOut('{reason(rest, 'LOGOUT')}')")
        page.locator("signed-out").wait_for()
        self.assertEqual(page.evaluate("sessionStorage.length"), 0)
        self.assertEqual(rest.ask("GET", f"/User/{who}").status_code, 401)

    @story
    def test_without_websocket(self, page: Page) -> None:
        """Where no WebSocket gets through, events come by BOSH, also after a sign-out and another sign-in."""
        page.add_init_script("delete window.WebSocket")
        enter(page, self.server, "supervisor2", "2002")
        rest = Rest(self.server, "supervisor2")
        self.assertEqual(rest.put_state("READY"), 202)
        until(page, "desk.me.state === 'READY'")
        desk(
            page,
            f"desk.act('PUT', desk.me.uri, {{ state: 'NOT_READY', reasonCodeId: '{reason(rest, 'NOT_READY')}' }})",
        )
        desk(page, f"void desk.signOut('{reason(rest, 'LOGOUT')}')")
        page.locator("signed-out").wait_for()
        enter(page, self.server, "supervisor2", "2002")
        self.assertEqual(rest.put_state("READY"), 202)
        until(page, "desk.me.state === 'READY'")

    @story
    def test_single_sign_on(self, page: Page) -> None:
        """Who has single sign-on has a token for gadgets, exchanged in time and after a reload, until the sign-out; others have none."""
        enter(page, self.server, "agent8", "1008")
        self.assertEqual(desk(page, "desk.authMode"), "SSO")
        token = self.token(page)
        self.assertEqual(self.ask(token), 200)
        page.evaluate(
            "(() => { const kept = JSON.parse(sessionStorage.ssoTokenObject); kept.until = 0;"
            " sessionStorage.ssoTokenObject = JSON.stringify(kept); })()"
        )
        page.reload()
        page.wait_for_function("() => JSON.parse(sessionStorage.ssoTokenObject).until > 0")
        until(page, "desk.status === 'connected' && desk.authMode === 'SSO'")
        token = self.token(page)
        self.assertEqual(self.ask(token), 200)
        desk(page, f"void desk.signOut('{reason(Rest(self.server, 'agent8'), 'LOGOUT')}')")
        page.locator("signed-out").wait_for()
        self.assertEqual(page.evaluate("sessionStorage.length"), 0)
        self.assertEqual(self.ask(token), 401)

    def token(self, page: Page) -> str:
        """What gadgets show."""
        found: str = page.evaluate("JSON.parse(sessionStorage.ssoTokenObject).token")
        return found

    def ask(self, token: str) -> int:
        """What becomes of a request of agent8 with a token."""
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://{self.server.endpoints['http']}/finesse/api/User/agent8"
        return requests.get(url, headers=headers, timeout=LIMIT_S).status_code

    @story
    def test_another_window(self, page: Page) -> None:
        """A second window takes over from the first, which says so, and takes it back when somebody wants it there."""
        enter(page, self.server, "supervisor1", "2001")
        other = page.context.new_page()
        self.watch(other)
        enter(other, self.server, "supervisor1", "2001")
        dialog = page.get_by_role("dialog", name="This desktop is open in another window.")
        expect(dialog).to_be_visible()
        self.assertEqual(desk(page, "desk.status"), "conflict")
        self.assert_accessible(page)
        dialog.get_by_role("button", name="Use it here instead").click()
        until(page, "desk.status === 'connected'")
        expect(dialog).to_have_count(0)
        expect(other.get_by_role("dialog")).to_be_visible()
        self.assertEqual(Rest(self.server, "supervisor1").put_state("READY"), 202)
        until(page, "desk.me.state === 'READY'")
        self.assertEqual(desk(other, "desk.me.state"), "NOT_READY")


class OutageStories(StoryTestCase):
    """The network is away, or the server."""

    forgiven = (r"ERR_", r"WebSocket", r"status of 50[234]")

    @story
    def test_away_in_a_call(self, page: Page) -> None:
        """Cut off for less than the server's 60 seconds, nobody is signed out; a server that has forgotten is signed in to again.

        Here only the server's 60 seconds are as they are: what happens at their end is tested with a clock. Nothing is missed
        meanwhile; and after the restart the agent is ready as before, with no call left that is none.
        """
        have_libraries()
        home = Path(self.mktemp()).absolute()
        overrides = (*QUIET, "presence.detect_s=1")
        server = Twistd(overrides, home).wait_ready()
        self.addCleanup(server.clean)
        cable = Cable(server.port("https"))
        self.addCleanup(cable.close)
        enter(page, server, "agent1", "1001", cable.own)
        desk(page, "desk.act('PUT', desk.me.uri, { state: 'READY' })")
        server.call("6001")
        until(page, "[...desk.calls.values()].some((call) => call.state === 'ALERTING')")
        banner = page.locator("connection-banner")
        expect(banner).to_be_hidden()

        page.context.set_offline(True)
        cable.pull()
        until(page, "desk.status === 'failing'")
        uri = page.evaluate(f"[...{DESK}.calls.values()][0].uri")
        rest = Rest(server, "agent1")
        self.assertEqual(rest.act(uri.rpartition("/")[2], "ANSWER", "1001"), 202)
        expect(banner).to_have_text(
            "The connection is lost. Reconnecting… Your call goes on at the phone."
        )
        answer = page.get_by_role("button", name="Answer", disabled=True).first
        expect(answer).to_be_visible()
        deadline = time.monotonic() + LIMIT_S
        while "agent1: the desktop is gone" not in server.log:
            self.assertLess(time.monotonic(), deadline)
            page.wait_for_timeout(100)
        self.assertEqual(desk(page, "desk.me.state"), "RESERVED")
        cable.plug()
        page.context.set_offline(False)
        until(page, "desk.status === 'connected'")
        self.assertEqual(
            desk(page, "[desk.me.state, ...[...desk.calls.values()].map((call) => call.state)]"),
            ["TALKING", "ACTIVE"],
        )
        self.assertIn("agent1: the desktop is back", server.log)
        expect(banner).to_contain_text("Connected again")
        expect(page.get_by_role("button", name="Hold", disabled=False)).to_be_visible()
        self.assert_accessible(page)

        cable.pull()
        self.assertEqual(server.stop(), 0)
        self.assertNotIn("forced sign-out", server.log)
        until(page, "desk.status === 'failing'")
        server = Twistd(overrides, home).wait_ready()
        self.addCleanup(server.clean)
        cable.plug(server.port("https"))
        page.evaluate("dispatchEvent(new Event('online'))")
        until(page, "desk.status === 'connected' && desk.me.state === 'READY'")
        self.assertEqual(desk(page, "desk.calls.size"), 0)
        self.assertEqual(Rest(server, "agent1").get("/User/agent1").findtext("state"), "READY")

    @story
    def test_other_node(self, page: Page) -> None:
        """The primary node is stopped: the desktop goes to the other one, signed in and ready as before, and leaves no trace.

        Both have the same database, the same key and, on addresses of their own, the same port.
        """
        have_libraries()
        primary, secondary = "127.0.0.1", "127.0.0.2"
        home, other_home = (Path(self.mktemp()).absolute() for _ in range(2))
        (port,) = free_ports(1)
        first = self.node(home, primary, port, f'server.secondary_host="{secondary}"')
        other_home.mkdir()
        shutil.copy(home / TOKEN_KEY, other_home)
        database = f'store.url="sqlite:///{home}/finesse.db"'
        self.node(other_home, secondary, port, f'server.primary_host="{primary}"', database)
        enter(page, first, "agent1", "1001", port)
        desk(page, "desk.act('PUT', desk.me.uri, { state: 'READY' })")
        self.assertEqual(first.stop(), 0)
        page.wait_for_url(f"https://{secondary}:{port}/desktop/container/")
        until(page, "desk.me.state === 'READY' && desk.status === 'connected'")
        self.assertEqual(desk(page, "desk.me.extension"), "1001")
        page.reload()
        until(page, "desk.me.state === 'READY' && desk.status === 'connected'")

    def node(self, home: Path, address: str, port: int, *more: str) -> Twistd:
        """One of two nodes."""
        listen = {"cti": 0, "control": 0, "https": port}
        listen |= dict.fromkeys(("http", "bosh", "boshs", "xmpp", "xmpps", "axl"), -1)
        sets = [
            f'listen.{name}="{f"{address}:{number}" if number >= 0 else ""}"'
            for name, number in listen.items()
        ]
        sets += ["listen.ephemeral=false", f'server.host="{address}"']
        server = Twistd((*QUIET, *sets, *more), home).wait_ready()
        self.addCleanup(server.clean)
        return server

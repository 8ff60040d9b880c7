"""strophe.js 5 as the client: BOSH and WebSocket, on the BOSH ports and on the web ports."""

from contextlib import closing
from typing import Any

from twisted.internet.defer import Deferred

from tests.support.browser import Browser
from tests.support.node import INSTALL_S, Script, start_script
from tests.support.notification import (
    DOMAIN,
    PUBSUB,
    SYSTEM_INFO,
    Authenticator,
    team_users,
    user,
)
from tests.support.ports import LIMIT_S, PortsTestCase

FINESSE = f"finesse@{DOMAIN}"


class Page(PortsTestCase):
    """A page, and what it is told.

    Attributes:
        door: The port that it uses.
        path: Where on it.
        scheme: How.
        last_words: What it is told when the server ends its session.
    """

    timeout = INSTALL_S + LIMIT_S  # the first of them installs strophe.js
    door, path, scheme = "bosh", "/http-bind/", "http"
    last_words = "CONNFAIL"

    async def page(
        self,
        name: str = "agent1/desktop",
        password: str = "finesse",
        stored: dict[str, str] | None = None,
    ) -> Script:
        """A page with strophe.js in it; what is stored is from the page before."""
        login_id, _, resource = name.partition("/")
        return await start_script(
            self,
            "strophe",
            url=f"{self.scheme}://127.0.0.1:{self.ports[self.door]}{self.path}",
            jid=f"{login_id}@{DOMAIN}/{resource}",
            password=password,
            stored=stored or {},
        )

    async def signed_in(self, name: str = "agent1/desktop") -> Script:
        """The same, signed in and available."""
        page = await self.page(name)
        page.tell("connect")
        await page.next("status", status="CONNECTED")
        page.tell("appear")
        await self.until_available(name)
        return page

    async def until_available(self, name: str) -> None:
        """Wait until the server has that session's presence."""
        await self.in_thread(self.wait_for, lambda: name in self.available())

    def available(self) -> set[str]:
        """The sessions that get events."""
        return {
            f"{session.user.login_id}/{session.resource}"
            for session in self.service._sessions
            if session.receives
        }

    async def ended(self, page: Script) -> dict[str, Any]:
        """What the page is told when the server ends its session."""
        return await page.next("status", status=self.last_words)

    async def notified(self, page: Script, payload: str, node: str = user("agent1")) -> None:
        """Publish, and see it arrive as the next notification."""
        self.service.publish(node, payload)
        said = await page.next("notified")
        self.assertEqual((said["node"], said["payload"]), (node, payload))


class BOSHPageTests(Page):
    """What a page does on any transport; here on BOSH."""

    async def test_road(self) -> None:
        """Sign in, be told of finesse's presence, get events in order, leave: the page is told each step."""
        self.service.set_available(True)
        page = await self.signed_in()
        self.assertEqual((await page.next("presence", **{"from": FINESSE}))["type"], None)
        for number in range(5):
            self.service.publish(user("agent1"), f"<Update>{number} é &amp;</Update>")
        for number in range(5):
            said = await page.next("notified")
            self.assertEqual(said["payload"], f"<Update>{number} é &amp;</Update>")
        page.tell("leave")
        await page.next("status", status="DISCONNECTED")
        self.assertEqual(self.listener.seen, [("agent1", True), ("agent1", False)])

    async def test_subscribe(self) -> None:
        """Subscriptions are answered in the words that such pages look for; what is not one's own is forbidden."""
        page = await self.signed_in("supervisor1/desktop")
        answer = await page.ask("subscribe", "answer", to=PUBSUB, node=team_users(1))
        self.assertEqual(answer["type"], "result")
        self.assertIn('subscription="subscribed"', answer["xml"])
        await self.notified(page, "<Update/>", team_users(1))
        refused = await page.ask("subscribe", "answer", to=PUBSUB, node=user("agent1"))
        self.assertEqual(refused["type"], "error")
        self.assertIn("<forbidden", refused["xml"])

    async def test_ping(self) -> None:
        """A ping of the server is answered."""
        page = await self.signed_in()
        self.assertEqual((await page.ask("ping", "answer", to=DOMAIN))["type"], "result")

    async def test_bad_password(self) -> None:
        """The page is told that the password is wrong."""
        page = await self.page(password="wrong")
        page.tell("connect")
        await page.next("status", status="AUTHFAIL")

    async def test_conflict(self) -> None:
        """The page whose address is taken is told ``conflict``; the one that took it gets the events."""
        older = await self.signed_in()
        newer = await self.signed_in()
        self.assertIn("conflict", str((await self.ended(older))["condition"]))
        await self.notified(newer, "<Update/>")

    async def test_stop(self) -> None:
        """At the stop the page is told so."""
        page = await self.signed_in()
        draining = Deferred.fromCoroutine(self.service.drain())
        self.assertEqual((await self.ended(page))["condition"], "system-shutdown")
        await draining

    async def test_sign_in_again(self) -> None:
        """After its own end, the same page signs in anew, and gets events."""
        page = await self.signed_in()
        page.tell("leave")
        await page.next("status", status="DISCONNECTED")
        page.tell("connect")
        await page.next("status", status="CONNECTED")
        page.tell("appear")
        await self.until_available("agent1/desktop")
        await self.notified(page, "<Update/>")


class SessionTests(Page):
    """BOSH alone: a session is more than its connections."""

    async def test_broken_connections(self) -> None:
        """Whenever the connections break, the page repeats its requests, and each event arrives once."""
        page = await self.signed_in()
        sid = (await page.ask("storage", "storage"))["stored"]
        for number in range(3):
            await self.held()
            await self.all_closed()
            await self.notified(page, f"<Update>{number}</Update>")
        self.assertEqual(len(self.service._manager), 1, sid)
        self.assertEqual(sum(said["event"] == "notified" for said in page.said), 3)

    async def test_reload(self) -> None:
        """A page that is loaded anew goes on with its session; what happened meanwhile arrives, once."""
        page = await self.signed_in()
        await self.notified(page, "<Update>before</Update>")
        await self.held()
        stored = (await page.ask("storage", "storage"))["stored"]
        await page.kill()
        self.service.publish(user("agent1"), "<Update>between</Update>")
        again = await self.page(stored=stored)
        again.tell("restore")
        said = await again.next("status", status="ATTACHED")
        self.assertEqual(said["jid"], f"agent1@{DOMAIN}/desktop")
        self.assertEqual((await again.next("notified"))["payload"], "<Update>between</Update>")
        await self.notified(again, "<Update>after</Update>")
        self.assertEqual(self.listener.seen, [("agent1", True)])

    async def test_reload_too_late(self) -> None:
        """A page that comes back to a session that is over is told, and can sign in."""
        page = await self.signed_in()
        stored = (await page.ask("storage", "storage"))["stored"]
        await page.kill()
        for carrier in self.service._manager:
            carrier.shut_down()
            carrier.forget()
        again = await self.page(stored=stored)
        again.tell("restore")
        await again.next("status", status="ATTACHED")
        said = await self.ended(again)
        self.assertEqual(said["condition"], "item-not-found")

    async def test_attach(self) -> None:
        """A session that somebody else has made and signed in can be handed to a page."""
        page = await self.page()  # first: it may take longer than a session waits for somebody
        browser = await self.in_thread(self.prebound)
        page.tell("attach", jid=f"agent2@{DOMAIN}/any", sid=browser.sid, rid=browser.rid + 1)
        await page.next("status", status="ATTACHED")
        await self.notified(page, "<Update/>", user("agent2"))
        self.service.publish(SYSTEM_INFO, "<Update/>")
        self.assertEqual((await page.next("notified"))["node"], SYSTEM_INFO)

    def prebound(self) -> Browser:
        """A session of a client that leaves."""
        url = f"http://127.0.0.1:{self.ports[self.door]}/http-bind/"
        with closing(Browser(url).sign_in("agent2")) as browser:
            return browser

    async def held(self) -> None:
        """Wait until a request is held."""
        await self.in_thread(
            self.wait_for, lambda: sum(carrier.held for carrier in self.service._manager) > 0
        )


class WebSocketPageTests(BOSHPageTests):
    """The same on WebSocket."""

    path, scheme = "/ws/", "ws"
    last_words = "ERROR"

    async def test_reconnect(self) -> None:
        """After a break the page signs in again, under the same address, and gets events."""
        page = await self.signed_in()
        await self.all_closed()
        await page.next("status", status="DISCONNECTED")
        page.tell("connect")
        await page.next("status", status="CONNECTED")
        page.tell("appear")
        await self.until_available("agent1/desktop")
        await self.notified(page, "<Update/>")


class WebPortsBOSHPageTests(BOSHPageTests):
    """BOSH, on the web ports."""

    door = "http"


class WebPortsSessionTests(SessionTests):
    """Its sessions, on the web ports."""

    door = "http"


class WebPortsWebSocketPageTests(WebSocketPageTests):
    """WebSocket, on the web ports."""

    door = "http"


class ScramPageTests(Page):
    """How it signs in, over BOSH."""

    async def start(self) -> None:
        """A service whose checks of passwords are seen."""
        self.authenticator = Authenticator()
        await self.serve(authenticator=self.authenticator)

    async def test_scram(self) -> None:
        """It chooses SCRAM-SHA-256, and never shows its password."""
        await self.signed_in()
        self.assertEqual(self.authenticator.asked, [])

    async def test_not_ready(self) -> None:
        """It would give up after SCRAM has failed: while somebody lacks a verifier it is offered PLAIN alone."""
        self.scram_people.without_verifier = 1
        self.scram_people.forgotten.add("agent1")
        await self.signed_in()
        self.assertEqual(self.authenticator.asked, ["agent1"])


class WebSocketScramPageTests(ScramPageTests):
    """The same, over WebSocket."""

    path, scheme = "/ws/", "ws"

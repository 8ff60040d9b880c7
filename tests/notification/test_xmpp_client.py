"""``@xmpp/client`` as the client: TCP and WebSocket."""

from twisted.internet.defer import Deferred

from finesse_tx.config import NotificationConfig
from tests.support.node import INSTALL_S, Script, start_script
from tests.support.notification import DOMAIN, PUBSUB, team_users, user
from tests.support.ports import LIMIT_S, PortsTestCase


class TLSConnectionTests(PortsTestCase):
    """XMPP over TLS from the first byte.

    Attributes:
        service_url: Where the client connects; the port is filled in.
        port: The port's name.
    """

    timeout = INSTALL_S + LIMIT_S  # the first of them installs it
    service_url, port = "xmpps://127.0.0.1:{}", "xmpps"

    async def client(self, username: str = "agent1", password: str = "finesse") -> Script:
        """A client that has been started."""
        script = await start_script(
            self,
            "xmpp_client",
            authority=self.authority,
            service=self.service_url.format(self.ports[self.port]),
            domain=DOMAIN,
            username=username,
            password=password,
            resource="node",
        )
        script.tell("start")
        return script

    async def online(self, username: str = "agent1") -> Script:
        """A client that is available."""
        script = await self.client(username)
        said = await script.next("online")
        self.assertEqual(said["jid"], f"{username}@{DOMAIN}/node")
        await script.next("presence", **{"from": f"finesse@{DOMAIN}"})
        return script

    async def test_road(self) -> None:
        """Sign in, get events in order, subscribe to a team, leave."""
        script = await self.online("supervisor1")
        for number in range(5):
            self.service.publish(user("supervisor1"), f"<Update>{number} é &amp;</Update>")
        for number in range(5):
            said = await script.next("notified")
            self.assertEqual(said["payload"], f"<Update>{number} é &amp;</Update>")
        answer = await script.ask("subscribe", "answer", to=PUBSUB, node=team_users(1))
        self.assertEqual(answer["subscription"], "subscribed")
        self.service.publish(team_users(1), "<Update/>")
        self.assertEqual((await script.next("notified"))["node"], team_users(1))
        script.tell("stop")
        await script.next("status", status="offline")
        self.assertEqual(self.listener.seen, [("supervisor1", True), ("supervisor1", False)])

    async def test_bad_password(self) -> None:
        """It is told ``not-authorized``."""
        script = await self.client(password="wrong")
        self.assertEqual((await script.next("error"))["condition"], "not-authorized")

    async def test_reconnect(self) -> None:
        """After a break it resumes its session by itself, gets what it has missed, and was never away."""
        script = await self.online()
        self.service.publish(user("agent1"), "<Update>before</Update>")
        await script.next("notified")
        await self.all_closed()
        self.service.publish(user("agent1"), "<Update>meanwhile</Update>")
        self.assertEqual((await script.next("notified"))["payload"], "<Update>meanwhile</Update>")
        self.service.publish(user("agent1"), "<Update>after</Update>")
        self.assertEqual((await script.next("notified"))["payload"], "<Update>after</Update>")
        self.assertEqual(self.service.status().counters.resumptions, {"resumed": 1})
        self.assertEqual(self.listener.seen, [("agent1", True)])

    async def test_not_resumed(self) -> None:
        """Back too late, it begins anew, under the same address."""
        script = await self.online()
        await self.all_closed()
        self.service._resumptions.drain()
        await script.next("presence", **{"from": f"finesse@{DOMAIN}"})
        self.service.publish(user("agent1"), "<Update/>")
        await script.next("notified")

    async def test_stop(self) -> None:
        """At the stop it is told ``system-shutdown``."""
        script = await self.online()
        draining = Deferred.fromCoroutine(self.service.drain())
        self.assertEqual((await script.next("error"))["condition"], "system-shutdown")
        await draining


class STARTTLSTests(TLSConnectionTests):
    """XMPP that becomes TLS, where no password is taken in the clear."""

    service_url, port = "xmpp://127.0.0.1:{}", "xmpp"

    async def start(self) -> None:
        """A service that insists."""
        await self.serve(config=NotificationConfig(domain=DOMAIN, allow_plain_text=False))


class WebSocketTests(TLSConnectionTests):
    """WebSocket, on the BOSH ports."""

    service_url, port = "ws://127.0.0.1:{}/ws", "bosh"


class SecureWebSocketTests(TLSConnectionTests):
    """WebSocket over TLS, on the web ports."""

    service_url, port = "wss://127.0.0.1:{}/ws/", "https"

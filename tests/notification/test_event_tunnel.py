"""The event tunnel's JavaScript, under node: every message of its table, over both transports."""

import json
from enum import IntEnum

from twisted.internet.interfaces import IPushProducer
from twisted.logger import capturedLogs

from tests.support.node import INSTALL_S, Script, start_script
from tests.support.notification import DOMAIN, PUBSUB, SYSTEM_INFO, dialogs, team_users, user
from tests.support.ports import LIMIT_S, PortsTestCase

QUICK = {"xmppFailoverDetectionPingInterval": 50, "xmppRequestTimeout": 3_000}
"""Much shorter than the usual ten seconds each; but signing in is such a request, too."""


class Type(IntEnum):
    """``notifications.md`` §10."""

    EVENT = 0
    ID = 1
    PASSWORD = 2
    RESOURCEID = 3
    STATUS = 4
    XMPPDOMAIN = 5
    PUBSUBDOMAIN = 6
    SUBSCRIBE = 7
    UNSUBSCRIBE = 8
    PRESENCE = 9
    CONNECT_REQ = 10
    DISCONNECT_REQ = 11
    NOTIFICATION_CONNECTION_TYPE = 12
    LOGGING = 13
    SUBSCRIPTIONS_REQ = 14
    XMPP_DISCONNECT_PROPERTIES = 15
    FINESSE_CONTAINER_CONFIG = 16


class TunnelTestCase(PortsTestCase):
    """A tunnel, and what the page around it says and hears.

    Attributes:
        kind: Its transport.
    """

    timeout = INSTALL_S + LIMIT_S  # the first of them installs what the script needs
    kind = "websocket"

    async def tunnel(self) -> Script:
        """A tunnel that is loaded."""
        http = f"http://127.0.0.1:{self.ports['bosh']}"
        script = await start_script(self, "tunnel", http=http)
        script.tell("load")
        await self.heard(script, Type.STATUS, "loaded")
        return script

    def say(self, script: Script, *messages: tuple[Type, str]) -> None:
        """The page around it says something."""
        script.tell("receive", texts=[f"{kind:d}|{data}" for kind, data in messages])

    async def heard(self, script: Script, kind: Type, data: str | None = None) -> str:
        """The next that it hears of that type, and in it."""
        wanted = {"type": int(kind)} | ({} if data is None else {"data": data})
        found: str = (await script.next("posted", **wanted))["data"]
        return found

    async def connected(self, name: str = "agent1", password: str = "finesse") -> Script:
        """A tunnel that is connected, as finesse.js goes about it."""
        script = await self.tunnel()
        self.say(
            script,
            (Type.RESOURCEID, "desktop"),
            (Type.NOTIFICATION_CONNECTION_TYPE, self.kind),
            (Type.ID, name),
            (Type.XMPPDOMAIN, DOMAIN),
            (Type.PASSWORD, password),
            (Type.PUBSUBDOMAIN, PUBSUB),
        )
        await self.heard(script, Type.STATUS, "connecting")
        if password == "finesse":
            self.assertEqual(await self.heard(script, Type.RESOURCEID), "desktop")
            await self.heard(script, Type.STATUS, "connected")
            await self.in_thread(self.wait_for, lambda: self.listener.seen[-1:] == [(name, True)])
        return script

    async def quick(self) -> Script:
        """A tunnel that is connected, and pings often; limits that are none are ignored."""
        script = await self.tunnel()
        for limits in ("rubbish", "1", json.dumps(QUICK), '{"xmppRequestTimeout": "x", "a": 1}'):
            self.say(script, (Type.XMPP_DISCONNECT_PROPERTIES, limits))
        self.say(
            script,
            (Type.NOTIFICATION_CONNECTION_TYPE, self.kind),
            (Type.ID, "agent1"),
            (Type.XMPPDOMAIN, DOMAIN),
            (Type.PASSWORD, "finesse"),
        )
        await self.heard(script, Type.STATUS, "connected")
        return script


class WebSocketTunnelTests(TunnelTestCase):
    """WebSocket, the default."""

    async def test_events(self) -> None:
        """An event is its node, and the payload as it was published, glued together."""
        script = await self.connected()
        for node, payload in (
            (user("agent1"), "<Update>é &amp; | <b>1</b></Update>"),
            (dialogs("agent1"), '{"Update": 1}'),
            (SYSTEM_INFO, "<Update/>"),
        ):
            self.service.publish(node, payload)
            self.assertEqual(await self.heard(script, Type.EVENT), node + payload)

    async def test_presence(self) -> None:
        """The presence of ``finesse`` comes as XML, when it changes and when it is asked for."""
        script = await self.connected()
        self.assertIn('type="unavailable"', await self.heard(script, Type.PRESENCE))
        self.service.set_available(True)
        presence = await self.heard(script, Type.PRESENCE)
        self.assertIn(f'from="finesse@{DOMAIN}"', presence)
        self.assertNotIn("unavailable", presence)
        self.say(script, (Type.PRESENCE, ""))
        self.assertEqual(await self.heard(script, Type.PRESENCE), presence)

    async def test_subscriptions(self) -> None:
        """Nodes are subscribed, refused, listed, unsubscribed; the answer names the node, and what was wrong."""
        script, node = await self.connected("supervisor1"), team_users(1)
        self.say(script, (Type.SUBSCRIBE, node))
        self.assertEqual(await self.heard(script, Type.SUBSCRIBE), node)
        self.service.publish(node, "<Update/>")
        self.assertEqual(await self.heard(script, Type.EVENT), f"{node}<Update/>")
        self.say(script, (Type.SUBSCRIBE, user("agent1")))
        name, _, error = (await self.heard(script, Type.SUBSCRIBE)).partition("|")
        self.assertEqual(name, user("agent1"))
        self.assertIn("<forbidden", error)
        self.say(script, (Type.SUBSCRIPTIONS_REQ, ""))
        listed = json.loads(await self.heard(script, Type.SUBSCRIPTIONS_REQ))
        own = {"node": node, "jid": f"supervisor1@{DOMAIN}", "status": "subscribed"}
        self.assertIn(own, listed)
        self.say(script, (Type.UNSUBSCRIBE, node), (Type.UNSUBSCRIBE, node))
        self.assertEqual(await self.heard(script, Type.UNSUBSCRIBE), node)
        self.assertIn("|<error", await self.heard(script, Type.UNSUBSCRIBE))

    async def test_connect_request(self) -> None:
        """A connection may be asked for in one message, with XML."""
        script = await self.tunnel()
        self.say(
            script,
            (Type.NOTIFICATION_CONNECTION_TYPE, self.kind),
            (Type.CONNECT_REQ, "rubbish"),
            (
                Type.CONNECT_REQ,
                f"<connInfo><id>agent1</id><password>finesse</password><xmppDomain>{DOMAIN}</xmppDomain></connInfo>",
            ),
        )
        await self.heard(script, Type.STATUS, "connected")

    async def test_disconnect_request(self) -> None:
        """What it subscribed is unsubscribed, and the session closed; it does not come back by itself."""
        script, node = await self.connected("supervisor1"), team_users(1)
        self.say(script, (Type.SUBSCRIBE, node))
        await self.heard(script, Type.SUBSCRIBE, node)
        self.say(script, (Type.DISCONNECT_REQ, ""))
        await self.heard(script, Type.STATUS, "disconnecting")
        await self.heard(script, Type.STATUS, "disconnected")
        await self.in_thread(self.wait_for, lambda: not self.listener.seen[-1][1])
        self.assertEqual(len(self.service._subscriptions), 0)
        self.say(script, (Type.SUBSCRIBE, node))
        self.assertIn("|<disconnected", await self.heard(script, Type.SUBSCRIBE))

    async def test_unauthorized(self) -> None:
        """A wrong password is ``unauthorized``."""
        script = await self.connected(password="wrong")
        await self.heard(script, Type.STATUS, "unauthorized")
        await self.heard(script, Type.STATUS, "disconnected")

    async def test_conflict(self) -> None:
        """Who signs in elsewhere with the same resource ends it with ``conflict``, for good."""
        script = await self.connected()
        other = await self.connected()
        await self.heard(script, Type.STATUS, "conflict")
        await self.heard(script, Type.STATUS, "disconnected")
        self.service.publish(user("agent1"), "<Update/>")
        await self.heard(other, Type.EVENT)

    async def test_reconnect(self) -> None:
        """A session that the server ends is made anew, and the page is told each step."""
        script = await self.connected()
        for session in list(self.service._sessions):
            session.outlet.end(None)
        for status in ("disconnected", "failing", "reconnecting", "connected", "recovered"):
            await self.heard(script, Type.STATUS, status)
        self.service.publish(user("agent1"), "<Update/>")
        await self.heard(script, Type.EVENT)

    async def test_pings(self) -> None:
        """It pings as often as it is told to, and stays connected."""
        script = await self.quick()
        with capturedLogs() as logs:
            self.service.trace("agent1", on=True)
            await self.in_thread(
                self.wait_for, lambda: sum("urn:xmpp:ping" in str(event) for event in logs) >= 3
            )
        statuses = [one["data"] for one in script.said if one.get("type") == Type.STATUS]
        self.assertEqual(statuses, ["loaded", "connecting", "connected"])

    async def test_unload(self) -> None:
        """A page that goes closes its session."""
        script = await self.connected()
        script.tell("unload")
        await self.heard(script, Type.STATUS, "unloading")
        await self.in_thread(self.wait_for, lambda: not self.listener.seen[-1][1])

    async def test_other_messages(self) -> None:
        """What is no message of the table changes nothing; what it does is also told as text for a log."""
        script = await self.connected()
        script.tell(
            "receive", texts=["", "x", "99|x", "-1|x", "0|x", "4|connected", "13|x", '16|{"a":1}']
        )
        self.say(script, (Type.PRESENCE, ""))
        await self.heard(script, Type.PRESENCE)
        logged = [one["data"] for one in script.said if one.get("type") == Type.LOGGING]
        self.assertIn("status: connected", logged)
        self.assertFalse([text for text in logged if "finesse" in text])


class SilentServerTests(TunnelTestCase):
    """A connection that is there, and says nothing."""

    async def test_silence(self) -> None:
        """Pings without an answer end it; the next one is made."""
        script = await self.quick()
        (connection,) = self.service.websocket_factory.connections
        IPushProducer(connection.transport).pauseProducing()
        for status in ("disconnected", "failing", "reconnecting", "connected", "recovered"):
            await self.heard(script, Type.STATUS, status)
        self.service.publish(user("agent1"), "<Update/>")
        await self.heard(script, Type.EVENT)
        connection.transport.abortConnection()  # it would wait for its client's last words


class BOSHTunnelTests(WebSocketTunnelTests):
    """The same on BOSH."""

    kind = "bosh"

    async def test_broken_connections(self) -> None:
        """A session outlives its connections: requests are repeated, and each event arrives once."""
        script = await self.connected()
        for number in range(3):
            await self.in_thread(
                self.wait_for, lambda: sum(carrier.held for carrier in self.service._manager) > 0
            )
            await self.all_closed()
            self.service.publish(user("agent1"), f"<Update>{number}</Update>")
            event = await self.heard(script, Type.EVENT)
            self.assertEqual(event, f"{user('agent1')}<Update>{number}</Update>")
        statuses = [one["data"] for one in script.said if one.get("type") == Type.STATUS]
        self.assertEqual(statuses, ["loaded", "connecting", "connected"])

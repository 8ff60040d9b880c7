"""Stream management over real sockets: slixmpp behind a proxy that cuts, and from TCP to WebSocket and back."""

import asyncio
from contextlib import closing
from socket import socket

from twisted.internet import reactor
from twisted.internet.defer import Deferred

from finesse_tx.notification.core.sessions import Session
from tests.support.notification import DOMAIN, user
from tests.support.ports import LIMIT_S, PortsTestCase
from tests.support.proxy import Proxy
from tests.support.resuming import SM
from tests.support.slix import Agent, run
from tests.support.websocket import OPEN, Chat
from tests.support.xmpp import HEADER, auth, bind


class SlixmppTests(PortsTestCase):
    """slixmpp's own plugin."""

    async def test_cut(self) -> None:
        """Cut again and again while events come, it gets each once, in order, and was never away."""
        proxy = Proxy(reactor, self.ports["xmpp"])
        port = await proxy.listen()
        self.addCleanup(lambda: Deferred.fromCoroutine(proxy.stop()))
        rounds, each = 4, 25

        async def scenario() -> None:
            agent = Agent(f"agent1@{DOMAIN}/slix")
            agent.register_plugin("xep_0198")
            agent.register_plugin("xep_0199")
            resumed = asyncio.Event()
            agent.add_event_handler("session_resumed", lambda _event: resumed.set())
            await agent.sign_in(port)
            self.wait_for(lambda: hasattr(self.session().outlet, "acknowledgement"))
            for number in range(rounds * each):
                if number % each == each // 2:
                    self.in_reactor(proxy.cut)
                self.in_reactor(self.service.publish, user("agent1"), str(number))
                if number % each == each - 1:
                    await asyncio.wait_for(agent.over.wait(), LIMIT_S)
                    agent.over.clear()
                    agent.connect("127.0.0.1", port)
                    await asyncio.wait_for(resumed.wait(), LIMIT_S)
                    resumed.clear()
            seen = [(await agent.next_event())[2] for _ in range(rounds * each)]
            self.assertEqual(seen, [str(number) for number in range(rounds * each)])
            self.assertGreaterEqual(await agent["xep_0199"].ping(DOMAIN), 0)
            self.assertTrue(agent.events.empty())
            self.assertEqual(self.listener.seen, [("agent1", True)])
            counters = self.in_reactor(self.service.status).counters
            self.assertEqual(counters.resumptions, {"resumed": rounds})
            await agent.leave()

        await self.in_thread(run, scenario)

    def session(self) -> Session:
        """The one session."""
        (session,) = self.service._sessions
        return session


class OtherTransportTests(PortsTestCase):
    """A session moves."""

    async def test_tcp_websocket_tcp(self) -> None:
        """What began on TCP goes on over WebSocket, and on TCP again."""

        def scenario() -> None:
            with closing(self.connect("xmpp")) as tcp:
                self.ask(tcp, HEADER, "</stream:features>")
                self.ask(tcp, auth("agent1"), "<success")
                self.ask(tcp, HEADER, "</stream:features>")
                self.ask(tcp, bind("desk"), "</iq>")
                said = self.ask(tcp, f"<enable xmlns='{SM}' resume='true'/>", "/>")
                self.ask(tcp, "<presence/>", 'from="finesse@')
                name = said.partition(' id="')[2].partition('"')[0]
            self.wait_for(lambda: self.service.status().resumable)
            self.in_reactor(self.service.publish, user("agent1"), "first")
            chat = Chat(self.ports["bosh"])
            chat.ask(OPEN)
            chat.receive()
            chat.ask(auth("agent1").replace("'", '"'))
            chat.ask(OPEN)
            self.assertIn(f"{{{SM}}}sm", [element.tag for element in chat.receive()])
            resumed = chat.ask(f"<resume xmlns='{SM}' previd='{name}' h='2'/>")
            self.assertEqual(resumed.tag, f"{{{SM}}}resumed")
            self.assertEqual(resumed.get("h"), "1")
            text = "".join(chat.receive().itertext())
            self.assertEqual(text, "first")
            self.in_reactor(self.service.publish, user("agent1"), "second")
            self.assertEqual("".join(chat.receive().itertext()), "second")
            with closing(self.connect("xmpp")) as tcp:
                self.ask(tcp, HEADER, "</stream:features>")
                self.ask(tcp, auth("agent1"), "<success")
                self.ask(tcp, HEADER, "</stream:features>")
                said = self.ask(tcp, f"<resume xmlns='{SM}' previd='{name}' h='3'/>", "</message>")
                self.assertIn("second", said)
                self.assertNotIn("first", said)
                self.assertIn("<conflict", "".join(chat.rest()))
                self.assertEqual(self.listener.seen, [("agent1", True)])
                self.ask(tcp, "</stream:stream>", "</stream:stream>")

        await self.in_thread(scenario)

    @staticmethod
    def ask(connection: socket, text: str, until: str) -> str:
        """Send, and read on until that has come."""
        connection.sendall(text.encode())
        said = ""
        while until not in said:
            data = connection.recv(65_536).decode()
            assert data, said
            said += data
        return said

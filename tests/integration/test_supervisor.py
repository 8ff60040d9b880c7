"""A supervisor changes an agent's state, through a real server: REST by requests, events by slixmpp."""

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.test_road import Told, read
from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import Shared

DOMAIN = "finesse.local"


class SupervisorTests(SynchronousTestCase):
    """supervisor1 and an agent of team 1.

    Attributes:
        shared: The server.
    """

    shared = Shared("demo.talk_s=600")

    async def next(self, agent: Agent) -> Told:
        """The next of the agent's own states."""
        while True:
            node, _name, payload = await agent.next_event()
            if node.endswith("/User/agent1"):
                return read(node, payload)

    async def offered(self, agent: Agent) -> Told:
        """The next thing told of the agent's dialogs."""
        while True:
            node, _name, payload = await agent.next_event()
            if node.endswith("/User/agent1/Dialogs"):
                return read(node, payload)

    def test_states(self) -> None:
        """The agent is told, with the supervisor's requestId and the engine's reason; others may not."""

        async def scenario() -> None:
            server = self.shared.get()
            agent = Agent(f"agent1@{DOMAIN}")
            await agent.sign_in(server.port("xmpp"))
            self.assertEqual(Rest(server, "agent1").put_state("LOGIN", extension="1001"), 202)
            await self.next(agent)
            boss = Rest(server, "supervisor1")
            for state, code in (("READY", None), ("NOT_READY", "33"), ("LOGOUT", "22")):
                self.assertEqual(boss.put_state(state, f"r-{state}", of="agent1"), 202)
                told = await self.next(agent)
                self.assertEqual(
                    (told.what, told.request_id, told.body.findtext("user/reasonCode/code")),
                    (f"user {state}", f"r-{state}", code),
                )
            for name in ("supervisor2", "agent2", "admin"):
                self.assertEqual(Rest(server, name).put_state("READY", of="agent1"), 401)
            self.assertEqual(boss.put_state("LOGOUT", of="agent1"), 400)
            self.assertEqual(boss.put_state("NOT_READY", of="agent1", reasonCodeId="1"), 400)
            self.assertEqual(boss.put_state("WORK", of="agent1"), 400)
            self.assertEqual(boss.put_state("LOGIN", of="agent1", extension="1001"), 401)
            self.assertEqual(boss.put_state("READY", of="nobody"), 404)
            await agent.leave()

        run(scenario)

    def test_in_a_call(self) -> None:
        """A sign-out during a call is pending, which the agent sees, and done after it."""

        async def scenario() -> None:
            server = self.shared.get()
            agent = Agent(f"agent1@{DOMAIN}/desk")
            await agent.sign_in(server.port("xmpp"))
            rest = Rest(server, "agent1")
            rest.sign_in("1001")
            self.assertEqual(rest.put_state("READY"), 202)
            while (await self.next(agent)).what != "user READY":
                pass
            server.call("6001", "0612345678")
            dialog = (await self.offered(agent)).body.findtext("dialogs/Dialog/id", "")
            self.assertEqual(rest.act(dialog, "ANSWER", "1001"), 202)
            while (await self.next(agent)).what != "user TALKING":
                pass
            self.assertEqual(Rest(server, "supervisor1").put_state("LOGOUT", of="agent1"), 202)
            told = await self.next(agent)
            self.assertEqual(told.what, "user TALKING")
            self.assertEqual(told.body.findtext("user/pendingState"), "LOGOUT")
            self.assertEqual(rest.act(dialog, "DROP", "1001"), 202)
            self.assertEqual((await self.next(agent)).what, "user LOGOUT")
            await agent.leave()

        run(scenario)


class CCETests(SupervisorTests):
    """The same on a CCE."""

    shared = Shared("demo.talk_s=600", 'engine.personality="cce"')

    def test_states(self) -> None:
        """The reason is 999, with its label; the agent's HOLD is shown."""

        async def scenario() -> None:
            server = self.shared.get()
            agent, rest = Agent(f"agent1@{DOMAIN}"), Rest(server, "agent1")
            await agent.sign_in(server.port("xmpp"))
            self.assertEqual(rest.put_state("LOGIN", extension="1001"), 202)
            await self.next(agent)
            boss = Rest(server, "supervisor1")
            self.assertEqual(boss.put_state("READY", of="agent1"), 202)
            await self.next(agent)
            self.assertEqual(boss.put_state("NOT_READY", of="agent1"), 202)
            told = await self.next(agent)
            self.assertEqual(
                [told.body.findtext(f"user/reasonCode/{name}") for name in ("code", "label")],
                ["999", "Not Ready - Supervisor Initiated"],
            )
            server.call("1001", "0612345678")
            self.assertEqual((await self.next(agent)).what, "user RESERVED")
            dialog = (await self.offered(agent)).body.findtext("dialogs/Dialog/id", "")
            for action, state in (("ANSWER", "TALKING"), ("HOLD", "HOLD"), ("RETRIEVE", "TALKING")):
                self.assertEqual(rest.act(dialog, action, "1001"), 202)
                self.assertEqual((await self.next(agent)).what, f"user {state}")
            self.assertEqual(rest.act(dialog, "DROP", "1001"), 202)
            self.assertEqual((await self.next(agent)).what, "user NOT_READY")
            await agent.leave()

        run(scenario)

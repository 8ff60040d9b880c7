"""A supervisor changes an agent's state, through a real server: REST by requests, events by slixmpp."""

from twisted.trial.unittest import SynchronousTestCase

from tests.integration.test_road import Told, read
from tests.support.rest import Rest
from tests.support.slix import Agent, run
from tests.support.twistd import Shared

SHARED = Shared("demo.talk_s=600")

DOMAIN = "finesse.local"


class SupervisorTests(SynchronousTestCase):
    """supervisor1 and an agent of team 1."""

    async def next(self, agent: Agent) -> Told:
        """The next of the agent's own states."""
        while True:
            node, _name, payload = await agent.next_event()
            if node.endswith("/User/agent1"):
                return read(node, payload)

    def test_states(self) -> None:
        """The agent is told, with the supervisor's requestId and the engine's reason; others may not."""

        async def scenario() -> None:
            server = SHARED.get()
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
            server = SHARED.get()
            agent = Agent(f"agent1@{DOMAIN}/desk")
            await agent.sign_in(server.port("xmpp"))
            rest = Rest(server, "agent1")
            self.assertEqual(rest.put_state("LOGIN", extension="1001"), 202)
            self.assertEqual(rest.put_state("READY"), 202)
            while (await self.next(agent)).what != "user READY":
                pass
            server.call("6001", "0612345678")
            while not (offered := await agent.next_event())[0].endswith("/User/agent1/Dialogs"):
                pass
            body = read(offered[0], offered[2]).body
            dialog = body.findtext("dialogs/Dialog/id", "")
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

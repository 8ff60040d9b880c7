"""`finesse_tx.engine.service`: its one timer, its settings, and a provider that lies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from twisted.internet import reactor
from twisted.internet.defer import DeferredQueue
from twisted.trial.unittest import TestCase

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.messages import SetAgentStateReq
from finesse_tx.engine.service import EngineService
from finesse_tx.errors import ConfigError
from finesse_tx.telephony.core.events import Batch, Event, EventID, MetaCode
from finesse_tx.telephony.simulator import Simulator, SimulatorOptions
from tests.support.centre import CALLER, sample
from tests.support.engine import (
    PASSWORD,
    EngineFloor,
    FixedAuthenticator,
    FixedDirectory,
    FloorCase,
    short,
)

CALL = 0x01000001

QUEUEING = """
[script.ask.steps]
start = [{ queue = "Support" }]
[trigger.6001]
script = "ask"
"""

DAY_S = 24 * 3600


class ServiceTests(FloorCase):
    """`EngineService`: its one timer, its settings, and a provider that lies."""

    def test_one_timer(self) -> None:
        """However many deadlines there are, there is one timer, for the first; without any it is for midnight."""
        self.floor = EngineFloor(sample(), EngineConfig(ring_no_answer_s=10))
        (timer,) = self.floor.clock.getDelayedCalls()
        self.assertEqual(timer.getTime(), DAY_S)
        for agent in (1, 2, 3):
            self.ready(agent)
            self.call_in()
            self.floor.pass_time(1)
        (timer,) = self.floor.clock.getDelayedCalls()
        self.assertEqual(timer.getTime(), 10)
        self.floor.simulator.drop(CALL)
        self.floor.pass_time()
        (timer,) = self.floor.clock.getDelayedCalls()
        self.assertEqual(timer.getTime(), 11)

    def test_settings(self) -> None:
        """Each key of the configuration reaches the engine."""
        config = EngineConfig(5, "READY", 7, False)
        service = EngineService(
            self.floor.directory, self.floor.authenticator, config, self.floor.clock
        )
        policy = service.engine.floor.policy
        self.assertEqual(
            (
                policy.ring_no_answer_s,
                policy.ready_after_ring_no_answer,
                policy.ring_no_answer_skip_s,
                policy.ready_after_other_call,
            ),
            (5, True, 7, False),
        )

    def test_new_days(self) -> None:
        """What routing counts of today is forgotten at each local midnight, also after a day of 23 hours."""
        self.floor = EngineFloor(
            sample(), EngineConfig(time_zone="America/New_York", client_grace_s=0)
        )
        agent = self.floor.service.engine.agent("agent1")
        spring = datetime(1970, 4, 26, tzinfo=ZoneInfo("America/New_York")).timestamp()
        self.floor.pass_time(spring - 10 - self.floor.clock.seconds())
        for midnight in (spring, spring + 23 * 3600, spring + 47 * 3600):
            agent.today.add(60)
            self.floor.pass_time(midnight - 1 - self.floor.clock.seconds())
            self.assertEqual(agent.today.handled, 1)
            self.floor.pass_time(1)
            self.assertEqual(agent.today.handled, 0)

    def test_slow_wall_clock(self) -> None:
        """When it is not midnight yet on the wall, the day goes on until it is."""
        slow = 0.0
        floor = self.floor
        service = EngineService(
            floor.directory,
            floor.authenticator,
            EngineConfig(),
            floor.clock,
            wall=lambda: datetime.fromtimestamp(floor.clock.seconds() - slow, UTC),
        )
        service.use(Simulator(SimulatorOptions(phones=("1001",)), service, floor.clock))
        service.startService()
        agent = service.engine.agent("agent1")
        agent.today.add(60)
        floor.pass_time(1)
        slow = 5.0
        floor.pass_time(DAY_S - 1)
        self.assertEqual(agent.today.handled, 1)
        floor.pass_time(5)
        self.assertEqual(agent.today.handled, 0)
        self.successResultOf(service.stopService())

    def test_new_number(self) -> None:
        """A phone that the telephone system has only now can be signed in to."""
        snapshot = self.floor.directory.snapshot()
        people = tuple(
            replace(one, extension="3001") if one.login_id == "agent1" else one
            for one in snapshot.people
        )
        self.floor.directory.current = replace(snapshot, people=people)
        self.floor.service.reload()
        self.sign_in(agent_instrument="3001")
        self.assertNotIn("agent1", self.floor.service.engine.floor.stations)
        self.floor.simulator.add_numbers(["3001"], [])
        self.floor.pass_time()
        self.sign_in(agent_instrument="3001")
        self.assertIn("3001", self.floor.service.engine.floor.stations)

    def test_vet(self) -> None:
        """A directory without a queue that a script names is vetoed."""
        self.floor = EngineFloor(sample(), scripts=QUEUEING)
        snapshot = self.floor.directory.snapshot()
        snapshot = replace(snapshot, triggers=snapshot.triggers[:1])
        self.floor.service.vet(snapshot)
        with self.assertRaisesRegex(ConfigError, "Support"):
            self.floor.service.vet(replace(snapshot, csqs=snapshot.csqs[:1]))

    def test_provider_lies(self) -> None:
        """A batch that cannot be is logged; the engine goes on."""
        self.floor.service.provider_changed(
            Batch(MetaCode.CALL_ENDING, (Event(EventID.CALL_INVALID, call_id=5),))
        )
        self.assertEqual(len(self.flushLoggedErrors()), 1)
        self.ready()
        self.call_in()
        self.assertIn("agent1 RESERVED", self.floor.told())


class ReactorTests(TestCase):
    """The same on the reactor itself, whose turns are real."""

    async def test_call(self) -> None:
        """An agent signs in and gets a customer's call."""
        directory = FixedDirectory(sample())
        service = EngineService(directory, FixedAuthenticator(directory), EngineConfig(), reactor)
        simulator = Simulator(SimulatorOptions(phones=("1001",)), service, reactor)
        service.use(simulator)
        heard: DeferredQueue[str] = DeferredQueue()
        service.peripheral.subscribe(lambda message: heard.put(short(message)))

        async def hear(wanted: str) -> None:
            while await heard.get().addTimeout(60, reactor) != wanted:
                pass

        service.startService()
        self.addCleanup(service.stopService)
        await hear("SystemEvent")
        for state in (AgentState.LOGIN, AgentState.AVAILABLE):
            request = SetAgentStateReq(
                agent_state=state,
                agent_id_long="agent1",
                agent_instrument="1001",
                agent_password=PASSWORD,
            )
            service.peripheral.request(request, lambda _confirmation: None)
        await hear("agent1 AVAILABLE")
        simulator.place_call("6001", CALLER)
        await hear("CallDeliveredEvent 1001")

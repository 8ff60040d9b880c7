"""A whole day on the floor: customers by chance, agents who answer, and the same again from the same seed."""

from __future__ import annotations

from random import Random

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    ClearConnectionReq,
    EndCallEvent,
    SetAgentStateReq,
)
from finesse_tx.engine.core.router import Tally
from finesse_tx.telephony.customers import Customers
from tests.support.centre import sample
from tests.support.engine import PASSWORD, EngineFloor

AGENTS = 5


class Day:
    """A few hours of a small centre, whose agents answer most calls after a moment."""

    def __init__(self, seed: int, hours: float) -> None:
        self.floor = EngineFloor(sample(AGENTS, auto_work=True, wrapup_time_s=10))
        self.rng = Random(seed)
        customers = Customers(
            self.floor.simulator,
            ["6001", "6002"],
            Random(seed + 1),
            self.floor.clock,
            calls_per_minute=6,
            patience_s=60,
            talk_s=40,
        )
        customers.setServiceParent(self.floor.service)
        self.messages: list[Message] = []
        self.floor.peripheral.subscribe(self.act)
        for number in range(1, AGENTS + 1):
            name = {"agent_id_long": f"agent{number}", "agent_instrument": str(1000 + number)}
            self.floor.request(
                SetAgentStateReq, agent_state=AgentState.LOGIN, agent_password=PASSWORD, **name
            )
            self.floor.request(SetAgentStateReq, agent_state=AgentState.AVAILABLE, **name)
        self.floor.clock.pump([1.0] * int(hours * 3600))
        self.tally = self.floor.service.engine.router.tally

    def act(self, message: Message) -> None:
        """What an agent does about it."""
        self.messages.append(message)
        if isinstance(message, AgentStateEvent) and message.agent_state == AgentState.NOT_READY:
            ready = SetAgentStateReq(
                agent_state=AgentState.AVAILABLE, agent_id_long=message.agent_id_long
            )
            self.later(self.rng.uniform(5, 60), ready)
        elif isinstance(message, CallDeliveredEvent):
            phone = message.connection_device_id or ""
            chance = self.rng.random()
            kind = AnswerCallReq if chance < 0.9 else ClearConnectionReq
            if phone.startswith("100") and chance < 0.95:
                call_id = message.connection_call_id
                request = kind(connection_call_id=call_id, connection_device_id=phone)
                self.later(self.rng.uniform(1, 9), request)

    def later(self, delay: float, request: Request) -> None:
        """Do it after a while."""
        peripheral = self.floor.peripheral
        self.floor.clock.callLater(delay, peripheral.request, request, lambda _message: None)


class DayTests(SynchronousTestCase):
    """`Day`."""

    def day(self, seed: int, hours: float) -> Day:
        """Live it."""
        day = Day(seed, hours)
        self.successResultOf(day.floor.service.stopService())
        return day

    def test_same_day_twice(self) -> None:
        """The same seed makes the same day, message for message; another makes another."""
        day = self.day(7, 0.3)
        self.assertEqual(day.messages, self.day(7, 0.3).messages)
        self.assertNotEqual(day.messages, self.day(8, 0.3).messages)

    def test_adds_up(self) -> None:
        """Whoever called was handled, or gave up, or was rejected, or is there still; each call began and ended."""
        day = self.day(3, 1.5)
        tally, contacts = day.tally, day.floor.service.engine.router.contacts
        self.assertGreater(tally.arrived, 400)
        for count in (tally.handled, tally.abandoned, tally.rejected, tally.not_answered):
            self.assertGreater(count, 0, tally)
        underway = sum(contact.place.name != "CONNECTED" for contact in contacts.values())
        self.assertEqual(
            tally.arrived,
            tally.handled + tally.abandoned + tally.rejected + tally.aborted + underway,
        )
        begun = [
            (m.connection_call_id, m.connection_device_id)
            for m in day.messages
            if isinstance(m, BeginCallEvent)
        ]
        ended = [
            (m.connection_call_id, m.connection_device_id)
            for m in day.messages
            if isinstance(m, EndCallEvent)
        ]
        for key in set(begun) - set(ended):
            self.assertIn(key[0], day.floor.service.engine.calls.by_id)
        self.assertEqual(sorted(set(ended) - set(begun)), [])

    def test_nobody_works(self) -> None:
        """Without agents every customer gives up, and nothing of him is left."""
        floor = EngineFloor(sample(0))
        for _ in range(3):
            floor.simulator.place_call("6001", "0612345678")
        floor.pass_time()
        for call_id in list(floor.service.engine.calls.by_id):
            floor.simulator.hang_up_outside(call_id, "0612345678")
        floor.pass_time()
        self.assertEqual(floor.service.engine.router.tally, Tally(arrived=3, abandoned=3))
        self.assertEqual(floor.service.engine.calls.by_id, {})
        self.successResultOf(floor.service.stopService())

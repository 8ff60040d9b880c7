"""Callers in a script, message by message, on the simulator: its prompts take their time."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import AgentState, LocalConnectionState
from finesse_tx.cti.core.messages import (
    CallDataUpdateEvent,
    CallDequeuedEvent,
    CallQueuedEvent,
    SetAgentStateReq,
)
from tests.support.centre import CALLER, sample
from tests.support.engine import PASSWORD, EngineFloor

SCRIPT = """
[trigger.6001]
script = "s"

[script.s.steps]
start = [
    { play = "welcome" },
    { digits = "number", into = "number", max_digits = 4, on_fail = "queue" },
    { set = { CallVariable1 = "{number}" } },
    { go = "queue" },
]
queue = [
    { queue = ["Sales", "Support"] },
    { wait = "hold", for_s = 30 },
    { dequeue = "Sales" },
    { wait = "hold" },
]
hold = [{ music = "jazz", for_s = 10 }, { play = "sorry" }]
"""


class TreatedCallTests(SynchronousTestCase):
    """A caller on his way to agent 1."""

    def setUp(self) -> None:
        """Start it, and let somebody call."""
        self.floor = EngineFloor(sample(), scripts=SCRIPT)
        self.call_id = self.floor.simulator.place_call("6001", CALLER)
        self.floor.pass_time()

    def tearDown(self) -> None:
        """Stop it; no timer may be left."""
        self.successResultOf(self.floor.service.stopService())
        self.assertEqual(self.floor.clock.getDelayedCalls(), [])

    def key(self, digits: str) -> None:
        """The caller keys something."""
        keyed = self.floor.simulator.key_outside(self.call_id, CALLER, digits)
        self.floor.pass_time()
        self.successResultOf(keyed)

    def ready(self) -> None:
        """Agent 1 signs in, and is READY."""
        for state in (AgentState.LOGIN, AgentState.AVAILABLE):
            self.floor.request(
                SetAgentStateReq,
                agent_state=state,
                agent_id_long="agent1",
                agent_instrument="1001",
                agent_password=PASSWORD,
            )

    def test_queued_after_treatment(self) -> None:
        """Clients are told of the port while the caller hears prompts, and of the queues when he has heard them."""
        self.assertEqual(self.floor.told()[-1], "CallEstablishedEvent 70001")
        self.floor.pass_time(3.9)
        self.assertEqual(self.floor.told(), [])
        self.floor.pass_time(0.2)
        self.key("12")
        self.key("34")
        entered, variable, queued = self.floor.take()
        assert isinstance(entered, CallDataUpdateEvent)
        assert isinstance(variable, CallDataUpdateEvent)
        assert isinstance(queued, CallQueuedEvent)
        self.assertEqual(entered.caller_entered_digits, "1234")
        self.assertEqual(variable.call_variables[0], "1234")

    def test_reload(self) -> None:
        """A trigger that is written beside the scripts is there after the directory was read again, too."""
        self.floor.service.reload()
        other = self.floor.simulator.place_call("6001", "0699999999")
        self.floor.pass_time()
        contact = self.floor.service.engine.router.contacts[other]
        self.assertEqual((contact.trigger.script, contact.queues), ("s", ()))

    def test_dequeued(self) -> None:
        """Out of one of two queues: CALL_DEQUEUED with that queue, LCS 5; then an agent of the other gets the caller."""
        self.floor.pass_time(4)
        self.key("1#")
        (queued,) = [m for m in self.floor.take() if isinstance(m, CallQueuedEvent)]
        self.assertEqual([group.skill_group_number for group in queued.skill_groups], [1, 2])
        for _ in range(30):
            self.floor.pass_time(1)
        (dequeued,) = self.floor.take()
        assert isinstance(dequeued, CallDequeuedEvent)
        self.assertEqual(
            (
                dequeued.connection_device_id,
                dequeued.local_connection_state,
                [group.skill_group_number for group in dequeued.skill_groups],
            ),
            ("70001", LocalConnectionState.LCS_QUEUED, [1]),
        )
        self.ready()
        self.assertIn("agent1 RESERVED", self.floor.told())
        self.assertEqual(self.floor.service.engine.router.routed[-1].csq_name, "Support")

    def test_nothing_keyed(self) -> None:
        """Who keys nothing is asked three times, and then queued all the same."""
        self.floor.pass_time(4)
        for _ in range(3):
            self.assertNotIn("CallQueuedEvent 70001", self.floor.told())
            self.floor.pass_time(9)
        self.assertEqual(self.floor.told(), ["CallQueuedEvent 70001"])

    def test_no_answer(self) -> None:
        """While it rings at an agent the script stands still; unanswered, the caller is back in his round."""
        self.floor.pass_time(4)
        self.key("1#")
        self.ready()
        self.floor.seen.clear()
        for _ in range(25):
            self.floor.pass_time(1)
        told = self.floor.told()
        self.assertEqual(told[-1], "CallQueuedEvent 70001")
        self.assertIn("agent1 NOT_READY 32763", told)
        gone = self.floor.simulator.hang_up_outside(self.call_id, CALLER)
        self.floor.pass_time()
        self.successResultOf(gone)
        self.assertIn("CallClearedEvent 6001", self.floor.told())

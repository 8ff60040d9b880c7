"""What CTI clients are sent for agents and for the calls that come through a queue, message by message.

Spec: ``cti.md`` §11.4, §11.5, §11.7 (values), ``telephony.md`` §4.1 to §4.5 (order).
"""

from __future__ import annotations

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    AgentState,
    EventCause,
    ForcedFlag,
)
from finesse_tx.cti.core.messages import (
    AnswerCallConf,
    BeginCallEvent,
    CallClearedEvent,
    CallConnectionClearedEvent,
    CallDeliveredEvent,
    CallFailedEvent,
    CallHeldEvent,
    CallRetrievedEvent,
    ClearConnectionConf,
    ClearConnectionReq,
    EndCallEvent,
    HoldCallConf,
    HoldCallReq,
    RetrieveCallConf,
    RetrieveCallReq,
    SetAgentStateConf,
)
from tests.support.centre import CALLER
from tests.support.sequences import (
    AGENT,
    ARRIVES,
    CALL,
    CALLED,
    LCS,
    NONE,
    PHONE,
    PORT,
    QUEUED,
    ROUTE_POINT,
    SequenceCase,
    answered,
    cleared,
    connection,
    ends,
    leaves,
    part,
    rings,
    stands,
    state,
)


class AgentSequenceTests(SequenceCase):
    """``cti.md`` §11.4."""

    def test_day(self) -> None:
        """Sign-in, READY, NOT_READY with a reason, sign-out: each confirmed, then told."""
        self.start()
        self.sign_in(1)
        self.check(
            SetAgentStateConf(invoke_id=1),
            state(1, AgentState.LOGIN),
            state(1, AgentState.NOT_READY, 32760),
        )
        for invoke_id, (wanted, reason) in enumerate(
            ((AgentState.AVAILABLE, 0), (AgentState.NOT_READY, 5), (AgentState.LOGOUT, 7)), 2
        ):
            self.set_state(wanted, event_reason_code=reason, agent_instrument="1001")
            self.check(SetAgentStateConf(invoke_id=invoke_id), state(1, wanted, reason))

    def test_moved(self) -> None:
        """A forced sign-in elsewhere: the old session ends with 32767, the new one begins."""
        self.start()
        self.sign_in(1)
        self.floor.seen.clear()
        self.sign_in(agent_instrument="1005", forced_flag=ForcedFlag.FORCED)
        self.assertEqual(
            self.floor.told(),
            ["SetAgentStateConf", "agent1 LOGOUT 32767", "agent1 LOGIN", "agent1 NOT_READY 32760"],
        )

    def test_pending(self) -> None:
        """What is asked for while talking has a state of its own, or is told as the next one."""
        self.start(1)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        for wanted, told, reason in (
            (AgentState.NOT_READY, AgentState.TALKING_PENDING_NOT_READY, 5),
            (AgentState.WORK, AgentState.TALKING_PENDING_WORK, 0),
            (AgentState.AVAILABLE, AgentState.TALKING, 0),
        ):
            self.set_state(wanted, 1, event_reason_code=reason)
            _, event = self.floor.take()
            self.assertEqual(event, state(1, told, reason, 1, next_agent_state=wanted))


class InboundTests(SequenceCase):
    """``telephony.md`` §4.1, §4.2, §4.5; ``cti.md`` §11.5."""

    def test_waits(self) -> None:
        """With nobody free the customer is queued; the agent who becomes READY gets the call."""
        self.start()
        self.customer_calls()
        self.check(*ARRIVES, QUEUED)
        self.sign_in(1)
        self.set_state(AgentState.AVAILABLE, 1)
        self.floor.seen[:4] = []
        self.check(state(1, AgentState.AVAILABLE), *rings())

    def test_answered(self) -> None:
        """With somebody free he is not queued; the agent answers, and the customer hangs up."""
        self.start(1)
        self.customer_calls()
        self.check(*ARRIVES, *rings())
        self.answer()
        self.check(AnswerCallConf(invoke_id=3), *answered())
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("6001"),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
        )

    def test_agent_hangs_up(self) -> None:
        """The agent hangs up first, and the parties leave in that order."""
        self.start(1, automatic_available=False)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.floor.request(
            ClearConnectionReq,
            connection_call_id=CALL,
            connection_device_id="1001",
            agent_instrument="1001",
        )
        self.check(
            ClearConnectionConf(invoke_id=4),
            leaves("1001", AGENT),
            leaves(CALLER, PHONE),
            cleared("1001"),
            ends("6001"),
            state(1, AgentState.NOT_READY, 32755),
            ends("1001"),
        )

    def test_abandoned_in_queue(self) -> None:
        """The customer hangs up before anybody is free: there is no CALL_DEQUEUED."""
        self.start()
        self.customer_calls()
        self.floor.seen.clear()
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("70001", PORT),
            cleared("6001"),
            ends("6001"),
        )

    def test_abandoned_while_ringing(self) -> None:
        """He hangs up while it rings: the agent is READY again, and it never rang too long."""
        self.start(1)
        self.customer_calls()
        self.floor.pass_time(5)
        self.floor.seen.clear()
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("6001"),
            ends("1001"),
            state(1, AgentState.AVAILABLE),
        )
        self.floor.pass_time(60)
        self.check()

    def test_not_answered(self) -> None:
        """Nobody answers within the time: the call is queued again, and another agent gets it."""
        self.start(1, 2, config=EngineConfig(ring_no_answer_s=12))
        self.customer_calls()
        self.set_state(AgentState.NOT_READY, 2, event_reason_code=3)
        self.floor.seen.clear()
        self.floor.pass_time(11.9)
        self.check()
        self.floor.pass_time(0.1)
        self.check(
            leaves("1001", AGENT, EventCause.CEC_CALL_NOT_ANSWERED),
            ends("1001"),
            state(1, AgentState.NOT_READY, 32763),
            QUEUED,
        )
        self.set_state(AgentState.AVAILABLE, 2)
        self.floor.seen[:1] = []
        self.check(state(2, AgentState.AVAILABLE), *rings(2))
        self.answer(2)
        self.floor.seen[:1] = []
        self.check(*answered(2))

    def test_refused(self) -> None:
        """An agent who refuses is as one who does not answer; the caller stays where he was."""
        self.start(1)
        self.customer_calls()
        self.floor.seen.clear()
        self.floor.request(ClearConnectionReq, connection_call_id=CALL, connection_device_id="1001")
        self.check(
            ClearConnectionConf(invoke_id=3),
            leaves("1001", AGENT, EventCause.CEC_CALL_NOT_ANSWERED),
            ends("1001"),
            state(1, AgentState.NOT_READY, 32763),
            QUEUED,
        )

    def wrap_up(self) -> None:
        """Bring agent1 into WORK."""
        self.start(1, auto_work=True, wrapup_time_s=15)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("6001"),
            state(1, AgentState.WORK, csq=1),
        )

    def test_wrap_up(self) -> None:
        """With automatic work END_CALL waits for the end of wrap-up, which the timer brings."""
        self.wrap_up()
        self.floor.pass_time(14.9)
        self.check()
        self.floor.pass_time(0.1)
        self.check(state(1, AgentState.AVAILABLE, 32758), ends("1001"))

    def test_wrap_up_by_hand(self) -> None:
        """Or the agent."""
        self.wrap_up()
        self.set_state(AgentState.NOT_READY, 1, event_reason_code=4)
        self.check(SetAgentStateConf(invoke_id=4), state(1, AgentState.NOT_READY, 4), ends("1001"))
        self.floor.pass_time(60)
        self.check()

    def test_hold(self) -> None:
        """Hold and retrieve: confirmed, then told; the agent stays TALKING."""
        self.start(1)
        self.customer_calls()
        self.answer()
        self.floor.seen.clear()
        self.floor.request(HoldCallReq, connection_call_id=CALL, connection_device_id="1001")
        self.check(
            HoldCallConf(invoke_id=4),
            CallHeldEvent(
                **connection("1001"), **part("holding", "1001", AGENT), **stands(LCS.LCS_HOLD, NONE)
            ),
        )
        self.floor.request(
            RetrieveCallReq, held_connection_call_id=CALL, held_connection_device_id="1001"
        )
        self.check(
            RetrieveCallConf(invoke_id=5),
            CallRetrievedEvent(
                **connection("1001"),
                **part("retrieving", "1001", AGENT),
                **stands(LCS.LCS_CONNECT, NONE),
            ),
        )

    def test_rejected(self) -> None:
        """Without a free port the caller hears busy."""
        self.start()
        for number in range(4):
            self.floor.simulator.place_call("6001", f"061111111{number}")
        self.floor.pass_time()
        self.floor.seen.clear()
        call_id = self.floor.simulator.place_call("6001", CALLER)
        self.floor.pass_time()
        seen = self.floor.take()
        self.assertEqual(
            [type(message) for message in seen],
            [
                BeginCallEvent,
                CallDeliveredEvent,
                CallFailedEvent,
                CallConnectionClearedEvent,
                CallClearedEvent,
                EndCallEvent,
            ],
        )
        self.assertEqual(
            seen[2],
            CallFailedEvent(
                connection_call_id=call_id,
                connection_device_id="6001",
                **part("failing", "6001", ROUTE_POINT),
                **CALLED,
                **stands(LCS.LCS_FAIL, EventCause.CEC_BUSY),
            ),
        )

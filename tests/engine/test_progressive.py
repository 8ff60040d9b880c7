"""Progressive outbound on the wire, message by message.

Spec: ``cti.md`` §11.12 (CallType 34, LCS 2 then 3); ``engine.md`` §4; ``notifications.md`` §7.7.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from finesse_tx.cti.core.enums import AgentState, CallType
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    BeginCallEvent,
    CallDeliveredEvent,
    CallDivertedEvent,
    CallEstablishedEvent,
    CallFailedEvent,
    CallOriginatedEvent,
    CallServiceInitiatedEvent,
)
from finesse_tx.engine.core.outbound.records import DialingMode, RecordState, Result
from finesse_tx.telephony.core.events import Cause
from tests.engine.test_outbound import CAMPAIGN, CUSTOMER, RECORD, CampaignCase, named
from tests.support.sequences import (
    AGENT,
    CALL,
    LCS,
    NEW,
    NO_DEVICE,
    NONE,
    PHONE,
    PORT,
    REDIRECTED,
    addressed,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)

CALLING, CALLED = part("calling", "70001", PORT), part("called", CUSTOMER, PHONE)
DATA: dict[str, Any] = {**addressed("70001", CUSTOMER), **named("PROGRESSIVE_OUTBOUND")}
NOT_REDIRECTED = part("last_redirect", None, NO_DEVICE)


def begins(device: str) -> Message:
    """A device has to do with the customer's call."""
    kind = CallType.CALLTYPE_CUSTOMER_PREDICTIVE
    return BeginCallEvent(call_type=kind, **connection(device), **DATA)


DIALLED: list[Message] = [
    begins("70001"),
    CallServiceInitiatedEvent(**connection("70001"), **CALLING, **stands(LCS.LCS_INITIATE, NONE)),
    CallOriginatedEvent(
        **connection("70001"), **CALLING, **CALLED, **stands(LCS.LCS_INITIATE, NONE)
    ),
]
"""A port dials."""

RINGS: Message = CallDeliveredEvent(
    **connection("70001"),
    **part("alerting", CUSTOMER, PHONE),
    **CALLING,
    **CALLED,
    **NOT_REDIRECTED,
    **stands(LCS.LCS_CONNECT, NEW),
    **DATA,
)
"""The customer's phone rings."""

ANSWERS: Message = CallEstablishedEvent(
    **connection("70001"),
    **part("answering", CUSTOMER, PHONE),
    **CALLING,
    **CALLED,
    **NOT_REDIRECTED,
    **stands(LCS.LCS_CONNECT, NEW),
)
"""The customer answers."""

GIVEN: list[Message] = [
    state(1, AgentState.RESERVED, 32747, 1),
    begins("1001"),
    CallDivertedEvent(
        **connection("70001"),
        **part("diverting", "70001", PORT),
        **part("called", "1001", AGENT),
        **stands(LCS.LCS_NULL, REDIRECTED),
    ),
    CallDeliveredEvent(
        **connection("1001"),
        skill_group_number=1,
        **part("alerting", "1001", AGENT),
        **CALLING,
        **CALLED,
        **NOT_REDIRECTED,
        **stands(LCS.LCS_ALERTING, NEW),
        **DATA,
    ),
    CallEstablishedEvent(
        **connection("1001"),
        skill_group_number=1,
        **part("answering", "1001", AGENT),
        **CALLING,
        **CALLED,
        **part("last_redirect", "70001", PORT),
        **stands(LCS.LCS_CONNECT, NEW),
    ),
    state(1, AgentState.TALKING, csq=1),
]
"""The agent is given the customer, and his phone answers by itself."""


class ProgressiveTests(CampaignCase):
    """``cti.md`` §11.12: the customer is called first."""

    def begin_progressive(self, **values: Any) -> None:
        """Start anew, with one agent READY, and see a port dial."""
        self.begin(RECORD, campaign=replace(CAMPAIGN, mode=DialingMode.PROGRESSIVE), **values)
        self.check(*DIALLED, RINGS)

    @property
    def result(self) -> tuple[RecordState, Result | None]:
        """What was kept of the customer last."""
        record = self.records.kept[-1][0].record
        return record.state, record.result

    def customer_answers(self) -> None:
        """He does."""
        self.floor.simulator.answer_outside(CALL, CUSTOMER)
        self.floor.pass_time()

    def customer_goes(self) -> None:
        """He hangs up."""
        self.floor.simulator.hang_up_outside(CALL, CUSTOMER)
        self.floor.pass_time()

    def test_answered(self) -> None:
        """The whole sequence: a port dials, the customer answers, an agent has him at once; wrap-up with 32745."""
        self.begin_progressive(auto_work=True, wrapup_time_s=10)
        self.assertEqual(self.result, (RecordState.ACTIVE, None))
        self.customer_answers()
        self.check(ANSWERS, *GIVEN)
        self.customer_goes()
        self.check(
            leaves(CUSTOMER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("70001"),
            state(1, AgentState.WORK_NOT_READY, 32745, 1),
        )
        self.floor.pass_time(10)
        self.check(state(1, AgentState.AVAILABLE, 32758), ends("1001"))
        self.assertEqual(self.result, (RecordState.CLOSED, Result.VOICE))

    def test_busy(self) -> None:
        """A customer who is busy: the call ends at the port, and no agent hears of it."""
        self.begin_progressive()
        self.floor.simulator.refuse_outside(CALL, CUSTOMER, Cause.BUSY)
        self.floor.pass_time()
        seen = self.floor.take()
        self.assertIsInstance(seen[0], CallFailedEvent)
        self.assertEqual(seen[-2:], [cleared("70001"), ends("70001")])
        self.assertEqual({m.connection_device_id for m in seen}, {"70001"})  # type: ignore[attr-defined]
        self.assertEqual(self.result, (RecordState.PENDING, Result.BUSY))

    def test_rings_in_vain(self) -> None:
        """A customer who does not answer within 30 seconds is hung up on."""
        self.begin_progressive()
        self.floor.pass_time(29.9)
        self.check()
        self.floor.pass_time(0.2)
        self.check(leaves("70001", PORT), leaves(CUSTOMER, PHONE), cleared("70001"), ends("70001"))
        self.assertEqual(self.result, (RecordState.PENDING, Result.NO_ANSWER))

    def test_nobody_is_there(self) -> None:
        """A customer who answers when no agent is READY any more waits; when he hangs up, it was for nothing."""
        self.begin_progressive()
        self.set_state(AgentState.NOT_READY)
        self.floor.take()
        self.customer_answers()
        seen = self.floor.take()
        self.assertEqual(seen[0], ANSWERS)
        self.assertEqual(type(seen[1]).__name__, "CallQueuedEvent")
        self.customer_goes()
        self.check(leaves(CUSTOMER, PHONE), leaves("70001", PORT), cleared("70001"), ends("70001"))
        self.assertEqual(self.result, (RecordState.PENDING, Result.UNKNOWN))

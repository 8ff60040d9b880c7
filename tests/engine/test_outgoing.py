"""What CTI clients are sent for calls that agents make, and for calls past the engine, message by message.

Spec: ``cti.md`` §11.6.
"""

from __future__ import annotations

from finesse_tx.cti.core.enums import (
    AgentState,
    CallType,
    DeviceIDType,
    EventCause,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    BeginCallEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    CallFailedEvent,
    CallOriginatedEvent,
    CallServiceInitiatedEvent,
    ClearConnectionReq,
    MakeCallConf,
    MakeCallReq,
)
from finesse_tx.engine.core.events import Device
from tests.support.centre import CALLER
from tests.support.sequences import (
    AGENT,
    CALL,
    LCS,
    NEW,
    NO_DEVICE,
    NONE,
    PHONE,
    SequenceCase,
    addressed,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)


class OutgoingTests(SequenceCase):
    """``cti.md`` §11.6: calls that an agent makes, and calls past the engine."""

    def dials(self, digits: str, kind: DeviceIDType, call_type: CallType) -> list[Message]:
        """agent1 makes a call from READY."""
        data = addressed("1001", digits)
        return [
            state(1, AgentState.NOT_READY, 32762),
            MakeCallConf(
                invoke_id=self.invoke_id,
                new_connection_call_id=CALL,
                new_connection_device_id="1001",
            ),
            BeginCallEvent(call_type=call_type, **connection("1001"), **data),
            CallServiceInitiatedEvent(
                **connection("1001"),
                **part("calling", "1001", AGENT),
                **stands(LCS.LCS_INITIATE, NONE),
            ),
            CallOriginatedEvent(
                **connection("1001"),
                **part("calling", "1001", AGENT),
                **part("called", digits, kind),
                **stands(LCS.LCS_INITIATE, NONE),
            ),
        ]

    def make_call(self, digits: str) -> None:
        """agent1 makes a call."""
        self.invoke_id = self.floor.next_invoke_id
        self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number=digits)

    @staticmethod
    def rings_at(device: str, calling: Device, called: Device) -> Message:
        """The call rings at ``called``; ``device`` is whose connection is told of."""
        far = device != called.id
        return CallDeliveredEvent(
            **connection(device),
            **part("alerting", called.id, called.type),
            **part("calling", calling.id, calling.type),
            **part("called", called.id, called.type),
            **part("last_redirect", None, NO_DEVICE),
            **stands(LCS.LCS_CONNECT if far else LCS.LCS_ALERTING, NEW),
            **addressed(calling.id, called.id),
        )

    @staticmethod
    def is_answered_at(device: str, calling: Device, called: Device) -> Message:
        """The call is answered at ``called``."""
        return CallEstablishedEvent(
            **connection(device),
            **part("answering", called.id, called.type),
            **part("calling", calling.id, calling.type),
            **part("called", called.id, called.type),
            **part("last_redirect", None, NO_DEVICE),
            **stands(LCS.LCS_CONNECT, NEW),
        )

    def test_to_agent(self) -> None:
        """To another agent: he is NOT_READY with 32761 meanwhile, both are READY again afterwards."""
        self.start(1, 2)
        self.make_call("1002")
        data = addressed("1001", "1002")
        inside = CallType.CALLTYPE_AGENT_INSIDE
        call = Device("1001", AGENT), Device("1002", AGENT)
        self.check(
            *self.dials("1002", AGENT, inside),
            BeginCallEvent(call_type=inside, **connection("1002"), **data),
            state(2, AgentState.NOT_READY, 32761),
            self.rings_at("1002", *call),
        )
        self.answer(2)
        self.floor.seen[:1] = []
        self.check(self.is_answered_at("1002", *call))
        self.floor.request(ClearConnectionReq, connection_call_id=CALL, connection_device_id="1002")
        self.floor.seen[:1] = []
        self.check(
            leaves("1002", AGENT),
            leaves("1001", AGENT),
            cleared("1002"),
            ends("1001"),
            ends("1002"),
            state(2, AgentState.AVAILABLE),
            state(1, AgentState.AVAILABLE),
        )

    def test_to_outside(self) -> None:
        """To an outside number: its ringing and answering are told of the caller's own connection."""
        self.start(1)
        self.make_call(CALLER)
        call = Device("1001", AGENT), Device(CALLER, PHONE)
        self.check(
            *self.dials(CALLER, PHONE, CallType.CALLTYPE_OUT),
            self.rings_at("1001", *call),
        )
        self.floor.simulator.answer_outside(CALL, CALLER)
        self.floor.pass_time()
        self.check(self.is_answered_at("1001", *call))
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("1001"),
            state(1, AgentState.AVAILABLE),
        )

    def test_to_nobody(self) -> None:
        """A number that does not exist: the tone lasts until the agent clears the call."""
        self.start(1)
        self.make_call("99")
        self.check(
            *self.dials("99", PHONE, CallType.CALLTYPE_OUT),
            CallFailedEvent(
                **connection("1001"),
                **part("failing", "99", PHONE),
                **part("called", "99", PHONE),
                **stands(LCS.LCS_FAIL, EventCause.CEC_DEST_NOT_OBTAINABLE),
            ),
        )
        self.floor.request(ClearConnectionReq, connection_call_id=CALL, connection_device_id="1001")
        self.floor.seen[:1] = []
        self.check(
            leaves("1001", AGENT), cleared("1001"), ends("1001"), state(1, AgentState.AVAILABLE)
        )

    def test_busy(self) -> None:
        """A phone that is busy: the caller is told, whoever is there hears nothing of it."""
        self.start(1, 2)
        self.floor.simulator.place_call("1002", CALLER)
        self.floor.pass_time()
        self.floor.seen.clear()
        self.make_call("1002")
        failed = self.floor.take()[-1]
        self.assertEqual(
            failed,
            CallFailedEvent(
                connection_call_id=CALL + 1,
                connection_device_id="1001",
                **part("failing", "1002", AGENT),
                **part("called", "1002", AGENT),
                **stands(LCS.LCS_FAIL, EventCause.CEC_BUSY),
            ),
        )
        self.floor.request(
            ClearConnectionReq, connection_call_id=CALL + 1, connection_device_id="1001"
        )
        self.assertFalse([line for line in self.floor.told() if "1002" in line or "agent2" in line])

    def test_called_directly(self) -> None:
        """A customer who dials the agent's own number."""
        self.start(1)
        self.customer_calls("1001")
        data = addressed(CALLER, "1001")
        call = Device(CALLER, PHONE), Device("1001", AGENT)
        self.check(
            BeginCallEvent(call_type=CallType.CALLTYPE_OTHER_IN, **connection("1001"), **data),
            state(1, AgentState.NOT_READY, 32761),
            self.rings_at("1001", *call),
        )
        self.answer()
        self.floor.seen[:1] = []
        self.check(self.is_answered_at("1001", *call))
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1001", AGENT),
            cleared("1001"),
            ends("1001"),
            state(1, AgentState.AVAILABLE),
        )

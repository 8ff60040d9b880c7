"""The messages of whole calls, as they should be: the vocabulary of the sequence tests."""

from __future__ import annotations

from typing import Any

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    NULL,
    AgentState,
    CallType,
    DeviceIDType,
    EventCause,
    LocalConnectionState,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CallClearedEvent,
    CallConnectionClearedEvent,
    CallDeliveredEvent,
    CallDivertedEvent,
    CallEstablishedEvent,
    CallQueuedEvent,
    EndCallEvent,
)
from finesse_tx.cti.core.messages.groups import AgentSkillGroup, SkillGroup
from tests.support.centre import CALLER, sample
from tests.support.engine import EngineFloor, FloorCase

CALL = 0x01000001
"""The first call's id."""

NONE = EventCause.CEC_NONE
NEW = EventCause.CEC_NEW_CALL
REDIRECTED = EventCause.CEC_REDIRECTED
PHONE, AGENT = DeviceIDType.DEVID_DEVICE_IDENTIFIER, DeviceIDType.DEVID_AGENT_DEVICE
ROUTE_POINT, PORT = DeviceIDType.DEVID_ROUTE_POINT, DeviceIDType.DEVID_CTI_PORT
NO_DEVICE = DeviceIDType.DEVID_NONE
LCS = LocalConnectionState


def connection(device: str) -> dict[str, Any]:
    """The connection that a message is about."""
    return {"connection_call_id": CALL, "connection_device_id": device}


def part(role: str, device: str | None, kind: DeviceIDType) -> dict[str, Any]:
    """A device and its type."""
    return {f"{role}_device_id": device, f"{role}_device_type": kind}


def stands(state: LocalConnectionState, cause: EventCause) -> dict[str, Any]:
    """Where the connection stands, and why."""
    return {"local_connection_state": state, "event_cause": cause}


CALLING = part("calling", CALLER, PHONE)
CALLED = part("called", "6001", ROUTE_POINT)


def addressed(calling: str, called: str) -> dict[str, Any]:
    """What is attached to a call from the start."""
    return {"ani": calling, "dnis": called, "dialed_number": called}


DATA = addressed(CALLER, "6001")


def state(
    agent: int, now: AgentState, reason: int = 0, csq: int | None = None, **values: Any
) -> Message:
    """An agent's state event."""
    return AgentStateEvent(
        agent_state=now,
        event_reason_code=reason,
        skill_group_number=NULL if csq is None else csq,
        skill_group_state=0 if csq is None else now,
        agent_id_long=f"agent{agent}",
        agent_extension=str(1000 + agent),
        agent_instrument=str(1000 + agent),
        active_terminal=f"SEP{1000 + agent:012X}",
        skill_groups=tuple(
            AgentSkillGroup(skill_group_number=n, skill_group_state=now) for n in (1, 2)
        ),
        **values,
    )


ARRIVES: list[Message] = [
    BeginCallEvent(call_type=CallType.CALLTYPE_ACD_IN, **connection("6001"), **DATA),
    CallDeliveredEvent(
        **connection("6001"),
        service_number=101,
        **part("alerting", "6001", ROUTE_POINT),
        **CALLING,
        **CALLED,
        **part("last_redirect", None, NO_DEVICE),
        **stands(LCS.LCS_ALERTING, NEW),
        **DATA,
    ),
    CallDivertedEvent(
        **connection("6001"),
        service_number=101,
        **part("diverting", "6001", ROUTE_POINT),
        **part("called", "70001", PORT),
        **stands(LCS.LCS_NULL, REDIRECTED),
    ),
    CallDeliveredEvent(
        **connection("70001"),
        service_number=101,
        **part("alerting", "70001", PORT),
        **CALLING,
        **CALLED,
        **part("last_redirect", "6001", ROUTE_POINT),
        **stands(LCS.LCS_ALERTING, REDIRECTED),
        **DATA,
    ),
    CallEstablishedEvent(
        **connection("70001"),
        service_number=101,
        **part("answering", "70001", PORT),
        **CALLING,
        **CALLED,
        **part("last_redirect", "6001", ROUTE_POINT),
        **stands(LCS.LCS_CONNECT, NEW),
    ),
]
"""A customer dials the route point and comes to a port."""

QUEUED: Message = CallQueuedEvent(
    **connection("70001"),
    service_number=101,
    **CALLING,
    **CALLED,
    **part("last_redirect", "6001", ROUTE_POINT),
    skill_groups=(SkillGroup(skill_group_number=1),),
    **stands(LCS.LCS_QUEUED, NONE),
)


def rings(agent: int = 1) -> list[Message]:
    """The contact is offered to an agent."""
    phone = str(1000 + agent)
    return [
        state(agent, AgentState.RESERVED, csq=1),
        BeginCallEvent(call_type=CallType.CALLTYPE_ACD_IN, **connection(phone), **DATA),
        CallDivertedEvent(
            **connection("70001"),
            service_number=101,
            **part("diverting", "70001", PORT),
            **part("called", phone, AGENT),
            **stands(LCS.LCS_NULL, REDIRECTED),
        ),
        CallDeliveredEvent(
            **connection(phone),
            service_number=101,
            skill_group_number=1,
            **part("alerting", phone, AGENT),
            **CALLING,
            **CALLED,
            **part("last_redirect", "6001", ROUTE_POINT),
            **stands(LCS.LCS_ALERTING, NEW),
            **DATA,
        ),
    ]


def answered(agent: int = 1) -> list[Message]:
    """The agent answers."""
    phone = str(1000 + agent)
    return [
        CallEstablishedEvent(
            **connection(phone),
            service_number=101,
            skill_group_number=1,
            **part("answering", phone, AGENT),
            **CALLING,
            **CALLED,
            **part("last_redirect", "70001", PORT),
            **stands(LCS.LCS_CONNECT, NEW),
        ),
        state(agent, AgentState.TALKING, csq=1),
    ]


def leaves(device: str, kind: DeviceIDType, cause: EventCause = NONE) -> Message:
    """A party leaves."""
    return CallConnectionClearedEvent(
        **connection(device), **part("releasing", device, kind), **stands(LCS.LCS_NULL, cause)
    )


def cleared(device: str) -> Message:
    """The last one has left."""
    return CallClearedEvent(**connection(device), **stands(LCS.LCS_NULL, NONE))


def ends(device: str) -> Message:
    """A device has nothing to do with the call any more."""
    return EndCallEvent(**connection(device))


class SequenceCase(FloorCase):
    """A floor whose first call's messages are compared one by one."""

    def start(self, *agents: int, config: EngineConfig | None = None, **values: Any) -> None:
        """Start anew, with some agents READY."""
        self.floor = EngineFloor(sample(**values), config)
        for agent in agents:
            self.ready(agent)
            self.floor.pass_time(1)

    def customer_calls(self, to: str = "6001") -> None:
        """The first call of all."""
        self.assertEqual(self.call_in(to), CALL)

    def answer(self, agent: int = 1) -> None:
        """An agent answers from the desktop."""
        phone = str(1000 + agent)
        self.floor.request(AnswerCallReq, connection_call_id=CALL, connection_device_id=phone)

    def customer_leaves(self, call_id: int = CALL) -> None:
        """The customer hangs up."""
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()

    def check(self, *expected: Message) -> None:
        """Compare what was sent since the last time with what should have been, one by one."""
        seen = self.floor.take()
        for got, wanted in zip(seen, expected, strict=False):
            self.assertEqual(got, wanted)
        self.assertEqual([type(m).__name__ for m in seen], [type(m).__name__ for m in expected])

"""What CTI clients are sent when supervisors join calls, agents ask for help, and calls are recorded.

Spec: ``cti.md`` §9.9, §11.10; ``telephony.md`` §4.7, §4.8.
"""

from __future__ import annotations

from typing import Any

from finesse_tx.cti.core.enums import (
    NULL,
    AgentState,
    CallType,
    ControlFailureCode,
    DeviceIDType,
    EventCause,
    RTPDirection,
    SilentMonitorStatus,
    StatusCode,
    SupervisoryAction,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CallConferencedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    ClearConnectionReq,
    ControlFailureConf,
    EmergencyCallEvent,
    EmergencyCallReq,
    FailureConf,
    HoldCallReq,
    SetAgentStateReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    StartRecordingConf,
    StartRecordingReq,
    StopRecordingConf,
    StopRecordingReq,
    SuperviseCallConf,
    SuperviseCallReq,
    SupervisorAssistConf,
    SupervisorAssistEvent,
    SupervisorAssistReq,
)
from finesse_tx.cti.core.messages.groups import ConnectedParty
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.engine.core.reasons import Reason
from tests.support.centre import CALLER
from tests.support.engine import PASSWORD
from tests.support.sequences import (
    AGENT,
    CALL,
    CALLED,
    CALLING,
    DATA,
    LCS,
    NO_DEVICE,
    PHONE,
    SequenceCase,
    cleared,
    connection,
    ends,
    leaves,
    part,
    stands,
    state,
)

BOSS = "2001"
SECOND = CALL + 1
A = SupervisoryAction
CF = ControlFailureCode


def boss(now: AgentState, reason: int = 0, csq: int | None = None) -> Message:
    """The supervisor's state event."""
    return AgentStateEvent(
        agent_state=now,
        event_reason_code=reason,
        skill_group_number=NULL if csq is None else csq,
        skill_group_state=0 if csq is None else now,
        agent_id_long="boss",
        agent_extension=BOSS,
        agent_instrument=BOSS,
        active_terminal=f"SEP{2001:012X}",
    )


class SupervisorCase(SequenceCase):
    """A customer's routed call is with agent 1, whose supervisor is signed in, NOT_READY."""

    def setUp(self) -> None:
        """Let him call."""
        self.start(1)
        self.floor.request(
            SetAgentStateReq,
            agent_state=AgentState.LOGIN,
            agent_id_long="boss",
            agent_instrument=BOSS,
            agent_password=PASSWORD,
        )
        self.customer_calls()
        self.answer(1)
        self.floor.seen.clear()

    def fields(self, action: int, **values: Any) -> dict[str, Any]:
        """A request of the supervisor's."""
        return {
            "supervisory_action": action,
            "agent_connection_call_id": CALL,
            "agent_connection_device_id": "1001",
            "supervisor_instrument": BOSS,
            **values,
        }

    def supervise(self, action: int, **values: Any) -> int:
        """The supervisor asks for something; the request's InvokeID."""
        self.floor.request(SuperviseCallReq, **self.fields(action, **values))
        return self.floor.next_invoke_id - 1

    def confirmed(self, invoke_id: int, call_id: int) -> Message:
        """The supervisor's call."""
        return SuperviseCallConf(
            invoke_id=invoke_id, connection_call_id=call_id, connection_device_id=BOSS
        )

    def boss_answers(self) -> None:
        """The supervisor answers."""
        self.floor.request(AnswerCallReq, **connection(BOSS))
        self.floor.seen[:] = [m for m in self.floor.seen if type(m).__name__ != "AnswerCallConf"]


class MonitorTests(SupervisorCase):
    """Listening in."""

    def test_monitor(self) -> None:
        """The supervisor has a call of his own, in conversation at once; the agent's is not touched."""
        invoke_id = self.supervise(A.MONITOR)
        other: dict[str, Any] = {"connection_call_id": SECOND, "connection_device_id": BOSS}
        cause = EventCause.CEC_SUPERVISOR_MONITOR
        self.check(
            self.confirmed(invoke_id, SECOND),
            BeginCallEvent(call_type=CallType.CALLTYPE_SUPERVISOR_MONITOR, **other, ani=BOSS),
            CallEstablishedEvent(
                **other,
                **part("answering", BOSS, AGENT),
                **part("calling", BOSS, AGENT),
                **part("called", "1001", AGENT),
                **part("last_redirect", None, NO_DEVICE),
                **stands(LCS.LCS_CONNECT, cause),
            ),
        )

    def test_clear(self) -> None:
        """Action 0 ends it, with cause 45."""
        self.supervise(A.MONITOR)
        self.floor.seen.clear()
        invoke_id = self.supervise(A.CLEAR)
        told = self.floor.take()
        self.assertEqual(told[0], self.confirmed(invoke_id, SECOND))
        self.assertEqual(told[1].event_cause, EventCause.CEC_SUPERVISOR_CLEAR)  # type: ignore[attr-defined]
        self.assertEqual(
            [type(m).__name__ for m in told[1:]],
            ["CallConnectionClearedEvent", "CallClearedEvent", "EndCallEvent"],
        )
        self.assertEqual(list(self.floor.service.engine.calls.by_id), [CALL])

    def test_follows(self) -> None:
        """It ends when the agent's part of the call does; on hold it goes on."""
        self.supervise(A.MONITOR)
        self.floor.request(HoldCallReq, **connection("1001"))
        self.floor.seen.clear()
        self.customer_leaves()
        self.assertIn(f"EndCallEvent {BOSS}", self.floor.told())
        self.assertEqual(self.floor.service.engine.calls.by_id, {})

    def test_snapshot(self) -> None:
        """Snapshots say who listens in and who is listened in on."""
        self.supervise(A.MONITOR)
        found = []
        for instrument in (BOSS, "1001"):
            (answer,) = self.floor.request(SnapshotDeviceReq, agent_instrument=instrument)
            assert isinstance(answer, SnapshotDeviceConf)
            found += [call.silent_monitor_status for call in answer.calls]
        self.assertEqual(found, [SilentMonitorStatus.INITIATOR, SilentMonitorStatus.TARGET])
        self.supervise(A.CLEAR)
        (answer,) = self.floor.request(SnapshotDeviceReq, agent_instrument="1001")
        assert isinstance(answer, SnapshotDeviceConf)
        self.assertIsNone(answer.calls[0].silent_monitor_status)

    def test_whisper(self) -> None:
        """The same call has another type when he begins to whisper, and when he stops."""
        self.supervise(A.MONITOR)
        for action, kind in (
            (A.WHISPER, CallType.CALLTYPE_SUPERVISOR_WHISPER),
            (A.MONITOR, CallType.CALLTYPE_SUPERVISOR_MONITOR),
        ):
            self.floor.seen.clear()
            invoke_id = self.supervise(action)
            confirmation, update = self.floor.take()
            self.assertEqual(confirmation, self.confirmed(invoke_id, SECOND))
            assert isinstance(update, CallDataUpdateEvent)
            self.assertEqual((update.call_type, update.connection_device_id), (kind, BOSS))

    def test_to_barge_in(self) -> None:
        """From listening in one can barge in: the monitoring call ends first."""
        self.supervise(A.MONITOR)
        self.floor.seen.clear()
        invoke_id = self.supervise(A.BARGE_IN)
        told = self.floor.take()
        names = [type(message).__name__ for message in told]
        self.assertLess(names.index("EndCallEvent"), names.index("SuperviseCallConf"))
        self.assertIn(self.confirmed(invoke_id, CALL), told)
        self.boss_answers()
        parties = self.floor.service.engine.call(CALL).parties
        self.assertEqual(list(parties), [CALLER, "1001", BOSS])

    def test_refused(self) -> None:
        """Whoever is no supervisor of the agent's team, or not signed in, or of a call that is not there."""
        for code, values in (
            (CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE, {"supervisor_instrument": "1001"}),
            (CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER, {"supervisor_instrument": "1003"}),
            (CF.CF_INVALID_CSTA_CALL_IDENTIFIER, {"agent_connection_call_id": 77}),
            (CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER, {"agent_connection_device_id": BOSS}),
        ):
            refused = self.refused(SuperviseCallReq, **self.fields(A.MONITOR, **values))
            self.assertEqual(refused[0], code)
        self.assertEqual(
            self.refused(SuperviseCallReq, **self.fields(A.CLEAR))[0], CF.CF_NO_CONNECTION_TO_CLEAR
        )
        self.sign_in(2)
        refused = self.refused(
            SuperviseCallReq, **self.fields(A.MONITOR, supervisor_instrument="1002")
        )
        self.assertEqual(refused[0], CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)
        (answer,) = self.floor.request(SuperviseCallReq, **self.fields(9))
        assert isinstance(answer, FailureConf)
        self.assertEqual(answer.status, StatusCode.E_CTI_INVALID_SUPERVISORY_ACTION)


class BargeTests(SupervisorCase):
    """Barging in, taking over."""

    def offered(self, kind: CallType, cause: EventCause) -> list[Message]:
        """The call is offered to the supervisor, as one more party."""
        return [
            BeginCallEvent(call_type=kind, **connection(BOSS), **DATA),
            CallDeliveredEvent(
                **connection(BOSS),
                service_number=101,
                skill_group_number=1,
                **part("alerting", BOSS, AGENT),
                **CALLING,
                **CALLED,
                **part("last_redirect", "70001", DeviceIDType.DEVID_CTI_PORT),
                **stands(LCS.LCS_ALERTING, cause),
                **DATA,
            ),
        ]

    def joined(self, cause: EventCause) -> list[Message]:
        """The supervisor is in the conversation."""
        return [
            CallEstablishedEvent(
                **connection(BOSS),
                service_number=101,
                skill_group_number=1,
                **part("answering", BOSS, AGENT),
                **CALLING,
                **CALLED,
                **part("last_redirect", "70001", DeviceIDType.DEVID_CTI_PORT),
                **stands(LCS.LCS_CONNECT, cause),
            ),
            CallConferencedEvent(
                primary_call_id=CALL,
                secondary_call_id=NULL,
                skill_group_number=1,
                primary_device_id=BOSS,
                **part("controller", BOSS, AGENT),
                **part("added_party", BOSS, AGENT),
                connected_parties=tuple(
                    ConnectedParty(connected_party_call_id=CALL, connected_party_device_id=number)
                    for number in (CALLER, "1001", BOSS)
                ),
                **stands(LCS.LCS_CONNECT, cause),
            ),
            boss(AgentState.TALKING, csq=1),
        ]

    def test_barge_in(self) -> None:
        """He answers, all three talk, and he leaves again with cause 45."""
        cause = EventCause.CEC_SUPERVISOR_BARGE_IN
        invoke_id = self.supervise(A.BARGE_IN)
        self.check(
            self.confirmed(invoke_id, CALL),
            *self.offered(CallType.CALLTYPE_SUPERVISOR_BARGEIN, cause),
        )
        self.boss_answers()
        self.check(*self.joined(cause))
        invoke_id = self.supervise(A.CLEAR)
        self.check(
            self.confirmed(invoke_id, CALL),
            leaves(BOSS, AGENT, EventCause.CEC_SUPERVISOR_CLEAR),
            boss(AgentState.NOT_READY, Reason.CALL_ENDED),
            ends(BOSS),
        )
        self.customer_leaves()
        self.assertEqual(self.floor.told()[-2:], ["agent1 AVAILABLE", "EndCallEvent 1001"])

    def test_intercept(self) -> None:
        """He answers, the agent is let go with cause 49, and he has the customer."""
        cause = EventCause.CEC_SUPERVISOR_INTERCEPT
        self.supervise(A.INTERCEPT)
        self.floor.seen.clear()
        self.boss_answers()
        self.check(
            *self.joined(cause),
            leaves("1001", AGENT, cause),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
        )
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves(BOSS, AGENT),
            cleared(BOSS),
            ends("6001"),
            boss(AgentState.NOT_READY, Reason.CALL_ENDED),
            ends(BOSS),
        )

    def test_from_barge_in(self) -> None:
        """Whoever has barged in can take over: the agent is let go at once."""
        self.supervise(A.BARGE_IN)
        self.boss_answers()
        for action in (A.BARGE_IN, A.MONITOR):
            self.assertEqual(
                self.refused(SuperviseCallReq, **self.fields(action))[0],
                CF.CF_INVALID_OBJECT_STATE,
            )
        invoke_id = self.supervise(A.INTERCEPT)
        self.check(
            self.confirmed(invoke_id, CALL),
            leaves("1001", AGENT, EventCause.CEC_SUPERVISOR_INTERCEPT),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
        )

    def test_not_answered(self) -> None:
        """A supervisor who does not answer leaves the two alone; nothing of it is remembered."""
        self.supervise(A.INTERCEPT)
        self.floor.request(ClearConnectionReq, **connection(BOSS))
        engine = self.floor.service.engine
        self.assertEqual(list(engine.call(CALL).parties), [CALLER, "1001"])
        self.assertEqual(engine.supervision._roles, {})

    def test_busy(self) -> None:
        """A supervisor whose phone is in a call is refused, and nothing of it is remembered."""
        self.floor.simulator.place_call(BOSS, CALLER)
        self.floor.pass_time()
        self.floor.seen.clear()
        self.supervise(A.BARGE_IN)
        (answer,) = self.floor.take()
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_RESOURCE_BUSY)
        self.assertEqual(self.floor.service.engine.supervision._roles, {})


class HelpTests(SupervisorCase):
    """Assist and emergency."""

    def test_assist(self) -> None:
        """From a call: it is held, all supervisors are told, and one's phone rings with call type 19 and cause 43."""
        for kind, confirmation, call_type, cause in (
            (
                SupervisorAssistReq,
                SupervisorAssistConf,
                CallType.CALLTYPE_ASSIST,
                EventCause.CEC_SUPERVISOR_ASSIST,
            ),
            (
                EmergencyCallReq,
                None,
                CallType.CALLTYPE_EMERGENCY,
                EventCause.CEC_EMERGENCY_CALL,
            ),
        ):
            self.setUp()
            self.floor.request(kind, **connection("1001"))
            told = self.floor.take()
            if confirmation is not None:
                self.assertEqual(
                    told[0],
                    confirmation(
                        invoke_id=self.floor.next_invoke_id - 1,
                        connection_call_id=SECOND,
                        connection_device_id="1001",
                    ),
                )
            begun = [m for m in told if isinstance(m, BeginCallEvent)]
            self.assertEqual(
                [(m.connection_device_id, m.call_type) for m in begun],
                [("1001", call_type), (BOSS, call_type)],
            )
            (delivered,) = [m for m in told if isinstance(m, CallDeliveredEvent)]
            self.assertEqual((delivered.connection_device_id, delivered.event_cause), (BOSS, cause))
            self.assertEqual(type(told[1]).__name__, "CallHeldEvent")
            event = EmergencyCallEvent if kind is EmergencyCallReq else SupervisorAssistEvent
            self.assertEqual(
                [m for m in told if isinstance(m, EmergencyCallEvent | SupervisorAssistEvent)],
                [
                    event(
                        connection_call_id=SECOND,
                        connection_device_id="1001",
                        agent_extension="1001",
                        agent_id="agent1",
                        agent_instrument="1001",
                    )
                ],
            )
            kinds = [type(message).__name__ for message in told]
            self.assertEqual(kinds.index(event.__name__), kinds.index("CallOriginatedEvent") + 1)

    def test_without_a_call(self) -> None:
        """An agent without a call simply calls."""
        self.customer_leaves()
        self.floor.seen.clear()
        self.floor.request(SupervisorAssistReq, connection_device_id="1001")
        told = self.floor.told()
        self.assertEqual(told[:2], ["agent1 NOT_READY 32762", "SupervisorAssistConf 1001"])
        self.assertIn(f"CallDeliveredEvent {BOSS}", told)

    def test_nobody_there(self) -> None:
        """Without a supervisor who is free, FAILURE_CONF says so."""
        self.floor.simulator.place_call(BOSS, CALLER)
        self.floor.pass_time()
        self.floor.seen.clear()
        (answer,) = self.floor.request(SupervisorAssistReq, **connection("1001"))
        assert isinstance(answer, FailureConf)
        self.assertEqual(answer.status, StatusCode.E_CTI_SUPERVISOR_NOT_FOUND)


class RecordingTests(SupervisorCase):
    """START_RECORDING, STOP_RECORDING."""

    def test_recorded(self) -> None:
        """Confirmed, and told by a named variable of the call; once, however often it is asked for."""
        for kind, told, value in (
            (StartRecordingReq, StartRecordingConf, "on"),
            (StopRecordingReq, StopRecordingConf, "off"),
        ):
            self.floor.seen.clear()
            values = {"session_id": CALL} if kind is StopRecordingReq else {}
            for _ in range(2):
                self.floor.request(
                    kind, direction=RTPDirection.BIDIRECTIONAL, **connection("1001"), **values
                )
            messages = self.floor.take()
            self.assertEqual(len([m for m in messages if isinstance(m, told)]), 2)
            updates = [m for m in messages if isinstance(m, CallDataUpdateEvent)]
            self.assertEqual([m.connection_device_id for m in updates], ["6001", "1001"])
            for update in updates:
                self.assertEqual(update.named_variables, (NamedVariable("recording", value),))

    def test_refused(self) -> None:
        """Only in a conversation."""
        self.customer_leaves()
        refused = self.refused(
            StartRecordingReq, direction=RTPDirection.BIDIRECTIONAL, **connection("1001")
        )
        self.assertEqual(refused[0], CF.CF_INVALID_CSTA_CALL_IDENTIFIER)

"""What CTI clients are sent when an agent has two calls: consultation, alternate, reconnect, transfer, conference.

Spec: ``cti.md`` §11.7 to §11.9 (values and order), ``telephony.md`` §2, §4.4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from finesse_tx.cti.core.enums import (
    NULL,
    AgentState,
    CallType,
    ConsultType,
    ControlFailureCode,
    DeviceIDType,
    EventCause,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AlternateCallConf,
    AlternateCallReq,
    AnswerCallReq,
    BeginCallEvent,
    CallConferencedEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    CallFailedEvent,
    CallHeldEvent,
    CallOriginatedEvent,
    CallRetrievedEvent,
    CallServiceInitiatedEvent,
    CallTransferredEvent,
    ClearConnectionReq,
    ConferenceCallConf,
    ConferenceCallReq,
    ConsultationCallConf,
    ConsultationCallReq,
    ControlFailureConf,
    HoldCallReq,
    ReconnectCallConf,
    ReconnectCallReq,
    SetCallDataReq,
    SnapshotCallConf,
    SnapshotCallReq,
    TransferCallConf,
    TransferCallReq,
)
from finesse_tx.cti.core.messages.groups import ConnectedParty
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.engine.core.reasons import Reason
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

CONSULT = CALL + 1
"""The second call's id."""

AWAY = "0611111111"
CF = ControlFailureCode


def on(call_id: int, device: str) -> dict[str, Any]:
    """A connection in any call."""
    return {"connection_call_id": call_id, "connection_device_id": device}


def parties(call_id: int, *numbers: str) -> tuple[ConnectedParty, ...]:
    """The parties of a call."""
    return tuple(
        ConnectedParty(connected_party_call_id=call_id, connected_party_device_id=number)
        for number in numbers
    )


class TwoCallsCase(SequenceCase):
    """A customer's routed call is with agent 1; agents 2 and 3 are READY."""

    auto_work = False
    wrapup_time_s = 0

    def setUp(self) -> None:
        """Let him call."""
        self.start(1, 2, 3, auto_work=self.auto_work, wrapup_time_s=self.wrapup_time_s)
        self.customer_calls()
        self.answer(1)
        self.floor.request(
            SetCallDataReq,
            call_variables=("vip",),
            named_variables=(NamedVariable("user.x", "1"),),
            **connection("1001"),
        )
        self.floor.seen.clear()

    def ask(self, kind: type[Any], **values: Any) -> int:
        """Ask for something; the request's InvokeID."""
        self.floor.request(kind, agent_instrument="1001", **values)
        return self.floor.next_invoke_id - 1

    def consult(self, digits: str = "1002", **values: Any) -> int:
        """Agent 1 consults."""
        return self.ask(
            ConsultationCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            dialed_number=digits,
            consult_type=ConsultType.TRANSFER,
            **values,
        )

    def consulted(self) -> None:
        """Agent 2 is consulted, and answers."""
        self.consult()
        self.floor.request(AnswerCallReq, **on(CONSULT, "1002"))
        self.floor.seen.clear()

    def alternate(self, active: int, other: int) -> int:
        """Agent 1 goes over to his other call."""
        return self.ask(
            AlternateCallReq,
            active_connection_call_id=active,
            active_connection_device_id="1001",
            other_connection_call_id=other,
            other_connection_device_id="1001",
        )

    def reconnect(self) -> int:
        """Agent 1 gives the consultation up."""
        return self.ask(
            ReconnectCallReq,
            active_connection_call_id=CONSULT,
            active_connection_device_id="1001",
            held_connection_call_id=CALL,
            held_connection_device_id="1001",
        )

    def join(self, kind: type[Any], **values: Any) -> int:
        """Agent 1 brings the two calls together."""
        two = {
            "active_connection_call_id": CONSULT,
            "active_connection_device_id": "1001",
            "held_connection_call_id": CALL,
            "held_connection_device_id": "1001",
        }
        return self.ask(kind, **{**two, **values})

    def refused_with(self, code: ControlFailureCode, kind: type[Any], **values: Any) -> None:
        """Ask for what cannot be done."""
        self.assertEqual(self.refused(kind, agent_instrument="1001", **values)[0], code)

    def begins(self, device: str, *, digits: str = "1002", **values: Any) -> Message:
        """The consultation begins at a device, with the customer's data."""
        data = {"call_variables": ("vip",), "named_variables": (NamedVariable("user.x", "1"),)}
        return BeginCallEvent(
            call_type=CallType.CALLTYPE_CONSULT,
            **on(CONSULT, device),
            **{**addressed("1001", digits), **data, **values},
        )

    def dialled(self, digits: str, kind: DeviceIDType) -> list[Message]:
        """The first call is held, the second one dialled."""
        return [
            CallHeldEvent(
                **connection("1001"), **part("holding", "1001", AGENT), **stands(LCS.LCS_HOLD, NONE)
            ),
            self.begins("1001", digits=digits),
            CallServiceInitiatedEvent(
                **on(CONSULT, "1001"),
                **part("calling", "1001", AGENT),
                **stands(LCS.LCS_INITIATE, NONE),
            ),
            CallOriginatedEvent(
                **on(CONSULT, "1001"),
                **part("calling", "1001", AGENT),
                **part("called", digits, kind),
                **stands(LCS.LCS_INITIATE, NONE),
            ),
        ]

    def renamed(self, device: str, call_type: CallType, was: int = CONSULT) -> Message:
        """A device's connection goes on in the first call, whose data it gets."""
        return CallDataUpdateEvent(
            call_type=call_type,
            **on(was, device),
            new_connection_call_id=CALL,
            new_connection_device_id=device,
            call_variables=("vip", *[None] * 9),
            named_variables=(NamedVariable("user.x", "1"),),
            **addressed(CALLER, "6001"),
        )


class ConsultTests(TwoCallsCase):
    """``cti.md`` §11.8, steps 1 to 6; §11.7."""

    def test_consult(self) -> None:
        """Held, begun at both, rung, answered: the consulted agent is NOT_READY with 32761."""
        invoke_id = self.consult()
        between = (
            part("calling", "1001", AGENT)
            | part("called", "1002", AGENT)
            | part("last_redirect", None, NO_DEVICE)
        )
        self.check(
            ConsultationCallConf(
                invoke_id=invoke_id,
                new_connection_call_id=CONSULT,
                new_connection_device_id="1001",
            ),
            *self.dialled("1002", AGENT),
            self.begins("1002"),
            state(2, AgentState.NOT_READY, 32761),
            CallDeliveredEvent(
                **on(CONSULT, "1002"),
                **part("alerting", "1002", AGENT),
                **between,
                **stands(LCS.LCS_ALERTING, NONE),
                **addressed("1001", "1002"),
                call_variables=("vip", *[None] * 9),
                named_variables=(NamedVariable("user.x", "1"),),
            ),
        )
        self.floor.request(AnswerCallReq, **on(CONSULT, "1002"))
        self.floor.seen[:1] = []
        self.check(
            CallEstablishedEvent(
                **on(CONSULT, "1002"),
                **part("answering", "1002", AGENT),
                **between,
                **stands(LCS.LCS_CONNECT, NEW),
            )
        )

    def test_own_data(self) -> None:
        """What the request attaches is added to what the customer's call has, and stays with the consultation."""
        self.consult(call_variables=("", "why"))
        begun = [m for m in self.floor.take() if isinstance(m, BeginCallEvent)]
        self.assertEqual([m.call_variables for m in begun], [(None, "why")] * 2)
        (call,) = self.floor.request(SnapshotCallReq, connection_call_id=CALL)
        assert isinstance(call, SnapshotCallConf)
        self.assertEqual(call.call_variables, ("vip",))

    def test_outside(self) -> None:
        """An outside number's ringing is told of the agent's own connection; busy is told as CALL_FAILED."""
        self.consult(AWAY)
        told = self.floor.take()
        self.assertEqual(told[1:5], self.dialled(AWAY, PHONE))
        delivered = told[5]
        assert isinstance(delivered, CallDeliveredEvent)
        self.assertEqual(
            (delivered.connection_device_id, delivered.alerting_device_id), ("1001", AWAY)
        )
        self.consult_again_after_reconnect()

    def consult_again_after_reconnect(self) -> None:
        """Back to the customer, and then to a number that nobody has."""
        self.reconnect()
        self.floor.seen.clear()
        self.consult("99")
        failed = self.floor.take()[-1]
        self.assertEqual(
            failed,
            CallFailedEvent(
                **on(CONSULT + 1, "1001"),
                **part("failing", "99", PHONE),
                **part("called", "99", PHONE),
                **stands(LCS.LCS_FAIL, EventCause.CEC_DEST_NOT_OBTAINABLE),
            ),
        )
        self.refused_with(
            CF.CF_NO_CALL_TO_COMPLETE,
            TransferCallReq,
            active_connection_call_id=CONSULT + 1,
            held_connection_call_id=CALL,
        )

    def test_alternate(self) -> None:
        """One is held, then the other retrieved, both with cause ALTERNATE; and back."""
        self.consulted()
        cause = EventCause.CEC_ALTERNATE
        for active, other in ((CONSULT, CALL), (CALL, CONSULT)):
            invoke_id = self.alternate(active, other)
            self.check(
                AlternateCallConf(invoke_id=invoke_id),
                CallHeldEvent(
                    **on(active, "1001"),
                    **part("holding", "1001", AGENT),
                    **stands(LCS.LCS_HOLD, cause),
                ),
                CallRetrievedEvent(
                    **on(other, "1001"),
                    **part("retrieving", "1001", AGENT),
                    **stands(LCS.LCS_CONNECT, cause),
                ),
            )

    def test_reconnect(self) -> None:
        """The consultation ends, the customer is retrieved; the consulted agent is NOT_READY, since it was given up."""
        self.consulted()
        invoke_id = self.reconnect()
        gone = {"connection_call_id": CONSULT}
        self.check(
            ReconnectCallConf(invoke_id=invoke_id),
            replaced(leaves("1001", AGENT), **gone),
            replaced(leaves("1002", AGENT), **gone),
            replaced(cleared("1002"), **gone),
            replaced(ends("1001"), **gone),
            replaced(ends("1002"), **gone),
            state(2, AgentState.NOT_READY, Reason.CANCEL_CONSULT),
            CallRetrievedEvent(
                **connection("1001"),
                **part("retrieving", "1001", AGENT),
                **stands(LCS.LCS_CONNECT, NONE),
            ),
        )

    def test_given_up(self) -> None:
        """Given up while it rings, the consulted agent is NOT_READY, too; one who hangs up himself is READY again."""
        self.consult()
        self.floor.request(ClearConnectionReq, **on(CONSULT, "1001"))
        self.assertEqual(self.floor.told()[-1], "agent2 NOT_READY 32749")
        self.setUp()
        self.consulted()
        self.floor.request(ClearConnectionReq, **on(CONSULT, "1002"))
        self.assertEqual(self.floor.told()[-1], "agent2 AVAILABLE")

    def test_given_up_by_who_consulted_a_break(self) -> None:
        """Whoever was NOT_READY for a reason of his own keeps it."""
        self.set_state(AgentState.NOT_READY, 2, event_reason_code=7)
        self.consulted()
        self.reconnect()
        self.assertNotIn("agent2", " ".join(self.floor.told()))
        self.assertEqual(self.floor.service.engine.agent("agent2").reason, 7)

    def test_turned_down(self) -> None:
        """The consulted agent does not answer: he is told the end, and READY again; the other hears the tone."""
        self.consult()
        self.floor.seen.clear()
        self.floor.request(ClearConnectionReq, **on(CONSULT, "1002"))
        self.assertEqual(
            self.floor.told(),
            [
                "ClearConnectionConf",
                "CallFailedEvent 1001",
                "EndCallEvent 1002",
                "agent2 AVAILABLE",
            ],
        )
        self.reconnect()
        self.assertEqual(self.floor.told()[-1], "CallRetrievedEvent 1001")

    def test_refused(self) -> None:
        """What the states of the calls do not allow, by ``docs/engine.rst``."""
        here = {"active_connection_device_id": "1001", "dialed_number": "1002"}
        consult = ConsultationCallReq
        for code, values in (
            (CF.CF_INVALID_CSTA_CALL_IDENTIFIER, here | {"active_connection_call_id": 77}),
            (
                CF.CF_INVALID_DESTINATION,
                here | {"active_connection_call_id": CALL, "dialed_number": ""},
            ),
            (
                CF.CF_INVALID_DESTINATION,
                here | {"active_connection_call_id": CALL, "dialed_number": "1001"},
            ),
            (
                CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER,
                here | {"active_connection_call_id": CALL, "active_connection_device_id": "1002"},
            ),
            (
                CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
                here | {"active_connection_call_id": CALL, "active_connection_device_id": "1009"},
            ),
            (
                CF.CF_VALUE_OUT_OF_RANGE,
                here
                | {
                    "active_connection_call_id": CALL,
                    "named_variables": tuple(
                        NamedVariable(f"user.{n:02d}", "x" * 200) for n in range(10)
                    ),
                },
            ),
        ):
            self.refused_with(code, consult, **values)
        both = {"active_connection_call_id": CALL, "other_connection_call_id": CALL}
        self.refused_with(CF.CF_INVALID_OBJECT_STATE, AlternateCallReq, **both)
        self.consulted()
        active = here | {"active_connection_call_id": CALL}
        self.refused_with(CF.CF_INVALID_OBJECT_STATE, consult, **active)
        swapped = {"active_connection_call_id": CALL, "other_connection_call_id": CONSULT}
        self.refused_with(CF.CF_NO_ACTIVE_CALL, AlternateCallReq, **swapped)
        self.floor.request(HoldCallReq, **on(CONSULT, "1001"))
        for kind in (ReconnectCallReq, TransferCallReq):
            held = {"active_connection_call_id": CONSULT, "held_connection_call_id": CONSULT}
            self.refused_with(CF.CF_INVALID_OBJECT_STATE, kind, **held)


def replaced(message: Message, **values: Any) -> Message:
    """The same message of another call."""
    return replace(message, **values)


def ends_in(call_id: int, device: str) -> Message:
    """A device has nothing to do with that call any more."""
    return replaced(ends(device), connection_call_id=call_id)


class TransferTests(TwoCallsCase):
    """``cti.md`` §11.8, steps 7 to 10."""

    def transferred(
        self, *numbers: str, brought: tuple[str, DeviceIDType], secondary: int = CONSULT
    ) -> list[Message]:
        """The transfer is told, and that its controller has left."""
        return [
            CallTransferredEvent(
                primary_call_id=CALL,
                secondary_call_id=secondary,
                skill_group_number=1,
                primary_device_id="1001",
                secondary_device_id="1001" if secondary != NULL else None,
                **part("transferring", "1001", AGENT),
                **part("transferred", *brought),
                connected_parties=parties(CALL, *numbers),
                **stands(LCS.LCS_CONNECT, EventCause.CEC_TRANSFER),
            ),
            leaves("1001", AGENT, EventCause.CEC_TRANSFER),
        ]

    def test_consulted(self) -> None:
        """The consulted agent has the customer, and his data, under the first id; the first agent is READY."""
        self.consulted()
        invoke_id = self.join(TransferCallReq)
        self.check(
            TransferCallConf(
                invoke_id=invoke_id,
                new_connection_call_id=CALL,
                new_connection_device_id="1002",
                connected_parties=parties(CALL, CALLER, "1002"),
            ),
            *self.transferred(CALLER, "1002", brought=("1002", AGENT)),
            self.renamed("1002", CallType.CALLTYPE_TRANSFER_IN),
            ends_in(CONSULT, "1001"),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
            state(2, AgentState.TALKING, csq=1),
        )
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1002", AGENT),
            cleared("1002"),
            ends("6001"),
            state(2, AgentState.AVAILABLE),
            ends("1002"),
        )

    def test_keeps_its_queue(self) -> None:
        """Both agents wrap the call up when its queue says so; the first one's END_CALL comes after that."""
        self.auto_work = True
        self.setUp()
        self.consulted()
        self.join(TransferCallReq)
        told = self.floor.told()
        self.assertIn("agent1 WORK_NOT_READY", told)
        self.assertNotIn("EndCallEvent 1001", told[told.index("agent1 WORK_NOT_READY") :])
        self.customer_leaves()
        self.assertEqual(self.floor.told()[-1], "agent2 WORK_NOT_READY")
        for agent in (1, 2):
            self.set_state(AgentState.AVAILABLE, agent)
            self.assertEqual(
                self.floor.told()[1:],
                [f"agent{agent} AVAILABLE", f"EndCallEvent {1000 + agent}"],
            )

    def test_to_a_break(self) -> None:
        """Whom the customer found NOT_READY is so after the call, with CALL_ENDED, or after its wrap-up (engine.md 2.2)."""
        for auto_work, after in (
            (False, ["agent2 NOT_READY 32755"]),
            (True, ["agent2 WORK_NOT_READY", "agent2 NOT_READY 32758"]),
        ):
            self.auto_work, self.wrapup_time_s = auto_work, 30
            self.setUp()
            self.set_state(AgentState.NOT_READY, 2, event_reason_code=7)
            self.consulted()
            self.join(TransferCallReq)
            self.assertEqual(self.floor.told()[-1], "agent2 TALKING")
            self.customer_leaves()
            self.floor.pass_time(30)
            told = [line for line in self.floor.told() if line.startswith("agent2")]
            self.assertEqual(told, after)

    def test_alternated(self) -> None:
        """Whoever goes back to the customer first transfers him all the same: the held call survives then."""
        self.consulted()
        self.alternate(CONSULT, CALL)
        self.floor.seen.clear()
        self.join(
            TransferCallReq,
            active_connection_call_id=CALL,
            held_connection_call_id=CONSULT,
        )
        told = self.floor.told()
        self.assertIn("agent1 AVAILABLE", told)
        self.assertEqual(told[-1], "agent2 TALKING")
        self.customer_leaves(CONSULT)
        self.assertEqual(
            [line for line in self.floor.told() if line.startswith(("agent", "EndCall"))],
            ["EndCallEvent 6001", "agent2 AVAILABLE", "EndCallEvent 1002"],
        )

    def test_old_id(self) -> None:
        """Clients that are late may name the call by the id that has gone."""
        self.consulted()
        self.join(TransferCallReq)
        self.floor.seen.clear()
        (call,) = self.floor.request(SnapshotCallReq, connection_call_id=CONSULT)
        assert isinstance(call, SnapshotCallConf)
        self.assertEqual(
            [(d.call_connection_call_id, d.call_device_id) for d in call.call_devices],
            [(CALL, CALLER), (CALL, "1002")],
        )
        self.floor.request(HoldCallReq, **on(CONSULT, "1002"))
        self.floor.request(ClearConnectionReq, **on(CONSULT, "1002"))
        self.assertIn("CallClearedEvent 1002", self.floor.told())

    def test_with_data(self) -> None:
        """What the request attaches is told before the transfer, and goes with the call."""
        self.consulted()
        self.join(TransferCallReq, call_variables=(None, "urgent"), call_wrapup_data="Other")
        told = self.floor.take()
        kinds = [type(message).__name__ for message in told]
        self.assertEqual(
            kinds[:4],
            [
                "TransferCallConf",
                "CallDataUpdateEvent",
                "CallDataUpdateEvent",
                "CallTransferredEvent",
            ],
        )
        renamed = told[5]
        assert isinstance(renamed, CallDataUpdateEvent)
        self.assertEqual(renamed.call_variables[:2], ("vip", "urgent"))
        self.assertEqual(renamed.call_wrapup_data, "Other")

    def test_before_the_answer(self) -> None:
        """The consulted phone goes on ringing; its agent is TALKING when he answers."""
        self.consult()
        self.floor.seen.clear()
        self.join(TransferCallReq)
        told = self.floor.told()
        self.assertEqual(told[-2:], ["agent1 AVAILABLE", "EndCallEvent 1001"])
        self.floor.request(AnswerCallReq, **on(CALL, "1002"))
        self.assertEqual(
            self.floor.told(), ["AnswerCallConf", "CallEstablishedEvent 1002", "agent2 TALKING"]
        )

    def test_rings_back(self) -> None:
        """When the consulted agent refuses after that, the first one rings again, and has the customer again."""
        self.consult()
        self.join(TransferCallReq)
        self.floor.seen.clear()
        self.floor.request(ClearConnectionReq, **on(CALL, "1002"))
        self.assertEqual(
            self.floor.told(),
            [
                "ClearConnectionConf",
                "CallConnectionClearedEvent 1002",
                "EndCallEvent 1002",
                "BeginCallEvent 1001",
                "agent1 NOT_READY 32761",
                "CallDeliveredEvent 1001",
                "agent2 AVAILABLE",
            ],
        )
        self.answer(1)
        self.assertEqual(
            self.floor.told(), ["AnswerCallConf", "CallEstablishedEvent 1001", "agent1 TALKING"]
        )

    def single_step(self, digits: str) -> int:
        """Agent 1 sends the customer on without a consultation."""
        return self.ask(
            TransferCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            held_connection_call_id=NULL,
            dialed_number=digits,
        )

    def test_single_step(self) -> None:
        """The other agent's phone is offered the call; he is TALKING when he answers."""
        invoke_id = self.single_step("1002")
        self.check(
            TransferCallConf(
                invoke_id=invoke_id,
                new_connection_call_id=CALL,
                new_connection_device_id="1002",
                connected_parties=parties(CALL, CALLER, "1002"),
            ),
            self.transferred(CALLER, "1002", brought=("1002", AGENT), secondary=NULL)[0],
            BeginCallEvent(
                call_type=CallType.CALLTYPE_OFFERED,
                **connection("1002"),
                call_variables=("vip", *[None] * 9),
                named_variables=(NamedVariable("user.x", "1"),),
                **addressed(CALLER, "6001"),
            ),
            state(2, AgentState.NOT_READY, 32761),
            CallDeliveredEvent(
                **connection("1002"),
                service_number=101,
                skill_group_number=1,
                **part("alerting", "1002", AGENT),
                **part("calling", CALLER, PHONE),
                **part("called", "6001", DeviceIDType.DEVID_ROUTE_POINT),
                **part("last_redirect", "70001", DeviceIDType.DEVID_CTI_PORT),
                **stands(LCS.LCS_ALERTING, EventCause.CEC_TRANSFER),
                call_variables=("vip", *[None] * 9),
                named_variables=(NamedVariable("user.x", "1"),),
                **addressed(CALLER, "6001"),
            ),
            leaves("1001", AGENT, EventCause.CEC_TRANSFER),
            state(1, AgentState.AVAILABLE),
            ends("1001"),
        )
        self.floor.request(AnswerCallReq, **on(CALL, "1002"))
        self.assertEqual(self.floor.told()[-1], "agent2 TALKING")
        self.customer_leaves()
        self.assertEqual(self.floor.told()[-2:], ["agent2 AVAILABLE", "EndCallEvent 1002"])

    def test_single_step_to_queue(self) -> None:
        """A route point takes the customer, who is queued anew, and comes to whoever is free: the first agent, too."""
        self.single_step("6002")
        told = self.floor.told()
        self.assertEqual(
            told,
            [
                "TransferCallConf",
                "CallTransferredEvent",
                "BeginCallEvent 6002",
                "CallDeliveredEvent 6002",
                "CallConnectionClearedEvent 1001",
                "agent1 AVAILABLE",
                "EndCallEvent 1001",
                "CallDivertedEvent 6002",
                "CallDeliveredEvent 70002",
                "CallEstablishedEvent 70002",
                "agent2 RESERVED",
                "BeginCallEvent 1002",
                "CallDivertedEvent 70002",
                "CallDeliveredEvent 1002",
            ],
        )
        self.floor.request(AnswerCallReq, **on(CALL, "1002"))
        self.customer_leaves()
        told = self.floor.told()
        for device in ("6001", "6002", "1002"):
            self.assertEqual(told.count(f"EndCallEvent {device}"), 1)

    def test_single_step_outside(self) -> None:
        """Somebody outside has the customer; the route point's END_CALL is the last."""
        self.single_step(AWAY)
        self.floor.simulator.answer_outside(CALL, AWAY)
        self.floor.pass_time()
        self.floor.seen.clear()
        self.customer_leaves()
        self.assertEqual(
            self.floor.told(),
            [
                f"CallConnectionClearedEvent {CALLER}",
                f"CallConnectionClearedEvent {AWAY}",
                "CallClearedEvent 6001",
                "EndCallEvent 6001",
            ],
        )

    def test_single_step_refused(self) -> None:
        """A number that is busy leaves the agent with his customer."""
        self.floor.simulator.place_call("1002", AWAY)
        self.floor.pass_time()
        self.floor.seen.clear()
        self.single_step("1002")
        (answer,) = self.floor.take()
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_RESOURCE_BUSY)
        self.refused_with(
            CF.CF_INVALID_DESTINATION,
            TransferCallReq,
            active_connection_call_id=CALL,
            active_connection_device_id="1001",
            held_connection_call_id=NULL,
        )

    def test_to_a_queue_that_waits(self) -> None:
        """A consultation that waits in a queue is transferred: the customer waits there in its place, under his id."""
        for agent in (2, 3):
            self.set_state(AgentState.NOT_READY, agent)
        self.floor.seen.clear()
        self.consult("6002")
        self.assertEqual(self.floor.told()[-1], "CallQueuedEvent 70002")
        self.join(TransferCallReq)
        self.assertEqual(
            self.floor.told(),
            [
                "TransferCallConf",
                "CallTransferredEvent",
                "CallConnectionClearedEvent 1001",
                "CallDataUpdateEvent 6002",
                "EndCallEvent 1001",
                "agent1 AVAILABLE",
                "EndCallEvent 1001",
                "agent1 RESERVED",
                "BeginCallEvent 1001",
                "CallDivertedEvent 70002",
                "CallDeliveredEvent 1001",
            ],
        )
        begun = self.floor.service.engine.calls.by_id
        self.assertEqual(list(begun), [CALL])
        self.floor.request(AnswerCallReq, **on(CALL, "1001"))
        self.customer_leaves()
        self.assertEqual(self.floor.service.engine.calls.by_id, {})

    def test_to_a_queue_that_rings(self) -> None:
        """The consultation rings at an agent when it is transferred: he gets the customer."""
        self.consult("6002")
        self.floor.seen.clear()
        self.join(TransferCallReq)
        self.floor.request(AnswerCallReq, **on(CALL, "1002"))
        self.assertEqual(
            self.floor.told()[-3:],
            ["AnswerCallConf", "CallEstablishedEvent 1002", "agent2 TALKING"],
        )
        tally = self.floor.service.engine.router.tally
        self.assertEqual((tally.handled, tally.abandoned), (2, 0))


class ConferenceTests(TwoCallsCase):
    """``cti.md`` §11.9."""

    def test_three(self) -> None:
        """All have the first id; the consulted agent is TALKING; each leaves by himself, and the last two end it."""
        self.consulted()
        invoke_id = self.join(ConferenceCallReq)
        conference = CallType.CALLTYPE_CONFERENCE
        three = parties(CALL, CALLER, "1001", "1002")
        self.check(
            ConferenceCallConf(
                invoke_id=invoke_id,
                new_connection_call_id=CALL,
                new_connection_device_id="1001",
                connected_parties=three,
            ),
            self.renamed("6001", conference, CALL),
            self.renamed("1001", conference, CALL),
            self.renamed("1002", conference),
            CallConferencedEvent(
                primary_call_id=CALL,
                secondary_call_id=CONSULT,
                skill_group_number=1,
                primary_device_id="1001",
                secondary_device_id="1002",
                **part("controller", "1001", AGENT),
                **part("added_party", "1002", AGENT),
                connected_parties=three,
                **stands(LCS.LCS_CONNECT, EventCause.CEC_KEY_CONFERENCE),
            ),
            ends_in(CONSULT, "1001"),
            state(2, AgentState.TALKING, csq=1),
        )
        self.floor.request(ClearConnectionReq, **on(CALL, "1001"))
        self.floor.seen[:1] = []
        self.check(leaves("1001", AGENT), state(1, AgentState.AVAILABLE), ends("1001"))
        self.customer_leaves()
        self.check(
            leaves(CALLER, PHONE),
            leaves("1002", AGENT),
            cleared("1002"),
            ends("6001"),
            state(2, AgentState.AVAILABLE),
            ends("1002"),
        )

    def test_customer_leaves(self) -> None:
        """Two agents are left, talk on, and are both free when one of them leaves."""
        self.consulted()
        self.join(ConferenceCallReq)
        self.floor.seen.clear()
        self.customer_leaves()
        self.check(leaves(CALLER, PHONE))
        self.floor.request(ClearConnectionReq, **on(CALL, "1002"))
        self.assertEqual(
            self.floor.told(),
            [
                "ClearConnectionConf",
                "CallConnectionClearedEvent 1002",
                "CallConnectionClearedEvent 1001",
                "CallClearedEvent 1002",
                "EndCallEvent 6001",
                "agent1 AVAILABLE",
                "EndCallEvent 1001",
                "agent2 AVAILABLE",
                "EndCallEvent 1002",
            ],
        )

    def test_four(self) -> None:
        """The conference grows by a second consultation, from whoever is in it."""
        self.consulted()
        self.join(ConferenceCallReq)
        third = CONSULT + 1
        self.consult("1003")
        self.floor.request(AnswerCallReq, **on(third, "1003"))
        self.floor.seen.clear()
        self.join(ConferenceCallReq, active_connection_call_id=third)
        (conference,) = [m for m in self.floor.take() if isinstance(m, CallConferencedEvent)]
        self.assertEqual(
            conference.connected_parties, parties(CALL, CALLER, "1001", "1002", "1003")
        )
        agents = self.floor.service.engine.roster.agents
        self.assertEqual([agents[f"agent{n}"].state.name for n in (1, 2, 3)], ["TALKING"] * 3)

    def test_queue(self) -> None:
        """A consultation that came to an agent through a queue: one contact is left, the first one."""
        self.consult("6002")
        self.floor.request(AnswerCallReq, **on(CONSULT, "1002"))
        self.floor.seen.clear()
        self.join(ConferenceCallReq)
        router = self.floor.service.engine.router
        (contact,) = router.contacts.values()
        self.assertEqual([agent.id for agent in contact.others], ["agent2"])
        self.customer_leaves()
        self.floor.request(ClearConnectionReq, **on(CALL, "1001"))
        self.assertEqual(router.contacts, {})
        self.assertEqual(self.floor.service.engine.calls.by_id, {})

    def test_waiting_queue(self) -> None:
        """A consultation that still waits in a queue gives up its place when a conference is made of it."""
        for agent in (2, 3):
            self.set_state(AgentState.NOT_READY, agent)
        self.consult("6002")
        self.join(ConferenceCallReq)
        self.set_state(AgentState.AVAILABLE, 2)
        engine = self.floor.service.engine
        self.assertEqual(engine.agent("agent2").state.name, "READY")
        self.assertEqual(list(engine.call(CALL).parties), [CALLER, "1001"])

    def test_refused(self) -> None:
        """A conference of one call with itself, or with a call that is not there."""
        self.consulted()
        for active, held, code in (
            (CALL, CALL, CF.CF_INVALID_OBJECT_STATE),
            (CONSULT, 77, CF.CF_INVALID_CSTA_CALL_IDENTIFIER),
        ):
            self.refused_with(
                code,
                ConferenceCallReq,
                active_connection_call_id=active,
                held_connection_call_id=held,
                active_connection_device_id="1001",
            )

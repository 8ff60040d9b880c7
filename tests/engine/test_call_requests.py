"""`finesse_tx.engine.call_requests`: what cannot be done, what is asked, what is attached."""

from __future__ import annotations

from finesse_tx.cti.core.enums import (
    AgentState,
    AgentStateMask,
    ControlFailureCode,
    DeviceIDType,
    LocalConnectionState,
    PeripheralErrorCode,
)
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    BeginCallEvent,
    CallDataUpdateEvent,
    CallDeliveredEvent,
    ClearCallReq,
    ClearConnectionReq,
    ControlFailureConf,
    HoldCallReq,
    MakeCallReq,
    QueryDeviceInfoConf,
    QueryDeviceInfoReq,
    RetrieveCallReq,
    SetCallDataConf,
    SetCallDataReq,
    SnapshotCallConf,
    SnapshotCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
)
from finesse_tx.cti.core.messages.groups import CallDevice, DeviceCall
from finesse_tx.cti.core.variables import NamedArray, NamedVariable
from finesse_tx.engine.core.data import MAX_NAMED_BYTES
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID, MetaCode
from tests.support.centre import CALLER, sample
from tests.support.engine import FloorCase

CF, PE = ControlFailureCode, PeripheralErrorCode
CALL = 0x01000001
UNKNOWN_CALL = 0x0100FFFF


class CallRequestTests(FloorCase):
    """Call control that cannot be done, and questions about calls."""

    def test_refused(self) -> None:
        """Each request in each wrong state, with its own code."""
        self.ready(1)
        self.ready(2)
        call_id = self.call_in()
        on_1001 = {"connection_call_id": call_id, "connection_device_id": "1001"}
        held = {"held_connection_call_id": call_id, "held_connection_device_id": "1001"}
        missing = PE.TERMINAL_CONNECTION_MISSING
        kind: type[Request]
        for kind, values, code in (
            (HoldCallReq, on_1001, CF.CF_NO_ACTIVE_CALL),
            (RetrieveCallReq, held, CF.CF_NO_HELD_CALL),
        ):
            self.assertEqual(self.refused(kind, **values), (code, missing))
        self.floor.request(AnswerCallReq, **on_1001)
        for kind, values, code in (
            (AnswerCallReq, on_1001, CF.CF_NO_CALL_TO_ANSWER),
            (RetrieveCallReq, held, CF.CF_NO_HELD_CALL),
        ):
            self.assertEqual(self.refused(kind, **values), (code, missing))
        for kind in (AnswerCallReq, HoldCallReq, ClearConnectionReq, ClearCallReq):
            self.assertEqual(
                self.refused(kind, connection_call_id=UNKNOWN_CALL, connection_device_id="1001"),
                (CF.CF_INVALID_CSTA_CALL_IDENTIFIER, PE.CALL_MISSING),
            )
            self.assertEqual(
                self.refused(kind, connection_call_id=call_id, connection_device_id="1002"),
                (CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER, missing),
            )
            for device in ("1003", "6001", CALLER):
                self.assertEqual(
                    self.refused(kind, connection_call_id=call_id, connection_device_id=device),
                    (CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER, PE.NUMBER_NOT_ASSIGNED),
                )
        self.assertEqual(
            self.refused(MakeCallReq, agent_instrument="1001", dialed_number="1002")[0],
            CF.CF_INVALID_OBJECT_STATE,
        )

    def test_by_instrument(self) -> None:
        """AgentInstrument names the phone where ConnectionDeviceID is missing; a call can be cleared for all."""
        self.ready()
        call_id = self.call_in()
        for kind in (AnswerCallReq, HoldCallReq):
            self.floor.request(kind, connection_call_id=call_id, agent_instrument="1001")
        self.floor.request(
            RetrieveCallReq, held_connection_call_id=call_id, agent_instrument="1001"
        )
        self.floor.request(ClearCallReq, connection_call_id=call_id, agent_instrument="1001")
        told = self.floor.told()
        for confirmation in ("AnswerCall", "HoldCall", "RetrieveCall", "ClearCall"):
            self.assertIn(f"{confirmation}Conf", told)
        self.assertIn("CallClearedEvent 1001", told)

    def test_two_active_calls(self) -> None:
        """A second call is made while the first is on hold, not before; then the first cannot be retrieved."""
        self.sign_in()
        self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number="1005")
        make = {"agent_instrument": "1001", "dialed_number": "1006"}
        busy = (CF.CF_INVALID_OBJECT_STATE, PE.DEVICE_BUSY)
        self.assertEqual(self.refused(MakeCallReq, **make), busy)
        self.floor.request(HoldCallReq, connection_call_id=CALL, connection_device_id="1001")
        self.floor.request(MakeCallReq, **make)
        self.assertIn("MakeCallConf", self.floor.told())
        self.assertEqual(
            self.refused(
                RetrieveCallReq, held_connection_call_id=CALL, held_connection_device_id="1001"
            ),
            busy,
        )

    def test_too_late(self) -> None:
        """What the switch refuses, because the caller has just gone, is refused with the switch's reason."""
        self.ready()
        call_id = self.call_in()
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        answer = self.floor.request(
            AnswerCallReq, connection_call_id=call_id, connection_device_id="1001"
        )[0]
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(
            (answer.failure_code, answer.peripheral_error_code),
            (CF.CF_INVALID_CSTA_CALL_IDENTIFIER, PE.CALL_MISSING),
        )

    def test_switch_refuses_a_call(self) -> None:
        """A call that the switch does not make leaves the agent as he was."""
        self.ready()
        self.floor.simulator.unregister("SEP0000000003E9")
        answer = self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number="1002")[0]
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_RESOURCE_OUT_OF_SERVICE)
        self.assertEqual(self.floor.service.engine.agent("agent1").dialling, None)

    def test_switch_is_gone(self) -> None:
        """With the provider stopped nothing spins: requests are refused, contacts wait."""
        for agent in range(1, 4):
            self.ready(agent)
        engine = self.floor.service.engine
        self.floor.simulator.stopService()
        call = Batch(
            MetaCode.CALL_STARTING,
            (
                Event(EventID.CALL_ACTIVE, Cause.NEW_CALL, 77),
                Event(EventID.CONN_CREATED, Cause.NEW_CALL, 77, CALLER),
                Event(EventID.CONN_CREATED, Cause.NEW_CALL, 77, "6001"),
                Event(EventID.CONN_IN_PROGRESS, Cause.NEW_CALL, 77, "6001"),
                Event(EventID.CALL_CTL_CONN_OFFERED, Cause.NEW_CALL, 77, "6001"),
            ),
        )
        self.floor.service.provider_changed(call)
        self.assertEqual(engine.router.tally.aborted, 1)
        answer = self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number="1002")[-1]
        self.assertIsInstance(answer, ControlFailureConf)
        self.floor.simulator.startService()

    def test_snapshots(self) -> None:
        """A device's calls and a call's parties and data, with their states."""
        self.ready()
        first = self.call_in()
        second = self.call_in()
        lcs = LocalConnectionState
        (device,) = self.floor.request(SnapshotDeviceReq, agent_instrument="1001")
        self.assertEqual(
            device,
            SnapshotDeviceConf(
                invoke_id=3,
                calls=(
                    DeviceCall(
                        call_connection_call_id=first,
                        call_connection_device_id="1001",
                        call_state=lcs.LCS_ALERTING,
                    ),
                ),
            ),
        )
        self.floor.request(AnswerCallReq, connection_call_id=first, connection_device_id="1001")
        self.floor.request(HoldCallReq, connection_call_id=first, connection_device_id="1001")
        kinds = DeviceIDType
        for call_id, devices in (
            (
                first,
                (
                    (CALLER, kinds.DEVID_DEVICE_IDENTIFIER, lcs.LCS_CONNECT),
                    ("1001", kinds.DEVID_AGENT_DEVICE, lcs.LCS_HOLD),
                ),
            ),
            (
                second,
                (
                    (CALLER, kinds.DEVID_DEVICE_IDENTIFIER, lcs.LCS_CONNECT),
                    ("70002", kinds.DEVID_CTI_PORT, lcs.LCS_QUEUED),
                ),
            ),
        ):
            (call,) = self.floor.request(SnapshotCallReq, connection_call_id=call_id)
            assert isinstance(call, SnapshotCallConf)
            self.assertEqual(
                call.call_devices,
                tuple(
                    CallDevice(
                        call_connection_call_id=call_id,
                        call_connection_device_id=number,
                        call_device_type=kind,
                        call_device_id=number,
                        call_device_connection_state=state,
                    )
                    for number, kind, state in devices
                ),
            )
            self.assertEqual((call.ani, call.dnis, call.dialed_number), (CALLER, "6001", "6001"))
        for instrument in ("9999", "6001", None):
            self.assertEqual(
                self.refused(SnapshotDeviceReq, agent_instrument=instrument)[0],
                CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
            )
        self.assertEqual(
            self.refused(SnapshotCallReq, connection_call_id=UNKNOWN_CALL)[0],
            CF.CF_INVALID_CSTA_CALL_IDENTIFIER,
        )

    def test_device_info(self) -> None:
        """A phone has one active call; calls are made from NOT_READY and READY."""
        (answer,) = self.floor.request(QueryDeviceInfoReq, agent_instrument="1001")
        assert isinstance(answer, QueryDeviceInfoConf)
        self.assertEqual(answer.max_active_calls, 1)
        self.assertEqual(
            answer.make_call_setup,
            AgentStateMask.AGENT_NOT_READY_MASK | AgentStateMask.AGENT_AVAILABLE_MASK,
        )
        self.assertEqual(
            self.refused(QueryDeviceInfoReq, agent_instrument="9999")[0],
            CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER,
        )


class CallDataTests(FloorCase):
    """``cti.md`` §11.11: variables live as long as the call, and its wrap-up."""

    def test_update(self) -> None:
        """Only what changed is told, to every device of the call; later messages have all of it."""
        self.ready()
        call_id = self.call_in()
        self.floor.seen.clear()
        on_1001 = {"connection_call_id": call_id, "connection_device_id": "1001"}
        self.floor.request(
            SetCallDataReq,
            call_variables=("one", None, ""),
            call_wrapup_data="done",
            named_variables=(NamedVariable("user.x", "1"),),
            named_arrays=(NamedArray(2, "user.y", "q"),),
            **on_1001,
        )
        confirmation, *updates = self.floor.take()
        self.assertEqual(confirmation, SetCallDataConf(invoke_id=3))
        for update, device in zip(updates, ("6001", "1001"), strict=True):
            assert isinstance(update, CallDataUpdateEvent)
            self.assertEqual(
                (update.connection_device_id, update.new_connection_device_id), (device, device)
            )
            self.assertEqual(update.call_variables, ("one", None, ""))
            self.assertEqual((update.call_wrapup_data, update.ani), ("done", None))
            self.assertEqual(update.named_variables, (NamedVariable("user.x", "1"),))
            self.assertEqual(update.named_arrays, (NamedArray(2, "user.y", "q"),))
        self.floor.request(
            SetCallDataReq,
            ani="07",
            caller_entered_digits="42",
            call_variables=(None, "two"),
            **on_1001,
        )
        (call,) = self.floor.request(SnapshotCallReq, connection_call_id=call_id)
        assert isinstance(call, SnapshotCallConf)
        self.assertEqual(call.call_variables, ("one", "two"))
        self.assertEqual((call.ani, call.caller_entered_digits), ("07", "42"))
        self.assertEqual(call.named_arrays, (NamedArray(2, "user.y", "q"),))

    def test_wrap_up(self) -> None:
        """In wrap-up the call can still be finished; after it, it is unknown."""
        self.floor.directory.current = sample(auto_work=True)
        self.floor.service.reload()
        self.ready()
        call_id = self.call_in()
        on_1001 = {"connection_call_id": call_id, "connection_device_id": "1001"}
        self.floor.request(AnswerCallReq, **on_1001)
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.floor.seen.clear()
        self.floor.request(SetCallDataReq, call_wrapup_data="Complaint", **on_1001)
        self.assertEqual(self.floor.told(), ["SetCallDataConf", "CallDataUpdateEvent 1001"])
        self.set_state(AgentState.AVAILABLE)
        self.assertEqual(
            self.refused(SetCallDataReq, call_wrapup_data="late", **on_1001)[0],
            CF.CF_INVALID_CSTA_CALL_IDENTIFIER,
        )

    def test_refused(self) -> None:
        """Somebody else's call, and too much of it."""
        self.ready()
        call_id = self.call_in()
        self.assertEqual(
            self.refused(SetCallDataReq, connection_call_id=call_id, connection_device_id="1002"),
            (CF.CF_INVALID_CSTA_CONNECTION_IDENTIFIER, PE.TERMINAL_CONNECTION_MISSING),
        )
        variables = tuple(NamedVariable(f"user.{n:02d}", "x" * 200) for n in range(9))
        on_1001 = {"connection_call_id": call_id, "connection_device_id": "1001"}
        self.assertLess(9 * 209, MAX_NAMED_BYTES)
        self.floor.request(SetCallDataReq, named_variables=variables, **on_1001)
        self.assertEqual(
            self.refused(
                SetCallDataReq, named_variables=(NamedVariable("user.10", "x" * 200),), **on_1001
            ),
            (CF.CF_VALUE_OUT_OF_RANGE, PE.INVALID_ARGUMENT),
        )

    def test_made_with_too_much(self) -> None:
        """A call is not made with more than a call may have."""
        self.sign_in()
        variables = tuple(NamedVariable(f"user.{n:02d}", "x" * 200) for n in range(10))
        refused = self.refused(
            MakeCallReq, agent_instrument="1001", dialed_number="1002", named_variables=variables
        )
        self.assertEqual(refused, (CF.CF_VALUE_OUT_OF_RANGE, PE.INVALID_ARGUMENT))
        self.assertEqual(self.floor.service.engine.agent("agent1").dialling, None)

    def test_made_with(self) -> None:
        """What MAKE_CALL_REQ brings is attached to the new call."""
        self.sign_in()
        self.floor.request(
            MakeCallReq,
            agent_instrument="1001",
            dialed_number="1002",
            call_variables=("a",),
            call_wrapup_data="w",
            named_variables=(NamedVariable("user.x", "1"),),
        )
        (begun,) = [m for m in self.floor.take() if isinstance(m, BeginCallEvent)]
        self.assertEqual((begun.call_variables, begun.call_wrapup_data), (("a",), "w"))
        self.assertEqual(begun.named_variables, (NamedVariable("user.x", "1"),))
        self.assertEqual((begun.ani, begun.dialed_number), ("1001", "1002"))

    def test_delivered_with(self) -> None:
        """CALL_DELIVERED at the agent has what was attached before."""
        call_id = self.call_in()
        self.floor.request(
            SetCallDataReq,
            connection_call_id=call_id,
            connection_device_id="6001",
            call_variables=("a",),
        )
        self.ready()
        call_id = self.call_in()
        self.sign_in(2)
        self.set_state(AgentState.AVAILABLE, 2)
        delivered = [
            m
            for m in self.floor.take()
            if isinstance(m, CallDeliveredEvent) and m.alerting_device_id == "1002"
        ]
        self.assertEqual([m.connection_call_id for m in delivered], [call_id])
        (first,) = self.floor.request(SnapshotCallReq, connection_call_id=CALL)
        assert isinstance(first, SnapshotCallConf)
        self.assertEqual(first.call_variables, ("a",))

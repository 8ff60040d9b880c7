"""What CTI clients are sent for the other lines of an agent's phone: ``1001.3001``, a non-ACD device on line type 10.

Spec: ``cti.md`` §10.4, §8.7 (78), §8.12; ``telephony.md`` §1 (a Terminal's addresses).
"""

from __future__ import annotations

from typing import Any

from finesse_tx.cti.core.enums import AgentState, ControlFailureCode, DeviceIDType, LineType
from finesse_tx.cti.core.messages import (
    AlternateCallReq,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    CallEstablishedEvent,
    CallTransferredEvent,
    ClearConnectionReq,
    ConferenceCallReq,
    EndCallEvent,
    MakeCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    TransferCallReq,
)
from finesse_tx.telephony.simulator import SimulatorOptions
from tests.support.centre import CALLER, sample
from tests.support.engine import EngineFloor
from tests.support.sequences import CALL, SequenceCase

OTHER = DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER
SECOND = CALL + 1
AWAY = "0611111111"


class LineTests(SequenceCase):
    """Phones with two lines; a routed call is with agent 1, and somebody calls his other line."""

    def setUp(self) -> None:
        """Let them call."""
        options = SimulatorOptions(phones=("1001-1003+3001-3003", "2001"), ports=4)
        self.floor = EngineFloor(sample(), options=options)
        self.ready(1)
        self.customer_calls()
        self.answer(1)
        self.floor.seen.clear()
        self.floor.simulator.place_call("3001", AWAY)
        self.floor.pass_time()

    def ask(self, kind: type[Any], active: int, held: int, lines: tuple[str, str]) -> list[str]:
        """Agent 1 does something with both calls."""
        other = "other" if kind is AlternateCallReq else "held"
        self.floor.request(
            kind,
            active_connection_call_id=active,
            active_connection_device_id=lines[0],
            **{f"{other}_connection_call_id": held, f"{other}_connection_device_id": lines[1]},
        )
        return self.floor.told()

    def test_rings(self) -> None:
        """The call is the other line's: in the double form, and everywhere."""
        begun, delivered = self.floor.take()[-2:]
        assert isinstance(begun, BeginCallEvent)
        assert isinstance(delivered, CallDeliveredEvent)
        self.assertEqual((begun.connection_device_id, begun.dnis), ("1001.3001", "1001.3001"))
        self.assertEqual(
            (delivered.alerting_device_id, delivered.alerting_device_type, delivered.line_type),
            ("1001.3001", OTHER, LineType.LINETYPE_NON_ACD_IN),
        )
        self.assertEqual(
            (delivered.called_device_id, delivered.called_device_type), ("1001.3001", OTHER)
        )

    def test_both_forms(self) -> None:
        """Requests name the line in either form; one talks on one line at a time."""
        busy = self.refused(
            AnswerCallReq, connection_call_id=SECOND, connection_device_id="1001.3001"
        )
        self.assertEqual(busy[0], ControlFailureCode.CF_INVALID_OBJECT_STATE)
        told = self.ask(AlternateCallReq, CALL, SECOND, ("1001", "3001"))
        self.assertEqual(
            told,
            ["AlternateCallConf", "CallHeldEvent 1001", "CallEstablishedEvent 1001.3001"],
        )
        for device in ("3001", "1001.3001"):
            (answer,) = self.floor.request(SnapshotDeviceReq, agent_instrument=device)
            assert isinstance(answer, SnapshotDeviceConf)
            self.assertEqual([c.call_connection_call_id for c in answer.calls], [SECOND])
        self.floor.seen.clear()
        self.floor.request(
            ClearConnectionReq, connection_call_id=SECOND, connection_device_id="1001.3001"
        )
        self.assertEqual(self.floor.told()[-1], "EndCallEvent 1001.3001")

    def test_transfer(self) -> None:
        """Calls on two lines of a phone are brought together as any two; each line is told its end."""
        self.ask(AlternateCallReq, CALL, SECOND, ("1001", "3001"))
        self.floor.request(
            TransferCallReq,
            active_connection_call_id=SECOND,
            active_connection_device_id="1001.3001",
            held_connection_call_id=CALL,
            held_connection_device_id="1001",
        )
        told = self.floor.take()
        (transferred,) = [m for m in told if isinstance(m, CallTransferredEvent)]
        self.assertEqual(transferred.transferred_device_id, AWAY)
        ended = [
            (m.connection_call_id, m.connection_device_id)
            for m in told
            if isinstance(m, EndCallEvent)
        ]
        self.assertEqual(ended, [(SECOND, "1001.3001"), (CALL, "1001")])
        self.assertEqual(list(self.floor.service.engine.call(CALL).parties), [CALLER, AWAY])

    def test_conference(self) -> None:
        """So is a conference; the ICD line stays in it."""
        self.ask(AlternateCallReq, CALL, SECOND, ("1001", "3001"))
        told = self.ask(ConferenceCallReq, SECOND, CALL, ("3001", "1001"))
        self.assertEqual(told[-1], "EndCallEvent 1001.3001")
        self.assertEqual(list(self.floor.service.engine.call(CALL).parties), [CALLER, "1001", AWAY])

    def test_dials(self) -> None:
        """A call can be made from the other line; its caller is named in the double form."""
        self.start_over()
        self.floor.request(MakeCallReq, agent_instrument="1001.3001", dialed_number=AWAY)
        begun = [m for m in self.floor.take() if isinstance(m, BeginCallEvent)]
        self.assertEqual([(m.connection_device_id, m.ani) for m in begun], [("1001.3001",) * 2])

    def start_over(self) -> None:
        """Everybody hangs up."""
        self.floor.simulator.hang_up_outside(SECOND, AWAY)
        self.customer_leaves()
        self.set_state(AgentState.NOT_READY)
        self.floor.seen.clear()

    def test_nobody_there(self) -> None:
        """The other line of a phone where nobody is signed in is a phone like any other."""
        self.floor.seen.clear()
        self.floor.simulator.place_call("3002", CALLER)
        self.floor.pass_time()
        self.assertEqual(self.floor.told(), [])
        established = [m for m in self.floor.seen if isinstance(m, CallEstablishedEvent)]
        self.assertEqual(established, [])

"""`finesse_tx.engine.core.answers`: whoever asks learns of a phone's calls what its events have told.

`cti.md` §11.3: a client that connects rebuilds every dialog from these answers alone.
"""

from __future__ import annotations

from dataclasses import replace

from finesse_tx.cti.core.enums import AgentState, DeviceIDType, LocalConnectionState, RecordType
from finesse_tx.cti.core.messages import (
    AnswerCallReq,
    HoldCallReq,
    MakeCallReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetCallDataReq,
    SnapshotCallConf,
    SnapshotCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    TeamConfigEvent,
)
from finesse_tx.cti.core.variables import NamedVariable
from tests.support.centre import CALLER, sample
from tests.support.engine import EngineFloor, FloorCase

LCS = LocalConnectionState
PHONE, AGENT = DeviceIDType.DEVID_DEVICE_IDENTIFIER, DeviceIDType.DEVID_AGENT_DEVICE


class SnapshotTests(FloorCase):
    """Each kind of call."""

    def device(self, extension: str = "1001") -> list[tuple[int, int]]:
        """The calls at a phone, with their states."""
        (conf,) = self.floor.request(SnapshotDeviceReq, agent_instrument=extension)
        assert isinstance(conf, SnapshotDeviceConf), conf
        return [(call.call_connection_call_id or 0, call.call_state or 0) for call in conf.calls]

    def call(self, call_id: int) -> SnapshotCallConf:
        """A call."""
        (conf,) = self.floor.request(SnapshotCallReq, connection_call_id=call_id)
        assert isinstance(conf, SnapshotCallConf), conf
        return conf

    def parties(self, call_id: int) -> list[tuple[str, int, int]]:
        """A call's parties: number, type, state."""
        return [
            (
                device.call_device_id or "",
                device.call_device_type or 0,
                device.call_device_connection_state or 0,
            )
            for device in self.call(call_id).call_devices
        ]

    def answer(self, call_id: int, extension: str = "1001") -> None:
        """Answer."""
        self.floor.request(
            AnswerCallReq, connection_call_id=call_id, connection_device_id=extension
        )

    def test_ringing(self) -> None:
        """While an agent rings, the port has been diverted and is no party."""
        self.ready()
        call_id = self.call_in()
        self.assertEqual(self.device(), [(call_id, LCS.LCS_ALERTING)])
        self.assertEqual(
            self.parties(call_id),
            [(CALLER, PHONE, LCS.LCS_CONNECT), ("1001", AGENT, LCS.LCS_ALERTING)],
        )

    def test_waits_again(self) -> None:
        """A caller whom nobody answered waits at the port again, which is a party again."""
        self.ready()
        call_id = self.call_in()
        self.floor.pass_time(60)
        self.assertEqual(self.device(), [])
        self.assertEqual(
            self.parties(call_id),
            [
                (CALLER, PHONE, LCS.LCS_CONNECT),
                ("70001", DeviceIDType.DEVID_CTI_PORT, LCS.LCS_QUEUED),
            ],
        )

    def test_two_calls(self) -> None:
        """A held call and one that the agent makes meanwhile are both at the phone."""
        self.sign_in(1)
        self.sign_in(2)
        self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number="1002")
        ((first, _),) = self.device()
        self.answer(first, "1002")
        self.floor.request(HoldCallReq, connection_call_id=first, connection_device_id="1001")
        self.floor.request(MakeCallReq, agent_instrument="1001", dialed_number="1003")
        (held, second) = self.device()
        self.assertEqual(held, (first, LCS.LCS_HOLD))
        self.assertEqual(
            self.parties(second[0]),
            [("1001", AGENT, LCS.LCS_CONNECT), ("1003", PHONE, LCS.LCS_ALERTING)],
        )
        self.assertEqual(self.call(second[0]).dialed_number, "1003")

    def test_data(self) -> None:
        """Call variables and named variables are told, as they are now."""
        self.ready()
        call_id = self.call_in()
        self.answer(call_id)
        self.floor.request(
            SetCallDataReq,
            connection_call_id=call_id,
            connection_device_id="1001",
            call_variables=("gold", *(None,) * 9),
            call_wrapup_data="Sold",
            named_variables=(NamedVariable("user.layout", "Default"),),
        )
        conf = self.call(call_id)
        self.assertEqual((conf.call_variables[0], conf.call_wrapup_data), ("gold", "Sold"))
        self.assertEqual(conf.named_variables, (NamedVariable("user.layout", "Default"),))
        self.assertEqual((conf.ani, conf.dialed_number), (CALLER, "6001"))

    def test_before_sign_in(self) -> None:
        """A call that was answered before the agent signed in is told by no event, and by no snapshot of his phone."""
        self.sign_in(2)
        self.floor.request(MakeCallReq, agent_instrument="1002", dialed_number="1001")
        ((call_id, state),) = self.device("1001")
        self.assertEqual(state, LCS.LCS_ALERTING)
        self.floor.simulator.answer(call_id, "1001", "SEP0000000003E9")
        self.floor.pass_time()
        self.sign_in(1)
        self.assertEqual(self.device("1001"), [])

    def test_wrap_up(self) -> None:
        """The call that an agent wraps up is at his phone, and in the call is nobody any more, until END_CALL."""
        self.successResultOf(self.floor.service.stopService())
        self.floor = EngineFloor(sample(auto_work=True, wrapup_time_s=15))
        self.ready()
        call_id = self.call_in()
        self.answer(call_id)
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.assertEqual(self.device(), [(call_id, LCS.LCS_NULL)])
        self.assertEqual(self.parties(call_id), [("1001", AGENT, LCS.LCS_NULL)])
        self.floor.pass_time(15)
        self.assertEqual(self.device(), [])

    def test_agents(self) -> None:
        """Everyone configured has a state: LOGOUT for who is not signed in."""
        self.ready(1)
        for name, state, extension in (
            ("agent1", AgentState.AVAILABLE, "1001"),
            ("agent2", AgentState.LOGOUT, None),
        ):
            (conf,) = self.floor.request(QueryAgentStateReq, agent_id_long=name)
            assert isinstance(conf, QueryAgentStateConf)
            self.assertEqual((conf.agent_state, conf.agent_extension), (state, extension))


class TeamTests(FloorCase):
    """Changes of teams."""

    def test_left(self) -> None:
        """Who has left a team is named in its change, with the record type for deleted."""
        snapshot = sample()
        people = (replace(snapshot.people[0], team_id=None), *snapshot.people[1:])
        self.floor.directory.current = replace(snapshot, people=people)
        self.floor.seen.clear()
        self.floor.service.reload()
        (event,) = [m for m in self.floor.take() if isinstance(m, TeamConfigEvent)]
        left = [m.agent_id_long for m in event.members if m.record_type == RecordType.DELETE]
        stay = [m.agent_id_long for m in event.members if m.record_type == RecordType.ADD]
        self.assertEqual(left, ["agent1"])
        self.assertIn("agent2", stay)

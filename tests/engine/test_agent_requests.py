"""`finesse_tx.engine.agent_requests`: passwords, phones, states, and who is meant."""

from __future__ import annotations

from typing import Any

from twisted.internet.defer import Deferred

from finesse_tx.config import EngineConfig
from finesse_tx.cti.core.enums import (
    AgentState,
    ControlFailureCode,
    ForcedFlag,
    PeripheralErrorCode,
    StatusCode,
)
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallReq,
    ControlFailureConf,
    FailureConf,
    HoldCallReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetAgentStateConf,
    SetAgentStateReq,
)
from finesse_tx.directory.core.errors import TooBusyError
from finesse_tx.directory.core.records import Person, Snapshot
from tests.support.centre import CALLER, csq, people, sample
from tests.support.engine import PASSWORD, EngineFloor, FloorCase

CF, PE = ControlFailureCode, PeripheralErrorCode


class SignInTests(FloorCase):
    """``cti.md`` §11.4: passwords and phones."""

    def test_password(self) -> None:
        """A wrong password, an unknown name and a lock-out are told apart, as far as clients may know."""
        sign_in = {"agent_state": AgentState.LOGIN, "agent_instrument": "1001"}
        for name, password, code in (
            ("agent1", "wrong", CF.CF_INVALID_PASSWORD_SPECIFIED),
            ("agent1", None, CF.CF_INVALID_PASSWORD_SPECIFIED),
            ("nobody", PASSWORD, CF.CF_INVALID_AGENT_ID_OR_PASSWORD_SPECIFIED),
            (None, PASSWORD, CF.CF_INVALID_AGENT_ID_OR_PASSWORD_SPECIFIED),
            ("locked", PASSWORD, CF.CF_AGENT_ACCOUNT_LOCKED_OUT),
        ):
            refused = self.refused(
                SetAgentStateReq, agent_id_long=name, agent_password=password, **sign_in
            )
            self.assertEqual(refused, (code, PE.AGENT_INVALID))

    def test_checks_fail(self) -> None:
        """When passwords cannot be checked, that is told; when it is our fault, it is logged too."""
        self.floor.authenticator.failing = TooBusyError()
        answer = self.sign_in()[0]
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_SERVICE_BUSY)
        self.floor.authenticator.failing = ZeroDivisionError()
        self.assertEqual(
            self.sign_in(),
            [FailureConf(invoke_id=2, status=StatusCode.E_CTI_UNSPECIFIED_FAILURE)],
        )
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_waits(self) -> None:
        """Nothing is answered before the password has been checked; others are served meanwhile."""
        held: list[Deferred[Person]] = []
        self.floor.authenticator.held = held
        self.assertEqual(self.sign_in(), [])
        (answer,) = self.floor.request(QueryAgentStateReq, agent_id_long="agent1")
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual(answer.agent_state, AgentState.LOGOUT)
        self.floor.seen.clear()
        held[0].callback(people(1)[0])
        self.assertEqual(
            self.floor.told(), ["SetAgentStateConf", "agent1 LOGIN", "agent1 NOT_READY 32760"]
        )

    def test_only_authenticate(self) -> None:
        """ForcedFlag 2 checks the password and does nothing else."""
        flag: dict[str, Any] = {
            "forced_flag": ForcedFlag.AUTHENTICATE_ONLY,
            "agent_instrument": "Unknown",
        }
        self.assertEqual(self.sign_in(**flag), [SetAgentStateConf(invoke_id=1)])
        self.assertEqual(self.floor.told(), ["SetAgentStateConf"])
        answer = self.sign_in(agent_password="wrong", **flag)[0]
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_INVALID_PASSWORD_SPECIFIED)

    def test_phones(self) -> None:
        """A phone that is none, one that is taken, and somebody who is elsewhere."""
        sign_in = {"agent_state": AgentState.LOGIN, "agent_password": PASSWORD}
        self.assertEqual(
            self.refused(
                SetAgentStateReq, agent_id_long="agent1", agent_instrument="9999", **sign_in
            ),
            (CF.CF_INVALID_LOGON_DEVICE_SPECIFIED, PE.NUMBER_NOT_ASSIGNED),
        )
        self.sign_in()
        self.assertEqual(
            self.refused(
                SetAgentStateReq, agent_id_long="agent1", agent_instrument="1002", **sign_in
            ),
            (CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON, PE.NONE),
        )
        self.sign_in(2, agent_instrument="1001")
        self.assertEqual(
            self.floor.told()[-4:],
            ["SetAgentStateConf", "agent1 LOGOUT 32741", "agent2 LOGIN", "agent2 NOT_READY 32760"],
        )

    def test_session(self) -> None:
        """Whoever is signed in needs no password for the session that he is in, and for no other place."""
        self.sign_in(position_id="s1")
        self.floor.seen.clear()
        self.sign_in(agent_password=None, position_id="s1")
        self.assertEqual(self.floor.told(), ["SetAgentStateConf", "agent1 NOT_READY 32760"])
        for values in (
            {"position_id": "s2"},
            {"position_id": None},
            {"position_id": "s1", "agent_instrument": "1002"},
        ):
            (answer,) = self.sign_in(agent_password=None, **values)
            assert isinstance(answer, ControlFailureConf)
            self.assertEqual(answer.failure_code, CF.CF_INVALID_PASSWORD_SPECIFIED)
        self.set_state(AgentState.LOGOUT)
        (answer,) = self.sign_in(agent_password=None, position_id="s1")
        assert isinstance(answer, ControlFailureConf)

    def test_no_session(self) -> None:
        """A session without a name is nobody's to enter without a password."""
        self.sign_in()
        for position_id in (None, ""):
            (answer,) = self.sign_in(agent_password=None, position_id=position_id)
            assert isinstance(answer, ControlFailureConf)

    def test_terminal(self) -> None:
        """ActiveTerminal must be a device of the phone's number."""
        self.sign_in(active_terminal="SEP0000000003E9")
        self.assertIn("agent1 LOGIN", self.floor.told())
        (answer,) = self.sign_in(2, active_terminal="SEP0000000003E9")
        assert isinstance(answer, ControlFailureConf)
        self.assertEqual(answer.failure_code, CF.CF_INVALID_LOGON_DEVICE_SPECIFIED)

    def test_short_id(self) -> None:
        """UCCE's AgentID does as well."""
        answers = self.sign_in(agent_id_long=None, agent_id="agent1")
        self.assertEqual(answers, [SetAgentStateConf(invoke_id=1)])


class StateRequestTests(FloorCase):
    """SET_AGENT_STATE and QUERY_AGENT_STATE."""

    def test_who(self) -> None:
        """Somebody is meant by his id, by his phone, or by both if they agree."""
        self.sign_in()
        for values in (
            {"agent_id_long": "agent1"},
            {"agent_id_long": None, "agent_instrument": "1001"},
            {"agent_id_long": "agent1", "agent_instrument": "1001"},
        ):
            self.assertIsInstance(
                self.set_state(AgentState.NOT_READY, **values)[0], SetAgentStateConf
            )
        ask = {"agent_state": AgentState.NOT_READY}
        self.assertEqual(
            self.refused(SetAgentStateReq, agent_id_long="agent1", agent_instrument="1002", **ask),
            (CF.CF_INVALID_CSTA_DEVICE_IDENTIFIER, PE.NUMBER_NOT_ASSIGNED),
        )
        self.assertEqual(
            self.refused(SetAgentStateReq, agent_instrument="1002", **ask),
            (CF.CF_INVALID_AGENT_ID_SPECIFIED, PE.AGENT_MISSING),
        )
        self.assertEqual(
            self.refused(SetAgentStateReq, agent_id_long="nobody", **ask),
            (CF.CF_INVALID_AGENT_ID_SPECIFIED, PE.AGENT_INVALID),
        )

    def test_signed_out(self) -> None:
        """Whoever is signed out can only sign in."""
        for wanted in (AgentState.LOGOUT, AgentState.NOT_READY, AgentState.AVAILABLE):
            self.assertEqual(
                self.refused(SetAgentStateReq, agent_id_long="agent1", agent_state=wanted),
                (CF.CF_INVALID_PARAMETER, PE.NONE),
            )

    def test_not_for_clients(self) -> None:
        """The other states are the engine's, and numbers beyond them nobody's."""
        self.sign_in()
        for wanted in (AgentState.TALKING, AgentState.RESERVED, AgentState.HOLD, 99):
            self.assertEqual(
                self.refused(SetAgentStateReq, agent_id_long="agent1", agent_state=wanted),
                (CF.CF_INVALID_AGENT_WORKMODE, PE.INVALID_ARGUMENT),
            )

    def test_forced_out(self) -> None:
        """A forced sign-out waits for the end of the call; one that is not forced is refused."""
        self.ready()
        call_id = self.call_in()
        self.floor.request(AnswerCallReq, connection_call_id=call_id, connection_device_id="1001")
        leave = {"agent_state": AgentState.LOGOUT, "agent_id_long": "agent1"}
        self.assertEqual(
            self.refused(SetAgentStateReq, **leave), (CF.CF_INVALID_OBJECT_STATE, PE.NONE)
        )
        self.floor.request(
            SetAgentStateReq, event_reason_code=255, forced_flag=ForcedFlag.FORCED, **leave
        )
        self.assertEqual(self.floor.told()[-1], "agent1 TALKING 255 -> 1")
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.assertIn("agent1 LOGOUT 255", self.floor.told())

    def test_desktop_gone(self) -> None:
        """A forced sign-out of a session that there is no more is refused; the one that there is comes back in a call."""
        self.sign_in(position_id="s1")
        self.set_state(AgentState.AVAILABLE)
        call_id = self.call_in()
        self.floor.request(AnswerCallReq, connection_call_id=call_id, connection_device_id="1001")
        gone: dict[str, Any] = {
            "agent_state": AgentState.LOGOUT,
            "agent_id_long": "agent1",
            "event_reason_code": 255,
            "forced_flag": ForcedFlag.FORCED,
        }
        self.assertEqual(
            self.refused(SetAgentStateReq, position_id="s0", **gone)[0],
            CF.CF_SPECIFIED_AGENT_ALREADY_SIGNED_ON,
        )
        self.floor.request(SetAgentStateReq, position_id="s1", **gone)
        self.assertEqual(self.floor.told()[-1], "agent1 TALKING 255 -> 1")
        self.sign_in(agent_password=None, position_id="s1")
        self.assertEqual(self.floor.told(), ["SetAgentStateConf", "agent1 TALKING"])
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.assertIn("agent1 AVAILABLE", self.floor.told())

    def test_supervisor(self) -> None:
        """SupervisorID, or a supervisor's reason, makes a request a supervisor's: ``cti.md`` §11.10."""
        self.ready()
        for values, wanted, told in (
            ({"supervisor_id": "boss"}, AgentState.NOT_READY, "agent1 NOT_READY 33"),
            ({"supervisor_id": "boss"}, AgentState.AVAILABLE, "agent1 AVAILABLE 33"),
            ({"event_reason_code": 33}, AgentState.NOT_READY, "agent1 NOT_READY 33"),
            ({"event_reason_code": 33}, AgentState.AVAILABLE, "agent1 AVAILABLE 33"),
            ({"event_reason_code": 22}, AgentState.LOGOUT, "agent1 LOGOUT 22"),
        ):
            self.set_state(wanted, **values)
            self.assertEqual(self.floor.told(), ["SetAgentStateConf", told])

    def test_wrong_supervisor(self) -> None:
        """Who does not supervise the team may not, and no supervisor can ask for WORK."""
        self.ready()
        named: dict[str, Any] = {"agent_id_long": "agent1", "supervisor_id": "agent2"}
        self.assertEqual(
            self.refused(SetAgentStateReq, agent_state=AgentState.NOT_READY, **named)[0],
            CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE,
        )
        named["supervisor_id"] = "boss"
        self.assertEqual(
            self.refused(SetAgentStateReq, agent_state=AgentState.WORK, **named)[0],
            CF.CF_INVALID_AGENT_WORKMODE,
        )

    def test_query(self) -> None:
        """The state, the phone and the queues; of whoever is signed out, LOGOUT and no phone."""
        self.ready()
        (answer,) = self.floor.request(QueryAgentStateReq, agent_instrument="1001")
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual(
            (answer.agent_state, answer.agent_extension, answer.agent_id_long),
            (AgentState.AVAILABLE, "1001", "agent1"),
        )
        self.assertEqual(
            [(g.skill_group_number, g.skill_group_state) for g in answer.skill_groups],
            [(1, AgentState.AVAILABLE), (2, AgentState.AVAILABLE)],
        )
        (answer,) = self.floor.request(QueryAgentStateReq, agent_id_long="agent2")
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual((answer.agent_state, answer.agent_extension), (AgentState.LOGOUT, None))
        self.assertEqual(
            self.refused(QueryAgentStateReq, agent_id_long="nobody")[0],
            CF.CF_INVALID_AGENT_ID_SPECIFIED,
        )

    def test_many_queues(self) -> None:
        """An agent in more queues than a message has room for is told in several."""
        self.floor.directory.current = Snapshot(
            people(1, tuple(range(1, 151))), (), tuple(csq(n) for n in range(1, 151))
        )
        self.floor.service.reload()
        self.floor.seen.clear()
        self.sign_in()
        events = [m for m in self.floor.take() if isinstance(m, AgentStateEvent)]
        self.assertEqual([len(event.skill_groups) for event in events], [99, 51, 99, 51])
        (answer,) = self.floor.request(QueryAgentStateReq, agent_id_long="agent1")
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual(len(answer.skill_groups), 20)


class CCERequestTests(FloorCase):
    """The same in CCE personality."""

    def setUp(self) -> None:
        """Start it so."""
        self.floor = EngineFloor(
            sample(auto_work=True), EngineConfig(personality="cce", logout_on_disconnect=True)
        )

    def test_supervisor(self) -> None:
        """The reason is 999, and 33 is anybody's."""
        self.ready()
        self.set_state(AgentState.NOT_READY, event_reason_code=999)
        self.set_state(AgentState.NOT_READY, event_reason_code=33)
        told = [line for line in self.floor.told() if line.startswith("agent1")]
        self.assertEqual(told, ["agent1 NOT_READY 999", "agent1 NOT_READY 33"])

    def test_states(self) -> None:
        """WORK_READY can be asked for in a call; what is pending has no state of its own, and HOLD has one."""
        self.ready()
        call_id = self.call_in()
        call = {"connection_call_id": call_id, "connection_device_id": "1001"}
        self.floor.request(AnswerCallReq, **call)
        self.floor.seen.clear()
        self.set_state(AgentState.WORK_READY)
        self.assertEqual(self.floor.told(), ["SetAgentStateConf", "agent1 TALKING -> 5"])
        self.floor.request(HoldCallReq, **call)
        self.assertEqual(self.floor.told()[-1], "agent1 HOLD -> 5")
        (answer,) = self.floor.request(QueryAgentStateReq, agent_id_long="agent1")
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual(answer.agent_state, AgentState.HOLD)
        self.floor.simulator.hang_up_outside(call_id, CALLER)
        self.floor.pass_time()
        self.assertIn("agent1 WORK_READY", self.floor.told())

    def test_desktop_gone(self) -> None:
        """A forced sign-out with 255 follows the setting."""
        self.ready()
        self.set_state(AgentState.LOGOUT, event_reason_code=255, forced_flag=ForcedFlag.FORCED)
        self.assertEqual(self.floor.told()[-1], "agent1 LOGOUT 50002")

"""What a server asks of a request (§8.1, §9.0, §10.1, §12.2 of the CTI reference)."""

from __future__ import annotations

from dataclasses import MISSING, replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import CTIService, StatusCode
from finesse_tx.cti.core.framing import Frame
from finesse_tx.cti.core.message import Request
from finesse_tx.cti.core.messages import (
    CATALOGUE,
    AnswerCallReq,
    ControlFailureConf,
    FailureConf,
    MakeCallReq,
    QueryAgentStateReq,
    SetAgentStateReq,
    SetCallDataReq,
    SnapshotCallReq,
    SnapshotDeviceReq,
    SuperviseCallReq,
)
from finesse_tx.cti.core.opening import Agent
from finesse_tx.cti.core.requests import CONTROL, NEEDS, admit, failure, overdue, too_many
from tests.cti.core.test_filters import AGENT, GRANT, UCCE

ALL = ~CTIService.CTI_AGENT_STATE_CONTROL_ONLY
"""Every service but the one that takes call control away."""

ANSWER = AnswerCallReq(invoke_id=5, connection_call_id=1, connection_device_id="2006")


class AdmitTests(SynchronousTestCase):
    """Before the peripheral sees a request."""

    def test_passes(self) -> None:
        """A bridge's request goes on as it is."""
        self.assertIs(admit(ANSWER, GRANT), ANSWER)

    def test_services(self) -> None:
        """Each request needs its service, and no other; control without it fails with 88018, the rest with 17."""
        for request, service in (
            (ANSWER, CTIService.CTI_SERVICE_CLIENT_CONTROL),
            (SetAgentStateReq(invoke_id=5, agent_state=3), CTIService.CTI_SERVICE_CLIENT_CONTROL),
            (
                SetCallDataReq(invoke_id=5, connection_call_id=1),
                CTIService.CTI_SERVICE_CALL_DATA_UPDATE,
            ),
            (
                SuperviseCallReq(invoke_id=5, agent_connection_call_id=1, supervisory_action=3),
                CTIService.CTI_SERVICE_SUPERVISOR,
            ),
        ):
            self.assertIs(admit(request, replace(GRANT, services=service)), request)
            refused = admit(request, replace(GRANT, services=ALL & ~service))
            self.assertEqual(
                refused,
                ControlFailureConf(invoke_id=5, failure_code=71, peripheral_error_code=88018)
                if type(request) in CONTROL
                else FailureConf(invoke_id=5, status=17),
            )

    def test_state_control_only(self) -> None:
        """With that service an agent's state is controlled, and nothing else is, whatever else is granted."""
        only = CTIService.CTI_AGENT_STATE_CONTROL_ONLY
        for services in (only, only | ALL):
            for cls in CONTROL:
                fixed = {
                    field.attribute: 5
                    for field in GRANT.layout.fixed_part(cls)
                    if field.default is MISSING
                }
                request = cls(**{**fixed, "invoke_id": 5})
                admitted = admit(request, replace(GRANT, services=services))
                if cls is SetAgentStateReq:
                    self.assertIs(admitted, request)
                else:
                    self.assertIsInstance(admitted, ControlFailureConf)

    def test_ucce(self) -> None:
        """A request of UCCE's dialect reaches the peripheral in UCCX's terms."""
        request = QueryAgentStateReq(invoke_id=5, agent_id="asmith")
        ours = QueryAgentStateReq(invoke_id=5, agent_id_long="asmith")
        self.assertEqual(admit(request, UCCE), ours)
        self.assertIs(admit(request, GRANT), request)

    def test_free(self) -> None:
        """Queries and snapshots need no service."""
        grant = replace(GRANT, services=CTIService(0))
        for request in (
            QueryAgentStateReq(agent_id_long="asmith"),
            SnapshotCallReq(connection_call_id=1),
            SnapshotDeviceReq(agent_instrument="2006"),
        ):
            self.assertIs(admit(request, grant), request)

    def test_every_request(self) -> None:
        """The tables name requests alone, and every call and agent control request is among them."""
        for cls in (*CONTROL, *NEEDS):
            self.assertTrue(issubclass(cls, Request))
        self.assertLessEqual(CONTROL, set(NEEDS))
        self.assertEqual(len(CONTROL), 18)

    def test_peripheral_id(self) -> None:
        """A PeripheralID other than UCCX's constant is refused with 7."""
        for peripheral_id in (0, 2, 5000):
            refused = admit(replace(ANSWER, peripheral_id=peripheral_id), GRANT)
            self.assertEqual(refused, FailureConf(invoke_id=5, status=7))

    def test_field_length(self) -> None:
        """A field with data of a length that it cannot have is refused with 23; an unknown tag is not."""
        body = GRANT.layout.encode(SetCallDataReq(invoke_id=5, connection_call_id=1))[8:]
        for floating, refused in (("48 02 0001", True), ("63 02 0001", False)):
            request = GRANT.layout.decode(Frame(26, body + bytes.fromhex(floating)))
            assert isinstance(request, SetCallDataReq)
            expected = FailureConf(invoke_id=5, status=23) if refused else request
            self.assertEqual(admit(request, GRANT), expected)


class AgentModeTests(SynchronousTestCase):
    """A session in agent mode."""

    def setUp(self) -> None:
        """It may control calls, and is no supervisor's."""
        self.grant = replace(AGENT, services=CTIService(0x07))

    def test_phone_is_filled_in(self) -> None:
        """AgentInstrument is optional: the session's phone is meant."""
        self.assertEqual(admit(ANSWER, self.grant), replace(ANSWER, agent_instrument="2006"))
        request = SnapshotCallReq(connection_call_id=1)
        self.assertIs(admit(request, self.grant), request)

    def test_unknown_phone(self) -> None:
        """Where the session's phone is not known, nothing is filled in, and any may be named."""
        grant = replace(self.grant, agent=Agent("asmith", "", ""))
        self.assertIs(admit(ANSWER, grant), ANSWER)
        login = SetAgentStateReq(agent_state=0, agent_instrument="2006", agent_id_long="asmith")
        self.assertIs(admit(login, grant), login)

    def test_other_phones(self) -> None:
        """Another phone, or another agent, is refused with 8, but for a supervisor's session."""
        for request in (
            MakeCallReq(invoke_id=5, agent_instrument="2007"),
            SetAgentStateReq(
                invoke_id=5, agent_state=3, agent_instrument="2006", agent_id_long="bjones"
            ),
        ):
            self.assertEqual(admit(request, self.grant), FailureConf(invoke_id=5, status=8))
            supervisor = replace(self.grant, services=CTIService(0x87))
            if isinstance(request, SetAgentStateReq):  # in the name of the session's agent
                request = replace(request, supervisor_id="asmith")  # noqa: PLW2901
            self.assertEqual(admit(request, supervisor), request)

    def test_supervisor(self) -> None:
        """SupervisorID needs the supervisor service, and names the session's own agent whatever it says."""
        request = SetAgentStateReq(
            invoke_id=5, agent_state=2, agent_instrument="2007", supervisor_id="bjones"
        )
        supervisor = replace(self.grant, services=CTIService(0x87))
        self.assertEqual(admit(request, supervisor), replace(request, supervisor_id="asmith"))
        self.assertEqual(
            admit(request, self.grant), ControlFailureConf(invoke_id=5, failure_code=8)
        )
        bridge = replace(GRANT, services=GRANT.services & ~CTIService.CTI_SERVICE_SUPERVISOR)
        self.assertEqual(admit(request, bridge), ControlFailureConf(invoke_id=5, failure_code=8))
        bridge = replace(GRANT, services=GRANT.services | CTIService.CTI_SERVICE_SUPERVISOR)
        self.assertIs(admit(request, bridge), request)

    def test_password_check(self) -> None:
        """A request that only checks a password names no phone."""
        check = SetAgentStateReq(
            agent_state=0, forced_flag=2, agent_instrument="Unknown", agent_id_long="asmith"
        )
        self.assertIs(admit(check, self.grant), check)


class FailureTests(SynchronousTestCase):
    """How requests fail without the peripheral."""

    def test_overdue(self) -> None:
        """A control request has timed out, another failed with the timeout's status."""
        self.assertEqual(overdue(ANSWER), ControlFailureConf(invoke_id=5, failure_code=78))
        query = QueryAgentStateReq(invoke_id=6)
        self.assertEqual(overdue(query), FailureConf(invoke_id=6, status=16))

    def test_too_many(self) -> None:
        """A control request is over the limit of outstanding ones, another has failed."""
        self.assertEqual(too_many(ANSWER), ControlFailureConf(invoke_id=5, failure_code=44))
        query = QueryAgentStateReq(invoke_id=6)
        self.assertEqual(too_many(query), FailureConf(invoke_id=6, status=17))

    def test_failure(self) -> None:
        """A failure has the request's InvokeID."""
        self.assertEqual(failure(7, StatusCode(2)), FailureConf(invoke_id=7, status=2))

    def test_agents_phone(self) -> None:
        """Every request whose phone is the session's own has an AgentInstrument."""
        grant = replace(AGENT, services=CTIService(0x8F))
        for cls in CATALOGUE.values():
            if issubclass(cls, Request):
                size = GRANT.layout.codec(cls).size
                body = bytearray(size)
                if "peripheral_id" in cls.__dataclass_fields__ and cls.MESSAGE_TYPE != 3:
                    body[4:8] = (1).to_bytes(4, "big")
                request = GRANT.layout.decode(Frame(cls.MESSAGE_TYPE, bytes(body)))
                assert isinstance(request, Request)
                admit(request, grant)

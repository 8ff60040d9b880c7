"""The GED-188 server in UCCE's dialect: what a UCCE client gets of a CCX engine."""

from __future__ import annotations

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.errors import MessageTooLongError
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import OpaqueMessage
from finesse_tx.cti.core.messages import (
    ActiveMaintenanceEventMsg,
    ActiveMaintenanceReqMsg,
    ActiveMaintenanceRespMsg,
    AgentStateEvent,
    AnswerCallReq,
    BeginCallEvent,
    CloseConf,
    CloseReq,
    ConfigAgentEvent,
    ConfigBeginEvent,
    ConfigEndEvent,
    ConfigRequestEvent,
    ConfigTerminalEvent,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    ListAgentTeamConf,
    ListAgentTeamReq,
    OpenConf,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetAgentServiceDataReq,
    SetAgentStateReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    StandbyActiveEventMsg,
    StoppingRequestsToThisSideInd,
    SystemEvent,
)
from finesse_tx.cti.core.variables import NamedVariable
from finesse_tx.cti.server_session import LEAVE_S
from tests.cti.test_server import SAMPLES, ServerTestCase
from tests.support.cti import BRIDGE, NOW, CTIPeer, bridge_request, ucce_request

BOTH_SIDES = BRIDGE | 0x02000000
"""What a bridge asks for, and a session on each side."""

IN_SERVICE = SystemEvent(
    pg_status=0,
    icm_central_controller_time=int(NOW.timestamp()),
    system_event_id=3,
    system_event_arg1=1,
    system_event_arg2=21,
)


class UCCETestCase(ServerTestCase):
    """A server whose clients are of UCCE where a version does not tell."""

    config = CTIServerConfig(dialect="ucce")

    def opened(self, request: OpenReq | None = None, host: str = "10.0.0.1") -> CTIPeer:
        """Connect a raw client and open a session."""
        return super().opened(request or ucce_request(), host)


class OpenTests(UCCETestCase):
    """OPEN_REQ and its answers."""

    def test_bridge(self) -> None:
        """OPEN_CONF has what UCCE's has, and the engine's state follows as a peripheral's."""
        answers = self.peer(24).ask(ucce_request(24))
        self.assertEqual(
            answers,
            [
                OpenConf(
                    invoke_id=17,
                    services_granted=BRIDGE,
                    icm_central_controller_time=int(NOW.timestamp()),
                    peripheral_online=True,
                    peripheral_type=21,
                    agent_state=9,
                    session_type=1,
                    flt_peripheral_ids=(1,),
                    multiline_agent_control=1,
                ),
                IN_SERVICE,
            ],
        )

    def test_sample(self) -> None:
        """The sample's OPEN_REQ of version 24 is understood, on the standby too, and answered as the sample is."""
        self.server.set_master(False)
        peer = self.peer(24)
        peer.send_bytes(bytes.fromhex(SAMPLES["ucce-v24-open-req"]["hex"]))
        (answer, _event) = peer.received()
        wire = bytearray.fromhex(SAMPLES["ucce-v24-open-conf-standby"]["hex"])
        (expected,) = map(Layout.of(Dialect.UCCE, 24).decode, frames(wire))
        assert isinstance(answer, OpenConf)
        assert isinstance(expected, OpenConf)
        for name in ("services_granted", "peripheral_online", "agent_state", "session_type"):
            self.assertEqual(getattr(answer, name), getattr(expected, name))
        self.assertEqual(len(answer.raw_fields), len(expected.raw_fields))

    def test_each_version(self) -> None:
        """Each version is answered in its own layout, its fields included."""
        for version in (*range(9, 18), *range(19, 26)):
            peer = self.peer(version)
            answers = peer.ask(ucce_request(version, client_id=f"v{version}"))
            (answer, event) = answers
            assert isinstance(answer, OpenConf)
            self.assertEqual(answer.session_type, 1 if version >= 24 else 0)
            self.assertEqual(answer.unread_fields, ())
            self.assertEqual(event, IN_SERVICE)
            self.peripheral.publish(AgentStateEvent(agent_state=3, agent_id_long="asmith"))
            (state,) = peer.received()
            self.assertEqual(state, AgentStateEvent(agent_state=3, agent_id="asmith"))
            self.gone(peer)

    def test_uccx_beside(self) -> None:
        """A client of UCCX's version 18 is served at the same port, each in its own dialect."""
        peers = [self.opened(ucce_request(15)), self.opened(bridge_request(18))]
        self.peripheral.publish(AgentStateEvent(agent_state=6, agent_id_long="asmith"))
        found = [peer.received() for peer in peers]
        self.assertEqual(found[0], [AgentStateEvent(agent_state=4, agent_id="asmith")])
        self.assertEqual(found[1], [AgentStateEvent(agent_state=6, agent_id_long="asmith")])

    def test_offline(self) -> None:
        """While the engine cannot serve, its peripheral is offline."""
        self.peripheral.is_online = False
        (answer, event) = self.peer(20).ask(ucce_request(20))
        assert isinstance(answer, OpenConf)
        self.assertEqual((answer.pg_status, answer.peripheral_online), (4, False))
        assert isinstance(event, SystemEvent)
        self.assertEqual((event.pg_status, event.system_event_id), (4, 4))

    def test_agent_mode(self) -> None:
        """A session for one agent is told who and how the agent is, and gets no SYSTEM_EVENT."""
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(
                invoke_id=request.invoke_id,  # type: ignore[attr-defined]
                agent_state=3,
                agent_id_long="asmith",
                agent_extension="1001",
                agent_instrument="1001",
            )
        ]
        self.peripheral.script[SnapshotDeviceReq] = lambda request: [
            SnapshotDeviceConf(invoke_id=request.invoke_id)  # type: ignore[attr-defined]
        ]
        request = replace(ucce_request(22, services=7), peripheral_id=1, agent_id="asmith")
        (answer,) = self.peer(22).ask(request)
        assert isinstance(answer, OpenConf)
        self.assertEqual((answer.agent_state, answer.agent_id), (3, "asmith"))
        self.assertEqual((answer.agent_extension, answer.agent_instrument), ("1001", "1001"))
        asked, _reply = self.peripheral.requests[0]
        self.assertEqual(asked, QueryAgentStateReq(agent_id_long="asmith"))


class SessionTests(UCCETestCase):
    """Requests, configuration and events."""

    def test_request(self) -> None:
        """A request reaches the engine in its own terms, and so does its answer the client."""
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(
                invoke_id=request.invoke_id,  # type: ignore[attr-defined]
                agent_state=7,
                agent_id_long="asmith",
            )
        ]
        peer = self.opened()
        (answer,) = peer.ask(QueryAgentStateReq(invoke_id=3, agent_id="asmith"))
        ((request, _reply),) = self.peripheral.requests
        self.assertEqual(request, QueryAgentStateReq(invoke_id=3, agent_id_long="asmith"))
        expected = QueryAgentStateConf(invoke_id=3, agent_state=4, agent_id="asmith")
        self.assertEqual(answer, expected)

    def test_configuration(self) -> None:
        """Terminals are asked for, and told, under UCCE's bit; call types, which the engine has not, are not asked for."""
        self.peripheral.script[ConfigRequestEvent] = lambda _: [
            ConfigBeginEvent(config_type=1, config_information=0x10),
            ConfigTerminalEvent(),
            ConfigEndEvent(),
        ]
        peer = self.opened(ucce_request(24))
        peer.send(ConfigRequestEvent(config_information=0x11C))
        ((request, _reply),) = self.peripheral.requests
        assert isinstance(request, ConfigRequestEvent)
        self.assertEqual(request.config_information, 0x1C)
        (begin, records, end) = peer.received()
        assert isinstance(begin, ConfigBeginEvent)
        self.assertEqual(begin.config_information, 0x100)
        self.assertEqual((records, end), (ConfigTerminalEvent(), ConfigEndEvent()))

    def test_updates(self) -> None:
        """An update comes to the version that knows its kind, and not to the one before."""
        peers = [self.opened(ucce_request(v, client_id=str(v))) for v in (23, 24)]
        for peer in peers:
            peer.send(ConfigRequestEvent(config_information=0))
        for kind, record in ((0x10, ConfigTerminalEvent()), (4, ConfigAgentEvent())):
            for event in (
                ConfigBeginEvent(config_type=2, config_information=kind),
                record,
                ConfigEndEvent(),
            ):
                self.peripheral.publish(event)
        names = [[type(event).__name__ for event in peer.received()] for peer in peers]
        agents = ["ConfigBeginEvent", "ConfigAgentEvent", "ConfigEndEvent"]
        terminals = ["ConfigBeginEvent", "ConfigTerminalEvent", "ConfigEndEvent"]
        self.assertEqual(names, [agents, terminals + agents])

    def test_unknown_in_version(self) -> None:
        """A request that the version has not fails with 48, with 2 in UCCX; one that nobody sends with 2."""
        request = SetAgentServiceDataReq(invoke_id=3)
        for peer, status in (
            (self.opened(ucce_request(23, client_id="old")), 48),
            (self.opened(bridge_request(18)), 2),
        ):
            peer.send_bytes(Layout.of(Dialect.UCCE, 24).encode(request))
            self.assertEqual(peer.received(), [FailureConf(invoke_id=3, status=status)])
        new = self.opened(ucce_request(24))
        new.send(request)
        self.assertEqual(len(self.peripheral.requests), 1)
        unknown = OpaqueMessage(message_type=300, body=b"\0\0\0\x09")
        new.send(unknown)
        self.assertEqual(new.received(), [FailureConf(invoke_id=9, status=2)])

    def test_list_in_parts(self) -> None:
        """A list of teams may come in several confirmations; the last one has no More. UCCX has no such list."""
        parts = [
            ListAgentTeamConf(invoke_id=5, more=1),
            ListAgentTeamConf(invoke_id=5, segment_number=1),
        ]
        self.peripheral.script[ListAgentTeamReq] = lambda _: [*parts, parts[0]]
        request = ListAgentTeamReq(invoke_id=5, supervisor_id=1)
        self.assertEqual(self.opened().ask(request), parts)
        uccx = self.opened(bridge_request(18))
        uccx.send_bytes(Layout.of(Dialect.UCCE, 24).encode(request))
        self.assertEqual(uccx.received(), [FailureConf(invoke_id=5, status=2)])
        self.assertEqual(len(self.peripheral.requests), 1)

    def test_long_event(self) -> None:
        """An event that a version below 20 cannot have is not sent there, and disturbs nobody."""
        peers = [self.opened(ucce_request(v, client_id=str(v))) for v in (19, 20)]
        texts = tuple(NamedVariable("user.n", "x" * 200) for _ in range(22))
        event = BeginCallEvent(connection_call_id=1, call_type=1, named_variables=texts)
        self.peripheral.publish(event)
        self.assertEqual(len(self.flushLoggedErrors(MessageTooLongError)), 1)
        self.peripheral.publish(BeginCallEvent(connection_call_id=2, call_type=1))
        calls = [
            [e.connection_call_id for e in peer.received() if isinstance(e, BeginCallEvent)]
            for peer in peers
        ]
        self.assertEqual(calls, [[2], [1, 2]])
        self.assertEqual(self.server.status().counters.events, 3)

    def test_stop(self) -> None:
        """The end is a FAILURE_EVENT 15: the peripheral is well."""
        peer = self.opened()
        self.server.stopService()
        self.assertEqual(peer.received(), [FailureEvent(status=15)])
        self.assertTrue(peer.is_closed)


class CCETests(UCCETestCase):
    """An engine in CCE personality."""

    cce = True

    def test_states(self) -> None:
        """WORK_READY and HOLD are told, answered and asked for as they are."""
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(
                invoke_id=request.invoke_id,  # type: ignore[attr-defined]
                agent_state=10,
                agent_id_long="asmith",
            )
        ]
        peer = self.opened()
        (answer,) = peer.ask(QueryAgentStateReq(invoke_id=3, agent_id="asmith"))
        assert isinstance(answer, QueryAgentStateConf)
        self.assertEqual(answer.agent_state, 10)
        self.peripheral.publish(AgentStateEvent(agent_state=6, agent_id_long="asmith"))
        (event,) = peer.received()
        assert isinstance(event, AgentStateEvent)
        self.assertEqual((event.agent_state, event.agent_id), (6, "asmith"))
        peer.send(SetAgentStateReq(invoke_id=4, agent_state=6, agent_id="asmith"))
        request = self.peripheral.requests[-1][0]
        assert isinstance(request, SetAgentStateReq)
        self.assertEqual((request.agent_state, request.agent_id_long), (6, "asmith"))


class BothSidesTests(UCCETestCase):
    """Clients that have a session on each side (version 24 and the service for it)."""

    def both(self, client_id: str = "ctios") -> CTIPeer:
        """A client that has a session on the other side too."""
        return self.opened(ucce_request(24, BOTH_SIDES, client_id))

    def standby(self) -> CTIPeer:
        """Its session on this side, the standby."""
        self.server.set_master(False)
        peer = self.peer(24)
        (answer, _event) = peer.ask(ucce_request(24, BOTH_SIDES))
        assert isinstance(answer, OpenConf)
        self.assertEqual(answer.session_type, 2)
        return peer

    def test_standby(self) -> None:
        """On the standby there are heartbeats and an end, no events, and no requests: they fail with 15."""
        peer = self.standby()
        self.assertEqual(self.server.session_count, 1)
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=4)), [HeartbeatConf(invoke_id=4)])
        answer = peer.ask(AnswerCallReq(invoke_id=5, connection_call_id=1))
        self.assertEqual(answer, [FailureConf(invoke_id=5, status=15)])
        self.assertEqual(self.peripheral.requests, [])
        self.assertEqual(peer.ask(ucce_request()), [FailureConf(invoke_id=17, status=5)])
        self.assertEqual(peer.ask(CloseReq(invoke_id=6)), [CloseConf(invoke_id=6)])

    def test_standby_of_others(self) -> None:
        """Whoever has one session only is refused there."""
        self.server.set_master(False)
        self.assertEqual(
            self.peer(24).ask(ucce_request(24)), [FailureConf(invoke_id=17, status=107)]
        )

    def test_standby_idle(self) -> None:
        """A session on the standby must be kept alive like another."""
        peer = self.standby()
        self.clock.advance(99)
        self.assertFalse(peer.is_closed)
        self.clock.advance(1)
        self.assertTrue(peer.is_closed)

    def test_activated(self) -> None:
        """Once this side is the active one its sessions are told so, get events and may ask."""
        peer = self.standby()
        self.server.set_master(True)
        self.assertEqual(peer.received(), [StandbyActiveEventMsg()])
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertEqual(peer.received(), [AgentStateEvent(agent_state=3)])
        peer.send(AnswerCallReq(invoke_id=5, connection_call_id=1))
        self.assertEqual(len(self.peripheral.requests), 1)
        self.server.set_master(True)
        self.assertEqual(peer.received(), [])

    def test_activated_while_opening(self) -> None:
        """A side that becomes the active one while the engine is asked about an agent opens an active session."""
        self.server.set_master(False)
        peer = self.peer(24)
        asked = replace(ucce_request(24, 0x02000087), peripheral_id=1, agent_id="asmith")
        self.assertEqual(peer.ask(asked), [])
        self.server.set_master(True)
        _request, reply = self.peripheral.requests[0]
        reply(QueryAgentStateConf(invoke_id=0, agent_state=3, agent_id_long="asmith"))
        (answer,) = peer.received()
        assert isinstance(answer, OpenConf)
        self.assertEqual(answer.session_type, 1)
        self.peripheral.publish(AgentStateEvent(agent_state=3, agent_id_long="asmith"))
        self.assertEqual(len(peer.received()), 1)

    def test_demoted(self) -> None:
        """Once it is no longer, clients that know both go over; others' sessions end, UCCX's with 92."""
        both, one = self.both(), self.opened(ucce_request(24, client_id="one"))
        uccx = self.opened(bridge_request(18))
        self.server.set_master(False)
        self.assertEqual(one.received(), [FailureEvent(status=15)])
        self.assertEqual(uccx.received()[-1], FailureEvent(status=92))
        self.assertFalse(both.is_closed)
        answer = both.ask(AnswerCallReq(invoke_id=5, connection_call_id=1))
        self.assertEqual(answer, [FailureConf(invoke_id=5, status=15)])
        both.send(StoppingRequestsToThisSideInd())
        self.assertTrue(both.is_closed)
        self.assertEqual(self.server.session_count, 0)

    def test_does_not_go(self) -> None:
        """A client that does not go over in time is dropped; a moment earlier it is not."""
        peer = self.both()
        self.server.set_master(False)
        self.clock.advance(LEAVE_S - 0.1)
        self.assertFalse(peer.is_closed)
        with capturedLogs() as logs:
            self.clock.advance(0.1)
        self.assertIn("has not gone over", logs[0]["log_format"])
        self.assertEqual(peer.received(), [FailureEvent(status=15)])
        self.assertTrue(peer.is_closed)

    def test_goes_first(self) -> None:
        """A client may leave an active side too."""
        peer = self.both()
        peer.send(StoppingRequestsToThisSideInd())
        self.assertTrue(peer.is_closed)

    def asked(self) -> Deferred[bool]:
        """Maintenance is asked for."""
        return Deferred.fromCoroutine(self.server.ask_maintenance())

    def test_maintenance(self) -> None:
        """Maintenance goes on when all who know both sides agree; others are not asked."""
        peers = [self.both(), self.both("other")]
        one = self.opened(ucce_request(24, client_id="one"))
        agreed = self.asked()
        for peer in peers:
            (question,) = peer.received()
            assert isinstance(question, ActiveMaintenanceReqMsg)
            self.assertNoResult(agreed)
            peer.send(
                ActiveMaintenanceRespMsg(
                    invoke_id=question.invoke_id, maintenance_mode_accepted=True
                )
            )
        self.assertTrue(self.successResultOf(agreed))
        told = ActiveMaintenanceEventMsg(maintenance_mode_status=True)
        self.assertEqual([peer.received() for peer in (*peers, one)], [[told], [told], []])

    def test_maintenance_refused(self) -> None:
        """It does not when one refuses, says nothing in time, or goes; an answer to another question is none."""
        for answer in (False, None, "gone"):
            peer = self.both()
            agreed = self.asked()
            (question,) = peer.received()
            assert isinstance(question, ActiveMaintenanceReqMsg)
            other = ActiveMaintenanceRespMsg(invoke_id=99, maintenance_mode_accepted=True)
            peer.send(other)
            self.assertNoResult(agreed)
            if answer == "gone":
                self.gone(peer)
            elif answer is None:
                self.clock.advance(LEAVE_S - 0.1)
                self.assertNoResult(agreed)
                self.clock.advance(0.1)
            else:
                peer.send(
                    replace(other, invoke_id=question.invoke_id, maintenance_mode_accepted=False)
                )
            self.assertFalse(self.successResultOf(agreed))
            if answer != "gone":
                told = ActiveMaintenanceEventMsg(maintenance_mode_status=False)
                self.assertEqual(peer.received(), [told])
                self.gone(peer)

    def test_maintenance_of_nobody(self) -> None:
        """Where nobody has to be asked it goes on."""
        self.assertTrue(self.successResultOf(self.asked()))

    def test_messages_of_24(self) -> None:
        """In an older version the messages of both sides are unknown."""
        peer = self.opened(ucce_request(23))
        for message in (
            StoppingRequestsToThisSideInd(),
            ActiveMaintenanceRespMsg(invoke_id=0, maintenance_mode_accepted=True),
        ):
            peer.send(message)
            self.assertEqual(peer.received(), [FailureConf(invoke_id=0, status=48)])
        self.assertFalse(peer.is_closed)

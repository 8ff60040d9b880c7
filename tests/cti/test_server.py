"""The GED-188 server, spoken to by raw clients."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from twisted.internet.task import Clock
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.agent_mode import ANSWER_S
from finesse_tx.cti.core.enums import AgentState, LineType
from finesse_tx.cti.core.framing import Frame, frame_bytes
from finesse_tx.cti.core.layout import Dialect, Layout, Widths
from finesse_tx.cti.core.message import Message, OpaqueMessage
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AnswerCallConf,
    AnswerCallReq,
    BeginCallEvent,
    CallDeliveredEvent,
    CloseConf,
    CloseReq,
    ConfigAgentEvent,
    ConfigBeginEvent,
    ConfigEndEvent,
    ConfigKeyEvent,
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    ControlFailureConf,
    DeviceCall,
    EndCallEvent,
    FailureConf,
    FailureEvent,
    HeartbeatConf,
    HeartbeatReq,
    MakeCallReq,
    OpenConf,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SetAgentStateConf,
    SetAgentStateReq,
    SnapshotCallConf,
    SnapshotCallReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    SystemEvent,
    TeamConfigConf,
    TeamConfigEvent,
    TeamConfigReq,
)
from finesse_tx.cti.server import CTIServer
from finesse_tx.cti.server_session import LINGER_S
from finesse_tx.interfaces import IPeripheral
from tests.cti.core.test_samples import SAMPLES as SAMPLE_LIST
from tests.support.cti import NOW, CTIPeer, ScriptedPeripheral, bridge_request, now

SAMPLES = {sample["name"]: sample for sample in SAMPLE_LIST}


class ServerTestCase(SynchronousTestCase):
    """A server with a scripted peripheral, and a clock."""

    config = CTIServerConfig()
    cce = False

    def setUp(self) -> None:
        """Start it."""
        self.peers: list[CTIPeer] = []
        self.clock, self.peripheral = Clock(), ScriptedPeripheral()
        self.server = CTIServer(self.config, self.peripheral, self.clock, now, cce=self.cce)
        self.server.startService()

    def tearDown(self) -> None:
        """Whatever happened, no timer is left once every connection is gone."""
        self.server.stopService()
        for peer in self.peers:
            peer.lose()
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def peer(self, version: int = 14, host: str = "10.0.0.1") -> CTIPeer:
        """Connect a raw client."""
        peer = CTIPeer(self.server.factory, version, host, Dialect(self.config.dialect))
        self.peers.append(peer)
        return peer

    def gone(self, peer: CTIPeer) -> None:
        """A client's connection is lost."""
        self.peers.remove(peer)
        peer.lose()

    def opened(self, request: OpenReq | None = None, host: str = "10.0.0.1") -> CTIPeer:
        """Connect a raw client and open a session; what it got for that has been read."""
        request = request or bridge_request()
        peer = self.peer(request.version_number, host)
        answers = peer.ask(request)
        self.assertIsInstance(answers[0], OpenConf)
        return peer


class OpenTests(ServerTestCase):
    """OPEN_REQ and its answers."""

    def test_fake(self) -> None:
        """The scripted peripheral is one."""
        verifyObject(IPeripheral, self.peripheral)

    def test_bridge(self) -> None:
        """OPEN_CONF grants what was asked for, and a SYSTEM_EVENT tells how the engine is."""
        answers = self.peer().ask(bridge_request())
        self.assertEqual(
            answers,
            [
                OpenConf(
                    invoke_id=17,
                    services_granted=0x00040096,
                    peripheral_online=True,
                    flt_peripheral_ids=(0,),
                    multiline_agent_control=1,
                ),
                SystemEvent(
                    pg_status=0x400,
                    icm_central_controller_time=int(NOW.timestamp()),
                    system_event_id=3,
                    system_event_arg1=1,
                    system_event_arg2=21,
                ),
            ],
        )
        self.assertEqual(self.server.session_count, 1)

    def test_samples(self) -> None:
        """The samples' OPEN_REQ of versions 14 and 18 are answered with the samples' OPEN_CONF, byte for byte."""
        for version in (14, 18):
            peer = self.peer(version)
            peer.send_bytes(bytes.fromhex(SAMPLES[f"uccx-v{version}-open-req-bridge"]["hex"]))
            answer = bytes.fromhex(SAMPLES[f"uccx-v{version}-open-conf"]["hex"])
            self.assertEqual(peer.transport.value()[: len(answer)], answer)

    def test_version_18(self) -> None:
        """Version 18 has two-byte tags, and is told which configuration it may have."""
        (answer, _) = self.peer(18).ask(bridge_request(18))
        assert isinstance(answer, OpenConf)
        self.assertEqual(answer.config_msg_mask_granted, 0x1F)

    def test_each_version(self) -> None:
        """Each version from 10 to 18 is answered in its own layout."""
        for version in range(10, 19):
            peer = self.opened(bridge_request(version, client_id=f"v{version}"))
            self.peripheral.publish(AgentStateEvent(agent_state=3, active_terminal="SEP1"))
            (event,) = peer.received()
            expected = "SEP1" if version >= 18 else None
            assert isinstance(event, AgentStateEvent)
            self.assertEqual(event.active_terminal, expected)

    def test_clients_widths(self) -> None:
        """A client with other widths than its version's is answered in its own."""
        peer = self.peer(18)
        peer.layout = Layout.of(Dialect.UCCX, 18, Widths(2, 2))
        (answer, _) = peer.ask(bridge_request(18))
        self.assertIsInstance(answer, OpenConf)
        self.assertEqual(answer.unread_fields, ())

    def test_refused(self) -> None:
        """A refusal is a FAILURE_CONF, after which the client may try again on the same connection."""
        peer = self.peer()
        self.assertEqual(peer.ask(bridge_request(8)), [FailureConf(invoke_id=17, status=1)])
        self.assertEqual(self.server.session_count, 0)
        self.assertIsInstance(peer.ask(bridge_request())[0], OpenConf)

    def test_offline(self) -> None:
        """While the engine cannot serve, the session opens and says so."""
        self.peripheral.is_online = False
        (answer, event) = self.peer().ask(bridge_request())
        assert isinstance(answer, OpenConf)
        self.assertIs(answer.peripheral_online, False)
        assert isinstance(event, SystemEvent)
        self.assertEqual((event.pg_status, event.system_event_id), (0x600, 4))

    def test_twice(self) -> None:
        """A second OPEN_REQ on the same connection fails with 5, and the session stays."""
        peer = self.opened()
        self.assertEqual(peer.ask(bridge_request()), [FailureConf(invoke_id=17, status=5)])
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])

    def test_anything_else_first(self) -> None:
        """Whatever comes before OPEN_REQ fails with 4 and its InvokeID."""
        for message in (
            HeartbeatReq(invoke_id=9),
            CloseReq(invoke_id=9),
            AnswerCallReq(invoke_id=9, connection_call_id=1),
            OpaqueMessage(message_type=300, body=b"\0\0\0\x09"),
        ):
            peer = self.peer()
            peer.send(message)
            self.assertEqual(peer.received(), [FailureConf(invoke_id=9, status=4)])
        self.assertEqual(self.peripheral.requests, [])

    def test_overdue(self) -> None:
        """A client that opens no session in time is dropped; one second earlier it is not."""
        peer = self.peer()
        peer.ask(bridge_request(8))
        self.clock.advance(self.config.open_timeout_s - 1)
        self.assertFalse(peer.is_closed)
        self.clock.advance(1)
        self.assertTrue(peer.is_closed)

    def test_credentials(self) -> None:
        """With credentials configured, ClientID and password must be right."""
        self.server.stopService()
        self.server = CTIServer(
            self.config, self.peripheral, self.clock, now, {"wallboard": "s3cret"}
        )
        self.server.startService()
        peer = self.peer()
        self.assertEqual(peer.ask(bridge_request()), [FailureConf(invoke_id=17, status=36)])
        right = replace(bridge_request(), client_password=b"s3cret\0")
        with capturedLogs() as logs:
            self.assertIsInstance(peer.ask(right)[0], OpenConf)
        self.assertNotIn("s3cret", repr(logs))


class DuplicateTests(ServerTestCase):
    """Several sessions of the same client."""

    def test_superseded(self) -> None:
        """A second session of the same client ends the first with FAILURE_EVENT 11."""
        first, second = self.opened(), self.opened()
        self.assertEqual(first.received(), [FailureEvent(status=11)])
        self.assertTrue(first.is_closed)
        self.assertFalse(second.is_closed)
        self.assertEqual(self.server.session_count, 1)

    def test_others(self) -> None:
        """Another ClientID, another host or no ClientID at all is another client."""
        peers = [
            self.opened(),
            self.opened(bridge_request(client_id="recorder")),
            self.opened(host="10.0.0.2"),
            self.opened(bridge_request(client_id="")),
            self.opened(bridge_request(client_id="")),
        ]
        self.assertEqual(self.server.session_count, 5)
        self.assertEqual([peer.received() for peer in peers], [[]] * 5)

    def test_refused_takes_nothing(self) -> None:
        """A session that is refused leaves the one that is open alone."""
        first = self.opened()
        self.peer().ask(replace(bridge_request(), idle_timeout=5))
        self.assertEqual(first.received(), [])
        self.assertFalse(first.is_closed)


class IdleTests(ServerTestCase):
    """Heartbeats, and the idle timer."""

    def test_heartbeat(self) -> None:
        """A heartbeat is answered at once."""
        peer = self.opened()
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=77)), [HeartbeatConf(invoke_id=77)])

    def test_idle(self) -> None:
        """A client that sends nothing for IdleTimeout seconds is dropped; whatever it sends puts that off."""
        peer = self.opened()
        self.clock.advance(99)
        peer.send(OpaqueMessage(message_type=300, body=b""))
        self.clock.advance(99)
        self.assertFalse(peer.is_closed)
        with capturedLogs() as logs:
            self.clock.advance(1)
        self.assertTrue(peer.is_closed)
        self.assertIn("sent nothing", logs[0]["log_format"])
        self.assertEqual(self.server.session_count, 0)

    def test_never(self) -> None:
        """An IdleTimeout of 0xFFFFFFFF never ends the session, and takes no timer."""
        self.opened(replace(bridge_request(), idle_timeout=0xFFFFFFFF))
        self.assertEqual(self.clock.getDelayedCalls(), [])


class CloseTests(ServerTestCase):
    """How sessions end."""

    def test_close(self) -> None:
        """CLOSE_REQ is confirmed, and the connection closed; events no longer come."""
        peer = self.opened()
        self.assertEqual(peer.ask(CloseReq(invoke_id=5)), [CloseConf(invoke_id=5)])
        self.assertTrue(peer.transport.disconnecting)
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=6)), [])
        self.assertEqual(self.server.session_count, 0)

    def test_linger(self) -> None:
        """A client that does not go is dropped."""
        peer = self.opened()
        peer.ask(CloseReq(invoke_id=5))
        self.clock.advance(LINGER_S - 0.1)
        self.assertFalse(peer.transport.disconnected)
        self.clock.advance(0.1)
        self.assertTrue(peer.transport.disconnected)

    def test_lost(self) -> None:
        """A connection that is lost frees all that its session held."""
        peer = self.opened()
        peer.send(AnswerCallReq(invoke_id=1, connection_call_id=1))
        self.gone(peer)
        self.assertEqual(self.clock.getDelayedCalls(), [])
        self.assertEqual(self.server.session_count, 0)
        ((_, reply),) = self.peripheral.requests
        reply(AnswerCallConf(invoke_id=1))

    def test_stop(self) -> None:
        """A stop is announced with SYSTEM_EVENT and FAILURE_EVENT, and waits for the connections to go."""
        peer, waiting = self.opened(), self.peer()
        stopped = self.server.stopService()
        (event, failure) = peer.received()
        assert isinstance(event, SystemEvent)
        self.assertEqual((event.pg_status, event.system_event_id), (0x200, 4))
        self.assertEqual(failure, FailureEvent(status=15))
        self.assertEqual(waiting.received(), [])
        self.assertTrue(waiting.is_closed)
        self.gone(peer)
        self.assertNoResult(stopped)
        self.gone(waiting)
        self.successResultOf(stopped)
        self.assertFalse(self.peripheral.is_watched)

    def test_stop_without_clients(self) -> None:
        """Without connections a stop is done at once; after it nobody is let in."""
        self.successResultOf(self.server.stopService())
        peer = self.peer()
        self.assertEqual(peer.received(), [FailureEvent(status=17)])
        self.assertTrue(peer.is_closed)

    def test_standby(self) -> None:
        """A server that is no longer the master ends its sessions with 92, and refuses others with 92."""
        peer = self.opened()
        self.server.set_master(False)
        (event, failure) = peer.received()
        assert isinstance(event, SystemEvent)
        self.assertEqual((event.pg_status, event.system_event_id), (0x600, 4))
        self.assertEqual(failure, FailureEvent(status=92))
        self.assertTrue(peer.is_closed)
        self.assertEqual(self.peer().ask(bridge_request()), [FailureConf(invoke_id=17, status=92)])
        self.server.set_master(True)
        self.opened()


class RequestTests(ServerTestCase):
    """Requests and their one answer."""

    ANSWER = AnswerCallReq(invoke_id=5, connection_call_id=1, connection_device_id="2006")

    def test_confirmed(self) -> None:
        """The peripheral's answer goes to the session that asked, and to no other."""
        self.peripheral.script[AnswerCallReq] = lambda _: [AnswerCallConf(invoke_id=5)]
        peer, other = self.opened(), self.opened(bridge_request(client_id="other"))
        other.received()
        self.assertEqual(peer.ask(self.ANSWER), [AnswerCallConf(invoke_id=5)])
        self.assertEqual(other.received(), [])
        ((request, _),) = self.peripheral.requests
        self.assertEqual(request, self.ANSWER)

    def test_order(self) -> None:
        """Answers and events leave in the order in which the peripheral gave them."""

        def answer(request: Message) -> Iterable[Message]:
            self.peripheral.publish(AgentStateEvent(agent_state=2))
            yield AnswerCallConf(invoke_id=5)
            self.peripheral.publish(AgentStateEvent(agent_state=4))

        self.peripheral.script[AnswerCallReq] = answer
        found = self.opened().ask(self.ANSWER)
        names = [type(message).__name__ for message in found]
        self.assertEqual(names, ["AgentStateEvent", "AnswerCallConf", "AgentStateEvent"])

    def test_failed(self) -> None:
        """The peripheral's failures go back as they are."""
        for failure in (
            ControlFailureConf(invoke_id=5, failure_code=28, peripheral_error_code=88012),
            FailureConf(invoke_id=5, status=13, text="no such call"),
        ):
            self.peripheral.script[AnswerCallReq] = lambda _, failure=failure: [failure]  # type: ignore[misc]
            self.assertEqual(self.opened().ask(self.ANSWER), [failure])

    def test_overdue(self) -> None:
        """Without an answer in time the server gives one, once; what comes later is dropped."""
        peer = self.opened()
        peer.send(self.ANSWER, QueryAgentStateReq(invoke_id=6))
        self.clock.advance(ANSWER_S - 0.1)
        self.assertEqual(peer.received(), [])
        self.clock.advance(0.1)
        self.assertEqual(
            peer.received(),
            [ControlFailureConf(invoke_id=5, failure_code=78), FailureConf(invoke_id=6, status=16)],
        )
        for request, reply in self.peripheral.requests:
            assert isinstance(request, AnswerCallReq | QueryAgentStateReq)
            reply(AnswerCallConf(invoke_id=request.invoke_id))
        self.assertEqual(peer.received(), [])

    def test_answered_twice(self) -> None:
        """A second answer to the same request is dropped."""
        conf = AnswerCallConf(invoke_id=5)
        self.peripheral.script[AnswerCallReq] = lambda _: [conf, conf]
        self.assertEqual(self.opened().ask(self.ANSWER), [conf])

    def test_same_invoke_id(self) -> None:
        """Two requests with the same InvokeID have an answer each."""
        peer = self.opened()
        peer.send(self.ANSWER, self.ANSWER)
        for _request, reply in self.peripheral.requests:
            reply(AnswerCallConf(invoke_id=5))
        self.assertEqual(len(peer.received()), 2)

    def test_not_admitted(self) -> None:
        """What a session may not do is answered without the peripheral."""
        peer = self.opened(bridge_request(services=0x10))
        (failure,) = peer.ask(self.ANSWER)
        self.assertIsInstance(failure, ControlFailureConf)
        self.assertEqual(self.peripheral.requests, [])

    def test_unknown(self) -> None:
        """A message that no client may send fails with 2, and the session stays."""
        peer = self.opened()
        for message in (
            OpaqueMessage(message_type=300, body=b"\0\0\0\x09rest"),
            AnswerCallConf(invoke_id=9),
            AgentStateEvent(agent_state=3, monitor_id=9),
        ):
            peer.send(message)
            self.assertEqual(peer.received(), [FailureConf(invoke_id=9, status=2)])
        peer.send(OpaqueMessage(message_type=151, body=b""))
        self.assertEqual(peer.received(), [FailureConf(invoke_id=0, status=2)])
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])

    def test_malformed(self) -> None:
        """A message that cannot be read fails with its status, and the session stays."""
        peer = self.opened()
        whole = peer.layout.encode(self.ANSWER)[8:]
        for body in (whole[:10], whole[:-1], whole + b"\x19"):
            peer.send_bytes(frame_bytes(Frame(42, body)))
            self.assertEqual(peer.received(), [FailureConf(invoke_id=5, status=25)])
        peer.send_bytes(frame_bytes(Frame(5, b"\1\2")))
        self.assertEqual(peer.received(), [FailureConf(invoke_id=0x0102, status=25)])
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])

    def test_peripheral_fails(self) -> None:
        """A fault in the peripheral is logged, and the request fails with 17."""

        def fail(_request: Message) -> Iterable[Message]:
            raise ZeroDivisionError

        self.peripheral.script[AnswerCallReq] = fail
        self.assertEqual(self.opened().ask(self.ANSWER), [FailureConf(invoke_id=5, status=17)])
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_peripheral_fails_on_configuration(self) -> None:
        """A fault in an upload is logged, and the session stays."""

        def fail(_request: Message) -> Iterable[Message]:
            raise ZeroDivisionError

        self.peripheral.script[ConfigRequestEvent] = fail
        peer = self.opened()
        peer.send(ConfigRequestEvent(config_information=1))
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])

    def test_answer_cannot_be_written(self) -> None:
        """An answer that cannot be written is logged, and the request fails with 17."""
        self.peripheral.script[QueryAgentStateReq] = lambda _: [
            QueryAgentStateConf(invoke_id=5, agent_state=-1)
        ]
        found = self.opened().ask(QueryAgentStateReq(invoke_id=5))
        self.assertEqual(found, [FailureConf(invoke_id=5, status=17)])
        self.assertEqual(len(self.flushLoggedErrors()), 1)


class ConfigurationTests(ServerTestCase):
    """Configuration and teams."""

    UPLOAD = (
        ConfigBeginEvent(config_type=1, config_information=4),
        ConfigAgentEvent(),
        ConfigEndEvent(),
    )

    def test_keys(self) -> None:
        """CONFIG_REQUEST_KEY_EVENT is the peripheral's to answer."""
        key = ConfigKeyEvent(agent_config_key=bytes(8))
        self.peripheral.script[ConfigRequestKeyEvent] = lambda _: [key]
        peer = self.opened()
        peer.send(ConfigRequestKeyEvent(customer_id=0))
        self.assertEqual(peer.received(), [key])
        self.assertEqual(self.clock.getDelayedCalls()[1:], [])

    def test_upload(self) -> None:
        """An upload goes to the session that asked, for the kinds that it may have; updates follow."""
        self.peripheral.script[ConfigRequestEvent] = lambda _: self.UPLOAD
        peer, other = self.opened(), self.opened(bridge_request(client_id="other"))
        other.received()
        peer.send(ConfigRequestEvent(config_information=0xFFFF))
        self.assertEqual(peer.received(), list(self.UPLOAD))
        ((request, _),) = self.peripheral.requests
        self.assertEqual(request, ConfigRequestEvent(config_information=0x0F))
        for event in self.UPLOAD:
            self.peripheral.publish(event)
        self.assertEqual(peer.received(), list(self.UPLOAD))
        self.assertEqual(other.received(), [])

    def test_not_granted(self) -> None:
        """Without the service keys are not supported, and nothing is uploaded."""
        peer = self.opened(bridge_request(services=0x10))
        peer.send(ConfigRequestKeyEvent(), ConfigRequestEvent(config_information=15))
        self.assertEqual(peer.received(), [ConfigKeyEvent(config_key_status=2)])
        self.assertEqual(self.peripheral.requests, [])

    def test_teams(self) -> None:
        """TEAM_CONFIG_REQ is answered with the teams, then confirmed; updates follow."""
        team = TeamConfigEvent(team_id=1, operation=1)
        conf = TeamConfigConf(invoke_id=5)
        self.peripheral.script[TeamConfigReq] = lambda _: [team, team, conf]
        peer = self.opened()
        self.peripheral.publish(team)
        self.assertEqual(peer.received(), [])
        self.assertEqual(peer.ask(TeamConfigReq(invoke_id=5)), [team, team, conf])
        self.peripheral.publish(team)
        self.assertEqual(peer.received(), [team])

    def test_teams_not_granted(self) -> None:
        """Without the service TEAM_CONFIG_REQ fails."""
        peer = self.opened(bridge_request(services=0x10))
        found = peer.ask(TeamConfigReq(invoke_id=5))
        self.assertEqual(found, [TeamConfigConf(invoke_id=5, status=1)])


class EventTests(ServerTestCase):
    """Events to many sessions."""

    def test_encoded_once(self) -> None:
        """An event is encoded once for each layout, however many sessions get it."""
        peers = [
            self.opened(bridge_request(14 + 2 * (number % 2), client_id=str(number)))
            for number in range(6)
        ]
        self.peripheral.publish(CallDeliveredEvent(connection_call_id=1))
        written = [peer.transport.writes[-1] for peer in peers]
        self.assertEqual(len({id(data) for data in written}), 2)
        self.assertEqual(set(written), {written[0]})

    def test_masks(self) -> None:
        """Each session gets what its masks let through."""
        deaf = self.opened(replace(bridge_request(), call_msg_mask=0, agent_state_mask=8))
        self.peripheral.publish(CallDeliveredEvent(connection_call_id=1))
        self.peripheral.publish(AgentStateEvent(agent_state=2))
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertEqual(deaf.received(), [AgentStateEvent(agent_state=3)])

    def test_old_client(self) -> None:
        """A client before version 14 gets the line alone of a call on a secondary line."""
        event = CallDeliveredEvent(
            connection_call_id=1,
            line_type=LineType.LINETYPE_NON_ACD_IN,
            connection_device_id="2006.3006",
        )
        old, new = self.opened(bridge_request(12, client_id="old")), self.opened()
        self.peripheral.publish(event)
        self.assertEqual(new.received(), [event])
        self.assertEqual(old.received(), [replace(event, line_type=3, connection_device_id="3006")])

    def test_cannot_be_written(self) -> None:
        """An event that cannot be written is logged once, and hurts nobody."""
        peers = [self.opened(bridge_request(client_id=str(number))) for number in range(3)]
        self.peripheral.publish(CallDeliveredEvent(connection_call_id=-1))
        self.assertEqual([peer.received() for peer in peers], [[]] * 3)
        self.assertEqual(len(self.flushLoggedErrors()), 1)

    def test_slow_client(self) -> None:
        """A client that does not read is dropped at the bound; the others get everything."""
        self.server.config = CTIServerConfig(max_pending_bytes=1_024)
        slow, quick = self.opened(bridge_request(client_id="slow")), self.opened()
        slow.protocol.pauseProducing()  # type: ignore[attr-defined]
        event = BeginCallEvent(connection_call_id=1, call_type=1, call_variables=("x" * 40,) * 10)
        sent = 0
        while not slow.is_closed:
            self.peripheral.publish(event)
            sent += 1
        size = len(quick.layout.encode(event))
        self.assertEqual(sent, 1_024 // size + 1)
        self.assertEqual(quick.received(), [event] * sent)

    def test_not_open(self) -> None:
        """A connection without a session gets no events."""
        peer = self.peer()
        self.peripheral.publish(AgentStateEvent(agent_state=3))
        self.assertEqual(peer.received(), [])


class AgentModeTests(ServerTestCase):
    """Sessions for one agent."""

    def setUp(self) -> None:
        """The peripheral knows asmith, who is ready at 2006."""
        super().setUp()
        self.peripheral.script[QueryAgentStateReq] = lambda _: [
            QueryAgentStateConf(
                invoke_id=0,
                agent_state=3,
                agent_extension="2006",
                agent_instrument="2006",
                agent_id_long="asmith",
            )
        ]
        self.peripheral.script[SnapshotDeviceReq] = lambda _: [SnapshotDeviceConf(invoke_id=0)]

    def request(self, client_id: str = "desk") -> OpenReq:
        """An OPEN_REQ in agent mode."""
        return replace(bridge_request(services=7, client_id=client_id), agent_id_long="asmith")

    def test_opened(self) -> None:
        """OPEN_CONF tells the agent's state and phone, whichever of them OPEN_REQ named."""
        (answer, _) = self.peer().ask(self.request())
        assert isinstance(answer, OpenConf)
        self.assertEqual(answer.agent_state, AgentState.AVAILABLE)
        self.assertEqual(
            (answer.agent_extension, answer.agent_instrument, answer.agent_id_long),
            ("2006", "2006", "asmith"),
        )
        self.assertEqual(self.peripheral.requests[0][0], QueryAgentStateReq(agent_id_long="asmith"))

    def test_not_logged_on(self) -> None:
        """An agent who is not logged on can have a session, to log on by it."""
        self.peripheral.script[QueryAgentStateReq] = lambda _: [FailureConf(invoke_id=0, status=9)]
        (answer, _) = self.peer().ask(self.request())
        assert isinstance(answer, OpenConf)
        self.assertEqual((answer.agent_state, answer.agent_id_long), (1, "asmith"))

    def test_unknown_agent(self) -> None:
        """An agent whom the peripheral does not know is refused with 8, or with what it says."""
        for said, status in ((8, 8), (32, 32), (10, 10), (6, 8)):
            self.peripheral.script[QueryAgentStateReq] = lambda _, said=said: [  # type: ignore[misc]
                FailureConf(invoke_id=0, status=said)
            ]
            refused = self.peer().ask(self.request())
            self.assertEqual(refused, [FailureConf(invoke_id=17, status=status)])

    def test_followed(self) -> None:
        """The peripheral is told of an agent's own client: that it came, and how it went."""
        came = ("asmith", "2006", None)
        for leave, closed in (
            (lambda peer: peer.ask(CloseReq(invoke_id=1, status=0)), True),
            (lambda peer: None, False),
            (lambda peer: self.clock.advance(120), False),
        ):
            peer = self.opened(self.request())
            self.assertEqual(self.peripheral.clients, [came])
            leave(peer)
            self.gone(peer)
            self.peripheral.clients.pop(0)
            self.assertEqual(self.peripheral.clients, [("asmith", "2006", closed)])
            self.peripheral.clients.clear()

    def test_not_followed(self) -> None:
        """Whoever is replaced by the same client, or ended by us, has not gone; a bridge is nobody's own client."""
        self.opened(self.request())
        self.opened(self.request())
        self.opened()
        self.server.stopService()
        self.assertEqual(self.peripheral.clients, [("asmith", "2006", None)] * 2)

    def test_late_answer(self) -> None:
        """The session opens when the peripheral answers; until then everything else fails."""
        del self.peripheral.script[QueryAgentStateReq]
        peer = self.peer()
        self.assertEqual(peer.ask(self.request()), [])
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [FailureConf(invoke_id=1, status=4)])
        self.assertEqual(peer.ask(self.request()), [FailureConf(invoke_id=17, status=5)])
        ((_, reply),) = self.peripheral.requests
        reply(QueryAgentStateConf(invoke_id=0, agent_state=3, agent_instrument="2006"))
        self.assertIsInstance(peer.received()[0], OpenConf)

    def test_no_answer(self) -> None:
        """A peripheral that does not answer opens no session."""
        del self.peripheral.script[QueryAgentStateReq]
        peer = self.peer()
        peer.ask(self.request())
        self.clock.advance(ANSWER_S)
        self.assertEqual(peer.received(), [FailureConf(invoke_id=17, status=16)])
        self.assertEqual(self.server.session_count, 0)

    def test_calls_unknown(self) -> None:
        """A peripheral that does not tell of calls leaves the session open, and that is in the log."""
        del self.peripheral.script[SnapshotDeviceReq]
        peer = self.opened(self.request())
        with capturedLogs() as logs:
            self.clock.advance(ANSWER_S)
        self.assertIn("not told", logs[0]["log_format"])
        self.assertFalse(peer.is_closed)
        self.assertEqual(peer.ask(HeartbeatReq(invoke_id=1)), [HeartbeatConf(invoke_id=1)])

    def test_peripheral_fails(self) -> None:
        """A fault in the peripheral is logged, and leaves no session behind."""

        def fail(_request: Message) -> Iterable[Message]:
            raise ZeroDivisionError

        self.peripheral.script[QueryAgentStateReq] = fail
        peer = self.peer()
        self.assertEqual(peer.ask(self.request()), [])
        self.assertTrue(peer.is_closed)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)

    def test_gone_while_opening(self) -> None:
        """A client that goes while the peripheral is asked leaves nothing behind."""
        for ending in ("lost", "overdue", "stop"):
            self.peripheral.script.pop(QueryAgentStateReq, None)
            self.peripheral.requests.clear()
            peer = self.peer()
            if ending == "overdue":
                self.clock.advance(self.config.open_timeout_s - ANSWER_S / 2)
            peer.ask(self.request())
            match ending:
                case "lost":
                    self.gone(peer)
                case "overdue":
                    self.clock.advance(ANSWER_S / 2)
                    self.assertTrue(peer.is_closed)
                case _:
                    self.server.stopService()
                    self.assertTrue(peer.is_closed)
            ((_, reply),) = self.peripheral.requests
            reply(QueryAgentStateConf(invoke_id=0, agent_state=3))
            self.assertEqual(self.server.session_count, 0)

    def test_own_events(self) -> None:
        """The session gets the agent's own events, and no one else's."""
        peer = self.opened(self.request())
        for agent in ("asmith", "bjones"):
            self.peripheral.publish(AgentStateEvent(agent_state=4, agent_id_long=agent))
        self.assertEqual(peer.received(), [AgentStateEvent(agent_state=4, agent_id_long="asmith")])

    def test_calls_in_progress(self) -> None:
        """A session that opens while the agent is in a call is told of it, and gets its events."""
        self.peripheral.script[SnapshotDeviceReq] = lambda _: [
            SnapshotDeviceConf(
                invoke_id=0,
                calls=(DeviceCall(call_connection_call_id=7, call_state=3), DeviceCall()),
            )
        ]
        self.peripheral.script[SnapshotCallReq] = lambda _: [
            SnapshotCallConf(invoke_id=0, call_type=1, ani="0612345678", call_variables=("gold",))
        ]
        (_, _, begun) = self.peer().ask(self.request())
        self.assertEqual(
            begun,
            BeginCallEvent(
                connection_call_id=7,
                call_type=1,
                connection_device_id="2006",
                ani="0612345678",
                call_variables=("gold",),
            ),
        )
        self.peripheral.publish(EndCallEvent(connection_call_id=7, connection_device_id="2006"))
        self.assertEqual(len(self.peers[-1].received()), 1)

    def test_other_client(self) -> None:
        """A phone has one session: another client is refused with 10, the same one replaces it."""
        first = self.opened(self.request())
        refused = self.peer().ask(self.request("other"))
        self.assertEqual(refused, [FailureConf(invoke_id=17, status=10)])
        self.assertEqual(first.received(), [])
        self.opened(self.request())
        self.assertEqual(first.received(), [FailureEvent(status=11)])

    def test_beside_a_bridge(self) -> None:
        """A bridge of the same name is another session."""
        bridge = self.opened(bridge_request(client_id="desk"))
        self.opened(self.request())
        self.opened(bridge_request(client_id="desk2"))
        self.assertEqual(bridge.received(), [])

    def test_requests(self) -> None:
        """The session's phone is filled in, and another's refused."""
        self.peripheral.script[SetAgentStateReq] = lambda _: [SetAgentStateConf(invoke_id=5)]
        peer = self.opened(self.request())
        confirmed = peer.ask(SetAgentStateReq(invoke_id=5, agent_state=2))
        self.assertEqual(confirmed, [SetAgentStateConf(invoke_id=5)])
        request = self.peripheral.requests[-1][0]
        assert isinstance(request, SetAgentStateReq)
        self.assertEqual(request.agent_instrument, "2006")
        refused = peer.ask(MakeCallReq(invoke_id=6, agent_instrument="2007"))
        self.assertEqual(refused, [FailureConf(invoke_id=6, status=8)])

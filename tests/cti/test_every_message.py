"""Every message there is, on a server's and on a client's session, in both dialects.

`server_role` and `client_role` say what becomes of a message, from the tables that the sessions themselves use; the
tests hold the sessions to it, and ``docs/cti.rst`` prints it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from twisted.internet.protocol import Factory
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTIClientConfig, CTIServerConfig
from finesse_tx.cti.client_session import INPUTS as CLIENT_INPUTS
from finesse_tx.cti.client_session import SOMETIMES, ClientSession, open_request
from finesse_tx.cti.core.dialects import KINDS, SERVICES, knows
from finesse_tx.cti.core.enums import CTIService
from finesse_tx.cti.core.filters import CALL_EVENTS, CONFIG_EVENTS, NEVER, SERVICE_EVENTS
from finesse_tx.cti.core.framing import Frame, frames
from finesse_tx.cti.core.incoming import FROM_CLIENTS, INPUTS
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import CATALOGUE, Confirmation, Direction, Event, Message, Request
from finesse_tx.cti.core.messages import (
    AgentStateEvent,
    AgentTeamConfigEvent,
    AnswerCallReq,
    ConfigBeginEvent,
    ConfigEndEvent,
    ConfigRequestEvent,
    ControlFailureConf,
    FailureConf,
    HeartbeatReq,
    OpenConf,
    OpenReq,
    SystemEvent,
    TeamConfigEvent,
    TeamConfigReq,
    UserMessageEvent,
)
from finesse_tx.cti.core.requests import CONTROL, NEEDS
from finesse_tx.cti.core.session import SERVER_STEP, ServerInput, ServerState
from finesse_tx.cti.core.table import table_of
from finesse_tx.cti.core.translation import encode_for, from_ucce
from finesse_tx.cti.core.wire import AUTO
from finesse_tx.cti.protocol import CTIProtocol
from tests.cti.test_server import ServerTestCase
from tests.support.cti import CTIPeer, bridge_request, now, ucce_request
from tests.support.cti_messages import full

LAYOUTS = (
    Layout.of(Dialect.UCCX, 10),
    Layout.of(Dialect.UCCX, 18),
    Layout.of(Dialect.UCCE, 19),
    Layout.of(Dialect.UCCE, 25),
)

MESSAGES = sorted(CATALOGUE.values(), key=lambda cls: cls.MESSAGE_TYPE)

ANSWERS = {cls.CONFIRMATION for cls in MESSAGES if issubclass(cls, Request)}


def server_role(cls: type[Message]) -> str:
    """What our server does with a message; for docs and tests."""
    number = cls.MESSAGE_TYPE
    if issubclass(cls, FROM_CLIENTS):
        if number in INPUTS:
            _after, action = SERVER_STEP[_state_for(INPUTS[number]), INPUTS[number]]
            return action.name.lower().replace("_", " ")
        need = NEEDS.get(cls) if issubclass(cls, Request) else None
        if cls is TeamConfigReq:  # without it, TEAM_CONFIG_CONF says that it failed
            need = CTIService.CTI_SERVICE_CONFIG_EVENTS
        if need is None:
            return "to the engine"
        offered = any(need in services for services in SERVICES.values())
        name = (need.name or "").removeprefix("CTI_SERVICE_")
        return f"to the engine with {name}" if offered else f"refuses: no {name}"
    if number in NEVER or (
        cls.DIRECTION is Direction.TO_CLIENT and not issubclass(cls, Event | Confirmation)
    ):
        return "itself" if number in {231, 277, 278, 280} else "never"
    for table, name in ((CALL_EVENTS, "call mask"), (CONFIG_EVENTS, "config mask")):
        if number in table:
            return f"{name} {table[number]:#x}"
    if number in SERVICE_EVENTS:
        service = SERVICE_EVENTS[number]
        offered = any(service in services for services in SERVICES.values())
        return f"with {service.name.removeprefix('CTI_SERVICE_')}" if offered else "never"  # type: ignore[union-attr]
    if issubclass(cls, Event):
        return _EVENTS[cls]
    if number in {1, 4, 6, 8, 35}:
        return "itself"
    asked = next(ask for ask in MESSAGES if getattr(ask, "CONFIRMATION", None) is cls)
    return "never" if server_role(asked).startswith("refuses") else "from the engine"


_EVENTS = {
    CATALOGUE[2]: "to all",
    SystemEvent: "to all",
    AgentStateEvent: "state mask",
    ConfigBeginEvent: "config mask, any",
    ConfigEndEvent: "config mask, any",
    TeamConfigEvent: "after TEAM_CONFIG_REQ",
    UserMessageEvent: "to bridges",
}


def _state_for(event: ServerInput) -> ServerState:
    return ServerState.WAITING if event is ServerInput.OPEN_REQ else ServerState.OPEN


def client_role(cls: type[Message]) -> str:
    """What our client does with a message; for docs and tests."""
    if issubclass(cls, FROM_CLIENTS):
        return "itself" if cls.__name__ in {"OpenReq", "HeartbeatReq", "CloseReq"} else "sends"
    if cls in CLIENT_INPUTS:
        return "itself"
    if cls in SOMETIMES:
        return "itself, or hands on"
    return "answer" if issubclass(cls, Confirmation) else "hands on"


def exercised(cls: type[Message]) -> bool:
    """Whether the tests here send a message of that class through a session, as what it is."""
    if issubclass(cls, FROM_CLIENTS):
        return client_role(cls) == "sends"
    return cls in ANSWERS - set(CLIENT_INPUTS) or client_role(cls) == "hands on"


def example(cls: type[Message], layout: Layout, **values: Any) -> Any:
    """A message with every field that the layout can carry, and what the server insists on."""
    message = full(cls, layout)
    values |= {count.attribute: AUTO for count in table_of(cls).counts}
    if hasattr(message, "peripheral_id"):
        values["peripheral_id"] = 1
    return replace(message, **values)


def as_sent(layout: Layout, message: Message) -> Message:
    """A message as a client of that layout gets it."""
    (frame,) = frames(bytearray(encode_for(layout, message)))
    return layout.decode(frame)


class ServerTests(ServerTestCase):
    """Our server, and a raw client."""

    config = CTIServerConfig(dialect="ucce", max_sessions=1_000)

    def bridge(self, layout: Layout) -> CTIPeer:
        """A session with every service that there is, and every mask."""
        every = sum(service.value for service in SERVICES[layout.dialect]) & ~0x2001
        make = ucce_request if layout.dialect is Dialect.UCCE else bridge_request
        masks = {
            "call_msg_mask": 0xFFFFFFFF,
            "agent_state_mask": 0xFFFFFFFF,
            "config_msg_mask": 0xFFF,
        }
        request: OpenReq = replace(make(layout.version, every, ""), **masks)  # type: ignore[arg-type]
        self.server.terms = replace(self.server.terms, dialect=layout.dialect)
        peer = CTIPeer(self.server.factory, layout.version, dialect=layout.dialect)
        self.peers.append(peer)
        self.assertIsInstance(peer.ask(request)[0], OpenConf)
        del self.peripheral.requests[:]
        return peer

    def test_requests(self) -> None:
        """Each is carried to the engine and its answer back, or refused, as its role says."""
        for layout in LAYOUTS:
            for cls in MESSAGES:
                if issubclass(cls, FROM_CLIENTS) and cls.MESSAGE_TYPE not in INPUTS:
                    self.request(layout, cls)

    def request(self, layout: Layout, cls: type[Message]) -> None:
        """One request, in a session of its own."""
        peer = self.bridge(layout)
        given = {"invoke_id": 9} if issubclass(cls, Request) else {}
        request = example(cls, layout, **given)
        wire = layout.encode(request)
        (frame,) = frames(bytearray(wire))
        peer.send_bytes(wire)
        if not knows(layout.dialect, layout.version, cls.MESSAGE_TYPE):
            status = 48 if layout.dialect is Dialect.UCCE else 2
            expected = FailureConf(invoke_id=int.from_bytes(frame.body[:4], "big"), status=status)
            self.assertEqual(peer.received(), [expected])
            self.assertEqual(self.peripheral.requests, [])
        elif server_role(cls).startswith("refuses"):
            (answer,) = peer.received()
            self.assertIsInstance(answer, FailureConf)
            self.assertEqual(self.peripheral.requests, [])
        else:
            self.carried(peer, layout, layout.decode(frame))
        self.gone(peer)

    def carried(self, peer: CTIPeer, layout: Layout, request: Message) -> None:
        """It reached the engine whole, and so does its answer, or its failure, the client."""
        self.assertEqual(len(self.peripheral.requests), 1, type(request).__name__)
        ((found, reply),) = self.peripheral.requests
        if layout.dialect is Dialect.UCCE:
            request = from_ucce(request, layout.version)
        if isinstance(found, ConfigRequestEvent):
            asked = replace(found, config_information=0)
            self.assertEqual(asked, replace(request, config_information=0))  # type: ignore[call-arg]
        else:
            self.assertEqual(found, request)
        if isinstance(found, Request):
            answer = full(found.CONFIRMATION, layout)
            last: Any = {"more": 0} if hasattr(answer, "more") else {}
            answer = replace(answer, **{"invoke_id": 9, **last})
            reply(answer)
            reply(FailureConf(invoke_id=9, status=17))  # one answer is enough
            self.assertEqual(peer.received(), [as_sent(layout, answer)])

    def test_failures(self) -> None:
        """Each request may fail, with the failure of its kind."""
        layout = LAYOUTS[-1]
        for cls in MESSAGES:
            if not issubclass(cls, Request) or not server_role(cls).startswith("to the engine"):
                continue
            peer = self.bridge(layout)
            peer.send(example(cls, layout, invoke_id=9))
            ((_request, reply),) = self.peripheral.requests
            failure: Confirmation = FailureConf(invoke_id=9, status=8)
            if cls in CONTROL:
                failure = ControlFailureConf(invoke_id=9, failure_code=3)
            reply(failure)
            self.assertEqual(peer.received(), [failure])
            self.gone(peer)

    def test_not_from_clients(self) -> None:
        """What only servers send is refused with 2, and the session goes on."""
        for layout in LAYOUTS:
            peer = self.bridge(layout)
            for cls in MESSAGES:
                if not issubclass(cls, FROM_CLIENTS):
                    peer.send(full(cls, layout))
                    (answer,) = peer.received()
                    assert isinstance(answer, FailureConf)
                    self.assertEqual(answer.status, 2, cls.__name__)
            peer.send(HeartbeatReq(invoke_id=1))
            self.assertEqual(len(peer.received()), 1)
            self.gone(peer)

    def test_events(self) -> None:
        """Each comes whole to a bridge that may have it, in its version, and the others do not come."""
        for layout in LAYOUTS:
            peer = self.bridge(layout)
            peer.send(ConfigRequestEvent(config_information=0))
            peer.send(TeamConfigReq(invoke_id=1))
            known = [
                kind for kind, first in KINDS[layout.dialect].values() if layout.version >= first
            ]
            for cls in MESSAGES:
                if not issubclass(cls, Event) or cls in {ConfigBeginEvent, ConfigEndEvent}:
                    continue
                number, event = cls.MESSAGE_TYPE, full(cls, layout)
                kind = CONFIG_EVENTS.get(number)
                if kind is not None:
                    self.peripheral.publish(
                        ConfigBeginEvent(config_type=2, config_information=kind)
                    )
                self.peripheral.publish(event)
                if kind is not None:
                    self.peripheral.publish(ConfigEndEvent())
                comes = knows(layout.dialect, layout.version, number) and server_role(cls) not in {
                    "never",
                    "itself",
                }
                comes = comes and (kind is None or kind in known)
                # UCCX's sessions are told of teams by TEAM_CONFIG_EVENT.
                comes = comes and (
                    layout.dialect is Dialect.UCCE or cls is not AgentTeamConfigEvent
                )
                if kind is not None and comes:
                    (_begin, found, _end) = peer.received()
                    self.assertEqual(found, as_sent(layout, event))
                else:
                    expected = [as_sent(layout, event)] if comes else []
                    self.assertEqual(peer.received(), expected, f"{layout}, {cls.__name__}")
            self.gone(peer)

    def test_all_there(self) -> None:
        """There is no message that is neither asked, told, nor an answer, nor the sessions' own."""
        own = {cls for cls in MESSAGES if server_role(cls) == "itself"}
        own |= {cls for cls in MESSAGES if cls.MESSAGE_TYPE in INPUTS}
        asked = {cls for cls in MESSAGES if issubclass(cls, FROM_CLIENTS)}
        told = {cls for cls in MESSAGES if issubclass(cls, Event)}
        self.assertEqual(set(MESSAGES) - own - asked - told - ANSWERS, set())


class ClientTests(SynchronousTestCase):
    """Our client, and a raw server."""

    def connect(self, layout: Layout) -> tuple[ClientSession, CTIPeer, list[Message]]:
        """An open session, the server's end of it, and what is delivered."""
        ucce = layout.dialect is Dialect.UCCE
        config = CTIClientConfig(
            dialect="ucce" if ucce else "uccx", version=layout.version, side_a="a:1"
        )
        delivered: list[Message] = []
        request = open_request(config, layout.version, "")
        session = ClientSession(config, request, Clock(), now, delivered.append)

        class Once(Factory):
            noisy = False

            def buildProtocol(self, addr: object) -> CTIProtocol:
                return CTIProtocol(session, 1 << 20)

        server = CTIPeer(Once(), layout.version, dialect=layout.dialect)
        server.received()
        server.send(OpenConf(invoke_id=1, services_granted=0, peripheral_online=True))
        self.successResultOf(session.opened)
        self.addCleanup(server.lose)
        return session, server, delivered

    def test_events(self) -> None:
        """Each event is handed on whole, but those that are the link's own business."""
        for layout in LAYOUTS:
            _session, server, delivered = self.connect(layout)
            for cls in MESSAGES:
                if client_role(cls) != "hands on":
                    continue
                message = full(cls, layout)
                wire = layout.encode(message)
                server.send_bytes(wire)
                (frame,) = frames(bytearray(wire))
                expected = layout.decode(frame)
                if layout.dialect is Dialect.UCCE:
                    expected = from_ucce(expected, layout.version)
                self.assertEqual(delivered, [expected], cls.__name__)
                del delivered[:]

    def test_requests(self) -> None:
        """Each request reaches the server, and fires with its answer, whole."""
        for layout in LAYOUTS:
            session, server, delivered = self.connect(layout)
            for cls in MESSAGES:
                if client_role(cls) != "sends":
                    continue
                message = full(cls, layout)
                if isinstance(message, ConfigRequestEvent):  # it says what OPEN_REQ has said
                    message = replace(message, config_msg_mask=0x0F)
                if not isinstance(message, Request) or not issubclass(cls, Request):
                    session.send(message)
                    self.assertEqual(server.received(), [as_sent(layout, message)])
                    continue
                answer = session.request(message)
                (request,) = server.received()
                assert isinstance(request, Request)
                numbered = replace(message, invoke_id=request.invoke_id)
                self.assertEqual(request, as_sent(layout, numbered), cls.__name__)
                named: Any = {"invoke_id": request.invoke_id}
                conf = replace(full(cls.CONFIRMATION, layout), **named)
                wire = layout.encode(conf)
                server.send_bytes(wire)
                (frame,) = frames(bytearray(wire))
                expected = layout.decode(Frame(*frame))
                if layout.dialect is Dialect.UCCE:
                    expected = from_ucce(expected, layout.version)
                self.assertEqual(self.successResultOf(answer), expected)
            self.assertEqual(delivered, [])

    def test_failures(self) -> None:
        """A request that fails does so with what the server says."""
        session, server, _delivered = self.connect(LAYOUTS[0])
        for failure in (
            FailureConf(invoke_id=0, status=8),
            ControlFailureConf(invoke_id=0, failure_code=3),
        ):
            answer = session.request(AnswerCallReq(connection_call_id=1))
            (request,) = server.received()
            assert isinstance(request, AnswerCallReq)
            server.send(replace(failure, invoke_id=request.invoke_id))
            self.failureResultOf(answer)

"""`finesse_tx.engine.peripheral`: what holds for all requests and all listeners."""

from __future__ import annotations

from typing_extensions import override
from zope.interface.verify import verifyObject

from finesse_tx.cti.core.enums import (
    AgentState,
    StatusCode,
    SystemEventID,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    BadCallReq,
    FailureConf,
    QueryAgentStateReq,
    SetAgentStateConf,
    SystemEvent,
)
from finesse_tx.cti.core.messages.session import OpenConf
from finesse_tx.engine.core.objects import Agent
from finesse_tx.interfaces import (
    IAgentClients,
    IAuthenticator,
    IDirectory,
    IPeripheral,
    IProviderListener,
)
from finesse_tx.telephony.core.events import Batch, Event, EventID, MetaCode
from tests.support.engine import FloorCase

CALL = 0x01000001


class Trap(dict[str, Agent]):
    """Whoever looks somebody up fails."""

    @override
    def __getitem__(self, key: str) -> Agent:
        raise ZeroDivisionError


class InterfaceTests(FloorCase):
    """What the parts provide, and what holds for all requests."""

    def test_interfaces(self) -> None:
        """Each provides what it says."""
        verifyObject(IPeripheral, self.floor.peripheral)
        verifyObject(IAgentClients, self.floor.peripheral)
        verifyObject(IProviderListener, self.floor.service)
        verifyObject(IDirectory, self.floor.directory)
        verifyObject(IAuthenticator, self.floor.authenticator)

    def test_online(self) -> None:
        """It is online exactly while the telephone system can be reached, and says so when that changes."""
        self.assertTrue(self.floor.peripheral.online())
        for event_id, online, system_event in (
            (EventID.PROV_OUT_OF_SERVICE, False, SystemEventID.SYS_PERIPHERAL_OFFLINE),
            (EventID.PROV_IN_SERVICE, True, SystemEventID.SYS_PERIPHERAL_ONLINE),
        ):
            self.floor.service.provider_changed(Batch(MetaCode.UNKNOWN, (Event(event_id),)))
            self.assertEqual(self.floor.peripheral.online(), online)
            (event,) = self.floor.take()
            assert isinstance(event, SystemEvent)
            self.assertEqual((event.system_event_id, event.system_event_arg1), (system_event, 1))
            self.assertEqual(event.pg_status, 0x400 if online else 0x600)

    def test_own_client(self) -> None:
        """An agent whose own client stays away for the grace is signed out, whether known by name or by phone."""
        for name, device in (("agent1", ""), ("", "1001")):
            self.sign_in()
            self.floor.seen.clear()
            self.floor.peripheral.client_gone(name, device, closed=True)
            self.floor.pass_time(59.9)
            self.floor.peripheral.client_came(name, device)
            self.floor.pass_time(1000)
            self.assertEqual(self.floor.told(), [])
            self.floor.peripheral.client_gone(name, device, closed=True)
            self.floor.peripheral.client_gone("nobody", "9", closed=True)
            self.floor.pass_time(60)
            self.assertEqual(self.floor.told(), ["agent1 LOGOUT 32766"])

    def test_unknown_request(self) -> None:
        """What UCCX does not know, or not yet, is an invalid message type; the next request is served."""
        (answer,) = self.floor.request(
            BadCallReq, connection_call_id=CALL, connection_device_id="1001"
        )
        self.assertEqual(
            answer, FailureConf(invoke_id=1, status=StatusCode.E_CTI_INVALID_MESSAGE_TYPE)
        )
        self.assertIsInstance(self.sign_in()[0], SetAgentStateConf)

    def test_no_request(self) -> None:
        """A message that asks for nothing is not answered."""
        message = OpenConf(invoke_id=1, services_granted=0, peripheral_online=True)
        self.assertEqual(self.floor.ask(message), [])

    def test_our_bug(self) -> None:
        """A request that makes us fail gets its one answer, and the failure is logged."""
        roster = self.floor.service.engine.roster
        agents, roster.agents = roster.agents, Trap()
        (answer,) = self.floor.request(QueryAgentStateReq, agent_id_long="agent1")
        self.assertEqual(
            answer, FailureConf(invoke_id=1, status=StatusCode.E_CTI_UNSPECIFIED_FAILURE)
        )
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        roster.agents = agents

    def test_listeners(self) -> None:
        """A listener that fails does not keep the others from hearing; one that has ended hears nothing."""
        heard: list[Message] = []

        def fail(_message: Message) -> None:
            raise ZeroDivisionError

        end_failing = self.floor.peripheral.subscribe(fail)
        end_hearing = self.floor.peripheral.subscribe(heard.append)
        self.sign_in()
        self.assertEqual(len(heard), 2)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 2)
        for end in (end_failing, end_hearing, end_hearing):
            end()
        self.set_state(AgentState.AVAILABLE)
        self.assertEqual(len(heard), 2)

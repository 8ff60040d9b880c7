"""What sessions are told of teams, and of agents who call for help: each what is the client's to know.

Spec: ``cti.md`` §8.1, §8.2 (AGENT_TEAM_CONFIG_MASK), §11.2 (teams on UCCE), §11.10.
"""

from __future__ import annotations

from dataclasses import replace

from zope.interface import implementer
from zope.interface.verify import verifyObject

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.enums import CTIService
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    AgentTeamConfigEvent,
    EmergencyCallEvent,
    OpenConf,
    OpenReq,
    QueryAgentStateConf,
    QueryAgentStateReq,
    SnapshotDeviceConf,
    SnapshotDeviceReq,
    SupervisorAssistEvent,
    SystemEvent,
)
from finesse_tx.cti.server import CTIServer
from finesse_tx.interfaces import ITeams
from tests.cti.test_server import ServerTestCase
from tests.support.cti import ScriptedPeripheral, bridge_request, now, ucce_request

TEAMS: list[Message] = [
    AgentTeamConfigEvent(team_id=n, agent_team_name=f"Team {n}", config_operation=3) for n in (1, 2)
]
SUPERVISOR = CTIService.CTI_SERVICE_CLIENT_EVENTS | CTIService.CTI_SERVICE_SUPERVISOR


@implementer(ITeams)
class PeripheralWithTeams(ScriptedPeripheral):
    """Where ``boss`` supervises whoever is at 1001."""

    def teams(self) -> list[Message]:
        """Two."""
        return TEAMS

    def supervises(self, supervisor_id: str, device: str) -> bool:
        """Whether it is these two."""
        return (supervisor_id, device) == ("boss", "1001")


class TeamsCase(ServerTestCase):
    """A server of a peripheral with teams."""

    def setUp(self) -> None:
        """Start it."""
        super().setUp()
        self.server.stopService()
        self.peripheral = PeripheralWithTeams()
        self.peripheral.script[QueryAgentStateReq] = lambda request: [
            QueryAgentStateConf(
                invoke_id=0,
                agent_state=3,
                agent_instrument="2001" if request.agent_id_long == "boss" else "2002",  # type: ignore[attr-defined]
                agent_id_long=request.agent_id_long,  # type: ignore[attr-defined]
            )
        ]
        self.peripheral.script[SnapshotDeviceReq] = lambda _: [SnapshotDeviceConf(invoke_id=0)]
        self.server = CTIServer(self.config, self.peripheral, self.clock, now, cce=self.cce)
        self.server.startService()

    def agent_request(self, agent_id: str) -> OpenReq:
        """A supervisor's own client."""
        request = bridge_request(services=int(SUPERVISOR), client_id=agent_id)
        return replace(request, agent_id_long=agent_id)


class OpeningTests(TeamsCase):
    """UCCE's sessions."""

    config = CTIServerConfig(dialect="ucce")

    def test_asked(self) -> None:
        """A supervisors' session with the mask's bit is told of all teams after it has been opened, each once."""
        verifyObject(ITeams, self.peripheral)
        opened, status, *teams = self.peer(24).ask(ucce_request())
        self.assertIsInstance(opened, OpenConf)
        self.assertIsInstance(status, SystemEvent)
        self.assertEqual(teams, TEAMS)

    def test_not_asked(self) -> None:
        """One without the bit, or without the supervisors' service, is not."""
        request = ucce_request()
        for other in (
            replace(request, call_msg_mask=request.call_msg_mask & ~0x00800000),
            replace(request, services_requested=request.services_requested & ~0x80),
        ):
            answers = self.peer(24).ask(other)
            self.assertEqual([type(answer) for answer in answers], [OpenConf, SystemEvent])


class UCCXTests(TeamsCase):
    """UCCX's sessions."""

    def test_teams(self) -> None:
        """They ask for teams, and are not told of them unasked."""
        answers = self.peer().ask(bridge_request())
        self.assertEqual([type(answer) for answer in answers], [OpenConf, SystemEvent])

    def test_help(self) -> None:
        """A call for help is told to the agent's own supervisor's client, and to bridges; to no other supervisor."""
        boss = self.opened(self.agent_request("boss"))
        other = self.opened(self.agent_request("other"))
        bridge = self.opened()
        event = SupervisorAssistEvent(connection_call_id=1, agent_instrument="1001")
        self.peripheral.publish(event)
        self.assertEqual(boss.received(), [event])
        self.assertEqual(other.received(), [])
        self.assertEqual(bridge.received(), [event])
        self.peripheral.publish(replace(event, agent_instrument="1002"))
        self.assertEqual(boss.received(), [])


class EmergencyTests(TeamsCase):
    """UCCE's, who have emergencies."""

    config = CTIServerConfig(dialect="ucce")

    def test_emergency(self) -> None:
        """An emergency is told to the same ones."""
        request = replace(
            ucce_request(services=int(SUPERVISOR), client_id="boss"),
            peripheral_id=1,
            agent_id_long="boss",
        )
        boss = self.opened(request)
        event = EmergencyCallEvent(connection_call_id=1, agent_instrument="1001")
        self.peripheral.publish(event)
        self.assertEqual(boss.received(), [event])
        self.peripheral.publish(replace(event, agent_instrument="1002"))
        self.assertEqual(boss.received(), [])

"""The engine as a GED-188 peripheral: requests in, confirmations and events out.

A request is confirmed, or refused, before the events that it causes are told, as in the reference's flows.

Spec: ``cti.md`` §11.2 to §11.7, §11.11, §12.2 (server checklist, point 5).
"""

from __future__ import annotations

from collections.abc import Callable

from twisted.logger import Logger
from zope.interface import implementer

from finesse_tx.cti.core.enums import StatusCode, TeamConfigParam
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.cti.core.message import Message, Request
from finesse_tx.cti.core.messages import (
    ConfigRequestEvent,
    ConfigRequestKeyEvent,
    TeamConfigConf,
    TeamConfigReq,
)
from finesse_tx.engine.agent_requests import AgentRequests
from finesse_tx.engine.call_requests import CallRequests
from finesse_tx.engine.core.events import Event
from finesse_tx.engine.core.messages import messages
from finesse_tx.engine.core.objects import Agent
from finesse_tx.engine.runner import Commands, Reply, failure, refusal
from finesse_tx.engine.statistics_requests import StatisticsRequests, StatisticsRunner
from finesse_tx.engine.supervisor_requests import SupervisorRequests
from finesse_tx.engine.team_requests import TeamRequests
from finesse_tx.interfaces import IAgentClients, IAuthenticator, IPeripheral, ITeams

__all__ = ["Peripheral"]


@implementer(IPeripheral, IAgentClients, ITeams)
class Peripheral:
    """The engine, as CTI servers see it."""

    log = Logger()

    def __init__(self, runner: StatisticsRunner, authenticator: IAuthenticator) -> None:
        self._runner = runner
        self._listeners: tuple[Callable[[Message], None], ...] = ()
        self._personality = runner.engine.floor.policy.personality
        calls = CallRequests(runner)
        self._team_requests = TeamRequests(runner)
        self._commands: Commands = {
            **AgentRequests(runner, authenticator).commands,
            **calls.commands,
            **SupervisorRequests(runner, calls).commands,
            **StatisticsRequests(runner).commands,
            **self._team_requests.commands,
            ConfigRequestKeyEvent: self._config_keys,
            ConfigRequestEvent: self._config,
            TeamConfigReq: self._teams,
        }

    # IPeripheral ----------------------------------------------------------------------------------------------

    def online(self) -> bool:
        """See `IPeripheral`."""
        return self._runner.engine.is_online()

    def subscribe(self, listener: Callable[[Message], None]) -> Callable[[], None]:
        """See `IPeripheral`."""
        self._listeners += (listener,)

        def end() -> None:
            self._listeners = tuple(each for each in self._listeners if each is not listener)

        return end

    def request(self, request: Message, reply: Reply) -> None:
        """See `IPeripheral`; what UCCX does not know is refused as an invalid message type (``cti.md`` §9.12)."""
        command = self._commands.get(type(request))
        answerable = request if isinstance(request, Request) else None
        if command is None:
            if answerable is not None:
                reply(failure(answerable, StatusCode.E_CTI_INVALID_MESSAGE_TYPE))
            return
        try:
            command(request, reply)
        except ControlFailureError as error:
            if answerable is not None:
                reply(refusal(answerable, error))
        except Exception:  # a bug of ours: the client gets its one answer all the same
            self.log.failure("{request} failed", request=type(request).__name__)
            if answerable is not None:
                reply(failure(answerable))
        self._runner.settle()

    # IAgentClients --------------------------------------------------------------------------------------------

    def client_came(self, agent_id: str, device: str) -> None:
        """See `IAgentClients`."""
        if (agent := self._client_of(agent_id, device)) is not None:
            self._runner.engine.roster.client_came(agent)
            self._runner.settle()

    def client_gone(self, agent_id: str, device: str, closed: bool) -> None:
        """See `IAgentClients`."""
        if (agent := self._client_of(agent_id, device)) is not None:
            self._runner.engine.roster.client_gone(agent, closed, self._runner.now())
            self._runner.settle()

    def _client_of(self, agent_id: str, device: str) -> Agent | None:
        engine = self._runner.engine
        return engine.roster.agents.get(agent_id) or engine.floor.stations.get(device)

    # ITeams ---------------------------------------------------------------------------------------------------

    def teams(self) -> list[Message]:
        """See `ITeams`."""
        return list(self._team_requests.all())

    def supervises(self, supervisor_id: str, device: str) -> bool:
        """See `ITeams`."""
        floor = self._runner.engine.floor
        agent = floor.agent_at(device)
        teams = floor.snapshot.supervised_by(supervisor_id)
        return agent is not None and agent.person.team_id in teams

    # Events ---------------------------------------------------------------------------------------------------

    def tell(self, event: Event) -> None:
        """Send an event of the engine's to all listeners."""
        if self._listeners:
            for message in messages(event, self._personality):
                self.send(message)

    def send(self, message: Message) -> None:
        """Send a message to all listeners."""
        for listener in self._listeners:
            try:
                listener(message)
            except Exception:  # one session's trouble is not the others'
                self.log.failure("{listener} failed", listener=listener)

    def team_changed(self, team_id: int) -> None:
        """Tell UCCE's supervisors of a team as it is now; UCCX's are told of it as configuration."""
        for message in self._team_requests.changed(team_id):
            self.send(message)

    # Configuration --------------------------------------------------------------------------------------------

    def _config_keys(self, _request: ConfigRequestKeyEvent, reply: Reply) -> None:
        reply(self._runner.configuration.key_event())

    def _config(self, request: ConfigRequestEvent, reply: Reply) -> None:
        for message in self._runner.configuration.upload(request.config_information):
            reply(message)

    def _teams(self, request: TeamConfigReq, reply: Reply) -> None:
        if request.config_param == TeamConfigParam.LIST_AND_UPDATES:
            for message in self._runner.configuration.teams():
                reply(message)
        reply(TeamConfigConf(invoke_id=request.invoke_id))

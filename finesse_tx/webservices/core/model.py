"""What the web services know of agents and calls: GED-188 messages in, changes of REST objects out.

`Model.apply` takes one message and returns what changed, each change with the object as it is at that moment, in
the order in which it is to be published. The model never asks: what must be asked after a (re)connection is
`finesse_tx.webservices.synchronisation`'s business.

Spec: ``cti.md`` §11 (flows), §11.13 (mapping); ``notifications.md`` §5.1 (which change goes where), §7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, AgentType, MemberType, RecordType, TeamOperation
from finesse_tx.cti.core.message import Message
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent, Queue
from finesse_tx.webservices.core.call_events import CALL_EVENTS, take_snapshot
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.objects import Dialog, DialogState, TeamUser, User, UserState
from finesse_tx.webservices.core.updates import Event

__all__ = ["Change", "DialogChange", "Model", "UserChange"]


@dataclass(frozen=True, slots=True)
class UserChange:
    """A user is now like this.

    Attributes:
        login_id: Whose.
        event: PUT for changed, POST for configured, DELETE for removed.
        user: As it is now, for the user's own node.
        member: As it is now, for its team's node.
        team_id: That team; None for a user without one.
    """

    login_id: str
    event: Event
    user: User
    member: TeamUser
    team_id: int | None


@dataclass(frozen=True, slots=True)
class DialogChange:
    """A dialog of a user is now like this.

    Attributes:
        login_id: Whose.
        event: POST for a new one, PUT for changed, DELETE for gone.
        dialog: As it is now; for DELETE, as it was last.
        is_own: Whether the user made the call.
    """

    login_id: str
    event: Event
    dialog: Dialog
    is_own: bool = False


Change = UserChange | DialogChange


class Model:
    """Agents, queues and calls, as of the last message.

    Args:
        snapshot: The directory as of now, for names, teams and reason codes.
    """

    def __init__(self, snapshot: Callable[[], Snapshot]) -> None:
        self._snapshot = snapshot
        self.agents: dict[str, Agent] = {}
        self.queues: dict[int, Queue] = {}
        self.calls: dict[int, Call] = {}
        # Who is signed in on which extension, and which calls are a dialog of whom.
        self._at: dict[str, Agent] = {}
        self._dialogs: dict[str, dict[int, Call]] = {}

    # What REST asks ---------------------------------------------------------------------------------------------

    def user(self, login_id: str) -> User | None:
        """A user as it is now."""
        agent = self.agents.get(login_id)
        return agent.user(self._snapshot(), self.queues) if agent else None

    def dialogs(self, login_id: str) -> tuple[Dialog, ...]:
        """A user's dialogs as they are now."""
        return tuple(self._dialog(call) for call in self._dialogs.get(login_id, {}).values())

    def call(self, call_id: int) -> Call | None:
        """A call that is somebody's dialog."""
        call = self.calls.get(call_id)
        return call if call and any(self._viewers(call)) else None

    def dialog(self, call_id: int) -> Dialog | None:
        """A dialog as it is now."""
        call = self.call(call_id)
        return self._dialog(call) if call else None

    def viewers(self, call_id: int) -> tuple[Agent, ...]:
        """The agents who have this call as a dialog."""
        call = self.calls.get(call_id)
        return tuple(self._viewers(call)) if call else ()

    def everything(self) -> Iterator[Change]:
        """Every user who is signed in, and every dialog as new: what is published when service is back."""
        for login_id, agent in self.agents.items():
            if agent.is_signed_in:
                yield self._user_change(agent)
            for call in self._dialogs.get(login_id, {}).values():
                yield self._dialog_change(agent, "POST", call)

    def lost(self, login_id: str, kept: Model) -> Iterator[Change]:
        """The dialogs that this user has here and no longer has in ``kept``."""
        known = {dialog.id for dialog in kept.dialogs(login_id)}
        for dialog in self.dialogs(login_id):
            if dialog.id not in known:
                yield DialogChange(login_id, "DELETE", dialog)

    # What GED-188 tells -----------------------------------------------------------------------------------------

    def apply(self, message: Message, now: datetime) -> list[Change]:
        """Take in one message.

        Args:
            message: Any message; those that tell nothing of agents and calls change nothing.
            now: When it came.

        Returns:
            What changed, in the order of publication.
        """
        match message:
            case messages.AgentStateEvent():
                return list(self._agent_state(message, now))
            case messages.EndCallEvent():
                return list(self._end(message, now))
            case messages.ConfigAgentEvent():
                return list(self._configure_agents(message))
            case messages.ConfigSkillGroupEvent():
                self._configure_queues(message)
            case messages.TeamConfigEvent():
                return list(self._configure_team(message))
            case _ if type(message) in CALL_EVENTS:
                return list(self._call_event(message, now))
        return []

    def agent_snapshot(
        self, login_id: str, conf: messages.QueryAgentStateConf, now: datetime
    ) -> None:
        """Take in the answer to a QUERY_AGENT_STATE_REQ; nothing is published for it."""
        if agent := self.agents.get(login_id):
            extension = conf.agent_extension or conf.agent_instrument or ""
            self._put_agent(agent, conf.agent_state, 0, extension, now)

    def call_snapshot(self, call_id: int, conf: messages.SnapshotCallConf, now: datetime) -> None:
        """Take in the answer to a SNAPSHOT_CALL_REQ; nothing is published for it."""
        call = self.calls.setdefault(call_id, Call(call_id))
        take_snapshot(call, conf, now)
        for address in call.parties:
            if agent := self._at.get(address):
                self._dialogs.setdefault(agent.login_id, {})[call_id] = call

    # Configuration

    def _configure_agents(self, message: messages.ConfigAgentEvent) -> Iterator[Change]:
        for record in message.records:
            login_id = record.login_id or ""
            if record.record_type == RecordType.DELETE:
                if agent := self.agents.pop(login_id, None):
                    self._leave(agent)
                    yield self._user_change(agent, "DELETE")
                continue
            known = login_id in self.agents
            agent = self.agents.setdefault(login_id, Agent(login_id))
            agent.first_name, agent.last_name = record.first_name or "", record.last_name or ""
            agent.is_supervisor = record.agent_type == AgentType.SUPERVISOR
            numbers = (skill.skill_group_number for skill in record.skills)
            agent.csq_ids = tuple(number for number in numbers if number is not None)
            yield self._user_change(agent, "PUT" if known else "POST")

    def _configure_queues(self, message: messages.ConfigSkillGroupEvent) -> None:
        for record in message.records:
            number = record.peripheral_number or 0
            if record.record_type == RecordType.DELETE:
                self.queues.pop(number, None)
            else:
                name = record.peripheral_name or ""
                self.queues[number] = Queue(number, name, bool(record.auto_work))

    def _configure_team(self, message: messages.TeamConfigEvent) -> Iterator[Change]:
        for member in message.members:
            agent = self.agents.get(member.agent_id_long or "")
            if agent is None or member.member_type != MemberType.AGENT or member.agent_flags:
                continue  # a supervisor is named with the team it supervises, not the one it works in
            removed = message.operation == TeamOperation.REMOVE
            agent.team_id = None if removed else message.team_id
            yield self._user_change(agent)

    # Agents

    def _agent_state(self, message: messages.AgentStateEvent, now: datetime) -> Iterator[Change]:
        agent = self.agents.get(message.agent_id_long or message.agent_id or "")
        if agent is None or message.agent_state == AgentState.LOGIN:
            return  # LOGIN passes at once into NOT_READY, and is never shown
        was_at = agent.extension
        agent.next_state = message.next_agent_state
        extension = message.agent_extension or message.agent_instrument or ""
        self._put_agent(agent, message.agent_state, message.event_reason_code, extension, now)
        if was_at != agent.extension:
            for call in self._dialogs.pop(agent.login_id, {}).values():
                yield self._dialog_change(agent, "DELETE", call)
        if agent.user_state is UserState.WORK:
            yield from self._wrap_up(agent, now)
        yield self._user_change(agent)

    def _wrap_up(self, agent: Agent, now: datetime) -> Iterator[Change]:
        """The calls that the agent has left, and the engine has not ended yet, are wrapped up."""
        for call in list(self._dialogs.get(agent.login_id, {}).values()):
            party = call.parties.get(agent.extension)
            if party and party.state is DialogState.DROPPED:
                party.state, party.changed = DialogState.WRAP_UP, now
                yield from self._publish(call)

    def _put_agent(
        self, agent: Agent, state: int, reason: int, extension: str, now: datetime
    ) -> None:
        self._leave(agent)
        agent.state, agent.reason, agent.changed = state, reason, now
        agent.extension = extension if agent.is_signed_in else ""
        if agent.extension:
            self._at[agent.extension] = agent

    def _leave(self, agent: Agent) -> None:
        if self._at.get(agent.extension) is agent:
            del self._at[agent.extension]

    # Calls

    def _call_event(self, message: Any, now: datetime) -> Iterator[Change]:
        call_id = message.connection_call_id
        known = self.calls.get(call_id)
        if known is None and isinstance(
            message, messages.CallDataUpdateEvent | messages.CallClearedEvent
        ):
            return  # a call that nobody told of, or that is forgotten already
        call = known or self.calls.setdefault(call_id, Call(call_id))
        if CALL_EVENTS[type(message)](call, message, now):
            yield from self._publish(call)
        if isinstance(message, messages.CallClearedEvent) and not any(self._viewers(call)):
            del self.calls[call_id]

    def _end(self, message: messages.EndCallEvent, now: datetime) -> Iterator[Change]:
        call = self.calls.get(message.connection_call_id)
        if call is None:
            return
        address = message.connection_device_id or ""
        call.drop(address, now)
        for agent in list(self._viewers(call)):
            if agent.extension == address:
                call.parties[
                    address
                ].state = DialogState.DROPPED  # whatever it was: wrap-up is over
                del self._dialogs[agent.login_id][call.id]
                yield self._dialog_change(agent, "DELETE", call)
        if call.is_over and not any(self._viewers(call)):
            del self.calls[call.id]

    def _publish(self, call: Call) -> Iterator[Change]:
        """Tell everyone in the call; whoever is new in it gets it as new."""
        for address, party in call.parties.items():
            agent = self._at.get(address)
            if agent is None:
                continue
            dialogs = self._dialogs.setdefault(agent.login_id, {})
            if call.id in dialogs:
                yield self._dialog_change(agent, "PUT", call)
            elif party.state is not DialogState.DROPPED:
                dialogs[call.id] = call
                yield self._dialog_change(agent, "POST", call)

    def _viewers(self, call: Call) -> Iterator[Agent]:
        for address in call.parties:
            agent = self._at.get(address)
            if agent and call.id in self._dialogs.get(agent.login_id, {}):
                yield agent

    def _dialog(self, call: Call) -> Dialog:
        queue = self.queues.get(call.csq_id) if call.csq_id is not None else None
        return call.dialog(queue.name if queue else "")

    def _dialog_change(self, agent: Agent, event: Event, call: Call) -> DialogChange:
        is_own = call.from_address == agent.extension
        return DialogChange(agent.login_id, event, self._dialog(call), is_own)

    def _user_change(self, agent: Agent, event: Event = "PUT") -> UserChange:
        snapshot = self._snapshot()
        return UserChange(
            agent.login_id,
            event,
            agent.user(snapshot, self.queues),
            agent.team_user(snapshot),
            agent.member_of(snapshot),
        )

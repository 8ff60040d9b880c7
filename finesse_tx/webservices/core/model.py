"""What the web services know of agents and calls: GED-188 messages in, changes of REST objects out.

`Model.apply` takes one message and returns what changed, each change with the object as it is at that moment, in
the order in which it is to be published. The model never asks: what must be asked after a (re)connection is
`finesse_tx.webservices.core.resynchronisation`'s business.

For each session there is a new model, which is *filled* first: by answers to questions, and by the events that
come between them. Events say what happened and in which order; an answer says what was at some moment. So whatever
an event of the session has told stands, and answers only add to it. `Model.complete` ends the filling.

Spec: ``cti.md`` §11 (flows), §11.13 (mapping); ``notifications.md`` §5.1 (which change goes where), §7.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, CallType, MemberType, RecordType, TeamOperation
from finesse_tx.cti.core.message import Message
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent, Queue
from finesse_tx.webservices.core.call_events import CALL_EVENTS, take_snapshot
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.changes import Change, DialogChange, MemberChange, UserChange
from finesse_tx.webservices.core.configuration import Configuration, Delta
from finesse_tx.webservices.core.joined_calls import Joined, goes_on, join, move
from finesse_tx.webservices.core.objects import Dialog, DialogState, User
from finesse_tx.webservices.core.updates import Event
from finesse_tx.webservices.core.vocabulary import WORDS, Words

__all__ = ["Model"]


class Model:
    """Agents, queues and calls, as of the last message.

    Args:
        snapshot: The directory as of now, for names, teams and reason codes.
        configuration: What the engine is known to be configured with; the model starts with it, and keeps it up to
            date.
        words: The engine's words for states and reasons.
        filling: Whether answers are to come, until `complete`.

    Attributes:
        is_complete: Whether it says all that there is.
    """

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        configuration: Configuration | None = None,
        *,
        words: Words = WORDS["ccx"],
        filling: bool = False,
    ) -> None:
        self._snapshot, self._words = snapshot, words
        self.configuration = configuration or Configuration()
        self.is_complete = not filling
        self.agents: dict[str, Agent] = {}
        self.queues: dict[int, Queue] = {}
        self.calls: dict[int, Call] = {}
        # Who is signed in on which extension, and which calls are a dialog of whom.
        self._at: dict[str, Agent] = {}
        self._dialogs: dict[str, dict[int, Call]] = {}
        self._team_names: dict[int, str] = {}
        known = Delta(tuple(self.configuration.agents), tuple(self.configuration.csqs))
        for _ in self._configure(known):
            pass  # nobody has seen anything yet

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

    def user_change(self, login_id: str, event: Event) -> UserChange | None:
        """A user as it is now, as a change; None when there is no such user."""
        agent = self.agents.get(login_id)
        return self._user_change(agent, event) if agent else None

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
            case (
                messages.ConfigBeginEvent()
                | messages.ConfigEndEvent()
                | messages.ConfigAgentEvent()
                | messages.ConfigSkillGroupEvent()
                | messages.ConfigDeviceEvent()
            ):
                return list(self._configure(self.configuration.apply(message)))
            case messages.TeamConfigEvent():
                return list(self._configure_team(message))
            case messages.CallTransferredEvent() | messages.CallConferencedEvent():
                return list(self._joined(message, now))
            case messages.CallDataUpdateEvent() if goes_on(message):
                return list(self._goes_on(message, now))
            case _ if type(message) in CALL_EVENTS:
                return list(self._call_event(message, now))
        return []

    # What it is asked, and answers

    def agent_snapshot(
        self, login_id: str, conf: messages.QueryAgentStateConf, now: datetime
    ) -> list[Change]:
        """Take in the answer to a QUERY_AGENT_STATE_REQ, unless an event has told the agent's state already.

        Returns:
            What changed; of interest only where the model is not being filled.
        """
        agent = self.agents.get(login_id)
        extension = conf.agent_extension or conf.agent_instrument or ""
        if agent is None or agent.is_told:
            return []
        if (agent.state, agent.extension) == (conf.agent_state, extension):
            return []
        self._put_agent(agent, conf.agent_state, 0, extension, now)
        return [self._user_change(agent)]

    def call_snapshot(
        self, call_id: int, conf: messages.SnapshotCallConf, now: datetime
    ) -> list[Change]:
        """Take in the answer to a SNAPSHOT_CALL_REQ, where no event has told otherwise.

        Returns:
            What changed; of interest only where the model is not being filled.
        """
        call = self.calls.setdefault(call_id, Call(call_id))
        take_snapshot(call, conf, now, self._wraps_up)
        if self.is_complete:
            self._guess_type(call)
        return list(self._publish(call))

    def _wraps_up(self, address: str) -> bool:
        agent = self._at.get(address)
        return agent is not None and agent.is_wrapping_up

    def _guess_type(self, call: Call) -> None:
        """Conclude what kind of call it is where nothing has told: UCCX's events do, its snapshots do not."""
        known = self.configuration
        inside = known.is_phone(call.from_address) or call.from_address in self._at
        if call.type:
            return
        if any(map(known.is_route_point, (call.to_address, call.dnis, *call.parties))):
            call.type = CallType.CALLTYPE_ACD_IN
        elif not inside:
            call.type = CallType.CALLTYPE_OTHER_IN
        elif known.is_phone(call.to_address) or call.to_address in self._at:
            call.type = CallType.CALLTYPE_AGENT_INSIDE
        else:
            call.type = CallType.CALLTYPE_OUT

    def complete(self, before: Model, now: datetime) -> None:
        """All answers are in: take over what they could not tell, and forget what has ended.

        Args:
            before: The model of the session before this one.
            now: The time for what must have happened in between.
        """
        self.is_complete = True
        for login_id, agent in self.agents.items():
            if (was := before.agents.get(login_id)) is not None:
                agent.inherit(was)
        for call_id, call in list(self.calls.items()):
            if (known := before.calls.get(call_id)) is not None:
                call.inherit(known, now)
            self._guess_type(call)
            for _ in self._publish(call):
                pass  # whoever was found at a phone later than the call was
            for agent in list(self._viewers(call)):
                if agent.is_wrapping_up:
                    call.wrap_up_at(agent.extension, now)
            if call.is_over and not any(self._viewers(call)):
                del self.calls[call_id]

    # Configuration

    def _configure(self, delta: Delta) -> Iterator[Change]:
        renamed, reworked = self._configure_queues(delta.csqs)
        changed = dict.fromkeys(delta.agents)
        changed |= dict.fromkeys(
            login_id
            for login_id, agent in (self.agents.items() if reworked else ())
            if not reworked.isdisjoint(agent.csq_ids)
        )
        for login_id in changed:
            yield from self._configure_agent(login_id, always=login_id not in delta.agents)
        for call in self.calls.values() if renamed else ():
            if call.csq_id in renamed:
                yield from self._publish(call)

    def _configure_queues(self, numbers: Iterable[int]) -> tuple[set[int], set[int]]:
        """Take over queues' records; say whose name is another one now, and whose wrap-up."""
        renamed, reworked = set(), set()
        for number in numbers:
            record, was = self.configuration.csqs.get(number), self.queues.pop(number, None)
            now = None
            if record is not None:
                now = Queue(number, record.peripheral_name or "", bool(record.auto_work))
                self.queues[number] = now
            if (was.name if was else "") != (now.name if now else ""):
                renamed.add(number)
            if (was is not None and was.auto_work) != (now is not None and now.auto_work):
                reworked.add(number)
        return renamed, reworked

    def _configure_agent(self, login_id: str, *, always: bool) -> Iterator[Change]:
        record, agent = self.configuration.agents.get(login_id), self.agents.get(login_id)
        if record is None:
            if agent is not None:
                for call in self._dialogs.pop(login_id, {}).values():
                    yield self._dialog_change(agent, "DELETE", call)
                del self.agents[login_id]
                self._leave(agent)
                yield self._user_change(agent, "DELETE")
            return
        is_new = agent is None
        agent = agent or self.agents.setdefault(login_id, Agent(login_id, words=self._words))
        if agent.configure(record) or is_new or always:
            yield self._user_change(agent, "POST" if is_new else "PUT")

    def _configure_team(self, message: messages.TeamConfigEvent) -> Iterator[Change]:
        for member in message.members:
            agent = self.agents.get(member.agent_id_long or "")
            if agent is None or member.member_type != MemberType.AGENT or member.agent_flags:
                continue  # a supervisor is named with the team it supervises, not the one it works in
            if message.operation == TeamOperation.REMOVE or member.record_type == RecordType.DELETE:
                if agent.team_id == message.team_id:  # or another team has named him meanwhile
                    yield from self.move(agent, None)
            else:
                yield from self.move(agent, message.team_id)
        if message.operation == TeamOperation.REMOVE and not message.members:
            for agent in self.agents.values():
                if agent.team_id == message.team_id:
                    yield from self.move(agent, None)

        name, known = message.team_name, self._team_names.get(message.team_id)
        if name is not None:
            self._team_names[message.team_id] = name
        if name is not None and known is not None and known != name:
            for agent in self.agents.values():
                if agent.team_id == message.team_id:
                    yield self._user_change(agent)  # it shows its team's name

    def move(self, agent: Agent, team_id: int | None) -> Iterator[Change]:
        """An agent is in this team now, as far as the engine tells."""
        was = agent.member_of(self._snapshot())
        agent.team_id = team_id
        now = agent.member_of(self._snapshot())
        if was == now:
            return
        member = agent.team_user(self._snapshot())
        if was is not None:
            yield MemberChange(agent.login_id, "DELETE", member, was)
        yield replace(self._user_change(agent), team_id=None)
        if now is not None:
            yield MemberChange(agent.login_id, "POST", member, now)

    # Agents

    def _agent_state(self, message: messages.AgentStateEvent, now: datetime) -> Iterator[Change]:
        agent = self.agents.get(message.agent_id_long or message.agent_id or "")
        if agent is None or message.agent_state == AgentState.LOGIN:
            return  # LOGIN passes at once into NOT_READY, and is never shown
        was_at, agent.is_told = agent.extension, True
        agent.next_state = message.next_agent_state
        if agent.next_state is None:  # else the reason is that of what is pending
            agent.reserved_for = message.event_reason_code
        extension = message.agent_extension or message.agent_instrument or ""
        self._put_agent(agent, message.agent_state, message.event_reason_code, extension, now)
        if was_at != agent.extension:
            for call in self._dialogs.pop(agent.login_id, {}).values():
                yield self._dialog_change(agent, "DELETE", call)
        if agent.is_wrapping_up:
            yield from self._wrap_up(agent, now)
        yield self._user_change(agent)

    def _wrap_up(self, agent: Agent, now: datetime) -> Iterator[Change]:
        """The calls that the agent has left, and the engine has not ended yet, are wrapped up."""
        for call in list(self._dialogs.get(agent.login_id, {}).values()):
            if call.wrap_up_at(agent.extension, now):
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
        late = messages.CallDataUpdateEvent | messages.CallClearedEvent
        if known is None and self.is_complete and isinstance(message, late):
            return  # a call that nobody told of, or that is forgotten already
        call = known or self.calls.setdefault(call_id, Call(call_id))
        if CALL_EVENTS[type(message)](call, message, now):
            yield from self._publish(call)
        if isinstance(message, messages.CallClearedEvent):
            call.is_cleared = True
            self._forget(call)

    def _end(self, message: messages.EndCallEvent, now: datetime) -> Iterator[Change]:
        call = self.calls.get(message.connection_call_id)
        if call is None and not self.is_complete:
            # Its snapshot may be under way, and older than this.
            call = self.calls.setdefault(
                message.connection_call_id, Call(message.connection_call_id)
            )
        if call is None:
            return
        address = message.connection_device_id or ""
        call.drop(address, now)
        call.ended.add(address)
        for agent in list(self._viewers(call)):
            if agent.extension == address:
                call.parties[
                    address
                ].state = DialogState.DROPPED  # whatever it was: wrap-up is over
                del self._dialogs[agent.login_id][call.id]
                yield self._dialog_change(agent, "DELETE", call)
        if call.is_over:
            self._forget(call)

    def _forget(self, call: Call) -> None:
        """Nobody is interested in it any more; while answers may yet tell of it, it is remembered as ended."""
        if self.is_complete and not any(self._viewers(call)):
            del self.calls[call.id]

    def _joined(self, message: Joined, now: datetime) -> Iterator[Change]:
        """Two calls are one: those in the other have a dialog of the one that is left instead."""
        call = self._known(message.primary_call_id)
        if call is None:
            return
        other = self.calls.get(message.secondary_call_id)
        before = list(self._viewers(other)) if other else []
        join(call, other, message, now)
        if other is not None:
            yield from self._close(other, before)
        yield from self._publish(call)

    def _goes_on(self, message: messages.CallDataUpdateEvent, now: datetime) -> Iterator[Change]:
        """A device's call has another id."""
        other = self.calls.get(message.connection_call_id)
        call = self._known(message.new_connection_call_id)
        if call is None:
            return
        if other is not None:
            before = list(self._viewers(other))
            move(call, other, [message.connection_device_id or ""], now)
            yield from self._close(other, before)
        CALL_EVENTS[messages.CallDataUpdateEvent](call, message, now)
        yield from self._publish(call)

    def _close(self, call: Call, viewers: Iterable[Agent]) -> Iterator[Change]:
        """Take a call's dialog from those who are not in it any more; forget the call with the last party."""
        for agent in viewers:
            if agent.extension not in call.parties:
                self._dialogs[agent.login_id].pop(call.id, None)
                yield self._dialog_change(agent, "DELETE", call)
        if not call.parties:
            call.is_cleared = True
            self._forget(call)

    def _known(self, call_id: int) -> Call | None:
        """A call that was told of; while answers may yet tell of it, any call."""
        if self.is_complete:
            return self.calls.get(call_id)
        return self.calls.setdefault(call_id, Call(call_id))

    def _publish(self, call: Call) -> Iterator[Change]:
        """Tell everyone in the call; whoever is new in it, and is in it as an agent, gets it as new.

        A call that came before the agent signed in is no dialog: nothing would tell its end.
        """
        for address, party in call.parties.items():
            agent = self._at.get(address)
            if agent is None:
                continue
            dialogs = self._dialogs.setdefault(agent.login_id, {})
            if call.id in dialogs:
                yield self._dialog_change(agent, "PUT", call)
            elif party.state is not DialogState.DROPPED and party.is_agent:
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

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

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import AgentState, MemberType, RecordType, TeamOperation
from finesse_tx.cti.core.message import Message
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.webservices.core.agents import Agent, Queue
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.changes import (
    Change,
    MemberChange,
    QueueChange,
    UserChange,
    queues_change,
)
from finesse_tx.webservices.core.configuration import Configuration, Delta
from finesse_tx.webservices.core.objects import Dialog, User
from finesse_tx.webservices.core.shown_users import ShownUsers
from finesse_tx.webservices.core.switchboard import Switchboard
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
        switchboard: Calls, and whose dialogs they are.
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
        self._at: dict[str, Agent] = {}  # who is signed in on which extension
        self.switchboard = Switchboard(
            self._at, self.configuration, self._queue_name, words, filling=filling
        )
        self._team_names: dict[int, str] = {}
        self._shown = ShownUsers()
        known = Delta(tuple(self.configuration.agents), tuple(self.configuration.csqs))
        for _ in self._configure(known):
            pass  # nobody has seen anything yet

    @property
    def calls(self) -> Mapping[int, Call]:
        """All calls, by CallID."""
        return self.switchboard.calls

    def _queue_name(self, csq_id: int) -> str:
        queue = self.queues.get(csq_id)
        return queue.name if queue else ""

    # What REST asks ---------------------------------------------------------------------------------------------

    def user(self, login_id: str) -> User | None:
        """A user as it is now."""
        agent = self.agents.get(login_id)
        return self._shown.user(agent, self._snapshot(), self.queues) if agent else None

    def dialogs(self, login_id: str) -> tuple[Dialog, ...]:
        """A user's dialogs as they are now."""
        agent = self.agents.get(login_id)
        return self.switchboard.dialogs(agent) if agent else ()

    def call(self, call_id: int) -> Call | None:
        """A call that is somebody's dialog."""
        return self.switchboard.call(call_id)

    def dialog(self, call_id: int, login_id: str = "") -> Dialog | None:
        """A dialog as it is now, as that user sees it; any of those in it, where that user is not."""
        return self.switchboard.dialog(call_id, login_id)

    def viewers(self, call_id: int) -> tuple[Agent, ...]:
        """The agents who have this call as a dialog."""
        return self.switchboard.viewers(call_id)

    def staffed_queues(self) -> frozenset[int]:
        """The queues that somebody is in."""
        found = (csq_id for agent in self.agents.values() for csq_id in agent.csq_ids)
        return frozenset(csq_id for csq_id in found if csq_id in self.queues)

    def agent_at(self, extension: str) -> Agent | None:
        """Who is signed in there."""
        return self._at.get(extension)

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
        return list(self.switchboard.apply(message, now))

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
        return list(self.switchboard.take_snapshot(call_id, conf, now))

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
        self.switchboard.complete(before.switchboard, now)

    # Configuration

    def _configure(self, delta: Delta) -> Iterator[Change]:
        renamed, reworked = self._configure_queues(delta.csqs)
        for csq_id in sorted(renamed):
            yield QueueChange(csq_id, "PUT" if csq_id in self.queues else "DELETE")
        changed = dict.fromkeys(delta.agents)
        changed |= dict.fromkeys(
            login_id
            for login_id, agent in (self.agents.items() if reworked else ())
            if not reworked.isdisjoint(agent.csq_ids)
        )
        for login_id in changed:
            yield from self._configure_agent(login_id, always=login_id not in delta.agents)
        yield from self.switchboard.renamed(renamed)

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
                yield from self.switchboard.leave(agent)
                del self.agents[login_id]
                self._leave(agent)
                yield self._user_change(agent, "DELETE")
            return
        is_new = agent is None
        agent = agent or self.agents.setdefault(login_id, Agent(login_id, words=self._words))
        was = agent.csq_ids
        if agent.configure(record) or is_new or always:
            yield self._user_change(agent, "POST" if is_new else "PUT")
        yield from queues_change(login_id, was, agent.csq_ids)

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
            yield from self.switchboard.leave(agent)
        if agent.is_wrapping_up:
            yield from self.switchboard.wrap_up(agent, now)
        yield self._user_change(agent)

    def _put_agent(
        self, agent: Agent, state: int, reason: int, extension: str, now: datetime
    ) -> None:
        self._leave(agent)
        if agent.changed is None or (agent.state, agent.reason) != (state, reason):
            agent.changed = now  # else only the queues are others: the desktop's clock goes on
        agent.state, agent.reason = state, reason
        agent.extension = extension if agent.is_signed_in else ""
        if not agent.is_signed_in:
            agent.device = None
        if agent.extension:
            self._at[agent.extension] = agent

    def _leave(self, agent: Agent) -> None:
        if self._at.get(agent.extension) is agent:
            del self._at[agent.extension]

    def _user_change(self, agent: Agent, event: Event = "PUT") -> UserChange:
        snapshot = self._snapshot()
        return UserChange(
            agent.login_id,
            event,
            agent.user(snapshot, self.queues),
            agent.team_user(snapshot),
            agent.member_of(snapshot),
        )

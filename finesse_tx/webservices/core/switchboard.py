"""Calls, and whose dialogs they are: call events in, changes of dialogs out.

A call is a dialog of every agent who is in it and signed in. What an agent may do with one call depends on what else
the agent has; so a change of one may change another, which is published then too.

Spec: ``cti.md`` §11.5 to §11.9; ``notifications.md`` §7.2 to §7.7.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import CallType
from finesse_tx.cti.core.message import Message
from finesse_tx.webservices.core.actions import MONITORING, Situation, actions
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.call_events import CALL_EVENTS, take_snapshot
from finesse_tx.webservices.core.calls import GONE, IN_CONVERSATION, Call, Party
from finesse_tx.webservices.core.changes import DialogChange
from finesse_tx.webservices.core.configuration import Configuration
from finesse_tx.webservices.core.dialog_view import dialog
from finesse_tx.webservices.core.joined_calls import Joined, goes_on, join, move
from finesse_tx.webservices.core.objects import Action, Dialog, DialogState
from finesse_tx.webservices.core.updates import Event
from finesse_tx.webservices.core.vocabulary import Words

__all__ = ["Switchboard"]


class Switchboard:
    """The calls of a model.

    Args:
        at: Who is signed in on which extension.
        configuration: What the engine is configured with.
        queue_name: A queue's name; empty for an unknown one.
        words: The engine's words.
        filling: Whether answers are to come, until `complete`.

    Attributes:
        calls: By CallID.
    """

    def __init__(
        self,
        at: Mapping[str, Agent],
        configuration: Configuration,
        queue_name: Callable[[int], str],
        words: Words,
        *,
        filling: bool,
    ) -> None:
        self._at, self._configuration, self._queue_name = at, configuration, queue_name
        self._words, self._is_complete = words, not filling
        self.calls: dict[int, Call] = {}
        self._dialogs: dict[str, dict[int, Call]] = {}  # by login id

    # What REST asks ---------------------------------------------------------------------------------------------

    def dialogs(self, agent: Agent) -> tuple[Dialog, ...]:
        """An agent's dialogs as they are now."""
        calls = self._dialogs.get(agent.login_id, {})
        return tuple(self._dialog(call, agent) for call in calls.values())

    def call(self, call_id: int) -> Call | None:
        """A call that is somebody's dialog."""
        call = self.calls.get(call_id)
        return call if call and any(self._viewers(call)) else None

    def dialog(self, call_id: int, login_id: str = "") -> Dialog | None:
        """A dialog as it is now, as that user sees it; as the first agent in it does, where that user is not in it."""
        call = self.calls.get(call_id)
        viewers = list(self._viewers(call)) if call else []
        if call is None or not viewers:
            return None
        own = (agent for agent in viewers if agent.login_id == login_id)
        return self._dialog(call, next(own, viewers[0]))

    def parts(self, agent: Agent) -> Iterator[tuple[Call, Party]]:
        """An agent's calls, and the agent's place in each, in the order in which they came."""
        for call in self._dialogs.get(agent.login_id, {}).values():
            if (party := call.parties.get(agent.extension)) is not None:
                yield call, party

    def actions(self, call: Call) -> Mapping[str, tuple[Action, ...]]:
        """What each agent in a call may do now, by number."""
        return {
            party.address: actions(self._situation(call, party), self._words)
            for party in call.parties.values()
            if party.is_agent
        }

    def _situation(self, call: Call, party: Party) -> Situation:
        agent = self._at.get(party.address)
        others = [
            other.state
            for other_call, other in (self.parts(agent) if agent else ())
            if other_call is not call and other.state not in GONE
        ]
        return Situation(
            party.state,
            call.type_at(party.address),
            has_other=bool(others),
            talks_elsewhere=DialogState.ACTIVE in others,
            parties=sum(one.state not in GONE for one in call.parties.values()),
            is_outbound=call.is_outbound,
            is_supervisor=agent is not None and agent.is_supervisor,
            is_controller=call.controller == party.address,
        )

    def viewers(self, call_id: int) -> tuple[Agent, ...]:
        """The agents who have this call as a dialog."""
        call = self.calls.get(call_id)
        return tuple(self._viewers(call)) if call else ()

    # What is told -----------------------------------------------------------------------------------------------

    def apply(self, message: Message, now: datetime) -> Iterator[DialogChange]:
        """Take in a message; those that tell nothing of calls change nothing."""
        match message:
            case messages.EndCallEvent():
                return self._end(message, now)
            case messages.CallTransferredEvent() | messages.CallConferencedEvent():
                return self._joined(message, now)
            case messages.CallDataUpdateEvent() if goes_on(message):
                return self._goes_on(message, now)
            case _ if type(message) in CALL_EVENTS:
                return self._call_event(message, now)
        return iter(())

    def take_snapshot(
        self, call_id: int, conf: messages.SnapshotCallConf, now: datetime
    ) -> Iterator[DialogChange]:
        """Take in the answer to a SNAPSHOT_CALL_REQ, where no event has told otherwise."""
        call = self.calls.setdefault(call_id, Call(call_id))
        take_snapshot(call, conf, now, self._wraps_up)
        if self._is_complete:
            self._guess_type(call)
        yield from self._publish(call)

    def wrap_up(self, agent: Agent, now: datetime) -> Iterator[DialogChange]:
        """The calls that the agent has left, and the engine has not ended yet, are wrapped up."""
        for call in list(self._dialogs.get(agent.login_id, {}).values()):
            if call.wrap_up_at(agent.extension, now):
                yield from self._publish(call)

    def leave(self, agent: Agent) -> Iterator[DialogChange]:
        """An agent is not at his phone any more, or not there at all."""
        for call in self._dialogs.pop(agent.login_id, {}).values():
            yield self._change(agent, "DELETE", call)

    def renamed(self, csq_ids: Container[int]) -> Iterator[DialogChange]:
        """These queues have other names now."""
        for call in self.calls.values():
            if call.csq_id in csq_ids:
                yield from self._publish(call)

    def complete(self, before: Switchboard, now: datetime) -> None:
        """All answers are in: take over what they could not tell, and forget what has ended.

        Args:
            before: The switchboard of the session before this one.
            now: The time for what must have happened in between.
        """
        self._is_complete = True
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

    def _wraps_up(self, address: str) -> bool:
        agent = self._at.get(address)
        return agent is not None and agent.is_wrapping_up

    def _guess_type(self, call: Call) -> None:
        """Conclude what kind of call it is where nothing has told: UCCX's events do, its snapshots do not."""
        known = self._configuration
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

    # Events -----------------------------------------------------------------------------------------------------

    def _call_event(self, message: Any, now: datetime) -> Iterator[DialogChange]:
        call_id = message.connection_call_id
        known = self.calls.get(call_id)
        late = messages.CallDataUpdateEvent | messages.CallClearedEvent
        if known is None and self._is_complete and isinstance(message, late):
            return  # a call that nobody told of, or that is forgotten already
        call = known or self.calls.setdefault(call_id, Call(call_id))
        if CALL_EVENTS[type(message)](call, message, now):
            yield from self._publish(call)
        if isinstance(message, messages.CallClearedEvent):
            call.is_cleared = True
            self._forget(call)

    def _end(self, message: messages.EndCallEvent, now: datetime) -> Iterator[DialogChange]:
        call = self.calls.get(message.connection_call_id)
        if call is None and not self._is_complete:
            # Its snapshot may be under way, and older than this.
            call = self.calls.setdefault(
                message.connection_call_id, Call(message.connection_call_id)
            )
        if call is None:
            return
        address = message.connection_device_id or ""
        party = call.parties.get(address)
        was = party.state if party else None
        call.drop(address, now)
        call.ended.add(address)
        for agent in list(self._viewers(call)):
            if agent.extension == address:
                # Whatever it was: wrap-up is over.
                call.parties[address].state = DialogState.DROPPED
                del self._dialogs[agent.login_id][call.id]
                yield self._change(agent, "DELETE", call)
        if party is not None and party.state is not was:
            yield from self._tell(call)  # the others have seen how it was
        yield from self._related([address])
        if call.is_over:
            self._forget(call)

    def _forget(self, call: Call) -> None:
        """Nobody is interested in it any more; while answers may yet tell of it, it is remembered as ended."""
        if self._is_complete and not any(self._viewers(call)):
            del self.calls[call.id]

    def _joined(self, message: Joined, now: datetime) -> Iterator[DialogChange]:
        """Two calls are one: those in the other have a dialog of the one that is left instead."""
        call = self._known(message.primary_call_id)
        if call is None:
            return
        other = self.calls.get(message.secondary_call_id)
        before = list(self._viewers(other)) if other else []
        join(call, other, message, now)
        # What is left comes first: a desktop that has neither for a moment shows "no call".
        yield from self._tell(call)
        if other is not None:
            yield from self._close(other, before)
        yield from self._related([*call.parties, *(agent.extension for agent in before)])

    def _goes_on(
        self, message: messages.CallDataUpdateEvent, now: datetime
    ) -> Iterator[DialogChange]:
        """A device's call has another id."""
        other = self.calls.get(message.connection_call_id)
        call = self._known(message.new_connection_call_id)
        if call is None:
            return
        before = list(self._viewers(other)) if other else []
        if other is not None:
            move(call, other, [message.connection_device_id or ""], now)
            call.secondary_id = other.id
        CALL_EVENTS[messages.CallDataUpdateEvent](call, message, now)
        yield from self._tell(call)
        if other is not None:
            yield from self._close(other, before)
        yield from self._related([*call.parties, *(agent.extension for agent in before)])

    def _close(self, call: Call, viewers: Iterable[Agent]) -> Iterator[DialogChange]:
        """Take a call's dialog from those who are not in it any more; forget the call with the last party."""
        for agent in viewers:
            if agent.extension not in call.parties:
                self._dialogs[agent.login_id].pop(call.id, None)
                yield self._change(agent, "DELETE", call)
        if not call.parties:
            call.is_cleared = True
            self._forget(call)

    def _known(self, call_id: int) -> Call | None:
        """A call that was told of; while answers may yet tell of it, any call."""
        if self._is_complete:
            return self.calls.get(call_id)
        return self.calls.setdefault(call_id, Call(call_id))

    def _publish(self, call: Call) -> Iterator[DialogChange]:
        """Tell everyone in the call, and then what that means for their other calls."""
        yield from self._tell(call)
        yield from self._related(list(call.parties))

    def _related(self, addresses: Iterable[str]) -> Iterator[DialogChange]:
        """Tell of the calls in which these may do something else now than they were told."""
        for address in addresses:
            agent = self._at.get(address)
            for call, party in list(self.parts(agent)) if agent else ():
                may = actions(self._situation(call, party), self._words)
                if party.is_agent and call.shown.get(address) != may:
                    yield from self._tell(call)

    def _tell(self, call: Call) -> Iterator[DialogChange]:
        """Tell everyone in the call; whoever is new in it, and is in it as an agent, gets it as new.

        A call that came before the agent signed in is no dialog: nothing would tell its end.
        """
        told: list[tuple[Agent, Event]] = []
        for address, party in call.parties.items():
            agent = self._at.get(address)
            if agent is None:
                continue
            dialogs = self._dialogs.setdefault(agent.login_id, {})
            if call.id in dialogs:
                told.append((agent, "PUT"))
            elif party.state is not DialogState.DROPPED and party.is_agent:
                dialogs[call.id] = call
                told.append((agent, "POST"))
        call.shown = dict(self.actions(call))
        for agent, event in told:
            yield self._change(agent, event, call)

    def _viewers(self, call: Call) -> Iterator[Agent]:
        for address in call.parties:
            agent = self._at.get(address)
            if agent and call.id in self._dialogs.get(agent.login_id, {}):
                yield agent

    def _dialog(self, call: Call, viewer: Agent) -> Dialog:
        return dialog(
            call,
            viewer.extension,
            self._words,
            self.actions(call),
            queue_name=self._queue_name(call.csq_id) if call.csq_id is not None else "",
            associated=self._monitored(call, viewer),
        )

    def _monitored(self, call: Call, viewer: Agent) -> int | None:
        """The call that a supervisor listens to in this one."""
        listened_to = self._at.get(call.to_address)
        if call.type_at(viewer.extension) not in MONITORING or listened_to is None:
            return None
        found = (
            other.id for other, party in self.parts(listened_to) if party.state in IN_CONVERSATION
        )
        return next(found, None)

    def _change(self, agent: Agent, event: Event, call: Call) -> DialogChange:
        is_own = call.from_address == agent.extension
        return DialogChange(agent.login_id, event, self._dialog(call, agent), is_own)

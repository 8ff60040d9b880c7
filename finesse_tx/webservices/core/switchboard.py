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
from finesse_tx.webservices.core.agents import Agent
from finesse_tx.webservices.core.call_events import CALL_EVENTS, take_snapshot
from finesse_tx.webservices.core.calls import Call
from finesse_tx.webservices.core.changes import DialogChange
from finesse_tx.webservices.core.configuration import Configuration
from finesse_tx.webservices.core.joined_calls import Joined, goes_on, join, move
from finesse_tx.webservices.core.objects import Dialog, DialogState
from finesse_tx.webservices.core.updates import Event

__all__ = ["Switchboard"]


class Switchboard:
    """The calls of a model.

    Args:
        at: Who is signed in on which extension.
        configuration: What the engine is configured with.
        queue_name: A queue's name; empty for an unknown one.
        filling: Whether answers are to come, until `complete`.

    Attributes:
        calls: By CallID.
    """

    def __init__(
        self,
        at: Mapping[str, Agent],
        configuration: Configuration,
        queue_name: Callable[[int], str],
        *,
        filling: bool,
    ) -> None:
        self._at, self._configuration, self._queue_name = at, configuration, queue_name
        self._is_complete = not filling
        self.calls: dict[int, Call] = {}
        self._dialogs: dict[str, dict[int, Call]] = {}  # by login id

    # What REST asks ---------------------------------------------------------------------------------------------

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
        call.drop(address, now)
        call.ended.add(address)
        for agent in list(self._viewers(call)):
            if agent.extension == address:
                call.parties[
                    address
                ].state = DialogState.DROPPED  # whatever it was: wrap-up is over
                del self._dialogs[agent.login_id][call.id]
                yield self._change(agent, "DELETE", call)
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
        if other is not None:
            yield from self._close(other, before)
        yield from self._publish(call)

    def _goes_on(
        self, message: messages.CallDataUpdateEvent, now: datetime
    ) -> Iterator[DialogChange]:
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
        """Tell everyone in the call; whoever is new in it, and is in it as an agent, gets it as new.

        A call that came before the agent signed in is no dialog: nothing would tell its end.
        """
        for address, party in call.parties.items():
            agent = self._at.get(address)
            if agent is None:
                continue
            dialogs = self._dialogs.setdefault(agent.login_id, {})
            if call.id in dialogs:
                yield self._change(agent, "PUT", call)
            elif party.state is not DialogState.DROPPED and party.is_agent:
                dialogs[call.id] = call
                yield self._change(agent, "POST", call)

    def _viewers(self, call: Call) -> Iterator[Agent]:
        for address in call.parties:
            agent = self._at.get(address)
            if agent and call.id in self._dialogs.get(agent.login_id, {}):
                yield agent

    def _dialog(self, call: Call) -> Dialog:
        return call.dialog(self._queue_name(call.csq_id) if call.csq_id is not None else "")

    def _change(self, agent: Agent, event: Event, call: Call) -> DialogChange:
        is_own = call.from_address == agent.extension
        return DialogChange(agent.login_id, event, self._dialog(call), is_own)

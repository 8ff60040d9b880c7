"""What supervisors do in their agents' calls: listen in, whisper, barge in, take over; and agents who call for help.

Whoever listens in has a call of his own, in which he is alone. Whoever barges in or takes over is offered the agent's
call, as one more party of it, and answers; to take over, the agent is let go then.

Spec: ``cti.md`` §9.9, §11.10; ``telephony.md`` §4.8; ``engine.md`` §1 (supervisors of teams).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from finesse_tx.cti.core.enums import (
    CallType,
    ControlFailureCode,
    EventCause,
    LocalConnectionState,
    PeripheralErrorCode,
    SupervisoryAction,
)
from finesse_tx.cti.core.errors import ControlFailureError
from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.control import Control
from finesse_tx.engine.core.data import DataChange
from finesse_tx.engine.core.events import (
    AddParty,
    CallEventKind,
    Connect,
    Consult,
    Disconnect,
    HelpWanted,
    Operation,
    StartMonitoring,
    UpdateMonitoring,
)
from finesse_tx.engine.core.floor import Floor
from finesse_tx.engine.core.objects import Agent, Call, Dialling, Party
from finesse_tx.engine.core.roster import Roster
from finesse_tx.engine.core.states import Input
from finesse_tx.telephony.core.events import WHISPER, Event

__all__ = ["CALL_TYPES", "CAUSES", "Supervised", "Supervision"]

_A: Final = SupervisoryAction
_CF: Final = ControlFailureCode
_PE: Final = PeripheralErrorCode
_LCS: Final = LocalConnectionState
_K: Final = CallEventKind

CALL_TYPES: Final[Mapping[SupervisoryAction, CallType]] = MappingProxyType(
    {
        _A.MONITOR: CallType.CALLTYPE_SUPERVISOR_MONITOR,
        _A.WHISPER: CallType.CALLTYPE_SUPERVISOR_WHISPER,
        _A.BARGE_IN: CallType.CALLTYPE_SUPERVISOR_BARGEIN,
        _A.INTERCEPT: CallType.CALLTYPE_SUPERVISOR_INTERCEPT,
    }
)
"""What the call is to the supervisor."""

CAUSES: Final[Mapping[SupervisoryAction, EventCause]] = MappingProxyType(
    {
        _A.CLEAR: EventCause.CEC_SUPERVISOR_CLEAR,
        _A.MONITOR: EventCause.CEC_SUPERVISOR_MONITOR,
        _A.WHISPER: EventCause.CEC_SUPERVISOR_WHISPER,
        _A.BARGE_IN: EventCause.CEC_SUPERVISOR_BARGE_IN,
        _A.INTERCEPT: EventCause.CEC_SUPERVISOR_INTERCEPT,
    }
)
"""EventCause of what comes of each action."""

_IN_CALL: Final = frozenset({_LCS.LCS_CONNECT, _LCS.LCS_HOLD})

HELP_CAUSES: Final[Mapping[CallType, EventCause]] = MappingProxyType(
    {
        CallType.CALLTYPE_ASSIST: EventCause.CEC_SUPERVISOR_ASSIST,
        CallType.CALLTYPE_EMERGENCY: EventCause.CEC_EMERGENCY_CALL,
    }
)
"""EventCause of CALL_DELIVERED at the supervisor whose help is asked for."""


class Supervised(NamedTuple):
    """What a supervisor's request takes.

    Attributes:
        operations: What the telephone system has to do, one after the other.
        call_id: The supervisor's call then; None: the result of the last operation.
    """

    operations: tuple[Operation, ...]
    call_id: int | None


class _Role(NamedTuple):
    """What a number has to do with a supervisor's action: whose it is, or whom it takes out."""

    action: SupervisoryAction
    extension: str


class Supervision:
    """Supervisors in their agents' calls."""

    def __init__(self, floor: Floor, roster: Roster, calls: Calls, control: Control) -> None:
        self._floor, self._roster = floor, roster
        self._calls, self._control = calls, control
        self._roles: dict[int, dict[str, _Role]] = {}  # by call and number
        self._monitoring: dict[int, tuple[int, str]] = {}  # by monitoring call: the call and number

    # What is asked for ----------------------------------------------------------------------------------------

    def supervise(
        self, action: SupervisoryAction, call_id: int, extension: str, supervisor: str
    ) -> Supervised:
        """Check what a supervisor wants to do in an agent's call.

        Args:
            action: Anything.
            call_id: The agent's call.
            extension: The agent's phone.
            supervisor: The supervisor's phone.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        terminal = self._control.terminal(supervisor)
        self._control.require((_IN_CALL, _CF.CF_AGENT_NOT_PARTY_ON_CALL), call_id, extension)
        self._require_supervisor(supervisor, extension)
        monitoring = self._monitoring_call(supervisor, call_id, extension)
        joined = supervisor in self._floor.model.call(call_id).connections
        match action:
            case _A.CLEAR:
                return self._clear(call_id if joined else monitoring, supervisor)
            case _A.MONITOR | _A.WHISPER:
                if joined:
                    raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE, _PE.DEVICE_BUSY)
                whisper = action is _A.WHISPER
                if monitoring is not None:
                    return Supervised((UpdateMonitoring(monitoring, whisper),), monitoring)
                self._control.require_no_active_call(supervisor)
                start = StartMonitoring(terminal, supervisor, call_id, extension, whisper)
                return Supervised((start,), None)
            case _A.BARGE_IN | _A.INTERCEPT:
                if joined and action is _A.INTERCEPT:
                    self._take_role(call_id, extension, action, extension)
                    return Supervised((Disconnect(call_id, extension),), call_id)
                if joined:
                    raise ControlFailureError(_CF.CF_INVALID_OBJECT_STATE, _PE.DEVICE_BUSY)
                join = AddParty(call_id, supervisor)
                self._take_role(call_id, supervisor, action, extension)
                if monitoring is not None:
                    return Supervised((Disconnect(monitoring, supervisor), join), call_id)
                return Supervised((join,), call_id)

    def ask_for_help(
        self, kind: CallType, call_id: int, extension: str, now: float
    ) -> Operation | None:
        """Check whether an agent may call for help; from a call, that goes on hold.

        Args:
            kind: ASSIST or EMERGENCY.
            call_id: The call that the agent has; one that is not there stands for none.
            extension: The agent's phone.
            now: The time.

        Returns:
            What the telephone system has to do for it; its result is the call's id. None: no supervisor is to be had.

        Raises:
            ControlFailureError: It cannot be done.
        """
        call_id = self._calls.current(call_id)
        terminal = self._control.terminal(extension)
        agent = self._control.agent(extension)
        supervisor = self._free_supervisor(agent)
        if supervisor is None:
            return None
        if agent.dialling is not None:
            raise ControlFailureError(_CF.CF_RESOURCE_BUSY, _PE.DEVICE_BUSY)
        digits = supervisor.extension
        if call_id in self._floor.model.calls:
            self._control.require((_IN_CALL, _CF.CF_NO_ACTIVE_CALL), call_id, extension)
            agent.dialling = Dialling(digits, DataChange(), call_id, kind)
            return Consult(call_id, extension, terminal, digits)
        self._control.require_no_active_call(extension)
        agent.dialling = Dialling(digits, DataChange(), 0, kind)
        self._roster.happen(agent, Input.DIALLED, now)
        return Connect(terminal, extension, digits)

    def _clear(self, call_id: int | None, supervisor: str) -> Supervised:
        if call_id is None:
            raise ControlFailureError(_CF.CF_NO_CONNECTION_TO_CLEAR)
        self._take_role(call_id, supervisor, _A.CLEAR, supervisor)
        return Supervised((Disconnect(call_id, supervisor),), call_id)

    def _require_supervisor(self, supervisor: str, extension: str) -> None:
        """Whoever supervises must be a supervisor of the agent's team."""
        who, agent = self._control.agent(supervisor), self._control.agent(extension)
        teams = self._floor.snapshot.supervised_by(who.id)
        if who is agent or agent.person.team_id not in teams:
            raise ControlFailureError(_CF.CF_PRIVILEGE_VIOLATION_ON_SPECIFIED_DEVICE)

    def _monitoring_call(self, supervisor: str, call_id: int, extension: str) -> int | None:
        for connection in self._floor.model.addresses[supervisor].connections.values():
            if self._monitoring.get(connection.call.id) == (call_id, extension):
                return connection.call.id
        return None

    def _free_supervisor(self, agent: Agent) -> Agent | None:
        """The first of the team's supervisors who is signed in at a phone that is free."""
        team = self._floor.snapshot.team(agent.person.team_id or 0)
        for login_id in team.supervisors if team else ():
            found = self._roster.agents.get(login_id)
            if found is None or found is agent or not found.extension:
                continue
            if self._floor.model.addresses[found.extension].is_free:
                return found
        return None

    def operation_failed(self, operation: Operation) -> None:
        """The switch could not do it; what it was to be counts for nothing."""
        if isinstance(operation, AddParty):
            self._forget(operation.call_id, operation.number)
        elif isinstance(operation, Disconnect):
            self._forget(operation.call_id, operation.address)

    # What comes of it -----------------------------------------------------------------------------------------

    def joins(self, call: Call, party: Party) -> None:
        """A party joins: whoever supervises has a call of that type."""
        if (role := self._role(call, party.number)) is not None and role.action in CALL_TYPES:
            party.call_type = CALL_TYPES[role.action]

    def cause(self, call: Call, number: str) -> EventCause | None:
        """Why something happens to a party; None when no supervisor has to do with it."""
        if (role := self._role(call, number)) is not None:
            return CAUSES[role.action]
        if call.purpose is not None and number != call.model.calling:
            return HELP_CAUSES.get(call.purpose)
        return None

    def help_wanted(self, call: Call, number: str) -> None:
        """An agent's call for help has been dialled: his supervisors are told."""
        agent = self._floor.agent_at(number)
        if agent is not None and call.purpose is not None:
            self._floor.effects.append(HelpWanted(call.purpose, call.id, agent.id, number))

    def answered(self, call: Call, number: str) -> None:
        """A supervisor is in the agent's conversation now: tell it, and let the agent go if he takes over."""
        role = self._role(call, number)
        if role is None or role.action not in {_A.BARGE_IN, _A.INTERCEPT}:
            return
        self._calls.tell(
            call,
            _K.CONFERENCED,
            number,
            called=number,
            cause=CAUSES[role.action],
            parties=tuple(self._calls.device(party) for party in call.model.connections),
        )
        if role.action is _A.INTERCEPT and role.extension in call.parties:
            self._roles[call.id][role.extension] = _Role(_A.INTERCEPT, role.extension)
            self._floor.effects.append(Disconnect(call.id, role.extension))

    def left(self, call: Call, number: str) -> EventCause | None:
        """A party leaves; why, when a supervisor has to do with it."""
        role = self._role(call, number)
        self._forget(call.id, number)
        ends = role is not None and role.action in {_A.CLEAR, _A.INTERCEPT}
        if role is None or not ends or (role.action is _A.INTERCEPT and role.extension != number):
            return None
        return CAUSES[role.action]

    def call_is_over(self, call: Call) -> None:
        """Nobody has a part in it any more."""
        self._roles.pop(call.id, None)
        self._monitoring.pop(call.id, None)

    def is_monitored(self, call_id: int, number: str) -> bool:
        """Whether somebody listens in on a number in a call."""
        return (call_id, number) in self._monitoring.values()

    def monitors(self, event: Event, now: float) -> None:
        """Somebody begins to listen in: a call of its own, in conversation at once."""
        call = self._calls.by_id[event.call_id]
        number = call.model.calling
        party = call.parties[number]
        action = _A.WHISPER if event.text == WHISPER else _A.MONITOR
        party.call_type = CALL_TYPES[action]
        self._monitoring[call.id] = (event.other_call_id, event.address)
        if (agent := self._floor.agent_at(number)) is not None:
            self._roster.happen(agent, Input.DIALLED, now)
        if party.monitored:
            self._calls.begin(party, call)
            self._calls.tell(
                call, _K.ESTABLISHED, number, called=event.address, cause=CAUSES[action]
            )

    def changes(self, event: Event, _now: float) -> None:
        """Whoever listens in whispers now, or does not any more: the call has another type."""
        call = self._calls.by_id[event.call_id]
        number = call.model.calling
        action = _A.WHISPER if event.text == WHISPER else _A.MONITOR
        call.parties[number].call_type = CALL_TYPES[action]
        if number in call.begun:
            call.begun[number] = CALL_TYPES[action]
            self._calls.tell(call, _K.DATA_UPDATE, number)

    def _role(self, call: Call, number: str) -> _Role | None:
        roles = self._roles.get(call.id)
        return None if roles is None else roles.get(number)

    def _take_role(self, call_id: int, number: str, action: SupervisoryAction, of: str) -> None:
        self._roles.setdefault(call_id, {})[number] = _Role(action, of)

    def _forget(self, call_id: int, number: str) -> None:
        if (roles := self._roles.get(call_id)) is not None:
            roles.pop(number, None)
            if not roles:
                del self._roles[call_id]

"""Listening in on calls, and recording them: the simulated switch's part of it.

A monitoring call has one party, who hears what the monitored phone hears and, when it whispers, is heard there; the
monitored call is not altered. It ends when the monitored phone leaves that call, for whatever reason.

Spec: ``telephony.md`` §1.5 (recording, monitoring), §4.7, §4.8.
"""

from __future__ import annotations

from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import SILENT, WHISPER, Batch, Cause, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
)

__all__ = ["Monitoring"]

_CC: Final = CallControlConnectionState
_TC: Final = CallControlTerminalConnectionState


class Monitoring:
    """All monitoring calls, and what is recorded."""

    def __init__(self, model: Provider) -> None:
        self._model = model
        self._monitored: dict[int, Connection] = {}  # by monitoring call

    def start(
        self, new_id: int, terminal: str, address: str, call_id: int, number: str, whisper: bool
    ) -> tuple[Batch, ...]:
        """A phone of ours, which is free to talk, begins to listen in on another.

        Raises:
            ProviderError: The other one is no phone in conversation in that call, or somebody listens in on it.
        """
        target = self._target(call_id, number)
        if number == address or target in self._monitored.values():
            raise ProviderError(Cause.LOCKOUT, f"{target} is not to be monitored")
        change = Change(self._model, MetaCode.CALL_STARTING)
        change.tell(EventID.CALL_ACTIVE, Cause.NEW_CALL, new_id)
        change.join(new_id, address, Cause.NEW_CALL)
        change.move(new_id, address, _CC.ESTABLISHED, cause=Cause.NEW_CALL)
        change.move_terminal(new_id, address, terminal, _TC.TALKING, Cause.NEW_CALL)
        change.tell(
            EventID.MONITORING_STARTED,
            Cause.NORMAL,
            new_id,
            number,
            text=WHISPER if whisper else SILENT,
            other_call_id=call_id,
        )
        self._monitored[new_id] = target
        return (change.batch(),)

    def update(self, monitoring_id: int, whisper: bool) -> tuple[Batch, ...]:
        """Whisper from now on, or be silent again.

        Raises:
            ProviderError: That is no monitoring call.
        """
        call, text = self._model.calls.get(monitoring_id), WHISPER if whisper else SILENT
        if call is None or call.monitors is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{monitoring_id} is no monitoring call")
        if call.monitors.kind == text:
            return ()
        change = Change(self._model, MetaCode.CALL_PROGRESS)
        change.tell(
            EventID.MONITORING_UPDATED,
            Cause.NORMAL,
            monitoring_id,
            call.monitors.number,
            text=text,
            other_call_id=call.monitors.call_id,
        )
        return (change.batch(),)

    def record(self, call_id: int, number: str, on: bool) -> tuple[Batch, ...]:
        """Record what is heard at a phone, or do so no more; when it is so already, nothing happens.

        Raises:
            ProviderError: It is no phone in conversation in that call.
        """
        connection = self._target(call_id, number)
        if connection.is_recorded is on:
            return ()
        change = Change(self._model, MetaCode.CALL_PROGRESS)
        id_ = EventID.RECORDING_STARTED if on else EventID.RECORDING_ENDED
        change.tell(id_, Cause.NORMAL, call_id, number)
        return (change.batch(),)

    def aftermath(self) -> tuple[Batch, ...]:
        """End what has nothing to listen to any more; to be called after every change of the model."""
        if not self._monitored:
            return ()
        batches = []
        for monitoring_id, target in list(self._monitored.items()):
            if monitoring_id in self._model.calls and target.call_control_state is _CC.ESTABLISHED:
                continue
            del self._monitored[monitoring_id]
            if monitoring_id in self._model.calls:
                change = Change(self._model, MetaCode.CALL_ENDING)
                change.end(monitoring_id)
                batches.append(change.batch())
        return tuple(batches)

    def _target(self, call_id: int, number: str) -> Connection:
        call = self._model.calls.get(call_id)
        connection = call.connections.get(number) if call else None
        if call is None or connection is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{number} is not in call {call_id}")
        if connection.address.kind is not AddressKind.PHONE or call.monitors is not None:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{connection} is no phone's call")
        if connection.call_control_state is not _CC.ESTABLISHED:
            raise InvalidStateError(str(connection), connection.call_control_state, _CC.ESTABLISHED)
        return connection

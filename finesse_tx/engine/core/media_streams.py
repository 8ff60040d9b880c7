"""At which phones media flows: RTP_STARTED and RTP_STOPPED.

Media flows at a phone that talks while somebody else is in conversation in the same call; on hold it does not. What stops is
told before what made it stop, what starts after what made it start.

Spec: ``telephony.md`` §2, §4.2 step 9, §4.5; ``cti.md`` §9.5 (116, 117), §11.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from finesse_tx.engine.core.calls import Calls
from finesse_tx.engine.core.events import CallEventKind
from finesse_tx.engine.core.floor import Floor
from finesse_tx.telephony.core.events import Batch
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.objects import Call
from finesse_tx.telephony.core.states import (
    CallControlConnectionState,
    CallControlTerminalConnectionState,
)

__all__ = ["MediaStreams"]

_ESTABLISHED: Final = CallControlConnectionState.ESTABLISHED
_TALKING: Final = CallControlTerminalConnectionState.TALKING


class MediaStreams:
    """All streams; those of calls without any take no place."""

    def __init__(self, floor: Floor, calls: Calls) -> None:
        self._floor, self._calls = floor, calls
        self._flowing: dict[int, set[str]] = {}

    def stop(self, batch: Batch) -> None:
        """Tell what has stopped in a batch that the model has taken in and nobody has heard of."""
        for call_id in _calls_of(batch):
            flowing = self._flowing.get(call_id, set())
            flows = _flows(self._floor.model.calls.get(call_id))
            for number in sorted(flowing - flows):
                flowing.discard(number)
                self._tell(call_id, number, CallEventKind.RTP_STOPPED)
            if not flowing:
                self._flowing.pop(call_id, None)

    def start(self, batch: Batch) -> None:
        """Tell what has started, after everything else of the batch."""
        for call_id in _calls_of(batch):
            call = self._calls.by_id.get(call_id)
            if call is None:
                continue
            flowing = self._flowing.get(call_id, set())
            for number in sorted(_flows(self._floor.model.calls.get(call_id)) - flowing):
                if self._calls.monitored(call, number):
                    self._flowing.setdefault(call_id, set()).add(number)
                    self._tell(call_id, number, CallEventKind.RTP_STARTED)

    def lose_all(self) -> None:
        """The switch is lost: nothing is known to flow."""
        for call_id, numbers in self._flowing.items():
            for number in sorted(numbers):
                self._tell(call_id, number, CallEventKind.RTP_STOPPED)
        self._flowing.clear()

    def _tell(self, call_id: int, number: str, kind: CallEventKind) -> None:
        if (call := self._calls.by_id.get(call_id)) is not None:
            agent = self._floor.agent_at(number)
            self._calls.tell(call, kind, number, agent_id=agent.id if agent else "")


def _calls_of(batch: Batch) -> Iterable[int]:
    """The calls that a batch is about, in order."""
    found = dict.fromkeys(
        call_id for event in batch.events for call_id in (event.call_id, event.other_call_id)
    )
    found.pop(0, None)
    return found


def _flows(call: Call | None) -> set[str]:
    """The phones at which media flows in a call."""
    if call is None:
        return set()
    found, in_conversation = set(), 0
    for number, connection in call.connections.items():
        if connection.call_control_state is not _ESTABLISHED:
            continue
        in_conversation += 1
        parts = connection.terminal_connections.values()
        if connection.address.kind is AddressKind.PHONE and any(
            part.call_control_state is _TALKING for part in parts
        ):
            found.add(number)
    return found if in_conversation > 1 else set()

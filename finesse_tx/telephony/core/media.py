"""What a CTI port lets its caller hear, and the digits that he keys: the simulated switch's part of it, without time.

Whatever begins at a port ends what was there before, and its end is told: by MEDIA_IDLE with cause NORMAL when it has
come to its own end, UNKNOWN when no (further) digit came in time, CALL_CANCELLED when something else was wanted.

Spec: ``telephony.md`` §1.5 (CTI ports), §4.1 (prompt), §5; JTAPI's ``javax.telephony.media`` (Player, SignalDetector).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finesse_tx.telephony.core.change import Change
from finesse_tx.telephony.core.errors import InvalidStateError, ProviderError
from finesse_tx.telephony.core.events import MEDIA_EVENTS, Batch, Cause, EventID, MetaCode
from finesse_tx.telephony.core.inventory import AddressKind
from finesse_tx.telephony.core.model import Provider
from finesse_tx.telephony.core.objects import Connection
from finesse_tx.telephony.core.states import CallControlConnectionState, MediaState

__all__ = ["DTMF", "MAX_DIGITS", "WAIT_CHANGES", "DigitRules", "Media", "Wait"]

DTMF: Final = frozenset("0123456789*#ABCD")
"""What can be keyed."""

MAX_DIGITS: Final = 32
"""So many digits at most are sent or collected at once: GED-188's DTMFString."""

WAIT_CHANGES: Final = frozenset(
    {
        *MEDIA_EVENTS.values(),
        EventID.MEDIA_DTMF,
        EventID.CALL_CTL_CONN_DISCONNECTED,
        EventID.CALL_CHANGED,
        EventID.PROV_OUT_OF_SERVICE,
    }
)
"""The events after which `Media.wait` may be another one."""


@dataclass(frozen=True, slots=True)
class DigitRules:
    """Which digits are wanted of a caller.

    Attributes:
        max_digits: So many are enough; 1 to `MAX_DIGITS`.
        first_s: How long the first may take, after the prompt, in seconds.
        between_s: How long each further one may take, in seconds.
        terminators: Each of these ends it, and is not counted.
        prompt: What he hears first; his first digit ends it. Empty: nothing.

    Raises:
        ValueError: A number is out of range, or a terminator cannot be keyed.
    """

    max_digits: int = 1
    first_s: float = 5.0
    between_s: float = 3.0
    terminators: str = "#"
    prompt: str = ""

    def __post_init__(self) -> None:
        """Check it."""
        if not 1 <= self.max_digits <= MAX_DIGITS:
            raise ValueError(f"{self.max_digits} digits are not 1 to {MAX_DIGITS}")
        if self.first_s < 0 or self.between_s < 0:
            raise ValueError("a time is negative")
        if not DTMF.issuperset(self.terminators):
            raise ValueError(f'"{self.terminators}" cannot be keyed')


@dataclass(frozen=True, slots=True, eq=False)
class Wait:
    """What a port waits for: when it has lasted as long as it may, `Media.is_over` is to be called with it.

    Attributes:
        call_id: The call there.
        port: The port.
        prompt: What plays first; empty: nothing.
        seconds: How long to wait, after that.
    """

    call_id: int
    port: str
    prompt: str
    seconds: float


@dataclass(slots=True)
class _Collection:
    rules: DigitRules
    digits: str = ""

    def take(self, key: str) -> bool:
        """Take in one key; say whether it is the last."""
        if key in self.rules.terminators:
            return True
        self.digits += key
        return len(self.digits) >= self.rules.max_digits


class Media:
    """What happens at all ports; a port has one call at a time."""

    def __init__(self, model: Provider) -> None:
        self._model = model
        self._collections: dict[str, _Collection] = {}
        self._waits: dict[str, Wait] = {}

    def wait(self, port: str) -> Wait | None:
        """What that port waits for now; None when nothing there has an end."""
        wait = self._waits.get(port)
        if wait is None:
            return None
        connection = self._model.addresses[port].connections.get(wait.call_id)
        playing = connection is not None and connection.media is not MediaState.IDLE
        return wait if playing else None

    def play(self, call_id: int, port: str, prompt: str, repeat: bool) -> tuple[Batch, ...]:
        """Play a prompt once, or music for as long as nothing else is wanted.

        Raises:
            ProviderError: The port is in no conversation in that call.
        """
        state = MediaState.MUSIC if repeat else MediaState.PROMPT
        change = self._begin(call_id, port, state, prompt)
        if not repeat:
            self._waits[port] = Wait(call_id, port, prompt, 0.0)
        return (change.batch(),)

    def collect(self, call_id: int, port: str, rules: DigitRules) -> tuple[Batch, ...]:
        """Collect digits.

        Raises:
            ProviderError: The port is in no conversation in that call.
        """
        change = self._begin(call_id, port, MediaState.COLLECTING, rules.prompt)
        self._collections[port] = _Collection(rules)
        self._waits[port] = Wait(call_id, port, rules.prompt, rules.first_s)
        return (change.batch(),)

    def stop(self, call_id: int, port: str) -> tuple[Batch, ...]:
        """Play and collect nothing any more.

        Raises:
            ProviderError: The port is in no conversation in that call.
        """
        connection = self._port(call_id, port)
        if connection.media is MediaState.IDLE:
            return ()
        change = Change(self._model, MetaCode.CALL_PROGRESS)
        self._end(change, connection, Cause.CALL_CANCELLED)
        return (change.batch(),)

    def is_over(self, wait: Wait) -> tuple[Batch, ...]:
        """Nothing has ended that wait before its time; when something has, nothing happens."""
        if self.wait(wait.port) is not wait:
            return ()
        connection = self._model.connection(wait.call_id, wait.port)
        collecting = connection.media is MediaState.COLLECTING
        change = Change(self._model, MetaCode.CALL_PROGRESS)
        self._end(change, connection, Cause.UNKNOWN if collecting else Cause.NORMAL)
        return (change.batch(),)

    def key(self, connection: Connection, digits: str) -> tuple[Batch, ...]:
        """Somebody in a conversation keys digits; ports that collect in that call take them.

        Raises:
            ProviderError: He is in no conversation, or these are no digits.
        """
        if not 1 <= len(digits) <= MAX_DIGITS or not DTMF.issuperset(digits):
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, "these are no digits to be keyed")
        _require_conversation(connection)
        call, change = connection.call, Change(self._model, MetaCode.CALL_PROGRESS)
        change.tell(
            EventID.MEDIA_DTMF, Cause.NORMAL, call.id, connection.address.number, "", digits
        )
        for other in call.connections.values():
            if other is not connection and other.media is MediaState.COLLECTING:
                self._take(change, other, digits)
        return (change.batch(),)

    def _take(self, change: Change, connection: Connection, digits: str) -> None:
        port = connection.address.number
        collection = self._collections[port]
        if any(collection.take(key) for key in digits):
            self._end(change, connection, Cause.NORMAL)
        else:
            between_s = collection.rules.between_s
            self._waits[port] = Wait(connection.call.id, port, "", between_s)

    def _begin(self, call_id: int, port: str, state: MediaState, text: str) -> Change:
        connection = self._port(call_id, port)
        change = Change(self._model, MetaCode.CALL_PROGRESS)
        if connection.media is not MediaState.IDLE:
            self._end(change, connection, Cause.CALL_CANCELLED)
        change.tell(MEDIA_EVENTS[state], Cause.NORMAL, call_id, port, "", text)
        return change

    def _end(self, change: Change, connection: Connection, cause: Cause) -> None:
        port = connection.address.number
        self._waits.pop(port, None)
        collection = self._collections.pop(port, None)
        digits = collection.digits if collection else ""
        change.tell(EventID.MEDIA_IDLE, cause, connection.call.id, port, "", digits)

    def _port(self, call_id: int, port: str) -> Connection:
        call = self._model.calls.get(call_id)
        connection = call.connections.get(port) if call else None
        if connection is None:
            raise ProviderError(Cause.CALL_CANCELLED, f"{port} is not in call {call_id}")
        if connection.address.kind is not AddressKind.CTI_PORT:
            raise ProviderError(Cause.INCOMPATIBLE_DESTINATION, f"{port} is no CTI port")
        _require_conversation(connection)
        return connection


def _require_conversation(connection: Connection) -> None:
    wanted = CallControlConnectionState.ESTABLISHED
    if connection.call_control_state is not wanted:
        raise InvalidStateError(str(connection), connection.call_control_state, wanted)

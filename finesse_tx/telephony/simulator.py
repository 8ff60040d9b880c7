"""The simulated telephone system: phones, route points, CTI ports and the public network, all in this process.

What an operation does is decided by `finesse_tx.telephony.core.switch.Switch`; here it gets its latency, its
Deferred and its delivery. Everything happens in one order: operations are carried out in the order in which they
were asked for, each after the same latency, each in a reactor turn of its own. With a `Clock` and the same calls,
the same day happens again.

Spec: ``telephony.md`` §1.3 (delivery), §5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.plugin import IPlugin
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import read_options
from finesse_tx.interfaces import IOutsideLines, IProvider, IProviderListener, ITelephonySystem
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.media import WAIT_CHANGES, DigitRules, Wait
from finesse_tx.telephony.core.numbering import additional, is_outside
from finesse_tx.telephony.core.parties import Batches
from finesse_tx.telephony.core.switch import Switch
from finesse_tx.telephony.observers import Observers
from finesse_tx.telephony.options import SimulatorOptions

__all__ = ["MAX_PENDING", "Simulator", "SimulatorOptions", "SimulatorSystem"]

MAX_PENDING: Final = 10_000
"""So many operations may wait for their confirmation; those beyond fail at once."""


class _Pending(NamedTuple):
    """An operation that waits for its turn.

    Attributes:
        due: When that is.
        operation: One of the switch's.
        arguments: Its arguments.
        begins_call: Whether the id of a new call comes before them, and is the result.
        done: Fires with the result; None: nobody waits for it.
    """

    due: float
    operation: Callable[..., Batches]
    arguments: tuple[Any, ...]
    begins_call: bool
    done: Deferred[Any] | None


@implementer(IProvider, IOutsideLines)
class Simulator(Service):
    """The simulated telephone system, as a JTAPI Provider."""

    log = Logger()
    name = "simulator"

    def __init__(
        self, options: SimulatorOptions, listener: IProviderListener, clock: IReactorTime
    ) -> None:
        self._inventory = options.inventory()
        self._switch = Switch(self._inventory, is_outside, busy_trigger=options.busy_trigger)
        self._confirm_s, self._clock = options.confirm_s, clock
        self._pending: deque[_Pending] = deque()
        self._timer: IDelayedCall | None = None  # exactly while something is pending
        self._prompt_s = options.prompt_s
        self._auto_answer = options.answering()
        # The events that may make a port wait for something else, or a phone answer by itself.
        ringing = {EventID.CALL_CTL_TERM_CONN_RINGING} if self._auto_answer else set[EventID]()
        self._watched = WAIT_CHANGES | ringing
        self._media: dict[str, tuple[Wait, IDelayedCall]] = {}  # by port, exactly while it waits
        self._observers = Observers()
        self._observers.add(listener.provider_changed)

    # The service ----------------------------------------------------------------------------------------------

    @override
    def startService(self) -> None:
        super().startService()
        self._quietly(self._switch.start)

    @override
    def stopService(self) -> None:
        super().stopService()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for _wait, timer in self._media.values():
            timer.cancel()
        self._media.clear()
        while self._pending:
            if (done := self._pending.popleft().done) is not None:
                done.errback(ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "it is stopping"))

    # IProvider ------------------------------------------------------------------------------------------------

    def inventory(self) -> Inventory:
        """See `IProvider`."""
        return self._inventory

    def add_numbers(self, phones: Iterable[str], route_points: Iterable[str]) -> None:
        """Have a phone for each of these numbers, and these route points, from now on; see `additional`."""
        more = additional(self._inventory, phones, route_points)
        if more.addresses:
            self._inventory = self._inventory.with_more(more)
            self._quietly(self._switch.add, more)

    def connect(self, terminal: str, address: str, digits: str) -> Deferred[int]:
        """See `IProvider`."""
        return self._begin(self._switch.connect, terminal, address, digits)

    def accept(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.accept, call_id, address)

    def reject(self, call_id: int, address: str, cause: Cause) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.reject, call_id, address, cause)

    def redirect(self, call_id: int, address: str, destination: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.redirect, call_id, address, destination)

    def answer(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.answer, call_id, address, terminal)

    def hold(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.hold, call_id, address, terminal)

    def unhold(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.unhold, call_id, address, terminal)

    def disconnect(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.disconnect, call_id, address)

    def drop(self, call_id: int) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.drop, call_id)

    def consult(self, call_id: int, address: str, terminal: str, digits: str) -> Deferred[int]:
        """See `IProvider`."""
        return self._begin(self._switch.consult, call_id, address, terminal, digits)

    def alternate(self, call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.alternate, call_id, other_call_id, terminal)

    def transfer(self, call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.merging.transfer, call_id, other_call_id, terminal)

    def transfer_to(self, call_id: int, address: str, digits: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.merging.transfer_to, call_id, address, digits)

    def conference(self, call_id: int, other_call_id: int, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.merging.conference, call_id, other_call_id, terminal)

    def add_party(self, call_id: int, number: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.merging.add_party, call_id, number)

    def start_monitoring(
        self, terminal: str, address: str, call_id: int, number: str, whisper: bool
    ) -> Deferred[int]:
        """See `IProvider`."""
        start = self._switch.start_monitoring
        return self._begin(start, terminal, address, call_id, number, whisper)

    def update_monitoring(self, call_id: int, whisper: bool) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.monitoring.update, call_id, whisper)

    def start_recording(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.monitoring.record, call_id, address, True)

    def stop_recording(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.monitoring.record, call_id, address, False)

    def play(self, call_id: int, address: str, prompt: str, repeat: bool) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.media.play, call_id, address, prompt, repeat)

    def collect(self, call_id: int, address: str, rules: DigitRules) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.media.collect, call_id, address, rules)

    def stop_media(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.media.stop, call_id, address)

    def send_dtmf(self, call_id: int, address: str, digits: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(self._switch.send_dtmf, call_id, address, digits)

    # IOutsideLines --------------------------------------------------------------------------------------------

    def observe(self, listener: Callable[[Batch], None]) -> Callable[[], None]:
        """See `IOutsideLines`."""
        return self._observers.add(listener)

    def kind(self, number: str) -> AddressKind:
        """See `IOutsideLines`."""
        return self._switch.model.kind(number)

    def place_call(self, to: str, from_: str) -> int:
        """See `IOutsideLines`."""
        self._switch.check_number(to)
        if self.kind(from_) is not AddressKind.EXTERNAL or not is_outside(from_):
            raise UnknownNumberError(from_, "this is no outside number")
        if not self._has_room():
            raise self._refusal()
        if not self._pending:  # what is pending may be what brings it into service
            self._switch.require_service()
        call_id = self._switch.allocate()
        self._quietly(self._switch.call_from_outside, call_id, from_, to)
        return call_id

    def answer_outside(self, call_id: int, number: str) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self._later(self._switch.answer_outside, call_id, number)

    def hang_up_outside(self, call_id: int, number: str) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self.disconnect(call_id, number)

    def refuse_outside(self, call_id: int, number: str, cause: Cause) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self._later(self._switch.refuse_outside, call_id, number, cause)

    def key_outside(self, call_id: int, number: str, digits: str) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self.send_dtmf(call_id, number, digits)

    # What happens to phones -----------------------------------------------------------------------------------

    def unregister(self, terminal: str, cause: Cause = Cause.DEVICE_UNREGISTERED) -> Deferred[None]:
        """Let a device lose the switch: its calls end, its numbers go out of service, for that cause.

        Returns:
            Fires when it is done, or fails with `UnknownNumberError`.
        """
        return self._later(self._switch.unregister, terminal, cause)

    def register(self, terminal: str) -> Deferred[None]:
        """Let it come back.

        Returns:
            Fires when it is done, or fails with `UnknownNumberError`.
        """
        return self._later(self._switch.register, terminal)

    def lose(self) -> Deferred[None]:
        """Let the whole system go out of service, and every call with it; until `restore`.

        Returns:
            Fires when it is done.
        """
        return self._later(self._switch.lose)

    def restore(self) -> Deferred[None]:
        """Let it come back, with the devices that are registered.

        Returns:
            Fires when it is done.
        """
        return self._later(self._switch.start)

    def slow_down(self, confirm_s: float) -> None:
        """Let each operation from now on take so long; those that were asked for before come first all the same.

        Args:
            confirm_s: In seconds, 0 to 10; as ``telephony.options.confirm_s``.
        """
        self._confirm_s = confirm_s

    # How it is done -------------------------------------------------------------------------------------------

    def _later(self, operation: Callable[..., Batches], *arguments: Any) -> Deferred[None]:
        """Carry it out after the latency, then confirm, then tell."""
        done: Deferred[None] = Deferred()
        self._enqueue(operation, arguments, False, done)
        return done

    def _begin(self, operation: Callable[..., Batches], *arguments: Any) -> Deferred[int]:
        """The same for what begins a call, whose id comes before the other arguments, and is what is confirmed."""
        done: Deferred[int] = Deferred()
        self._enqueue(operation, arguments, True, done)
        return done

    def _quietly(self, operation: Callable[..., Batches], *arguments: Any) -> None:
        """Carry out what nobody waits for."""
        self._enqueue(operation, arguments, False, None)

    def _enqueue(
        self,
        operation: Callable[..., Batches],
        arguments: tuple[Any, ...],
        begins_call: bool,
        done: Deferred[Any] | None,
    ) -> None:
        if not self._has_room():
            if done is not None:
                done.errback(self._refusal())
            return
        pending = self._pending
        due = self._clock.seconds() + self._confirm_s
        if pending and pending[-1].due > due:  # one order, also after it was slower
            due = pending[-1].due
        pending.append(_Pending(due, operation, arguments, begins_call, done))
        if self._timer is None:
            self._timer = self._clock.callLater(self._confirm_s, self._next)

    def _has_room(self) -> bool:
        return bool(self.running) and len(self._pending) < MAX_PENDING

    def _refusal(self) -> ProviderError:
        """Why nothing can be asked of it now."""
        if not self.running:
            return ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "it is not running")
        return ProviderError(
            Cause.NETWORK_CONGESTION, f"{MAX_PENDING} operations are waiting already"
        )

    def _next(self) -> None:
        _due, operation, arguments, begins_call, done = self._pending.popleft()
        self._timer = None
        if self._pending:
            wait = max(0.0, self._pending[0].due - self._clock.seconds())
            self._timer = self._clock.callLater(wait, self._next)
        call_id = None
        try:
            if begins_call:
                call_id = self._switch.allocate()
                arguments = (call_id, *arguments)
            batches = operation(*arguments)
        except Exception:  # the Deferred carries it to whoever asked
            if done is not None:
                done.errback()
            else:
                self._not_done(Failure())
            return
        if done is not None:
            done.callback(call_id)
        watched, observers = self._watched, self._observers
        for batch in (*batches, *self._switch.monitoring.aftermath()):
            for event in batch.events:
                if event.id in watched:
                    self._watch(event)
            observers.tell(batch)

    def _not_done(self, failure: Failure) -> None:
        """Something that nobody waited for has failed: whatever it was about is gone."""
        if not failure.check(ProviderError):
            self.log.failure("the simulator failed", failure)

    def _watch(self, event: Event) -> None:
        """Set, replace or cancel the timers of ports; let phones answer by themselves."""
        match event.id:
            case EventID.MEDIA_DTMF:
                for number in self._switch.model.call(event.call_id).connections:
                    self._watch_port(number)
            case EventID.PROV_OUT_OF_SERVICE:
                for number in list(self._media):
                    self._watch_port(number)
            case EventID.CALL_CTL_TERM_CONN_RINGING:
                if event.address in self._auto_answer:
                    where = event.call_id, event.address, event.terminal
                    self._quietly(self._switch.answer, *where)
            case _:
                self._watch_port(event.address)

    def _watch_port(self, number: str) -> None:
        wait = self._switch.media.wait(number)
        armed, timer = self._media.get(number, (None, None))
        if wait is armed:
            return
        if timer is not None:
            del self._media[number]
            timer.cancel()
        if wait is not None:
            delay = wait.seconds + (self._prompt_s if wait.prompt else 0.0)
            self._media[number] = wait, self._clock.callLater(delay, self._media_is_over, wait)

    def _media_is_over(self, wait: Wait) -> None:
        del self._media[wait.port]
        self._quietly(self._switch.media.is_over, wait)


@implementer(IPlugin, ITelephonySystem)
class SimulatorSystem:
    """The plugin."""

    name = "simulator"

    def make_provider(
        self, options: Mapping[str, object], listener: IProviderListener, clock: IReactorTime
    ) -> Simulator:
        """See `ITelephonySystem`."""
        return Simulator(
            read_options("telephony.options", options, SimulatorOptions), listener, clock
        )

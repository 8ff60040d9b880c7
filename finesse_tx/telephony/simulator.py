"""The simulated telephone system: phones, route points, CTI ports and the public network, all in this process.

What an operation does is decided by `finesse_tx.telephony.core.switch.Switch`; here it gets its latency, its
Deferred and its delivery. Everything happens in one order: operations are carried out in the order in which they
were asked for, each after the same latency, each in a reactor turn of its own. With a `Clock` and the same calls,
the same day happens again.

Spec: ``telephony.md`` §1.3 (delivery), §5.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from msgspec import Meta, Struct
from twisted.application.service import Service
from twisted.internet.defer import Deferred, fail
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.plugin import IPlugin
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.config import read_options
from finesse_tx.errors import ConfigError
from finesse_tx.interfaces import IOutsideLines, IProvider, IProviderListener, ITelephonySystem
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Cause
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.numbering import NumberingError, inventory, is_outside
from finesse_tx.telephony.core.parties import Batches
from finesse_tx.telephony.core.switch import Switch
from finesse_tx.telephony.observers import Observers

__all__ = ["MAX_PENDING", "Simulator", "SimulatorOptions", "SimulatorSystem"]

MAX_PENDING: Final = 10_000
"""So many operations may wait for their confirmation; those beyond fail at once."""

R = TypeVar("R")

Ranges = Annotated[tuple[str, ...], Meta(max_length=100)]


class SimulatorOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """``telephony.options`` of the simulator."""

    phones: Ranges = ("1001-2999",)
    """The phones' numbers: single ones and ranges."""
    route_points: Ranges = ("6001-6099",)
    """The route points' numbers."""
    ports: Annotated[int, Meta(ge=0, le=10_000)] = 200
    """How many callers can wait at once: CTI ports."""
    first_port: Annotated[str, Meta(pattern=r"^[0-9]{1,15}$")] = "70001"
    """The first CTI port's number; the others follow it."""
    confirm_s: Annotated[float, Meta(ge=0, le=10)] = 0.0
    """How long the switch takes for each operation; 0: until the reactor's next turn."""

    def inventory(self) -> Inventory:
        """What there is.

        Raises:
            ConfigError: A range is none, or a number is given twice.
        """
        try:
            return inventory(self.phones, self.route_points, self.first_port, self.ports)
        except NumberingError as error:
            key = {
                AddressKind.PHONE: "phones",
                AddressKind.ROUTE_POINT: "route_points",
                AddressKind.CTI_PORT: "ports",
            }[error.kind]
            raise ConfigError(
                "the configuration",
                f"telephony.options.{key}",
                str(error),
                "each number belongs to one phone, route point or CTI port",
            ) from None


@dataclass(frozen=True, slots=True)
class _Pending:
    due: float
    work: Callable[[], tuple[Any, Batches]]
    done: Deferred[Any]


@implementer(IProvider, IOutsideLines)
class Simulator(Service):
    """The simulated telephone system, as a JTAPI Provider."""

    log = Logger()
    name = "simulator"

    def __init__(
        self, options: SimulatorOptions, listener: IProviderListener, clock: IReactorTime
    ) -> None:
        self._inventory = options.inventory()
        self._switch = Switch(self._inventory, is_outside)
        self._confirm_s, self._clock = options.confirm_s, clock
        self._pending: deque[_Pending] = deque()
        self._timer: IDelayedCall | None = None  # exactly while something is pending
        self._observers = Observers()
        self._observers.add(listener.provider_changed)

    # The service ----------------------------------------------------------------------------------------------

    @override
    def startService(self) -> None:
        super().startService()
        self._quietly(lambda: (None, self._switch.start()))

    @override
    def stopService(self) -> None:
        super().stopService()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._pending:
            self._pending.popleft().done.errback(
                ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "it is stopping")
            )

    # IProvider ------------------------------------------------------------------------------------------------

    def inventory(self) -> Inventory:
        """See `IProvider`."""
        return self._inventory

    def connect(self, terminal: str, address: str, digits: str) -> Deferred[int]:
        """See `IProvider`."""

        def work() -> tuple[int, Batches]:
            call_id = self._switch.allocate()
            return call_id, self._switch.connect(call_id, terminal, address, digits)

        return self._later(work)

    def accept(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.accept(call_id, address)))

    def reject(self, call_id: int, address: str, cause: Cause) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.reject(call_id, address, cause)))

    def redirect(self, call_id: int, address: str, destination: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.redirect(call_id, address, destination)))

    def answer(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.answer(call_id, address, terminal)))

    def hold(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.hold(call_id, address, terminal)))

    def unhold(self, call_id: int, address: str, terminal: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.unhold(call_id, address, terminal)))

    def disconnect(self, call_id: int, address: str) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.disconnect(call_id, address)))

    def drop(self, call_id: int) -> Deferred[None]:
        """See `IProvider`."""
        return self._later(lambda: (None, self._switch.drop(call_id)))

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
        self._require_room()
        call_id = self._switch.allocate()
        self._quietly(lambda: (None, self._switch.call_from_outside(call_id, from_, to)))
        return call_id

    def answer_outside(self, call_id: int, number: str) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self._later(lambda: (None, self._switch.answer_outside(call_id, number)))

    def hang_up_outside(self, call_id: int, number: str) -> Deferred[None]:
        """See `IOutsideLines`."""
        return self.disconnect(call_id, number)

    # What happens to phones -----------------------------------------------------------------------------------

    def unregister(self, terminal: str) -> Deferred[None]:
        """Let a device lose the switch: its calls end, its numbers go out of service.

        Returns:
            Fires when it is done, or fails with `UnknownNumberError`.
        """
        return self._later(lambda: (None, self._switch.unregister(terminal)))

    def register(self, terminal: str) -> Deferred[None]:
        """Let it come back.

        Returns:
            Fires when it is done, or fails with `UnknownNumberError`.
        """
        return self._later(lambda: (None, self._switch.register(terminal)))

    # How it is done -------------------------------------------------------------------------------------------

    def _require_room(self) -> None:
        if not self.running:
            raise ProviderError(Cause.RESOURCES_NOT_AVAILABLE, "it is not running")
        if len(self._pending) >= MAX_PENDING:
            raise ProviderError(
                Cause.NETWORK_CONGESTION, f"{MAX_PENDING} operations are waiting already"
            )

    def _later(self, work: Callable[[], tuple[R, Batches]]) -> Deferred[R]:
        """Carry out ``work`` after the latency, then confirm, then tell."""
        try:
            self._require_room()
        except ProviderError as error:
            return fail(error)
        done: Deferred[R] = Deferred()
        self._pending.append(_Pending(self._clock.seconds() + self._confirm_s, work, done))
        if self._timer is None:
            self._set_timer()
        return done

    def _set_timer(self) -> None:
        wait = max(0.0, self._pending[0].due - self._clock.seconds())
        self._timer = self._clock.callLater(wait, self._next)

    def _next(self) -> None:
        pending = self._pending.popleft()
        self._timer = None
        if self._pending:
            self._set_timer()
        try:
            result, batches = pending.work()
        except Exception:  # the Deferred carries it to whoever asked
            pending.done.errback()
            return
        pending.done.callback(result)
        for batch in batches:
            self._observers.tell(batch)

    def _quietly(self, work: Callable[[], tuple[None, Batches]]) -> None:
        """Carry out what nobody waits for."""
        done = self._later(work)
        done.addErrback(lambda failure: failure.trap(ProviderError))
        done.addErrback(lambda failure: self.log.failure("the simulator failed", failure))


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

"""The people outside: simulated customers who call, wait, talk and hang up, and who answer when they are called.

They see what any observer of the telephone system sees, and can do no more than a person with a telephone. All
chance comes from one injected `random.Random`: with the same seed, clock and agents, the same day happens again.

Spec: ``telephony.md`` §5 (behaviour per party, load); ``design.md`` §4 (``demo.calls_per_minute``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.interfaces import ICallPlacer, IOutsideLines
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.core.events import Batch, Event, EventID
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["MAX_CUSTOMERS", "RING_S", "Customers"]

MAX_CUSTOMERS: Final = 20_000
"""So many customers are on the telephone at once, unless it is said otherwise."""

RING_S: Final = (2.0, 8.0)
"""A customer who is called answers after a time between these, in seconds."""


@dataclass(slots=True)
class _Customer:
    """Someone outside, in a call; the timer is what he does next: answer, or hang up."""

    number: str
    timer: IDelayedCall
    talk_s: float | None = None
    talking: bool = False


@implementer(ICallPlacer)
class Customers(Service):
    """Customers who call the route points of their own accord, and those who are called.

    A customer who calls hangs up when nobody has answered within his patience, and when he has said what he
    wanted; both times are drawn anew for each call, exponentially and from a gamma distribution of shape 2.

    Args:
        lines: The system they call.
        route_points: What they call of their own accord; each time one of these, evenly.
        rng: All their chances.
        clock: Their time.
        calls_per_minute: How often one calls, on average (a Poisson process); 0: never.
        patience_s: How long one waits, on average.
        talk_s: How long one talks, on average.
        max_customers: While so many are on the telephone, nobody else calls of their own accord.
    """

    log = Logger()
    name = "customers"

    def __init__(
        self,
        lines: IOutsideLines,
        route_points: Sequence[str],
        rng: Random,
        clock: IReactorTime,
        *,
        calls_per_minute: float,
        patience_s: float,
        talk_s: float,
        max_customers: int = MAX_CUSTOMERS,
    ) -> None:
        self._lines, self._route_points = lines, tuple(route_points)
        self._rng, self._clock = rng, clock
        self._rate = calls_per_minute / 60 if route_points else 0.0
        self._patience_s, self._talk_s = patience_s, talk_s
        self._max_customers = max_customers
        self._customers: dict[int, _Customer] = {}
        self._arrival: IDelayedCall | None = None
        self._stop_observing: Callable[[], None] | None = None

    @property
    def on_the_telephone(self) -> int:
        """How many customers are in a call now."""
        return len(self._customers)

    def place_call(
        self,
        to: str,
        from_: str | None = None,
        patience_s: float | None = None,
        talk_s: float | None = None,
    ) -> tuple[int, str]:
        """See `ICallPlacer`; he waits and talks as long as the others do on average, unless it is said otherwise.

        Raises:
            UnknownNumberError: ``to`` takes no calls, or ``from_`` is no outside number.
            ProviderError: The system is not in service.
        """
        patience = self._patience_s if patience_s is None else patience_s
        talk = self._talk_s if talk_s is None else talk_s
        return self._place(to, self._any_number() if from_ is None else from_, patience, talk)

    def _place(
        self, to: str, number: str, patience_s: float, talk_s: float | None
    ) -> tuple[int, str]:
        call_id = self._lines.place_call(to, number)
        timer = self._hang_up_later(call_id, patience_s)
        self._customers[call_id] = _Customer(number, timer, talk_s)
        return call_id, number

    def _any_number(self) -> str:
        return f"06{self._rng.randrange(10**8):08d}"

    @override
    def startService(self) -> None:
        super().startService()
        self._stop_observing = self._lines.observe(self._saw)
        self._await_arrival()

    @override
    def stopService(self) -> None:
        super().stopService()
        if self._stop_observing is not None:
            self._stop_observing()
        if self._arrival is not None:
            self._arrival.cancel()
            self._arrival = None
        for call_id in list(self._customers):
            self._forget(call_id)

    def _await_arrival(self) -> None:
        if self._rate:
            self._arrival = self._clock.callLater(self._rng.expovariate(self._rate), self._arrive)

    def _arrive(self) -> None:
        self._await_arrival()
        if len(self._customers) >= self._max_customers:
            self.log.warn("{count} customers are on the telephone", count=len(self._customers))
            return
        try:
            to, patience = self._rng.choice(self._route_points), self._rng.expovariate
            self._place(to, self._any_number(), patience(1 / self._patience_s), None)
        except (ProviderError, UnknownNumberError) as error:
            self.log.warn("a customer could not call: {error}", error=error)

    def _saw(self, batch: Batch) -> None:
        """Notice what matters to a customer."""
        for event in batch.events:
            if event.id is EventID.CALL_CTL_CONN_NETWORK_ALERTING:
                self._called(event)
            elif event.call_id not in self._customers:
                continue
            elif event.id is EventID.CALL_CTL_TERM_CONN_TALKING:
                if self._lines.kind(event.address) is AddressKind.PHONE:
                    self._begin_talking(event.call_id)
            elif event.id is EventID.CALL_INVALID:
                self._forget(event.call_id)

    def _called(self, event: Event) -> None:
        """Someone called a customer: answer after a while."""
        if len(self._customers) < self._max_customers:
            timer = self._clock.callLater(self._rng.uniform(*RING_S), self._answer, event.call_id)
            self._customers[event.call_id] = _Customer(event.address, timer)

    def _answer(self, call_id: int) -> None:
        number = self._customers[call_id].number
        self._unless_gone(call_id, self._lines.answer_outside(call_id, number))
        self._begin_talking(call_id)

    def _begin_talking(self, call_id: int) -> None:
        customer = self._customers[call_id]
        if customer.talking:
            return
        customer.talking = True
        if customer.timer.active():
            customer.timer.cancel()
        talk_s = customer.talk_s
        if talk_s is None:
            talk_s = self._rng.gammavariate(2, self._talk_s / 2)
        customer.timer = self._hang_up_later(call_id, talk_s)

    def _hang_up_later(self, call_id: int, delay: float) -> IDelayedCall:
        return self._clock.callLater(delay, self._hang_up, call_id)

    def _hang_up(self, call_id: int) -> None:
        number = self._customers[call_id].number
        self._unless_gone(call_id, self._lines.hang_up_outside(call_id, number))

    def _unless_gone(self, call_id: int, done: Deferred[None]) -> None:
        """A customer who comes too late, because the call has just ended, has nothing more to do in it."""

        def gone(failure: Failure) -> None:
            failure.trap(ProviderError)
            self._forget(call_id)

        done.addErrback(gone)
        done.addErrback(lambda failure: self.log.failure("a customer failed", failure))

    def _forget(self, call_id: int) -> None:
        customer = self._customers.pop(call_id, None)
        if customer is not None and customer.timer.active():
            customer.timer.cancel()

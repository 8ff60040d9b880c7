"""The people outside: simulated customers who call, wait, talk and hang up, and who answer when they are called.

They see what any observer of the telephone system sees, and can do no more than a person with a telephone. All
chance comes from one injected `random.Random`: with the same seed, clock and agents, the same day happens again.

Spec: ``telephony.md`` §5 (behaviour per party, load); ``design.md`` §4 (``demo.calls_per_minute``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
from finesse_tx.telephony.core.events import Batch, Cause, Event, EventID
from finesse_tx.telephony.core.inventory import AddressKind

__all__ = ["KEY_S", "MAX_CUSTOMERS", "NO_ANSWER_S", "RING_S", "Conduct", "Customers"]

MAX_CUSTOMERS: Final = 20_000
"""So many customers are on the telephone at once, unless it is said otherwise."""

RING_S: Final = (2.0, 8.0)
"""A customer who is called answers after a time between these, in seconds."""

NO_ANSWER_S: Final = 30.0
"""When he does not answer, the network gives up after so many seconds."""

KEY_S: Final = 1.0
"""A customer who is asked for digits keys them after so many seconds."""


_NOTICED: Final = frozenset(
    {
        EventID.CALL_CTL_CONN_NETWORK_ALERTING,
        EventID.CALL_CTL_TERM_CONN_TALKING,
        EventID.CALL_CTL_CONN_DISCONNECTED,
        EventID.CALL_CTL_CONN_FAILED,
        EventID.CALL_CHANGED,
        EventID.MEDIA_COLLECTING,
        EventID.PROV_OUT_OF_SERVICE,
    }
)
"""The events that matter to a customer."""


@dataclass(frozen=True, slots=True)
class Conduct:
    """What somebody in particular does, whatever the chances are.

    Attributes:
        refuses: Why a call to this one fails: BUSY or CALL_NOT_ANSWERED; None: it does not.
        talk_s: How long this one talks who is called; None: as customers do on average.
        keys: What this one keys when asked for digits.
    """

    refuses: Cause | None = None
    talk_s: float | None = None
    keys: str = ""


@dataclass(slots=True)
class _Customer:
    """Someone outside, in a call; the timers are what he does next: answer or hang up, and key digits."""

    call_id: int
    number: str
    timer: IDelayedCall | None = None
    keying: IDelayedCall | None = None
    talk_s: float | None = None
    talking: bool = False

    def rest(self) -> None:
        """Do nothing any more."""
        for timer in (self.timer, self.keying):
            if timer is not None and timer.active():
                timer.cancel()


@implementer(ICallPlacer)
class Customers(Service):
    """Customers who call the route points of their own accord, and those who are called.

    A customer who calls hangs up when nobody has answered within his patience, and when he has said what he
    wanted; both times are drawn anew for each call, exponentially and from a gamma distribution of shape 2. One who is
    called answers after a while, or is busy, or does not answer at all.

    Args:
        lines: The system they call.
        route_points: What they call of their own accord; each time one of these, evenly.
        rng: All their chances.
        clock: Their time.
        calls_per_minute: How often one calls, on average (a Poisson process); 0: never.
        patience_s: How long one waits, on average.
        talk_s: How long one talks, on average.
        max_customers: While so many are on the telephone, nobody else calls of their own accord.
        busy: How likely one who is called is busy; 0 to 1.
        no_answer: How likely one who is called, and is not busy, does not answer; 0 to 1.
        keys: What each keys when he is asked for digits; empty: nothing.
        known: Those who do not leave it to chance, by number.
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
        busy: float = 0.0,
        no_answer: float = 0.0,
        keys: str = "",
        known: Mapping[str, Conduct] | None = None,
    ) -> None:
        self._lines, self._route_points = lines, tuple(route_points)
        self._rng, self._clock = rng, clock
        self._rate = calls_per_minute / 60 if route_points else 0.0
        self._patience_s, self._talk_s = patience_s, talk_s
        self._max_customers = max_customers
        self._busy, self._no_answer, self._keys = busy, no_answer, keys
        self._known = known or {}
        self._calls: dict[int, dict[str, _Customer]] = {}  # by call and number
        self._arrival: IDelayedCall | None = None
        self._stop_observing: Callable[[], None] | None = None

    @property
    def on_the_telephone(self) -> int:
        """How many customers are in a call now."""
        return sum(map(len, self._calls.values()))

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

    def hang_up(self, number: str) -> bool:
        """Let a customer leave the call that began last.

        Returns:
            Whether there is one.
        """
        customer = self._of(number)
        if customer is not None:
            customer.rest()
            self._hang_up(customer)
        return customer is not None

    def press(self, number: str, digits: str) -> bool:
        """Let a customer key digits in the call that began last.

        Returns:
            Whether there is one.
        """
        customer = self._of(number)
        if customer is not None:
            self._key(customer, digits)
        return customer is not None

    def _of(self, number: str) -> _Customer | None:
        last = max((id_ for id_, call in self._calls.items() if number in call), default=None)
        return None if last is None else self._calls[last][number]

    def _place(
        self, to: str, number: str, patience_s: float, talk_s: float | None
    ) -> tuple[int, str]:
        call_id = self._lines.place_call(to, number)
        customer = self._enter(_Customer(call_id, number, talk_s=talk_s))
        self._hang_up_later(customer, patience_s)
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
        self._forget_all()

    def _await_arrival(self) -> None:
        if self._rate:
            self._arrival = self._clock.callLater(self._rng.expovariate(self._rate), self._arrive)

    def _arrive(self) -> None:
        self._await_arrival()
        if (count := self.on_the_telephone) >= self._max_customers:
            self.log.warn("{count} customers are on the telephone", count=count)
            return
        try:
            to, patience = self._rng.choice(self._route_points), self._rng.expovariate
            self._place(to, self._any_number(), patience(1 / self._patience_s), None)
        except (ProviderError, UnknownNumberError) as error:
            self.log.warn("a customer could not call: {error}", error=error)

    # What they notice -----------------------------------------------------------------------------------------

    def _saw(self, batch: Batch) -> None:
        """Notice what matters to a customer."""
        for event in batch.events:
            if event.id not in _NOTICED:
                continue
            if event.id is EventID.CALL_CTL_CONN_NETWORK_ALERTING:
                self._called(event)
            elif event.id is EventID.PROV_OUT_OF_SERVICE:
                self._forget_all()
            elif event.id is EventID.CALL_CHANGED:
                if (moved := self._find(event.other_call_id, event.address)) is not None:
                    self._leave(moved)
                    moved.call_id = event.call_id
                    self._enter(moved)
            elif event.call_id not in self._calls:
                continue
            elif event.id is EventID.CALL_CTL_TERM_CONN_TALKING:
                if self._lines.kind(event.address) is AddressKind.PHONE:
                    for customer in self._calls[event.call_id].values():
                        self._begin_talking(customer)
            elif event.id is EventID.MEDIA_COLLECTING:
                for customer in self._calls[event.call_id].values():
                    self._asked(customer)
            else:  # DISCONNECTED or FAILED
                self._forget(self._find(event.call_id, event.address))

    def _called(self, event: Event) -> None:
        """Someone called a customer: answer after a while, or not."""
        if self.on_the_telephone >= self._max_customers:
            return
        conduct = self._known.get(event.address)
        talk_s = conduct.talk_s if conduct is not None else None
        customer = self._enter(_Customer(event.call_id, event.address, talk_s=talk_s))
        if conduct is not None and conduct.refuses is Cause.BUSY:
            self._refuse(customer, Cause.BUSY)
        elif conduct is not None and conduct.refuses is not None:
            customer.timer = self._clock.callLater(
                NO_ANSWER_S, self._refuse, customer, conduct.refuses
            )
        elif conduct is not None:
            self._answer_later(customer)
        elif self._busy and self._rng.random() < self._busy:
            self._refuse(customer, Cause.BUSY)
        elif self._no_answer and self._rng.random() < self._no_answer:
            cause = Cause.CALL_NOT_ANSWERED
            customer.timer = self._clock.callLater(NO_ANSWER_S, self._refuse, customer, cause)
        else:
            self._answer_later(customer)

    def _answer_later(self, customer: _Customer) -> None:
        ring_s = self._rng.uniform(*RING_S)
        customer.timer = self._clock.callLater(ring_s, self._answer, customer)

    def _asked(self, customer: _Customer) -> None:
        """A machine asks for digits."""
        conduct = self._known.get(customer.number)
        if keys := self._keys if conduct is None else conduct.keys:
            if customer.keying is not None and customer.keying.active():
                customer.keying.cancel()
            customer.keying = self._clock.callLater(KEY_S, self._key, customer, keys)

    # What they do ---------------------------------------------------------------------------------------------

    def _answer(self, customer: _Customer) -> None:
        answering = self._lines.answer_outside(customer.call_id, customer.number)
        self._unless_gone(customer, answering)
        self._begin_talking(customer)

    def _refuse(self, customer: _Customer, cause: Cause) -> None:
        refusing = self._lines.refuse_outside(customer.call_id, customer.number, cause)
        self._unless_gone(customer, refusing)

    def _key(self, customer: _Customer, digits: str) -> None:
        keying = self._lines.key_outside(customer.call_id, customer.number, digits)
        keying.addErrback(lambda failure: failure.trap(ProviderError))
        keying.addErrback(lambda failure: self.log.failure("a customer failed", failure))

    def _begin_talking(self, customer: _Customer) -> None:
        if customer.talking:
            return
        customer.talking = True
        talk_s = customer.talk_s
        if talk_s is None:
            talk_s = self._rng.gammavariate(2, self._talk_s / 2)
        self._hang_up_later(customer, talk_s)

    def _hang_up_later(self, customer: _Customer, delay: float) -> None:
        if customer.timer is not None and customer.timer.active():
            customer.timer.cancel()
        customer.timer = self._clock.callLater(delay, self._hang_up, customer)

    def _hang_up(self, customer: _Customer) -> None:
        leaving = self._lines.hang_up_outside(customer.call_id, customer.number)
        self._unless_gone(customer, leaving)

    def _unless_gone(self, customer: _Customer, done: Deferred[None]) -> None:
        """A customer who comes too late, because the call has just ended, has nothing more to do in it."""

        def not_done(failure: Failure) -> None:
            if failure.check(ProviderError):
                self._forget(customer)
            else:
                self.log.failure("a customer failed", failure)

        done.addErrback(not_done)

    # Who they are ---------------------------------------------------------------------------------------------

    def _find(self, call_id: int, number: str) -> _Customer | None:
        return self._calls.get(call_id, {}).get(number)

    def _enter(self, customer: _Customer) -> _Customer:
        self._calls.setdefault(customer.call_id, {})[customer.number] = customer
        return customer

    def _leave(self, customer: _Customer) -> None:
        call = self._calls.get(customer.call_id, {})
        if call.get(customer.number) is customer:
            del call[customer.number]
            if not call:
                del self._calls[customer.call_id]

    def _forget(self, customer: _Customer | None) -> None:
        if customer is not None:
            self._leave(customer)
            customer.rest()

    def _forget_all(self) -> None:
        for call in list(self._calls.values()):
            for customer in list(call.values()):
                self._forget(customer)

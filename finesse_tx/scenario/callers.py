"""Customers without a name, who call by chance: load."""

from __future__ import annotations

from random import Random

from twisted.internet.interfaces import IReactorTime

from finesse_tx.scenario.core.language import Callers
from finesse_tx.scenario.core.ledger import Ledger
from finesse_tx.telephony.core.errors import ProviderError, UnknownNumberError
from finesse_tx.telephony.customers import MAX_CUSTOMERS, Customers

__all__ = ["Arrivals"]


class Arrivals:
    """They come as a Poisson process.

    Args:
        customers: Makes them call.
        ledger: Is told of each.
        clock: Their time.
        rng: Their chances.
        taken: Numbers of those who have a name.
    """

    def __init__(
        self,
        customers: Customers,
        ledger: Ledger,
        clock: IReactorTime,
        rng: Random,
        taken: frozenset[str],
    ) -> None:
        self._customers, self._ledger = customers, ledger
        self._clock, self._rng, self._taken = clock, rng, taken

    def expect(self, callers: Callers, agents: int, begin: float, end: float) -> None:
        """Let some of them come, between two moments from now on."""
        per_hour = callers.per_hour or (callers.per_agent_hour or 0.0) * agents
        self._later(callers, per_hour / 3600, begin, end)

    def _later(self, callers: Callers, rate: float, after: float, end: float) -> None:
        at = after + self._rng.expovariate(rate)
        if at < end:
            delay = max(0.0, at - self._clock.seconds())
            self._clock.callLater(delay, self._arrive, callers, rate, at, end)

    def _arrive(self, callers: Callers, rate: float, at: float, end: float) -> None:
        self._later(callers, rate, at, end)
        rng = self._rng
        to, number = rng.choice(callers.to), self._number()
        patience_s = rng.expovariate(1 / callers.patience_s)
        talk_s = rng.gammavariate(2, callers.talk_s / 2)
        totals = self._ledger.totals
        try:
            if totals.underway >= MAX_CUSTOMERS:
                raise UnknownNumberError(number, "there is no line for one more")
            call_id, _ = self._customers.place_call(to, number, patience_s, talk_s)
        except (ProviderError, UnknownNumberError):
            totals.calls += 1
            totals.refused += 1
        else:
            self._ledger.calls(call_id, number, self._clock.seconds())

    def _number(self) -> str:
        while True:
            number = f"06{self._rng.randrange(10**8):08d}"
            if number not in self._taken:
                return number

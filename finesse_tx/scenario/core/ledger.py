"""What becomes of each customer's call, as the telephone system sees it.

It counts on its own, from nothing that the engine says, so that it can be held against what the engine counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

from finesse_tx.telephony.core.events import Batch, Event, EventID

__all__ = ["Ledger", "Party", "Totals"]


@dataclass(slots=True)
class Party:
    """A customer in a call.

    Attributes:
        number: The customer's.
        began: When.
        called: Whether the customer was called, and did not call.
        answered: When somebody answered, or the customer did who was called; None: not yet.
        phones: The phones that have answered, in order.
        ended: When it was over for the customer; None: not yet.
    """

    number: str
    began: float
    called: bool = False
    answered: float | None = None
    phones: list[str] = field(default_factory=list)
    ended: float | None = None


@dataclass(slots=True)
class Totals:
    """What has become of the calls that customers made.

    Attributes:
        calls: All of them.
        answered: A phone answered.
        abandoned: The customer hung up before.
        refused: The switch had no room, or what was called did not take the call.
        lost: The switch was lost before.
        wait_s: Until somebody answered, of all that were answered together.
    """

    calls: int = 0
    answered: int = 0
    abandoned: int = 0
    refused: int = 0
    lost: int = 0
    wait_s: float = 0.0

    @property
    def underway(self) -> int:
        """Those of which nothing has become yet."""
        return self.calls - self.answered - self.abandoned - self.refused - self.lost

    def as_dict(self) -> dict[str, object]:
        """All of it, for people."""
        mean = round(self.wait_s / self.answered, 3) if self.answered else None
        told = {key: value for key, value in asdict(self).items() if key != "wait_s"}
        return {**told, "underway": self.underway, "mean_wait_s": mean}


class Ledger:
    """All customers' calls.

    Attributes:
        totals: What has become of them.
        last: Each known customer's last call.

    Args:
        known: The numbers of those who are remembered when their calls are over.
        is_phone: Whether a number is a phone of ours.
    """

    def __init__(self, known: frozenset[str], is_phone: Callable[[str], bool]) -> None:
        self.totals = Totals()
        self.last: dict[str, Party] = {}
        self._known, self._is_phone = known, is_phone
        self._parties: dict[int, dict[str, Party]] = {}
        self._talking: dict[int, dict[str, None]] = {}  # the phones, by call, in their order
        self._reactions: dict[EventID, Callable[[Event, float], None]] = {
            EventID.CALL_CTL_TERM_CONN_TALKING: self._talks,
            EventID.CALL_CTL_CONN_NETWORK_ALERTING: self._called,
            EventID.CALL_CTL_CONN_ESTABLISHED: self._established,
            EventID.CALL_CHANGED: self._moved,
            EventID.CALL_INVALID: self._over,
            EventID.CALL_CTL_CONN_DISCONNECTED: self._gone,
            EventID.CALL_CTL_CONN_FAILED: self._gone,
            EventID.PROV_OUT_OF_SERVICE: self._lost,
        }

    def calls(self, call_id: int, number: str, now: float) -> None:
        """A customer has dialled."""
        self.totals.calls += 1
        self._enter(call_id, Party(number, now))

    def _enter(self, call_id: int, party: Party) -> None:
        self._parties.setdefault(call_id, {})[party.number] = party
        if party.number in self._known:
            self.last[party.number] = party

    def saw(self, batch: Batch, now: float) -> None:
        """The telephone system tells something."""
        for event in batch.events:
            if (reaction := self._reactions.get(event.id)) is not None:
                reaction(event, now)

    def _talks(self, event: Event, now: float) -> None:
        if self._is_phone(event.address):
            self._talking.setdefault(event.call_id, {})[event.address] = None
            self._answered(event.call_id, now)

    def _called(self, event: Event, now: float) -> None:
        self._enter(event.call_id, Party(event.address, now, called=True))

    def _established(self, event: Event, now: float) -> None:
        party = self._parties.get(event.call_id, {}).get(event.address)
        if party is not None and party.called and party.answered is None:
            party.answered = now

    def _over(self, event: Event, _now: float) -> None:
        self._talking.pop(event.call_id, None)

    def _answered(self, call_id: int, now: float) -> None:
        """Phones and customers who are in one call have each other."""
        phones = self._talking.get(call_id, {})
        for party in self._parties.get(call_id, {}).values():
            party.phones += [phone for phone in phones if phone not in party.phones]
            if phones and party.answered is None and not party.called:
                party.answered = now
                self.totals.answered += 1
                self.totals.wait_s += now - party.began

    def _moved(self, event: Event, now: float) -> None:
        """A connection goes on in another call, in the state in which it was."""
        before, call_id, number = event.other_call_id, event.call_id, event.address
        party = self._parties.get(before, {}).get(number)
        if party is not None:
            self._leave(before, party)
            self._parties.setdefault(call_id, {})[number] = party
        if number in self._talking.get(before, {}):
            del self._talking[before][number]
            self._talking.setdefault(call_id, {})[number] = None
        self._answered(call_id, now)

    def _leave(self, call_id: int, party: Party) -> None:
        call = self._parties[call_id]
        del call[party.number]
        if not call:
            del self._parties[call_id]

    def _gone(self, event: Event, now: float) -> None:
        """A connection has ended; a number that refused a caller ends the wait of that one as well."""
        self._talking.get(event.call_id, {}).pop(event.address, None)
        call = self._parties.get(event.call_id)
        if call is None:
            return
        party = call.get(event.address)
        if party is not None:
            self._leave(event.call_id, party)
            party.ended = now
            if party.answered is None and not party.called:
                self.totals.abandoned += 1
        elif event.id is EventID.CALL_CTL_CONN_FAILED:
            for waiting in list(call.values()):
                if waiting.answered is None and not waiting.called:
                    self._leave(event.call_id, waiting)
                    waiting.ended = now
                    self.totals.refused += 1

    def _lost(self, _event: Event, now: float) -> None:
        for call in self._parties.values():
            for party in call.values():
                party.ended = now
                if party.answered is None and not party.called:
                    self.totals.lost += 1
        self._parties.clear()
        self._talking.clear()

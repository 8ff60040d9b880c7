"""The CTI ports, at which callers wait: a call control group.

Spec: ``engine.md`` §1 (call control group, max sessions); ``telephony.md`` §1.5, §4.1.
"""

from __future__ import annotations

from collections import OrderedDict

from finesse_tx.directory.core.records import Trigger
from finesse_tx.engine.core.objects import Contact
from finesse_tx.telephony.core.model import Provider

__all__ = ["Ports"]


class Ports:
    """All ports, and how many of each trigger's callers are at one.

    Attributes:
        free: Those that no call is at or on its way to, longest free first.
        coming: By port, the contact that is on its way there.
    """

    def __init__(self, model: Provider) -> None:
        self._model = model
        self.free: OrderedDict[str, None] = OrderedDict()
        self.coming: dict[str, Contact] = {}
        self._sessions: dict[str, set[Contact]] = {}

    def in_service(self, number: str) -> None:
        """A port can be used."""
        self.free[number] = None

    def out_of_service(self, number: str) -> None:
        """A port cannot be used."""
        self.free.pop(number, None)

    def is_free(self, number: str) -> None:
        """A port's call is over, or never came."""
        address = self._model.addresses.get(number)
        if address is not None and address.in_service:
            self.in_service(number)

    def take(self) -> str | None:
        """The port that has been free longest; one that is not free after all comes back when its call is over."""
        while self.free:
            number, _ = self.free.popitem(last=False)
            if number not in self.coming and self._model.addresses[number].is_free:
                return number
        return None

    def has_session(self, trigger: Trigger) -> bool:
        """Whether another of a trigger's callers may be at a port, or on his way to one."""
        taken = len(self._sessions.get(trigger.route_point, ()))
        return not trigger.max_sessions or taken < trigger.max_sessions

    def expect(self, contact: Contact) -> None:
        """A contact is on its way to its port."""
        self.coming[contact.port] = contact
        self._begin_session(contact)

    def _begin_session(self, contact: Contact) -> None:
        self._sessions.setdefault(contact.trigger.route_point, set()).add(contact)

    def change_trigger(self, contact: Contact, trigger: Trigger) -> None:
        """A contact is another trigger's now, at the same port."""
        self.has_left(contact)
        contact.trigger = trigger
        self._begin_session(contact)

    def has_come(self, contact: Contact) -> None:
        """A contact is at its port, or will never be."""
        if self.coming.get(contact.port) is contact:
            del self.coming[contact.port]

    def has_left(self, contact: Contact) -> None:
        """A contact is not at its port any more."""
        self._sessions.get(contact.trigger.route_point, set()).discard(contact)

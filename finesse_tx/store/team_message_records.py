"""What messages to teams ask of the store."""

from __future__ import annotations

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.interfaces import ITeamMessageRecords
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.team_messages import (
    add_message,
    remove_expired,
    remove_message,
)
from finesse_tx.webservices.core.team_messages import Message

__all__ = ["TeamMessageRecords"]


@implementer(ITeamMessageRecords)
class TeamMessageRecords:
    """Messages to teams, as the store keeps them.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def add(self, message: Message) -> Deferred[Message]:
        """See `ITeamMessageRecords`."""
        return self._store.transact(lambda session: add_message(session, message))

    def remove(self, message_id: int) -> Deferred[None]:
        """See `ITeamMessageRecords`."""
        return self._store.transact(lambda session: remove_message(session, message_id))

    def remove_expired(self, now: float) -> Deferred[None]:
        """See `ITeamMessageRecords`."""
        return self._store.transact(lambda session: remove_expired(session, now))

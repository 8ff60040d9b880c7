"""The history, as agents' desktops ask the store for it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from twisted.internet.defer import Deferred
from zope.interface import implementer

from finesse_tx.interfaces import IAgentHistory
from finesse_tx.store.records import Transactions
from finesse_tx.store.repositories.agent_history import read_calls, read_changes
from finesse_tx.webservices.core.agent_history import AgentCall, AgentStateChange

__all__ = ["AgentHistoryRecords"]


@implementer(IAgentHistory)
class AgentHistoryRecords:
    """The history of agents, as the store keeps it.

    Args:
        store: Runs the transactions.
    """

    def __init__(self, store: Transactions) -> None:
        self._store = store

    def calls(
        self, login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentCall, ...]]:
        """An agent's calls; see `IAgentHistory`."""
        return self._store.read(
            partial(read_calls, login_id=login_id, since=since, until=until, limit=limit)
        )

    def states(
        self, login_id: str, since: datetime, until: datetime, limit: int
    ) -> Deferred[tuple[AgentStateChange, ...]]:
        """An agent's states; see `IAgentHistory`."""
        return self._store.read(
            partial(read_changes, login_id=login_id, since=since, until=until, limit=limit)
        )

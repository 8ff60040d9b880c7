"""Who may read what an agent has done, and for how long ago.

Spec: ``desktop.md`` §14 (History).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from finesse_tx.directory.core.records import Person
from finesse_tx.interfaces import IAgentHistory, IDirectory
from finesse_tx.store.core.errors import StoreError
from finesse_tx.webservices.core.access import Relation, relation
from finesse_tx.webservices.core.agent_history import (
    AgentCalls,
    AgentStates,
    calls_told,
    states_told,
)
from finesse_tx.webservices.core.errors import ApiError, wrong_user
from finesse_tx.webservices.core.reading import invalid
from finesse_tx.webservices.core.routing import number_of

__all__ = ["LIMIT", "MAX_LIMIT", "MAX_TIME", "AgentHistory"]

LIMIT: Final = 200
"""How many rows are told where nobody says how many."""

MAX_LIMIT: Final = 1_000
"""How many are told at most."""

DAY: Final = timedelta(days=1)

MAX_TIME: Final = 7 * DAY
"""How long the time may be that is asked for: reports are for more."""


class AgentHistory:
    """What agents have done, to whom it may be told.

    Args:
        directory: People, teams, queues and reasons.
        records: The history; None where somebody else's engine keeps it.
        now: The time, with a time zone.
    """

    def __init__(
        self, directory: IDirectory, records: IAgentHistory | None, now: Callable[[], datetime]
    ) -> None:
        self._directory, self._records, self._now = directory, records, now

    async def calls(self, viewer: Person, login_id: str, query: Mapping[str, str]) -> AgentCalls:
        """An agent's calls.

        Args:
            viewer: Who asks.
            login_id: About whom; a login name will do.
            query: ``since``, ``until`` and ``limit``.

        Raises:
            ApiError: 404 for nobody, 401 for somebody else's agent, 400 for a time or a number that is none, 501 where there
                is no history, 503 while it cannot be read.
        """
        person, records = self._visible(viewer, login_id), self._kept()
        since, until, limit = self._asked(query)
        try:
            found = await records.calls(person.login_id, since, until, limit + 1)
        except StoreError as error:
            raise _away(error) from None
        return calls_told(person.login_id, found, limit, self._directory.snapshot())

    async def states(self, viewer: Person, login_id: str, query: Mapping[str, str]) -> AgentStates:
        """An agent's states; as `calls` has it."""
        person, records = self._visible(viewer, login_id), self._kept()
        since, until, limit = self._asked(query)
        try:
            found = await records.states(person.login_id, since, until, limit + 1)
        except StoreError as error:
            raise _away(error) from None
        return states_told(found, limit, self._directory.snapshot())

    def _visible(self, viewer: Person, login_id: str) -> Person:
        snapshot = self._directory.snapshot()
        person = snapshot.person(login_id)
        if person is None or not person.is_agent:
            raise ApiError(404, "User Not Found", "UNKNOWN_USER", login_id)
        if relation(viewer, person, snapshot) is Relation.STRANGER:
            raise wrong_user(login_id)
        return person

    def _kept(self) -> IAgentHistory:
        if self._records is None:
            raise ApiError(501, "Not Implemented", "The engine's own history is not here")
        return self._records

    def _asked(self, query: Mapping[str, str]) -> tuple[datetime, datetime, int]:
        until = _time(query, "until") or self._now()
        since = _time(query, "since") or until - DAY
        if not timedelta(0) <= until - since <= MAX_TIME:
            raise invalid("since")
        limit = number_of(query["limit"]) if "limit" in query else LIMIT
        if not 1 <= limit <= MAX_LIMIT:
            raise invalid("limit")
        return since, until, limit


def _time(query: Mapping[str, str], name: str) -> datetime | None:
    """A moment, with a time zone; without one it is UTC."""
    if name not in query:
        return None
    try:
        found = datetime.fromisoformat(query[name])
    except ValueError:
        raise invalid(name) from None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _away(error: StoreError) -> ApiError:
    return ApiError(503, "Service Unavailable", str(error))

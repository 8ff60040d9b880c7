"""The history's rows of a time, as the records that they were made of.

Spec: ``engine.md`` §5, §6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from finesse_tx.engine.core.records import (
    TABLES,
    AgentStateDetail,
    CallRecord,
    ContactCallDetail,
)
from finesse_tx.store.repositories.history import read_rows

__all__ = ["read_legs", "read_states"]

_KEY: Final = ("session_id", "session_seq_num", "node_id", "profile_id")


def read_states(session: Session, since: datetime, until: datetime) -> Iterator[AgentStateDetail]:
    """Changes of agents' states, in order.

    Args:
        session: In a transaction; the rows come as they are asked for.
        since: The first moment.
        until: The first moment after it.
    """
    for row in read_rows(session, "AgentStateDetail", since, until):
        yield AgentStateDetail(**_values(row))


def read_legs(
    session: Session, since: datetime, until: datetime, next_session: int
) -> Iterator[CallRecord]:
    """The legs that began in a time, in order, without their routing.

    Args:
        session: In a transaction; the rows come as they are asked for.
        since: The first moment.
        until: The first moment after it.
        next_session: Only sessions before this one.
    """
    queues, agents = (
        _Parts(read_rows(session, table, since, until), table)
        for table in ("ContactQueueDetail", "AgentConnectionDetail")
    )
    for row in read_rows(session, "ContactCallDetail", since, until):
        key = _key(row)
        leg = CallRecord(
            ContactCallDetail(**_values(row)),
            queues.of(key),
            agents=tuple(sorted(agents.of(key), key=lambda part: part.start_date_time)),
        )
        if leg.call.session_id < next_session:
            yield leg


class _Parts:
    """The rows of another table, which come in the order of their legs."""

    def __init__(self, rows: Iterator[dict[str, Any]], table: str) -> None:
        self._rows, self._record = rows, TABLES[table]
        self._next = next(rows, None)

    def of(self, key: tuple[Any, ...]) -> Any:
        """Those of a leg."""
        found = []
        while self._next is not None and _key(self._next) == key:
            found.append(self._record(**_values(self._next)))
            self._next = next(self._rows, None)
        return tuple(found)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in _KEY)


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: round(value.timestamp() * 1000) if isinstance(value, datetime) else value
        for name, value in row.items()
    }

"""The history's rows.

Spec: ``engine.md`` §6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Select, and_, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from finesse_tx.engine.core.records import (
    TABLES,
    AgentConnectionDetail,
    AgentStateDetail,
    ContactCallDetail,
    ContactQueueDetail,
    ContactRoutingDetail,
    Entry,
    HistoryMark,
    Row,
)
from finesse_tx.store.repositories.journals import advance, read_positions
from finesse_tx.store.tables import (
    AgentConnectionDetailRow,
    AgentStateDetailRow,
    Base,
    ContactCallDetailRow,
    ContactQueueDetailRow,
    ContactRoutingDetailRow,
)

__all__ = ["PURGE_SESSIONS", "add_entries", "purge", "read_mark", "read_rows"]

PURGE_SESSIONS: Final = 5_000
"""How many sessions one transaction removes: the database's one writer is free again soon."""

_ROWS: Final[Mapping[type[Row], type[Base]]] = MappingProxyType(
    {
        AgentStateDetail: AgentStateDetailRow,
        ContactCallDetail: ContactCallDetailRow,
        ContactQueueDetail: ContactQueueDetailRow,
        ContactRoutingDetail: ContactRoutingDetailRow,
        AgentConnectionDetail: AgentConnectionDetailRow,
    }
)

_LEGS: Final = (
    ContactCallDetailRow,
    ContactQueueDetailRow,
    ContactRoutingDetailRow,
    AgentConnectionDetailRow,
)

_EPOCH: Final = datetime(1970, 1, 1)


def read_mark(session: Session) -> HistoryMark:
    """Up to where the history goes."""
    last = session.scalar(select(func.max(ContactCallDetailRow.session_id)))
    return HistoryMark((last or 0) + 1, read_positions(session))


def add_entries(
    session: Session, journal: str, after: int, last: int, entries: Iterable[Entry]
) -> int:
    """Take in records of a journal, each exactly once; the position is kept in the same transaction.

    Args:
        session: In a transaction.
        journal: The journal's name.
        after: The last record before these.
        last: The last of these.
        entries: Them.

    Returns:
        The position now: ``last``, or whatever is there if it is not ``after``; then nothing was added.
    """

    def take() -> None:
        found: dict[type[Row], list[dict[str, Any]]] = {table: [] for table in _ROWS}
        for entry in entries:
            for row in _rows(entry):
                found[type(row)].append(_values(row))
        for table, values in found.items():
            if values:
                _upsert(session, _ROWS[table], values)

    return advance(session, journal, after, last, take)


def _rows(entry: Entry) -> Iterator[Row]:
    yield from entry.states
    for call in entry.calls:
        yield call.call
        yield from call.queues
        if call.routing is not None:
            yield call.routing
        yield from call.agents


def _values(row: Row) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in row.__struct_fields__:
        value = getattr(row, name)
        if name.endswith("_date_time"):
            value = _EPOCH + timedelta(milliseconds=value)
        elif isinstance(value, str):
            value = value.replace("\0", "")  # which PostgreSQL does not take
        values[name] = value
    return values


def _upsert(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; one that is there gets the new values: after-call work comes later than the rest."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert(table) if is_postgresql else sqlite.insert(table)
    keys = [column.name for column in table.__table__.primary_key]
    others = {
        column.name: insert.excluded[column.name]
        for column in table.__table__.columns
        if column.name not in keys
    }
    if others:
        statement = insert.on_conflict_do_update(index_elements=keys, set_=others)
    else:
        statement = insert.on_conflict_do_nothing(index_elements=keys)
    session.execute(statement, rows)


def read_rows(
    session: Session, table: str, since: datetime, until: datetime
) -> Iterator[dict[str, Any]]:
    """A table's rows of a time, in its order; queues are as old as their call.

    Args:
        session: In a transaction; the rows come as they are asked for.
        table: A key of `TABLES`.
        since: The first moment, with a time zone.
        until: The first moment after it, with a time zone.

    Yields:
        The fields of the record, by name; times are datetimes in UTC.
    """
    row = _ROWS[TABLES[table]]
    names = TABLES[table].__struct_fields__
    columns = [getattr(row, name) for name in names]
    query: Select[Any] = select(*columns)
    moment: InstrumentedAttribute[datetime]
    if row is AgentStateDetailRow:
        moment = AgentStateDetailRow.event_date_time
        query = query.order_by(moment, AgentStateDetailRow.agent_id)
    else:
        moment = ContactCallDetailRow.start_date_time
        if row is not ContactCallDetailRow:
            query = query.join(ContactCallDetailRow, _same_leg(row))
        query = query.order_by(moment, *row.__table__.primary_key)
    query = query.where(moment >= _naive(since), moment < _naive(until))
    for found in session.execute(query.execution_options(yield_per=500)):
        yield {
            name: value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
            for name, value in zip(names, found, strict=True)
        }


def _same_leg(row: Any) -> Any:
    call = ContactCallDetailRow
    return and_(
        row.session_id == call.session_id,
        row.session_seq_num == call.session_seq_num,
        row.node_id == call.node_id,
        row.profile_id == call.profile_id,
    )


def purge(session: Session, before: datetime, sessions: int = PURGE_SESSIONS) -> int:
    """Remove what began before a moment, up to so many sessions and as many states.

    Args:
        session: In a transaction.
        before: That moment, with a time zone.
        sessions: How much at once.

    Returns:
        How many rows went; call it again until there are none.
    """
    moment = _naive(before)
    state = AgentStateDetailRow
    oldest = (
        select(state.event_date_time)
        .where(state.event_date_time < moment)
        .order_by(state.event_date_time)
        .offset(sessions)
        .limit(1)
    )
    bound = session.scalar(oldest) or moment
    removed = session.execute(delete(state).where(state.event_date_time < bound)).rowcount  # type: ignore[attr-defined]
    call = ContactCallDetailRow
    # A node counts its sessions in the order of their beginning.
    old = session.execute(
        select(call.node_id, call.session_id)
        .where(call.start_date_time < moment)
        .order_by(call.start_date_time)
        .limit(sessions)
    ).all()
    for node_id in {row.node_id for row in old}:
        last = max(row.session_id for row in old if row.node_id == node_id)
        for table in _LEGS:
            gone = delete(table).where(table.node_id == node_id, table.session_id <= last)
            removed += session.execute(gone).rowcount  # type: ignore[attr-defined]
    return int(removed)


def _naive(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)

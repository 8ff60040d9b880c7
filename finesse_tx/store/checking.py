"""Looking for what is wrong with a database, and changing nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, select, text
from sqlalchemy.orm import Session

from finesse_tx.store.backup import tables_of
from finesse_tx.store.journal import look_at
from finesse_tx.store.migrations import HEAD
from finesse_tx.store.repositories.journals import read_positions
from finesse_tx.store.schema import METADATA
from finesse_tx.store.tables import (
    AgentConnectionDetailRow,
    ContactCallDetailRow,
    ContactQueueDetailRow,
    ContactRoutingDetailRow,
)

__all__ = ["JOURNALS", "Finding", "check"]

JOURNALS = ("history", "pending")
"""The folders of HOME in which something waits for the database."""


class Finding(NamedTuple):
    """What was seen.

    Attributes:
        is_problem: Whether somebody has to do something.
        text: What it is, in one line.
    """

    is_problem: bool
    text: str


def check(connection: Connection, schema: str, home: Path) -> Iterator[Finding]:
    """Look at a database.

    Args:
        connection: In a transaction that only reads.
        schema: Its revision.
        home: Whose journals wait for it.

    Yields:
        What there is to say; the last is how much it has.

    Raises:
        SQLAlchemyError: It cannot be read.
    """
    if connection.dialect.name == "sqlite":
        for (line,) in connection.execute(text("PRAGMA integrity_check(20)")):
            if line != "ok":
                yield Finding(True, f"SQLite: {said_in_one_line(line)}; restore a backup")
    if schema == HEAD:
        yield from _differences(connection)
    else:
        yield Finding(
            False, f'schema "{schema}" is older than "{HEAD}"; the next start migrates it'
        )
    rows = 0
    tables = tables_of(connection)
    for table in tables:
        rows += connection.execute(select(func.count()).select_from(table)).scalar_one()
        yield from _broken_references(connection, table)
    if schema == HEAD:
        yield from _parts_without_call(connection)
    yield from _journals(connection, home)
    yield Finding(False, f'schema "{schema}", {len(tables)} tables, {rows} rows')


def said_in_one_line(what: object) -> str:
    """The database's words, without line ends."""
    return " ".join(str(what).split())


def _differences(connection: Connection) -> Iterator[Finding]:
    """Where the tables are not what the code expects: somebody has changed them by hand."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  # takes long to import
    from alembic.migration import MigrationContext  # noqa: PLC0415

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    for difference in compare_metadata(context, METADATA):
        first: Any = difference[0] if isinstance(difference, list) else difference
        names = [getattr(part, "name", part) for part in first[1:] if part is not None]
        what = ", ".join(name for name in names if isinstance(name, str))
        yield Finding(True, f"the schema is not ours: {first[0]} {what}")


def _broken_references(connection: Connection, table: Any) -> Iterator[Finding]:
    for key in table.foreign_key_constraints:
        other = key.referred_table.alias("other")
        pairs = [(element.parent, other.c[element.column.name]) for element in key.elements]
        matches = and_(*(ours == theirs for ours, theirs in pairs))
        orphans = (
            select(func.count())
            .select_from(table)
            .where(
                and_(*(ours.is_not(None) for ours, _ in pairs)),
                ~select(other).where(matches).correlate(table).exists(),
            )
        )
        if count := connection.execute(orphans).scalar_one():
            columns = ", ".join(ours.name for ours, _ in pairs)
            yield Finding(
                True,
                f"{table.name}.{columns}: {count} rows refer to nothing in {key.referred_table.name}",
            )


def _parts_without_call(connection: Connection) -> Iterator[Finding]:
    """The history has no foreign keys: it is kept as it was."""
    call = ContactCallDetailRow
    for row in (ContactQueueDetailRow, ContactRoutingDetailRow, AgentConnectionDetailRow):
        same = and_(
            call.session_id == row.session_id,
            call.session_seq_num == row.session_seq_num,
            call.node_id == row.node_id,
            call.profile_id == row.profile_id,
        )
        orphans = select(func.count()).select_from(row).where(~select(call).where(same).exists())
        if count := connection.execute(orphans).scalar_one():
            yield Finding(True, f"{row.__tablename__}: {count} rows belong to no call")


def _journals(connection: Connection, home: Path) -> Iterator[Finding]:
    with Session(connection) as session:
        positions = read_positions(session)
    for name in JOURNALS:
        try:
            found = look_at(home / name)
        except OSError as error:
            yield Finding(True, f"{home / name}: {error.strerror or error}")
            continue
        if found is None:
            continue
        journal, last = found
        position = positions.get(journal, 0)
        if position > last:
            yield Finding(
                True,
                f"{home / name} ends with record {last}, and the database has {position}: its end was lost",
            )
        elif position < last:
            waiting = last - position
            yield Finding(False, f"{home / name}: {waiting} records wait for the database")

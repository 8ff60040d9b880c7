"""A backup: every row of every table in one file, which either kind of database can be made of again.

    {"format": "finesse_tx backup 1", "schema": "0007", "database": "sqlite", "made_at": "…", "program": "…"}
    {"table": "teams", "columns": ["id", "name"]}
    [4, "Red"]
    …
    {"rows": 4711, "tables": 33}

gzip, one JSON value a line, the tables in the order in which they may be filled. It is read within one transaction that only
reads, so it is of one moment, and nobody waits for it. It is a format of our own, rather than SQLite's file and
``pg_dump``'s, so that one command does for both, needs no program of the version of the server, and can bring a centre from
SQLite to PostgreSQL.

Nothing is replaced before a file has been read to its end: gzip's checksum, the counts and the schema are right by then.
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, DateTime, MetaData, String, Table, insert, select, text

import finesse_tx
from finesse_tx.errors import StartError
from finesse_tx.store.migrations import HEAD, REVISIONS

__all__ = ["FORMAT", "Header", "Summary", "dump", "empty", "fill", "tables_of", "verify"]

FORMAT: Final = "finesse_tx backup 1"

VERSION_TABLE: Final = "alembic_version"
"""alembic's own; the header has what it holds."""

_AT_ONCE: Final = 500
"""Rows that are read or written together."""


class Header(Struct, frozen=True):
    """The first line.

    Attributes:
        format: `FORMAT`.
        schema: The revision of the tables.
        database: What they were in: ``sqlite`` or ``postgresql``.
        made_at: When, in UTC.
        program: Our version then.
    """

    format: str
    schema: str
    database: str
    made_at: datetime
    program: str


class _TableLine(Struct, frozen=True, forbid_unknown_fields=True):
    table: str
    columns: list[str]


class _End(Struct, frozen=True, forbid_unknown_fields=True):
    rows: int
    tables: int


@dataclass(frozen=True, slots=True)
class Summary:
    """What a backup has.

    Attributes:
        header: Its first line.
        rows: How many there are in each table.
    """

    header: Header
    rows: dict[str, int]


def tables_of(connection: Connection) -> list[Table]:
    """The tables that there are, in the order in which they may be filled."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if table.name != VERSION_TABLE]


def dump(connection: Connection, schema: str, path: Path) -> Summary:
    """Write a backup; the file is there when it is whole, and not before.

    Args:
        connection: In a transaction that only reads.
        schema: Its revision.
        path: Where; there is nothing yet.

    Raises:
        StartError: The file cannot be written.
        SQLAlchemyError: The database cannot be read.
    """
    header = Header(
        FORMAT, schema, connection.dialect.name, datetime.now(UTC), finesse_tx.__version__
    )
    counts: dict[str, int] = {}
    part = path.with_name(f"{path.name}.part")
    try:
        with _told(path):
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                with gzip.GzipFile("", "wb", 6, file) as packed:
                    _write(packed, header)
                    for table in tables_of(connection):
                        counts[table.name] = _dump_table(packed, connection, table)
                    _write(packed, _End(sum(counts.values()), len(counts)))
                file.flush()
                os.fsync(file.fileno())
            os.link(part, path)  # not rename: what is there stays
    finally:
        part.unlink(missing_ok=True)
    return Summary(header, counts)


def _write(file: IO[bytes] | gzip.GzipFile, value: object) -> None:
    file.write(msgspec.json.encode(value) + b"\n")


def _dump_table(file: gzip.GzipFile, connection: Connection, table: Table) -> int:
    names = [str(column.name) for column in table.columns]  # SQLAlchemy has a subclass
    _write(file, _TableLine(str(table.name), names))
    count = 0
    keys = list(table.primary_key.columns)
    rows = select(table).order_by(*keys)
    for row in connection.execute(rows, execution_options={"yield_per": _AT_ONCE}):
        _write(file, tuple(row))
        count += 1
    return count


# Reading ------------------------------------------------------------------------------------------------------------


def _header(path: Path, line: bytes) -> Header:
    try:
        header = msgspec.json.decode(line, type=Header)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise StartError(f"{path} is no backup of finesse_tx") from None
    if header.format != FORMAT:
        raise StartError(f'{path} is a "{header.format}", which this finesse_tx cannot read')
    if header.schema not in REVISIONS:
        raise StartError(
            f'{path} has schema "{header.schema}", newer than this finesse_tx ("{HEAD}"); '
            f"restore it with finesse_tx {header.program} or later"
        )
    return header


def verify(path: Path) -> Summary:
    """Read a backup to its end.

    Raises:
        StartError: It is not whole.
    """
    lines = _lines(path)
    counts: dict[str, int] = {}
    with _told(path):
        header = _header(path, next(lines, b""))
        for what in _parsed(path, lines):
            if isinstance(what, _TableLine):
                counts[what.table] = 0
                name = what.table
            else:
                counts[name] += 1
    return Summary(header, counts)


def _parsed(path: Path, lines: Iterator[bytes]) -> Iterator[_TableLine | list[Any]]:
    """The tables and their rows; it ends with the right end only."""
    rows, tables, width = 0, 0, 0
    try:
        for line in lines:
            if line.startswith(b"["):
                row: list[Any] = msgspec.json.decode(line)
                if len(row) != width or not tables:
                    break
                rows += 1
                yield row
            elif line.startswith(b'{"table"'):
                table = msgspec.json.decode(line, type=_TableLine)
                tables, width = tables + 1, len(table.columns)
                yield table
            else:
                end = msgspec.json.decode(line, type=_End)
                if end == _End(rows, tables) and next(lines, None) is None:
                    return
                break
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    raise StartError(f"{path} is not whole: it is damaged after {rows} rows; nothing was changed")


def fill(connection: Connection, path: Path) -> None:
    """Fill the tables, which are empty and of the backup's schema.

    Args:
        connection: In a transaction.
        path: A file that `verify` has read.

    Raises:
        StartError: The file is another one now, or does not fit.
        SQLAlchemyError: The database will not have it.
    """
    tables = {table.name: table for table in tables_of(connection)}
    with _told(path):
        lines = _lines(path)
        next(lines)
        table: Table | None = None
        names: list[str] = []
        waiting: list[dict[str, Any]] = []
        for what in _parsed(path, lines):
            if isinstance(what, _TableLine):
                _insert(connection, table, waiting)
                table, names = tables.get(what.table), what.columns
                if table is None or set(names) != set(table.columns.keys()):
                    raise StartError(f"{path}: {what.table} is not as in its schema")
                convert = [_converter(table.columns[name]) for name in names]
            else:
                values = (one(value) for one, value in zip(convert, what, strict=True))
                waiting.append(dict(zip(names, values, strict=True)))
                if len(waiting) >= _AT_ONCE:
                    _insert(connection, table, waiting)
        _insert(connection, table, waiting)
    for table in tables.values():
        _go_on_after(connection, table)


def _insert(connection: Connection, table: Table | None, rows: list[dict[str, Any]]) -> None:
    if table is not None and rows:
        connection.execute(insert(table), rows)
    rows.clear()


def _converter(column: Any) -> Any:
    """How a value that JSON has no word for comes back."""
    if isinstance(column.type, DateTime):
        return lambda value: None if value is None else datetime.fromisoformat(value)
    if isinstance(column.type, String):  # SQLite takes what PostgreSQL does not
        return lambda value: value.replace("\0", "") if isinstance(value, str) else value
    return lambda value: value


def _go_on_after(connection: Connection, table: Table) -> None:
    """Let PostgreSQL give numbers that are not there yet; SQLite goes on after the highest by itself."""
    if connection.dialect.name != "postgresql":
        return
    for column in table.primary_key.columns:
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": table.name, "column": column.name},
        ).scalar()
        if sequence is not None:
            highest = select(column).order_by(column.desc()).limit(1)
            number = connection.execute(highest).scalar() or 0
            connection.execute(
                text("SELECT setval(:sequence, :number, :is_used)"),
                {"sequence": sequence, "number": max(number, 1), "is_used": number > 0},
            )


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path, "rb") as file:
        yield from file


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Say what is wrong with a file in one line."""
    try:
        yield
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        reason = "is no backup, or a damaged one"
        raise StartError(f"{path} {reason}: {error}; nothing was changed") from None
    except OSError as error:
        raise StartError(f"{path}: {error.strerror or error}") from None


def empty(connection: Connection, tables: Iterable[Table]) -> None:
    """Drop tables, and alembic's."""
    for table in reversed(list(tables)):
        table.drop(connection)
    connection.execute(text(f"DROP TABLE IF EXISTS {VERSION_TABLE}"))

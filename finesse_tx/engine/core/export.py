"""History rows as text: CSV and JSON for programs, columns for people.

Spec: ``engine.md`` §6 for the names of the columns; RFC 4180 for CSV; JSON is one object in a line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from finesse_tx.engine.core.records import column_name

__all__ = ["FORMATS", "PAGE", "csv_lines", "json_lines", "text_lines"]

PAGE: Final = 200
"""So many rows have the same widths of columns, and a heading."""

Fields = Mapping[str, Any]


def _told(value: object) -> object:
    """A time as ISO 8601 with milliseconds; anything else as it is."""
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value


def csv_lines(names: Sequence[str], rows: Iterable[Fields]) -> Iterator[str]:
    """A heading, and a line for each row.

    Args:
        names: The record's fields.
        rows: Their values.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="")

    def line(values: Iterable[object]) -> str:
        text.seek(0)
        text.truncate()
        writer.writerow(values)
        return text.getvalue()

    yield line(map(column_name, names))
    for row in rows:
        yield line(_told(row[name]) for name in names)


def json_lines(names: Sequence[str], rows: Iterable[Fields]) -> Iterator[str]:
    """An object for each row; see `csv_lines`."""
    for row in rows:
        yield json.dumps({column_name(name): _told(row[name]) for name in names})


def text_lines(names: Sequence[str], rows: Iterable[Fields]) -> Iterator[str]:
    """Columns as wide as need be, page by page; columns that are empty all over a page are left out."""
    iterator = iter(rows)
    while page := list(islice(iterator, PAGE)):
        columns = []
        for name in names:
            cells = [" ".join(str(_told(row[name])).split()) for row in page]
            if any(cells):
                columns.append([column_name(name), *cells])
        widths = [max(map(len, column)) for column in columns]
        for line in zip(*columns, strict=True):
            padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
            yield "  ".join(padded).rstrip()


FORMATS: Final[Mapping[str, Callable[[Sequence[str], Iterable[Fields]], Iterator[str]]]] = (
    MappingProxyType({"text": text_lines, "csv": csv_lines, "json": json_lines})
)
"""How rows can be written."""

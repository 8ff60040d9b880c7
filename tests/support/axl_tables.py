"""The tables of ``docs/axl.rst``, made from the code's own, and from what the tests ask with which client."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import ciscoaxl

from finesse_tx.directory.core.axl.fields import Field, In, Thing
from finesse_tx.directory.core.axl.objects import THINGS
from finesse_tx.directory.core.axl.operations import OPERATIONS, Access, Operation, Verb
from finesse_tx.directory.core.axl.sql.tables import TABLES

__all__ = ["MAKERS", "peers"]

Row = Sequence[str]

INTEGRATION: Final = Path(__file__).parents[1] / "integration"


def peers() -> Mapping[str, frozenset[str]]:
    """The operations that each client asks for in the suite."""
    python = (INTEGRATION / "test_axl_python.py").read_text()
    node = (INTEGRATION / "test_axl_node.py").read_text()
    methods = set(re.findall(r"\bucm\s*\.(\w+)\(", python)) & set(dir(ciscoaxl.axl))
    sources = "".join(inspect.getsource(getattr(ciscoaxl.axl, name)) for name in methods)
    return {
        "ciscoaxl": frozenset(re.findall(r"self\.client\.(\w+)\(", sources)),
        "zeep": frozenset(re.findall(r'\bdo\(\s*"(\w+)"', python)),
        "cisco-axl": frozenset(re.findall(r'\bdo\(\s*"(\w+)"', node)),
    }


def _field(field: Field) -> str:
    wrapped = ", ".join(_field(inner) for inner in field.fields)
    name = f"{field.name} {{{wrapped}}}" if wrapped else field.name
    return f"{name}\\*" if field.many else name


def _request(operation: Operation) -> str:
    chosen = {name for group in operation.choice for name in group}
    kept = set[str]()
    if operation.verb is Verb.UPDATE and operation.thing is not None:
        kept = {field.name for field in operation.thing.fields_in(In.UPDATE)}
    parts: list[str] = []
    for field in operation.request:
        if field.name in chosen:
            parts.append(" or ".join(" ".join(group) for group in operation.choice))
        elif field.name in kept:
            parts.append("fields")
        elif operation.verb is Verb.DO or field.name == "searchCriteria":
            parts.append(_field(field))
        else:
            parts.append(field.name)
    return ", ".join(dict.fromkeys(parts))


def _operations() -> tuple[Row, list[Row]]:
    asked = peers()
    rows: list[Row] = []
    for name, operation in OPERATIONS.items():
        role = "read" if operation.access is Access.READ else "full"
        by = ", ".join(peer for peer, names in asked.items() if name in names)
        rows.append((f"``{name}``", _request(operation), role, by))
    return ("Operation", "Asked with", "Role", "Tried with"), rows


_PLACES: Final = ((In.ADD, "add"), (In.UPDATE, "update"), (In.GET, "get"), (In.LIST, "list"))


def _names(fields: Iterable[Field]) -> str:
    return ", ".join(field.name for field in fields)


def _fields() -> tuple[Row, list[Row]]:
    rows: list[Row] = []
    for thing in THINGS.values():
        for places, fields in _by_places(thing):
            rows.append((f"``{thing.kind.value}``", places, _names(fields)))
    return ("Object", "In", "Fields"), rows


def _by_places(thing: Thing) -> Iterable[tuple[str, list[Field]]]:
    found: dict[str, list[Field]] = {}
    for field in thing.fields:
        places = ", ".join(name for flag, name in _PLACES if field.where & flag)
        found.setdefault(places, []).append(field)
    return found.items()


def _sql() -> tuple[Row, list[Row]]:
    rows: list[Row] = [(f"``{table.name}``", ", ".join(table.columns)) for table in TABLES.values()]
    return ("Table", "Columns"), rows


MAKERS: Final[Mapping[str, Callable[[], tuple[Row, list[Row]]]]] = {
    "AXL operations": _operations,
    "AXL fields": _fields,
    "AXL tables": _sql,
}
"""A table's head and rows, by its name."""

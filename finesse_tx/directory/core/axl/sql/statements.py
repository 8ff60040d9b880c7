"""What ``executeSQLQuery`` and ``executeSQLUpdate`` do with a text.

Only ``device.description``, ``numplan.description`` and ``enduserdevicemap`` can be changed.

Spec: ``axl.md`` §7.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from finesse_tx.directory.core.axl import devices
from finesse_tx.directory.core.axl.edits import AXLEdit
from finesse_tx.directory.core.axl.faults import (
    MISSING_KEY,
    NO_COLUMN,
    AXLError,
    duplicate,
)
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.records import ObjectEdit, StoredObject
from finesse_tx.directory.core.axl.sql.expressions import Scope
from finesse_tx.directory.core.axl.sql.parsing import parse
from finesse_tx.directory.core.axl.sql.selecting import MAX_STEPS, selected_rows, table_named
from finesse_tx.directory.core.axl.sql.tables import Row, SQLValue
from finesse_tx.directory.core.axl.sql.tree import (
    Delete,
    Expression,
    Insert,
    Select,
    Update,
    syntax_error,
)
from finesse_tx.directory.core.axl.values import Value, items, text
from finesse_tx.xmltext import escape

__all__ = ["query", "update"]

_MAP: Final = "enduserdevicemap"


def query(model: Model, statement: str, budget: int = MAX_STEPS) -> Iterator[str]:
    """The rows that a query finds, each as XML: an element for each column, empty for null.

    Args:
        model: What the tables are made of.
        statement: The query.
        budget: `MAX_STEPS` but for tests.

    Raises:
        AXLError: It is none, or names what there is not, or looks at too much.
    """
    tree = parse(statement)
    if not isinstance(tree, Select):
        raise syntax_error()
    found = selected_rows(model, tree, budget)
    for row in found.rows:
        cells = (_cell(name, value) for name, value in zip(found.names, row, strict=True))
        yield f"<row>{''.join(cells)}</row>"


def _cell(name: str, value: SQLValue) -> str:
    inner = "" if value is None else escape(str(value))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name}/>"


def update(model: Model, statement: str) -> tuple[int, AXLEdit]:
    """How many rows a statement changes, and the change.

    Args:
        model: What the tables are made of.
        statement: An update, a delete or an insert.

    Raises:
        AXLError: It is none, or one of what cannot be changed.
    """
    tree = parse(statement)
    match tree:
        case Update("device" | "numplan" as table, (("description", value),), where):
            described = Scope(()).compiled(value)(())
            count, puts = _described(model, table, str(described or ""), where)
        case Delete("enduserdevicemap", where):
            count, puts = _unmapped(model, where)
        case Insert("enduserdevicemap", columns, values):
            count, puts = 1, _mapped(model, dict(zip(columns, values, strict=True)))
        case _:
            raise syntax_error()
    return count, AXLEdit(f"SQL/{tree.table}", "", {}, ObjectEdit(puts=puts))


def _found(model: Model, name: str, where: Expression | None) -> list[Row]:
    """The rows of a table for which a condition holds."""
    table = table_named(name)
    holds = Scope(((name, table),)).compiled(where) if where is not None else None
    return [row for row in table.rows(model) if holds is None or holds((row,)) is True]


def _described(
    model: Model, table: str, description: str, where: Expression | None
) -> tuple[int, tuple[StoredObject, ...]]:
    puts: dict[object, StoredObject] = {}
    found = _found(model, table, where)
    given: dict[str, Value] = {"description": description}
    for row in found:
        uuid = str(row[0])
        if table == "numplan":
            line = model.find_uuid(Kind.LINE, uuid)
            edit = devices.update_line(model, line, given) if line is not None else None
        else:
            phone = model.find_uuid(Kind.PHONE, uuid)
            if phone is None:  # a route point is the directory's
                raise syntax_error()
            edit = devices.update_phone(model, phone, given)
        for put in edit.objects.puts if edit is not None else ():
            # What is only taken over must not undo what an earlier row has changed.
            if put.uuid == uuid or put.key.folded not in puts:
                puts[put.key.folded] = put
    return len(found), tuple(puts.values())


def _devices_of(user: AXLObject) -> list[str]:
    return [text(name) for name in items(user.values.get("associatedDevices"), "device")]


def _with_devices(user: AXLObject, names: list[str]) -> StoredObject:
    values: Mapping[str, Value] = {**user.raw, "associatedDevices": {"device": tuple(names)}}
    return StoredObject(user.key, user.uuid, values)


def _unmapped(model: Model, where: Expression | None) -> tuple[int, tuple[StoredObject, ...]]:
    left: dict[str, list[str]] = {}
    found = _found(model, _MAP, where)
    for _, user_uuid, device_uuid, _ in found:
        user = model.find_uuid(Kind.USER, str(user_uuid))
        device = _device(model, str(device_uuid))
        if user is not None and device is not None:
            names = left.setdefault(user.uuid, _devices_of(user))
            left[user.uuid] = [name for name in names if name.casefold() != device.key.folded.name]
    puts = []
    for uuid, names in left.items():
        user = model.find_uuid(Kind.USER, uuid)
        if user is not None:
            puts.append(_with_devices(user, names))
    return len(found), tuple(puts)


def _device(model: Model, uuid: str) -> AXLObject | None:
    return model.find_uuid(Kind.PHONE, uuid) or model.find_uuid(Kind.CTI_ROUTE_POINT, uuid)


def _mapped(model: Model, given: Mapping[str, Expression]) -> tuple[StoredObject, ...]:
    known = table_named(_MAP).columns
    for name in given:
        if name not in known:
            message = f"Column ({name}) not found in any table in the query (or SLV is undefined)."
            raise AXLError(NO_COLUMN, message)
    compiled = {name: Scope(()).compiled(tree)(()) for name, tree in given.items()}
    user = model.find_uuid(Kind.USER, str(compiled.get("fkenduser")))
    device = _device(model, str(compiled.get("fkdevice")))
    if user is None or device is None:
        raise AXLError(MISSING_KEY, "Missing key in referenced table for referential constraint.")
    names = _devices_of(user)
    if device.key.name.casefold() in map(str.casefold, names):
        raise duplicate()
    return (_with_devices(user, [*names, device.key.name]),)

"""Carrying out queries: tables joined from the left, each row of which there are too many counted.

Spec: ``axl.md`` §6 (too large), §7.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any, Final

from finesse_tx.directory.core.axl.faults import NO_TABLE, THROTTLED, AXLError
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.sql.expressions import (
    Compiled,
    Rows,
    Scope,
    compared,
    plain,
    tables_of,
)
from finesse_tx.directory.core.axl.sql.tables import TABLES, Row, SQLValue, Table
from finesse_tx.directory.core.axl.sql.tree import (
    Aggregate,
    Binary,
    Call,
    Column,
    Expression,
    Item,
    Literal,
    Order,
    Select,
    Star,
    syntax_error,
)

__all__ = ["MAX_STEPS", "MAX_TABLES", "Answer", "selected_rows", "table_named"]

MAX_STEPS: Final = 1_000_000
"""How many rows a query may look at, those of joins too."""

MAX_TABLES: Final = 12
"""How many tables a query may join."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query finds.

    Attributes:
        names: Of the columns.
        rows: Each with as many values.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]


def table_named(name: str) -> Table:
    """A table.

    Raises:
        AXLError: There is none.
    """
    if name not in TABLES:
        raise AXLError(NO_TABLE, f"The specified table ({name}) is not in the database.")
    return TABLES[name]


@dataclass(slots=True)
class _Budget:
    """How much a query may still do."""

    left: int

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise AXLError(
                THROTTLED, f"Query request too large. It looks at more than {MAX_STEPS} rows"
            )


@dataclass(slots=True)
class _Step:
    """A table to be joined.

    Attributes:
        rows: Its own.
        nothing: What stands for it where it has no match.
        conditions: Of the match, besides the keys.
        mine: The columns of its own that must be equal …
        theirs: … to these, of the tables before.
        filters: Of all rows after it.
        is_left: Whether rows stay that have no match.
    """

    rows: Sequence[Row]
    nothing: Row
    is_left: bool
    conditions: list[Compiled] = field(default_factory=list)
    mine: list[int] = field(default_factory=list)
    theirs: list[Compiled] = field(default_factory=list)
    filters: list[Compiled] = field(default_factory=list)


def _conjuncts(tree: Expression | None) -> Iterator[Expression]:
    if isinstance(tree, Binary) and tree.operator == "and":
        yield from _conjuncts(tree.left)
        yield from _conjuncts(tree.right)
    elif tree is not None:
        yield tree


def _plan(model: Model, statement: Select, scope: Scope) -> list[_Step]:
    steps = []
    for source in statement.sources:
        table = table_named(source.table)
        steps.append(_Step(table.rows(model), (None,) * len(table.columns), source.is_left))
    for number, source in enumerate(statement.sources):
        for tree in _conjuncts(source.condition):
            if any(place > number for place in tables_of(tree, scope)):
                raise syntax_error()  # a join speaks of tables that come after it
            _put_condition(tree, number, steps[number], scope)
    for tree in _conjuncts(statement.where):
        last = max(tables_of(tree, scope), default=0)
        if steps[last].is_left:
            steps[last].filters.append(scope.compiled(tree))
        else:
            _put_condition(tree, last, steps[last], scope)
    return steps


def _put_condition(tree: Expression, number: int, step: _Step, scope: Scope) -> None:
    """Put it where it is cheapest: equality of columns is a key."""
    match tree:
        case Binary("=", Column() as left, Column() as right):
            places = scope.place(left), scope.place(right)
            for (table, column), (other, _), tree_of_other in (
                (places[0], places[1], right),
                (places[1], places[0], left),
            ):
                if table == number and other < number:
                    step.mine.append(column)
                    step.theirs.append(scope.compiled(tree_of_other))
                    return
    step.conditions.append(scope.compiled(tree))


def _key(values: Iterable[SQLValue | bool]) -> tuple[str, ...] | None:
    """What equal values have in common; None where one is null, which equals nothing."""
    found = []
    for value in values:
        if value is None:
            return None
        found.append(str(plain(value)))
    return tuple(found)


def _joined(before: Iterable[Rows], step: _Step, budget: _Budget) -> Iterator[Rows]:
    index: dict[tuple[str, ...] | None, list[Row]] = {}
    for row in step.rows:
        budget.spend()
        index.setdefault(_key(row[column] for column in step.mine), []).append(row)
    for rows in before:
        is_matched = False
        key = _key(theirs(rows) for theirs in step.theirs)
        for row in index.get(key, ()) if key is not None else ():
            budget.spend()
            found = (*rows, row)
            if all(condition(found) is True for condition in step.conditions):
                is_matched = True
                if all(keep(found) is True for keep in step.filters):
                    yield found
        if step.is_left and not is_matched:
            found = (*rows, step.nothing)
            if all(keep(found) is True for keep in step.filters):
                yield found


def selected_rows(model: Model, statement: Select, budget: int = MAX_STEPS) -> Answer:
    """Carry out a query.

    Args:
        model: What the tables are made of.
        statement: The query.
        budget: `MAX_STEPS` but for tests.

    Raises:
        AXLError: It names what there is not, or looks at too much.
    """
    if len(statement.sources) > MAX_TABLES:
        raise syntax_error()
    tables = [(source.alias, table_named(source.table)) for source in statement.sources]
    if len({alias for alias, _ in tables}) != len(tables):
        raise syntax_error()
    scope, counted = Scope(tables), _Budget(budget)
    steps = _plan(model, statement, scope)
    found: Iterable[Rows] = [()]
    for step in steps:
        found = _joined(found, step, counted)
    columns = _columns(statement, tables)
    compiled = [scope.compiled(tree) for _, tree in columns]
    having = scope.compiled(statement.having) if statement.having is not None else None
    order = [(scope.compiled(_ordered(one, columns)), one.descending) for one in statement.order]
    if statement.group or scope.aggregates or having is not None:
        group = [scope.compiled(tree) for tree in statement.group]
        nothing = tuple(step.nothing for step in steps)
        found = _grouped(found, group, scope, nothing)
    kept = [rows for rows in found if having is None or having(rows) is True]
    for value_of, descending in reversed(order):
        kept.sort(key=_sort_key(value_of), reverse=descending)
    made = [tuple(plain(one(rows)) for one in compiled) for rows in kept]
    if statement.distinct:
        made = list(dict.fromkeys(made))
    end = None if statement.first is None else statement.skip + statement.first
    names = tuple(name for name, _ in columns)
    return Answer(names, tuple(made[statement.skip : end]))


def _columns(
    statement: Select, tables: Sequence[tuple[str, Table]]
) -> list[tuple[str, Expression]]:
    """What is shown, by its name."""
    found: list[tuple[str, Expression]] = []
    for item in statement.items:
        match item:
            case Star(wanted):
                if wanted and wanted not in dict(tables):
                    raise AXLError(
                        NO_TABLE, f"The specified table ({wanted}) is not in the database."
                    )
                found += [
                    (name, Column(alias, name))
                    for alias, table in tables
                    if wanted in {"", alias}
                    for name in table.columns
                ]
            case Item(tree, name):
                found.append((name or _own_name(tree), tree))
    return found


def _own_name(tree: Expression) -> str:
    match tree:
        case Column(_, name) | Call(name, _) | Aggregate(name):
            return name
        case Literal():
            return "constant"
        case _:
            return "expression"


def _ordered(order: Order, columns: Sequence[tuple[str, Expression]]) -> Expression:
    """By what rows are sorted: the number or the name of something shown, or anything else."""
    match order.expression:
        case Literal(int() as number):
            if not 1 <= number <= len(columns):
                raise syntax_error()
            return columns[number - 1][1]
        case Column("", name):
            return dict(reversed(columns)).get(name, order.expression)
        case _:
            return order.expression


def _sort_key(value_of: Compiled) -> Callable[[Rows], Any]:
    """Null comes first."""

    def compare(left: SQLValue | bool, right: SQLValue | bool) -> int:
        if left is None or right is None:
            return (left is not None) - (right is not None)
        return compared(left, right)

    key = cmp_to_key(compare)
    return lambda rows: key(value_of(rows))


def _grouped(
    found: Iterable[Rows], group: Sequence[Compiled], scope: Scope, nothing: Rows
) -> list[Rows]:
    """One row of each group, with what was aggregated of it after it."""
    groups: dict[tuple[SQLValue | bool, ...], tuple[Rows, list[list[SQLValue | bool]]]] = {}
    for rows in found:
        key = tuple(one(rows) for one in group)
        if key not in groups:
            groups[key] = rows, [[] for _ in scope.aggregates]
        for collected, (_, inner) in zip(groups[key][1], scope.aggregates, strict=True):
            if (value := inner(rows)) is not None:
                collected.append(value)
    if not groups and not group:
        groups[()] = nothing, [[] for _ in scope.aggregates]
    return [
        (
            *rows,
            tuple(
                _aggregated(tree, got)
                for (tree, _), got in zip(scope.aggregates, all_, strict=True)
            ),
        )
        for rows, all_ in groups.values()
    ]


def _aggregated(tree: Aggregate, collected: list[SQLValue | bool]) -> SQLValue:
    if tree.distinct:
        collected = list(dict.fromkeys(collected))
    if tree.name == "count":
        return len(collected)
    if not collected:
        return None
    if tree.name == "sum":
        if not all(isinstance(value, int) for value in collected):
            raise AXLError(-1213, "A character to numeric conversion process failed")
        return sum(int(value or 0) for value in collected)
    ordered = sorted(collected, key=cmp_to_key(compared))
    return plain(ordered[0] if tree.name == "min" else ordered[-1])

"""From trees of expressions to functions of rows, with SQL's three-valued logic.

Spec: ``axl.md`` §7.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from finesse_tx.directory.core.axl.faults import NO_COLUMN, SQL_SYNTAX, AXLError
from finesse_tx.directory.core.axl.queries import like
from finesse_tx.directory.core.axl.sql.tables import Row, SQLValue, Table
from finesse_tx.directory.core.axl.sql.tree import (
    Aggregate,
    Between,
    Binary,
    Call,
    Case,
    Column,
    Expression,
    In,
    IsNull,
    Like,
    Literal,
    Not,
    syntax_error,
)

__all__ = ["MAX_TEXT", "Compiled", "Rows", "Scope", "compared", "plain", "tables_of"]

Rows = tuple[Row, ...]
"""One row of each table, and at the end what was aggregated."""

Compiled = Callable[[Rows], "SQLValue | bool"]

MAX_TEXT: Final = 65_536
"""How long a text may become, by ``||``."""

_FUNCTIONS: Final[Mapping[str, tuple[int, int]]] = {
    "lower": (1, 1),
    "upper": (1, 1),
    "trim": (1, 1),
    "length": (1, 1),
    "substr": (2, 3),
    "nvl": (2, 2),
}
"""How many arguments each has, at least and at most."""


class Scope:
    """What names mean in a statement.

    Args:
        tables: By how they are called there, in order.

    Attributes:
        aggregates: Those that were met, in order; their values come after the rows.
    """

    def __init__(self, tables: Sequence[tuple[str, Table]]) -> None:
        self._tables = tuple(tables)
        self.aggregates: list[tuple[Aggregate, Compiled]] = []
        self._may_aggregate = True

    def place(self, column: Column) -> tuple[int, int]:
        """Which table, and which of its columns.

        Raises:
            AXLError: There is none, or more than one.
        """
        found = [
            (number, table.columns.index(column.name))
            for number, (alias, table) in enumerate(self._tables)
            if column.table in {"", alias} and column.name in table.columns
        ]
        if not found:
            message = (
                f"Column ({column.name}) not found in any table in the query (or SLV is undefined)."
            )
            raise AXLError(NO_COLUMN, message)
        if len(found) > 1:
            raise AXLError(-324, f"Ambiguous column ({column.name}).")
        return found[0]

    def compiled(self, tree: Expression) -> Compiled:
        """An expression as a function of rows.

        Raises:
            AXLError: A name in it means nothing.
        """
        match tree:
            case Literal(value):
                return lambda _rows: value
            case Column():
                table, column = self.place(tree)
                return lambda rows: rows[table][column]
            case Binary("and" | "or" as operator, left, right):
                return _junction(operator, self.compiled(left), self.compiled(right))
            case Binary("||" | "+" | "-" | "*" as operator, left, right):
                return _calculation(operator, self.compiled(left), self.compiled(right))
            case Binary(operator, left, right):
                return _comparison(operator, self.compiled(left), self.compiled(right))
            case Not(operand):
                inner = self.compiled(operand)
                return lambda rows: _opposite(inner(rows))
            case IsNull(operand):
                inner = self.compiled(operand)
                return lambda rows: inner(rows) is None
            case In(operand, among):
                options = [
                    _comparison("=", self.compiled(operand), self.compiled(one)) for one in among
                ]
                return lambda rows: _any(option(rows) for option in options)
            case Between(operand, low, high):
                inner = self.compiled(operand)
                return _junction(
                    "and",
                    _comparison(">=", inner, self.compiled(low)),
                    _comparison("<=", inner, self.compiled(high)),
                )
            case Like(operand, pattern):
                return _likeness(self.compiled(operand), self.compiled(pattern))
            case Case(whens, otherwise):
                cases = [(self.compiled(when), self.compiled(then)) for when, then in whens]
                last = self.compiled(otherwise)

                def choose(rows: Rows) -> SQLValue | bool:
                    for when, then in cases:
                        if when(rows) is True:
                            return then(rows)
                    return last(rows)

                return choose
            case Call(name, arguments):
                return _function(name, [self.compiled(argument) for argument in arguments])
            case Aggregate():
                return self._aggregate(tree)

    def _aggregate(self, tree: Aggregate) -> Compiled:
        if not self._may_aggregate:
            raise syntax_error()
        self._may_aggregate = False
        inner = self.compiled(tree.operand) if tree.operand is not None else _one
        self._may_aggregate = True
        place, number = len(self._tables), len(self.aggregates)
        self.aggregates.append((tree, inner))
        return lambda rows: rows[place][number]


def _one(_rows: Rows) -> SQLValue:
    return 1


def tables_of(tree: Expression, scope: Scope) -> set[int]:
    """Which tables an expression speaks of, by their numbers."""
    match tree:
        case Column():
            return {scope.place(tree)[0]}
        case Literal():
            return set()
        case Binary(_, left, right):
            parts: tuple[Expression, ...] = (left, right)
        case Not(operand) | IsNull(operand):
            parts = (operand,)
        case In(operand, among):
            parts = (operand, *among)
        case Between(operand, low, high):
            parts = (operand, low, high)
        case Like(operand, pattern):
            parts = (operand, pattern)
        case Call(_, arguments):
            parts = arguments
        case Case(whens, otherwise):
            parts = (*(part for when in whens for part in when), otherwise)
        case Aggregate():
            raise syntax_error()
    return set[int]().union(*(tables_of(part, scope) for part in parts))


def _opposite(value: SQLValue | bool) -> bool | None:
    return None if value is None else value is not True


def _any(found: object) -> bool | None:
    is_unknown = False
    for one in found:  # type: ignore[attr-defined]  # an iterator
        if one is True:
            return True
        is_unknown = is_unknown or one is None
    return None if is_unknown else False


def _junction(operator: str, left: Compiled, right: Compiled) -> Compiled:
    decides = operator == "or"

    def junction(rows: Rows) -> bool | None:
        first = left(rows)
        if first is decides:
            return decides
        second = right(rows)
        if second is decides:
            return decides
        return None if first is None or second is None else not decides

    return junction


def plain(value: SQLValue | bool) -> SQLValue:
    """A value as tables have it: a boolean is ``t`` or ``f``."""
    if isinstance(value, bool):
        return "t" if value else "f"
    return value


def _written(value: SQLValue | bool) -> str:
    return str(plain(value))


def compared(left: SQLValue | bool, right: SQLValue | bool) -> int:
    """Which of two values comes first: below 0, 0 or above; numbers as such, if both are."""
    left, right = plain(left), plain(right)
    if isinstance(left, int) and isinstance(right, int):
        return (left > right) - (left < right)
    one, other = _written(left), _written(right)
    if (isinstance(left, int) or isinstance(right, int)) and _is_number(one) and _is_number(other):
        return (int(one) > int(other)) - (int(one) < int(other))
    return (one > other) - (one < other)


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 18


_HOLDS: Final[Mapping[str, Callable[[int], bool]]] = {
    "=": lambda sign: sign == 0,
    "<>": lambda sign: sign != 0,
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _comparison(operator: str, left: Compiled, right: Compiled) -> Compiled:
    holds = _HOLDS[operator]

    def comparison(rows: Rows) -> bool | None:
        first, second = left(rows), right(rows)
        if first is None or second is None:
            return None
        return holds(compared(first, second))

    return comparison


def _likeness(operand: Compiled, pattern: Compiled) -> Compiled:
    def likeness(rows: Rows) -> bool | None:
        value, wanted = operand(rows), pattern(rows)
        if value is None or wanted is None:
            return None
        return like(_written(wanted), _written(value), one="_")

    return likeness


def _calculation(operator: str, left: Compiled, right: Compiled) -> Compiled:
    def calculation(rows: Rows) -> SQLValue:
        first, second = left(rows), right(rows)
        if first is None or second is None:
            return None
        if operator == "||":
            return _bounded(_written(first) + _written(second))
        if not _is_number(_written(first)) or not _is_number(_written(second)):
            raise AXLError(-1213, "A character to numeric conversion process failed")
        one, other = int(first), int(second)
        found = {"+": one + other, "-": one - other, "*": one * other}[operator]
        if abs(found) >= 1 << 63:
            raise AXLError(-1215, "Value exceeds limit of type INTEGER")
        return found

    return calculation


def _bounded(text: str) -> str:
    if len(text) > MAX_TEXT:
        raise AXLError(SQL_SYNTAX, f"A text is longer than {MAX_TEXT} characters.")
    return text


def _function(name: str, arguments: Sequence[Compiled]) -> Compiled:
    least, most = _FUNCTIONS.get(name, (0, 0))
    if not most:
        raise AXLError(-674, f"Routine ({name}) can not be resolved.")
    if not least <= len(arguments) <= most:
        raise syntax_error()

    def call(rows: Rows) -> SQLValue:
        values = [argument(rows) for argument in arguments]
        if name == "nvl":
            return plain(values[1] if values[0] is None else values[0])
        if any(value is None for value in values):
            return None
        text = _written(values[0])
        match name:
            case "lower":
                return text.lower()
            case "upper":
                return text.upper()
            case "trim":
                return text.strip()
            case "length":
                return len(text)
        return _substr(text, *map(plain, values[1:]))

    return call


def _substr(text: str, start: SQLValue, length: SQLValue = None) -> str:
    if not _is_number(str(start)) or not (length is None or _is_number(str(length))):
        raise AXLError(-1213, "A character to numeric conversion process failed")
    begin = int(start or 0)
    at = begin - 1 if begin > 0 else max(len(text) + begin, 0) if begin < 0 else 0
    return text[at:] if length is None else text[at : at + max(int(length), 0)]

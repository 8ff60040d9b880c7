"""Statements, as trees.

Spec: ``axl.md`` §7.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from finesse_tx.directory.core.axl.faults import SQL_SYNTAX, AXLError

__all__ = [
    "AGGREGATES",
    "Aggregate",
    "Between",
    "Binary",
    "Call",
    "Case",
    "Column",
    "Delete",
    "Expression",
    "In",
    "Insert",
    "IsNull",
    "Item",
    "Like",
    "Literal",
    "Not",
    "Order",
    "Select",
    "Source",
    "Star",
    "Statement",
    "Update",
    "syntax_error",
]

AGGREGATES: Final = frozenset({"count", "min", "max", "sum"})


def syntax_error() -> AXLError:
    """It is not SQL, or not what we know of it."""
    return AXLError(SQL_SYNTAX, "A syntax error has occurred.")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number or null."""

    value: str | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column; without a table, whichever has it."""

    table: str
    name: str


@dataclass(frozen=True, slots=True)
class Binary:
    """Two operands: ``and or = <> < <= > >= || + - *``."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class IsNull:
    """Whether there is no value."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class In:
    """Whether it is one of these."""

    operand: Expression
    among: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Whether it is from the one to the other."""

    operand: Expression
    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Like:
    """Whether it looks so."""

    operand: Expression
    pattern: Expression


@dataclass(frozen=True, slots=True)
class Call:
    """A function of values."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    """A function of rows; ``operand`` None is ``count(*)``."""

    name: str
    operand: Expression | None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """The first of these whose condition holds."""

    whens: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression


Expression = (
    Literal | Column | Binary | Not | IsNull | In | Between | Like | Call | Aggregate | Case
)


@dataclass(frozen=True, slots=True)
class Star:
    """All columns; of one table, where it is named."""

    table: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """What is selected, and under which name; empty: its own."""

    expression: Expression
    name: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A table, how it is called, and by what it is joined.

    Attributes:
        table: Which.
        alias: Its name in the statement.
        condition: Of the join; None for all rows.
        is_left: Whether rows before it stay that have no match.
    """

    table: str
    alias: str
    condition: Expression | None = None
    is_left: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """By what rows are sorted."""

    expression: Expression
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Select:
    """A query; ``first`` None is all rows."""

    items: tuple[Item | Star, ...]
    sources: tuple[Source, ...]
    where: Expression | None = None
    group: tuple[Expression, ...] = ()
    having: Expression | None = None
    order: tuple[Order, ...] = ()
    skip: int = 0
    first: int | None = None
    distinct: bool = False


@dataclass(frozen=True, slots=True)
class Update:
    """Other values in some rows."""

    table: str
    settings: tuple[tuple[str, Expression], ...]
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Delete:
    """Fewer rows."""

    table: str
    where: Expression | None


@dataclass(frozen=True, slots=True)
class Insert:
    """One more row."""

    table: str
    columns: tuple[str, ...]
    values: tuple[Expression, ...]


Statement = Select | Update | Delete | Insert

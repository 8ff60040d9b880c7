"""From text to a tree.

Grammar: ``select [skip M] [first N] [distinct] items from table [alias] [join table [alias] on …] [, …] [where …]
[group by …] [having …] [order by …]``; ``update T set C = … [where …]``; ``delete from T [where …]``;
``insert into T (…) values (…)``. A text stands in single or double quotes, which are doubled to stand for themselves.

Spec: ``axl.md`` §7.2.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

from finesse_tx.directory.core.axl.sql.tree import (
    AGGREGATES,
    Aggregate,
    Between,
    Binary,
    Call,
    Case,
    Column,
    Delete,
    Expression,
    In,
    Insert,
    IsNull,
    Item,
    Like,
    Literal,
    Not,
    Order,
    Select,
    Source,
    Star,
    Statement,
    Update,
    syntax_error,
)

__all__ = ["MAX_NESTING", "MAX_TOKENS", "parse"]

T = TypeVar("T")

MAX_TOKENS: Final = 10_000
"""How long a statement may be."""

MAX_NESTING: Final = 50
"""How deep expressions may nest."""

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]{1,18})(?![0-9A-Za-z_])"
    r"|'(?P<single>(?:[^']|'')*)'|\"(?P<double>(?:[^\"]|\"\")*)\""
    r"|(?P<symbol><>|!=|<=|>=|\|\||[=<>+\-*(),.;]))"
)

_COMPARISONS: Final = frozenset({"=", "<>", "!=", "<", "<=", ">", ">="})

_KEYWORDS: Final = frozenset(
    [
        "and",
        "as",
        "asc",
        "between",
        "by",
        "case",
        "delete",
        "desc",
        "distinct",
        "else",
        "end",
        "first",
        "from",
        "group",
        "having",
        "in",
        "inner",
        "insert",
        "into",
        "is",
        "join",
        "left",
        "like",
        "not",
        "null",
        "on",
        "or",
        "order",
        "outer",
        "select",
        "set",
        "skip",
        "then",
        "unique",
        "update",
        "values",
        "when",
        "where",
    ]
)


class _Token(NamedTuple):
    """``kind`` is ``name``, ``number``, ``text``, ``symbol`` or, at the end, empty."""

    kind: str
    text: str


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None or len(found) >= MAX_TOKENS:
            raise syntax_error()
        at = match.end()
        if match["single"] is not None:
            found.append(_Token("text", match["single"].replace("''", "'")))
        elif match["double"] is not None:
            found.append(_Token("text", match["double"].replace('""', '"')))
        else:
            kind = match.lastgroup or ""
            given = match[kind]
            found.append(_Token(kind, given.lower() if kind == "name" else given))
    found.append(_Token("", ""))
    return found


def parse(text: str) -> Statement:
    """Read a statement.

    Raises:
        AXLError: It is none that we know.
    """
    return _Parser(_tokens(text)).statement()


class _Parser:
    """Reads tokens from the left."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._at, self._nesting = tokens, 0, 0

    # Tokens -----------------------------------------------------------------------------------------------------

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._token
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        """Whether these words or symbols come next."""
        coming = self._tokens[self._at : self._at + len(texts)]
        return [(t.kind in {"name", "symbol"}, t.text) for t in coming] == [
            (True, text) for text in texts
        ]

    def _skip(self, *texts: str) -> bool:
        """Pass over them, if they come next."""
        if not self._is(*texts):
            return False
        self._at += len(texts)
        return True

    def _need(self, *texts: str) -> None:
        if not self._skip(*texts):
            raise syntax_error()

    def _name(self) -> str:
        token = self._take()
        if token.kind != "name" or token.text in _KEYWORDS:
            raise syntax_error()
        return token.text

    def _number(self) -> int:
        token = self._take()
        if token.kind != "number":
            raise syntax_error()
        return int(token.text)

    def _list(self, one: Callable[[], T]) -> tuple[T, ...]:
        found = [one()]
        while self._skip(","):
            found.append(one())
        return tuple(found)

    # Statements -------------------------------------------------------------------------------------------------

    def statement(self) -> Statement:
        """All of it."""
        found: Statement
        if self._skip("select"):
            found = self._select()
        elif self._skip("update"):
            table = self._name()
            self._need("set")
            found = Update(table, self._list(self._setting), self._where())
        elif self._skip("delete", "from"):
            found = Delete(self._name(), self._where())
        elif self._skip("insert", "into"):
            found = self._insert()
        else:
            raise syntax_error()
        self._skip(";")
        if self._token.kind:
            raise syntax_error()
        return found

    def _setting(self) -> tuple[str, Expression]:
        name = self._name()
        self._need("=")
        return name, self._expression()

    def _insert(self) -> Insert:
        table = self._name()
        self._need("(")
        columns = self._list(self._name)
        self._need(")")
        self._need("values", "(")
        values = self._list(self._expression)
        self._need(")")
        if len(values) != len(columns):
            raise syntax_error()
        return Insert(table, columns, values)

    def _select(self) -> Select:
        skip, first = 0, None
        for _ in range(2):
            if (
                self._token.text in {"skip", "first"}
                and self._tokens[self._at + 1].kind == "number"
            ):
                if self._take().text == "skip":
                    skip = self._number()
                else:
                    first = self._number()
        distinct = self._skip("distinct") or self._skip("unique")
        items = self._list(self._item)
        self._need("from")
        sources: list[Source] = []
        while not sources or self._skip(","):
            sources.append(self._source())
            while (joined := self._join()) is not None:
                sources.append(joined)
        where = self._where()
        group: tuple[Expression, ...] = ()
        if self._skip("group", "by"):
            group = self._list(self._expression)
        having = self._expression() if self._skip("having") else None
        order = self._list(self._order) if self._skip("order", "by") else ()
        return Select(items, tuple(sources), where, group, having, order, skip, first, distinct)

    def _item(self) -> Item | Star:
        if self._skip("*"):
            return Star()
        after = [token.text for token in self._tokens[self._at + 1 : self._at + 3]]
        if self._token.kind == "name" and after == [".", "*"]:
            table = self._name()
            self._need(".", "*")
            return Star(table)
        expression = self._expression()
        if self._skip("as") or (self._token.kind == "name" and self._token.text not in _KEYWORDS):
            return Item(expression, self._name())
        return Item(expression)

    def _source(self) -> Source:
        table = self._name()
        is_called = self._skip("as")
        is_called = is_called or (self._token.kind == "name" and self._token.text not in _KEYWORDS)
        return Source(table, self._name() if is_called else table)

    def _join(self) -> Source | None:
        is_left = self._skip("left", "outer", "join") or self._skip("left", "join")
        if not is_left and not self._skip("inner", "join") and not self._skip("join"):
            return None
        source = self._source()
        self._need("on")
        return Source(source.table, source.alias, self._expression(), is_left)

    def _where(self) -> Expression | None:
        return self._expression() if self._skip("where") else None

    def _order(self) -> Order:
        expression = self._expression()
        descending = self._skip("desc")
        if not descending:
            self._skip("asc")
        return Order(expression, descending)

    # Expressions ------------------------------------------------------------------------------------------------

    def _expression(self) -> Expression:
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise syntax_error()
        found = self._conjunction()
        while self._skip("or"):
            found = Binary("or", found, self._conjunction())
        self._nesting -= 1
        return found

    def _conjunction(self) -> Expression:
        found = self._negation()
        while self._skip("and"):
            found = Binary("and", found, self._negation())
        return found

    def _negation(self) -> Expression:
        is_not = False
        while self._skip("not"):
            is_not = not is_not
        found = self._comparison()
        return Not(found) if is_not else found

    def _comparison(self) -> Expression:
        left = self._sum()
        if self._skip("is"):
            is_not = self._skip("not")
            self._need("null")
            return Not(IsNull(left)) if is_not else IsNull(left)
        is_not = self._skip("not")
        found: Expression
        if self._skip("like"):
            found = Like(left, self._sum())
        elif self._skip("in", "("):
            found = In(left, self._list(self._expression))
            self._need(")")
        elif self._skip("between"):
            low = self._sum()
            self._need("and")
            found = Between(left, low, self._sum())
        elif is_not:
            raise syntax_error()
        elif self._token.kind == "symbol" and self._token.text in _COMPARISONS:
            operator = self._take().text
            return Binary("<>" if operator == "!=" else operator, left, self._sum())
        else:
            return left
        return Not(found) if is_not else found

    def _sum(self) -> Expression:
        found = self._primary()
        while self._token.kind == "symbol" and self._token.text in {"+", "-", "||", "*"}:
            operator = self._take().text
            found = Binary(operator, found, self._primary())
        return found

    def _primary(self) -> Expression:
        token = self._token
        if token.kind == "text":
            return Literal(self._take().text)
        if token.kind == "number":
            return Literal(self._number())
        if self._skip("-"):
            return Literal(-self._number())
        if self._skip("("):
            found = self._expression()
            self._need(")")
            return found
        if self._skip("null"):
            return Literal(None)
        if self._skip("case"):
            return self._case()
        name = self._name()
        if self._skip("("):
            return self._call(name)
        if self._skip("."):
            return Column(name, self._name())
        return Column("", name)

    def _case(self) -> Expression:
        whens: list[tuple[Expression, Expression]] = []
        operand = None if self._is("when") else self._expression()
        while self._skip("when"):
            condition = self._expression()
            self._need("then")
            if operand is not None:
                condition = Binary("=", operand, condition)
            whens.append((condition, self._expression()))
        otherwise = self._expression() if self._skip("else") else Literal(None)
        self._need("end")
        if not whens:
            raise syntax_error()
        return Case(tuple(whens), otherwise)

    def _call(self, name: str) -> Expression:
        if name in AGGREGATES:
            if name == "count" and self._skip("*", ")"):
                return Aggregate(name, None)
            distinct = self._skip("distinct") or self._skip("unique")
            operand = self._expression()
            self._need(")")
            return Aggregate(name, operand, distinct)
        arguments = self._list(self._expression)
        self._need(")")
        return Call(name, arguments)

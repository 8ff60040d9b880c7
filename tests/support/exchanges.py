"""Golden requests and answers: ``tests/vectors/rest/*.txt``, written down to be read by people.

A line that begins with ``>`` is sent and one with ``<`` is answered; any other line is a remark, and ends an
exchange. The first line sent is ``> WHO METHOD PATH``, with ``-`` for nobody; headers follow, then an empty line and
the body. The answer is ``< STATUS``, its headers, an empty line, its body. An ellipsis (…) stands for anything. Only the
headers that are written down are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from finesse_tx.webservices.core.routing import Route

__all__ = ["FOLDER", "Exchange", "exchanges", "matches", "parts", "route_of"]

FOLDER: Final = Path(__file__).parents[1] / "vectors" / "rest"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        line: Where it begins, for messages.
        who: The user; ``-`` for nobody.
        method: Such as ``GET``.
        path: With the query, below ``/finesse/api``.
        headers: Of the request.
        body: Of the request.
        status: Of the answer.
        answered: Headers of the answer.
        answer: Its body.
    """

    line: int
    who: str
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answered: dict[str, str]
    answer: str


def exchanges(path: Path) -> Iterator[Exchange]:
    """Read a file."""
    sent: list[str] = []
    answered: list[str] = []
    begin = 0
    for number, line in enumerate([*path.read_text().splitlines(), ""], 1):
        if line.startswith(">"):
            begin = begin or number
            sent.append(line[2:])
        elif line.startswith("<"):
            answered.append(line[2:])
        elif sent:
            yield _exchange(begin, sent, answered)
            sent, answered, begin = [], [], 0


def _exchange(line: int, sent: list[str], answered: list[str]) -> Exchange:
    who, method, path = sent[0].split()
    headers, body = parts(sent[1:])
    answer_headers, answer = parts(answered[1:])
    return Exchange(
        line, who, method, path, headers, body, int(answered[0]), answer_headers, answer
    )


def parts(lines: list[str]) -> tuple[dict[str, str], str]:
    """The headers and the body of what is sent or answered."""
    end = lines.index("") if "" in lines else len(lines)
    headers = dict(line.split(": ", 1) for line in lines[:end])
    return headers, "\n".join(lines[end + 1 :])


def matches(expected: str, text: str) -> bool:
    """Whether a text is what was written down; lines may end as they like."""
    pattern = "(?:.|\n)*?".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, text.replace("\r\n", "\n")) is not None


def route_of(exchange: Exchange, routes: tuple[Route[Any, Any], ...]) -> Route[Any, Any] | None:
    """The route that an exchange asks for; the one with the fewest variable parts."""
    path = re.sub(r"//+", "/", exchange.path.partition("?")[0]).rstrip("/")
    found = [
        route
        for route in routes
        if route.method == exchange.method
        and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", route.path), path)
    ]
    return min(found, key=lambda route: route.path.count("{"), default=None)

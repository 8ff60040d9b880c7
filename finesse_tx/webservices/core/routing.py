"""A resource, declared: what is asked, who may ask, what is read, what is answered.

Each family of resources is a tuple of `Route`, and everything else is made of these: the routing
(`finesse_tx.webservices.routes.api`), the OpenAPI document (`finesse_tx.webservices.core.openapi`), the table in
``docs/rest.rst`` and the tests that ask every route as everyone.

Spec: ``rest.md`` §1.1 (paths, methods), §1.2 (roles), §1.4 (status codes).
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, Generic, TypeVar, cast

from msgspec import Struct

from finesse_tx.directory.core.records import Person

__all__ = [
    "NOBODY",
    "Answer",
    "Asker",
    "Call",
    "Family",
    "Origin",
    "Reply",
    "Route",
    "number_of",
    "parameters",
]

Behind = TypeVar("Behind")
"""What a family's operations are done with."""

Body = TypeVar("Body")
"""What a request's body is read into; None for a request that has none."""


class Asker(Enum):
    """Who may ask; the value is for the documents."""

    ANYBODY = "anybody, without a password"
    EVERYONE = "everyone who signs in"
    AGENT = "agents"
    SELF = "the user"
    MEMBER = "agents of the team"
    PARTICIPANT = "participants"
    SUPERVISOR = "supervisors"
    SUBMITTER = "those who may submit tasks"
    ADMINISTRATOR = "administrators"


NOBODY: Final = Person("", "", "", "", "", frozenset())
"""Who asks where nobody's name is asked for."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a request came from, and where it went.

    Attributes:
        peer: The client's address.
        base: Scheme and host as the client named them, such as ``https://fin1.example.com:8445``.
    """

    peer: str = ""
    base: str = ""


class Call(Struct, Generic[Body], frozen=True):
    """A request, by the time it reaches its operation; a struct, since one is made for every request.

    Attributes:
        person: Who asks; `NOBODY` where anybody may.
        method: The route's.
        password: As it was given, or what stands for a token: an engine that checks passwords itself needs it at sign-in.
        path: The variable parts of the path, by the names in the route's template.
        query: The query's arguments; of those given twice, the last.
        body: What was read from the body.
        raw: The body as it came, for a route that reads no struct.
        request_id: The ``requestId`` header, or one that was made for a request that changes something.
        content_type: The header; empty when there is none.
        range: The ``Range`` header; empty when there is none.
        origin: Where it came from; unsaid for a GET.
    """

    person: Person
    body: Body
    method: str = "GET"
    password: str = ""
    path: Mapping[str, str] = {}
    query: Mapping[str, str] = {}
    raw: bytes = b""
    request_id: str = ""
    content_type: str = ""
    range: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is more than an object.

    Attributes:
        body: An object, which is written as the client asked; bytes, which go out as they are; None for nothing.
        status: None for the route's own.
        content_type: Of bytes.
        headers: More headers.
    """

    body: Struct | bytes | None = None
    status: int | None = None
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Struct | Reply | None
"""What an operation returns: an object, or None for the route's status with nothing in it."""


@dataclass(frozen=True, slots=True)
class Route(Generic[Behind, Body]):
    """One method on one path.

    Attributes:
        method: ``GET``, ``PUT``, ``POST`` or ``DELETE``. ``HEAD`` and ``OPTIONS`` come by themselves.
        path: Below ``/finesse/api``, with variable parts in braces: ``/User/{id}/Dialogs``.
        who: Who may ask. `Asker.ADMINISTRATOR` alone is enforced before the body is read; the others depend on the object,
            and are the operation's to enforce.
        operation: Does it; its docstring is the documents' sentence.
        request: What the body is read into; None: the operation reads none, or reads ``raw``.
        changes: What the body has some of, where it need not have all: the operation gets a `Draft` of it.
        response: What a success has in it; None for nothing.
        status: Of a success.
        refusals: The statuses of refusals, and of a success that is told otherwise, besides those that any route may
            answer with.
        query: The arguments that the operation looks at.
        media_type: Of a body in or out that is neither XML nor JSON; empty for none.
        needs_service: Whether it answers 503 while the system is out of service.
        is_configuration: Whether it is about the configuration, which the secondary one of two nodes leaves to the primary.
    """

    method: str
    path: str
    who: tuple[Asker, ...]
    operation: Callable[[Behind, Call[Body]], Awaitable[Answer]]
    request: type[Body] | None = None
    changes: type[Struct] | None = None
    response: type[Struct] | None = None
    status: int = 200
    refusals: tuple[int, ...] = ()
    query: tuple[str, ...] = ()
    media_type: str = ""
    needs_service: bool = True
    is_configuration: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody's name is asked for."""
        return Asker.ANYBODY in self.who

    @property
    def reads(self) -> type[Struct] | None:
        """What the body has, whole or in part."""
        return cast("type[Struct] | None", self.request or self.changes)

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status that it may answer with, in order."""
        found = {self.status, *self.refusals, 429, 500}
        if not self.is_open:
            found |= {401, 503}
        if self.reads is not None:
            found |= {400}
        if self.is_configuration and (self.method != "GET" or self.who == (Asker.ADMINISTRATOR,)):
            found |= {403}
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Family(Generic[Behind]):
    """Routes, and what stands behind them.

    Attributes:
        routes: The table.
        behind: What their operations are called with.
        is_live: Whether what they tell changes by itself: then nobody may keep it. What only administrators change has an
            ETag, and 304 for whoever has it already.
    """

    routes: tuple[Route[Behind, Any], ...]
    behind: Behind
    is_live: bool = True


_PARAMETER: Final = re.compile(r"\{(\w+)\}")


def parameters(path: str) -> tuple[str, ...]:
    """The names of a path's variable parts, in order."""
    return tuple(_PARAMETER.findall(path))


def number_of(text: str) -> int:
    """The number in a path; -1, which nothing has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else -1

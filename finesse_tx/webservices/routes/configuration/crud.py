"""What every kind of configured object has in common: list, get, add, change, delete.

A kind's own rules are three functions: how a new one is made of a draft, how a draft changes one, and how one is shown.

Spec: ``rest.md`` §12.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from msgspec import Struct

from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core.administration.changes import (
    KINDS,
    Add,
    Remove,
    Replace,
    uri_of,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import Draft
from finesse_tx.webservices.core.routing import Asker, Call, Reply, Route, number_of

__all__ = ["ADMINISTRATOR", "Kind", "created", "crud", "not_found"]

T = TypeVar("T", bound=Struct)

ADMINISTRATOR: Final = (Asker.ADMINISTRATOR,)


def _same(_administration: Administration, value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """A kind of object.

    Attributes:
        struct: It.
        listed: Many of them.
        checked: Looks at a new or changed one before it is kept; returns it, or what it should be, or refuses.
        unchanged: What a new one has by default and a change leaves as it is, whatever the body says.
        readers: Who may read one.
        default: Finds the id behind the word ``default`` in a path; None where there is no such word.
    """

    struct: type[T]
    listed: type[Struct]
    checked: Callable[[Administration, T], T] = _same
    unchanged: tuple[str, ...] = ()
    readers: tuple[Asker, ...] = ADMINISTRATOR
    default: Callable[[Administration], int] | None = None

    @property
    def name(self) -> str:
        """Its resource."""
        return KINDS[self.struct]  # type: ignore[index]  # every kind is one of these

    def id_of(self, administration: Administration, text: str) -> int:
        """The id in a path.

        Raises:
            ApiError: 404: there is none of that id.
        """
        if self.default is not None and text == "default":
            return self.default(administration)
        number = number_of(text)
        if administration.settings.get(self.struct, number) is None:
            raise not_found(self.name, text)
        return number

    def get(self, administration: Administration, number: int) -> T:
        """One that is there."""
        found = administration.settings.get(self.struct, number)
        assert found is not None, "its id was just looked up"  # noqa: S101
        return found


def not_found(name: str, text: str) -> ApiError:
    """There is none of that id."""
    return ApiError(404, "Not Found", f"There is no such {name}", text)


def created(call: Call[Any], uri: str) -> Reply:
    """A new object, and where it is."""
    return Reply(headers={"Location": f"{call.origin.base}{uri}"})


def crud(kind: Kind[T]) -> tuple[Route[Administration, Any], ...]:
    """The five routes of a kind."""
    name, struct = kind.name, kind.struct
    of: Any = struct
    many: Any = kind.listed

    def own(call: Call[Draft[T]]) -> Draft[T]:
        """What of the body is the client's to say."""
        found = {k: v for k, v in call.body.found.items() if k not in kind.unchanged}
        return Draft(struct, found)

    async def get_all(administration: Administration, _call: Call[None]) -> Struct:
        found: Struct = many(administration.settings.all(struct))
        return found

    async def get_one(administration: Administration, call: Call[None]) -> Struct:
        return kind.get(administration, kind.id_of(administration, call.path["id"]))

    async def post(administration: Administration, call: Call[Draft[T]]) -> Reply:
        def decide() -> Step:
            value: Any = kind.checked(administration, own(call).made())
            return Step("POST", f"/finesse/api/{name}", Add(value), None, value)

        (number,) = await administration.change(call, decide)
        return created(call, uri_of(of, number))

    async def put(administration: Administration, call: Call[Draft[T]]) -> None:
        def decide() -> Step:
            number = kind.id_of(administration, call.path["id"])
            before = kind.get(administration, number)
            value: Any = kind.checked(administration, own(call).onto(before))
            return Step(
                "PUT",
                uri_of(of, number),
                Replace(number, value),
                before,
                value,
            )

        await administration.change(call, decide)

    async def delete(administration: Administration, call: Call[None]) -> None:
        def decide() -> Step:
            number = kind.id_of(administration, call.path["id"])
            return Step(
                "DELETE", uri_of(of, number), Remove(of, number), kind.get(administration, number)
            )

        await administration.change(call, decide)

    get_all.__doc__ = f"Every {name}."
    get_one.__doc__ = f"One {name}."
    post.__doc__ = f"A new {name}; ``Location`` has its URI."
    put.__doc__ = f"Change a {name}: what is not in the body stays."
    delete.__doc__ = f"Delete a {name}."
    one = f"/{name}/{{id}}"
    return (
        Route("GET", f"/{name}s", ADMINISTRATOR, get_all, response=kind.listed, **_COMMON),
        Route("POST", f"/{name}", ADMINISTRATOR, post, changes=struct, **_COMMON),
        Route("GET", one, kind.readers, get_one, response=struct, refusals=(404,), **_COMMON),
        Route("PUT", one, ADMINISTRATOR, put, changes=struct, refusals=(404,), **_COMMON),
        Route("DELETE", one, ADMINISTRATOR, delete, refusals=(400, 404), **_COMMON),
    )


_COMMON: Final[dict[str, Any]] = {"needs_service": False}
"""The configuration is there to be read and mended while there is no engine."""

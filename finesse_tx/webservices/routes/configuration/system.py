"""What the system has one of each: where its engine, its database and its other node are, its chat, its variables.

Spec: ``rest.md`` §12.2.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

from msgspec import Struct, structs

from finesse_tx.webservices.administration import Administration, Step
from finesse_tx.webservices.core.administration.changes import Put
from finesse_tx.webservices.core.administration.checks import check_single
from finesse_tx.webservices.core.administration.system import (
    ChatConfig,
    CloudConnectConfig,
    ClusterConfig,
    ECCVariableConfig,
    EnterpriseDatabaseConfig,
    SystemConfig,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import Draft
from finesse_tx.webservices.core.routing import Asker, Call, Route
from finesse_tx.webservices.routes.configuration.crud import ADMINISTRATOR

__all__ = ["SYSTEM"]

T = TypeVar("T", bound=Struct)


def _single(
    struct: type[T], readers: tuple[Asker, ...] = ADMINISTRATOR
) -> tuple[Route[Administration, Any], ...]:
    """The two routes of what there is one of."""
    name = struct.__name__

    async def get(administration: Administration, _call: Call[None]) -> Struct:
        return _without_password(_found(administration, struct))

    async def put(administration: Administration, call: Call[Draft[T]]) -> None:
        def decide() -> Step:
            before = administration.single(struct)
            value = call.body.onto(before) if before is not None else call.body.made()
            check_single(value)
            return Step("PUT", f"/finesse/api/{name}", Put(name, value), before, value)

        await administration.change(call, decide)

    get.__doc__ = f"The {name}; a password is never told."
    put.__doc__ = f"Change the {name}: what is not in the body stays."
    return (
        Route("GET", f"/{name}", readers, get, response=struct, **_COMMON),
        Route("PUT", f"/{name}", ADMINISTRATOR, put, changes=struct, **_COMMON),
    )


def _found(administration: Administration, struct: type[T]) -> T:
    found = administration.single(struct)
    if found is None:
        name = struct.__name__
        raise ApiError(404, "Not Found", f"There is no {name} yet", name)
    return found


def _without_password(value: T) -> T:
    return structs.replace(value, password="") if hasattr(value, "password") else value


async def delete_cloud_connect(administration: Administration, call: Call[None]) -> None:
    """Forget the server of cloud services."""
    name = CloudConnectConfig.__name__

    def decide() -> Step:
        before = _found(administration, CloudConnectConfig)
        return Step("DELETE", before.uri, Put(name, None), before)

    await administration.change(call, decide)


_COMMON: Final[dict[str, Any]] = {"refusals": (404,), "needs_service": False}

SYSTEM: Final[tuple[Route[Administration, Any], ...]] = (
    *_single(SystemConfig),
    *_single(ClusterConfig),
    *_single(EnterpriseDatabaseConfig),
    *_single(ECCVariableConfig, (Asker.EVERYONE,)),
    *_single(ChatConfig, (Asker.EVERYONE,)),
    *_single(CloudConnectConfig),
    Route("DELETE", "/CloudConnectConfig", ADMINISTRATOR, delete_cloud_connect, **_COMMON),
)
"""The table."""

"""What an object may be beyond its declaration, whoever wants it: a request, or a text of the whole configuration.

Spec: ``rest.md`` §12.2, §12.3, §12.8.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from finesse_tx.origin_names import NotAnOriginError, as_sent
from finesse_tx.webservices.core.administration.desktop_layout import check_layout
from finesse_tx.webservices.core.administration.objects import ActionType, WorkflowAction
from finesse_tx.webservices.core.administration.system import (
    CORSConfig,
    EnterpriseDatabaseConfig,
    LayoutConfig,
    SystemConfig,
)
from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = ["check_action", "check_single"]

PARAMS: Final = {
    ActionType.BROWSER_POP: ("windowName", "path"),
    ActionType.HTTP_REQUEST: ("method", "location", "contentType", "path", "body"),
}
"""What each type of action may be told."""

CHOICES: Final = {"method": {"PUT", "POST"}, "location": {"FINESSE", "OTHER"}}


def check_action(action: WorkflowAction) -> None:
    """Check the parameters of an action.

    Raises:
        ApiError: 400, naming the parameter.
    """
    params = {param.name: param.value for param in action.params}
    for name, value in params.items():
        if name not in PARAMS[action.type] or value not in CHOICES.get(name, {value}):
            raise invalid(name)
    if not params.get("path"):
        raise missing("path")
    if action.type is ActionType.HTTP_REQUEST and not params.get("method"):
        raise missing("method")


def _check_database(value: EnterpriseDatabaseConfig) -> None:
    if value.backup_port is not None and not value.backup_host:
        raise missing("backupHost")


def _check_system(value: SystemConfig) -> None:
    if value.cti.backup_port is not None and not value.cti.backup_host:
        raise missing("backupHost")


def _check_origins(value: CORSConfig) -> None:
    seen = set()
    for origin in value.allowed_origins:
        try:
            sent = as_sent(origin)
        except NotAnOriginError as error:
            raise ApiError(400, "Invalid Input", str(error), origin) from None
        if sent != origin:
            raise ApiError(400, "Invalid Input", f"Write it as browsers send it: {sent}", origin)
        if sent in seen:
            raise ApiError(400, "Invalid Input", "This origin is there twice", origin)
        seen.add(sent)


_SINGLES: Final[Mapping[type, Callable[[Any], None]]] = {
    SystemConfig: _check_system,
    EnterpriseDatabaseConfig: _check_database,
    CORSConfig: _check_origins,
    LayoutConfig: lambda value: check_layout(value.layoutxml),
}


def check_single(value: object) -> None:
    """Check an object of which the system has one.

    Raises:
        ApiError: 400, naming the field.
    """
    check = _SINGLES.get(type(value))
    if check is not None:
        check(value)

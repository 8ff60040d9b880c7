"""Notifications: the ``<Update>`` envelope, and which node each change is published on.

Spec: ``notifications.md`` §5.1 (envelope, sources), §5.2 (errors).
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from finesse_tx.cti.core.enums import PeripheralErrorCode
from finesse_tx.webservices.core.correlation import told
from finesse_tx.webservices.core.xmlbinding import INDENT, render
from finesse_tx.xmltext import escape

__all__ = [
    "SYSTEM_INFO",
    "Event",
    "dialog_uri",
    "dialogs_uri",
    "error_update",
    "media_list_uri",
    "media_uri",
    "queue_uri",
    "queues_uri",
    "task_dialogs_node",
    "team_message_nodes",
    "team_uri",
    "team_users_uri",
    "update",
    "user_uri",
]

Event = Literal["PUT", "POST", "DELETE"]

SYSTEM_INFO: Final = "/finesse/api/SystemInfo"


def user_uri(login_id: str) -> str:
    """A user's path, which is its node too."""
    return f"/finesse/api/User/{login_id}"


def dialogs_uri(login_id: str) -> str:
    """The path of a user's dialogs, which is their node too."""
    return f"/finesse/api/User/{login_id}/Dialogs"


def media_list_uri(login_id: str) -> str:
    """The path of a user's media, which is their node too."""
    return f"/finesse/api/User/{login_id}/Media"


def media_uri(login_id: str, domain_id: int) -> str:
    """The path of a user's state in a domain."""
    return f"/finesse/api/User/{login_id}/Media/{domain_id}"


def task_dialogs_node(login_id: str) -> str:
    """The node of a user's dialogs that are not calls."""
    return f"/finesse/api/User/{login_id}/Dialogs/Media"


def dialog_uri(dialog_id: int | str) -> str:
    """A dialog's path."""
    return f"/finesse/api/Dialog/{dialog_id}"


def queue_uri(csq_id: int) -> str:
    """A queue's path, which is its node too."""
    return f"/finesse/api/Queue/{csq_id}"


def queues_uri(login_id: str) -> str:
    """The path of a user's queues, which is their node too."""
    return f"/finesse/api/User/{login_id}/Queues"


def team_uri(team_id: int | str) -> str:
    """A team's path."""
    return f"/finesse/api/Team/{team_id}"


def team_message_nodes(team_id: int | str) -> tuple[str, str]:
    """The nodes of a team's messages: the sources disagree on the name, so both are served."""
    return f"/finesse/api/Team/{team_id}/TeamMessage", f"/finesse/api/Team/{team_id}/TeamMessages"


def team_users_uri(team_id: int | str) -> str:
    """The node of a team's members."""
    return f"/finesse/api/Team/{team_id}/Users"


def update(event: Event, source: str, value: Struct | None, name: str, request_id: str = "") -> str:
    """Write what happened to an object.

    Args:
        event: PUT for changed, POST for added, DELETE for removed.
        source: The path of the changed resource.
        value: Its new representation; None leaves the data empty.
        name: The element it stands in, which in a notification begins in lower case.
        request_id: The header of the request that caused it; empty when nobody asked.
    """
    data = render(value, name, INDENT * 2) + "\n" if value is not None else ""
    return (
        f"<Update>\n  <data>\n{data}  </data>\n  <event>{event}</event>\n"
        f"  <requestId>{escape(told(request_id))}</requestId>\n  <source>{escape(source)}</source>\n</Update>"
    )


class _ApiError(Struct, frozen=True, rename="camel"):
    """One refusal, in the order of captured ones: peripheral fields only where there is a peripheral code."""

    peripheral_error_code: int | None
    error_type: str
    error_message: str
    peripheral_error_text: str | None
    peripheral_error_msg: str | None
    error_data: str
    error_media: str | None


class _ApiErrors(Struct, frozen=True, rename="camel"):
    api_error: _ApiError


def error_update(
    source: str,
    error_type: str,
    message: str,
    data: str,
    request_id: str = "",
    peripheral_code: int = 0,
    media: str | None = None,
    text: str = "",
) -> str:
    """Write that a request which was accepted has failed.

    The event is ``put`` in lower case, as the original's: its own JavaScript compares with ``PUT``, so that an
    error is never taken for a change.

    Args:
        source: The path of the resource that was asked.
        error_type: From the catalogue, such as ``Invalid State``.
        message: The control failure's constant, such as ``CF_INVALID_OBJECT_STATE``.
        data: Its number.
        request_id: The header of the request.
        peripheral_code: The peripheral's own code; 0 for none.
        media: Of an error about media other than voice: the domain; None of any other.
        text: A sentence for people, where more is known than the peripheral's code says.
    """
    error = _ApiError(
        peripheral_error_code=peripheral_code or None,
        error_type=error_type,
        error_message=message,
        peripheral_error_text=(text or _said(peripheral_code)) if peripheral_code else None,
        peripheral_error_msg=f"PERERR_{_named(peripheral_code)}" if peripheral_code else None,
        error_data=data,
        error_media=media,
    )
    body = render(_ApiErrors(error), "apiErrors", INDENT * 2)
    return (
        f"<Update>\n  <data>\n{body}\n  </data>\n  <requestId>{escape(told(request_id))}</requestId>\n"
        f"  <source>{escape(source)}</source>\n  <event>put</event>\n</Update>"
    )


def _named(code: int) -> str:
    """The constant of a peripheral's code; the number of one that has none."""
    try:
        return PeripheralErrorCode(code).name
    except ValueError:
        return str(code)


def _said(code: int) -> str:
    return f"The peripheral has refused it with {code}, {_named(code).replace('_', ' ').lower()}."

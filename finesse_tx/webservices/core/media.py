"""Media other than voice as REST shows them: an agent's state in a domain, and tasks as dialogs.

Spec: ``rest.md`` §4.2, §4.3, §10.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from msgspec import Struct, field

from finesse_tx.directory.core.records import ReasonCode as ReasonCodeRecord
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.tasks.core.records import Domain, Task
from finesse_tx.tasks.core.records import Media as MediaRecord
from finesse_tx.tasks.core.states import BEGUN, MediaState, actions
from finesse_tx.webservices.core import updates
from finesse_tx.webservices.core.agents import reason_code
from finesse_tx.webservices.core.calls import CALL_VARIABLES
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.objects import (
    CallVariable,
    CallVariables,
    Dialog,
    MediaProperties,
    Participant,
    ReasonCode,
)
from finesse_tx.webservices.core.task_words import TaskAction, TaskDialogState

__all__ = [
    "DigitalChannel",
    "DigitalChannels",
    "Media",
    "MediaDomain",
    "MediaDomains",
    "MediaList",
    "ScriptSelector",
    "ScriptSelectors",
    "media",
    "task_dialog",
]

NO_REASON: Final = "-1"
"""``reasonCodeId`` of a state without a reason."""


class Media(Struct, frozen=True, rename="camel"):
    """An agent in a media routing domain; what is said at the sign-in is there while it lasts."""

    description: str
    dialog_logout_action: str | None
    id: int
    interrupt_action: str | None
    interruptible: bool
    max_dialog_limit: int | None
    media_connected: bool
    name: str
    reason_code: ReasonCode | None
    reason_code_id: str
    routable: bool
    state: MediaState
    state_change_time: datetime | str
    uri: str


class MediaList(Struct, frozen=True):
    """An agent's media."""

    media: Annotated[tuple[Media, ...], item("")] = field(name="Media")


class MediaDomain(Struct, frozen=True):
    """A media routing domain."""

    id: int
    name: str
    description: str


class MediaDomains(Struct, frozen=True):
    """All media routing domains but voice."""

    domains: Annotated[tuple[MediaDomain, ...], item("")] = field(name="MediaDomain")


class ScriptSelector(Struct, frozen=True):
    """What calls and tasks are sent to; ``MrdID`` 1 is voice."""

    mrd_id: int = field(name="MrdID")
    name: str = field(name="Name")
    dialed_number: str = field(name="DialedNumber")
    description: str = field(name="Description")


class ScriptSelectors(Struct, frozen=True):
    """Where calls and tasks can be sent to."""

    selectors: Annotated[tuple[ScriptSelector, ...], item("")] = field(name="ScriptSelector")


class DigitalChannel(Struct, frozen=True, rename="camel"):
    """What a digital channel does; the elements are ours."""

    mrd_id: int
    name: str
    description: str
    interruptible: bool
    start_timeout: int
    max_task_duration: int


class DigitalChannels(Struct, frozen=True):
    """The digital channels that there are."""

    channels: Annotated[tuple[DigitalChannel, ...], item("")] = field(name="DigitalChannel")


def media(login_id: str, domain: Domain, now: MediaRecord | None, snapshot: Snapshot) -> Media:
    """An agent in a domain.

    Args:
        login_id: Who.
        domain: Where.
        now: How the agent is there; None: signed out.
        snapshot: The directory, for the reason.
    """
    code = _reason(now, snapshot) if now is not None else None
    settings = now.settings if now is not None and now.state is not MediaState.LOGOUT else None
    return Media(
        description=domain.description,
        dialog_logout_action=settings.logout_action.value if settings else None,
        id=domain.id,
        interrupt_action=settings.interrupt_action.value if settings else None,
        interruptible=domain.interruptible,
        max_dialog_limit=settings.max_dialog_limit if settings else None,
        media_connected=True,
        name=domain.name,
        reason_code=reason_code(code) if code else None,
        reason_code_id=str(code.id) if code else NO_REASON,
        routable=now is not None and now.routable,
        state=now.state if now is not None else MediaState.LOGOUT,
        state_change_time=_time(now.changed_at) if now is not None else "",
        uri=updates.media_uri(login_id, domain.id),
    )


def _reason(now: MediaRecord, snapshot: Snapshot) -> ReasonCodeRecord | None:
    return next((one for one in snapshot.reason_codes if one.id == now.reason_code_id), None)


def task_dialog(
    task: Task, domain: Domain, queue: tuple[int | None, str], *, interrupted: bool = False
) -> Dialog:
    """A task as the agent who has it sees it.

    Args:
        task: The task.
        domain: Its domain.
        queue: The number and the name of the queue that it came from.
        interrupted: Whether something else comes first.
    """
    stopped = interrupted and task.state in BEGUN
    state = TaskDialogState.INTERRUPTED if stopped else TaskDialogState[task.state.name]
    number, queue_name = queue
    may = () if interrupted else actions(task.state)
    values = dict.fromkeys(CALL_VARIABLES, "") | dict(task.submission.variables)
    return Dialog(
        associated_dialog_uri=updates.dialog_uri(task.associated) if task.associated else "",
        from_address="",
        id=task.dialog_id,
        media_properties=MediaProperties(
            dnis="",
            call_key_call_id=str(task.number.call_id),
            call_key_prefix=str(task.number.prefix),
            call_key_sequence_num=str(task.number.sequence),
            call_type="",
            dialed_number="",
            disposition_code=task.disposition.value if task.disposition else None,
            media_id=str(domain.id),
            outbound_classification="",
            queue_name=queue_name,
            queue_number=str(number) if number is not None else None,
            wrap_up_items=None,
            wrap_up_reason=None,
            callvariables=CallVariables(
                tuple(CallVariable(name, value) for name, value in values.items())
            ),
        ),
        media_type=domain.name,
        participants=(
            Participant(
                actions=tuple(TaskAction[action.name] for action in may),
                media_address=task.login_id,
                media_address_type="",
                start_time=_time(task.offered_at),
                state=state,
                state_cause="",
                state_change_time=_time(task.changed_at),
            ),
        ),
        scheduled_callback_info=None,
        secondary_id=None,
        state=state,
        to_address="",
        uri=updates.dialog_uri(task.dialog_id),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

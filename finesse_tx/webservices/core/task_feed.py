"""What applications submit as tasks, and what they are told of them.

Limits are the Task Routing guide's where it has some, and otherwise those of call variables; what is too long is
refused, where the original cuts it off.

Spec: the public Task Routing guide, "Task Submission API Parameters" and "Contact States and Reason Codes";
``rest.md`` §1.10.
"""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Final

from msgspec import Struct, field

from finesse_tx.cti.core.variables import MAX_NAME, MAX_VALUE
from finesse_tx.tasks.core.records import Submission, Task
from finesse_tx.tasks.core.states import TaskState
from finesse_tx.webservices.core.call_data import MAX_VARIABLE, VariableBody
from finesse_tx.webservices.core.declaration import item
from finesse_tx.webservices.core.reading import invalid, missing

__all__ = [
    "MAX_DESCRIPTION",
    "MAX_NAMED_BYTES",
    "MAX_SELECTOR",
    "MAX_TAGS",
    "MAX_TITLE",
    "TaskBody",
    "TaskStatus",
    "contact_path",
    "submission",
    "task_status",
]

MAX_TITLE: Final = 100
"""Characters of a name, as the guide has it, and of a title."""

MAX_DESCRIPTION: Final = 1_000
"""Characters of a description."""

MAX_SELECTOR: Final = 32
"""Characters of a script selector."""

MAX_TAGS: Final = 20
"""How many tags there may be, each as long as a title."""

MAX_NAMED_BYTES: Final = 2_000
"""Bytes of all named variables together, names and values."""

MAX_EXTENSIONS: Final = 50
"""How many variables there may be besides, which no agent sees."""

_CALL_VARIABLE: Final = re.compile(r"cv_([1-9]|10)")
_NAMED_VARIABLE: Final = re.compile(r"user_[^\[\]]+")


class TaskBody(Struct, frozen=True, rename="camel"):
    """A task, as it may be written."""

    ELEMENT: ClassVar[str] = "Task"

    name: str = ""
    title: str = ""
    description: str = ""
    script_selector: str = ""
    requeue_on_recovery: bool = False
    tags: Annotated[tuple[str, ...], item("tag")] = ()
    variables: Annotated[tuple[VariableBody, ...], item("variable")] = ()


class TaskStatus(Struct, frozen=True, rename="camel"):
    """What has become of a task: QUEUED, RESERVED, HANDLED or DISCARDED."""

    ELEMENT: ClassVar[str] = "Task"

    estimated_wait_time: int | None
    status: str
    status_reason: str
    task_id: str | None = field(name="taskID")
    agent_id: str | None = field(name="agentID")


def contact_path(contact_id: str) -> str:
    """Where a task's application asks for it."""
    return f"/ccp/task/contact/{contact_id}"


def submission(body: TaskBody, submitted_by: str) -> Submission:
    """Check a task.

    Raises:
        ApiError: 400, saying what is missing or wrong.
    """
    for name, text, most in (
        ("name", body.name, MAX_TITLE),
        ("title", body.title, MAX_TITLE),
        ("scriptSelector", body.script_selector, MAX_SELECTOR),
    ):
        if not text:
            raise missing(name)
        if len(text) > most or "\n" in text:
            raise invalid(name)
    if len(body.description) > MAX_DESCRIPTION:
        raise invalid("description")
    if len(body.tags) > MAX_TAGS or any(len(tag) > MAX_TITLE for tag in body.tags):
        raise invalid("tags")
    return Submission(
        selector=body.script_selector,
        name=body.name,
        title=body.title,
        description=body.description,
        variables=_variables(body.variables),
        tags=body.tags,
        requeue_on_recovery=body.requeue_on_recovery,
        submitted_by=submitted_by,
    )


def _variables(bodies: tuple[VariableBody, ...]) -> tuple[tuple[str, str], ...]:
    """What agents see of an application's variables, by the names that dialogs have for them; of two, the last."""
    found: dict[str, str] = {}
    others = 0
    for body in bodies:
        if match := _CALL_VARIABLE.fullmatch(body.name):
            if len(body.value.encode()) > MAX_VARIABLE:
                raise invalid(body.name)
            found[f"callVariable{match[1]}"] = body.value
        elif _NAMED_VARIABLE.fullmatch(body.name):
            name = f"user.{body.name.removeprefix('user_')}"
            if len(name.encode()) >= MAX_NAME or len(body.value.encode()) >= MAX_VALUE:
                raise invalid(body.name[:MAX_NAME])
            found[name] = body.value
        else:
            others += 1  # the application's own, for itself
    named = sum(
        len(name.encode()) + len(value.encode())
        for name, value in found.items()
        if name.startswith("user.")
    )
    if others > MAX_EXTENSIONS or named > MAX_NAMED_BYTES:
        raise invalid("variables")
    return tuple(found.items())


def task_status(task: Task) -> TaskStatus:
    """What a task's application is told."""
    if task.state is TaskState.QUEUED:
        return TaskStatus(task.estimated_wait_s, "QUEUED", "EXTERNALLY_ROUTED", None, None)
    if task.discarded:
        return TaskStatus(None, "DISCARDED", task.discarded, None, None)
    over = task.state is TaskState.CLOSED
    return TaskStatus(
        None,
        "HANDLED" if over else "RESERVED",
        "EXTERNALLY_HANDLED" if over else "EXTERNALLY_ROUTED",
        task.dialog_id,
        task.login_id,
    )

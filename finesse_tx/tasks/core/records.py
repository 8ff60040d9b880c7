"""Task routing's values: domains, script selectors, tasks, agents' media. A change makes a new one.

Times are seconds since 1970, since tasks outlive a restart.

Spec: ``rest.md`` §10; the public Task Routing guide, "Task" (what an application submits).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from finesse_tx.tasks.core.states import (
    Disposition,
    InterruptAction,
    LogoutAction,
    MediaState,
    TaskState,
)

__all__ = [
    "DAY_ZERO",
    "MAX_LIMIT",
    "Domain",
    "Media",
    "Selector",
    "SignIn",
    "Submission",
    "Task",
    "TaskNumber",
]

DAY_ZERO: Final = 134_774
"""The first day of 1970, counted as the original counts days in the keys of its calls: from 1601 on."""

MAX_LIMIT: Final = 10
"""The largest ``maxDialogLimit``."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A media routing domain.

    Attributes:
        id: ``mrdId``.
        name: For people and ``mediaType``.
        description: For people to read.
        interruptible: Whether a call comes before its tasks.
        start_timeout_s: How long a task may be offered to somebody.
        max_task_s: How long somebody may have a task.
        teams: The names of the teams whose agents have it; empty for all.
        signs_out: Whether signing out of voice signs out of it, where that is said of each.
    """

    id: int
    name: str
    description: str = ""
    interruptible: bool = False
    start_timeout_s: float = 30.0
    max_task_s: float = 28_800.0
    teams: frozenset[str] = frozenset()
    signs_out: bool = True


@dataclass(frozen=True, slots=True)
class Selector:
    """A script selector: where tasks are sent to, and who gets them.

    Attributes:
        dialed_number: What applications and agents name it by.
        domain_id: The domain of its tasks.
        description: For people to read.
        queue: The queue whose agents get them; empty for everybody who is in the domain.
        priority: 1 to 10; 10 goes first.
    """

    dialed_number: str
    domain_id: int
    description: str = ""
    queue: str = ""
    priority: int = 1


@dataclass(frozen=True, slots=True)
class Submission:
    """What an application submits.

    Attributes:
        selector: The script selector.
        name: Who it is from; ``fromAddress`` of the dialog.
        title: What it is about.
        description: More of it.
        variables: The call variables and ECC variables that agents see, by the dialog's names.
        tags: The application's own words.
        requeue_on_recovery: Whether it is worth something after a restart, while nobody has accepted it.
        submitted_by: Whose application.
    """

    selector: str
    name: str
    title: str
    description: str = ""
    variables: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()
    requeue_on_recovery: bool = False
    submitted_by: str = ""


class TaskNumber(NamedTuple):
    """The key of a task at an agent's, as that of a call: day, number in the day, how often it was routed before."""

    prefix: int
    call_id: int
    sequence: int

    @property
    def dialog_id(self) -> str:
        """The dialog's id."""
        return f"{self.prefix}_{self.call_id}_{self.sequence}"


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        contact_id: What the application knows it by; stays the same however often it is routed.
        number: What agents know it by; a new one each time that it is queued.
        submission: What was submitted.
        selector: Where it is routed now.
        domain_id: In which domain.
        submitted_at: When it came; it keeps its place in the queue.
        changed_at: When it came into its state.
        state: Where it is.
        login_id: Who has it; empty for nobody.
        offered_at: When that agent got it; 0 while nobody has it.
        expires_at: When it is taken away from that agent; 0 while nobody has it.
        associated: The dialog that it was before; empty for the first.
        disposition: Why it has ended; None before.
        discarded: Why it was never handled; empty where it was, or may be.
        estimated_wait_s: How long it was expected to wait, when it came; -1 for unknown.
    """

    contact_id: str
    number: TaskNumber
    submission: Submission
    selector: str
    domain_id: int
    submitted_at: float
    changed_at: float
    state: TaskState = TaskState.QUEUED
    login_id: str = ""
    offered_at: float = 0.0
    expires_at: float = 0.0
    associated: str = ""
    disposition: Disposition | None = None
    discarded: str = ""
    estimated_wait_s: int = -1

    @property
    def dialog_id(self) -> str:
        """The dialog's id."""
        return self.number.dialog_id


@dataclass(frozen=True, slots=True)
class SignIn:
    """What an agent says when signing in to a domain.

    Attributes:
        max_dialog_limit: How many tasks the agent takes at once, 1 to `MAX_LIMIT`.
        interrupt_action: What a call between does.
        logout_action: What becomes of open tasks at the end.
    """

    max_dialog_limit: int
    interrupt_action: InterruptAction
    logout_action: LogoutAction = LogoutAction.CLOSE


@dataclass(frozen=True, slots=True)
class Media:
    """An agent in a domain, signed in.

    Attributes:
        login_id: Who.
        domain_id: Where.
        settings: As given at the sign-in.
        state: As it is shown.
        changed_at: Since when.
        ready: Whether the agent has asked for tasks.
        routable: Whether tasks may be offered, as it is shown.
        stops: Whether the agent will not be routable once everything offered has begun.
        interrupted: Whether something else comes first.
        reason_code_id: The database's id of the reason for not being ready; None for none.
        idle_since: Since when nothing was offered to the agent and nothing ended: who waits longest is first.
    """

    login_id: str
    domain_id: int
    settings: SignIn
    state: MediaState
    changed_at: float
    ready: bool = False
    routable: bool = True
    stops: bool = False
    interrupted: bool = False
    reason_code_id: int | None = None
    idle_since: float = 0.0

    @property
    def shown(self) -> tuple[object, ...]:
        """What of it clients see."""
        return self.settings, self.state, self.routable, self.reason_code_id

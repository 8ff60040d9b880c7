"""Media other than voice."""

from __future__ import annotations

from collections.abc import Sequence

from twisted.internet.defer import Deferred
from zope.interface import Attribute, Interface

from finesse_tx.tasks.core.events import Changes, Event
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import Action

__all__ = ["ITaskListener", "ITaskRecords", "ITaskRouting"]


class ITaskRecords(Interface):
    """Where tasks and agents' media are kept over a restart."""

    def keep(changes: Changes) -> Deferred[None]:
        """Keep what there is now of what has changed, and no longer what there is not; all of it, or nothing.

        Fails with a `StoreError`.
        """


class ITaskListener(Interface):
    """Whoever tells clients of tasks."""

    def task_events(events: Sequence[Event]) -> None:
        """Something has happened to agents' media and tasks, in this order."""


class ITaskRouting(Interface):
    """Media other than voice: agents' states in them, and their tasks.

    Each command is carried out at once; what it causes is told to the listener before it returns.
    """

    roster: Roster = Attribute("The domains and script selectors, and whose they are.")
    open_tasks: int = Attribute("How many tasks are not over.")

    def media(login_id: str, domain_id: int) -> Media | None:
        """An agent in a domain; None for one who is signed out of it."""

    def domains_in(login_id: str) -> tuple[int, ...]:
        """The domains that somebody is signed in to."""

    def tasks_of(login_id: str, domain_id: int) -> tuple[Task, ...]:
        """What somebody has in a domain, in the order of the offers."""

    def dialog(dialog_id: str) -> Task | None:
        """A task that somebody has."""

    def is_interrupted(task: Task) -> bool:
        """Whether nothing can be done with a task, since something else comes first."""

    def sign_in(login_id: str, domain_id: int, settings: SignIn) -> None:
        """Sign an agent in to a domain; raises `TaskRefusedError`."""

    def set_ready(login_id: str, domain_id: int, ready: bool, reason_code_id: int | None) -> None:
        """An agent wants tasks, or no more of them; raises `TaskRefusedError`."""

    def set_routable(login_id: str, domain_id: int, routable: bool) -> None:
        """Tasks may be offered to an agent, or no more of them; raises `TaskRefusedError`."""

    def sign_out(login_id: str, domain_id: int, reason_code_id: int | None) -> None:
        """Sign an agent out of a domain; raises `TaskRefusedError`."""

    def set_calling(login_id: str, calling: bool) -> None:
        """An agent has a call, or has none any more."""

    def act(login_id: str, dialog_id: str, action: Action, target: str) -> None:
        """An agent does something with a task; raises `TaskRefusedError` or `NoSuchTargetError`."""

    def submit(submission: Submission) -> Deferred[Task]:
        """Take in a task.

        Returns:
            Fires when it is kept; or fails with `NoSuchTargetError`, `TooManyTasksError` or a `StoreError`.
        """

    def status(contact_id: str) -> Task | None:
        """What has become of a task; None where that is not known, or not any more."""

    def cancel(contact_id: str) -> bool:
        """The customer has gone; say whether that was in time: nobody had accepted the task yet."""

"""Task routing: feeds the core with commands and time, tells what happens, keeps what must outlive a restart.

The wall time is the core's time, since deadlines outlive a restart too: when the clock of the machine is set, offers
end earlier or later by that much.

Spec: ``rest.md`` §10; the public Task Routing guide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from twisted.application.service import Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure
from typing_extensions import override
from zope.interface import implementer

from finesse_tx.interfaces import ITaskListener, ITaskRecords, ITaskRouting
from finesse_tx.metrics.core.families import Family
from finesse_tx.store.core.errors import StoreError
from finesse_tx.tasks.core.errors import NoSuchTargetError, TooManyTasksError
from finesse_tx.tasks.core.events import Changes, TaskEvent
from finesse_tx.tasks.core.metrics import task_families
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.router import Router
from finesse_tx.tasks.core.states import Action, Disposition

__all__ = ["RETRY_S", "TaskRouting"]

RETRY_S: Final = 5.0
"""The pause before changes that could not be kept are tried again."""


@implementer(ITaskRouting)
class TaskRouting(Service):
    """The tasks of one node.

    Args:
        roster: The domains and script selectors, and whose they are.
        max_tasks: How many tasks there may be.
        tasks: Those that were kept.
        media: Who was signed in to what.
        records: Where they are kept.
        clock: For deadlines.
        now: The wall time, in UTC.
        new_id: Names a task for its application; never the same twice.
    """

    log = Logger()
    name = "tasks"

    def __init__(
        self,
        roster: Roster,
        max_tasks: int,
        tasks: Iterable[Task],
        media: Iterable[Media],
        records: ITaskRecords,
        clock: IReactorTime,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self.roster = roster
        self._router = Router(roster, max_tasks)
        self._kept = tuple(tasks), tuple(media)
        self._records, self._clock, self._now, self._new_id = records, clock, now, new_id
        self._listener: ITaskListener | None = None
        self._timer: IDelayedCall | None = None
        self._due: float | None = None  # what it waits for
        self._retry: IDelayedCall | None = None
        self._keeping: Deferred[None] | None = None
        self._idle: Deferred[None] | None = None  # who waits for everything to be kept
        self._coming = 0  # tasks that are being kept for the first time
        self._submitted, self._ended = 0, Counter[Disposition]()

    def use(self, listener: ITaskListener) -> None:
        """Tell this one; called once, before the start."""
        self._listener = listener

    @override
    def startService(self) -> None:
        """Go on with what was kept; nobody listens yet, and clients ask for everything anew."""
        super().startService()
        tasks, media = self._kept
        self._kept = (), ()
        with self._changing() as now:
            self._router.restore(tasks, media, now)
            self._router.advance(now)
        if tasks or media:
            self.log.info(
                "{tasks} tasks and {media} sign-ins to media are back",
                tasks=len(tasks),
                media=len(media),
            )

    @override
    def stopService(self) -> Deferred[None]:
        """Stop when everything is kept, or cannot be."""
        super().stopService()
        self._set_timer()
        if self._retry is not None:
            retry, self._retry = self._retry, None
            retry.cancel()
        stopped: Deferred[None] = Deferred()
        self._idle = stopped
        self._keep()
        return stopped

    # Questions --------------------------------------------------------------------------------------------------

    @property
    def open_tasks(self) -> int:
        """See `ITaskRouting`."""
        return self._router.ledger.open

    @property
    def waiting_tasks(self) -> int:
        """How many tasks wait for an agent."""
        return len(self._router.ledger.waiting)

    @property
    def sign_ins(self) -> int:
        """How many sign-ins to domains there are."""
        return len(self._router.desks)

    def media(self, login_id: str, domain_id: int) -> Media | None:
        """See `ITaskRouting`."""
        return self._router.desks.media(login_id, domain_id)

    def domains_in(self, login_id: str) -> tuple[int, ...]:
        """See `ITaskRouting`."""
        return self._router.desks.domains_in(login_id)

    def tasks_of(self, login_id: str, domain_id: int) -> tuple[Task, ...]:
        """See `ITaskRouting`."""
        return self._router.ledger.tasks_of(login_id, domain_id)

    def dialog(self, dialog_id: str) -> Task | None:
        """See `ITaskRouting`."""
        return self._router.ledger.dialog(dialog_id)

    def is_interrupted(self, task: Task) -> bool:
        """See `ITaskRouting`."""
        return self._router.desks.is_interrupted(task)

    def families(self) -> Iterator[Family]:
        """What it does, in numbers."""
        held = self.open_tasks - self.waiting_tasks
        return task_families(self.waiting_tasks, held, self.sign_ins, self._submitted, self._ended)

    # Commands ---------------------------------------------------------------------------------------------------

    def sign_in(self, login_id: str, domain_id: int, settings: SignIn) -> None:
        """See `ITaskRouting`."""
        with self._changing() as now:
            self._router.sign_in(login_id, domain_id, settings, now)

    def set_ready(
        self, login_id: str, domain_id: int, ready: bool, reason_code_id: int | None
    ) -> None:
        """See `ITaskRouting`."""
        with self._changing() as now:
            self._router.set_ready(login_id, domain_id, ready, reason_code_id, now)

    def set_routable(self, login_id: str, domain_id: int, routable: bool) -> None:
        """See `ITaskRouting`."""
        with self._changing() as now:
            self._router.set_routable(login_id, domain_id, routable, now)

    def sign_out(self, login_id: str, domain_id: int, reason_code_id: int | None) -> None:
        """See `ITaskRouting`."""
        with self._changing() as now:
            self._router.sign_out(login_id, domain_id, reason_code_id, now)

    def set_calling(self, login_id: str, calling: bool) -> None:
        """See `ITaskRouting`; most of those who have calls have no other media, and it must cost them nothing."""
        if not self._router.desks.domains_in(login_id):
            self._router.desks.set_calling(login_id, calling)
            return
        with self._changing() as now:
            self._router.set_calling(login_id, calling, now)

    def restaff(self) -> None:
        """The directory has changed: who takes which tasks may be others now."""
        if self.running:
            with self._changing() as now:
                self._router.restaff(now)

    def act(self, login_id: str, dialog_id: str, action: Action, target: str) -> None:
        """See `ITaskRouting`."""
        with self._changing() as now:
            self._router.act(login_id, dialog_id, action, now, target)

    def submit(self, submission: Submission) -> Deferred[Task]:
        """See `ITaskRouting`."""
        answer: Deferred[Task] = Deferred()
        try:
            task = self._router.make(submission, self._new_id(), self._seconds(), self._coming)
        except (NoSuchTargetError, TooManyTasksError):
            answer.errback(Failure())
            return answer

        def not_kept(failure: Failure) -> None:
            self._coming -= 1
            answer.errback(failure)

        def kept(_nothing: None) -> None:
            self._coming -= 1
            self._submitted += 1
            if self.running:  # else it is kept, and waits for the next start
                with self._changing() as now:
                    self._router.submit(task, now)
            answer.callback(task)

        self._coming += 1
        keeping = self._records.keep(Changes({task.contact_id: task}))
        keeping.addCallbacks(kept, not_kept)
        return answer

    def status(self, contact_id: str) -> Task | None:
        """See `ITaskRouting`."""
        task = self._router.status(contact_id, self._seconds())
        self._set_timer()
        return task

    def cancel(self, contact_id: str) -> bool:
        """See `ITaskRouting`."""
        with self._changing() as now:
            return self._router.cancel(contact_id, now)

    # What comes of it -------------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        return self._now().timestamp()

    @contextmanager
    def _changing(self) -> Iterator[float]:
        """Around each change: afterwards everybody is told, whether it was refused or not."""
        try:
            yield self._seconds()
        finally:
            events = self._router.take()
            for event in events:
                if isinstance(event, TaskEvent):
                    if event.task.disposition is not None:
                        self._ended[event.task.disposition] += 1
                    self.log.info(
                        "task {contact}: {kind} {dialog} of {login_id}: {state}",
                        contact=event.task.contact_id,
                        kind=event.kind,
                        dialog=event.task.dialog_id,
                        login_id=event.login_id,
                        state=event.task.state.value,
                    )
            if events and self._listener is not None:
                self._listener.task_events(events)
            self._keep()
            self._set_timer()

    def _set_timer(self) -> None:
        due = self._router.due_at() if self.running else None
        if self._timer is not None:
            if due == self._due:
                return
            self._timer.cancel()
            self._timer = None
        self._due = due
        if due is not None:
            self._timer = self._clock.callLater(max(0.0, due - self._seconds()), self._advance)

    def _advance(self) -> None:
        self._timer = None
        with self._changing() as now:
            self._router.advance(now)

    # The store --------------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """Keep what has changed, one part after the other: what changes again meanwhile is in the next."""
        if self._keeping is not None or self._retry is not None:
            return
        changes = self._router.take_changes()
        if not changes:
            if self._idle is not None:
                idle, self._idle = self._idle, None
                idle.callback(None)
            return
        self._keeping = keeping = self._records.keep(changes)

        def kept(_nothing: None) -> None:
            self._keeping = None
            self._keep()

        def not_kept(failure: Failure) -> None:
            self._keeping = None
            self._not_kept(changes, failure)

        keeping.addCallbacks(kept, not_kept)
        keeping.addErrback(lambda failure: self.log.failure("keeping tasks failed", failure))

    def _not_kept(self, changes: Changes, failure: Failure) -> None:
        failure.trap(StoreError)
        self.log.warn(
            "{tasks} tasks and {media} sign-ins are not kept: {reason}",
            tasks=len(changes.tasks),
            media=len(changes.media),
            reason=failure.getErrorMessage(),
        )
        if not self.running:
            if self._idle is not None:
                idle, self._idle = self._idle, None
                idle.callback(None)
            return
        self._router.keep_again(changes)
        self._retry = self._clock.callLater(RETRY_S, self._again)

    def _again(self) -> None:
        self._retry = None
        self._keep()

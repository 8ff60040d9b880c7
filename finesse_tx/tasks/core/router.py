"""The task router: what applications submit is offered to agents, one medium beside the other.

Commands in, with the time; what they cause is collected, and `Router.take` hands it out in order. A task is in exactly
one place (`finesse_tx.tasks.core.ledger`). An offer never brings an agent above the limit that the agent has set; an
agent who lowers it keeps what is open.

Of those who are available (`finesse_tx.tasks.core.desks`) the one who has waited longest is next. A task that is not
accepted in time goes back to its place in the queue, and the agent is not routable until he says so.

Spec: ``rest.md`` §10; the public REST guide, "Agent States for Nonvoice Media" and "Dialog APIs for Nonvoice Tasks".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from finesse_tx.tasks.core.desks import Desks
from finesse_tx.tasks.core.errors import (
    NoSuchTargetError,
    Refusal,
    TaskRefusedError,
    TooManyTasksError,
)
from finesse_tx.tasks.core.events import Changes, Event, MediaEvent
from finesse_tx.tasks.core.ledger import Ledger
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import (
    BEGUN,
    STEP,
    Action,
    Disposition,
    LogoutAction,
    MediaState,
    TaskState,
)

__all__ = ["NOT_REQUEUED", "NO_SCRIPT", "Router"]

NO_SCRIPT: Final = "NOTIFICATION_NO_SCRIPT"
"""``statusReason`` of a task whose selector there is no longer."""

NOT_REQUEUED: Final = "NOT_REQUEUED_ON_RECOVERY"
"""``statusReason`` of a task that was not worth keeping over a restart; ours."""


class Router:
    """Tasks, and agents' media.

    Args:
        roster: Domains, selectors, and whose they are.
        max_tasks: How many tasks there may be, those of the last minutes included.

    Attributes:
        ledger: Where each task is.
        desks: Agents' media.
    """

    def __init__(self, roster: Roster, max_tasks: int) -> None:
        self._roster, self._max_tasks = roster, max_tasks
        self.ledger = Ledger()
        self.desks = Desks(roster, self.ledger)

    # Questions --------------------------------------------------------------------------------------------------

    def status(self, contact_id: str, now: float) -> Task | None:
        """What has become of a task, as its application asks; one that is over is known a little longer for that."""
        self.ledger.asked(contact_id, now)
        return self.ledger.tasks.get(contact_id)

    def due_at(self) -> float | None:
        """The next moment at which `advance` has something to do; None when there is none."""
        moments = (self.ledger.deadlines.next(), self.ledger.forget_at())
        return min((one for one in moments if one is not None), default=None)

    def take(self) -> list[Event]:
        """What has happened since the last time, in order."""
        events, self.ledger.events = self.ledger.events, []
        return events

    def take_changes(self) -> Changes:
        """What must be kept since the last time; each object once, as it is now."""
        changes, self.ledger.changes = self.ledger.changes, Changes()
        return changes

    def keep_again(self, changes: Changes) -> None:
        """Changes that could not be kept come again, but for what has changed once more since."""
        later = self.ledger.changes
        self.ledger.changes = Changes(
            {**changes.tasks, **later.tasks}, {**changes.media, **later.media}
        )

    # Applications -----------------------------------------------------------------------------------------------

    def make(self, submission: Submission, contact_id: str, now: float, coming: int = 0) -> Task:
        """Make a task, which is nowhere yet; ``coming`` others were made and not submitted.

        Raises:
            NoSuchTargetError: There is no such selector.
            TooManyTasksError: There are too many already.
        """
        selector = self._roster.selectors.get(submission.selector)
        if selector is None:
            raise NoSuchTargetError(submission.selector)
        if self.ledger.open + coming >= self._max_tasks:
            raise TooManyTasksError(self._max_tasks)
        return Task(
            contact_id,
            self.ledger.next_number(now),
            submission,
            selector.dialed_number,
            selector.domain_id,
            submitted_at=now,
            changed_at=now,
            estimated_wait_s=self.ledger.waiting.estimate_s(selector.dialed_number),
        )

    def submit(self, task: Task, now: float) -> None:
        """Take in a new task."""
        while len(self.ledger.tasks) >= self._max_tasks and self.ledger.forget_first():
            pass
        self.ledger.waiting.add(self.ledger.put(task))
        self._route(now)

    def cancel(self, contact_id: str, now: float) -> bool:
        """The customer has gone; say whether that was in time: nobody had accepted the task yet."""
        task = self.ledger.tasks.get(contact_id)
        if task is None or task.state not in {TaskState.QUEUED, TaskState.OFFERED}:
            return False
        if task.state is TaskState.QUEUED:
            self.ledger.waiting.remove(task)
        else:
            self._leave(task, Disposition.ABANDONED, now)
        self.ledger.forget(contact_id)
        self.desks.settle(task.login_id, now)
        self._route(now)
        return True

    # Agents -----------------------------------------------------------------------------------------------------

    def sign_in(self, login_id: str, domain_id: int, settings: SignIn, now: float) -> None:
        """Sign an agent in to a domain; not ready, and routable.

        Raises:
            TaskRefusedError: The agent has no such domain, or is signed in already; then what the agent has said at
                the sign-in is changed all the same, which is how a client that has come back sets it again.
        """
        if not self._roster.has(login_id, domain_id):
            raise TaskRefusedError(Refusal.NO_SUCH_DOMAIN, domain_id)
        if self.desks.media(login_id, domain_id) is not None:
            self.desks.settle(login_id, now, domain_id, settings=settings)
            self._route(now)
            raise TaskRefusedError(Refusal.ALREADY_SIGNED_IN, domain_id)
        media = Media(login_id, domain_id, settings, MediaState.NOT_READY, now, idle_since=now)
        self.desks.keep(media)
        self.ledger.events.append(MediaEvent(media))

    def set_ready(
        self, login_id: str, domain_id: int, ready: bool, reason_code_id: int | None, now: float
    ) -> None:
        """An agent wants tasks, or no more of them; what is open goes on.

        Raises:
            TaskRefusedError: The agent is not signed in, or would not be ready while a task is offered.
        """
        media = self.desks.signed_in(login_id, domain_id)
        if ready:
            since = media.idle_since if media.ready else now
            self.desks.settle(
                login_id,
                now,
                domain_id,
                ready=True,
                routable=True,
                stops=False,
                reason_code_id=None,
                idle_since=since,
            )
        else:
            tasks = self.ledger.tasks_of(login_id, domain_id)
            if any(task.state is TaskState.OFFERED for task in tasks):
                raise TaskRefusedError(Refusal.WRONG_ORDER, domain_id)
            self.desks.settle(login_id, now, domain_id, ready=False, reason_code_id=reason_code_id)
        self._route(now)

    def set_routable(self, login_id: str, domain_id: int, routable: bool, now: float) -> None:
        """Tasks may be offered to an agent, or no more of them; that shows when what was offered has begun.

        Raises:
            TaskRefusedError: The agent is not signed in.
        """
        media = self.desks.signed_in(login_id, domain_id)
        if routable:
            self.desks.settle(login_id, now, domain_id, routable=True, stops=False)
        else:
            self.desks.settle(login_id, now, domain_id, stops=media.routable)
        self._route(now)

    def sign_out(
        self, login_id: str, domain_id: int, reason_code_id: int | None, now: float
    ) -> None:
        """Sign an agent out of a domain; what is open is closed or routed anew, as the agent has said.

        Raises:
            TaskRefusedError: The agent is not signed in.
        """
        media = self.desks.signed_in(login_id, domain_id)
        transfers = media.settings.logout_action is LogoutAction.TRANSFER
        for task in self.ledger.tasks_of(login_id, domain_id):
            if task.state is TaskState.OFFERED or transfers:
                self._requeue(task, Disposition.TRANSFERRED_ON_SIGN_OUT, task.selector, now)
            else:
                self.ledger.end(self._leave(task, Disposition.SIGNED_OUT, now), now)
        self.desks.remove(media)
        gone = replace(
            media,
            state=MediaState.LOGOUT,
            changed_at=now,
            ready=False,
            routable=False,
            stops=False,
            interrupted=False,
            reason_code_id=reason_code_id,
        )
        self.ledger.events.append(MediaEvent(gone))
        self.desks.settle(login_id, now)
        self._route(now)

    def set_calling(self, login_id: str, calling: bool, now: float) -> None:
        """An agent has a call, or has none any more."""
        if self.desks.set_calling(login_id, calling):
            self.desks.settle(login_id, now)
            self._route(now)

    def restaff(self, now: float) -> None:
        """The directory is another one: whoever has a domain no longer is signed out of it, and who is new gets tasks."""
        for login_id in self.desks.people():
            for domain_id in self.desks.domains_in(login_id):
                if not self._roster.has(login_id, domain_id):
                    self.sign_out(login_id, domain_id, None, now)
        self._route(now)

    def act(
        self, login_id: str, dialog_id: str, action: Action, now: float, target: str = ""
    ) -> None:
        """An agent does something with a task.

        Args:
            login_id: Who.
            dialog_id: The task.
            action: What.
            now: The time.
            target: Of a transfer: the selector that it is sent to.

        Raises:
            TaskRefusedError: It is not the agent's, or this is not possible now.
            NoSuchTargetError: There is no such selector.
        """
        task = self.ledger.dialog(dialog_id)
        if task is None or task.login_id != login_id:
            raise TaskRefusedError(Refusal.NO_SUCH_TASK, task.domain_id if task else 0)
        if self.desks.is_interrupted(task):
            raise TaskRefusedError(Refusal.INTERRUPTED, task.domain_id)
        state = STEP.get((task.state, action))
        if state is None:
            raise TaskRefusedError(Refusal.WRONG_ORDER, task.domain_id)
        if state is TaskState.QUEUED:
            if target not in self._roster.selectors:
                raise NoSuchTargetError(target)
            self._requeue(task, Disposition.TRANSFERRED, target, now)
        elif state is TaskState.CLOSED:
            self.ledger.end(self._leave(task, Disposition.NORMAL, now), now)
        else:
            expires_at = task.expires_at
            if action is Action.ACCEPT:
                self.ledger.waiting.waited(task.selector, now - task.submitted_at)
                expires_at = now + self._roster.domains[task.domain_id].max_task_s
            self.ledger.change(task, state, expires_at, now)
        self.desks.settle(login_id, now)
        self._route(now)

    # Time -------------------------------------------------------------------------------------------------------

    def advance(self, now: float) -> None:
        """Do what is due: take offers back, end what takes too long, forget what is over."""
        for task in self.ledger.deadlines.due(now):
            if task.state is TaskState.OFFERED:
                self._not_accepted(task, now)
            else:
                self.ledger.end(self._leave(task, Disposition.TOO_LONG, now), now)
                self.desks.settle(task.login_id, now)
        while (forget_at := self.ledger.forget_at()) is not None and forget_at <= now:
            self.ledger.forget_first()
        self._route(now)

    def _not_accepted(self, task: Task, now: float) -> None:
        could_not = self.desks.is_interrupted(task)
        self._requeue(task, Disposition.NOT_ACCEPTED, task.selector, now)
        if could_not:
            self.desks.settle(task.login_id, now)
        else:
            self.desks.settle(task.login_id, now, task.domain_id, routable=False, stops=False)

    def restore(self, tasks: Iterable[Task], media: Iterable[Media], now: float) -> None:
        """Go on with what was kept; called once, before anything else."""
        for one in media:
            if self._roster.has(one.login_id, one.domain_id):
                self.desks.keep(replace(one, interrupted=False))
            else:
                self.desks.remove(one)
        for task in sorted(tasks, key=lambda task: (task.offered_at, task.submitted_at)):
            self._restore(task, now)
        for login_id in self.desks.people():
            self.desks.settle(login_id, now)
        self._route(now)

    def _restore(self, task: Task, now: float) -> None:
        self.ledger.remember(task, now)
        selector = self._roster.selectors.get(task.selector)
        if task.state is TaskState.CLOSED:
            return
        if task.state in BEGUN and self.desks.media(task.login_id, task.domain_id):
            self.ledger.hold(task)
        elif selector is None:
            self.ledger.discard(task, NO_SCRIPT, now)
        elif task.state not in BEGUN and not task.submission.requeue_on_recovery:
            self.ledger.discard(task, NOT_REQUEUED, now)
        else:
            self.ledger.queue(task, selector, now, again=task.state is not TaskState.QUEUED)

    # What changes -----------------------------------------------------------------------------------------------

    def _leave(self, task: Task, disposition: Disposition, now: float) -> Task:
        """An agent has a task no longer, and is the last in line."""
        self.desks.idle(task.login_id, task.domain_id, now)
        return self.ledger.leave(task, disposition, now)

    def _requeue(self, task: Task, why: Disposition, target: str, now: float) -> None:
        self._leave(task, why, now)
        selector = self._roster.selectors.get(target)
        if selector is None:  # it was taken out of the configuration
            self.ledger.discard(task, NO_SCRIPT, now)
        else:
            self.ledger.queue(task, selector, now, again=True)

    # Routing ----------------------------------------------------------------------------------------------------

    def _route(self, now: float) -> None:
        """Offer what can be offered."""
        while (following := self._following()) is not None:
            task, login_id = following
            domain = self._roster.domains[task.domain_id]
            self.desks.idle(login_id, domain.id, now)
            self.ledger.offer(task, login_id, now + domain.start_timeout_s, now)
            self.desks.settle(login_id, now)

    def _following(self) -> tuple[Task, str] | None:
        """The task that is next, and whose it will be; None when nothing can be offered."""
        found: list[tuple[tuple[int, float, int, str], str]] = []
        for dialed_number, place in self.ledger.waiting.heads():
            selector = self._roster.selectors[dialed_number]
            login_id = self.desks.longest_available(selector)
            if login_id is not None:
                found.append(((-selector.priority, *place), login_id))
        if not found:
            return None
        place_of_first, login_id = min(found)
        return self.ledger.tasks[place_of_first[-1]], login_id

"""Where each task is: it waits in one queue, or one agent has it, or it is over.

Every move is made here, and written down: what is told (`Event`) and what must be kept (`Changes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from finesse_tx.tasks.core.deadlines import Deadlines
from finesse_tx.tasks.core.events import Changes, Event, TaskEvent
from finesse_tx.tasks.core.records import DAY_ZERO, Selector, Task, TaskNumber
from finesse_tx.tasks.core.states import Disposition, TaskState
from finesse_tx.tasks.core.waiting import Waiting

__all__ = ["KEPT_S", "Ledger"]

KEPT_S: Final = 300.0
"""How long a task that is over is known after somebody has asked for it."""

_DAY_S: Final = 86_400
_PER_S: Final = 100
"""How many numbers of a day there are for each of its seconds, so that a restart does not give one out twice."""


class Ledger:
    """All tasks.

    Attributes:
        tasks: By contact id.
        waiting: Those that wait.
        deadlines: When those that somebody has are taken away.
        events: What is to be told.
        changes: What is to be kept.
    """

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.waiting = Waiting()
        self.deadlines = Deadlines(self.tasks)
        self.events: list[Event] = []
        self.changes = Changes()
        self._held: dict[tuple[str, int], dict[str, None]] = {}  # contact ids
        self._dialogs: dict[str, str] = {}  # contact ids of what agents have, by dialog id
        self._over: dict[str, float] = {}  # when it was last asked for, the oldest first
        self._last: tuple[int, int] = (0, 0)

    @property
    def open(self) -> int:
        """How many tasks are not over."""
        return len(self.tasks) - len(self._over)

    def tasks_of(self, login_id: str, domain_id: int) -> tuple[Task, ...]:
        """What somebody has in a domain, in the order of the offers."""
        return tuple(self.tasks[contact] for contact in self._held.get((login_id, domain_id), ()))

    def dialog(self, dialog_id: str) -> Task | None:
        """A task that somebody has."""
        contact_id = self._dialogs.get(dialog_id)
        return self.tasks[contact_id] if contact_id is not None else None

    def next_number(self, now: float) -> TaskNumber:
        """The number of a new task; never one from before."""
        day, second = divmod(now, _DAY_S)
        prefix, number = int(day) + DAY_ZERO, int(second * _PER_S)
        last_prefix, last = self._last
        if prefix <= last_prefix:
            prefix, number = last_prefix, max(number, last + 1)
        self._last = prefix, number
        return TaskNumber(prefix, number, 1)

    def places(self) -> Iterator[tuple[str, str]]:
        """Where each task is: its contact id, and what has it; for who checks that each is in one place."""
        for contact_id in self.waiting.contacts():
            yield contact_id, "waiting"
        for (login_id, domain_id), held in self._held.items():
            for contact_id in held:
                yield contact_id, f"{login_id} {domain_id}"
        for contact_id in self._over:
            yield contact_id, "over"

    # Moves ------------------------------------------------------------------------------------------------------

    def put(self, task: Task) -> Task:
        """A task is like this now."""
        self.tasks[task.contact_id] = self.changes.tasks[task.contact_id] = task
        return task

    def queue(self, task: Task, selector: Selector, now: float, *, again: bool) -> None:
        """A task waits; ``again`` with the next number, which refers to the one before."""
        number = task.number
        waits = replace(
            task,
            number=number._replace(sequence=number.sequence + again),
            selector=selector.dialed_number,
            domain_id=selector.domain_id,
            changed_at=now,
            state=TaskState.QUEUED,
            login_id="",
            offered_at=0.0,
            expires_at=0.0,
            associated=task.dialog_id if again else task.associated,
        )
        self.waiting.add(self.put(waits))

    def offer(self, task: Task, login_id: str, expires_at: float, now: float) -> None:
        """A task that waits is offered to an agent."""
        self.waiting.remove(task)
        offered = replace(
            task,
            state=TaskState.OFFERED,
            changed_at=now,
            login_id=login_id,
            offered_at=now,
            expires_at=expires_at,
        )
        self.hold(self.put(offered))
        self.events.append(TaskEvent("POST", login_id, offered))

    def hold(self, task: Task) -> None:
        """An agent has a task."""
        self.tasks[task.contact_id] = task
        self._held.setdefault((task.login_id, task.domain_id), {})[task.contact_id] = None
        self._dialogs[task.dialog_id] = task.contact_id
        self.deadlines.set(task, len(self._dialogs))

    def change(self, task: Task, state: TaskState, expires_at: float, now: float) -> None:
        """A task that an agent has is in another state."""
        changed = self.put(replace(task, state=state, changed_at=now, expires_at=expires_at))
        if expires_at != task.expires_at:
            self.deadlines.set(changed, len(self._dialogs))
        self.events.append(TaskEvent("PUT", task.login_id, changed))

    def leave(self, task: Task, disposition: Disposition, now: float) -> Task:
        """An agent has a task no longer; return it as the agent has it last."""
        key = task.login_id, task.domain_id
        held = self._held[key]
        del held[task.contact_id]
        if not held:
            del self._held[key]
        del self._dialogs[task.dialog_id]
        last = replace(
            task, state=TaskState.CLOSED, changed_at=now, disposition=disposition, expires_at=0.0
        )
        self.events.append(TaskEvent("DELETE", task.login_id, last))
        return last

    def end(self, task: Task, now: float) -> None:
        """A task that nothing has any more is over."""
        self.put(task)
        self._over[task.contact_id] = now

    def discard(self, task: Task, reason: str, now: float) -> None:
        """A task that nothing has any more is over, and was never handled."""
        over = replace(
            task,
            state=TaskState.CLOSED,
            changed_at=now,
            login_id="",
            offered_at=0.0,
            expires_at=0.0,
            discarded=reason,
        )
        self.end(over, now)

    def forget(self, contact_id: str) -> None:
        """A task that nothing has any more is not known any more."""
        self.tasks.pop(contact_id, None)
        self._over.pop(contact_id, None)
        self.changes.tasks[contact_id] = None

    # What is over -----------------------------------------------------------------------------------------------

    def asked(self, contact_id: str, now: float) -> None:
        """Somebody has asked for a task: if it is over, it is known for a while from now."""
        if self._over.pop(contact_id, None) is not None:
            self._over[contact_id] = now

    def forget_at(self) -> float | None:
        """When the next one is to be forgotten; None for none."""
        return next((asked + KEPT_S for asked in self._over.values()), None)

    def forget_first(self) -> bool:
        """Forget the one that was not asked for the longest; say whether there was one."""
        contact_id = next(iter(self._over), None)
        if contact_id is not None:
            self.forget(contact_id)
        return contact_id is not None

    def remember(self, task: Task, now: float) -> None:
        """Take a task over from before a restart: no later one gets its number, and what is over stays so."""
        self._last = max(self._last, (task.number.prefix, task.number.call_id))
        if task.state is TaskState.CLOSED:
            self.tasks[task.contact_id] = task
            self._over[task.contact_id] = now

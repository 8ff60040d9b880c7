"""`finesse_tx.store.repositories.tasks`."""

from __future__ import annotations

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.store.repositories.tasks import AT_ONCE, keep_changes, read_media, read_tasks
from finesse_tx.tasks.core.events import Changes
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task, TaskNumber
from finesse_tx.tasks.core.states import (
    Disposition,
    InterruptAction,
    LogoutAction,
    MediaState,
    TaskState,
)
from tests.support.database import OnPostgreSQL, empty_url, inside

TASK = Task(
    "c1",
    TaskNumber(154_000, 7, 2),
    Submission("chat", "Zoë", "Help", "me", (("callVariable1", "<&>"),), ("a", "b"), True, "bot"),
    "chat",
    5000,
    1_700_000_000.25,
    1_700_000_001.0,
    TaskState.PAUSED,
    "ann",
    1_700_000_000.5,
    1_700_000_030.5,
    "154000_7_1",
    Disposition.NORMAL,
    "",
    12,
)
MEDIA = Media(
    "ann",
    5000,
    SignIn(3, InterruptAction.IGNORE, LogoutAction.TRANSFER),
    MediaState.PAUSED,
    1_700_000_001.0,
    ready=True,
    routable=False,
    stops=True,
    interrupted=True,
    reason_code_id=16,
    idle_since=1_700_000_000.0,
)


class TasksTests(SynchronousTestCase):
    """An empty database."""

    def setUp(self) -> None:
        """The tables."""
        self.url = empty_url(self)

    def keep(self, changes: Changes) -> None:
        """Keep something."""
        inside(self.url, lambda session: keep_changes(session, changes))

    def test_kept(self) -> None:
        """Everything comes back as it was; what changes is replaced, and what is gone is gone."""
        self.keep(Changes({"c1": TASK}, {("ann", 5000): MEDIA}))
        self.assertEqual(inside(self.url, read_tasks), (TASK,))
        self.assertEqual(inside(self.url, read_media), (MEDIA,))
        closed = replace(TASK, state=TaskState.CLOSED)
        self.keep(Changes({"c1": closed}, {("ann", 5000): replace(MEDIA, ready=False)}))
        self.assertEqual(inside(self.url, read_tasks), (closed,))
        self.assertFalse(inside(self.url, read_media)[0].ready)
        self.keep(Changes({"c1": None, "c2": None}, {("ann", 5000): None}))
        self.assertEqual(inside(self.url, read_tasks) + inside(self.url, read_media), ())

    def test_many(self) -> None:
        """More than one statement names."""
        tasks = {
            f"c{number}": replace(TASK, contact_id=f"c{number}") for number in range(AT_ONCE + 1)
        }
        self.keep(Changes(dict(tasks)))
        self.keep(Changes(dict(tasks)))
        self.assertEqual(len(inside(self.url, read_tasks)), AT_ONCE + 1)
        self.keep(Changes(dict.fromkeys(tasks)))
        self.assertEqual(inside(self.url, read_tasks), ())


class TasksOnPostgreSQLTests(OnPostgreSQL, TasksTests):
    """The same on PostgreSQL."""

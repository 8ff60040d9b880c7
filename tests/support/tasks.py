"""What surrounds task routing, as fakes: where tasks are kept, and who is told."""

from collections.abc import Sequence

from twisted.internet.defer import Deferred, fail, succeed
from zope.interface import implementer

from finesse_tx.interfaces import ITaskListener, ITaskRecords
from finesse_tx.tasks.core.events import Changes, Event
from finesse_tx.tasks.core.records import Media, Task

__all__ = ["FakeTaskListener", "FakeTaskRecords"]


@implementer(ITaskRecords)
class FakeTaskRecords:
    """Keeps everything at once, or when the test lets it.

    Attributes:
        tasks: What is kept.
        media: Likewise.
        error: What keeping fails with; None while it works.
        held: Whether keeping waits for `let_go`.
        times: How often something was kept.
    """

    def __init__(self) -> None:
        self.tasks: dict[str, Task] = {}
        self.media: dict[tuple[str, int], Media] = {}
        self.error: Exception | None = None
        self.held = False
        self.times = 0
        self._waiting: list[tuple[Changes, Deferred[None]]] = []

    def keep(self, changes: Changes) -> Deferred[None]:
        """Keep it."""
        if self.error is not None:
            return fail(self.error)
        if self.held:
            waiting: Deferred[None] = Deferred()
            self._waiting.append((changes, waiting))
            return waiting
        self._keep(changes)
        return succeed(None)

    def let_go(self) -> None:
        """Keep what has waited longest."""
        changes, waiting = self._waiting.pop(0)
        self._keep(changes)
        waiting.callback(None)

    def _keep(self, changes: Changes) -> None:
        self.times += 1
        self.tasks |= {name: task for name, task in changes.tasks.items() if task is not None}
        self.media |= {key: media for key, media in changes.media.items() if media is not None}
        for name in [name for name, task in changes.tasks.items() if task is None]:
            self.tasks.pop(name, None)
        for key in [key for key, media in changes.media.items() if media is None]:
            self.media.pop(key, None)


@implementer(ITaskListener)
class FakeTaskListener:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def task_events(self, events: Sequence[Event]) -> None:
        """Write it down."""
        self.events += events

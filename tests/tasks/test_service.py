"""`finesse_tx.tasks.service`: time, what is told, and what is kept."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from twisted.internet.defer import Deferred
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.interfaces import ITaskListener, ITaskRecords, ITaskRouting
from finesse_tx.store.core.errors import StoreBusyError, StoreUnavailableError
from finesse_tx.tasks.core.errors import NoSuchTargetError, TooManyTasksError
from finesse_tx.tasks.core.records import Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import Action, TaskState
from finesse_tx.tasks.service import RETRY_S, TaskRouting
from tests.support.tasks import FakeTaskListener, FakeTaskRecords
from tests.tasks.core.floor import CHAT, MAIL, NOON, SELECTORS, SNAPSHOT, TAKES, told

WANTED = Submission("chat", "Zoe", "Help", requeue_on_recovery=True)


class TaskRoutingTests(SynchronousTestCase):
    """The small centre, running."""

    def setUp(self) -> None:
        """Started, with nobody there."""
        self.clock, self.records, self.listener = Clock(), FakeTaskRecords(), FakeTaskListener()
        self.clock.advance(NOON)
        self.numbers = count(1)
        self.snapshot = SNAPSHOT
        self.routing = self.start()

    def tearDown(self) -> None:
        """Nothing is left for the clock."""
        if self.routing.running:
            self.successResultOf(self.routing.stopService())
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def start(self, max_tasks: int = 10) -> TaskRouting:
        """Start with what is kept."""
        routing = TaskRouting(
            Roster((CHAT, MAIL), SELECTORS, lambda: self.snapshot),
            max_tasks,
            tuple(self.records.tasks.values()),
            tuple(self.records.media.values()),
            self.records,
            self.clock,
            lambda: datetime.fromtimestamp(self.clock.seconds(), UTC),
            lambda: f"c{next(self.numbers)}",
        )
        routing.use(self.listener)
        routing.startService()
        return routing

    def sign_in(self) -> None:
        """Ann takes chats."""
        self.routing.sign_in("ann", CHAT.id, TAKES)
        self.routing.set_ready("ann", CHAT.id, True, None)

    def submit(self) -> Task:
        """A chat comes."""
        return self.successResultOf(self.routing.submit(WANTED))

    def told(self) -> list[str]:
        """What was told since."""
        events, self.listener.events = self.listener.events, []
        return told(events)

    def test_interfaces(self) -> None:
        """What it provides, and what it is tested with."""
        verifyObject(ITaskRouting, self.routing)
        verifyObject(ITaskRecords, self.records)
        verifyObject(ITaskListener, self.listener)

    def test_told(self) -> None:
        """Each command's events are told before it returns."""
        self.sign_in()
        self.assertEqual(self.told(), ["ann 5000 NOT_READY", "ann 5000 READY"])
        task = self.submit()
        self.assertEqual(self.told(), ["ann POST c1 OFFERED", "ann 5000 RESERVED"])
        self.routing.act("ann", task.dialog_id, Action.ACCEPT, "")
        self.assertEqual(self.told(), ["ann PUT c1 ACCEPTED", "ann 5000 ACTIVE"])
        self.assertEqual((self.routing.open_tasks, self.routing.waiting_tasks), (1, 0))
        self.assertEqual((self.routing.sign_ins, self.routing.domains_in("ann")), (1, (5000,)))

    def test_time(self) -> None:
        """An offer is taken back when its time is over, not before, and there is one timer at most."""
        self.sign_in()
        self.submit()
        self.told()
        self.clock.advance(CHAT.start_timeout_s - 0.25)
        self.assertEqual(self.told(), [])
        self.assertEqual(len(self.clock.getDelayedCalls()), 1)
        self.clock.advance(0.25)
        self.assertEqual(self.told(), ["ann DELETE c1 CLOSED", "ann 5000 READY"])
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_same_timer(self) -> None:
        """What does not change the next moment leaves the timer alone."""
        self.sign_in()
        self.submit()
        (before,) = self.clock.getDelayedCalls()
        self.routing.sign_in("bob", CHAT.id, TAKES)
        self.routing.set_calling("cat", True)
        self.assertEqual(self.clock.getDelayedCalls(), [before])

    def test_called_before(self) -> None:
        """Who has a call when signing in to a medium is not available there until it is over."""
        self.routing.set_calling("ann", True)
        self.sign_in()
        self.submit()
        self.assertEqual(self.routing.waiting_tasks, 1)
        self.routing.set_calling("ann", False)
        self.assertEqual(self.routing.waiting_tasks, 0)

    def test_kept_first(self) -> None:
        """A task is offered to nobody before it is kept, and what cannot be kept is not taken."""
        self.sign_in()
        self.told()
        self.records.held = True
        answer = self.routing.submit(WANTED)
        self.assertNoResult(answer)
        self.assertEqual(self.told(), [])
        self.records.held = False
        self.records.let_go()
        self.successResultOf(answer)
        self.assertEqual(self.told()[0], "ann POST c1 OFFERED")
        self.records.error = StoreBusyError(1)
        self.failureResultOf(self.routing.submit(WANTED), StoreBusyError)
        self.assertEqual(self.routing.open_tasks, 1)
        self.records.error = None

    def test_refused(self) -> None:
        """There is no task for no selector, and none above the limit: those that are just being kept count."""
        answer = self.routing.submit(Submission("fax", "Zoe", "Help"))
        self.failureResultOf(answer, NoSuchTargetError)
        self.routing.stopService()
        self.routing = self.start(max_tasks=1)
        self.records.held = True
        first = self.routing.submit(WANTED)
        self.failureResultOf(self.routing.submit(WANTED), TooManyTasksError)
        self.records.held = False
        self.records.let_go()
        self.successResultOf(first)

    def test_restart(self) -> None:
        """After a restart everything is as it was, and goes on."""
        self.sign_in()
        accepted = self.submit()
        self.routing.act("ann", accepted.dialog_id, Action.ACCEPT, "")
        offered = self.submit()
        self.successResultOf(self.routing.stopService())
        self.clock.advance(60)
        self.routing = self.start()
        (first, second) = self.routing.tasks_of("ann", CHAT.id)
        self.assertEqual((first.contact_id, first.state), ("c1", TaskState.ACCEPTED))
        self.assertEqual(second.contact_id, offered.contact_id)
        self.assertEqual(second.expires_at, NOON + 60 + CHAT.start_timeout_s)
        self.routing.act("ann", first.dialog_id, Action.START, "")

    def test_together(self) -> None:
        """What changes while something is being kept is kept after it, all at once."""
        self.sign_in()
        self.records.held = True
        self.routing.set_ready("ann", CHAT.id, False, None)
        before = self.records.times
        for ready in (True, False, True):
            self.routing.set_ready("ann", CHAT.id, ready, None)
        self.records.let_go()
        self.records.let_go()
        self.assertEqual(self.records.times, before + 2)
        self.assertTrue(self.records.media["ann", CHAT.id].ready)
        self.records.held = False

    def test_store_gone(self) -> None:
        """While nothing can be kept everything goes on, and it is kept later; at a stop it is tried once more."""
        self.records.error = StoreUnavailableError("gone")
        self.sign_in()
        self.assertEqual(self.records.media, {})
        self.clock.advance(RETRY_S)
        self.assertEqual(self.records.media, {})
        self.records.error = None
        self.clock.advance(RETRY_S - 0.25)
        self.assertEqual(self.records.media, {})
        self.clock.advance(0.25)
        self.assertTrue(self.records.media["ann", CHAT.id].ready)
        self.records.error = StoreUnavailableError("gone")
        self.routing.set_ready("ann", CHAT.id, False, None)
        self.successResultOf(self.routing.stopService())

    def test_stop(self) -> None:
        """A stop waits for what is being kept."""
        self.records.held = True
        self.sign_in()
        stopping: Deferred[None] = self.routing.stopService()
        self.assertNoResult(stopping)
        self.records.let_go()
        self.assertNoResult(stopping)
        self.records.let_go()
        self.successResultOf(stopping)
        self.assertTrue(self.records.media["ann", CHAT.id].ready)

    def test_cancelled(self) -> None:
        """What is cancelled is gone everywhere, and nobody asks for it."""
        task = self.submit()
        self.assertIsNotNone(self.routing.status(task.contact_id))
        self.assertTrue(self.routing.cancel(task.contact_id))
        self.assertIsNone(self.routing.status(task.contact_id))
        self.assertEqual(self.records.tasks, {})

    def test_restaffed(self) -> None:
        """When the directory changes, who is gone is signed out, and who is new in a queue gets what waits there."""
        for login_id in ("ann", "bob"):
            self.routing.sign_in(login_id, MAIL.id, TAKES)
        self.routing.set_ready("bob", MAIL.id, True, None)
        self.successResultOf(self.routing.submit(Submission("sales", "Zoe", "Help")))
        self.told()
        ann, bob = SNAPSHOT.people[:2]
        self.snapshot = replace(SNAPSHOT, people=(replace(bob, competences=ann.competences),))
        self.routing.restaff()
        self.assertEqual(
            self.told(), ["ann 5001 LOGOUT", "bob POST c1 OFFERED", "bob 5001 RESERVED"]
        )

    def test_numbers(self) -> None:
        """What is open, and what has been since the start, is counted."""
        self.sign_in()
        for _ in range(4):
            task = self.submit()
        first = self.routing.tasks_of("ann", CHAT.id)[0]
        for action in (Action.ACCEPT, Action.CLOSE):
            self.routing.act("ann", first.dialog_id, action, "")
        self.routing.cancel(task.contact_id)
        found = {
            (family.name, *labels): number
            for family in self.routing.families()
            for labels, number in family.samples
            if number
        }
        self.assertEqual(
            found,
            {
                ("tasks_held",): 2,
                ("task_sign_ins",): 1,
                ("tasks_submitted",): 4,
                ("task_dialogs_ended", "CD_NORMAL_END_TASK"): 1,
                ("task_dialogs_ended", "CD_TASK_ABANDONED_WHILE_OFFERED"): 1,
            },
        )

"""The task router, story by story, with the edge of every time and limit."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.tasks.core.errors import (
    NoSuchTargetError,
    Refusal,
    TaskRefusedError,
    TooManyTasksError,
)
from finesse_tx.tasks.core.events import MediaEvent, TaskEvent
from finesse_tx.tasks.core.ledger import KEPT_S
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.router import NO_SCRIPT, NOT_REQUEUED, Router
from finesse_tx.tasks.core.states import Action, Disposition, MediaState, TaskState
from tests.tasks.core.floor import (
    CHAT,
    IGNORES,
    MAIL,
    NOON,
    SELECTORS,
    SNAPSHOT,
    TAKES,
    TRANSFERS,
    router,
    submit,
    told,
)


class RouterCase(SynchronousTestCase):
    """A router, and few words for what is done with it."""

    def setUp(self) -> None:
        """Nobody is signed in."""
        self.router = router()

    def sign_in(
        self, login_id: str, domain_id: int, settings: SignIn = TAKES, now: float = NOON
    ) -> None:
        """Sign in, and be ready."""
        self.router.sign_in(login_id, domain_id, settings, now)
        self.router.set_ready(login_id, domain_id, True, None, now)
        self.router.take()

    def told(self) -> list[str]:
        """What has happened since."""
        return told(self.router.take())

    def task(self, contact_id: str) -> Task:
        """A task as it is now."""
        return self.router.ledger.tasks[contact_id]

    def media(self, login_id: str, domain_id: int) -> Media:
        """An agent in a domain."""
        return self.router.desks.signed_in(login_id, domain_id)

    def act(self, login_id: str, contact_id: str, *actions: Action, now: float = NOON) -> None:
        """Do something with a task."""
        for action in actions:
            self.router.act(login_id, self.task(contact_id).dialog_id, action, now, "mail")

    def refused(self, login_id: str, contact_id: str, action: Action) -> Refusal:
        """Do what is not possible."""
        error: TaskRefusedError = self.assertRaises(
            TaskRefusedError, self.act, login_id, contact_id, action
        )
        return error.refusal


class HandlingTests(RouterCase):
    """From the submission to the end."""

    def test_story(self) -> None:
        """A task is offered, accepted, started, paused, resumed, wrapped up and closed, and the agent's state follows."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.assertEqual(self.told(), ["ann POST 1 OFFERED", "ann 5000 RESERVED"])
        self.act("ann", "1", Action.ACCEPT)
        self.assertEqual(self.told(), ["ann PUT 1 ACCEPTED", "ann 5000 ACTIVE"])
        self.act("ann", "1", Action.START, Action.PAUSE)
        self.assertEqual(self.told(), ["ann PUT 1 ACTIVE", "ann PUT 1 PAUSED", "ann 5000 PAUSED"])
        self.act("ann", "1", Action.RESUME, Action.WRAP_UP)
        self.assertEqual(
            self.told(),
            ["ann PUT 1 ACTIVE", "ann 5000 ACTIVE", "ann PUT 1 WRAPPING_UP", "ann 5000 WORK_READY"],
        )
        self.act("ann", "1", Action.CLOSE)
        self.assertEqual(self.told(), ["ann DELETE 1 CLOSED", "ann 5000 READY"])
        self.assertEqual(self.task("1").disposition, Disposition.NORMAL)
        self.assertIsNone(self.router.ledger.deadlines.next())

    def test_longest_available(self) -> None:
        """Who has waited longest gets the next task; who has just had one is the last in line."""
        self.sign_in("bob", CHAT.id, now=NOON)
        self.sign_in("ann", CHAT.id, now=NOON + 1)
        for number, whose in enumerate(("bob", "ann", "bob", "ann"), 2):
            submit(self.router, str(number), "chat", NOON + number)
            self.assertEqual(self.task(str(number)).login_id, whose)

    def test_limit(self) -> None:
        """An agent gets as many tasks as he takes at once, and not one more until one has ended."""
        self.sign_in("ann", CHAT.id)
        for number in range(4):
            submit(self.router, str(number), "chat")
        self.assertEqual(len(self.router.ledger.tasks_of("ann", CHAT.id)), 3)
        self.assertEqual(self.task("3").state, TaskState.QUEUED)
        self.act("ann", "0", Action.ACCEPT, Action.CLOSE)
        self.assertEqual(self.task("3").login_id, "ann")

    def test_priority(self) -> None:
        """What has the higher priority goes first, then what came first."""
        for number, selector in enumerate(("chat", "chat", "vip")):
            submit(self.router, str(number), selector, NOON + number)
        self.router.sign_in("ann", CHAT.id, TAKES, NOON)
        self.router.set_ready("ann", CHAT.id, True, None, NOON)
        offered = [one.task.contact_id for one in self.router.take() if isinstance(one, TaskEvent)]
        self.assertEqual(offered, ["2", "0", "1"])

    def test_queue(self) -> None:
        """A selector with a queue is for that queue's agents alone."""
        self.sign_in("bob", MAIL.id)
        submit(self.router, "1", "sales")
        self.assertEqual(self.task("1").state, TaskState.QUEUED)
        self.sign_in("ann", MAIL.id)
        self.assertEqual(self.task("1").login_id, "ann")

    def test_estimate(self) -> None:
        """From three waits on there is an estimate."""
        self.sign_in("ann", CHAT.id)
        for number in range(4):
            submit(self.router, str(number), "chat")
            self.assertEqual(self.task(str(number)).estimated_wait_s, 10 if number == 3 else -1)
            if number < 3:
                self.act("ann", str(number), Action.ACCEPT, Action.CLOSE, now=NOON + 10)

    def test_wrong_order(self) -> None:
        """What the state does not allow is refused, and so is somebody else's task, and one that is gone."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.assertIs(self.refused("ann", "1", Action.START), Refusal.WRONG_ORDER)
        self.assertIs(self.refused("bob", "1", Action.ACCEPT), Refusal.NO_SUCH_TASK)
        self.act("ann", "1", Action.ACCEPT, Action.CLOSE)
        self.assertIs(self.refused("ann", "1", Action.CLOSE), Refusal.NO_SUCH_TASK)

    def test_transfer(self) -> None:
        """A transferred task waits anew under the next number, and refers to the one before."""
        self.sign_in("ann", CHAT.id)
        self.sign_in("bob", MAIL.id)
        submit(self.router, "1", "chat")
        before = self.task("1")
        self.act("ann", "1", Action.ACCEPT)
        self.router.take()
        self.act("ann", "1", Action.TRANSFER)
        self.assertEqual(
            self.told(),
            ["ann DELETE 1 CLOSED", "ann 5000 READY", "bob POST 1 OFFERED", "bob 5001 RESERVED"],
        )
        after = self.task("1")
        self.assertEqual(after.associated, before.dialog_id)
        self.assertEqual(after.number, before.number._replace(sequence=2))
        self.assertEqual((after.selector, after.domain_id), ("mail", MAIL.id))

    def test_transfer_nowhere(self) -> None:
        """There is no transfer to a selector that there is not."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.act("ann", "1", Action.ACCEPT)
        dialog_id = self.task("1").dialog_id
        self.assertRaises(
            NoSuchTargetError, self.router.act, "ann", dialog_id, Action.TRANSFER, NOON, "fax"
        )
        self.assertIs(self.task("1").state, TaskState.ACCEPTED)


class MediaTests(RouterCase):
    """Agents sign in and out, and say what they want."""

    def test_sign_in(self) -> None:
        """Who signs in is not ready and routable; once more is refused, and sets the limits anew."""
        self.router.sign_in("ann", CHAT.id, TAKES, NOON)
        self.assertEqual(self.told(), ["ann 5000 NOT_READY"])
        error = self.assertRaises(
            TaskRefusedError, self.router.sign_in, "ann", CHAT.id, IGNORES, NOON
        )
        self.assertIs(error.refusal, Refusal.ALREADY_SIGNED_IN)
        self.assertEqual(self.media("ann", CHAT.id).settings, IGNORES)
        self.assertEqual(self.told(), ["ann 5000 NOT_READY"])

    def test_no_domain(self) -> None:
        """A domain of another team, and a person who is no agent, are refused."""
        teams = replace(CHAT, teams=frozenset({"Two"}))
        roster = Roster((teams,), SELECTORS[:1], lambda: SNAPSHOT)
        self.router = Router(roster, 10)
        for login_id in ("ann", "zoe"):
            error = self.assertRaises(
                TaskRefusedError, self.router.sign_in, login_id, CHAT.id, TAKES, NOON
            )
            self.assertIs(error.refusal, Refusal.NO_SUCH_DOMAIN)

    def test_signed_out(self) -> None:
        """Who is not signed in cannot change anything."""
        for change in (
            lambda: self.router.set_ready("ann", CHAT.id, True, None, NOON),
            lambda: self.router.set_routable("ann", CHAT.id, True, NOON),
            lambda: self.router.sign_out("ann", CHAT.id, None, NOON),
        ):
            self.assertIs(
                self.assertRaises(TaskRefusedError, change).refusal, Refusal.NOT_SIGNED_IN
            )

    def test_not_ready(self) -> None:
        """Who is not ready gets nothing new and keeps what is open; while something is offered it is too late."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        error = self.assertRaises(
            TaskRefusedError, self.router.set_ready, "ann", CHAT.id, False, 16, NOON
        )
        self.assertIs(error.refusal, Refusal.WRONG_ORDER)
        self.act("ann", "1", Action.ACCEPT)
        self.router.take()
        self.router.set_ready("ann", CHAT.id, False, 16, NOON + 5)
        (event,) = self.router.take()
        assert isinstance(event, MediaEvent)
        self.assertEqual(event.media.reason_code_id, 16)
        self.assertEqual(
            (event.media.state, event.media.changed_at), (MediaState.NOT_READY, NOON + 5)
        )
        submit(self.router, "2", "chat")
        self.assertEqual(self.task("2").state, TaskState.QUEUED)
        self.act("ann", "1", Action.START)
        self.assertEqual(self.told(), ["ann PUT 1 ACTIVE"])

    def test_not_routable(self) -> None:
        """Who is not routable gets nothing new; it shows once everything that was offered has begun."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.router.set_routable("ann", CHAT.id, False, NOON)
        submit(self.router, "2", "chat")
        self.assertEqual(self.task("2").state, TaskState.QUEUED)
        self.act("ann", "1", Action.ACCEPT)
        self.assertTrue(self.media("ann", CHAT.id).routable)
        self.act("ann", "1", Action.START)
        self.assertFalse(self.media("ann", CHAT.id).routable)
        self.router.set_routable("ann", CHAT.id, True, NOON)
        self.assertEqual(self.task("2").login_id, "ann")

    def test_sign_out_closes(self) -> None:
        """Open tasks end with their agent; what was only offered goes to somebody else."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        submit(self.router, "2", "chat")
        self.act("ann", "1", Action.ACCEPT)
        self.router.take()
        self.router.sign_out("ann", CHAT.id, None, NOON)
        self.assertEqual(
            self.told(), ["ann DELETE 1 CLOSED", "ann DELETE 2 CLOSED", "ann 5000 LOGOUT"]
        )
        self.assertEqual(self.task("1").disposition, Disposition.SIGNED_OUT)
        self.assertEqual(self.task("2").state, TaskState.QUEUED)

    def test_sign_out_transfers(self) -> None:
        """Open tasks are routed anew where their agent has said so."""
        self.sign_in("ann", CHAT.id, TRANSFERS)
        submit(self.router, "1", "chat")
        self.act("ann", "1", Action.ACCEPT, Action.START)
        self.sign_in("bob", CHAT.id)
        self.router.sign_out("ann", CHAT.id, None, NOON)
        self.assertEqual(
            self.told(),
            ["ann DELETE 1 CLOSED", "ann 5000 LOGOUT", "bob POST 1 OFFERED", "bob 5000 RESERVED"],
        )
        self.assertEqual(self.task("1").number.sequence, 2)


class TimeTests(RouterCase):
    """What takes too long."""

    def test_not_accepted(self) -> None:
        """At the end of the time, not before, the task goes back to its place and its agent is not routable."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat", NOON)
        self.assertEqual(self.router.due_at(), NOON + CHAT.start_timeout_s)
        submit(self.router, "2", "chat", NOON + 5)
        self.router.take()
        self.router.advance(NOON + CHAT.start_timeout_s - 0.001)
        self.assertEqual(self.told(), [])
        self.router.advance(NOON + CHAT.start_timeout_s)
        (gone, *_rest) = self.router.take()
        assert isinstance(gone, TaskEvent)
        self.assertEqual((gone.kind, gone.task.disposition), ("DELETE", Disposition.NOT_ACCEPTED))
        self.assertFalse(self.media("ann", CHAT.id).routable)
        self.sign_in("bob", CHAT.id)
        self.assertEqual(self.task("1").login_id, "bob")
        self.assertEqual(self.task("1").number.sequence, 2)

    def test_too_long(self) -> None:
        """A task ends when its domain's time is over, counted from the moment that it was accepted."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.act("ann", "1", Action.ACCEPT, now=NOON + 7)
        self.router.advance(NOON + 7 + CHAT.max_task_s - 0.001)
        self.assertIs(self.task("1").state, TaskState.ACCEPTED)
        self.router.advance(NOON + 7 + CHAT.max_task_s)
        self.assertEqual(self.task("1").disposition, Disposition.TOO_LONG)

    def test_forgotten(self) -> None:
        """What is over is known for five minutes, and for five more each time that somebody asks."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.act("ann", "1", Action.ACCEPT, Action.CLOSE)
        self.assertIsNotNone(self.router.status("1", NOON + KEPT_S - 1))
        self.assertEqual(self.router.due_at(), NOON + 2 * KEPT_S - 1)
        self.router.advance(NOON + 2 * KEPT_S - 1.001)
        self.assertIn("1", self.router.ledger.tasks)
        self.router.advance(NOON + 2 * KEPT_S - 1)
        self.assertIsNone(self.router.status("1", NOON))
        self.assertIsNone(self.router.take_changes().tasks["1"])

    def test_deadlines_bounded(self) -> None:
        """Moments that mean nothing any more do not pile up."""
        self.sign_in("ann", CHAT.id)
        for number in range(1_000):
            submit(self.router, str(number), "chat", NOON + number)
            self.act("ann", str(number), Action.ACCEPT, Action.CLOSE, now=NOON + number)
        self.assertLess(len(self.router.ledger.deadlines), 100)


class CancelTests(RouterCase):
    """The customer goes."""

    def test_waiting(self) -> None:
        """A task that waits is gone at once."""
        submit(self.router, "1", "chat")
        self.assertTrue(self.router.cancel("1", NOON))
        self.assertIsNone(self.router.status("1", NOON))
        self.assertEqual(len(self.router.ledger.waiting), 0)

    def test_offered(self) -> None:
        """A task that is offered is taken back."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.router.take()
        self.assertTrue(self.router.cancel("1", NOON))
        (gone, media) = self.router.take()
        assert isinstance(gone, TaskEvent)
        self.assertEqual((gone.kind, gone.task.disposition), ("DELETE", Disposition.ABANDONED))
        self.assertEqual(told([media]), ["ann 5000 READY"])

    def test_too_late(self) -> None:
        """What somebody has accepted, and what there is not, cannot be cancelled."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        self.act("ann", "1", Action.ACCEPT)
        self.assertFalse(self.router.cancel("1", NOON))
        self.assertFalse(self.router.cancel("2", NOON))


class LimitTests(RouterCase):
    """How many there may be."""

    def test_too_many(self) -> None:
        """One more than there may be is refused; what is over makes room."""
        self.router = router(max_tasks=2)
        self.sign_in("ann", CHAT.id)
        submit(self.router, "1", "chat")
        submit(self.router, "2", "chat")
        wanted = Submission("chat", "Zoe", "Help")
        self.assertRaises(TooManyTasksError, self.router.make, wanted, "3", NOON)
        self.act("ann", "1", Action.ACCEPT, Action.CLOSE)
        submit(self.router, "3", "chat")
        self.assertEqual(set(self.router.ledger.tasks), {"2", "3"})

    def test_no_selector(self) -> None:
        """There is no task for a selector that there is not."""
        self.assertRaises(
            NoSuchTargetError, self.router.make, Submission("fax", "Zoe", "Help"), "1", NOON
        )


class InterruptTests(RouterCase):
    """A call, or a chat, comes between."""

    def setUp(self) -> None:
        """Ann has an e-mail that she works on, and one that is offered."""
        super().setUp()
        self.sign_in("ann", MAIL.id)
        submit(self.router, "1", "mail")
        submit(self.router, "2", "mail")
        self.act("ann", "1", Action.ACCEPT, Action.START)
        self.router.take()

    def test_call(self) -> None:
        """Only the media's state tells of the interruption; afterwards the tasks are told again."""
        self.router.set_calling("ann", True, NOON)
        self.assertEqual(self.told(), ["ann 5001 INTERRUPTED"])
        self.assertIs(self.refused("ann", "1", Action.PAUSE), Refusal.INTERRUPTED)
        submit(self.router, "3", "mail")
        self.assertEqual(self.task("3").state, TaskState.QUEUED)
        self.router.set_calling("ann", True, NOON)
        self.assertEqual(self.told(), [])
        self.router.set_calling("ann", False, NOON)
        self.assertEqual(self.told(), ["ann 5001 ACTIVE", "ann PUT 1 ACTIVE", "ann POST 3 OFFERED"])

    def test_not_his_fault(self) -> None:
        """Who could not accept, since something else came first, stays routable."""
        self.router.set_calling("ann", True, NOON)
        self.router.advance(NOON + MAIL.start_timeout_s)
        self.assertEqual(self.task("2").state, TaskState.QUEUED)
        self.assertTrue(self.media("ann", MAIL.id).routable)

    def test_chat(self) -> None:
        """A chat interrupts e-mails once it is accepted; an e-mail does not interrupt a chat."""
        self.sign_in("ann", CHAT.id)
        submit(self.router, "3", "chat")
        self.assertEqual(self.told(), ["ann POST 3 OFFERED", "ann 5000 RESERVED"])
        self.act("ann", "3", Action.ACCEPT)
        self.assertEqual(
            self.told(), ["ann PUT 3 ACCEPTED", "ann 5000 ACTIVE", "ann 5001 INTERRUPTED"]
        )
        self.act("ann", "3", Action.CLOSE)
        self.assertIn("ann 5001 ACTIVE", self.told())

    def test_ignored(self) -> None:
        """Who ignores interruptions works on, and gets nothing new meanwhile."""
        self.assertRaises(TaskRefusedError, self.router.sign_in, "ann", MAIL.id, IGNORES, NOON)
        self.router.take()
        self.router.set_calling("ann", True, NOON)
        self.assertEqual(self.told(), [])
        self.act("ann", "1", Action.PAUSE)
        submit(self.router, "3", "mail")
        self.assertEqual(self.task("3").state, TaskState.QUEUED)

    def test_ready(self) -> None:
        """Who has no tasks is not interrupted, only not available."""
        self.sign_in("bob", MAIL.id)
        self.router.set_calling("bob", True, NOON)
        self.assertEqual(self.told(), [])
        self.assertEqual(self.media("bob", MAIL.id).state, MediaState.READY)


class RestoreTests(RouterCase):
    """What was kept goes on."""

    def restart(self, snapshot: Snapshot = SNAPSHOT) -> None:
        """Begin anew with what was kept of all changes."""
        changes = self.router.take_changes()
        self.router = router(snapshot=snapshot)
        self.router.restore(
            [task for task in changes.tasks.values() if task is not None],
            [media for media in changes.media.values() if media is not None],
            NOON + 100,
        )

    def test_restart(self) -> None:
        """Who was signed in is, what was accepted is still his, and what waited waits if it is worth it."""
        self.sign_in("ann", MAIL.id)
        submit(self.router, "1", "mail")
        self.act("ann", "1", Action.ACCEPT, Action.START)
        self.router.set_calling("ann", True, NOON)
        submit(self.router, "2", "mail", kept=True)
        submit(self.router, "3", "mail")
        self.restart()
        self.assertEqual(self.task("1").state, TaskState.ACTIVE)
        self.assertEqual(self.task("2").login_id, "ann")
        self.assertEqual(self.task("3").discarded, NOT_REQUEUED)
        self.assertEqual(self.media("ann", MAIL.id).state, MediaState.ACTIVE)
        submit(self.router, "4", "mail", NOON)
        self.assertGreater(self.task("4").number, self.task("3").number)

    def test_offered(self) -> None:
        """What was offered is offered anew, under the next number."""
        self.sign_in("ann", MAIL.id)
        submit(self.router, "1", "mail", kept=True)
        self.restart()
        self.assertEqual((self.task("1").login_id, self.task("1").number.sequence), ("ann", 2))

    def test_agent_gone(self) -> None:
        """Whose agent is gone goes to somebody else."""
        self.sign_in("ann", MAIL.id)
        submit(self.router, "1", "mail")
        self.act("ann", "1", Action.ACCEPT)
        people = tuple(one for one in SNAPSHOT.people if one.login_id != "ann")
        self.restart(replace(SNAPSHOT, people=people))
        self.assertEqual(self.task("1").state, TaskState.QUEUED)
        self.assertIsNone(self.router.desks.media("ann", MAIL.id))
        self.assertIsNone(self.router.take_changes().media["ann", MAIL.id])

    def test_selector_gone(self) -> None:
        """What has nowhere to go is over, and says why."""
        submit(self.router, "1", "sales", kept=True)
        changes = self.router.take_changes()
        self.router = Router(Roster((MAIL,), SELECTORS[2:3], lambda: SNAPSHOT), 10)
        self.router.restore([one for one in changes.tasks.values() if one], (), NOON)
        self.assertEqual(self.task("1").discarded, NO_SCRIPT)

    def test_kept_again(self) -> None:
        """What could not be kept comes again, but not over what is newer."""
        submit(self.router, "1", "chat")
        submit(self.router, "2", "chat")
        changes = self.router.take_changes()
        self.router.cancel("1", NOON)
        self.router.keep_again(changes)
        again = self.router.take_changes()
        self.assertIsNone(again.tasks["1"])
        self.assertEqual(again.tasks["2"], self.task("2"))

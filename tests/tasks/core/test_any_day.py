"""The task router under any sequence of commands: what holds always, holds after each."""

from typing import Final

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.errors import FinesseError
from finesse_tx.tasks.core.events import Event, MediaEvent
from finesse_tx.tasks.core.records import Media, SignIn, Submission, Task
from finesse_tx.tasks.core.router import Router
from finesse_tx.tasks.core.states import (
    BEGUN,
    Action,
    InterruptAction,
    LogoutAction,
    MediaState,
    TaskState,
    actions,
)
from tests.tasks.core.floor import CHAT, MAIL, NOON, SELECTORS, router

PEOPLE: Final = st.sampled_from(["ann", "bob", "cat"])
DOMAINS: Final = st.sampled_from([CHAT.id, MAIL.id])
NUMBERS: Final = st.sampled_from([one.dialed_number for one in SELECTORS])
TIMES: Final = st.sampled_from([0.0, 0.5, 29.5, 30.0, 61.0, 299.0, 700.0])
MAX_TASKS: Final = 12


class Seen:
    """What a client knows that has only heard events: people's media and their tasks."""

    def __init__(self) -> None:
        self.media: dict[tuple[str, int], MediaState] = {}
        self.tasks: dict[tuple[str, str], TaskState] = {}

    def hear(self, events: list[Event]) -> None:
        """Take events in; each must fit to what was heard before."""
        for event in events:
            if isinstance(event, MediaEvent):
                self.media[event.media.login_id, event.media.domain_id] = event.media.state
                continue
            key = event.login_id, event.task.dialog_id
            assert (key in self.tasks) == (event.kind != "POST"), event
            if event.kind == "DELETE":
                del self.tasks[key]
                assert event.task.disposition is not None
            else:
                self.tasks[key] = event.task.state


class AnyDay(RuleBasedStateMachine):
    """Applications, agents, calls, time, and restarts."""

    def __init__(self) -> None:
        super().__init__()
        self.router, self.now, self.number = router(MAX_TASKS), NOON, 0
        self.seen = Seen()
        self.kept_tasks: dict[str, Task] = {}
        self.kept_media: dict[tuple[str, int], Media] = {}
        self.numbers: dict[tuple[int, int, int], str] = {}

    def teardown(self) -> None:
        """When nobody does anything any more, there is nothing more to do at some time: nothing goes in circles."""
        for login_id in ("ann", "bob", "cat"):
            self.router.set_calling(login_id, False, self.now)
        for _ in range(6 * MAX_TASKS):
            if (due := self.router.due_at()) is not None:
                self.router.advance(due)
        assert self.router.due_at() is None

    @rule(login_id=PEOPLE, domain_id=DOMAINS, limit=st.integers(1, 3),
          interrupt=st.sampled_from(InterruptAction), logout=st.sampled_from(LogoutAction))  # fmt: skip
    def sign_in(
        self,
        login_id: str,
        domain_id: int,
        limit: int,
        interrupt: InterruptAction,
        logout: LogoutAction,
    ) -> None:
        """For the first time, or with other limits."""
        try:
            self.router.sign_in(login_id, domain_id, SignIn(limit, interrupt, logout), self.now)
            self.router.set_ready(login_id, domain_id, True, None, self.now)
        except FinesseError:
            assert self.router.desks.media(login_id, domain_id) is not None

    @rule(login_id=PEOPLE, domain_id=DOMAINS, ready=st.booleans())
    def set_ready(self, login_id: str, domain_id: int, ready: bool) -> None:
        """Work, or none."""
        try:
            self.router.set_ready(login_id, domain_id, ready, None, self.now)
        except FinesseError:
            self.heard_nothing()

    @rule(login_id=PEOPLE, domain_id=DOMAINS, routable=st.booleans())
    def set_routable(self, login_id: str, domain_id: int, routable: bool) -> None:
        """No more of it."""
        try:
            self.router.set_routable(login_id, domain_id, routable, self.now)
        except FinesseError:
            self.heard_nothing()

    @rule(login_id=PEOPLE, domain_id=DOMAINS)
    def sign_out(self, login_id: str, domain_id: int) -> None:
        """Home."""
        try:
            self.router.sign_out(login_id, domain_id, None, self.now)
        except FinesseError:
            self.heard_nothing()

    @rule(login_id=PEOPLE, calling=st.booleans())
    def call(self, login_id: str, calling: bool) -> None:
        """A call comes, or ends."""
        self.router.set_calling(login_id, calling, self.now)

    @rule(selector=NUMBERS, kept=st.booleans())
    def submit(self, selector: str, kept: bool) -> None:
        """A customer comes, where there is room."""
        self.number += 1
        wanted = Submission(selector, "Zoe", "Help", requeue_on_recovery=kept)
        try:
            task = self.router.make(wanted, str(self.number), self.now)
        except FinesseError:
            assert self.router.ledger.open == MAX_TASKS
        else:
            self.router.submit(task, self.now)

    @rule(back=st.integers(0, 15))
    def cancel(self, back: int) -> None:
        """A customer goes."""
        self.router.cancel(str(self.number - back), self.now)

    @rule(back=st.integers(0, 15))
    def ask(self, back: int) -> None:
        """An application asks."""
        self.router.status(str(self.number - back), self.now)

    @rule(login_id=PEOPLE, which=st.integers(0, 5), action=st.sampled_from(Action), to=NUMBERS)
    def act(self, login_id: str, which: int, action: Action, to: str) -> None:
        """An agent does something with one of the agent's tasks."""
        tasks = [
            task for one in (CHAT, MAIL) for task in self.router.ledger.tasks_of(login_id, one.id)
        ]
        if not tasks:
            return
        task = tasks[which % len(tasks)]
        may = action in actions(task.state) and not self.router.desks.is_interrupted(task)
        try:
            self.router.act(login_id, task.dialog_id, action, self.now, to)
        except FinesseError:
            assert not may
            self.heard_nothing()
        else:
            assert may

    @rule(seconds=TIMES)
    def wait(self, seconds: float) -> None:
        """Time goes by, and is looked at once, late."""
        self.now += seconds
        self.router.advance(self.now)
        due = self.router.due_at()
        assert due is None or due > self.now

    @rule()
    def restart(self) -> None:
        """Only what was kept is left; and it takes a second, in which a hundred tasks have their numbers."""
        self.check_kept()
        self.now += 1
        signed_in = set(self.kept_media)
        self.router = Router(self.router._roster, MAX_TASKS)
        self.router.restore(self.kept_tasks.values(), self.kept_media.values(), self.now)
        self.router.advance(self.now)
        assert {key for key in signed_in if self.router.desks.media(*key)} == signed_in
        self.seen = Seen()  # clients ask for everything anew
        self.router.take()
        for login_id, domain_id in signed_in:
            self.seen.media[login_id, domain_id] = self.router.desks.signed_in(
                login_id, domain_id
            ).state
            for task in self.router.ledger.tasks_of(login_id, domain_id):
                self.seen.tasks[login_id, task.dialog_id] = task.state

    def heard_nothing(self) -> None:
        """What was refused has changed nothing."""
        assert self.router.take() == []

    @invariant()
    def check_places(self) -> None:
        """Each task is in exactly one place, and that is what it says of itself."""
        places = dict(self.router.ledger.places())
        assert len(places) == len(list(self.router.ledger.places()))
        assert places.keys() == self.router.ledger.tasks.keys()
        assert len(places) <= MAX_TASKS
        for contact_id, task in self.router.ledger.tasks.items():
            if task.state is TaskState.QUEUED:
                wanted = "waiting"
            elif task.state is TaskState.CLOSED:
                wanted = "over"
            else:
                wanted = f"{task.login_id} {task.domain_id}"
            assert places[contact_id] == wanted
            assert self.numbers.setdefault(task.number, contact_id) == contact_id

    @invariant()
    def check_deadlines(self) -> None:
        """There is a time for what somebody has, and for nothing else."""
        for task in self.router.ledger.tasks.values():
            held = task.state is TaskState.OFFERED or task.state in BEGUN
            assert (task.expires_at > 0) == held
            assert not held or task.expires_at > self.now

    @invariant()
    def check_offers(self) -> None:
        """No offer has brought anybody above the limit, and nothing waits for somebody who is free for it."""
        for event in self.router.ledger.events:
            if not isinstance(event, MediaEvent) and event.kind == "POST":
                key = event.login_id, event.task.domain_id
                limit = self.router.desks.signed_in(*key).settings.max_dialog_limit
                assert len(self.router.ledger.tasks_of(*key)) <= limit
        assert self.router._following() is None

    @invariant()
    def check_heard(self) -> None:
        """Who has heard all events knows all that there is."""
        self.seen.hear(self.router.take())
        for (login_id, domain_id), state in self.seen.media.items():
            media = self.router.desks.media(login_id, domain_id)
            assert state is (media.state if media else MediaState.LOGOUT)
        known = {
            (task.login_id, task.dialog_id): task.state
            for task in self.router.ledger.tasks.values()
            if task.state is TaskState.OFFERED or task.state in BEGUN
        }
        assert self.seen.tasks == known

    @invariant()
    def check_kept(self) -> None:
        """What is kept is what there is."""
        changes = self.router.take_changes()
        for contact_id, task in changes.tasks.items():
            if task is None:
                self.kept_tasks.pop(contact_id, None)
            else:
                self.kept_tasks[contact_id] = task
        for key, media in changes.media.items():
            if media is None:
                self.kept_media.pop(key, None)
            else:
                self.kept_media[key] = media
        assert self.kept_tasks == self.router.ledger.tasks
        for key, media in self.kept_media.items():
            assert self.router.desks.media(*key) == media
        assert len(self.kept_media) == len(self.router.desks)


class AnyDayTests(SynchronousTestCase):
    """The machine, run."""

    def test_any_day(self) -> None:
        """A task is in one place, nobody is above his limit, no time outlives its task, and events tell all."""
        run_state_machine_as_test(
            AnyDay, settings=settings(deadline=None, max_examples=40, stateful_step_count=40)
        )

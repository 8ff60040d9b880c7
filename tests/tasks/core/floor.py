"""A small contact centre with two media: a chat that cannot be interrupted, and e-mail that can."""

from typing import Final

from finesse_tx.directory.core.queues import CSQ, Competence, RequiredSkill, Skill, SkillPool
from finesse_tx.directory.core.records import Person, Role, Snapshot, Team
from finesse_tx.tasks.core.events import Event, MediaEvent
from finesse_tx.tasks.core.records import Domain, Selector, SignIn, Submission
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.router import Router
from finesse_tx.tasks.core.states import InterruptAction, LogoutAction

NOON: Final = 1_700_049_600.0
"""A time, in seconds since 1970."""

CHAT: Final = Domain(5000, "Chat", start_timeout_s=30.0, max_task_s=600.0)
MAIL: Final = Domain(5001, "Mail", interruptible=True, start_timeout_s=60.0, max_task_s=3_600.0)

SELECTORS: Final = (
    Selector("chat", CHAT.id),
    Selector("vip", CHAT.id, priority=10),
    Selector("mail", MAIL.id),
    Selector("sales", MAIL.id, queue="Sales"),
)

TAKES: Final = SignIn(3, InterruptAction.ACCEPT)
TRANSFERS: Final = SignIn(3, InterruptAction.ACCEPT, LogoutAction.TRANSFER)
IGNORES: Final = SignIn(3, InterruptAction.IGNORE)


def person(login_id: str, *, sells: bool = False) -> Person:
    """An agent of the one team."""
    competences = (Competence(1, 5),) if sells else ()
    roles = frozenset({Role.AGENT})
    return Person(login_id, login_id, login_id, "", "", roles, team_id=1, competences=competences)


SNAPSHOT: Final = Snapshot(
    people=(person("ann", sells=True), person("bob"), person("cat")),
    teams=(Team(1, "One"),),
    csqs=(CSQ(7, "Sales", pool=SkillPool((RequiredSkill(1, 1),))),),
    skills=(Skill(1, "Selling"),),
)


def router(max_tasks: int = 1_000, snapshot: Snapshot = SNAPSHOT) -> Router:
    """A router of these."""
    return Router(Roster((CHAT, MAIL), SELECTORS, lambda: snapshot), max_tasks)


def submit(
    routing: Router, contact_id: str, selector: str, now: float = NOON, *, kept: bool = False
) -> None:
    """Submit a task."""
    wanted = Submission(selector, "Zoe", "Help", requeue_on_recovery=kept)
    routing.submit(routing.make(wanted, contact_id, now), now)


def told(events: list[Event]) -> list[str]:
    """Events, in a few words each."""
    return [
        f"{one.media.login_id} {one.media.domain_id} {one.media.state.value}"
        if isinstance(one, MediaEvent)
        else f"{one.login_id} {one.kind} {one.task.contact_id} {one.task.state.value}"
        for one in events
    ]

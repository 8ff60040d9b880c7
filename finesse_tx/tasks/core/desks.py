"""Agents in their media: who is available, and what states their tasks and calls make.

Who is available in a domain: signed in to it, ready, routable, below the limit, and not busy with a call or with a task
of another domain that cannot be interrupted.

Spec: ``rest.md`` §10.1; the public REST guide, "Agent States for Nonvoice Media".
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from finesse_tx.tasks.core.errors import Refusal, TaskRefusedError
from finesse_tx.tasks.core.events import MediaEvent, TaskEvent
from finesse_tx.tasks.core.ledger import Ledger
from finesse_tx.tasks.core.records import Media, Selector, Task
from finesse_tx.tasks.core.roster import Roster
from finesse_tx.tasks.core.states import BEGUN, InterruptAction, TaskState, media_state

__all__ = ["NOT_BEGUN", "Desks"]

NOT_BEGUN: Final = frozenset({TaskState.OFFERED, TaskState.ACCEPTED})
"""While an agent has such a task he stays routable."""


class Desks:
    """Everybody who is signed in to a domain.

    Args:
        roster: Domains, selectors, and whose they are.
        ledger: Their tasks.
    """

    def __init__(self, roster: Roster, ledger: Ledger) -> None:
        self._roster, self._ledger = roster, ledger
        self._media: dict[tuple[str, int], Media] = {}
        self._free: dict[int, dict[str, None]] = {}  # login ids of the available, by domain
        self._calls: set[str] = set()  # who has a call

    def __len__(self) -> int:
        """How many sign-ins to domains there are."""
        return len(self._media)

    def media(self, login_id: str, domain_id: int) -> Media | None:
        """An agent in a domain; None for one who is signed out."""
        return self._media.get((login_id, domain_id))

    def domains_in(self, login_id: str) -> tuple[int, ...]:
        """The domains that somebody is signed in to."""
        return tuple(one for one in self._roster.domains if (login_id, one) in self._media)

    def people(self) -> list[str]:
        """Everybody who is signed in to a domain, each once."""
        return list(dict.fromkeys(login_id for login_id, _domain_id in self._media))

    def is_interrupted(self, task: Task) -> bool:
        """Whether nothing can be done with a task, since something else comes first."""
        media = self._media.get((task.login_id, task.domain_id))
        return media is not None and media.interrupted

    def signed_in(self, login_id: str, domain_id: int) -> Media:
        """An agent in a domain.

        Raises:
            TaskRefusedError: The agent is not signed in there.
        """
        media = self._media.get((login_id, domain_id))
        if media is None:
            raise TaskRefusedError(Refusal.NOT_SIGNED_IN, domain_id)
        return media

    def longest_available(self, selector: Selector) -> str | None:
        """Who is next for the tasks of a selector; None when nobody is available."""

        def order(login_id: str) -> tuple[float, str]:
            return self._media[login_id, selector.domain_id].idle_since, login_id

        free = self._free.get(selector.domain_id, ())
        takers = (login_id for login_id in free if self._roster.takes(login_id, selector))
        return min(takers, key=order, default=None)

    # What changes -----------------------------------------------------------------------------------------------

    def keep(self, media: Media) -> None:
        """An agent is like this in a domain."""
        key = media.login_id, media.domain_id
        self._media[key] = self._ledger.changes.media[key] = media

    def remove(self, media: Media) -> None:
        """An agent is signed out of a domain."""
        key = media.login_id, media.domain_id
        self._media.pop(key, None)
        self._free.get(media.domain_id, {}).pop(media.login_id, None)
        self._ledger.changes.media[key] = None

    def idle(self, login_id: str, domain_id: int, now: float) -> None:
        """An agent is the last in line, since something was offered or has ended."""
        self.keep(replace(self._media[login_id, domain_id], idle_since=now))

    def set_calling(self, login_id: str, calling: bool) -> bool:
        """Whether an agent has a call; say whether that is news."""
        if calling == (login_id in self._calls):
            return False
        if calling:
            self._calls.add(login_id)
        else:
            self._calls.discard(login_id)
        return True

    def settle(
        self, login_id: str, now: float, changed_at: int | None = None, **changes: Any
    ) -> None:
        """Work out what an agent's tasks and calls make of the agent's states, and tell what is another one.

        Args:
            login_id: Who.
            now: The time.
            changed_at: The domain in which the agent changes more.
            changes: What.
        """
        for domain_id in self.domains_in(login_id):
            was = self._media[login_id, domain_id]
            media = replace(was, **changes) if domain_id == changed_at else was
            states = [task.state for task in self._ledger.tasks_of(login_id, domain_id)]
            busy = self._is_busy(login_id, domain_id)
            accepts = media.settings.interrupt_action is InterruptAction.ACCEPT
            interruptible = self._roster.domains[domain_id].interruptible
            interrupted = busy and bool(states) and accepts and interruptible
            stopped = media.stops and NOT_BEGUN.isdisjoint(states)
            media = replace(
                media,
                interrupted=interrupted,
                state=media_state(ready=media.ready, interrupted=interrupted, tasks=states),
                routable=media.routable and not stopped,
                stops=media.stops and not stopped,
            )
            self._tell(was, media, now)
            if was.interrupted and not interrupted:
                self._resume(login_id, domain_id)
            may_get = media.ready and media.routable and not media.stops and not busy
            if may_get and len(states) < media.settings.max_dialog_limit:
                self._free.setdefault(domain_id, {})[login_id] = None
            else:
                self._free.get(domain_id, {}).pop(login_id, None)

    def _tell(self, was: Media, now_like: Media, now: float) -> None:
        """Keep an agent's media, and tell it where it shows."""
        if now_like == was:
            return
        if (now_like.state, now_like.reason_code_id) != (was.state, was.reason_code_id):
            now_like = replace(now_like, changed_at=now)
        self.keep(now_like)
        if now_like.shown != was.shown:
            self._ledger.events.append(MediaEvent(now_like))

    def _resume(self, login_id: str, domain_id: int) -> None:
        for task in self._ledger.tasks_of(login_id, domain_id):
            if task.state in BEGUN:
                self._ledger.events.append(TaskEvent("PUT", login_id, task))

    def _is_busy(self, login_id: str, domain_id: int) -> bool:
        """Whether an agent has something outside a domain that cannot be interrupted: a call, or a begun task."""
        return login_id in self._calls or any(
            task.state in BEGUN
            for other in self._roster.domains.values()
            if other.id != domain_id and not other.interruptible
            for task in self._ledger.tasks_of(login_id, other.id)
        )

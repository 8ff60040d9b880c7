"""Who takes tasks of which domain and which script selector, by the directory as of now.

A domain may be for some teams; a selector may name a queue, and then its tasks are for that queue's agents, whom
their skills or their resource group have put there (``engine.md`` §3).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from finesse_tx.directory.core.records import Snapshot
from finesse_tx.tasks.core.records import Domain, Selector

__all__ = ["Roster"]


class Roster:
    """The domains and selectors, and the agents of each.

    Args:
        domains: As configured.
        selectors: As configured, each in one of the domains.
        snapshot: The directory as of now.

    Attributes:
        domains: By id, in the order of the configuration.
        selectors: By dialled number, in the order of the configuration.
    """

    def __init__(
        self,
        domains: Iterable[Domain],
        selectors: Iterable[Selector],
        snapshot: Callable[[], Snapshot],
    ) -> None:
        self.domains: Mapping[int, Domain] = {domain.id: domain for domain in domains}
        self.selectors: Mapping[str, Selector] = {one.dialed_number: one for one in selectors}
        self._snapshot = snapshot

    def has(self, login_id: str, domain_id: int) -> bool:
        """Whether an agent may sign in to that domain."""
        domain, snapshot = self.domains.get(domain_id), self._snapshot()
        person = snapshot.person(login_id)
        if domain is None or person is None or not person.is_agent:
            return False
        team = snapshot.team(person.team_id) if person.team_id is not None else None
        return not domain.teams or (team is not None and team.name in domain.teams)

    def domains_of(self, login_id: str) -> tuple[Domain, ...]:
        """The domains that an agent may sign in to."""
        return tuple(domain for domain in self.domains.values() if self.has(login_id, domain.id))

    def takes(self, login_id: str, selector: Selector) -> bool:
        """Whether tasks of that selector are for that agent."""
        if not self.has(login_id, selector.domain_id):
            return False
        return not selector.queue or self.queue_id(selector) in self._snapshot().csq_ids_of(
            login_id
        )

    def queue_id(self, selector: Selector) -> int | None:
        """The number of the queue that a selector names; None where it names none, or none that there is."""
        for csq in self._snapshot().csqs:
            if csq.name == selector.queue:
                return csq.id
        return None

"""What no table can say of queues: which criterion goes with which pool, and how many are too many.

Spec: ``engine.md`` §1 (limits), §3.2 (criteria).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from finesse_tx.directory.core.queues import CSQ, Criterion, ResourceGroupPool
from finesse_tx.directory.core.records import Snapshot
from finesse_tx.errors import ConfigError

__all__ = ["MANY_CSQS", "MAX_SKILLS", "check_queue", "check_queues"]

MAX_SKILLS: Final = 50
"""An agent has at most so many skills, and a queue asks for at most so many."""

MANY_CSQS: Final = 25
"""An agent in more queues than that is more than the product is designed for; it works all the same."""

_OF_GROUPS: Final = {Criterion.LINEAR, Criterion.CIRCULAR}
_OF_SKILLS: Final = {
    Criterion.MOST_SKILLED,
    Criterion.LEAST_SKILLED,
    Criterion.MOST_SKILLED_BY_WEIGHT,
    Criterion.LEAST_SKILLED_BY_WEIGHT,
    Criterion.MOST_SKILLED_BY_ORDER,
    Criterion.LEAST_SKILLED_BY_ORDER,
}


def check_queues(snapshot: Snapshot) -> tuple[str, ...]:
    """Check the queues and their agents.

    Returns:
        What is allowed and probably not meant, a sentence each.

    Raises:
        ConfigError: Something cannot be.
    """
    for csq in snapshot.csqs:
        check_queue(csq)
    for person in snapshot.people:
        if len(person.competences) > MAX_SKILLS:
            raise ConfigError(
                "the directory",
                f"agent {person.login_id}",
                f"has {len(person.competences)} skills",
                f"leave at most {MAX_SKILLS}",
            )
    return tuple(_doubts(snapshot))


def check_queue(csq: CSQ) -> None:
    """Check one queue's pool and criterion.

    Raises:
        ConfigError: They cannot be.
    """
    key = f'queue "{csq.name}"'
    if isinstance(csq.pool, ResourceGroupPool):
        if csq.criterion in _OF_SKILLS:
            raise ConfigError(
                "the directory",
                key,
                f'"{csq.criterion.value}" needs skills, and it has a resource group',
                "choose another criterion, or skills",
            )
        return
    if csq.criterion in _OF_GROUPS:
        raise ConfigError(
            "the directory",
            key,
            f'"{csq.criterion.value}" needs a resource group, and it has skills',
            "choose another criterion, or a resource group",
        )
    if len(csq.pool.skills) > MAX_SKILLS:
        raise ConfigError(
            "the directory",
            key,
            f"asks for {len(csq.pool.skills)} skills",
            f"leave at most {MAX_SKILLS}",
        )


def _doubts(snapshot: Snapshot) -> Iterator[str]:
    staffed: set[int] = set()
    for person in snapshot.people:
        csq_ids = snapshot.csq_ids_of(person.login_id)
        staffed.update(csq_ids)
        if len(csq_ids) > MANY_CSQS:
            yield f"agent {person.login_id} is in {len(csq_ids)} queues, more than {MANY_CSQS}"
    for csq in snapshot.csqs:
        if csq.id not in staffed:
            yield f'queue "{csq.name}" has no agents'

"""What the engine does now and has done, as families of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from finesse_tx.engine.core.router import Tally
from finesse_tx.engine.core.statistics import Statistics
from finesse_tx.metrics.core.families import Family, Kind, by_label, counter

__all__ = ["engine_families"]


def engine_families(statistics: Statistics, tally: Tally, at: float) -> Iterator[Family]:
    """What the embedded engine says.

    Args:
        statistics: Its figures.
        tally: What has become of its contacts.
        at: Now, in seconds since 1970.
    """
    levels = asdict(statistics.system.levels)
    del levels["logged_in"]  # the sum of the others
    yield by_label(Kind.GAUGE, "engine_agents", "Agents who are signed in.", "state", levels)
    queues = {str(csq_id): csq for csq_id, csq in statistics.csqs.items()}
    yield by_label(
        Kind.GAUGE,
        "engine_contacts_waiting",
        "Contacts that wait in a queue; one in several queues counts in each.",
        "csq",
        {csq_id: len(csq.waiting) for csq_id, csq in queues.items()},
    )
    yield by_label(
        Kind.GAUGE,
        "engine_oldest_contact_seconds",
        "How long the queue's oldest contact has waited.",
        "csq",
        {csq_id: csq.oldest(at) for csq_id, csq in queues.items()},
    )
    ended = asdict(tally)
    yield counter("engine_contacts", "Callers at a trigger.", ended.pop("arrived"))
    yield counter(
        "engine_ring_no_answers",
        "How often an agent did not answer.",
        ended.pop("not_answered"),
    )
    yield by_label(Kind.COUNTER, "engine_contacts_ended", "What became of callers.", "how", ended)

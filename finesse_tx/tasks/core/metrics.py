"""What task routing does, as families of numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from finesse_tx.metrics.core.families import Family, Kind, by_label, counter, gauge
from finesse_tx.tasks.core.states import Disposition

__all__ = ["task_families"]


def task_families(
    waiting: int, held: int, signed_in: int, submitted: int, ended: Counter[Disposition]
) -> Iterator[Family]:
    """What task routing says.

    Args:
        waiting: How many tasks wait for an agent.
        held: How many agents have.
        signed_in: How many sign-ins to domains there are.
        submitted: How many tasks were submitted since the start.
        ended: How many dialogs have ended since the start, by why.
    """
    yield gauge("tasks_waiting", "Tasks that wait for an agent.", waiting)
    yield gauge("tasks_held", "Tasks that agents have.", held)
    yield gauge("task_sign_ins", "Sign-ins of agents to media routing domains.", signed_in)
    yield counter("tasks_submitted", "Tasks that applications have submitted.", submitted)
    yield by_label(
        Kind.COUNTER,
        "task_dialogs_ended",
        "Tasks that an agent had and has no longer, by why.",
        "disposition",
        {one.value: ended[one] for one in Disposition},
    )

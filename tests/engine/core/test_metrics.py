"""`finesse_tx.engine.core.metrics`: what the engine says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.metrics import engine_families
from finesse_tx.metrics.core.families import Family
from tests.support.centre import sample
from tests.support.history import RecordedCentre


def numbers(families: Iterable[Family]) -> dict[str, dict[tuple[str, ...], float]]:
    """The samples by family."""
    return {family.name: dict(family.samples) for family in families}


class EngineTests(SynchronousTestCase):
    """A floor with two agents and three callers."""

    def test_now_and_so_far(self) -> None:
        """Agents by state, who waits in which queue and for how long, and what became of callers."""
        centre = RecordedCentre(sample(), ports=3)
        centre.sign_in(1)
        centre.sign_in(2, ready=False)
        first = centre.call_in()
        centre.answer(first)
        second = centre.call_in()
        centre.wait(4)
        centre.call_in()
        centre.wait(3)
        centre.hang_up(second)
        centre.wait(2)
        found = numbers(engine_families(centre.statistics, centre.engine.router.tally, centre.wall))
        self.assertEqual(
            found,
            {
                "engine_agents": {
                    ("available",): 0,
                    ("in_session",): 1,
                    ("in_work",): 0,
                    ("selected",): 0,
                    ("unavailable",): 1,
                },
                "engine_contacts_waiting": {("1",): 1, ("2",): 0},
                "engine_oldest_contact_seconds": {("1",): 5, ("2",): 0},
                "engine_contacts": {(): 3},
                "engine_ring_no_answers": {(): 0},
                "engine_contacts_ended": {
                    ("abandoned",): 1,
                    ("aborted",): 0,
                    ("by_script",): 0,
                    ("handled",): 1,
                    ("rejected",): 0,
                },
            },
        )

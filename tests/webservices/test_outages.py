"""Outages of the CTI link at any byte of a busy day: afterwards REST, events and the engine agree.

No network and no real time: the engine, both ends of the CTI link and the web services run on one clock, over a wire
that carries as many bytes as the test says, and breaks when the test says.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.support.days import AGENTS, LIFE, Day, Step, directory
from tests.support.outages import MemoryRoad, Wire

NETWORK = ("carry", "bytes", "message", "cut", "down", "up", "deaf")

STEPS = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(LIFE), st.sampled_from(LIFE), st.sampled_from(NETWORK)),
        st.integers(1, AGENTS),
        st.integers(0, 400),
    ),
    max_size=60,
)


def happen(road: MemoryRoad, name: str, number: int) -> None:
    """What networks do."""
    wire: Wire = road.wire
    match name:
        case "carry":
            road.turn(0.0)
        case "bytes":
            wire.carry(number, number)
        case "message":
            wire.carry(sum(wire.messages_coming()[: number % 8]), None)
        case "cut":
            wire.cut()
        case "down":
            wire.cut()
            wire.is_down = True
        case "up":
            wire.is_down = False
        case _:
            wire.is_deaf = True


class OutageTests(SynchronousTestCase):
    """Random days."""

    def live(self, steps: list[Step], *, replay: bool) -> None:
        """Live a day, and look at its end whether all agree."""
        road = MemoryRoad(directory(), replay=replay)
        day = Day(road)
        try:
            road.settle()
            road.load()
            day.begin()
            for name, agent, number in steps:
                if name in NETWORK:
                    happen(road, name, number)
                else:
                    day.do((name, agent, number))
            road.settle()
            self.assertTrue(road.web.in_service())
            day.agree(self)
        finally:
            road.stop()
        self.assertEqual(road.clock.getDelayedCalls(), [])

    @settings(deadline=None, max_examples=75)
    @given(steps=STEPS)
    def test_replayed(self, steps: list[Step]) -> None:
        """With everything told again after an outage: nothing lost, nothing doubled, whatever the day."""
        self.live(steps, replay=True)

    @settings(deadline=None, max_examples=75)
    @given(steps=STEPS)
    def test_differences(self, steps: list[Step]) -> None:
        """The same when only what has changed is told."""
        self.live(steps, replay=False)

"""A clock for whole days, beside Twisted's own."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.error import AlreadyCalled, AlreadyCancelled
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase
from zope.interface.verify import verifyObject

from finesse_tx.scenario.clock import SLACK, DayClock

ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["set", "cancel", "reset", "delay", "turn"]),
        st.integers(0, 5),
        st.integers(0, 9),
    ),
    max_size=40,
)


class ClockTests(SynchronousTestCase):
    """`DayClock`."""

    def test_interface(self) -> None:
        """It is what whoever needs time is given."""
        self.assertTrue(verifyObject(IReactorTime, DayClock()))
        self.assertTrue(verifyObject(IDelayedCall, DayClock().callLater(0, int)))

    def test_too_late(self) -> None:
        """What has been done or cancelled can be neither cancelled nor put off."""
        clock = DayClock()
        done, cancelled = clock.callLater(0, int), clock.callLater(1, int)
        clock.turn(0)
        cancelled.cancel()
        for timer, error in ((done, AlreadyCalled), (cancelled, AlreadyCancelled)):
            self.assertFalse(timer.active())
            self.assertRaises(error, timer.cancel)
            self.assertRaises(error, timer.reset, 1)
            self.assertRaises(error, timer.delay, 1)

    def test_own_time(self) -> None:
        """Each call sees the moment it was set for; what it sets for now still comes in that moment."""
        clock, seen = DayClock(), list[Any]()
        clock.callLater(2, lambda: clock.callLater(0, lambda: seen.append(clock.seconds())))
        clock.callLater(1, lambda: seen.append(clock.seconds()))
        while clock.turn(5):
            pass
        self.assertEqual((seen, clock.seconds()), ([1.0, 2.0], 5.0))

    def test_keywords(self) -> None:
        """Arguments arrive as they were given."""
        clock, seen = DayClock(), list[Any]()
        clock.callLater(0, lambda *args, **kw: seen.append((args, kw)), 1, two=2)
        clock.turn(0)
        self.assertEqual(seen, [((1,), {"two": 2})])

    def test_cancelled(self) -> None:
        """Of cancelled calls no more are kept than of the others, and than the slack."""
        clock, seen = DayClock(), list[int]()
        for moment in range(3 * SLACK):
            clock.callLater(moment, seen.append, moment)
        for moment in range(10 * SLACK):
            clock.callLater(1000, seen.append, moment).cancel()
            self.assertLessEqual(len(clock._heap), 2 * 3 * SLACK + 2)
        while clock.turn(2000):
            pass
        self.assertEqual(seen, list(range(3 * SLACK)))

    @staticmethod
    def note(clock: Any, seen: list[tuple[float, int]], which: int) -> None:
        """It is that moment."""
        seen.append((clock.seconds(), which))

    @settings(deadline=None)
    @given(ACTIONS)
    def test_like_twisted(self, actions: list[tuple[str, int, int]]) -> None:
        """Whatever is set, cancelled, put off and brought forward happens at the moments at which Twisted's does it."""
        ours, theirs = DayClock(), Clock()
        seen: tuple[list[tuple[float, int]], ...] = ([], [])
        calls: list[tuple[Any, Any]] = []
        for name, which, number in actions:
            if name == "set":
                pair = [
                    clock.callLater(number, self.note, clock, found, len(calls))
                    for clock, found in zip((ours, theirs), seen, strict=True)
                ]
                calls.append((pair[0], pair[1]))
            elif name == "turn":
                until = ours.seconds() + number
                while ours.turn(until):
                    pass
                for step in (0, *[1] * number):
                    theirs.advance(step)
            elif calls:
                for call in calls[which % len(calls)]:
                    if call.active():
                        getattr(call, name)(*([] if name == "cancel" else [number]))
            due = min((call.getTime() for call in theirs.getDelayedCalls()), default=None)
            self.assertEqual(ours.next_at(), due)
            self.assertEqual(len(ours.getDelayedCalls()), len(theirs.getDelayedCalls()))
        self.assertEqual(*(sorted(found) for found in seen))

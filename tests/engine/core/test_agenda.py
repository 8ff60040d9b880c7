"""`finesse_tx.engine.core.agenda`: deadlines in order, each once, none after it was cancelled."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.engine.core.agenda import SLACK, Agenda, Deadline


def nothing(_now: float) -> None:
    """Do nothing."""


class AgendaTests(SynchronousTestCase):
    """`Agenda`."""

    @given(
        st.lists(st.floats(0, 100), max_size=30),
        st.lists(st.integers(0, 29), max_size=10),
        st.floats(0, 100),
    )
    def test_order(self, moments: list[float], cancelled: list[int], now: float) -> None:
        """Whatever was set and not cancelled comes once, in order, when its moment has come and not before."""
        agenda = Agenda()
        deadlines = [agenda.set(moment, nothing) for moment in moments]
        for index in cancelled:
            if index < len(deadlines):
                agenda.cancel(deadlines[index])
        kept = [d for i, d in enumerate(deadlines) if i not in cancelled]
        self.assertEqual(set(agenda), set(kept))
        self.assertEqual(agenda.due_at(), min((d.due for d in kept), default=None))
        taken: list[Deadline] = []
        while (deadline := agenda.take(now)) is not None:
            taken.append(deadline)
        self.assertEqual(taken, sorted((d for d in kept if d.due <= now), key=lambda d: d.due))
        self.assertEqual(set(agenda), {d for d in kept if d.due > now})

    def test_same_moment(self) -> None:
        """Those of one moment come in the order in which they were set."""
        agenda = Agenda()
        deadlines = [agenda.set(5.0, nothing) for _ in range(3)]
        self.assertEqual([agenda.take(5.0) for _ in range(4)], [*deadlines, None])

    def test_cancel_late(self) -> None:
        """Cancelling what has come, or was cancelled, does nothing."""
        agenda = Agenda()
        come, cancelled, kept = (agenda.set(n, nothing) for n in (1.0, 2.0, 3.0))
        self.assertIs(agenda.take(1.0), come)
        for deadline in (come, cancelled, cancelled):
            agenda.cancel(deadline)
        self.assertEqual(list(agenda), [kept])

    def test_bound(self) -> None:
        """Cancelled deadlines do not pile up behind one that is far away."""
        agenda = Agenda()
        agenda.set(0.0, nothing)
        for _ in range(50 * SLACK):
            agenda.cancel(agenda.set(1e9, nothing))
            self.assertLessEqual(len(agenda._heap), SLACK + 2)

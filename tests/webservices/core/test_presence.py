"""`finesse_tx.webservices.core.presence` and ``audit``: who is there, who is missing, who is to be signed out when."""

from datetime import UTC, datetime
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.notification.core.departure import Departure
from finesse_tx.webservices.core.audit import MAX_RECORDS, Audit, Outcome, SignOut
from finesse_tx.webservices.core.presence import STEP, Action, Attendance, Input, State, Times

NOW = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)

TIMES = Times(30, 60)


class StepTests(SynchronousTestCase):
    """The table."""

    def test_every_cell(self) -> None:
        """Whoever comes is present, whatever was; nobody is signed out who was never there."""
        for state, event in product(State, Input):
            after, action = STEP.get((state, event), (state, Action.NOTHING))
            if event is Input.CAME:
                self.assertIs(after, State.PRESENT)
            self.assertEqual(action is Action.SIGN_OUT, (state, event) == (State.GONE, Input.DUE))
            waits = action in {Action.DETECT, Action.GRACE}
            self.assertEqual(waits, after in {State.MISSING, State.GONE} and state is not after)


class AttendanceTests(SynchronousTestCase):
    """Everybody's desktop, with time as a number."""

    def setUp(self) -> None:
        """Ann is there."""
        self.attendance = Attendance(lambda _login_id: TIMES)
        self.attendance.came("ann")

    def over(self, now: float) -> list[str]:
        """Who is to be signed out at that moment."""
        return [absence.login_id for absence in self.attendance.advance(now)]

    def test_closed(self) -> None:
        """A desktop that was closed, or silent for too long, has the grace."""
        for cause in (Departure.CLOSED, Departure.TIMED_OUT, Departure.REPLACED):
            self.attendance.came("ann")
            self.attendance.left("ann", cause, "s", 100)
            self.assertEqual(self.attendance.due_at(), 160)
            self.assertEqual(self.over(159.9), [])
            self.assertEqual(self.over(160), ["ann"])
            self.assertEqual(self.over(1000), [])

    def test_broke(self) -> None:
        """A connection that broke has the time to be noticed, and then the grace."""
        self.attendance.left("ann", Departure.NETWORK, "s", 100)
        self.assertEqual(self.over(129.9), [])
        self.assertIs(self.attendance.state("ann"), State.MISSING)
        self.assertEqual(self.over(130), [])
        self.assertIs(self.attendance.state("ann"), State.GONE)
        self.assertEqual(self.over(189.9), [])
        (absence,) = self.attendance.advance(190)
        self.assertEqual((absence.session_id, absence.since), ("s", 100))

    def test_late(self) -> None:
        """A clock that jumps does both at once."""
        self.attendance.left("ann", Departure.NETWORK, "s", 100)
        self.assertEqual(self.over(190), ["ann"])

    def test_comes_back(self) -> None:
        """Whoever is back in time stays, however often."""
        for start in (0, 1000, 2000):
            self.attendance.left("ann", Departure.CLOSED, "s", start)
            self.assertIsNotNone(self.attendance.came("ann"))
            self.assertEqual((self.over(start + 500), self.attendance.due_at()), ([], None))

    def test_never_there(self) -> None:
        """Whoever was never there cannot leave, and nobody leaves twice."""
        self.assertIsNone(self.attendance.left("bob", Departure.CLOSED, "", 0))
        self.attendance.left("ann", Departure.CLOSED, "", 0)
        self.assertIsNone(self.attendance.left("ann", Departure.CLOSED, "", 50))
        self.assertEqual(self.over(60), ["ann"])

    def test_signed_out(self) -> None:
        """Whoever leaves signed out is not waited for, and can come again."""
        self.attendance.went("ann")
        self.attendance.went("bob")
        self.assertIsNone(self.attendance.left("ann", Departure.CLOSED, "", 0))
        self.assertEqual(self.attendance.due_at(), None)
        self.attendance.came("ann")
        self.assertIsNotNone(self.attendance.left("ann", Departure.CLOSED, "", 0))

    def test_our_own_stop(self) -> None:
        """Nobody is gone because we are."""
        self.assertIsNone(self.attendance.left("ann", Departure.SHUTDOWN, "", 0))
        self.assertIs(self.attendance.state("ann"), State.PRESENT)

    def test_postponed(self) -> None:
        """One whose time is over can be asked for again, unless it is back."""
        self.attendance.left("ann", Departure.CLOSED, "", 0)
        (absence,) = self.attendance.advance(60)
        self.attendance.postpone(absence, 65)
        self.assertEqual((self.over(64), self.over(65)), ([], ["ann"]))
        self.attendance.came("ann")
        self.attendance.postpone(absence, 70)
        self.assertEqual(self.over(100), [])

    @settings(deadline=None)
    @given(
        moves=st.lists(
            st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 50)), max_size=300
        )
    )
    def test_any_order(self, moves: list[tuple[str, bool, int]]) -> None:
        """Whoever comes and goes in whatever order is signed out 60 s after leaving, and only then."""
        attendance, now = Attendance(lambda _login_id: TIMES), 0
        gone: dict[str, int] = {}
        there: set[str] = set()
        for who, comes, pause in moves:
            now += pause
            signed_out = {absence.login_id for absence in attendance.advance(now)}
            expected = {one for one, since in gone.items() if now >= since + 60}
            self.assertEqual(signed_out, expected)
            for one in expected:
                del gone[one]
            if comes:
                attendance.came(who)
                there.add(who)
                gone.pop(who, None)
            elif who in there:
                attendance.left(who, Departure.CLOSED, "", now)
                there.discard(who)
                gone[who] = now
            self.assertEqual(len(attendance), len(gone))
            self.assertLessEqual(len(attendance._heap), 2 * len(gone) + 65)


class AuditTests(SynchronousTestCase):
    """The latest sign-outs."""

    def record(self, login_id: str, session_id: str) -> SignOut:
        """One."""
        return SignOut(login_id, session_id, Departure.CLOSED, NOW, NOW, Outcome.DONE)

    def test_asked(self) -> None:
        """A person's, or everybody's, the latest first."""
        audit = Audit()
        for login_id, session_id in (("ann", "1"), ("bob", "2"), ("ann", "3")):
            audit.add(self.record(login_id, session_id))
        self.assertEqual([one.session_id for one in audit.of("ann")], ["3", "1"])
        self.assertEqual([one.session_id for one in audit.of()], ["3", "2", "1"])

    def test_bound(self) -> None:
        """The oldest one is forgotten when there is one more than there may be."""
        audit = Audit()
        for number in range(MAX_RECORDS + 1):
            audit.add(self.record("ann", str(number)))
        self.assertEqual(len(audit), MAX_RECORDS)
        self.assertEqual([*audit.of()][-1].session_id, "1")

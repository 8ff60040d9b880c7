"""`finesse_tx.directory.core.lockout`."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.lockout import LockOut

ATTEMPTS, DURATION_S, CAPACITY = 3, 10.0, 4
STEPS = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["bad", "good", 4.0, 6.0])))


class LockOutTests(SynchronousTestCase):
    """`LockOut`."""

    def setUp(self) -> None:
        """Nobody has failed yet."""
        self.lockout = LockOut(ATTEMPTS, DURATION_S, CAPACITY)

    def fail_times(self, user: str, times: int, now: float = 0.0) -> None:
        """Type so many bad passwords."""
        for _ in range(times):
            self.lockout.failed(user, now)

    def test_edge(self) -> None:
        """One bad password less than the limit locks nobody out; the last one does, and only that user."""
        self.fail_times("A", ATTEMPTS - 1)
        self.assertIsNone(self.lockout.locked_until("A", 0))
        self.assertEqual(self.lockout.left("A", 0), 1)
        self.fail_times("A", 1, now=5)
        self.assertEqual(self.lockout.locked_until("A", 5), 5 + DURATION_S)
        self.assertEqual(self.lockout.left("A", 5), 0)
        self.assertIsNone(self.lockout.locked_until("B", 5))
        self.assertEqual(self.lockout.left("B", 5), ATTEMPTS)

    def test_end(self) -> None:
        """It ends on time, and counting begins anew."""
        self.fail_times("A", ATTEMPTS)
        self.assertIsNotNone(self.lockout.locked_until("A", DURATION_S - 0.001))
        self.assertIsNone(self.lockout.locked_until("A", DURATION_S))
        self.assertEqual(self.lockout.left("A", DURATION_S), ATTEMPTS)
        self.fail_times("A", ATTEMPTS - 1, now=DURATION_S)
        self.assertIsNone(self.lockout.locked_until("A", DURATION_S))

    def test_not_prolonged(self) -> None:
        """Bad passwords while locked out do not make it longer."""
        self.fail_times("A", ATTEMPTS)
        self.fail_times("A", 100, now=DURATION_S / 2)
        self.assertEqual(self.lockout.locked_until("A", DURATION_S / 2), DURATION_S)

    def test_consecutive(self) -> None:
        """The right password in between begins the count anew."""
        self.fail_times("A", ATTEMPTS - 1)
        self.lockout.succeeded("A")
        self.assertEqual((self.lockout.left("A", 0), len(self.lockout)), (ATTEMPTS, 0))

    def test_one_attempt(self) -> None:
        """A limit of one locks out at once."""
        lockout = LockOut(1, DURATION_S, CAPACITY)
        lockout.failed("A", 0)
        self.assertIsNotNone(lockout.locked_until("A", 0))

    def test_capacity(self) -> None:
        """At the bound, whoever failed longest ago is forgotten first."""
        for number in range(CAPACITY):
            self.fail_times(str(number), 1)
        self.fail_times("0", 1)
        self.assertEqual(self.lockout.left("1", 0), ATTEMPTS - 1)
        self.fail_times("new", 1)
        self.assertEqual(len(self.lockout), CAPACITY)
        self.assertEqual(self.lockout.left("0", 0), ATTEMPTS - 2)
        self.assertEqual(self.lockout.left("1", 0), ATTEMPTS)

    @given(steps=STEPS)
    def test_any_history(self, steps: list[tuple[str, str | float]]) -> None:
        """Whatever two users do in whatever time, each is locked out when a plain count says so."""
        lockout = LockOut(ATTEMPTS, DURATION_S, CAPACITY)
        now, bad, until_s = 0.0, {"A": 0, "B": 0}, {"A": 0.0, "B": 0.0}
        for user, step in steps:
            if isinstance(step, float):
                now += step
            elif step == "good" and until_s[user] <= now:
                lockout.succeeded(user)
                bad[user] = 0
            elif step == "bad" and until_s[user] <= now:
                lockout.failed(user, now)
                bad[user] += 1
                if bad[user] == ATTEMPTS:
                    bad[user], until_s[user] = 0, now + DURATION_S
            for each in "AB":
                locked = lockout.locked_until(each, now)
                self.assertEqual(locked, until_s[each] if until_s[each] > now else None)
                if locked is None:
                    self.assertEqual(lockout.left(each, now), ATTEMPTS - bad[each])

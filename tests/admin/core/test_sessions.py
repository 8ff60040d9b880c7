"""`finesse_tx.admin.core.sessions`: who is signed in, for how long, and with which secrets."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.admin.core.sessions import (
    ABSOLUTE_S,
    IDLE_S,
    MAX_OF_ONE,
    MAX_SESSIONS,
    ConsoleSessions,
)


def sessions() -> ConsoleSessions:
    """None yet; secrets are numbers."""
    numbers = count()
    return ConsoleSessions(lambda: f"secret-{next(numbers)}")


class SessionTests(SynchronousTestCase):
    """Sessions one by one."""

    def test_both_secrets(self) -> None:
        """A request shows both secrets of one session; one of them, or one of each of two, is not enough."""
        all_of_them = sessions()
        first, second = all_of_them.begin("admin", 0.0), all_of_them.begin("root", 0.0)
        self.assertIs(all_of_them.shown(first.id, first.token, 1.0), first)
        for name, token in (
            (first.id, ""),
            (first.id, "é"),
            (first.id, second.token),
            ("", first.token),
            (first.token, first.id),
        ):
            self.assertIsNone(all_of_them.shown(name, token, 1.0), (name, token))

    def test_idle(self) -> None:
        """Used one step before its time is up a session begins that time anew; at its end it is over for good."""
        all_of_them = sessions()
        session = all_of_them.begin("admin", 0.0)
        self.assertIsNotNone(all_of_them.find(session.id, IDLE_S - 1))
        self.assertIsNotNone(all_of_them.find(session.id, 2 * IDLE_S - 2))
        self.assertIsNone(all_of_them.find(session.id, 3 * IDLE_S - 2))
        self.assertIsNone(all_of_them.find(session.id, 0.0))

    def test_absolute(self) -> None:
        """However much it is used, a session is over at the end of a day."""
        all_of_them = sessions()
        session = all_of_them.begin("admin", 0.0)
        now = 0.0
        while now + IDLE_S / 2 < ABSOLUTE_S:
            now += IDLE_S / 2
            self.assertIsNotNone(all_of_them.find(session.id, now))
        self.assertIsNone(all_of_them.find(session.id, ABSOLUTE_S))

    def test_one_person(self) -> None:
        """One more than the most that a person has ends the one used longest ago, and nobody else's."""
        all_of_them = sessions()
        other = all_of_them.begin("root", 0.0)
        own = [all_of_them.begin("admin", 1.0) for _ in range(MAX_OF_ONE)]
        all_of_them.find(own[0].id, 2.0)
        newest = all_of_them.begin("admin", 3.0)
        gone = [one for one in own if all_of_them.find(one.id, 3.0) is None]
        self.assertEqual(gone, [own[1]])
        self.assertTrue(all_of_them.find(newest.id, 3.0) and all_of_them.find(other.id, 3.0))

    def test_everybody(self) -> None:
        """All together are bounded too."""
        all_of_them = sessions()
        first = all_of_them.begin("p0", 0.0)
        for number in range(1, MAX_SESSIONS):
            all_of_them.begin(f"p{number}", 0.0)
        self.assertEqual(len(all_of_them), MAX_SESSIONS)
        all_of_them.begin("one more", 0.0)
        self.assertEqual(len(all_of_them), MAX_SESSIONS)
        self.assertIsNone(all_of_them.find(first.id, 0.0))

    def test_end_all(self) -> None:
        """All of one person's end at once; nobody else's do."""
        all_of_them = sessions()
        own = [all_of_them.begin("admin", 0.0) for _ in range(3)]
        other = all_of_them.begin("root", 0.0)
        all_of_them.end_all_of("admin")
        self.assertEqual([all_of_them.find(one.id, 0.0) for one in own], [None] * 3)
        self.assertIsNotNone(all_of_them.find(other.id, 0.0))

    @given(
        steps=st.lists(
            st.tuples(st.sampled_from("bfe"), st.integers(0, 3), st.floats(0, IDLE_S)), max_size=60
        )
    )
    def test_any_order(self, steps: list[tuple[str, int, float]]) -> None:
        """Whatever is begun, found and ended, a session that is found is one that was begun and has been used in time."""
        all_of_them, now = sessions(), 0.0
        used: dict[str, float] = {}
        for step, number, later in steps:
            now += later
            if step == "b":
                used[all_of_them.begin(f"p{number}", now).id] = now
            elif used:
                name = list(used)[number % len(used)]
                if step == "e":
                    all_of_them.end(name)
                elif all_of_them.find(name, now) is not None:
                    self.assertLess(now - used[name], IDLE_S)
                    used[name] = now
        self.assertLessEqual(len(all_of_them), 4 * MAX_OF_ONE)

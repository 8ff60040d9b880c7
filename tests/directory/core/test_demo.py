"""`finesse_tx.directory.core.demo`: the table of design.md §4."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import TEAM_SIZE, demo
from finesse_tx.directory.core.records import ReasonCategory, Role, Snapshot


def team_sizes(snapshot: Snapshot) -> list[int]:
    """How many agents each team has."""
    agents = Counter(p.team_id for p in snapshot.people if p.login_id.startswith("agent"))
    return [agents[team.id] for team in snapshot.teams]


class DemoTests(SynchronousTestCase):
    """`demo`."""

    def test_table(self) -> None:
        """The default demo is the table's: names, numbers, teams, queues, roles."""
        found = demo(8)
        seen = [
            (p.login_id, p.extension, p.team_id, found.csq_ids_of(p.login_id)) for p in found.people
        ]
        agents = [(f"agent{n}", f"{1000 + n}", 2 - n % 2, (1, 2)) for n in range(1, 9)]
        self.assertEqual(
            seen,
            [
                *agents,
                ("supervisor1", "2001", 1, ()),
                ("supervisor2", "2002", 2, ()),
                ("admin", "", None, ()),
            ],
        )
        self.assertEqual(
            [(t.name, t.supervisors) for t in found.teams],
            [("Team 1", ("supervisor1",)), ("Team 2", ("supervisor2",))],
        )
        self.assertEqual(
            [(c.name, c.auto_work, c.wrapup_time_s) for c in found.csqs],
            [("Sales", False, 0), ("Support", True, 15)],
        )
        self.assertEqual(
            [(t.route_point, t.csq_id) for t in found.triggers], [("6001", 1), ("6002", 2)]
        )
        roles = {p.login_id: p.roles for p in found.people}
        self.assertEqual(roles["agent1"], {Role.AGENT})
        self.assertEqual(roles["supervisor1"], {Role.AGENT, Role.SUPERVISOR})
        self.assertEqual(roles["admin"], {Role.ADMINISTRATOR})

    def test_teams(self) -> None:
        """Two teams share up to forty agents; beyond, each team is filled before the next."""
        for agents, sizes in (
            (1, [1, 0]),
            (2, [1, 1]),
            (40, [20, 20]),
            (41, [20, 20, 1]),
            (60, [20, 20, 20]),
            (61, [20, 20, 20, 1]),
        ):
            self.assertEqual(team_sizes(demo(agents)), sizes, agents)
        self.assertEqual(TEAM_SIZE, 20)

    def test_reason_codes(self) -> None:
        """An agent has reasons for not being ready, and needs none for signing out."""
        found = demo(8)
        self.assertTrue(found.reason_codes_for(1, ReasonCategory.NOT_READY))
        self.assertEqual(found.reason_codes_for(1, ReasonCategory.LOGOUT), ())

    def test_numbers(self) -> None:
        """With very many, nobody has another's number, and an agent's is as expected while it can be."""
        found = demo(20_000)
        numbers = [p.extension for p in found.people if p.extension]
        numbers += [trigger.route_point for trigger in found.triggers]
        self.assertEqual(len(set(numbers)), len(numbers))
        others = [
            p.login_id for n, p in enumerate(found.people[:20_000], 1_001) if p.extension != str(n)
        ]
        self.assertEqual(others, ["agent5001", "agent5002"])

    def test_taken(self) -> None:
        """A number that somebody has already is avoided."""
        self.assertEqual(demo(1, frozenset({"1001", "91001"})).people[0].extension, "991001")

    @settings(max_examples=20)
    @given(agents=st.integers(1, 200))
    def test_same_people(self, agents: int) -> None:
        """One more agent changes nobody's name."""
        names = {p.login_id: (p.first_name, p.last_name) for p in demo(agents + 1).people}
        for person in demo(agents).people:
            self.assertEqual(names[person.login_id], (person.first_name, person.last_name))

    def test_names(self) -> None:
        """Names are believable: a thousand agents share none, and every phone could show them."""
        people = demo(1_000).people[:1_000]
        names = {(p.first_name, p.last_name) for p in people}
        self.assertEqual(len(names), 1_000)
        for first, last in names:
            self.assertTrue(f"{first}{last}".isalpha())
            f"{first} {last}".encode("latin-1")

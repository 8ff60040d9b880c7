"""`read_snapshot` and `add_snapshot`: the directory's values, in and out."""

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.queues import (
    Competence,
    Criterion,
    CSQType,
    Pool,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import (
    CSQ,
    Person,
    ReasonCategory,
    ReasonCode,
    Role,
    Snapshot,
    Team,
    Trigger,
)
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.passwords import read_password_hashes
from finesse_tx.store.repositories.snapshots import read_snapshot
from finesse_tx.store.tables import PersonRow
from tests.support.database import OnPostgreSQL, empty_url, inside

Key = TypeVar("Key", int, str)

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
SECONDS = st.integers(0, 7_200)
CODES = st.lists(
    st.tuples(st.sampled_from(ReasonCategory), st.integers(0, 65_535), WORDS),
    unique_by=(lambda code: code[:2], lambda code: (code[0], code[2])),
    max_size=4,
)


def names(most: int) -> st.SearchStrategy[list[str]]:
    """Names that differ in more than their case."""
    return st.lists(WORDS, unique_by=str.casefold, max_size=most)


def some(ids: Sequence[Key]) -> st.SearchStrategy[list[Key]]:
    """Some of these ids, in order."""
    return st.lists(st.sampled_from(ids), unique=True).map(sorted) if ids else st.just([])


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A directory whose ids are those that an empty database gives: from 1, in order."""
    logins = draw(names(5))
    teams = []
    for number, name in enumerate(draw(names(3)), 1):
        primary, *secondary = draw(st.permutations(["", *logins]))
        most = draw(st.integers(0, len(secondary)))
        supervisors = tuple(login for login in secondary[:most] if login)
        teams.append(Team(number, name, primary, supervisors))
    skills = [Skill(number, name) for number, name in enumerate(draw(names(3)), 1)]
    groups = [ResourceGroup(number, name) for number, name in enumerate(draw(names(2)), 1)]
    skill_ids, group_ids = [skill.id for skill in skills], [group.id for group in groups]
    pools: st.SearchStrategy[Pool] = st.builds(
        lambda ids, minima: SkillPool(tuple(map(RequiredSkill, ids, *minima))),
        some(skill_ids),
        st.just([draw(st.lists(st.integers(1, 10), min_size=3)), range(100, 90, -1)]),
    ) | (
        st.builds(ResourceGroupPool, st.sampled_from(group_ids)) if groups else st.just(SkillPool())
    )
    csqs = [
        CSQ(
            number,
            name,
            draw(st.booleans()),
            draw(SECONDS),
            draw(SECONDS),
            draw(st.integers(1, 100)),
            draw(pools),
            draw(st.sampled_from(Criterion)),
            draw(st.sampled_from([None, 0.5, 30.0])),
            draw(st.sampled_from(["", "welcome"])),
            draw(st.sampled_from(CSQType)),
        )
        for number, name in enumerate(draw(names(3)), 1)
    ]
    team_ids, csq_ids = [team.id for team in teams], [csq.id for csq in csqs]
    people = [
        Person(
            login,
            f"{login}!",
            draw(WORDS),
            draw(WORDS),
            draw(st.sampled_from(["", "1001"])),
            draw(st.frozensets(st.sampled_from(Role), min_size=1)),
            draw(st.sampled_from([None, *team_ids])),
            draw(st.booleans()),
            tuple(Competence(skill, draw(st.integers(1, 10))) for skill in draw(some(skill_ids))),
            draw(st.sampled_from([None, *group_ids])),
            draw(st.integers(0, 9)),
        )
        for login in logins
    ]
    numbers = st.lists(st.integers(6_000, 6_999), unique=True, max_size=3).map(sorted)
    triggers = [
        Trigger(
            str(number),
            application,
            draw(WORDS),
            draw(st.sampled_from([None, *csq_ids])),
            draw(WORDS),
            draw(st.integers(0, 9)),
            draw(st.sampled_from(["", "de_DE"])),
            tuple((name, draw(WORDS)) for name in draw(some(["language", "plan"]))),
        )
        for application, number in enumerate(draw(numbers), 1)
    ]
    codes = [
        ReasonCode(
            number,
            category,
            code,
            label,
            draw(st.booleans()),
            frozenset(draw(some(team_ids))),
            draw(st.booleans()),
        )
        for number, (category, code, label) in enumerate(draw(CODES), 1)
    ]
    return Snapshot(
        tuple(people),
        tuple(teams),
        tuple(csqs),
        tuple(triggers),
        tuple(codes),
        tuple(skills),
        tuple(groups),
    )


class RoundTripCase(SynchronousTestCase):
    """A snapshot that goes in comes out."""

    def round_trip(self, wanted: Snapshot) -> None:
        """Put it in, and take it out."""
        url = empty_url(self)
        inside(url, lambda session: add_snapshot(session, wanted, "hash"))
        self.assertEqual(inside(url, read_snapshot), wanted)

    def test_twice(self) -> None:
        """What is there already is not added again."""
        url = empty_url(self)
        for _ in range(2):
            inside(url, lambda session: add_snapshot(session, demo(3), "hash"))
        self.assertEqual(inside(url, read_snapshot), demo(3))


class RoundTripTests(RoundTripCase):
    """On SQLite."""

    @settings(max_examples=50, deadline=None)
    @given(wanted=snapshots())
    def test_any(self, wanted: Snapshot) -> None:
        """Every value comes back exactly."""
        self.round_trip(wanted)


class RoundTripOnPostgreSQLTests(OnPostgreSQL, RoundTripCase):
    """On PostgreSQL."""

    @settings(max_examples=10, deadline=None)
    @given(wanted=snapshots())
    def test_any(self, wanted: Snapshot) -> None:
        """Every value comes back exactly."""
        self.round_trip(wanted)


class AddTests(SynchronousTestCase):
    """`add_snapshot` beside what is there."""

    def setUp(self) -> None:
        """Put somebody in."""
        self.url = empty_url(self)
        self.add(
            Snapshot(
                (
                    Person(
                        "1",
                        "Ann",
                        "Ann",
                        "Lee",
                        "1",
                        frozenset({Role.AGENT}),
                        1,
                        competences=(Competence(1, 8),),
                        resource_group_id=1,
                    ),
                ),
                (Team(1, "Red"),),
                (CSQ(1, "Sales", pool=SkillPool((RequiredSkill(1),))),),
                (Trigger("6001", 7, "Shop", 1),),
                (ReasonCode(1, ReasonCategory.NOT_READY, 5, "Tea"),),
                (Skill(1, "Selling"),),
                (ResourceGroup(1, "Front"),),
            )
        )
        self.before = inside(self.url, read_snapshot)

    def add(self, wanted: Snapshot) -> None:
        """Add, in a transaction."""
        inside(self.url, lambda session: add_snapshot(session, wanted, None))

    def test_known_by(self) -> None:
        """People are known by id and by name without case, the rest by name, number or code."""
        roles = frozenset({Role.SUPERVISOR})
        self.add(
            Snapshot(
                (
                    Person("1", "Bob", "Bob", "", "", roles),
                    Person("2", "ANN", "Ann", "", "", roles),
                ),
                (Team(5, "Red", "1"),),
                (CSQ(9, "Sales", auto_work=True),),
                (Trigger("6001", 8, "", 9), Trigger("6002", 7, "", 9)),
                (
                    ReasonCode(3, ReasonCategory.NOT_READY, 5, "Coffee"),
                    ReasonCode(4, ReasonCategory.NOT_READY, 6, "Tea"),
                ),
            )
        )
        self.assertEqual(inside(self.url, read_snapshot), self.before)

    def test_ids(self) -> None:
        """The database gives the ids; what refers to them follows."""
        self.add(
            Snapshot(
                (
                    Person(
                        "2",
                        "Bob",
                        "Bob",
                        "",
                        "2",
                        frozenset({Role.AGENT}),
                        1,
                        competences=(Competence(2, 3), Competence(1, 4)),
                        resource_group_id=1,
                    ),
                ),
                (Team(1, "Blue", "2", ("1",)),),
                (
                    CSQ(1, "Support", pool=SkillPool((RequiredSkill(1, 4), RequiredSkill(2)))),
                    CSQ(2, "Sales"),
                    CSQ(3, "Desk", pool=ResourceGroupPool(1)),
                ),
                (Trigger("6002", 8, "Help", 1, variables=(("plan", "gold"),)),),
                (ReasonCode(1, ReasonCategory.LOGOUT, 5, "Tea", False, frozenset({1})),),
                (Skill(1, "Helping"), Skill(2, "Selling")),
                (ResourceGroup(1, "Back"),),
            )
        )
        found = inside(self.url, read_snapshot)
        self.assertEqual(found.teams[1:], (Team(2, "Blue", "2", ("1",)),))
        bob, ann = found.people[1], self.before.people[0]
        self.assertEqual((bob.team_id, found.triggers[1].csq_id), (2, 2))
        self.assertEqual(bob.competences, (Competence(1, 3), Competence(2, 4)))
        self.assertEqual((bob.resource_group_id, ann.resource_group_id), (2, 1))
        self.assertEqual((found.csq_ids_of("2"), found.csq_ids_of("1")), ((1, 2, 3), (1,)))
        self.assertEqual(found.triggers[1].variables, (("plan", "gold"),))
        self.assertEqual(found.reason_codes[1].team_ids, {2})

    def test_ids_not_reused(self) -> None:
        """The id of something deleted is not given again."""
        self.add(Snapshot(teams=(Team(1, "Blue"),)))

        def delete(session: Session) -> None:
            connection = session.connection()
            connection.exec_driver_sql("DELETE FROM teams WHERE name = 'Blue'")

        inside(self.url, delete)
        self.add(Snapshot(teams=(Team(1, "Green"),)))
        self.assertEqual([team.id for team in inside(self.url, read_snapshot).teams], [1, 3])

    def test_disabled(self) -> None:
        """Somebody who may not sign in is not in the directory, not even as a supervisor."""
        self.add(Snapshot(teams=(Team(1, "Blue", "1"),)))
        self.assertEqual(inside(self.url, read_snapshot).teams[1].supervisors, ("1",))
        inside(
            self.url,
            lambda session: session.execute(
                update(PersonRow).values(enabled=False, password_hash="x")
            ),
        )
        found = inside(self.url, read_snapshot)
        self.assertEqual((found.people, found.teams[1].supervisors), ((), ()))
        self.assertEqual(inside(self.url, read_password_hashes), {})
        self.assertEqual(inside(self.url, lambda s: s.scalar(select(PersonRow.login_id))), "1")


class AddOnPostgreSQLTests(OnPostgreSQL, AddTests):
    """The same on PostgreSQL."""

"""`finesse_tx.directory.core.queues`: who is in which queue."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.queues import (
    CSQ,
    Competence,
    RequiredSkill,
    ResourceGroupPool,
    SkillPool,
    memberships,
)
from finesse_tx.directory.core.records import Person, Role, Snapshot

LEVELS = st.integers(1, 10)
SKILLS = st.integers(1, 4)
GROUPS = st.integers(1, 3)
PEOPLE = st.lists(
    st.builds(
        lambda skills, group, roles: (skills, group, roles),
        st.dictionaries(SKILLS, LEVELS),
        st.none() | GROUPS,
        st.frozensets(st.sampled_from(Role), min_size=1),
    ),
    max_size=8,
)
POOLS = st.builds(ResourceGroupPool, GROUPS) | st.builds(
    lambda skills: SkillPool(tuple(RequiredSkill(*skill) for skill in skills.items())),
    st.dictionaries(SKILLS, LEVELS),
)


def person(
    number: int,
    skills: dict[int, int],
    group: int | None = None,
    roles: frozenset[Role] = frozenset({Role.AGENT}),
) -> Person:
    """Somebody who can do that."""
    competences = tuple(Competence(*skill) for skill in sorted(skills.items()))
    name = f"p{number}"
    return Person(name, name, "", "", "", roles, competences=competences, resource_group_id=group)


class MembershipTests(SynchronousTestCase):
    """`memberships`."""

    @given(PEOPLE, st.lists(POOLS, max_size=6))
    def test_any(
        self,
        everyone: list[tuple[dict[int, int], int | None, frozenset[Role]]],
        pools: list[ResourceGroupPool | SkillPool],
    ) -> None:
        """The index finds what looking at everybody and every queue finds."""
        people = [person(n, *facts) for n, facts in enumerate(everyone)]
        csqs = [CSQ(n, f"Q{n}", pool=pool) for n, pool in enumerate(pools, 1)]
        found = memberships(people, csqs)
        for one in people:
            levels = dict(one.competences)
            wanted = tuple(
                csq.id
                for csq in csqs
                if (
                    one.resource_group_id == csq.pool.resource_group_id
                    if isinstance(csq.pool, ResourceGroupPool)
                    else bool(csq.pool.skills)
                    and all(levels.get(s.skill_id, 0) >= s.minimum for s in csq.pool.skills)
                )
            )
            self.assertEqual(found.get(one.login_id, ()), wanted if one.is_agent else ())

    def test_minimum(self) -> None:
        """The minimum itself will do, one less will not; every skill is needed."""
        pool = SkillPool((RequiredSkill(1, 5), RequiredSkill(2, 1)))
        people = [person(1, {1: 5, 2: 1}), person(2, {1: 4, 2: 10}), person(3, {1: 10})]
        found = memberships(people, [CSQ(7, "Q", pool=pool)])
        self.assertEqual(found, {"p1": (7,), "p2": (), "p3": ()})

    def test_snapshot(self) -> None:
        """A snapshot tells it for one login id; nobody of that name is in no queue."""
        found = Snapshot((person(1, {}, 2),), (), (CSQ(7, "Q", pool=ResourceGroupPool(2)),))
        self.assertEqual((found.csq_ids_of("p1"), found.csq_ids_of("p2")), ((7,), ()))

"""`finesse_tx.directory.core.limits`: what no table can say."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.limits import MANY_CSQS, MAX_SKILLS, check_queues
from finesse_tx.directory.core.queues import (
    CSQ,
    Competence,
    Criterion,
    RequiredSkill,
    ResourceGroupPool,
    SkillPool,
)
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.errors import ConfigError

AGENT = Person("ann", "ann", "", "", "", frozenset({Role.AGENT}), resource_group_id=1)


def with_skills(count: int) -> Person:
    """An agent with so many."""
    return replace(AGENT, competences=tuple(Competence(n, 5) for n in range(count)))


class LimitTests(SynchronousTestCase):
    """`check_queues`."""

    def refused(self, snapshot: Snapshot) -> str:
        """Why not."""
        return str(self.assertRaises(ConfigError, check_queues, snapshot))

    def test_demo(self) -> None:
        """The demo is as it should be."""
        self.assertEqual(check_queues(demo(8)), ())

    def test_criteria(self) -> None:
        """Criteria by skill need skills, those by order a resource group; the other three go with both."""
        refused = {}
        for name, pool in (("group", ResourceGroupPool(1)), ("skills", SkillPool())):
            for criterion in Criterion:
                snapshot = Snapshot((AGENT,), (), (CSQ(1, "Q", pool=pool, criterion=criterion),))
                try:
                    check_queues(snapshot)
                except ConfigError as error:
                    refused[name, criterion] = str(error)
        by_skill = {criterion for criterion in Criterion if "skilled" in criterion.value}
        self.assertEqual(
            set(refused),
            {
                *(("group", criterion) for criterion in by_skill),
                ("skills", Criterion.LINEAR),
                ("skills", Criterion.CIRCULAR),
            },
        )
        self.assertEqual(
            refused["skills", Criterion.LINEAR],
            'the directory: queue "Q": "linear" needs a resource group, and it has skills; choose another '
            "criterion, or a resource group",
        )

    def test_skills(self) -> None:
        """So many skills are allowed, to an agent and to a queue, and not one more."""
        required = tuple(RequiredSkill(n) for n in range(MAX_SKILLS + 1))
        most = CSQ(1, "Q", pool=SkillPool(required[:-1]))
        self.assertEqual(check_queues(Snapshot((with_skills(MAX_SKILLS),), (), (most,))), ())
        self.assertIn(
            "agent ann: has 51 skills; leave at most 50",
            self.refused(Snapshot((with_skills(MAX_SKILLS + 1),))),
        )
        self.assertIn(
            'queue "Q": asks for 51 skills',
            self.refused(Snapshot((), (), (replace(most, pool=SkillPool(required)),))),
        )

    def test_doubts(self) -> None:
        """An agent in very many queues, and a queue without agents, are told and allowed."""
        csqs = tuple(CSQ(n, f"Q{n}", pool=ResourceGroupPool(1)) for n in range(1, MANY_CSQS + 2))
        self.assertEqual(check_queues(Snapshot((AGENT,), (), csqs[:-1])), ())
        self.assertEqual(
            check_queues(Snapshot((AGENT,), (), csqs)),
            ("agent ann is in 26 queues, more than 25",),
        )
        empty = CSQ(99, "Empty", pool=ResourceGroupPool(2))
        self.assertEqual(
            check_queues(Snapshot((AGENT,), (), (empty,))), ('queue "Empty" has no agents',)
        )

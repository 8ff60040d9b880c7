"""Every selection criterion against a scan of everybody (``engine.md`` §3.2, §8.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.queues import (
    CSQ,
    Competence,
    Criterion,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import Person, Role, Snapshot, Trigger
from finesse_tx.engine.core.objects import Agent, Figures, Queue
from finesse_tx.engine.core.selection import OF_TODAY, offer, reason, selected
from finesse_tx.engine.core.states import Request
from tests.support.centre import Centre, people, sample

SKILLS = (1, 2, 3)


def person(
    name: str, levels: Sequence[int] = (), group: int | None = None, position: int = 0
) -> Person:
    """Somebody with these competences, in the order of the skills, 0 for one that he has not."""
    competences = tuple(Competence(*one) for one in zip(SKILLS, levels, strict=False) if one[1])
    roles = frozenset({Role.AGENT})
    return Person(
        name,
        name,
        "",
        "",
        "",
        roles,
        competences=competences,
        resource_group_id=group,
        group_position=position,
    )


AGENTS = st.lists(
    st.builds(
        lambda levels, position, handled, seconds, idle: (
            levels,
            position,
            Figures(handled, handled * seconds),
            float(idle),
        ),
        st.tuples(*[st.integers(1, 3)] * 3),
        st.integers(0, 3),
        st.integers(0, 2),
        st.integers(1, 3),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=6,
)
REQUIRED = st.lists(
    st.builds(RequiredSkill, st.sampled_from(SKILLS), st.just(1), st.integers(1, 3)),
    min_size=1,
    unique_by=lambda skill: skill.skill_id,
).map(tuple)


def level(agent: Agent, skill: RequiredSkill) -> int:
    """How well an agent has a skill."""
    return dict(agent.person.competences)[skill.skill_id]


def better(queue: Queue, agents: Sequence[Agent]) -> Agent:
    """Whom the reference selects, found by comparing everybody with everybody."""
    skills = queue.csq.pool.skills if isinstance(queue.csq.pool, SkillPool) else ()
    values: dict[Criterion, Callable[[Agent], Any]] = {
        Criterion.LONGEST_AVAILABLE: lambda agent: 0,
        Criterion.MOST_HANDLED: lambda agent: agent.today.handled,
        Criterion.SHORTEST_HANDLE_TIME: lambda agent: -agent.today.mean_s,
        Criterion.LINEAR: lambda agent: -agent.person.group_position,
        Criterion.MOST_SKILLED: lambda agent: sum(level(agent, skill) for skill in skills),
        Criterion.LEAST_SKILLED: lambda agent: -sum(level(agent, skill) for skill in skills),
        Criterion.MOST_SKILLED_BY_WEIGHT: lambda agent: sum(
            level(agent, skill) * skill.weight for skill in skills
        ),
        Criterion.LEAST_SKILLED_BY_WEIGHT: lambda agent: (
            -sum(level(agent, skill) * skill.weight for skill in skills)
        ),
        Criterion.MOST_SKILLED_BY_ORDER: lambda agent: [level(agent, s) for s in skills],
        Criterion.LEAST_SKILLED_BY_ORDER: lambda agent: [-level(agent, s) for s in skills],
    }
    value = values[queue.csq.criterion]
    best = agents[0]
    for agent in agents[1:]:
        if value(agent) != value(best):
            best = agent if value(agent) > value(best) else best
        elif agent.idle_since != best.idle_since:
            best = agent if agent.idle_since < best.idle_since else best
        elif agent.id < best.id:
            best = agent
    return best


def staff(found: Sequence[tuple[tuple[int, ...], int, Figures, float]]) -> list[Agent]:
    """Agents with those facts."""
    return [
        Agent(person(f"a{n}", levels, 1, position), today=today, idle_since=idle)
        for n, (levels, position, today, idle) in enumerate(found)
    ]


class OracleTests(SynchronousTestCase):
    """The keys against a scan."""

    @given(
        st.sampled_from([c for c in Criterion if c is not Criterion.CIRCULAR]),
        AGENTS,
        REQUIRED,
        st.randoms(use_true_random=False),
    )
    def test_any(
        self,
        criterion: Criterion,
        found: list[tuple[tuple[int, ...], int, Figures, float]],
        skills: tuple[RequiredSkill, ...],
        rng: Any,
    ) -> None:
        """Whoever is ready, the one whom the criterion prefers is first, until nobody is left."""
        queue = Queue(CSQ(1, "Q", pool=SkillPool(skills), criterion=criterion))
        ready = staff(found)
        for agent in ready:
            offer(queue, agent)
        comebacks = 20
        while ready:
            if len(ready) > 1 and rng.random() < 0.3:
                leaver = rng.choice(ready)
                queue.ready.discard(leaver)
                ready.remove(leaver)
                continue
            first = queue.ready.first()
            assert first is not None
            best = better(queue, ready)
            self.assertIs(first[1], best)
            selected(queue, best)
            queue.ready.discard(best)
            ready.remove(best)
            if comebacks and rng.random() < 0.4:  # he is back
                comebacks -= 1
                best.idle_since += 10.0
                offer(queue, best)
                ready.append(best)
        self.assertIsNone(queue.ready.first())

    @given(
        st.lists(st.integers(0, 3), min_size=1, max_size=6),
        st.lists(st.tuples(st.sampled_from("rls"), st.integers(0, 5)), max_size=30),
    )
    def test_circular(self, positions: list[int], steps: list[tuple[str, int]]) -> None:
        """Whoever comes and goes, the next one is the first who is ready after the one selected last."""
        pool = ResourceGroupPool(1)
        queue = Queue(CSQ(1, "Q", pool=pool, criterion=Criterion.CIRCULAR))
        agents = [Agent(person(f"a{n}", (), 1, p)) for n, p in enumerate(positions)]
        circle = sorted(agents, key=lambda agent: (agent.person.group_position, agent.id))
        ready: set[str] = set()
        start = 0
        for step, number in steps:
            agent = agents[number % len(agents)]
            if step == "r" and agent.id not in ready:
                ready.add(agent.id)
                offer(queue, agent)
            elif step == "l":
                ready.discard(agent.id)
                queue.ready.discard(agent)
            elif step == "s" and ready:
                places = [(start + n) % len(circle) for n in range(len(circle))]
                place = next(p for p in places if circle[p].id in ready)
                first = queue.ready.first()
                assert first is not None
                self.assertIs(first[1], circle[place])
                selected(queue, first[1])
                queue.ready.discard(first[1])
                ready.discard(circle[place].id)
                start = (place + 1) % len(circle)


class ReferenceTests(SynchronousTestCase):
    """The reference's own numbers."""

    def queue(self, criterion: Criterion, *skills: RequiredSkill) -> Queue:
        """A queue that asks for those."""
        return Queue(CSQ(1, "Q", pool=SkillPool(skills), criterion=criterion), ("One", "Three"))

    def test_sum(self) -> None:
        """Competences 5, 6, 7 in skills 1, 2, 3 are 12 to a queue that names 1 and 3, and 5 to one that names 1."""
        agent = Agent(person("a", (5, 6, 7)))
        both = self.queue(Criterion.MOST_SKILLED, RequiredSkill(1), RequiredSkill(3))
        one = self.queue(Criterion.LEAST_SKILLED, RequiredSkill(1))
        self.assertEqual(reason(both, agent, 0), "most skilled: 12, skill One 5, skill Three 7")
        self.assertEqual(reason(one, agent, 0), "least skilled: 5, skill One 5")

    def test_weight(self) -> None:
        """By weight, a competence counts as often as its skill's weight."""
        agent = Agent(person("a", (5, 6, 7)))
        queue = self.queue(
            Criterion.MOST_SKILLED_BY_WEIGHT, RequiredSkill(1, 1, 10), RequiredSkill(3, 1, 2)
        )
        self.assertTrue(reason(queue, agent, 0).startswith("most skilled by weight: 64,"))

    def test_order(self) -> None:
        """By order, the first skill decides, and the next only between equals."""
        queue = self.queue(Criterion.MOST_SKILLED_BY_ORDER, RequiredSkill(3), RequiredSkill(1))
        for name, levels in (("a", (10, 1, 5)), ("b", (1, 1, 6)), ("c", (2, 1, 6))):
            offer(queue, Agent(person(name, levels)))
        first = queue.ready.first()
        assert first is not None
        self.assertEqual(first[1].id, "c")

    def test_reasons(self) -> None:
        """Each criterion says what it has compared, and what the agent is in the queue for."""
        agent = Agent(person("ann", (8, 0, 3), 1, 4), today=Figures(3, 285.0), idle_since=1000.0)
        found = {}
        for criterion in Criterion:
            csq = CSQ(1, "Sales", pool=SkillPool((RequiredSkill(1),)), criterion=criterion)
            found[criterion] = reason(Queue(csq, ("Sales",)), agent, 1312.4)
        skill = ", skill Sales 8"
        self.assertEqual(
            found,
            {
                Criterion.LONGEST_AVAILABLE: f"longest available: 312 s{skill}",
                Criterion.MOST_HANDLED: f"most handled contacts: 3{skill}",
                Criterion.SHORTEST_HANDLE_TIME: f"shortest average handle time: 95 s{skill}",
                Criterion.LINEAR: f"linear: position 4{skill}",
                Criterion.CIRCULAR: f"circular: position 4{skill}",
                Criterion.MOST_SKILLED: f"most skilled: 8{skill}",
                Criterion.LEAST_SKILLED: f"least skilled: 8{skill}",
                Criterion.MOST_SKILLED_BY_WEIGHT: f"most skilled by weight: 8{skill}",
                Criterion.LEAST_SKILLED_BY_WEIGHT: f"least skilled by weight: 8{skill}",
                Criterion.MOST_SKILLED_BY_ORDER: f"most skilled by order: 8{skill}",
                Criterion.LEAST_SKILLED_BY_ORDER: f"least skilled by order: 8{skill}",
            },
        )
        group = Queue(CSQ(1, "Desk", pool=ResourceGroupPool(1)), ("Front",))
        self.assertEqual(reason(group, agent, 1312.4), "longest available: 312 s, group Front")


def centre(criterion: Criterion, agents: int, first_extension: int = 1001) -> Centre:
    """A centre whose agents are a group, and all in one queue by that criterion."""
    members = tuple(
        replace(
            one, resource_group_id=1, group_position=n, competences=(Competence(1, 1 + n % 10),)
        )
        for n, one in enumerate(people(agents, extension=first_extension), 1)
    )
    by_group = criterion in {Criterion.LINEAR, Criterion.CIRCULAR}
    pool = ResourceGroupPool(1) if by_group else SkillPool((RequiredSkill(1),))
    return Centre(
        Snapshot(
            members,
            (),
            (CSQ(1, "Q", pool=pool, criterion=criterion),),
            (Trigger("6001", 1, "Q", 1),),
            (),
            (Skill(1, "One"),),
            (ResourceGroup(1, "All"),),
        ),
        ports=20,
    )


class RoutingTests(SynchronousTestCase):
    """The criteria at work, with calls."""

    def selected(self, there: Centre, calls: int, talk_s: float = 10.0) -> list[str]:
        """Who gets the next calls, each over before the next one comes."""
        names = []
        for _ in range(calls):
            call_id = there.call_in()
            agent = there.engine.router.contacts[call_id].agent
            assert agent is not None
            names.append(agent.id)
            there.answer(call_id, agent.extension)
            there.wait(talk_s)
            there.hang_up(call_id)
            there.wait(1)
        return names

    def test_sequences(self) -> None:
        """Among three who signed in one after the other: whom each criterion gives five calls to."""
        for criterion, numbers in (
            (Criterion.LONGEST_AVAILABLE, "12312"),
            (Criterion.MOST_HANDLED, "11111"),
            (Criterion.SHORTEST_HANDLE_TIME, "12312"),
            (Criterion.LINEAR, "11111"),
            (Criterion.CIRCULAR, "12312"),
            (Criterion.MOST_SKILLED, "33333"),
            (Criterion.LEAST_SKILLED, "11111"),
            (Criterion.MOST_SKILLED_BY_WEIGHT, "33333"),
            (Criterion.LEAST_SKILLED_BY_ORDER, "11111"),
        ):
            there = centre(criterion, 3)
            there.sign_in(1, 2, 3)
            found = "".join(name[-1] for name in self.selected(there, 5))
            self.assertEqual(found, numbers, criterion)

    def test_shortest(self) -> None:
        """The one whose calls are over sooner on average is preferred, once everybody has had one."""
        there = centre(Criterion.SHORTEST_HANDLE_TIME, 2)
        there.sign_in(1, 2)
        self.assertEqual(self.selected(there, 1, 30.0), ["agent1"])
        self.assertEqual(self.selected(there, 1, 20.0), ["agent2"])
        self.assertEqual(self.selected(there, 2, 50.0), ["agent2", "agent1"])

    def test_midnight(self) -> None:
        """A new day forgets what was done, also for those who are READY across midnight."""
        for criterion in OF_TODAY:
            there = centre(criterion, 2)
            there.sign_in(1)
            self.selected(there, 3)
            there.sign_in(2)
            there.engine.router.new_day()
            there.request(Request.NOT_READY, 1)
            there.request(Request.READY, 1)
            self.assertEqual(self.selected(there, 1), ["agent2"], criterion)

    def test_changed(self) -> None:
        """A queue with another criterion ranks those who are READY already by the new one."""
        there = centre(Criterion.MOST_SKILLED_BY_ORDER, 3)
        there.sign_in(1, 2, 3)
        for criterion, number in (
            (Criterion.LONGEST_AVAILABLE, "1"),
            (Criterion.MOST_SKILLED, "3"),
        ):
            csq = CSQ(1, "Q", pool=SkillPool((RequiredSkill(1),)), criterion=criterion)
            members = tuple(agent.person for agent in there.engine.roster.agents.values())
            there.engine.configure(Snapshot(members, (), (csq,)), there.now)
            first = there.engine.router.queues[1].ready.first()
            assert first is not None
            self.assertEqual(first[1].id, f"agent{number}")

    def test_record(self) -> None:
        """Each contact that is given to an agent has a record that says why, and the log too."""
        there = Centre(sample(2))
        call_id = there.call_in()
        there.wait(42)
        there.sign_in(1)
        (record,) = there.engine.router.routed
        self.assertEqual(
            (record.call_id, record.agent_id, record.csq_id, record.csq_name, record.route_point),
            (call_id, "agent1", 1, "Sales", "6001"),
        )
        self.assertEqual(record.reason, "longest available: 0 s, skill Sales 5")
        self.assertEqual(
            (record.waited_s, record.position, record.candidates, record.priority), (42, 1, 1, 1)
        )

    def test_records_bounded(self) -> None:
        """Only so many records are kept."""
        routed = Centre().engine.router.routed
        for _ in range(2):
            routed.extend([None] * 1_000)  # type: ignore[list-item]
        self.assertEqual(len(routed), 1_000)


class CostTests(SynchronousTestCase):
    """Selecting does not grow with the number of agents, whatever the criterion: counted, not timed."""

    def examined(self, criterion: Criterion, agents: int) -> int:
        """How many entries are looked at while twenty calls are routed."""
        there = centre(criterion, agents, 100_001)
        for number in range(1, agents + 1):
            there.engine.sign_in(f"agent{number}", str(100_000 + number), False, there.now)
            there.engine.request_state(f"agent{number}", Request.READY, 0, there.now)
        there.engine.take_effects()
        queue = there.engine.router.queues[1]
        before = queue.ready.examined + queue.waiting.examined
        for _ in range(20):
            call_id = there.call_in()
            agent = there.engine.router.contacts[call_id].agent
            assert agent is not None
            there.answer(call_id, agent.extension)
            there.hang_up(call_id)
        return queue.ready.examined + queue.waiting.examined - before

    def test_agents(self) -> None:
        """As much is looked at among ten thousand agents as among a hundred."""
        for criterion in (Criterion.CIRCULAR, Criterion.MOST_SKILLED_BY_ORDER):
            self.assertEqual(
                self.examined(criterion, 10_000), self.examined(criterion, 100), criterion
            )

"""`finesse_tx.directory.core.editing`, and the rules that it goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import MAX_EDITS, Plan, plan
from finesse_tx.directory.core.edits import (
    Add,
    Edit,
    EditsRefusedError,
    Key,
    Register,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
    Thing,
    path_of,
    resolved,
)
from finesse_tx.directory.core.queues import (
    Competence,
    Criterion,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team, Trigger
from tests.support.edits import EDITS, person

BEFORE = Register(demo(4), passwords=frozenset({"agent1"}))
SHOWN = {p.login_id: p for p in BEFORE.snapshot.people}


class PlanTests(SynchronousTestCase):
    """`plan`: what may be."""

    def test_person(self) -> None:
        """One more person is there, and can sign in once there is a password."""
        done = plan(BEFORE, [Add(person("ann")), SetPassword("ann", "correct horse")])
        self.assertIn(person("ann"), done.register.shown.people)
        self.assertEqual(done.register.passwords, {"agent1", "ann"})
        self.assertNotIn("horse", repr(done))

    def test_replace(self) -> None:
        """Another one in his place is what was given, whole; nobody else changes."""
        other = replace(SHOWN["agent1"], first_name="Anna", competences=(Competence(2, 10),))
        done = plan(BEFORE, [Replace(other)])
        self.assertEqual(done.register.snapshot.people, (other, *BEFORE.snapshot.people[1:]))
        self.assertEqual(done.steps[0].before, SHOWN["agent1"])

    def test_disabled(self) -> None:
        """Who is disabled is not shown, also not as a supervisor, and is there again as he was when enabled."""
        off = plan(BEFORE, [SetEnabled("supervisor1", False)]).register
        self.assertNotIn("supervisor1", [p.login_id for p in off.shown.people])
        self.assertEqual([team.primary_supervisor for team in off.shown.teams], ["", "supervisor2"])
        self.assertEqual(plan(off, [SetEnabled("supervisor1", True)]).register, BEFORE)

    def test_removed(self) -> None:
        """A person who is removed supervises nothing any more; a skill that is, nobody has."""
        gone = plan(BEFORE, [Remove(Person, "supervisor1")]).register
        self.assertEqual(gone.snapshot.teams[0].supervisors, ())
        without = replace(BEFORE, snapshot=replace(BEFORE.snapshot, csqs=(), triggers=()))
        left = plan(without, [Remove(Skill, 1)]).register.snapshot
        self.assertEqual({c.skill_id for p in left.people for c in p.competences}, {2})

    def test_new_team_with_new_people(self) -> None:
        """A stand-in below 0 is the team that an earlier edit of the list adds."""
        done = plan(BEFORE, [Add(Team(-7, "Night")), Add(person("ann", team_id=-7))])
        self.assertEqual(done.register.snapshot.teams[-1], Team(-7, "Night"))
        self.assertEqual(done.register.snapshot.people[-1].team_id, -7)

    def test_new_ids(self) -> None:
        """What is new and has no stand-in gets one that nothing else has."""
        done = plan(
            BEFORE, [Add(Skill(-1, "French")), Add(Skill(0, "German")), Add(Skill(5, "Dutch"))]
        )
        self.assertEqual([skill.id for skill in done.register.snapshot.skills], [1, 2, -1, -2, -3])

    def test_swap(self) -> None:
        """Two people may swap their extensions in one list, and not in two."""
        one, two = SHOWN["agent1"], SHOWN["agent2"]
        swapped = [
            Replace(replace(one, extension=two.extension)),
            Replace(replace(two, extension=one.extension)),
        ]
        plan(BEFORE, swapped)
        with self.assertRaises(EditsRefusedError) as caught:
            plan(BEFORE, swapped[:1])
        self.assertEqual(
            str(caught.exception), "agent1: extension: 1002 is agent2's; choose another"
        )

    def test_leavers_extension(self) -> None:
        """The extension of who is disabled may be given to somebody else, and is missed when he comes back."""
        off = plan(BEFORE, [SetEnabled("agent1", False), Add(person("ann", extension="1001"))])
        with self.assertRaises(EditsRefusedError) as caught:
            plan(off.register, [SetEnabled("agent1", True)])
        self.assertEqual(str(caught.exception), "agent1: extension: 1001 is ann's; choose another")

    def test_last_administrator(self) -> None:
        """Somebody who could administrate is left, however the others go; who was first added then counts."""
        second = person("root", roles=frozenset({Role.ADMINISTRATOR}), extension="", team_id=None)
        for edit in (
            Remove(Person, "admin"),
            SetEnabled("admin", False),
            Replace(
                replace(SHOWN["admin"], roles=frozenset({Role.AGENT}), extension="1999", team_id=1)
            ),
        ):
            with self.assertRaises(EditsRefusedError) as caught:
                plan(BEFORE, [edit])
            self.assertIn("nobody could administrate any more", str(caught.exception))
            plan(BEFORE, [edit, Add(second)])

    def test_without_administrator(self) -> None:
        """Where nobody could before, nobody needs to."""
        people = tuple(p for p in BEFORE.snapshot.people if p.login_id != "admin")
        plan(Register(replace(BEFORE.snapshot, people=people)), [Remove(Person, "agent1")])

    def test_too_many(self) -> None:
        """A list has a limit."""
        edit = SetEnabled("agent1", True)
        plan(BEFORE, [edit] * MAX_EDITS)
        with self.assertRaises(EditsRefusedError):
            plan(BEFORE, [edit] * (MAX_EDITS + 1))

    def test_all_faults(self) -> None:
        """Everything that is wrong is told at once, each with the place in the list, and nothing is half done."""
        with self.assertRaises(EditsRefusedError) as caught:
            plan(
                BEFORE,
                [
                    Add(person("ann", team_id=99, extension="x")),
                    Add(person("bob")),
                    Add(person("agent1", extension="1099")),
                ],
            )
        found = [(fault.index, fault.field) for fault in caught.exception.faults]
        self.assertEqual(found, [(0, "extension"), (0, "team_id"), (2, "login_id")])


def refused(edits: Sequence[Edit], register: Register = BEFORE) -> str:
    """Why not; empty for what may be."""
    try:
        plan(register, edits)
    except EditsRefusedError as error:
        return str(error)
    return ""


GROUPED = Register(
    Snapshot(
        people=(person("ann", resource_group_id=1), *demo(1).people),
        teams=(*demo(1).teams,),
        csqs=(CSQ(1, "Sales", pool=ResourceGroupPool(1)), CSQ(2, "Idle")),
        triggers=(Trigger("6001", 1, "Sales", 1),),
        skills=demo(1).skills,
        resource_groups=(ResourceGroup(1, "Sellers"), ResourceGroup(2, "Empty")),
    )
)


class RulesTests(SynchronousTestCase):
    """The rules, each at its edge: what is refused, in which words, and what just may be."""

    def check(
        self, wrong: Edit, said: str, right: Edit | None = None, on: Register = BEFORE
    ) -> None:
        """One is refused in these words, the other is not."""
        self.assertEqual(refused([wrong], on), said)
        if right is not None:
            self.assertEqual(refused([right], on), "")

    def test_login_id(self) -> None:
        """A login id is what fits into addresses, messages and paths, and nobody else's name."""
        allowed = "1 to 64 letters (a to z), digits and . _ @ + -"
        self.check(Add(person("a b")), f'a b: login_id: "a b" is none; {allowed}')
        self.check(Add(person("a/b")), f'a/b: login_id: "a/b" is none; {allowed}')
        self.check(
            Add(person("a" * 65)),
            f'{"a" * 65}: login_id: "{"a" * 64}" is none; {allowed}',
            Add(person("a" * 64)),
        )
        self.check(
            Add(person("Finesse")),
            'Finesse: login_id: "Finesse" is the account of the web services',
        )
        self.check(
            Add(person("AGENT1")),
            'AGENT1: login_id: "AGENT1" is taken by agent1 (capital letters make no difference); choose another',
        )

    def test_login_name(self) -> None:
        """A login name means one person, whoever has it as an id."""
        self.check(
            Add(person("ann", login_name="Agent2")),
            'ann: login_name: "Agent2" is taken by agent2 (capital letters make no difference); choose another',
            Add(person("ann", login_name="Ann Doe")),
        )
        self.check(
            Add(person("ann", login_name="a:b")),
            "ann: login_name: a colon ends the name in HTTP's Basic authentication",
        )
        self.check(
            Add(person("ann", login_name="a" * 256)),
            "ann: login_name: has 256 characters; 1 to 255 characters",
            Add(person("ann", login_name="a" * 255)),
        )
        self.assertEqual(refused([Replace(replace(SHOWN["agent1"], login_name="AGENT1"))]), "")

    def test_names(self) -> None:
        """Names are text that can be printed, of a length that the tables have."""
        self.check(
            Add(person("ann", last_name="")),
            "ann: last_name: is empty; 1 to 128 characters",
            Add(person("ann", first_name="")),
        )
        self.check(
            Add(person("ann", first_name="x" * 129)),
            "ann: first_name: has 129 characters; 0 to 128 characters",
            Add(person("ann", first_name="x" * 128)),
        )
        self.check(
            Add(person("ann", last_name="a\nb")),
            "ann: last_name: has characters that cannot be printed",
        )
        self.check(
            Add(person("ann", last_name=" Doe")),
            'ann: last_name: " Doe" begins or ends with a space',
        )

    def test_roles(self) -> None:
        """Everyone has a role, and who supervises a team stays a supervisor."""
        self.check(
            Add(person("ann", roles=frozenset())),
            "ann: roles: there are none; one or more of Agent, Supervisor, Administrator",
        )
        self.check(
            Replace(replace(SHOWN["supervisor1"], roles=frozenset({Role.AGENT}))),
            "supervisor1: roles: supervises Team 1; let somebody else supervise it first",
        )

    def test_extension(self) -> None:
        """Who takes calls has a number that fits into GED-188 and is nothing else."""
        self.check(
            Add(person("ann", extension="")),
            "ann: extension: an agent or a supervisor needs one",
            Add(person("ann", extension="", roles=frozenset({Role.ADMINISTRATOR}))),
        )
        self.check(
            Add(person("ann", extension="1" * 16)),
            f'ann: extension: "{"1" * 16}" is no number; 1 to 15 digits',
            Add(person("ann", extension="1" * 15)),
        )
        self.check(
            Add(person("ann", extension="6001")),
            'ann: extension: 6001 is the route point of "Sales"; choose another',
        )

    def test_team_of_a_person(self) -> None:
        """Who takes calls is in a team that there is."""
        there = "there are: 1 (Team 1), 2 (Team 2)"
        self.check(
            Add(person("ann", team_id=None)),
            f"ann: team_id: an agent or a supervisor needs a team; {there}",
        )
        self.check(Add(person("ann", team_id=3)), f"ann: team_id: there is no team 3; {there}")

    def test_competences(self) -> None:
        """A competence is of a skill that there is, once, from 1 to 10; there are 50 at most."""
        for level, said in ((0, "Sales 0"), (11, "Sales 11")):
            self.check(
                Add(person("ann", competences=(Competence(1, level),))),
                f"ann: competences: {said}; 1 to 10",
            )
        for level in (1, 10):
            self.assertEqual(refused([Add(person("ann", competences=(Competence(1, level),)))]), "")
        self.check(
            Add(person("ann", competences=(Competence(9, 1),))),
            "ann: competences: there is no skill 9; there are: 1 (Sales), 2 (Support)",
        )
        self.check(
            Add(person("ann", competences=(Competence(1, 1), Competence(1, 2)))),
            'ann: competences: "Sales" is there twice',
        )
        many = replace(BEFORE.snapshot, skills=tuple(Skill(n, f"s{n}") for n in range(1, 52)))
        fifty = tuple(Competence(n, 1) for n in range(1, 51))
        self.check(
            Add(person("ann", competences=(*fifty, Competence(51, 1)))),
            "ann: competences: 51 skills; at most 50",
            Add(person("ann", competences=fifty)),
            on=Register(many),
        )

    def test_resource_group(self) -> None:
        """A resource group is one that there is; so is a place in it."""
        self.check(
            Add(person("ann", resource_group_id=1)),
            "ann: resource_group_id: there is no resource group 1; there are none yet",
        )
        self.check(
            Add(person("bob", extension="1500", group_position=-1)),
            f"bob: group_position: -1; 0 to {2**31 - 1}",
        )

    def test_password(self) -> None:
        """A password has 8 characters or more, not without end, and is not the login id."""
        for password in ("x" * 7, "x" * 1_025):
            self.check(
                SetPassword("agent1", password),
                f"agent1: password: has {len(password)} characters; 8 to 1024 characters",
            )
        for password in ("x" * 8, "x" * 1_024):
            self.assertEqual(refused([SetPassword("agent1", password)]), "")
        self.check(
            SetPassword("supervisor1", "SUPERVISOR1"),
            "supervisor1: password: is the login id; choose another",
        )
        self.assertEqual(
            plan(BEFORE, [SetPassword("agent1", None)]).register.passwords, frozenset()
        )

    def test_team(self) -> None:
        """A team has a name of its own, and supervisors who are some."""
        self.check(Add(Team(0, "team 1")), 'Team "team 1": name: "team 1" is taken; choose another')
        self.check(
            Add(Team(0, "x" * 50)),
            f'Team "{"x" * 50}": name: has 50 characters; 1 to 49 characters',
            Add(Team(0, "x" * 49)),
        )
        self.check(
            Replace(Team(1, "Team 1", "nobody")),
            'Team "Team 1": primary_supervisor: there is no "nobody"',
        )
        self.check(
            Replace(Team(1, "Team 1", "agent1")),
            'Team "Team 1": primary_supervisor: agent1 is no supervisor; give that role first',
        )
        self.check(
            Replace(Team(1, "Team 1", "supervisor1", ("supervisor1",))),
            'Team "Team 1": secondary_supervisors: supervisor1 supervises it already',
            Replace(Team(1, "Teem", "", ("supervisor1", "supervisor2"))),
        )

    def test_removing(self) -> None:
        """What others need is not removed; who they are is said, ten of them at most."""
        self.check(
            Remove(Team, 1),
            'Team "Team 1": agent1, agent3, supervisor1 are in it; move them to another team first',
        )
        many = "agent1, agent11, agent13, agent15, agent17, agent19, agent3, agent5, agent7, agent9"
        crowd = replace(demo(20), people=tuple(sorted(demo(20).people, key=lambda p: p.login_id)))
        self.assertIn(f"{many} and 1 more are in it", refused([Remove(Team, 1)], Register(crowd)))
        self.check(
            Remove(Skill, 1), 'Skill "Sales": the queues Sales ask for it; change them first'
        )
        self.check(
            Remove(ResourceGroup, 1),
            'ResourceGroup "Sellers": it is the pool of Sales; change them first',
            Remove(ResourceGroup, 2),
            on=GROUPED,
        )
        self.check(
            Remove(CSQ, 1),
            'Queue "Sales": the triggers 6001 lead to it; let them lead elsewhere first',
            Remove(CSQ, 2),
            on=GROUPED,
        )

    def test_queue(self) -> None:
        """A queue's numbers are within the engine's limits, and its criterion goes with its pool."""
        sales = BEFORE.snapshot.csqs[0]

        def sales_with(field: str, value: int) -> CSQ:
            changes: dict[str, Any] = {field: value}
            return replace(sales, **changes)

        for field, low, high in (
            ("wrapup_time_s", 0, 7_200),
            ("service_level_percent", 1, 100),
            ("ring_no_answer_s", 1, 3_600),
        ):
            for value in (low - 1, high + 1):
                self.check(
                    Replace(sales_with(field, value)),
                    f'Queue "Sales": {field}: {value}; {low} to {high}',
                )
            for value in (low, high):
                self.assertEqual(refused([Replace(sales_with(field, value))]), "")
        self.check(
            Replace(replace(sales, pool=ResourceGroupPool(3))),
            'Queue "Sales": pool: there is no resource group 3; there are none yet',
        )
        self.check(
            Replace(replace(sales, criterion=Criterion.LINEAR)),
            'Queue "Sales": criterion: "linear" needs a resource group, and it has skills; '
            "choose another criterion, or a resource group",
        )
        self.check(
            Replace(replace(sales, pool=SkillPool((RequiredSkill(1, 11, 101),)))),
            'Queue "Sales": pool: minimum 11; 1 to 10\nQueue "Sales": pool: weight 101; 1 to 100',
            Replace(replace(sales, pool=SkillPool((RequiredSkill(1, 10, 100),)))),
        )
        self.check(
            Add(replace(sales, id=0, name="SUPPORT")),
            'Queue "SUPPORT": name: "SUPPORT" is taken; choose another',
        )

    def test_trigger(self) -> None:
        """A trigger has a number and an application of its own, and leads somewhere."""
        new = Trigger("6003", 3, "More", 1)
        self.check(
            Add(replace(new, route_point="1001")),
            "trigger 1001: route_point: 1001 is agent1's extension; choose another",
            Add(new),
        )
        self.check(Add(replace(new, route_point="6001")), "trigger 6001: is there already")
        self.check(
            Add(replace(new, application_id=2)),
            "trigger 6003: application_id: 2 is trigger 6002's; choose another",
        )
        self.check(
            Add(replace(new, csq_id=None)),
            "trigger 6003: csq_id: a trigger needs a queue, or a script; there are: 1 (Sales), 2 (Support)",
            Add(replace(new, csq_id=None, script="sales")),
        )
        self.check(
            Add(replace(new, variables=(("a", "1"), ("a", "2")))),
            'trigger 6003: variables: "a" is there twice\ntrigger 6003: variables: "a" is there twice',
        )

    def test_not_there(self) -> None:
        """What is not there is neither replaced nor removed, nor has it a password."""
        for edit, what in (
            (Replace(person("ann")), "ann"),
            (Remove(Person, "ann"), "User ann"),
            (Remove(CSQ, 9), "Queue 9"),
            (SetEnabled("ann", False), "ann"),
            (SetPassword("ann", "x" * 8), "ann"),
            (SetHash("ann", "x"), "ann"),
        ):
            self.check(edit, f"{what}: is not there")


class PropertyTests(SynchronousTestCase):
    """Whatever is wanted."""

    @settings(deadline=None, max_examples=300)
    @given(st.lists(EDITS, max_size=8))
    def test_consistent(self, edits: list[Edit]) -> None:
        """A plan leaves nothing that refers to nothing, no name and no number twice; or it is refused."""
        try:
            done = plan(BEFORE, edits)
        except EditsRefusedError as error:
            self.assertTrue(error.faults)
            self.assertTrue(all(0 <= fault.index < len(edits) for fault in error.faults))
            return
        self.assertEqual(len(done.steps), len(edits))
        self.assert_consistent(done)

    def assert_consistent(self, done: Plan) -> None:
        """Check every reference, and everything that is one thing's alone."""
        snapshot, shown = done.register.snapshot, done.register.shown
        teams, skills = {t.id for t in snapshot.teams}, {s.id for s in snapshot.skills}
        groups, people = (
            {g.id for g in snapshot.resource_groups},
            {p.login_id for p in snapshot.people},
        )
        for one in snapshot.people:
            self.assertTrue(one.team_id in teams or not one.is_agent)
            self.assertTrue({c.skill_id for c in one.competences} <= skills)
            self.assertIn(one.resource_group_id, {None, *groups})
        for team in snapshot.teams:
            self.assertTrue(set(team.supervisors) <= people)
        for csq in snapshot.csqs:
            if isinstance(csq.pool, SkillPool):
                self.assertTrue({s.skill_id for s in csq.pool.skills} <= skills)
            else:
                self.assertIn(csq.pool.resource_group_id, groups)
        numbers = [p.extension for p in shown.people if p.extension]
        numbers += [t.route_point for t in shown.triggers]
        names = [p.login_name.casefold() for p in snapshot.people]
        for found in (numbers, names, [t.name.casefold() for t in snapshot.teams]):
            self.assertEqual(len(found), len(set(found)))
        self.assertTrue(done.register.disabled | done.register.passwords <= people)
        self.assertTrue(any(Role.ADMINISTRATOR in p.roles for p in shown.people))


class ConsequencesTests(SynchronousTestCase):
    """A fault is told once."""

    def test_password_of_nobody(self) -> None:
        """What is wanted of somebody who may not be added is no fault of its own, but for the password itself."""
        self.assertEqual(
            refused(
                [Add(person("ann", team_id=9)), SetEnabled("ann", False), SetPassword("ann", "x")]
            ).splitlines(),
            [
                "ann: team_id: there is no team 9; there are: 1 (Team 1), 2 (Team 2)",
                "ann: password: has 1 characters; 8 to 1024 characters",
            ],
        )

    def test_taken(self) -> None:
        """Nor is the one who is there already changed by it."""
        done = refused([Add(person("agent1")), SetEnabled("agent1", False)])
        self.assertEqual(done, 'agent1: login_id: "agent1" is taken by agent1; choose another')


class ValuesTests(SynchronousTestCase):
    """What edits are made of."""

    def test_paths(self) -> None:
        """The audit log calls people, teams and queues what REST calls them."""
        found: list[tuple[type[Thing], Key, str]] = [
            (Person, "ann", "/finesse/api/User/ann"),
            (Team, 3, "/finesse/api/Team/3"),
            (CSQ, 2, "/finesse/api/Queue/2"),
        ]
        for kind, key, path in found:
            self.assertEqual(path_of(kind, key), path)

    def test_resolved(self) -> None:
        """Stand-ins become ids, wherever they stand; everything else stays."""
        ids: dict[tuple[type[Thing], int], int] = {
            (Team, -1): 11,
            (Skill, -1): 12,
            (ResourceGroup, -1): 13,
            (CSQ, -1): 14,
        }
        wanted: list[tuple[Thing, Thing]] = [
            (
                person("a", team_id=-1, resource_group_id=-1, competences=(Competence(-1, 3),)),
                person("a", team_id=11, resource_group_id=13, competences=(Competence(12, 3),)),
            ),
            (
                CSQ(-1, "q", pool=SkillPool((RequiredSkill(-1),))),
                CSQ(14, "q", pool=SkillPool((RequiredSkill(12),))),
            ),
            (
                CSQ(-2, "q", pool=ResourceGroupPool(-1)),
                CSQ(-2, "q", pool=ResourceGroupPool(13)),
            ),
            (Trigger("6", 1, "t", -1), Trigger("6", 1, "t", 14)),
            (Team(-1, "t"), Team(11, "t")),
        ]
        for value, real in wanted:
            self.assertEqual(resolved(value, ids), real)

"""`finesse_tx.directory.core.forms`: the directory as JSON, and edits read from it."""

import json

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core import edits
from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import EditsRefusedError, Register, Thing
from finesse_tx.directory.core.forms import (
    FormsError,
    edits_of,
    faults_json,
    form_of,
    register_json,
    thing_of,
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
from finesse_tx.directory.core.records import CSQ, Person, Role, Team, Trigger

TEXT, ID = st.text(max_size=8), st.integers(-5, 99)
SECONDS = st.one_of(st.none(), st.floats(1, 3_600))

THINGS: st.SearchStrategy[Thing] = st.one_of(
    st.builds(
        Person,
        login_id=TEXT,
        login_name=TEXT.filter(bool),
        first_name=TEXT,
        last_name=TEXT,
        extension=TEXT,
        roles=st.frozensets(st.sampled_from(Role)),
        team_id=st.none() | ID,
        automatic_available=st.booleans(),
        competences=st.lists(st.builds(Competence, ID, st.integers(0, 11)), max_size=3).map(tuple),
        resource_group_id=st.none() | ID,
        group_position=ID,
    ),
    st.builds(Team, ID, TEXT, TEXT, st.lists(TEXT, max_size=3).map(tuple)),
    st.builds(Skill, ID, TEXT),
    st.builds(ResourceGroup, ID, TEXT),
    st.builds(
        CSQ,
        id=ID,
        name=TEXT,
        auto_work=st.booleans(),
        wrapup_time_s=ID,
        service_level_s=ID,
        service_level_percent=ID,
        pool=st.one_of(
            st.builds(ResourceGroupPool, ID),
            st.builds(
                SkillPool, st.lists(st.builds(RequiredSkill, ID, ID, ID), max_size=3).map(tuple)
            ),
        ),
        criterion=st.sampled_from(Criterion),
        ring_no_answer_s=SECONDS,
        prompt=TEXT,
    ),
    st.builds(
        Trigger,
        route_point=TEXT,
        application_id=ID,
        application_name=TEXT,
        csq_id=st.none() | ID,
        script=TEXT,
        max_sessions=ID,
        language=TEXT,
        variables=st.dictionaries(TEXT, TEXT, max_size=3).map(lambda d: tuple(d.items())),
    ),
)


class FormTests(SynchronousTestCase):
    """Things and forms."""

    @given(thing=THINGS)
    def test_there_and_back(self, thing: Thing) -> None:
        """Whatever there may be, its form describes the whole of it."""
        self.assertEqual(thing_of(form_of(thing)), thing)

    def test_register(self) -> None:
        """All kinds are told, and read as edits they make the same directory."""
        register = Register(demo(3), frozenset({"agent1"}), frozenset({"agent2"}))
        told = json.loads(register_json(register))
        self.assertEqual((told.pop("disabled"), told.pop("withPassword")), (["agent1"], ["agent2"]))
        self.assertEqual(sorted(told), sorted(edits.KINDS.values()))
        for kind, values in told.items():
            for value in values:
                self.assertEqual(value["kind"], kind)
        wanted = [{"do": "replace", "value": value} for values in told.values() for value in values]
        planned = plan(register, edits_of(json.dumps(wanted).encode()))
        self.assertEqual(planned.register, register)


class EditTests(SynchronousTestCase):
    """Edits as JSON."""

    def read(self, *wanted: object) -> list[edits.Edit]:
        """Read a list."""
        return edits_of(json.dumps(wanted).encode())

    def test_each(self) -> None:
        """Every edit there is."""
        self.assertEqual(
            self.read(
                {"do": "add", "value": {"kind": "Team", "id": -1, "name": "Night"}},
                {"do": "replace", "value": {"kind": "Skill", "id": 3, "name": "French"}},
                {"do": "add", "value": {"kind": "User", "loginId": "ann", "roles": ["Agent"]}},
                {"do": "remove", "kind": "Queue", "key": "7"},
                {"do": "remove", "kind": "User", "key": "12"},
                {"do": "setEnabled", "loginId": "ann", "enabled": False},
                {"do": "setPassword", "loginId": "ann", "password": None},
            ),
            [
                edits.Add(Team(-1, "Night")),
                edits.Replace(Skill(3, "French")),
                edits.Add(Person("ann", "ann", "", "", "", frozenset({Role.AGENT}))),
                edits.Remove(CSQ, 7),
                edits.Remove(Person, "12"),
                edits.SetEnabled("ann", False),
                edits.SetPassword("ann", None),
            ],
        )

    def test_refused(self) -> None:
        """What is no list of edits is refused with the place and the reason."""
        for wanted, told in (
            ({"do": "add"}, "`value` - at `$[0]`"),
            ({"do": "burn"}, "burn"),
            ({"do": "add", "value": {"kind": "Town", "name": "x"}}, "Town"),
            ({"do": "add", "value": {"kind": "Team", "name": 7}}, "$[0].value.name"),
            ({"do": "add", "value": {"kind": "Team", "name": "x", "colour": "red"}}, "colour"),
            ({"do": "add", "value": {"kind": "Team", "name": "x", "id": 2**40}}, "$[0].value.id"),
            ({"do": "add", "value": {"kind": "User", "loginId": "x", "roles": ["Boss"]}}, "Boss"),
            ({"do": "remove", "kind": "Town", "key": "1"}, "There is no kind Town"),
            ({"do": "remove", "kind": "Team", "key": "x"}, "The key of a Team is a number, not x"),
            (
                {
                    "do": "add",
                    "value": {
                        "kind": "Queue",
                        "name": "Q",
                        "resourceGroupId": 1,
                        "skills": [{"skillId": 1}],
                    },
                },
                'Queue "Q" has a resource group or skills, not both',
            ),
        ):
            error = self.assertRaises(FormsError, self.read, wanted)
            self.assertIn(told, str(error))
        self.assertRaises(FormsError, edits_of, b"\xff")
        self.assertRaises(FormsError, edits_of, b'[{"do":"\xff"}]')
        self.assertRaises(FormsError, edits_of, b"{}")

    def test_faults(self) -> None:
        """What is wrong is told of the field, as the form calls it."""
        wanted = self.read(
            {"do": "add", "value": {"kind": "Skill", "name": ""}},
            {
                "do": "add",
                "value": {"kind": "User", "loginId": "ann", "lastName": "A", "teamId": 99},
            },
        )
        refused = self.assertRaises(EditsRefusedError, plan, Register(demo(1)), wanted)
        told = json.loads(faults_json(refused))
        self.assertEqual([one["index"] for one in told["faults"]], [0, 1, 1])
        self.assertEqual([one["field"] for one in told["faults"]], ["name", "roles", "teamId"])
        self.assertEqual(told["error"], str(refused))

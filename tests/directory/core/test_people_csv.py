"""`finesse_tx.directory.core.people_csv`, and ``telling``."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import (
    Add,
    Edit,
    EditsRefusedError,
    Register,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
)
from finesse_tx.directory.core.people_csv import (
    MAX_ROWS,
    BadLine,
    Row,
    Table,
    bad_lines,
    read_people,
    row_of,
    wanted,
)
from finesse_tx.directory.core.queues import Competence, ResourceGroup
from finesse_tx.directory.core.records import CSQ, Person, Role, Team
from finesse_tx.directory.core.telling import differences
from tests.support.edits import person

GROUPS = (ResourceGroup(1, "Night shift"),)
BEFORE = Register(replace(demo(4), resource_groups=GROUPS), disabled=frozenset({"agent4"}))

HEAD = "login_id,last_name,extension,team\n"


class ReadTests(SynchronousTestCase):
    """`read_people`."""

    def faults(self, text: str | bytes) -> list[str]:
        """What is wrong with a file."""
        data = text if isinstance(text, bytes) else text.encode()
        return [str(fault) for fault in read_people(data).faults]

    def test_rows(self) -> None:
        """Rows have the number of their last line; empty ones and a byte order mark do not matter."""
        text = '\ufeffLogin ID,"Last-Name"\nann,"Doe\nJr"\n\n,,\nbob,Ray\n'.replace(",,\n", " , \n")
        table = read_people(text.encode())
        self.assertEqual(
            table,
            Table(
                (
                    Row(3, {"login_id": "ann", "last_name": "Doe\nJr"}),
                    Row(6, {"login_id": "bob", "last_name": "Ray"}),
                )
            ),
        )

    def test_unreadable(self) -> None:
        """What is no such table is told by its line."""
        known = "login_id, login_name, first_name"
        self.assertEqual(self.faults(b"login_id\n\xff\n"), ["line 2: this is not UTF-8"])
        self.assertIn(
            f'line 1: there is no column "name"; there are {known}', self.faults("name\n")[0]
        )
        self.assertEqual(self.faults("")[-1], "line 1: the column login_id is missing")
        self.assertEqual(
            self.faults("login_id,loginid\n"), ["line 1: the column login_id is there twice"]
        )
        self.assertIn("line 2: this is not CSV", self.faults('login_id\n"a\n')[0])
        self.assertEqual(
            self.faults("login_id,team\nann\nbob,a,b\n"),
            ["line 2: 1 values for 2 columns", "line 3: 3 values for 2 columns"],
        )

    def test_limit(self) -> None:
        """A file has so many people, and not one more."""
        text = "login_id\n" + "a\n" * MAX_ROWS
        self.assertEqual(len(read_people(text.encode()).rows), MAX_ROWS)
        (fault,) = self.faults(text + "a\n")
        self.assertIn(f"at most {MAX_ROWS}", fault)

    @settings(deadline=None)
    @given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
    def test_anything(self, data: bytes) -> None:
        """Whatever the file is, rows or faults come out, and no row lacks a login id."""
        for row in read_people(b"login_id,skills,team\n" + data).rows:
            self.assertIn("login_id", row.values)


class WantedTests(SynchronousTestCase):
    """`wanted`."""

    def ask(self, text: str, *, update: bool = False) -> tuple[Edit, ...]:
        """What a good file asks for."""
        asked = wanted(read_people(text.encode()).rows, BEFORE, update=update)
        self.assertEqual(asked.faults, ())
        return asked.edits

    def refused(self, text: str, *, update: bool = False) -> list[str]:
        """What is wrong with a bad one."""
        asked = wanted(read_people(text.encode()).rows, BEFORE, update=update)
        try:
            plan(BEFORE, asked.edits)
        except EditsRefusedError as error:
            return [str(bad) for bad in bad_lines(asked, error.faults)]
        return [str(bad) for bad in bad_lines(asked, ())]

    def test_everything(self) -> None:
        """Every column has its meaning; names of teams, skills and groups have no case."""
        edits = self.ask(
            "login_id,login_name,first_name,last_name,extension,roles,team,skills,resource_group,"
            "automatic_available,enabled,password\n"
            "ann,Ann.Doe, Ann ,Doe,1500,agent SUPERVISOR,TEAM 2,Support=3; sales = 10,night shift,no,No,correct horse\n"
        )
        ann = Person(
            "ann",
            "Ann.Doe",
            "Ann",
            "Doe",
            "1500",
            frozenset({Role.AGENT, Role.SUPERVISOR}),
            2,
            False,
            (Competence(1, 10), Competence(2, 3)),
            1,
        )
        self.assertEqual(
            edits, (Add(ann), SetEnabled("ann", False), SetPassword("ann", "correct horse"))
        )

    def test_least(self) -> None:
        """Somebody new is an agent who signs in with the login id."""
        (edit,) = self.ask(HEAD + "ann,Doe,1500,Team 1\n")
        self.assertEqual(edit, Add(person("ann", first_name="")))

    def test_update(self) -> None:
        """Of who is there, what the file has no column for stays, and who is as it says is not touched."""
        text = "login_id,extension,enabled\nagent1,1001,\nagent2,1999,\nagent4,1004,yes\n"
        edits = self.ask(text, update=True)
        other = replace(BEFORE.snapshot.people[1], extension="1999")
        self.assertEqual(edits, (Replace(other), SetEnabled("agent4", True)))

    def test_round(self) -> None:
        """Everyone as listed asks for nothing."""
        rows = [Row(n, row_of(p, BEFORE)) for n, p in enumerate(BEFORE.snapshot.people)]
        self.assertEqual(wanted(rows, BEFORE, update=True).edits, ())

    def test_bad_lines(self) -> None:
        """All that is wrong is told in the order of the lines, each thing once."""
        self.assertEqual(
            self.refused(
                HEAD
                + "ann,Doe,1500,Nowhere\nbob,,1001,Team 1\nann,Doe,1501,Team 1\nagent1,A,1,Team 1\n"
            ),
            [
                'line 2: team: there is no "Nowhere"; there are Team 1, Team 2',
                "line 3: last_name: is empty; 1 to 128 characters",
                "line 4: login_id: the same as in line 2",
                'line 5: login_id: "agent1" is taken by agent1; choose another',
            ],
        )

    def test_bad_values(self) -> None:
        """A value that means nothing is told with those that mean something."""
        text = (
            "login_id,last_name,extension,team,roles,skills,automatic_available,resource_group\n"
            "ann,Doe,1500,Team 1,Boss,Sales=x;Dutch=1,maybe,None\n"
        )
        self.assertEqual(
            self.refused(text),
            [
                'line 2: roles: there is no "Boss"; there are Agent, Supervisor, Administrator',
                'line 2: skills: "Sales=x" is not such as "Sales=5"',
                'line 2: skills: there is no "Dutch"; there are Sales, Support',
                'line 2: automatic_available: "maybe" is neither yes nor no',
                'line 2: resource_group: there is no "None"; there are Night shift',
            ],
        )

    def test_source(self) -> None:
        """Who tells of a person is listed, and not changed by a table."""
        ours = self.refused("login_id,source\nagent1,axl\n", update=True)
        self.assertEqual(ours, ["line 2: source: is empty, and stays so"])
        told = Register(replace(BEFORE.snapshot, people=(person("ann", source="axl"),)))
        self.assertEqual(row_of(told.snapshot.people[0], told)["source"], "axl")
        for source, said in (("axl", ()), ("", (BadLine(2, "source: is axl, and stays so"),))):
            asked = wanted([Row(2, {"login_id": "ann", "source": source})], told, update=True)
            self.assertEqual((asked.edits, asked.faults), ((), said))

    def test_not_of_a_line(self) -> None:
        """What belongs to no line of a file has no number."""
        self.assertEqual(str(BadLine(0, "team: no")), "team: no")

    def test_no_secret(self) -> None:
        """A password is in no representation."""
        asked = wanted(
            [Row(2, {"login_id": "a", "password": "correct horse"})], BEFORE, update=False
        )
        self.assertNotIn("horse", repr(asked) + repr(Row(2, {"password": "correct horse"})))


ANN = (
    "+ ann, login_name ann, first_name Ann, last_name Doe, extension 1500, roles Agent, team First, "
    "automatic_available yes, enabled yes"
)


class DifferencesTests(SynchronousTestCase):
    """`differences`."""

    def test_lines(self) -> None:
        """Each edit is one line; what is new shows what it is, what changes shows both."""
        agent1 = BEFORE.snapshot.people[0]
        edits: list[Edit] = [
            Add(person("ann")),
            Replace(replace(agent1, extension="1999", competences=())),
            Replace(agent1),
            Remove(Person, "agent2"),
            SetEnabled("agent1", False),
            SetHash("agent1", "$secret"),
            SetPassword("agent1", None),
            Add(Team(0, "Night")),
            Replace(Team(1, "First", "supervisor1")),
            Remove(CSQ, 9),
        ]
        edits[-1] = SetEnabled("agent1", True)
        planned = plan(BEFORE, edits)
        self.assertEqual(
            list(differences(planned.steps, planned.register)),
            [
                ANN,
                "~ agent1: extension 1001 -> 1999, skills Sales=6; Support=9 -> -",
                "~ agent1: extension 1999 -> 1001, skills - -> Sales=6; Support=9",
                "- agent2",
                "~ agent1: disabled",
                "~ agent1: another password",
                "~ agent1: no password",
                "+ Team Night",
                "~ Team First",
                "~ agent1: enabled",
            ],
        )

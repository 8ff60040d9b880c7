"""`finesse_tx.directory.core.synchronising`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import EditsRefusedError, Register, Replace, SetPassword
from finesse_tx.directory.core.records import Person, Role, Snapshot
from finesse_tx.directory.core.synchronising import (
    ALWAYS,
    FoundPerson,
    NoSuchTeamError,
    Policy,
    TooManyGoneError,
    synchronised,
)
from tests.support.edits import person

AXL = Policy("axl")


def found(login_id: str, extension: str = "", *devices: str) -> FoundPerson:
    """Somebody who is told of; the extension is made of the name."""
    number = extension or f"3{sum(map(ord, login_id)):05}"
    return FoundPerson(login_id, "First", "Last", number, devices)


def after(register: Register, told: Sequence[FoundPerson], policy: Policy = AXL) -> Register:
    """What becomes of it."""
    return synchronised(register, told, policy).plan.register


BEFORE = Register(demo(4))
TOLD = [found("ann"), found("bob"), found("cid")]
TAKEN = after(BEFORE, TOLD)


def axl_people(register: Register) -> dict[str, Person]:
    """The provider's people."""
    return {p.login_id: p for p in register.snapshot.people if p.source == "axl"}


class SynchronisedTests(SynchronousTestCase):
    """`synchronised`."""

    def test_new(self) -> None:
        """Who is new is an agent of the first team, without a password of ours; all others are untouched."""
        ann = axl_people(TAKEN)["ann"]
        self.assertEqual(
            (ann.roles, ann.team_id, ann.extension),
            (frozenset({Role.AGENT}), 1, found("ann").extension),
        )
        self.assertEqual(
            TAKEN.snapshot.people[: len(BEFORE.snapshot.people)], BEFORE.snapshot.people
        )
        self.assertEqual(TAKEN.passwords, frozenset())

    def test_again(self) -> None:
        """The same once more changes nothing."""
        self.assertEqual(synchronised(TAKEN, TOLD, AXL).edits, ())

    def test_changed(self) -> None:
        """A name or an extension follows; team, skills and roles are ours, and stay."""
        ours = replace(axl_people(TAKEN)["ann"], team_id=2, roles=frozenset({Role.SUPERVISOR}))
        people = tuple(ours if p.login_id == "ann" else p for p in TAKEN.snapshot.people)
        before = replace(TAKEN, snapshot=replace(TAKEN.snapshot, people=people))
        told = [FoundPerson("ann", "Anna", "", "39999"), *TOLD[1:]]
        expected = replace(ours, first_name="Anna", last_name="ann", extension="39999")
        self.assertEqual(axl_people(after(before, told))["ann"], expected)

    def test_gone(self) -> None:
        """Who is not told of any more is disabled and keeps everything; who comes back is let in by us alone."""
        less = after(TAKEN, TOLD[1:])
        self.assertEqual(less.disabled, {"ann"})
        self.assertEqual(axl_people(less), axl_people(TAKEN))
        again = synchronised(less, TOLD, AXL)
        self.assertEqual(again.plan.register.disabled, {"ann"})
        self.assertIn("ann: is disabled here", again.left_out[0])

    def test_no_agent(self) -> None:
        """Who has no extension is no agent: never taken in, and out when it was taken away."""
        told = [replace(TOLD[0], extension=""), *TOLD[1:], FoundPerson("dan", "D", "Dan", "")]
        less = after(TAKEN, told)
        self.assertEqual((less.disabled, "dan" in axl_people(less)), ({"ann"}, False))

    def test_ours(self) -> None:
        """Who is ours stays ours, and is never gone; that the other directory has one of that name is said."""
        done = synchronised(BEFORE, [found("agent1")], AXL)
        self.assertEqual(
            (done.edits, done.left_out), ((), ("agent1: is here already, and not of axl",))
        )

    def test_too_many_gone(self) -> None:
        """As many may go as the percentage says, and not one more; a few may always."""
        many = [found("a" * n, str(40_000 + n)) for n in range(1, 51)]
        full = after(BEFORE, many)
        self.assertEqual(len(after(full, many[5:]).disabled), 5)
        with self.assertRaises(TooManyGoneError) as caught:
            synchronised(full, many[6:], AXL)
        self.assertEqual((caught.exception.gone, caught.exception.of), (6, 50))
        self.assertIn("6 of 50 people any more, over 10 %", str(caught.exception))
        few = after(BEFORE, many[:4])
        self.assertEqual(len(after(few, many[ALWAYS:4]).disabled), ALWAYS)
        self.assertRaises(TooManyGoneError, synchronised, few, [], AXL)
        self.assertEqual(len(after(full, [], Policy("axl", "", 100.0)).disabled), 50)

    def test_team(self) -> None:
        """New people are in the team that is named; one that is not there is an error, and where none is, one is made."""
        self.assertEqual(axl_people(after(BEFORE, TOLD, Policy("axl", "team 2")))["ann"].team_id, 2)
        with self.assertRaises(NoSuchTeamError) as caught:
            synchronised(BEFORE, TOLD, Policy("axl", "Nowhere"))
        self.assertEqual(str(caught.exception), 'directory.team: there is no team "Nowhere"')
        alone = after(Register(Snapshot()), TOLD)
        self.assertEqual([team.name for team in alone.snapshot.teams], ["Default"])
        self.assertEqual(after(Register(Snapshot()), []).snapshot.teams, ())

    def test_left_out(self) -> None:
        """One bad entry keeps nobody else out, and is named with the reason."""
        told = [
            *TOLD,
            found("x y"),
            found("eve", "1001"),
            found("twice"),
            found("Twice"),
            found("fay", "35555", "SEP1", "SEP2"),
        ]
        done = synchronised(BEFORE, told, AXL)
        self.assertEqual(set(axl_people(done.plan.register)), {"ann", "bob", "cid"})
        self.assertEqual(
            sorted(done.left_out),
            [
                "Twice: is told of twice",
                "eve: extension: 1001 is agent1's; choose another",
                "fay: extension 35555 is on SEP1 and SEP2; leave one",
                "twice: is told of twice",
                'x y: login_id: "x y" is none; 1 to 64 letters (a to z), digits and . _ @ + -',
            ],
        )

    def test_mixed_up(self) -> None:
        """Who is mixed up with somebody is not gone."""
        told = [*TOLD, found("ANN")]
        done = synchronised(TAKEN, told, AXL)
        self.assertEqual(done.edits, ())
        self.assertEqual(len(done.left_out), 2)

    def test_password(self) -> None:
        """The password of somebody of another directory is not ours to set."""
        with self.assertRaises(EditsRefusedError) as caught:
            plan(TAKEN, [SetPassword("ann", "correct horse")])
        self.assertEqual(
            str(caught.exception), "ann: password: it is the directory's (axl); change it there"
        )

    @settings(deadline=None, max_examples=200)
    @given(
        st.lists(
            st.builds(
                FoundPerson,
                st.sampled_from(["ann", "bob", "cid", "Ann", "agent1", "", "x y", "dan"]),
                st.sampled_from(["A", ""]),
                st.sampled_from(["B", "", "\n"]),
                st.sampled_from(["", "1001", "35001", "35002", "6001", "x"]),
                st.sampled_from([(), ("SEP1",), ("SEP1", "SEP2")]),
            ),
            max_size=8,
        ),
        st.lists(st.sampled_from(["ann", "bob", "admin", "agent1"])),
    )
    def test_any(self, told: list[FoundPerson], disabled: list[str]) -> None:
        """Whatever is told, only the provider's people change, nobody is let in by it, and a second time changes nothing."""
        before = replace(TAKEN, disabled=frozenset(disabled))
        done = synchronised(before, told, Policy("axl", "", 100))
        register = done.plan.register
        ours = [p for p in register.snapshot.people if p.source != "axl"]
        self.assertEqual(ours, [p for p in before.snapshot.people if p.source != "axl"])
        self.assertTrue(register.disabled >= before.disabled)
        self.assertTrue(register.disabled - before.disabled <= set(axl_people(register)))
        again = synchronised(register, told, Policy("axl", "", 100))
        self.assertEqual(again.edits, ())

    def test_not_by_edit(self) -> None:
        """An edit that does not know where somebody comes from leaves it so."""
        ann = axl_people(TAKEN)["ann"]
        done = plan(TAKEN, [Replace(person("ann", extension=ann.extension))]).register
        self.assertIn("ann", axl_people(done))

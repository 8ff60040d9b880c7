"""`finesse_tx.store.repositories.editing`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.orm import Session
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.demo import demo
from finesse_tx.directory.core.editing import plan
from finesse_tx.directory.core.edits import (
    Add,
    Author,
    Edit,
    EditsRefusedError,
    Key,
    Register,
    Remove,
    Replace,
    SetEnabled,
    SetHash,
    SetPassword,
    resolved,
)
from finesse_tx.directory.core.queues import (
    Competence,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import CSQ, Person, Snapshot, Team, Trigger
from finesse_tx.engine.core.outbound.records import Campaign
from finesse_tx.errors import ConfigError
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.campaigns import add_campaign
from finesse_tx.store.repositories.changes import read_audit
from finesse_tx.store.repositories.editing import edit_directory
from finesse_tx.store.repositories.passwords import read_password_hashes, read_verifiers
from finesse_tx.store.repositories.snapshots import read_register, read_snapshot
from finesse_tx.store.tables import PersonRow
from tests.support.database import OnPostgreSQL, empty_url, inside
from tests.support.edits import EDITS, person

ADMIN = Author("admin", "192.0.2.7")
AT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)


class UndoneError(Exception):
    """What was done is to be undone."""


class EditingCase(SynchronousTestCase):
    """`edit_directory`, upon the demo's four agents."""

    def setUp(self) -> None:
        """Make them."""
        self.url = empty_url(self)
        inside(self.url, lambda session: add_snapshot(session, demo(4), "$old"))

    def edit(self, *edits: Edit) -> tuple[Key, ...]:
        """Carry some out."""
        return inside(self.url, lambda session: edit_directory(session, edits, ADMIN, AT))

    def register(self) -> Register:
        """What there is."""
        return inside(self.url, read_register)

    def audit(self) -> list[dict[str, Any]]:
        """Who has changed what."""
        far = datetime(2100, 1, 1, tzinfo=UTC)
        return inside(self.url, lambda session: list(read_audit(session, "", AT, far)))


class EditingTests(EditingCase):
    """One edit after the other."""

    def test_everything(self) -> None:
        """One more of each kind, tied together by stand-ins, is there with ids of its own."""
        keys = self.edit(
            Add(Skill(-1, "French")),
            Add(ResourceGroup(-1, "Night shift")),
            Add(Team(-1, "Night", "supervisor1", ("supervisor2",))),
            Add(CSQ(-1, "Français", pool=SkillPool((RequiredSkill(-1, 3, 7), RequiredSkill(1))))),
            Add(CSQ(-2, "Night", pool=ResourceGroupPool(-1))),
            Add(Trigger("6003", 9, "Français", -1, "", 5, "fr_FR", (("a", "1"),))),
            Add(
                person(
                    "ann",
                    team_id=-1,
                    resource_group_id=-1,
                    group_position=4,
                    competences=(Competence(1, 2), Competence(-1, 9)),
                )
            ),
            SetHash("ann", "$ann", "made"),
        )
        self.assertEqual(keys, (3, 1, 3, 3, 4, "6003", "ann", "ann"))
        snapshot = self.register().snapshot
        self.assertEqual(snapshot.skills[-1], Skill(3, "French"))
        self.assertEqual(snapshot.teams[-1], Team(3, "Night", "supervisor1", ("supervisor2",)))
        pool = SkillPool((RequiredSkill(3, 3, 7), RequiredSkill(1)))
        self.assertEqual(
            snapshot.csqs[-2:],
            (CSQ(3, "Français", pool=pool), CSQ(4, "Night", pool=ResourceGroupPool(1))),
        )
        self.assertEqual(
            snapshot.triggers[-1], Trigger("6003", 9, "Français", 3, "", 5, "fr_FR", (("a", "1"),))
        )
        ann = person(
            "ann",
            team_id=3,
            resource_group_id=1,
            group_position=4,
            competences=(Competence(1, 2), Competence(3, 9)),
        )
        self.assertEqual(snapshot.people[-1], ann)
        self.assertEqual(inside(self.url, read_password_hashes)["ann"], "$ann")
        self.assertEqual(inside(self.url, read_verifiers), {"ann": "made"})

    def test_replaced(self) -> None:
        """What hangs on a row is replaced with it: skills, supervisors, a pool of the other kind, variables."""
        self.edit(Add(ResourceGroup(-1, "Night shift")))
        before = {p.login_id: p for p in self.register().snapshot.people}
        other = person("agent1", extension="1001", competences=(Competence(2, 1),))
        self.edit(
            Replace(other),
            Replace(Team(1, "First", "", ("supervisor2",))),
            Replace(CSQ(1, "Sales", pool=ResourceGroupPool(1))),
            Replace(Trigger("6001", 1, "Sales", 1, variables=(("b", "2"),))),
            Replace(Skill(1, "Selling")),
        )
        snapshot = self.register().snapshot
        self.assertEqual(snapshot.people[0], other)
        self.assertEqual(snapshot.people[1:], tuple(before.values())[1:])
        self.assertEqual(snapshot.teams[0], Team(1, "First", "", ("supervisor2",)))
        self.assertEqual(snapshot.csqs[0].pool, ResourceGroupPool(1))
        self.assertEqual(snapshot.triggers[0].variables, (("b", "2"),))
        self.edit(Replace(CSQ(1, "Sales", pool=SkillPool((RequiredSkill(2),)))))
        self.assertEqual(self.register().snapshot.csqs[0].pool, SkillPool((RequiredSkill(2),)))

    def test_removed(self) -> None:
        """What is removed takes with it what hangs on it, and no more."""
        self.edit(
            Remove(Trigger, "6001"), Remove(CSQ, 1), Remove(Skill, 1), Remove(Person, "supervisor1")
        )
        snapshot = self.register().snapshot
        self.assertEqual([skill.id for skill in snapshot.skills], [2])
        self.assertEqual({c.skill_id for p in snapshot.people for c in p.competences}, {2})
        self.assertEqual(snapshot.teams[0].supervisors, ())
        self.assertEqual([trigger.route_point for trigger in snapshot.triggers], ["6002"])

    def test_disabled(self) -> None:
        """Who is disabled is not in the snapshot nor among the hashes, and is in the register."""
        self.edit(SetEnabled("supervisor1", False))
        self.assertEqual(self.register().disabled, {"supervisor1"})
        self.assertEqual(self.register().snapshot.teams, demo(4).teams)
        self.assertEqual(inside(self.url, read_snapshot), self.register().shown)
        self.assertNotIn("supervisor1", inside(self.url, read_password_hashes))

    def test_passwords(self) -> None:
        """Another password takes the verifier of the old one with it; none at all is none."""
        self.edit(SetHash("agent1", "$1", "v1"))
        self.edit(SetHash("agent1", "$2"), SetPassword("agent2", None))
        self.assertEqual(inside(self.url, read_verifiers), {})
        hashes = inside(self.url, read_password_hashes)
        self.assertEqual((hashes["agent1"], hashes.get("agent2")), ("$2", None))
        self.assertNotIn("agent2", self.register().passwords)

    def test_audit(self) -> None:
        """Every edit is kept with who wanted it, when, from where, and what was before and is now; no secret is."""
        self.edit(
            Add(Team(0, "Night")),
            Replace(Skill(1, "Selling")),
            SetHash("agent1", "$very-secret"),
            SetEnabled("agent1", False),
            Remove(Person, "agent2"),
        )
        entries = self.audit()
        self.assertEqual(
            {(e["login_id"], e["peer"], e["at"]) for e in entries}, {("admin", "192.0.2.7", AT)}
        )
        self.assertEqual(
            [(e["action"], e["uri"].removeprefix("/finesse/api/")) for e in entries],
            [
                ("POST", "Team/3"),
                ("PUT", "Skill/1"),
                ("PUT", "User/agent1"),
                ("PUT", "User/agent1"),
                ("DELETE", "User/agent2"),
            ],
        )
        self.assertEqual(entries[0]["before"], "")
        self.assertEqual(json.loads(entries[0]["after"])["id"], 3)
        self.assertEqual(
            (entries[1]["before"], entries[1]["after"]),
            ('{"id":1,"name":"Sales"}', '{"id":1,"name":"Selling"}'),
        )
        self.assertEqual(entries[2]["after"], '{"password":"****"}')
        self.assertEqual(
            (entries[3]["before"], entries[3]["after"]), ('{"enabled":true}', '{"enabled":false}')
        )
        self.assertEqual(json.loads(entries[4]["before"])["roles"], ["Agent"])
        self.assertNotIn("secret", str(entries))

    def test_all_or_nothing(self) -> None:
        """One fault, or a veto, and nothing has changed, nor is anything in the audit log."""
        before = self.register()
        with self.assertRaises(EditsRefusedError):
            self.edit(Add(person("ann")), Add(person("bob", team_id=9)))

        def vet(snapshot: Snapshot) -> None:
            raise ConfigError("scripts.toml:3", "queue", f"{len(snapshot.people)} people")

        with self.assertRaisesRegex(EditsRefusedError, "scripts.toml:3: queue: 8 people"):
            inside(
                self.url,
                lambda session: edit_directory(session, [Add(person("ann"))], ADMIN, AT, vet),
            )
        self.assertEqual((self.register(), self.audit()), (before, []))

    def test_campaign(self) -> None:
        """A queue that a campaign calls for stays."""
        inside(self.url, lambda session: add_campaign(session, Campaign(0, "C", csq_id=2)))
        with self.assertRaises(EditsRefusedError) as caught:
            self.edit(Remove(Trigger, "6002"), Remove(CSQ, 2))
        self.assertEqual(str(caught.exception), 'Queue 2: the campaign "C" calls for it')
        self.assertEqual(caught.exception.faults[0].index, 1)
        self.assertEqual(self.register().snapshot.csqs, demo(4).csqs)

    def test_decided_on_what_is_there(self) -> None:
        """What another editor has done meanwhile counts."""
        inside(
            self.url,
            lambda session: session.execute(
                update(PersonRow).where(PersonRow.login_id == "agent1").values(extension="1500")
            ),
        )
        with self.assertRaisesRegex(EditsRefusedError, "1500 is agent1's"):
            self.edit(Add(person("ann")))


class PlannedCase(EditingCase):
    """Edits, and what a plan says of them."""

    def compare(self, edits: list[Edit]) -> None:
        """Carry them out, compare, and undo them."""
        before = self.register()
        try:
            planned = plan(before, edits)
        except EditsRefusedError:
            return

        def work(session: Session) -> None:
            keys = edit_directory(session, edits, ADMIN, AT)
            self.assertEqual(
                read_register(session), _with_ids(planned.register, planned.steps, keys)
            )
            raise UndoneError

        with self.assertRaises(UndoneError):
            inside(self.url, work)
        self.assertEqual(self.register(), before)


class PlannedTests(PlannedCase):
    """On SQLite."""

    @settings(deadline=None, max_examples=60)
    @given(st.lists(EDITS, max_size=6))
    def test_as_planned(self, edits: list[Edit]) -> None:
        """Whatever may be, the tables have what the plan says, but for the ids of what is new."""
        self.compare(edits)


class PlannedOnPostgreSQLTests(OnPostgreSQL, PlannedCase):
    """On PostgreSQL."""

    @settings(deadline=None, max_examples=20)
    @given(st.lists(EDITS, max_size=6))
    def test_as_planned(self, edits: list[Edit]) -> None:
        """Whatever may be, the tables have what the plan says, but for the ids of what is new."""
        self.compare(edits)


def _with_ids(register: Register, steps: Sequence[Any], keys: Sequence[Key]) -> Register:
    """The same with the store's ids, and in the order of the tables."""
    ids: Any = {
        (type(step.edit.value), step.edit.value.id): key
        for step, key in zip(steps, keys, strict=True)
        if isinstance(step.edit, Add) and not isinstance(step.edit.value, Person | Trigger)
    }

    def real(things: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(resolved(thing, ids) for thing in things)

    def ordered(things: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(sorted(real(things), key=lambda thing: thing.id))

    was = register.snapshot
    people = tuple(
        Person(**{**_fields(one), "competences": tuple(sorted(one.competences))})
        for one in real(was.people)
    )
    return Register(
        Snapshot(
            people, ordered(was.teams), ordered(was.csqs), real(was.triggers), was.reason_codes,
            ordered(was.skills), ordered(was.resource_groups),
        ),
        register.disabled,
        register.passwords,
    )  # fmt: skip


def _fields(one: Person) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Person.__dataclass_fields__}


class EditingOnPostgreSQLTests(OnPostgreSQL, EditingTests):
    """The same on PostgreSQL."""

"""The directory while it is being edited: a working copy, with what the rules look things up in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from finesse_tx.directory.core.edits import Key, Register, Thing, key_of, without_supervisors
from finesse_tx.directory.core.queues import ResourceGroup, Skill
from finesse_tx.directory.core.records import CSQ, Person, Role, Snapshot, Team, Trigger

__all__ = ["Draft"]


class Draft:
    """A register that can be changed, object by object; it checks nothing.

    Attributes:
        people: By login id.
        teams: By id; so are ``skills``, ``groups`` and ``csqs``.
        triggers: By route point.
        disabled: The login ids of those who may not sign in.
        passwords: Of those who have a password of ours.
    """

    def __init__(self, register: Register) -> None:
        snapshot = register.snapshot
        self.people = {person.login_id: person for person in snapshot.people}
        self.teams = {team.id: team for team in snapshot.teams}
        self.skills = {skill.id: skill for skill in snapshot.skills}
        self.groups = {group.id: group for group in snapshot.resource_groups}
        self.csqs = {csq.id: csq for csq in snapshot.csqs}
        self.triggers = {trigger.route_point: trigger for trigger in snapshot.triggers}
        self.disabled, self.passwords = set(register.disabled), set(register.passwords)
        self._reason_codes = snapshot.reason_codes
        self._of: Mapping[type[Thing], dict[Any, Any]] = {
            Person: self.people,
            Team: self.teams,
            Skill: self.skills,
            ResourceGroup: self.groups,
            CSQ: self.csqs,
            Trigger: self.triggers,
        }
        self._signs_in: dict[str, str] = {}  # whom each name means, without regard to case
        self._holders: dict[str, dict[str, None]] = {}  # who has an extension and may sign in
        for person in snapshot.people:
            self._enter(person)

    # Looking ----------------------------------------------------------------------------------------------------

    def find(self, kind: type[Thing], key: Key) -> Thing | None:
        """Find something."""
        found: Thing | None = self._of[kind].get(key)
        return found

    def who_signs_in_as(self, name: str) -> str | None:
        """Whose login id or login name that is."""
        return self._signs_in.get(name.casefold())

    def holders(self, extension: str) -> list[str]:
        """The login ids of those who have that extension, and may sign in."""
        return list(self._holders.get(extension, ()))

    def has_administrator(self) -> bool:
        """Whether somebody who may sign in is one."""
        return any(
            Role.ADMINISTRATOR in person.roles and person.login_id not in self.disabled
            for person in self.people.values()
        )

    # Changing ---------------------------------------------------------------------------------------------------

    def put(self, thing: Thing) -> None:
        """Have this, in place of what has the same key."""
        if isinstance(thing, Person):
            self._leave(thing.login_id)
            self._enter(thing)
        self._of[type(thing)][key_of(thing)] = thing

    def remove(self, kind: type[Thing], key: Key) -> None:
        """Have it no longer, and let nobody have it who had."""
        if kind is Person:
            self._leave(str(key))
            self.disabled.discard(str(key))
            self.passwords.discard(str(key))
            gone = frozenset({str(key)})
            self.teams.update(
                {team.id: without_supervisors(team, gone) for team in self.teams.values()}
            )
        del self._of[kind][key]
        for person in self.people.values() if kind in {Skill, ResourceGroup} else ():
            kept = tuple(c for c in person.competences if c.skill_id in self.skills)
            group = person.resource_group_id if person.resource_group_id in self.groups else None
            self.people[person.login_id] = replace(
                person, competences=kept, resource_group_id=group
            )

    def enable(self, login_id: str, enabled: bool) -> None:
        """Let somebody sign in, or not."""
        person = self.people[login_id]
        self._leave(login_id)
        (self.disabled.discard if enabled else self.disabled.add)(login_id)
        self._enter(person)

    def _enter(self, person: Person) -> None:
        for name in (person.login_id, person.login_name):
            self._signs_in[name.casefold()] = person.login_id
        if person.extension and person.login_id not in self.disabled:
            self._holders.setdefault(person.extension, {})[person.login_id] = None

    def _leave(self, login_id: str) -> None:
        if (was := self.people.get(login_id)) is None:
            return
        for name in (was.login_id, was.login_name):
            self._signs_in.pop(name.casefold(), None)
        self._holders.get(was.extension, {}).pop(login_id, None)

    # The end ----------------------------------------------------------------------------------------------------

    def register(self) -> Register:
        """What has become of it."""
        return Register(
            Snapshot(
                tuple(self.people.values()),
                tuple(self.teams.values()),
                tuple(self.csqs.values()),
                tuple(self.triggers[number] for number in sorted(self.triggers)),
                self._reason_codes,
                tuple(self.skills.values()),
                tuple(self.groups.values()),
            ),
            frozenset(self.disabled),
            frozenset(self.passwords),
        )

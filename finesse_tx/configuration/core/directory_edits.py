"""What a document wants of the directory, as its edits.

Their order lets each be made upon those before it: who goes, goes first; whoever has a name or a number that will be
somebody else's gives way next; teams are there before their people, and have their supervisors after them; what is
referred to goes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import count
from typing import Any

from finesse_tx.configuration.core.document import Fault, QueueEntry, UserEntry
from finesse_tx.configuration.core.exchanges import giving_way
from finesse_tx.configuration.core.naming import Names
from finesse_tx.configuration.core.text import Source
from finesse_tx.directory.core.edits import (
    KINDS,
    Add,
    Edit,
    Register,
    Remove,
    Replace,
    SetEnabled,
    Thing,
    without_supervisors,
)
from finesse_tx.directory.core.queues import (
    Competence,
    CSQType,
    Pool,
    RequiredSkill,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import CSQ, Person, Role, Team, Trigger
from finesse_tx.toml_lines import Path

__all__ = ["DirectoryWishes"]


class DirectoryWishes:
    """The directory's share of a document.

    Args:
        source: The document.
        register: What there is.
        prune: Whether what is not in the document goes.
        faults: Gets what is wrong.

    Attributes:
        teams: Every team's id, by name.
        queues: Likewise.
    """

    def __init__(
        self, source: Source, register: Register, *, prune: bool, faults: list[Fault]
    ) -> None:
        self._source, self._register, self._faults = source, register, faults
        self._prune = prune
        self._document, self._snapshot = source.document, register.snapshot
        document, snapshot = self._document, self._snapshot
        self._skills = self._names("Skill", snapshot.skills, document.skills)
        self._groups = self._names("ResourceGroup", snapshot.resource_groups, document.groups)
        self.teams = self._names("Team", snapshot.teams, document.teams)
        self.queues = self._names("Queue", snapshot.csqs, document.queues)

    def _names(self, kind: str, there: tuple[Any, ...], wanted: tuple[Any, ...]) -> Names:
        return Names(
            self._source,
            kind,
            {one.name: one.id for one in there},
            [one.name for one in wanted],
            self._faults,
            closed=self._prune,
        )

    def edits(self) -> Iterator[tuple[Path, Edit]]:
        """What to do, and where the document says so."""
        document, snapshot = self._document, self._snapshot
        routes = self._once("Trigger", [trigger.route_point for trigger in document.triggers])
        login_ids = self._once("User", [person.login_id for person in document.people])
        if self._prune:
            for trigger in snapshot.triggers:
                if trigger.route_point not in routes:
                    yield ("Trigger",), Remove(Trigger, trigger.route_point)
            for person in snapshot.people:
                if person.login_id not in login_ids:
                    yield ("User",), Remove(Person, person.login_id)
        yield from self._names_given_way()
        yield from self._numbers_given_way()
        yield from self._named("Skill", Skill, self._skills, snapshot.skills, document.skills)
        yield from self._named(
            "ResourceGroup", ResourceGroup, self._groups, snapshot.resource_groups, document.groups
        )
        yield from self._teams_before()
        yield from self._people()
        yield from self._teams_after(login_ids)
        yield from self._queues_and_triggers()
        if self._prune:
            yield from self._gone()

    def _gone(self) -> Iterator[tuple[Path, Edit]]:
        """What is not in the document, and nothing that stays refers to any more."""
        kinds: tuple[tuple[type[Thing], Names], ...] = (
            (CSQ, self.queues),
            (Team, self.teams),
            (Skill, self._skills),
            (ResourceGroup, self._groups),
        )
        for kind, names in kinds:
            for number in names.spare:
                yield (KINDS[kind],), Remove(kind, number)

    def _once(self, kind: str, keys: list[str]) -> set[str]:
        """What entries are known by, each of which is there once."""
        seen: set[str] = set()
        for index, key in enumerate(keys):
            if key in seen:
                self._faults.append(self._source.fault((kind, index), "is there twice"))
            seen.add(key)
        return seen

    def _named(
        self,
        key: str,
        make: Callable[[int, str], Any],
        names: Names,
        there: tuple[Any, ...],
        wanted: tuple[Any, ...],
    ) -> Iterator[tuple[Path, Edit]]:
        """Things that are nothing but their names."""
        before = {one.id: one for one in there}
        for index, entry in enumerate(wanted):
            number = names[entry.name]
            value = make(number, entry.name)
            yield from _put((key, index), before.get(number), value)

    # Exchanges ----------------------------------------------------------------------------------------------------

    def _names_given_way(self) -> Iterator[tuple[Path, Edit]]:
        """Whose login name will be somebody else's signs in with the login id meanwhile, which is nobody else's."""
        there = {person.login_id: person for person in self._snapshot.people}
        entries = dict(enumerate(self._document.people))
        held = {
            index: there[entry.login_id].login_name.casefold()
            for index, entry in entries.items()
            if entry.login_id in there
        }
        wanted = {
            index: (entry.login_id.casefold(), entry.login_name.casefold())
            for index, entry in entries.items()
        }
        for index in giving_way(held, wanted):
            was = there[entries[index].login_id]
            yield ("User", index), Replace(replace(was, login_name=was.login_id))

    def _numbers_given_way(self) -> Iterator[tuple[Path, Edit]]:
        """A trigger whose application id will be another's has one meanwhile that is nobody's."""
        there = {trigger.route_point: trigger for trigger in self._snapshot.triggers}
        entries = dict(enumerate(self._document.triggers))
        held = {
            index: there[entry.route_point].application_id
            for index, entry in entries.items()
            if entry.route_point in there
        }
        wanted = {index: (entry.application_id,) for index, entry in entries.items()}
        taken = {one.application_id for one in there.values()}.union(*wanted.values())
        free = (number for number in count(1) if number not in taken)
        for index in giving_way(held, wanted):
            was = there[entries[index].route_point]
            yield ("Trigger", index), Replace(replace(was, application_id=next(free)))

    # Teams --------------------------------------------------------------------------------------------------------

    @cached_property
    def _losing(self) -> frozenset[str]:
        """Who will supervise nobody."""
        return frozenset(
            one.login_id for one in self._document.people if Role.SUPERVISOR not in one.roles
        )

    def _teams_before(self) -> Iterator[tuple[Path, Edit]]:
        """New ones, yet without supervisors; others without those who will be none."""
        losing = self._losing
        before = {team.id: team for team in self._snapshot.teams}
        for index, entry in enumerate(self._document.teams):
            number = self.teams[entry.name]
            path: Path = ("Team", index)
            if number < 0:
                yield path, Add(Team(number, entry.name))
            elif (left := without_supervisors(before[number], losing)) != before[number]:
                yield path, Replace(left)
        for number in self.teams.spare if self._prune else ():
            if (left := without_supervisors(before[number], losing)) != before[number]:
                yield ("Team",), Replace(left)

    def _teams_after(self, login_ids: set[str]) -> Iterator[tuple[Path, Edit]]:
        gone = self._losing | frozenset(
            one.login_id
            for one in self._snapshot.people
            if self._prune and one.login_id not in login_ids
        )
        before = {team.id: team for team in self._snapshot.teams}
        for index, entry in enumerate(self._document.teams):
            number = self.teams[entry.name]
            was = before.get(number, Team(number, entry.name))
            value = Team(number, entry.name, entry.primary_supervisor, entry.secondary_supervisors)
            if value != without_supervisors(was, gone):
                yield ("Team", index), Replace(value)

    # People -------------------------------------------------------------------------------------------------------

    def _people(self) -> Iterator[tuple[Path, Edit]]:
        before = {person.login_id: person for person in self._snapshot.people}
        for index, entry in enumerate(self._document.people):
            path: Path = ("User", index)
            was = before.get(entry.login_id)
            value = self._person(entry, path, was.source if was is not None else entry.source)
            yield from _put(path, was, value)
            is_enabled = entry.login_id not in self._register.disabled
            if entry.enabled != is_enabled:
                yield path, SetEnabled(entry.login_id, entry.enabled)

    def _person(self, entry: UserEntry, path: Path, source: str) -> Person:
        found = {name: self._skills.find(name, (*path, "skills", name)) for name in entry.skills}
        if len(set(found.values()) - {None}) < sum(one is not None for one in found.values()):
            self._faults.append(self._source.fault((*path, "skills"), "one of them is there twice"))
        return Person(
            login_id=entry.login_id,
            login_name=entry.login_name or entry.login_id,
            first_name=entry.first_name,
            last_name=entry.last_name,
            extension=entry.extension,
            roles=frozenset(entry.roles),
            team_id=self.teams.find(entry.team, (*path, "team")) if entry.team else None,
            automatic_available=entry.automatic_available,
            competences=tuple(
                sorted(
                    Competence(number, entry.skills[name])
                    for name, number in found.items()
                    if number is not None
                )
            ),
            resource_group_id=self._groups.find(entry.resource_group, (*path, "resourceGroup"))
            if entry.resource_group
            else None,
            group_position=entry.group_position,
            source=source,
        )

    # Queues and triggers ------------------------------------------------------------------------------------------

    def _queues_and_triggers(self) -> Iterator[tuple[Path, Edit]]:
        queues = {csq.id: csq for csq in self._snapshot.csqs}
        for index, entry in enumerate(self._document.queues):
            number = self.queues[entry.name]
            value = self._queue(number, entry, ("Queue", index))
            yield from _put(("Queue", index), queues.get(number), value)
        triggers = {trigger.route_point: trigger for trigger in self._snapshot.triggers}
        for index, one in enumerate(self._document.triggers):
            path: Path = ("Trigger", index)
            trigger = Trigger(
                route_point=one.route_point,
                application_id=one.application_id,
                application_name=one.application_name,
                csq_id=self.queues.find(one.queue, (*path, "queue")) if one.queue else None,
                script=one.script,
                max_sessions=one.max_sessions,
                language=one.language,
                variables=tuple(sorted(one.variables.items())),
            )
            was = triggers.get(one.route_point)
            if was is not None:
                was = replace(was, variables=tuple(sorted(was.variables)))
            yield from _put(path, was, trigger)

    def _queue(self, number: int, entry: QueueEntry, path: Path) -> CSQ:
        return CSQ(
            id=number,
            name=entry.name,
            auto_work=entry.auto_work,
            wrapup_time_s=entry.wrapup_time_s,
            service_level_s=entry.service_level_s,
            service_level_percent=entry.service_level_percent,
            pool=self._pool(entry, path),
            criterion=entry.criterion,
            ring_no_answer_s=entry.ring_no_answer_s,
            prompt=entry.prompt,
            type=CSQType[entry.type],
        )

    def _pool(self, entry: QueueEntry, path: Path) -> Pool:
        if entry.resource_group:
            if entry.skills:
                reason = "a queue has a resource group or skills, not both"
                self._faults.append(self._source.fault((*path, "skills"), reason))
            number = self._groups.find(entry.resource_group, (*path, "resourceGroup"))
            return ResourceGroupPool(0 if number is None else number)
        needed = []
        for index, one in enumerate(entry.skills):
            number = self._skills.find(one.skill, (*path, "skills", index))
            if number is not None:
                needed.append(RequiredSkill(number, one.minimum, one.weight))
        return SkillPool(tuple(needed))


def _put(path: Path, was: object, value: Any) -> Iterator[tuple[Path, Edit]]:
    if was is None:
        yield path, Add(value)
    elif was != value:
        yield path, Replace(value)

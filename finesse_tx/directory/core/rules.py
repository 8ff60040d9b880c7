"""What may be in the directory: each kind's rules, each complaint with what would be right.

The lengths are those of the tables and of GED-188: a login id or an extension that is cut on its way to a CTI client
would be somebody else's.

Spec: ``engine.md`` §1 (fields and limits); ``cti.md`` §9.10 (lengths of Extension, TeamName).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from finesse_tx.directory.core.draft import Draft
from finesse_tx.directory.core.edits import Thing
from finesse_tx.directory.core.limits import MAX_SKILLS, check_queue
from finesse_tx.directory.core.queues import (
    MAX_COMPETENCE,
    MAX_WEIGHT,
    ResourceGroup,
    ResourceGroupPool,
    Skill,
    SkillPool,
)
from finesse_tx.directory.core.records import CSQ, Person, Role, Team, Trigger
from finesse_tx.errors import ConfigError

__all__ = [
    "MAX_EXTENSION",
    "MAX_LOGIN_ID",
    "MAX_TEAM_NAME",
    "MIN_PASSWORD",
    "Complaint",
    "complaints",
    "extension_complaint",
    "password_complaints",
    "removal_complaints",
]

MAX_LOGIN_ID: Final = 64
MAX_LOGIN_NAME: Final = 255
MAX_NAME: Final = 128
"""Of a first name, and of a last name."""
MAX_EXTENSION: Final = 15
MAX_TEAM_NAME: Final = 49
MAX_QUEUE_NAME: Final = 50
"""Of a skill or a resource group, too."""
MAX_WRAPUP_S: Final = 7_200
MAX_RING_S: Final = 3_600
MAX_PROMPT: Final = 128
MIN_PASSWORD: Final = 8
MAX_PASSWORD: Final = 1_024
_INT: Final = 2**31 - 1

_LOGIN_ID: Final = re.compile(r"[A-Za-z0-9._@+-]+")
_NUMBER: Final = re.compile(r"[0-9]+")
_RESERVED: Final = "finesse"
"""The XMPP account of the web services."""

_MANY: Final = 10
"""So many of what there is are named; of more, it is said how many."""


class Complaint(NamedTuple):
    """Why something may not be.

    Attributes:
        field: What is wrong: an attribute's name; empty where it is the whole.
        reason: What is wrong with it.
        allowed: What would be right; may be empty.
    """

    field: str
    reason: str
    allowed: str = ""


def complaints(thing: Thing, draft: Draft, was: Thing | None) -> Iterator[Complaint]:
    """What is wrong with something that is to be there.

    Args:
        thing: It.
        draft: What else is there. That an extension is one person's only is not looked at here
            (`extension_complaint`): two people may swap theirs.
        was: What it replaces; None for something new.
    """
    match thing:
        case Person():
            yield from _person(thing, draft, was if isinstance(was, Person) else None)
        case Team():
            yield from _name(thing, draft.teams.values(), MAX_TEAM_NAME)
            yield from _supervisors(thing, draft)
        case Skill():
            yield from _name(thing, draft.skills.values(), MAX_QUEUE_NAME)
        case ResourceGroup():
            yield from _name(thing, draft.groups.values(), MAX_QUEUE_NAME)
        case CSQ():
            yield from _csq(thing, draft)
        case Trigger():
            yield from _trigger(thing, draft)


# People ---------------------------------------------------------------------------------------------------------


def _person(person: Person, draft: Draft, was: Person | None) -> Iterator[Complaint]:
    if was is None:
        yield from _login_id(person.login_id)
    yield from _login_name(person, draft, was)
    yield from _text("first_name", person.first_name, 0, MAX_NAME)
    yield from _text("last_name", person.last_name, 1, MAX_NAME)
    if not person.roles:
        yield Complaint("roles", "there are none", _one_of(role.value for role in Role))
    if person.extension:
        yield from _number("extension", person.extension)
    elif person.is_agent:
        yield Complaint("extension", "an agent or a supervisor needs one")
    if person.team_id is None and person.is_agent:
        yield Complaint("team_id", "an agent or a supervisor needs a team", _named(draft.teams))
    elif person.team_id is not None and person.team_id not in draft.teams:
        yield Complaint("team_id", f"there is no team {person.team_id}", _named(draft.teams))
    if Role.SUPERVISOR not in person.roles:
        supervised = [t.name for t in draft.teams.values() if person.login_id in t.supervisors]
        if supervised:
            yield Complaint(
                "roles", f"supervises {_list(supervised)}", "let somebody else supervise it first"
            )
    yield from _competences(person, draft)
    group_id = person.resource_group_id
    if group_id is not None and group_id not in draft.groups:
        reason = f"there is no resource group {group_id}"
        yield Complaint("resource_group_id", reason, _named(draft.groups))
    yield from _range("group_position", person.group_position, 0, _INT)


def _login_id(login_id: str) -> Iterator[Complaint]:
    if not _LOGIN_ID.fullmatch(login_id) or len(login_id) > MAX_LOGIN_ID:
        yield Complaint(
            "login_id",
            f'"{login_id[:MAX_LOGIN_ID]}" is none',
            f"1 to {MAX_LOGIN_ID} letters (a to z), digits and . _ @ + -",
        )
    elif login_id.casefold() == _RESERVED:
        yield Complaint("login_id", f'"{login_id}" is the account of the web services')


def _login_name(person: Person, draft: Draft, was: Person | None) -> Iterator[Complaint]:
    yield from _text("login_name", person.login_name, 1, MAX_LOGIN_NAME)
    if ":" in person.login_name:
        yield Complaint("login_name", "a colon ends the name in HTTP's Basic authentication")
    for field, name in (("login_id", person.login_id), ("login_name", person.login_name)):
        other = draft.who_signs_in_as(name)
        if other is not None and (was is None or other != person.login_id):
            said = other if other == name else f"{other} (capital letters make no difference)"
            yield Complaint(field, f'"{name}" is taken by {said}', "choose another")
            return


def _competences(person: Person, draft: Draft) -> Iterator[Complaint]:
    if len(person.competences) > MAX_SKILLS:
        yield Complaint("competences", f"{len(person.competences)} skills", f"at most {MAX_SKILLS}")
    yield from _skills("competences", [c.skill_id for c in person.competences], draft)
    for skill_id, level in person.competences:
        if skill_id in draft.skills:
            name = draft.skills[skill_id].name
            yield from _range("competences", level, 1, MAX_COMPETENCE, f"{name} ")


def extension_complaint(person: Person, draft: Draft) -> Complaint | None:
    """Whether somebody has a number that is somebody else's, when all edits are made."""
    if not person.extension or person.login_id in draft.disabled:
        return None
    others = [login for login in draft.holders(person.extension) if login != person.login_id]
    if others:
        return Complaint("extension", f"{person.extension} is {others[0]}'s", "choose another")
    if person.extension in draft.triggers:
        name = draft.triggers[person.extension].application_name
        reason = f'{person.extension} is the route point of "{name}"'
        return Complaint("extension", reason, "choose another")
    return None


def password_complaints(password: str | None, login_id: str) -> Iterator[Complaint]:
    """What is wrong with a password."""
    if password is None:
        return
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        yield Complaint(
            "password",
            f"has {len(password)} characters",
            f"{MIN_PASSWORD} to {MAX_PASSWORD} characters",
        )
    elif password.casefold() == login_id.casefold():
        yield Complaint("password", "is the login id", "choose another")


# Teams, queues, triggers ----------------------------------------------------------------------------------------


def _supervisors(team: Team, draft: Draft) -> Iterator[Complaint]:
    seen: set[str] = set()
    for field, login_ids in (
        ("primary_supervisor", (team.primary_supervisor,) if team.primary_supervisor else ()),
        ("secondary_supervisors", team.secondary_supervisors),
    ):
        for login_id in login_ids:
            person = draft.people.get(login_id)
            if person is None:
                yield Complaint(field, f'there is no "{login_id}"')
            elif Role.SUPERVISOR not in person.roles:
                yield Complaint(field, f"{login_id} is no supervisor", "give that role first")
            elif login_id in seen:
                yield Complaint(field, f"{login_id} supervises it already")
            seen.add(login_id)


def _csq(csq: CSQ, draft: Draft) -> Iterator[Complaint]:
    yield from _name(csq, draft.csqs.values(), MAX_QUEUE_NAME)
    yield from _range("wrapup_time_s", csq.wrapup_time_s, 0, MAX_WRAPUP_S)
    yield from _range("service_level_s", csq.service_level_s, 0, _INT)
    yield from _range("service_level_percent", csq.service_level_percent, 1, 100)
    if csq.ring_no_answer_s is not None:
        yield from _range("ring_no_answer_s", csq.ring_no_answer_s, 1, MAX_RING_S)
    yield from _text("prompt", csq.prompt, 0, MAX_PROMPT)
    match csq.pool:
        case ResourceGroupPool(group_id):
            if group_id not in draft.groups:
                yield Complaint(
                    "pool", f"there is no resource group {group_id}", _named(draft.groups)
                )
        case SkillPool(skills):
            yield from _skills("pool", [skill.skill_id for skill in skills], draft)
            for skill in skills:
                yield from _range("pool", skill.minimum, 1, MAX_COMPETENCE, "minimum ")
                yield from _range("pool", skill.weight, 1, MAX_WEIGHT, "weight ")
    try:
        check_queue(csq)
    except ConfigError as error:
        yield Complaint("criterion", error.reason, error.fix)


def _trigger(trigger: Trigger, draft: Draft) -> Iterator[Complaint]:
    yield from _number("route_point", trigger.route_point)
    if holders := draft.holders(trigger.route_point):
        reason = f"{trigger.route_point} is {holders[0]}'s extension"
        yield Complaint("route_point", reason, "choose another")
    yield from _range("application_id", trigger.application_id, 1, _INT)
    for other in draft.triggers.values():
        if (
            other.application_id == trigger.application_id
            and other.route_point != trigger.route_point
        ):
            reason = f"{trigger.application_id} is trigger {other.route_point}'s"
            yield Complaint("application_id", reason, "choose another")
    yield from _text("application_name", trigger.application_name, 1, 64)
    if trigger.csq_id is not None and trigger.csq_id not in draft.csqs:
        yield Complaint("csq_id", f"there is no queue {trigger.csq_id}", _named(draft.csqs))
    elif trigger.csq_id is None and not trigger.script:
        yield Complaint("csq_id", "a trigger needs a queue, or a script", _named(draft.csqs))
    yield from _text("script", trigger.script, 0, 64)
    yield from _range("max_sessions", trigger.max_sessions, 0, _INT)
    yield from _text("language", trigger.language, 0, 16)
    names = [name for name, _ in trigger.variables]
    for name, value in trigger.variables:
        yield from _text("variables", name, 1, 64)
        yield from _text("variables", value, 0, 255)
        if names.count(name) > 1:
            yield Complaint("variables", f'"{name}" is there twice')


# Removing -------------------------------------------------------------------------------------------------------


def removal_complaints(thing: Thing, draft: Draft) -> Iterator[Complaint]:
    """Who still needs what is to be removed."""
    match thing:
        case Team():
            members = [p.login_id for p in draft.people.values() if p.team_id == thing.id]
            if members:
                yield Complaint(
                    "", f"{_list(members)} are in it", "move them to another team first"
                )
        case Skill():
            queues = [
                csq.name
                for csq in draft.csqs.values()
                if isinstance(csq.pool, SkillPool)
                and any(skill.skill_id == thing.id for skill in csq.pool.skills)
            ]
            if queues:
                yield Complaint("", f"the queues {_list(queues)} ask for it", "change them first")
        case ResourceGroup():
            pool = ResourceGroupPool(thing.id)
            queues = [csq.name for csq in draft.csqs.values() if csq.pool == pool]
            if queues:
                yield Complaint("", f"it is the pool of {_list(queues)}", "change them first")
        case CSQ():
            numbers = [t.route_point for t in draft.triggers.values() if t.csq_id == thing.id]
            if numbers:
                yield Complaint(
                    "", f"the triggers {_list(numbers)} lead to it", "let them lead elsewhere first"
                )


# What they have in common ---------------------------------------------------------------------------------------

Named = Team | Skill | ResourceGroup | CSQ


def _name(thing: Named, there: Iterable[Named], most: int) -> Iterator[Complaint]:
    yield from _text("name", thing.name, 1, most)
    for other in there:
        if other.id != thing.id and other.name.casefold() == thing.name.casefold():
            yield Complaint("name", f'"{thing.name}" is taken', "choose another")
            return


def _skills(field: str, skill_ids: list[int], draft: Draft) -> Iterator[Complaint]:
    for place, skill_id in enumerate(skill_ids):
        if skill_id not in draft.skills:
            yield Complaint(field, f"there is no skill {skill_id}", _named(draft.skills))
        elif skill_id in skill_ids[:place]:
            yield Complaint(field, f'"{draft.skills[skill_id].name}" is there twice')


def _text(field: str, text: str, least: int, most: int) -> Iterator[Complaint]:
    if not least <= len(text) <= most:
        reason = f"has {len(text)} characters" if text else "is empty"
        yield Complaint(field, reason, f"{least} to {most} characters")
    elif not text.isprintable():
        yield Complaint(field, "has characters that cannot be printed")
    elif text != text.strip():
        yield Complaint(field, f'"{text}" begins or ends with a space')


def _number(field: str, number: str) -> Iterator[Complaint]:
    if not _NUMBER.fullmatch(number) or len(number) > MAX_EXTENSION:
        reason = f'"{number[: 2 * MAX_EXTENSION]}" is no number'
        yield Complaint(field, reason, f"1 to {MAX_EXTENSION} digits")


def _range(field: str, value: float, least: int, most: int, about: str = "") -> Iterator[Complaint]:
    if not least <= value <= most:
        yield Complaint(field, f"{about}{value}", f"{least} to {most}")


def _named(
    things: dict[int, Team] | dict[int, Skill] | dict[int, ResourceGroup] | dict[int, CSQ],
) -> str:
    if not things:
        return "there are none yet"
    return "there are: " + _list(f"{thing.id} ({thing.name})" for thing in things.values())


def _one_of(names: Iterable[str]) -> str:
    return f"one or more of {', '.join(names)}"


def _list(names: Iterable[str]) -> str:
    found = list(names)
    more = f" and {len(found) - _MANY} more" if len(found) > _MANY else ""
    return ", ".join(found[:_MANY]) + more

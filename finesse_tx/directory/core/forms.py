"""The directory as JSON: everyone who is in it, and edits of it.

    {"do": "add", "value": {"kind": "Team", "id": -1, "name": "Night"}}
    {"do": "replace", "value": {"kind": "User", "loginId": "ann", …}}
    {"do": "remove", "kind": "Skill", "key": "3"}
    {"do": "setEnabled", "loginId": "ann", "enabled": false}
    {"do": "setPassword", "loginId": "ann", "password": "…"}

A value is whole: what it leaves out is as in a new one. Whom and what there may be is `finesse_tx.directory.core.rules`'
to say; here it is only whether a text is such a value at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from finesse_tx.directory.core import edits
from finesse_tx.directory.core.edits import Edit, EditsRefusedError, Fault, Key, Register, Thing
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

__all__ = ["Form", "FormsError", "edits_of", "faults_json", "form_of", "register_json", "thing_of"]

Id = Annotated[int, Meta(ge=-(2**31), lt=2**31)]


class FormsError(ValueError):
    """A text is no list of edits; says where and why."""


class CompetenceForm(Struct, rename="camel", forbid_unknown_fields=True):
    """How well somebody has a skill."""

    skill_id: Id
    level: int


class RequiredSkillForm(Struct, rename="camel", forbid_unknown_fields=True):
    """What a queue asks for."""

    skill_id: Id
    minimum: int = 1
    weight: int = 1


class PersonForm(
    Struct, rename="camel", forbid_unknown_fields=True, tag="User", tag_field="kind", kw_only=True
):
    """A `Person`; without a name for signing in that is the login id."""

    login_id: str
    login_name: str = ""
    first_name: str = ""
    last_name: str = ""
    extension: str = ""
    roles: list[Role] = []
    team_id: Id | None = None
    automatic_available: bool = True
    competences: list[CompetenceForm] = []
    resource_group_id: Id | None = None
    group_position: int = 0


class TeamForm(
    Struct, rename="camel", forbid_unknown_fields=True, tag="Team", tag_field="kind", kw_only=True
):
    """A `Team`."""

    id: Id = 0
    name: str
    primary_supervisor: str = ""
    secondary_supervisors: list[str] = []


class SkillForm(Struct, forbid_unknown_fields=True, tag="Skill", tag_field="kind", kw_only=True):
    """A `Skill`."""

    id: Id = 0
    name: str


class ResourceGroupForm(
    Struct, forbid_unknown_fields=True, tag="ResourceGroup", tag_field="kind", kw_only=True
):
    """A `ResourceGroup`."""

    id: Id = 0
    name: str


class QueueForm(
    Struct, rename="camel", forbid_unknown_fields=True, tag="Queue", tag_field="kind", kw_only=True
):
    """A `CSQ`; its agents are a resource group, or have skills."""

    id: Id = 0
    name: str
    auto_work: bool = False
    wrapup_time_s: int = 0
    service_level_s: int = 5
    service_level_percent: int = 70
    resource_group_id: Id | None = None
    skills: list[RequiredSkillForm] = []
    criterion: Criterion = Criterion.LONGEST_AVAILABLE
    ring_no_answer_s: float | None = None
    prompt: str = ""


class TriggerForm(
    Struct,
    rename="camel",
    forbid_unknown_fields=True,
    tag="Trigger",
    tag_field="kind",
    kw_only=True,
):
    """A `Trigger`."""

    route_point: str
    application_id: int
    application_name: str
    csq_id: Id | None = None
    script: str = ""
    max_sessions: int = 0
    language: str = ""
    variables: dict[str, str] = {}


Form = PersonForm | TeamForm | SkillForm | ResourceGroupForm | QueueForm | TriggerForm


class AddForm(Struct, forbid_unknown_fields=True, tag="add", tag_field="do"):
    """An `edits.Add`."""

    value: Form


class ReplaceForm(Struct, forbid_unknown_fields=True, tag="replace", tag_field="do"):
    """An `edits.Replace`."""

    value: Form


class RemoveForm(Struct, forbid_unknown_fields=True, tag="remove", tag_field="do"):
    """An `edits.Remove`; ids are texts here, as login ids are."""

    kind: str
    key: str


class EnableForm(
    Struct, rename="camel", forbid_unknown_fields=True, tag="setEnabled", tag_field="do"
):
    """An `edits.SetEnabled`."""

    login_id: str
    enabled: bool


class PasswordForm(
    Struct, rename="camel", forbid_unknown_fields=True, tag="setPassword", tag_field="do"
):
    """An `edits.SetPassword`."""

    login_id: str
    password: str | None


EditForm = AddForm | ReplaceForm | RemoveForm | EnableForm | PasswordForm

_BY_NAME: Final = {name: kind for kind, name in edits.KINDS.items()}
_BY_TEXT: Final = frozenset({"User", "Trigger"})


def edits_of(document: bytes) -> list[Edit]:
    """Read a list of edits.

    Raises:
        FormsError: It is none.
    """
    try:
        forms = msgspec.json.decode(document, type=list[EditForm])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FormsError(str(error)) from None
    return [_edit(form) for form in forms]


def _edit(form: EditForm) -> Edit:
    match form:
        case AddForm(value):
            return edits.Add(thing_of(value))
        case ReplaceForm(value):
            return edits.Replace(thing_of(value))
        case RemoveForm(name, text):
            kind = _BY_NAME.get(name)
            if kind is None:
                raise FormsError(f"There is no kind {name}; there are {', '.join(_BY_NAME)}")
            key: Key = text
            if name not in _BY_TEXT:
                if not text.isascii() or not text.isdigit() or len(text) > 9:
                    raise FormsError(f"The key of a {name} is a number, not {text[:40]}")
                key = int(text)
            return edits.Remove(kind, key)
        case EnableForm(login_id, enabled):
            return edits.SetEnabled(login_id, enabled)
        case PasswordForm(login_id, password):
            return edits.SetPassword(login_id, password)


def thing_of(form: Form) -> Thing:
    """What a form describes."""
    match form:
        case PersonForm():
            return Person(
                login_id=form.login_id,
                login_name=form.login_name or form.login_id,
                first_name=form.first_name,
                last_name=form.last_name,
                extension=form.extension,
                roles=frozenset(form.roles),
                team_id=form.team_id,
                automatic_available=form.automatic_available,
                competences=tuple(Competence(c.skill_id, c.level) for c in form.competences),
                resource_group_id=form.resource_group_id,
                group_position=form.group_position,
            )
        case TeamForm():
            return Team(
                form.id, form.name, form.primary_supervisor, tuple(form.secondary_supervisors)
            )
        case SkillForm():
            return Skill(form.id, form.name)
        case ResourceGroupForm():
            return ResourceGroup(form.id, form.name)
        case QueueForm():
            return _queue(form)
        case TriggerForm():
            return Trigger(
                route_point=form.route_point,
                application_id=form.application_id,
                application_name=form.application_name,
                csq_id=form.csq_id,
                script=form.script,
                max_sessions=form.max_sessions,
                language=form.language,
                variables=tuple(form.variables.items()),
            )


def _queue(form: QueueForm) -> CSQ:
    if form.resource_group_id is not None and form.skills:
        raise FormsError(f'Queue "{form.name}" has a resource group or skills, not both')
    needed = tuple(RequiredSkill(s.skill_id, s.minimum, s.weight) for s in form.skills)
    group_id = form.resource_group_id
    return CSQ(
        id=form.id,
        name=form.name,
        auto_work=form.auto_work,
        wrapup_time_s=form.wrapup_time_s,
        service_level_s=form.service_level_s,
        service_level_percent=form.service_level_percent,
        pool=SkillPool(needed) if group_id is None else ResourceGroupPool(group_id),
        criterion=form.criterion,
        ring_no_answer_s=form.ring_no_answer_s,
        prompt=form.prompt,
    )


def form_of(thing: Thing) -> Form:
    """The form that describes something."""
    match thing:
        case Person():
            return PersonForm(
                login_id=thing.login_id,
                login_name=thing.login_name,
                first_name=thing.first_name,
                last_name=thing.last_name,
                extension=thing.extension,
                roles=sorted(thing.roles, key=lambda role: list(Role).index(role)),
                team_id=thing.team_id,
                automatic_available=thing.automatic_available,
                competences=[CompetenceForm(*competence) for competence in thing.competences],
                resource_group_id=thing.resource_group_id,
                group_position=thing.group_position,
            )
        case Team():
            return TeamForm(
                id=thing.id,
                name=thing.name,
                primary_supervisor=thing.primary_supervisor,
                secondary_supervisors=list(thing.secondary_supervisors),
            )
        case Skill():
            return SkillForm(id=thing.id, name=thing.name)
        case ResourceGroup():
            return ResourceGroupForm(id=thing.id, name=thing.name)
        case CSQ(pool=pool):
            group_id, skills = None, list[RequiredSkillForm]()
            if isinstance(pool, ResourceGroupPool):
                group_id = pool.resource_group_id
            else:
                skills = [RequiredSkillForm(*skill) for skill in pool.skills]
            return QueueForm(
                id=thing.id,
                name=thing.name,
                auto_work=thing.auto_work,
                wrapup_time_s=thing.wrapup_time_s,
                service_level_s=thing.service_level_s,
                service_level_percent=thing.service_level_percent,
                resource_group_id=group_id,
                skills=skills,
                criterion=thing.criterion,
                ring_no_answer_s=thing.ring_no_answer_s,
                prompt=thing.prompt,
            )
        case Trigger():
            return TriggerForm(
                route_point=thing.route_point,
                application_id=thing.application_id,
                application_name=thing.application_name,
                csq_id=thing.csq_id,
                script=thing.script,
                max_sessions=thing.max_sessions,
                language=thing.language,
                variables=dict(thing.variables),
            )


def register_json(register: Register) -> bytes:
    """Everyone and everything, by kind; of people also who may sign in, and who has a password of ours."""
    snapshot = register.snapshot
    kinds: dict[str, Sequence[Thing]] = {
        "User": snapshot.people,
        "Team": snapshot.teams,
        "Skill": snapshot.skills,
        "ResourceGroup": snapshot.resource_groups,
        "Queue": snapshot.csqs,
        "Trigger": snapshot.triggers,
    }
    found: dict[str, object] = {
        name: [form_of(thing) for thing in things] for name, things in kinds.items()
    }
    found["disabled"] = sorted(register.disabled)
    found["withPassword"] = sorted(register.passwords)
    return msgspec.json.encode(found)


def faults_json(refused: EditsRefusedError) -> bytes:
    """What is wrong with a list of edits, by edit, with fields as forms name them."""

    def told(fault: Fault) -> dict[str, object]:
        first, *rest = fault.field.split("_")
        return {
            "index": fault.index,
            "what": fault.what,
            "field": first + "".join(word.capitalize() for word in rest),
            "reason": fault.reason,
            "allowed": fault.allowed,
        }

    faults = [told(fault) for fault in refused.faults]
    return msgspec.json.encode({"error": str(refused), "faults": faults})

"""What is configured, as a document.

Things stand in the order of what they are known by, not of when they were made: two systems that are configured in
the same way have the same text. What has an order of its own keeps it: contacts, a team's lists, a queue's skills.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from finesse_tx.configuration.core.campaigns import entry_of
from finesse_tx.configuration.core.document import (
    FORMAT,
    Configuration,
    Document,
    PhoneBookEntry,
    QueueEntry,
    ReasonCodeEntry,
    RequiredSkillEntry,
    ResourceGroupEntry,
    SkillEntry,
    TeamEntry,
    TriggerEntry,
    UserEntry,
    WorkflowEntry,
)
from finesse_tx.directory.core.queues import CSQType, ResourceGroupPool
from finesse_tx.directory.core.records import CSQ, Person, ReasonCategory, Role, Team, Trigger
from finesse_tx.webservices.core.administration.objects import (
    MediaPropertiesLayout,
    PhoneBook,
    Workflow,
    WorkflowAction,
    WrapUpReason,
)

__all__ = ["bare", "document_of", "workflow_entry"]

_TYPES: Final[Mapping[CSQType, Literal["VOICE", "EMAIL", "CHAT"]]] = {
    CSQType.VOICE: "VOICE",
    CSQType.EMAIL: "EMAIL",
    CSQType.CHAT: "CHAT",
}


def document_of(there: Configuration) -> Document:
    """Write down what is configured; passwords and ids stay behind."""
    snapshot, settings = there.register.snapshot, there.settings
    skills = {skill.id: skill.name for skill in snapshot.skills}
    groups = {group.id: group.name for group in snapshot.resource_groups}
    teams = {team.id: team.name for team in snapshot.teams}
    queues = {csq.id: csq.name for csq in snapshot.csqs}
    singles: dict[str, Any] = dict(settings.singles)
    return Document(
        format=FORMAT,
        skills=tuple(SkillEntry(name=name) for name in _by_name(skills)),
        groups=tuple(ResourceGroupEntry(name=name) for name in _by_name(groups)),
        teams=tuple(
            _team(team, there) for team in sorted(snapshot.teams, key=lambda one: _key(one.name))
        ),
        people=tuple(
            _person(person, there, teams, skills, groups)
            for person in sorted(snapshot.people, key=lambda one: _key(one.login_id))
        ),
        queues=tuple(
            _queue(csq, skills, groups)
            for csq in sorted(snapshot.csqs, key=lambda one: _key(one.name))
        ),
        triggers=tuple(
            _trigger(trigger, queues)
            for trigger in sorted(snapshot.triggers, key=lambda one: one.route_point)
        ),
        campaigns=tuple(
            entry_of(one, queues) for one in sorted(there.campaigns, key=lambda one: _key(one.name))
        ),
        reasons=tuple(
            ReasonCodeEntry(
                category=one.category,
                code=one.code,
                label=one.label,
                for_all=one.for_all,
                system_code=one.system_code,
            )
            for one in sorted(snapshot.reason_codes, key=lambda one: (one.category.value, one.code))
        ),
        wrap_up_reasons=tuple(
            bare(one) for one in sorted(settings.all(WrapUpReason), key=lambda one: _key(one.label))
        ),
        call_layouts=tuple(
            bare(one)
            for one in sorted(settings.all(MediaPropertiesLayout), key=lambda one: _key(one.name))
        ),
        phone_books=tuple(
            PhoneBookEntry(
                name=book.name,
                type=book.type,
                contacts=tuple(map(bare, settings.contacts_of(number))),
            )
            for number, book in sorted(
                settings.objects.get(PhoneBook, {}).items(), key=lambda item: _key(item[1].name)
            )
        ),
        actions=tuple(
            bare(one)
            for one in sorted(settings.all(WorkflowAction), key=lambda one: _key(one.name))
        ),
        workflows=tuple(
            workflow_entry(one)
            for one in sorted(settings.all(Workflow), key=lambda one: _key(one.name))
        ),
        system_config=singles.get("SystemConfig"),
        cluster_config=singles.get("ClusterConfig"),
        enterprise_database_config=singles.get("EnterpriseDatabaseConfig"),
        ecc_variable_config=singles.get("ECCVariableConfig"),
        chat_config=singles.get("ChatConfig"),
        cloud_connect_config=singles.get("CloudConnectConfig"),
        cors_config=singles.get("CORSConfig"),
        layout_config=singles.get("LayoutConfig"),
    )


def bare(value: Any) -> Any:
    """An object without its path, as its ids stay behind."""
    if isinstance(value, PhoneBook):
        return msgspec.structs.replace(value, uri="", contacts="")
    return msgspec.structs.replace(value, uri="")


def _key(name: str) -> tuple[str, str]:
    return name.casefold(), name


def _by_name(names: Mapping[int, str]) -> Iterable[str]:
    return sorted(names.values(), key=_key)


def _team(team: Team, there: Configuration) -> TeamEntry:
    settings = there.settings

    def own(category: ReasonCategory) -> tuple[str, ...]:
        found = [
            one
            for one in there.register.snapshot.reason_codes
            if one.category is category and team.id in one.team_ids and not one.for_all
        ]
        return tuple(one.label for one in sorted(found, key=lambda one: one.code))

    return TeamEntry(
        name=team.name,
        primary_supervisor=team.primary_supervisor,
        secondary_supervisors=team.secondary_supervisors,
        not_ready_reasons=own(ReasonCategory.NOT_READY),
        logout_reasons=own(ReasonCategory.LOGOUT),
        wrap_up_reasons=tuple(one.label for one in settings.assigned_to(team.id, WrapUpReason)),
        media_properties_layouts=tuple(
            one.name for one in settings.assigned_to(team.id, MediaPropertiesLayout)
        ),
        phone_books=tuple(one.name for one in settings.assigned_to(team.id, PhoneBook)),
        workflows=tuple(one.name for one in settings.assigned_to(team.id, Workflow)),
        layoutxml=settings.team_layouts.get(team.id, ""),
    )


def _person(
    person: Person,
    there: Configuration,
    teams: Mapping[int, str],
    skills: Mapping[int, str],
    groups: Mapping[int, str],
) -> UserEntry:
    team_id, group_id = person.team_id, person.resource_group_id
    return UserEntry(
        login_id=person.login_id,
        login_name="" if person.login_name == person.login_id else person.login_name,
        first_name=person.first_name,
        last_name=person.last_name,
        extension=person.extension,
        roles=tuple(role for role in Role if role in person.roles),
        team="" if team_id is None else teams[team_id],
        automatic_available=person.automatic_available,
        skills={skills[one.skill_id]: one.level for one in person.competences},
        resource_group="" if group_id is None else groups[group_id],
        group_position=person.group_position,
        enabled=person.login_id not in there.register.disabled,
        source=person.source,
    )


def _queue(csq: CSQ, skills: Mapping[int, str], groups: Mapping[int, str]) -> QueueEntry:
    group, needed = "", tuple[RequiredSkillEntry, ...]()
    if isinstance(csq.pool, ResourceGroupPool):
        group = groups[csq.pool.resource_group_id]
    else:
        needed = tuple(
            RequiredSkillEntry(skill=skills[one.skill_id], minimum=one.minimum, weight=one.weight)
            for one in csq.pool.skills
        )
    return QueueEntry(
        name=csq.name,
        type=_TYPES[csq.type],
        auto_work=csq.auto_work,
        wrapup_time_s=csq.wrapup_time_s,
        service_level_s=csq.service_level_s,
        service_level_percent=csq.service_level_percent,
        resource_group=group,
        skills=needed,
        criterion=csq.criterion,
        ring_no_answer_s=csq.ring_no_answer_s,
        prompt=csq.prompt,
    )


def _trigger(trigger: Trigger, queues: Mapping[int, str]) -> TriggerEntry:
    return TriggerEntry(
        route_point=trigger.route_point,
        application_id=trigger.application_id,
        application_name=trigger.application_name,
        queue="" if trigger.csq_id is None else queues[trigger.csq_id],
        script=trigger.script,
        max_sessions=trigger.max_sessions,
        language=trigger.language,
        variables=dict(trigger.variables),
    )


def workflow_entry(workflow: Workflow) -> WorkflowEntry:
    """A workflow, as a document has it."""
    return WorkflowEntry(
        name=workflow.name,
        description=workflow.description,
        media=workflow.media,
        trigger_set=workflow.trigger_set,
        condition_set=workflow.condition_set,
        workflow_actions=tuple(one.name for one in workflow.workflow_actions),
    )

"""Documents of a whole configuration: a sample with everything in it, and any that can be taken in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import msgspec
from hypothesis import strategies as st

from finesse_tx.configuration.core.carrying import resolved
from finesse_tx.configuration.core.document import Configuration
from finesse_tx.configuration.core.text import Source, read
from finesse_tx.directory.core.edits import Thing, key_of
from finesse_tx.directory.core.edits import resolved as thing_resolved
from finesse_tx.directory.core.queues import CSQ, ResourceGroup, Skill
from finesse_tx.directory.core.records import Person, Snapshot, Team
from finesse_tx.webservices.core.administration.changes import Replace
from finesse_tx.webservices.core.administration.objects import Workflow, WorkflowAction
from finesse_tx.webservices.core.administration.settings import numbered

__all__ = ["DOCUMENTS", "SAMPLE", "kept", "source_of"]

_FIRST: Final = 1_000
"""The ids that `kept` gives are above this."""


def kept(there: Configuration) -> Configuration:
    """What a store makes of a configuration that was planned: with ids of its own for stand-ins."""

    def real(number: int) -> int:
        return number if number >= 0 else _FIRST - number

    def ordered(thing: Thing) -> Thing:
        if isinstance(thing, Person):
            return replace(thing, competences=tuple(sorted(thing.competences)))
        return thing

    snapshot, settings = there.register.snapshot, there.settings
    things: dict[str, Any] = {
        "people": snapshot.people,
        "teams": snapshot.teams,
        "csqs": snapshot.csqs,
        "triggers": snapshot.triggers,
        "skills": snapshot.skills,
        "resource_groups": snapshot.resource_groups,
    }
    ids: dict[Any, int] = {
        (kind, -number): real(-number)
        for kind in (Team, CSQ, Skill, ResourceGroup)
        for number in range(1, 100)
    }
    actions: dict[Any, int] = {(WorkflowAction, -number): real(-number) for number in range(1, 100)}

    def settled(of: tuple[Thing, ...]) -> Any:
        return tuple(sorted((ordered(thing_resolved(one, ids)) for one in of), key=key_of))

    objects: dict[Any, dict[int, Any]] = {
        kind: {real(number): numbered(value, real(number)) for number, value in of.items()}
        for kind, of in settings.objects.items()
    }
    for number, workflow in objects.get(Workflow, {}).items():
        change = resolved(Replace(number, workflow), actions)
        assert isinstance(change, Replace)
        objects[Workflow][number] = change.value
    register = replace(
        there.register,
        snapshot=Snapshot(
            **{name: settled(of) for name, of in things.items()},
            reason_codes=tuple(
                replace(one, id=real(one.id), team_ids=frozenset(map(real, one.team_ids)))
                for one in snapshot.reason_codes
            ),
        ),
    )
    return Configuration(
        register,
        replace(
            settings,
            objects=objects,
            contacts={real(number): of for number, of in settings.contacts.items()},
            assigned={
                (real(team_id), kind): tuple(map(real, of))
                for (team_id, kind), of in settings.assigned.items()
            },
            team_layouts={real(number): xml for number, xml in settings.team_layouts.items()},
        ),
        tuple(
            replace(one, id=real(one.id), csq_id=real(one.csq_id))
            for one in sorted(there.campaigns, key=lambda one: real(one.id))
        ),
        there.called,
    )


def source_of(document: dict[str, Any]) -> Source:
    """A document, as it is read from JSON."""
    return read(msgspec.json.encode({"format": 1} | document))


SAMPLE: Final = """\
format = 1

[[Skill]]
name = "Sales"

[[ResourceGroup]]
name = "Back office"

[[Team]]
name = "Night"
primarySupervisor = "boss"
notReadyReasons = [
    "Prayer",
]
wrapUpReasons = [
    "Sold",
    "Lost",
]
mediaPropertiesLayouts = [
    "Short",
]
phoneBooks = [
    "Doctors",
]
workflows = [
    "Greet",
]
layoutxml = '''
<finesseLayout xmlns="http://www.cisco.com/vtg/finesse">
  <layout><role>Agent</role></layout>
</finesseLayout>
'''

[[User]]
loginId = "ann"
loginName = "Ann.Doe"
firstName = "Ann"
lastName = "Doe"
extension = "1500"
roles = [
    "Agent",
]
team = "Night"
automaticAvailable = false
skills = { Sales = 7 }
resourceGroup = "Back office"
groupPosition = 2
enabled = false

[[User]]
loginId = "boss"
lastName = "Boss"
extension = "2500"
roles = [
    "Agent",
    "Supervisor",
    "Administrator",
]
team = "Night"

[[Queue]]
name = "Letters"
resourceGroup = "Back office"
criterion = "linear"

[[Queue]]
name = "Sales"
autoWork = true
wrapupTimeS = 20
serviceLevelS = 20
serviceLevelPercent = 80
skills = [
    { skill = "Sales", minimum = 3 },
]
ringNoAnswerS = 12.0
prompt = "wait"

[[Trigger]]
routePoint = "6100"
applicationId = 7
applicationName = "Sales"
queue = "Sales"
maxSessions = 5
language = "en_GB"
variables = { greeting = "hello", "two words" = "x" }

[[Campaign]]
name = "Renewals"
mode = "progressive"
queue = "Sales"
windows = "mon-fri 09:00-20:00, sat 10:00-16:00"
timeZone = "Europe/Amsterdam"
maxAttempts = 5
busyRetryS = 60
noAnswerRetryS = 120
machineRetryS = 180
declinedRetryS = 240
linesPerAgent = 2
reservationS = 45

[[ReasonCode]]
category = "LOGOUT"
code = 9
label = "Home"

[[ReasonCode]]
category = "NOT_READY"
code = 12
label = "Prayer"
forAll = false

[[WrapUpReason]]
label = "Lost"
forAll = false

[[WrapUpReason]]
label = "Sold"
forAll = false

[[MediaPropertiesLayout]]
name = "Short"
header = { entry = [
    { displayName = "Who", mediaProperty = "callVariable1", showInPopOver = true },
] }
column = [
    { entry = [
        { displayName = "Why", mediaProperty = "user.why", uiEditable = true },
    ] },
    {},
]

[[PhoneBook]]
name = "Doctors"
type = "TEAM"
contacts = [
    { lastName = "Zander", phoneNumber = "5551", description = "\\"Dr\\"" },
    { lastName = "Adler", phoneNumber = "5550" },
]

[[WorkflowAction]]
name = "Show customer"
type = "BROWSER_POP"
params = [
    { name = "path", value = "https://crm.example.com/?n=${n}" },
]
actionVariables = [
    { name = "n", node = "//Dialog/fromAddress" },
]

[[Workflow]]
name = "Greet"
description = "When it rings"
triggerSet = { name = "CALL_ARRIVES", triggers = [
    { Variable = { name = "mediaType" }, comparator = "IS_EQUAL", value = "Voice" },
] }
conditionSet = { applyMethod = "ANY" }
workflowActions = [
    "Show customer",
]

[SystemConfig]
cti = { host = "127.0.0.1", port = 12028, peripheralId = 1 }

[EnterpriseDatabaseConfig]
host = "db.example.com"
databaseName = "awdb"
username = "finesse"

[ECCVariableConfig]
ECCVariable = [
    { name = "user.why", length = 20 },
]

[ChatConfig]
primaryNode = { host = "chat.example.com", port = 5280 }

[CORSConfig]
allowedOrigins = [
    "https://crm.example.com",
    "http://portal.example.com:8080",
]
"""
"""Everything there is, as it is written: read and written it is the same."""

_WORDS = st.text(st.sampled_from('abÄß😀"\\ #=.-'), min_size=1, max_size=8).filter(
    lambda text: text == text.strip()
)


def _unique(values: st.SearchStrategy[str], most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(values, max_size=most, unique_by=str.casefold)


@st.composite
def _documents(draw: st.DrawFn) -> dict[str, Any]:
    skills, groups = draw(_unique(_WORDS, 3)), draw(_unique(_WORDS, 2))
    teams, queues = draw(_unique(_WORDS, 3)), draw(_unique(_WORDS, 3))
    login_ids = draw(_unique(st.text("abc.-", min_size=1, max_size=4), 4)) if teams else []
    # Few, so that two documents are likely to exchange some.
    names = draw(st.permutations([f"name {number}" for number in range(len(login_ids))]))
    numbers = draw(st.permutations(range(1, len(queues) + 1)))
    supervisors = draw(st.lists(st.sampled_from(login_ids), unique=True)) if login_ids else []
    reasons, wrap_ups = draw(_unique(_WORDS, 4)), draw(_unique(_WORDS, 4))
    books, actions, flows = (
        draw(_unique(_WORDS, 3)),
        draw(_unique(_WORDS, 3)),
        draw(_unique(_WORDS, 2)),
    )
    own = draw(st.lists(st.booleans(), min_size=4, max_size=4))
    levels = st.integers(1, 10)

    def some(names: list[str]) -> list[str]:
        return draw(st.lists(st.sampled_from(names), unique=True)) if names else []

    def assignable(names: list[str]) -> list[str]:
        return [name for name, is_own in zip(names, own, strict=False) if is_own]

    return {
        "Skill": [{"name": name} for name in skills],
        "ResourceGroup": [{"name": name} for name in groups],
        "Team": [
            {
                "name": name,
                "secondarySupervisors": some(supervisors),
                "notReadyReasons": some(assignable(reasons)),
                "wrapUpReasons": some(assignable(wrap_ups)),
                "phoneBooks": some(assignable(books)),
                "workflows": some(flows),
            }
            for name in teams
        ],
        "User": [
            {
                "loginId": login_id,
                "loginName": names[number],
                "firstName": draw(st.just("") | _WORDS),
                "lastName": draw(_WORDS),
                "extension": str(1000 + number),
                "roles": ["Agent", *(["Supervisor"] if login_id in supervisors else [])],
                "team": draw(st.sampled_from(teams)),
                "skills": {name: draw(levels) for name in some(skills)},
                "resourceGroup": draw(st.sampled_from(["", *groups])),
                "enabled": draw(st.booleans()),
            }
            for number, login_id in enumerate(login_ids)
        ],
        "Queue": [
            {
                "name": name,
                "skills": [{"skill": one, "weight": draw(levels)} for one in some(skills)],
            }
            for name in queues
        ],
        "Trigger": [
            {
                "routePoint": str(6000 + number),
                "applicationId": numbers[number],
                "applicationName": name,
                "queue": name,
                "variables": {one: one for one in some(["a", "b c", "ö"])},
            }
            for number, name in enumerate(queues)
        ],
        "Campaign": [
            {"name": name, "queue": draw(st.sampled_from(queues)), "maxAttempts": draw(levels)}
            for name in (draw(_unique(_WORDS, 2)) if queues else [])
        ],
        "ReasonCode": [
            {"category": "NOT_READY", "code": number + 1, "label": name, "forAll": not is_own}
            for number, (name, is_own) in enumerate(zip(reasons, own, strict=False))
        ],
        "WrapUpReason": [
            {"label": name, "forAll": not is_own}
            for name, is_own in zip(wrap_ups, own, strict=False)
        ],
        "PhoneBook": [
            {
                "name": name,
                "type": "TEAM" if is_own else "GLOBAL",
                "contacts": [
                    {"phoneNumber": str(number), "description": draw(st.just("") | _WORDS)}
                    for number in range(draw(st.integers(0, 3)))
                ],
            }
            for name, is_own in zip(books, own, strict=False)
        ],
        "WorkflowAction": [
            {
                "name": name,
                "type": "BROWSER_POP",
                "params": [{"name": "path", "value": draw(_WORDS)}],
            }
            for name in actions
        ],
        "Workflow": [
            {"name": name, "triggerSet": {"name": "X"}, "workflowActions": some(actions)}
            for name in flows
        ],
    } | draw(
        st.fixed_dictionaries(
            {}, optional={"ClusterConfig": st.just({"secondaryNode": {"host": "b.example.com"}})}
        )
    )


DOCUMENTS: Final = _documents()
"""Any that can be taken in where nothing is."""

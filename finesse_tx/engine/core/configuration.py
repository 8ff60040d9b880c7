"""The directory and the telephone system's inventory, as GED-188 configures its clients with them.

Keys are derived from content: whoever has the same key has the same records, across restarts and engines.

Spec: ``cti.md`` §9.10, §11.2 (flow), §3.1 (list limits).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from types import MappingProxyType
from typing import Final, TypeVar

from finesse_tx.cti.core.enums import (
    NULL,
    AgentFlags,
    AgentType,
    ConfigDeviceType,
    ConfigMask,
    ConfigType,
    MemberType,
    RecordType,
    TeamOperation,
)
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    ConfigAgentEvent,
    ConfigBeginEvent,
    ConfigDeviceEvent,
    ConfigEndEvent,
    ConfigKeyEvent,
    ConfigServiceEvent,
    ConfigSkillGroupEvent,
    ConfigTerminalEvent,
    TeamConfigEvent,
)
from finesse_tx.cti.core.messages.groups import AgentSkill, TeamMember
from finesse_tx.cti.core.messages.records import (
    AgentRecord,
    DeviceRecord,
    ServiceRecord,
    SkillGroupRecord,
    TerminalRecord,
)
from finesse_tx.directory.core.records import Person, Role, Snapshot, Team
from finesse_tx.telephony.core.inventory import AddressKind, Inventory

__all__ = ["MAX_BODY", "MAX_RECORDS", "MAX_TEAM_MEMBERS", "Configuration"]

MAX_RECORDS: Final = 10
"""Records in one message."""

MAX_TEAM_MEMBERS: Final = 64
"""Members in one TEAM_CONFIG_EVENT."""

MAX_BODY: Final = 4_000
"""What lists may take of a message's body, in bytes; the least that every version reads is 4,321."""

MAX_SKILLS: Final = 25
"""Queues in one agent's record."""

CALL_CONTROL_GROUP: Final = 1
"""The group that every port and route point is in."""

R = TypeVar("R")

Record = ServiceRecord | SkillGroupRecord | AgentRecord | DeviceRecord | TerminalRecord


@dataclass(frozen=True)
class Configuration:
    """What there is.

    Attributes:
        snapshot: The directory.
        inventory: The telephone system's numbers and devices.
    """

    snapshot: Snapshot
    inventory: Inventory

    @cached_property
    def records(self) -> Mapping[ConfigMask, tuple[Record, ...]]:
        """All records by kind, in the order in which the kinds are uploaded."""
        return {
            ConfigMask.APPLICATIONS: tuple(
                ServiceRecord(
                    peripheral_number=trigger.application_id,
                    peripheral_name=trigger.application_name,
                )
                for trigger in self.snapshot.triggers
            ),
            ConfigMask.CSQS: tuple(
                SkillGroupRecord(
                    peripheral_number=csq.id, auto_work=csq.auto_work, peripheral_name=csq.name
                )
                for csq in self.snapshot.csqs
            ),
            ConfigMask.AGENTS: tuple(
                _agent(person, self.snapshot.csq_ids_of(person.login_id)) for person in self._agents
            ),
            ConfigMask.DEVICES: tuple(self._devices()),
            ConfigMask.TERMINALS: tuple(
                TerminalRecord(
                    terminal_type=0,
                    terminal_device_name=terminal.name,
                    terminal_type_name=terminal.type_name,
                    instruments=terminal.addresses[:10],
                )
                for terminal in self.inventory.terminals
            ),
        }

    @cached_property
    def _agents(self) -> tuple[Person, ...]:
        return tuple(person for person in self.snapshot.people if person.is_agent)

    @cached_property
    def _by_team(self) -> Mapping[int | None, Sequence[Person]]:
        found: dict[int | None, list[Person]] = {}
        for person in self._agents:
            found.setdefault(person.team_id, []).append(person)
        return found

    def _devices(self) -> Iterator[DeviceRecord]:
        for person in self._agents:
            number = person.login_id
            yield DeviceRecord(
                peripheral_number=int(number) if number.isdecimal() and int(number) < NULL else 0,
                device_type=ConfigDeviceType.AGENT,
                dialed_number=person.login_id,
                extension=person.extension,
            )
        for address in self.inventory.addresses:
            if address.kind is AddressKind.PHONE:
                continue
            is_port = address.kind is AddressKind.CTI_PORT
            yield DeviceRecord(
                device_type=ConfigDeviceType.CTI_PORT if is_port else ConfigDeviceType.ROUTE_POINT,
                flt_service_id=CALL_CONTROL_GROUP,
                extension=address.number,
            )

    @cached_property
    def keys(self) -> Mapping[ConfigMask, bytes]:
        """Each kind's key: 8 bytes."""
        return {
            mask: blake2b(repr(records).encode(), digest_size=8).digest()
            for mask, records in self.records.items()
        }

    def key_event(self) -> ConfigKeyEvent:
        """The keys, as a client asks for them; terminals have none."""
        return ConfigKeyEvent(
            service_config_key=self.keys[ConfigMask.APPLICATIONS],
            skill_group_config_key=self.keys[ConfigMask.CSQS],
            agent_config_key=self.keys[ConfigMask.AGENTS],
            device_config_key=self.keys[ConfigMask.DEVICES],
        )

    def upload(self, wanted: int) -> Iterator[Message]:
        """Everything of some kinds.

        Args:
            wanted: A `ConfigMask`; 0 for nothing now.
        """
        for mask, records in self.records.items():
            if wanted & mask:
                yield from self._transfer(mask, ConfigType.SOLICITED, records)

    def update(self, old: Configuration) -> Iterator[Message]:
        """What has changed since an older configuration."""
        for mask, records in self.records.items():
            before = {_identity(record): record for record in old.records[mask]}
            after = {_identity(record): record for record in records}
            changed: list[Record] = [
                record if name not in before else replace(record, record_type=RecordType.CHANGE)
                for name, record in after.items()
                if before.get(name) != record
            ]
            changed += [
                replace(record, record_type=RecordType.DELETE)
                for name, record in before.items()
                if name not in after
            ]
            if changed:
                yield from self._transfer(mask, ConfigType.UNSOLICITED, changed)
        yield from self._update_teams(old)

    def _transfer(
        self, mask: ConfigMask, config_type: ConfigType, records: Sequence[Record]
    ) -> Iterator[Message]:
        key = self.keys[mask]
        yield ConfigBeginEvent(
            config_type=config_type,
            config_information=mask,
            service_config_key=key if mask is ConfigMask.APPLICATIONS else None,
            skill_group_config_key=key if mask is ConfigMask.CSQS else None,
            agent_config_key=key if mask is ConfigMask.AGENTS else None,
            device_config_key=key if mask is ConfigMask.DEVICES else None,
        )
        for chunk in _chunks(records, MAX_RECORDS):
            yield _EVENTS[mask](records=tuple(chunk))
        yield ConfigEndEvent()

    # Teams ----------------------------------------------------------------------------------------------------

    def teams(self) -> Iterator[Message]:
        """Every team and its members."""
        for team in self.snapshot.teams:
            yield from _team(team, TeamOperation.ADD, self._members(team))

    def _members(self, team: Team) -> tuple[TeamMember, ...]:
        flags = dict.fromkeys(team.secondary_supervisors, AgentFlags.SUPERVISOR)
        if team.primary_supervisor:
            flags[team.primary_supervisor] = AgentFlags.PRIMARY_SUPERVISOR
        people = self._by_team.get(team.id, ())
        for person in people:
            flags.setdefault(person.login_id, AgentFlags(0))
        csq_ids = sorted(
            {i for person in people for i in self.snapshot.csq_ids_of(person.login_id)}
        )
        return (
            *(TeamMember(agent_id_long=name, agent_flags=flag) for name, flag in flags.items()),
            *(
                TeamMember(agent_id_long=str(csq_id), member_type=MemberType.CSQ)
                for csq_id in csq_ids
            ),
        )

    def _update_teams(self, old: Configuration) -> Iterator[Message]:
        before = {team.id: team for team in old.snapshot.teams}
        after = {team.id: team for team in self.snapshot.teams}
        for team in after.values():
            members = self._members(team)
            known = before.get(team.id)
            if known is None:
                yield from _team(team, TeamOperation.ADD, members)
            elif known.name != team.name or old._members(known) != members:
                gone = _departed(old._members(known), members)
                yield from _team(team, TeamOperation.CHANGE, (*gone, *members))
        for team in before.values():
            if team.id not in after:
                yield from _team(team, TeamOperation.REMOVE, ())


_EVENTS: Final[Mapping[ConfigMask, Callable[..., Message]]] = MappingProxyType(
    {
        ConfigMask.APPLICATIONS: ConfigServiceEvent,
        ConfigMask.CSQS: ConfigSkillGroupEvent,
        ConfigMask.AGENTS: ConfigAgentEvent,
        ConfigMask.DEVICES: ConfigDeviceEvent,
        ConfigMask.TERMINALS: ConfigTerminalEvent,
    }
)
"""The message that carries each kind's records."""


def _identity(record: Record) -> Hashable:
    """What makes a record the same one in two configurations."""
    match record:
        case ServiceRecord() | SkillGroupRecord():
            return record.peripheral_number
        case AgentRecord():
            return record.login_id
        case DeviceRecord():
            return record.device_type, record.dialed_number or record.extension
        case TerminalRecord():
            return record.terminal_device_name


def _agent(person: Person, csq_ids: Sequence[int]) -> AgentRecord:
    is_supervisor = Role.SUPERVISOR in person.roles
    return AgentRecord(
        agent_type=AgentType.SUPERVISOR if is_supervisor else AgentType.AGENT,
        login_id=person.login_id,
        last_name=person.last_name,
        first_name=person.first_name,
        extension=person.extension,
        skills=tuple(AgentSkill(skill_group_number=csq_id) for csq_id in csq_ids[:MAX_SKILLS]),
    )


def _team(
    team: Team, operation: TeamOperation, members: Sequence[TeamMember]
) -> Iterator[TeamConfigEvent]:
    for chunk in _chunks(members, MAX_TEAM_MEMBERS) if members else ([],):
        yield TeamConfigEvent(
            team_id=team.id, operation=operation, team_name=team.name, members=tuple(chunk)
        )


def _departed(before: Iterable[TeamMember], after: Iterable[TeamMember]) -> tuple[TeamMember, ...]:
    """Who is no member any more; a change that only named the others would not say so."""
    stay = {(member.member_type, member.agent_id_long) for member in after}
    return tuple(
        replace(member, record_type=RecordType.DELETE)
        for member in before
        if (member.member_type, member.agent_id_long) not in stay
    )


def _chunks(entries: Iterable[R], most: int) -> Iterator[list[R]]:
    """Cut a list so that each piece has at most ``most`` entries and fits into a message."""
    chunk: list[R] = []
    size = 0
    for entry in entries:
        weight = _weight(entry)
        if chunk and (len(chunk) == most or size + weight > MAX_BODY):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += weight
    if chunk:
        yield chunk


def _weight(value: object) -> int:
    """An upper bound of an entry's bytes on the wire: each field has at most four bytes of tag and length."""
    if isinstance(value, str | bytes):
        return len(value.encode() if isinstance(value, str) else value) + 5
    if isinstance(value, tuple):
        return sum(map(_weight, value))
    names = getattr(value, "__dataclass_fields__", None)
    return sum(_weight(getattr(value, name)) for name in names) if names else 8

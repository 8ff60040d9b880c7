"""The engine's configuration, as its CONFIG events bring it: kept from one session to the next.

A kind's records and its key change together, when the transfer that brings them has ended well; half a transfer
changes nothing. So a key that the engine still has after an outage means that our records are still right, and only
what changed is downloaded.

Spec: ``cti.md`` §9.10 (records, keys), §11.2 (flow; "stores key and data atomically"); ``webservices`` uses agents,
CSQs and devices.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from finesse_tx.cti.core import messages
from finesse_tx.cti.core.enums import ConfigDeviceType, ConfigMask, ConfigType, RecordType
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages.records import AgentRecord, DeviceRecord, SkillGroupRecord

__all__ = ["NEEDED", "WANTED", "Configuration", "Delta"]

NEEDED: Final = ConfigMask.CSQS | ConfigMask.AGENTS
"""Without these there is nothing to show."""

WANTED: Final = NEEDED | ConfigMask.DEVICES
"""What the web services ask for; an engine that does not grant devices is served all the same."""

Record = AgentRecord | SkillGroupRecord | DeviceRecord


@dataclass(frozen=True, slots=True)
class Delta:
    """What a message has changed.

    Attributes:
        agents: The login ids whose record is new, another one or gone.
        csqs: The same for CSQIDs.
    """

    agents: tuple[str, ...] = ()
    csqs: tuple[int, ...] = ()


@dataclass(slots=True)
class _Transfer:
    """What came between CONFIG_BEGIN_EVENT and now."""

    kinds: ConfigMask
    is_upload: bool
    keys: Mapping[ConfigMask, bytes | None]
    records: list[tuple[ConfigMask, Record]] = field(default_factory=list)


class Configuration:
    """Agents, CSQs and devices, with the keys of their kinds.

    Attributes:
        agents: By login id, in the engine's order.
        csqs: By CSQID.
        devices: By number.
        current: The kinds that are known to be the engine's, in this session.
        fault: Why the last transfer was thrown away; empty when it was not. Whoever asks again clears it.
    """

    def __init__(self) -> None:
        self.agents: dict[str, AgentRecord] = {}
        self.csqs: dict[int, SkillGroupRecord] = {}
        self.devices: dict[str, DeviceRecord] = {}
        self.current = ConfigMask(0)
        self.fault = ""
        self._keys: dict[ConfigMask, bytes] = {}
        self._transfer: _Transfer | None = None

    def begin(self) -> None:
        """A session begins, or everything is in question: what we have may be out of date."""
        self.current, self.fault, self._transfer = ConfigMask(0), "", None

    def outdated(self, event: messages.ConfigKeyEvent) -> ConfigMask:
        """Compare the engine's keys with ours; what is the same is current from now on.

        Returns:
            The kinds to ask for. A key of zeros, or none, always means "please upload".
        """
        for kind, key in _keys(event).items():
            if key and any(key) and self._keys.get(kind) == key:
                self.current |= kind
        return WANTED & ~self.current

    def is_route_point(self, number: str) -> bool:
        """Whether a number is one that the engine answers."""
        device = self.devices.get(number)
        return device is not None and device.device_type in {
            ConfigDeviceType.ROUTE_POINT,
            ConfigDeviceType.CTI_PORT,
        }

    def is_phone(self, number: str) -> bool:
        """Whether a number is an agent's phone."""
        device = self.devices.get(number)
        return device is not None and device.device_type == ConfigDeviceType.AGENT

    def apply(self, message: Message) -> Delta:
        """Take in one message of a transfer; one that belongs to none changes nothing."""
        match message:
            case messages.ConfigBeginEvent():
                self._begin(message)
            case messages.ConfigEndEvent():
                return self._end(message)
            case messages.ConfigAgentEvent():
                return self._take(ConfigMask.AGENTS, message.records)
            case messages.ConfigSkillGroupEvent():
                return self._take(ConfigMask.CSQS, message.records)
            case messages.ConfigDeviceEvent():
                return self._take(ConfigMask.DEVICES, message.records)
        return Delta()

    def _begin(self, message: messages.ConfigBeginEvent) -> None:
        if self._transfer is not None:
            self._discard("CONFIG_BEGIN_EVENT within another transfer")
        kinds = ConfigMask(message.config_information) & WANTED
        is_upload = message.config_type != ConfigType.UNSOLICITED
        self._transfer = _Transfer(kinds, is_upload, _keys(message))

    def _end(self, message: messages.ConfigEndEvent) -> Delta:
        transfer = self._transfer
        if message.config_end_status:
            status = f"ConfigEndStatus {message.config_end_status} {message.text or ''}"
            self._discard(status.rstrip())
            return Delta()
        self._transfer = None
        if transfer is None:
            return Delta()
        changed: dict[ConfigMask, dict[Hashable, None]] = {}
        if transfer.is_upload:
            # All that there is now: what does not come is gone, and what comes is as if it were new.
            stay = {(kind, _name(record)) for kind, record in transfer.records}
            for kind in (ConfigMask.AGENTS, ConfigMask.CSQS, ConfigMask.DEVICES):
                if kind in transfer.kinds:
                    for name in [name for name in self._kind(kind) if (kind, name) not in stay]:
                        del self._kind(kind)[name]
                        changed.setdefault(kind, {})[name] = None
            self.current |= transfer.kinds
        for kind, record in transfer.records:
            self._put(kind, record, changed)
        for kind, key in transfer.keys.items():
            if kind not in transfer.kinds:
                continue
            if key is not None and kind in self.current:
                self._keys[kind] = key
            else:
                # No key, or a change to what we do not have as a whole: ask for all of it the next time.
                self._keys.pop(kind, None)
        return _delta(changed)

    def _discard(self, reason: str) -> None:
        if self._transfer is not None:
            self.current &= ~self._transfer.kinds
            for kind in list(self._keys):
                if kind in self._transfer.kinds:
                    del self._keys[kind]
        self._transfer, self.fault = None, reason

    def _take(self, kind: ConfigMask, records: Iterable[Record]) -> Delta:
        if self._transfer is not None:
            self._transfer.records += ((kind, record) for record in records)
            return Delta()
        changed: dict[ConfigMask, dict[Hashable, None]] = {}
        self._keys.pop(kind, None)  # a change without a frame around it, and so without a key
        for record in records:
            self._put(kind, record, changed)
        return _delta(changed)

    def _put(
        self, kind: ConfigMask, record: Record, changed: dict[ConfigMask, dict[Hashable, None]]
    ) -> None:
        name, known = _name(record), self._kind(kind)
        kept = replace(record, record_type=RecordType.ADD)
        if record.record_type == RecordType.DELETE:
            if known.pop(name, None) is None:
                return
        elif known.get(name) == kept:
            return
        else:
            known[name] = kept
        changed.setdefault(kind, {})[name] = None

    def _kind(self, kind: ConfigMask) -> dict[Hashable, Record]:
        kinds = {
            ConfigMask.AGENTS: self.agents,
            ConfigMask.CSQS: self.csqs,
            ConfigMask.DEVICES: self.devices,
        }
        return kinds[kind]  # type: ignore[return-value]  # each has its own names and records, by _name


def _delta(changed: Mapping[ConfigMask, Iterable[Hashable]]) -> Delta:
    agents = (str(name) for name in changed.get(ConfigMask.AGENTS, ()))
    csqs = (int(str(number)) for number in changed.get(ConfigMask.CSQS, ()))
    return Delta(tuple(agents), tuple(csqs))


def _keys(
    event: messages.ConfigKeyEvent | messages.ConfigBeginEvent,
) -> Mapping[ConfigMask, bytes | None]:
    return {
        ConfigMask.CSQS: event.skill_group_config_key,
        ConfigMask.AGENTS: event.agent_config_key,
        ConfigMask.DEVICES: event.device_config_key,
    }


def _name(record: Record) -> Hashable:
    """What makes a record the same one."""
    match record:
        case AgentRecord():
            return record.login_id or ""
        case SkillGroupRecord():
            return record.peripheral_number or 0
        case DeviceRecord():
            return record.extension or record.dialed_number or ""

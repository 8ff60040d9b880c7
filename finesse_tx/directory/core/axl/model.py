"""All objects, as AXL shows them: the directory's people and numbers, and what is kept beside them.

Everybody's extension is a line, and has a phone. Where nobody has made either, both are here all the same: *derived*,
with names and uuids that are always the same. Whoever changes one of them makes it a stored one, with the same uuid;
whoever makes, changes or removes anything of an extension's line or phone takes both over.

Spec: ``axl.md`` §5, §7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from finesse_tx.directory.core.axl.derived import (
    APP_USER_DEFAULTS,
    CTI_GROUPS,
    GROUPS,
    LINE_DEFAULTS,
    PHONE_DEFAULTS,
    USER_DEFAULTS,
    derived_line,
    derived_phone,
    derived_phone_name,
    route_point_name,
)
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.objects import THINGS
from finesse_tx.directory.core.axl.records import ObjectKey, StoredObject, shown_uuid, uuid_of
from finesse_tx.directory.core.axl.references import linked, reference
from finesse_tx.directory.core.axl.values import Value, Values, children, items, text
from finesse_tx.directory.core.records import Person, Role, Snapshot

__all__ = ["AXLObject", "Model"]


@dataclass(frozen=True, slots=True)
class AXLObject:
    """One object.

    Attributes:
        key: Which.
        uuid: In lower case, without braces.
        values: All that can be shown of it, its attributes too.
        raw: What is kept of it, or would be if somebody changed it.
        is_stored: Whether it is kept; else it is derived, or a person that nothing more is kept of.
    """

    key: ObjectKey
    uuid: str
    values: Values
    raw: Values
    is_stored: bool = False

    @property
    def stored(self) -> StoredObject:
        """As it is kept, or would be."""
        return StoredObject(self.key, self.uuid, self.raw)


Objects = Mapping[ObjectKey, AXLObject]


class Model:
    """Everything, of one moment: a value.

    Args:
        snapshot: The people and the numbers.
        stored: What is kept beside them.
        application_user: The application user that controls every phone until somebody says which.
    """

    def __init__(
        self, snapshot: Snapshot, stored: Iterable[StoredObject], application_user: str
    ) -> None:
        self._snapshot = snapshot
        self._application_user = application_user
        self._stored: dict[str, dict[ObjectKey, StoredObject]] = {kind.value: {} for kind in Kind}
        for found in stored:
            self._stored[found.key.kind][found.key.folded] = found
        patterns = (key.name for key in self._stored[Kind.LINE.value])
        self._own_lines = frozenset(patterns)

    def objects(self, kind: Kind) -> Objects:
        """All of a kind, by their folded key, in its order."""
        return self._by_kind[kind]

    def find(self, kind: Kind, name: str, partition: str | None = None) -> AXLObject | None:
        """The object of a name.

        Args:
            kind: What it is.
            name: Its name.
            partition: A line's; None: any, the one without a partition first.
        """
        wanted = ObjectKey(kind.value, name, partition or "").folded
        found = self._by_kind[kind].get(wanted)
        if found is None and kind is Kind.LINE and partition is None:
            others = self._lines_by_pattern.get(wanted.name, ())
            return others[0] if others else None
        return found

    def find_uuid(self, kind: Kind, uuid: str) -> AXLObject | None:
        """The object of a uuid, which may be in either case, with braces or without."""
        return self._by_uuid[kind].get(uuid.strip().strip("{}").lower())

    def phones_of(self, line: AXLObject) -> tuple[AXLObject, ...]:
        """The phones that a line is on, in the order of their names."""
        return self._phones_by_line.get(line.key.folded, ())

    def lines_of(self, device: AXLObject) -> tuple[tuple[Values, AXLObject], ...]:
        """What a phone, or route point, has at each button, and the line that it is."""
        found = []
        for value in items(device.values.get("lines"), "line"):
            dirn = children(children(value).get("dirn"))
            line = self.find(
                Kind.LINE, text(dirn.get("pattern")), text(dirn.get("routePartitionName"))
            )
            if line is not None:
                found.append((children(value), line))
        return tuple(found)

    def line_of(self, extension: str) -> AXLObject | None:
        """The line that a person's extension is; None of no extension."""
        return self.find(Kind.LINE, extension) if extension else None

    def lines_at(self, pattern: str) -> tuple[AXLObject, ...]:
        """Every line of a number, whatever partition it is in."""
        return self._lines_by_pattern.get(pattern, ())

    def owner(self, extension: str) -> Person | None:
        """Whose extension that is; of several people, the first."""
        return self._owners.get(extension)

    def is_route_point(self, number: str) -> bool:
        """Whether callers dial that number."""
        return any(trigger.route_point == number for trigger in self._snapshot.triggers)

    def team_of(self, department: str) -> int | None:
        """The team that a department names, or else the first; None where there is none."""
        teams = sorted(self._snapshot.teams, key=lambda team: (team.name != department, team.id))
        return teams[0].id if teams else None

    def person(self, user: AXLObject) -> Person | None:
        """Who a user is; None of one whom the directory does not know."""
        return self._snapshot.person(user.key.name)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, Objects]:
        return {
            Kind.LINE: _sorted(self._lines()),
            Kind.PHONE: self._phones,
            Kind.CTI_ROUTE_POINT: _sorted(self._route_points()),
            Kind.USER: _sorted(self._users()),
            Kind.APP_USER: _sorted(self._app_users()),
        }

    @cached_property
    def _by_uuid(self) -> Mapping[Kind, Mapping[str, AXLObject]]:
        return {
            kind: {found.uuid: found for found in objects.values()}
            for kind, objects in self._by_kind.items()
        }

    @cached_property
    def _lines_by_pattern(self) -> Mapping[str, tuple[AXLObject, ...]]:
        found: dict[str, tuple[AXLObject, ...]] = {}
        for key, line in self._by_kind[Kind.LINE].items():
            found[key.name] = (*found.get(key.name, ()), line)
        return found

    @cached_property
    def _owners(self) -> Mapping[str, Person]:
        """By extension, who has it; of two, the first by login id."""
        people = sorted(self._snapshot.people, key=lambda person: person.login_id, reverse=True)
        return {person.extension: person for person in people if person.extension}

    @cached_property
    def _line_uuids(self) -> Mapping[ObjectKey, str]:
        stored = self._stored[Kind.LINE.value]
        found = {key: line.uuid for key, line in stored.items()}
        for number in (
            *self._owners,
            *(trigger.route_point for trigger in self._snapshot.triggers),
        ):
            if number.casefold() not in self._own_lines:
                key = ObjectKey(Kind.LINE.value, number)
                found[key.folded] = uuid_of(Kind.LINE, number)
        return found

    @cached_property
    def _first_lines(self) -> Mapping[str, ObjectKey]:
        """By pattern, the folded key of the line of it that a person's extension is."""
        return {key.name: key for key in sorted(self._line_uuids, reverse=True)}

    # Each kind ---------------------------------------------------------------------------------------------------

    @cached_property
    def _phones(self) -> Objects:
        found: list[AXLObject] = [
            self._phone(stored.key, stored.uuid, stored.values, is_stored=True)
            for stored in self._stored[Kind.PHONE.value].values()
        ]
        taken = set(self._stored[Kind.PHONE.value])
        for extension, person in self._owners.items():
            key = ObjectKey(Kind.PHONE.value, derived_phone_name(extension))
            if extension.casefold() not in self._own_lines and key.folded not in taken:
                values = derived_phone(extension, person)
                found.append(self._phone(key, uuid_of(Kind.PHONE, key.name), values))
        return _sorted(found)

    def _phone(
        self, key: ObjectKey, uuid: str, given: Values, *, is_stored: bool = False
    ) -> AXLObject:
        values: dict[str, Value] = {**PHONE_DEFAULTS, **given, "name": key.name}
        values["model"] = values["product"]
        if not text(values.get("securityProfileName")):
            profile = f"{text(values['product'])} - Standard {text(values['protocol'])} Non-Secure Profile"
            values["securityProfileName"] = profile
        shown = self._device(Kind.PHONE, key, uuid, values)
        return AXLObject(key, uuid, shown, given, is_stored)

    def _device(self, kind: Kind, key: ObjectKey, uuid: str, values: Values) -> Values:
        shown = linked(values, THINGS[kind].fields)
        if lines := items(shown.get("lines"), "line"):
            shown["lines"] = {"line": tuple(self._button(key, children(line)) for line in lines)}
        shown["@uuid"] = shown_uuid(uuid)
        if kind is Kind.PHONE:
            shown["@ctiid"] = str(int(uuid[:7], 16))
        return shown

    def _button(self, device: ObjectKey, line: Values) -> Values:
        dirn = children(line.get("dirn"))
        pattern, partition = text(dirn.get("pattern")), text(dirn.get("routePartitionName"))
        uuid = self._line_uuids.get(ObjectKey(Kind.LINE.value, pattern, partition).folded, "")
        shown: dict[str, Value] = {
            **line,
            "dirn": {**dirn, "@uuid": shown_uuid(uuid) if uuid else ""},
        }
        shown["@uuid"] = shown_uuid(uuid_of("button", f"{device.name}\n{text(line.get('index'))}"))
        return shown

    def _route_points(self) -> list[AXLObject]:
        found = []
        for trigger in self._snapshot.triggers:
            number = trigger.route_point
            key = ObjectKey(Kind.CTI_ROUTE_POINT.value, route_point_name(number))
            values: Values = {
                "name": key.name,
                "description": trigger.application_name,
                "product": "CTI Route Point",
                "model": "CTI Route Point",
                "class": "CTI Route Point",
                "protocol": "SCCP",
                "protocolSide": "User",
                "devicePoolName": "Default",
                "locationName": "Hub_None",
                "lines": {"line": ({"index": "1", "dirn": {"pattern": number}},)},
            }
            uuid = uuid_of(Kind.CTI_ROUTE_POINT, key.name)
            shown = self._device(Kind.CTI_ROUTE_POINT, key, uuid, values)
            found.append(AXLObject(key, uuid, shown, values))
        return found

    @cached_property
    def _phones_by_line(self) -> Mapping[ObjectKey, tuple[AXLObject, ...]]:
        found: dict[ObjectKey, tuple[AXLObject, ...]] = {}
        for phone in self._phones.values():
            for line in items(phone.values.get("lines"), "line"):
                dirn = children(children(line).get("dirn"))
                key = ObjectKey(
                    Kind.LINE.value,
                    text(dirn.get("pattern")),
                    text(dirn.get("routePartitionName")),
                ).folded
                if phone not in found.get(key, ())[-1:]:  # it may be at two buttons
                    found[key] = (*found.get(key, ()), phone)
        return found

    def _lines(self) -> list[AXLObject]:
        stored = self._stored[Kind.LINE.value].values()
        found = [self._line(line.key, line.uuid, line.values, is_stored=True) for line in stored]
        triggers = {trigger.route_point: trigger for trigger in self._snapshot.triggers}
        for number in dict.fromkeys((*self._owners, *triggers)):
            if number.casefold() in self._own_lines:
                continue
            if number in self._owners:
                values = derived_line(number, self._owners[number])
            else:
                values = {"pattern": number, "description": triggers[number].application_name}
            key = ObjectKey(Kind.LINE.value, number)
            found.append(self._line(key, uuid_of(Kind.LINE, number), values))
        return found

    def _line(
        self, key: ObjectKey, uuid: str, given: Values, *, is_stored: bool = False
    ) -> AXLObject:
        devices = tuple(phone.key.name for phone in self._phones_by_line.get(key.folded, ()))
        values: dict[str, Value] = {
            **LINE_DEFAULTS,
            **given,
            "pattern": key.name,
            "routePartitionName": key.partition,
            "associatedDevices": {"device": devices},
        }
        return _object(Kind.LINE, key, uuid, values, given, is_stored=is_stored)

    def _users(self) -> list[AXLObject]:
        stored = dict(self._stored[Kind.USER.value])
        found = [
            self._user(person, stored.pop(ObjectKey(Kind.USER.value, person.login_id).folded, None))
            for person in self._snapshot.people
        ]
        for kept in stored.values():
            names = (text(kept.values.get("firstName")), text(kept.values.get("lastName")))
            shown = {
                **USER_DEFAULTS,
                "displayName": " ".join(names).strip(),
                **kept.values,
                "userid": kept.key.name,
            }
            found.append(
                _object(Kind.USER, kept.key, kept.uuid, shown, kept.values, is_stored=True)
            )
        return found

    def _user(self, person: Person, stored: StoredObject | None) -> AXLObject:
        extension = person.extension
        line = self._first_lines.get(extension.casefold(), ObjectKey(Kind.LINE.value, extension))
        values: dict[str, Value] = {
            **USER_DEFAULTS,
            "displayName": f"{person.first_name} {person.last_name}".strip(),
            "userIdentity": person.login_name,
        }
        group, roles = GROUPS[Role.ADMINISTRATOR in person.roles]
        values["associatedGroups"] = {
            "userGroup": ({"name": group, "userRoles": {"userRole": roles}},)
        }
        phones = self._phones_by_line.get(line, ())
        values["associatedDevices"] = {"device": tuple(phone.key.name for phone in phones)}
        if extension:
            values["telephoneNumber"] = extension
            values["primaryExtension"] = {
                "pattern": extension,
                "routePartitionName": line.partition,
            }
        raw = stored.values if stored is not None else {}
        values |= raw
        values |= {
            "userid": person.login_id,
            "firstName": person.first_name,
            "lastName": person.last_name,
        }
        values.pop("ipccExtension", None)
        if extension:
            uuid = self._line_uuids[line]
            values["ipccExtension"] = reference(extension, shown_uuid(uuid))
        key = ObjectKey(Kind.USER.value, person.login_id)
        uuid = uuid_of(Kind.USER, person.login_id)
        return _object(Kind.USER, key, uuid, values, raw, is_stored=stored is not None)

    def _app_users(self) -> list[AXLObject]:
        stored = dict(self._stored[Kind.APP_USER.value])
        own = ObjectKey(Kind.APP_USER.value, self._application_user)
        keys = {found.key.folded: found.key for found in stored.values()}
        if self._application_user:
            keys.setdefault(own.folded, own)
        found = []
        for folded, key in keys.items():
            kept = stored.get(folded)
            values: dict[str, Value] = dict(APP_USER_DEFAULTS)
            if folded == own.folded:
                devices = [phone.key.name for phone in self._phones.values()]
                devices += [route_point_name(t.route_point) for t in self._snapshot.triggers]
                values["associatedDevices"] = {"device": tuple(devices)}
                values["associatedGroups"] = {
                    "userGroup": tuple({"name": name} for name in CTI_GROUPS)
                }
            raw = kept.values if kept is not None else {}
            values |= raw
            values["userid"] = key.name
            uuid = kept.uuid if kept is not None else uuid_of(Kind.APP_USER, key.name)
            is_stored = kept is not None
            found.append(_object(Kind.APP_USER, key, uuid, values, raw, is_stored=is_stored))
        return found


def _object(
    kind: Kind, key: ObjectKey, uuid: str, values: Values, raw: Values, *, is_stored: bool
) -> AXLObject:
    shown = linked(values, THINGS[kind].fields)
    shown["@uuid"] = shown_uuid(uuid)
    return AXLObject(key, uuid, shown, raw, is_stored)


def _sorted(found: Iterable[AXLObject]) -> Objects:
    return {one.key.folded: one for one in sorted(found, key=lambda one: one.key.folded)}

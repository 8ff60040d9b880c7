"""The tables that SQL sees: AXL's objects under the names of CUCM's database.

Spec: ``axl.md`` §7.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.phones import MODELS, UNKNOWN_MODEL
from finesse_tx.directory.core.axl.records import uuid_of
from finesse_tx.directory.core.axl.values import children, items, text

__all__ = ["TABLES", "Row", "SQLValue", "Table"]

SQLValue = str | int | None
"""A boolean is ``t`` or ``f``."""

Row = tuple[SQLValue, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One of them.

    Attributes:
        name: In lower case.
        columns: In order.
        rows: Makes them.
    """

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Model], Sequence[Row]]


_CLASSES: Final = {"Phone": 1, "CTI Route Point": 10}
_PROTOCOLS: Final = {"SCCP": 0, "SIP": 11}


def _text(one: AXLObject, name: str) -> str | None:
    """A field's text; null where there is none."""
    return text(one.values.get(name)) or None


def _endusers(model: Model) -> list[Row]:
    return [
        (
            user.uuid,
            user.key.name,
            _text(user, "firstName"),
            _text(user, "lastName"),
            _text(user, "mailid"),
            _text(user, "department"),
            int(text(user.values.get("status")) or 1),
            "t",
        )
        for user in model.objects(Kind.USER).values()
    ]


def _application_users(model: Model) -> list[Row]:
    return [(user.uuid, user.key.name) for user in model.objects(Kind.APP_USER).values()]


def _devices(model: Model) -> Iterator[AXLObject]:
    yield from model.objects(Kind.PHONE).values()
    yield from model.objects(Kind.CTI_ROUTE_POINT).values()


def _device_rows(model: Model) -> list[Row]:
    found: list[Row] = []
    for device in _devices(model):
        product = MODELS.get(text(device.values.get("product")), UNKNOWN_MODEL)
        pool = text(device.values.get("devicePoolName"))
        ctiid = text(device.values.get("@ctiid"))
        found.append(
            (
                device.uuid,
                device.key.name,
                _text(device, "description"),
                _CLASSES.get(text(device.values.get("class")), 1),
                product,
                product,
                _PROTOCOLS.get(text(device.values.get("protocol")), 11),
                int(ctiid) if ctiid else None,
                uuid_of("devicePool", pool) if pool else None,
            )
        )
    return found


def _lines(model: Model) -> list[Row]:
    found: list[Row] = []
    for line in model.objects(Kind.LINE).values():
        partition = line.key.partition
        pkid = uuid_of("routePartition", partition) if partition else None
        found.append((line.uuid, line.key.name, _text(line, "description"), pkid, 2))
    return found


def _device_lines(model: Model) -> list[Row]:
    return [
        (
            uuid_of("devicenumplanmap", f"{device.uuid}{text(button.get('index'))}"),
            device.uuid,
            line.uuid,
            int(text(button.get("index")) or 0),
            text(button.get("label")) or None,
            text(button.get("display")) or None,
        )
        for device in _devices(model)
        for button, line in model.lines_of(device)
    ]


def _controlled(kind: Kind) -> Callable[[Model], list[Row]]:
    """Who controls which devices."""

    def rows(model: Model) -> list[Row]:
        found: list[Row] = []
        for user in model.objects(kind).values():
            for name in items(user.values.get("associatedDevices"), "device"):
                device = model.find(Kind.PHONE, text(name)) or model.find(
                    Kind.CTI_ROUTE_POINT, text(name)
                )
                if device is not None:
                    pkid = uuid_of(f"{kind.value}devicemap", user.uuid + device.uuid)
                    found.append((pkid, user.uuid, device.uuid, 1))
        return found

    return rows


_PRIMARY, _IPCC = 1, 2


def _user_lines(model: Model) -> list[Row]:
    found: list[Row] = []
    for user in model.objects(Kind.USER).values():
        primary = children(user.values.get("primaryExtension"))
        for usage, pattern in (
            (_PRIMARY, text(primary.get("pattern"))),
            (_IPCC, text(user.values.get("ipccExtension"))),
        ):
            line = model.find(Kind.LINE, pattern) if pattern else None
            if line is not None:
                found.append((user.uuid, line.uuid, usage))
    return found


def _partitions(model: Model) -> list[Row]:
    names = sorted({line.key.partition for line in model.objects(Kind.LINE).values()} - {""})
    return [(uuid_of("routePartition", name), name) for name in names]


def _pools(model: Model) -> list[Row]:
    names = sorted({text(device.values.get("devicePoolName")) for device in _devices(model)} - {""})
    return [(uuid_of("devicePool", name), name) for name in names]


def _memberships(model: Model) -> Iterator[tuple[AXLObject, str]]:
    for user in model.objects(Kind.USER).values():
        for group in items(user.values.get("associatedGroups"), "userGroup"):
            yield user, text(children(group).get("name"))


def _groups(model: Model) -> list[Row]:
    names = sorted({name for _, name in _memberships(model)})
    return [(uuid_of("dirgroup", name), name) for name in names]


def _group_members(model: Model) -> list[Row]:
    return [
        (
            uuid_of("enduserdirgroupmap", user.uuid + name),
            user.uuid,
            uuid_of("dirgroup", name),
        )
        for user, name in _memberships(model)
    ]


def _named(numbers: Mapping[str, int]) -> Callable[[Model], list[Row]]:
    rows: list[Row] = [(number, name) for name, number in numbers.items()]
    return lambda _model: rows


_MAP: Final = ("pkid", "fkenduser", "fkdevice", "tkuserassociation")

TABLES: Final[Mapping[str, Table]] = {
    table.name: table
    for table in (
        Table(
            "enduser",
            (
                "pkid",
                "userid",
                "firstname",
                "lastname",
                "mailid",
                "department",
                "status",
                "islocaluser",
            ),
            _endusers,
        ),
        Table("applicationuser", ("pkid", "name"), _application_users),
        Table(
            "device",
            (
                "pkid",
                "name",
                "description",
                "tkclass",
                "tkmodel",
                "tkproduct",
                "tkdeviceprotocol",
                "ctiid",
                "fkdevicepool",
            ),
            _device_rows,
        ),
        Table(
            "numplan",
            ("pkid", "dnorpattern", "description", "fkroutepartition", "tkpatternusage"),
            _lines,
        ),
        Table(
            "devicenumplanmap",
            ("pkid", "fkdevice", "fknumplan", "numplanindex", "label", "display"),
            _device_lines,
        ),
        Table("enduserdevicemap", _MAP, _controlled(Kind.USER)),
        Table(
            "applicationuserdevicemap",
            ("pkid", "fkapplicationuser", "fkdevice", "tkuserassociation"),
            _controlled(Kind.APP_USER),
        ),
        Table("endusernumplanmap", ("fkenduser", "fknumplan", "tkdnusage"), _user_lines),
        Table("routepartition", ("pkid", "name"), _partitions),
        Table("devicepool", ("pkid", "name"), _pools),
        Table("dirgroup", ("pkid", "name"), _groups),
        Table("enduserdirgroupmap", ("pkid", "fkenduser", "fkdirgroup"), _group_members),
        Table("typeclass", ("enum", "name"), _named(_CLASSES)),
        Table("typemodel", ("enum", "name"), _named(MODELS)),
        Table("typeproduct", ("enum", "name"), _named(MODELS)),
        Table("typedeviceprotocol", ("enum", "name"), _named(_PROTOCOLS)),
        # Never readable: there is no row, whatever is asked.
        Table(
            "credential", ("pkid", "fkenduser", "tkcredential", "credentials"), lambda _model: ()
        ),
    )
}
"""By name."""

"""Every message class against its table in §9 of the CTI reference."""

import json
from pathlib import Path
from typing import Any

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import MessageType
from finesse_tx.cti.core.floating import tags_of
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Confirmation, Direction, Message, Request
from finesse_tx.cti.core.messages import CATALOGUE
from finesse_tx.cti.core.table import FixedField, table_of

TABLES: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "cti-tables.json").read_text()
)
del TABLES["about"]

NEWEST = Layout.of(Dialect.UCCE, 25)

UCCX_ONLY = {
    1: {7},
    2: {7},
    3: {194},
    4: {194, 248},
    30: {194},
    36: {194},
    37: {194},
    38: {194, 303},
    118: {194},
    124: {194},
    # Not in any table, but in the samples: the addresses of versions 14 to 18.
    **{number: {226} for number in (99, 100, 147, 148, 149, 150)},
    116: {194, 226, 227},
    117: {194, 226, 227},
}
"""The tags that a remark, not the table, gives to a message."""


def first_version(field: FixedField) -> int:
    """Where a field of UCCE comes in."""
    return field.since.version or (field.before.version if field.before else 0)


class TableTests(SynchronousTestCase):
    """The classes and ``cti-tables.json``."""

    def test_all_there(self) -> None:
        """Every message that has a published layout has a class, and no other."""
        self.assertEqual(sorted(CATALOGUE), sorted(map(int, TABLES)))

    def test_names(self) -> None:
        """A class's name is the message's, and so is that of its number."""
        for number, table in TABLES.items():
            cls = CATALOGUE[int(number)]
            self.assertEqual(cls.__name__, table["name"].title().replace("_", ""))
            self.assertEqual(
                (cls.MESSAGE_TYPE, cls.MESSAGE_TYPE.name), (int(number), table["name"])
            )

    def test_fixed_parts(self) -> None:
        """The newest fixed part has the fields, types and offsets of the table."""
        for number, table in TABLES.items():
            offset, found = 0, []
            for field in NEWEST.fixed_part(CATALOGUE[int(number)]):
                found.append([field.name, field.type.label, offset])
                offset += field.type.size
            self.assertEqual(found, [row[:3] for row in table["fixed"]], table["name"])

    def test_versions(self) -> None:
        """A field is there from the version that its table says."""
        exceptions = {
            ("OPEN_REQ", "ConfigMsgMask"): 0,
            ("SEND_DTMF_SIGNAL_REQ", "PauseDuration"): 10,
        }
        for number, table in TABLES.items():
            rows = {row[0]: [*row, 0][3] for row in table["fixed"]}
            for field in NEWEST.fixed_part(CATALOGUE[int(number)]):
                expected = exceptions.get((table["name"], field.name), rows[field.name])
                self.assertEqual(first_version(field), expected, (table["name"], field.name))

    def test_floating_parts(self) -> None:
        """The floating part has the tags of the table, and those that remarks add."""
        for number, table in TABLES.items():
            found = {
                tag for field in table_of(CATALOGUE[int(number)]).floating for tag in tags_of(field)
            }
            expected = set(table["floating"]) | UCCX_ONLY.get(int(number), set())
            self.assertEqual(found, expected, table["name"])

    def test_requests(self) -> None:
        """A request's confirmation is the message of that name, and starts with the same InvokeID."""
        for cls in CATALOGUE.values():
            name = cls.MESSAGE_TYPE.name
            if issubclass(cls, Request):
                self.assertEqual(cls.CONFIRMATION.MESSAGE_TYPE.name, name.replace("_REQ", "_CONF"))
                self.assertTrue(issubclass(cls.CONFIRMATION, Confirmation))
            self.assertEqual(issubclass(cls, Request), name.endswith("_REQ"))
            self.assertEqual(issubclass(cls, Confirmation), name.endswith("_CONF"))

    def test_directions(self) -> None:
        """The client sends the requests, and a few more; recording goes both ways."""
        sent = {
            cls.MESSAGE_TYPE for cls in CATALOGUE.values() if cls.DIRECTION is Direction.TO_SERVER
        }
        requests = {cls.MESSAGE_TYPE for cls in CATALOGUE.values() if issubclass(cls, Request)}
        both = {cls.MESSAGE_TYPE for cls in CATALOGUE.values() if cls.DIRECTION is Direction.BOTH}
        self.assertEqual(both, {147, 148, 149, 150})
        self.assertEqual(
            sent - requests,
            {
                MessageType.CONFIG_REQUEST_KEY_EVENT,
                MessageType.CONFIG_REQUEST_EVENT,
                MessageType.ACTIVE_MAINTENANCE_RESP_MSG,
                MessageType.STOPPING_REQUESTS_TO_THIS_SIDE_IND,
            },
        )
        self.assertEqual(requests - sent - both, set())


class DialectTests(SynchronousTestCase):
    """Where the dialects lay a message out differently (§12.1)."""

    def names(self, cls_number: MessageType, dialect: Dialect, version: int) -> list[str]:
        """The fixed part of a message in one layout."""
        cls: type[Message] = CATALOGUE[cls_number]
        return [field.name for field in Layout.of(dialect, version).fixed_part(cls)]

    def test_dequeued_order(self) -> None:
        """CALL_DEQUEUED_EVENT: UCCX has QueueDeviceType after ServiceID, UCCE before ServiceNumber."""
        number = MessageType.CALL_DEQUEUED_EVENT
        self.assertEqual(
            self.names(number, Dialect.UCCE, 14)[5:8],
            ["QueueDeviceType", "ServiceNumber", "ServiceID"],
        )
        self.assertEqual(
            self.names(number, Dialect.UCCX, 14)[5:8],
            ["ServiceNumber", "ServiceID", "QueueDeviceType"],
        )

    def test_snapshot_call_conf(self) -> None:
        """SNAPSHOT_CALL_CONF: UCCX has four reserved bytes more from version 11 on."""
        cls = CATALOGUE[MessageType.SNAPSHOT_CALL_CONF]
        sizes = [
            Layout.of(dialect, version).codec(cls).size
            for dialect, version in (
                (Dialect.UCCX, 10),
                (Dialect.UCCX, 11),
                (Dialect.UCCX, 18),
                (Dialect.UCCE, 11),
                (Dialect.UCCE, 25),
            )
        ]
        self.assertEqual(sizes, [16, 20, 20, 16, 16])

    def test_config_requests(self) -> None:
        """CONFIG_REQUEST_KEY_EVENT and CONFIG_REQUEST_EVENT are shorter in version 10; UCCE 24 adds a mask."""
        key, request = MessageType.CONFIG_REQUEST_KEY_EVENT, MessageType.CONFIG_REQUEST_EVENT
        self.assertEqual(self.names(key, Dialect.UCCX, 10), [])
        self.assertEqual(self.names(key, Dialect.UCCX, 11), ["PeripheralID"])
        self.assertEqual(self.names(request, Dialect.UCCX, 10), ["ConfigInformation"])
        self.assertEqual(
            self.names(request, Dialect.UCCX, 18), ["ConfigInformation", "PeripheralID"]
        )
        self.assertEqual(
            self.names(request, Dialect.UCCE, 24),
            ["ConfigInformation", "ConfigMsgMask", "PeripheralID"],
        )

    def test_forced_flag(self) -> None:
        """SET_AGENT_STATE_REQ: UCCX has ForcedFlag and AgentServiceReq from 12 on, UCCE from 10 on."""
        cls = CATALOGUE[MessageType.SET_AGENT_STATE_REQ]
        for dialect, version, size in (
            (Dialect.UCCX, 11, 16),
            (Dialect.UCCX, 12, 21),
            (Dialect.UCCE, 9, 16),
            (Dialect.UCCE, 10, 21),
        ):
            self.assertEqual(Layout.of(dialect, version).codec(cls).size, size)

    def test_version_edges(self) -> None:
        """Each other version-dependent field is absent one version before its first."""
        for number, first, field in (
            (MessageType.AGENT_STATE_EVENT, 10, "NumFltSkillGroups"),
            (MessageType.AGENT_STATE_EVENT, 19, "DepartmentID"),
            (MessageType.QUERY_AGENT_STATE_CONF, 19, "DepartmentID"),
            (MessageType.AGENT_TEAM_CONFIG_EVENT, 19, "DepartmentID"),
            (MessageType.OPEN_CONF, 19, "DepartmentID"),
            (MessageType.OPEN_CONF, 24, "SessionType"),
            (MessageType.AGENT_PRE_CALL_EVENT, 20, "AgentSkillTargetID"),
            (MessageType.MAKE_CALL_REQ, 14, "SkillGroupNumber"),
            (MessageType.SYSTEM_EVENT, 10, "EventDeviceType"),
            (MessageType.SNAPSHOT_CALL_REQ, 10, "ConnectionDeviceIDType"),
        ):
            self.assertNotIn(field, self.names(number, Dialect.UCCE, first - 1))
            self.assertIn(field, self.names(number, Dialect.UCCE, first))

    def test_pause_duration(self) -> None:
        """SEND_DTMF_SIGNAL_REQ: PauseDuration was a USHORT before version 10."""
        cls = CATALOGUE[MessageType.SEND_DTMF_SIGNAL_REQ]
        sizes = [Layout.of(Dialect.UCCE, version).codec(cls).size for version in (9, 10)]
        self.assertEqual(sizes, [18, 20])

"""What each dialect has (§5, §6, §8.1, §8.4 of the CTI reference)."""

from __future__ import annotations

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTI_VERSIONS
from finesse_tx.cti.core.dialects import (
    KINDS,
    SERVICES,
    dialect_of,
    granted_services,
    has_meaningless_service,
    kinds_of,
    kinds_on_wire,
    known_from,
    knows,
)
from finesse_tx.cti.core.enums import ConfigMask, CTIService, MessageType
from finesse_tx.cti.core.layout import Dialect
from finesse_tx.cti.core.message import CATALOGUE

UCCX, UCCE = Dialect.UCCX, Dialect.UCCE


class VersionTests(SynchronousTestCase):
    """Who speaks which version."""

    def test_every_version(self) -> None:
        """9 and 19 to 25 are UCCE's, 18 is UCCX's, 10 to 17 are whose the setting says, and others nobody's."""
        for preferred in Dialect:
            for version in range(30):
                if version in range(10, 18):
                    expected: Dialect | None = preferred
                elif version == 18:
                    expected = UCCX
                else:
                    expected = UCCE if version in {9, *range(19, 26)} else None
                self.assertIs(dialect_of(version, preferred), expected, version)

    def test_settings(self) -> None:
        """The versions that settings may name are those that dialect has."""
        for dialect in Dialect:
            found = tuple(v for v in range(30) if dialect_of(v, dialect) is dialect)
            self.assertEqual(CTI_VERSIONS[dialect.value], found)


class MessageTests(SynchronousTestCase):
    """Who knows which message."""

    def test_examples(self) -> None:
        """The first versions are those of the reference."""
        for name, uccx, ucce in (
            ("OPEN_REQ", 10, 9),
            ("CALL_DELIVERED_EVENT", 10, 9),
            ("CALL_TRANSLATION_ROUTE_EVENT", None, 9),
            ("RELEASE_CALL_REQ", None, 9),
            ("CALL_REACHED_NETWORK_EVENT", None, 9),
            ("MONITOR_START_REQ", None, 9),
            ("CONFIG_REQUEST_KEY_EVENT", 10, 10),
            ("TEAM_CONFIG_REQ", 10, 10),
            ("AGENT_TEAM_CONFIG_EVENT", 10, 9),
            ("SUPERVISOR_ASSIST_EVENT", 10, 9),
            ("EMERGENCY_CALL_REQ", None, 9),
            ("EMERGENCY_CALL_EVENT", None, 9),
            ("SET_APP_DATA_CONF", None, 9),
            ("AGENT_DESK_SETTINGS_REQ", 10, 9),
            ("LIST_AGENT_TEAM_REQ", None, 9),
            ("MONITOR_AGENT_TEAM_STOP_CONF", None, 9),
            ("BAD_CALL_REQ", 10, 9),
            ("CALL_AGENT_GREETING_EVENT", None, 15),
            ("CONFIG_MRD_EVENT", None, 20),
            ("CONFIG_PERIPHERAL_EVENT", None, 22),
            ("START_NETWORK_RECORDING_REQ", None, 23),
            ("CONFIG_TERMINAL_EVENT", 18, 24),
            ("STANDBY_ACTIVE_EVENT_MSG", None, 24),
            ("SET_AGENT_SERVICE_DATA_REQ", None, 24),
        ):
            number = MessageType[name]
            self.assertEqual((known_from(UCCX, number), known_from(UCCE, number)), (uccx, ucce))

    def test_edges(self) -> None:
        """A message is known from its first version on, and not in the one before."""
        for dialect in Dialect:
            for number in CATALOGUE:
                first = known_from(dialect, number)
                if first is None:
                    self.assertFalse(any(knows(dialect, v, number) for v in range(30)))
                else:
                    self.assertTrue(knows(dialect, first, number))
                    self.assertFalse(knows(dialect, first - 1, number))

    def test_someone_knows(self) -> None:
        """There is no message that nobody knows; those without a layout are UCCE's."""
        for number in CATALOGUE:
            self.assertIsNotNone(known_from(UCCE, number))
        self.assertIsNone(known_from(UCCX, MessageType.AGENT_LEGACY_PRE_CALL_EVENT))
        self.assertEqual(known_from(UCCE, MessageType.AGENT_LEGACY_PRE_CALL_EVENT), 9)


class ServiceTests(SynchronousTestCase):
    """Services, and what is meaningless."""

    def test_granted(self) -> None:
        """Each service is granted from its first version on, alone and among all."""
        for dialect in Dialect:
            for service, first in SERVICES[dialect].items():
                for asked in (service.value, 0xFFFFFFFF):
                    self.assertIn(service, granted_services(asked, dialect, first))
                    if first:
                        self.assertNotIn(service, granted_services(asked, dialect, first - 1))
            names = set(SERVICES[dialect])
            for service in set(CTIService) - names:
                self.assertEqual(granted_services(service, dialect, 25), CTIService(0))

    def test_meaningless(self) -> None:
        """In UCCE a bit without a row is; in UCCX none."""
        for bit in range(32):
            named = bit in {9, 14} or 1 << bit in list(CTIService)
            self.assertEqual(has_meaningless_service(1 << bit, UCCE), not named)
            self.assertFalse(has_meaningless_service(1 << bit, UCCX))


class KindTests(SynchronousTestCase):
    """The bits of configuration kinds."""

    def test_there_and_back(self) -> None:
        """Each kind has one bit in each dialect, and is read back from it."""
        for dialect in Dialect:
            for kind in ConfigMask:
                wire = kinds_on_wire(kind, dialect)
                self.assertEqual(wire.bit_count(), 1)
                self.assertEqual(kinds_of(wire, dialect, 25), kind)
        self.assertEqual(kinds_on_wire(ConfigMask.TERMINALS, UCCE), 0x100)
        self.assertEqual(kinds_on_wire(ConfigMask.TERMINALS, UCCX), 0x10)

    def test_each_bit(self) -> None:
        """A bit is a kind from that kind's first version on; the others mean nothing to a CCX engine."""
        for dialect in Dialect:
            for bit in range(32):
                kind, first = KINDS[dialect].get(1 << bit, (ConfigMask(0), 0))
                self.assertEqual(kinds_of(1 << bit, dialect, first), kind)
                if first:
                    self.assertEqual(kinds_of(1 << bit, dialect, first - 1), ConfigMask(0))

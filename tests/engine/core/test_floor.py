"""`finesse_tx.engine.core.floor`: what numbers are to CTI clients."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.enums import DeviceIDType
from finesse_tx.engine.core.events import NO_DEVICE, Device
from finesse_tx.engine.core.floor import MAX_DEVICES, Floor
from finesse_tx.engine.core.objects import Agent, Station
from finesse_tx.telephony.core.inventory import (
    AddressKind,
    AddressRecord,
    Inventory,
    TerminalRecord,
)
from tests.support.centre import people

INVENTORY = Inventory(
    (
        AddressRecord("1001", AddressKind.PHONE),
        AddressRecord("3001", AddressKind.PHONE),
        AddressRecord("6001", AddressKind.ROUTE_POINT),
    ),
    (TerminalRecord("SEP1", "A phone", ("1001", "3001")),),
)


class DeviceTests(SynchronousTestCase):
    """`Floor.device`."""

    def test_changes(self) -> None:
        """A number is what it is now: when it becomes ours, and when somebody signs in or out at its phone."""
        floor, agent = Floor(), Agent(people(1)[0])
        phone = DeviceIDType.DEVID_DEVICE_IDENTIFIER

        def types() -> list[Device]:
            return [floor.device(number) for number in ("1001", "3001", "6001", "")]

        outside = [Device(n, phone) for n in ("1001", "3001", "6001")]
        self.assertEqual(types(), [*outside, NO_DEVICE])
        floor.add(INVENTORY)
        ours = [*outside[:2], Device("6001", DeviceIDType.DEVID_ROUTE_POINT), NO_DEVICE]
        self.assertEqual(types(), ours)
        agent.station = Station("1001", "SEP1")
        floor.sign_in(agent, "1001")
        other_line = Device("1001.3001", DeviceIDType.DEVID_NON_ACD_DEVICE_IDENTIFIER)
        own = Device("1001", DeviceIDType.DEVID_AGENT_DEVICE)
        self.assertEqual(types(), [own, other_line, *ours[2:]])
        floor.sign_out("1001")
        self.assertEqual(types(), ours)

    def test_bound(self) -> None:
        """No more numbers are remembered than may be."""
        floor = Floor()
        for number in range(MAX_DEVICES + 1):
            self.assertEqual(floor.device(str(number)).id, str(number))
            self.assertLessEqual(len(floor.devices), MAX_DEVICES)
        self.assertEqual(len(floor.devices), 1)

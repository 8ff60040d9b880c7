"""Secondary lines and old clients (§10.4 of the CTI reference)."""

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.messages import (
    BeginCallEvent,
    CallConferencedEvent,
    CallDeliveredEvent,
    ConnectedParty,
)
from finesse_tx.cti.core.secondary_lines import actual_device, without_secondary_lines


class SecondaryLineTests(SynchronousTestCase):
    """Device ids in the form Primary.Actual."""

    def test_actual_device(self) -> None:
        """The actual device is what follows the dot, where both halves are numbers of at most 31 digits."""
        for device, actual in (
            ("2006.3006", "3006"),
            ("2006", "2006"),
            ("a.b", "a.b"),
            ("2006.", "2006."),
            ("1.2.3", "1.2.3"),
            ("1" * 31 + "." + "2" * 31, "2" * 31),
            ("1" * 32 + ".2", "1" * 32 + ".2"),
            ("", ""),
        ):
            self.assertEqual(actual_device(device), actual)

    def test_event(self) -> None:
        """Device ids, ANI, DNIS and DialedNumber are the line alone; types and line type are the plain ones."""
        event = CallDeliveredEvent(
            connection_call_id=1,
            line_type=10,
            alerting_device_type=78,
            calling_device_type=76,
            connection_device_id="2006.3006",
            alerting_device_id="2006.3006",
            calling_device_id="2005",
            ani="2007.3007",
            call_variables=("1.2",),
        )
        self.assertEqual(
            without_secondary_lines(event),
            CallDeliveredEvent(
                connection_call_id=1,
                line_type=3,
                alerting_device_type=0,
                calling_device_type=76,
                connection_device_id="3006",
                alerting_device_id="3006",
                calling_device_id="2005",
                ani="3007",
                call_variables=("1.2",),
            ),
        )

    def test_parties(self) -> None:
        """So are the parties of a conference."""
        parties = tuple(
            ConnectedParty(connected_party_call_id=1, connected_party_device_id=device)
            for device in ("2006.3006", "2005", None)
        )
        event = CallConferencedEvent(
            primary_call_id=1, secondary_call_id=2, connected_parties=parties
        )
        found = without_secondary_lines(event)
        assert isinstance(found, CallConferencedEvent)
        self.assertEqual(
            [party.connected_party_device_id for party in found.connected_parties],
            ["3006", "2005", None],
        )

    def test_untouched(self) -> None:
        """An event without secondary lines is the very same."""
        event: Message = BeginCallEvent(
            connection_call_id=1, call_type=1, connection_device_id="2006", ani="0612345678"
        )
        self.assertIs(without_secondary_lines(event), event)

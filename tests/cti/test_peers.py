"""What public clients send, byte for byte: see ``docs/cti.rst``, "Tried with"."""

from __future__ import annotations

from twisted.internet.task import Clock
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import CTIServerConfig
from finesse_tx.cti.core.enums import NULL
from finesse_tx.cti.core.framing import frames
from finesse_tx.cti.core.layout import Dialect, Layout, Widths, detect_widths
from finesse_tx.cti.core.messages import OpenConf, OpenReq, SystemEvent
from finesse_tx.cti.server import CTIServer
from tests.support.cti import CTIPeer, ScriptedPeripheral, now

RECORDER = (
    "00000035 00000003 00000001 0000000e ffffffff ffffffff 00000012 0060637c 00000018 0000001f"
    "00000000 00000000 00000000 01 04 52545000 02 01 00"
)
"""legnaxz/ged: version 14, all events and call data, no idle timeout, any peripheral."""

WALLBOARD = (
    "0000003d 00000003 00000000 00000018 0000012c 00001388 00000094 ffffffff 00003fff 00000000"
    "00000000 00000000 00000000 0001 0009 63746d6f6e69746f72 0002 0000"
)
"""cmhxone/ctm: version 24, a ClientID without NUL and a ClientPassword of no length."""

MONITOR = (
    "0000003b 00000003 00000001 00000018 00000078 00000000 00000011 ffffffff ffffffff ffffffff"
    "00000000 00000000 00000000 0001 000b 4354495365727669636500"
)
"""premkumarramasamy/ctiservice: version 24, no ClientPassword."""


class PeerTests(SynchronousTestCase):
    """Their first message."""

    def test_recorder(self) -> None:
        """A session in version 14 is opened with what a recorder sends, and never ended for silence."""
        clock = Clock()
        server = CTIServer(CTIServerConfig(), ScriptedPeripheral(), clock, now)
        server.startService()
        peer = CTIPeer(server.factory, 14)
        peer.send_bytes(bytes.fromhex(RECORDER))
        confirmed, status = peer.received()
        assert isinstance(confirmed, OpenConf)
        self.assertEqual((confirmed.invoke_id, confirmed.services_granted), (1, 0x12))
        self.assertIsInstance(status, SystemEvent)
        self.assertEqual(clock.getDelayedCalls(), [])
        server.stopService()
        peer.lose()
        self.assertEqual(clock.getDelayedCalls(), [])

    def open_req(self, wire: str) -> OpenReq:
        """An OPEN_REQ of UCCE 24, in the widths that it shows."""
        (frame,) = frames(bytearray.fromhex(wire))
        widths = detect_widths(frame.body, Dialect.UCCE, 24)
        self.assertEqual(widths, Widths(2, 2))
        request = Layout.of(Dialect.UCCE, 24, widths).decode(frame)
        assert isinstance(request, OpenReq)
        self.assertEqual(request.unread_fields, ())
        return request

    def test_wallboard(self) -> None:
        """A text without NUL and a password of no length are read in version 24."""
        request = self.open_req(WALLBOARD)
        self.assertEqual((request.client_id, request.client_password), ("ctmonitor", b""))
        self.assertEqual((request.peripheral_id, request.call_msg_mask), (5000, NULL))

    def test_monitor(self) -> None:
        """Widths are found out without a ClientPassword too, and its absence is seen."""
        request = self.open_req(MONITOR)
        self.assertEqual((request.client_id, request.client_password), ("CTIService", None))

"""TCP segments in every kind of packet, by dpkt and byte by byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.segments import Endpoint, Segment, UnknownLinkError, segment
from tests.support.captures import CLIENT, SERVER, Talk, ethernet

SENT = Talk().say(b"hello", client=True).sent[0]
SENT6 = Talk(("fe80::9", 40_000), ("fe80::1", 12_028)).say(b"hello", client=True).sent[0]
EXPECTED = Segment(
    Endpoint(*CLIENT), Endpoint(*SERVER), 1_000, 4_294_967_290, False, False, False, b"hello"
)
EXPECTED6 = EXPECTED._replace(
    source=Endpoint("fe80::9", 40_000), target=Endpoint("fe80::1", 12_028)
)
IP, IP6 = bytes(SENT.datagram), bytes(SENT6.datagram)
MACS = bytes(12)


class LinkTests(SynchronousTestCase):
    """What is around the IP datagram."""

    def test_links(self) -> None:
        """Each kind of packet has its segment, over IPv4 and IPv6."""
        for data, kind, family, expected in (
            (IP, "0800", 2, EXPECTED),
            (IP6, "86dd", 30, EXPECTED6),
        ):
            ethertype = bytes.fromhex(kind)
            for link, packet in (
                (1, MACS + ethertype + data + b"pad"),
                (1, MACS + bytes.fromhex("8100 0005") + ethertype + data),
                (1, MACS + bytes.fromhex("88a8 0006 8100 0005") + ethertype + data),
                (113, bytes(14) + ethertype + data),
                (113, bytes(14) + bytes.fromhex("8100 0005") + ethertype + data),
                (276, ethertype + bytes(18) + data),
                (0, family.to_bytes(4, "little") + data),
                (0, family.to_bytes(4, "big") + data),
                (108, family.to_bytes(4, "big") + data),
                (101, data),
                (12, data),
                (228 if family == 2 else 229, data),
            ):
                self.assertEqual(segment(link, packet), expected, (link, kind))

    def test_by_dpkt(self) -> None:
        """So has an Ethernet frame by dpkt."""
        self.assertEqual(segment(1, ethernet(SENT)), EXPECTED)
        self.assertEqual(segment(1, ethernet(SENT6)), EXPECTED6)

    def test_unknown_link(self) -> None:
        """A link type that is not read is told."""
        error = self.assertRaises(UnknownLinkError, segment, 105, IP)
        self.assertEqual(error.link, 105)

    def test_no_ip(self) -> None:
        """What is not IP has no segment."""
        self.assertIsNone(segment(1, MACS + bytes.fromhex("0806") + IP))
        self.assertIsNone(segment(0, bytes(4) + IP))
        self.assertIsNone(segment(101, b""))


class DatagramTests(SynchronousTestCase):
    """What is in the IP datagram."""

    def test_flags(self) -> None:
        """SYN, FIN, RST and the number acknowledged are told."""
        first, second, *_others, fin, _fin, _ack = [
            segment(1, ethernet(sent)) for sent in Talk().open().close().sent
        ]
        assert first is not None
        assert second is not None
        assert fin is not None
        self.assertEqual((first.syn, first.acknowledged), (True, None))
        self.assertEqual((second.syn, second.acknowledged), (True, 1_001))
        self.assertEqual((fin.fin, fin.rst), (True, False))
        (reset,) = [segment(1, ethernet(sent)) for sent in Talk().close(flags=4).sent]
        assert reset
        self.assertEqual((reset.fin, reset.rst), (False, True))

    def test_lengths(self) -> None:
        """Padding is no data; a length of zero, as network cards leave it, is all there is."""
        self.assertEqual(segment(101, IP + b"padding"), EXPECTED)
        self.assertEqual(segment(101, IP6 + b"padding"), EXPECTED6)
        self.assertEqual(segment(101, IP[:2] + bytes(2) + IP[4:]), EXPECTED)
        self.assertEqual(segment(101, IP6[:4] + bytes(2) + IP6[6:]), EXPECTED6)

    def test_cut(self) -> None:
        """Of a packet that was cut there is what was kept; none where the headers were."""
        cut = segment(101, IP[:-3])
        assert cut
        self.assertEqual(cut.data, b"he")
        for size in range(40):
            found = segment(101, IP[:size])
            self.assertTrue(found is None or not found.data)

    def test_options(self) -> None:
        """IP and TCP options are passed over."""
        options = bytes([0x46]) + IP[1:2] + (len(IP) + 4).to_bytes(2, "big") + IP[4:20] + bytes(4)
        self.assertEqual(segment(101, options + IP[20:]), EXPECTED)
        tcp = IP[20:32] + bytes([0x60]) + IP[33:40] + bytes(4) + IP[40:]
        self.assertEqual(segment(101, IP[:2] + bytes(2) + IP[4:20] + tcp), EXPECTED)

    def test_extension_headers(self) -> None:
        """IPv6 extension headers are passed over; a first fragment that is the only one is none."""
        for kind, header in (
            (0, bytes([6, 0]) + bytes(6)),
            (43, bytes([6, 1]) + bytes(14)),
            (60, bytes([6, 0]) + bytes(6)),
            (51, bytes([6, 4]) + bytes(22)),
            (44, bytes([6, 0]) + bytes(6)),
        ):
            length = (len(IP6) - 40 + len(header)).to_bytes(2, "big")
            packet = IP6[:4] + length + bytes([kind]) + IP6[7:40] + header + IP6[40:]
            self.assertEqual(segment(101, packet), EXPECTED6, kind)

    def test_fragments(self) -> None:
        """A fragment is not read, of either IP."""
        for bits in ("2000", "0001", "3fff"):
            self.assertIsNone(segment(101, IP[:6] + bytes.fromhex(bits) + IP[8:]))
        self.assertEqual(segment(101, IP[:6] + bytes.fromhex("4000") + IP[8:]), EXPECTED)
        for bits in ("0001", "0008"):
            header = bytes([6, 0]) + bytes.fromhex(bits) + bytes(4)
            length = (len(IP6) - 32).to_bytes(2, "big")
            packet = IP6[:4] + length + bytes([44]) + IP6[7:40] + header + IP6[40:]
            self.assertIsNone(segment(101, packet))

    def test_no_tcp(self) -> None:
        """UDP has no segment."""
        self.assertIsNone(segment(101, IP[:9] + bytes([17]) + IP[10:]))
        self.assertIsNone(segment(101, IP6[:6] + bytes([17]) + IP6[7:]))
        self.assertIsNone(segment(101, bytes([0x50]) + IP6[1:]))

    @given(st.sampled_from([0, 1, 101, 108, 113, 276]), st.binary(max_size=100))
    def test_anything(self, link: int, packet: bytes) -> None:
        """Any bytes are a segment or none."""
        segment(link, packet)

    @given(st.sampled_from([IP, IP6]), st.integers(0, 60), st.binary(max_size=6))
    def test_damage(self, data: bytes, at: int, damage: bytes) -> None:
        """So is any datagram that has been damaged."""
        segment(101, data[:at] + damage + data[at + len(damage) :])

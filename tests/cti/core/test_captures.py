"""Capture files: pcap and pcapng, from dpkt and byte by byte."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.core.captures import (
    MAX_BLOCK,
    MAX_PACKET,
    BadCaptureError,
    Packet,
    packets,
)
from tests.support.captures import Talk, ethernet, pcap, pcapng

SENT = Talk().open().say(b"hello", client=True).close().sent
START = 1_772_366_400_000_000_000
EXPECTED = [
    Packet(START + 500_000_000 * number, 1, ethernet(datagram))
    for number, datagram in enumerate(SENT)
]


def classic(order: str, magic: int, *records: tuple[int, int, bytes], link: int = 1) -> bytes:
    """A pcap file by the book."""
    data = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65_535, link)
    for seconds, fraction, packet in records:
        data += struct.pack(f"{order}IIII", seconds, fraction, len(packet), len(packet) + 9)
        data += packet
    return data


def block(kind: int, body: bytes, order: str = ">") -> bytes:
    """A pcapng block by the book."""
    body += bytes(-len(body) % 4)
    length = struct.pack(f"{order}I", 12 + len(body))
    return struct.pack(f"{order}I", kind) + length + body + length


def section(order: str = ">") -> bytes:
    """A section header."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)


def interface(order: str = ">", link: int = 1, snaplen: int = 0, options: bytes = b"") -> bytes:
    """An interface description."""
    return block(1, struct.pack(f"{order}HHI", link, 0, snaplen) + options, order)


def enhanced(units: int, packet: bytes, order: str = ">", number: int = 0) -> bytes:
    """An enhanced packet."""
    high, low, size = units >> 32, units & 0xFFFFFFFF, len(packet)
    return block(6, struct.pack(f"{order}IIIII", number, high, low, size, size) + packet, order)


class CaptureTests(SynchronousTestCase):
    """Files as they should be."""

    def test_files_by_dpkt(self) -> None:
        """A file by dpkt has its packets, with their times: pcap, with nanoseconds, pcapng."""
        for data in (pcap(SENT), pcap(SENT, nano=True), pcapng(SENT)):
            self.assertEqual([*packets([data])], EXPECTED)

    @given(st.integers(1, 50), st.sampled_from([pcap(SENT), pcapng(SENT)]))
    def test_any_split(self, step: int, data: bytes) -> None:
        """So has one that comes in pieces; a packet goes out as soon as it is whole."""
        pieces = (data[at : at + step] for at in range(0, len(data), step))
        self.assertEqual([*packets(pieces)], EXPECTED)

    def test_live(self) -> None:
        """A packet goes out before more is asked for."""
        end = len(pcap(SENT[:1]))
        self.assertEqual(next(packets(iter([pcap(SENT)[:end]]))), EXPECTED[0])

    def test_byte_orders(self) -> None:
        """A pcap file may be in either byte order, in micro- or nanoseconds, with flags above the link type."""
        for order in "<>":
            for magic, unit in ((0xA1B2C3D4, 1_000), (0xA1B23C4D, 1)):
                data = classic(order, magic, (7, 5, b"ab"), (8, 6, b""), link=0xF000_0071)
                expected = [
                    Packet(7_000_000_000 + 5 * unit, 113, b"ab"),
                    Packet(8_000_000_000 + 6 * unit, 113, b""),
                ]
                self.assertEqual([*packets([data])], expected)

    def test_blocks(self) -> None:
        """In pcapng each interface has its link type and its clock, each section its interfaces and byte order."""
        tens = struct.pack(">HHB3x", 9, 1, 3) + struct.pack(">HHq", 14, 8, 100) + bytes(4)
        twos = struct.pack("<HHB3x", 9, 1, 0x8A)
        data = (
            section()
            + interface()
            + interface(link=113, options=tens)
            + enhanced(1_500_000, b"one")
            + block(0xBAD, b"whatever")
            + enhanced((1 << 32) + 704, b"two", number=1)
            + block(2, struct.pack(">HHIIII", 1, 0, 0, 1_000, 3, 3) + b"old")
            + section("<")
            + interface("<", link=276, snaplen=2, options=twos)
            + enhanced(1_536, b"three", "<")
            + block(3, struct.pack("<I", 5) + b"sim", "<")
        )
        milliseconds = ((1 << 32) + 704) * 1_000_000
        self.assertEqual(
            [*packets([data])],
            [
                Packet(1_500_000_000, 1, b"one"),
                Packet(100_000_000_000 + milliseconds, 113, b"two"),
                Packet(101_000_000_000, 113, b"old"),
                Packet(1_500_000_000, 276, b"three"),
                Packet(None, 276, b"si"),
            ],
        )


class BadCaptureTests(SynchronousTestCase):
    """Files as they should not be."""

    def refused(self, data: bytes) -> tuple[int, int, str]:
        """How many packets are read, where it ends, and why."""
        found: list[Packet] = []

        def read() -> None:
            for packet in packets([data]):
                found.append(packet)

        error = self.assertRaises(BadCaptureError, read)
        return len(found), error.offset, f"{error.expected}; {error.found}"

    def test_no_capture(self) -> None:
        """What is no capture is told by its first bytes; gzip by name."""
        for data, reason in (
            (b"", "a capture of 4 bytes; the end after 0"),
            (b"\xd4\xc3", "a capture of 4 bytes; the end after 2"),
            (b"0000", "the magic number of pcap or pcapng; 30303030"),
            (
                b"\x1f\x8b\x08\x00",
                "the magic number of pcap or pcapng; 1f8b0800, gzip: uncompress it first",
            ),
        ):
            self.assertEqual(self.refused(data), (0, 0, reason))

    def test_torn(self) -> None:
        """A file that is cut off has the packets before that."""
        data = pcap(SENT)
        self.assertEqual(
            self.refused(data[:20])[1:], (4, "a pcap header of 20 bytes; the end after 16")
        )
        end = len(pcap(SENT[:1]))
        self.assertEqual(
            self.refused(data[: end + 15]),
            (1, end, "a packet's header of 16 bytes; the end after 15"),
        )
        self.assertEqual(
            self.refused(data[: end + 17]), (1, end + 16, "a packet of 60 bytes; the end after 1")
        )
        data = section() + interface() + enhanced(0, b"one")
        for cut in range(5, len(data)):
            if cut not in {len(section()), len(section() + interface())}:
                self.assertEqual(self.refused(data[:cut])[0], 0)

    def test_greatest_packet(self) -> None:
        """A packet is as long as the bound, and not a byte longer."""
        data = classic(">", 0xA1B2C3D4, (0, 0, bytes(MAX_PACKET)))
        self.assertEqual(len([*packets([data])]), 1)
        data = classic(">", 0xA1B2C3D4, (0, 0, bytes(MAX_PACKET + 1)))
        self.assertEqual(
            self.refused(data), (0, 24, "a packet of at most 1048576 bytes; one of 1048577")
        )

    def test_wrong_blocks(self) -> None:
        """A pcapng block that is wrong is told with its place."""
        at = len(section() + interface())
        for wrong, place, reason in (
            (struct.pack(">II", 5, 8), at + 4, f"a block's length, 12 to {MAX_BLOCK}; 8"),
            (struct.pack(">II", 5, 13), at + 4, f"a block's length, 12 to {MAX_BLOCK}; 13"),
            (
                struct.pack(">II", 5, MAX_BLOCK + 4),
                at + 4,
                f"a block's length, 12 to {MAX_BLOCK}; {MAX_BLOCK + 4}",
            ),
            (block(1, b"\0"), at, "a block of type 1; one that is too short"),
            (block(6, b"\0"), at, "a block of type 6; one that is too short"),
            (
                enhanced(0, b"", number=1),
                at,
                "a block of type 6; one of interface 1, which is not described",
            ),
            (
                block(6, struct.pack(">IIIII", 0, 0, 0, 8, 8) + b"abcd"),
                at,
                "a block of type 6; one with 4 of 8 bytes of packet",
            ),
            (
                block(0x0A0D0D0A, bytes(16)),
                at + 8,
                "the byte-order mark 1a2b3c4d; 00000000",
            ),
        ):
            data = section() + interface() + wrong
            self.assertEqual(self.refused(data), (0, place, reason))
        self.assertEqual(
            self.refused(section() + block(3, bytes(4)))[2],
            "a block of type 3; one without an interface or a length",
        )

    @given(st.sampled_from([pcap(SENT), pcapng(SENT)]), st.integers(0, 200), st.binary(max_size=8))
    def test_any_damage(self, data: bytes, at: int, damage: bytes) -> None:
        """Whatever is written over a file, it is read or refused."""
        damaged = data[:at] + damage + data[at + len(damage) :]
        try:
            list(packets([damaged]))
        except BadCaptureError as error:
            self.assertLessEqual(error.offset, len(damaged))

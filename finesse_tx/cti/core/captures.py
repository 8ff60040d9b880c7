"""Packets out of a capture file: pcap, in either byte order, in micro- and nanoseconds, and pcapng.

Spec: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng (section header, interface description, enhanced, simple and old
packet blocks; the others are skipped).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final, NamedTuple

from finesse_tx.errors import RemoteProtocolError

__all__ = ["MAX_BLOCK", "MAX_PACKET", "BadCaptureError", "Packet", "packets"]

MAX_PACKET: Final = 1_048_576
"""The most bytes of one packet; tcpdump takes 262144."""

MAX_BLOCK: Final = 16 * MAX_PACKET
"""The most bytes of a pcapng block that is not a packet."""

_PCAP: Final = {0xA1B2C3D4: 1_000, 0xA1B23C4D: 1}
"""Nanoseconds per unit of time, for each magic number."""

_SECTION: Final = 0x0A0D0D0A
_BYTE_ORDER: Final = 0x1A2B3C4D
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _ENHANCED_PACKET = 1, 2, 3, 6
_RESOLUTION, _OFFSET = 9, 14


class BadCaptureError(RemoteProtocolError):
    """The file is no capture, or not from here on.

    Attributes:
        offset: Where in the file.
        expected: What should be there.
        found: What is.
    """

    def __init__(self, offset: int, expected: str, found: str) -> None:
        super().__init__(offset, expected, found)
        self.offset, self.expected, self.found = offset, expected, found


class Packet(NamedTuple):
    """A packet.

    Attributes:
        time_ns: When it was seen, in nanoseconds since 1970; None where the file does not tell.
        link: Its link type (LINKTYPE_…).
        data: As much of it as was kept.
    """

    time_ns: int | None
    link: int
    data: bytes


class _Source:
    """Bytes that come in pieces, by the number that is asked for."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks, self._buffer = iter(chunks), bytearray()
        self.offset = 0

    def take(self, count: int, what: str, *, may_end: bool = False) -> bytes:
        """The next ``count`` bytes; none if the file ends here, as it may."""
        while len(self._buffer) < count:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._buffer += chunk
        left = len(self._buffer)
        if left < count and not (may_end and not left):
            raise BadCaptureError(self.offset, f"{what} of {count} bytes", f"the end after {left}")
        data = bytes(self._buffer[:count])
        del self._buffer[:count]
        self.offset += len(data)
        return data


def packets(chunks: Iterable[bytes]) -> Iterator[Packet]:
    """Read a capture as it comes.

    Raises:
        BadCaptureError: It cannot be read any further.
    """
    source = _Source(chunks)
    magic = source.take(4, "a capture")
    if int.from_bytes(magic, "big") == _SECTION:
        yield from _pcapng(source)
        return
    for order in "><":
        (number,) = Struct(f"{order}I").unpack(magic)
        if number in _PCAP:
            yield from _pcap(source, order, _PCAP[number])
            return
    found = f"{magic.hex()}{', gzip: uncompress it first' * magic.startswith(bytes([0x1F, 0x8B]))}"
    raise BadCaptureError(0, "the magic number of pcap or pcapng", found)


def _pcap(source: _Source, order: str, unit_ns: int) -> Iterator[Packet]:
    header, record = Struct(f"{order}HHiIII"), Struct(f"{order}IIII")
    *_, network = header.unpack(source.take(header.size, "a pcap header"))
    link = network & 0xFFFF  # above it are flags
    while head := source.take(record.size, "a packet's header", may_end=True):
        seconds, fraction, kept, _length = record.unpack(head)
        if kept > MAX_PACKET:
            at = source.offset - record.size
            raise BadCaptureError(at, f"a packet of at most {MAX_PACKET} bytes", f"one of {kept}")
        time_ns = seconds * 1_000_000_000 + fraction * unit_ns
        yield Packet(time_ns, link, source.take(kept, "a packet"))


class _Interface(NamedTuple):
    link: int
    snaplen: int
    """The most bytes that are kept of a packet; 0 for all."""
    per_second: int
    """Units of time."""
    offset_s: int


def _pcapng(source: _Source) -> Iterator[Packet]:
    order, interfaces = ">", list[_Interface]()
    head, kind = b"", _SECTION  # the first section's type has been read
    while True:
        at = source.offset - 4
        size = source.take(4, "a block's length")
        if kind == _SECTION:
            mark = source.take(4, "a byte-order mark")
            orders = [each for each in "><" if Struct(f"{each}I").unpack(mark)[0] == _BYTE_ORDER]
            if not orders:
                raise BadCaptureError(at + 8, f"the byte-order mark {_BYTE_ORDER:x}", mark.hex())
            (order,), interfaces = orders, []
        (length,) = Struct(f"{order}I").unpack(size)
        read = source.offset - at
        if not 12 <= length <= MAX_BLOCK or length % 4 or length < read + 4:
            raise BadCaptureError(at + 4, f"a block's length, 12 to {MAX_BLOCK}", str(length))
        body = source.take(length - read, "a block")[:-4]
        try:
            yield from _block(kind, body, order, interfaces)
        except ValueError as error:
            raise BadCaptureError(at, f"a block of type {kind}", str(error)) from None
        if not (head := source.take(4, "a block's type", may_end=True)):
            return
        (kind,) = Struct(f"{order}I").unpack(head)


def _block(kind: int, body: bytes, order: str, interfaces: list[_Interface]) -> Iterator[Packet]:
    """What a block holds; it raises ValueError if that is not what its type says."""
    if kind == _INTERFACE:
        interfaces.append(_interface(body, order))
    elif kind in {_ENHANCED_PACKET, _OLD_PACKET}:
        form = Struct(f"{order}{'IIIII' if kind == _ENHANCED_PACKET else 'HHIIII'}")
        if len(body) < form.size:
            raise ValueError("one that is too short")
        number, *_drops, high, low, kept, _length = form.unpack_from(body)
        if number >= len(interfaces):
            raise ValueError(f"one of interface {number}, which is not described")
        data = body[form.size : form.size + kept]
        if len(data) < kept:
            raise ValueError(f"one with {len(data)} of {kept} bytes of packet")
        interface = interfaces[number]
        units = high << 32 | low
        time_ns = interface.offset_s * 1_000_000_000 + units * 1_000_000_000 // interface.per_second
        yield Packet(time_ns, interface.link, data)
    elif kind == _SIMPLE_PACKET:
        if not interfaces or len(body) < 4:
            raise ValueError("one without an interface or a length")
        (length,) = Struct(f"{order}I").unpack_from(body)
        kept = min(length, interfaces[0].snaplen or length)
        yield Packet(None, interfaces[0].link, body[4 : 4 + kept])


def _interface(body: bytes, order: str) -> _Interface:
    form, option = Struct(f"{order}HHI"), Struct(f"{order}HH")
    if len(body) < form.size:
        raise ValueError("one that is too short")
    link, _reserved, snaplen = form.unpack_from(body)
    per_second, offset_s, at = 1_000_000, 0, form.size
    while at + option.size <= len(body):
        code, length = option.unpack_from(body, at)
        value = body[at + option.size : at + option.size + length]
        if code == _RESOLUTION and len(value) == 1:
            per_second = 2 ** (value[0] & 0x7F) if value[0] & 0x80 else 10 ** value[0]
        elif code == _OFFSET and len(value) == 8:
            (offset_s,) = Struct(f"{order}q").unpack(value)
        at += option.size + (length + 3) // 4 * 4
    return _Interface(link, snaplen, per_second, offset_s)

"""TCP segments out of packets: Ethernet with VLANs, Linux "any" (SLL, SLL2), loopback and raw IP, over IPv4 and IPv6.

What is not TCP is None. A segment of which the capture kept only the beginning has only that; an IP fragment has
nothing for us, as no CTI peer sends any.

Spec: RFC 791, RFC 8200 §4, RFC 9293 §3.1; the LINKTYPE_ registry of tcpdump.org.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Address
from struct import Struct, error, unpack_from
from typing import Final, NamedTuple

__all__ = ["Endpoint", "Segment", "UnknownLinkError", "segment"]

_ETHERNET, _RAW, _SLL, _IPV4, _IPV6, _SLL2 = 1, 101, 113, 228, 229, 276
_NULL, _LOOP = 0, 108
_RAW_TOO: Final = {12, 14, _RAW, _IPV4, _IPV6}
_VLAN: Final = {0x8100, 0x88A8, 0x9100}
_IP: Final = {0x0800, 0x86DD}
_TCP: Final = 6
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _AUTHENTICATION, _DESTINATION = 0, 43, 44, 51, 60
_FAMILIES: Final = {2, 10, 24, 28, 30}
"""AF_INET and the AF_INET6 of the systems there are."""

_HEADER: Final = Struct(">HHIIHH")
_FIN, _SYN, _RST, _ACK = 1, 2, 4, 16


class UnknownLinkError(ValueError):
    """Packets of a link type that is not read.

    Attributes:
        link: Its number.
    """

    def __init__(self, link: int) -> None:
        super().__init__(link)
        self.link = link


class Endpoint(NamedTuple):
    """One end of a connection."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class Segment(NamedTuple):
    """A TCP segment.

    Attributes:
        source: Who sends it.
        target: Who gets it.
        sequence: The number of its first byte.
        acknowledged: The number of the first byte that its sender has not got; None without ACK.
        syn: Whether a connection begins.
        fin: Whether it is the last one of its direction.
        rst: Whether the connection is reset.
        data: As much as was kept.
    """

    source: Endpoint
    target: Endpoint
    sequence: int
    acknowledged: int | None
    syn: bool
    fin: bool
    rst: bool
    data: bytes


def segment(link: int, packet: bytes) -> Segment | None:
    """The TCP segment of a packet; None if there is none in it.

    Raises:
        UnknownLinkError: The link type is not read.
    """
    try:
        datagram = _datagram(link, packet)
        if not datagram:
            return None
        return _ipv4(datagram) if datagram[0] >> 4 == 4 else _ipv6(datagram)
    except (
        error,
        IndexError,
        AddressValueError,
    ):  # a header that is cut, by the capture or by its sender
        return None


def _datagram(link: int, packet: bytes) -> bytes:
    if link in _RAW_TOO:
        return packet
    if link in {_NULL, _LOOP}:  # the family is in the byte order of who captured it
        families = {int.from_bytes(packet[:4], "big"), int.from_bytes(packet[:4], "little")}
        return packet[4:] if families & _FAMILIES else b""
    places = {_ETHERNET: (12, 14), _SLL: (14, 16), _SLL2: (0, 20)}
    if link not in places:
        raise UnknownLinkError(link)
    at, start = places[link]
    (kind,) = unpack_from(">H", packet, at)
    while kind in _VLAN:
        (kind,) = unpack_from(">H", packet, start + 2)
        start += 4
    return packet[start:] if kind in _IP else b""


def _ipv4(datagram: bytes) -> Segment | None:
    length, fragment = unpack_from(">2xH2xH", datagram)
    head = (datagram[0] & 0x0F) * 4
    if datagram[9] != _TCP or fragment & 0x3FFF or head < 20:
        return None
    hosts = IPv4Address(datagram[12:16]), IPv4Address(datagram[16:20])
    # 0: the network card was to cut it up, and to fill this in.
    return _tcp(datagram[head : length or None], str(hosts[0]), str(hosts[1]))


def _ipv6(datagram: bytes) -> Segment | None:
    length, kind = unpack_from(">4xHB", datagram)
    end, at = (40 + length if length else len(datagram)), 40
    while kind in {_HOP_BY_HOP, _ROUTING, _DESTINATION, _AUTHENTICATION, _FRAGMENT}:
        following, size = datagram[at], datagram[at + 1]
        if kind == _FRAGMENT:
            if unpack_from(">H", datagram, at + 2)[0] & 0xFFF9:
                return None
            at += 8
        else:
            at += (size + 2) * 4 if kind == _AUTHENTICATION else (size + 1) * 8
        kind = following
    if kind != _TCP or datagram[0] >> 4 != 6:
        return None
    hosts = IPv6Address(datagram[8:24]), IPv6Address(datagram[24:40])
    return _tcp(datagram[at:end], str(hosts[0]), str(hosts[1]))


def _tcp(data: bytes, source: str, target: str) -> Segment:
    source_port, target_port, sequence, acknowledged, bits, _window = _HEADER.unpack_from(data)
    return Segment(
        Endpoint(source, source_port),
        Endpoint(target, target_port),
        sequence,
        acknowledged if bits & _ACK else None,
        bool(bits & _SYN),
        bool(bits & _FIN),
        bool(bits & _RST),
        data[max(bits >> 12, 5) * 4 :],
    )

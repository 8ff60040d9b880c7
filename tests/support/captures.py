"""Captures of CTI sessions, written with dpkt: connections of segments, in any kind of packet and of file."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from typing import Any, NamedTuple

import dpkt

__all__ = ["CLIENT", "SERVER", "Talk", "ethernet", "pcap", "pcapng"]

CLIENT = ("10.0.0.9", 40_000)
SERVER = ("10.0.0.1", 12_028)

FIN, SYN, RST, PSH, ACK = (
    dpkt.tcp.TH_FIN,
    dpkt.tcp.TH_SYN,
    dpkt.tcp.TH_RST,
    dpkt.tcp.TH_PUSH,
    dpkt.tcp.TH_ACK,
)


class Sent(NamedTuple):
    """An IP datagram, as dpkt has it."""

    datagram: Any

    @property
    def kind(self) -> int:
        """Its ethertype."""
        return 0x0800 if isinstance(self.datagram, dpkt.ip.IP) else 0x86DD


class Talk:
    """A connection, segment by segment.

    Attributes:
        sent: The datagrams, in order; a test may repeat, swap and lose them.
    """

    def __init__(
        self,
        client: tuple[str, int] = CLIENT,
        server: tuple[str, int] = SERVER,
        first: tuple[int, int] = (1_000, 4_294_967_290),
    ) -> None:
        self._ends = {True: client, False: server}
        self._next = {True: first[0], False: first[1]}
        self.sent: list[Sent] = []

    def open(self) -> Talk:
        """Shake hands."""
        self._send(True, SYN)
        self._send(False, SYN | ACK)
        self._send(True, ACK)
        return self

    def say(self, data: bytes, *, client: bool, size: int = 1_460) -> Talk:
        """Send data, in segments of ``size``."""
        for at in range(0, len(data), size):
            self._send(client, PSH | ACK, data[at : at + size])
        return self

    def close(self, flags: int = FIN) -> Talk:
        """End both directions."""
        self._send(True, flags | ACK)
        if flags == FIN:
            self._send(False, flags | ACK)
            self._send(True, ACK)
        return self

    def _send(self, client: bool, flags: int, data: bytes = b"") -> None:
        source, target = self._ends[client], self._ends[not client]
        segment = dpkt.tcp.TCP(
            sport=source[1],
            dport=target[1],
            seq=self._next[client],
            ack=self._next[not client] if flags & ACK else 0,
            flags=flags,
            data=data,
        )
        sent = len(data) + bool(flags & (SYN | FIN))
        self._next[client] = (self._next[client] + sent) % (1 << 32)
        hosts = [ip_address(end[0]).packed for end in (source, target)]
        if len(hosts[0]) == 4:
            datagram = dpkt.ip.IP(src=hosts[0], dst=hosts[1], p=6, data=segment)
            datagram.len = len(datagram)
        else:
            datagram = dpkt.ip6.IP6(src=hosts[0], dst=hosts[1], nxt=6, hlim=64, data=segment)
            datagram.plen = len(segment)
        self.sent.append(Sent(datagram))


def ethernet(sent: Sent) -> bytes:
    """A datagram in an Ethernet frame, padded to the least there is."""
    frame = dpkt.ethernet.Ethernet(
        src=b"\2\0\0\0\0\1", dst=b"\2\0\0\0\0\2", type=sent.kind, data=sent.datagram
    )
    return bytes(frame).ljust(60, b"\0")


Wrap = Callable[[Sent], bytes]


def pcap(
    sent: Iterable[Sent], wrap: Wrap = ethernet, link: int = 1, *, nano: bool = False
) -> bytes:
    """A pcap file; the packets are half a second apart, from 2026-03-01 12:00 on."""
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=link, nano=nano, snaplen=262_144)
    for number, datagram in enumerate(sent):
        writer.writepkt(wrap(datagram), ts=1_772_366_400 + number / 2)
    return file.getvalue()


def pcapng(sent: Iterable[Sent], wrap: Wrap = ethernet, link: int = 1) -> bytes:
    """A pcapng file, with the same times."""
    file = io.BytesIO()
    description = dpkt.pcapng.InterfaceDescriptionBlockLE(linktype=link, snaplen=262_144)
    writer = dpkt.pcapng.Writer(file, idb=description)
    for number, datagram in enumerate(sent):
        writer.writepkt(wrap(datagram), ts=1_772_366_400 + number / 2)
    return file.getvalue()

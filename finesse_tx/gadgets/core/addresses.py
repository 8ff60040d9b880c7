"""Which IP addresses a fetch for a gadget may reach: public ones, and networks that the operator names.

An IPv6 address that carries an IPv4 one inside is judged by what is inside: that is where it leads.

Spec: the IANA special-purpose address registries (RFC 6890); RFC 4291 §2.5.5 (mapped and compatible), RFC 6052 (NAT64),
RFC 3056 (6to4), RFC 5214 (ISATAP).
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Final

__all__ = ["METADATA", "SPECIAL_V4", "SPECIAL_V6", "IPAddress", "IPNetwork", "inside", "why_not"]

IPAddress = IPv4Address | IPv6Address
IPNetwork = IPv4Network | IPv6Network

METADATA: Final[frozenset[IPAddress]] = frozenset(
    {
        IPv4Address("169.254.169.254"),
        IPv4Address("169.254.170.2"),
        IPv4Address("100.100.100.200"),
        IPv4Address("168.63.129.16"),
        IPv4Address("192.0.0.192"),
        IPv6Address("fd00:ec2::254"),
        IPv6Address("fd20:ce::254"),
    }
)
"""Where clouds hand credentials to whoever asks; a network that holds one of them does not allow it, only its own name
(``169.254.169.254/32``) does."""

SPECIAL_V4: Final = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "unspecified"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "shared by a carrier's customers (CGNAT)"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "for protocols"),
        ("192.0.2.0/24", "for documentation"),
        ("192.88.99.0/24", "a 6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "for benchmarks"),
        ("198.51.100.0/24", "for documentation"),
        ("203.0.113.0/24", "for documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved or broadcast"),
    )
)
"""What is not public, and why."""

SPECIAL_V6: Final = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "a private NAT64"),
        ("2001::/23", "for protocols (Teredo among them)"),
        ("2001:db8::/32", "for documentation"),
        ("3fff::/20", "for documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
"""The same; what is in none of these, and not in `GLOBAL_V6` either, is not public."""

GLOBAL_V6: Final = IPv6Network("2000::/3")
"""All of global unicast that has been given out."""

_IN_LAST_32: Final = (
    IPv6Network("::ffff:0:0/96"),
    IPv6Network("::ffff:0:0:0/96"),
    IPv6Network("::/96"),
    IPv6Network("64:ff9b::/96"),
)
_SIX_TO_FOUR: Final = IPv6Network("2002::/16")
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
_PROPER_V6: Final = frozenset({IPv6Address("::"), IPv6Address("::1")})


def inside(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address to which this one leads; None: it leads to none."""
    if address in _PROPER_V6:
        return None
    value = int(address)
    if any(address in network for network in _IN_LAST_32):
        return IPv4Address(value & 0xFFFF_FFFF)
    if address in _SIX_TO_FOUR:
        return IPv4Address(value >> 80 & 0xFFFF_FFFF)
    if value >> 32 & 0xFFFF_FFFF in _ISATAP:
        return IPv4Address(value & 0xFFFF_FFFF)
    return None


def why_not(address: IPAddress, allowed: Iterable[IPNetwork] = ()) -> str:
    """Say why nothing may be fetched from there; empty when it may.

    Args:
        address: Where a connection would go.
        allowed: Networks that are reached although they are not public.
    """
    allowed = tuple(allowed)
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return f"{address} names an interface of this machine"
        if (hidden := inside(address)) is not None and ip_network(address) not in allowed:
            reason = why_not(hidden, allowed)  # whatever network holds the outer one
            return f"{address} leads to {hidden}: {reason}" if reason else ""
    if _allows(allowed, address):
        return ""
    if address in METADATA:
        return f"{address} is a cloud's metadata service"
    special: Iterable[tuple[IPNetwork, str]] = (
        SPECIAL_V4 if isinstance(address, IPv4Address) else SPECIAL_V6
    )
    for network, what in special:
        if address in network:
            return f"{address} is {what}"
    if isinstance(address, IPv6Address) and address not in GLOBAL_V6:
        return f"{address} is not a public address"
    return ""


def _allows(allowed: Iterable[IPNetwork], address: IPAddress) -> bool:
    if address in METADATA:
        return ip_network(address) in allowed
    return any(address in network for network in allowed)

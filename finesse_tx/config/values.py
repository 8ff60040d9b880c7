"""Values that more than one section has: durations, sizes, and where something listens."""

from __future__ import annotations

import re
from typing import Annotated

from msgspec import Meta, Struct

__all__ = ["Address", "Bytes", "Count", "Listen", "Seconds", "addresses"]

Listen = str | tuple[str, ...]
"""``"host:port"``, several of them, or ``""`` for a service that does not listen."""

Seconds = Annotated[float, Meta(gt=0, le=86_400)]
Bytes = Annotated[int, Meta(ge=1_024, le=1 << 30)]
Count = Annotated[int, Meta(ge=1, le=1_000_000)]


class Address(Struct, frozen=True):
    """A host and a TCP port.

    Attributes:
        host: A name or an IP address, without brackets.
        port: 0 to 65535; 0 lets the system choose.
    """

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``host:port`` or ``[v6]:port``.

        Raises:
            ValueError: It is neither; the message says what is wrong.
        """
        host, colon, port = text.rpartition(":")
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        elif ":" in host:
            raise ValueError(f'"{text}": an IPv6 address goes in brackets: "[{host}]:{port}"')
        if not colon or not host:
            raise ValueError(f'"{text}" is not "host:port"')
        if not port.isascii() or not port.isdigit() or int(port) > 65_535:
            raise ValueError(f'"{text}": the port is not a number from 0 to 65535')
        return cls(host, int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return self.host in {"localhost", "::1"} or bool(re.fullmatch(r"127(\.\d+){3}", self.host))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def addresses(listen: Listen) -> tuple[Address, ...]:
    """Where a service listens; empty when it does not.

    Raises:
        ValueError: One of them is not an address.
    """
    texts = [listen] if isinstance(listen, str) else listen
    return tuple(Address.parse(text) for text in texts if text)

"""Bytes that go out at once, where the socket takes them.

``transport.write`` of a TCP connection sends nothing: it asks to be told when the socket can be written, sends in the
next turn, and asks not to be told any more. An answer to a poll is small and the socket nearly always has room; three
system calls become one (``platform.md`` §3).
"""

from __future__ import annotations

from twisted.internet.interfaces import ITransport
from twisted.internet.tcp import Server

__all__ = ["write_now"]


def write_now(transport: ITransport, data: bytes) -> None:
    """Write, now if nothing waits before it; what the socket does not take waits as usual.

    Over TLS, and on every transport that is no plain TCP connection, it is ``transport.write``.
    """
    if (
        type(transport) is Server
        and transport.connected
        and not transport.disconnecting
        and not transport.dataBuffer
        and not transport._tempDataBuffer  # noqa: SLF001 - nothing public says whether something waits
    ):
        sent = transport.writeSomeData(data)
        if isinstance(sent, int):  # else it is lost, and learns of it by the write
            data = data[sent:]
            if not data:
                return
    transport.write(data)

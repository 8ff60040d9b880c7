"""HTTP/1.1 with keep-alive, as lean as asyncio has it: what asks must not be what is measured.

It reads a status and a Content-Length, and nothing else. One request is under way on each connection.
"""

from __future__ import annotations

import asyncio
from base64 import b64encode
from typing import cast

from typing_extensions import override

__all__ = ["Answer", "Connection", "connect", "request"]

Answer = tuple[int, bytes]
"""A status and a body."""


def request(
    method: str, path: str, user: str = "", password: str = "", body: bytes = b"", more: str = ""
) -> bytes:
    """Write a request.

    Args:
        method: Such as ``GET``.
        path: From the root.
        user: Who asks; nobody, if empty.
        password: Theirs.
        body: XML.
        more: Header lines, each with its line's end.
    """
    lines = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}"
    if user:
        lines += f"Authorization: Basic {b64encode(f'{user}:{password}'.encode()).decode()}\r\n"
    if method != "GET":
        lines += f"Content-Type: application/xml\r\nContent-Length: {len(body)}\r\n"
    return f"{lines}\r\n".encode() + body


class Connection(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._heard = b""
        self._waiting: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport

    def ask(self, written: bytes) -> asyncio.Future[Answer]:
        """Send a request; what comes is its answer, or a ``ConnectionError``."""
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(written)
        return self._waiting

    def close(self) -> None:
        """No more requests."""
        self._transport.close()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        heard = self._heard = self._heard + data if self._heard else data
        end = heard.find(b"\r\n\r\n")
        if end < 0:
            return
        head = heard[:end].lower()
        at = head.find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r", 1)[0]) if at >= 0 else 0
        whole = end + 4 + length
        if len(heard) < whole:
            return
        waiting, self._waiting, self._heard = self._waiting, None, heard[whole:]
        if waiting is not None and not waiting.done():
            waiting.set_result((int(head[9:12]), heard[end + 4 : whole]))

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError("the server has closed the connection"))


async def connect(port: int) -> Connection:
    """Open a connection on the loopback."""
    _transport, connection = await asyncio.get_running_loop().create_connection(
        Connection, "127.0.0.1", port
    )
    return connection

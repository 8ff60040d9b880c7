"""Where a run against HTTP/2 begins: what a client says that means it.

Nothing of ours is imported here: atheris instruments what is imported after this.
"""

from __future__ import annotations

from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.settings import SettingCodes
from hyperframe.frame import ContinuationFrame, Frame, GoAwayFrame, HeadersFrame, PriorityFrame

__all__ = ["NAMES", "http2_seeds"]

NAMES: Final = frozenset({"http2"})
"""The targets."""

HEADS: Final = (b"\3\1\0", b"\0\0\1", b"\1\x40\2", b"\3\x10\5")


class _Talk:
    """A client that hears nothing."""

    def __init__(self) -> None:
        self.h2 = H2Connection(H2Configuration(validate_outbound_headers=False))
        self.h2.initiate_connection()
        self._next = 1

    def ask(self, path: str, method: str = "GET", end: bool = True, **headers: str) -> int:
        """A request."""
        stream_id, self._next = self._next, self._next + 2
        fields = [(":method", method), (":path", path), (":scheme", "https"), (":authority", "x")]
        fields += [(name.replace("_", "-"), value) for name, value in headers.items()]
        self.h2.send_headers(stream_id, fields, end_stream=end)
        return stream_id

    def said(self) -> bytes:
        """All of it."""
        return self.h2.data_to_send()


def _frame(frame: Frame, *flags: str) -> bytes:
    for flag in flags:
        frame.flags.add(flag)
    data: bytes = frame.serialize()
    return data


def _talks() -> list[bytes]:
    talks = []
    talk = _Talk()
    for path in ("/", "/held", "/large"):
        talk.ask(path, cookie="a=b")
    talk.h2.ping(b"12345678")
    talks.append(talk.said())
    talk = _Talk()
    body = talk.ask("/", "PUT", end=False, content_length="3", expect="100-continue")
    talk.h2.send_data(body, b"abc", end_stream=True)
    body = talk.ask("/", "PUT", end=False)
    talk.h2.send_data(body, b"x" * 3_000)
    talk.h2.send_headers(body, [("x", "y")], end_stream=True)
    talks.append(talk.said())
    talk = _Talk()
    for path in ("/held", "/large", "/held"):
        talk.h2.reset_stream(talk.ask(path), ErrorCodes.CANCEL)
    talk.ask("/", "PUT", content_length="9999")
    talk.ask("/", x="y" * 3_000)
    talks.append(talk.said() + _frame(GoAwayFrame(0)))
    talk = _Talk()
    talk.h2.update_settings(
        {SettingCodes.INITIAL_WINDOW_SIZE: 10, SettingCodes.HEADER_TABLE_SIZE: 1 << 20}
    )
    large = talk.ask("/large")
    talk.h2.increment_flow_control_window(1_000, large)
    talk.h2.increment_flow_control_window(1_000)
    talk.ask("/held", "HEAD")
    talks.append(talk.said() + _frame(PriorityFrame(9, depends_on=1)))
    block = bytes.fromhex("828684410178")
    pieces = _frame(HeadersFrame(1, block[:3]), "END_STREAM")
    pieces += _frame(ContinuationFrame(1, block[3:]), "END_HEADERS")
    talks.append(_Talk().said() + pieces)
    return talks


def http2_seeds() -> list[bytes]:
    """Talks, cut in several ways."""
    return [head + talk for head in HEADS for talk in _talks()]

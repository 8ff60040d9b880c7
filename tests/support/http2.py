"""The other side of HTTP/2: h2 as a client, which keeps the answers, and frames that no client would send."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from struct import unpack
from typing import Any

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    InformationalResponseReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from hyperframe.frame import Frame

from finesse_tx.http2.core.frames import FrameCutter, Kind

__all__ = ["Answer", "Client", "frame_bytes"]


@dataclass
class Answer:
    """What came on a stream.

    Attributes:
        status: As a number; 0 until it comes.
        headers: All but that.
        body: What came of it.
        is_whole: Whether that is all.
        reset: The code of the reset that ended it.
        informed: The 1xx that came before.
    """

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    is_whole: bool = False
    reset: int | None = None
    informed: list[int] = field(default_factory=list)


class Client:
    """A client, without a network.

    Attributes:
        h2: Its side of the connection.
        answers: By stream.
        goaway: The code of the GOAWAY that came, and the last stream that it named.
        takes: Whether it widens windows as it reads.
    """

    def __init__(self, takes: bool = True) -> None:
        self.h2 = H2Connection(
            H2Configuration(
                client_side=True, header_encoding="latin-1", validate_outbound_headers=False
            )
        )
        self.h2.initiate_connection()
        self.answers: dict[int, Answer] = {}
        self.goaway: tuple[int, int] | None = None
        self.takes = takes
        self._cutter = FrameCutter()

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Iterable[tuple[str, str]] = (),
        end: bool = True,
    ) -> int:
        """Begin a request; its bytes are in `to_send` afterwards.

        Returns:
            The stream.
        """
        stream_id = self.h2.get_next_available_stream_id()
        fields = [
            (":method", method),
            (":path", path),
            (":scheme", "https"),
            (":authority", "cc.example.org"),
            *headers,
        ]
        self.h2.send_headers(stream_id, fields, end_stream=end and body is None)
        self.answers[stream_id] = Answer()
        if body is not None:
            self.send(stream_id, body, end=end)
        return stream_id

    def send(self, stream_id: int, body: bytes, end: bool = False) -> None:
        """Go on with a body."""
        for start in range(0, len(body), 16_384):
            self.h2.send_data(stream_id, body[start : start + 16_384])
        if end:
            self.h2.end_stream(stream_id)

    def to_send(self) -> bytes:
        """What it has to say."""
        return self.h2.data_to_send()

    def hear(self, data: bytes) -> None:
        """Take in what the server says."""
        for frame in self._cutter.frames(data):
            if frame.kind == Kind.GOAWAY:  # h2 would hear nothing more
                last, code = unpack(">LL", frame.wire[9:17])
                self.goaway = code, last
                continue
            for event in self.h2.receive_data(frame.wire):
                self._take(event)

    def _take(self, event: Any) -> None:
        answer = self.answers.get(getattr(event, "stream_id", 0) or 0)
        if answer is None:
            return
        match event:
            case InformationalResponseReceived():
                answer.informed.append(int(_text(event.headers)[":status"]))
            case ResponseReceived():
                answer.headers = _text(event.headers)
                answer.status = int(answer.headers.pop(":status"))
            case DataReceived():
                answer.body += event.data
                if self.takes:
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            case StreamEnded():
                answer.is_whole = True
            case StreamReset():
                answer.reset = int(event.error_code)

    def cancel(self, stream_id: int) -> None:
        """Take a request back."""
        self.h2.reset_stream(stream_id, ErrorCodes.CANCEL)


def _text(headers: Any) -> dict[str, str]:
    return dict(headers)


def frame_bytes(frame: Frame, *flags: str) -> bytes:
    """A frame as it is on the wire."""
    for flag in flags:
        frame.flags.add(flag)
    data: bytes = frame.serialize()
    return data

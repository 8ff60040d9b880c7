"""A connection of HTTP/2, our side: h2's state machine, and around it what h2 leaves to whoever uses it.

That is: which frames are paid for and which are free, how many streams there are, whose answers are sent
(`finesse_tx.http2.core.turns`), and an end that lets what is under way finish. Time comes in as a number of
seconds, bytes go in and come out; nothing happens by itself.

Spec: RFC 9113, as far as a server needs it; no server push, no extended CONNECT (RFC 8441). Priorities are not used, and
SETTINGS_NO_RFC7540_PRIORITIES says so (RFC 9218 §2.1): streams take turns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    DataReceived,
    Event,
    RemoteSettingsChanged,
    RequestReceived,
    StreamEnded,
    StreamReset,
    WindowUpdated,
)
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings
from hyperframe.frame import GoAwayFrame

from finesse_tx.http2.core.budget import Budget
from finesse_tx.http2.core.errors import BrokenError
from finesse_tx.http2.core.families import Counters
from finesse_tx.http2.core.frames import (
    MAX_FRAME_BYTES,
    PREFACE,
    Flag,
    Frame,
    FrameCutter,
    Kind,
)
from finesse_tx.http2.core.head import Fields
from finesse_tx.http2.core.turns import Outgoing, Turns

__all__ = [
    "EARNING_BYTES",
    "FRAMES_AT_ONCE",
    "FRAMES_PER_S",
    "FRAME_UNIT_BYTES",
    "MAX_STREAMS",
    "MAX_TABLE_BYTES",
    "RESETS_AT_ONCE",
    "RESETS_PER_S",
    "SMALL_DATA_BYTES",
    "Connection",
]

MAX_STREAMS: Final = 100
"""How many requests a client may have under way on a connection; the next one is refused, and may be sent again."""

RESETS_AT_ONCE: Final = 400
RESETS_PER_S: Final = 20.0
"""How many streams may end by a reset, or be refused, before a connection does (CVE-2023-44487, CVE-2025-8671). A page
that is left takes its requests back at once, and the next page may be left too."""

FRAMES_AT_ONCE: Final = 2_000
FRAMES_PER_S: Final = 200.0
"""How many frames may come that neither begin a request nor carry much of a body; what is sent to a client earns it
some, since it has to say that it has read it."""

SMALL_DATA_BYTES: Final = 256
"""A part of a body that is smaller is paid for, unless it is the last."""

FRAME_UNIT_BYTES: Final = 64
"""A frame of that size costs twice as much as an empty one."""

EARNING_BYTES: Final = 2_048
"""So much of an answer earns the client a frame: it widens its windows as it reads, some clients every 4 KiB."""

MAX_TABLE_BYTES: Final = 4_096
"""What the names and values of our answers take that are kept to be referred to, whatever the client would allow."""

MAX_CLOSED_STREAMS: Final = 1_000
"""Of how many streams it is remembered how they ended, for frames about them that come late."""

NO_RFC7540_PRIORITIES: Final = 0x9


class _H2(H2Connection):
    MAX_CLOSED_STREAMS = MAX_CLOSED_STREAMS


class Connection:
    """A connection that a client has made.

    Args:
        now: The time, in seconds.
        max_head_bytes: The longest head of a request; one of up to twice that is read all the same, for whoever
            answers it to refuse it, and a longer one ends the connection.
        patience_s: How long the client may take to send a request, to take an answer, and to think of the next one.
        linger_s: How long the rest of a request is read, and thrown away, whose answer is sent already.
        counters: Where streams are counted.

    Attributes:
        streams: What is under way.
        is_leaving: Whether no more requests are taken.
    """

    def __init__(
        self,
        now: float,
        max_head_bytes: int,
        patience_s: float,
        linger_s: float,
        counters: Counters,
    ) -> None:
        self._linger_s, self._counters = linger_s, counters
        self._h2 = _H2(
            H2Configuration(
                client_side=False,
                header_encoding=None,
                validate_outbound_headers=False,  # `answer_head` makes them as they must be
                normalize_outbound_headers=False,
            )
        )
        self._h2.decoder.max_header_list_size = 2 * max_head_bytes
        self._h2.local_settings = _settings(max_head_bytes)
        self._h2.initiate_connection()
        # Who opens more before he has read that we allow fewer is refused that request, not everything (§5.1.2).
        self._h2.local_settings.max_concurrent_streams = 2 * MAX_STREAMS
        self._h2.local_settings.acknowledge()
        self._cutter, self._preface_left = FrameCutter(), len(PREFACE)
        self._frames = Budget(FRAMES_AT_ONCE, FRAMES_PER_S, now)
        self._resets = Budget(RESETS_AT_ONCE, RESETS_PER_S, now)
        self._last_stream_id = 0
        self._out = bytearray()
        self.streams = Turns(now, patience_s)
        self.is_leaving = False

    @property
    def is_idle(self) -> bool:
        """Whether every request is answered, and every answer is sent."""
        return not len(self.streams)

    # What comes in -----------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> Iterator[Event]:
        """Take in what has come.

        Returns:
            What it means, one event after the other, of streams that there are: `RequestReceived`, `DataReceived`
            (whose window is open again by then), `StreamEnded`, and `StreamReset` when a stream is no more.

        Raises:
            BrokenError: This connection is over.
        """
        try:
            if self._preface_left:
                preface, data = data[: self._preface_left], data[self._preface_left :]
                self._preface_left -= len(preface)
                self._h2.receive_data(preface)
            for frame in self._cutter.frames(data):
                yield from self._received(frame, now)
        except ProtocolError as error:  # h2 has said GOAWAY
            raise BrokenError(ErrorCodes(error.error_code), str(error)) from None
        except BrokenError as error:
            self._say_goaway(error.code)
            raise

    def _received(self, frame: Frame, now: float) -> Iterator[Event]:
        if not self._frames.spend(self._price(frame), now):
            raise BrokenError(ErrorCodes.ENHANCE_YOUR_CALM, "too many frames that ask for nothing")
        if frame.kind == Kind.GOAWAY and frame.stream_id == 0 and frame.size >= 8:
            # h2 would take this for the end. It is about streams of ours, and there are none (§6.8): the client closes the
            # connection when it has what it waits for.
            return
        for event in self._h2.receive_data(frame.wire):
            match event:
                case RequestReceived():
                    if self._admit(event.stream_id, now):
                        yield event
                case DataReceived():
                    self._h2.acknowledge_received_data(
                        event.flow_controlled_length or 0, event.stream_id
                    )
                    if event.data and event.stream_id in self.streams:
                        yield event
                case StreamEnded():
                    if self._is_whole(event.stream_id, now):
                        yield event
                case StreamReset():
                    self._counters.resets += 1
                    self._pay_for_reset(now)
                    if self._forget(event.stream_id, now):
                        yield event
                case WindowUpdated():
                    self.streams.unblock(event.stream_id or 0)
                case RemoteSettingsChanged():
                    self._bound_settings()
                    self.streams.unblock()

    def _price(self, frame: Frame) -> int:
        if frame.kind == Kind.HEADERS and frame.stream_id > self._h2.highest_inbound_stream_id:
            return 0
        if frame.kind == Kind.DATA:
            is_last = frame.flags & Flag.END_STREAM
            return 0 if is_last or frame.size >= SMALL_DATA_BYTES else 1
        return 1 + frame.size // FRAME_UNIT_BYTES

    def _admit(self, stream_id: int, now: float) -> bool:
        if self.is_leaving or len(self.streams) >= MAX_STREAMS:
            self._h2.reset_stream(stream_id, ErrorCodes.REFUSED_STREAM)
            self._counters.refused += 1
            self._pay_for_reset(now)
            return False
        # h2 would end the connection for a body of another length than was said; that is one request's error (§8.1.1).
        self._h2.streams[stream_id]._expected_content_length = None  # noqa: SLF001
        self.streams.add(stream_id, now)
        self._counters.streams += 1
        self._counters.requests += 1
        self._last_stream_id = stream_id
        return True

    def _is_whole(self, stream_id: int, now: float) -> bool:
        stream = self.streams.get(stream_id)
        if stream is None or stream.is_over:
            self._forget(stream_id, now)
            return False
        stream.is_coming, stream.due_s = False, None
        return True

    def _pay_for_reset(self, now: float) -> None:
        if not self._resets.spend(1, now):
            raise BrokenError(ErrorCodes.ENHANCE_YOUR_CALM, "too many streams were reset")

    def _bound_settings(self) -> None:
        """Keep of the client's settings what we use, and no more of our answers than we want to."""
        theirs, encoder = self._h2.remote_settings, self._h2.encoder
        for code in [code for code in theirs if not isinstance(code, SettingCodes)]:
            del theirs[code]
        encoder.header_table_size = min(encoder.header_table_size, MAX_TABLE_BYTES)
        if (
            len(changes := encoder.table_size_changes) > 2
        ):  # RFC 7541 §4.2: the smallest and the last are said
            encoder.table_size_changes = [min(changes), changes[-1]]

    def _forget(self, stream_id: int, now: float) -> bool:
        is_known = self.streams.forget(stream_id, now)
        self._counters.streams -= is_known
        return is_known

    # What goes out -----------------------------------------------------------------------------------------------

    def say_continue(self, stream_id: int) -> None:
        """Tell a client that waits for it to send the body (RFC 9110 §15.2.1)."""
        if stream_id in self.streams:
            self._h2.send_headers(stream_id, [(b":status", b"100")])

    def begin_answer(self, stream_id: int, head: Fields, now: float) -> None:
        """Answer; nothing, if the stream is no more."""
        if (stream := self.streams.get(stream_id)) is not None:
            stream.head = head
            self.streams.has_something(stream_id, stream, now)

    def write(self, stream_id: int, data: bytes, now: float) -> None:
        """Add to the body of an answer; nothing, if the stream is no more."""
        if data and (stream := self.streams.get(stream_id)) is not None:
            self.streams.add_body(stream, data)
            self.streams.has_something(stream_id, stream, now)

    def end_answer(self, stream_id: int, now: float) -> None:
        """The answer is whole."""
        if (stream := self.streams.get(stream_id)) is not None:
            stream.is_answered = True
            self.streams.has_something(stream_id, stream, now)

    def waiting(self, stream_id: int) -> int:
        """How much of an answer is not sent, in bytes."""
        stream = self.streams.get(stream_id)
        return len(stream.body) if stream is not None else 0

    def reset(self, stream_id: int, code: ErrorCodes, now: float) -> None:
        """End a stream, whatever is left of it."""
        if self._forget(stream_id, now):
            self._h2.reset_stream(stream_id, code)

    def send(self, room: int, now: float) -> None:
        """Turn what answers have into frames, each stream's in turn, for `data_to_send` to give.

        Args:
            room: How many bytes of bodies, about.
            now: The time.
        """
        for stream_id, stream in self.streams:
            room -= self._send(stream_id, stream, now)
            if room <= 0:
                return

    def _send(self, stream_id: int, stream: Outgoing, now: float) -> int:
        if stream.head is not None:
            head, stream.head = stream.head, None
            is_last = stream.is_answered and not stream.body
            self._h2.send_headers(stream_id, head, end_stream=is_last)
            if is_last:
                self._sent(stream_id, stream, now)
                return 0
        if stream.body or stream.is_answered:
            return self._send_body(stream_id, stream, now)
        stream.all_sent()
        return 0

    def _send_body(self, stream_id: int, stream: Outgoing, now: float) -> int:
        size = 0
        if stream.body:
            window = self._h2.local_flow_control_window(stream_id)
            size = min(len(stream.body), window, MAX_FRAME_BYTES)
            if size <= 0:
                self.streams.block(stream_id)
                return 0
        part = self.streams.take_body(stream, size)
        is_last = stream.is_answered and not stream.body
        self._h2.send_data(stream_id, part, end_stream=is_last)
        self._frames.give(size / EARNING_BYTES)
        if is_last:
            self._sent(stream_id, stream, now)
        elif stream.body:
            self.streams.again(stream_id, stream)
        else:
            stream.all_sent()
        return size

    def _sent(self, stream_id: int, stream: Outgoing, now: float) -> None:
        if stream.is_coming:  # who is cut off while sending may not see the answer
            stream.is_over, stream.due_s = True, now + self._linger_s
        else:
            self._forget(stream_id, now)

    def data_to_send(self) -> bytes:
        """What there is to be sent, which is then no longer here."""
        data = bytes(self._out) + self._h2.data_to_send()
        self._out.clear()
        return data

    # The end -----------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Take no more requests; those that have begun are answered (§6.8)."""
        if not self.is_leaving:
            self.is_leaving = True
            self._say_goaway(ErrorCodes.NO_ERROR)

    def _say_goaway(self, code: ErrorCodes) -> None:
        # Not by h2, for which this is the end of everything.
        frame = GoAwayFrame(0, last_stream_id=self._last_stream_id, error_code=code)
        self._out += self._h2.data_to_send() + frame.serialize()

    def close(self) -> None:
        """Nothing can be sent any more, and nothing is under way."""
        self._counters.streams -= len(self.streams)
        self.streams.clear()


def _settings(max_head_bytes: int) -> Settings:
    settings = Settings(
        client=False,
        initial_values={
            SettingCodes.MAX_CONCURRENT_STREAMS: MAX_STREAMS,
            SettingCodes.MAX_HEADER_LIST_SIZE: max_head_bytes,
        },
    )
    settings[NO_RFC7540_PRIORITIES] = 1
    settings.acknowledge()
    return settings

"""``finesse-tx cti decode`` and ``finesse-tx cti encode``: messages as JSON, and JSON as messages.

Everything is read and written as it comes: the tool may stand at the end of a live pipe, and its memory is bounded
whatever goes through it.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import msgspec

from finesse_tx.cti.core.captures import BadCaptureError, packets
from finesse_tx.cti.core.conversation import Conversation, error_line
from finesse_tx.cti.core.framing import frame_bytes
from finesse_tx.cti.core.layout import VERSIONS, Dialect, Widths
from finesse_tx.cti.core.listening import PORTS, Listener
from finesse_tx.cti.core.textlines import LONGEST_LINE, BadHexError, hex_bytes, numbered_lines
from finesse_tx.cti.core.unlisting import BadListingError, Choice, layout_of, unlisted
from finesse_tx.errors import FinesseError

__all__ = [
    "DONE",
    "FAULTY",
    "InputError",
    "choice_of",
    "decode",
    "encode",
    "encoded",
    "listed_in",
    "printed",
]

CHUNK: Final = 65_536
"""How much is read at once, in bytes."""

DONE, FAULTY, INTERRUPTED = 0, 1, 130
"""Exit statuses: all was understood; something was not; Ctrl-C."""

_json = msgspec.json.Encoder()


class InputError(FinesseError):
    """What the command was told to read cannot be read, or what it was told cannot be."""


def choice_of(options: Namespace) -> Choice:
    """What the options say about the layout.

    Raises:
        InputError: There is no such layout.
    """
    dialect = Dialect(options.dialect) if options.dialect else None
    version = options.version
    if version is not None:
        dialects = [each for each in Dialect if version in VERSIONS[each]]
        if not dialects or (dialect and dialect not in dialects):
            known = " and ".join(
                f"{each.value} {VERSIONS[each][0]} to {VERSIONS[each][-1]}"
                for each in ([dialect] if dialect else Dialect)
            )
            raise InputError(f"--version {version}: the versions are {known}")
        if dialect is None and len(dialects) == 1:
            (dialect,) = dialects
    return Choice(dialect, version, Widths(*options.widths) if options.widths else None)


def printed(line: dict[str, Any]) -> bytes:
    """A line of JSON."""
    return _json.encode(line) + b"\n"


def decode(options: Namespace) -> int:
    """Print what the files hold, or standard input."""
    choice = choice_of(options)
    if options.pcap is not None:
        return _decode_capture(options, choice)
    if options.ports:
        raise InputError("--port is for --pcap")
    lines = _raw_lines if options.raw else _hex_lines
    conversation = Conversation(choice, redact=options.redact)

    def work(out: BinaryIO) -> Iterator[bool]:
        for name, chunks in _sources(options.files, out):
            where = {"file": name} if len(options.files) > 1 else {}
            for line in lines(conversation, chunks):
                out.write(printed(line | where))
                yield "error" not in line

    return _run(work)


def _hex_lines(conversation: Conversation, chunks: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    for number, text in numbered_lines(chunks):
        for line in _hex_line(conversation, text):
            yield line | {"line": number}


def _hex_line(conversation: Conversation, text: bytes | None) -> Iterator[dict[str, Any]]:
    if text is None:
        yield error_line(0, f"a line of at most {LONGEST_LINE} bytes", "a longer one")
        return
    try:
        data = hex_bytes(text)
    except BadHexError as error:
        yield error_line(error.offset, error.expected, error.found)
        return
    cutter = conversation.cutter()
    yield from conversation.lines(cutter.feed(data))
    yield from conversation.lines(cutter.end())


def _raw_lines(conversation: Conversation, chunks: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    cutter = conversation.cutter()
    for chunk in chunks:
        yield from conversation.lines(cutter.feed(chunk))
    yield from conversation.lines(cutter.end())


def _decode_capture(options: Namespace, choice: Choice) -> int:
    if options.raw or options.files:
        raise InputError("--pcap FILE: there is nothing beside it, neither --raw nor another FILE")
    ports = {port: PORTS.get(port, Dialect.UCCX) for port in options.ports or PORTS}
    listener = Listener(choice, ports, redact=options.redact)

    def work(out: BinaryIO) -> Iterator[bool]:
        for _name, chunks in _sources([options.pcap], out):
            for line in _heard(listener, chunks):
                out.write(printed(line))
                yield "error" not in line

    return _run(work)


def _heard(listener: Listener, chunks: Iterator[bytes]) -> Iterator[dict[str, Any]]:
    try:
        for packet in packets(chunks):
            yield from listener.hear(packet)
    except BadCaptureError as error:
        yield from listener.end()
        yield error_line(error.offset, error.expected, error.found)
    else:
        yield from listener.end()


def encode(options: Namespace) -> int:
    """Write the messages that the files list, or standard input: in hex, one a line, or as they are."""
    choice = choice_of(options)

    def work(out: BinaryIO) -> Iterator[bool]:
        for name, chunks in _sources(options.files, out):
            for number, text in numbered_lines(chunks):
                try:
                    data = encoded(text, choice)
                except BadListingError as error:
                    out.flush()
                    place = f"{name}, line {number}" if name else f"line {number}"
                    sys.stderr.write(f"finesse-tx: {place}: {error}\n")
                    yield False
                else:
                    out.write(data if options.raw else data.hex().encode() + b"\n")
                    yield True

    return _run(work)


def encoded(text: bytes | None, choice: Choice) -> bytes:
    """The message that a line of JSON lists.

    Raises:
        BadListingError: It lists none.
    """
    listed = listed_in(text)
    return frame_bytes(unlisted(listed, layout_of(listed, choice)))


def listed_in(text: bytes | None) -> dict[str, Any]:
    """The listing that a line of JSON is; None for a line that was too long.

    Raises:
        BadListingError: It is none.
    """
    if text is None:
        reason = f"expected a line of at most {LONGEST_LINE} bytes, found a longer one"
        raise BadListingError("", reason)
    try:
        listed = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadListingError("", f"expected JSON: {error}") from None
    except RecursionError:
        raise BadListingError("", "expected a listing: this is nested too deep") from None
    if not isinstance(listed, dict):
        found = text[:60].decode("utf-8", "replace")
        raise BadListingError("", f"expected an object, found {found}")
    return listed


def _sources(files: list[str], out: BinaryIO) -> Iterator[tuple[str, Iterator[bytes]]]:
    """Each file's name and bytes, standard input if there are none; its name is empty."""
    for file in files or ["-"]:
        if file == "-":
            yield "", _chunks(sys.stdin.buffer, "standard input", out)
            continue
        try:
            source = open(file, "rb")  # noqa: SIM115  # closed below, where a fault in reading is told too
        except OSError as error:
            raise InputError(f"{file}: {error.strerror}") from None
        with source:
            yield file, _chunks(source, file, out)


def _chunks(source: Any, name: str, out: BinaryIO) -> Iterator[bytes]:
    """What there is to read now, again and again; before it waits, what was written goes out."""
    while True:
        out.flush()
        try:
            chunk = source.read1(CHUNK)
        except OSError as error:
            raise InputError(f"{name}: {error.strerror}") from None
        if not chunk:
            return
        yield chunk


def _run(work: Callable[[BinaryIO], Iterator[bool]]) -> int:
    """Do the work, message by message, and say whether all of them were good.

    A reader who has seen enough (``| head``) is no fault.
    """
    out = sys.stdout.buffer
    status = DONE
    try:
        for good in work(out):
            if not good:
                status = FAULTY
        out.flush()
    except BrokenPipeError:
        # What is still in the buffer would fail again when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        status = INTERRUPTED
    return status

"""Messages per second that the GED-188 codec decodes and encodes, beside `struct` alone and beside `construct`.

The mix is the life of one call (`benchmarks.one_call`), in the layouts of UCCX 14 (one byte of tag and of length), UCCX 18
(two and one) and UCCE 24 (two and two). Before anything is measured, all three find the same values in the same
bytes and make the same bytes of the same values. See ``README.rst`` here.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Sequence
from functools import partial
from struct import Struct
from typing import Any, Final

from benchmarks.construct_rival import description, floating_fields
from benchmarks.one_call import one_call
from benchmarks.rounds import ratio, rounds
from finesse_tx.cti.core.framing import MHDR, frames
from finesse_tx.cti.core.layout import Dialect, Layout
from finesse_tx.cti.core.message import Message
from finesse_tx.cti.core.table import ScalarField, table_of

__all__ = ["GOAL_CONSTRUCT", "GOAL_STRUCT", "main"]

LAYOUTS: Final = (
    Layout.of(Dialect.UCCX, 14),
    Layout.of(Dialect.UCCX, 18),
    Layout.of(Dialect.UCCE, 24),
)

GOAL_CONSTRUCT: Final = 10.0
"""At least so many times as fast as `construct`, compiled or not, whichever is faster."""

GOAL_STRUCT: Final = 4.0
"""At most so many times `struct`'s own time, on messages that have their fixed part only."""

Work = Callable[[], object]


def bare(message: Message) -> Message:
    """A message with its fixed part only; its counts stay."""
    empty: dict[str, Any] = {
        field.attribute: None if isinstance(field, ScalarField) else ()
        for field in table_of(type(message)).floating
    }
    return dataclasses.replace(message, **empty)


class Ours:
    """The codec of `finesse_tx.cti.core`: from a stream to messages, and from messages to a stream."""

    def __init__(self, layout: Layout, messages: Sequence[Message]) -> None:
        self._layout, self._messages = layout, messages
        self.stream = self.encode()

    def decode(self) -> list[Message]:
        """Every message of the stream."""
        return list(map(self._layout.decode, frames(bytearray(self.stream))))

    def encode(self) -> bytes:
        """The stream of the messages, which are not remembered from a decoding."""
        return b"".join(map(self._layout.encode, self._messages))


class Floor:
    """`struct` alone: header and fixed part of each message of the stream, as a tuple; nothing is done with them."""

    def __init__(self, layout: Layout, messages: Sequence[Message]) -> None:
        fixed = {type(message): layout.fixed_part(type(message)) for message in messages}
        formats = {
            cls: "".join(field.type.code for field in fields) for cls, fields in fixed.items()
        }
        self._parts = {int(cls.MESSAGE_TYPE): Struct(">" + code) for cls, code in formats.items()}
        self._wholes = {
            int(cls.MESSAGE_TYPE): Struct(">II" + code) for cls, code in formats.items()
        }
        self.values = [
            (
                self._parts[message.MESSAGE_TYPE].size,
                int(message.MESSAGE_TYPE),
                *(getattr(message, field.attribute) for field in fixed[type(message)]),
            )
            for message in messages
        ]
        self.stream = b"".join(map(layout.encode, messages))

    def decode(self) -> list[tuple[Any, ...]]:
        """The fixed parts."""
        stream, parts, header, found, at = self.stream, self._parts, MHDR.unpack_from, [], 0
        while at < len(stream):
            length, number = header(stream, at)
            found.append(parts[number].unpack_from(stream, at + 8))
            at += 8 + length
        return found

    def encode(self) -> bytes:
        """The headers and the fixed parts."""
        wholes = self._wholes
        return b"".join([wholes[values[1]].pack(*values) for values in self.values])


class Construct:
    """`construct`: every field, fixed and floating."""

    def __init__(self, layout: Layout, messages: Sequence[Message], compiled: bool) -> None:
        self._bodies = {
            int(type(message).MESSAGE_TYPE): description(type(message), layout)
            for message in messages
        }
        if compiled:
            self._bodies = {number: body.compile() for number, body in self._bodies.items()}
        self.stream = b"".join(map(layout.encode, messages))
        self.values = self.decode()

    def decode(self) -> list[tuple[int, Any]]:
        """Every message of the stream."""
        stream, bodies, header, found, at = self.stream, self._bodies, MHDR.unpack_from, [], 0
        while at < len(stream):
            length, number = header(stream, at)
            end = at + 8 + length
            found.append((number, bodies[number].parse(stream[at + 8 : end])))
            at = end
        return found

    def encode(self) -> bytes:
        """The stream of what was decoded: `construct` need not look for the values."""
        pieces = []
        for number, values in self.values:
            body = self._bodies[number].build(values)
            pieces += [MHDR.pack(len(body), number), body]
        return b"".join(pieces)


def agree(layout: Layout, messages: Sequence[Message]) -> None:
    """See that all rivals mean the same.

    Raises:
        AssertionError: They do not.
    """
    ours, floor = Ours(layout, messages), Floor(layout, messages)
    decoded, tuples = ours.decode(), floor.decode()
    _same("messages", decoded, list(messages))
    for compiled in (False, True):
        rival = Construct(layout, messages, compiled)
        _same("bytes of construct", rival.encode(), ours.stream)
        for message, values, (number, found) in zip(decoded, tuples, rival.decode(), strict=True):
            _same("number", number, message.MESSAGE_TYPE)
            fields = layout.fixed_part(type(message))
            expected = tuple(getattr(message, field.attribute) for field in fields)
            _same(f"{type(message).__name__} of struct", values, expected)
            of_construct = tuple(int(found[field.attribute]) for field in fields)
            _same(f"{type(message).__name__} of construct", of_construct, expected)
            floating = [(field.tag, _plain(field.data)) for field in found.get("floating", ())]
            _same(
                type(message).__name__,
                floating,
                [(tag, _plain(value)) for tag, value in floating_fields(message, layout)],
            )


def _plain(data: Any) -> Any:
    """Data of `construct` or of ours, as something that can be compared."""
    if hasattr(data, "name") and hasattr(
        data, "value"
    ):  # a named variable; an enumerated value is a number
        return data if isinstance(data, int) else (data.name, data.value)
    return int(data) if isinstance(data, int) or hasattr(data, "intvalue") else data


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise AssertionError(f"{what}: {found!r}, not {expected!r}")


def measure(messages: Sequence[Message], calls: int, number: int) -> dict[str, dict[str, float]]:
    """For decoding and for encoding: the time that each rival takes for a message, in microseconds."""
    found: dict[str, dict[str, float]] = {}
    for direction in ("decode", "encode"):
        rivals: dict[str, list[Work]] = {}
        for layout in LAYOUTS:
            fixed = [bare(message) for message in messages]
            for name, rival in (
                ("ours", Ours(layout, messages)),
                ("construct", Construct(layout, messages, compiled=False)),
                ("construct, compiled", Construct(layout, messages, compiled=True)),
                ("ours, fixed parts", Ours(layout, fixed)),
                ("struct, fixed parts", Floor(layout, fixed)),
            ):
                rivals.setdefault(name, []).append(getattr(rival, direction))
        times = rounds(
            {name: partial(_all, works, calls) for name, works in rivals.items()}, number
        )
        per_round = len(LAYOUTS) * calls * len(messages)
        found[direction] = {name: time / per_round * 1e6 for name, time in times.items()}
    return found


def _all(works: Sequence[Work], calls: int) -> None:
    for work in works:
        for _ in range(calls):
            work()


def verdicts(times: dict[str, dict[str, float]]) -> list[tuple[str, float, bool]]:
    """What the goals are about, to decode and to encode a message: a sentence, the ratio, whether it is good enough."""
    both = {name: sum(times[way][name] for way in times) for name in times["decode"]}
    over = ratio(min(both["construct"], both["construct, compiled"]), both["ours"])
    under = ratio(both["ours, fixed parts"], both["struct, fixed parts"])
    return [
        (
            f"times as fast as construct (goal: {GOAL_CONSTRUCT:g} or more)",
            over,
            over >= GOAL_CONSTRUCT,
        ),
        (
            f"times struct's time, on fixed parts (goal: {GOAL_STRUCT:g} or less)",
            under,
            under <= GOAL_STRUCT,
        ),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and judge.

    Returns:
        The exit status: 1 with ``--check`` when a goal is missed.
    """
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.cti_codec")
    parser.add_argument("--rounds", type=int, default=15, help="how often each rival has its turn")
    parser.add_argument(
        "--calls", type=int, default=20, help="lives of a call in a turn and layout"
    )
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args(arguments)

    messages = one_call()
    for layout in LAYOUTS:
        agree(layout, messages)
        agree(layout, [bare(message) for message in messages])
    sizes = [len(Ours(layout, messages).stream) // len(messages) for layout in LAYOUTS]
    print(
        f"{len(messages)} messages, {min(sizes)} to {max(sizes)} bytes on average; all rivals agree"
    )

    times = measure(messages, options.calls, options.rounds)
    for way, rivals in times.items():
        for name, time in rivals.items():
            print(f"{way}  {name:22} {time:8.2f} us a message {ratio(1e6, time):12,.0f} messages/s")
    judged = verdicts(times)
    for what, found, good in judged:
        print(f"{found:6.1f}  {what}{'' if good else '  MISSED'}")
    if options.check and not all(good for _what, _ratio, good in judged):
        print("a goal is missed", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

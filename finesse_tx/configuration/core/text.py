"""A document as TOML or JSON, read and written.

What is written depends on nothing but the document, each thing is on a line of its own, and so a comparison of two
texts, line by line, says what is different.

Spec: TOML 1.0.0; RFC 8259.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec
import tomli_w

from finesse_tx.configuration.core.document import (
    Document,
    DocumentRefusedError,
    Fault,
    name_of,
    plain,
    unknown_keys,
)
from finesse_tx.toml_lines import Path, toml_lines

__all__ = ["MAX_BYTES", "Format", "Source", "format_of", "lines_of", "read", "written"]

Format = Literal["toml", "json"]

MAX_BYTES: Final = 16 * 2**20
"""No document is larger: as many contacts as there may be are half of it."""

_AT: Final = re.compile(r" - at `\$(.*)`$", re.DOTALL)
_STEP: Final = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")


@dataclass(frozen=True, slots=True)
class Source:
    """A document, and where it says what.

    Attributes:
        document: It.
        raw: As it was read.
        lines: The line of each of its keys and elements; empty for JSON.
    """

    document: Document
    raw: Mapping[str, Any]
    lines: Mapping[Path, int]

    def fault(self, path: Path, reason: str) -> Fault:
        """Something that is wrong at a place."""
        return _fault(self.raw, self.lines, path, reason)


def format_of(text: str) -> Format:
    """Which of the two a text is."""
    return "json" if text.lstrip("\ufeff \t\r\n").startswith("{") else "toml"


def read(data: bytes) -> Source:
    """Read a document.

    Args:
        data: TOML or JSON, in UTF-8.

    Raises:
        DocumentRefusedError: It is none; names the key and, in TOML, the line.
    """
    if len(data) > MAX_BYTES:
        raise DocumentRefusedError([Fault("", f"larger than {MAX_BYTES} bytes")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DocumentRefusedError([Fault("", "this is not UTF-8", line)]) from None
    lines: Mapping[Path, int] = {}
    try:
        if format_of(text) == "json":
            raw = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
        else:
            raw = tomllib.loads(text)
            lines = toml_lines(text)
    except json.JSONDecodeError as error:
        raise DocumentRefusedError([Fault("", f"not JSON: {error.msg}", error.lineno)]) from None
    except tomllib.TOMLDecodeError as error:
        raise DocumentRefusedError([Fault("", f"not TOML: {error}")]) from None
    except RecursionError:
        raise DocumentRefusedError([Fault("", "too deep")]) from None
    except ValueError as error:
        raise DocumentRefusedError([Fault("", str(error))]) from None
    try:
        document = msgspec.convert(raw, Document)
    except msgspec.ValidationError as error:
        reason, path = _explained(str(error))
        raise DocumentRefusedError([_fault(raw, lines, path, reason)]) from None
    if unknown := unknown_keys(raw, document):
        raise DocumentRefusedError(
            [_fault(raw, lines, path, "there is no such key") for path in unknown]
        )
    return Source(document, raw, lines)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'"{twice}" is there twice in one object')
    return found


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _explained(said: str) -> tuple[str, Path]:
    """What msgspec says, and where that is."""
    at = _AT.search(said)
    if at is None:
        return said, ()
    path: list[str | int] = []
    for name, index in _STEP.findall(at[1]):
        if index == "...":  # a key of a table of which any may be
            break
        path.append(int(index) if index else name)
    return said[: at.start()], tuple(path)


def _fault(raw: Mapping[str, Any], lines: Mapping[Path, int], path: Path, reason: str) -> Fault:
    line = next(
        (lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines),
        0,
    )
    where, inner = str(path[0]) if path else "", path[1:]
    if inner and isinstance(inner[0], int):
        entries = raw[where]
        entry = entries[inner[0]] if isinstance(entries, list) else None
        name = name_of(entry) if isinstance(entry, dict) else ""
        where += f' "{name}"' if name else f"[{inner[0]}]"
        inner = inner[1:]
    rest = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in inner)
    return Fault(f"{where}: {rest.removeprefix('.')}" if rest else where, reason, line)


# Writing ----------------------------------------------------------------------------------------------------------


def written(document: Document, as_: Format) -> bytes:
    """Write a document: the same one always as the same bytes."""
    built = plain(document)
    if as_ == "json":
        return msgspec.json.format(msgspec.json.encode(built), indent=2) + b"\n"
    return "".join(_toml(built)).encode()


def _toml(built: Mapping[str, Any]) -> Iterator[str]:
    for key, value in built.items():
        if not isinstance(value, dict | list):
            yield _pair(key, value) + "\n"
    for key, value in built.items():
        match value:
            case dict():
                yield "\n".join(["", f"[{key}]", *lines_of(value), ""])
            case list():
                for entry in value:
                    yield "\n".join(["", f"[[{key}]]", *lines_of(entry), ""])


def lines_of(entry: Mapping[str, Any]) -> list[str]:
    """An entry as lines of TOML: each of its keys on one of its own, each element of its lists, too."""
    return [
        line
        for key, value in entry.items()
        for line in _pair(key, value, multiline=True).split("\n")
    ]


def _pair(key: str, value: Any, *, multiline: bool = False) -> str:
    """A key and its value: tables inline, for there is one line for each thing."""
    name = tomli_w.dumps({key: 0}).removesuffix(" = 0\n")
    match value:
        case dict():
            return f"{name} = {_inline(value)}"
        case [*tables] if tables and all(isinstance(one, dict) for one in tables):
            return "\n".join([f"{name} = [", *map(_element, tables), "]"])
        case str() if multiline and "\n" in value and _VERBATIM.fullmatch(value):
            return f"{name} = '''\n{value}'''"
        case _:
            return tomli_w.dumps({key: value}).removesuffix("\n")


_VERBATIM: Final = re.compile(r"(?:[^\x00-\x08\x0b-\x1f\x7f']|'(?!''|$))*")
"""What may stand between three quotes as it is, so that XML is read as such."""


def _element(table: Mapping[str, Any]) -> str:
    return f"    {_inline(table)},".replace(
        "\n", "\n    "
    )  # no text in it has a line's end as such


def _inline(table: Mapping[str, Any]) -> str:
    return (
        "{ " + ", ".join(_pair(key, value) for key, value in table.items()) + " }"
        if table
        else "{}"
    )

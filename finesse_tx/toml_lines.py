"""Where things stand in a TOML document: the line of each key and element, which ``tomllib`` does not tell.

This does not parse: it walks through a text that ``tomllib`` has accepted, and remembers where each value's key was.
No library for TOML tells positions through a public interface.

Spec: TOML 1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

__all__ = ["Path", "toml_lines"]

Path = tuple[str | int, ...]
"""Where a value is: names of keys, and indexes of elements, from 0."""

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_BLANK: Final = re.compile(r"[ \t]*")
_GAP: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SCALAR: Final = re.compile(r"[^,\]}#\r\n]*")
_STRINGS: Final = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\\n])*"'),
    re.compile(r"'[^'\n]*'"),
)


def toml_lines(text: str) -> dict[Path, int]:
    """The line, from 1, on which each key, table and element of a valid document begins.

    Args:
        text: What ``tomllib.loads`` has accepted.
    """
    return dict(_Walk(text).document())


class _Walk:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._breaks = [match.end() for match in re.finditer("\n", text)]
        self._tables: dict[Path, int] = {}  # how many tables each array of tables has

    @property
    def _line(self) -> int:
        return bisect_right(self._breaks, self._at) + 1

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        assert match is not None, "tomllib has accepted this"  # noqa: S101
        self._at = match.end()
        return match[0]

    def _next_is(self, token: str) -> bool:
        if not self._text.startswith(token, self._at):
            return False
        self._at += len(token)
        return True

    def document(self) -> Iterator[tuple[Path, int]]:
        """All of it."""
        self._next_is("\ufeff")
        table: Path = ()
        self._skip(_GAP)
        while self._at < len(self._text):
            line = self._line
            if self._next_is("[["):
                table = self._inside(self._key())
                self._tables[table] = self._tables.get(table, 0) + 1
                yield table, line
                table = (*table, self._tables[table] - 1)
                yield table, line
                self._next_is("]]")
            elif self._next_is("["):
                table = self._inside(self._key())
                yield table, line
                self._next_is("]")
            else:
                yield from self._pair(table)
            self._skip(_GAP)

    def _inside(self, names: Path) -> Path:
        """What a table's name means: the last table of an array that it leads through."""
        *outer, last = names
        path: Path = ()
        for name in outer:
            path = (*path, name)
            if path in self._tables:
                path = (*path, self._tables[path] - 1)
        return (*path, last)

    def _key(self) -> Path:
        """A key, dotted or not, and the blanks around it."""
        names: list[str] = []
        while True:
            self._skip(_BLANK)
            if self._text[self._at] in "\"'":
                raw = self._string()
                names.append(next(iter(tomllib.loads(f"{raw} = 0"))))
            else:
                names.append(self._skip(_BARE_KEY))
            self._skip(_BLANK)
            if not self._next_is("."):
                return tuple(names)

    def _pair(self, table: Path) -> Iterator[tuple[Path, int]]:
        line, path = self._line, (*table, *self._key())
        self._next_is("=")
        self._skip(_BLANK)
        yield path, line
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        if self._text[self._at] in "\"'":
            self._string()
        elif self._next_is("["):
            yield from self._array(path)
        elif self._next_is("{"):
            yield from self._inline(path)
        else:
            self._skip(_SCALAR)

    def _string(self) -> str:
        for pattern in _STRINGS:
            if pattern.match(self._text, self._at):
                return self._skip(pattern)
        raise AssertionError("tomllib has accepted this")

    def _array(self, path: Path) -> Iterator[tuple[Path, int]]:
        index = 0
        self._skip(_GAP)
        while not self._next_is("]"):
            yield (*path, index), self._line
            yield from self._value((*path, index))
            index += 1
            self._skip(_GAP)
            self._next_is(",")
            self._skip(_GAP)

    def _inline(self, path: Path) -> Iterator[tuple[Path, int]]:
        self._skip(_GAP)
        while not self._next_is("}"):
            yield from self._pair(path)
            self._skip(_GAP)
            self._next_is(",")
            self._skip(_GAP)

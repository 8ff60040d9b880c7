"""Scripts as an operator writes them, in TOML: read, and checked as far as can be without running them.

Every error names the file, the line, the key, what is wrong, and what to write instead.

Spec: ``engine.md`` §3.5; the language is ``docs/scripts.rst``.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NoReturn, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from msgspec import Struct

from finesse_tx.engine.core.scripts import steps
from finesse_tx.engine.core.scripts.calendars import Calendar, Day, Hours, read_day, read_hours
from finesse_tx.engine.core.scripts.steps import (
    PATTERNS,
    STEPS,
    Name,
    Placed,
    Script,
    Step,
    Text,
    Variable,
)
from finesse_tx.engine.core.scripts.triggers import CallTreatment, Entry, TriggerEntry
from finesse_tx.errors import ConfigError
from finesse_tx.toml_lines import Path, toml_lines

__all__ = [
    "BUILT_IN",
    "DEFAULT",
    "MAX_STEPS",
    "default_script",
    "queue_names",
    "read_scripts",
    "read_treatment",
    "shown",
]

BUILT_IN: Final = ("caller", "called", "language", "queue", "queue_prompt")
"""Variables that every script has: who calls, the number that was dialled, the language, the trigger's queue and that
queue's prompt."""

MAX_STEPS: Final = 1_000
"""A script has at most so many steps."""

DEFAULT: Final = "default"
"""The script of triggers that name none, unless the operator writes one of that name."""

_DEFAULT_TEXT: Final = """\
[script.default.steps]
start = [{ queue = "{queue}" }, { wait = "hold" }]
hold = [{ music = "{queue_prompt}" }]
"""

_SEE: Final = "docs/scripts.rst has every step"
_HOLE: Final = re.compile(r"\{([^{}]*)\}")

S = TypeVar("S", bound=Struct)


class _Head(Struct, frozen=True, forbid_unknown_fields=True):
    """What a script has beside its steps."""

    steps: dict[Name, list[dict[str, Any]]]
    variables: dict[Variable, Text] = {}
    language: str = ""


class _Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    time_zone: str
    open: list[str]
    closed: list[str] = []


def default_script() -> Script:
    """The script that only queues: in the trigger's queue, with its prompt as music."""
    return read_scripts(_DEFAULT_TEXT, "the default script")[DEFAULT]


def read_scripts(text: str, source: str) -> dict[str, Script]:
    """Read the scripts of a file, by name; as `read_treatment`."""
    return dict(read_treatment(text, source).scripts)


def read_treatment(text: str, source: str) -> CallTreatment:
    """Read a file of scripts and triggers.

    Args:
        text: Its content.
        source: Its name, for messages.

    Raises:
        ConfigError: Something is wrong with it.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        where = f"{source}:{line[1]}" if line else source
        raise ConfigError(where, "", f"is not TOML: {error}", "correct that line") from None
    reader = _Reader(document, source, toml_lines(text))
    return CallTreatment(reader.scripts(), tuple(reader.triggers()))


class _Reader:
    def __init__(self, document: Mapping[str, Any], source: str, lines: Mapping[Path, int]) -> None:
        self._document, self._source, self._lines = document, source, lines

    def scripts(self) -> dict[str, Script]:
        for name in self._document:
            if name not in {"script", "calendar", "trigger"}:
                self._wrong(
                    (name,),
                    "there is no such section",
                    "write [script.…], [calendar.…] or [trigger.…]",
                )
        calendars = {name: self._calendar(name, table) for name, table in self._named("calendar")}
        return {name: self._script(name, table, calendars) for name, table in self._named("script")}

    def _tables(self, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
        tables = self._document.get(section, {})
        if not isinstance(tables, dict):
            self._wrong((section,), "is not a section", f"write [{section}.NAME]")
        for name, table in tables.items():
            if not isinstance(table, dict):
                self._wrong((section, name), "is not a section", f"write [{section}.{name}]")
            yield name, table

    def _named(self, section: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, table in self._tables(section):
            if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", name):
                self._wrong(
                    (section, name), "is not a name", "use letters, digits, - and _, a letter first"
                )
            yield name, table

    def triggers(self) -> Iterator[TriggerEntry]:
        for number, table in self._tables("trigger"):
            path: Path = ("trigger", number)
            if not re.fullmatch(r"[0-9*#]{1,32}", number):
                self._wrong(path, "is not a number that can be dialled", "write [trigger.6001]")
            entry = self._convert(path, table, Entry)
            yield TriggerEntry(number, self._source, self._line(path), entry)

    # Calendars ------------------------------------------------------------------------------------------------

    def _calendar(self, name: str, table: dict[str, Any]) -> Calendar:
        path: Path = ("calendar", name)
        raw = self._convert(path, table, _Calendar)
        try:
            zone = ZoneInfo(raw.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong(
                (*path, "time_zone"),
                f'there is no time zone "{raw.time_zone}" here',
                'name one such as "Europe/Berlin" or "UTC"',
            )
        hours: list[Hours] = []
        closed: list[Day] = []
        for index, text in enumerate(raw.open):
            try:
                hours.append(read_hours(text))
            except ValueError as error:
                self._wrong((*path, "open", index), str(error), _SEE)
        for index, text in enumerate(raw.closed):
            try:
                closed.append(read_day(text))
            except ValueError as error:
                self._wrong((*path, "closed", index), str(error), _SEE)
        return Calendar(zone, tuple(hours), tuple(closed))

    # Scripts --------------------------------------------------------------------------------------------------

    def _script(
        self, name: str, table: dict[str, Any], calendars: Mapping[str, Calendar]
    ) -> Script:
        path: Path = ("script", name)
        head = self._convert(path, table, _Head)
        labels = {
            label: tuple(
                self._step((*path, "steps", label, index), step) for index, step in enumerate(found)
            )
            for label, found in head.steps.items()
        }
        if "start" not in labels:
            self._wrong((*path, "steps"), "there is no start", "a script begins with start = […]")
        if sum(map(len, labels.values())) > MAX_STEPS:
            self._wrong((*path, "steps"), f"are more than {MAX_STEPS}", "make it two scripts")
        for variable in head.variables:
            if variable in BUILT_IN:
                self._wrong(
                    (*path, "variables", variable), "is the engine's own", "choose another name"
                )
        known = {*BUILT_IN, *head.variables}
        known |= {
            name for found in labels.values() for placed in found for name in _assigned(placed.step)
        }
        for label, found in labels.items():
            for index, placed in enumerate(found):
                self._check((*path, "steps", label, index), placed.step, labels, known, calendars)
        line = self._line(path)
        return Script(name, self._source, line, labels, head.variables, head.language, calendars)

    def _step(self, path: Path, table: dict[str, Any]) -> Placed:
        kind = next((kind for key, kind in STEPS.items() if key in table), None)
        if kind is None:
            key = next(iter(table), "")
            near = difflib.get_close_matches(key, STEPS, 1)
            self._wrong(
                (*path, key) if key else path,
                "there is no such step" if key else "the step is empty",
                f"did you mean {near[0]}?" if near else f"steps are {', '.join(sorted(STEPS))}",
            )
        return Placed(self._convert(path, table, kind), self._lines[path])

    def _check(
        self,
        path: Path,
        step: Step,
        labels: Iterable[str],
        variables: Iterable[str],
        calendars: Iterable[str],
    ) -> None:
        """What no type can say: that what is named is there."""
        for key, label in _labels(step):
            self._known((*path, *key), label, labels, "label")
        if isinstance(step, steps.Open):
            self._known((*path, "open"), step.open, calendars, "calendar")
        if isinstance(step, steps.If):
            self._known((*path, "if"), step.if_, variables, "variable")
            if (step.is_, step.above, step.below) == (None, None, None):
                self._wrong(path, "compares with nothing", "add is, above or below")
        if isinstance(step, steps.Digits) and step.min_digits > step.max_digits:
            self._wrong((*path, "min_digits"), "is more than max_digits", "make it less")
        for key, text in _texts(step):
            for hole in _HOLE.findall(text):
                self._known((*path, *key), hole, variables, "variable")
        for name in _assigned(step):
            if name in BUILT_IN and name != "language":
                self._wrong(path, f'"{name}" is the engine\'s own', "choose another name")

    def _known(self, path: Path, name: str, names: Iterable[str], what: str) -> None:
        names = sorted(names)
        if name in names:
            return
        near = difflib.get_close_matches(name, names, 1)
        there = f"there are {', '.join(names)}" if names else f"there is no {what} at all"
        fix = f"did you mean {near[0]}?" if near else there
        self._wrong(path, f'there is no {what} "{name}"', fix)

    # Errors ---------------------------------------------------------------------------------------------------

    def _convert(self, path: Path, table: dict[str, Any], kind: type[S]) -> S:
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            reason, _, where = str(error).partition(" - at ")
            inner = _inner(where)
            unknown = re.fullmatch(r"Object contains unknown field `(.*)`", reason)
            if unknown:
                near = difflib.get_close_matches(unknown[1], kind.__struct_encode_fields__, 1)
                fix = f"did you mean {near[0]}?" if near else _SEE
                self._wrong((*path, unknown[1]), "there is no such key", fix)
            if "..." in inner:  # msgspec does not say which of a table's keys or values
                inner = inner[: inner.index("...")]
            reason = reason.replace("`object`", "a table").replace("`", "")
            for pattern, words in PATTERNS.items():
                reason = reason.replace(f"str matching regex {pattern!r}", words)
            self._wrong((*path, *inner), reason[:1].lower() + reason[1:], _SEE)

    def _wrong(self, path: Path, reason: str, fix: str) -> NoReturn:
        raise ConfigError(f"{self._source}:{self._line(path)}", shown(path), reason, fix)

    def _line(self, path: Path) -> int:
        """The line of a key, or of the nearest thing around it that has one."""
        if path in self._lines:
            return self._lines[path]
        inside = [line for known, line in self._lines.items() if known[: len(path)] == path]
        return min(inside) if inside else self._line(path[:-1])


def _inner(where: str) -> Path:
    """Where in a value msgspec found something, from its ``$.choices[...]``."""
    found = re.findall(r"\.([^.\[\]`]+)|\[(\d+|\.\.\.)\]|(?:key) in", where)
    return tuple(int(index) if index.isdigit() else name or index for name, index in found)


def shown(path: Path) -> str:
    """A path as a key, counting from 1: ``script.sales.steps.start[2].play``."""
    text = "".join(f"[{one + 1}]" if isinstance(one, int) else f".{one}" for one in path)
    return text.removeprefix(".")


def _labels(step: Step) -> Iterator[tuple[Path, str]]:
    """The labels that a step may go to, and under which of its keys."""
    match step:
        case steps.Menu():
            yield from ((("choices", key), label) for key, label in step.choices.items())
            yield ("on_fail",), step.on_fail
        case steps.Digits() | steps.Agent() | steps.Redirect():
            yield ("on_fail",), step.on_fail
        case steps.If() | steps.Go():
            yield ("go",), step.go
        case steps.Open():
            yield ("else",), step.else_
        case steps.Queue() if step.on_fail is not None:
            yield ("on_fail",), step.on_fail
        case steps.Wait() if step.wait:
            yield ("wait",), step.wait


def _assigned(step: Step) -> Iterator[str]:
    """The variables that a step gives a value."""
    match step:
        case steps.Digits() | steps.Get():
            yield step.into
        case steps.Set():
            yield from step.set


def _texts(step: Step) -> Iterator[tuple[Path, str]]:
    """The texts of a step that are filled in, and under which of its keys."""
    match step:
        case steps.Play(text):
            yield ("play",), text
        case steps.Music(text):
            yield ("music",), text
        case steps.Menu(text):
            yield ("menu",), text
        case steps.Digits(text):
            yield ("digits",), text
        case steps.Set(values):
            yield from ((("set", name), text) for name, text in values.items())
        case steps.Get():
            yield ("csq",), step.csq
        case steps.If() if step.is_ is not None:
            yield ("is",), step.is_
        case steps.Queue():
            yield from ((("queue",), text) for text in _listed(step.queue))
        case steps.Dequeue():
            yield from ((("dequeue",), text) for text in _listed(step.dequeue))
        case steps.Agent(text):
            yield ("agent",), text
        case steps.Redirect(text):
            yield ("redirect",), text


def _listed(names: str | list[str] | bool) -> list[str]:
    if isinstance(names, bool):
        return []
    return [names] if isinstance(names, str) else names


def queue_names(script: Script) -> Iterator[tuple[Path, int, str]]:
    """The queues that a script names in so many words, and must be there: under which key, on which line."""
    for label, found in script.labels.items():
        for index, placed in enumerate(found):
            step = placed.step
            if isinstance(step, steps.Queue) and step.on_fail is not None:
                continue
            if isinstance(step, steps.Queue | steps.Dequeue | steps.Get):
                path: Path = ("script", script.name, "steps", label, index)
                for _, name in _texts(step):
                    if not _HOLE.search(name):
                        yield path, placed.line, name

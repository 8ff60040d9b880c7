"""People as a table: what an administrator keeps in a spreadsheet, and what ``finesse-tx user`` takes and lists.

The first line names the columns, in any order, with or without capitals and underscores; one is ``login_id``. Teams,
skills and resource groups are named, not numbered. What somebody who is there already has in columns that the table
lacks stays as it is.

Spec: issue 7, points 2 and 5; RFC 4180.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from finesse_tx.directory.core.editing import MAX_EDITS
from finesse_tx.directory.core.edits import (
    Add,
    Edit,
    Fault,
    Register,
    Replace,
    SetEnabled,
    SetPassword,
)
from finesse_tx.directory.core.queues import Competence
from finesse_tx.directory.core.records import Person, Role

__all__ = [
    "COLUMNS",
    "MAX_ROWS",
    "BadLine",
    "Row",
    "Table",
    "Wanted",
    "bad_lines",
    "read_people",
    "row_of",
    "wanted",
]

COLUMNS: Final = (
    "login_id",
    "login_name",
    "first_name",
    "last_name",
    "extension",
    "roles",
    "team",
    "skills",
    "resource_group",
    "automatic_available",
    "enabled",
    "source",
)
"""Those that are listed; ``password`` is taken besides, and ``source`` is only looked at."""

_TAKEN: Final = (*COLUMNS, "password")

MAX_ROWS: Final = MAX_EDITS // 3
"""So many people in one file: each may need three edits."""

_COLUMN_OF: Final = {
    "team_id": "team",
    "competences": "skills",
    "resource_group_id": "resource_group",
}
"""What the table calls some of a person's attributes."""

_ROLES: Final = {role.value.casefold(): role for role in Role}
_TRUTH: Final = {"yes": True, "no": False, "true": True, "false": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class BadLine:
    """Why a line cannot be taken.

    Attributes:
        line: Its number in the file, from 1; 0 for what is no file.
        reason: Why.
    """

    line: int
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}" if self.line else self.reason


@dataclass(frozen=True, slots=True)
class Row:
    """One person, as text.

    Attributes:
        line: Where the row begins to be read; 0 for what is no file.
        values: By column; those that are there.
    """

    line: int
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Table:
    """What a file has.

    Attributes:
        rows: Those that can be read, in order.
        faults: Why the others cannot.
    """

    rows: tuple[Row, ...] = ()
    faults: tuple[BadLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table asks for.

    Attributes:
        edits: In the order of its rows.
        lines: The line of each edit.
        faults: Names in it that nothing has.
    """

    edits: tuple[Edit, ...]
    lines: tuple[int, ...]
    faults: tuple[BadLine, ...]


def read_people(data: bytes) -> Table:
    """Read a file.

    Args:
        data: UTF-8, with or without a byte order mark.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return Table((), (BadLine(line, "this is not UTF-8"),))
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows: list[Row] = []
    faults: list[BadLine] = []
    try:
        header = [_column(name) for name in next(reader, [])]
        if wrong := tuple(_header_faults(header)):
            return Table((), wrong)
        for values in reader:
            if not any(value.strip() for value in values):
                continue
            if len(rows) >= MAX_ROWS:
                return Table(
                    (), (BadLine(reader.line_num, f"a file has at most {MAX_ROWS} people"),)
                )
            if len(values) != len(header):
                reason = f"{len(values)} values for {len(header)} columns"
                faults.append(BadLine(reader.line_num, reason))
                continue
            rows.append(Row(reader.line_num, dict(zip(header, values, strict=True))))
    except csv.Error as error:
        return Table((), (BadLine(reader.line_num, f"this is not CSV: {error}"),))
    return Table(tuple(rows), tuple(faults))


def _column(name: str) -> str:
    """A column's own name; what is none stays as it is."""
    bare = re.sub(r"[ _-]", "", name.strip().lower())
    return {column.replace("_", ""): column for column in _TAKEN}.get(bare, name.strip())


def _header_faults(header: list[str]) -> Iterator[BadLine]:
    for name in dict.fromkeys(header):
        if name not in _TAKEN:
            yield BadLine(1, f'there is no column "{name}"; there are {", ".join(_TAKEN)}')
        elif header.count(name) > 1:
            yield BadLine(1, f"the column {name} is there twice")
    if "login_id" not in header:
        yield BadLine(1, "the column login_id is missing")


def wanted(rows: Iterable[Row], register: Register, *, update: bool) -> Wanted:
    """What rows ask for.

    Args:
        rows: The rows.
        register: Who there is, and which teams and skills.
        update: Whether somebody who is there already is changed; else that is a fault, told when it is planned.
    """
    names = _Names(register)
    people = {person.login_id: person for person in register.snapshot.people} if update else {}
    edits: list[Edit] = []
    lines: list[int] = []
    faults: list[BadLine] = []
    seen: dict[str, int] = {}
    for row in rows:
        login_id = row.values["login_id"].strip()
        if login_id in seen:
            faults.append(BadLine(row.line, f"login_id: the same as in line {seen[login_id]}"))
            continue
        seen[login_id] = row.line
        was = people.get(login_id)
        start = was or Person(login_id, login_id, "", "", "", frozenset({Role.AGENT}))
        fields, wrong = _fields(row, names)
        faults += wrong
        if "source" in row.values and row.values["source"].strip() != start.source:
            said = f"is {start.source}, and stays so" if start.source else "is empty, and stays so"
            faults.append(BadLine(row.line, f"source: {said}"))
        person = replace(start, **fields)
        found: list[Edit] = []
        if was is None:
            found.append(Add(person))
        elif person != was:
            found.append(Replace(person))
        enabled = _truth(row.values.get("enabled", ""))
        if enabled is not None and enabled != (login_id not in register.disabled):
            found.append(SetEnabled(login_id, enabled))
        if password := row.values.get("password", ""):
            found.append(SetPassword(login_id, password))
        edits += found
        lines += [row.line] * len(found)
    return Wanted(tuple(edits), tuple(lines), tuple(faults))


def bad_lines(asked: Wanted, faults: Iterable[Fault]) -> tuple[BadLine, ...]:
    """All that is wrong with a table, in the order of its lines, each thing once.

    Args:
        asked: What the table asks for.
        faults: Why that may not be.
    """
    known = {(bad.line, bad.reason.partition(": ")[0]) for bad in asked.faults}
    found = list(asked.faults)
    for fault in faults:
        line = asked.lines[fault.index] if fault.index < len(asked.lines) else 0
        column = _COLUMN_OF.get(fault.field, fault.field)
        if (line, column) not in known:  # a name that nothing has left it empty
            allowed = f"; {fault.allowed}" if fault.allowed else ""
            where = f"{column}: " if column else f"{fault.what}: "
            found.append(BadLine(line, f"{where}{fault.reason}{allowed}"))
    return tuple(sorted(found, key=lambda bad: bad.line))


def row_of(person: Person, register: Register) -> dict[str, str]:
    """Somebody as a row: with it, `wanted` asks for nothing."""
    names = _Names(register)
    return {
        "login_id": person.login_id,
        "login_name": person.login_name,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "extension": person.extension,
        "roles": " ".join(role.value for role in Role if role in person.roles),
        "team": names.of_team.get(person.team_id or 0, ""),
        "skills": "; ".join(
            f"{names.of_skill[skill_id]}={level}" for skill_id, level in person.competences
        ),
        "resource_group": names.of_group.get(person.resource_group_id or 0, ""),
        "automatic_available": _yes(person.automatic_available),
        "enabled": _yes(person.login_id not in register.disabled),
        "source": person.source,
    }


class _Names:
    """Teams, skills and resource groups by name, without regard to case, and back."""

    def __init__(self, register: Register) -> None:
        snapshot = register.snapshot
        self.of_team = {team.id: team.name for team in snapshot.teams}
        self.of_skill = {skill.id: skill.name for skill in snapshot.skills}
        self.of_group = {group.id: group.name for group in snapshot.resource_groups}
        self.teams = {name.casefold(): key for key, name in self.of_team.items()}
        self.skills = {name.casefold(): key for key, name in self.of_skill.items()}
        self.groups = {name.casefold(): key for key, name in self.of_group.items()}


def _fields(row: Row, names: _Names) -> tuple[dict[str, Any], list[BadLine]]:
    """What a row says of a person's attributes, and what in it means nothing."""
    fields: dict[str, Any] = {}
    faults: list[BadLine] = []

    def wrong(column: str, reason: str, there: Iterable[str] = ()) -> None:
        known = f"; there are {', '.join(there)}" if there else ""
        faults.append(BadLine(row.line, f"{column}: {reason}{known}"))

    def named(column: str, known: Mapping[str, int], there: Mapping[int, str]) -> int | None:
        if not (name := row.values[column].strip()):
            return None
        if name.casefold() not in known:
            wrong(column, f'there is no "{name}"', there.values() or ("none yet",))
        return known.get(name.casefold())

    for column, text in row.values.items():
        match column:
            case "first_name" | "last_name" | "extension":
                fields[column] = text.strip()
            case "login_name":
                fields[column] = text.strip() or row.values["login_id"].strip()
            case "roles":
                words = re.split(r"[\s,;]+", text.strip()) if text.strip() else []
                if unknown := [word for word in words if word.casefold() not in _ROLES]:
                    wrong(column, f'there is no "{unknown[0]}"', [role.value for role in Role])
                fields[column] = frozenset(
                    _ROLES[word.casefold()] for word in words if word.casefold() in _ROLES
                )
            case "team":
                fields["team_id"] = named(column, names.teams, names.of_team)
            case "resource_group":
                fields["resource_group_id"] = named(column, names.groups, names.of_group)
            case "skills":
                competences: list[Competence] = []
                for part in filter(None, (part.strip() for part in text.split(";"))):
                    name, equals, level = part.rpartition("=")
                    skill_id = names.skills.get(name.strip().casefold())
                    if not equals or not re.fullmatch(r"[0-9]{1,3}", level.strip()):
                        wrong(column, f'"{part}" is not such as "Sales=5"')
                    elif skill_id is None:
                        there = names.of_skill.values() or ("none yet",)
                        wrong(column, f'there is no "{name.strip()}"', there)
                    else:
                        competences.append(Competence(skill_id, int(level)))
                fields["competences"] = tuple(sorted(competences))
            case "automatic_available" | "enabled":
                if text.strip() and _truth(text) is None:
                    wrong(column, f'"{text.strip()}" is neither yes nor no')
                elif text.strip() and column == "automatic_available":
                    fields[column] = _truth(text)
    return fields, faults


def _truth(text: str) -> bool | None:
    return _TRUTH.get(text.strip().casefold())


def _yes(value: bool) -> str:
    return "yes" if value else "no"

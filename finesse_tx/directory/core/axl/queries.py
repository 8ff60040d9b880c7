"""Getting and listing: criteria with wildcards, pages, wanted tags, and the bound on an answer.

Spec: ``axl.md`` §5, §6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from xml.etree.ElementTree import Element

from finesse_tx.directory.core.axl.faults import (
    SEMANTIC,
    THROTTLED,
    AXLError,
    not_found,
)
from finesse_tx.directory.core.axl.fields import In, Thing
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.operations import Operation
from finesse_tx.directory.core.axl.values import (
    TAGS,
    Tags,
    Values,
    children,
    local,
    read_tags,
    render,
    text,
)

__all__ = ["MAX_ANSWER", "bounded", "chosen", "like", "listed", "selected", "shown", "wanted_tags"]

MAX_ANSWER: Final = 8_388_608
"""How large an answer may be."""


def like(pattern: str, found: str, *, one: str = "") -> bool:
    """Whether a text is like a pattern.

    Args:
        pattern: With ``%`` for any characters, also none.
        found: The text.
        one: The wildcard for exactly one character; empty: there is none.
    """
    at = place = 0
    star = mark = -1
    while place < len(found):
        if at < len(pattern) and pattern[at] == "%":
            star, mark = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in (found[place], one or found[place]):
            at += 1
            place += 1
        elif star >= 0:
            mark += 1
            at, place = star + 1, mark
        else:
            return False
    return not pattern[at:].strip("%")


def chosen(operation: Operation, values: Values) -> str:
    """Which of the groups of an operation's choice was given: its first field.

    Raises:
        AXLError: None of them, or more than one.
    """
    given = [group[0] for group in operation.choice if text(values.get(group[0]))]
    if len(given) != 1:
        names = " or ".join(group[0] for group in operation.choice)
        what = "exactly one of" if given else "one of"
        raise AXLError(SEMANTIC, f"The request needs {what} the tags {names}")
    return given[0]


def selected(model: Model, operation: Operation, values: Values) -> AXLObject:
    """The object that a request names, by its uuid or its key.

    Raises:
        AXLError: It names none, or one that is not there.
    """
    thing = operation.thing
    assert thing is not None  # noqa: S101  # the tables' own
    by = chosen(operation, values)
    if by == "uuid":
        found = model.find_uuid(thing.kind, text(values["uuid"]))
    else:
        name = text(values[by])
        partition = text(values["routePartitionName"]) if "routePartitionName" in values else None
        found = model.find(thing.kind, name, partition)
    if found is None:
        raise not_found(thing.kind.title)
    return found


def listed(model: Model, thing: Thing, values: Values) -> Sequence[AXLObject]:
    """What a list request asks for: one page of it.

    Args:
        model: Where to look.
        thing: What.
        values: The request: criteria of which those that are empty count for nothing, ``skip`` and ``first``.

    Raises:
        AXLError: A criterion that there is not.
    """
    criteria = []
    for name, value in children(values.get("searchCriteria")).items():
        if name not in thing.criteria:
            raise AXLError(
                SEMANTIC, f"The tag {name} is not a search criterion of {thing.kind.title}"
            )
        if pattern := text(value).casefold():
            criteria.append((name, pattern))
    found = [
        one
        for one in model.objects(thing.kind).values()
        if all(like(pattern, text(one.values.get(name)).casefold()) for name, pattern in criteria)
    ]
    skip = int(text(values.get("skip")) or 0)
    first = text(values.get("first"))
    return found[skip : skip + int(first)] if first else found[skip:]


def shown(thing: Thing, found: AXLObject, where: In, tags: Tags | None) -> str:
    """An object as XML.

    Args:
        thing: What it is.
        found: It.
        where: `In.GET`, or `In.LIST`, which shows less.
        tags: What is wanted; None or empty: all.
    """
    name = thing.kind.value
    fields = thing.fields_in(where)
    hidden = thing.by_name.keys() - {field.name for field in fields}
    values = {key: value for key, value in found.values.items() if key not in hidden}
    if where is In.LIST:  # of what we do not know, lists show nothing
        values = {key: value for key, value in values.items() if key in thing.by_name}
    attributes = "".join(f' {key}="{text(found.values[f"@{key}"])}"' for key in thing.attributes)
    return f"<{name}{attributes}>{render(values, fields, tags)}</{name}>"


def wanted_tags(element: Element) -> Tags | None:
    """What a request wants to see, of its ``returnedTags``."""
    for child in element:
        if local(child) == TAGS:
            return read_tags(child)
    return None


def bounded(rows: Iterable[str], most: int = MAX_ANSWER) -> str:
    """All rows of an answer.

    Args:
        rows: Each as XML.
        most: `MAX_ANSWER` but for tests.

    Raises:
        AXLError: Together they are too large; it says how many would not be.
    """
    parts: list[str] = []
    count = size = largest = 0
    for row in rows:
        length = len(row.encode())
        count, size, largest = count + 1, size + length, max(largest, length)
        if size <= most:
            parts.append(row)
        else:
            parts.clear()
    if size > most:
        raise AXLError(
            THROTTLED,
            f"Query request too large. Total rows matched: {count} rows. "
            f"Suggestive Row Fetch: less than {most // largest} rows",
        )
    return "".join(parts)

"""The desktop's layout (``finesseLayout``): its grammar as a table, and a check that names the line.

Spec: ``rest.md`` §12.3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.xmltext import StreamReader, XMLRefusedError

__all__ = ["GRAMMAR", "MAX_DEPTH", "NAMESPACE", "check_layout"]

NAMESPACE: Final = "http://www.cisco.com/vtg/finesse"

MAX_DEPTH: Final = 16
"""How deep elements may nest; the grammar's own are nine deep."""

MAX_COLUMNS: Final = 4
"""In a tab."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an element may have.

    Attributes:
        children: In order: the name, and how often at least and at most.
        attributes: What each attribute's value must be; None: any attribute may be there.
        required: The attributes that must be there.
        text: What its text must be; None: it has none.
        either: Of these children it has one at most.
        least: How many children it must have in all.
    """

    children: tuple[tuple[str, int, int], ...] = ()
    attributes: Mapping[str, str] | None = field(default_factory=dict)
    required: tuple[str, ...] = ()
    text: str | None = None
    either: tuple[str, ...] = ()
    least: int = 0


MANY: Final = 1_000
"""As many as anybody may want."""

ANY: Final = r"[\s\S]*"
SOME: Final = r"[\s\S]*\S[\s\S]*"
WIDTH: Final = r"\d+(\.\d+)?(px|%)"
URL: Final = r"\s*\S+\s*"

GRAMMAR: Final[Mapping[str, Rule]] = {
    "finesseLayout": Rule(
        (("version", 0, 1), ("configs", 0, 1), ("header", 0, 1), ("layout", 1, 3)), None
    ),
    "version": Rule(text=r"\s*\d+(\.\d+)?\s*"),
    "configs": Rule((("config", 0, MANY),)),
    "config": Rule(attributes={"key": "[a-zA-Z]*", "value": ANY}, required=("key", "value")),
    "header": Rule((("leftAlignedColumns", 0, 1), ("rightAlignedColumns", 0, 1)), least=1),
    "leftAlignedColumns": Rule((("headercolumn", 1, MANY),)),
    "rightAlignedColumns": Rule((("headercolumn", 1, MANY),)),
    "headercolumn": Rule(
        (("gadget", 0, 1), ("component", 0, 1)),
        attributes={"width": WIDTH},
        either=("gadget", "component"),
    ),
    "component": Rule(
        (("url", 1, 1), ("stylesheet", 0, 1)),
        attributes={"id": SOME, "order": ANY},
        required=("id",),
    ),
    "url": Rule(text=URL),
    "stylesheet": Rule(text=URL),
    "layout": Rule((("role", 1, 1), ("page", 0, 1), ("tabs", 0, 1))),
    "role": Rule(text=r"\s*(Agent|Supervisor|Admin)\s*"),
    "page": Rule((("gadget", 0, MANY),)),
    "tabs": Rule((("tab", 1, MANY),)),
    "tab": Rule(
        (("id", 1, 1), ("icon", 0, 1), ("label", 1, 1), ("gadgets", 0, 1), ("columns", 0, 1)),
        either=("gadgets", "columns"),
    ),
    "id": Rule(text=SOME),
    "icon": Rule(text=ANY),
    "label": Rule(text=SOME),
    "columns": Rule((("column", 1, MAX_COLUMNS),)),
    "column": Rule((("gadgets", 0, 1),)),
    "gadgets": Rule((("gadget", 0, MANY),)),
    "gadget": Rule(attributes=None, text=URL),
}
"""Every element. The version is not there in files of before 12.0, nor is the header."""


@dataclass(slots=True)
class _Open:
    name: str
    line: int
    counts: dict[str, int] = field(default_factory=dict)
    place: int = 0
    text: list[str] = field(default_factory=list)


class _Checker:
    """Checks each element when it begins and when it ends; the reader tells the line."""

    reader: StreamReader

    def __init__(self, document: bytes) -> None:
        self._document = document
        self._line, self._counted = 1, 0
        self._open: list[_Open] = []
        self._seen = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        namespace, _, local = name.rpartition(" ")
        line = self._where()
        if not self._open and (self._seen or local != "finesseLayout"):
            raise _wrong(line, "the layout must be a finesseLayout element")
        if namespace != NAMESPACE:
            raise _wrong(line, f"{local} is not in the namespace {NAMESPACE}")
        if local not in GRAMMAR:
            raise _wrong(line, f"there is no element {local}")
        self._seen = True
        if self._open:
            _admit(self._open[-1], local, line)
        rule = GRAMMAR[local]
        for key, value in attributes.items():
            if " " in key or rule.attributes is None:
                continue  # of another namespace, such as a schema's location; or a gadget's own
            if key not in rule.attributes:
                raise _wrong(line, f"{local} has no attribute {key}")
            if not re.fullmatch(rule.attributes[key], value):
                raise _wrong(line, f'{key} of {local} must not be "{value[:40]}"')
        for key in rule.required:
            if key not in attributes:
                raise _wrong(line, f"{local} needs the attribute {key}")
        self._open.append(_Open(local, line))

    def _where(self) -> int:
        """The line that is being read; what was counted once is not counted again."""
        position = self.reader.position
        self._line += self._document.count(b"\n", self._counted, position)
        self._counted = position
        return self._line

    def data(self, text: str) -> None:
        """Text."""
        if self._open:
            self._open[-1].text.append(text)

    def end(self, _name: str) -> None:
        """An element ends."""
        element = self._open.pop()
        rule, text = GRAMMAR[element.name], "".join(element.text)
        if rule.text is None and text.strip():
            raise _wrong(element.line, f"{element.name} has no text of its own")
        if rule.text is not None and not re.fullmatch(rule.text, text):
            raise _wrong(element.line, f'{element.name} must not be "{text.strip()[:40]}"')
        for child, least, _most in rule.children:
            if element.counts.get(child, 0) < least:
                raise _wrong(element.line, f"{element.name} needs {child}")
        if sum(element.counts.values()) < rule.least:
            raise _wrong(element.line, f"{element.name} is empty")
        if len(element.counts.keys() & set(rule.either)) > 1:
            raise _wrong(element.line, f"{element.name} has {' or '.join(rule.either)}, not both")


def _admit(parent: _Open, child: str, line: int) -> None:
    """A child comes: in its place, and not too often."""
    children = GRAMMAR[parent.name].children
    places = [place for place, (name, _, _) in enumerate(children) if name == child]
    if not places:
        raise _wrong(line, f"{child} cannot be in {parent.name}")
    if places[0] < parent.place:
        raise _wrong(line, f"{child} must stand before {children[parent.place][0]}")
    parent.place = places[0]
    parent.counts[child] = parent.counts.get(child, 0) + 1
    if parent.counts[child] > children[places[0]][2]:
        raise _wrong(line, f"{parent.name} has too many of {child}")


def _wrong(line: int, reason: str) -> ApiError:
    return ApiError(400, "Invalid Input", f"Line {line}: {reason}", f"line {line}")


def check_layout(text: str) -> None:
    """Check a layout.

    Args:
        text: The XML.

    Raises:
        ApiError: 400: not well-formed, or against the grammar; the message names the line.
    """
    document = text.encode("utf-8", "surrogatepass")
    checker = _Checker(document)
    checker.reader = StreamReader(checker, max_depth=MAX_DEPTH, restricted=False)
    try:
        checker.reader.feed(document, final=True)
    except XMLRefusedError as error:
        raise _wrong(error.line, error.reason) from None

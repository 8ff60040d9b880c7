"""From names to ids: of what is there, and of what a document adds, whose ids are stand-ins below 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from finesse_tx.configuration.core.document import Fault
from finesse_tx.configuration.core.text import Source
from finesse_tx.toml_lines import Path

__all__ = ["Names"]

_MANY: Final = 10
"""So many names are told of, where one of them would be right."""


class Names:
    """What there is of a kind, by name; capital letters make no difference, as nowhere in the configuration.

    Args:
        source: The document.
        kind: What its key is there.
        there: Names and ids of what is there.
        wanted: The names in the document.
        faults: Gets what is wrong.
        closed: Whether only what the document has may be referred to: the rest goes.

    Attributes:
        ids: By name, in lower case; below 0 for what is new.
        spare: The ids of what the document does not have.
    """

    def __init__(
        self,
        source: Source,
        kind: str,
        there: Mapping[str, int],
        wanted: Iterable[str],
        faults: list[Fault],
        *,
        closed: bool,
    ) -> None:
        self._source, self._kind, self._faults = source, kind, faults
        known = {name.casefold(): number for name, number in there.items()}
        self.ids: dict[str, int] = {}
        self._shown: list[str] = []
        for index, name in enumerate(wanted):
            key = name.casefold()
            if key in self.ids:
                self._faults.append(source.fault((kind, index), "is there twice"))
            self.ids[key] = known.get(key, -index - 1)
            self._shown.append(name)
        self.spare = tuple(number for key, number in known.items() if key not in self.ids)
        if not closed:
            self.ids = known | self.ids
            self._shown += [name for name in there if name not in self._shown]

    def __getitem__(self, name: str) -> int:
        """The id of what has that name in the document."""
        return self.ids[name.casefold()]

    def find(self, name: str, path: Path) -> int | None:
        """The id of what is referred to; None, and a fault, for a reference that leads nowhere."""
        number = self.ids.get(name.casefold())
        if number is None:
            shown = ", ".join(self._shown[:_MANY]) or "none yet"
            more = len(self._shown) - _MANY
            rest = f" and {more} more" if more > 0 else ""
            reason = f'there is no {self._kind} "{name}"; there are: {shown}{rest}'
            self._faults.append(self._source.fault(path, reason))
        return number

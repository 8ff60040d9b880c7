"""What has changed, for those who keep a copy: the queue behind ``listChange``.

Nobody tells of changes: two models are compared when somebody asks. So whatever changes people and numbers is in the
queue, be it AXL or not; what changes twice between two questions is in it once.

Spec: ``axl.md`` §7.3.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from finesse_tx.directory.core.axl.faults import INVALID, AXLError
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.records import ObjectKey, shown_uuid
from finesse_tx.directory.core.axl.values import Value, Values

__all__ = ["MAX_CHANGES", "Change", "Changes"]

MAX_CHANGES: Final = 10_000
"""How many changes are kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """One of them.

    Attributes:
        id: From 1, without gaps.
        action: ``a`` for added, ``u`` for updated, ``r`` for removed.
        kind: Of what.
        uuid: Which.
        tags: Of an update, the fields that are not as they were.
    """

    id: int
    action: str
    kind: Kind
    uuid: str
    tags: tuple[str, ...] = ()

    @property
    def values(self) -> Values:
        """As it is answered."""
        return {
            "@type": self.kind.title,
            "@uuid": shown_uuid(self.uuid),
            "id": str(self.id),
            "action": self.action,
            "doGet": "false" if self.action == "r" else "true",
            "changedTags": {"changedTag": tuple({"@name": name} for name in self.tags)},
        }


class Changes:
    """The queue.

    Args:
        queue_id: Unlike that of any other queue: each start of the server has one of its own.
        most: `MAX_CHANGES` but for tests.
    """

    def __init__(self, queue_id: str, most: int = MAX_CHANGES) -> None:
        self._queue_id = queue_id
        self._changes: deque[Change] = deque(maxlen=most)
        self._last = 0
        self._known: Model | None = None

    @property
    def is_begun(self) -> bool:
        """Whether there is something to compare with."""
        return self._known is not None

    def look(self, model: Model) -> None:
        """Queue what is not as it was when this was called before; the first time, nothing is."""
        if self._known is not None and self._known is not model:
            for kind in Kind:
                was, now = self._known.objects(kind), model.objects(kind)
                for action, uuid, tags in _differences(was, now):
                    self._last += 1
                    self._changes.append(Change(self._last, action, kind, uuid, tags))
        self._known = model

    def answer(self, start: str, queue_id: str, kinds: Collection[str]) -> dict[str, Value]:
        """What ``listChange`` answers.

        Args:
            start: The first change that is wanted; empty: the first that is kept.
            queue_id: The queue that it is of; of no meaning without it.
            kinds: The kinds of objects that are wanted, as their titles; empty: all.

        Raises:
            AXLError: It is another queue's, or was kept no longer, or is still to come.
        """
        first = self._changes[0].id if self._changes else self._last + 1
        if start and (queue_id != self._queue_id or not first <= int(start) <= self._last + 1):
            raise AXLError(
                INVALID,
                "The queueId value does not match the server, or the change is kept no longer: "
                "read everything anew",
            )
        begin = int(start) if start else first
        wanted = {kind.casefold() for kind in kinds}
        found = tuple(
            change.values
            for change in self._changes
            if change.id >= begin and (not wanted or change.kind.value.casefold() in wanted)
        )
        return {
            "queueInfo": {
                "firstChangeId": str(first),
                "lastChangeId": str(self._last),
                "nextStartChangeId": str(self._last + 1),
                "queueId": self._queue_id,
            },
            "changes": {"change": found},
        }


def _differences(
    was: Mapping[ObjectKey, AXLObject], now: Mapping[ObjectKey, AXLObject]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Actions, uuids and fields."""
    before = {one.uuid: one.values for one in was.values()}
    after = {one.uuid: one.values for one in now.values()}
    for uuid in before.keys() - after.keys():
        yield "r", uuid, ()
    for uuid, values in after.items():
        if uuid not in before:
            yield "a", uuid, ()
        elif before[uuid] != values:
            names = before[uuid].keys() | values.keys()
            changed = (name for name in names if before[uuid].get(name) != values.get(name))
            yield "u", uuid, tuple(sorted(name for name in changed if name[:1] != "@"))

"""What an edit is, and what all of them have in common.

A person belongs to the directory, which is asked to change it; the rest is ours to keep. Whatever a request would
break is refused here, with a fault that names it.

Spec: ``axl.md`` §4 (faults), §7, §7.1 (wrappers).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from finesse_tx.directory.core.axl.faults import SEMANTIC, AXLError, not_found
from finesse_tx.directory.core.axl.fields import Kind, Thing
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.records import ObjectEdit, StoredObject
from finesse_tx.directory.core.axl.values import Value, Values, children, items, text
from finesse_tx.directory.core.edits import Edit

__all__ = [
    "PASSWORD_HASH",
    "PIN_HASH",
    "AXLEdit",
    "line_named",
    "merged",
    "taken_over",
    "without_device",
]

PIN_HASH: Final = "@pin"
"""Where the hash of a user's PIN is kept: nothing that begins so is ever shown."""

PASSWORD_HASH: Final = "@password"  # noqa: S105  # a key
"""Where that of the password is, of a user whom the directory does not know."""

_SECRETS: Final = frozenset({"password", "pin", "digestCredentials"})


@dataclass(frozen=True, slots=True)
class AXLEdit:
    """What is to change.

    Attributes:
        about: The object, as the audit log names it: its kind and its name.
        uuid: Its uuid, which is the answer.
        before: What is kept of it now.
        objects: What changes here.
        directory: What changes in the directory, first.
        secrets: What is to be hashed and then kept of a person here, in clear, by where it is kept.
    """

    about: str
    uuid: str
    before: Values
    objects: ObjectEdit
    directory: tuple[Edit, ...] = ()
    secrets: tuple[tuple[str, str], ...] = ()


def merged(thing: Thing, raw: Values, values: Values) -> Values:
    """What is kept of an object after an update: what is given, and of the rest what was there.

    Args:
        thing: What it is.
        raw: What was kept.
        values: What is given; a wrapper takes the whole place of the one before.

    Raises:
        AXLError: It adds to a list, or takes away from one, in a way that we do not know.
    """
    special = {"uuid", *thing.key, *(new for _, new in thing.renames), *_SECRETS}
    special |= {delta for delta, _, _ in thing.deltas}
    found = dict(raw)
    for name, value in values.items():
        if name in special:
            continue
        if name not in thing.by_name and name.startswith(("add", "remove")):
            raise AXLError(SEMANTIC, f"The tag {name} is not supported by this server")
        found[name] = value
    return found


def line_named(model: Model, value: Value) -> AXLObject:
    """The line that a reference names, by its uuid or its pattern.

    Raises:
        AXLError: There is none.
    """
    pattern, uuid = text(value), text(children(value).get("@uuid"))
    found = model.find(Kind.LINE, pattern) if pattern else model.find_uuid(Kind.LINE, uuid)
    if found is None:
        raise not_found("Line")
    return found


def taken_over(model: Model, line: AXLObject) -> tuple[StoredObject, ...]:
    """A derived line and its derived phones, to be kept from now on; nothing of one that is kept."""
    if line.is_stored:
        return ()
    phones = (phone.stored for phone in model.phones_of(line) if not phone.is_stored)
    return (line.stored, *phones)


def without_device(model: Model, name: str, new: str = "") -> Iterator[StoredObject]:
    """Those who control a device, after it has gone or has another name.

    Args:
        model: As everything is.
        name: Its name so far.
        new: Its name from now on; empty: it is gone.
    """
    for kind in (Kind.USER, Kind.APP_USER):
        for one in model.objects(kind).values():
            named = [text(device) for device in items(one.raw.get("associatedDevices"), "device")]
            if name.casefold() not in map(str.casefold, named):
                continue
            names = [new if device.casefold() == name.casefold() else device for device in named]
            kept = tuple(device for device in names if device)
            yield StoredObject(
                one.key, one.uuid, {**one.raw, "associatedDevices": {"device": kept}}
            )

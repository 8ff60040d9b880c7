"""Phones and lines, added, updated and removed, and what people do at phones.

Spec: ``axl.md`` §7, §7.1 (wrappers and deltas).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from finesse_tx.directory.core.axl.edits import (
    AXLEdit,
    merged,
    taken_over,
    without_device,
)
from finesse_tx.directory.core.axl.faults import (
    INVALID,
    SEMANTIC,
    AXLError,
    duplicate,
    not_found,
)
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.objects import LINE, PHONE
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, StoredObject, uuid_of
from finesse_tx.directory.core.axl.values import Value, Values, children, items, text

__all__ = [
    "MAX_BUTTONS",
    "add_line",
    "add_phone",
    "change_dnd",
    "log_in",
    "log_out",
    "remove_line",
    "remove_phone",
    "update_line",
    "update_phone",
]

MAX_BUTTONS: Final = 200
"""How many lines a phone may have."""

_DEVICE_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,128}")
_PATTERN: Final = re.compile(r"[0-9A-Za-z*#+.!\[\]^\\@-]{1,64}")
_PARTITION: Final = re.compile(r"[\w .-]{0,50}")


def _device_free(model: Model, name: str) -> None:
    if not _DEVICE_NAME.fullmatch(name):
        raise AXLError(SEMANTIC, "The tag name is not that of a device")
    if model.find(Kind.PHONE, name) or model.find(Kind.CTI_ROUTE_POINT, name):
        raise duplicate()


def _line_key(pattern: str, partition: str) -> ObjectKey:
    if not _PATTERN.fullmatch(pattern):
        raise AXLError(SEMANTIC, "The tag pattern is not a directory number")
    if not _PARTITION.fullmatch(partition):
        raise AXLError(SEMANTIC, "The tag routePartitionName is not that of a partition")
    return ObjectKey(Kind.LINE.value, pattern, partition)


def _line_free(model: Model, key: ObjectKey) -> None:
    if model.find(Kind.LINE, key.name, key.partition) is not None:
        raise duplicate()


# Buttons --------------------------------------------------------------------------------------------------------


def _line_at(model: Model, button: Values) -> AXLObject | None:
    """The line that a button in a request means; None for one that is not there yet."""
    dirn = children(button.get("dirn"))
    pattern = text(dirn.get("pattern"))
    if not pattern and text(dirn.get("@uuid")):
        return model.find_uuid(Kind.LINE, text(dirn.get("@uuid")))
    partition = text(dirn.get("routePartitionName")) if "routePartitionName" in dirn else None
    return model.find(Kind.LINE, pattern, partition)


def _kept_button(model: Model, button: Values) -> Values:
    """A button as it is kept: the line by its name."""
    line = _line_at(model, button)
    dirn = children(button.get("dirn"))
    if line is not None:
        pattern, partition = line.key.name, line.key.partition
    else:
        key = _line_key(text(dirn.get("pattern")), text(dirn.get("routePartitionName")))
        pattern, partition = key.name, key.partition
    return {**button, "dirn": {"pattern": pattern, "routePartitionName": partition}}


def _index(button: Values) -> int:
    return int(text(button.get("index")) or 0)


def _buttons(values: Values) -> tuple[Values, ...]:
    return tuple(children(line) for line in items(values.get("lines"), "line"))


def _laid_out(model: Model, given: Iterable[Values]) -> Value:
    """The wrapper of a phone's lines, in the order of its buttons.

    Raises:
        AXLError: Two of them are one button, or one is none.
    """
    buttons = sorted((_kept_button(model, button) for button in given), key=_index)
    indexes = [_index(button) for button in buttons]
    if any(not 1 <= index <= MAX_BUTTONS for index in indexes):
        raise AXLError(SEMANTIC, f"The index of a line is not from 1 to {MAX_BUTTONS}")
    if len(set(indexes)) != len(indexes):
        raise AXLError(SEMANTIC, "Two lines have the same index")
    return {"line": tuple(buttons)}


def _lines_needed(model: Model, values: Values, new_uuid: str) -> Iterator[StoredObject]:
    """The lines at a phone's buttons that are not kept yet: derived ones, and those that nobody has made."""
    seen = set[ObjectKey]()
    for button in _buttons(values):
        dirn = children(button.get("dirn"))
        key = _line_key(text(dirn.get("pattern")), text(dirn.get("routePartitionName")))
        if key.folded in seen:
            continue
        seen.add(key.folded)
        line = model.find(Kind.LINE, key.name, key.partition)
        if line is None:
            yield StoredObject(key, uuid_of(new_uuid, key.name, key.partition), {})
            yield from _also(model, key)
        else:
            yield from taken_over(model, line)


def _also(model: Model, key: ObjectKey) -> tuple[StoredObject, ...]:
    """What a new line would make disappear: the derived one of the same number, and its phone."""
    other = model.find(Kind.LINE, key.name)
    return taken_over(model, other) if other is not None else ()


def _once(puts: Iterable[StoredObject]) -> tuple[StoredObject, ...]:
    """Of several with one key, the last."""
    return tuple({put.key.folded: put for put in puts}.values())


# Phones ---------------------------------------------------------------------------------------------------------


def add_phone(model: Model, given: Values, new_uuid: str) -> AXLEdit:
    """A new phone; lines at its buttons that are not there are made.

    Raises:
        AXLError: There is one of that name, or its buttons cannot be.
    """
    name = text(given["name"])
    _device_free(model, name)
    kept = {key: value for key, value in given.items() if key != "name"}
    if "lines" in kept:
        kept["lines"] = _laid_out(model, _buttons(kept))
    put = StoredObject(ObjectKey(Kind.PHONE.value, name), new_uuid, kept)
    puts = _once((*_lines_needed(model, kept, new_uuid), put))
    return AXLEdit(f"Phone/{name}", new_uuid, {}, ObjectEdit(puts=puts))


def update_phone(model: Model, phone: AXLObject, values: Values) -> AXLEdit:
    """Changes to a phone, its name too.

    Raises:
        AXLError: Its new name is taken, or its buttons cannot be.
    """
    kept = dict(merged(PHONE, phone.raw, values))
    name = text(values.get("newName")) or phone.key.name
    if name.casefold() != phone.key.name.casefold():
        _device_free(model, name)
    buttons = list(_buttons(kept))
    for gone in _buttons({"lines": values.get("removeLines", {})}):
        buttons = [button for button in buttons if not _is_button(model, button, gone)]
    for added in _buttons({"lines": values.get("addLines", {})}):
        buttons = [button for button in buttons if _index(button) != _index(added)]
        buttons.append(added)
    if buttons or "lines" in kept:
        kept["lines"] = _laid_out(model, buttons)
    puts: list[StoredObject] = []
    if not phone.is_stored:
        for _, line in model.lines_of(phone):
            puts += taken_over(model, line)
    puts += _lines_needed(model, kept, phone.uuid)
    puts.append(StoredObject(ObjectKey(Kind.PHONE.value, name), phone.uuid, kept))
    removes: tuple[ObjectKey, ...] = ()
    if name != phone.key.name:
        removes = (phone.key,)
        puts = [put for put in puts if put.key.folded != phone.key.folded or put.key.name == name]
        puts += without_device(model, phone.key.name, name)
    return AXLEdit(
        f"Phone/{phone.key.name}", phone.uuid, phone.raw, ObjectEdit(removes, _once(puts))
    )


def _is_button(model: Model, button: Values, meant: Values) -> bool:
    """Whether a button is the one that somebody wants removed: by its line where that is named, else by its index."""
    if text(children(meant.get("dirn")).get("pattern")) or children(meant.get("dirn")).get("@uuid"):
        line = _line_at(model, meant)
        return line is not None and _line_at(model, button) == line
    return _index(button) == _index(meant)


def remove_phone(model: Model, phone: AXLObject, _values: Values) -> AXLEdit:
    """A phone that goes; its lines stay.

    Raises:
        AXLError: Never.
    """
    puts = list(without_device(model, phone.key.name))
    if not phone.is_stored:  # its line is kept from now on, so that it does not come back
        puts += [line.stored for _, line in model.lines_of(phone) if not line.is_stored]
    edit = ObjectEdit((phone.key,) if phone.is_stored else (), _once(puts))
    return AXLEdit(f"Phone/{phone.key.name}", phone.uuid, phone.raw, edit)


# Lines ----------------------------------------------------------------------------------------------------------


def add_line(model: Model, given: Values, new_uuid: str) -> AXLEdit:
    """A new line.

    Raises:
        AXLError: There is one of that pattern in that partition.
    """
    key = _line_key(text(given["pattern"]), text(given.get("routePartitionName")))
    _line_free(model, key)
    kept = {name: value for name, value in given.items() if name not in LINE.key}
    put = StoredObject(key, new_uuid, kept)
    puts = _once((*_also(model, key), put))
    return AXLEdit(f"Line/{key.name}", new_uuid, {}, ObjectEdit(puts=puts))


def update_line(model: Model, line: AXLObject, values: Values) -> AXLEdit:
    """Changes to a line; the buttons that it is at follow.

    Raises:
        AXLError: Its new pattern is taken, or is somebody's extension so far.
    """
    pattern = text(values.get("newPattern")) or line.key.name
    partition = line.key.partition
    if "newRoutePartitionName" in values:
        partition = text(values["newRoutePartitionName"])
    key = _line_key(pattern, partition)
    if key.name != line.key.name:
        _not_needed(model, line)
    puts = list(taken_over(model, line))
    removes: tuple[ObjectKey, ...] = ()
    if key.folded != line.key.folded:
        _line_free(model, key)
        removes = (line.key,)
        puts = [put for put in puts if put.key.folded != line.key.folded]
        puts += _rewired(model, line, key)
    puts.append(StoredObject(key, line.uuid, merged(LINE, line.raw, values)))
    return AXLEdit(f"Line/{line.key.name}", line.uuid, line.raw, ObjectEdit(removes, _once(puts)))


def remove_line(model: Model, line: AXLObject, _values: Values) -> AXLEdit:
    """A line that goes, from all buttons that it is at.

    Raises:
        AXLError: It is somebody's extension, or a route point's.
    """
    _not_needed(model, line)
    edit = ObjectEdit((line.key,), tuple(_rewired(model, line, None)))
    return AXLEdit(f"Line/{line.key.name}", line.uuid, line.raw, edit)


def _not_needed(model: Model, line: AXLObject) -> None:
    if (person := model.owner(line.key.name)) is not None:
        raise AXLError(
            SEMANTIC, f"The line {line.key.name} is the IPCC extension of user {person.login_id}"
        )
    if model.is_route_point(line.key.name):
        raise AXLError(SEMANTIC, f"The line {line.key.name} is that of a CTI route point")


def _rewired(model: Model, line: AXLObject, new: ObjectKey | None) -> Iterator[StoredObject]:
    """The phones that a line is at, with the line under its new key, or without it."""
    for phone in model.phones_of(line):
        buttons = []
        for button in _buttons(phone.raw):
            if _line_at(model, button) != line:
                buttons.append(button)
            elif new is not None:
                dirn: Values = {"pattern": new.name, "routePartitionName": new.partition}
                buttons.append({**button, "dirn": dirn})
        yield StoredObject(phone.key, phone.uuid, {**phone.raw, "lines": {"line": tuple(buttons)}})


# At phones ------------------------------------------------------------------------------------------------------


def change_dnd(model: Model, user: AXLObject, on: str) -> AXLEdit:
    """Do not disturb, at all phones of a person.

    Args:
        model: As everything is.
        user: Who.
        on: ``true`` or ``false``.

    Raises:
        AXLError: The person has no phone.
    """
    names = [text(name) for name in items(user.values.get("associatedDevices"), "device")]
    phones = [phone for name in names if (phone := model.find(Kind.PHONE, name)) is not None]
    if not phones:
        raise not_found("Phone")
    puts: list[StoredObject] = []
    for phone in phones:
        puts += update_phone(model, phone, {"dndStatus": on}).objects.puts
    return AXLEdit(f"User/{user.key.name}", user.uuid, {}, ObjectEdit(puts=_once(puts)))


def _phone(model: Model, value: Value) -> AXLObject:
    uuid = text(children(value).get("@uuid"))
    name = text(value)
    found = model.find(Kind.PHONE, name) if name else model.find_uuid(Kind.PHONE, uuid)
    if found is None:
        raise not_found("Phone")
    return found


def log_in(model: Model, values: Values, now: int) -> AXLEdit:
    """Somebody comes to a phone: extension mobility.

    Args:
        model: As everything is.
        values: The request.
        now: Seconds since 1970.

    Raises:
        AXLError: There is no such phone or person, or somebody is there.
    """
    phone = _phone(model, values["deviceName"])
    user = model.find(Kind.USER, text(values["userId"]))
    if user is None:
        raise not_found("User")
    there = text(phone.values.get("loginUserId"))
    if there and there != user.key.name:
        raise AXLError(SEMANTIC, f"The user {there} is logged in to {phone.key.name}")
    return update_phone(
        model,
        phone,
        {
            "loginUserId": user.key.name,
            "currentProfileName": text(values["profileName"]),
            "loginTime": str(now),
            "loginDuration": text(values["loginDuration"]),
        },
    )


def log_out(model: Model, values: Values) -> AXLEdit:
    """Whoever came to a phone leaves it.

    Raises:
        AXLError: There is no such phone, or nobody there.
    """
    phone = _phone(model, values["deviceName"])
    if not text(phone.values.get("loginUserId")):
        raise AXLError(INVALID, f"No user is logged in to {phone.key.name}")
    gone = {"loginUserId", "currentProfileName", "loginTime", "loginDuration"}
    raw = {name: value for name, value in phone.raw.items() if name not in gone}
    put = StoredObject(phone.key, phone.uuid, raw)
    return AXLEdit(f"Phone/{phone.key.name}", phone.uuid, phone.raw, ObjectEdit(puts=(put,)))

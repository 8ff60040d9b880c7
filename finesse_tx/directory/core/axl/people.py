"""Users and application users, added, updated and removed.

A user with an IPCC extension is a person of the contact centre, in the directory: an agent, in the team that the
department names, or in the first one. Any other user that AXL adds is kept here, and can do nothing but be found, own
phones, and be told by ``doAuthenticateUser``.

Spec: ``axl.md`` §7, §7.1.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from finesse_tx.directory.core.axl.edits import (
    PASSWORD_HASH,
    PIN_HASH,
    AXLEdit,
    line_named,
    merged,
)
from finesse_tx.directory.core.axl.faults import SEMANTIC, AXLError, duplicate, not_found
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import AXLObject, Model
from finesse_tx.directory.core.axl.objects import APP_USER, USER
from finesse_tx.directory.core.axl.records import ObjectEdit, ObjectKey, StoredObject, uuid_of
from finesse_tx.directory.core.axl.values import Values, children, items, text
from finesse_tx.directory.core.edits import Add, Edit, Remove, Replace, SetHash, SetPassword
from finesse_tx.directory.core.records import Person, Role
from finesse_tx.directory.core.rules import password_complaints

__all__ = ["add_user", "remove_user", "update_app_user", "update_user"]

_USERID: Final = re.compile(r"[A-Za-z0-9._@+-]{1,64}")

_DIRECTORYS: Final = frozenset({"firstName", "lastName", "ipccExtension"})
"""What the directory keeps of a person; the rest is kept here."""

_NAMES: Final = frozenset({"userid", "newUserid", "uuid"})


def _devices_exist(model: Model, values: Values) -> None:
    for device in items(values.get("associatedDevices"), "device"):
        name = text(device)
        if model.find(Kind.PHONE, name) is None and model.find(Kind.CTI_ROUTE_POINT, name) is None:
            raise not_found("Phone")


def _extension(model: Model, values: Values) -> str | None:
    """The extension that a request gives a user; None where it gives none.

    Raises:
        AXLError: It is no line, or one on two devices, at which no agent could sign in.
    """
    if "ipccExtension" not in values:
        return None
    value = values["ipccExtension"]
    if not text(value) and not text(children(value).get("@uuid")):
        return ""
    line = line_named(model, value)
    phones = model.phones_of(line)
    if len(phones) > 1:
        names = " and ".join(phone.key.name for phone in phones)
        reason = f"The extension {line.key.name} is on more than one device: {names}"
        raise AXLError(SEMANTIC, reason)
    return line.key.name


def _kept(model: Model, raw: Values, values: Values, *, is_person: bool) -> Values:
    """What is kept of a user here, after a request; all that it refers to is there."""
    _devices_exist(model, values)
    primary = children(values.get("primaryExtension"))
    if pattern := text(primary.get("pattern")):
        partition = None
        if "routePartitionName" in primary:
            partition = text(primary["routePartitionName"])
        if model.find(Kind.LINE, pattern, partition) is None:
            raise not_found("Line")
    dropped = _NAMES | (_DIRECTORYS | {PASSWORD_HASH} if is_person else {"ipccExtension"})
    kept = merged(USER, raw, values)
    return {name: value for name, value in kept.items() if name not in dropped}


def _secrets(login_id: str, values: Values, *, is_person: bool) -> tuple[tuple[str, str], ...]:
    """What is to be hashed and kept here."""
    found = []
    if pin := text(values.get("pin")):
        found.append((PIN_HASH, pin))
    password = text(values.get("password"))
    if password and not is_person:
        for complaint in password_complaints(password, login_id):
            raise AXLError(SEMANTIC, f"The password {complaint.reason}; {complaint.allowed}")
        found.append((PASSWORD_HASH, password))
    return tuple(found)


def _new_person(model: Model, login_id: str, extension: str, kept: Values) -> Person:
    return Person(
        login_id,
        login_id,
        text(kept.get("firstName")),
        text(kept.get("lastName")),
        extension,
        frozenset({Role.AGENT}),
        model.team_of(text(kept.get("department"))),
    )


def _set_password(login_id: str, values: Values) -> tuple[Edit, ...]:
    password = text(values.get("password"))
    return (SetPassword(login_id, password),) if password else ()


def add_user(model: Model, given: Values, _new_uuid: str) -> AXLEdit:
    """A new user.

    Raises:
        AXLError: There is one of that userid, or what it refers to is not there.
    """
    login_id = text(given["userid"])
    if not _USERID.fullmatch(login_id):
        raise AXLError(SEMANTIC, "The tag userid is not 1 to 64 letters, digits and . _ @ + -")
    if not text(given["lastName"]):
        raise AXLError(SEMANTIC, "The mandatory tag lastName is empty")
    if model.find(Kind.USER, login_id) is not None:
        raise duplicate()
    extension = _extension(model, given)
    directory: tuple[Edit, ...] = ()
    if extension:
        person = _new_person(model, login_id, extension, given)
        directory = (Add(person), *_set_password(login_id, given))
    kept = _kept(model, {}, given, is_person=bool(extension))
    uuid = uuid_of(Kind.USER, login_id)
    put = StoredObject(ObjectKey(Kind.USER.value, login_id), uuid, kept)
    secrets = _secrets(login_id, given, is_person=bool(extension))
    return AXLEdit(f"User/{login_id}", uuid, {}, ObjectEdit(puts=(put,)), directory, secrets)


def update_user(model: Model, user: AXLObject, values: Values) -> AXLEdit:
    """Changes to a user.

    Raises:
        AXLError: What it refers to is not there.
    """
    login_id = user.key.name
    if text(values.get("newUserid")) not in {"", login_id}:
        raise AXLError(SEMANTIC, f"The user {login_id} cannot have another userid")
    if "lastName" in values and not text(values["lastName"]):
        raise AXLError(SEMANTIC, "The mandatory tag lastName is empty")
    was, extension = model.person(user), _extension(model, values)
    is_person = was is not None or bool(extension)
    directory: tuple[Edit, ...] = ()
    if was is not None:
        person = replace(
            was,
            first_name=text(values.get("firstName", was.first_name)),
            last_name=text(values.get("lastName", was.last_name)),
            extension=was.extension if extension is None else extension,
        )
        directory = (Replace(person),) if person != was else ()
        directory += _set_password(login_id, values)
    elif extension:
        person = _new_person(model, login_id, extension, {**user.raw, **values})
        encoded = text(user.raw.get(PASSWORD_HASH))
        kept_password = (SetHash(login_id, encoded),) if encoded else ()
        directory = (Add(person), *(_set_password(login_id, values) or kept_password))
    kept = _kept(model, user.raw, values, is_person=is_person)
    puts = (StoredObject(user.key, user.uuid, kept),) if kept != user.raw else ()
    secrets = _secrets(login_id, values, is_person=is_person)
    edit = ObjectEdit(puts=puts)
    return AXLEdit(f"User/{login_id}", user.uuid, user.raw, edit, directory, secrets)


def remove_user(model: Model, user: AXLObject, _values: Values) -> AXLEdit:
    """A user that goes; its phones stay."""
    login_id = user.key.name
    edit = ObjectEdit((user.key,) if user.is_stored else ())
    directory = (Remove(Person, login_id),) if model.person(user) is not None else ()
    return AXLEdit(f"User/{login_id}", user.uuid, user.raw, edit, directory)


def update_app_user(model: Model, user: AXLObject, values: Values) -> AXLEdit:
    """Changes to an application user.

    Raises:
        AXLError: A device is not there, or it is to have what it cannot have.
    """
    name = user.key.name
    if text(values.get("newUserid")) not in {"", name}:
        raise AXLError(SEMANTIC, f"The application user {name} cannot have another userid")
    if text(values.get("password")):
        reason = f"The application user {name} cannot have a password: it never signs in"
        raise AXLError(SEMANTIC, reason)
    _devices_exist(model, values)
    put = StoredObject(user.key, user.uuid, merged(APP_USER, user.raw, values))
    return AXLEdit(f"AppUser/{name}", user.uuid, user.raw, ObjectEdit(puts=(put,)))

"""What an add, update or remove changes, decided before anything is changed.

A person belongs to the directory, which is asked to change it; the rest is ours to keep. Whatever a request would
break is refused here, with a fault that names it.

Spec: ``axl.md`` §4 (faults), §7, §7.1 (wrappers).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from finesse_tx.directory.core.axl import devices, people
from finesse_tx.directory.core.axl.edits import AXLEdit
from finesse_tx.directory.core.axl.fields import Kind
from finesse_tx.directory.core.axl.model import Model
from finesse_tx.directory.core.axl.operations import Operation, Verb
from finesse_tx.directory.core.axl.queries import selected
from finesse_tx.directory.core.axl.values import Values, children

__all__ = ["edited"]

_DO: Final[Mapping[tuple[Kind, Verb], Callable[..., AXLEdit]]] = {
    (Kind.USER, Verb.ADD): people.add_user,
    (Kind.USER, Verb.UPDATE): people.update_user,
    (Kind.USER, Verb.REMOVE): people.remove_user,
    (Kind.APP_USER, Verb.UPDATE): people.update_app_user,
    (Kind.PHONE, Verb.ADD): devices.add_phone,
    (Kind.PHONE, Verb.UPDATE): devices.update_phone,
    (Kind.PHONE, Verb.REMOVE): devices.remove_phone,
    (Kind.LINE, Verb.ADD): devices.add_line,
    (Kind.LINE, Verb.UPDATE): devices.update_line,
    (Kind.LINE, Verb.REMOVE): devices.remove_line,
}


def edited(model: Model, operation: Operation, values: Values, new_uuid: str) -> AXLEdit:
    """What a request changes.

    Args:
        model: As everything is.
        operation: An add, update or remove.
        values: The request.
        new_uuid: That of a new object, unless it has one of its own.

    Raises:
        AXLError: It cannot be.
    """
    thing = operation.thing
    assert thing is not None  # noqa: S101  # the tables' own
    carry_out = _DO[thing.kind, operation.verb]
    if operation.verb is Verb.ADD:
        return carry_out(model, children(values[thing.kind.value]), new_uuid)
    return carry_out(model, selected(model, operation, values), values)

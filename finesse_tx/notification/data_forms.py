"""Forms of XEP-0004 as elements, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from twisted.words.xish.domish import Element

from finesse_tx.notification.core.forms import PREFIX, FieldType, Setting, Value, written
from finesse_tx.notification.core.namespaces import DATA

__all__ = ["find_form", "form_element"]


def form_element(
    kind: str, namespace: str, settings: Mapping[str, Setting], values: Mapping[str, Value]
) -> Element:
    """Write a form.

    Args:
        kind: ``form`` to be filled in, or ``result``.
        namespace: Its FORM_TYPE.
        settings: Its fields.
        values: Their values; those that have none are left out.
    """
    form = Element((DATA, "x"), attribs={"type": kind})
    _add_field(form, "FORM_TYPE", "hidden", [namespace])
    for name, setting in settings.items():
        if name not in values:
            continue
        field = _add_field(form, PREFIX + name, setting.kind.value, written(values[name]))
        field["label"] = setting.label
        if kind == "form" and setting.kind in {FieldType.LIST, FieldType.SEVERAL}:
            for choice in setting.choices:
                field.addElement("option").addElement("value", content=choice)
    return form


def _add_field(form: Element, name: str, kind: str, values: Sequence[str]) -> Element:
    field: Element = form.addElement("field")
    field["var"], field["type"] = name, kind
    for value in values:
        field.addElement("value", content=value)
    return field


def find_form(parent: Element | None, namespace: str) -> dict[str, list[str]] | None:
    """Read the form of that FORM_TYPE among the children of an element.

    Returns:
        The values of each field by its name; None where there is no such form, or it was cancelled.
    """
    for form in parent.elements(DATA, "x") if parent is not None else ():
        fields = {
            field.getAttribute("var", ""): [str(value) for value in field.elements(DATA, "value")]
            for field in form.elements(DATA, "field")
        }
        if fields.pop("FORM_TYPE", None) == [namespace]:
            # A form without a type, which XEP-0004 does not allow, is meant to be one: clients write it so.
            return fields if form.getAttribute("type", "submit") == "submit" else None
    return None

"""Which view of a gadget is rendered when one is asked for.

Spec: OpenSocial Core Gadget Specification 2.x, "Views"; ``gadgets.md`` §2.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from finesse_tx.gadgets.core.spec import DEFAULT_VIEW, GadgetSpec, View

__all__ = ["ALIASES", "view_of"]

ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "default": ("home", "profile", "canvas"),
        "profile": ("DASHBOARD", "default"),
        "canvas": ("FULL_PAGE",),
    }
)
"""What else a view may be called; so a gadget that only has a canvas has a default view."""


def view_of(spec: GadgetSpec, name: str) -> View | None:
    """The view of that name, or by one of its aliases, or the default view; None: the gadget has none of these.

    A sub-view, such as ``canvas.about``, that the gadget does not have is its main view.
    """
    main = name.partition(".")[0]
    names = [name, *ALIASES.get(name, ())]
    if main != name:
        names += [main, *ALIASES.get(main, ())]
    for one in [*names, DEFAULT_VIEW]:
        if one in spec.views:
            return spec.views[one]
    return None

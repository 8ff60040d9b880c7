"""Gadgets; a plugin point: `IGadgetFeature`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zope.interface import Attribute, Interface

__all__ = ["IGadgetFeature"]


class IGadgetFeature(Interface):
    """JavaScript that gadgets can ask for with ``Require`` or ``Optional``. A plugin point.

    Found once, at the start; read in the reactor's thread, so a script must be at hand.
    """

    name: str = Attribute("As ``Require`` names it; none of our own.")

    needs: Sequence[str] = Attribute("The features that must be loaded before it.")

    def script() -> str:
        """What a gadget's page runs: a classic script, in strict mode, which leaves its names in ``gadgets``."""

    def configuration() -> Mapping[str, object]:
        """What its script is told with ``gadgets.config.register(name, …)``; plain values; nothing for none."""

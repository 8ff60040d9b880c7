"""What a presence says of a session.

Spec: RFC 6121 §4.7.2.
"""

from __future__ import annotations

from twisted.words.xish.domish import Element

from finesse_tx.notification.core.options import ONLINE, SHOW_VALUES

__all__ = ["priority", "show"]


def priority(presence: Element) -> int:
    """Its priority, from -128 to 127; 0 where it says none, or nonsense."""
    for element in presence.elements(None, "priority"):
        try:
            return max(-128, min(127, int(str(element))))
        except ValueError:
            return 0
    return 0


def show(presence: Element) -> str:
    """Its state: ``online`` or one of §4.7.2.1."""
    for element in presence.elements(None, "show"):
        if (text := str(element).strip()) in SHOW_VALUES:
            return text
    return ONLINE

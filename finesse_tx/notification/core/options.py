"""How one subscription is served: its options.

Spec: XEP-0060 §6.3, §16.4.2. Left out: digests, expiry, keywords, bodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from finesse_tx.notification.core.forms import FieldType, Setting, changes
from finesse_tx.notification.core.refusals import PubsubError, Refusal

__all__ = ["DEFAULT", "ONLINE", "OPTIONS", "SHOW_VALUES", "SubscriptionOptions", "with_options"]

ONLINE: Final = "online"
"""The state of a session whose presence has no ``<show/>``."""

SHOW_VALUES: Final = ("away", "chat", "dnd", ONLINE, "xa")
"""The presence states that may be asked for."""

OPTIONS: Final[Mapping[str, Setting]] = {
    "deliver": Setting(FieldType.BOOLEAN, "Whether to deliver event notifications"),
    "show-values": Setting(
        FieldType.SEVERAL, "The presence states in which to deliver them", SHOW_VALUES
    ),
}
"""The fields, in the order of the form."""


@dataclass(frozen=True, slots=True)
class SubscriptionOptions:
    """The options of a subscription.

    Attributes:
        deliver: Whether it gets notifications at all.
        show_values: In which presence states a session does.
    """

    deliver: bool = True
    show_values: tuple[str, ...] = SHOW_VALUES

    @property
    def values(self) -> dict[str, bool | tuple[str, ...]]:
        """By the name of the field."""
        return {"deliver": self.deliver, "show-values": self.show_values}

    def admits(self, show: str) -> bool:
        """Whether a session in that presence state gets notifications."""
        return self.deliver and show in self.show_values


DEFAULT: Final = SubscriptionOptions()
"""Those of a subscription that asked for none."""


def with_options(
    options: SubscriptionOptions, form: Mapping[str, Sequence[str]]
) -> SubscriptionOptions:
    """Change options as a form says.

    Raises:
        PubsubError: ``INVALID_OPTIONS`` for a value that cannot be.
    """
    found = {name.replace("-", "_"): value for name, value in changes(OPTIONS, form).items()}
    if None in found.values():
        raise PubsubError(Refusal.INVALID_OPTIONS)
    return replace(options, **found)  # type: ignore[arg-type]  # each is of its field's type: a test

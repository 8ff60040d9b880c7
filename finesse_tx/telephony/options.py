"""``telephony.options`` of the simulator: what an operator says of it.

Spec: ``telephony.md`` §5 (devices).
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from finesse_tx.errors import UNPLACED, ConfigError
from finesse_tx.telephony.core.inventory import AddressKind, Inventory
from finesse_tx.telephony.core.numbering import NumberingError, expand, inventory

__all__ = ["SimulatorOptions"]

Ranges = Annotated[tuple[str, ...], Meta(max_length=100)]


class SimulatorOptions(Struct, frozen=True, forbid_unknown_fields=True):
    """``telephony.options`` of the simulator."""

    phones: Ranges = ("1001-2999",)
    """The phones' numbers: single ones and ranges."""
    route_points: Ranges = ("6001-6099",)
    """The route points' numbers."""
    ports: Annotated[int, Meta(ge=0, le=10_000)] = 200
    """How many callers can wait at once: CTI ports."""
    first_port: Annotated[str, Meta(pattern=r"^[0-9]{1,15}$")] = "70001"
    """The first CTI port's number; the others follow it."""
    confirm_s: Annotated[float, Meta(ge=0, le=10)] = 0.0
    """How long the switch takes for each operation; 0: until the reactor's next turn."""
    prompt_s: Annotated[float, Meta(ge=0, le=300)] = 4.0
    """How long a prompt lasts, whatever it says."""
    busy_trigger: Annotated[int, Meta(ge=1, le=16)] = 1
    """So many calls at a phone's line, held ones too, make it busy for the next."""
    auto_answer: Ranges = ()
    """The lines that answer by themselves, if their phone has no active call."""

    def answering(self) -> frozenset[str]:
        """The numbers that answer by themselves.

        Raises:
            ConfigError: A range is none.
        """
        try:
            return frozenset(expand(self.auto_answer))
        except ValueError as error:
            key = "telephony.options.auto_answer"
            fix = "numbers and ranges of numbers"
            raise ConfigError(UNPLACED, key, str(error), fix) from None

    def inventory(self) -> Inventory:
        """What there is.

        Raises:
            ConfigError: A range is none, or a number is given twice.
        """
        try:
            return inventory(self.phones, self.route_points, self.first_port, self.ports)
        except NumberingError as error:
            key = {
                AddressKind.PHONE: "phones",
                AddressKind.ROUTE_POINT: "route_points",
                AddressKind.CTI_PORT: "ports",
            }[error.kind]
            raise ConfigError(
                UNPLACED,
                f"telephony.options.{key}",
                str(error),
                "each number belongs to one phone, route point or CTI port",
            ) from None

"""``/WrapUpReason``.

Spec: ``rest.md`` §12.5.
"""

from typing import Final

from finesse_tx.webservices.core.administration.objects import WrapUpReason, WrapUpReasons
from finesse_tx.webservices.routes.configuration.crud import Kind, crud

__all__ = ["WRAP_UP_REASON", "WRAP_UP_REASON_KIND"]

WRAP_UP_REASON_KIND: Final = Kind(WrapUpReason, WrapUpReasons)

WRAP_UP_REASON: Final = crud(WRAP_UP_REASON_KIND)
"""The table."""

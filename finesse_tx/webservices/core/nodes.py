"""The second of two nodes: what it leaves to the first.

The configuration is changed on the primary node alone. In a CCE it is not even looked at elsewhere, by those who are there
to change it; what agents read of it they read wherever they are signed in.

Spec: ``rest.md`` §1.6 (403), §12.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.routing import Asker, Route

__all__ = ["SecondaryNode"]


@dataclass(frozen=True, slots=True)
class SecondaryNode:
    """This node, where it is the secondary one.

    Attributes:
        primary_host: The other one's name.
        is_cce: Whether it is as in a CCE.
    """

    primary_host: str
    is_cce: bool

    def admit(self, route: Route[Any, Any]) -> None:
        """Let a request pass, unless the primary node is to be asked.

        Raises:
            ApiError: 403; ErrorData is where to ask.
        """
        if not route.is_configuration:
            return
        is_change = route.method != "GET"
        if is_change or (self.is_cce and route.who == (Asker.ADMINISTRATOR,)):
            raise ApiError(
                403,
                "Forbidden",
                "The configuration is changed on the primary node",
                self.primary_host,
            )

"""``/SystemInfo``: whether this node serves; the one thing that is told to anybody.

Spec: ``rest.md`` §8.
"""

from __future__ import annotations

from klein import Klein

from finesse_tx.webservices.core.objects import SystemInfo
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.gate import Gate, open_to_all

__all__ = ["SystemInfoRoutes"]


class SystemInfoRoutes:
    """The routes below ``/finesse/api/SystemInfo``."""

    app = Klein()

    def __init__(self, gate: Gate, operations: Operations) -> None:
        self.gate, self._operations = gate, operations

    @app.route("/", methods=["GET"])
    @open_to_all
    async def get_system_info(self) -> SystemInfo:
        """The state of the system; 200 whatever it is."""
        return self._operations.system_info()

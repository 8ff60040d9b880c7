"""``/Dialog``: one call, and what its participants do with it.

Spec: ``rest.md`` §5.1, §5.2.
"""

from __future__ import annotations

from klein import Klein

from finesse_tx.webservices.core.objects import Dialog
from finesse_tx.webservices.core.requests import DialogRequest
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.gate import Call, Gate, route

__all__ = ["DialogRoutes"]


class DialogRoutes:
    """The routes below ``/finesse/api/Dialog``."""

    app = Klein()

    def __init__(self, gate: Gate, operations: Operations) -> None:
        self.gate, self._operations = gate, operations

    @app.route("/<dialog_id>", methods=["GET"])
    @route
    async def get_dialog(self, call: Call, dialog_id: str) -> Dialog:
        """The dialog, for its participants, their supervisors and administrators."""
        return self._operations.dialog(call.person, dialog_id)

    @app.route("/<dialog_id>", methods=["PUT"])
    @route
    async def put_dialog(self, call: Call, dialog_id: str) -> None:
        """Act on the dialog; 202, then the event."""
        request = DialogRequest.parse(call.body, self.gate.max_body_bytes)
        self._operations.act(
            call.person, dialog_id, request.action, request.target, call.request_id
        )

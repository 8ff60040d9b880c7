"""``/User``: a person, its state, its dialogs and its reason codes.

Spec: ``rest.md`` §2.2 to §2.7, §5.3, §5.4.
"""

from __future__ import annotations

from klein import Klein

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Dialogs, ReasonCodes, User
from finesse_tx.webservices.core.requests import MakeCallRequest, UserRequest
from finesse_tx.webservices.operations import Operations
from finesse_tx.webservices.routes.gate import Call, Gate, route

__all__ = ["UserRoutes"]


class UserRoutes:
    """The routes below ``/finesse/api/User``."""

    app = Klein()

    def __init__(self, gate: Gate, operations: Operations) -> None:
        self.gate, self._operations = gate, operations

    @app.route("/<login_id>", methods=["GET"])
    @route
    async def get_user(self, call: Call, login_id: str) -> User:
        """The user, for itself, its supervisors and administrators."""
        return self._operations.user(call.person, login_id)

    @app.route("/<login_id>", methods=["PUT"])
    @route
    async def put_user(self, call: Call, login_id: str) -> None:
        """Sign in, sign out, or change the state; 202, then the event."""
        request = UserRequest.parse(call.body, self.gate.max_body_bytes)
        if request.state is None:
            self._operations.sign_in(
                call.person, login_id, request.extension, call.password, call.request_id
            )
        else:
            self._operations.change_state(
                call.person, login_id, request.state, request.reason_code_id, call.request_id
            )

    @app.route("/<login_id>/Dialogs", methods=["GET"])
    @route
    async def get_dialogs(self, call: Call, login_id: str) -> Dialogs:
        """The user's voice dialogs."""
        return self._operations.dialogs(call.person, login_id)

    @app.route("/<login_id>/Dialogs", methods=["POST"])
    @route
    async def post_dialog(self, call: Call, login_id: str) -> None:
        """Make a call; 202, then the event, which has the dialog's id."""
        request = MakeCallRequest.parse(call.body, self.gate.max_body_bytes)
        self._operations.make_call(
            call.person, login_id, request.from_address, request.to_address, call.request_id
        )

    @app.route("/<login_id>/ReasonCodes", methods=["GET"])
    @route
    async def get_reason_codes(self, call: Call, login_id: str) -> ReasonCodes:
        """The reason codes of one category that the user may choose from."""
        category = call.query.get("category", "")
        if category not in {"NOT_READY", "LOGOUT"}:
            raise ApiError(400, "Invalid Input", "The category is NOT_READY or LOGOUT", "category")
        return self._operations.reason_codes(call.person, login_id, category)

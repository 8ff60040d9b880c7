"""`finesse_tx.webservices.core.requests`: bodies, and what is wrong with them."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action, UserState
from finesse_tx.webservices.core.reading import read
from finesse_tx.webservices.core.requests import (
    DialogBody,
    DialogRequest,
    MakeCallRequest,
    UserBody,
    UserRequest,
)

MAX = 10_000


def user(body: bytes) -> UserRequest:
    """Read and check a body of ``PUT /User/{id}``."""
    return UserRequest.of(read(UserBody, body, MAX))


def dialog(body: bytes) -> DialogRequest:
    """Read and check a body of ``PUT /Dialog/{id}``."""
    return DialogRequest.of(read(DialogBody, body, MAX))


def make_call(body: bytes) -> MakeCallRequest:
    """Read and check a body of ``POST /User/{id}/Dialogs``."""
    return MakeCallRequest.of(read(DialogBody, body, MAX))


class UserRequestTests(SynchronousTestCase):
    """``PUT /User/{id}``."""

    def refused(self, body: str) -> tuple[int, str, str]:
        """Status, type and data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, user, body.encode())
        return error.status, error.error_type, error.error_data

    def test_login(self) -> None:
        """A LOGIN has an extension."""
        body = b"<User><state>LOGIN</state><extension> 1001 </extension></User>"
        self.assertEqual(user(body), UserRequest(None, "1001"))

    def test_states(self) -> None:
        """READY, NOT_READY and LOGOUT may be asked for, with a reason."""
        for state in ("READY", "NOT_READY", "LOGOUT"):
            body = f"<User><reasonCodeId>16</reasonCodeId><state>{state}</state></User>".encode()
            self.assertEqual(user(body), UserRequest(UserState(state), "", 16))

    def test_lenient(self) -> None:
        """Unknown elements are ignored, and the last of two counts."""
        body = b"""<?xml version="1.0"?>
            <User><x><y/></x><state>LOGOUT</state><state>READY</state><reasonCodeId></reasonCodeId></User>"""
        self.assertEqual(user(body), UserRequest(UserState.READY))

    def test_wrong_state(self) -> None:
        """The engine's own states, and words that are none, are refused."""
        for state in ("TALKING", "RESERVED", "WORK", "ready", "\u00e9"):
            self.assertEqual(
                self.refused(f"<User><state>{state}</state></User>"),
                (400, "Invalid Input", "state"),
            )

    def test_missing(self) -> None:
        """What is missing is named."""
        self.assertEqual(self.refused("<User/>"), (400, "Parameter Missing", "state"))
        self.assertEqual(
            self.refused("<User><state>LOGIN</state></User>"),
            (400, "Parameter Missing", "extension"),
        )

    def test_wrong_reason(self) -> None:
        """A reason's id is a number."""
        for reason in ("x", "-1", "9999999999", "\u0663"):
            body = f"<User><state>LOGOUT</state><reasonCodeId>{reason}</reasonCodeId></User>"
            self.assertEqual(self.refused(body), (400, "Invalid Input", "reasonCodeId"))

    def test_not_a_user(self) -> None:
        """No XML, another root, a bomb: a Bad Request."""
        for body in (
            "",
            "state=READY",
            "<Dialog/>",
            "<!DOCTYPE x [<!ENTITY a 'b'>]><User/>",
            "<a>" * 100,
        ):
            self.assertEqual(self.refused(body)[:2], (400, "Bad Request"))

    @given(st.binary(max_size=100))
    def test_any_bytes(self, body: bytes) -> None:
        """Nothing but an ApiError ever comes of it."""
        try:
            user(body)
        except ApiError as error:
            self.assertEqual(error.status, 400)


class DialogRequestTests(SynchronousTestCase):
    """``PUT /Dialog/{id}`` and ``POST /User/{id}/Dialogs``."""

    def test_actions(self) -> None:
        """Either order of the elements, since clients send both."""
        for body in (
            b"<Dialog><targetMediaAddress>1001</targetMediaAddress><requestedAction>HOLD</requestedAction></Dialog>",
            b"<Dialog><requestedAction>HOLD</requestedAction><targetMediaAddress>1001</targetMediaAddress></Dialog>",
        ):
            self.assertEqual(dialog(body), DialogRequest(Action.HOLD, "1001"))

    def test_make_call(self) -> None:
        """From and to; what is dialled is passed on as it is."""
        body = (
            b"<Dialog><requestedAction>MAKE_CALL</requestedAction><toAddress>+33 1*2#</toAddress>"
            b"<fromAddress>1001</fromAddress></Dialog>"
        )
        self.assertEqual(make_call(body), MakeCallRequest("1001", "+33 1*2#"))

    def test_refusals(self) -> None:
        """Each mistake has its type and its data."""
        for parse, body, status, error_type, data in (
            (dialog, "<Dialog/>", 400, "Parameter Missing", "requestedAction"),
            (
                dialog,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Parameter Missing",
                "targetMediaAddress",
            ),
            (
                dialog,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                dialog,
                "<Dialog><requestedAction>JUMP</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                dialog,
                f"<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>{'1' * 64}</targetMediaAddress></Dialog>",
                400,
                "Invalid Input",
                "targetMediaAddress",
            ),
            (
                make_call,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1</fromAddress><toAddress>1</toAddress></Dialog>",
                400,
                "Invalid Destination",
                "1",
            ),
            (
                make_call,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
        ):
            error: ApiError = self.assertRaises(ApiError, parse, body.encode())
            self.assertEqual(
                (error.status, error.error_type, error.error_data), (status, error_type, data), body
            )

"""`finesse_tx.webservices.core.requests`: bodies, and what is wrong with them."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import Action, UserState
from finesse_tx.webservices.core.requests import DialogRequest, MakeCallRequest, UserRequest

MAX = 10_000


class UserRequestTests(SynchronousTestCase):
    """``PUT /User/{id}``."""

    def refused(self, body: str) -> tuple[int, str, str]:
        """Status, type and data of the refusal."""
        error: ApiError = self.assertRaises(ApiError, UserRequest.parse, body.encode(), MAX)
        return error.status, error.error_type, error.error_data

    def test_login(self) -> None:
        """A LOGIN has an extension."""
        body = b"<User><state>LOGIN</state><extension> 1001 </extension></User>"
        self.assertEqual(UserRequest.parse(body, MAX), UserRequest(None, "1001"))

    def test_states(self) -> None:
        """READY, NOT_READY and LOGOUT may be asked for, with a reason."""
        for state in ("READY", "NOT_READY", "LOGOUT"):
            body = f"<User><reasonCodeId>16</reasonCodeId><state>{state}</state></User>".encode()
            self.assertEqual(UserRequest.parse(body, MAX), UserRequest(UserState(state), "", 16))

    def test_lenient(self) -> None:
        """Unknown elements are ignored, and the last of two counts."""
        body = b"""<?xml version="1.0"?>
            <User><x><y/></x><state>LOGOUT</state><state>READY</state><reasonCodeId></reasonCodeId></User>"""
        self.assertEqual(UserRequest.parse(body, MAX), UserRequest(UserState.READY))

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
            UserRequest.parse(body, MAX)
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
            self.assertEqual(DialogRequest.parse(body, MAX), DialogRequest(Action.HOLD, "1001"))

    def test_make_call(self) -> None:
        """From and to; what is dialled is passed on as it is."""
        body = (
            b"<Dialog><requestedAction>MAKE_CALL</requestedAction><toAddress>+33 1*2#</toAddress>"
            b"<fromAddress>1001</fromAddress></Dialog>"
        )
        self.assertEqual(MakeCallRequest.parse(body, MAX), MakeCallRequest("1001", "+33 1*2#"))

    def test_refusals(self) -> None:
        """Each mistake has its type and its data."""
        for parse, body, status, error_type, data in (
            (DialogRequest.parse, "<Dialog/>", 400, "Parameter Missing", "requestedAction"),
            (
                DialogRequest.parse,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Parameter Missing",
                "targetMediaAddress",
            ),
            (
                DialogRequest.parse,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                DialogRequest.parse,
                "<Dialog><requestedAction>JUMP</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
            (
                DialogRequest.parse,
                f"<Dialog><requestedAction>DROP</requestedAction><targetMediaAddress>{'1' * 64}</targetMediaAddress></Dialog>",
                400,
                "Invalid Input",
                "targetMediaAddress",
            ),
            (
                MakeCallRequest.parse,
                "<Dialog><requestedAction>MAKE_CALL</requestedAction><fromAddress>1</fromAddress><toAddress>1</toAddress></Dialog>",
                400,
                "Invalid Destination",
                "1",
            ),
            (
                MakeCallRequest.parse,
                "<Dialog><requestedAction>HOLD</requestedAction></Dialog>",
                400,
                "Invalid Input",
                "requestedAction",
            ),
        ):
            error: ApiError = self.assertRaises(ApiError, parse, body.encode(), MAX)
            self.assertEqual(
                (error.status, error.error_type, error.error_data), (status, error_type, data), body
            )

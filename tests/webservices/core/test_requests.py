"""`finesse_tx.webservices.core.requests`: bodies, and what is wrong with them."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.webservices.core.errors import ApiError
from finesse_tx.webservices.core.objects import UserState
from finesse_tx.webservices.core.reading import read
from finesse_tx.webservices.core.requests import UserBody, UserRequest

MAX = 10_000


def user(body: bytes) -> UserRequest:
    """Read and check a body of ``PUT /User/{id}``."""
    return UserRequest.of(read(UserBody, body, MAX))


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

    def test_mobile(self) -> None:
        """A mobile agent has a mode, and a number to be called at."""
        form = (
            "<User><state>LOGIN</state><extension>1001</extension><mobileAgent><mode>{}</mode>"
            "<dialNumber>{}</dialNumber></mobileAgent></User>"
        ).format
        for mode in ("CALL_BY_CALL", "NAILED_CONNECTION"):
            self.assertTrue(user(form(mode, "0699").encode()).is_mobile)
        for mode, number, refusal in (
            ("", "0699", ("Parameter Missing", "mode")),
            ("OTHER", "0699", ("Invalid Input", "mode")),
            ("CALL_BY_CALL", "", ("Parameter Missing", "dialNumber")),
        ):
            self.assertEqual(self.refused(form(mode, number))[1:], refusal)

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
        for state in ("TALKING", "RESERVED", "WORK_READY", "ready", "\u00e9"):
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

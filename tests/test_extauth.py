"""`finesse_tx.extauth`: ejabberd's port protocol, and the questions that it becomes."""

import http.client
from collections.abc import Callable
from io import BytesIO

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.extauth import answer, serve

YES, NO = b"\0\2\0\1", b"\0\2\0\0"


class ExtauthTests(SynchronousTestCase):
    """The protocol."""

    def setUp(self) -> None:
        """Whoever is asked says yes to ``right``."""
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.complaints: list[str] = []

    def ask(self, question: str, fields: dict[str, str]) -> bool:
        """Answer."""
        self.asked.append((question, fields))
        return fields.get("pass") == "right" or fields.get("user") == "agent1"

    def said(
        self, *questions: bytes, ask: Callable[[str, dict[str, str]], bool] | None = None
    ) -> bytes:
        """What is answered to these."""
        wire = b"".join(len(one).to_bytes(2) + one for one in questions)
        answers = BytesIO()
        serve(BytesIO(wire), answers, ask or self.ask, self.complaints.append)
        return answers.getvalue()

    def test_auth(self) -> None:
        """``auth`` asks for the password, which may hold colons and any characters."""
        self.assertEqual(self.said(b"auth:ann:finesse.local:right"), YES)
        self.assertEqual(self.said("auth:ann:finesse.local:a:b:é".encode()), NO)
        self.assertEqual(
            self.asked[-1],
            ("check_password", {"user": "ann", "server": "finesse.local", "pass": "a:b:é"}),
        )

    def test_isuser(self) -> None:
        """``isuser`` asks whether there is one."""
        self.assertEqual(self.said(b"isuser:agent1:d", b"isuser:ann:d"), YES + NO)
        self.assertEqual(self.asked[0], ("user_exists", {"user": "agent1", "server": "d"}))

    def test_never(self) -> None:
        """What would change an account is no, and nobody is asked."""
        for question in (
            b"setpass:agent1:d:x",
            b"tryregister:agent1:d:x",
            b"removeuser:agent1:d",
            b"removeuser3:agent1:d:x",
            b"certauth:agent1:d:x",
            b"",
            b"auth",
            b"auth:agent1:d",
            b"isuser:agent1",
        ):
            self.assertEqual(self.said(question), NO, question)
        self.assertEqual(self.asked, [])

    def test_fails(self) -> None:
        """What cannot be asked is no, and the next question is answered."""

        def fail(question: str, fields: dict[str, str]) -> bool:
            if fields["user"] == "a":
                raise ConnectionRefusedError(111, "refused")
            if fields["user"] == "b":
                raise http.client.BadStatusLine("x")
            return self.ask(question, fields)

        said = self.said(
            b"isuser:a:d", b"isuser:b:d", b"isuser:\xff:d", b"isuser:agent1:d", ask=fail
        )
        self.assertEqual(said, NO * 3 + YES)
        self.assertEqual(len(self.complaints), 3)
        self.assertIn("refused", self.complaints[0])

    def test_end(self) -> None:
        """It ends with the pipe, also in the middle of a question."""
        for wire in (b"", b"\0", b"\0\5isu"):
            answers = BytesIO()
            serve(BytesIO(wire), answers, self.ask, self.complaints.append)
            self.assertEqual(answers.getvalue(), b"")

    @settings(deadline=None)
    @given(st.lists(st.binary(max_size=100)))
    def test_anything(self, questions: list[bytes]) -> None:
        """Whatever is asked, there is one answer for each question."""
        self.assertEqual(len(self.said(*questions)), 4 * len(questions))

    def test_text_alone(self) -> None:
        """A question that is no text is an error, which `serve` complains of."""
        self.assertRaises(ValueError, answer, b"isuser:\xff:d", self.ask)

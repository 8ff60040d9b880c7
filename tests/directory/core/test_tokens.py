"""`finesse_tx.directory.core.tokens`: what a token says, and which of them were taken back."""

from base64 import urlsafe_b64encode
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.errors import BadCredentialsError
from finesse_tx.directory.core.tokens import (
    MAX_TOKEN,
    Claims,
    Revocations,
    Signer,
    Use,
    is_secret,
    is_token,
    stands_for_password,
)

KEY = b"k" * 43
CLAIMS = Claims("agent1", Use.ACCESS, "f" * 24, 1_000, 4_600, "0123456789abcdef")


class SignerTests(SynchronousTestCase):
    """`Signer`."""

    def setUp(self) -> None:
        """Make one."""
        self.signer = Signer(KEY, "finesse.local")
        self.token = self.signer.token(CLAIMS)

    def refused(self, token: str) -> None:
        """That is no token."""
        self.assertRaises(BadCredentialsError, self.signer.read, token)

    @settings(deadline=None)
    @given(login_id=st.text(min_size=1, max_size=50), use=st.sampled_from(Use))
    def test_round_trip(self, login_id: str, use: Use) -> None:
        """What was said is read."""
        claims = replace(CLAIMS, login_id=login_id, use=use)
        self.assertEqual(self.signer.read(self.signer.token(claims)), claims)

    def test_forged(self) -> None:
        """A token with one character changed, of another key or another issuer is none."""
        for place in (20, 80, len(self.token) - 3):
            other = "A" if self.token[place] != "A" else "B"
            self.refused(self.token[:place] + other + self.token[place + 1 :])
        self.refused(Signer(b"x" * 43, "finesse.local").token(CLAIMS))
        self.refused(Signer(KEY, "elsewhere").token(CLAIMS))

    def test_unsigned(self) -> None:
        """A token cannot choose not to be signed."""
        head = urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
        _head, payload, seal = self.token.split(".")
        self.refused(f"{head}.{payload}.")
        self.refused(f"{head}.{payload}.{seal}")

    @settings(deadline=None)
    @given(text=st.one_of(st.text(), st.text(alphabet="eyJ.ab").map(lambda text: f"eyJ{text}")))
    def test_anything(self, text: str) -> None:
        """Whatever else is said is no token."""
        self.refused(text)

    def test_longest(self) -> None:
        """A text of more than 1,024 characters is not looked at."""
        text = "eyJ" + "x" * (MAX_TOKEN - 5) + ".."
        self.assertTrue(is_token(text))
        self.assertFalse(is_token(text + "x"))

    def test_ticket(self) -> None:
        """A ticket is good for one person and password, until its second; it fits where GED-188 has a password."""
        ticket = self.signer.ticket("agent1", "stamp", 100)
        self.assertLess(len(ticket), 64)
        self.assertTrue(self.signer.is_ticket(ticket, "agent1", "stamp", 99))
        for login_id, stamp, now in (
            ("agent1", "stamp", 100),
            ("agent2", "stamp", 99),
            ("agent1", "other", 99),
        ):
            self.assertFalse(self.signer.is_ticket(ticket, login_id, stamp, now))
        later = ticket.replace("00000064", "00000065")
        for text in (later, ticket[:-1], "sso:", "sso:zzzzzzzz" + ticket[12:], "finesse", "sso:é"):
            self.assertFalse(self.signer.is_ticket(text, "agent1", "stamp", 99), text)


class SecretTests(SynchronousTestCase):
    """What stands for the password at a desktop."""

    def setUp(self) -> None:
        """Make one."""
        self.signer = Signer(KEY, "finesse.local")
        self.secret = self.signer.secret("agent1", "stamp", "0123456789ab", 1_000)

    def refused(self, text: str, login_id: str = "agent1", stamp: str = "stamp") -> None:
        """That is no secret of that user's."""
        self.assertRaises(
            BadCredentialsError, self.signer.read_secret, text, login_id, stamp, 3_600
        )

    def test_round_trip(self) -> None:
        """It says when it began and which sign-in it is of, and fits where an engine takes passwords."""
        claims = self.signer.read_secret(self.secret, "agent1", "stamp", 3_600)
        self.assertEqual(
            claims, Claims("agent1", Use.DESKTOP, "0123456789ab", 1_000, 4_600, "stamp")
        )
        self.assertLessEqual(len(self.secret), 63)
        self.assertTrue(is_secret(self.secret))

    def test_bound(self) -> None:
        """It is its owner's, and of one password, one key and one system."""
        self.refused(self.secret, "agent2")
        self.refused(self.secret, stamp="another")
        for other in (Signer(b"x" * 43, "finesse.local"), Signer(KEY, "elsewhere")):
            self.refused(other.secret("agent1", "stamp", "0123456789ab", 1_000))

    def test_forged(self) -> None:
        """With any character changed it is none."""
        for place in range(len(self.secret)):
            other = "0" if self.secret[place] != "0" else "1"
            self.refused(self.secret[:place] + other + self.secret[place + 1 :])
        for text in ("", "desk:", self.secret + "\n", f" {self.secret}", "é" * 57):
            self.refused(text)
            self.assertFalse(is_secret(text))

    def test_stands_for_password(self) -> None:
        """A secret, a token and a ticket do, a password does not."""
        ticket = self.signer.ticket("agent1", "stamp", 9)
        for text in (self.secret, ticket, self.signer.token(CLAIMS)):
            self.assertTrue(stands_for_password(text))
        self.assertFalse(stands_for_password("desk: a long password"))


class RevocationsTests(SynchronousTestCase):
    """`Revocations`."""

    def family(self, number: int) -> Claims:
        """Of the sign-in at that second."""
        return replace(CLAIMS, family=str(number), began_s=number)

    def test_family(self) -> None:
        """What is taken back is one sign-in, with all its tokens and with no other's."""
        revocations = Revocations()
        revocations.add(self.family(1), 100, 2)
        self.assertTrue(revocations.holds(replace(self.family(1), use=Use.REFRESH)))
        self.assertFalse(revocations.holds(self.family(2)))

    def test_kept(self) -> None:
        """It is the same after a restart."""
        revocations = Revocations()
        revocations.add(self.family(5), 100, 6)
        revocations.end_before(3)
        kept = Revocations(revocations.encoded)
        self.assertEqual(
            [kept.holds(self.family(number)) for number in (2, 3, 5)], [True, False, True]
        )
        self.assertRaises(ValueError, Revocations, b"{")

    def test_expired(self) -> None:
        """A family that has ended by itself need not be remembered."""
        revocations = Revocations()
        revocations.add(self.family(1), 100, 2)
        revocations.add(self.family(2), 200, 99)
        self.assertEqual(len(revocations), 2)
        revocations.add(self.family(3), 200, 100)
        self.assertEqual(len(revocations), 2)

    def test_too_many(self) -> None:
        """At the limit the oldest sign-in goes, and what is as old is taken back with it: nobody who was put out returns."""
        revocations = Revocations(capacity=2)
        for number in (10, 11):
            revocations.add(self.family(number), 1_000, 12)
        self.assertFalse(revocations.holds(self.family(9)))
        revocations.add(self.family(12), 1_000, 12)
        self.assertEqual(len(revocations), 2)
        held = [revocations.holds(self.family(number)) for number in (9, 10, 11, 12, 13)]
        self.assertEqual(held, [True, True, True, True, False])

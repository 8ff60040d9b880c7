"""`finesse_tx.directory.core.scram` and `finesse_tx.directory.core.saslprep`."""

import hmac
from base64 import b64decode
from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.saslprep import saslprep
from finesse_tx.directory.core.scram import ScramVerifier, decoded, made_up, verifier

SALT = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")  # RFC 7677 §3


class VerifierTests(SynchronousTestCase):
    """What is kept of a password."""

    def test_rfc_7677(self) -> None:
        """The keys of "pencil" give the signature and the proof of RFC 7677's example."""
        kept = verifier("pencil", SALT, 4_096)
        nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        message = (
            f"n=user,r=rOprNGfwEbeRWgbNEkqO,r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r={nonce}"
        ).encode()
        signature = hmac.digest(kept.server_key, message, "sha256")
        self.assertEqual(signature, b64decode("6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="))
        proof = b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
        mask = hmac.digest(kept.stored_key, message, "sha256")
        key = bytes(one ^ other for one, other in zip(proof, mask, strict=True))
        self.assertEqual(sha256(key).digest(), kept.stored_key)

    @settings(deadline=None)
    @given(
        salt=st.binary(min_size=1, max_size=64),
        iterations=st.integers(4_096, 10_000_000),
        keys=st.binary(min_size=64, max_size=64),
    )
    def test_encoded(self, salt: bytes, iterations: int, keys: bytes) -> None:
        """What is written is read again."""
        made = ScramVerifier(salt, iterations, keys[:32], keys[32:])
        self.assertEqual(decoded(made.encoded), made)
        self.assertLess(len(made.encoded), 255)

    def test_damaged(self) -> None:
        """What is no verifier is none."""
        good = verifier("x", b"salt", 4_096).encoded
        for text in (
            "",
            "x",
            good[:-1],
            good + "=",
            good.replace("256$4096:", "256$4096:="),
            "SCRAM-SHA-1" + good[13:],
        ):
            self.assertIsNone(decoded(text), text)

    def test_secrets_are_not_shown(self) -> None:
        """Its text has no keys."""
        kept = verifier("pencil", SALT, 4_096)
        for key in (kept.stored_key, kept.server_key):
            self.assertNotIn(repr(key), repr(kept))

    def test_same_text(self) -> None:
        """A password is the same however it was typed; and what SASLprep forbids is still a password."""
        for one, other in (("\u00aa", "a"), ("ﬁ", "fi"), ("pa\u00adss", "pass"), ("e\u0301", "é")):
            self.assertEqual(verifier(one, SALT, 4_096), verifier(other, SALT, 4_096))
        self.assertNotEqual(verifier("🔑", SALT, 4_096), verifier("🔒", SALT, 4_096))
        verifier("\ud800", SALT, 4_096)

    def test_made_up(self) -> None:
        """A made-up one is the same at each time, and another one for each name and each key."""
        made = made_up("nobody", b"key", 4_096)
        self.assertEqual(made, made_up("nobody", b"key", 4_096))
        self.assertEqual((len(made.salt), made.iterations), (16, 4_096))
        for other in (made_up("nobody2", b"key", 4_096), made_up("nobody", b"key2", 4_096)):
            self.assertNotEqual(made.salt, other.salt)
            self.assertNotEqual(made.stored_key, other.stored_key)


class SaslprepTests(SynchronousTestCase):
    """SASLprep."""

    def test_rfc_4013(self) -> None:
        """The examples of RFC 4013 §3."""
        for text, prepared in (
            ("I\u00adX", "IX"),
            ("user", "user"),
            ("USER", "USER"),
            ("\u00aa", "a"),
            ("\u2168", "IX"),
        ):
            self.assertEqual(saslprep(text), prepared)
        for text in ("\u0007", "\u0627\u0031"):
            self.assertRaises(ValueError, saslprep, text)

    def test_directions(self) -> None:
        """Text that is written from right to left begins and ends so, and nothing in it goes the other way."""
        self.assertEqual(saslprep("\u0627\u0031\u0628"), "\u0627\u0031\u0628")
        self.assertRaises(ValueError, saslprep, "\u0627a\u0628")

    @settings(deadline=None)
    @given(text=st.text())
    def test_any_text(self, text: str) -> None:
        """Prepared once is prepared for good; or it is refused."""
        try:
            prepared = saslprep(text)
        except ValueError:
            return
        self.assertEqual(saslprep(prepared), prepared)

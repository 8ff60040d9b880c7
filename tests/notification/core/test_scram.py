"""`finesse_tx.notification.core.scram`: the messages of SCRAM-SHA-256."""

from base64 import b64decode

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.directory.core.scram import verifier
from finesse_tx.notification.core.errors import SASLError
from finesse_tx.notification.core.scram import (
    PLUS,
    SCRAM,
    ClientFirst,
    Question,
    client_first,
    question,
)
from tests.support.scram import ScramClient

KEPT = verifier("finesse", b"salt", 4_096)
UNIQUE = {"tls-exporter": b"\1" * 32, "tls-server-end-point": b"\2" * 32}


def first(
    message: str, mechanism: str = SCRAM, offered: dict[str, bytes] | None = None
) -> ClientFirst:
    """Read a client-first message."""
    return client_first(message.encode(), mechanism, offered)


class Rfc7677Tests(SynchronousTestCase):
    """The exchange of RFC 7677 §3, byte for byte."""

    def test_exchange(self) -> None:
        """Our question, and our answer to the client's proof."""
        salt = b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
        begun = first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")
        asked = question(begun, verifier("pencil", salt, 4_096), "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0")
        self.assertEqual(
            asked.text,
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
        )
        final = (
            b"c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            b"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        )
        self.assertEqual(
            asked.signature(final, {}), "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
        )
        self.assertIsNone(asked.signature(final.replace(b"dHzb", b"eHzb"), {}))


class ClientFirstTests(SynchronousTestCase):
    """What a client may begin with."""

    def refused(
        self, message: str, mechanism: str = SCRAM, offered: dict[str, bytes] | None = None
    ) -> str:
        """The condition of the refusal."""
        error: SASLError = self.assertRaises(SASLError, first, message, mechanism, offered)
        return error.condition

    def test_fields(self) -> None:
        """Each part is where RFC 5802 §7 has it; in names a comma and an equals sign are written otherwise."""
        found = first("n,a==2Ca,n=a=2C=3Db,r=x,z=1")
        self.assertEqual(
            found,
            ClientFirst(
                "n,a=,a,".replace("=,", "==2C"), "n", "", ",a", "a,=b", "x", "n=a=2C=3Db,r=x,z=1"
            ),
        )

    def test_binding(self) -> None:
        """A channel that is bound to is named, and must be one of those that are offered."""
        found = first("p=tls-exporter,,n=a,r=x", PLUS, UNIQUE)
        self.assertEqual((found.flag, found.binding), ("p", "tls-exporter"))
        self.assertEqual(self.refused("p=tls-unique,,n=a,r=x", PLUS, UNIQUE), "malformed-request")

    def test_mechanism(self) -> None:
        """PLUS binds, and nothing else does."""
        self.assertEqual(
            self.refused("p=tls-exporter,,n=a,r=x", SCRAM, UNIQUE), "malformed-request"
        )
        for flag in "ny":
            self.assertEqual(self.refused(f"{flag},,n=a,r=x", PLUS, UNIQUE), "malformed-request")

    def test_downgrade(self) -> None:
        """Who could bind and did not see that we can has been lied to."""
        self.assertEqual(first("y,,n=a,r=x").flag, "y")
        self.assertEqual(self.refused("y,,n=a,r=x", SCRAM, UNIQUE), "not-authorized")
        self.assertEqual(first("n,,n=a,r=x", SCRAM, UNIQUE).flag, "n")

    def test_malformed(self) -> None:
        """Nothing else is a client-first message."""
        for message in (
            "",
            "n,,",
            "n,n=a,r=x",
            "x,,n=a,r=x",
            "n,,n=,r=x",
            "n,,n=a,r=",
            "n,,r=x,n=a",
            "n,,n=a,r=x y",
            "n,,n=a,r=é",
            "n,,n=a=2D,r=x",
            "n,,n=a=,r=x",
            "n,a=,n=a,r=x",
            "n,b=a,n=a,r=x",
            "n,,m=1,n=a,r=x",
            "n,,n=a\0,r=x",
            "p=,,n=a,r=x",
            f"p={'x' * 65},,n=a,r=x",
            "n,,n=a,r=x,",
        ):
            self.assertEqual(self.refused(message), "malformed-request", message)
        error: SASLError = self.assertRaises(SASLError, client_first, b"n,,n=\xff,r=x", SCRAM, None)
        self.assertEqual(error.condition, "malformed-request")

    @settings(deadline=None)
    @given(message=st.binary(), mechanism=st.sampled_from([SCRAM, PLUS]))
    def test_any_bytes(self, message: bytes, mechanism: str) -> None:
        """Any bytes are read or refused."""
        try:
            client_first(message, mechanism, UNIQUE)
        except SASLError:
            return

    @settings(deadline=None)
    @given(name=st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
    def test_any_name(self, name: str) -> None:
        """Any name comes through."""
        written = name.replace("=", "=3D").replace(",", "=2C")
        self.assertEqual(first(f"n,,n={written},r=x").username, name)


class QuestionTests(SynchronousTestCase):
    """Whether a proof is right."""

    def asked(self, client: ScramClient, mechanism: str = SCRAM) -> Question:
        """Begin."""
        return question(first(client.first, mechanism, UNIQUE), KEPT, "ours")

    def test_right(self) -> None:
        """A right proof gets ours; it is only right for this question."""
        client = ScramClient("a")
        asked = self.asked(client)
        final = client.final(asked.text).encode()
        self.assertEqual(asked.signature(final, UNIQUE), client.expected)
        other = question(asked.first, verifier("finesse", b"pepper", 4_096), "ours")
        self.assertIsNone(other.signature(final, UNIQUE))

    def test_wrong(self) -> None:
        """Another password, a changed proof and one of another length are wrong."""
        for client in (ScramClient("a", "other"), ScramClient("a")):
            client.flip = client._password == "finesse"
            asked = self.asked(client)
            self.assertIsNone(asked.signature(client.final(asked.text).encode(), UNIQUE))
        short = asked.text.split(",")[0]
        self.assertIsNone(asked.signature(f"c=biws,{short},p=AAAA".encode(), UNIQUE))

    def test_bound(self) -> None:
        """A proof that is bound to the channel is only right on that channel."""
        for binding, channel in UNIQUE.items():
            client = ScramClient("a", header=f"p={binding},,", channel=channel)
            asked = self.asked(client, PLUS)
            final = client.final(asked.text).encode()
            self.assertEqual(asked.signature(final, UNIQUE), client.expected)
            elsewhere = {binding: b"\3" * 32}
            error: SASLError = self.assertRaises(SASLError, asked.signature, final, elsewhere)
            self.assertEqual(error.condition, "not-authorized")

    def test_header_is_repeated(self) -> None:
        """What the client said at first about binding, it must say again under its proof."""
        client = ScramClient("a")
        asked = self.asked(client)
        client._header = "y,,"
        final = client.final(asked.text).encode()
        error: SASLError = self.assertRaises(SASLError, asked.signature, final, {})
        self.assertEqual(error.condition, "not-authorized")

    def test_malformed(self) -> None:
        """What is no answer to this question is refused."""
        client = ScramClient("a")
        asked = self.asked(client)
        good = client.final(asked.text)
        for message in (
            "",
            good.replace("r=", "r=x"),
            good.replace("ours", "theirs"),
            good.rpartition(",p=")[0],
            good + ",x=1",
            good.replace("c=biws", "c=biw"),
            good[:-1],
            good.replace(",p=", ",m=1,p=").replace("c=", "d="),
        ):
            error: SASLError = self.assertRaises(SASLError, asked.signature, message.encode(), {})
            self.assertEqual(error.condition, "malformed-request", message)

    @settings(deadline=None)
    @given(message=st.binary())
    def test_any_bytes(self, message: bytes) -> None:
        """Any bytes are wrong or refused."""
        try:
            self.assertIsNone(self.asked(ScramClient("a")).signature(message, {}))
        except SASLError:
            return

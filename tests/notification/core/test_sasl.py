"""`finesse_tx.notification.core.sasl` and ``address``: who signs in."""

from base64 import b64encode

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from twisted.words.protocols.jabber.jid import JID

from finesse_tx.notification.core.address import local_part, login_id, sign_in_name
from finesse_tx.notification.core.errors import SASLError
from finesse_tx.notification.core.sasl import MAX_BASE64, Credentials, decoded, plain

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)


def encoded(message: str) -> str:
    """What a client sends."""
    return b64encode(message.encode()).decode()


def read(text: str) -> Credentials:
    """What it says."""
    return plain(decoded(text))


class PlainTests(SynchronousTestCase):
    """RFC 4616."""

    def refused(self, text: str) -> str:
        """Read, and return the condition of the refusal."""
        error: SASLError = self.assertRaises(SASLError, read, text)
        return error.condition

    @given(NAMES, NAMES)
    def test_any_name(self, name: str, password: str) -> None:
        """Any name and any password come through."""
        self.assertEqual(read(encoded(f"\0{name}\0{password}")), Credentials("", name, password))

    def test_authzid(self) -> None:
        """The address to act as comes first."""
        self.assertEqual(read(encoded("a@d\0a\0pw")), Credentials("a@d", "a", "pw"))

    def test_malformed(self) -> None:
        """One field too few or too many, no name, no password: each is refused."""
        for message in ("a\0b", "\0a\0b\0c", "\0\0pw", "\0name\0", ""):
            self.assertEqual(self.refused(encoded(message)), "malformed-request", message)

    def test_encoding(self) -> None:
        """What is not base64 of UTF-8 is refused."""
        for text in ("*", "AGE", b64encode(b"\0a\0\xff").decode()):
            self.assertEqual(self.refused(text), "incorrect-encoding", text)

    def test_length(self) -> None:
        """The longest sign-in is read, one character more is not even decoded."""
        longest = encoded("\0a\0" + "p" * (MAX_BASE64 // 4 * 3 - 3))
        self.assertEqual((len(longest), read(longest).authcid), (MAX_BASE64, "a"))
        self.assertEqual(self.refused(longest + "*"), "malformed-request")

    def test_password_is_not_shown(self) -> None:
        """A credential that ends up in a log does not tell the password."""
        self.assertNotIn("secret", repr(read(encoded("\0a\0secret"))))


class AddressTests(SynchronousTestCase):
    """XEP-0106."""

    def test_mail_address(self) -> None:
        """A login id that is a mail address can stand before the @ of a JID."""
        self.assertEqual(local_part("Ann.Lee@Example.com"), "ann.lee\\40example.com")
        self.assertEqual(JID(f"{local_part('a@b c')}@d/r").user, "a\\40b\\20c")

    @given(st.text("aZ \"&'/:<>@\\25cef04", min_size=1))
    def test_round_trip(self, login: str) -> None:
        """Escaped and read back it is the same, in lower case, whatever specials it has."""
        self.assertEqual(login_id(local_part(login)), login.lower())

    def test_plain_ids(self) -> None:
        """What needs no escaping is not touched."""
        self.assertEqual(local_part("agent1"), "agent1")
        self.assertEqual(local_part("DOMAIN\\user"), "domain\\user")

    def test_sign_in_name(self) -> None:
        """A client may write its whole address as its name."""
        self.assertEqual(sign_in_name("agent1", "d"), "agent1")
        self.assertEqual(sign_in_name("agent1@d", "d"), "agent1")
        self.assertEqual(sign_in_name("a\\40b@d", "d"), "a@b")
        self.assertEqual(sign_in_name("a@b", "d"), "a@b")

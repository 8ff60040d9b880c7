"""The file of CTI clients and their passwords."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cti.credentials import read_credentials
from finesse_tx.errors import ConfigError


class CredentialsTests(SynchronousTestCase):
    """Reading it."""

    def file(self, content: bytes) -> Path:
        """A file with that content."""
        path = Path(self.mktemp())
        path.write_bytes(content)
        return path

    def test_read(self) -> None:
        """Each line is a client; a password may hold anything, comments and blank lines say nothing."""
        path = self.file("# wallboards\nboard:pass:wörd \n\n:empty\nopen:\n".encode())
        self.assertEqual(read_credentials(path), {"board": "pass:wörd ", "": "empty", "open": ""})

    def test_refused(self) -> None:
        """A line that is none, a name or password that no client could send, and a name twice are refused."""
        for content, said in (
            (b"ok:1\nsecret\n", "line 2"),
            (b"x" * 64 + b":1", "line 1"),
            (b"x:" + b"1" * 64, "line 1"),
            (b"a:1\na:2", "line 2"),
            (b"\xff\xfe", "UTF-8"),
        ):
            error = self.assertRaises(ConfigError, read_credentials, self.file(content))
            self.assertIn(said, str(error))
            self.assertIn("cti.server.credentials_file", str(error))
            self.assertNotIn("secret", str(error))

    def test_edge(self) -> None:
        """The longest name and password that fit a field are read."""
        found = read_credentials(self.file(b"x" * 63 + b":" + b"y" * 63))
        self.assertEqual(found, {"x" * 63: "y" * 63})

    def test_missing(self) -> None:
        """A file that is not there is told in one line."""
        error = self.assertRaises(ConfigError, read_credentials, Path("/nonexistent/file"))
        self.assertIn("No such file", error.reason)

"""`finesse_tx.notification.wokkel_names`: an old library under a current Twisted."""

import ast
import sys
from pathlib import Path
from subprocess import run

from twisted.trial.unittest import SynchronousTestCase
from twisted.words.protocols.jabber import jid

import finesse_tx
from finesse_tx.notification.wokkel_names import MAX_INTERNED

PACKAGE = Path(finesse_tx.__file__).parent


class ImportTests(SynchronousTestCase):
    """What imports wokkel, and what that takes."""

    def test_no_warning(self) -> None:
        """In a fresh interpreter under ``-W error``, all that we use is imported without a warning."""
        program = "import finesse_tx.notification.wokkel_names"
        done = run([sys.executable, "-W", "error", "-c", program], capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_needed(self) -> None:
        """Without it, wokkel cannot be imported; the day that it can, this module may go."""
        program = "import wokkel.pubsub"
        done = run([sys.executable, "-c", program], capture_output=True, check=False)
        self.assertIn(b"_PY3", done.stderr)

    def test_only_door(self) -> None:
        """No other module of ours imports wokkel itself."""
        for path in PACKAGE.rglob("*.py"):
            if path.name == "wokkel_names.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom):
                    names = [node.module or ""]
                self.assertFalse([name for name in names if name.split(".")[0] == "wokkel"], path)


class InternTests(SynchronousTestCase):
    """Addresses that clients make up."""

    def test_bounded(self) -> None:
        """However many different addresses come along, no more than the bound are kept."""
        for number in range(MAX_INTERNED + 10):
            jid.internJID(f"user{number}@example.com")
        self.assertLessEqual(jid.internJID.cache_info().currsize, MAX_INTERNED)  # type: ignore[attr-defined]

    def test_empty(self) -> None:
        """An empty address is malformed, as others are."""
        self.assertRaises(jid.InvalidFormat, jid.internJID, "")

    def test_equal(self) -> None:
        """An address that was forgotten and read again is equal to the first."""
        before = jid.internJID("a@example.com")
        jid.internJID.cache_clear()  # type: ignore[attr-defined]
        self.assertEqual(jid.internJID("A@example.com"), before)

"""`finesse_tx.home`: one folder, one server, and nothing half-written."""

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.errors import StartError
from finesse_tx.home import ENDPOINTS, LOCK, Home

HOLDER = """
import os, sys
from pathlib import Path
from finesse_tx.home import Home
home = Home(Path(sys.argv[1]))
home.lock()
home.write_endpoints({"http": "127.0.0.1:1"})
"""
"""A server that holds its home."""

DAEMON = (
    HOLDER
    + """
if os.fork():
    os._exit(0)
os.setsid()
home.claim()
sys.stdout.write(f"{os.getpid()}\\n")
sys.stdout.flush()
sys.stdin.read()
"""
)
"""The same, forked as ``twistd`` does it; it ends with its standard input."""

FULL = """
import resource, sys
from pathlib import Path
from finesse_tx.errors import StartError
from finesse_tx.home import Home
home = Home(Path(sys.argv[1]))
home.lock()
home.write("kept", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (8, 8))
try:
    home.write("kept", b"something longer")
except StartError as error:
    sys.stdout.write(str(error))
"""
"""A write that fails half-way: no file may grow over eight bytes."""


def mode(path: Path) -> int:
    """The permissions of a file."""
    return path.stat().st_mode & 0o777


class HomeTestCase(SynchronousTestCase):
    """A folder that does not exist yet."""

    def setUp(self) -> None:
        """Choose its place."""
        self.path = Path(self.mktemp()).absolute() / "home"

    def locked(self) -> Home:
        """Lock it, for as long as the test runs."""
        home = Home(self.path)
        home.lock()
        self.addCleanup(home.unlock)
        return home

    def refused(self, path: Path | None = None) -> str:
        """Try to lock, and return the refusal, which is always one line."""
        line = str(self.assertRaises(StartError, Home(path or self.path).lock))
        self.assertNotIn("\n", line)
        return line


class LockTests(HomeTestCase):
    """`Home.lock`, `Home.claim`, `Home.unlock`."""

    def test_makes(self) -> None:
        """The folder is made, for its owner alone, and the lock tells who holds it."""
        self.locked()
        self.assertEqual((mode(self.path), mode(self.path / LOCK)), (0o700, 0o600))
        self.assertEqual((self.path / LOCK).read_text(), f"{os.getpid()}\n")

    def test_second(self) -> None:
        """A second server is refused in one line that names the first one and the way out."""
        home = self.locked()
        line = self.refused()
        self.assertIn(f"process {os.getpid()};", line)
        self.assertIn("--home", line)
        home.unlock()
        self.locked()

    def test_daemon(self) -> None:
        """The lock outlives the fork of a daemon, names the child, and is free when that is killed."""
        with subprocess.Popen(
            [sys.executable, "-c", DAEMON, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as launcher:
            assert launcher.stdin is not None
            assert launcher.stdout is not None
            pid = int(launcher.stdout.readline())
            self.assertEqual(launcher.wait(timeout=120), 0)
            self.assertIn(f"process {pid};", self.refused())
            daemon = os.pidfd_open(pid)
            self.addCleanup(os.close, daemon)
            os.kill(pid, signal.SIGKILL)
            self.assertEqual(select.select([daemon], [], [], 30)[0], [daemon])  # it has ended
        self.locked()

    def test_stale(self) -> None:
        """What a killed server left is cleared away before anything is served."""
        subprocess.run([sys.executable, "-c", HOLDER, str(self.path)], check=True, timeout=120)
        (self.path / "tls").mkdir()
        left_over = [self.path / ".new-x", self.path / "tls" / ".new-ca.pem"]
        for path in left_over:
            path.write_text("half")
        self.assertEqual(Home(self.path).endpoints(), {"http": "127.0.0.1:1"})
        home = self.locked()
        self.assertEqual(home.endpoints(), {})
        self.assertEqual([path for path in left_over if path.exists()], [])

    def test_claim_unlocked(self) -> None:
        """Without the lock nothing is claimed, and unlocking twice does nothing."""
        home = Home(self.path)
        home.claim()
        home.unlock()
        self.assertFalse(self.path.exists())

    def test_loose_folder(self) -> None:
        """An empty folder that others could enter is closed to them; one in other use is left alone."""
        self.path.mkdir(parents=True)
        self.path.chmod(0o755)
        self.locked()
        self.assertEqual(mode(self.path), 0o700)
        other = self.path.parent / "other"
        other.mkdir()
        other.chmod(0o755)
        (other / "somebody's").touch()
        home = Home(other)
        home.lock()
        self.addCleanup(home.unlock)
        self.assertEqual(mode(other), 0o755)

    def test_file_in_its_place(self) -> None:
        """A file where the folder should be, or on the way to it, is told in one line."""
        self.path.parent.mkdir()
        self.path.touch()
        self.assertEqual(
            self.refused(),
            f"{self.path}: there is a file of that name; "
            "give --home a folder that this user may write",
        )
        self.assertIn("Not a directory", self.refused(self.path / "deeper"))

    def test_cannot_be_made(self) -> None:
        """So is a place where nobody can make a folder."""
        self.assertIn("/proc/finesse", self.refused(Path("/proc/finesse")))


class FileTests(HomeTestCase):
    """Files of the home."""

    def test_write(self) -> None:
        """A file is replaced whole, for its owner alone, and nothing else is left beside it."""
        home = self.locked()
        home.write("tls/x", b"old")
        home.write("tls/x", b"new")
        self.assertEqual(home.read("tls/x"), b"new")
        self.assertEqual(os.listdir(self.path / "tls"), ["x"])
        self.assertEqual((mode(self.path / "tls"), mode(self.path / "tls/x")), (0o700, 0o600))

    def test_absent(self) -> None:
        """A file that is not there is None; one that cannot be read is told."""
        home = self.locked()
        self.assertIsNone(home.read("x"))
        (self.path / "x").mkdir()
        self.assertIn("Is a directory", str(self.assertRaises(StartError, home.read, "x")))

    def test_disk_full(self) -> None:
        """When the disk is full, one line says so, and the old version is still there, alone."""
        ran = subprocess.run(
            [sys.executable, "-c", FULL, str(self.path)],
            check=True,
            timeout=120,
            capture_output=True,
            text=True,
        )
        self.assertEqual(ran.stdout, f"{self.path / 'kept'}: File too large; free some space")
        self.assertEqual((self.path / "kept").read_bytes(), b"old")
        self.assertEqual(sorted(os.listdir(self.path)), ["kept", LOCK])

    def test_secret(self) -> None:
        """A secret is made once, is long and random, and is for its owner alone."""
        home = self.locked()
        made = home.secret("one")
        self.assertEqual(len(made), 43)
        self.assertNotEqual(made, home.secret("two"))
        (self.path / "one").chmod(0o644)
        self.assertEqual(home.secret("one"), made)
        self.assertEqual(mode(self.path / "one"), 0o600)

    def test_endpoints(self) -> None:
        """Where the server listens is told while it does."""
        home = self.locked()
        self.assertEqual(home.endpoints(), {})
        home.write_endpoints({"http": "127.0.0.1:40123", "cti": "[::1]:2"})
        self.assertEqual(Home(self.path).endpoints(), {"http": "127.0.0.1:40123", "cti": "[::1]:2"})
        home.remove_endpoints()
        home.remove_endpoints()
        self.assertEqual(home.endpoints(), {})

    def test_foreign_endpoints(self) -> None:
        """A file that no server wrote is told, not taken for one."""
        home = self.locked()
        (self.path / ENDPOINTS).write_text("[")
        self.assertIn("remove it", str(self.assertRaises(StartError, home.endpoints)))

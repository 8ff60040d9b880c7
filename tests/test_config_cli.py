"""``finesse-tx config``, without a server: what is written, what goes into the database, and what is refused."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.directory.core.demo import demo
from finesse_tx.store.repositories.additions import add_snapshot
from finesse_tx.store.repositories.passwords import read_password_hashes
from tests.support.database import inside, prepared_url


class ConfigTests(SynchronousTestCase):
    """A database with four agents."""

    def setUp(self) -> None:
        """Make it."""
        self.url = prepared_url(self)
        self.home = Path(self.url.database or "").parent
        inside(self.url, lambda session: add_snapshot(session, demo(4), "$old"))

    def run_command(self, *arguments: str) -> tuple[int, str]:
        """Run a command; its status, and what it says."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["config", *arguments, "--home", str(self.home)])
        return status, (err if status else out).getvalue()

    def done(self, *arguments: str) -> str:
        """Run a command, which must succeed."""
        status, said = self.run_command(*arguments)
        self.assertEqual(status, 0, said)
        return said

    def file(self, text: str) -> str:
        """A file."""
        path = self.home / "wanted.toml"
        path.write_text(text)
        return str(path)

    def test_export(self) -> None:
        """The same configuration is the same text, on standard output and in a file; JSON where that is asked for."""
        path = self.home / "out.toml"
        said = self.done("export")
        self.assertEqual(self.done("export", str(path)), f"{path}: {len(said.encode())} bytes\n")
        self.assertEqual(path.read_text(), said)
        self.assertEqual(list(self.home.glob(".out*")), [])
        self.assertTrue(self.done("export", "--format=json").startswith('{\n  "format": 1,'))
        self.assertNotIn("$old", said)

    def test_import(self) -> None:
        """A dry run says what changes, and changes nothing; then it is done, and passwords stay."""
        before = self.done("export")
        path = self.file(before.replace('firstName = "Liam"', 'firstName = "William"'))
        said = self.done("import", path, "--dry-run")
        self.assertIn('--- User "agent1"', said)
        self.assertIn('-firstName = "Liam"\n+firstName = "William"', said)
        self.assertTrue(said.endswith("\n1 changes, none of them made\n"))
        self.assertEqual(self.done("export"), before)
        self.assertTrue(self.done("import", path).endswith("\n1 changes made\n"))
        self.assertEqual(self.done("export"), Path(path).read_text())
        self.assertEqual(inside(self.url, read_password_hashes)["agent1"], "$old")
        self.assertEqual(self.done("import", path), "0 changes made\n")

    def test_prune(self) -> None:
        """What a file does not have stays, unless that is asked for."""
        text = self.done("export")
        start = text.index('[[User]]\nloginId = "agent4"')
        path = self.file(text[:start] + text[text.index("[[User]]", start + 1) :])
        self.assertEqual(self.done("import", path), "0 changes made\n")
        self.assertIn("+++ /dev/null", self.done("import", path, "--prune"))
        self.assertEqual(self.done("export"), Path(path).read_text())

    def test_refused(self) -> None:
        """What cannot be taken in is refused with its line, and nothing is changed."""
        before = self.done("export")
        path = self.file(before.replace('team = "Team 2"', 'team = "Team 3"', 1))
        for more in ((), ("--dry-run",)):
            status, said = self.run_command("import", path, *more)
            self.assertEqual(status, 1)
            self.assertRegex(
                said,
                rf"^finesse-tx: {path}: nothing was imported\n"
                r'  line \d+: User "agent2": team: there is no Team "Team 3"; there are: Team 1, Team 2\n$',
            )
        self.assertEqual(self.done("export"), before)

    def test_no_file(self) -> None:
        """A file that cannot be read or written is named."""
        for arguments in (("import", "/nowhere/x"), ("export", "/nowhere/x")):
            status, said = self.run_command(*arguments)
            self.assertEqual(
                (status, said), (1, "finesse-tx: /nowhere/x: No such file or directory\n")
            )

"""``finesse-tx history``: the operator reads what is kept."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.cli import main
from finesse_tx.config import StoreConfig
from finesse_tx.engine.core.records import TABLES, column_names
from finesse_tx.store.database import database_url
from finesse_tx.store.prepare import prepare
from finesse_tx.store.repositories.history import add_entries
from tests.support.database import inside
from tests.support.history import call_entry
from tests.support.twistd import finesse_tx

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class HistoryCommandTests(SynchronousTestCase):
    """Two calls, of two days."""

    def setUp(self) -> None:
        """Make the home."""
        self.home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.home)
        url = database_url(StoreConfig(), self.home)
        prepare(url)
        calls = [call_entry(n, (NOON + timedelta(days=n)).timestamp()) for n in (1, 2)]
        inside(url, lambda session: add_entries(session, "j", 0, 3, calls))

    def run_it(self, *arguments: str, home: Path | None = None) -> tuple[int, str, str]:
        """Run it; return its status and what it says."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main(["history", *arguments, "--home", str(home or self.home)])
        return status, out.getvalue(), err.getvalue()

    def test_formats(self) -> None:
        """Every format has the rows of the time, with the reference's columns."""
        span = ("ContactCallDetail", "--since=2026-11-24T00:00+00:00")
        _, out, _ = self.run_it(*span, "--format=csv")
        heading, row = csv.reader(io.StringIO(out))
        self.assertEqual(tuple(heading), column_names(TABLES["ContactCallDetail"]))
        self.assertEqual(row[heading.index("startDateTime")], "2026-11-24T12:00:00.000+00:00")
        _, out, _ = self.run_it(*span, "--format=json")
        self.assertEqual([json.loads(line)["sessionID"] for line in out.splitlines()], [2])
        _, out, _ = self.run_it(*span)
        self.assertEqual(len(out.splitlines()), 2)

    def test_until(self) -> None:
        """The end of the time does not belong to it; every table can be asked for."""
        for until, wanted in (("2026-11-23T12:00+00:00", 0), ("2026-11-23T12:00:00.001+00:00", 1)):
            _, out, _ = self.run_it(
                "ContactCallDetail", "--since=2026-11-01", "--until", until, "--format=json"
            )
            self.assertEqual(len(out.splitlines()), wanted)
        for table in TABLES:
            self.assertEqual(self.run_it(table)[0], 0)

    def test_wrong(self) -> None:
        """What cannot be done is told in one line."""
        status, out, err = self.run_it("AgentStateDetail", home=self.home / "nobody")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("--home", err)
        self.assertEqual(len(err.splitlines()), 1)
        (self.home / "finesse.db").write_bytes(b"no database at all, but long enough" * 100)
        status, _, err = self.run_it("AgentStateDetail")
        self.assertEqual((status, len(err.splitlines())), (1, 1))
        for arguments, said in (
            (("NoTable",), "invalid choice"),
            (
                ("AgentStateDetail", "--since=yesterday"),
                'argument --since: "yesterday" is no time such as 2026-11-22 or 2026-11-22T08:00',
            ),
        ):
            err_file = io.StringIO()
            with redirect_stderr(err_file):
                self.assertRaises(SystemExit, main, ["history", *arguments])
            self.assertIn(said, err_file.getvalue())

    def test_process(self) -> None:
        """The installed command does it, too."""
        done = finesse_tx(
            "history", "ContactCallDetail", "--since=2026-11-01", "--home", str(self.home)
        )
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(len(done.stdout.splitlines()), 3)

"""``finesse-tx audit``: the operator reads who has changed what."""

from __future__ import annotations

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
from finesse_tx.store.database import database_url
from finesse_tx.store.prepare import prepare
from finesse_tx.store.repositories.changes import apply_change
from finesse_tx.webservices.core.administration.changes import Add, AuditEntry, Put
from finesse_tx.webservices.core.administration.objects import WrapUpReason
from tests.support.database import inside

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


class AuditCommandTests(SynchronousTestCase):
    """Two changes, of two days."""

    def setUp(self) -> None:
        """Make the home."""
        self.home = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, self.home)
        url = database_url(StoreConfig(), self.home)
        prepare(url)
        for days, change, action, uri in (
            (0, Add(WrapUpReason(label="Sale", for_all=True)), "POST", "/finesse/api/WrapUpReason"),
            (1, Put("ChatConfig", None), "PUT", "/finesse/api/ChatConfig"),
        ):
            entry = AuditEntry(
                NOON + timedelta(days=days), "adm", "192.0.2.7", action, uri, "", "{}"
            )
            inside(url, lambda session: apply_change(session, change, entry))  # noqa: B023

    def run_it(self, *arguments: str) -> list[dict[str, str]]:
        """What it lists."""
        out = io.StringIO()
        with redirect_stdout(out):
            status = main(["audit", *arguments, "--format=json", "--home", str(self.home)])
        self.assertEqual(status, 0)
        return [json.loads(line) for line in out.getvalue().splitlines()]

    def test_all(self) -> None:
        """In order, with the path of what was new."""
        first, second = self.run_it("--since=2026-11-22T00:00+00:00")
        self.assertEqual(
            first,
            {
                "at": "2026-11-22T12:00:00.000+00:00",
                "loginID": "adm",
                "peer": "192.0.2.7",
                "action": "POST",
                "uri": "/finesse/api/WrapUpReason/1",
                "before": "",
                "after": "{}",
            },
        )
        self.assertEqual(second["uri"], "/finesse/api/ChatConfig")

    def test_some(self) -> None:
        """Of a time, and of what begins so; a percent sign is no wildcard."""
        since = "--since=2026-11-01"
        for arguments, count in (
            ((since, "--until=2026-11-22T12:00+00:00"), 0),
            ((since, "--until=2026-11-22T12:00:00.001+00:00"), 1),
            (("/finesse/api/Wrap", since), 1),
            (("%", since), 0),
        ):
            self.assertEqual(len(self.run_it(*arguments)), count, arguments)

    def test_wrong(self) -> None:
        """What cannot be read is told in one line."""
        err = io.StringIO()
        with redirect_stderr(err):
            self.assertEqual(main(["audit", "--home", str(self.home / "nobody")]), 1)
        self.assertIn("--home", err.getvalue())
        self.assertEqual(len(err.getvalue().splitlines()), 1)

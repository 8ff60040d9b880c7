"""``benchmarks/journal.py`` runs."""

from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from benchmarks.journal import main


class JournalTests(SynchronousTestCase):
    """A small run."""

    def test_runs(self) -> None:
        """It tells both costs."""
        told = StringIO()
        with redirect_stdout(told):
            main(self.folder(), records=3, synced=2)
        written, safe = told.getvalue().splitlines()
        self.assertTrue(written.startswith("written: median "))
        self.assertTrue(safe.startswith("written and safe: median "))

    def folder(self) -> str:
        """A folder of the test's own."""
        folder = Path(self.mktemp())
        folder.mkdir()
        return str(folder)

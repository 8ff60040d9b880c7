"""``kill -9`` in the middle of 100 calls: the history has each finished one, once."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from twisted.trial.unittest import SynchronousTestCase

from tests.support.killed import kill_round


class KilledTests(SynchronousTestCase):
    """Two of the rounds of ``benchmarks/kill9.py``."""

    def test_killed(self) -> None:
        """Every call whose end was told over CTI is in the history after the next start, once."""
        home = Path(mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, home)
        for number in (1, 2):
            found = kill_round(home, number)
            self.assertGreaterEqual(len(found.finished), 10)
            self.assertTrue(found.handled)
            self.assertEqual((found.lost, found.doubled), (set(), set()))

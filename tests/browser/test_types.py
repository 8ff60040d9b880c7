"""All that browsers load of ours, as TypeScript understands it, and the modules without a page under node."""

import subprocess

from twisted.trial.unittest import SynchronousTestCase

from tests.support.node import INSTALL_S, JS, NODE, installed
from tests.support.twistd import ROOT


class ScriptTests(SynchronousTestCase):
    """Our scripts."""

    def run_node(self, *arguments: str) -> None:
        """Run something in node, which must succeed."""
        installed()
        done = subprocess.run(
            [NODE, *arguments],
            cwd=JS,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_types(self) -> None:
        """``tsc`` finds nothing wrong, by the types that the comments give."""
        self.run_node("node_modules/typescript/bin/tsc", "-p", "tsconfig.json")

    def test_modules(self) -> None:
        """Each module without a page does what its tests say, under node."""
        found = sorted(str(path) for path in (ROOT / "tests/browser").rglob("*.test.mjs"))
        self.assertTrue(found)
        self.run_node("--test", *found)

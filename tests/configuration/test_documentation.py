"""``docs/configuration.rst``: what it shows is what happens."""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from textwrap import dedent

from twisted.trial.unittest import SynchronousTestCase

import finesse_tx
from finesse_tx.cli import main
from finesse_tx.configuration.core.document import Document
from finesse_tx.store.repositories.samples import add_demo
from tests.support.database import inside, prepared_url

ROOT = Path(finesse_tx.__file__).parent.parent
TEXT = (ROOT / "docs/configuration.rst").read_text()


def block(start: str) -> str:
    """The literal block that begins so."""
    found = re.search(rf"(?:^|\n)(    {re.escape(start)}.*?)\n\n(?=\S)", TEXT, re.DOTALL)
    assert found is not None, start
    return dedent(found[1]) + "\n"


class DocumentationTests(SynchronousTestCase):
    """The worked example."""

    def setUp(self) -> None:
        """A system with the demo, and the file."""
        url = prepared_url(self)
        inside(url, lambda session: add_demo(session, 4, lambda: "$hash"))
        self.home = Path(url.database or "").parent
        self.file = self.home / "night.toml"

    def take(self, text: str, *options: str) -> str:
        """What the command says of a file."""
        self.file.write_text(text)
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            main(["config", "import", str(self.file), "--home", str(self.home), *options])
        return out.getvalue().replace(f"{self.home}/", "")

    def test_example(self) -> None:
        """The file is taken in, and the dry run says what is printed there."""
        text = block("format = 1")
        self.assertEqual(self.take(text, "--dry-run"), block("--- /dev/null"))
        self.assertTrue(self.take(text).endswith("\n7 changes made\n"))
        self.assertEqual(self.take(text), "0 changes made\n")

    def test_faults(self) -> None:
        """What cannot be taken in is told as it is printed there."""
        wrong = block("format = 1").replace('team = "Night"', 'team = "Nigth"')
        wrong = wrong.replace("Sales = 7", "Sails = 7")
        said = self.take(wrong)
        self.assertEqual(said.removeprefix("finesse-tx: "), block("night.toml: nothing"))

    def test_kinds(self) -> None:
        """Every kind that there is many of is in the table."""
        for kind in Document.__struct_encode_fields__[1:14]:
            self.assertIn(f"``{kind}``", TEXT)

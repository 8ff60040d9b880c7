"""``finesse-tx gadget check``, on files."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import finesse_tx
from finesse_tx.cli import main
from finesse_tx.gadgets.core.features import FEATURES, Standing

DOCS = Path(finesse_tx.__file__).parent.parent / "docs" / "gadgets.rst"


class CheckTests(SynchronousTestCase):
    """The command as it is typed."""

    def setUp(self) -> None:
        """Make a folder."""
        self.folder = Path(self.mktemp())
        self.folder.mkdir()
        self.file = self.folder / "a gadget.xml"

    def run_check(self, text: str = "") -> tuple[int, str]:
        """Check this gadget; without one, what is there."""
        if text:
            self.file.write_text(text)
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            status = main(["gadget", "check", str(self.file)])
        return status, out.getvalue().replace(str(self.file), "FILE")

    def test_documented(self) -> None:
        """The gadget in the documentation, and what is printed of it."""
        section = DOCS.read_text().partition("\nChecking a gadget\n")[2]
        blocks = re.findall(r"\n\n((?:    .*\n|\n)+)", section)
        gadget, output = (re.sub("(?m)^    ", "", block).strip("\n") for block in blocks[:2])
        status, out = self.run_check(gadget)
        self.assertEqual((status, out), (1, output.replace("hello.xml", "FILE") + "\n"))

    def test_valid(self) -> None:
        """A gadget without an error is valid, with its bundles read from the files beside it, and nothing is promised."""
        (self.folder / "m.xml").write_text("<messagebundle><msg name='a'/></messagebundle>")
        status, out = self.run_check(
            "<Module><ModulePrefs><Locale messages='m.xml'/><Locale lang='en' messages='/3rdpartygadget/files/m.xml'/>"
            "<Locale lang='de' messages='http://elsewhere.example.com/m.xml'/></ModulePrefs><Content/></Module>"
        )
        self.assertEqual(status, 0)
        self.assertIn(f"1 in {self.folder.absolute()}/m.xml\n", out)
        self.assertIn("those at /3rdpartygadget/files/m.xml are not looked at", out)
        self.assertIn("those at http://elsewhere.example.com/m.xml are not looked at", out)
        self.assertTrue(out.endswith("FILE: valid\n"), out)

    def test_missing_bundle(self) -> None:
        """A bundle that should be beside the gadget and is not is an error."""
        status, out = self.run_check(
            "<Module>\n<ModulePrefs><Locale messages='m.xml'/></ModulePrefs><Content/></Module>"
        )
        self.assertEqual(status, 1)
        self.assertRegex(
            out, r"FILE:2: error: locale all_ALL: /.*/m.xml: the file cannot be read\n"
        )

    def test_unreadable(self) -> None:
        """A file that is not there is said in one line."""
        self.assertEqual(
            self.run_check(), (1, "finesse-tx: FILE cannot be read: No such file or directory\n")
        )

    def test_terminal(self) -> None:
        """What controls a terminal does not reach it."""
        _, out = self.run_check(
            "<Module><ModulePrefs title='a\u009b31m\u202eb'/><Content/></Module>"
        )
        self.assertIn('title "a\ufffd31m\ufffdb"', out)


class DocsTests(SynchronousTestCase):
    """docs/gadgets.rst and the table of features."""

    def test_features(self) -> None:
        """Each feature stands in the list of its standing."""
        text = DOCS.read_text()
        for title, standing in (("Served", Standing.SERVED), ("Left out", Standing.LEFT_OUT)):  # fmt: skip
            listed = text.partition(f"**{title}:**")[2].partition("\n\n")[0]
            self.assertEqual(
                re.findall(r"``([^`]+)``", listed),
                [one.name for one in FEATURES.values() if one.standing is standing],
            )

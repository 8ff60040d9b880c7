"""What README and ``docs/`` name is there: keys, files, modules, names in them, metrics and commands."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import Config
from tests.support.twistd import finesse_tx

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*sorted((ROOT / "docs").glob("*.rst")), ROOT / "README.rst"]

NO_KEYS = re.compile(
    r".*\.(md|db|key)|telephony\.options\.\w+"
    r"|gadgets\.(io|js|json|json\.ext|log|metadata|proxy|rpc|token|util|views|window)"
)
"""What looks like a key and is a file's name, OpenSocial's (``gadgets.io``), or a plugin's."""


def keys(struct: Any, prefix: str = "") -> Iterator[str]:
    """Every key of the configuration, dotted."""
    for name in struct.__struct_fields__:
        yield f"{prefix}{name}"
        value = getattr(struct, name)
        if isinstance(value, Struct):
            yield from keys(value, f"{prefix}{name}.")


class NameTests(SynchronousTestCase):
    """Each document, line by line."""

    def each(self, pattern: str) -> Iterator[tuple[str, re.Match[str]]]:
        """Every place that looks so, with the document's name."""
        for path in DOCUMENTS:
            for found in re.finditer(pattern, path.read_text()):
                yield path.name, found

    def test_keys(self) -> None:
        """A key of the configuration that is named exists; a plugin's options are its own."""
        known = set(keys(Config()))
        sections = {key.partition(".")[0] for key in known}
        unknown = [
            (document, found[0])
            for document, found in self.each(r"``(([a-z_]+)\.[a-z_0-9.]+)(?: = [^`]+)?``")
            if found[2] in sections and found[1] not in known and not NO_KEYS.fullmatch(found[1])
        ]
        self.assertEqual(unknown, [])

    def test_files(self) -> None:
        """A path of this tree that is named exists."""
        folders = "docs|etc|tests|benchmarks|browser_libraries"
        missing = [
            (document, found[1])
            for document, found in self.each(rf"(?<![/\w])((?:{folders})/[A-Za-z0-9_./-]*\w)")
            if "NAME" not in found[1] and not (ROOT / found[1]).exists()
        ]
        self.assertEqual(missing, [])

    def test_modules(self) -> None:
        """So does a module, and what it is said to have."""
        for document, found in self.each(r"``(finesse_tx(?:\.[A-Za-z_]+)+)"):
            *names, last = found[1].split(".")
            try:
                importlib.import_module(found[1])
            except ModuleNotFoundError:
                module = importlib.import_module(".".join(names))
                self.assertTrue(hasattr(module, last), (document, found[1]))
        for document, found in self.each(r"python -m ((?:benchmarks|tests)[\w.]*\w)"):
            path = ROOT / found[1].replace(".", "/")
            self.assertTrue(path.with_suffix(".py").exists() or path.is_dir(), (document, found[0]))

    def test_metrics(self) -> None:
        """So does a metric, in the table that the code's own are compared with."""
        table = (ROOT / "docs" / "metrics.rst").read_text()
        for document, found in self.each(r"``(finesse_(?!tx|js|acme)[a-z0-9_]+)\b"):
            self.assertIn(found[1], table, document)

    def test_commands(self) -> None:
        """So does a command of ``finesse-tx``."""
        said = finesse_tx("--help").stdout
        commands = set(re.findall(r"^ {4}([a-z][a-z-]+)", said, re.MULTILINE))
        for document, found in self.each(r"finesse-tx ([a-z][a-z-]*)"):
            self.assertIn(found[1], commands, document)

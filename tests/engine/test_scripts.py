"""Where scripts come from: the package, the operator's file, the documents."""

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx.config import EngineConfig
from finesse_tx.directory.core.demo import demo
from finesse_tx.engine.core.router import MAX_HOPS
from finesse_tx.engine.core.scripts.checking import check_treatment
from finesse_tx.engine.core.scripts.interpreter import MAX_RUN, MAX_VALUE
from finesse_tx.engine.core.scripts.reading import (
    DEFAULT,
    default_script,
    read_scripts,
)
from finesse_tx.engine.core.scripts.steps import STEPS, Script
from finesse_tx.engine.scripts import load_treatment
from finesse_tx.errors import ConfigError

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs/scripts.rst").read_text("utf-8")


class LoadTests(SynchronousTestCase):
    """`load_treatment`."""

    def write(self, text: str) -> str:
        """An operator's file."""
        path = Path(self.mktemp())
        path.write_text(text, "utf-8")
        return str(path)

    def test_built_in(self) -> None:
        """The built-in scripts fit the demo, also without one of its queues; etc/ has them as an example."""
        scripts = load_treatment("").scripts
        check_treatment(load_treatment(""), demo(8))
        self.assertEqual(sorted(scripts), ["default", "sales", "support"])
        example = read_scripts((ROOT / "etc/scripts.toml").read_text("utf-8"), "e")
        self.assertEqual({"default", *example}, set(scripts))

    def test_operators(self) -> None:
        """The operator's come on top, and take the place of those of their name."""
        text = "[script.sales.steps]\nstart = []\n[script.mine.steps]\nstart = []\n[trigger.6001]"
        treatment = load_treatment(self.write(text))
        scripts = treatment.scripts
        self.assertEqual([entry.route_point for entry in treatment.triggers], ["6001"])
        self.assertEqual(sorted(scripts), ["default", "mine", "sales", "support"])
        self.assertEqual(scripts["sales"].labels, {"start": ()})

    def test_wrong(self) -> None:
        """A file that cannot be read, or is wrong, is named, with the line."""
        error = self.assertRaises(ConfigError, load_treatment, "/nowhere/x.toml")
        self.assertIn("engine.scripts_file: /nowhere/x.toml: No such file", str(error))
        path = self.write("\n[script.s.steps]\nstart = [{ plya = '' }]")
        error = self.assertRaises(ConfigError, load_treatment, path)
        self.assertTrue(str(error).startswith(f"{path}:3: script.s.steps.start[1].plya"))
        path = self.write("")
        Path(path).write_bytes(b"\xff")
        self.assertIn("is not UTF-8", str(self.assertRaises(ConfigError, load_treatment, path)))
        self.assertEqual(EngineConfig().scripts_file, "")


class DocumentTests(SynchronousTestCase):
    """``docs/scripts.rst``."""

    def test_examples(self) -> None:
        """Every script in it can be read; the default one is the default one."""
        blocks = re.findall(r"::\n\n((?:    .*\n|\n)+)", DOCUMENT)
        found: dict[str, Script] = {}
        for block in blocks:
            text = "".join(line[4:] or "\n" for line in block.splitlines(keepends=True))
            if "[script." in text or "[trigger." in text:
                found |= read_scripts(text, "docs/scripts.rst")
        self.assertEqual(sorted(found), ["default", "shop"])
        steps = [placed.step for placed in found[DEFAULT].labels["start"]]
        self.assertEqual(steps, [placed.step for placed in default_script().labels["start"]])

    def test_steps(self) -> None:
        """Every step and each of its options is explained, and no other."""
        part = DOCUMENT.split("Steps\n-----")[1].split("Variables\n---------")[0]
        named = re.findall(r"^``(\w+)``$", part, re.MULTILINE)
        self.assertEqual(sorted(named), sorted(STEPS))
        texts = dict(re.findall(r"^``(\w+)``\n((?:    .*\n)+)", part, re.MULTILINE))
        for name, kind in STEPS.items():
            for option in kind.__struct_encode_fields__[1:]:
                self.assertIn(f"``{option}``", texts[name], name)

    def test_numbers(self) -> None:
        """Its limits are the code's."""
        for words in (
            f"does {MAX_RUN:,} steps without",
            f"more than {MAX_HOPS} times",
            f"at most {MAX_VALUE} characters",
        ):
            self.assertIn(words, DOCUMENT.replace("\n", " "))

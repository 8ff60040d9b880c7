"""``finesse-tx scenario``, in this process and in others; the example and the documentation."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import textwrap
import time
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

import finesse_tx.scenario.run as scenario_run
from finesse_tx.cli import main
from finesse_tx.errors import ConfigError
from finesse_tx.scenario.core.language import VERBS
from finesse_tx.scenario.run import MissedError, run
from tests.support.twistd import LIMIT_S, environment

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "etc" / "scenario.toml"
DOCS = ROOT / "docs" / "scenarios.rst"

MISSES = """\
[[scene]]
steps = [
    { at = 1, expect = "agent1", state = "READY" },
    { at = 2, expect = "agent2", state = "READY" },
]
"""


class ScenarioCase(SynchronousTestCase):
    """Files."""

    def write(self, text: str) -> Path:
        """A file with this text."""
        path = Path(self.mktemp())
        path.write_text(text, encoding="utf-8")
        return path


class RunTests(ScenarioCase):
    """`run`, and the command."""

    def command(self, *arguments: str) -> tuple[int, list[str], str]:
        """Run the command; return its status, its lines, and what it complains of."""
        self.patch(sys, "stdout", out := io.StringIO())
        self.patch(sys, "stderr", err := io.StringIO())
        status = main(["scenario", *arguments])
        return status, out.getvalue().splitlines(), err.getvalue()

    def test_example(self) -> None:
        """The example is played as it says, and has everything that anybody can do to somebody else's call or phone."""
        status, lines, complaint = self.command("run", str(EXAMPLE))
        self.assertEqual((status, complaint), (0, ""))
        summary = json.loads(lines[-1])["summary"]
        self.assertEqual(summary["missed"], 0)
        self.assertGreater(summary["expectations"], 10)
        self.assertEqual(
            [json.loads(line)["t"] for line in lines[:-1]],
            sorted(json.loads(line)["t"] for line in lines[:-1]),
        )

    def test_quiet(self) -> None:
        """Without CTI events there are the steps, the expectations, and the same summary."""
        _, lines, _ = self.command("run", str(EXAMPLE))
        status, quiet, _ = self.command("run", str(EXAMPLE), "--quiet")
        self.assertEqual(status, 0)
        self.assertEqual(quiet, [line for line in lines if '"message"' not in line])

    def test_seed(self) -> None:
        """Another seed is another day; the example's expectations hold on that one as well."""
        _, lines, _ = self.command("run", str(EXAMPLE))
        status, others, _ = self.command("run", str(EXAMPLE), "--seed", "2")
        self.assertEqual((status, json.loads(others[-1])["summary"]["seed"]), (0, 2))
        self.assertNotEqual(lines[:-1], others[:-1])

    def test_missed(self) -> None:
        """A day that is not as expected is told to its end; then one line says what was not, and it exits with 1."""
        path = self.write(MISSES)
        status, lines, complaint = self.command("run", str(path))
        self.assertEqual(status, 1)
        self.assertEqual(
            complaint,
            f"finesse-tx: {path}:3: at 0:00:01 agent1: state is LOGOUT, not READY; and 1 more\n",
        )
        self.assertEqual(json.loads(lines[-1])["summary"]["missed"], 2)
        error = self.assertRaises(MissedError, list, run(path))
        self.assertEqual(len(error.missed), 2)

    def test_check(self) -> None:
        """A file that can be played is said to be, without playing it; one that cannot is not played either."""
        path = self.write(MISSES)
        status, lines, _ = self.command("check", str(path))
        said = f"{path} can be played: 2 steps, 0:01:02 long"
        self.assertEqual((status, lines), (0, [said]))
        for text, said in (
            ("[day]\nagent = 1", ":2: day.agent:"),
            ("[engine]\nring = 1", "engine"),
        ):
            path = self.write(text)
            for command in ("check", "run"):
                status, lines, complaint = self.command(command, str(path))
                self.assertEqual((status, lines), (1, []))
                self.assertIn(f"{path}", complaint)
                self.assertIn(said, complaint)

    def test_unreadable(self) -> None:
        """A file that is not there, is no text, or is too long, is told of in a line."""
        path = Path(self.mktemp())
        self.assertIn("No such file", str(self.assertRaises(ConfigError, list, run(path))))
        path.write_bytes(b"\xff")
        self.assertIn("UTF-8", str(self.assertRaises(ConfigError, list, run(path))))
        self.patch(scenario_run, "MAX_BYTES", 3)
        path.write_text("a=1")
        self.assertIn('"a"', str(self.assertRaises(ConfigError, list, run(path))))
        path.write_text("a=12")
        self.assertIn("longer than 3", str(self.assertRaises(ConfigError, list, run(path))))

    def test_speed(self) -> None:
        """With a speed it waits for each moment, that many times as fast."""
        now, slept = [100.0], list[float]()

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            now[0] += seconds

        self.patch(time, "monotonic", lambda: now[0])
        self.patch(time, "sleep", sleep)
        self.assertRaises(MissedError, list, run(self.write(MISSES), speed=10))
        self.assertAlmostEqual(sum(slept), 62 / 10)
        for speed in ("0", "-1", "inf", "nan", "x"):
            self.patch(sys, "stderr", io.StringIO())
            self.assertRaises(SystemExit, main, ["scenario", "run", "x", "--speed", speed])


class ProcessTests(ScenarioCase):
    """Processes of their own."""

    def output(self, hash_seed: str) -> bytes:
        """All that it prints."""
        return subprocess.run(
            [sys.executable, "-m", "finesse_tx.cli", "scenario", "run", str(EXAMPLE)],
            capture_output=True,
            timeout=LIMIT_S,
            env=environment() | {"PYTHONHASHSEED": hash_seed},
            check=True,
        ).stdout

    def test_replay(self) -> None:
        """The same day is the same, byte for byte, in processes that hash otherwise."""
        first = self.output("1")
        self.assertEqual(first, self.output("4711"))
        self.assertGreater(len(first), 20_000)

    def test_broken_pipe(self) -> None:
        """Whoever has read enough gets no traceback."""
        reading, writing = os.pipe()
        os.close(reading)
        with os.fdopen(writing, "wb") as pipe:
            done = subprocess.run(
                [sys.executable, "-m", "finesse_tx.cli", "scenario", "run", str(EXAMPLE)],
                stdout=pipe,
                stderr=subprocess.PIPE,
                timeout=LIMIT_S,
                env=environment(),
                check=False,
            )
        self.assertEqual(done.stderr, b"")


class DocumentationTests(ScenarioCase):
    """``docs/scenarios.rst``."""

    def test_blocks(self) -> None:
        """Every scenario in it is played as it says."""
        text = DOCS.read_text(encoding="utf-8")
        blocks = re.findall(r"\.\. code-block:: toml\n\n((?:    .*\n|\n)+)", text)
        self.assertEqual(len(blocks), 2)
        for block in blocks:
            list(run(self.write(textwrap.dedent(block))))

    def test_verbs(self) -> None:
        """It names everything that anybody can do, with its keys."""
        text = DOCS.read_text(encoding="utf-8")
        table = " ".join(
            text.split("who                   does", 1)[1].split("What agents do", 1)[0].split()
        )
        for verbs in VERBS.values():
            for verb, kind in verbs.items():
                self.assertIn(verb, table)
                for key in kind.__struct_encode_fields__:
                    self.assertIn(f"``{key}``", table)

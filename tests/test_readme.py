"""README.rst: its commands are run, its names are real."""

import re
import shlex
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

from twisted.trial.unittest import SynchronousTestCase

from tests.support.debian import needs
from tests.support.rest import Rest
from tests.support.twistd import LIMIT_S, QUIET, Twistd, environment, finesse_tx

STATES = ("NOT_READY", "READY", "RESERVED", "RESERVED", "TALKING", "READY")
"""What the agent is in after each line."""

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.rst").read_text()


def blocks() -> list[list[str]]:
    """The lines of each literal block."""
    found = re.findall(r"::\n\n((?: {4}.*\n)+)", README)
    return [[line.strip() for line in block.splitlines()] for block in found]


class CommandTests(SynchronousTestCase):
    """The two commands that do all the set-up."""

    def test_demo(self) -> None:
        """The first installs into a venv and runs the demo; each of its three parts is one command."""
        (command,) = blocks()[0]
        self.assertEqual(
            [shlex.split(part) for part in command.split("&&")],
            [
                ["python3", "-m", "venv", ".venv"],
                [".venv/bin/pip", "install", "."],
                [".venv/bin/twistd", "-n", "finesse"],
            ],
        )

    def test_tests(self) -> None:
        """The other installs the test extra and runs trial; ``.ci/run`` finds it and runs just that."""
        (command,) = blocks()[-1]
        self.assertTrue(
            command.startswith("python3 -m venv .venv && ") and command.endswith("trial -j2 tests")
        )
        script = (ROOT / ".ci" / "run").read_text()
        (pattern,) = re.findall(r'command=\$\(sed -n "(.*)" README.rst\)', script)
        found = subprocess.run(
            ["sed", "-n", pattern], input=README, capture_output=True, text=True, check=True
        )
        self.assertEqual(found.stdout, command + "\n")

    def test_names(self) -> None:
        """Files that are named exist, and the licence is the one it says."""
        for path in re.findall(r"``((?:etc|docs|\.ci)/[^`]*)``", README):
            self.assertTrue((ROOT / path).exists(), path)
        self.assertTrue((ROOT / "LICENSE").read_text().startswith("MIT License"))


class CallTests(SynchronousTestCase):
    """The part about taking a call with curl, line by line."""

    def test_curl(self) -> None:
        """Signed in, ready, called, answered, hung up; every PUT is accepted."""
        needs("curl", "curl")
        server = Twistd(QUIET)
        self.addCleanup(server.clean)
        server.wait_ready()
        agent = Rest(server, "agent1")
        lines = [line for block in blocks()[1:-1] for line in block]
        answers = []
        for line, state in zip(lines, STATES, strict=True):
            answers.append(self.run_line(line, server))
            self.wait_for(agent, state)
        login, ready, call, dialogs, answer, drop = answers
        self.assertEqual([login, ready, answer, drop], [""] * 4)
        self.assertRegex(call, r"^call 16777217: 0612345678 calls 6001\n$")
        dialog = ElementTree.fromstring(dialogs).find("Dialog")
        assert dialog is not None
        self.assertEqual(
            (dialog.findtext("id"), dialog.findtext("state")), ("16777217", "ALERTING")
        )

    def run_line(self, line: str, server: Twistd) -> str:
        """Run one line, at this server's ports and home instead of the defaults."""
        words = shlex.split(line)
        if words[0].endswith("finesse-tx"):
            done = finesse_tx(*words[1:], "--home", str(server.home))
        else:
            self.assertEqual(words[0], "curl")
            words = [w.replace("127.0.0.1:8082", server.endpoints["http"]) for w in words]
            done = subprocess.run(
                [*words, "--silent", "--show-error", "--fail"],
                capture_output=True, text=True, timeout=LIMIT_S, env=environment(), check=False,
            )  # fmt: skip
        self.assertEqual((done.returncode, done.stderr), (0, ""), line)
        return done.stdout

    def wait_for(self, agent: Rest, state: str) -> None:
        """Nobody types as fast as this: wait until the agent is in that state, with the call when there is one."""
        deadline = time.monotonic() + LIMIT_S
        while agent.get("/User/agent1").findtext("state") != state or (
            state in {"RESERVED", "TALKING"}
        ) != (agent.get("/User/agent1/Dialogs").find("Dialog") is not None):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)

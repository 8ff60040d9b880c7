"""docs/operating.rst and ``etc/finesse_tx.service``: what they tell an operator to do works, as it stands there."""

import configparser
import re
import shlex
import ssl
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from shutil import rmtree, which
from textwrap import dedent

from twisted.trial.unittest import SynchronousTestCase

from finesse_tx import config
from finesse_tx.errors import ConfigError
from finesse_tx.tap import Options
from tests.support.twistd import Twistd, finesse_tx

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "operating.rst").read_text()
UNIT = ROOT / "etc" / "finesse_tx.service"
PREFIX = "sudo -u finesse /opt/finesse_tx/bin/finesse-tx "


def blocks() -> list[str]:
    """The literal blocks."""
    found = re.findall(r"::\n\n((?:(?: {4}.*)?\n)+?)(?=\S)", TEXT)
    return [dedent(block).strip() + "\n" for block in found]


def commands() -> list[str]:
    """Every line that is run as the server's user."""
    return [
        line.removeprefix(PREFIX)
        for block in blocks()
        for line in block.splitlines()
        if line.startswith(PREFIX)
    ]


class UnitTests(SynchronousTestCase):
    """The unit of systemd."""

    def unit(self) -> configparser.ConfigParser:
        """It, read; its keys have capitals."""
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read(UNIT)
        return parser

    def test_command(self) -> None:
        """It starts the installed twistd with the paths that the document has."""
        service = self.unit()["Service"]
        command, *arguments = shlex.split(service["ExecStart"])
        self.assertEqual(command, "/opt/finesse_tx/bin/twistd")
        before, after = arguments[: arguments.index("finesse")], arguments[3:]
        self.assertEqual(before, ["-n", "--pidfile="])
        self.assertEqual(
            after,
            ["--config", "/etc/finesse_tx/finesse.toml", "--home", service["WorkingDirectory"]],
        )
        for made in (f"--home-dir {service['WorkingDirectory']} ", f"-o {service['User']} "):
            self.assertIn(made, TEXT)
        options = Options()
        options.parseOptions([a.replace("/etc/finesse_tx", f"{ROOT}/etc") for a in after])
        stop_s = options["configuration"].server.stop_timeout_s
        self.assertGreater(float(service["TimeoutStopSec"]), stop_s)

    def test_systemd(self) -> None:
        """Every line is understood by systemd; the program is not installed here."""
        verify = which("systemd-analyze")
        if verify is None:
            return  # macOS, containers: the test above has read it
        said = subprocess.run(
            [verify, "verify", str(UNIT)], capture_output=True, text=True, check=False
        ).stderr
        theirs = [line for line in said.splitlines() if UNIT.name in line]
        self.assertEqual([line for line in theirs if "is not executable" not in line], [])


class RefusalTests(SynchronousTestCase):
    """The messages of "When it does not start"."""

    def test_messages(self) -> None:
        """Each is what a file with that mistake on its ninth line gets, as far as reading it can tell."""
        (messages,) = (block for block in blocks() if block.startswith("finesse.toml:9:"))
        for mistake in (
            "[bosh]\nwait = 3\n",
            '[bosh]\nwait_s = "x"\n',
            "[bosh]\nwait_s = \n",
            '[notification]\n[listen]\ncomponent = "127.0.0.1:0"\n',
        ):
            lines = mistake.count("\n")
            path = Path(self.mktemp()) / "finesse.toml"
            path.parent.mkdir()
            key_is_missing = "component" in mistake
            path.write_text("\n" * (8 if key_is_missing else 9 - lines) + mistake)
            error = self.assertRaises(ConfigError, config.load, path)
            self.assertIn(f"{error}\n".replace(f"{path.parent}/", ""), messages)


class InstallationTests(SynchronousTestCase):
    """The commands, in their order, with other folders and free ports."""

    def test_road(self) -> None:
        """Checked, an administrator added, started, asked, backed up, stopped, checked again."""
        folder = Path(tempfile.mkdtemp(prefix="finesse-"))
        self.addCleanup(rmtree, folder)
        (configuration,) = (block for block in blocks() if block.startswith("[server]"))
        (folder / "finesse.toml").write_text(
            re.sub(r'"[0-9.]+:\d+"', '"127.0.0.1:0"', configuration)
        )
        (folder / "password").write_text("correct horse\n")

        def run(line: str, *more: str) -> str:
            line = line.replace("/etc/finesse_tx", str(folder))
            line = line.replace("/var/lib/finesse_tx", f"{folder}/home")
            done = finesse_tx(*shlex.split(line), *more)
            self.assertEqual(done.returncode, 0, done.stderr)
            return done.stdout

        check, add, backup, check_again = commands()
        self.assertEqual(run(check), "ready to start\n")
        self.assertEqual(run(add, f"--password-file={folder}/password"), "boss: added\n")
        server = Twistd((), folder / "home", [f"--config={folder}/finesse.toml"]).wait_ready()
        self.addCleanup(server.clean)
        self.assertEqual(set(server.endpoints), {"https", "boshs", "xmpps", "cti", "control"})
        context = ssl.create_default_context(cafile=str(server.authority))
        context.check_hostname = False  # it is cc.example.com's
        url = f"https://127.0.0.1:{server.port('https')}/ready"
        with urllib.request.urlopen(url, context=context) as answer:
            self.assertEqual(answer.read(), b"ok\n")
        self.assertIn(".backup", run(backup))
        (tar,) = re.findall(r"--ignore-failed-read (.*)\n", TEXT)
        missing = [name for name in tar.split() if not (folder / "home" / name).exists()]
        self.assertEqual(missing, [])
        self.assertEqual(server.stop(), 0)
        self.assertEqual(run(check_again), "ready to start\n")

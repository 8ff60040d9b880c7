"""The server as an operator runs it: ``twistd finesse`` in a process of its own."""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import rmtree

__all__ = [
    "CUT",
    "LIMIT_S",
    "QUIET",
    "ROOT",
    "Shared",
    "Twistd",
    "environment",
    "finesse_tx",
    "twistd",
]

LIMIT_S = 120.0
"""Whatever takes longer has failed."""

CUT = "took too long, and is cut"
"""What the server says when it did not stop by itself."""

QUIET = (
    "demo.calls_per_minute=0",
    "demo.patience_s=600",
    "demo.talk_s=600",
    "engine.ring_no_answer_s=600",
    "server.stop_timeout_s=60",
)
"""Overrides for a server in which nothing happens that the test did not ask for, however long the test takes."""

ROOT = Path(__file__).parent.parent.parent


def environment() -> dict[str, str]:
    """The environment of a process that uses this source tree."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "default"}


def _script(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def twistd(*arguments: str) -> list[str]:
    """The command line of ``twistd``, in this Python."""
    return [_script("twistd"), *arguments]


def finesse_tx(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run ``finesse-tx``."""
    return subprocess.run(
        [sys.executable, "-m", "finesse_tx.cli", *arguments],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        env=environment(),
        check=False,
    )


class Twistd:
    """A running server.

    Args:
        overrides: Values for ``--set``; the ports are always the system's choice.
        home: Its home; None for a fresh one, which is removed at the end.
        arguments: More arguments for ``twistd finesse``.

    Attributes:
        home: Its home.
        process: It.
    """

    def __init__(
        self,
        overrides: Sequence[str] = QUIET,
        home: Path | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._temporary = home is None
        self.home = home or Path(tempfile.mkdtemp(prefix="finesse-"))
        self._log = Path(tempfile.mkstemp(prefix="finesse-", suffix=".log")[1])
        sets = [f"--set={override}" for override in ("listen.ephemeral=true", *overrides)]
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                twistd("--pidfile=", "-n", "finesse", f"--home={self.home}", *sets, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment(),
                cwd=self._log.parent,
            )

    def wait_ready(self) -> "Twistd":
        """Wait until it serves."""
        deadline = time.monotonic() + LIMIT_S
        while not self.endpoints:
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"the server does not start:\n{self.log}")
            time.sleep(0.02)
        return self

    @property
    def endpoints(self) -> Mapping[str, str]:
        """``endpoints.json``; empty while there is none."""
        try:
            found: dict[str, str] = json.loads((self.home / "endpoints.json").read_text())
        except FileNotFoundError:
            return {}
        return found

    def port(self, name: str) -> int:
        """The port of a service."""
        return int(self.endpoints[name].rpartition(":")[2])

    @property
    def authority(self) -> Path:
        """The certificate that clients trust."""
        return self.home / "tls" / "ca.pem"

    @property
    def log(self) -> str:
        """What it has logged."""
        return self._log.read_text(errors="replace")

    def call(self, to: str, from_: str = "0612345678", *more: str) -> None:
        """Let a customer call."""
        done = finesse_tx("call", to, "--from", from_, "--home", str(self.home), *more)
        assert done.returncode == 0, done.stderr

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def stop(self) -> int:
        """Stop it as an operator does, and return its exit status."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(LIMIT_S)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

    def clean(self) -> None:
        """Stop it, and leave nothing."""
        self.stop()
        self._log.unlink()
        if self._temporary:
            rmtree(self.home)


class Shared:
    """One server for all tests of a module: started at the first use, stopped at the end of the run.

    Tests that share it keep to people of their own.

    Args:
        overrides: As for `Twistd`.
    """

    def __init__(self, *overrides: str) -> None:
        self._overrides = overrides
        self._server: Twistd | None = None

    def get(self) -> Twistd:
        """The running server."""
        if self._server is None:
            self._server = Twistd((*QUIET, *self._overrides)).wait_ready()
            atexit.register(self._server.clean)
        return self._server
